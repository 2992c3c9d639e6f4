package survey

import (
	"maps"

	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/authz"
)

// Sent is a form as a phone gets it: ready for JSON, with every expression read (xpath.Encode). It has what is needed for
// filling in and nothing of how the form was made.
type Sent struct {
	ID        string              `json:"id"`
	Title     string              `json:"title"`
	Version   string              `json:"version"`
	Languages []SentLanguage      `json:"languages"`
	Style     string              `json:"style,omitempty"`
	Questions []SentQuestion      `json:"questions"`
	Lists     map[string]SentList `json:"lists"`
	Order     []int               `json:"order"`
	Uses      [][]int             `json:"uses"`
	Entity    *SentEntity         `json:"entity,omitempty"`
}

// SentEntity is the record that the form makes or changes.
type SentEntity struct {
	Dataset  string `json:"dataset"`
	Label    any    `json:"label,omitempty"`
	ID       any    `json:"entity_id,omitempty"`
	CreateIf any    `json:"create_if,omitempty"`
	UpdateIf any    `json:"update_if,omitempty"`
}

// SentLanguage is one language of a form.
type SentLanguage struct {
	Name string `json:"name"`
	Code string `json:"code"`
}

// SentQuestion is one question. What it does not have is left out.
type SentQuestion struct {
	Name              string            `json:"name"`
	Kind              Kind              `json:"kind"`
	Up                int               `json:"up"`
	Below             []int             `json:"below,omitempty"`
	Label             Texts             `json:"label,omitempty"`
	Hint              Texts             `json:"hint,omitempty"`
	Guidance          Texts             `json:"guidance,omitempty"`
	ConstraintMessage Texts             `json:"constraint_message,omitempty"`
	RequiredMessage   Texts             `json:"required_message,omitempty"`
	Media             map[string]Texts  `json:"media,omitempty"`
	Relevant          any               `json:"relevant,omitempty"`
	Constraint        any               `json:"constraint,omitempty"`
	Required          any               `json:"required,omitempty"`
	ReadOnly          any               `json:"readonly,omitempty"`
	Calculate         any               `json:"calculate,omitempty"`
	ChoiceFilter      any               `json:"choice_filter,omitempty"`
	RepeatCount       any               `json:"repeat_count,omitempty"`
	Default           any               `json:"default,omitempty"`
	DefaultText       string            `json:"default_text,omitempty"`
	Triggers          []string          `json:"triggers,omitempty"`
	List              string            `json:"list,omitempty"`
	FromFile          bool              `json:"from_file,omitempty"`
	Appearance        []string          `json:"appearance,omitempty"`
	Parameters        map[string]string `json:"parameters,omitempty"`
	SaveTo            string            `json:"save_to,omitempty"`
}

// SentList is the choices of a list, column by column name.
type SentList struct {
	Columns []string   `json:"columns,omitempty"`
	Items   []SentItem `json:"items"`
}

// SentItem is one choice.
type SentItem struct {
	Value string           `json:"value"`
	Label Texts            `json:"label,omitempty"`
	Media map[string]Texts `json:"media,omitempty"`
	Cells []string         `json:"cells,omitempty"`
}

// Send gives a linked form as a phone gets it, with tables that lie in files under the names by which formulas call them.
func Send(f *Form, tables map[string]*List) Sent {
	s := Sent{ID: f.ID, Title: f.Title, Version: f.Version, Style: f.Style, Lists: map[string]SentList{}, Order: f.Order, Uses: f.Uses}
	if e := f.Entity; e != nil {
		s.Entity = &SentEntity{Dataset: e.Dataset, Label: encode(e.Label), ID: encode(e.ID), CreateIf: encode(e.CreateIf), UpdateIf: encode(e.UpdateIf)}
	}
	for _, l := range f.Languages {
		s.Languages = append(s.Languages, SentLanguage(l))
	}
	for _, q := range f.Questions {
		saveTo := q.SaveTo
		if q.Class >= authz.Sealed { // what is sealed stays with its answer
			saveTo = ""
		}
		s.Questions = append(s.Questions, SentQuestion{
			Name: q.Name, Kind: q.Kind, Up: q.Up, Below: q.Below, Label: q.Label, Hint: q.Hint, Guidance: q.Guidance,
			ConstraintMessage: q.ConstraintMessage, RequiredMessage: q.RequiredMessage, Media: q.Media,
			Relevant: encode(q.Relevant), Constraint: encode(q.Constraint), Required: encode(q.Required), ReadOnly: encode(q.ReadOnly),
			Calculate: encode(q.Calculate), ChoiceFilter: encode(q.ChoiceFilter), RepeatCount: encode(q.RepeatCount), Default: encode(q.Default),
			DefaultText: q.DefaultText, Triggers: q.Triggers, List: q.List, FromFile: q.FromFile,
			Appearance: q.Appearance, Parameters: q.Parameters, SaveTo: saveTo,
		})
	}
	lists := map[string]*List{}
	maps.Copy(lists, tables)
	for _, l := range f.Lists {
		lists[l.Name] = l
	}
	for name, l := range lists {
		one := SentList{Columns: l.Columns, Items: make([]SentItem, 0, len(l.Items))}
		for _, i := range l.Items {
			one.Items = append(one.Items, SentItem{i.Value, i.Label, i.Media, i.Cells})
		}
		s.Lists[name] = one
	}
	return s
}

// encode gives nil, which is left out, for an expression that is not there.
func encode(x *Formula) any {
	if x == nil || x.X == nil {
		return nil
	}
	return xpath.Encode(x.X)
}
