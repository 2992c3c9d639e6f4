package enrolment

import (
	"slices"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Exchange lets two who have places on two rolls of one edition have each other's, or leaves both as they are, inside an act of the caller's, who
// permits and records and has gathered the two, in this order. Each gets a new turn on the other roll: no line of what was before is written anew.
// It takes the rolls in the order of their keys.
//
// Errors: Conflict "enrolment.not_placed" where either has no place any more; those of Take for who is on the other roll already.
func Exchange(tx *sqldb.Tx, a, b Key, both person.Party) (forA, forB Party, err error) {
	ids := []RollID{a.Roll, b.Roll}
	slices.Sort(ids)
	rolls := map[RollID]Roll{}
	for _, of := range ids {
		if rolls[of], err = hold(tx, of); err != nil {
			return forA, forB, err
		}
	}
	if a.Roll == b.Roll || rolls[a.Roll].Edition != rolls[b.Roll].Edition {
		return forA, forB, errs.New(errs.Conflict, "enrolment.not_placed", nil)
	}
	var old [2]Party
	for i, k := range []Key{a, b} {
		if old[i], err = Find(tx, k); err != nil {
			return forA, forB, err
		}
		if old[i].State != Placed || old[i].Size != 1 {
			return forA, forB, errs.New(errs.Conflict, "enrolment.not_placed", nil)
		}
		r := rolls[k.Roll]
		if _, err = end(tx, &r, old[i], Withdrawn); err != nil {
			return forA, forB, err
		}
		if err = keep(tx, r); err != nil {
			return forA, forB, err
		}
	}
	if forA, err = seat(tx, b.Roll, old[0], alone(both, 0)); err != nil {
		return forA, forB, err
	}
	forB, err = seat(tx, a.Roll, old[1], alone(both, 1))
	return forA, forB, err
}

// seat gives one who has left another roll a place on a held one. She comes outside the order in which places were given.
func seat(tx *sqldb.Tx, roll RollID, before Party, who person.Party) (Party, error) {
	r, err := next(tx, roll)
	if err != nil {
		return Party{}, err
	}
	if err := signedUp(tx, r, who); err != nil {
		return Party{}, err
	}
	now := tx.Now().UnixMicro()
	p := Party{
		Key: Key{r.ID, r.Turn}, Size: 1, Group: before.Group, Points: before.Points, State: Placed, Found: -1, Way: before.Way,
		Signer: before.Signer, MadeBy: before.MadeBy, MadeAt: now, MovedAt: now, Members: []Member{{No: 1, Person: who.People[0].ID}},
	}
	r.Held++
	if err := keep(tx, r); err != nil {
		return p, err
	}
	return p, add(tx, r, p)
}

// alone is one of some people by herself.
func alone(p person.Party, i int) person.Party {
	return person.Party{Adult: p.People[i], People: p.People[i : i+1], Rows: p.Rows[i : i+1]}
}
