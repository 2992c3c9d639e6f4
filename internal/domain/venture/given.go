package venture

import (
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Given is what somebody says of a venture.
type Given struct {
	Facts
	Org     org.ID // where it belongs
	Founder string // of a new one: her name who leads it
}

// Most that a dossier takes.
const (
	MaxStaff   = 100_000
	maxRevenue = 1_000_000_000_00 // fen: a thousand million yuan, beyond any small business
	firstYear  = 1990             // of revenue and honours
)

// facts checks what was said, all of it at once, and gives it as it is kept.
func (g Given) facts(q sqldb.Q, today day.Day) (Facts, *errs.Problems) {
	var p errs.Problems
	f := g.Facts
	p.Require(f.Name != "", "name", "field.required", nil)
	p.Require(len([]rune(f.Name)) <= 60, "name", "field.long", errs.Args{"max": 60})
	p.Require(slices.Contains(Entities, f.Entity), "entity", "field.choice", nil)
	p.Require(slices.Contains(Categories, f.Category), "category", "field.choice", nil)
	p.Require(slices.Contains(Stages, f.Stage), "stage", "field.choice", nil)
	if f.Credit != "" {
		code, err := cn.ParseCreditCode(f.Credit)
		blame(&p, "credit", err)
		f.Credit = string(code)
		p.Require(err != nil || f.Entity != "none", "entity", "venture.entity_none", nil)
	}
	industry, err := ParseIndustry(f.Industry)
	blame(&p, "industry", err)
	f.Industry = industry
	p.Require(f.Staff >= 0 && f.Staff <= MaxStaff, "staff", "field.range", errs.Args{"min": 0, "max": MaxStaff})
	p.Require(f.Revenue >= 0 && f.Revenue <= maxRevenue, "revenue", "venture.revenue_range", nil)
	year := int64(today.Year())
	switch {
	case f.RevenueYear != 0:
		p.Require(f.RevenueYear >= firstYear && f.RevenueYear <= year, "revenue_year", "field.range", errs.Args{"min": firstYear, "max": year})
	case f.Revenue > 0:
		p.Add("revenue_year", "field.required", nil)
	}
	p.Require(f.Began <= today, "began", "venture.began_later", nil)
	if !f.Place.IsZero() {
		if _, err := place.Find(q, f.Place); err != nil {
			p.Add("place", "field.choice", nil)
		}
	}
	return f, &p
}

// found gives the organisation where a venture is to belong, where that is open.
func (g Given) found(q sqldb.Q, p *errs.Problems) (org.Node, error) {
	if g.Org.IsZero() {
		p.Add("org", "field.required", nil)
		return org.Node{}, nil
	}
	at, err := org.Find(q, g.Org)
	if err == nil {
		p.Require(at.IsOpen(), "org", "venture.org_closed", errs.Args{"name": at.Name})
	}
	return at, err
}

// honour checks a prize or title.
func (h Honour) check(today day.Day) error {
	var p errs.Problems
	p.Require(slices.Contains(Levels, h.Level), "level", "field.choice", nil)
	p.Require(h.Title != "", "title", "field.required", nil)
	p.Require(h.Source != "", "source", "field.required", nil)
	year := int64(today.Year())
	p.Require(h.Year >= firstYear && h.Year <= year, "year", "field.range", errs.Args{"min": firstYear, "max": year})
	return p.Err()
}

// who gives the person behind an ID number, whom the actor may read; anybody else looks as if nobody held it.
func (s *Service) who(q sqldb.Q, by authz.Actor, number string) (person.Person, error) {
	paper, err := person.ReadPaper(person.ResidentID, number)
	if err != nil {
		return person.Person{}, err
	}
	none := func() error {
		var p errs.Problems
		p.Add("number", "venture.nobody", nil)
		return p.Err()
	}
	held, err := person.HeldBy(q, s.Keys, paper.Kind, []string{paper.Number})
	if err != nil {
		return person.Person{}, err
	}
	row, ok := held[paper.Number]
	if !ok {
		return person.Person{}, none()
	}
	found, err := person.Find(q, row)
	if errs.KindOf(err) == errs.Absent {
		return found, none()
	}
	if err != nil {
		return found, err
	}
	home, err := org.Find(q, found.Home)
	if err == nil && !by.Can(person.Read, home.Path) {
		err = none()
	}
	return found, err
}
