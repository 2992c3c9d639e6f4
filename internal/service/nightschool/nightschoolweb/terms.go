package nightschoolweb

import (
	"net/http"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment/enrolmentweb"
	"zhidian/internal/domain/org"
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
			{Part: enrolmentweb.EditionState(r, t.State)},
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
		{Label: l.T("night.state"), Part: enrolmentweb.EditionState(r, v.State)},
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
