package product

import (
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
)

// ReviewKind is what a review is for.
type ReviewKind string

// Entry (准入) lets a bank in; exit (退出) asks whether it stays.
const (
	Entry ReviewKind = "entry"
	Exit  ReviewKind = "exit"
)

// ReviewKinds are both.
var ReviewKinds = []ReviewKind{Entry, Exit}

// ReviewID names a review.
type ReviewID = id.Of[Review]

// Criteria is what a review looks at, from a day on, and the document that says so.
type Criteria struct {
	Kind   ReviewKind
	From   day.Day
	Items  []string
	Source string
}

// Finding is what was found of one criterion.
type Finding struct {
	Item string
	Met  bool
	Note string
}

// Review is one look at a bank: by whom, on which day, with which verdict. Passed lets the bank offer products until a day.
type Review struct {
	ID        ReviewID
	Bank      org.ID
	Kind      ReviewKind
	On, Until day.Day
	Passed    bool
	Reviewer  string
	Note      string
	Findings  []Finding
	MadeBy    string
	MadeAt    int64
}

// check gives what is wrong with a review, whose findings answer the criteria in force.
func (v *Review) check(today day.Day, c Criteria) error {
	var p errs.Problems
	p.Require(slices.Contains(ReviewKinds, v.Kind), "kind", "field.choice", nil)
	p.Require(v.Reviewer != "", "reviewer", "field.required", nil)
	p.Require(!v.On.IsZero() && v.On <= today, "on", "loanproduct.review_day", nil)
	p.Require(!v.Passed || v.Until >= v.On && !v.Until.IsZero(), "until", "loanproduct.review_until", nil)
	unmet := false
	same := len(v.Findings) == len(c.Items)
	for i, f := range v.Findings {
		same = same && f.Item == c.Items[i]
		unmet = unmet || !f.Met
	}
	p.Require(same && len(c.Items) > 0, "kind", "loanproduct.no_criteria", nil)
	p.Require(v.Note != "" || v.Passed && !unmet, "note", "loanproduct.review_note", nil)
	return p.Err()
}

// Admitted gives the review under which a bank may offer products on a day, out of all of its reviews: the last one decides.
func Admitted(all []Review, on day.Day) (Review, bool) {
	var last Review
	for _, v := range all {
		if v.On <= on && (v.On > last.On || v.On == last.On && v.MadeAt >= last.MadeAt) {
			last = v
		}
	}
	return last, last.Passed && on <= last.Until
}

// CriteriaOn gives what a review of a kind looks at on a day; nothing where nobody has said so yet.
func CriteriaOn(all []Criteria, kind ReviewKind, on day.Day) (got Criteria) {
	for _, c := range all {
		if c.Kind == kind && c.From <= on && c.From >= got.From {
			got = c
		}
	}
	return got
}
