package termweb

import (
	"net/http"

	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/childcare/term"
)

func (p *pages) closing(w http.ResponseWriter, r *web.Request) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	v, err := p.s.Closing(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("careterm.closing"), "")
	pg.Plain = true
	pg.Crumbs = []ui.Crumb{{Label: v.Class.Title, Href: classURL(v.Class.ID)}, {Label: pg.Title}}
	return door.Show(w, r, ui.Office, pg, closingBody(r, v))
}

func closingHead(r *web.Request, v term.Closing) ui.Document {
	l := r.L
	return ui.Document{
		Title: v.Class.Title, Serial: v.Class.Serial, Sub: l.T("careterm.closing") + "　" + v.Site,
		Actions: []ui.Action{{Label: l.T("careterm.print"), Icon: "printer", Print: true}, {Label: l.T("carephoto.title"), Icon: "photo", Href: classURL(v.Class.ID) + "/photos"}},
		Facts: []ui.Fact{
			{Label: l.T("careterm.closing.season"), Value: l.T("careterm.closing.days", "first", v.First, "last", v.Last)},
			{Label: l.T("careterm.closing.until"), Value: l.Date(v.Until)},
			{Label: l.T("careterm.closing.lead"), Value: v.Class.Lead},
		},
	}
}

func closingFigures(r *web.Request, v term.Closing) []ui.Fact {
	l := r.L
	return []ui.Fact{
		{Label: l.T("careterm.closing.children"), Value: l.T("careterm.closing.of", "n", v.Children, "places", v.Class.Places)},
		{Label: l.T("careterm.closing.held"), Value: l.Int(v.Days)},
		{Label: l.T("careterm.closing.child_days"), Value: l.Int(v.ChildDays)},
		{Label: l.T("careterm.closing.share"), Value: l.Percent(v.Share()), Note: l.T("careterm.closing.share_says")},
		{Label: l.T("careterm.closing.lessons"), Value: l.T("careterm.closing.hours", "n", v.Lessons, "hours", l.Int(v.Minutes/60))},
		{Label: l.T("careterm.closing.leaders"), Value: l.Int(v.Leaders)},
		{Label: l.T("careterm.closing.incidents"), Value: l.T("careterm.closing.grave", "a", v.Incidents[0], "b", v.Incidents[1], "c", v.Incidents[2])},
		{Label: l.T("careterm.closing.refused"), Value: l.Int(v.Refused)},
		{Label: l.T("careterm.closing.unlisted"), Value: l.Int(v.Unlisted)},
	}
}

func closingTopics(r *web.Request, v term.Closing) ui.Table {
	rows := make([]ui.Row, len(term.Topics))
	for i, t := range term.Topics {
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: r.L.T("careterm.topic." + string(t))}, {Text: r.L.Int(v.Topics[t])}}}
	}
	return ui.Table{ID: "six", Label: r.L.T("careterm.six"), Figures: true, Groups: ui.Rows(rows...), Columns: []ui.Column{{Head: r.L.T("careterm.topics"), Kind: ui.Title}, {Head: r.L.T("careterm.closing.lessons"), Kind: ui.Number}}}
}
