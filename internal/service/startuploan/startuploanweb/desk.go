package startuploanweb

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/policy"
)

func microTime(at int64) time.Time { return time.UnixMicro(at) }

// listed is the list of applications of a place.
type listed struct {
	startuploan.Page
	filter startuploan.ListFilter
}

func stateNames() (all []string) {
	for _, s := range startuploan.States {
		all = append(all, string(s))
	}
	return all
}

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	v := listed{filter: startuploan.ListFilter{State: startuploan.State(f.Choice("state", stateNames())), Kind: policy.Kind(f.Choice("kind", kinds)), Words: f.Text("q", web.Max(60)), Cursor: r.URL.Query().Get("from")}}
	if err := f.Err(); err != nil {
		return err
	}
	var err error
	if v.Page, err = p.s.List(r.Context(), r.Actor, v.filter); err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("loan.list"), r.L.T("loan.list_says"))
	if r.Actor.May(startuploan.Enter) {
		page.Actions = []ui.Action{{Label: r.L.T("loan.enter"), Icon: "plus", Href: listURL + "/new", Primary: true}}
	}
	return door.Show(w, r, ui.Office, page, listBody(r, v))
}

func (v listed) url(from string) string {
	if from == "" {
		return ""
	}
	return web.Address(listURL, "state", string(v.filter.State), "kind", string(v.filter.Kind), "q", v.filter.Words, "from", from)
}

func (v listed) filters(r *web.Request) ui.Filters {
	l := r.L
	f := ui.Filters{Action: listURL, Search: &ui.Search{Name: "q", Label: l.T("loan.seek"), Value: v.filter.Words, Placeholder: l.T("loan.seek")}, Filters: []ui.Filter{
		{Name: "state", Label: l.T("loan.state"), Options: choices(r, "loan.state.", stateNames(), string(v.filter.State), l.T("loan.any_state"))},
		{Name: "kind", Label: l.T("loan.field.kind"), Options: choices(r, "loan.kind.", kinds, string(v.filter.Kind), l.T("loan.any_kind"))},
	}}
	if v.filter.State != "" || v.filter.Kind != "" || v.filter.Words != "" {
		f.Clear = listURL
	}
	return f
}

func (v listed) table(r *web.Request) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, x := range v.Items {
		t, icon := tone(x.State)
		href := oneURL(x.ID, "")
		if x.State == startuploan.Draft {
			href = oneURL(x.ID, "fill/money")
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			{Text: x.Name, Href: href}, {Text: x.Lead}, {Part: ui.State(t, icon, l.T("loan.state."+string(x.State)))}, {Text: amount(r, x.Application)}, {Text: v.Orgs[x.Org].Name}, {Text: v.Orgs[x.Bank].Name}, {Part: ui.Code(x.Serial)},
		}})
	}
	return ui.Table{ID: "loans", Label: l.T("loan.list"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("loan.field.name"), Kind: ui.Title},
		{Head: l.T("loan.role.applicant"), Kind: ui.Short},
		{Head: l.T("loan.state"), Kind: ui.Short},
		{Head: l.T("loan.amount"), Kind: ui.Short},
		{Head: l.T("loan.taken_in")},
		{Head: l.T("loan.field.bank")},
		{Head: l.T("loan.serial"), Kind: ui.Serial},
	}}
}

// askEnter is the page on which a clerk begins for somebody at the counter: by the serial number of her venture.
func (p *pages) askEnter(w http.ResponseWriter, r *web.Request) error {
	return p.showEnter(w, r, web.ReadValues(nil))
}

func (p *pages) showEnter(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	page := p.doors.Office(r, r.L.T("loan.enter"), r.L.T("loan.enter_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("loan.list"), Href: listURL}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, enterBody(r, f))
	}
	return door.Show(w, r, ui.Office, page, enterBody(r, f))
}

func (p *pages) enter(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	serial, kind := f.Text("venture", web.Required, web.Max(60)), f.Choice("kind", kinds, web.Required)
	if f.Err() == nil {
		var of venture.ID
		found, err := p.s.Ventures.List(r.Context(), r.Actor, venture.Filter{Words: serial, Size: 2}, "")
		if err != nil && errs.KindOf(err) != errs.Denied {
			return err
		}
		if len(found.Items) == 1 {
			of = found.Items[0].ID
			made, err := p.s.BeginFor(r.Context(), r.Actor, of, policy.Kind(kind))
			if err == nil {
				return r.Redirect(w, oneURL(made, "fill/money"), "loan.begun")
			}
			if !f.Blame(err) {
				return err
			}
		} else {
			f.Fail("venture", "loan.no_venture", nil)
		}
	}
	return p.showEnter(w, r, f)
}

// officer is an application on the page of somebody at a desk.
type officer struct {
	shown
	orgs   []org.Node // to which it may be handed over, or that may be asked
	beside []string   // accounts that sit at the same desk
	failed string     // the step that was asked for and not taken; its form shows again what was typed
}

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	return p.showOne(w, r, web.ReadValues(nil), "")
}

func (p *pages) showOne(w http.ResponseWriter, r *web.Request, f *web.Form, failed string) error {
	which, err := appID(r)
	if err != nil {
		return err
	}
	got, err := p.s.Look(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	v := officer{shown: shown{View: got, form: f, top: oneURL(which, "")}, failed: failed}
	var ids []string
	for _, x := range got.Lines {
		ids = append(ids, x.By)
	}
	for _, x := range got.Surveys {
		ids = append(ids, x.By)
	}
	if d := v.At(); d != nil {
		err = p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error { v.beside, err = p.s.Colleagues(q, *d); return err })
		if err != nil {
			return err
		}
	}
	if v.names, err = p.names(r, slices.Concat(ids, v.beside)); err != nil {
		return err
	}
	if v.At() != nil {
		if v.orgs, err = p.around(r, v); err != nil {
			return err
		}
	}
	page := p.doors.Office(r, v.Name, "")
	page.Plain = true
	page.Crumbs = []ui.Crumb{{Label: r.L.T("loan.list"), Href: listURL}, {Label: v.Serial}}
	if d := v.At(); d != nil {
		page.Crumbs[0] = ui.Crumb{Label: r.L.T("loan.queue_of", "desk", r.L.T("loan.desk."+string(d.Desk))), Href: web.Address(queueURL, "desk", string(d.Desk))}
	} else if !r.Actor.May(startuploan.Read) {
		page.Crumbs[0] = ui.Crumb{Label: r.L.T("loan.queue"), Href: queueURL}
	}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, officeBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, officeBody(r, v))
}

// around are the organisations near a desk: the bank's own for a bank, else townships, departments and league bodies of the county.
func (p *pages) around(r *web.Request, v officer) (all []org.Node, err error) {
	err = p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
		in := authz.Scope{Paths: []authz.Path{v.Orgs[v.County].Path}}
		kinds := []org.Kind{org.County, org.Township, org.Village, org.Department, org.LeagueBody, org.Company}
		if v.At().Desk.IsBanks() {
			bank, err := org.Find(q, v.Bank)
			if err != nil {
				return err
			}
			in.Paths = append(in.Paths, bank.Path)
			kinds = append(kinds, org.Bank)
		}
		all, err = org.Subtree(q, in, kinds...)
		all = slices.DeleteFunc(all, func(n org.Node) bool { return !n.IsOpen() })
		return err
	})
	return all, err
}

func (v officer) orgOptions(r *web.Request, field string) []ui.Option {
	all := []ui.Option{{Label: r.L.T("loan.choose")}}
	for _, n := range v.orgs {
		if n.Kind == org.Village && field != "unit" {
			continue
		}
		all = append(all, ui.Option{Value: n.ID.String(), Label: n.Name, Selected: v.form.Raw(field) == n.ID.String()})
	}
	return all
}

// besideOptions are who sits at the same desk, but for the viewer.
func (v officer) besideOptions(r *web.Request) []ui.Option {
	all := []ui.Option{{Label: r.L.T("loan.choose")}}
	for _, one := range v.beside {
		if one != r.Actor.User && v.names[one] != "" {
			all = append(all, ui.Option{Value: one, Label: v.names[one], Selected: v.typed("transfer").Raw("owner") == one})
		}
	}
	return all
}

// take lets somebody at a desk take a step.
func (p *pages) take(w http.ResponseWriter, r *web.Request) error {
	which, err := appID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	step := r.PathValue("step")
	known, err := p.step(r, f, which, step)
	if !known {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if err == nil && f.Err() == nil {
		to := oneURL(which, "")
		if _, gone := p.s.Look(r.Context(), r.Actor, which); gone != nil { // handed over to where she does not sit
			to = queueURL
		}
		return r.Redirect(w, to, "loan.done."+wordOf(step))
	}
	if err != nil {
		if err = p.named(r, err); !f.Blame(err) {
			return err
		}
	}
	return p.showOne(w, r, f, step)
}

func wordOf(step string) string {
	if step == "" {
		return "step"
	}
	return step
}

func readDecision(f *web.Form, refuses bool) startuploan.Decision {
	g := startuploan.Decision{Says: f.Text("says", web.Lines, web.Max(2000))}
	if refuses {
		g.Code = f.Choice("code", startuploan.Codes, web.Required)
		return g
	}
	g.Opinion = startuploan.Opinion{
		Flag: f.Bool("flag"), Priority: f.Many("priority", startuploan.Priorities), Group: f.Choice("group", startuploan.Groups), Hires: f.Int("hires", 0, 100_000), Earlier: f.Int("earlier", 0, 50),
		Guarantee: f.Choice("guarantee", startuploan.Guarantees), Amount: f.Money("amount"), Months: f.Int("months", 0, 600), Rate: f.Rate("rate", "%"),
	}
	return g
}

// step takes one; false where there is none of this name.
func (p *pages) step(r *web.Request, f *web.Form, which startuploan.ID, step string) (bool, error) {
	s, ctx, by := p.s, r.Context(), r.Actor
	no := f.Int("no", 0, 1000)
	reason := func() string { return f.Text("reason", web.Lines, web.Max(2000)) }
	run := func(do func() error) (bool, error) {
		if f.Err() != nil {
			return true, nil
		}
		return true, do()
	}
	switch step {
	case "pass":
		g := readDecision(f, false)
		return run(func() error { return s.Allow(ctx, by, which, no, g) })
	case "refuse":
		g := readDecision(f, true)
		return run(func() error { return s.Deny(ctx, by, which, no, g) })
	case "return":
		return true, s.SendBack(ctx, by, which, no, reason())
	case "second":
		return true, s.Agree(ctx, by, which, no)
	case "unsecond":
		return true, s.Disagree(ctx, by, which, no, reason())
	case "transfer":
		to, owner := web.ID[org.Node](f, "to"), f.Text("owner", web.Max(40))
		return run(func() error { return s.HandOver(ctx, by, which, no, to, owner, reason()) })
	case "cosign":
		to := web.ID[org.Node](f, "to", web.Required)
		return run(func() error { return s.AskCosign(ctx, by, which, no, to, reason()) })
	case "found":
		d := readDebt(f)
		return run(func() error { return s.FindDebt(ctx, by, which, no, d) })
	case "recuse":
		return true, s.StepAside(ctx, by, which, no, reason())
	case "bar":
		return true, s.BarFrom(ctx, by, which, f.Text("account", web.Max(60)), reason())
	case "delegate":
		unit, due := web.ID[org.Node](f, "unit", web.Required), f.Day("due", web.Required)
		return run(func() error { return s.Commission(ctx, by, which, no, unit, due) })
	case "adopt":
		return true, s.Judge(ctx, by, which, no, f.Choice("verdict", startuploan.Verdicts), f.Text("says", web.Lines, web.Max(2000)))
	}
	return false, nil
}

func num(n int64) string { return strconv.FormatInt(n, 10) }
