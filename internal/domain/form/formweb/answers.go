package formweb

import (
	"io"
	"net/http"
	"strings"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/job"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// given is the list of answers to a form.
type given struct {
	of     form.Look
	filter form.Filter
	at     org.Node
	page   page.Page[form.Row]
	count  page.Count
	names  map[string]string
}

func (p *pages) answers(w http.ResponseWriter, r *web.Request) error {
	of, err := p.look(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	v := given{of: of, filter: form.Filter{Form: of.ID, Withdrawn: f.Choice("state", []string{"given", "withdrawn"}) == "withdrawn"}}
	if err := f.Err(); err != nil {
		return err
	}
	if v.at, err = p.at(r, f, form.Answers); err != nil {
		return err
	}
	v.filter.At = v.at.Path
	if v.page, err = p.s.List(r.Context(), r.Actor, v.filter, f.Raw("from")); err != nil {
		return err
	}
	if v.count, err = p.s.Tally(r.Context(), r.Actor, v.filter); err != nil {
		return err
	}
	var who []string
	for _, x := range v.page.Items {
		if x.EnteredBy != "" {
			who = append(who, x.EnteredBy)
		}
	}
	if v.names, err = p.names(r, who); err != nil {
		return err
	}
	pg := p.page(r, r.L.T("formweb.answers"), r.L.T("formweb.answers_says"), &of)
	if r.Actor.Can(form.Download, of.At.Path) {
		pg.Actions = []ui.Action{{Label: r.L.T("formweb.do_export"), Icon: "file-export", Href: formURL(of.ID, "export")}}
	}
	return door.Show(w, r, ui.Office, pg, answersBody(r, v))
}

// url is an address of the list with some parameters changed; an empty value drops one.
func (v given) url(change ...string) string {
	state := ""
	if v.filter.Withdrawn {
		state = "withdrawn"
	}
	return address(formURL(v.of.ID, "answers"), [][2]string{{"state", state}, {"org", v.at.ID.String()}}, change...)
}

func (v given) states(r *web.Request) []ui.Segment {
	return []ui.Segment{
		{Label: r.L.T("formweb.given"), Href: v.url("state", ""), Active: !v.filter.Withdrawn},
		{Label: r.L.T("formweb.withdrawn"), Href: v.url("state", "withdrawn"), Active: v.filter.Withdrawn},
	}
}

func (v given) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.page.Items))
	for i, x := range v.page.Items {
		edited := "—"
		if x.EditedAt != x.At {
			edited = at(r, x.EditedAt)
		}
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: x.Serial, Href: answerURL(x.ID)},
			{Text: x.OrgName, Href: v.url("org", x.Org.String())},
			{Text: at(r, x.At)},
			{Text: edited},
			{Text: way(r, x.Answer, v.of, v.names)},
			{Text: version(r, x.Version)},
		}}
	}
	return ui.Table{ID: "answers", Label: l.T("formweb.answers"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("formweb.serial"), Kind: ui.Title},
		{Head: l.T("formweb.link_org")},
		{Head: l.T("formweb.answered_at")},
		{Head: l.T("formweb.edited_at")},
		{Head: l.T("formweb.way")},
		{Head: l.T("formweb.version")},
	}}
}

// way says how an answer came: copied by a clerk, through an address, or by an account.
func way(r *web.Request, a form.Answer, of form.Look, names map[string]string) string {
	switch {
	case a.EnteredBy != "":
		return r.L.T("formweb.way_entered", "who", orDash(names[a.EnteredBy]))
	case a.Link != "":
		for _, x := range of.Links {
			if x.Slug == a.Link {
				return r.L.T("formweb.way_link", "name", x.Name)
			}
		}
	}
	return r.L.T("formweb.way_account")
}

func (v given) pager() ui.Pages {
	p := ui.Pages{Size: 50}
	if v.page.Prev != "" {
		p.Prev = v.url("from", v.page.Prev)
	}
	if v.page.Next != "" {
		p.Next = v.url("from", v.page.Next)
	}
	return p
}

func answerURL(which form.AnswerID) string { return "/office/answers/" + which.String() }

// said is one line of an answer: a question with its answer, or the head of a group or a repeat.
type said struct {
	depth  int
	head   bool
	label  string
	text   string
	masked bool
	file   string // where the file that was handed in is fetched, empty of other answers
	seen   bool   // the file is a picture that is shown on the page
}

// seen is one answer as its page shows it.
type seen struct {
	form.Shown
	of     form.Look
	lines  []said
	silent int // questions without an answer
	names  map[string]string
	lang   int
}

func (p *pages) answer(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[form.Answer](r.PathValue("id"))
	if err != nil {
		return err
	}
	v := seen{}
	if v.Shown, err = p.s.View(r.Context(), r.Actor, which); err != nil {
		return err
	}
	if v.of, err = p.s.Look(r.Context(), r.Actor, v.Answer.Form); err != nil {
		return err
	}
	if v.EnteredBy != "" {
		if v.names, err = p.names(r, []string{v.EnteredBy}); err != nil {
			return err
		}
	}
	v.lang = spoken(v.Form, string(r.L.Lang()))
	v.say(r, 0, 0, v.Content)
	pg := p.doors.Office(r, v.Serial, "")
	pg.Plain = true
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("formweb.list"), Href: home}, {Label: v.of.Title, Href: formURL(v.of.ID, "")}, {Label: r.L.T("formweb.answers"), Href: formURL(v.of.ID, "answers")}, {Label: v.Serial}}
	d := v.document(r)
	for _, beside := range p.also {
		facts, actions, err := beside(r, v.Shown)
		if err != nil {
			return err
		}
		d.Facts, d.Actions = append(d.Facts, facts...), append(actions, d.Actions...)
	}
	return door.Show(w, r, ui.Office, pg, answerBody(r, v, d))
}

// spoken finds the form's language that is nearest to the reader's, the first where none is.
func spoken(f *survey.Form, lang string) int {
	for i, l := range f.Languages {
		if l.Code != "" && strings.EqualFold(strings.SplitN(l.Code, "-", 2)[0], strings.SplitN(lang, "-", 2)[0]) {
			return i
		}
	}
	return 0
}

// say puts what lies below a question into lines, in the order of the form.
func (v *seen) say(r *web.Request, place, depth int, all map[string]any) {
	for _, below := range v.Form.Questions[place].Below {
		q := v.Form.Questions[below]
		label := q.Asked(v.lang)
		switch inside := all[q.Name].(type) {
		case map[string]any:
			v.lines = append(v.lines, said{depth: depth, head: true, label: label})
			v.say(r, below, depth+1, inside)
			continue
		case []any:
			for i, one := range inside {
				v.lines = append(v.lines, said{depth: depth, head: true, label: r.L.T("formweb.nth", "label", label, "n", i+1)})
				if fields, ok := one.(map[string]any); ok {
					v.say(r, below, depth+1, fields)
				}
			}
			continue
		case string:
			v.lines = append(v.lines, v.line(r, q, said{depth: depth, label: label, text: inside}))
			continue
		}
		switch {
		case !q.Kind.Asked() || q.Kind == survey.Note:
		case v.Masked[q.Name]:
			v.lines = append(v.lines, said{depth: depth, label: label, masked: true})
		default:
			v.silent++
		}
	}
}

// line puts an answer in words, or beside the file that it names. A picture of a sensitive question is not shown before somebody asks for it.
func (v *seen) line(r *web.Request, q *survey.Question, one said) said {
	switch {
	case q.Kind == survey.Acknowledge:
		one.text = r.L.T("formweb.acknowledged")
	case q.Kind.IsFile():
		var which form.FileID
		if which, one.text = form.FileNamed(one.text); which != "" {
			one.file = answerURL(v.Answer.ID) + "/files/" + which.String()
			one.seen = q.Kind == survey.Image && q.Class < authz.Sensitive
		}
	default:
		one.text = form.Spoken(v.Form, q, one.text, v.lang, "、")
	}
	return one
}

// file sends a file of an answer as a download: whoever made it, no browser runs it here.
func (p *pages) file(w http.ResponseWriter, r *web.Request) error {
	of, err := id.Parse[form.Answer](r.PathValue("id"))
	if err != nil {
		return err
	}
	which, err := id.Parse[form.File](r.PathValue("file"))
	if err != nil {
		return err
	}
	o, err := p.s.OpenFile(r.Context(), r.Actor, of, which)
	if err != nil {
		return err
	}
	defer o.Content.Close()
	web.Download(w, o.Name, string(o.Type))
	_, err = io.Copy(w, o.Content)
	return err
}

func (v seen) document(r *web.Request) ui.Document {
	d := ui.Document{Title: v.of.Title, Serial: v.Serial, Sub: v.At.Name, State: r.L.T("formweb.given"), Tone: ui.OK}
	if v.Withdrawn {
		d.State, d.Tone = r.L.T("formweb.withdrawn"), ui.Hold
	}
	d.Actions = []ui.Action{{Label: r.L.T("formweb.print"), Icon: "printer", Print: true}}
	d.Facts = []ui.Fact{
		{Label: r.L.T("formweb.answered_at"), Value: at(r, v.Answer.At)},
		{Label: r.L.T("formweb.way"), Value: way(r, v.Answer, v.of, v.names)},
		{Label: r.L.T("formweb.version"), Value: version(r, v.Version)},
	}
	if v.EditedAt != v.Answer.At {
		d.Facts = append(d.Facts, ui.Fact{Label: r.L.T("formweb.edited_at"), Value: at(r, v.EditedAt)})
	}
	return d
}

// taking is the page on which answers are taken away.
type taking struct {
	of   form.Look
	all  []form.Export
	last *job.Job
}

func (p *pages) askExport(w http.ResponseWriter, r *web.Request) error {
	of, err := p.look(r)
	if err != nil {
		return err
	}
	v := taking{of: of}
	if v.all, v.last, err = p.s.Exports(r.Context(), r.Actor, of.ID, formURL(of.ID, "export")); err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.page(r, r.L.T("formweb.do_export"), r.L.T("formweb.export_says"), &of), exportBody(r, v))
}

func (p *pages) takeExport(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[form.Form](r.PathValue("id"))
	if err != nil {
		return err
	}
	f, l := web.Read(r), r.L
	ask := form.ExportAsk{
		Form: which, CSV: f.Choice("format", []string{"xlsx", "csv"}) == "csv", Labels: f.Choice("choices", []string{"labels", "values"}) != "values",
		Words: form.Words{
			Answers: l.T("formweb.answers"), Questions: l.T("formweb.sheet_questions"), Serial: l.T("formweb.serial"), At: l.T("formweb.answered_at"), Edited: l.T("formweb.edited_at"),
			Org: l.T("formweb.link_org"), Version: l.T("formweb.version"), Index: l.T("formweb.index"), Table: l.T("formweb.sheet"), Question: l.T("formweb.column"), Label: l.T("formweb.field.label"),
			Kind: l.T("formweb.field.type"), Class: l.T("formweb.field.zd_class"), Choices: l.T("formweb.choices"), Masked: "●●●",
		},
	}
	if err := f.Err(); err != nil {
		return err
	}
	if _, err := p.s.StartExport(r.Context(), r.Actor, p.jobs, ask, formURL(which, "export")); err != nil {
		return err
	}
	return r.Redirect(w, formURL(which, "export"), "")
}

func (v taking) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.all))
	for i, x := range v.all {
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: x.Name, Href: "/office/exports/" + x.ID.String()}, {Text: l.Int(x.Answers)}, {Text: l.Size(x.Bytes)}, {Text: at(r, x.MadeAt)},
		}}
	}
	return ui.Table{ID: "exports", Label: l.T("formweb.exports"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("formweb.file"), Kind: ui.Title}, {Head: l.T("formweb.answers"), Kind: ui.Number}, {Head: l.T("formweb.size"), Kind: ui.Number}, {Head: l.T("formweb.export_at")},
	}}
}

// fetch sends one of the viewer's own files.
func (p *pages) fetch(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[form.Export](r.PathValue("id"))
	if err != nil {
		return err
	}
	e, content, err := p.s.Fetch(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	defer content.Close()
	web.Download(w, e.Name, string(e.Type))
	_, err = io.Copy(w, content)
	return err
}
