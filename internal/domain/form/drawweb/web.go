// Package drawweb is the pages on which a form is drawn up question by question, for those who do not write workbooks.
package drawweb

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/draw"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Messages are the texts of these pages.
//
//go:embed messages
var Messages embed.FS

// Names gives the names of accounts, for pages that say who changed something.
type Names func(r *web.Request, ids []string) (map[string]string, error)

type pages struct {
	s     *form.Service
	doors *door.Doors
	names Names
}

// Routes are the pages on which forms are drawn up.
func Routes(s *form.Service, doors *door.Doors, names Names) []web.Route {
	p := &pages{s: s, doors: doors, names: names}
	return []web.Route{
		{Pattern: "GET /office/forms/{id}/draw", Door: web.Office, Verb: form.Design, Handle: p.outline},
		{Pattern: "POST /office/forms/{id}/draw", Door: web.Office, Verb: form.Design, Handle: p.arrange},
		{Pattern: "GET /office/forms/{id}/question", Door: web.Office, Verb: form.Design, Handle: p.askQuestion},
		{Pattern: "POST /office/forms/{id}/question", Door: web.Office, Verb: form.Design, Handle: p.takeQuestion},
		{Pattern: "GET /office/forms/{id}/settings", Door: web.Office, Verb: form.Design, Handle: p.askSettings},
		{Pattern: "POST /office/forms/{id}/settings", Door: web.Office, Verb: form.Design, Handle: p.takeSettings},
	}
}

func formURL(which form.ID, step string) string {
	return "/office/forms/" + which.String() + "/" + step
}

func questionURL(which form.ID, params ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(params); i += 2 {
		if params[i+1] != "" {
			q.Set(params[i], params[i+1])
		}
	}
	return formURL(which, "question") + "?" + q.Encode()
}

// fieldSeen is the state of the draft that was seen.
const fieldSeen = "seen"

// What can be pressed beside a question, with its path behind a colon.
const (
	doUp     = "up"
	doDown   = "down"
	doRemove = "remove"
	doUndo   = "undo"
)

// drawn is a form on its designer's page.
type drawn struct {
	form.Drawing
	names   map[string]string
	numbers []int       // by place: the number under which it stands; 0 of what asks nothing
	faults  []ui.Fault  // why a change was not made
	since   *meanwhile  // what others have changed since the page was seen
	kinds   []ui.Option // what can be added
}

// meanwhile is what others did while somebody looked at an older state.
type meanwhile struct {
	who     string
	at      int64
	changes []survey.Change
}

func (p *pages) drawing(r *web.Request) (v drawn, err error) {
	which, err := id.Parse[form.Form](r.PathValue("id"))
	if err != nil {
		return v, err
	}
	if v.Drawing, err = p.s.Drawing(r.Context(), r.Actor, which); err != nil {
		return v, err
	}
	var who []string
	for _, s := range v.Steps {
		who = append(who, s.MadeBy)
	}
	if v.names, err = p.names(r, who); err != nil {
		return v, err
	}
	v.numbers = numbers(v.Read)
	for _, k := range offered {
		v.kinds = append(v.kinds, ui.Option{Value: string(k), Label: r.L.T("drawweb.kind." + string(k))})
	}
	return v, nil
}

// numbers counts the questions that people answer, in the order of the form.
func numbers(f *survey.Form) []int {
	all, n := make([]int, len(f.Questions)), 0
	for _, q := range f.Questions {
		if q.Kind.Asked() && q.Kind != survey.Note {
			n++
			all[q.Place] = n
		}
	}
	return all
}

// offered are the kinds of question that are added here; the rest come with workbooks.
var offered = []survey.Kind{
	survey.Text, survey.SelectOne, survey.SelectMultiple, survey.Integer, survey.Decimal, survey.Date, survey.Time, survey.DateTime, survey.Range, survey.Rank,
	survey.Image, survey.Audio, survey.Video, survey.File, survey.GeoPoint, survey.Barcode, survey.Acknowledge, survey.Note, survey.Group, survey.Repeat, survey.Calculate,
}

func (p *pages) page(r *web.Request, v drawn, title, purpose string) ui.Page {
	page := p.doors.Office(r, title, purpose)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("drawweb.forms"), Href: "/office/forms"}, {Label: v.Title, Href: "/office/forms/" + v.ID.String()}}
	if title != r.L.T("drawweb.draw") {
		page.Crumbs = append(page.Crumbs, ui.Crumb{Label: r.L.T("drawweb.draw"), Href: formURL(v.ID, "draw")})
	}
	page.Crumbs = append(page.Crumbs, ui.Crumb{Label: title})
	page.Scripts = []string{"draw"}
	return page
}

func (p *pages) outline(w http.ResponseWriter, r *web.Request) error {
	v, err := p.drawing(r)
	if err != nil {
		return err
	}
	return p.show(w, r, v)
}

func (p *pages) show(w http.ResponseWriter, r *web.Request, v drawn) error {
	page := p.page(r, v, r.L.T("drawweb.draw"), r.L.T("drawweb.draw_says", "form", v.Read.Title))
	page.Actions = []ui.Action{
		{Label: r.L.T("drawweb.try"), Icon: "device-mobile", Href: formURL(v.ID, "try")},
		{Label: r.L.T("drawweb.settings"), Icon: "settings", Href: formURL(v.ID, "settings")},
		{Label: r.L.T("drawweb.done"), Icon: "check", Href: "/office/forms/" + v.ID.String(), Primary: true},
	}
	if len(v.faults) > 0 || v.since != nil {
		return door.Again(w, r, ui.Office, page, outlineBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, outlineBody(r, v))
}

// arrange moves questions, takes them away, and takes the last change back.
func (p *pages) arrange(w http.ResponseWriter, r *web.Request) error {
	v, err := p.drawing(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	seen, do, about := f.Int(fieldSeen, 1, 1<<60), "", ""
	if do, about, _ = strings.Cut(f.Raw("do"), ":"); f.Err() != nil {
		return f.Err()
	}
	message, anchor := "", ""
	var faults []survey.Fault
	var after *survey.Form
	switch do {
	case doUndo:
		var last form.Step
		if last, err = p.s.Undo(r.Context(), r.Actor, v.ID, seen); err == nil {
			message, anchor = "drawweb.undone", "#"+anchorOf(last.About)
		}
	case doUp, doDown, doRemove:
		did := map[string]form.Did{doUp: form.Moved, doDown: form.Moved, doRemove: form.Removed}[do]
		at := about[strings.LastIndexByte(about, '/')+1:]
		faults, err = p.s.Draw(r.Context(), r.Actor, v.ID, seen, did, at, func(read *survey.Form) error {
			after = read
			q := draw.Find(read, about)
			if q == nil {
				return errs.New(errs.Conflict, "form.drawn_meanwhile", nil)
			}
			if do == doRemove {
				draw.Remove(read, q)
				return nil
			}
			draw.Move(read, q, do == doDown)
			return nil
		})
		if anchor = "#" + anchorOf(at); do == doRemove {
			message, anchor = "drawweb.removed", ""
		}
	default:
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if err == nil && !survey.Failed(faults) {
		return r.Redirect(w, formURL(v.ID, "draw")+anchor, message)
	}
	if err := p.excuse(r, &v, seen, after, err, faults); err != nil {
		return err
	}
	return p.show(w, r, v)
}

// excuse puts onto a page why a change was not made; an error that is none of the reader's comes back. After is the form as
// it would have been, whose places the faults name.
func (p *pages) excuse(r *web.Request, v *drawn, seen int64, after *survey.Form, err error, faults []survey.Fault) error {
	for _, x := range faults {
		if !x.Warning {
			v.faults = append(v.faults, ui.Fault{Text: said(r, after, x)})
		}
	}
	switch {
	case err == nil:
		return nil
	case errs.KeyOf(err) == "form.drawn_meanwhile":
		last, changes, err := p.s.Meanwhile(r.Context(), r.Actor, v.ID, seen)
		if err != nil {
			return err
		}
		v.since = &meanwhile{who: v.who(last.MadeBy), at: last.MadeAt, changes: changes}
		return nil
	case errs.KindOf(err) == errs.Conflict || errs.KindOf(err) == errs.Invalid:
		v.faults = append(v.faults, ui.Fault{Text: r.L.Error(err)})
		return nil
	}
	return err
}

// said is a fault in words, with the question at which it lies.
func said(r *web.Request, f *survey.Form, x survey.Fault) string {
	text := r.L.T(x.Key, x.Args)
	if x.Sheet != "survey" || x.Row <= 0 || x.Row >= len(f.Questions) {
		return text
	}
	q := f.Questions[x.Row]
	return r.L.T("drawweb.fault", "question", drawn{numbers: numbers(f), Drawing: form.Drawing{Read: f}}.called(r, q), "field", r.L.T("drawweb.field."+x.Field), "text", text)
}

// called is a question in a sentence: its number and its text.
func (v drawn) called(r *web.Request, q *survey.Question) string {
	text := label(r, q, v.Read)
	if n := v.numbers[q.Place]; n > 0 {
		return r.L.T("drawweb.nth", "n", n, "text", text)
	}
	return text
}

// label is a question's text in one line, or its name where it has none.
func label(r *web.Request, q *survey.Question, f *survey.Form) string {
	text := strings.Join(strings.Fields(q.Label.In(language(r, f))), " ")
	if text == "" {
		return q.Name
	}
	if all := []rune(text); len(all) > 80 {
		text = string(all[:80]) + "…"
	}
	return text
}

// language is the one of the form in which the page shows its questions.
func language(r *web.Request, f *survey.Form) int {
	page, _, _ := strings.Cut(string(r.L.Lang()), "-")
	for at, one := range f.Languages {
		if code, _, _ := strings.Cut(strings.ToLower(one.Code), "-"); code == page {
			return at
		}
	}
	return 0
}

func (v drawn) who(account string) string {
	if name := v.names[account]; name != "" {
		return name
	}
	return "—"
}

// anchorOf is where a question stands on the page.
func anchorOf(name string) string { return "q-" + url.PathEscape(name) }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
