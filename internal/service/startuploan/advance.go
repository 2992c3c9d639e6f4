package startuploan

import (
	"context"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// seat gives every desk of a way its part; none has its turn yet.
func (s *Service) seat(tx *sqldb.Tx, a Application, w Way) error {
	for _, stop := range w.Stops {
		d := Sitting{Desk: stop.Desk, Org: stop.Org, Turn: stop.Turn, Days: stop.Days, FourEyes: stop.FourEyes, State: Waiting}
		switch {
		case stop.Desk.IsBanks():
			d.Org = a.Bank
		case !d.Org.IsZero():
		case stop.Desk == Intake:
			d.Org = a.Org
		default:
			d.Org = a.County
		}
		if err := addSitting(tx, a.ID, &d); err != nil {
			return err
		}
	}
	return nil
}

// advance gives the desks of the next turn their work, when all before them have passed it; behind the last the application is
// approved. Whoever calls holds the application and writes it.
func (s *Service) advance(tx *sqldb.Tx, a *Application, cal *day.Calendar) error {
	all, err := sittings(tx, a.ID)
	if err != nil {
		return err
	}
	turn := int64(0)
	for _, d := range all {
		if d.State != Passed && d.State != Over && d.Desk != Recheck && (turn == 0 || d.Turn < turn) {
			turn = d.Turn
		}
	}
	if turn == 0 {
		return s.approve(tx, a, all, cal)
	}
	for _, d := range all {
		was := d.State
		switch {
		case d.Turn == turn && d.State == Waiting:
			d.State, d.OpenedAt = AtWork, tx.Now().UnixMicro()
			d.Due, _ = cal.AddWorkdays(s.today(tx), int(d.Days))
		case d.Turn > turn && (d.State == AtWork || d.State == ToSecond) && d.Desk != Recheck:
			d.State, d.Due = Waiting, 0 // it comes to them again
		default:
			continue
		}
		if err := putSitting(tx, a.ID, d, was); err != nil {
			return err
		}
		if d.State != AtWork {
			continue
		}
		if err := s.tellDesk(tx, *a, d); err != nil {
			return err
		}
		if d.Desk == Survey {
			if err := s.delegateByWay(tx, *a, d, cal); err != nil {
				return err
			}
		}
	}
	return nil
}

// complete keeps a decision that needs no second, and does what follows from it.
func (s *Service) complete(x *at, step authz.Verb, code string) error {
	tx, now := x.tx, x.tx.Now().UnixMicro()
	x.d.DoneBy, x.d.DoneAt, x.d.State = tx.By().User, now, Passed
	if x.d.Verdict == "refuse" {
		x.d.State = DidRefuse
	}
	if err := putSitting(tx, x.a.ID, x.d, x.was); err != nil {
		return err
	}
	if err := write(tx, x.a.ID, step, &x.d, x.d.Says, code, ""); err != nil {
		return err
	}
	switch {
	case x.d.Desk == Recheck:
		if err := s.recheck(x); err != nil {
			return err
		}
	case x.d.State == DidRefuse:
		x.a.State, x.a.RefusedBy, x.a.DecidedAt = Refused, x.d.No, now
		x.a.AppealUntil, _ = x.cal.AddWorkdays(s.today(tx), int(x.way.Appeal))
		if err := s.over(tx, x.a); err != nil {
			return err
		}
		if err := s.tellApplicant(tx, x.a, "loan.notice.refused"); err != nil {
			return err
		}
	default:
		if err := s.advance(tx, &x.a, x.cal); err != nil {
			return err
		}
	}
	return put(tx, x.a)
}

// recheck ends an appeal: the refusal stands for good, or the desk that refused looks again.
func (s *Service) recheck(x *at) error {
	if x.d.State == DidRefuse {
		x.a.State, x.a.AppealUntil = Refused, 0
		return s.tellApplicant(x.tx, x.a, "loan.notice.dismissed")
	}
	all, err := sittings(x.tx, x.a.ID)
	if err != nil {
		return err
	}
	for _, d := range all {
		was := d.State
		if d.State != Over && d.No != x.a.RefusedBy {
			continue
		}
		d.State, d.Due = Waiting, 0
		if err := putSitting(x.tx, x.a.ID, d, was); err != nil {
			return err
		}
	}
	x.a.State, x.a.RefusedBy, x.a.Code, x.a.AppealUntil, x.a.DecidedAt = InReview, 0, "", 0, 0
	if err := s.tellApplicant(x.tx, x.a, "loan.notice.upheld"); err != nil {
		return err
	}
	return s.advance(x.tx, &x.a, x.cal)
}

// over ends the desks that have not decided.
func (s *Service) over(tx *sqldb.Tx, a Application) error {
	_, err := tx.Exec(`UPDATE loan_desk SET state = 'over', due = '' WHERE city = $1 AND application = $2 AND state IN ('waiting', 'open', 'second', 'returned')`, a.ID)
	return err
}

// approve makes an application ready for its contract, from what the desks have found. What stands against it now, and did not when
// a desk looked, goes back to the desks that decide on conditions.
func (s *Service) approve(tx *sqldb.Tx, a *Application, all []Sitting, cal *day.Calendar) error {
	for _, d := range all {
		switch d.Desk {
		case League:
			a.Flag, a.Priority = d.Flag, d.Priority
		case HR:
			a.GroupCode = d.Group
		case Bank:
			a.Granted = Granted{Amount: d.Amount, Months: d.Months, Rate: d.Rate}
		}
	}
	c, _, err := s.gather(tx, *a)
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Desk == HR {
			c.NewHires, c.Earlier = d.Hires, max(d.Earlier, c.Earlier)
		}
	}
	again := func(d Desk) error {
		i := slices.IndexFunc(all, func(o Sitting) bool { return o.Desk == d })
		if i < 0 {
			return errs.New(errs.Conflict, "loan.not_now", nil)
		}
		o := all[i]
		o.State, o.OpenedAt = AtWork, tx.Now().UnixMicro()
		o.Due, _ = cal.AddWorkdays(s.today(tx), int(o.Days))
		if err := putSitting(tx, a.ID, o, Passed); err != nil {
			return err
		}
		if err := write(tx, a.ID, takeTurn, &o, "", "", o.Due.String()); err != nil {
			return err
		}
		return s.tellDesk(tx, *a, o)
	}
	switch {
	case Has(c.Check(), Stops):
		return again(HR)
	case !c.Consent:
		return again(Bank)
	}
	if p := lead(c.Parties); p != nil {
		a.Female = p.Sex == "2"
	}
	a.State, a.DecidedAt = Approved, tx.Now().UnixMicro()
	if c.Terms != nil {
		a.Version = c.Terms.Key()
	}
	if err := write(tx, a.ID, Approve, nil, "", "", ""); err != nil {
		return err
	}
	return s.tellApplicant(tx, *a, "loan.notice.approved")
}

func (s *Service) tellDesk(tx *sqldb.Tx, a Application, d Sitting) error {
	if s.Tell == nil || d.Desk == Notice {
		return nil
	}
	where, err := org.Find(tx, d.Org)
	if err != nil {
		return err
	}
	return s.Tell(tx, Told{Application: a.ID, Serial: a.Serial, Key: "loan.notice.desk", Account: d.Owner, Verb: d.Desk.Verb(), At: where.Path})
}

func (s *Service) tellApplicant(tx *sqldb.Tx, a Application, key string) error {
	if s.Tell == nil || a.Account == "" {
		return nil
	}
	return s.Tell(tx, Told{Application: a.ID, Serial: a.Serial, Key: key, Account: a.Account})
}

// atOnce bounds what one round of the loop takes on.
const atOnce = 200

// CatchUp does what its day has come for: notices that have hung long enough pass, and what nobody completed in time lapses. Several
// processes may do it at once.
func (s *Service) CatchUp(ctx context.Context, city string) error {
	by := authz.System(city)
	type due struct {
		of ID
		no int64
	}
	var notices, late []due
	err := s.DB.Read(ctx, city, func(q *sqldb.Rx) (err error) {
		scan := func(s sqldb.Scan) (due, error) { var d due; return d, s(&d.of, &d.no) }
		if notices, err = sqldb.All(q, scan, `SELECT application, no FROM loan_desk WHERE city = $1 AND desk = 'notice' AND state = 'open' AND due < $2 ORDER BY due LIMIT $3`, s.today(q), atOnce); err != nil {
			return err
		}
		late, err = sqldb.All(q, scan, `SELECT id, returned_by FROM loan_application WHERE city = $1 AND state = 'returned' AND reply_due < $2 ORDER BY id LIMIT $3`, s.today(q), atOnce)
		return err
	})
	if err != nil {
		return err
	}
	for _, n := range notices {
		err := s.act(ctx, by, n.of, n.no, Pass, func(x *at) (act.Change, error) { return s.pass(x, Decision{}) })
		if err != nil && errs.KindOf(err) != errs.Conflict && errs.KindOf(err) != errs.Invalid { // another was first, or it was sent back meanwhile
			return err
		}
	}
	for _, l := range late {
		if err := s.lapse(ctx, by, l.of); err != nil && errs.KindOf(err) != errs.Conflict {
			return err
		}
	}
	return nil
}

func (s *Service) lapse(ctx context.Context, by authz.Actor, which ID) error {
	return s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		a, err := hold(tx, which)
		if err != nil {
			return err
		}
		move, ok := Process.Allowed(a.State, Lapse)
		if !ok || a.ReplyDue >= s.today(tx) {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		a.State, a.DecidedAt = move.To, tx.Now().UnixMicro()
		if err := s.over(tx, a); err != nil {
			return err
		}
		if err := put(tx, a); err != nil {
			return err
		}
		if err := write(tx, a.ID, Lapse, nil, "", "", ""); err != nil {
			return err
		}
		if err := s.tellApplicant(tx, a, "loan.notice.lapsed"); err != nil {
			return err
		}
		return tx.Record(Lapse, which.String(), act.Change{"due": a.ReplyDue.String()})
	})
}
