package xlsform

import (
	"strings"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/errs"
)

var entityFields = set("list_name", "label", "entity_id", "create_if", "update_if", "repeat")

// entities reads which record a form makes or changes beside its answers.
func (r *reader) entities() {
	t := r.sheets["entities"]
	if t == nil || len(t.rows) < 2 {
		r.unsaved()
		return
	}
	l := line{t.rows[1], r.columns("entities", entityFields)}
	e := &survey.Entity{
		Dataset: l.text("list_name"), Label: l.formula("label"), ID: l.formula("entity_id"),
		CreateIf: stated(l.formula("create_if")), UpdateIf: stated(l.formula("update_if")), Row: l.row.Number,
	}
	if len(t.rows) > 2 { // the second would be lost
		r.wrong.Add("entities", t.rows[2].Number, "", "xlsform.entity_one", nil)
	}
	if e.Dataset == "" {
		r.wrong.Add("entities", e.Row, "list_name", "xlsform.entity_list", nil)
		return
	}
	if !xpath.IsName(e.Dataset) || strings.HasPrefix(e.Dataset, "__") || strings.Contains(e.Dataset, ".") {
		r.wrong.Add("entities", e.Row, "list_name", "xlsform.entity_name", errs.Args{"name": e.Dataset})
	}
	if l.text("repeat") != "" { // a record for each repeat is another thing than one record
		r.wrong.Add("entities", e.Row, "repeat", "xlsform.entity_repeat", nil)
	}
	switch {
	case e.ID == nil && e.UpdateIf != nil:
		r.wrong.Add("entities", e.Row, "entity_id", "xlsform.entity_id", nil)
	case e.ID == nil && e.Label == nil:
		r.wrong.Add("entities", e.Row, "label", "xlsform.entity_label", nil)
	case e.ID != nil && e.CreateIf != nil && e.UpdateIf == nil:
		r.wrong.Add("entities", e.Row, "update_if", "xlsform.entity_update", nil)
	}
	r.form.Entity = e
	for _, q := range r.form.Questions[1:] {
		r.saved(q)
	}
}

// unsaved finds questions that are to be saved to a record where the form has none.
func (r *reader) unsaved() {
	for _, q := range r.form.Questions[1:] {
		if q.SaveTo != "" {
			r.wrong.Add("survey", q.Row, "save_to", "xlsform.save_without_entity", nil)
			return
		}
	}
}

// saved holds a question's property against what properties may be.
func (r *reader) saved(q *survey.Question) {
	low := strings.ToLower(q.SaveTo)
	switch {
	case q.SaveTo == "":
	case q.Kind.IsGroup() || !q.Kind.Holds():
		r.wrong.Add("survey", q.Row, "save_to", "xlsform.save_to", errs.Args{"name": q.Name})
	case low == "name" || low == "label" || strings.HasPrefix(low, "__"):
		r.wrong.Add("survey", q.Row, "save_to", "xlsform.reserved", errs.Args{"name": q.SaveTo})
	case !xpath.IsName(q.SaveTo):
		r.wrong.Add("survey", q.Row, "save_to", "xlsform.bad_name", errs.Args{"name": q.SaveTo})
	case len(r.form.Repeats(q.Place)) > 0: // several answers, one record: the first speaks
		r.wrong.Warn("survey", q.Row, "save_to", "xlsform.save_in_repeat", errs.Args{"name": q.Name})
	}
}

// stated keeps an expression as it is; yes and no are read as true() and false().
func stated(x *survey.Formula) *survey.Formula {
	switch {
	case x == nil:
		return nil
	case yes(x.Text):
		return &survey.Formula{Text: "true()"}
	case no(x.Text):
		return &survey.Formula{Text: "false()"}
	}
	return x
}
