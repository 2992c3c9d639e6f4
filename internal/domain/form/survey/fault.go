package survey

import (
	"slices"

	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/errs"
)

// Fault is something wrong with a form, at its place in the workbook. A warning does not keep the form from being used.
type Fault struct {
	Sheet   string // survey, choices, settings, entities
	Row     int    // as Excel counts; 0 for the sheet as a whole
	Field   string // the column by its XLSForm name, where it is one column's
	Column  string // the same by its letters in the file
	Warning bool
	errs.Problem
}

// Faults gathers what is wrong with a form.
type Faults struct{ all []Fault }

// Add notes an error.
func (f *Faults) Add(sheet string, row int, field, key string, args errs.Args) {
	f.all = append(f.all, Fault{Sheet: sheet, Row: row, Field: field, Problem: errs.Problem{Key: key, Args: args}})
}

// Warn notes a warning.
func (f *Faults) Warn(sheet string, row int, field, key string, args errs.Args) {
	f.all = append(f.all, Fault{Sheet: sheet, Row: row, Field: field, Warning: true, Problem: errs.Problem{Key: key, Args: args}})
}

// Expression notes what is wrong inside an expression.
func (f *Faults) Expression(sheet string, row int, field string, wrong *xpath.Fault) {
	f.all = append(f.all, Fault{Sheet: sheet, Row: row, Field: field, Warning: wrong.Warning, Problem: wrong.Problem})
}

// Found gives all faults in the order of the workbook.
func (f *Faults) Found() []Fault {
	sheets := []string{"", "survey", "choices", "external_choices", "settings", "entities"}
	slices.SortStableFunc(f.all, func(a, b Fault) int {
		if a.Sheet != b.Sheet {
			return slices.Index(sheets, a.Sheet) - slices.Index(sheets, b.Sheet)
		}
		return a.Row - b.Row
	})
	return f.all
}

// Failed tells whether a form cannot be used: whether there is a fault that is no warning.
func Failed(all []Fault) bool {
	return slices.ContainsFunc(all, func(f Fault) bool { return !f.Warning })
}
