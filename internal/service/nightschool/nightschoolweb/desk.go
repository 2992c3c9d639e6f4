package nightschoolweb

import (
	"net/http"
	"strconv"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/nightschool"
)

// deskPage is the office's page of terms.
type deskPage struct {
	nightschool.Desk
	form *web.Form
}

func (p *pages) terms(w http.ResponseWriter, r *web.Request) error {
	return p.showTerms(w, r, web.ReadValues(nil))
}

func (p *pages) showTerms(w http.ResponseWriter, r *web.Request, f *web.Form) (err error) {
	v := deskPage{form: f}
	if v.Desk, err = p.s.Desk(r.Context(), r.Actor); err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("night.title"), r.L.T("night.desk_says"))
	page.Actions = []ui.Action{{Label: r.L.T("night.public_page"), Icon: "world", Href: listURL}}
	if r.Actor.May(nightschool.Hear) {
		page.Actions = append(page.Actions, ui.Action{Label: r.L.T("night.appeals"), Icon: "gavel", Href: appealsURL})
	}
	if r.Actor.May(nightschool.Plan) {
		page.Actions = append(page.Actions, ui.Action{Label: r.L.T("night.new_term"), Icon: "plus", Href: deskURL + "/new", Primary: true})
	}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, termsBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, termsBody(r, v))
}

func (v deskPage) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.Terms))
	for i, t := range v.Terms {
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: t.Title, Href: termURL(t.ID)},
			{Text: l.Time(at(t.VoteFrom)) + " – " + l.Time(at(t.VoteTo))},
			{Text: l.T("edition.mode." + string(t.Mode))},
			{Text: l.Time(at(t.Opens)) + " – " + l.Time(at(t.Closes))},
			{Text: l.Int(t.Used)},
			{Part: editionState(r, t.State)},
		}}
	}
	return ui.Table{ID: "terms", Label: l.T("night.terms"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("night.term"), Kind: ui.Title},
		{Head: l.T("night.vote")},
		{Head: l.T("night.field.mode"), Kind: ui.Short},
		{Head: l.T("night.window")},
		{Head: l.T("night.places"), Kind: ui.Number},
		{Head: l.T("night.state"), Kind: ui.Short},
	}}
}

func (p *pages) setRule(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	x := nightschool.Setting{From: f.Day("from", web.Required), Votes: f.Int("votes", 1, 20, web.Required), ExcuseH: f.Int("excuse", 0, 168, web.Required), MostPoints: f.Int("points", 1, 99, web.Required), RateDays: f.Int("rate_days", 1, 90, web.Required)}
	if f.Err() == nil {
		err := p.s.SetRule(r.Context(), r.Actor, x)
		if err == nil {
			return r.Redirect(w, deskURL, "night.done.rule")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showTerms(w, r, f)
}

// termForm is the page on which a term is written.
type termForm struct {
	form *web.Form
	orgs []org.Node
}

func (p *pages) askTerm(w http.ResponseWriter, r *web.Request) error {
	f := web.ReadValues(nil)
	for name, value := range map[string]string{"mode": "first_come", "paper": "120", "most": "2", "offer": "24", "vote_from_at": "09:00", "vote_to_at": "18:00", "opens_at": "10:00", "closes_at": "18:00"} {
		f.Fill(name, value)
	}
	return p.showTermForm(w, r, f)
}

func (p *pages) showTermForm(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	orgs, err := p.s.Districts(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("night.new_term"), r.L.T("night.new_term_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("night.title"), Href: deskURL}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, termFormBody(r, termForm{f, orgs}))
	}
	return door.Show(w, r, ui.Office, page, termFormBody(r, termForm{f, orgs}))
}

func (v termForm) districts() []ui.Option {
	all := make([]ui.Option, len(v.orgs))
	for i, o := range v.orgs {
		all[i] = ui.Option{Value: o.ID.String(), Label: o.Name, Selected: v.form.Raw("org") == o.ID.String() || len(v.orgs) == 1}
	}
	return all
}

var modes = []edition.Mode{edition.FirstCome, edition.Lottery}

func (p *pages) addTerm(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	t := nightschool.Term{VoteFrom: instant(r, f, "vote_from"), VoteTo: instant(r, f, "vote_to"), Edition: edition.Edition{
		Org: web.ID[org.Node](f, "org", web.Required), Title: f.Text("title", web.Required, web.Max(60)), Says: f.Text("says", web.Lines, web.Max(500)),
		Mode: edition.Mode(f.Choice("mode", []string{string(edition.FirstCome), string(edition.Lottery)}, web.Required)), Opens: instant(r, f, "opens"), Closes: instant(r, f, "closes"),
		Paper: f.Int("paper", 0, edition.MostPaper), First: f.Day("first", web.Required), Last: f.Day("last", web.Required),
		Most: f.Int("most", 1, edition.MostAtATime, web.Required), OfferFor: 60 * f.Int("offer", 1, edition.MostOffer/60, web.Required),
	}}
	if f.Err() == nil {
		made, err := p.s.AddTerm(r.Context(), r.Actor, t)
		if err == nil {
			return r.Redirect(w, termURL(made), "night.done.term")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showTermForm(w, r, f)
}

// termPage is the page of a term at its desk.
type termPage struct {
	nightschool.Shown
	form *web.Form
	now  int64
	sets bool // the viewer sets courses up somewhere
}

func (p *pages) term(w http.ResponseWriter, r *web.Request) error {
	return p.showTerm(w, r, web.ReadValues(nil))
}

func (p *pages) showTerm(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := termID(r)
	if err != nil {
		return err
	}
	v := termPage{form: f, now: r.Now.UnixMicro(), sets: r.Actor.May(nightschool.Set)}
	if v.Shown, err = p.s.AtDesk(r.Context(), r.Actor, which); err != nil {
		return err
	}
	page := p.doors.Office(r, v.Title, v.Says)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("night.title"), Href: deskURL}, {Label: v.Title}}
	page.Actions = []ui.Action{{Label: r.L.T("night.figures"), Icon: "chart-dots", Href: termURL(v.ID) + "/figures"}, {Label: r.L.T("night.proposal"), Icon: "list-check", Href: termURL(v.ID) + "/proposal"}}
	if v.sets && v.State != edition.Cancelled {
		page.Actions = append(page.Actions, ui.Action{Label: r.L.T("night.new_course"), Icon: "plus", Href: termURL(v.ID) + "/course", Primary: true})
	}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, termBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, termBody(r, v))
}

func (v termPage) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.Lines))
	for i, c := range v.Lines {
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: c.Title, Href: atDeskURL(c.ID)},
			{Text: weekly(r, c.Course)},
			{Text: c.Site.Name},
			{Text: c.Lead},
			{Text: l.Int(c.Places)},
			{Text: l.Int(c.Roll.Held)},
			{Part: courseState(r, c.State)},
		}}
	}
	return ui.Table{ID: "courses", Label: l.T("night.courses"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("night.course"), Kind: ui.Title},
		{Head: l.T("night.when")},
		{Head: l.T("night.site")},
		{Head: l.T("night.teacher"), Kind: ui.Short},
		{Head: l.T("night.places"), Kind: ui.Number},
		{Head: l.T("night.given"), Kind: ui.Number},
		{Head: l.T("night.state"), Kind: ui.Short},
	}}
}

func (v termPage) facts(r *web.Request) []ui.Fact {
	l := r.L
	all := []ui.Fact{
		{Label: l.T("night.field.org"), Value: v.District.Name},
		{Label: l.T("night.vote"), Value: l.Time(at(v.VoteFrom)) + " – " + l.Time(at(v.VoteTo))},
		{Label: l.T("night.field.votes"), Value: l.Int(v.Setting.Votes)},
		{Label: l.T("night.field.mode"), Value: l.T("edition.mode." + string(v.Mode))},
		{Label: l.T("night.window"), Value: l.Time(at(v.Opens)) + " – " + l.Time(at(v.Closes))},
		{Label: l.T("night.runs"), Value: l.Date(v.First) + " – " + l.Date(v.Last)},
		{Label: l.T("night.field.most"), Value: l.Int(v.Most)},
		{Label: l.T("night.field.excuse"), Value: l.Int(v.Setting.ExcuseH)},
		{Label: l.T("night.field.points"), Value: l.Int(v.Setting.MostPoints)},
		{Label: l.T("night.field.rate_days"), Value: l.Int(v.Setting.RateDays)},
		{Label: l.T("night.state"), Part: editionState(r, v.State)},
	}
	if v.Draw.Commitment != "" {
		all = append(all, ui.Fact{Label: l.T("night.field.source"), Value: v.Draw.Source}, ui.Fact{Label: l.T("night.field.public"), Value: v.Draw.Public})
	}
	return all
}

// into are the ideas with which another may be joined.
func (v termPage) into(r *web.Request, x nightschool.Idea) []ui.Option {
	all := []ui.Option{{Label: r.L.T("night.choose_idea"), Selected: true}}
	for _, o := range v.Ideas {
		if o.ID != x.ID && o.State == nightschool.Accepted {
			all = append(all, ui.Option{Value: o.ID.String(), Label: o.Title})
		}
	}
	return all
}

func (p *pages) turnTerm(w http.ResponseWriter, r *web.Request) error {
	which, err := termID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	switch r.PathValue("step") {
	case "publish":
		err = p.s.PublishTerm(r.Context(), r.Actor, which, f.Text("source", web.Max(100)))
	case "move":
		opens, closes := instant(r, f, "opens"), instant(r, f, "closes")
		if err = f.Err(); err == nil {
			err = p.s.MoveTerm(r.Context(), r.Actor, which, f.Version(), opens, closes)
		}
	case "public":
		public := f.Text("public", web.Required, web.Max(100))
		if err = f.Err(); err == nil {
			err = p.s.TellPublic(r.Context(), r.Actor, which, public)
		}
	default:
		return absent()
	}
	if err == nil {
		return r.Redirect(w, termURL(which), "night.done."+r.PathValue("step"))
	}
	if len(f.Problems()) == 0 && !f.Blame(err) {
		return err
	}
	return p.showTerm(w, r, f)
}

func (p *pages) proposeAtDesk(w http.ResponseWriter, r *web.Request) error {
	which, err := termID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	x := readIdea(f)
	x.Term = which
	if f.Err() == nil {
		_, err := p.s.ProposeAtDesk(r.Context(), r.Actor, x)
		if err == nil {
			return r.Redirect(w, termURL(which), "night.done.idea")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showTerm(w, r, f)
}

func (p *pages) decide(w http.ResponseWriter, r *web.Request) error {
	which, err := termID(r)
	if err != nil {
		return err
	}
	idea, err := id.Parse[nightschool.Idea](r.PathValue("idea"))
	if err != nil {
		return err
	}
	f := web.Read(r)
	d := nightschool.Decision{
		To: nightschool.IdeaState(f.Choice("to", []string{string(nightschool.Accepted), string(nightschool.Joined), string(nightschool.Refused)}, web.Required)), Into: web.ID[nightschool.Idea](f, "into"),
		Note: f.Text("note", web.Max(200)), Version: f.Version(),
	}
	if f.Err() == nil {
		err := p.s.Decide(r.Context(), r.Actor, idea, d)
		if err == nil {
			return r.Redirect(w, termURL(which), "night.done.decide")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showTerm(w, r, f)
}

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
		state := ui.Cell{Part: stateTag(r, e.State)}
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
	n, err := turn(r)
	if err != nil {
		return err
	}
	c, err := p.s.CourseDesk(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	f := web.Read(r)
	if err = p.step(r, enrolment.Key{Roll: c.Course.Roll, Turn: n}, r.PathValue("step")); err == nil {
		return r.Redirect(w, atDeskURL(which), "night.done."+r.PathValue("step"))
	}
	if !f.Blame(err) {
		return err
	}
	return p.showDesk(w, r, f)
}
