package nightschoolweb

import (
	"net/http"
	"strconv"

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/enrolment/enrolmentweb"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/nightschool"
)

// courseForm is the page on which a course is set up.
type courseForm struct {
	term  nightschool.Shown
	form  *web.Form
	sites []place.Row
	words string
}

func (p *pages) askCourse(w http.ResponseWriter, r *web.Request) error {
	f := web.ReadValues(nil)
	for name, value := range map[string]string{"age_from": "18", "age_to": "45", "places": "20", "lessons": "8", "starts": "19:00", "ends": "20:30", "fee": "0"} {
		f.Fill(name, value)
	}
	for _, name := range taken { // from the proposal
		if x := r.URL.Query().Get(name); x != "" {
			f.Fill(name, x)
		}
	}
	return p.showCourseForm(w, r, f)
}

func (p *pages) showCourseForm(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := termID(r)
	if err != nil {
		return err
	}
	v := courseForm{form: f, words: r.URL.Query().Get("find")}
	if v.term, err = p.s.AtDesk(r.Context(), r.Actor, which); err != nil {
		return err
	}
	if v.sites, err = p.s.Sites(r.Context(), r.Actor, v.words); err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("night.new_course"), v.term.Title)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("night.title"), Href: deskURL}, {Label: v.term.Title, Href: termURL(which)}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, courseFormBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, courseFormBody(r, v))
}

func (v courseForm) places() []ui.Option {
	all := make([]ui.Option, len(v.sites))
	for i, s := range v.sites {
		all[i] = ui.Option{Value: s.ID.String(), Label: s.Name, Selected: v.form.Raw("place") == s.ID.String() || len(v.sites) == 1}
	}
	return all
}

func (v courseForm) ideas(r *web.Request) []ui.Option {
	all := []ui.Option{{Label: r.L.T("night.no_idea"), Selected: v.form.Raw("idea") == ""}}
	for _, x := range v.term.Ideas {
		if x.State == nightschool.Accepted {
			all = append(all, ui.Option{Value: x.ID.String(), Label: x.Title + " · " + r.L.T("night.n_votes", "n", x.Votes), Selected: v.form.Raw("idea") == x.ID.String()})
		}
	}
	return all
}

func (p *pages) addCourse(w http.ResponseWriter, r *web.Request) error {
	which, err := termID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	c := nightschool.Course{
		Term: which, Place: web.ID[place.Place](f, "place", web.Required), Room: f.Text("room", web.Max(30)), Title: f.Text("title", web.Required, web.Max(40)), Says: f.Text("says", web.Lines, web.Max(500)),
		Idea: web.ID[nightschool.Idea](f, "idea"), AgeFrom: f.Int("age_from", nightschool.LeastAge, nightschool.MostAge, web.Required), AgeTo: f.Int("age_to", nightschool.LeastAge, nightschool.MostAge, web.Required),
		Places: f.Int("places", 1, nightschool.MostPlaces, web.Required), Fee: f.Money("fee"), First: f.Day("first", web.Required), Starts: minutes(f, "starts"), Ends: minutes(f, "ends"),
		Lessons: f.Int("lessons", 1, nightschool.MostLessons, web.Required),
	}
	c.Lead = f.Text("lead", web.Required, web.Max(30))
	teacher, agreed := f.Text("teacher", web.Required, web.Halfwidth, web.Max(40)), f.Bool("agreed")
	if f.Err() == nil {
		made, err := p.s.AddCourse(r.Context(), r.Actor, c, teacher, agreed)
		if err == nil {
			return r.Redirect(w, atDeskURL(made), "night.done.course")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showCourseForm(w, r, f)
}

// atDesk is the page of a course at its desk.
type atDesk struct {
	nightschool.CourseDesk
	form *web.Form
	now  int64
}

func (p *pages) desk(w http.ResponseWriter, r *web.Request) error {
	return p.showDesk(w, r, web.ReadValues(nil))
}

func (p *pages) showDesk(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := courseID(r)
	if err != nil {
		return err
	}
	v := atDesk{form: f, now: r.Now.UnixMicro()}
	if v.CourseDesk, err = p.s.CourseDesk(r.Context(), r.Actor, which); err != nil {
		return err
	}
	page := p.doors.Office(r, v.Title, "")
	page.Plain = true
	page.Crumbs = []ui.Crumb{{Label: r.L.T("night.title"), Href: deskURL}, {Label: v.CourseDesk.Term.Title, Href: termURL(v.CourseDesk.Term.ID)}, {Label: v.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, deskBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, deskBody(r, v))
}

func (v atDesk) document(r *web.Request) ui.Document {
	l := r.L
	d := ui.Document{Title: v.Title, Serial: v.Serial, Sub: v.Site.Name, State: l.T("night.state." + string(v.State)), Tone: ui.Plain}
	d.Facts = []ui.Fact{
		{Label: l.T("night.when"), Value: weekly(r, v.Course)},
		{Label: l.T("night.teacher"), Value: v.Lead},
		{Label: l.T("night.ages"), Value: ages(r, v.Course)},
		{Label: l.T("night.field.fee"), Value: fee(r, v.Course)},
	}
	if v.State == nightschool.Offered {
		d.Tone = ui.OK
		d.Actions = []ui.Action{{Label: l.T("night.public_page"), Icon: "world", Href: courseURL(v.ID)}}
	}
	return d
}

func (v atDesk) table(r *web.Request) ui.Table {
	l := r.L
	t := ui.Table{ID: "roll", Label: l.T("night.roll"), Columns: []ui.Column{
		{Head: l.T("night.learner"), Kind: ui.Title},
		{Head: l.T("night.receipt"), Kind: ui.Serial},
		{Head: l.T("night.way"), Kind: ui.Short},
		{Head: l.T("night.signed_at")},
		{Head: l.T("night.state")},
		{Kind: ui.NextAct},
	}}
	var last enrolment.State
	for _, e := range v.Entries {
		if e.State != last || len(t.Groups) == 0 {
			last = e.State
			t.Groups = append(t.Groups, ui.Group{Title: l.T("enrolment.state." + string(e.State))})
		}
		state := ui.Cell{Part: enrolmentweb.State(r, e.State)}
		if e.State == enrolment.Offered {
			state = ui.Cell{Text: l.T("night.answer_by", "at", at(e.Until))}
		}
		g := &t.Groups[len(t.Groups)-1]
		g.Rows = append(g.Rows, ui.Row{ID: strconv.FormatInt(e.Turn, 10), Cells: []ui.Cell{
			{Text: e.Name}, {Text: e.Receipt}, {Text: l.T("enrolment.way." + string(e.Way))}, {Text: l.Time(at(e.MadeAt))}, state, {Part: entrySteps(r, v, e)},
		}})
	}
	return t
}

func (v atDesk) hint(r *web.Request) string {
	if v.Roll.ID.IsZero() {
		return ""
	}
	return r.L.T("night.held_of", "held", v.Roll.Held, "places", v.Roll.Places)
}

func (v atDesk) moveURL(e nightschool.Entry, step string) string {
	return atDeskURL(v.ID) + "/turn/" + strconv.FormatInt(e.Turn, 10) + "/" + step
}

func (p *pages) turnCourse(w http.ResponseWriter, r *web.Request) error {
	which, err := courseID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	switch r.PathValue("step") {
	case "offer":
		err = p.s.OfferCourse(r.Context(), r.Actor, which)
	case "resize":
		places := f.Int("places", 1, nightschool.MostPlaces, web.Required)
		if err = f.Err(); err == nil {
			err = p.s.Resize(r.Context(), r.Actor, which, places)
		}
	case "cancel":
		err = p.s.CancelCourse(r.Context(), r.Actor, which, f.Text("reason", web.Max(200)))
	default:
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if err == nil {
		return r.Redirect(w, atDeskURL(which), "night.done."+r.PathValue("step"))
	}
	if len(f.Problems()) == 0 && !f.Blame(err) {
		return err
	}
	return p.showDesk(w, r, f)
}

// enter takes what came on paper or by telephone, and shows the same screen for the next.
func (p *pages) enter(w http.ResponseWriter, r *web.Request) error {
	which, err := courseID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	way := enrolment.Way(f.Choice("way", []string{string(enrolment.Paper), string(enrolment.Phone)}, web.Required))
	number := f.Text("number", web.Required, web.Halfwidth, web.Max(40))
	if f.Err() == nil {
		got, err := p.s.EnterSignUp(r.Context(), r.Actor, which, way, number, f.Bool("agreed"))
		if err == nil {
			return r.Redirect(w, atDeskURL(which), "night.entered", "turn", got.Key.Turn, "state", r.L.T("enrolment.state."+string(got.State)))
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showDesk(w, r, f)
}

// moveFor answers an offer, or takes a learner off the roll, for somebody who has called or come.
func (p *pages) moveFor(w http.ResponseWriter, r *web.Request) error {
	which, err := courseID(r)
	if err != nil {
		return err
	}
	n, err := enrolmentweb.Turn(r)
	if err != nil {
		return err
	}
	roll, err := p.s.Roll(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	f := web.Read(r)
	if err = p.step(r, enrolment.Key{Roll: roll, Turn: n}, r.PathValue("step")); err == nil {
		return r.Redirect(w, atDeskURL(which), "night.done."+r.PathValue("step"))
	}
	if !f.Blame(err) {
		return err
	}
	return p.showDesk(w, r, f)
}
