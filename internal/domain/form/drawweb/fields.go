package drawweb

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"zhidian/internal/domain/form/draw"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
)

// input is a question of the page with what stands in it and what is wrong with it.
func (v asking) input(r *web.Request, name, label, help string) ui.Input {
	return input(r, v.form, name, label, help)
}

func input(r *web.Request, f *web.Form, name, label, help string) ui.Input {
	in := ui.Input{Name: name, Label: label, Help: help, Value: f.Raw(name), Autocomplete: "off"}
	if at := f.At(name); len(at) > 0 {
		in.Error = r.L.Problem(at[0])
	}
	return in
}

// problems lists what is wrong, for the summary above the page.
func problems(r *web.Request, f *web.Form, more []ui.Fault) []ui.Fault {
	all := slices.Clone(more)
	for _, x := range f.Problems() {
		all = append(all, ui.Fault{Field: x.Field, Text: r.L.Problem(x)})
	}
	return all
}

// said is a text field for each language of the form.
func (v asking) texts(r *web.Request, name, label, help string) (all []ui.Input) {
	for i, l := range v.Read.Languages {
		shown := label
		if l.Name != "" {
			shown = r.L.T("drawweb.in_language", "what", label, "language", l.Name)
		}
		in := v.input(r, name+strconv.Itoa(i), shown, "")
		if i == 0 {
			in.Help = help
		}
		in.Rows = 2
		all = append(all, in)
	}
	return all
}

func (v asking) options(r *web.Request, name, key string, values []string) (all []ui.Option) {
	for _, one := range values {
		all = append(all, ui.Option{Value: one, Label: r.L.T(key + one), Selected: v.form.Raw(name) == one})
	}
	return all
}

// becomes are the kinds that the question may be turned into.
func (v asking) becomes(r *web.Request) ui.Input {
	in := v.input(r, "kind", r.L.T("drawweb.kind"), "")
	chosen := v.form.Raw("kind")
	for _, k := range turns(v.q.Kind) {
		label := string(k)
		if slices.Contains(offered, k) {
			label = r.L.T("drawweb.kind." + string(k))
		}
		in.Options = append(in.Options, ui.Option{Value: string(k), Label: label, Selected: string(k) == chosen})
	}
	return in
}

// lists are the lists of choices that there are, and a new one.
func (v asking) lists(r *web.Request) ui.Input {
	in := v.input(r, "list", r.L.T("drawweb.list"), r.L.T("drawweb.list_help"))
	in.Options = []ui.Option{{Label: r.L.T("drawweb.list_new")}}
	for _, l := range v.Read.Lists {
		var some []string
		for _, i := range l.Items[:min(len(l.Items), 3)] {
			if text := i.Label.In(language(r, v.Read)); text != "" {
				some = append(some, text)
			}
		}
		label := r.L.T("drawweb.list_of", "name", l.Name, "some", strings.Join(some, "、"), "n", len(l.Items))
		in.Options = append(in.Options, ui.Option{Value: l.Name, Label: label, Selected: l.Name == v.form.Raw("list")})
	}
	return in
}

// long tells whether the question's choices are too many to be edited line by line.
func (v asking) long() bool {
	list := v.Read.Find(v.q.List)
	return list != nil && len(list.Items) > draw.MaxLines
}

// shared are the other questions that offer the same list.
func (v asking) shared(r *web.Request) string {
	var all []string
	for _, q := range draw.Users(v.Read, v.q.List) {
		if q != v.q && v.q.List != "" {
			all = append(all, v.called(r, q))
		}
	}
	return strings.Join(all, "；")
}

// classOptions are who may see the answer.
func (v asking) classOptions(r *web.Request) (all []ui.Option) {
	for _, c := range classes {
		all = append(all, ui.Option{Value: c.String(), Label: r.L.T("drawweb.class." + c.String()), Help: r.L.T("drawweb.class_says." + c.String()), Selected: v.form.Raw("class") == c.String() || v.form.Raw("class") == "" && c == classes[0]})
	}
	return all
}

// kept are settings of the question that came with a workbook and are not changed here, each as column and text.
func (v asking) kept() (all [][2]string) {
	q := v.q
	add := func(column, text string) {
		if text != "" {
			all = append(all, [2]string{column, text})
		}
	}
	for name, t := range q.Media {
		add(name, strings.Join(t, " "))
	}
	if q.FromFile {
		add("type", string(q.Kind)+"_from_file "+q.List)
	}
	add("trigger", strings.Join(q.Triggers, ", "))
	add("save_to", q.SaveTo)
	add("zd_indicator", q.Indicator)
	add("zd_bank", q.Bank)
	if q.KeepDays > 0 {
		add("zd_retention", strconv.Itoa(q.KeepDays))
	}
	for name, text := range q.Parameters {
		if q.Kind != survey.Range || name != "start" && name != "end" && name != "step" {
			add(name, text)
		}
	}
	for name, text := range q.Further {
		add(name, text)
	}
	sort.Slice(all, func(i, k int) bool { return all[i][0] < all[k][0] })
	return all
}

// advanced tells whether the part that few need is open: something stands in it, or is wrong there.
func (v asking) advanced() bool {
	for _, name := range []string{"calculation", "default", "readonly", "choice_filter", "appearance", "required_if", "guidance_hint0"} {
		if v.form.Raw(name) != "" && name != "name" || len(v.form.At(name)) > 0 {
			return true
		}
	}
	return len(v.form.At("name")) > 0
}

func short(in ui.Input) ui.Input {
	in.Short = true
	return in
}

func needed(in ui.Input) ui.Input {
	in.Required = true
	return in
}

// short40 keeps a line of a drop-down within a phone's width.
func short40(s string) string {
	if all := []rune(s); len(all) > 24 {
		return string(all[:24]) + "…"
	}
	return s
}

func labelOf(r *web.Request, q *survey.Question) string {
	switch {
	case q.Kind.IsGroup():
		return r.L.T("drawweb.group_label")
	case q.Kind == survey.Note:
		return r.L.T("drawweb.note_label")
	case q.Kind == survey.Calculate:
		return r.L.T("drawweb.calculate_label")
	}
	return r.L.T("drawweb.field.label")
}

func (v asking) choicesField(r *web.Request) ui.Input {
	help := "drawweb.choices_help"
	if len(v.Read.Languages) > 1 {
		help = "drawweb.choices_help_languages"
	}
	in := v.input(r, "choices", r.L.T("drawweb.choices"), r.L.T(help))
	in.Rows = 8
	return in
}

func (v asking) shapes(r *web.Request) ui.Input {
	in := v.input(r, "shape", r.L.T("drawweb.shape"), "")
	in.Options = append([]ui.Option{{Label: r.L.T("drawweb.shape.any")}}, v.options(r, "shape", "drawweb.shape.", draw.Shapes)...)
	return in
}

// whens are the ways in which it is said when the question is asked; tests only where there is a question before.
func (v asking) whens() []string {
	if len(v.tested()) == 0 {
		return []string{"always", "formula"}
	}
	return []string{"always", "tests", "formula"}
}

func (v asking) joints(r *web.Request) []ui.Option {
	any := v.form.Raw("any") == "any"
	return []ui.Option{{Value: "all", Label: r.L.T("drawweb.joint.all"), Selected: !any}, {Value: "any", Label: r.L.T("drawweb.joint.any"), Selected: any}}
}

// looks names the appearances that make sense for the kind.
func (v asking) looks() string {
	switch v.q.Kind {
	case survey.Text, survey.Image:
		return string(v.q.Kind)
	case survey.SelectOne:
		return "select"
	}
	return "other"
}

func languageHelp(r *web.Request, i int) string {
	if i == 0 {
		return r.L.T("drawweb.language_help")
	}
	return ""
}
