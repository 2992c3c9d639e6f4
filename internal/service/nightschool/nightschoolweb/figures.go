package nightschoolweb

import (
	"net/http"
	"strconv"
	"strings"

	"zhidian/internal/domain/edition"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/nightschool"
)

// figureKeys are the figures of a course, in the order of the columns.
var figureKeys = []string{"popular", "fill", "there", "missed", "stars"}

func (p *pages) figures(w http.ResponseWriter, r *web.Request) error {
	which, err := termID(r)
	if err != nil {
		return err
	}
	v, err := p.s.Figures(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("night.figures"), r.L.T("night.figures_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("night.title"), Href: deskURL}, {Label: v.Title, Href: termURL(v.ID)}, {Label: page.Title}}
	return door.Show(w, r, ui.Office, page, figuresBody(r, v))
}

// figureCells are the words of a line's figures.
func figureCells(r *web.Request, f nightschool.Figures) []ui.Cell {
	mean := "—"
	if t := f.Tenth(); t > 0 {
		mean = tenths(t)
	}
	cells := []ui.Cell{{Text: times(f.Applied, f.Places)}, {Text: percent(f.Held, f.Places)}, {Text: percent(f.Present, f.Expected)}, {Text: r.L.Int(f.Missed)}, {Text: mean}}
	cells[0].After = r.L.T("night.figure.of", "n", f.Applied, "of", f.Places)
	cells[1].After = r.L.T("night.figure.of", "n", f.Held, "of", f.Places)
	if f.Expected > 0 {
		cells[2].After = r.L.T("night.figure.of", "n", f.Present, "of", f.Expected)
	}
	if f.Answers > 0 {
		cells[4].After = r.L.T("night.figure.answers", "n", f.Answers)
	}
	return cells
}

func figureTable(r *web.Request, v nightschool.TermFigures) ui.Table {
	l := r.L
	columns := []ui.Column{{Head: l.T("night.course"), Kind: ui.Title}}
	for _, k := range figureKeys {
		columns = append(columns, ui.Column{Head: l.T("night.figure." + k), Kind: ui.Number, Says: l.T("night.formula." + k)})
	}
	var rows []ui.Row
	for _, c := range v.Courses {
		rows = append(rows, ui.Row{Cells: append([]ui.Cell{{Text: c.Title, Href: atDeskURL(c.ID)}}, figureCells(r, c.Figures)...)})
	}
	rows = append(rows, ui.Row{Cells: append([]ui.Cell{{Text: l.T("night.figure.sum")}}, figureCells(r, v.Sum)...), Sum: true})
	return ui.Table{ID: "figures", Label: l.T("night.figures"), Columns: columns, Groups: ui.Rows(rows...), Figures: true}
}

// percent is a share, rounded half up.
func percent(n, of int64) string {
	if of == 0 {
		return "—"
	}
	return strconv.FormatInt((n*200+of)/(of*2), 10) + "%"
}

// times is how often one number is in another, in tenths, rounded half up.
func times(n, of int64) string {
	if of == 0 {
		return "—"
	}
	return tenths((n*20 + of) / (of * 2))
}

func (p *pages) proposal(w http.ResponseWriter, r *web.Request) error {
	which, err := termID(r)
	if err != nil {
		return err
	}
	v, err := p.s.Proposal(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("night.proposal"), r.L.T("night.proposal_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("night.title"), Href: deskURL}, {Label: v.Title, Href: termURL(v.ID)}, {Label: page.Title}}
	return door.Show(w, r, ui.Office, page, proposalBody(r, v))
}

// proposed says how many classes a line stands for.
func proposed(r *web.Request, x nightschool.Suggestion) string {
	switch {
	case x.Classes == 0:
		return r.L.T("night.rather_not")
	case x.Places == 0:
		return r.L.T("night.classes_new", "n", x.Classes)
	}
	return r.L.T("night.classes", "n", x.Classes, "places", x.Places)
}

func reason(r *web.Request, x nightschool.Reason) string {
	args := []any{}
	for k, v := range x.Args {
		if n, is := v.(int64); is && k == "mean" {
			v = tenths(n)
		}
		args = append(args, k, v)
	}
	return r.L.T("night.reason."+x.Key, args...)
}

// reasons are the words of a line, one after the other.
func reasons(r *web.Request, x nightschool.Suggestion) string {
	var all []string
	for _, y := range x.Reasons {
		all = append(all, reason(r, y))
	}
	if x.There > 0 {
		all = append(all, r.L.T("night.there_already", "n", x.There))
	}
	return strings.Join(all, " ")
}

func proposalTable(r *web.Request, v nightschool.Proposal) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, x := range v.All {
		next := ui.Cell{}
		if maySet(r, v) {
			next = ui.Cell{Text: l.T("night.set_up"), Href: takeURL(v.ID, x)}
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: x.Title}, {Part: proposedTag(r, x)}, {Text: reasons(r, x)}, next}})
	}
	return ui.Table{ID: "lines", Label: l.T("night.proposal"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("night.course"), Kind: ui.Title}, {Head: l.T("night.proposal"), Kind: ui.Short}, {Head: l.T("night.why_so")}, {Kind: ui.NextAct},
	}}
}

// taken are the questions of the form of a course that a line of the proposal answers.
var taken = []string{"title", "idea", "places", "says", "age_from", "age_to", "starts", "ends", "lessons", "fee"}

// takeURL is the form of a course with what a line says. Site, teacher and first day remain to be named.
func takeURL(of edition.ID, x nightschool.Suggestion) string {
	all := []string{"title", x.Title}
	if x.Idea != "" {
		all = append(all, "idea", x.Idea.String())
	}
	if c := x.Like; c.ID != "" {
		n := func(i int64) string { return strconv.FormatInt(i, 10) }
		all = append(all, "places", n(x.Places), "says", c.Says, "age_from", n(c.AgeFrom), "age_to", n(c.AgeTo), "starts", clock(c.Starts), "ends", clock(c.Ends), "lessons", n(c.Lessons), "fee", c.Fee.Plain())
	}
	return web.Address(termURL(of)+"/course", all...)
}

func maySet(r *web.Request, v nightschool.Proposal) bool {
	return v.State != edition.Cancelled && r.Actor.May(nightschool.Set)
}

func proposalFrom(r *web.Request, v nightschool.Proposal) string {
	if v.Before.ID == "" {
		return r.L.T("night.proposal_first")
	}
	return r.L.T("night.proposal_from", "term", v.Before.Title)
}
