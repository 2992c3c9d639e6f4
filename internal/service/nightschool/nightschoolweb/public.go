package nightschoolweb

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/enrolment/enrolmentweb"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/nightschool"
)

// courses is the public list.
type courses struct {
	terms []nightschool.Term
	got   nightschool.Shown // zero where there is no term
	now   int64
}

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	v, err := p.chosen(r, func(t nightschool.Term) bool { return t.State == edition.Published })
	if err != nil {
		return err
	}
	page := p.doors.Public(r, r.L.T("night.title"), r.L.T("night.purpose"))
	page.Actions = []ui.Action{{Label: r.L.T("night.mine"), Icon: "user", Href: myURL}}
	return door.Show(w, r, ui.Public, page, listBody(r, v))
}

// chosen finds the term that the address names, else the first that suits, else the latest.
func (p *pages) chosen(r *web.Request, suits func(nightschool.Term) bool) (v courses, err error) {
	v.now = r.Now.UnixMicro()
	if v.terms, err = p.s.Terms(r.Context(), r.City); err != nil || len(v.terms) == 0 {
		return v, err
	}
	f := web.Read(r)
	which := web.ID[edition.Edition](f, "term")
	if which.IsZero() {
		which = v.terms[0].ID
		if i := slices.IndexFunc(v.terms, suits); i >= 0 {
			which = v.terms[i].ID
		}
	}
	v.got, err = p.s.View(r.Context(), r.Actor, which)
	return v, err
}

func (v courses) filters(r *web.Request, action string) ui.Filters {
	term := ui.Filter{Name: "term", Label: r.L.T("night.term")}
	for _, t := range v.terms {
		term.Options = append(term.Options, ui.Option{Value: t.ID.String(), Label: t.Title, Selected: t.ID == v.got.ID})
	}
	return ui.Filters{Action: action, Filters: []ui.Filter{term}}
}

func (v courses) votes() bool { return v.got.Votes(v.now) }

// voting is a term in which people vote now; zero where there is none.
func (v courses) voting() nightschool.Term {
	if i := slices.IndexFunc(v.terms, votesNow(v.now)); i >= 0 {
		return v.terms[i]
	}
	return nightschool.Term{}
}

func voteAt(base string, t edition.ID) string { return web.Address(base, "term", t.String()) }

func (v courses) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.got.Lines))
	for i, c := range v.got.Lines {
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: c.Title, Href: courseURL(c.ID)},
			{Text: weekly(r, c.Course)},
			{Text: c.Site.Name},
			{Text: ages(r, c.Course)},
			{Text: fee(r, c.Course)},
			{Part: left(r, c.Roll)},
		}}
	}
	return ui.Table{ID: "courses", Label: l.T("night.courses"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("night.course"), Kind: ui.Title},
		{Head: l.T("night.when")},
		{Head: l.T("night.site")},
		{Head: l.T("night.ages"), Kind: ui.Short},
		{Head: l.T("night.field.fee"), Kind: ui.Short},
		{Head: l.T("night.left"), Kind: ui.Short},
	}}
}

// left says in a few words what there is to be had on a roll.
func left(r *web.Request, roll enrolment.Roll) templ.Component {
	return enrolmentweb.Left(r, roll, "night.is.")
}

// voting is the page of ideas and votes.
type voting struct {
	courses
	form   *web.Form // of votes
	idea   *web.Form // of an idea
	signed bool      // the page is the signed-in visitor's own
}

func votesNow(now int64) func(nightschool.Term) bool {
	return func(t nightschool.Term) bool { return t.Votes(now) }
}

func (p *pages) results(w http.ResponseWriter, r *web.Request) error {
	v, err := p.chosen(r, votesNow(r.Now.UnixMicro()))
	if err != nil {
		return err
	}
	page := p.doors.Public(r, r.L.T("night.vote"), r.L.T("night.vote_says"))
	return door.Show(w, r, ui.Public, page, voteBody(r, voting{courses: v, form: web.ReadValues(nil), idea: web.ReadValues(nil)}))
}

func (p *pages) askVote(w http.ResponseWriter, r *web.Request) error {
	return p.showVote(w, r, web.ReadValues(nil), web.ReadValues(nil))
}

func (p *pages) showVote(w http.ResponseWriter, r *web.Request, f, idea *web.Form) (err error) {
	v := voting{form: f, idea: idea, signed: true}
	if v.courses, err = p.chosen(r, votesNow(r.Now.UnixMicro())); err != nil {
		return err
	}
	page := p.doors.Public(r, r.L.T("night.vote"), r.L.T("night.vote_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("night.title"), Href: listURL}, {Label: page.Title}}
	if len(f.Problems())+len(idea.Problems()) > 0 {
		return door.Again(w, r, ui.Public, page, voteBody(r, v))
	}
	return door.Show(w, r, ui.Public, page, voteBody(r, v))
}

// accepted are the ideas that may be voted for.
func (v voting) accepted() []nightschool.Idea {
	return slices.DeleteFunc(slices.Clone(v.got.Ideas), func(x nightschool.Idea) bool { return x.State != nightschool.Accepted })
}

// own are the viewer's ideas that may not be voted for.
func (v voting) own() []nightschool.Idea {
	return slices.DeleteFunc(slices.Clone(v.got.Ideas), func(x nightschool.Idea) bool { return x.State == nightschool.Accepted })
}

func (v voting) most() int64 {
	var n int64
	for _, x := range v.got.Ideas {
		n = max(n, x.Votes)
	}
	return n
}

func (v voting) boxes(r *web.Request) []ui.Option {
	all := v.accepted()
	boxes := make([]ui.Option, len(all))
	for i, x := range all {
		ticked := slices.Contains(v.got.Mine, x.ID)
		if len(v.form.Problems()) > 0 {
			ticked = v.form.Ticked("idea", x.ID.String())
		}
		help := r.L.T("night.n_votes", "n", x.Votes)
		if x.Says != "" {
			help += " · " + x.Says
		}
		boxes[i] = ui.Option{Value: x.ID.String(), Label: x.Title, Help: help, Selected: ticked}
	}
	return boxes
}

func (p *pages) vote(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	which := web.ID[edition.Edition](f, "term", web.Required)
	var ideas []nightschool.IdeaID
	for _, one := range r.PostForm["idea"] {
		x, err := id.Parse[nightschool.Idea](one)
		if err != nil {
			f.Fail("idea", "field.choice", nil)
			break
		}
		ideas = append(ideas, x)
	}
	if f.Err() == nil {
		err := p.s.Vote(r.Context(), r.Actor, which, ideas)
		if err == nil {
			return r.Redirect(w, voteAt(myVoteURL, which), "night.done.vote", "n", len(ideas))
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showVote(w, r, f, web.ReadValues(nil))
}

func readIdea(f *web.Form) nightschool.Idea {
	return nightschool.Idea{Title: f.Text("title", web.Required, web.Max(30)), Says: f.Text("says", web.Lines, web.Max(200))}
}

func (p *pages) propose(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	x := readIdea(f)
	x.Term = web.ID[edition.Edition](f, "term", web.Required)
	if f.Err() == nil {
		_, err := p.s.Propose(r.Context(), r.Actor, x)
		if err == nil {
			return r.Redirect(w, voteAt(myVoteURL, x.Term), "night.done.propose")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showVote(w, r, web.ReadValues(nil), f)
}

// single is the page of one course.
type single struct {
	nightschool.One
	form *web.Form
	now  int64
}

func (p *pages) find(r *web.Request, f *web.Form) (v single, err error) {
	which, err := courseID(r)
	if err != nil {
		return v, err
	}
	v = single{form: f, now: r.Now.UnixMicro()}
	v.One, err = p.s.Course(r.Context(), r.Actor, which)
	return v, err
}

func (p *pages) course(w http.ResponseWriter, r *web.Request) error {
	v, err := p.find(r, web.ReadValues(nil))
	if err != nil {
		return err
	}
	page := p.doors.Public(r, v.Title, "")
	page.Plain = true
	return door.Show(w, r, ui.Public, page, courseBody(r, v))
}

// phase is how far sign-up has come.
func (v single) phase() string {
	switch {
	case v.State == nightschool.Cancelled:
		return "cancelled"
	case v.now < v.Roll.Opens:
		return "before"
	case v.now < v.Roll.Closes && v.Roll.Standing == enrolment.Open:
		return "open"
	}
	return "after"
}

// drawStep says where a draw stands, as a message key's end.
func (v single) drawStep() string {
	switch {
	case v.Roll.Standing == enrolment.Settled:
		return "drawn"
	case v.Roll.Standing == enrolment.Listed:
		return "listed"
	}
	return "to_come"
}

func (v single) facts(r *web.Request) []ui.Fact {
	l := r.L
	all := []ui.Fact{
		{Label: l.T("night.when"), Value: weekly(r, v.Course)},
		{Label: l.T("night.field.first"), Value: l.Date(v.First)},
		{Label: l.T("night.site"), Value: v.Site.Name, Note: v.Room + " " + v.Site.Address},
		{Label: l.T("night.teacher"), Value: v.Lead},
		{Label: l.T("night.ages"), Value: ages(r, v.Course)},
		{Label: l.T("night.field.fee"), Value: fee(r, v.Course)},
		{Label: l.T("night.serial"), Value: v.Serial},
	}
	if v.Of.Shown() {
		all = append(all, ui.Fact{Label: l.T("night.opinions"), Value: opinion(r, v.Of)})
	}
	return all
}

// draw answers with the published file, as the program `plan lottery --check` reads it.
func (p *pages) draw(w http.ResponseWriter, r *web.Request) error {
	which, err := courseID(r)
	if err != nil {
		return err
	}
	f, c, err := p.s.File(r.Context(), r.City, which)
	if err != nil {
		return err
	}
	return enrolmentweb.ServeDraw(w, c.Serial, f)
}

func (p *pages) askJoin(w http.ResponseWriter, r *web.Request) error {
	return p.showJoin(w, r, web.ReadValues(nil))
}

func (p *pages) showJoin(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	v, err := p.find(r, f)
	if err != nil {
		return err
	}
	page := p.doors.Public(r, r.L.T("night.join"), v.Title)
	page.Crumbs = []ui.Crumb{{Label: v.Title, Href: courseURL(v.ID)}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Public, page, joinBody(r, v))
	}
	return door.Show(w, r, ui.Public, page, joinBody(r, v))
}

func (p *pages) join(w http.ResponseWriter, r *web.Request) error {
	which, err := courseID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	got, err := p.s.SignUp(r.Context(), r.Actor, which, f.Bool("agreed"))
	if err == nil {
		return r.Redirect(w, nightschool.MyURL(got.Key), "night.joined."+string(got.State))
	}
	if !f.Blame(err) {
		return err
	}
	return p.showJoin(w, r, f)
}

func (p *pages) mine(w http.ResponseWriter, r *web.Request) error {
	all, err := p.s.Mine(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	page := p.doors.Public(r, r.L.T("night.mine"), r.L.T("night.mine_says"))
	page.Actions = []ui.Action{{Label: r.L.T("night.courses"), Icon: "list", Href: listURL}, {Label: r.L.T("night.vote"), Icon: "list-check", Href: myVoteURL}, {Label: r.L.T("night.teach"), Icon: "school", Href: teachURL}}
	return door.Show(w, r, ui.Public, page, mineBody(r, all))
}

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	return p.showOne(w, r, web.ReadValues(nil))
}

func (p *pages) showOne(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	k, err := enrolmentweb.Key(r)
	if err != nil {
		return err
	}
	v, err := p.s.Evenings(r.Context(), r.Actor, k)
	if err != nil {
		return err
	}
	page := p.doors.Public(r, v.Course.Title, weekly(r, v.Course.Course))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("night.mine"), Href: myURL}, {Label: v.Course.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Public, page, seatBody(r, v, f))
	}
	return door.Show(w, r, ui.Public, page, seatBody(r, v, f))
}

// move takes an answer to an offer, or a withdrawal.
func (p *pages) move(w http.ResponseWriter, r *web.Request) error {
	k, err := enrolmentweb.Key(r)
	if err != nil {
		return err
	}
	if _, err := p.s.Own(r.Context(), r.Actor, k); err != nil { // a clerk acts for others on her own pages
		return err
	}
	f := web.Read(r)
	to := k
	switch step := r.PathValue("step"); step {
	case "swap", "unswap", "swapped":
		to, err = p.swapStep(r, f, k, step)
	case "rate":
		err = p.rate(r, f, k)
	default:
		err = p.ownStep(r, f, k, step)
	}
	if err == nil {
		return r.Redirect(w, nightschool.MyURL(to), "night.done."+r.PathValue("step"))
	}
	if len(f.Problems()) == 0 && !f.Blame(err) {
		return err
	}
	return p.showOne(w, r, f)
}

// ownStep is a step of the learner's own: one about a lesson, or about her place.
func (p *pages) ownStep(r *web.Request, f *web.Form, k enrolment.Key, step string) error {
	if step != "excuse" && step != "arrive" && step != "appeal" {
		return p.step(r, k, step)
	}
	lesson := web.ID[timetable.Session](f, "lesson", web.Required)
	code, words := f.Text("code", web.Halfwidth, web.Max(6)), f.Text("words", web.Lines, web.Max(300))
	if err := f.Err(); err != nil {
		return err
	}
	switch step {
	case "excuse":
		return p.s.Excuse(r.Context(), r.Actor, k, lesson)
	case "arrive":
		return p.s.Arrive(r.Context(), r.Actor, k, lesson, code)
	}
	return p.s.Appeal(r.Context(), r.Actor, lesson, words)
}

func (p *pages) step(r *web.Request, k enrolment.Key, step string) error {
	switch step {
	case "accept":
		return p.s.AcceptPlace(r.Context(), r.Actor, k)
	case "decline":
		return p.s.DeclinePlace(r.Context(), r.Actor, k)
	case "withdraw":
		return p.s.Leave(r.Context(), r.Actor, k)
	}
	return errs.New(errs.Absent, "errs.absent", nil)
}

// why puts the facts that decided into sentences, the most telling first.
func why(r *web.Request, s nightschool.Seat) []string {
	l, w := r.L, s.Why
	switch w.State {
	case enrolment.Entered, enrolment.Merged, enrolment.Dropped, enrolment.Withdrawn, enrolment.Declined, enrolment.Lapsed:
		return []string{l.T("night.why." + string(w.State))}
	}
	if w.State == enrolment.Placed && w.Place == 0 {
		return []string{l.T("night.why.exchanged")}
	}
	var all []string
	if w.Mode == edition.Lottery {
		all = append(all, l.T("night.why.drawn", "place", w.Place))
	} else {
		all = append(all, l.T("night.why.turn", "turn", w.Turn))
	}
	if w.Found >= 0 {
		all = append(all, l.T("night.why.found", "found", w.Found, "places", w.Places))
	}
	if w.State == enrolment.Placed && w.Found < 1 {
		return append(all, l.T("night.why.moved_up"))
	}
	return append(all, l.T("night.why."+string(w.State)))
}
