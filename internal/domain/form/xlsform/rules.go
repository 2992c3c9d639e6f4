package xlsform

import (
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/errs"
)

// checkName holds a question's name against what names may be. A note without one is given one, since nobody refers to it.
func (r *reader) checkName(q *survey.Question) {
	switch {
	case q.Name == "" && q.Kind == survey.Note:
		q.Name = "note_" + strconv.Itoa(q.Row)
	case q.Name == "" && q.Kind == survey.Audit:
		q.Name = "audit"
	case q.Kind == survey.Audit && q.Name != "audit":
		r.wrong.Add("survey", q.Row, "name", "xlsform.audit_name", nil)
	case q.Name == "":
		r.wrong.Add("survey", q.Row, "name", "xlsform.no_name", nil)
	case !xpath.IsName(q.Name):
		r.wrong.Add("survey", q.Row, "name", "xlsform.bad_name", errs.Args{"name": q.Name})
	case len([]rune(q.Name)) > 128:
		r.wrong.Add("survey", q.Row, "name", "xlsform.long_name", errs.Args{"max": 128})
	case q.Name == "meta":
		r.wrong.Add("survey", q.Row, "name", "xlsform.reserved", errs.Args{"name": q.Name})
	}
}

// checkRow holds a row against what its kind asks for.
func (r *reader) checkRow(q *survey.Question) {
	switch {
	case q.Kind == survey.Calculate && q.Calculate == nil && q.Default == nil && len(q.Triggers) == 0:
		r.wrong.Add("survey", q.Row, "calculation", "xlsform.no_calculation", errs.Args{"name": q.Name})
	case q.Kind.Asked() && q.Label.In(0) == "" && !q.Hint.Any() && q.Media == nil:
		r.wrong.Add("survey", q.Row, "label", "xlsform.no_label", errs.Args{"name": q.Name})
	case q.Kind == survey.Repeat && !q.Label.Any(), q.Kind == survey.Group && !q.Label.Any() && !q.Has("field-list") && !q.Has("table-list"):
		r.wrong.Warn("survey", q.Row, "label", "xlsform.no_group_label", errs.Args{"name": q.Name})
	}
	if q.Media["big-image"].Any() && !q.Media["image"].Any() {
		r.wrong.Add("survey", q.Row, "big-image", "xlsform.big_image", nil)
	}
	if q.Kind == survey.BackgroundGeoPoint && (len(q.Triggers) == 0 || q.Calculate != nil) {
		r.wrong.Add("survey", q.Row, "trigger", "xlsform.background_geopoint", nil)
	}
	if slices.ContainsFunc(q.Appearance, func(a string) bool { return strings.HasPrefix(a, "search(") }) {
		r.wrong.Add("survey", q.Row, "appearance", "xlsform.search", nil)
	}
	if q.RepeatCount != nil && q.Kind != survey.Repeat {
		r.wrong.Warn("survey", q.Row, "repeat_count", "xlsform.count_without_repeat", nil)
		q.RepeatCount = nil
	}
	if q.ChoiceFilter != nil && !q.Kind.Chooses() {
		if q.Parameters["reference-geometry"] == "" {
			r.wrong.Warn("survey", q.Row, "choice_filter", "xlsform.filter_without_choices", nil)
		}
		q.ChoiceFilter = nil
	}
	if q.Kind.Chooses() {
		r.checkList(q)
	}
	if q.Constraint == nil && q.ConstraintMessage.Any() {
		r.wrong.Warn("survey", q.Row, "constraint_message", "xlsform.message_without_rule", nil)
	}
}

// checkList holds the list that a question asks for against those there are.
func (r *reader) checkList(q *survey.Question) {
	if q.FromFile {
		if !strings.HasSuffix(q.List, ".csv") && !strings.HasSuffix(q.List, ".xml") && !strings.HasSuffix(q.List, ".geojson") {
			r.wrong.Add("survey", q.Row, "type", "xlsform.file_type", errs.Args{"text": q.List})
		}
		return
	}
	if strings.HasPrefix(q.List, "${") { // the answers of a repeat are the choices
		r.wrong.Add("survey", q.Row, "type", "xlsform.choices_from_repeat", errs.Args{"text": q.List})
		return
	}
	list := r.form.Find(q.List)
	if list == nil {
		var names []string
		for _, l := range r.form.Lists {
			names = append(names, l.Name)
		}
		switch near := xpath.Nearest(q.List, names); {
		case r.sheets["choices"] == nil && r.sheets["external_choices"] == nil:
			r.wrong.Add("survey", q.Row, "type", "xlsform.no_choices_sheet", nil)
		case near != "":
			r.wrong.Add("survey", q.Row, "type", "xlsform.list_near", errs.Args{"list": q.List, "near": near})
		default:
			r.wrong.Add("survey", q.Row, "type", "xlsform.no_list", errs.Args{"list": q.List})
		}
		return
	}
	if !q.Kind.Several() {
		return
	}
	for _, item := range list.Items {
		if strings.ContainsAny(item.Value, " \t\n") {
			r.wrong.Add("choices", item.Row, "name", "xlsform.blank_in_choice", errs.Args{"text": item.Value, "list": list.Name})
		}
	}
}

// siblings finds names that two rows of the same group share, in any case of letters, and those that two repeats share.
func (r *reader) siblings() {
	repeats := map[string]int{"data": 0} // what a form as a whole is called by all who know it
	for _, q := range r.form.Questions {
		if q.Kind == survey.Repeat {
			if _, twice := repeats[q.Name]; twice {
				r.wrong.Add("survey", q.Row, "name", "xlsform.repeat_twice", errs.Args{"name": q.Name})
			}
			repeats[q.Name] = q.Row
		}
		seen := map[string]*survey.Question{}
		for _, below := range q.Below {
			one := r.form.Questions[below]
			if one.Name == "" {
				continue
			}
			if other := seen[one.Name]; other != nil {
				r.wrong.Add("survey", one.Row, "name", "xlsform.name_twice", errs.Args{"name": one.Name, "row": other.Row})
				continue
			}
			seen[one.Name] = one
			for name, other := range seen {
				if name != one.Name && strings.EqualFold(name, one.Name) {
					r.wrong.Warn("survey", one.Row, "name", "xlsform.name_case", errs.Args{"name": one.Name, "other": name, "row": other.Row})
				}
			}
		}
	}
}
