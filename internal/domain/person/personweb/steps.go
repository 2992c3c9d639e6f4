package personweb

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// step is something done to a person on a page of its own.
type step struct {
	name  string
	verb  authz.Verb
	icon  string
	label string // not empty: a button on the person's page
}

var steps = []step{
	{"edit", person.Edit, "edit", "button"},
	{"paper", person.Edit, "id", "button"},
	{"guard", person.Guard, "users", "button"},
	{"merge", person.Merge, "git-merge", "button"},
	{"relieve", person.Guard, "users", ""},
	{"part", person.Merge, "arrow-back-up", ""},
	{"show", person.Reveal, "eye", ""},
}

var papers = []person.PaperKind{person.ResidentID, person.LeagueNumber, person.StudentID, person.Passport}

func stepNamed(name string) step {
	for _, s := range steps {
		if s.name == name {
			return s
		}
	}
	return step{}
}

// asking is a step's page.
type asking struct {
	step
	of       person.ID // as the address names her; for part the row that stands for nobody
	dossier  person.Dossier
	form     *web.Form
	revealed person.Revealed
	alike    []person.Likeness
	other    person.Dossier
}

func (a asking) action() string { return oneURL(a.of, a.name) }

// version is that of what the viewer was shown, also when the form is shown again.
func (a asking) version() string {
	if v := a.form.Raw("_v"); v != "" {
		return v
	}
	return strconv.FormatInt(a.dossier.Version, 10)
}

// what is the number that is to be shown.
func (a asking) what() string {
	if w := a.form.Raw("what"); w == string(person.PhoneNumber) || contains(papers, w) {
		return w
	}
	return string(person.ResidentID)
}

func contains(kinds []person.PaperKind, w string) bool {
	for _, k := range kinds {
		if string(k) == w {
			return true
		}
	}
	return false
}

func (p *pages) load(r *web.Request) (a asking, err error) {
	if a.step = stepNamed(r.PathValue("step")); a.name == "" {
		return a, errs.New(errs.Absent, "errs.absent", nil)
	}
	a.form = web.Read(r)
	if a.of, err = given(r); err != nil {
		return a, err
	}
	if a.dossier, err = p.s.View(r.Context(), r.Actor, a.of); err != nil {
		return a, err
	}
	return a, r.Actor.Must(a.verb, a.dossier.Home.Path)
}

func (p *pages) ask(w http.ResponseWriter, r *web.Request) error {
	a, err := p.load(r)
	if err != nil {
		return err
	}
	if a.name == "edit" {
		d := a.dossier
		for k, v := range map[string]string{"name": d.Name, "sex": d.Sex, "born": d.Born.String(), "ethnicity": d.Ethnicity, "education": d.Education, "standing": d.Standing} {
			a.form.Fill(k, v)
		}
	}
	return p.showStep(w, r, a, door.Show)
}

type answer func(http.ResponseWriter, *web.Request, func(ui.Page) templ.Component, ui.Page, templ.Component) error

func (p *pages) showStep(w http.ResponseWriter, r *web.Request, a asking, with answer) (err error) {
	if a.name == "merge" {
		if raw := a.form.Raw("with"); raw != "" {
			other, err := id.Parse[person.Person](raw)
			if err != nil {
				return err
			}
			if a.other, err = p.s.View(r.Context(), r.Actor, other); err != nil {
				return err
			}
		} else if a.alike, err = p.s.Alike(r.Context(), r.Actor, a.dossier.ID); err != nil {
			return err
		}
	}
	title := r.L.T("person.do_" + a.name)
	page := p.office(r, title, a.dossier.Name, ui.Crumb{Label: a.dossier.Name, Href: oneURL(a.dossier.ID, "")}, ui.Crumb{Label: title})
	return with(w, r, ui.Office, page, stepBody(r, a))
}

func (p *pages) take(w http.ResponseWriter, r *web.Request) error {
	a, err := p.load(r)
	if err != nil {
		return err
	}
	if a.name == "show" {
		a.revealed, err = p.s.Unmask(r.Context(), r.Actor, a.of, person.PaperKind(a.what()), a.form.Text("reason", web.Required))
		if err != nil && !a.form.Blame(err) {
			return err
		}
		w.Header().Set("Cache-Control", "no-store")
		if a.form.Err() != nil {
			return p.showStep(w, r, a, door.Again)
		}
		return p.showStep(w, r, a, door.Show)
	}
	if err := p.do(r, a); err != nil {
		if !a.form.Blame(err) {
			return err
		}
		return p.showStep(w, r, a, door.Again)
	}
	return r.Redirect(w, oneURL(a.of, ""), "person.done_"+a.name)
}

// do takes a step's form to its use case.
func (p *pages) do(r *web.Request, a asking) error {
	f := a.form
	switch a.name {
	case "edit":
		facts := readFacts(f)
		facts.NoPhone = f.Bool("nophone")
		if err := f.Err(); err != nil {
			return err
		}
		return p.s.Change(r.Context(), r.Actor, a.of, f.Version(), facts)
	case "paper":
		paper := person.Paper{Kind: person.PaperKind(f.Choice("kind", texts(papers), web.Required)), Number: f.Text("number", web.Required, web.Halfwidth)}
		if err := f.Err(); err != nil {
			return err
		}
		return p.s.AddPaper(r.Context(), r.Actor, a.of, paper)
	case "guard":
		g := person.Guardianship{
			Child: a.of, Adult: web.ID[person.Person](f, "adult", web.Required), Relation: f.Text("relation", web.Required), Proof: f.Text("proof", web.Max(60)),
			From: f.Day("from", web.Required), Until: f.Day("until"),
		}
		if err := f.Err(); err != nil {
			return err
		}
		_, err := p.s.Entrust(r.Context(), r.Actor, g)
		return err
	case "relieve":
		which, until, restricted, reason := web.ID[person.Guardianship](f, "which", web.Required), f.Day("until"), f.Bool("restricted"), f.Text("reason", web.Required)
		if err := f.Err(); err != nil {
			return err
		}
		return p.s.Relieve(r.Context(), r.Actor, which, until, restricted, reason)
	case "part":
		reason := f.Text("reason", web.Required)
		if err := f.Err(); err != nil {
			return err
		}
		return p.s.Part(r.Context(), r.Actor, a.of, reason)
	default:
		return p.join(r, a)
	}
}

// join reads which of two is to stand for both.
func (p *pages) join(r *web.Request, a asking) error {
	other := web.ID[person.Person](a.form, "with", web.Required)
	into := web.ID[person.Person](a.form, "into", web.Required)
	reason := a.form.Text("reason", web.Required)
	if into != other && into != a.dossier.ID {
		a.form.Fail("into", "field.choice", nil)
	}
	if err := a.form.Err(); err != nil {
		return err
	}
	from := a.dossier.ID
	if into == from {
		from = other
	}
	return p.s.Join(r.Context(), r.Actor, from, into, reason)
}

func readFacts(f *web.Form) person.Facts {
	return person.Facts{
		Name: f.Text("name", web.Required, web.Max(60)), Sex: f.Text("sex"), Born: f.Day("born"), Ethnicity: f.Text("ethnicity"), Education: f.Text("education"),
		Standing: f.Text("standing"), Phone: f.Text("phone", web.Halfwidth),
	}
}

func (p *pages) askNew(w http.ResponseWriter, r *web.Request) error {
	return p.showNew(w, r, web.Read(r), door.Show)
}

func (p *pages) showNew(w http.ResponseWriter, r *web.Request, f *web.Form, with answer) error {
	home := ""
	if raw := f.Raw("org"); raw != "" {
		at, err := id.Parse[org.Node](raw)
		if err != nil {
			return err
		}
		err = p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
			n, err := org.Find(q, at)
			home = n.Name
			if err != nil {
				return err
			}
			return r.Actor.Must(person.Create, n.Path)
		})
		if err != nil {
			return err
		}
	}
	title := r.L.T("person.do_new")
	return with(w, r, ui.Office, p.office(r, title, r.L.T("person.new_says"), ui.Crumb{Label: title}), newBody(r, f, home))
}

func (p *pages) takeNew(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	home, facts := web.ID[org.Node](f, "org", web.Required), readFacts(f)
	var held []person.Paper
	if number := f.Text("number", web.Halfwidth); number != "" {
		held = append(held, person.Paper{Kind: person.ResidentID, Number: number})
	}
	err := f.Err()
	var made person.ID
	if err == nil {
		made, err = p.s.Enter(r.Context(), r.Actor, home, facts, held)
	}
	if err != nil {
		if !f.Blame(err) {
			return err
		}
		return p.showNew(w, r, f, door.Again)
	}
	return r.Redirect(w, oneURL(made, ""), "person.done_new")
}

func alikeRows(r *web.Request, a asking) []ui.Group {
	var rows []ui.Row
	for _, x := range a.alike {
		why := make([]string, len(x.Why))
		for i, k := range x.Why {
			why[i] = r.L.T(k)
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			{Text: x.Name, Href: oneURL(x.ID, "")},
			{Text: born(r, x.Row)},
			{Text: x.HomeName},
			{Text: strings.Join(why, r.L.T("person.and"))},
			{Text: r.L.T("person.compare"), Href: oneURL(a.dossier.ID, "merge") + "?with=" + x.ID.String()},
		}})
	}
	return ui.Rows(rows...)
}

// sideRows sets two persons side by side.
func sideRows(r *web.Request, a asking) []ui.Group {
	var rows []ui.Row
	lang := string(r.L.Lang())
	named := func(list *cn.List, c string) string {
		if c == "" {
			return ""
		}
		return list.Name(c, lang)
	}
	line := func(label, x, y string) {
		if x == "" && y == "" {
			return
		}
		same := r.L.T("person.differs")
		if x == y {
			same = r.L.T("person.same")
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: label}, {Text: dash(x)}, {Text: dash(y)}, {Text: same}}})
	}
	x, y := a.dossier, a.other
	line(r.L.T("person.field.name"), x.Name, y.Name)
	line(r.L.T("person.sex"), named(cn.Sex, x.Sex), named(cn.Sex, y.Sex))
	line(r.L.T("person.field.born"), birth(r, x.Born), birth(r, y.Born))
	line(r.L.T("person.field.ethnicity"), named(cn.Ethnic, x.Ethnicity), named(cn.Ethnic, y.Ethnicity))
	line(r.L.T("person.field.education"), named(cn.Education, x.Education), named(cn.Education, y.Education))
	line(r.L.T("person.field.standing"), named(cn.Political, x.Standing), named(cn.Political, y.Standing))
	line(r.L.T("person.field.phone"), x.Phone, y.Phone)
	line(r.L.T("person.papers"), masks(r, x), masks(r, y))
	line(r.L.T("person.ties"), tied(r, x), tied(r, y))
	line(r.L.T("person.home"), x.Home.Name, y.Home.Name)
	return ui.Rows(rows...)
}

func dash(text string) string {
	if text == "" {
		return "—"
	}
	return text
}

func masks(r *web.Request, d person.Dossier) string {
	var all []string
	for _, p := range d.Papers {
		all = append(all, r.L.T("person.paper."+string(p.Kind))+" "+p.Masked)
	}
	return strings.Join(all, r.L.T("person.and"))
}

func tied(r *web.Request, d person.Dossier) string {
	var all []string
	for _, t := range d.Ties {
		all = append(all, r.L.T("person.tie."+string(t.Kind))+" "+t.OrgName+t.Unit)
	}
	return strings.Join(all, r.L.T("person.and"))
}
