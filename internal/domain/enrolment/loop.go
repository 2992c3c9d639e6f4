package enrolment

import (
	"context"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Steps is what a service does when time has come for one of its rolls, in the act that changed it: it tells people and records.
type Steps struct {
	Lapsed func(tx *sqldb.Tx, roll RollID, lapsed, offered []Party) error // offers ran out, and went to the next
	Listed func(tx *sqldb.Tx, r Roll) error                               // the list is fixed
	Drawn  func(tx *sqldb.Tx, r Roll, placed, waiting, offered []Party) error
}

// atOnce bounds what one round takes on.
const atOnce = 200

// CatchUp does what its time has come for on a service's rolls, each in an act of its own: offers that nobody accepted go to the next,
// lists of editions whose sign-up is over are fixed, and what can be drawn is drawn. Several processes may do it at once.
func CatchUp(ctx context.Context, db *sqldb.DB, keys seal.Provider, city, service string, on Steps) error {
	for _, step := range []struct {
		find func(q sqldb.Q) ([]RollID, error)
		do   func(tx *sqldb.Tx, roll RollID) error
	}{
		{func(q sqldb.Q) ([]RollID, error) { return Overdue(q, service, q.Now().UnixMicro(), atOnce) }, func(tx *sqldb.Tx, roll RollID) error {
			lapsed, offered, err := Lapse(tx, roll)
			if err != nil {
				return err
			}
			if len(lapsed) == 0 {
				return errs.New(errs.Conflict, "enrolment.not_offered", nil)
			}
			return on.Lapsed(tx, roll, lapsed, offered)
		}},
		{func(q sqldb.Q) ([]RollID, error) { return Closing(q, service, q.Now().UnixMicro(), atOnce) }, func(tx *sqldb.Tx, roll RollID) error {
			r, err := Fix(tx, roll)
			if err != nil {
				return err
			}
			return on.Listed(tx, r)
		}},
		{func(q sqldb.Q) ([]RollID, error) { return Drawable(q, service, atOnce) }, func(tx *sqldb.Tx, roll RollID) error {
			r, offered, err := Settle(tx, keys, roll)
			if err != nil {
				return err
			}
			all, err := Parties(tx, roll)
			if err != nil {
				return err
			}
			var placed, waiting []Party
			for _, p := range all {
				switch p.State {
				case Placed:
					placed = append(placed, p)
				case Waiting:
					waiting = append(waiting, p)
				}
			}
			return on.Drawn(tx, r, placed, waiting, offered)
		}},
	} {
		var due []RollID
		if err := db.Read(ctx, city, func(q *sqldb.Rx) (err error) { due, err = step.find(q); return err }); err != nil {
			return err
		}
		for _, roll := range due {
			err := db.Write(ctx, authz.System(city), func(tx *sqldb.Tx) error { return step.do(tx, roll) })
			if err != nil && errs.KindOf(err) != errs.Conflict { // another process was first
				return err
			}
		}
	}
	return nil
}
