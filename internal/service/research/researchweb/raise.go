package researchweb

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/research"
)

func microTime(at int64) time.Time { return time.UnixMicro(at) }

// raising is the page on which a voice is raised.
type raising struct {
	from   research.Source
	of     research.Origin
	which  string
	form   *web.Form
	key    string
	words  string // by which a desk was looked for
	desks  []org.Node
	parts  []part // what it may be raised from: questions or remarks
	chosen string
}

// part is a question with its answer, or a remark.
type part struct{ id, label, text string }

func (p *pages) loadRaising(r *web.Request) (v raising, err error) {
	f := web.Read(r)
	v = raising{form: f, key: web.NewKey(), words: strings.TrimSpace(f.Raw("find")), chosen: f.Raw("question")}
	switch {
	case f.Raw("answer") != "":
		v.of, v.which = research.FromAnswer, f.Raw("answer")
	case f.Raw("item") != "":
		v.of, v.which = research.FromItem, f.Raw("item")
	case f.Raw("matter") != "":
		v.of, v.which = research.FromRemark, f.Raw("matter")
	default:
		return v, errs.New(errs.Absent, "errs.absent", nil)
	}
	if v.from, err = p.s.Source(r.Context(), r.Actor, v.of, v.which); err != nil {
		return v, err
	}
	if v.of == research.FromItem {
		v.parts = []part{{"", v.from.Asker, v.from.Said}}
	}
	if v.of == research.FromAnswer {
		v.parts = questions(r, v.from.Answer)
	}
	for _, l := range v.from.Remarks {
		v.parts = append(v.parts, part{l.ID, r.L.Time(microTime(l.At)), l.Text})
	}
	if v.words != "" {
		v.desks, err = p.s.Desks(r.Context(), r.Actor, v.words)
	}
	return v, err
}

// questions gives what was answered, as far as the viewer sees it, by the paths of questions.
func questions(r *web.Request, a form.Shown) (all []part) {
	var walk func(place int, prefix string, content map[string]any)
	walk = func(place int, prefix string, content map[string]any) {
		for _, below := range a.Form.Questions[place].Below {
			q := a.Form.Questions[below]
			switch x := content[q.Name].(type) {
			case map[string]any:
				walk(below, prefix+q.Name+"/", x)
			case string:
				if q.Kind.IsFile() || x == "" || !q.Kind.Asked() || q.Kind == survey.Acknowledge {
					continue
				}
				label := q.Label.In(0)
				if label == "" {
					label = q.Name
				}
				all = append(all, part{prefix + q.Name, label, form.Spoken(a.Form, q, x, 0, "、")})
			}
		}
	}
	walk(0, "", a.Content)
	return all
}

func (v raising) part() part {
	for _, x := range v.parts {
		if x.id == v.chosen {
			return x
		}
	}
	return part{}
}

func (v raising) options(r *web.Request) []ui.Option {
	var all []ui.Option
	if v.of == research.FromAnswer {
		all = append(all, ui.Option{Label: r.L.T("research.whole_answer"), Selected: v.chosen == ""})
	}
	for i, x := range v.parts {
		all = append(all, ui.Option{Value: x.id, Label: x.label + "：" + cut(x.text, 40), Selected: x.id == v.chosen || v.chosen == "" && v.of == research.FromRemark && i == 0})
	}
	return all
}

// text is what was said, to begin with.
func (v raising) text() string {
	if v.of == research.FromItem {
		return v.from.Said
	}
	if x := v.part(); x.id != "" {
		return x.text
	}
	return ""
}

func (v raising) deskOptions() []ui.Option {
	var all []ui.Option
	for _, d := range v.desks {
		all = append(all, ui.Option{Value: d.ID.String(), Label: d.Name, Selected: v.form.Raw("desk") == d.ID.String() || len(v.desks) == 1})
	}
	return all
}

// keep are the fields that go along: what it is raised from.
func (v raising) keep() [2]string {
	if v.of == research.FromAnswer {
		return [2]string{"answer", v.which}
	}
	if v.of == research.FromItem {
		return [2]string{"item", v.which}
	}
	return [2]string{"matter", v.which}
}

func cut(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n]) + "…"
	}
	return text
}

func (p *pages) raisePage(r *web.Request, v raising) ui.Page {
	page := p.doors.Office(r, r.L.T("research.raise"), r.L.T("research.raise_says"))
	back := "/office/answers/" + v.which
	switch v.of {
	case research.FromRemark:
		back = "/office/matters/" + v.which
	case research.FromItem:
		back = meetingURL(v.from.Meeting)
	}
	page.Crumbs = []ui.Crumb{{Label: r.L.T("research.voices"), Href: voicesURL}, {Label: v.from.Serial, Href: back}, {Label: page.Title}}
	return page
}

func (p *pages) askVoice(w http.ResponseWriter, r *web.Request) error {
	v, err := p.loadRaising(r)
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.raisePage(r, v), raiseBody(r, v))
}

func (p *pages) raise(w http.ResponseWriter, r *web.Request) error {
	v, err := p.loadRaising(r)
	if err != nil {
		return err
	}
	f := v.form
	in := research.Raising{
		Origin: v.of, OriginID: v.which, Question: f.Text("question", web.Max(200)), Title: f.Text("title", web.Required, web.Max(120)), Text: f.Text("text", web.Required, web.Lines, web.Max(2000)),
		Desk: web.ID[org.Node](f, "desk", web.Required), Days: int(f.Int("days", 1, casework.MaxDays, web.Required)), Asker: f.Text("asker", web.Max(60)),
	}
	if f.Err() == nil {
		made, err := p.s.Raise(r.Context(), r.Actor, in)
		switch {
		case err == nil && made.Words != "":
			page := p.doors.Office(r, r.L.T("research.raised"), "")
			w.Header().Set("Referrer-Policy", "no-referrer")
			return door.Show(w, r, ui.Office, page, raisedBody(r, made))
		case err == nil:
			return r.Redirect(w, voiceURL(made.Voice), "research.raised")
		case !f.Blame(err):
			return err
		}
	}
	return door.Again(w, r, ui.Office, p.raisePage(r, v), raiseBody(r, v))
}

// settings is the page of the terms of voices.
type settings struct {
	all   []research.Terms
	today day.Day
	form  *web.Form
	may   bool
}

func (p *pages) terms(w http.ResponseWriter, r *web.Request) error {
	return p.showTerms(w, r, web.ReadValues(nil))
}

func (p *pages) showTerms(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	all, err := p.s.ListTerms(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	v := settings{all: all, today: day.Of(p.s.DB.Now(), p.s.Zone), form: f, may: r.Actor.MustEverywhere(research.SetTerms) == nil}
	page := p.doors.Office(r, r.L.T("research.terms"), r.L.T("research.terms_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("research.voices"), Href: voicesURL}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, termsBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, termsBody(r, v))
}

func (p *pages) setTerms(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	n := func(name string, least int64) int { return int(f.Int(name, least, casework.MaxDays, web.Required)) }
	t := research.Terms{
		From: f.Day("from", web.Required), AnswerDays: n("answer_days", 1), LateDays: n("late_days", 0), Unsolved: int(f.Int("unsolved", 1, 9, web.Required)),
		JudgeDays: n("judge_days", 1), ReopenDays: n("reopen_days", 1),
	}
	if f.Err() == nil {
		err := p.s.SetTerms(r.Context(), r.Actor, t)
		if err == nil {
			return r.Redirect(w, voicesURL+"/terms", "research.terms_set")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showTerms(w, r, f)
}

func (v settings) table(r *web.Request) ui.Table {
	l := r.L
	n := func(x int) ui.Cell { return ui.Cell{Text: l.Int(int64(x))} }
	var rows []ui.Row
	for i := len(v.all) - 1; i >= 0; i-- {
		t := v.all[i]
		from := l.T("research.terms_first")
		if !t.From.IsZero() {
			from = l.Date(t.From)
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: from}, n(t.AnswerDays), n(t.LateDays), n(t.Unsolved), n(t.JudgeDays), n(t.ReopenDays)}})
	}
	return ui.Table{ID: "terms", Label: l.T("research.terms"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("research.field.from"), Kind: ui.Title},
		{Head: l.T("research.terms.answer"), Kind: ui.Number},
		{Head: l.T("research.terms.late"), Kind: ui.Number},
		{Head: l.T("research.terms.unsolved"), Kind: ui.Number},
		{Head: l.T("research.terms.judge"), Kind: ui.Number},
		{Head: l.T("research.terms.reopen"), Kind: ui.Number},
	}}
}

// last is a value of the terms in force last, to begin with.
func (v settings) last(name string) string {
	t := v.all[len(v.all)-1]
	return strconv.Itoa(map[string]int{"answer_days": t.AnswerDays, "late_days": t.LateDays, "unsolved": t.Unsolved, "judge_days": t.JudgeDays, "reopen_days": t.ReopenDays}[name])
}

// picked is the part that is raised; of remarks the first where none was chosen.
func (v raising) picked() string {
	if v.chosen == "" && v.of == research.FromRemark && len(v.parts) > 0 {
		return v.parts[0].id
	}
	return v.chosen
}

// days is how long the desk is given where nothing else was said.
func (v raising) days() string {
	if n := v.form.Raw("days"); n != "" {
		return n
	}
	return strconv.Itoa(research.Delivered.AnswerDays)
}
