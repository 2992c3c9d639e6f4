package contract

import (
	"context"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Load takes loans over from another register. Nobody holds it: it is done once, when a city begins.
var Load = authz.Verb{Key: "lending.load", Writes: written}

// Loaded is a loan that is older than this register, with all that has happened under it.
type Loaded struct {
	Paper
	Venture string
	Events  []Event // in the order of their days
}

// Load enters many loans in one act. Each is held against the rules of its own days, as one that is signed here; of one that cannot
// have been nothing is entered, and neither of the others.
func (s *Service) Load(ctx context.Context, by authz.Actor, all []Loaded) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := by.MustEverywhere(Load); err != nil {
			return err
		}
		r, err := rulesOf(tx)
		if err != nil {
			return err
		}
		areas := map[org.ID]string{}
		loans := make([]Contract, len(all))
		var events []Event
		var of []ID
		for i, x := range all {
			c, err := s.load(tx, x, r, areas)
			if err != nil {
				return err
			}
			loans[i] = c
			for n, e := range x.Events {
				e.No, e.By, e.At = int64(n+1), by.User, tx.Now().UnixMicro()
				events, of = append(events, e), append(of, c.ID)
			}
		}
		n, err := tx.Bulk(insertContract, len(loans), func(i int) []any { return loans[i].values() })
		if err == nil && n != int64(len(loans)) {
			err = errs.New(errs.Conflict, "lending.load_twice", nil)
		}
		if err != nil {
			return err
		}
		if _, err := tx.Bulk(putContract, len(loans), func(i int) []any { return loans[i].sums(tx) }); err != nil {
			return err
		}
		if _, err := tx.Bulk(insertEvent, len(events), func(i int) []any { return events[i].values(of[i]) }); err != nil {
			return err
		}
		return tx.Record(Load, "", act.Change{"loans": len(loans), "events": len(events)})
	}))
}

// load gives one loan as its events leave it.
func (s *Service) load(tx *sqldb.Tx, x Loaded, r *rules, areas map[org.ID]string) (c Contract, err error) {
	c = Contract{Paper: x.Paper, ID: id.New[Contract](tx.Now()), Venture: x.Venture, Class: Classes[0], MadeBy: tx.By().User, MadeAt: tx.Now().UnixMicro(), EditedAt: tx.Now().UnixMicro()}
	var p errs.Problems
	c.check(nil, &p)
	if area, known := areas[c.Org]; known {
		c.Area = area
	} else {
		if _, err := parties(tx, &c, &p); err != nil {
			return c, err
		}
		areas[c.Org] = c.Area
	}
	if err := p.Err(); err != nil {
		return c, err
	}
	if err := r.judge(&c); err != nil {
		return c, err
	}
	t := On(r.terms, c.Signed)
	for i := range x.Events {
		if err := x.Events[i].check(s.today(tx)); err != nil {
			return c, err
		}
		x.Events[i].No = int64(i + 1)
	}
	c.Events = int64(len(x.Events))
	return c.replay(Standing(x.Events, c.Events), t)
}

// rules are what loans are held against, read once for many.
type rules struct {
	terms  []Terms
	book   rulebook.Book
	quotes rulebook.Quotes
}

func rulesOf(q sqldb.Q) (*rules, error) {
	var r rules
	var err error
	if r.terms, err = AllTerms(q); err != nil {
		return nil, err
	}
	r.book, r.quotes, err = rulebook.InForce(q)
	return &r, err
}

// On gives the terms of a day among those that a city has set.
func On(all []Terms, on day.Day) Terms {
	got := DeliveredTerms
	for _, t := range all {
		if t.From <= on {
			got = t
		}
	}
	return got
}
