package density

import (
	"context"
	"slices"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Task is what a blind spot is assigned with.
type Task struct {
	Title string
	Desk  org.ID
	Days  int // working days until it is due
	Text  string
}

// Assign makes a blind spot a matter on a desk. Its row is the guard: of two clerks who assign it at once, one is told.
func (s *Service) Assign(ctx context.Context, by authz.Actor, of SpotID, t Task) (casework.ID, error) {
	serial, err := s.Matters.Number(ctx, by.City, casework.BlindSpot)
	if err != nil {
		return "", err
	}
	var made casework.ID
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		row, err := findSpot(tx, by, of)
		if err != nil {
			return err
		}
		if err := by.Must(Assign, row.Node.Path); err != nil {
			return err
		}
		m, err := s.Matters.Add(tx, serial, casework.New{
			Kind: casework.BlindSpot, Title: t.Title, Subject: of.String(), Org: row.At, Desk: t.Desk, Days: t.Days, Text: t.Text,
		})
		if err != nil {
			return err
		}
		made = m.ID
		n, err := tx.Exec(`UPDATE blind_spot SET state = 'assigned', matter = $3 WHERE city = $1 AND id = $2 AND state IN ('open', 'to_visit')`, of, made)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "density.spot_moved", nil)
		}
		if err := tx.Record(Assign, of.String(), act.Change{"org": row.At, "kind": row.Kind, "matter": made, "desk": t.Desk, "serial": serial}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

// Desks gives the desks that a blind spot can be given to, the nearest first: the league's own bodies and the divisions
// on the way from the place up to the city.
func (s *Service) Desks(ctx context.Context, by authz.Actor, of SpotID) (desks []org.Node, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		row, err := findSpot(q, by, of)
		if err != nil {
			return err
		}
		up, err := org.Ancestry(q, row.Node.Path)
		if err != nil {
			return err
		}
		slices.Reverse(up)
		for _, a := range up {
			if !a.Kind.IsDivision() || a.Kind == org.Village {
				continue
			}
			children, err := org.Children(q, a.ID)
			if err != nil {
				return err
			}
			for _, c := range children {
				if c.Kind == org.LeagueBody || c.Kind == org.LeagueCommittee || c.Kind == org.LeagueWorkCommittee {
					desks = append(desks, c)
				}
			}
			desks = append(desks, a)
		}
		return nil
	})
	return desks, err
}
