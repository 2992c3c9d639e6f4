// Package rulebook keeps the numbers of law: dated versions by jurisdiction and product, each number with its source and whether somebody
// has confirmed it, so that no rule stands in code and old cases keep old rules.
package rulebook

import (
	"cmp"
	"embed"
	"slices"
	"strings"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
)

// Messages holds the texts of this package's problems, one file for each language.
//
//go:embed messages
var Messages embed.FS

// Status says how far a number may be trusted.
type Status string

// A number of a public text is stated; one from hearsay is unverified until an officer has seen the source and confirms it.
const (
	Unverified Status = "unverified"
	Stated     Status = "stated"
	Confirmed  Status = "confirmed"
)

// Known tells whether s is a status.
func (s Status) Known() bool { return s == Unverified || s == Stated || s == Confirmed }

// Field is one number or word of a version.
type Field struct {
	Name   string  `json:"name"`
	Value  string  `json:"value"`
	From   day.Day `json:"from,omitzero"` // where it differs within the version: for what begins on this day or later
	Source string  `json:"source"`
	Status Status  `json:"status"`
}

// Version is one edition of a jurisdiction's rules for a product. Versions of the same product and area form a line, in which no two are in
// force on one day.
type Version struct {
	Key     string  `json:"key"`
	Product string  `json:"product"`
	Area    string  `json:"area"` // beginning of the division's code: nothing for the nation, 42, 4212
	Title   string  `json:"title"`
	From    day.Day `json:"from"`
	Until   day.Day `json:"until,omitzero"` // the last day, none while it is open
	Source  string  `json:"source"`
	Fields  []Field `json:"fields"` // none: the text is not known yet, and nobody guesses

	Conditions []Condition `json:"conditions,omitempty"`
	Cases      []Case      `json:"cases,omitempty"` // by which the conditions are tried before publication
}

// On tells whether the version is in force for what begins on a day.
func (v *Version) On(d day.Day) bool { return v.From <= d && (v.Until.IsZero() || d <= v.Until) }

// Field gives the value of a field for what begins on a day.
func (v *Version) Field(name string, on day.Day) (f Field, ok bool) {
	for _, x := range v.Fields {
		if x.Name == name && x.From <= on && (!ok || x.From >= f.From) {
			f, ok = x, true
		}
	}
	return f, ok
}

// Book is all versions of some products.
type Book []Version

// Check gives what is wrong with the book: days, statuses, fields twice, and versions of one line that overlap.
func (b Book) Check() error {
	var p errs.Problems
	keys := map[string]bool{}
	for i := range b {
		v := &b[i]
		p.Require(v.Key != "" && !keys[v.Product+"\x00"+v.Key], v.Key, "rulebook.key_twice", errs.Args{"key": v.Key})
		keys[v.Product+"\x00"+v.Key] = true
		v.check(&p)
		for j := range b[:i] {
			if o := &b[j]; o.Product == v.Product && o.Area == v.Area && o.overlaps(v) {
				p.Add(v.Key, "rulebook.overlap", errs.Args{"a": o.Key, "b": v.Key})
			}
		}
	}
	return p.Err()
}

func (v *Version) check(p *errs.Problems) {
	p.Require(!v.From.IsZero() && (v.Until.IsZero() || v.Until >= v.From), v.Key, "rulebook.days", errs.Args{"key": v.Key})
	p.Require(IsArea(v.Area), v.Key, "rulebook.area", errs.Args{"key": v.Key})
	type place struct {
		name string
		from day.Day
	}
	seen := map[place]bool{}
	for _, f := range v.Fields {
		at := place{f.Name, f.From}
		args := errs.Args{"key": v.Key, "field": f.Name}
		p.Require(!seen[at], v.Key, "rulebook.field_twice", args)
		p.Require(f.Name != "" && f.Value != "" && f.Status.Known(), v.Key, "rulebook.field", args)
		p.Require(f.Source != "" || f.Status == Unverified, v.Key, "rulebook.no_source", args)
		seen[at] = true
	}
	for _, c := range v.Conditions {
		args := errs.Args{"key": v.Key, "field": c.Key}
		p.Require(c.Status == "" || c.Status.Known(), v.Key, "rulebook.field", args)
		p.Require(c.Source != "" || !c.Sure(), v.Key, "rulebook.no_source", args)
	}
}

// IsArea tells whether a text is the beginning of a division's code: the nation, a province, a city or a county.
func IsArea(code string) bool {
	return slices.Contains([]int{0, 2, 4, 6}, len(code)) && strings.Trim(code, "0123456789") == ""
}

func (v *Version) overlaps(o *Version) bool {
	return (v.Until.IsZero() || o.From <= v.Until) && (o.Until.IsZero() || v.From <= o.Until)
}

// Find gives the version of a key.
func (b Book) Find(product, key string) (*Version, error) {
	var known []string
	for i := range b {
		if b[i].Product != product {
			continue
		}
		if b[i].Key == key {
			return &b[i], nil
		}
		known = append(known, b[i].Key)
	}
	return nil, errs.New(errs.Absent, "rulebook.no_version", errs.Args{"key": key, "known": strings.Join(known, ", ")})
}

// At gives the terms that hold in an area for what begins on a day: the nearest jurisdiction's version wins field by field where it states a
// value. A version whose text is not known yet hides those above it: nobody can say where it differs.
func (b Book) At(product, area string, on day.Day) (*Terms, error) {
	t := &Terms{Product: product, On: on}
	for i := range b {
		v := &b[i]
		if v.Product == product && v.On(on) && strings.HasPrefix(area, v.Area) {
			t.lines = append(t.lines, v)
		}
	}
	slices.SortStableFunc(t.lines, func(x, y *Version) int { return cmp.Compare(len(y.Area), len(x.Area)) })
	for _, v := range t.lines {
		if len(v.Fields) == 0 {
			return nil, notFilled(v, "")
		}
	}
	if len(t.lines) == 0 {
		return nil, errs.New(errs.Absent, "rulebook.none", errs.Args{"day": on})
	}
	return t, nil
}

// Named gives the terms under a version that somebody has named, whatever its days; jurisdictions above it fill in where it is silent.
func (b Book) Named(product, key string, on day.Day) (*Terms, error) {
	v, err := b.Find(product, key)
	if err != nil {
		return nil, err
	}
	if len(v.Fields) == 0 {
		return nil, notFilled(v, "")
	}
	return b.under(v, on), nil
}

// under gives the terms of a version, with the jurisdictions above it on a day where it is silent.
func (b Book) under(v *Version, on day.Day) *Terms {
	t := &Terms{Product: v.Product, On: on, lines: []*Version{v}}
	for i := range b {
		o := &b[i]
		if o.Product == v.Product && o.On(on) && len(o.Area) < len(v.Area) && strings.HasPrefix(v.Area, o.Area) {
			t.lines = append(t.lines, o)
		}
	}
	slices.SortStableFunc(t.lines[1:], func(x, y *Version) int { return cmp.Compare(len(y.Area), len(x.Area)) })
	return t
}

func notFilled(v *Version, field string) error {
	if field == "" {
		return errs.New(errs.Invalid, "rulebook.not_filled", errs.Args{"key": v.Key, "title": v.Title})
	}
	return errs.New(errs.Invalid, "rulebook.not_filled_field", errs.Args{"key": v.Key, "title": v.Title, "field": field})
}
