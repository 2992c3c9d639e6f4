// Package followweb is the pages on which businesses are looked after once their loans are paid out: the list of those that are due, one loan
// with all that was seen and told, and the founder's own few questions.
package followweb

import (
	"embed"
	"net/http"
	"strconv"
	"time"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/followup"
)

// Messages are the texts of these pages.
//
//go:embed messages
var Messages embed.FS

// Lookup gives words for accounts: their names.
type Lookup func(r *web.Request, ids []string) (map[string]string, error)

type pages struct {
	s     *followup.Service
	doors *door.Doors
	names Lookup
}

const (
	home  = "/office/loans/visits"
	check = "/my/loan-checks"
)

// Menu is the line of the office's menu.
var Menu = []door.Entry{{Group: "loan.menu", Label: "loanvisit.list", Icon: "map-pin", Href: home, Verb: followup.Read}}

// Routes are the pages.
func Routes(s *followup.Service, doors *door.Doors, names Lookup) []web.Route {
	p := &pages{s: s, doors: doors, names: names}
	office := func(pattern string, v authz.Verb, h web.Handler) web.Route {
		return web.Route{Pattern: pattern, Door: web.Office, Verb: v, Handle: h}
	}
	return []web.Route{
		{Pattern: "GET " + home, Door: web.Office, Verb: followup.Read, Limit: web.Searching, Handle: p.list, Filters: []string{"view", "org", "unit"}},
		{Pattern: "GET " + home + "/export", Door: web.Office, Verb: followup.Export, Limit: web.Exporting, Handle: p.export},
		office("POST "+home+"/send", followup.Send, p.send),
		office("GET "+home+"/terms", followup.Read, p.terms),
		office("POST "+home+"/terms", followup.SetTerms, p.setTerms),
		office("GET "+home+"/{id}", followup.Read, p.one),
		office("POST "+home+"/{id}/enter", followup.Enter, p.enter),
		office("POST "+home+"/{id}/withdraw", followup.Withdraw, p.withdraw),
		office("GET "+home+"/{id}/answer/{answer}", followup.Read, p.answer),
		{Pattern: "GET " + check, Door: web.Field, Handle: p.mine},
		{Pattern: "GET " + check + "/{id}", Door: web.Field, Handle: p.ask},
		{Pattern: "POST " + check + "/{id}", Door: web.Field, Handle: p.take},
	}
}

func loanID(r *web.Request) (contract.ID, error) {
	return id.Parse[contract.Contract](r.PathValue("id"))
}

func loanURL(which contract.ID, step string) string {
	u := home + "/" + which.String()
	if step != "" {
		u += "/" + step
	}
	return u
}

func date(r *web.Request, d day.Day) string {
	if d.IsZero() {
		return "—"
	}
	return r.L.Date(d)
}

func moment(at int64) time.Time { return time.UnixMicro(at) }

// faults are all that is wrong with a form, each with the name of its question.
func faults(r *web.Request, f *web.Form) []ui.Fault { return ui.Faults(r, f, "loanvisit.field.") }

// options are words of a list; with empty, nothing is chosen yet.
func options[T ~string](r *web.Request, prefix string, all []T, chosen, empty string) []ui.Option {
	var out []ui.Option
	if empty != "" {
		out = append(out, ui.Option{Label: empty, Selected: chosen == ""})
	}
	for _, v := range all {
		out = append(out, ui.Option{Value: string(v), Label: r.L.T(prefix + string(v)), Selected: string(v) == chosen})
	}
	return out
}

func words[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = string(v)
	}
	return out
}

// tone is how a state looks: never by colour alone.
func tone(s followup.State) (ui.Tone, string) {
	switch s {
	case followup.Trading:
		return ui.OK, "circle-check"
	case followup.Closed:
		return ui.Bad, "circle-x"
	case followup.Paused, followup.Moved:
		return ui.Soon, "alert-triangle"
	}
	return ui.Hold, "circle-minus"
}

func state(r *web.Request, s followup.State) ui.Cell {
	if s == "" {
		return ui.Cell{Text: r.L.T("loanvisit.nothing")}
	}
	t, icon := tone(s)
	return ui.Cell{Part: ui.State(t, icon, r.L.T("loanvisit.state."+string(s)))}
}

// given reads what somebody enters.
func given(f *web.Form, states []followup.State) followup.Given {
	return followup.Given{
		On: f.Day("on"), State: followup.State(f.Choice("state", words(states), web.Required)), Since: f.Day("since"), MovedTo: f.Text("moved_to", web.Max(200)),
		Founders: f.Int("founders", 0, 99), Staff: f.Int("staff", 0, 100_000), Contracted: f.Int("contracted", 0, 100_000),
		NeedKind: f.Choice("need", venture.NeedKinds), Wish: f.Text("wish", web.Lines, web.Max(500)), Note: f.Text("note", web.Lines, web.Max(500)),
	}
}

// termsPage is how often visits are made, and the form that sets it.
type termsPage struct {
	all  []followup.Terms
	form *web.Form
	may  bool
}

func (p *pages) terms(w http.ResponseWriter, r *web.Request) error {
	return p.showTerms(w, r, web.ReadValues(nil))
}

func (p *pages) showTerms(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	v := termsPage{form: f, may: r.Actor.MustEverywhere(followup.SetTerms) == nil}
	var err error
	if v.all, err = p.s.ListTerms(r.Context(), r.Actor); err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("loanvisit.terms"), r.L.T("loanvisit.terms_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("loanvisit.list"), Href: home}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, termsBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, termsBody(r, v))
}

func (p *pages) setTerms(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	t := followup.Terms{
		From: f.Day("from", web.Required), First: int(f.Int("first", 1, 120, web.Required)), Every: int(f.Int("every", 1, 120, web.Required)), Until: int(f.Int("until", 1, 120, web.Required)),
		Source: f.Text("source", web.Required),
	}
	if f.Err() == nil {
		err := p.s.SetTerms(r.Context(), r.Actor, t)
		if err == nil {
			return r.Redirect(w, home+"/terms", "loanvisit.done.terms")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showTerms(w, r, f)
}

func (v termsPage) table(r *web.Request) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, t := range v.all {
		from, source := l.T("loanvisit.delivered"), l.T("loanvisit.delivered_says")
		if !t.From.IsZero() {
			from, source = l.Date(t.From), t.Source
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			{Text: from}, {Text: l.T("loanvisit.months", "n", t.First)}, {Text: l.T("loanvisit.months", "n", t.Every)}, {Text: l.T("loanvisit.months", "n", t.Until)}, {Text: source},
		}})
	}
	return ui.Table{ID: "terms", Label: l.T("loanvisit.terms"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("loanvisit.field.from"), Kind: ui.Title},
		{Head: l.T("loanvisit.field.first"), Kind: ui.Short},
		{Head: l.T("loanvisit.field.every"), Kind: ui.Short},
		{Head: l.T("loanvisit.field.until"), Kind: ui.Short},
		{Head: l.T("loanvisit.field.source")},
	}}
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// answered is what a visitor has filled in on a phone.
type answered struct {
	form.Shown
}

func (p *pages) answer(w http.ResponseWriter, r *web.Request) error {
	which, err := loanID(r)
	if err != nil {
		return err
	}
	answer, err := id.Parse[form.Answer](r.PathValue("answer"))
	if err != nil {
		return err
	}
	got, err := p.s.Answered(r.Context(), r.Actor, which, answer)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("loanvisit.answer"), got.Serial)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("loanvisit.list"), Href: home}, {Label: r.L.T("loanvisit.one"), Href: loanURL(which, "")}, {Label: page.Title}}
	return door.Show(w, r, ui.Office, page, answerBody(r, answered{got}))
}

// facts are the questions and what was answered, in the order of the form.
func (v answered) facts() (all []ui.Fact) {
	const lang = 0
	var walk func(at int, of map[string]any)
	walk = func(at int, of map[string]any) {
		for _, below := range v.Form.Questions[at].Below {
			q := v.Form.Questions[below]
			switch x := of[q.Name].(type) {
			case map[string]any:
				walk(below, x)
			case string:
				if text := form.Spoken(v.Form, q, x, lang, "、"); text != "" && !q.Kind.IsFile() {
					all = append(all, ui.Fact{Label: q.Asked(lang), Value: text})
				}
			}
		}
	}
	walk(0, v.Content)
	return all
}

// chosen are organisations as options.
func chosen(all []org.Node, which org.ID, first string) []ui.Option {
	out := []ui.Option{{Label: first, Selected: which.IsZero()}}
	for _, n := range all {
		out = append(out, ui.Option{Value: n.ID.String(), Label: n.Name, Selected: n.ID == which})
	}
	return out
}
