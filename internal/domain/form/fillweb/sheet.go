package fillweb

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/fill"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/web/ui"
)

// sheet is a form on its page: its questions as they stand, and what frames them.
type sheet struct {
	l       *i18n.Printer
	form    *survey.Form
	seq     int64
	rec     *fill.Record
	lang    int
	action  string // where it is sent
	json    string // where scripts find the form
	key     string
	draft   string // under which name the browser keeps what was typed; empty where it does not
	going   bool   // what was typed before stands on the page already
	search  map[string]string
	files   []form.Attached // what lies beside the form
	beside  string          // where those are fetched: an address that their names are put behind
	steps   [][]*item
	step    int
	faults  []ui.Fault
	more    int // questions that are asked since the page was sent
	submit  string
	hidden  [][2]string // further fields
	office  bool        // staff fills in for somebody
	trial   bool        // nothing is kept
	carried bool        // it is taken along on a phone
	keeps   bool        // what is typed lies with the server until it is handed in
	begun   int64       // since when it has, where it was begun before
}

// item is one question, note, group or repeat on the page.
type item struct {
	*survey.Question
	s      *sheet
	n      *xpath.Node
	path   string
	id     string
	value  string // as it was typed, or as it is kept
	was    string // as it is kept; of what cannot be read, as it was before
	wrong  string
	off    bool // not asked now
	closed bool // shown, and not to be answered
	inside []*item
	series bool // all of a repeat, which lie inside
	nth    int  // one of a repeat, from 1

	offered []fill.Choice
	looked  bool
}

// wrongs is what is wrong with questions, by their nodes, in words; typed is what cannot be read, and was the answer before it.
type wrongs struct {
	said  map[*xpath.Node]string
	typed map[*xpath.Node]string
	was   map[*xpath.Node]string
}

// gather finds all that is wrong with a record, and what of a page could not be read.
func gather(l *i18n.Printer, r *fill.Record, bad map[string]errs.Problem, p posted) wrongs {
	w := wrongs{map[*xpath.Node]string{}, map[*xpath.Node]string{}, map[*xpath.Node]string{}}
	for path, problem := range bad {
		if n := r.At(path); n != nil {
			w.said[n], w.typed[n] = l.Problem(problem), p.raw(path)
			w.was[n], _ = p.was(path)
		}
	}
	for _, one := range r.Wrong() {
		if w.said[one.Node] != "" {
			continue
		}
		if w.said[one.Node] = one.Said; one.Said == "" {
			w.said[one.Node] = l.Problem(one.Problem)
		}
	}
	return w
}

// none is a page on which nothing is blamed.
var none = wrongs{}

// only keeps what cannot be read: the rest may still be filled in.
func (w wrongs) only() wrongs {
	said := map[*xpath.Node]string{}
	for n := range w.typed {
		said[n] = w.said[n]
	}
	return wrongs{said, w.typed, w.was}
}

// lay puts the questions of a record onto the page.
func (s *sheet) lay(w wrongs) {
	s.steps = nil
	var run []*item
	end := func() {
		if len(run) > 0 {
			s.steps, run = append(s.steps, run), nil
		}
	}
	paged := s.paged()
	for _, i := range s.below(s.rec.Root(), "", "", w) {
		if paged && i.Kind.IsGroup() {
			end()
			s.steps = append(s.steps, []*item{i})
			continue
		}
		run = append(run, i)
	}
	if end(); len(s.steps) == 0 {
		s.steps = [][]*item{nil}
	}
	s.step = max(0, min(s.step, len(s.steps)-1))
}

// long is how many questions a form asks on one page at most, if it has groups to part it by.
const long = 40

// paged tells whether the form is filled in step by step: its author wants it, or it is long.
func (s *sheet) paged() bool {
	asked, groups := 0, 0
	for _, q := range s.form.Questions[1:] {
		if q.Kind.Asked() {
			asked++
		}
		if q.Kind.IsGroup() && q.Up == 0 {
			groups++
		}
	}
	return groups > 0 && (slices.Contains(strings.Fields(s.form.Style), "pages") || asked > long && groups > 1)
}

// below gives what lies in a group or a repeat, in the order of the form. All of a repeat stand together.
func (s *sheet) below(up *xpath.Node, path, id string, w wrongs) (all []*item) {
	k := 0 // the nodes have the order of the form
	for _, place := range s.form.Questions[up.Place].Below {
		q := s.form.Questions[place]
		own := "f-q" + strconv.Itoa(place) + id
		if q.Kind != survey.Repeat {
			all = append(all, s.item(up.Below[k], path+q.Name, own, id, w))
			k++
			continue
		}
		series := &item{Question: q, s: s, n: up, path: path + q.Name, id: own, series: true, off: true}
		for nth := 1; k < len(up.Below) && up.Below[k].Place == place; nth++ {
			number := strconv.Itoa(nth)
			one := s.item(up.Below[k], series.path+"["+number+"]", own+"-"+number, id+"-"+number, w)
			one.nth = nth
			series.off = series.off && one.off
			series.inside = append(series.inside, one)
			k++
		}
		if len(series.inside) == 0 {
			series.off = q.RepeatCount != nil || q.Relevant != nil && !xpath.Eval(q.Relevant.X, s.rec, up).Bool()
		}
		all = append(all, series)
	}
	return all
}

func (s *sheet) item(n *xpath.Node, path, own, id string, w wrongs) *item {
	q := s.form.Questions[n.Place]
	i := &item{Question: q, s: s, n: n, path: path, id: own, value: n.Value, was: n.Value, wrong: w.said[n], off: n.Blank}
	if typed, ok := w.typed[n]; ok {
		i.value, i.was = typed, w.was[n]
	}
	i.closed = q.Kind.Asked() && s.rec.Asked(n) && !s.rec.Takes(n)
	i.inside = s.below(n, path+"/", id, w)
	return i
}

// blame lists what is wrong on the steps from one to another, in order, for the summary above the page.
func (s *sheet) blame(from, to int) {
	var walk func(all []*item)
	walk = func(all []*item) {
		for _, i := range all {
			if i.wrong != "" {
				s.faults = append(s.faults, ui.Fault{Field: strings.TrimPrefix(i.id, "f-"), Text: i.short() + "：" + i.wrong})
			}
			walk(i.inside)
		}
	}
	for _, step := range s.steps[from : to+1] {
		walk(step)
	}
}

// stepOf gives the first step with something wrong, -1 where there is none.
func (s *sheet) stepOf() int {
	return slices.IndexFunc(s.steps, func(all []*item) bool { return slices.ContainsFunc(all, (*item).bad) })
}

func (i *item) bad() bool { return i.wrong != "" || slices.ContainsFunc(i.inside, (*item).bad) }

// live tells whether a step asks anything now.
func (s *sheet) live(step int) bool { return slices.ContainsFunc(s.steps[step], (*item).asks) }

// asks tells whether there is something to see.
func (i *item) asks() bool {
	if i.off {
		return false
	}
	return i.Kind.Asked() || i.series && i.RepeatCount == nil || slices.ContainsFunc(i.inside, (*item).asks)
}

// turn goes a step on or back, past those that ask nothing.
func (s *sheet) turn(by int) {
	for at := s.step + by; at >= 0 && at < len(s.steps); at += by {
		if s.live(at) {
			s.step = at
			return
		}
	}
}

// at tells which of the steps that ask something is shown, from 1, and how many there are.
func (s *sheet) at() (at, of int) {
	for i := range s.steps {
		if s.live(i) {
			of++
			if i <= s.step {
				at = of
			}
		}
	}
	return max(at, 1), max(of, 1)
}

// last tells whether no step follows.
func (s *sheet) last() bool { at, of := s.at(); return at == of }

// new counts the questions that are asked since the page was drawn, and were not before.
func (s *sheet) appeared(off map[string]bool) {
	var walk func(i *item, shown bool) int
	walk = func(i *item, shown bool) (n int) {
		if i.off {
			return 0
		}
		shown = shown || off[i.path]
		if shown && i.Kind.Asked() {
			n++
		}
		for _, below := range i.inside {
			n += walk(below, shown)
		}
		return n
	}
	first := -1
	for k, step := range s.steps {
		for _, i := range step {
			if n := walk(i, false); n > 0 {
				if s.more += n; first < 0 {
					first = k
				}
			}
		}
	}
	if first >= 0 {
		s.step = first
	}
}

// short names a question in one line.
func (i *item) short() string {
	text := plain(i.s.rec.Say(i.n, i.Label))
	if text == "" {
		text = i.Name
	}
	if line, _, more := strings.Cut(text, "\n"); more {
		text = line
	}
	if r := []rune(text); len(r) > 40 {
		text = string(r[:40]) + "…"
	}
	return text
}

// answer gives the answer to another question, as this one's texts name it.
func (i *item) answer(name string) string {
	found := i.s.rec.Find(i.n, name)
	if len(found) == 0 || !i.s.rec.Asked(found[0]) {
		return ""
	}
	if label := i.s.rec.ChoiceName(name, found[0].Value); label != "" {
		return label
	}
	return found[0].Value
}

func (i *item) field() string { return "/" + i.path }

// secret tells whether the browser must not keep the answer.
func (i *item) secret() bool { return i.Class >= authz.Sensitive }

// describedBy names what is read out with a field.
func (i *item) describedBy() string {
	var all []string
	if i.Hint.Any() {
		all = append(all, i.id+"-hint")
	}
	return strings.Join(append(all, i.id+"-err"), " ")
}

// language gives what a page says of the language of the form's texts: its code, where the author named one.
func language(f *survey.Form, at int) string {
	if at < len(f.Languages) && f.Languages[at].Code != "" {
		return f.Languages[at].Code
	}
	return ""
}

// nameOf is what a language is called to readers: "中文 (zh)" without its code.
func nameOf(l survey.Language) string {
	return strings.TrimSpace(strings.TrimSuffix(l.Name, "("+l.Code+")"))
}

// speak finds the language of a form that fits the page's.
func speak(f *survey.Form, l *i18n.Printer) int {
	page, _, _ := strings.Cut(string(l.Lang()), "-")
	for at, one := range f.Languages {
		if code, _, _ := strings.Cut(strings.ToLower(one.Code), "-"); code == page {
			return at
		}
	}
	return 0
}

// area says where a form's answers count, and until when it is filled in.
func area(l *i18n.Printer, a form.Asked) string {
	if a.Form.Closes.IsZero() {
		return a.At.Name
	}
	return l.T("fillweb.until", "org", a.At.Name, "day", l.Date(a.Form.Closes))
}

// title is a question's text, or its name where its author gave none.
func (i *item) title() string {
	if text := i.Label.In(i.s.lang); text != "" {
		return text
	}
	return i.Name
}

// carried tells whether an answer that nobody sees goes along with the page: what the device notes, and what is worked out once.
func (i *item) carried() bool {
	switch i.Kind {
	case survey.Start, survey.Today, survey.Hidden:
		return true
	}
	return len(i.Triggers) > 0
}

// above is the path before a question's own name: "household/members[2]/", or nothing.
func (i *item) above() string {
	path := i.path
	if i.nth > 0 {
		path = strings.TrimSuffix(path, "["+strconv.Itoa(i.nth)+"]")
	}
	return strings.TrimSuffix(path, i.Name)
}

// narrow tells whether a short box is enough.
func (i *item) narrow() bool {
	switch i.Kind {
	case survey.Integer, survey.Decimal, survey.Range, survey.Date, survey.Time, survey.DateTime:
		return true
	}
	return false
}

func (i *item) height() string {
	if n, err := strconv.Atoi(i.Parameters["rows"]); err == nil && n > 1 && n <= 20 {
		return strconv.Itoa(n)
	}
	return "4"
}

// enctype lets a form with files send them.
func (s *sheet) enctype() string {
	for _, q := range s.form.Questions {
		if q.Kind.Asked() && q.Kind.IsFile() {
			return "multipart/form-data"
		}
	}
	return "application/x-www-form-urlencoded"
}

// speaking names the language of a form's texts.
func speaking(f *survey.Form, lang int) templ.Attributes {
	if code := language(f, lang); code != "" {
		return templ.Attributes{"lang": code}
	}
	return nil
}

// said are the sentences that scripts say beside a question, as JSON.
func (s *sheet) said() string {
	all := map[string]string{}
	for _, key := range []string{
		"form.constraint", "form.no_choice", "form.choice_twice", "form.bad_characters", "form.not_integer", "form.not_decimal", "form.not_date", "form.not_time",
		"form.not_datetime", "form.not_position", "form.one_position", "form.two_positions", "form.three_positions",
	} {
		all[key] = s.l.T(key)
	}
	all["form.rank_all"] = s.l.T("form.rank_all", "count", "{count}")
	all["form.long"] = s.l.T("form.long", "max", "{max}")
	all["form.not_between"] = s.l.T("form.not_between", "least", "{least}", "most", "{most}")
	all["form.not_step"] = s.l.T("form.not_step", "start", "{start}", "step", "{step}")
	for _, key := range []string{"find_none", "choices_left", "kept", "locating", "locate_failed", "locate_denied", "photo_busy"} {
		all[key] = s.l.T("fillweb." + key)
	}
	b, err := json.Marshal(all)
	if err != nil {
		return "{}"
	}
	return string(b)
}
