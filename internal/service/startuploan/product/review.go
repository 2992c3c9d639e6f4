package product

import (
	"context"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Standing is a bank with its reviews, the latest first.
type Standing struct {
	Bank     org.Node
	Reviews  []Review
	In       bool
	Until    day.Day // the last day on which it may offer, where it is in
	Products int     // editions it offers today, or would were it let in
}

// Panel is the banks within a viewer's scope, and what reviews look at.
type Panel struct {
	Banks    []Standing
	Criteria []Criteria
	Today    day.Day
}

// Bank gives one of them.
func (p *Panel) Bank(which org.ID) (Standing, error) {
	for _, b := range p.Banks {
		if b.Bank.ID == which {
			return b, nil
		}
	}
	return Standing{}, errs.New(errs.Absent, "errs.absent", nil)
}

// LookBanks gives the banks within the viewer's scope.
func (s *Service) LookBanks(ctx context.Context, by authz.Actor) (p Panel, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return p, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		p.Today = s.today(q)
		banks, err := org.Subtree(q, by.Scope(Read), org.Bank)
		if err != nil {
			return err
		}
		if p.Criteria, err = criteria(q); err != nil {
			return err
		}
		type count struct {
			bank org.ID
			n    int
		}
		counts, err := sqldb.All(q, func(s sqldb.Scan) (c count, err error) { return c, s(&c.bank, &c.n) },
			`SELECT bank, COUNT(*) FROM loan_product WHERE city = $1 AND state = 'published' AND from_day <= $2 AND (until_day = '' OR until_day >= $2) GROUP BY bank`, p.Today)
		if err != nil {
			return err
		}
		offers := make(map[org.ID]int, len(counts))
		for _, c := range counts {
			offers[c.bank] = c.n
		}
		for _, b := range banks {
			one := Standing{Bank: b, Products: offers[b.ID]}
			if one.Reviews, err = reviewsOf(q, b.ID); err != nil {
				return err
			}
			if err := found(q, b.ID, one.Reviews); err != nil {
				return err
			}
			var last Review
			if last, one.In = Admitted(one.Reviews, p.Today); one.In {
				one.Until = last.Until
			}
			p.Banks = append(p.Banks, one)
		}
		return nil
	})
	return p, err
}

// ReviewABank enters a review of a bank. The last review decides whether it may offer products, from its day on.
func (s *Service) ReviewABank(ctx context.Context, by authz.Actor, v Review) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := by.MustEverywhere(ReviewBank); err != nil {
			return err
		}
		bank, err := org.Find(tx, v.Bank)
		if err != nil {
			return err
		}
		if bank.Kind != org.Bank {
			return errs.New(errs.Invalid, "loanproduct.no_bank", nil)
		}
		all, err := criteria(tx)
		if err != nil {
			return err
		}
		if err := v.check(s.today(tx), CriteriaOn(all, v.Kind, v.On)); err != nil {
			return err
		}
		before, err := reviewsOf(tx, v.Bank)
		if err != nil {
			return err
		}
		if _, in := Admitted(before, v.On); v.Kind == Exit && !in { // who is out, or whose term is over, comes in anew
			return errs.New(errs.Conflict, "loanproduct.exit_of_none", nil)
		}
		if !v.Passed {
			v.Until = 0
		}
		which, made := id.New[Review](tx.Now()), tx.Now().UnixMicro()
		for _, b := range before { // of two on one day the one entered later decides
			made = max(made, b.MadeAt+1)
		}
		passed := 0
		if v.Passed {
			passed = 1
		}
		if _, err := tx.Exec(`INSERT INTO loan_bank_review (city, id, bank, kind, on_day, until_day, passed, reviewer, note, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			which, v.Bank, string(v.Kind), v.On, v.Until, passed, v.Reviewer, v.Note, by.User, made); err != nil {
			return err
		}
		if _, err := tx.Bulk(`INSERT INTO loan_bank_finding (city, review, no, item, met, note) VALUES ($1, $2, $3, $4, $5, $6)`, len(v.Findings), func(i int) []any {
			f, met := v.Findings[i], 0
			if f.Met {
				met = 1
			}
			return []any{which, i + 1, f.Item, met, f.Note}
		}); err != nil {
			return err
		}
		return tx.Record(ReviewBank, which.String(), act.Change{"bank": v.Bank, "kind": v.Kind, "on": v.On, "until": v.Until, "passed": v.Passed, "findings": v.Findings})
	}))
}

// SetReviewCriteria says what reviews look at from a day on. What was looked at before stays as it was.
func (s *Service) SetReviewCriteria(ctx context.Context, by authz.Actor, c Criteria) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := by.MustEverywhere(SetCriteria); err != nil {
			return err
		}
		var p errs.Problems
		p.Require(c.Kind == Entry || c.Kind == Exit, "kind", "field.choice", nil)
		p.Require(c.From >= s.today(tx), "from", "loanproduct.criteria_past", nil)
		p.Require(c.Source != "", "source", "field.required", nil)
		p.Require(len(c.Items) > 0 && len(c.Items) <= mostPapers, "items", "loanproduct.criteria_items", errs.Args{"most": mostPapers})
		if err := p.Err(); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO loan_bank_criteria (city, kind, from_day, items, source, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (city, kind, from_day) DO UPDATE SET items = excluded.items, source = excluded.source, set_by = excluded.set_by, set_at = excluded.set_at`,
			string(c.Kind), c.From, strings.Join(c.Items, "\n"), c.Source, by.User, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(SetCriteria, string(c.Kind)+"/"+c.From.String(), act.Change{"items": len(c.Items), "source": c.Source})
	}))
}
