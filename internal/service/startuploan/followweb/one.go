package followweb

import (
	"net/http"
	"strconv"

	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/followup"
)

// shown is one loan that is followed up.
type shown struct {
	followup.Page
	names map[string]string
	form  *web.Form
}

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	return p.showOne(w, r, web.ReadValues(nil))
}

func (p *pages) showOne(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := loanID(r)
	if err != nil {
		return err
	}
	v := shown{form: f}
	if v.Page, err = p.s.Look(r.Context(), r.Actor, which); err != nil {
		return err
	}
	var ids []string
	for _, x := range v.Snapshots {
		ids = append(ids, x.By)
	}
	for _, x := range v.Visits {
		ids = append(ids, x.AskedBy)
	}
	if v.names, err = p.names(r, ids); err != nil {
		return err
	}
	page := p.doors.Office(r, borrower(r, v.Borrower), "")
	page.Plain = true
	page.Crumbs = []ui.Crumb{{Label: r.L.T("loanvisit.list"), Href: home}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, oneBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, oneBody(r, v))
}

func (v shown) document(r *web.Request) ui.Document {
	l, next := r.L, due(r, v.Row, v.Today)
	d := ui.Document{
		Title: borrower(r, v.Borrower), Serial: v.Number, Sub: v.BankName, State: l.T("loanvisit.nothing"), Tone: ui.Hold,
		Facts: []ui.Fact{
			{Label: l.T("loanvisit.first"), Value: date(r, v.First)},
			{Label: l.T("loanvisit.home"), Value: v.Home},
			{Label: l.T("loanvisit.unit_of"), Value: v.UnitName},
			{Label: l.T("loanvisit.due"), Value: next.Text, Part: next.Part},
		},
		Actions: []ui.Action{{Label: l.T("loanvisit.print"), Icon: "printer", Print: true}},
	}
	if v.State != "" {
		d.State = l.T("loanvisit.state." + string(v.State))
		d.Tone, _ = tone(v.State)
	}
	if r.Actor.May(contract.Read) {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("loanvisit.to_loan"), Icon: "coin", Href: "/office/loans/contracts/" + v.Contract.String()})
	}
	if !v.Venture.ID.IsZero() && r.Actor.May(venture.Read) {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("loanvisit.to_venture"), Icon: "building-store", Href: "/office/ventures/" + v.Venture.ID.String()})
	}
	return d
}

// fates says for each mark what is known.
func (v shown) fates(r *web.Request) (all []ui.Figure) {
	l := r.L
	for i, m := range followup.Marks {
		key := [...]string{followup.NotYet: "not_yet", followup.Unknown: "unknown", followup.Lives: "lives", followup.Gone: "gone"}[v.Fates[i]]
		all = append(all, ui.Figure{Label: l.T("loanvisit.mark", "n", m), Value: l.T("loanvisit.fate." + key), Note: l.Date(v.First.AddMonths(m))})
	}
	return all
}

// told is what was seen and told, the latest first.
func (v shown) told(r *web.Request) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, x := range v.Snapshots {
		what := state(r, x.State)
		if !x.Since.IsZero() {
			what.After = l.T("loanvisit.since_is", "day", l.Date(x.Since)) + " " + x.MovedTo
		}
		jobs, people := "—", "—"
		if x.State != followup.Unmet {
			jobs, people = l.Int(x.Jobs()), l.T("loanvisit.people", "founders", x.Founders, "staff", x.Staff, "contracted", x.Contracted)
		}
		note := x.Note
		if x.NeedKind != "" {
			need := l.T("venture.need." + x.NeedKind)
			if x.Wish != "" {
				need += l.T("loanvisit.colon") + x.Wish
			}
			note = need + " " + note
		}
		if x.Withdrawn > 0 {
			what = ui.Cell{Part: ui.State(ui.Hold, "ban", l.T("loanvisit.withdrawn")), After: x.Reason}
		}
		who := l.T("loanvisit.source." + x.Source)
		if n := v.names[x.By]; n != "" && x.Source != followup.BySelf {
			who += " " + n
		}
		cells := []ui.Cell{{Text: l.Date(x.On)}, what, {Text: jobs}, {Text: people}, {Text: note}, {Text: who}}
		if !x.Answer.IsZero() {
			cells[5].Href = loanURL(v.Contract, "answer/"+x.Answer.String())
		}
		rows = append(rows, ui.Row{Cells: cells})
	}
	return ui.Table{ID: "told", Label: l.T("loanvisit.told"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("loanvisit.field.on"), Kind: ui.Title},
		{Head: l.T("loanvisit.field.state"), Kind: ui.Short},
		{Head: l.T("loanvisit.jobs"), Kind: ui.Number},
		{Head: l.T("loanvisit.people_head")},
		{Head: l.T("loanvisit.note_head")},
		{Head: l.T("loanvisit.source_head"), Kind: ui.Short},
	}}
}

// visits is when the loan was given to phones.
func (v shown) visits(r *web.Request) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, x := range v.Visits {
		what := ui.Cell{Part: ui.State(ui.Plain, "device-mobile", l.T("loanvisit.is_out"))}
		if x.EndedAt > 0 {
			what = ui.Cell{Part: ui.State(ui.OK, "circle-check", l.T("loanvisit.is_back"))}
		}
		if x.Fault != "" && x.EndedAt == 0 {
			field := x.Fault
			if l.Has("loanvisit.field." + field) {
				field = l.T("loanvisit.field." + field)
			}
			what = ui.Cell{Part: ui.State(ui.Bad, "alert-triangle", l.T("loanvisit.faulty", "field", field)), Href: loanURL(v.Contract, "answer/"+x.Answer.String())}
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: l.Time(moment(x.AskedAt))}, what, {Text: l.Date(x.Due)}, {Text: v.names[x.AskedBy]}}})
	}
	return ui.Table{ID: "given", Label: l.T("loanvisit.given"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("loanvisit.asked_at"), Kind: ui.Title}, {Head: l.T("loanvisit.field.state"), Kind: ui.Short}, {Head: l.T("loanvisit.field.due"), Kind: ui.Short}, {Head: l.T("loanvisit.asked_by")},
	}}
}

// standing are the records that can be withdrawn.
func (v shown) standing(r *web.Request) []ui.Option {
	out := []ui.Option{{Label: r.L.T("loanvisit.choose")}}
	for _, x := range v.Snapshots {
		if x.Withdrawn == 0 {
			out = append(out, ui.Option{Value: number(x.No), Label: r.L.Date(x.On) + " " + r.L.T("loanvisit.state."+string(x.State)), Selected: v.form.Raw("no") == number(x.No)})
		}
	}
	return out
}

func (p *pages) enter(w http.ResponseWriter, r *web.Request) error {
	which, err := loanID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	g := given(f, followup.States)
	if f.Err() == nil {
		err := p.s.Enter(r.Context(), r.Actor, which, f.Version(), g)
		if err == nil {
			return r.Redirect(w, loanURL(which, ""), "loanvisit.done.enter")
		}
		if !f.Blame(err) {
			return err
		}
	} else if _, err := p.s.Look(r.Context(), r.Actor, which); err != nil { // out of scope looks absent, whatever was typed
		return err
	}
	return p.showOne(w, r, f)
}

func (p *pages) withdraw(w http.ResponseWriter, r *web.Request) error {
	which, err := loanID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	no, err := strconv.ParseInt(f.Raw("no"), 10, 64)
	if err != nil {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	err = p.s.Withdraw(r.Context(), r.Actor, which, no, f.Text("reason", web.Max(200)))
	if err == nil {
		return r.Redirect(w, loanURL(which, ""), "loanvisit.done.withdraw")
	}
	if !f.Blame(err) {
		return err
	}
	return p.showOne(w, r, f)
}
