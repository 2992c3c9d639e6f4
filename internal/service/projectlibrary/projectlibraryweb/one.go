package projectlibraryweb

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/projectlibrary"
)

// shown is the page of one dossier.
type shown struct {
	projectlibrary.Page
	names map[string]string // of accounts
	top   string            // address below which the dossier lies: the office's, the bank's or the founder's
	form  *web.Form
	may   map[string]bool // what an officer may do here
}

func dayOf(r *web.Request, at int64) day.Day { return day.Of(microTime(at), r.L.Zone()) }

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	which, err := ventureID(r)
	if err != nil {
		return err
	}
	return p.show(w, r, which, web.ReadValues(nil))
}

// show answers with a dossier, also where a form on it was not accepted.
func (p *pages) show(w http.ResponseWriter, r *web.Request, which venture.ID, f *web.Form) error {
	got, err := p.s.Look(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	v := shown{Page: got, top: home, form: f}
	v.may = map[string]bool{
		"edit": r.Actor.Can(venture.Edit, v.At.Path), "create": r.Actor.Can(venture.Create, v.At.Path), "confirm": r.Actor.Can(venture.Confirm, v.At.Path),
		"end": r.Actor.Can(venture.End, v.At.Path), "raise": r.Actor.Can(projectlibrary.Raise, v.At.Path), "consent": r.Actor.Can(venture.AgreePaper, v.At.Path),
	}
	if v.State == venture.Ended {
		v.may = nil
	}
	if v.names, err = p.names(r, []string{v.ConfirmedBy, v.MadeBy}); err != nil {
		return err
	}
	page := p.doors.Office(r, v.Name, "")
	page.Plain = true
	page.Crumbs = []ui.Crumb{{Label: r.L.T("venture.list"), Href: home}, {Label: v.Serial}}
	body := oneBody(r, v)
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, body)
	}
	return door.Show(w, r, ui.Office, page, body)
}

// industryPart is an industry with a mark where it is one of the priority industries.
func industryPart(r *web.Request, name string, priority bool) templ.Component {
	if priority {
		return ui.State(ui.Soon, "flag", name)
	}
	return industryWords(name)
}

func (v shown) document(r *web.Request) ui.Document {
	l := r.L
	d := ui.Document{
		Title: v.Name, Serial: v.Serial, Sub: l.T("venture.category."+v.Category) + l.T("venture.comma") + l.T("venture.stage."+v.Stage),
		State: l.T("venture.state." + string(v.State)), Tone: map[venture.State]ui.Tone{venture.Known: ui.OK, venture.Draft: ui.Soon, venture.Ended: ui.Hold}[v.State],
		Facts: []ui.Fact{{Label: l.T("venture.field.org"), Value: areaName(v.Over, v.At)}, {Label: l.T("venture.confirmed"), Part: v.fresh(r)}},
	}
	if v.Slot.No > 0 {
		d.Facts = append(d.Facts, ui.Fact{Label: l.T("venture.priority"), Part: ui.State(ui.Soon, "flag", v.Slot.Name)})
	}
	d.Actions = []ui.Action{{Label: l.T("venture.print"), Icon: "printer", Print: true}}
	if v.top == home && v.State == venture.Known {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("venture.do_match"), Icon: "list-check", Href: ventureURL(v.ID, "match")})
	}
	if v.may["end"] {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("venture.do_end"), Icon: "archive", Href: ventureURL(v.ID, "end"), Danger: true})
	}
	if v.may["edit"] {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("venture.do_edit"), Icon: "edit", Href: ventureURL(v.ID, "edit"), Primary: v.State == venture.Known})
	}
	return d
}

// fresh says when a dossier was confirmed last, and how.
func (v shown) fresh(r *web.Request) templ.Component {
	tone := ui.OK
	if v.Stale {
		tone = ui.Soon
	}
	return ui.Light(tone, r.L.Date(dayOf(r, v.ConfirmedAt)))
}

func (v shown) confirmedBy(r *web.Request) string {
	for _, f := range v.Founders {
		if f.Account != "" && f.Account == v.ConfirmedBy {
			return r.L.T("venture.by_founder")
		}
	}
	if v.Own && v.ConfirmedBy != "" {
		return r.L.T("venture.by_officer")
	}
	return v.names[v.ConfirmedBy]
}

// facts are what the dossier says, as far as the viewer may see it.
func (v shown) facts(r *web.Request) []ui.Fact {
	l := r.L
	hidden := ui.State(ui.Plain, "lock", l.T("venture.hidden"))
	all := []ui.Fact{
		{Label: l.T("venture.field.about"), Value: v.About, Wide: true},
		{Label: l.T("venture.field.industry"), Value: v.Industry + "　" + v.Branches.Name(v.Industry)},
		{Label: l.T("venture.field.category"), Value: l.T("venture.category." + v.Category)},
		{Label: l.T("venture.field.entity"), Value: l.T("venture.entity." + v.Entity)},
		{Label: l.T("venture.field.credit"), Part: code(v.Credit)},
		{Label: l.T("venture.field.stage"), Value: l.T("venture.stage." + v.Stage)},
		{Label: l.T("venture.field.began"), Value: date(r, v.Began)},
		{Label: l.T("venture.field.staff"), Value: l.T("venture.people", "n", v.Staff)},
	}
	revenue := ui.Fact{Label: l.T("venture.revenue")}
	switch {
	case !v.SeesMoney:
		revenue.Part = hidden
	case v.RevenueYear > 0:
		revenue.Value, revenue.Note = l.Money(v.Revenue), l.T("venture.in_year", "year", strconv.FormatInt(v.RevenueYear, 10))
	}
	all = append(all, revenue)
	site := ui.Fact{Label: l.T("venture.field.place"), Value: v.Site.Name}
	address := ui.Fact{Label: l.T("venture.field.address"), Value: v.Address, Wide: true}
	if !v.SeesNames {
		address.Part = hidden
	}
	if v.top == shared && !v.SeesNames { // what the consent does not reach is said, not shown as empty
		for i := range all {
			if label := all[i].Label; label == l.T("venture.field.credit") || label == l.T("venture.field.staff") {
				all[i].Value, all[i].Part = "", hidden
			}
		}
	}
	return append(all, site, address)
}

func code(text string) templ.Component {
	if text == "" {
		return nil
	}
	return ui.Code(text)
}

func date(r *web.Request, d day.Day) string {
	if d.IsZero() {
		return ""
	}
	return r.L.Date(d)
}

func (v shown) honours(r *web.Request) ui.Table {
	rows := make([]ui.Row, len(v.Honours))
	for i, h := range v.Honours {
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: h.Title}, {Text: r.L.T("venture.level." + h.Level)}, {Text: strconv.FormatInt(h.Year, 10)}, {Text: h.Source}}}
		if v.may["edit"] {
			rows[i].Cells = append(rows[i].Cells, ui.Cell{Part: dropButton(r, ventureURL(v.ID, "drop-honour"), "honour", h.ID.String())})
		}
	}
	columns := []ui.Column{
		{Head: r.L.T("venture.field.title"), Kind: ui.Title}, {Head: r.L.T("venture.field.level"), Kind: ui.Short}, {Head: r.L.T("venture.field.year"), Kind: ui.Short}, {Head: r.L.T("venture.field.source")},
	}
	if v.may["edit"] {
		columns = append(columns, ui.Column{Kind: ui.NextAct})
	}
	return ui.Table{ID: "honours", Label: r.L.T("venture.honours"), Groups: ui.Rows(rows...), Columns: columns}
}

func (v shown) founders(r *web.Request) ui.Table {
	rows := make([]ui.Row, len(v.Founders))
	for i, f := range v.Founders {
		role := r.L.T("venture.partner")
		if f.Lead {
			role = r.L.T("venture.lead")
		}
		known := ui.State(ui.Plain, "circle-dashed", r.L.T("venture.not_tied"))
		name := ui.Cell{Text: f.Name}
		if !f.Person.IsZero() {
			known = ui.State(ui.OK, "", r.L.T("venture.tied"))
			if v.top == home {
				name.Href = "/office/persons/" + f.Person.String()
			}
		}
		rows[i] = ui.Row{Cells: []ui.Cell{name, {Text: role}}}
		if v.top == home {
			rows[i].Cells = append(rows[i].Cells, ui.Cell{Part: known})
		}
		if v.may["edit"] {
			rows[i].Cells = append(rows[i].Cells, ui.Cell{Part: founderActs(r, v, f)})
		}
	}
	columns := []ui.Column{{Head: r.L.T("venture.field.founder"), Kind: ui.Title}, {Head: r.L.T("venture.role"), Kind: ui.Short}}
	if v.top == home {
		columns = append(columns, ui.Column{Head: r.L.T("venture.register")})
	}
	if v.may["edit"] {
		columns = append(columns, ui.Column{Kind: ui.NextAct})
	}
	return ui.Table{ID: "founders", Label: r.L.T("venture.founders"), Groups: ui.Rows(rows...), Columns: columns}
}

// needs are what the venture lacks, with the matter that answers.
func (v shown) needs(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.Asked))
	for i, a := range v.Asked {
		text := a.Text
		if a.Amount > 0 {
			text += "（" + l.Money(a.Amount) + "）"
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: text}, {Text: l.T("venture.need." + a.Kind)}, {Part: needState(r, v, a)}, {Part: needActs(r, v, a)}}}
	}
	return ui.Table{ID: "needs", Label: l.T("venture.needs"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("venture.field.text"), Kind: ui.Title}, {Head: l.T("venture.field.need"), Kind: ui.Short}, {Head: l.T("venture.progress")}, {Kind: ui.NextAct},
	}}
}

// progress says how far a need has come: tone, icon and words.
func progress(r *web.Request, a projectlibrary.Asked) (ui.Tone, string, string) {
	l := r.L
	switch {
	case a.ClosedAt > 0 && a.Is.Answer == "":
		return ui.Plain, "circle-minus", l.T("venture.need_over")
	case a.Is.ID.IsZero():
		return ui.Plain, "circle-dashed", l.T("venture.need_waits")
	case a.Is.Answer != "" && a.Is.State != casework.Open && a.Is.State != casework.Paused:
		return ui.OK, "circle-check", l.T("venture.need_answered", "desk", a.Desk.Name)
	}
	return ui.Soon, "clock", l.T("venture.need_at", "desk", a.Desk.Name, "day", l.Date(a.Is.Due))
}

func (v shown) consents(r *web.Request) ui.Table {
	l := r.L
	today := day.Of(r.Now, l.Zone())
	var rows []ui.Row
	for _, c := range v.Consents {
		state := ui.State(ui.OK, "", l.T("venture.consent.until", "day", l.Date(c.Until)))
		switch {
		case c.Withdrawn > 0:
			state = ui.State(ui.Plain, "ban", l.T("venture.consent.withdrawn", "day", l.Date(dayOf(r, c.Withdrawn))))
		case !c.Stands(today):
			state = ui.State(ui.Plain, "clock", l.T("venture.consent.over", "day", l.Date(c.Until)))
		}
		cells := []ui.Cell{{Text: v.Receivers[c.Receiver].Name}, {Text: l.T("venture.purpose." + c.Purpose), After: v.signed(r, c)}, {Part: state}}
		if v.Own || v.may["consent"] {
			cells = append(cells, ui.Cell{Part: consentActs(r, v, c, c.Stands(today))})
		}
		rows = append(rows, ui.Row{Cells: cells})
	}
	columns := []ui.Column{{Head: l.T("venture.field.receiver"), Kind: ui.Title}, {Head: l.T("venture.field.purpose")}, {Head: l.T("venture.progress")}}
	if v.Own || v.may["consent"] {
		columns = append(columns, ui.Column{Kind: ui.NextAct})
	}
	return ui.Table{ID: "consents", Label: l.T("venture.consents"), Groups: ui.Rows(rows...), Columns: columns}
}

// signed says who signed a consent on paper.
func (v shown) signed(r *web.Request, c venture.Consent) string {
	for _, f := range v.Founders {
		if !c.Paper.IsZero() && f.No == c.Signed {
			return r.L.T("venture.consent.on_paper", "name", f.Name)
		}
	}
	return ""
}

// history is what other services know, the latest first.
func (v shown) history(r *web.Request) []ui.Act {
	var all []ui.Act
	for _, h := range v.History {
		all = append(all, ui.Act{When: r.L.Date(dayOf(r, h.At)), What: r.L.T(h.Key), Where: h.Text})
	}
	return all
}

// take hands in a form of a dossier.
func (p *pages) take(w http.ResponseWriter, r *web.Request) error {
	which, err := ventureID(r)
	if err != nil {
		return err
	}
	step := r.PathValue("step")
	if step == "edit" {
		return p.takeEdit(w, r, which)
	}
	f := web.Read(r)
	known, err := p.act(r, f, which, step)
	if !known {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if f.Err() == nil && err == nil {
		return r.Redirect(w, ventureURL(which, ""), "venture.done."+wordOf(step))
	}
	if err != nil && !f.Blame(err) {
		return err
	}
	if asks[step] {
		return p.showStep(w, r, which, step, f)
	}
	return p.show(w, r, which, f)
}

// act takes a step; false where there is none of this name.
func (p *pages) act(r *web.Request, f *web.Form, which venture.ID, step string) (bool, error) {
	s, ctx, by, version := p.s.Ventures, r.Context(), r.Actor, f.Version()
	switch step {
	case "take":
		return true, s.Take(ctx, by, which, version)
	case "return", "end":
		reason := f.Text("reason", web.Required, web.Lines, web.Max(500))
		if f.Err() != nil {
			return true, nil
		}
		if step == "end" {
			return true, s.End(ctx, by, which, version, reason)
		}
		return true, s.Return(ctx, by, which, version, reason)
	case "confirm":
		return true, s.Confirm(ctx, by, which, version)
	case "founder", "tie-founder":
		name, number := f.Text("founder", web.Max(60)), f.Text("number", web.Halfwidth, web.Max(30))
		no := f.Int("no", 0, 1_000_000)
		if f.Err() != nil {
			return true, nil
		}
		if step == "founder" {
			return true, s.AddFounder(ctx, by, which, name, number)
		}
		return true, s.TieFounder(ctx, by, which, no, number)
	case "drop-founder":
		return true, s.DropFounder(ctx, by, which, f.Int("no", 1, 1_000_000, web.Required))
	case "honour":
		h := venture.Honour{
			Level: f.Choice("level", venture.Levels, web.Required), Title: f.Text("title", web.Required, web.Max(100)), Year: f.Int("year", 0, 9999, web.Required), Source: f.Text("source", web.Required, web.Max(100)),
		}
		if f.Err() != nil {
			return true, nil
		}
		return true, s.AddHonour(ctx, by, which, h)
	case "drop-honour":
		return true, s.DropHonour(ctx, by, which, web.ID[venture.Honour](f, "honour", web.Required))
	case "withdraw-for":
		to, purpose, said := web.ID[org.Node](f, "receiver", web.Required), f.Choice("purpose", venture.Purposes, web.Required), f.Text("said", web.Required, web.Lines, web.Max(500))
		if f.Err() != nil {
			return true, nil
		}
		return true, p.s.WithdrawFor(ctx, by, which, to, purpose, said)
	case "need":
		n := readNeed(f, which)
		if f.Err() != nil {
			return true, nil
		}
		return true, s.AddNeed(ctx, by, n)
	case "drop-need":
		return true, s.DropNeed(ctx, by, web.ID[venture.Need](f, "which", web.Required))
	}
	return false, nil
}

func readNeed(f *web.Form, of venture.ID) venture.Need {
	return venture.Need{Venture: of, Kind: f.Choice("need", venture.NeedKinds, web.Required), Text: f.Text("text", web.Required, web.Lines, web.Max(500)), Amount: f.Money("amount")}
}

// more leads to the page of a step, where the viewer may take it.
func more(r *web.Request, may bool, v shown, step string) *ui.Link {
	if !may {
		return nil
	}
	return &ui.Link{Label: r.L.T("venture.do_" + step), Href: ventureURL(v.ID, step)}
}

func purposeWords(r *web.Request, all []string) string {
	words := make([]string, len(all))
	for i, p := range all {
		words[i] = r.L.T("venture.purpose." + p)
	}
	return strings.Join(words, r.L.T("venture.comma"))
}
