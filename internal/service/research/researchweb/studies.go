package researchweb

import (
	"net/http"
	"strconv"

	"zhidian/internal/domain/form"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/research"
	"zhidian/internal/service/research/result"
)

const studiesURL = "/office/studies"

func studyURL(s research.StudyID, step string) string {
	if step == "" {
		return studiesURL + "/" + s.String()
	}
	return studiesURL + "/" + s.String() + "/" + step
}

func studyID(r *web.Request) (research.StudyID, error) {
	return id.Parse[research.Study](r.PathValue("id"))
}

func (p *pages) studies(w http.ResponseWriter, r *web.Request) error {
	all, err := p.s.Studies(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("research.studies"), r.L.T("research.studies_says"))
	page.Actions = []ui.Action{{Label: r.L.T("research.bank"), Icon: "archive", Href: studiesURL + "/bank"}}
	if r.Actor.May(research.DesignStudy) {
		page.Actions = append(page.Actions, ui.Action{Label: r.L.T("research.study.do_design"), Icon: "plus", Href: studiesURL + "/new", Primary: true})
	}
	return door.Show(w, r, ui.Office, page, studiesBody(r, all))
}

func studyState(r *web.Request, s research.StudyState) ui.Cell {
	tone, icon := ui.Plain, "circle-dashed"
	switch s {
	case research.Running:
		tone, icon = ui.Soon, "player-play"
	case research.Ended:
		tone, icon = ui.Hold, "circle-minus"
	case research.Published:
		tone, icon = ui.OK, "circle-check"
	}
	return ui.Cell{Part: ui.State(tone, icon, r.L.T("research.study.state."+string(s)))}
}

func studiesTable(r *web.Request, all []research.StudyListed, public bool) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(all))
	for i, s := range all {
		if public {
			rows[i] = ui.Row{Cells: []ui.Cell{{Text: s.Title, Href: "/studies/" + s.ID.String()}, {Text: s.OrgName}, {Text: l.Date(dayOf(s.PublishedAt))}}}
			continue
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: s.Title, Href: studyURL(s.ID, "")}, {Text: s.OrgName}, {Text: window(r, s.Study)}, studyState(r, s.State)}}
	}
	t := ui.Table{ID: "studies", Label: l.T("research.studies"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("research.field.title"), Kind: ui.Title}, {Head: l.T("casework.org")},
	}}
	if public {
		t.Columns = append(t.Columns, ui.Column{Head: l.T("research.study.published_on"), Kind: ui.Short})
	} else {
		t.Columns = append(t.Columns, ui.Column{Head: l.T("research.study.window")}, ui.Column{Head: l.T("casework.state"), Kind: ui.Short})
	}
	return t
}

func window(r *web.Request, s research.Study) string {
	if s.Opens.IsZero() && s.Closes.IsZero() {
		return r.L.T("research.study.no_window")
	}
	from, to := "…", "…"
	if !s.Opens.IsZero() {
		from = r.L.Date(s.Opens)
	}
	if !s.Closes.IsZero() {
		to = r.L.Date(s.Closes)
	}
	return from + " – " + to
}

// beginning is the page on which a study begins.
type beginning struct {
	forms []form.Listed
	form  *web.Form
}

func (p *pages) askStudy(w http.ResponseWriter, r *web.Request) error {
	return p.showBeginning(w, r, web.Read(r))
}

func (p *pages) showBeginning(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	v := beginning{form: f}
	if r.Actor.May(form.Read) {
		all, err := p.s.Forms.Forms(r.Context(), r.Actor, form.Sought{})
		if err != nil {
			return err
		}
		for _, x := range all {
			if x.Version > 0 {
				v.forms = append(v.forms, x)
			}
		}
	}
	page := p.doors.Office(r, r.L.T("research.study.do_design"), r.L.T("research.study.new_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("research.studies"), Href: studiesURL}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, beginBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, beginBody(r, v))
}

func (v beginning) options() []ui.Option {
	all := make([]ui.Option, len(v.forms))
	for i, f := range v.forms {
		all[i] = ui.Option{Value: f.ID.String(), Label: f.Title + "（" + f.OrgName + "）", Selected: v.form.Raw("form") == f.ID.String()}
	}
	return all
}

func (p *pages) beginStudy(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	n := research.NewStudy{
		Form: web.ID[form.Form](f, "form", web.Required), Title: f.Text("title", web.Required, web.Max(120)), Purpose: f.Text("purpose", web.Required, web.Lines, web.Max(2000)),
		Opens: f.Day("opens"), Closes: f.Day("closes"),
	}
	if f.Err() == nil {
		made, err := p.s.Begin(r.Context(), r.Actor, n)
		if err == nil {
			return r.Redirect(w, studyURL(made, "plan"), "research.study.begun")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showBeginning(w, r, f)
}

// looked is the page of one study.
type looked struct {
	research.StudySeen
	form *web.Form
}

func (p *pages) study(w http.ResponseWriter, r *web.Request) error {
	return p.showStudy(w, r, web.ReadValues(nil))
}

func (p *pages) showStudy(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := studyID(r)
	if err != nil {
		return err
	}
	v := looked{form: f}
	if v.StudySeen, err = p.s.LookAt(r.Context(), r.Actor, which); err != nil {
		return err
	}
	page := p.doors.Office(r, v.Title, "")
	page.Plain, page.Scripts = true, []string{"chart"}
	page.Crumbs = []ui.Crumb{{Label: r.L.T("research.studies"), Href: studiesURL}, {Label: v.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, studyBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, studyBody(r, v))
}

func (v looked) document(r *web.Request) ui.Document {
	l := r.L
	d := ui.Document{
		Title: v.Title, Sub: v.At.Name, State: l.T("research.study.state." + string(v.State)), Tone: ui.Plain,
		Facts: []ui.Fact{{Label: l.T("research.study.form"), Value: v.FormTitle}, {Label: l.T("research.study.window"), Value: window(r, v.Study)}, {Label: l.T("research.study.answers"), Value: l.Int(v.Results.Answers)}},
	}
	d.Actions = []ui.Action{{Label: l.T("casework.print"), Icon: "printer", Print: true}}
	if v.Design && v.State != research.Published {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("research.plan"), Icon: "adjustments", Href: studyURL(v.ID, "plan")})
	}
	if v.State == research.Published {
		d.Tone = ui.OK
		d.Actions = append(d.Actions, ui.Action{Label: l.T("research.study.public"), Icon: "world", Href: "/studies/" + v.ID.String()})
	}
	if v.Proposals > 0 {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("research.proposals_n", "n", v.Proposals), Icon: "speakerphone", Href: studyURL(v.ID, "proposals"), Primary: true})
	}
	return d
}

func (v looked) progress(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.Progress))
	for i, c := range v.Progress {
		ages := l.T("research.plan.all")
		if c.To > 0 {
			ages = strconv.Itoa(c.From) + "–" + strconv.Itoa(c.To)
		}
		share := "—"
		if c.Target > 0 {
			share = l.Percent(min(c.Got*1_000_000/c.Target, 9_999_000))
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: or(c.OrgName, l.T("research.plan.all"))}, {Text: or(v.spoken(v.Plan.KindBy, c.Kind), l.T("research.plan.all"))}, {Text: ages}, {Text: l.Int(c.Target)}, {Text: l.Int(c.Got)}, {Text: share}}}
	}
	return ui.Table{ID: "progress", Label: l.T("research.study.progress"), Figures: true, Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("casework.org"), Kind: ui.Title}, {Head: l.T("research.plan.kind")}, {Head: l.T("research.plan.age")}, {Head: l.T("research.plan.wanted"), Kind: ui.Number}, {Head: l.T("research.plan.got"), Kind: ui.Number}, {Head: l.T("research.plan.done"), Kind: ui.Number},
	}}
}

// workers are the fieldworkers, with what they have brought where the viewer may read answers.
func (v looked) workers() []research.Brought {
	if len(v.Brought) > 0 {
		return v.Brought
	}
	all := make([]research.Brought, len(v.Plan.Workers))
	for i, w := range v.Plan.Workers {
		all[i] = research.Brought{Worker: w, Got: -1}
	}
	return all
}

// carried tells what a fieldworker has brought, and whether the questionnaire is on her phone.
func carried(r *web.Request, w research.Brought) string {
	if w.Account == "" {
		return r.L.T("research.worker.unknown")
	}
	said := r.L.T("research.worker.waits")
	if !w.Task.IsZero() {
		said = r.L.T("research.worker.has_it")
	}
	switch {
	case w.Got < 0:
		return said
	case w.Target > 0:
		return r.L.T("research.worker.got_of", "n", w.Got, "of", w.Target, "said", said)
	}
	return r.L.T("research.worker.got", "n", w.Got, "said", said)
}

func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// spoken gives the words of a choice.
func (v looked) spoken(path, value string) string {
	for _, q := range v.Questions {
		if q.Path == path {
			for _, c := range q.Choices {
				if c.Value == value {
					return c.Label
				}
			}
		}
	}
	return value
}

// choices are the questions of one choice that may be crossed.
func (v looked) choices(picked string) (all []ui.Option) {
	for _, q := range v.Questions {
		if q.Kind == result.One {
			all = append(all, ui.Option{Value: q.Path, Label: q.Label, Selected: q.Path == picked})
		}
	}
	return all
}

// turns are the steps of a study as forms name them.
var turns = map[string]authz.Verb{
	"open": research.OpenStudy, "close": research.CloseStudy, "reopen": research.ReopenStudy, "publish": research.PublishStudy,
}

func turnName(v authz.Verb) string {
	for name, verb := range turns {
		if verb == v {
			return name
		}
	}
	return ""
}

func (p *pages) turn(w http.ResponseWriter, r *web.Request) error {
	which, err := studyID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	verb, ok := turns[r.PathValue("step")]
	if !ok {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if err := p.s.Turn(r.Context(), r.Actor, which, f.Int("seen", 0, 1<<60), verb); err != nil {
		return err
	}
	return r.Redirect(w, studyURL(which, ""), "research.study.turned")
}

func (p *pages) draw(w http.ResponseWriter, r *web.Request) error {
	which, err := studyID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	n, seen := f.Int("n", 1, 200_000, web.Required), f.Int("seen", 0, 1<<60)
	if f.Err() == nil {
		err = p.s.Draw(r.Context(), r.Actor, which, seen, int(n))
		if err == nil {
			return r.Redirect(w, studyURL(which, "drawn"), "research.study.drawn_done")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showStudy(w, r, f)
}

func (p *pages) drawn(w http.ResponseWriter, r *web.Request) error {
	which, err := studyID(r)
	if err != nil {
		return err
	}
	ids, err := p.s.Drawn(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("research.study.drawn_list"), r.L.T("research.study.drawn_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("research.studies"), Href: studiesURL}, {Label: page.Title, Href: studyURL(which, "")}}
	rows := make([]ui.Row, len(ids))
	for i, x := range ids {
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: r.L.Int(int64(i + 1))}, {Text: r.L.T("research.study.look_person"), Href: "/office/persons/" + x}, {Part: ui.Code(x)}}}
	}
	return door.Show(w, r, ui.Office, page, drawnBody(r, ui.Table{ID: "drawn", Label: page.Title, Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("research.study.no"), Kind: ui.Number}, {Head: r.L.T("research.study.person"), Kind: ui.Title}, {Head: r.L.T("research.study.code"), Kind: ui.Serial},
	}}))
}

func (p *pages) proposals(w http.ResponseWriter, r *web.Request) error {
	which, err := studyID(r)
	if err != nil {
		return err
	}
	x, all, err := p.s.Proposals(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("research.proposals"), r.L.T("research.proposals_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("research.studies"), Href: studiesURL}, {Label: x.Title, Href: studyURL(which, "")}, {Label: page.Title}}
	rows := make([]ui.Row, len(all))
	for i, a := range all {
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: a.Serial, Href: "/office/answers/" + a.Answer.String()},
			{Text: a.Label + "：" + a.Value},
			{Text: a.DeskName},
			{Text: r.L.T("research.days", "n", a.Days)},
			{Text: r.L.T("research.raise"), Href: web.Address(voicesURL+"/new", "answer", a.Answer.String(), "question", a.Question, "find", a.DeskName, "days", strconv.Itoa(a.Days))},
		}}
	}
	return door.Show(w, r, ui.Office, page, proposalsBody(r, ui.Table{ID: "proposals", Label: page.Title, Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("research.origin.answer"), Kind: ui.Title}, {Head: r.L.T("research.proposed_for")}, {Head: r.L.T("research.field.desk")}, {Head: r.L.T("research.field.days"), Kind: ui.Short}, {Head: r.L.T("casework.next"), Kind: ui.NextAct},
	}}, len(all)))
}
