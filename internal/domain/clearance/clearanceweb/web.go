// Package clearanceweb is the pages of clearances: what ends soon, one adult with all her papers, and what the city asks for.
package clearanceweb

import (
	"embed"
	"net/http"
	"strconv"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Messages are the texts of these pages and of the errors of clearances.
//
//go:embed messages
var Messages embed.FS

// Menu is the line of the office's menu.
var Menu = []door.Entry{{Group: "clearance.menu", Label: "clearance.title", Icon: "shield-check", Href: home, Verb: clearance.Read}}

const home = "/office/clearances"

type pages struct {
	s     *clearance.Service
	doors *door.Doors
}

// Routes are the pages of clearances.
func Routes(s *clearance.Service, doors *door.Doors) []web.Route {
	p := &pages{s: s, doors: doors}
	return []web.Route{
		{Pattern: "GET /office/clearances", Door: web.Office, Verb: clearance.Read, Handle: p.list, Filters: []string{"kind", "ends"}},
		{Pattern: "GET /office/clearances/new", Door: web.Office, Verb: clearance.Enter, Limit: web.Searching, Handle: p.askNew},
		{Pattern: "POST /office/clearances/new", Door: web.Office, Verb: clearance.Enter, Limit: web.Searching, Handle: p.takeNew},
		{Pattern: "GET /office/clearances/rules", Door: web.Office, Verb: clearance.Read, Handle: p.rules},
		{Pattern: "POST /office/clearances/rules", Door: web.Office, Verb: clearance.SetRule, Handle: p.setRule},
		{Pattern: "POST /office/clearances/rules/take-in", Door: web.Office, Verb: clearance.SetRule, Handle: p.takeIn},
		{Pattern: "GET /office/clearances/{id}", Door: web.Office, Verb: clearance.Read, Handle: p.one},
		{Pattern: "POST /office/clearances/{id}/renew", Door: web.Office, Verb: clearance.Enter, Handle: p.renew},
		{Pattern: "POST /office/clearances/{id}/revoke/{paper}", Door: web.Office, Verb: clearance.Revoke, Handle: p.revoke},
	}
}

// URL is the page of an adult.
func URL(who person.ID) string { return home + "/" + who.String() }

// listed is the list page.
type listed struct {
	kind, ends string
	page       page.Page[clearance.Row]
	today      day.Day
	rules      []clearance.Rule
}

// soon is the days within which a paper counts as ending soon.
const soon = 30

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	v := listed{kind: f.Choice("kind", texts(clearance.Kinds)), ends: f.Choice("ends", []string{"soon", "over"}), today: day.Of(r.Now, p.s.Zone)}
	if err := f.Err(); err != nil {
		return err
	}
	filter := clearance.Filter{Kind: clearance.Kind(v.kind)}
	switch v.ends {
	case "soon":
		filter.By = v.today.AddDays(soon)
	case "over":
		filter.By = v.today.AddDays(-1)
	}
	var err error
	if v.rules, err = p.s.Rules(r.Context(), r.Actor); err != nil {
		return err
	}
	if v.page, err = p.s.List(r.Context(), r.Actor, filter, r.URL.Query().Get("from")); err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("clearance.title"), r.L.T("clearance.says"))
	pg.Actions = []ui.Action{{Label: r.L.T("clearance.rules"), Icon: "clipboard-list", Href: home + "/rules"}}
	if r.Actor.May(clearance.Enter) {
		pg.Actions = append(pg.Actions, ui.Action{Label: r.L.T("clearance.new"), Icon: "plus", Href: home + "/new", Primary: true})
	}
	return door.Show(w, r, ui.Office, pg, listBody(r, v))
}

func (v listed) filters(r *web.Request) ui.Filters {
	kinds := []ui.Option{{Label: r.L.T("clearance.all_kinds"), Selected: v.kind == ""}}
	for _, k := range clearance.Kinds {
		kinds = append(kinds, ui.Option{Value: string(k), Label: r.L.T("clearance.kind." + string(k)), Selected: v.kind == string(k)})
	}
	ends := []ui.Option{{Label: r.L.T("clearance.all_ends"), Selected: v.ends == ""}}
	for _, e := range []string{"soon", "over"} {
		ends = append(ends, ui.Option{Value: e, Label: r.L.T("clearance.ends."+e, "n", soon), Selected: v.ends == e})
	}
	f := ui.Filters{Action: home, Filters: []ui.Filter{{Name: "ends", Label: r.L.T("clearance.until"), Options: ends}, {Name: "kind", Label: r.L.T("clearance.kind"), Options: kinds}}}
	if v.kind != "" || v.ends != "" {
		f.Clear = home
	}
	return f
}

func (v listed) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.page.Items))
	for i, x := range v.page.Items {
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: x.Name, Href: URL(x.Person)}, {Text: l.T("clearance.kind." + string(x.Kind))}, {Text: x.OrgName}, {Part: state(r, x, v.today)}, {Text: until(r, x.Paper)},
		}}
	}
	return ui.Table{ID: "clearances", Label: l.T("clearance.title"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("clearance.name"), Kind: ui.Title}, {Head: l.T("clearance.kind")}, {Head: l.T("clearance.org")}, {Head: l.T("clearance.state"), Kind: ui.Short}, {Head: l.T("clearance.until")},
	}}
}

func (v listed) pages(r *web.Request) ui.Pages {
	to := func(cursor string) string {
		if cursor == "" {
			return ""
		}
		return web.Address(home, "ends", v.ends, "kind", v.kind, "from", cursor)
	}
	return ui.Pages{Prev: to(v.page.Prev), Next: to(v.page.Next)}
}

func until(r *web.Request, p clearance.Paper) string {
	if p.Until.IsZero() {
		return r.L.T("clearance.no_end")
	}
	return p.Until.String()
}

// entry is the page on which a paper is entered for somebody who is named by her number.
type entry struct {
	form  *web.Form
	desks []org.Node
	words string
	today day.Day
}

func (p *pages) askNew(w http.ResponseWriter, r *web.Request) error {
	return p.showNew(w, r, web.ReadValues(nil))
}

func (p *pages) showNew(w http.ResponseWriter, r *web.Request, f *web.Form) (err error) {
	v := entry{form: f, words: r.URL.Query().Get("find"), today: day.Of(r.Now, p.s.Zone)}
	if v.desks, err = p.s.Desks(r.Context(), r.Actor, v.words); err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("clearance.new"), r.L.T("clearance.new_says"))
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("clearance.title"), Href: home}, {Label: pg.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, pg, newBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, newBody(r, v))
}

func (v entry) orgs() []ui.Option {
	all := make([]ui.Option, len(v.desks))
	for i, o := range v.desks {
		all[i] = ui.Option{Value: o.ID.String(), Label: o.Name, Selected: v.form.Raw("org") == o.ID.String() || len(v.desks) == 1}
	}
	return all
}

func (p *pages) takeNew(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	x := readPaper(f)
	x.Org = web.ID[org.Node](f, "org", web.Required)
	number := f.Text("number", web.Required, web.Halfwidth, web.Max(20))
	if f.Err() == nil {
		who, err := p.s.Sought(r.Context(), r.Actor, x.Org, number)
		if err == nil {
			x.Person = who
			if _, err = p.s.Enter(r.Context(), r.Actor, x); err == nil {
				return r.Redirect(w, URL(who), "clearance.entered")
			}
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showNew(w, r, f)
}

func readPaper(f *web.Form) clearance.Paper {
	return clearance.Paper{
		Kind: clearance.Kind(f.Choice("kind", texts(clearance.Kinds), web.Required)), Result: clearance.Result(f.Choice("result", texts(clearance.Results), web.Required)),
		On: f.Day("on", web.Required), Until: f.Day("until"), Issuer: f.Text("issuer", web.Required, web.Max(60)),
	}
}

// adult is the page of one adult.
type adult struct {
	clearance.Adult
	form  *web.Form
	today day.Day
	may   bool // enter and revoke
}

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	return p.showOne(w, r, web.ReadValues(nil))
}

func (p *pages) showOne(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := id.Parse[person.Person](r.PathValue("id"))
	if err != nil {
		return err
	}
	v := adult{form: f, today: day.Of(r.Now, p.s.Zone), may: r.Actor.May(clearance.Enter)}
	if v.Adult, err = p.s.Of(r.Context(), r.Actor, which); err != nil {
		return err
	}
	pg := p.doors.Office(r, v.Name, "")
	pg.Plain = true
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("clearance.title"), Href: home}, {Label: v.Name}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, pg, adultBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, adultBody(r, v))
}

func (v adult) document(r *web.Request) ui.Document {
	l := r.L
	d := ui.Document{Title: v.Name, Sub: v.Papers[0].OrgName, State: l.T("clearance.cleared"), Tone: ui.OK, Actions: []ui.Action{{Label: l.T("clearance.print"), Icon: "printer", Print: true}}}
	switch {
	case !v.Rules:
		d.State, d.Tone = l.T("clearance.unsettled"), ui.Bad
	case len(v.Gaps) > 0:
		d.State, d.Tone = l.T("clearance.not_cleared"), ui.Bad
	}
	return d
}

func (v adult) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.Papers))
	for i, x := range v.Papers {
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: l.T("clearance.kind." + string(x.Kind))}, {Part: state(r, x, v.today)}, {Text: x.On.String()}, {Text: until(r, x.Paper)}, {Text: x.Issuer}, {Text: x.OrgName}, {Part: revokePart(r, v, x)},
		}}
	}
	return ui.Table{ID: "papers", Label: l.T("clearance.papers"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("clearance.kind"), Kind: ui.Title}, {Head: l.T("clearance.state"), Kind: ui.Short}, {Head: l.T("clearance.on")}, {Head: l.T("clearance.until")}, {Head: l.T("clearance.issuer")}, {Head: l.T("clearance.org")}, {Kind: ui.NextAct},
	}}
}

// renew enters a further paper of somebody who is known here, at the organisation at which her last one lies.
func (p *pages) renew(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[person.Person](r.PathValue("id"))
	if err != nil {
		return err
	}
	of, err := p.s.Of(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	f := web.Read(r)
	x := readPaper(f)
	x.Person, x.Org = which, of.At
	if f.Err() == nil {
		if _, err := p.s.Enter(r.Context(), r.Actor, x); err == nil {
			return r.Redirect(w, URL(which), "clearance.entered")
		} else if !f.Blame(err) {
			return err
		}
	}
	return p.showOne(w, r, f)
}

func (p *pages) revoke(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[clearance.Paper](r.PathValue("paper"))
	if err != nil {
		return err
	}
	f := web.Read(r)
	if err := p.s.Revoke(r.Context(), r.Actor, which, f.Text("reason", web.Max(200))); err != nil {
		if !f.Blame(err) {
			return err
		}
		return p.showOne(w, r, f)
	}
	return r.Redirect(w, home+"/"+r.PathValue("id"), "clearance.revoked")
}

// asked is the page of what the city asks for.
type asked struct {
	all   []clearance.Rule
	form  *web.Form
	today day.Day
	may   bool
}

func (p *pages) rules(w http.ResponseWriter, r *web.Request) error {
	return p.showRules(w, r, web.ReadValues(nil))
}

func (p *pages) showRules(w http.ResponseWriter, r *web.Request, f *web.Form) (err error) {
	v := asked{form: f, today: day.Of(r.Now, p.s.Zone), may: r.Actor.MustEverywhere(clearance.SetRule) == nil}
	if v.all, err = p.s.Rules(r.Context(), r.Actor); err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("clearance.rules"), r.L.T("clearance.rules_says"))
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("clearance.title"), Href: home}, {Label: pg.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, pg, rulesBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, rulesBody(r, v))
}

func (v asked) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.all))
	for i, x := range v.all {
		months, who := l.T("clearance.no_end"), l.T("clearance.everybody")
		if x.Months > 0 {
			months = l.T("clearance.n_months", "n", x.Months)
		}
		if x.Below > 0 {
			who = l.T("clearance.younger", "n", x.Below)
		}
		if !x.Needed {
			months, who = l.T("clearance.not_needed"), ""
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: l.T("clearance.kind." + string(x.Kind))}, {Text: x.From.String()}, {Text: months}, {Text: who}, {Text: x.Source}}}
	}
	return ui.Table{ID: "rules", Label: l.T("clearance.rules"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("clearance.kind"), Kind: ui.Title}, {Head: l.T("clearance.from")}, {Head: l.T("clearance.months")}, {Head: l.T("clearance.whom")}, {Head: l.T("clearance.source")},
	}}
}

func (p *pages) setRule(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	x := clearance.Rule{
		Kind: clearance.Kind(f.Choice("kind", texts(clearance.Kinds), web.Required)), From: f.Day("from", web.Required), Needed: f.Bool("needed"), Months: f.Int("months", 0, 120),
		Below: f.Int("below", 0, 30), Source: f.Text("source", web.Required, web.Max(300)),
	}
	if f.Err() == nil {
		err := p.s.SetRule(r.Context(), r.Actor, x)
		if err == nil {
			return r.Redirect(w, home+"/rules", "clearance.rule_set")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showRules(w, r, f)
}

func (p *pages) takeIn(w http.ResponseWriter, r *web.Request) error {
	if err := p.s.TakeIn(r.Context(), r.Actor); err != nil {
		return err
	}
	return r.Redirect(w, home+"/rules", "clearance.rule_set")
}

func texts[T ~string](all []T) []string {
	s := make([]string, len(all))
	for i, v := range all {
		s[i] = string(v)
	}
	return s
}

// faults are what is wrong with a form, each with its question.
func faults(r *web.Request, f *web.Form) []ui.Fault { return ui.Faults(r, f, "clearance.") }

func number(n int64) string { return strconv.FormatInt(n, 10) }
