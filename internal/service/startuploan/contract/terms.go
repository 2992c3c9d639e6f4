package contract

import (
	"context"
	"slices"
	"strings"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Terms are the day counts and clocks by which loans are judged from a day on.
type Terms struct {
	From        day.Day  // zero for those that Zhidian is delivered with
	Substandard int      // days overdue after which a loan is 次级 at least
	Doubtful    int      // 可疑
	Loss        int      // 损失
	Compensate  int      // days overdue from which the guarantee may be claimed on
	Extend      int      // months that an extension may give at most
	Difference  int      // working days to clear up what a bank's file says otherwise
	File        int      // working days after a quarter's settlement within which a bank files its claim
	Review      int      // working days of the reviewing desk
	Finance     int      // working days of the finance bureau
	Unpaid      bool     // interest is subsidised whether it was paid on time or not
	Poor        []string // codes of counties lifted out of poverty
	Source      string
}

// DeliveredTerms hold where a city has set none: the day counts of the banks' classification rules in force since 2023-07-01 and the
// clocks found in other provinces' notices. Of interest only what was paid on time is subsidised: what is paid out too little can be claimed
// later. None of them was checked against a local text.
var DeliveredTerms = Terms{
	Substandard: 90, Doubtful: 270, Loss: 360, Compensate: 60, Extend: 12, Difference: 5, File: 5, Review: 5, Finance: 5,
}

// Class gives the class of a loan that is overdue for so many days: what the bank says, but at least what the days demand.
func (t Terms) Class(said string, late int) string {
	least := 0
	switch {
	case late > t.Loss:
		least = 4
	case late > t.Doubtful:
		least = 3
	case late > t.Substandard:
		least = 2
	case late > 0:
		least = 1
	}
	return Classes[max(least, slices.Index(Classes, said))]
}

// AllTerms gives the terms that the city has set, the earliest first.
func AllTerms(q sqldb.Q) ([]Terms, error) {
	return sqldb.All(q, func(s sqldb.Scan) (t Terms, err error) {
		var poor string
		var unpaid int
		err = s(&t.From, &t.Substandard, &t.Doubtful, &t.Loss, &t.Compensate, &t.Extend, &t.Difference, &t.File, &t.Review, &t.Finance, &poor, &t.Source, &unpaid)
		t.Poor, t.Unpaid = strings.Fields(poor), unpaid == 1
		return t, err
	}, `SELECT from_day, substandard, doubtful, loss, compensate, extend, difference, file, review, finance, poor, source, unpaid FROM loan_term WHERE city = $1 ORDER BY from_day`)
}

// TermsOn gives the terms of a day.
func TermsOn(q sqldb.Q, on day.Day) (Terms, error) {
	all, err := AllTerms(q)
	return On(all, on), err
}

// ListTerms gives all terms to who may read loans, those that Zhidian is delivered with first.
func (s *Service) ListTerms(ctx context.Context, by authz.Actor) (all []Terms, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = AllTerms(q)
		return err
	})
	return slices.Concat([]Terms{DeliveredTerms}, all), err
}

// SetTerms sets the terms from today or a day to come on.
func (s *Service) SetTerms(ctx context.Context, by authz.Actor, t Terms) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := by.MustEverywhere(SetTerms); err != nil {
			return err
		}
		if err := t.check(s.today(tx)); err != nil {
			return err
		}
		const put = `INSERT INTO loan_term (city, from_day, substandard, doubtful, loss, compensate, extend, difference, file, review, finance, poor, source, set_by, set_at, unpaid)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
			ON CONFLICT (city, from_day) DO UPDATE SET substandard = excluded.substandard, doubtful = excluded.doubtful, loss = excluded.loss, compensate = excluded.compensate,
			extend = excluded.extend, difference = excluded.difference, file = excluded.file, review = excluded.review, finance = excluded.finance, poor = excluded.poor,
			source = excluded.source, set_by = excluded.set_by, set_at = excluded.set_at, unpaid = excluded.unpaid`
		if _, err := tx.Exec(put, t.From, t.Substandard, t.Doubtful, t.Loss, t.Compensate, t.Extend, t.Difference, t.File, t.Review, t.Finance,
			strings.Join(t.Poor, " "), t.Source, by.User, tx.Now().UnixMicro(), sqldb.Bit(t.Unpaid)); err != nil {
			return err
		}
		return tx.Record(SetTerms, t.From.String(), act.Change{"terms": t})
	}))
}

func (t Terms) check(today day.Day) error {
	var p errs.Problems
	p.Require(!t.From.IsZero(), "from", "field.required", nil)
	p.Require(t.From.IsZero() || t.From >= today, "from", "lending.from_past", nil)
	p.Require(t.Source != "", "source", "field.required", nil)
	for _, x := range []struct {
		name        string
		value       int
		least, most int
	}{
		{"substandard", t.Substandard, 1, 1000},
		{"doubtful", t.Doubtful, t.Substandard + 1, 2000},
		{"loss", t.Loss, t.Doubtful + 1, 3000},
		{"compensate", t.Compensate, 1, 1000},
		{"extend", t.Extend, 1, 60},
		{"difference", t.Difference, 1, 60},
		{"filing", t.File, 1, 60},
		{"review", t.Review, 1, 60},
		{"finance", t.Finance, 1, 60},
	} {
		p.Require(x.value >= x.least && x.value <= x.most, x.name, "field.range", errs.Args{"min": x.least, "max": x.most})
	}
	for _, c := range t.Poor {
		p.Require(len(c) == 6 && rulebook.IsArea(c), "poor", "lending.poor", errs.Args{"code": c})
	}
	return p.Err()
}
