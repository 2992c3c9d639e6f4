package contract

import (
	"context"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Enter enters what has happened under a loan. Version is EditedAt as it was read: of two who enter something at once, one is told that
// there is more.
func (s *Service) Enter(ctx context.Context, by authz.Actor, which ID, version int64, e Event) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		verb := e.Kind.Verb()
		if !slices.Contains(Kinds, e.Kind) {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		c, all, err := s.hold(tx, by, which, version, verb)
		if err != nil {
			return err
		}
		if err := e.check(s.today(tx)); err != nil {
			return err
		}
		return s.add(tx, c, all, e, verb)
	}))
}

// Reverse takes an event back (冲正): another row says so, and what was entered stays to be read.
func (s *Service) Reverse(ctx context.Context, by authz.Actor, which ID, version, no int64, reason string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, all, err := s.hold(tx, by, which, version, Reverse)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(e Event) bool { return e.No == no })
		if at < 0 {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		var p errs.Problems
		p.Require(reason != "" && len([]rune(reason)) <= 200, "reason", "field.required", nil)
		if err := p.Err(); err != nil {
			return err
		}
		if all[at].Reversed || all[at].Kind == Reversal {
			return errs.New(errs.Conflict, "lending.reversed_already", nil)
		}
		return s.add(tx, c, all, Event{Kind: Reversal, Day: all[at].Day, Reason: reason, Reverses: no}, Reverse)
	}))
}

// hold takes a loan for an act that adds to its events: its row is changed first, and everything is read after that.
func (s *Service) hold(tx *sqldb.Tx, by authz.Actor, which ID, version int64, verb authz.Verb) (c Contract, all []Event, err error) {
	if c, err = Find(tx, which); err != nil {
		return c, nil, err
	}
	e, err := endsOf(tx, &c)
	if err != nil {
		return c, nil, err
	}
	if err := either(by, verb, e); err != nil {
		return c, nil, err
	}
	n, err := tx.Exec(`UPDATE loan_contract SET events = events WHERE city = $1 AND id = $2 AND edited_at = $3`, which, version)
	if err != nil {
		return c, nil, err
	}
	if n == 0 {
		return c, nil, errs.New(errs.Conflict, "lending.changed", errs.Args{"number": c.Number})
	}
	if c, err = Find(tx, which); err != nil {
		return c, nil, err
	}
	all, err = Events(tx, which)
	return c, all, err
}

// add adds an event to a loan that is held, and what it comes to.
func (s *Service) add(tx *sqldb.Tx, c Contract, all []Event, e Event, verb authz.Verb) error {
	t, err := TermsOn(tx, s.today(tx))
	if err != nil {
		return err
	}
	c.Events++
	e.No, e.By, e.At = c.Events, tx.By().User, tx.Now().UnixMicro()
	got, err := c.replay(Standing(append(all, e), e.No), t)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(insertEvent, e.values(c.ID)...); err != nil {
		return err
	}
	if err := put(tx, &got); err != nil {
		return err
	}
	return tx.Record(verb, c.ID.String(), act.Change{"no": e.No, "kind": e.Kind, "day": e.Day.String(), "amount": e.Amount, "balance": got.Balance, "state": got.State})
}

// HoldBank takes all loans of a bank and of what is below it for an act that adds to their events.
func HoldBank(tx *sqldb.Tx, bank authz.Path) error {
	if tx.Alone() {
		return nil
	}
	var w sqldb.Where
	w.And("city = $1")
	org.Inside(&w, authz.Scope{Paths: []authz.Path{bank}}, "bank")
	_, err := tx.Exec(`UPDATE loan_contract SET events = events WHERE `+w.SQL(), w.Args()...)
	return err
}

// Extent changes with everything that is entered under the loans of a bank: events are counted, and never taken away.
type Extent struct{ Loans, Events int64 }

// ExtentOf gives that of a bank and of what is below it.
func ExtentOf(q sqldb.Q, bank authz.Path) (m Extent, err error) {
	var w sqldb.Where
	w.And("c.city = $1")
	org.Inside(&w, authz.Scope{Paths: []authz.Path{bank}}, "c.bank")
	err = q.Row(`SELECT COUNT(*), COALESCE(SUM(c.events), 0) FROM loan_contract c WHERE `+w.SQL(), w.Args()...).Scan(&m.Loans, &m.Events)
	return m, err
}

// Told is what a bank's file says happened under a loan.
type Told struct {
	Known
	Events []Event
}

// Tell enters what a bank's file has told of loans that are held, within an act of the caller's, whose verb names the tables of Written; the
// caller permits and records. Loans whose events cannot have been are given back with the reason, and nothing of theirs is entered.
func (s *Service) Tell(tx *sqldb.Tx, source string, all []Told) (refused map[ID]error, err error) {
	t, err := TermsOn(tx, s.today(tx))
	if err != nil {
		return nil, err
	}
	refused = map[ID]error{}
	type new struct {
		of ID
		*Event
	}
	var events []new
	var loans []Contract
	for i := range all {
		x := &all[i]
		c := x.Contract
		for k := range x.Events {
			e := &x.Events[k]
			c.Events++
			e.No, e.By, e.At, e.Source = c.Events, tx.By().User, tx.Now().UnixMicro(), source
		}
		got, bad := c.replay(Standing(slices.Concat(x.All, x.Events), c.Events), t)
		if bad != nil {
			refused[c.ID] = bad
			continue
		}
		loans = append(loans, got)
		for k := range x.Events {
			events = append(events, new{c.ID, &x.Events[k]})
		}
	}
	if _, err := tx.Bulk(insertEvent, len(events), func(i int) []any { return events[i].values(events[i].of) }); err != nil {
		return nil, err
	}
	_, err = tx.Bulk(putContract, len(loans), func(i int) []any { return loans[i].sums(tx) })
	return refused, err
}

// Written names the tables that Tell changes.
const Written = written

// places are the counties and banks of loans.
func places(q sqldb.Q, all []Contract) (map[org.ID]org.Node, error) {
	var ids []org.ID
	for _, c := range all {
		ids = append(ids, c.Bank, c.Org)
	}
	return org.Named(q, ids)
}
