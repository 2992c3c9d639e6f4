package termweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	library "zhidian/internal/domain/lesson"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/term"
)

// plan is the page of a class's timetable, and of one lesson that is changed.
type plan struct {
	term.Timetable
	form   *web.Form
	lesson term.Lesson // zero on the timetable
	may    bool
	leads  bool // may begin lessons
	today  day.Day
}

func (p *pages) timetable(w http.ResponseWriter, r *web.Request) error {
	text := r.URL.Query().Get("plan")
	if text == "" {
		return p.showPlan(w, r, web.ReadValues(nil))
	}
	which, err := id.Parse[library.Plan](text)
	if err != nil {
		return err
	}
	from, err := p.s.FromLibrary(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	return p.showPlan(w, r, web.ReadValues(map[string][]string{"plan": {text}, "title": {from.Title}, "topic": {from.Kind}}))
}

func (p *pages) read(r *web.Request, f *web.Form) (v plan, err error) {
	which, err := classID(r)
	if err != nil {
		return v, err
	}
	v.form = f
	v.Timetable, err = p.s.Timetable(r.Context(), r.Actor, which)
	v.today, v.leads = day.Of(r.Now, p.s.Zone), r.Actor.May(term.Attend)
	v.may = r.Actor.May(term.Plan) && v.Class.State == childcare.Offered
	return v, err
}

func (p *pages) showPlan(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	v, err := p.read(r, f)
	if err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("careterm.timetable"), r.L.T("careterm.timetable_says"))
	pg.Crumbs = []ui.Crumb{{Label: v.Class.Title, Href: classURL(v.Class.ID)}, {Label: pg.Title}}
	pg.Actions = []ui.Action{{Label: r.L.T("careterm.book"), Icon: "list-check", Href: classURL(v.Class.ID) + "/book"}, {Label: r.L.T("careterm.closing"), Icon: "report", Href: classURL(v.Class.ID) + "/closing"}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, pg, planBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, planBody(r, v))
}

func (v plan) table(r *web.Request) ui.Table {
	l := r.L
	t := ui.Table{ID: "lessons", Label: l.T("careterm.timetable"), Columns: []ui.Column{
		{Head: l.T("careterm.title"), Kind: ui.Title}, {Head: l.T("careterm.time")}, {Head: l.T("careterm.topics")}, {Head: l.T("careterm.leader")}, {Head: l.T("careterm.room"), Kind: ui.Short}, {Head: l.T("careterm.state"), Kind: ui.Short}, {Kind: ui.NextAct},
	}}
	var last day.Day
	for _, x := range v.Lessons {
		if x.Day != last {
			last = x.Day
			t.Groups = append(t.Groups, ui.Group{Title: l.Date(x.Day)})
		}
		href := ""
		if v.may && x.State == timetable.Planned {
			href = timetableURL(v.Class.ID) + "/" + x.ID.String()
		}
		var who []string
		for _, p := range x.Leaders {
			who = append(who, v.Names[p])
		}
		g := &t.Groups[len(t.Groups)-1]
		g.Rows = append(g.Rows, ui.Row{Cells: []ui.Cell{
			{Text: x.Title, Href: href}, {Text: hours(r, x.Session)}, {Text: topics(r, x.Topics)}, {Text: strings.Join(who, l.T("careterm.and"))}, {Text: x.Room}, {Part: lessonState(r, x, v.Lacks[x.ID])}, {Part: beginPart(r, v, x)},
		}})
	}
	return t
}

func hours(r *web.Request, s timetable.Session) string {
	return clock(r, s.Starts) + "–" + clock(r, s.Ends)
}

func topics(r *web.Request, all []term.Topic) string {
	words := make([]string, len(all))
	for i, t := range all {
		words[i] = r.L.T("careterm.topic." + string(t))
	}
	return strings.Join(words, r.L.T("careterm.and"))
}

func (v plan) topicOptions(r *web.Request) []ui.Option {
	all := make([]ui.Option, len(term.Topics))
	for i, t := range term.Topics {
		all[i] = ui.Option{Value: string(t), Label: r.L.T("careterm.topic." + string(t)), Selected: v.form.Ticked("topic", string(t))}
	}
	return all
}

func (v plan) leaderOptions(r *web.Request) []ui.Option {
	all := make([]ui.Option, len(v.Adults))
	for i, a := range v.Adults {
		all[i] = ui.Option{Value: a.ID.String(), Label: a.Name, Selected: v.form.Ticked("leader", a.ID.String())}
		if len(a.Gaps) > 0 {
			all[i].Help = r.L.T("careterm.lacks_today")
		}
	}
	return all
}

func (v plan) readGiven(r *web.Request, f *web.Form) (g term.Given, weeks int) {
	on := f.Day("on", web.Required)
	at := func(name string) int64 { return f.Instant(name, "careterm.clock", on, r.L.Zone()) }
	g = term.Given{Title: f.Text("title", web.Required, web.Max(60)), Room: f.Text("room", web.Max(30)), Starts: at("starts"), Ends: at("ends")}
	names := make([]string, len(term.Topics))
	for i, t := range term.Topics {
		names[i] = string(t)
	}
	for _, t := range f.Many("topic", names) {
		g.Topics = append(g.Topics, term.Topic(t))
	}
	var adults []string
	for _, a := range v.Adults {
		adults = append(adults, a.ID.String())
	}
	for _, l := range f.Many("leader", adults) {
		g.Leaders = append(g.Leaders, person.ID(l))
	}
	return g, int(f.Int("weeks", 0, 20))
}

func (p *pages) add(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	v, err := p.read(r, f)
	if err != nil {
		return err
	}
	g, weeks := v.readGiven(r, f)
	if f.Err() == nil {
		if f.Has("plan") && f.Raw("plan") != "" {
			if g.Plan, err = id.Parse[library.Plan](f.Raw("plan")); err != nil {
				return err
			}
		}
		err := p.s.AddLesson(r.Context(), r.Actor, v.Class.ID, g, weeks)
		if err == nil {
			return r.Redirect(w, timetableURL(v.Class.ID), "careterm.done.add")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showPlan(w, r, f)
}

func (p *pages) askChange(w http.ResponseWriter, r *web.Request) error {
	return p.showChange(w, r, nil)
}

// showChange is the page of one lesson; without a form it is filled in as the lesson stands.
func (p *pages) showChange(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := id.Parse[timetable.Session](r.PathValue("lesson"))
	if err != nil {
		return err
	}
	v, err := p.read(r, f)
	if err != nil {
		return err
	}
	for _, x := range v.Lessons {
		if x.ID == which {
			v.lesson = x
		}
	}
	if v.lesson.ID == "" {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if f == nil {
		values := map[string][]string{
			"title": {v.lesson.Title}, "room": {v.lesson.Room}, "on": {v.lesson.Day.String()}, "starts": {clock(r, v.lesson.Starts)}, "ends": {clock(r, v.lesson.Ends)},
			"_v": {strconv.FormatInt(v.lesson.EditedAt, 10)},
		}
		for _, t := range v.lesson.Topics {
			values["topic"] = append(values["topic"], string(t))
		}
		for _, l := range v.lesson.Leaders {
			values["leader"] = append(values["leader"], l.String())
		}
		v.form = web.ReadValues(values)
	}
	pg := p.doors.Office(r, v.lesson.Title, r.L.T("careterm.change_says"))
	pg.Crumbs = []ui.Crumb{{Label: v.Class.Title, Href: classURL(v.Class.ID)}, {Label: r.L.T("careterm.timetable"), Href: timetableURL(v.Class.ID)}, {Label: v.lesson.Title}}
	if len(v.form.Problems()) > 0 {
		return door.Again(w, r, ui.Office, pg, changeBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, changeBody(r, v))
}

func (p *pages) change(w http.ResponseWriter, r *web.Request) error {
	lesson, err := id.Parse[timetable.Session](r.PathValue("lesson"))
	if err != nil {
		return err
	}
	f := web.Read(r)
	v, err := p.read(r, f)
	if err != nil {
		return err
	}
	g, _ := v.readGiven(r, f)
	if f.Err() == nil {
		err := p.s.ChangeLesson(r.Context(), r.Actor, v.Class.ID, lesson, f.Version(), g)
		if err == nil {
			return r.Redirect(w, timetableURL(v.Class.ID), "careterm.done.change")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showChange(w, r, f)
}

func (p *pages) begin(w http.ResponseWriter, r *web.Request) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	lesson, err := id.Parse[timetable.Session](r.PathValue("lesson"))
	if err != nil {
		return err
	}
	f := web.Read(r)
	if err := p.s.BeginLesson(r.Context(), r.Actor, which, lesson); err != nil {
		if !f.Blame(err) {
			return err
		}
		return p.showPlan(w, r, f)
	}
	return r.Redirect(w, timetableURL(which), "careterm.done.begin")
}

func (p *pages) drop(w http.ResponseWriter, r *web.Request) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	lesson, err := id.Parse[timetable.Session](r.PathValue("lesson"))
	if err != nil {
		return err
	}
	if err := p.s.DropLesson(r.Context(), r.Actor, which, lesson); err != nil {
		return err
	}
	return r.Redirect(w, timetableURL(which), "careterm.done.drop")
}

func (v plan) lacksTopic(t term.Topic) bool { return slices.Contains(v.Missing, t) }
