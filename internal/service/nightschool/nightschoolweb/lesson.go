package nightschoolweb

import (
	"net/http"

	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/nightschool"
)

const (
	teachURL    = "/my/night/teach"
	myLessonURL = "/my/night/lessons/"
	lessonURL   = "/office/nightlessons/"
	appealsURL  = deskURL + "/appeals"
)

// listPage is the list of a lesson.
type listPage struct {
	nightschool.Lesson
	form   *web.Form
	action string
	now    int64
}

func lessonID(r *web.Request) (timetable.ID, error) {
	return id.Parse[timetable.Session](r.PathValue("lesson"))
}

func (p *pages) teaching(w http.ResponseWriter, r *web.Request) error {
	all, err := p.s.Teaching(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	page := p.doors.Public(r, r.L.T("night.teach"), r.L.T("night.teach_says"))
	return door.Show(w, r, ui.Public, page, teachBody(r, all))
}

// book shows the list of a lesson on the phone of whoever teaches it.
func (p *pages) book(w http.ResponseWriter, r *web.Request) error {
	return p.showBook(w, r, web.ReadValues(nil), myLessonURL)
}

// bookAtDesk shows it in the office.
func (p *pages) bookAtDesk(w http.ResponseWriter, r *web.Request) error {
	return p.showBook(w, r, web.ReadValues(nil), lessonURL)
}

func (p *pages) showBook(w http.ResponseWriter, r *web.Request, f *web.Form, base string) error {
	which, err := lessonID(r)
	if err != nil {
		return err
	}
	v := listPage{form: f, action: base + which.String(), now: r.Now.UnixMicro()}
	if v.Lesson, err = p.s.Lesson(r.Context(), r.Actor, which); err != nil {
		return err
	}
	shell, page := ui.Public, p.doors.Public(r, v.Course.Title, r.L.Time(at(v.Starts)))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("night.teach"), Href: teachURL}, {Label: v.Course.Title}}
	if base == lessonURL {
		shell, page = ui.Office, p.doors.Office(r, v.Course.Title, r.L.Time(at(v.Starts)))
		page.Crumbs = []ui.Crumb{{Label: r.L.T("night.title"), Href: deskURL}, {Label: v.Course.Title, Href: atDeskURL(v.Course.ID)}, {Label: r.L.Time(at(v.Starts))}}
	}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, shell, page, bookBody(r, v))
	}
	return door.Show(w, r, shell, page, bookBody(r, v))
}

func (p *pages) mark(w http.ResponseWriter, r *web.Request) error { return p.write(w, r, myLessonURL) }

func (p *pages) markAtDesk(w http.ResponseWriter, r *web.Request) error {
	return p.write(w, r, lessonURL)
}

// write takes a list as it was filled in, or closes it.
func (p *pages) write(w http.ResponseWriter, r *web.Request, base string) error {
	which, err := lessonID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	switch r.PathValue("step") {
	case "mark":
		now := nightschool.Marks{Here: people(r, f, "here"), Paid: people(r, f, "paid")}
		saw := nightschool.Marks{Here: people(r, f, "saw_here"), Paid: people(r, f, "saw_paid")}
		if err = f.Err(); err == nil {
			err = p.s.Mark(r.Context(), r.Actor, which, now, saw)
		}
	case "close":
		err = p.s.Close(r.Context(), r.Actor, which)
	default:
		return absent()
	}
	if err == nil {
		return r.Redirect(w, base+which.String(), "night.done."+r.PathValue("step"))
	}
	if len(f.Problems()) == 0 && !f.Blame(err) {
		return err
	}
	return p.showBook(w, r, f, base)
}

func people(r *web.Request, f *web.Form, name string) (all []person.ID) {
	for _, one := range r.PostForm[name] {
		who, err := id.Parse[person.Person](one)
		if err != nil {
			f.Fail(name, "field.choice", nil)
			break
		}
		all = append(all, who)
	}
	return all
}

func (v listPage) boxes(r *web.Request, paid bool) []ui.Option {
	all := make([]ui.Option, len(v.Learners))
	for i, x := range v.Learners {
		all[i] = ui.Option{Value: x.Person.String(), Label: x.Name, Help: x.Receipt, Selected: x.Here, Disabled: v.Closed}
		if paid {
			all[i].Help, all[i].Selected = "", x.Paid
		} else if x.Excused {
			all[i].Help = x.Receipt + " · " + r.L.T("night.excused")
		}
	}
	return all
}

func (v listPage) here() (n int) {
	for _, x := range v.Learners {
		if x.Here {
			n++
		}
	}
	return n
}

// appealPage is the desk's page of appeals.
type appealPage struct {
	all  []nightschool.Appealed
	form *web.Form
}

func (p *pages) appeals(w http.ResponseWriter, r *web.Request) error {
	return p.showAppeals(w, r, web.ReadValues(nil))
}

func (p *pages) showAppeals(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	all, err := p.s.Appeals(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("night.appeals"), r.L.T("night.appeals_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("night.title"), Href: deskURL}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, appealsBody(r, appealPage{all, f}))
	}
	return door.Show(w, r, ui.Office, page, appealsBody(r, appealPage{all, f}))
}

func (p *pages) answer(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	which, who := web.ID[timetable.Session](f, "lesson", web.Required), web.ID[person.Person](f, "who", web.Required)
	to := nightschool.Verdict(f.Choice("to", []string{string(nightschool.Lifted), string(nightschool.Kept)}, web.Required))
	words := f.Text("answer", web.Required, web.Lines, web.Max(300))
	if f.Err() == nil {
		err := p.s.Answer(r.Context(), r.Actor, which, who, to, words)
		if err == nil {
			return r.Redirect(w, appealsURL, "night.done.answer")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showAppeals(w, r, f)
}

// within names an appeal on the page of all.
func within(x nightschool.Appealed) string { return x.Session.String() + x.Person.String() }

// of gives what was typed about an appeal, which is nothing but for the one that was answered.
func (v appealPage) of(x nightschool.Appealed) *web.Form {
	if v.form.Raw("lesson") == x.Session.String() && v.form.Raw("who") == x.Person.String() {
		return v.form
	}
	return web.ReadValues(nil)
}

func verdicts(r *web.Request, f *web.Form) []ui.Option {
	var all []ui.Option
	for _, v := range []nightschool.Verdict{nightschool.Lifted, nightschool.Kept} {
		all = append(all, ui.Option{Value: string(v), Label: r.L.T("night.verdict." + string(v)), Selected: f.Raw("to") == string(v)})
	}
	return all
}
