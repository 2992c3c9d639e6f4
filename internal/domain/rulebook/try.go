package rulebook

import (
	"context"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Tried is a case and what the conditions say of it.
type Tried struct {
	Case   Case
	Result Judgement
}

// Right tells whether they say what they should.
func (t Tried) Right() bool { return t.Case.Eligible == t.Result.Eligible }

// judging makes the conditions of a version ready as they will hold from its first day on: with what the jurisdictions above it say
// where it is silent.
func (s *Service) judging(q sqldb.Q, v Kept) (*Judging, error) {
	product, known := s.product(v.Product)
	if !known {
		return nil, errs.New(errs.Invalid, "rulebook.product", nil)
	}
	book, _, err := InForce(q)
	if err != nil {
		return nil, err
	}
	return book.under(&v.Version, v.From).Judging(product.Facts)
}

// tried asks the conditions about every case that was written for them.
func (s *Service) tried(q sqldb.Q, v Kept) ([]Tried, error) {
	j, err := s.judging(q, v)
	if err != nil {
		return nil, err
	}
	all := make([]Tried, len(v.Cases))
	for i, c := range v.Cases {
		all[i] = Tried{c, j.Judge(c.Facts)}
	}
	return all, nil
}

// passed fails where the conditions have not been tried, or say other than they should.
func passed(v Kept, all []Tried) error {
	if len(v.Conditions) == 0 {
		return nil
	}
	var p errs.Problems
	yes, no := false, false
	for _, t := range all {
		p.Require(t.Right(), "cases", "rulebook.case_wrong", errs.Args{"case": t.Case.Name})
		yes, no = yes || t.Case.Eligible, no || !t.Case.Eligible
	}
	p.Require(yes && no, "cases", "rulebook.cases_few", nil)
	return p.Err()
}

// Past is how a version would have decided what was decided already.
type Past struct {
	Total  int
	Same   int
	Differ []Tried // the first of those that would have been decided otherwise
}

// mostPast cases are looked at, and so many of those that differ are shown.
const (
	mostPast   = 2000
	mostDiffer = 50
)

// TryPast asks a version's conditions about the latest cases that were decided. Under new rules some should be decided otherwise: it
// tells, and stops nobody. Only who may write rules sees what became of whose application.
func (s *Service) TryPast(ctx context.Context, by authz.Actor, which ID) (p Past, err error) {
	if err := by.MustEverywhere(Edit); err != nil {
		return p, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		v, err := find(q, which)
		if err != nil {
			return err
		}
		p, err = s.past(q, v)
		return err
	})
	return p, err
}

func (s *Service) past(q sqldb.Q, v Kept) (p Past, err error) {
	product, _ := s.product(v.Product)
	if product.Past == nil {
		return p, nil
	}
	j, err := s.judging(q, v)
	if err != nil {
		return p, err
	}
	cases, err := product.Past(q, mostPast)
	if err != nil {
		return p, err
	}
	p.Total = len(cases)
	for _, c := range cases {
		t := Tried{c, j.Judge(c.Facts)}
		switch {
		case t.Right():
			p.Same++
		case len(p.Differ) < mostDiffer:
			p.Differ = append(p.Differ, t)
		}
	}
	return p, nil
}
