// Package survey is what a form asks: its questions in groups and repeats, their texts in every language, the choices they
// offer and the rules they follow. Forms come as XLSForm workbooks; the names here are those of its columns.
package survey

import (
	"maps"
	"strings"

	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/authz"
)

// Form is one version of a form. As JSON it is what the city keeps of it: the words of its formulas, read again by Link.
type Form struct {
	ID              string            `json:"id"`
	Title           string            `json:"title"`
	Version         string            `json:"version,omitempty"`
	Languages       []Language        `json:"languages"` // the first is shown where nobody has chosen; one without a name where there are none
	Questions       []*Question       `json:"questions"`
	Lists           []*List           `json:"lists,omitempty"`
	Entity          *Entity           `json:"entity,omitempty"`
	InstanceName    *Formula          `json:"instance_name,omitempty"` // names a record in lists
	Style           string            `json:"style,omitempty"`         // of the pages: "pages", "theme-grid" and the like
	AllowDuplicates bool              `json:"allow_duplicates,omitempty"`
	Settings        map[string]string `json:"settings,omitempty"` // further settings, kept for writing out

	Unnamed bool `json:"-"` // the workbook names no form_id, so that ID is what its file is called

	Order []int   `json:"-"` // places in the order in which formulas are worked out, set by Link
	Uses  [][]int `json:"-"` // by place: the questions whose formulas look at it, set by Link
	Waits [][]int `json:"-"` // by place: the questions that are worked out when its answer changes, set by Link
}

// Language is one language of a form, as its columns name it: "中文 (zh)".
type Language struct {
	Name string `json:"name"`
	Code string `json:"code,omitempty"` // what stands in the brackets, or nothing
}

// Texts is a text in the languages of its form, in their order; missing ones are empty or not there.
type Texts []string

// In gives the text in a language, or in the first that has one.
func (t Texts) In(language int) string {
	if language < len(t) && t[language] != "" {
		return t[language]
	}
	for _, text := range t {
		if text != "" {
			return text
		}
	}
	return ""
}

// Any tells whether there is a text in any language.
func (t Texts) Any() bool { return t.In(0) != "" }

// Formula is an expression with the words in which it was written.
type Formula struct {
	Text string
	X    xpath.Expr
}

// MarshalText gives the words.
func (f *Formula) MarshalText() ([]byte, error) { return []byte(f.Text), nil }

// UnmarshalText takes the words; Link reads them.
func (f *Formula) UnmarshalText(words []byte) error {
	f.Text = string(words)
	return nil
}

// Question is one row of the survey: a question, a note, a calculation, a group or a repeat. The first of a form is the
// form itself, which holds all others.
type Question struct {
	Place int   `json:"place"` // its index among all
	Up    int   `json:"up"`    // the index of the group or repeat that holds it; -1 of the form itself
	Below []int `json:"below,omitempty"`
	Row   int   `json:"row,omitempty"` // in the sheet, as Excel counts; 0 where it came from no sheet

	Name string `json:"name"`
	Kind Kind   `json:"kind"`

	Label             Texts            `json:"label,omitempty"`
	Hint              Texts            `json:"hint,omitempty"`
	Guidance          Texts            `json:"guidance,omitempty"`
	ConstraintMessage Texts            `json:"constraint_message,omitempty"`
	RequiredMessage   Texts            `json:"required_message,omitempty"`
	Media             map[string]Texts `json:"media,omitempty"` // file names by image, big-image, audio, video

	Relevant     *Formula `json:"relevant,omitempty"`
	Constraint   *Formula `json:"constraint,omitempty"`
	Required     *Formula `json:"required,omitempty"`
	ReadOnly     *Formula `json:"readonly,omitempty"`
	Calculate    *Formula `json:"calculate,omitempty"`
	ChoiceFilter *Formula `json:"choice_filter,omitempty"`
	RepeatCount  *Formula `json:"repeat_count,omitempty"`
	Default      *Formula `json:"default,omitempty"`      // worked out when the record or the repeat begins
	DefaultText  string   `json:"default_text,omitempty"` // or a plain value
	Triggers     []string `json:"triggers,omitempty"`     // questions whose change works Calculate out, and nothing else does

	List       string            `json:"list,omitempty"` // of choices, or the file they lie in
	FromFile   bool              `json:"from_file,omitempty"`
	Appearance []string          `json:"appearance,omitempty"`
	Parameters map[string]string `json:"parameters,omitempty"`
	SaveTo     string            `json:"save_to,omitempty"` // property of the entity

	Class     authz.Class       `json:"class,omitempty"`     // who may see the answers: our column zd_class
	KeepDays  int               `json:"keep_days,omitempty"` // how long answers are kept after the form has closed, 0 as long as the form says: zd_retention
	Indicator string            `json:"indicator,omitempty"` // the measure that counts the answers: zd_indicator
	Bank      string            `json:"bank,omitempty"`      // the question of the bank that it is, so that studies compare: zd_bank
	Further   map[string]string `json:"further,omitempty"`   // columns kept for writing out
}

// List is the choices of one or several questions.
type List struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns,omitempty"` // what choice filters may ask, in the order of the sheet
	Items   []Item   `json:"items"`
}

// Item is one choice.
type Item struct {
	Value string           `json:"value"`
	Label Texts            `json:"label,omitempty"`
	Media map[string]Texts `json:"media,omitempty"`
	Cells []string         `json:"cells,omitempty"` // by the list's columns
	Row   int              `json:"row,omitempty"`
}

// Entity is the record that a form creates or changes beside its answers.
type Entity struct {
	Dataset  string   `json:"dataset"`
	Label    *Formula `json:"label,omitempty"`
	ID       *Formula `json:"entity_id,omitempty"`
	CreateIf *Formula `json:"create_if,omitempty"`
	UpdateIf *Formula `json:"update_if,omitempty"`
	Row      int      `json:"row,omitempty"`
}

// Find gives the list of a name.
func (f *Form) Find(list string) *List {
	for _, l := range f.Lists {
		if l.Name == list {
			return l
		}
	}
	return nil
}

// Has tells whether an appearance is asked for.
func (q *Question) Has(appearance string) bool {
	for _, a := range q.Appearance {
		if strings.EqualFold(a, appearance) {
			return true
		}
	}
	return false
}

// Under tells whether a question lies in a group or repeat, at any depth.
func (f *Form) Under(place, holder int) bool {
	for at := place; at >= 0; at = f.Questions[at].Up {
		if at == holder {
			return true
		}
	}
	return false
}

// Repeats gives the repeats that hold a question, the outermost first.
func (f *Form) Repeats(place int) (all []int) {
	for at := f.Questions[place].Up; at >= 0; at = f.Questions[at].Up {
		if f.Questions[at].Kind == Repeat {
			all = append([]int{at}, all...)
		}
	}
	return all
}

// Path names a question by its groups: "household/members/age".
func (f *Form) Path(place int) string {
	q := f.Questions[place]
	if q.Up <= 0 {
		return q.Name
	}
	return f.Path(q.Up) + "/" + q.Name
}

// Texts gives all that is said of a question, by the XLSForm name of the column, without what is empty.
func (q *Question) Texts() map[string]Texts {
	all := map[string]Texts{}
	for field, t := range map[string]Texts{
		"label": q.Label, "hint": q.Hint, "guidance_hint": q.Guidance,
		"constraint_message": q.ConstraintMessage, "required_message": q.RequiredMessage,
	} {
		if t.Any() {
			all[field] = t
		}
	}
	maps.Copy(all, q.Media)
	return all
}
