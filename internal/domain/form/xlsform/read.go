package xlsform

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sheet"
)

// Read reads a form from a file and says what is wrong with it. A form with an error among the faults must not be used.
// The error is a file that cannot be read at all. Name is what the file is called, where the path does not say it.
func Read(path, name string) (*survey.Form, []survey.Fault, error) {
	tables, notes, err := open(path)
	if err != nil {
		return nil, nil, err
	}
	root := &survey.Question{Up: -1, Kind: survey.Group, Name: "data"}
	r := reader{form: &survey.Form{Questions: []*survey.Question{root}, Settings: map[string]string{}}, sheets: map[string]*table{}, letters: map[string]map[string]string{}}
	for _, n := range notes {
		r.wrong.Warn("", 0, "", n.Key, n.Args)
	}
	r.name(tables)
	if name == "" {
		name = filepath.Base(path)
	}
	if r.settings(strings.TrimSuffix(name, filepath.Ext(name))); r.sheets["survey"] == nil {
		r.noSurvey(tables)
		return r.form, r.faults(), nil
	}
	r.findLanguages()
	r.choices("choices")
	r.choices("external_choices")
	r.survey()
	r.entities()
	r.languages()
	survey.Link(r.form, &r.wrong) // also where something is wrong already, so that all is told at once
	return r.form, r.faults(), nil
}

type reader struct {
	form    *survey.Form
	wrong   survey.Faults
	sheets  map[string]*table
	letters map[string]map[string]string // by sheet and field: the column's letters, for faults found later

	languageAt map[string]int // by the name in small letters
}

// name finds out which table is which sheet.
func (r *reader) name(tables []*table) {
	for _, t := range tables {
		name := known(t.name)
		if name == "" || len(t.rows) == 0 {
			continue
		}
		if r.sheets[name] != nil {
			r.wrong.Add(name, 0, "", "xlsform.sheet_twice", errs.Args{"name": name})
			continue
		}
		r.sheets[name] = t
	}
	for _, t := range tables { // a name with _ before it says that the sheet is meant to be left out
		near := xpath.Nearest(t.name, []string{"choices", "external_choices", "settings", "entities"})
		if near != "" && known(t.name) == "" && r.sheets[near] == nil && !strings.HasPrefix(t.name, "_") {
			r.wrong.Warn("", 0, "", "xlsform.sheet_near", errs.Args{"name": t.name, "near": near})
		}
	}
}

func (r *reader) noSurvey(tables []*table) {
	for _, t := range tables {
		if near := xpath.Nearest(t.name, []string{"survey"}); near != "" {
			r.wrong.Add("", 0, "", "xlsform.no_survey_near", errs.Args{"name": t.name})
			return
		}
	}
	r.wrong.Add("", 0, "", "xlsform.no_survey", nil)
}

// faults gives all faults with the letters of their columns.
func (r *reader) faults() []survey.Fault {
	all := r.wrong.Found()
	for i := range all {
		f := &all[i]
		if f.Column = r.letters[f.Sheet][f.Field]; f.Column == "" && isLetters(f.Field) {
			f.Column, f.Field = f.Field, ""
		}
	}
	return all
}

var lettersOnly = regexp.MustCompile(`^[A-Z]{1,3}$`)

func isLetters(s string) bool { return lettersOnly.MatchString(s) }

// columns reads the header of a sheet and remembers where its fields stand.
func (r *reader) columns(name string, fields map[string]bool) []column {
	all := parseHeader(r.sheets[name], fields, &r.wrong)
	r.letters[name] = map[string]string{}
	for _, c := range all {
		if r.letters[name][c.field] == "" {
			r.letters[name][c.field] = sheet.ColumnName(c.at)
		}
	}
	return all
}

func set(names ...string) map[string]bool {
	all := map[string]bool{}
	for _, n := range names {
		all[n] = true
	}
	return all
}

var surveyFields = set("type", "name", "label", "hint", "guidance_hint", "image", "big-image", "audio", "video", "autoplay", "relevant", "constraint",
	"constraint_message", "required", "required_message", "readonly", "calculation", "default", "trigger", "appearance", "parameters",
	"choice_filter", "repeat_count", "save_to", "disabled", "note", "intent", "no_app_error_string", "list_name", "accuracythreshold",
	"zd_class", "zd_retention", "zd_indicator", "zd_bank")

// keptFields mean something to other tools only; they are kept for writing out, as are columns that nobody knows.
var keptFields = set("autoplay", "intent", "note", "no_app_error_string", "accuracythreshold")

// survey reads the questions.
func (r *reader) survey() {
	columns := r.columns("survey", surveyFields)
	if r.letters["survey"]["type"] == "" {
		r.wrong.Add("survey", r.sheets["survey"].header().Number, "", "xlsform.no_column", errs.Args{"name": "type", "sheet": "survey"})
		return
	}
	root := r.form.Questions[0]
	around := []*survey.Question{root} // the groups and repeats that hold the row
	var others []*survey.Question      // those that offer "other"
	for _, row := range r.sheets["survey"].rows[1:] {
		l := line{row, columns}
		text := l.text("type")
		if yes(l.text("disabled")) {
			continue
		}
		if text == "" {
			if l.text("name") != "" || r.texts(l, "label").Any() {
				r.wrong.Add("survey", row.Number, "type", "xlsform.no_type", nil)
			}
			continue
		}
		if word := strings.ReplaceAll(plainName(text), "_", " "); word == "end loop" {
			continue // its begin is refused
		}
		t, ok := parseType(text)
		switch {
		case !ok:
			r.badType(row.Number, text)
			t = rowKind{kind: survey.Hidden} // its name is there for those who refer to it
		case retired[plainName(text)]:
			r.wrong.Warn("survey", row.Number, "type", "xlsform.type_retired", errs.Args{"text": text})
		}
		if t.end {
			around = r.close(around, t, l)
			continue
		}
		q := r.question(t, l)
		r.add(around[len(around)-1], q)
		if t.begin {
			around = append(around, q)
		}
		if t.other && r.offersOther(q) {
			others = append(others, q)
			r.add(around[len(around)-1], r.specified(q))
		}
	}
	r.others(others)
	for _, left := range around[1:] {
		r.wrong.Add("survey", left.Row, "type", "xlsform.not_closed", errs.Args{"name": left.Name, "kind": string(left.Kind)})
	}
	r.siblings()
}

// add puts a question behind those of a group.
func (r *reader) add(holder, q *survey.Question) {
	q.Place, q.Up = len(r.form.Questions), holder.Place
	holder.Below = append(holder.Below, q.Place)
	r.form.Questions = append(r.form.Questions, q)
}

// loopOver is a group that other tools copy for each choice of a list.
var loopOver = regexp.MustCompile(`(?i)^begin[ _]loop over `)

func (r *reader) badType(row int, text string) {
	words := strings.Fields(text)
	if strings.HasPrefix(strings.ToLower(text), "select") || strings.ToLower(words[0]) == "rank" {
		r.wrong.Add("survey", row, "type", "xlsform.no_list_name", errs.Args{"text": text})
		return
	}
	if unsupported[strings.ToLower(words[0])] || loopOver.MatchString(text) {
		r.wrong.Add("survey", row, "type", "xlsform.type_unsupported", errs.Args{"text": text})
		return
	}
	var names []string
	for _, k := range survey.Kinds() {
		names = append(names, string(k))
	}
	if near := xpath.Nearest(text, append(names, "begin group", "end group", "begin repeat", "end repeat", "begin_group", "end_group", "begin_repeat", "end_repeat")); near != "" {
		r.wrong.Add("survey", row, "type", "xlsform.type_near", errs.Args{"text": text, "near": near})
		return
	}
	r.wrong.Add("survey", row, "type", "xlsform.type_unknown", errs.Args{"text": text})
}

// close ends the innermost group or repeat, which must be the one that the row means.
func (r *reader) close(around []*survey.Question, t rowKind, l line) []*survey.Question {
	last := around[len(around)-1]
	if len(around) == 1 {
		r.wrong.Add("survey", l.row.Number, "type", "xlsform.not_open", errs.Args{"kind": string(t.kind)})
		return around
	}
	if last.Kind != t.kind {
		r.wrong.Add("survey", l.row.Number, "type", "xlsform.closes_other", errs.Args{"kind": string(t.kind), "open": string(last.Kind), "name": last.Name, "row": last.Row})
	}
	return around[:len(around)-1]
}

// question reads one row.
func (r *reader) question(t rowKind, l line) *survey.Question {
	q := &survey.Question{
		Row: l.row.Number, Name: l.text("name"), Kind: t.kind, List: t.list, FromFile: t.file,
		Label: r.texts(l, "label"), Hint: r.texts(l, "hint"), Guidance: r.texts(l, "guidance_hint"),
		ConstraintMessage: r.texts(l, "constraint_message"), RequiredMessage: r.texts(l, "required_message"), Media: r.media(l),
		Relevant: l.formula("relevant"), Constraint: l.formula("constraint"), Calculate: l.formula("calculation"),
		ChoiceFilter: l.formula("choice_filter"), RepeatCount: l.formula("repeat_count"),
		Required: condition(l.formula("required")), ReadOnly: condition(l.formula("readonly")),
		Appearance: strings.Fields(l.text("appearance")), SaveTo: l.text("save_to"), Indicator: l.text("zd_indicator"), Bank: l.text("zd_bank"),
	}
	r.startValue(q, l.text("default"))
	for one := range strings.FieldsFuncSeq(l.text("trigger"), func(c rune) bool { return c == ',' || c == ' ' }) {
		name := referred(one)
		if name == "" {
			r.wrong.Add("survey", q.Row, "trigger", "xlsform.trigger_reference", errs.Args{"text": one, "ref": "${name}"})
			continue
		}
		q.Triggers = append(q.Triggers, name)
	}
	r.parameters(q, l.text("parameters"))
	r.extensions(q, l)
	r.unseen(q)
	r.checkName(q)
	r.checkRow(q)
	for _, c := range l.columns {
		if text := l.row.Text(c.at); text != "" && (!surveyFields[c.field] && c.lang == "" || keptFields[c.field]) {
			if q.Further == nil {
				q.Further = map[string]string{}
			}
			q.Further[c.title] = text
		}
	}
	return q
}

// unseen makes a calculation of a question that is worked out and has nothing to be asked by: nobody ever sees it.
func (r *reader) unseen(q *survey.Question) {
	worked := q.Calculate != nil || len(q.Triggers) > 0
	if worked && q.Kind.Asked() && q.Kind != survey.Note && !q.Label.Any() && !q.Hint.Any() && q.Media == nil {
		q.Kind, q.List, q.FromFile, q.ChoiceFilter = survey.Calculate, "", false, nil
	}
}

// startValue tells a plain default from one that is worked out.
func (r *reader) startValue(q *survey.Question, text string) {
	if text == "" {
		return
	}
	q.DefaultText = text
	straightened := straight.Replace(text)
	x, fault := xpath.Parse(straightened)
	if fault != nil {
		return
	}
	worked := false
	xpath.Walk(x, func(part xpath.Expr) {
		switch part := part.(type) {
		case *xpath.Ref, *xpath.Call:
			worked = true
		case *xpath.Binary:
			dashes := part.Op == xpath.Minus && (q.Kind == survey.Date || q.Kind == survey.DateTime || q.Kind == survey.Time || q.Kind.IsGeo() || q.Kind.Chooses())
			worked = worked || part.Op >= xpath.Plus && !dashes
		}
	})
	if worked {
		q.Default, q.DefaultText = &survey.Formula{Text: straightened}, ""
	}
}

// condition reads a column that may say yes or no, or when.
func condition(x *survey.Formula) *survey.Formula {
	switch {
	case x == nil || no(x.Text):
		return nil
	case yes(x.Text):
		return &survey.Formula{Text: "true()"}
	}
	return x
}

func yes(text string) bool {
	switch strings.ToLower(text) {
	case "yes", "true", "true()", "是", "1":
		return true
	}
	return false
}

func no(text string) bool {
	switch strings.ToLower(text) {
	case "no", "false", "false()", "否", "0":
		return true
	}
	return false
}

// maxKey is how long the name of a question in the bank may be.
const maxKey = 40

// extensions reads our own columns.
func (r *reader) extensions(q *survey.Question, l line) {
	if text := l.text("zd_class"); text != "" {
		class, ok := classes[strings.ToLower(text)]
		if !ok {
			r.wrong.Add("survey", q.Row, "zd_class", "xlsform.bad_class", errs.Args{"text": text})
		}
		q.Class = class
	}
	if text := l.text("zd_retention"); text != "" {
		days, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(strings.TrimSuffix(text, "天")), "d"))
		if err != nil || days < 1 || days > 36_500 {
			r.wrong.Add("survey", q.Row, "zd_retention", "xlsform.bad_retention", errs.Args{"text": text})
		}
		q.KeepDays = days
	}
	if utf8.RuneCountInString(q.Bank) > maxKey {
		r.wrong.Add("survey", q.Row, "zd_bank", "xlsform.bad_bank", errs.Args{"max": maxKey})
	}
}

// classes are the names of field classes in the column zd_class.
var classes = map[string]authz.Class{
	"open": authz.Open, "personal": authz.Personal, "sensitive": authz.Sensitive, "sealed": authz.Sealed,
	"公开": authz.Open, "个人": authz.Personal, "敏感": authz.Sensitive, "密封": authz.Sealed,
}
