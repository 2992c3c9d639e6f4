package safety

import (
	"context"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// CatchUp puts reports whose clock has run out before the desk above: of the site, then the county, then the city. Who knew of it goes
// on knowing. Several processes may do it at once.
func (s *Service) CatchUp(ctx context.Context, city string) error {
	by := authz.System(city)
	var late []Report
	if err := s.DB.Read(ctx, city, func(q *sqldb.Rx) (err error) {
		late, err = over(q, q.Now().UnixMicro())
		return err
	}); err != nil {
		return err
	}
	for _, r := range late {
		err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error { return s.lift(tx, r) })
		if err != nil && errs.KindOf(err) != errs.Conflict { // somebody has acted meanwhile
			return err
		}
	}
	return nil
}

func (s *Service) lift(tx *sqldb.Tx, was Report) error {
	n, err := tx.Exec(`UPDATE care_report SET top = top WHERE city = $1 AND id = $2 AND due_at = $3 AND stopped_at = 0 AND closed_at = 0 AND top = 0`, was.ID, was.DueAt)
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Conflict, "errs.stale", nil)
	}
	m, err := casework.Find(tx, was.Matter)
	if err != nil {
		return err
	}
	to, readers, err := s.above(tx, m.Desk)
	if err != nil {
		return err
	}
	if to == "" {
		if _, err := tx.Exec(`UPDATE care_report SET top = 1 WHERE city = $1 AND id = $2`, was.ID); err != nil {
			return err
		}
		return tx.Record(Lifted, was.ID.String(), act.Change{"top": true})
	}
	if _, err := s.Matters.Take(tx, m, casework.Lift, casework.Step{Desk: to, Days: was.days(), As: Lifted}); err != nil {
		return err
	}
	if err := s.admit(tx, was, m.Serial, readers); err != nil {
		return err
	}
	cal, err := casework.Calendar(tx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE care_report SET due_at = $3 WHERE city = $1 AND id = $2`, was.ID, was.until(tx.Now(), s.Zone, cal)); err != nil {
		return err
	}
	at, err := org.Find(tx, to)
	if err != nil {
		return err
	}
	if err := s.write(tx, was.ID, Step{Kind: Passed, At: tx.Now().UnixMicro(), Said: Said{Who: at.Name}}); err != nil {
		return err
	}
	return tx.Record(Lifted, was.ID.String(), act.Change{"desk": to})
}

// above gives the desk above one, with those who come to know there; none above the city.
func (s *Service) above(q sqldb.Q, desk org.ID) (to org.ID, readers []string, err error) {
	at, err := org.Find(q, desk)
	if err != nil {
		return "", nil, err
	}
	if at.Parent.IsZero() {
		return "", nil, nil
	}
	parent, err := org.Find(q, at.Parent)
	if err != nil {
		return "", nil, err
	}
	to, readers, err = s.deskAt(q, parent.Path)
	if to == desk {
		to = ""
	}
	return to, readers, err
}
