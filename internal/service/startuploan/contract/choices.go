package contract

import (
	"context"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// Choices gives the banks that may lend, and where borrowers may be at home: what the viewer has of the tree and every bank; for somebody of
// a bank, who has nothing of the tree, that bank and all counties.
func (s *Service) Choices(ctx context.Context, by authz.Actor) (banks, homes []org.Node, err error) {
	if err := by.MustSomewhere(Sign); err != nil {
		return nil, nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if banks, err = openOf(q, authz.Scope{All: true}, org.Bank); err != nil {
			return err
		}
		if homes, err = openOf(q, by.Scope(Sign), org.County, org.Township, org.Village); err != nil || len(homes) > 0 {
			return err
		}
		if banks, err = openOf(q, by.Scope(Sign), org.Bank); err != nil {
			return err
		}
		homes, err = openOf(q, authz.Scope{All: true}, org.County)
		return err
	})
	return banks, homes, err
}

func openOf(q sqldb.Q, in authz.Scope, kinds ...org.Kind) (open []org.Node, err error) {
	all, err := org.Subtree(q, in, kinds...)
	for _, n := range all {
		if n.IsOpen() {
			open = append(open, n)
		}
	}
	return open, err
}

// Narrowings gives the banks and counties by which the viewer may narrow her list: those that she has of the tree, and those of loans that
// she sees.
func (s *Service) Narrowings(ctx context.Context, by authz.Actor) (banks, counties []org.Node, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err := org.Subtree(q, authz.Scope{All: true}, org.Bank, org.County)
		if err != nil {
			return err
		}
		in := by.Scope(Read)
		for _, n := range all {
			sees := in.Covers(n.Path)
			if !sees {
				if sees, err = concerned(q, in, n); err != nil {
					return err
				}
			}
			switch {
			case !sees:
			case n.Kind == org.Bank:
				banks = append(banks, n)
			default:
				counties = append(counties, n)
			}
		}
		return nil
	})
	return banks, counties, err
}

// concerned tells whether a bank has lent within a scope, or a bank within it in a county.
func concerned(q sqldb.Q, in authz.Scope, n org.Node) (bool, error) {
	here, there := "c.bank", "c.org"
	if n.Kind != org.Bank {
		here, there = there, here
	}
	var w sqldb.Where
	w.And("c.city = $1")
	org.Inside(&w, authz.Scope{Paths: []authz.Path{n.Path}}, here)
	org.Inside(&w, in, there)
	found, err := sqldb.All(q, func(s sqldb.Scan) (n int, err error) { return n, s(&n) }, `SELECT 1 FROM loan_contract c WHERE `+w.SQL()+` LIMIT 1`, w.Args()...)
	return len(found) > 0, err
}
