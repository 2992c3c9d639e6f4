// Package survey is what a form asks: its questions in groups and repeats, their texts in every language, the choices they
// offer and the rules they follow. Forms come as XLSForm workbooks; the names here are those of its columns.
package survey

import (
	"strings"

	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/authz"
)

// Form is one version of a form.
type Form struct {
	ID, Title, Version string
	Languages          []Language // the first is shown where nobody has chosen; one without a name where there are none
	Questions          []*Question
	Lists              []*List
	Entity             *Entity
	InstanceName       *Formula          // names a record in lists
	Style              string            // of the pages: "pages", "theme-grid" and the like
	Order              []int             // places in the order in which formulas are worked out, set by Link
	Uses               [][]int           // by place: the questions whose formulas look at it, set by Link
	AllowDuplicates    bool              // choices of a list may share a value
	Settings           map[string]string // further settings, kept for writing out
}

// Language is one language of a form, as its columns name it: "中文 (zh)".
type Language struct {
	Name string
	Code string // what stands in the brackets, or nothing
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

// Question is one row of the survey: a question, a note, a calculation, a group or a repeat. The first of a form is the
// form itself, which holds all others.
type Question struct {
	Place, Up int   // its index among all, and the index of the group or repeat that holds it; the form's Up is -1
	Below     []int // of a group or repeat
	Row       int   // in the sheet, as Excel counts; 0 where it came from no sheet

	Name string
	Kind Kind

	Label, Hint, Guidance, ConstraintMessage, RequiredMessage Texts
	Media                                                     map[string]Texts // file names by image, big-image, audio, video

	Relevant, Constraint, Required, ReadOnly, Calculate, ChoiceFilter, RepeatCount *Formula
	Default                                                                        *Formula // worked out when the record or the repeat begins
	DefaultText                                                                    string   // or a plain value
	Triggers                                                                       []string // questions whose change works Calculate out, and nothing else does

	List       string // of choices, or the file they lie in
	FromFile   bool
	Other      bool // offers "other" with a text of its own
	Appearance []string
	Parameters map[string]string
	SaveTo     string // property of the entity

	Class     authz.Class       // who may see the answers: our column zd_class
	KeepDays  int               // how long answers are kept after the form has closed, 0 as long as the form says: zd_retention
	Indicator string            // the measure that counts the answers: zd_indicator
	Further   map[string]string // columns kept for writing out
}

// List is the choices of one or several questions.
type List struct {
	Name    string
	Columns []string // what choice filters may ask, in the order of the sheet
	Items   []Item
}

// Item is one choice.
type Item struct {
	Value string
	Label Texts
	Media map[string]Texts
	Cells []string // by the list's columns
	Row   int
}

// Entity is the record that a form creates or changes beside its answers.
type Entity struct {
	Dataset                       string
	Label, ID, CreateIf, UpdateIf *Formula
	Row                           int
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
