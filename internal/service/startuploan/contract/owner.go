package contract

import (
	"slices"

	"zhidian/internal/domain/person"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// PaidOut gives loans under which money was paid out, by their ids from one on.
func PaidOut(q sqldb.Q, after ID, most int) ([]Contract, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM loan_contract c WHERE c.city = $1 AND c.id > $2 AND c.drawn > 0 AND c.state <> 'void' ORDER BY c.id LIMIT $3`, after.String(), most)
}

// ByID gives loans by their ids.
func ByID(q sqldb.Q, ids []ID) (map[ID]Contract, error) {
	got := make(map[ID]Contract, len(ids))
	for some := range slices.Chunk(ids, atOnce) {
		var w sqldb.Where
		w.And("c.city = $1")
		all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM loan_contract c WHERE `+w.SQL()+` AND c.id IN (`+marks(&w, some)+`)`, w.Args()...)
		if err != nil {
			return nil, err
		}
		for _, c := range all {
			got[c.ID] = c
		}
	}
	return got, nil
}

// OfVentures gives the loans of some ventures, the latest first.
func OfVentures(q sqldb.Q, ids []venture.ID) (all []Contract, err error) {
	for some := range slices.Chunk(ids, atOnce) {
		var w sqldb.Where
		w.And("c.city = $1").And("c.state <> 'void'").And("c.venture <> ''")
		got, err := sqldb.All(q, scan, `SELECT `+columns+` FROM loan_contract c WHERE `+w.SQL()+` AND c.venture IN (`+marks(&w, some)+`) ORDER BY c.id DESC`, w.Args()...)
		if err != nil {
			return nil, err
		}
		all = append(all, got...)
	}
	return all, nil
}

func marks[T any](w *sqldb.Where, ids []T) (list string) {
	for i, x := range ids {
		if i > 0 {
			list += ", "
		}
		list += w.Arg(x)
	}
	return list
}

// OfOwner gives the loans of the actor's own ventures, and those that she has signed as the person who she has proved to be.
func OfOwner(q sqldb.Q, by authz.Actor) ([]Contract, error) {
	mine, err := venture.OwnedBy(q, by)
	if err != nil {
		return nil, err
	}
	all, err := OfVentures(q, mine)
	if err != nil || by.Person == "" {
		return all, err
	}
	rows, err := person.Same(q, person.ID(by.Person))
	if err != nil && errs.KindOf(err) != errs.Absent {
		return nil, err
	}
	for _, row := range rows {
		signed, err := sqldb.All(q, scan, `SELECT `+columns+` FROM loan_borrower b JOIN loan_contract c ON c.city = b.city AND c.id = b.contract
			WHERE b.city = $1 AND b.person = $2 AND c.state <> 'void' ORDER BY c.id DESC`, row)
		if err != nil {
			return nil, err
		}
		for _, c := range signed {
			if !slices.ContainsFunc(all, func(o Contract) bool { return o.ID == c.ID }) {
				all = append(all, c)
			}
		}
	}
	return all, nil
}

// Owns tells whether a loan is the actor's.
func Owns(q sqldb.Q, by authz.Actor, c Contract) (bool, error) {
	if by.User == "" {
		return false, nil
	}
	all, err := OfOwner(q, by)
	return slices.ContainsFunc(all, func(o Contract) bool { return o.ID == c.ID }), err
}

// OfVenture gives, for the history of a venture, the loans that it had: to its founder, and to who may read loans at either end.
func (s *Service) OfVenture(q sqldb.Q, by authz.Actor, v venture.Venture, _ []venture.Founder, own bool) (all []venture.Line, err error) {
	loans, err := OfVentures(q, []venture.ID{v.ID})
	if err != nil {
		return nil, err
	}
	for i := range loans {
		c := &loans[i]
		if !own {
			e, err := endsOf(q, c)
			if err != nil {
				return nil, err
			}
			if either(by, Read, e) != nil {
				continue
			}
		}
		all = append(all, venture.Line{At: c.From.Start(s.Zone).UnixMicro(), Key: "lending.history.from", Text: c.Number + " " + c.Drawn.Short()})
		if !c.Ended.IsZero() {
			all = append(all, venture.Line{At: c.Ended.Start(s.Zone).UnixMicro(), Key: "lending.history." + string(c.State), Text: c.Number})
		}
	}
	return all, nil
}

// Unheld is the condition that nobody is held who borrows under the loan that a column names.
func Unheld(column string) string {
	return `NOT EXISTS (SELECT 1 FROM loan_borrower b WHERE b.city = $1 AND b.contract = ` + column + ` AND NOT ` + retain.Free("b.person") + `)`
}
