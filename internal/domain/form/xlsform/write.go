package xlsform

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/authz"
)

// Write writes a form as a workbook that every XLSForm tool reads, and that Read reads as the same form.
func Write(w io.Writer, f *survey.Form) error {
	book := excelize.NewFile()
	defer book.Close()
	out := writer{form: f, book: book}
	out.survey()
	out.choices()
	out.settings()
	out.entity()
	if out.err != nil {
		return out.err
	}
	if err := book.DeleteSheet("Sheet1"); err != nil {
		return err
	}
	return book.Write(w)
}

type writer struct {
	form *survey.Form
	book *excelize.File
	err  error
}

// record is one row by its column titles.
type record map[string]string

// sheet writes rows under the columns that any of them uses, the usual ones in their usual order first.
func (w *writer) sheet(name string, usual []string, rows []record) {
	if w.err != nil {
		return
	}
	if _, w.err = w.book.NewSheet(name); w.err != nil {
		return
	}
	used := map[string]bool{}
	for _, r := range rows {
		for title, text := range r {
			used[title] = used[title] || text != ""
		}
	}
	var columns []string
	for _, title := range usual {
		if used[title] || title == "type" || title == "name" || title == "list_name" {
			columns = append(columns, title)
			delete(used, title)
		}
	}
	for _, title := range slices.Sorted(maps.Keys(used)) {
		if used[title] && !slices.Contains(columns, title) {
			columns = append(columns, title)
		}
	}
	w.row(name, 1, columns)
	for i, r := range rows {
		var cells []string
		for _, title := range columns {
			cells = append(cells, r[title])
		}
		w.row(name, i+2, cells)
	}
}

// row writes texts; whatever they look like they stay texts.
func (w *writer) row(name string, number int, cells []string) {
	for i, text := range cells {
		at, err := excelize.CoordinatesToCellName(i+1, number)
		if err == nil && text != "" {
			err = w.book.SetCellStr(name, at, text)
		}
		if err != nil && w.err == nil {
			w.err = err
		}
	}
}

// texts spreads a text over the columns of its languages.
func (w *writer) texts(r record, field string, t survey.Texts) {
	for i, text := range t {
		if i < len(w.form.Languages) && w.form.Languages[i].Name != "" {
			r[field+"::"+w.form.Languages[i].Name] = text
		} else {
			r[field] = text
		}
	}
}

func (w *writer) media(r record, all map[string]survey.Texts) {
	for field, t := range all {
		w.texts(r, "media::"+field, t)
	}
}

// titles are the columns of translated fields, language by language.
func (w *writer) titles(fields ...string) (all []string) {
	for _, f := range fields {
		if !translated[f] {
			all = append(all, f)
			continue
		}
		for _, l := range w.form.Languages {
			if l.Name == "" {
				all = append(all, f)
			} else {
				all = append(all, f+"::"+l.Name)
			}
		}
	}
	return all
}

func (w *writer) survey() {
	var rows []record
	var group func(place int)
	group = func(place int) {
		for _, below := range w.form.Questions[place].Below {
			q := w.form.Questions[below]
			rows = append(rows, w.question(q))
			if q.Kind.IsGroup() {
				group(below)
				rows = append(rows, record{"type": "end " + string(q.Kind)})
			}
		}
	}
	group(0)
	w.sheet("survey", w.titles("type", "name", "label", "hint", "guidance_hint", "required", "required_message", "relevant", "constraint",
		"constraint_message", "calculation", "default", "trigger", "readonly", "appearance", "parameters", "choice_filter", "repeat_count"), rows)
}

func (w *writer) question(q *survey.Question) record {
	r := record{
		"type": typeOf(q), "name": q.Name, "relevant": words(q.Relevant), "constraint": words(q.Constraint), "required": words(q.Required),
		"readonly": words(q.ReadOnly), "calculation": words(q.Calculate), "choice_filter": words(q.ChoiceFilter), "repeat_count": words(q.RepeatCount),
		"appearance": strings.Join(q.Appearance, " "), "save_to": q.SaveTo, "zd_indicator": q.Indicator, "zd_bank": q.Bank, "default": q.DefaultText,
	}
	if q.Default != nil {
		r["default"] = q.Default.Text
	}
	for i, t := range q.Triggers {
		if i > 0 {
			r["trigger"] += ", "
		}
		r["trigger"] += "${" + t + "}"
	}
	var parameters []string
	for _, name := range slices.Sorted(maps.Keys(q.Parameters)) {
		parameters = append(parameters, name+"="+quoted(q.Parameters[name]))
	}
	r["parameters"] = strings.Join(parameters, " ")
	if q.Class != authz.Open {
		r["zd_class"] = q.Class.String()
	}
	if q.KeepDays > 0 {
		r["zd_retention"] = strconv.Itoa(q.KeepDays)
	}
	w.texts(r, "label", q.Label)
	w.texts(r, "hint", q.Hint)
	w.texts(r, "guidance_hint", q.Guidance)
	w.texts(r, "constraint_message", q.ConstraintMessage)
	w.texts(r, "required_message", q.RequiredMessage)
	w.media(r, q.Media)
	maps.Copy(r, q.Further)
	return r
}

func quoted(text string) string {
	if strings.ContainsAny(text, " ,;") {
		return `"` + text + `"`
	}
	return text
}

// typeOf is what the type column says of a question.
func typeOf(q *survey.Question) string {
	switch {
	case q.Kind.IsGroup():
		return "begin " + string(q.Kind)
	case !q.Kind.Chooses():
		return string(q.Kind)
	}
	text := string(q.Kind)
	if q.FromFile {
		text += "_from_file"
	}
	return text + " " + q.List
}

func words(x *survey.Formula) string {
	if x == nil {
		return ""
	}
	return x.Text
}

func (w *writer) choices() {
	var rows []record
	var further []string
	for _, l := range w.form.Lists {
		for _, i := range l.Items {
			r := record{"list_name": l.Name, "name": i.Value}
			w.texts(r, "label", i.Label)
			w.media(r, i.Media)
			for c, title := range l.Columns {
				if c < len(i.Cells) {
					r[title] = i.Cells[c]
				}
				if !slices.Contains(further, title) {
					further = append(further, title)
				}
			}
			rows = append(rows, r)
		}
	}
	if len(rows) > 0 {
		w.sheet("choices", append(w.titles("list_name", "name", "label"), further...), rows)
	}
}

func (w *writer) settings() {
	f := w.form
	r := record{"form_title": f.Title, "form_id": f.ID, "version": f.Version, "style": f.Style, "instance_name": words(f.InstanceName)}
	if f.AllowDuplicates {
		r["allow_choice_duplicates"] = "yes"
	}
	if f.Languages[0].Name != "" {
		r["default_language"] = f.Languages[0].Name
	}
	maps.Copy(r, f.Settings)
	w.sheet("settings", []string{"form_title", "form_id", "version", "default_language", "instance_name"}, []record{r})
}

func (w *writer) entity() {
	e := w.form.Entity
	if e == nil {
		return
	}
	w.sheet("entities", []string{"list_name", "label", "entity_id", "create_if", "update_if"}, []record{{
		"list_name": e.Dataset, "label": words(e.Label), "entity_id": words(e.ID), "create_if": words(e.CreateIf), "update_if": words(e.UpdateIf),
	}})
}

// FileName is what a workbook of a form is called.
func FileName(f *survey.Form) string { return fmt.Sprintf("%s.xlsx", f.ID) }
