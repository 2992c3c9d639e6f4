package fieldweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

func tasksURL(which form.ID) string { return "/office/forms/" + which.String() + "/field" }

// giving is the page on which a form is given to those who take it along.
type giving struct {
	of      form.Look
	all     []field.Given
	names   map[string]string
	at      org.Node   // where the answers will count
	offered []org.Node // other places, those that were sought among them
	words   string
	workers []Worker
	roles   []Role
	f       *web.Form
}

func (p *pages) giving(r *web.Request) (v giving, err error) {
	which, err := id.Parse[form.Form](r.PathValue("id"))
	if err != nil {
		return v, err
	}
	if v.of, err = p.s.Forms.Look(r.Context(), r.Actor, which); err != nil {
		return v, err
	}
	if v.all, err = p.s.Tasks(r.Context(), r.Actor, which); err != nil {
		return v, err
	}
	who := []string{}
	for _, g := range v.all {
		who = append(who, g.Account)
		for _, w := range g.Done {
			who = append(who, w.Account)
		}
	}
	if v.names, err = p.names(r, who); err != nil {
		return v, err
	}
	v.f, v.roles = web.Read(r), p.roles
	v.words = v.f.Text("find", web.Max(60))
	if err := p.places(r, &v); err != nil {
		return v, err
	}
	if !v.at.ID.IsZero() {
		v.workers, err = p.workers(r, v.at)
	}
	return v, err
}

// places finds where the form may be given: at the chosen organisation, else at the top of what the viewer may give.
func (p *pages) places(r *web.Request, v *giving) error {
	in := r.Actor.Scope(field.Assign).Narrow(v.of.At.Path)
	return p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
		for _, path := range in.Paths {
			n, err := org.FindPath(q, path)
			if err != nil {
				return err
			}
			v.offered = append(v.offered, n)
		}
		found, err := org.Search(q, in, v.words)
		if err != nil {
			return err
		}
		for _, n := range found {
			if !slices.ContainsFunc(v.offered, func(o org.Node) bool { return o.ID == n.ID }) {
				v.offered = append(v.offered, n)
			}
		}
		if chosen, err := id.Parse[org.Node](v.f.Raw("org")); err == nil {
			n, err := org.Find(q, chosen)
			if err != nil {
				return err
			}
			if in.Covers(n.Path) {
				v.at = n
			}
		}
		if v.at.ID.IsZero() && len(v.offered) > 0 {
			v.at = v.offered[0]
		}
		return nil
	})
}

func (p *pages) tasks(w http.ResponseWriter, r *web.Request) error {
	v, err := p.giving(r)
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.tasksPage(r, v), tasksBody(r, v))
}

func (p *pages) tasksPage(r *web.Request, v giving) ui.Page {
	page := p.doors.Office(r, r.L.T("fieldweb.tasks"), r.L.T("fieldweb.tasks_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("fieldweb.forms"), Href: "/office/forms"}, {Label: v.of.Title, Href: "/office/forms/" + v.of.ID.String()}, {Label: r.L.T("fieldweb.tasks")}}
	return page
}

func (p *pages) give(w http.ResponseWriter, r *web.Request) error {
	v, err := p.giving(r)
	if err != nil {
		return err
	}
	t := field.Task{Form: v.of.ID, Org: web.ID[org.Node](v.f, "org", web.Required), Due: v.f.Day("due"), Note: v.f.Text("note", web.Max(200)), Target: v.f.Int("target", 0, 100_000)}
	switch kind, to, _ := strings.Cut(v.f.Raw("to"), ":"); {
	case kind == "role" && slices.ContainsFunc(p.roles, func(x Role) bool { return x.Key == to }):
		t.Role = to
	case kind == "account" && slices.ContainsFunc(v.workers, func(w Worker) bool { return w.ID == to }):
		t.Account = to
	}
	if v.f.Err() == nil {
		_, err = p.s.Give(r.Context(), r.Actor, t)
		if err == nil {
			return r.Redirect(w, tasksURL(v.of.ID)+"?org="+t.Org.String(), "fieldweb.given")
		}
		if !v.f.Blame(err) {
			return err
		}
	}
	return door.Again(w, r, ui.Office, p.tasksPage(r, v), tasksBody(r, v))
}

func (p *pages) endTask(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[field.Task](r.PathValue("id"))
	if err != nil {
		return err
	}
	t, err := p.s.EndTask(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	return r.Redirect(w, tasksURL(t.Form)+"?org="+t.Org.String(), "fieldweb.ended")
}

func (v giving) to(r *web.Request, t field.Task) string {
	if t.Role != "" {
		for _, role := range v.roles {
			if role.Key == t.Role {
				return r.L.T("fieldweb.every", "role", r.L.T(role.Label))
			}
		}
		return t.Role
	}
	return v.name(t.Account)
}

func (v giving) name(account string) string {
	if name := v.names[account]; name != "" {
		return name
	}
	return "—"
}

func (v giving) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.all))
	for i, g := range v.all {
		state := ui.Cell{Part: ui.State(ui.OK, "circle-check", l.T("fieldweb.goes_on"))}
		next := ui.Cell{Part: endButton(r, g.ID)}
		if g.EndedAt > 0 {
			state, next = ui.Cell{Part: ui.State(ui.Hold, "ban", l.T("fieldweb.is_ended", "at", l.Time(time.UnixMicro(g.EndedAt))))}, ui.Cell{Text: "—"}
		}
		due := "—"
		if !g.Due.IsZero() {
			due = l.Date(g.Due)
		}
		came := l.T("fieldweb.came", "n", g.Answers(), "who", len(g.Done))
		if g.Target > 0 {
			came = l.T("fieldweb.came_of", "n", g.Answers(), "who", len(g.Done), "of", g.Target)
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: v.to(r, g.Task), After: g.Note}, {Text: g.At.Name}, {Text: due}, {Text: came}, state, next}}
	}
	return ui.Table{ID: "tasks", Label: l.T("fieldweb.tasks"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("fieldweb.who"), Kind: ui.Title}, {Head: l.T("fieldweb.where")}, {Head: l.T("fieldweb.due")}, {Head: l.T("fieldweb.progress")}, {Head: l.T("fieldweb.state")}, {Head: l.T("fieldweb.end"), Kind: ui.NextAct},
	}}
}

// progress is who has brought what, over all tasks.
func (v giving) progress(r *web.Request) ui.Table {
	var rows []ui.Row
	seen := map[string]bool{}
	for _, g := range v.all {
		for _, w := range g.Done {
			if key := w.Account + w.Org.String(); !seen[key] {
				seen[key] = true
				rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: v.name(w.Account)}, {Text: w.OrgName}, {Text: r.L.Int(w.Answers)}, {Text: r.L.Time(time.UnixMicro(w.Last))}}})
			}
		}
	}
	return ui.Table{ID: "progress", Label: r.L.T("fieldweb.progress"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("fieldweb.who"), Kind: ui.Title}, {Head: r.L.T("fieldweb.where")}, {Head: r.L.T("fieldweb.answers"), Kind: ui.Number}, {Head: r.L.T("fieldweb.last")},
	}}
}

func (v giving) any() bool {
	return slices.ContainsFunc(v.all, func(g field.Given) bool { return len(g.Done) > 0 })
}

func (v giving) options(r *web.Request) []ui.Option {
	chosen := v.f.Raw("to")
	var all []ui.Option
	for _, role := range v.roles {
		all = append(all, ui.Option{Value: "role:" + role.Key, Label: r.L.T("fieldweb.every", "role", r.L.T(role.Label)), Selected: chosen == "role:"+role.Key})
	}
	for _, w := range v.workers {
		label := w.Name
		if w.Desk != "" {
			label += " · " + w.Desk
		}
		all = append(all, ui.Option{Value: "account:" + w.ID, Label: label, Selected: chosen == "account:"+w.ID})
	}
	return all
}

func (v giving) wrong(r *web.Request, name string) string {
	for _, p := range v.f.At(name) {
		return r.L.Problem(p)
	}
	return ""
}

func (v giving) faults(r *web.Request) (all []ui.Fault) {
	for _, p := range v.f.Problems() {
		all = append(all, ui.Fault{Field: p.Field, Text: r.L.Problem(p)})
	}
	return all
}

func (v giving) here(n org.Node) string {
	q := url.Values{"org": {n.ID.String()}}
	if v.words != "" {
		q.Set("find", v.words)
	}
	return tasksURL(v.of.ID) + "?" + q.Encode()
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
