package figures

import (
	"context"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
)

// TellFund is to tell what stands in a county's guarantee fund.
var TellFund = authz.Verb{Key: "loan.fund", Writes: "loan_fund"}

// Fund is what stands in a county's guarantee fund (担保基金) from a day on. What is told of a day again counts instead.
type Fund struct {
	ID      id.Of[Fund]
	Org     org.ID
	On      day.Day
	Balance money.Fen
	Source  string // who reported it: a statement, a letter
	MadeBy  string
	MadeAt  int64 // microseconds UTC
	Name    string
}

// TellFund keeps what stands in a fund. The errors are Invalid at org, on, balance and source.
func (s *Service) TellFund(ctx context.Context, by authz.Actor, f Fund) error {
	err := sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := org.Find(tx, f.Org)
		if err != nil {
			return err
		}
		if !tells(by, at.Path) {
			return errs.New(errs.Denied, "errs.denied", nil)
		}
		var p errs.Problems
		p.Require(at.Kind == org.County, "org", "field.choice", nil)
		p.Require(!f.On.IsZero() && f.On <= day.Of(tx.Now(), s.Zone), "on", "loanfigure.to_come", nil)
		p.Require(f.Balance >= 0, "balance", "loanfigure.fund.negative", nil)
		p.Require(f.Source != "", "source", "field.required", nil)
		if err := p.Err(); err != nil {
			return err
		}
		made := id.New[Fund](tx.Now())
		if _, err := tx.Exec(`INSERT INTO loan_fund (city, id, org, on_day, balance, source, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			made, f.Org, f.On, int64(f.Balance), f.Source, by.User, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(TellFund, made.String(), act.Change{"org": f.Org.String(), "on": f.On.String(), "balance": f.Balance.Plain(), "source": f.Source})
	}))
	if err == nil {
		s.mu.Lock()
		clear(s.kept) // figures rest on it
		s.mu.Unlock()
	}
	return err
}

// Funds gives the counties whose funds the actor may tell of, and what was told of them, the latest first.
func (s *Service) Funds(ctx context.Context, by authz.Actor) (all []Fund, counties []org.Node, err error) {
	if err := by.MustSomewhere(TellFund); err != nil {
		return nil, nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		some, err := org.Subtree(q, authz.Scope{All: true}, org.County)
		if err != nil {
			return err
		}
		names := map[org.ID]string{}
		for _, c := range some {
			if tells(by, c.Path) {
				counties, names[c.ID] = append(counties, c), c.Name
			}
		}
		told, err := allFunds(q)
		for _, f := range told {
			if f.Name = names[f.Org]; f.Name != "" {
				all = append(all, f)
			}
		}
		return err
	})
	return all, counties, err
}

// tells tells whether somebody may tell of a county's fund: she has the right above it, or at a desk within it.
func tells(by authz.Actor, county authz.Path) bool {
	in := by.Scope(TellFund)
	return in.All || slices.ContainsFunc(in.Paths, func(p authz.Path) bool { return p.Covers(county) || county.Covers(p) })
}

// whole tells whether somebody reads all loans of a county: a part of them would be held against the whole of its fund.
func whole(by authz.Actor, county authz.Path) bool {
	in := by.Scope(contract.Read)
	return in.All || slices.ContainsFunc(in.Paths, func(p authz.Path) bool { return p.Covers(county) })
}

// allFunds gives what was told of funds, the latest day first, and of one day what was told last.
func allFunds(q sqldb.Q) ([]Fund, error) {
	return sqldb.All(q, func(s sqldb.Scan) (f Fund, err error) {
		var balance int64
		err = s(&f.ID, &f.Org, &f.On, &balance, &f.Source, &f.MadeBy, &f.MadeAt)
		f.Balance = money.Fen(balance)
		return f, err
	}, `SELECT id, org, on_day, balance, source, made_by, made_at FROM loan_fund WHERE city = $1 ORDER BY on_day DESC, id DESC`)
}

// funded holds what is owed in each county against its fund, in the county's line and in the sum of all: only where all of the county's
// loans are among those summed up, and something was told of its fund by that day.
func (t *Table) funded(q sqldb.Q, by authz.Actor, owed map[org.ID]money.Fen) error {
	if t.Bank != "" {
		return nil
	}
	told, err := allFunds(q)
	if err != nil {
		return err
	}
	counties, err := org.Subtree(q, authz.Scope{All: true}, org.County)
	if err != nil {
		return err
	}
	for _, c := range counties {
		if !whole(by, c.Path) || t.At != "" && !t.At.Covers(c.Path) {
			continue
		}
		for _, f := range told {
			if f.Org != c.ID || f.On > t.On {
				continue
			}
			t.All.Fund, t.All.Funded = t.All.Fund+f.Balance, t.All.Funded+owed[c.ID]
			for i := range t.Lines {
				if t.By == "county" && t.Lines[i].Key == c.ID.String() {
					t.Lines[i].Sum.Fund, t.Lines[i].Sum.Funded = f.Balance, owed[c.ID]
				}
			}
			break
		}
	}
	return nil
}
