package enrolment

import (
	"slices"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// In each of these functions a roll is changed inside an act of the caller's, who permits and records. They give the parties
// to whom places are offered by that, so that the caller tells them: nobody need look after a queue.

// Accept takes an offered place. The deadline is the act's own moment: who comes after it is told that the place is gone.
func Accept(tx *sqldb.Tx, k Key) (Party, error) {
	r, p, err := held(tx, k)
	if err != nil {
		return p, err
	}
	switch now := tx.Now().UnixMicro(); {
	case p.State == Placed:
		return p, errs.New(errs.Conflict, "enrolment.placed_already", nil)
	case p.State != Offered:
		return p, errs.New(errs.Conflict, "enrolment.not_offered", nil)
	case now >= p.Until:
		return p, errs.New(errs.Conflict, "enrolment.offer_over", nil)
	}
	p.State, p.Until = Placed, 0
	return p, put(tx, r, p)
}

// Decline gives an offered place back and leaves the roll.
func Decline(tx *sqldb.Tx, k Key) (p Party, offered []Party, err error) {
	r, p, err := held(tx, k)
	if err == nil && p.State != Offered {
		err = errs.New(errs.Conflict, "enrolment.not_offered", nil)
	}
	if err != nil {
		return p, nil, err
	}
	return leave(tx, r, p, p.Members, Declined)
}

// Withdraw takes people off a roll, all of the party where none is named. Whatever they held is free at once.
func Withdraw(tx *sqldb.Tx, k Key, who ...person.ID) (p Party, offered []Party, err error) {
	r, p, err := held(tx, k)
	if err != nil {
		return p, nil, err
	}
	if !p.State.Counts() {
		return p, nil, errs.New(errs.Conflict, "enrolment.over", nil)
	}
	going := p.Members
	if len(who) > 0 {
		going = slices.DeleteFunc(slices.Clone(p.Members), func(m Member) bool { return m.Gone || !slices.Contains(who, m.Person) })
		if len(going) == 0 {
			return p, nil, absent()
		}
	}
	return leave(tx, r, p, going, Withdrawn)
}

// Regroup puts a party that is still to be drawn, or to be put in order, into another group.
func Regroup(tx *sqldb.Tx, k Key, group, points int64) (Party, error) {
	r, p, err := held(tx, k)
	if err != nil {
		return p, err
	}
	if p.State != Entered || r.Standing != Open {
		return p, errs.New(errs.Conflict, "enrolment.grouped", nil)
	}
	p.Group, p.Points = group, points
	return p, put(tx, r, p)
}

// Lapse ends the offers of a roll whose deadline has gone by, and offers what they held to the next.
func Lapse(tx *sqldb.Tx, roll RollID) (lapsed, offered []Party, err error) {
	r, err := hold(tx, roll)
	if err != nil {
		return nil, nil, err
	}
	due, err := sqldb.All(tx, scanParty, `SELECT `+partyColumns+` FROM enrolment WHERE city = $1 AND roll = $2 AND state = 'offered' AND until_at <= $3 ORDER BY place`, roll, tx.Now().UnixMicro())
	if err != nil {
		return nil, nil, err
	}
	for _, p := range due {
		if p, err = end(tx, &r, p, Lapsed); err != nil {
			return nil, nil, err
		}
		lapsed = append(lapsed, p)
	}
	offered, err = promote(tx, r)
	return lapsed, offered, err
}

// Resize changes how many places there are. There cannot be fewer than are held.
func Resize(tx *sqldb.Tx, roll RollID, places int64) (Roll, []Party, error) {
	r, err := hold(tx, roll)
	if err != nil {
		return r, nil, err
	}
	switch {
	case r.Standing == Ended:
		return r, nil, errs.New(errs.Conflict, "enrolment.cancelled", nil)
	case r.Standing == Listed:
		return r, nil, errs.New(errs.Conflict, "enrolment.listed", nil) // the list says for how many it is drawn
	case places < r.Held:
		return r, nil, errs.New(errs.Conflict, "enrolment.held", errs.Args{"n": r.Held})
	}
	r.Places = places
	offered, err := promote(tx, r)
	return r, offered, err
}

// Cancel ends a roll with everybody on it, and gives who counted.
func Cancel(tx *sqldb.Tx, roll RollID) (all []Party, err error) {
	r, err := hold(tx, roll)
	if err != nil {
		return nil, err
	}
	if r.Standing == Ended {
		return nil, errs.New(errs.Conflict, "enrolment.cancelled", nil)
	}
	counting, err := sqldb.All(tx, scanParty, `SELECT `+partyColumns+` FROM enrolment WHERE city = $1 AND roll = $2 AND state IN ('entered', 'waiting', 'offered', 'placed') ORDER BY turn`, roll)
	if err != nil {
		return nil, err
	}
	for _, p := range counting {
		if p, err = end(tx, &r, p, Dropped); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	r.Standing = Ended
	return all, keep(tx, r)
}

// Join makes two persons who turned out to be one count once: on each roll where both are, the one without a place leaves,
// or the later one. It belongs to the act that merges them, which holds their rows. rows are all that are the one human being.
func Join(tx *sqldb.Tx, rows []person.ID) (left, offered []Party, err error) {
	all, err := keysOf(tx, rows, true)
	if err != nil {
		return nil, nil, err
	}
	for i := 0; i < len(all); {
		same := i + 1
		for same < len(all) && all[same].Roll == all[i].Roll {
			same++
		}
		if same-i > 1 {
			out, got, err := joinOn(tx, all[i].Roll, rows)
			if err != nil {
				return nil, nil, err
			}
			left, offered = append(left, out...), append(offered, got...)
		}
		i = same
	}
	return left, offered, nil
}

// After is what is to be done when rows of persons turn out to be one human being, in the act that joins them: Join, then each service is told
// who left a roll by it and who is offered what became free, of its own rolls and of others'.
func After(services ...func(tx *sqldb.Tx, rows []person.ID, left, offered []Party) error) func(tx *sqldb.Tx, rows []person.ID) error {
	return func(tx *sqldb.Tx, rows []person.ID) error {
		left, offered, err := Join(tx, rows)
		if err != nil {
			return err
		}
		for _, told := range services {
			if err := told(tx, rows, left, offered); err != nil {
				return err
			}
		}
		return nil
	}
}

func joinOn(tx *sqldb.Tx, roll RollID, rows []person.ID) (left, offered []Party, err error) {
	r, err := hold(tx, roll)
	if err != nil {
		return nil, nil, err
	}
	all, err := keysOf(tx, rows, true)
	if err != nil {
		return nil, nil, err
	}
	var best Party
	var mine Member
	for _, m := range all {
		if m.Roll != roll {
			continue
		}
		p, err := Find(tx, m.Key)
		if err != nil {
			return nil, nil, err
		}
		me := Member{No: m.no, Person: m.person}
		if best.Turn == 0 {
			best, mine = p, me
			continue
		}
		out, gone := p, me
		if p.Turn != best.Turn && worse(best, p).Turn == best.Turn {
			out, gone, best, mine = best, mine, p, me
		}
		out, err = shrink(tx, &r, out, []Member{gone}, Merged)
		if err != nil {
			return nil, nil, err
		}
		if out.Turn == best.Turn {
			best = out
		}
		left = append(left, out)
	}
	offered, err = promote(tx, r)
	return left, offered, err
}

// held takes the roll of a party and gives both.
func held(tx *sqldb.Tx, k Key) (Roll, Party, error) {
	r, err := hold(tx, k.Roll)
	if err != nil {
		return r, Party{}, err
	}
	p, err := Find(tx, k)
	return r, p, err
}

// leave takes members off a roll, and offers what becomes free.
func leave(tx *sqldb.Tx, r Roll, p Party, going []Member, as State) (Party, []Party, error) {
	p, err := shrink(tx, &r, p, going, as)
	if err != nil {
		return p, nil, err
	}
	offered, err := promote(tx, r)
	return p, offered, err
}

// shrink takes members off a party; one that loses its last is ended.
func shrink(tx *sqldb.Tx, r *Roll, p Party, going []Member, as State) (Party, error) {
	going = slices.DeleteFunc(slices.Clone(going), func(m Member) bool { return m.Gone })
	if int64(len(going)) == p.Size {
		return end(tx, r, p, as)
	}
	if _, err := tx.Bulk(`UPDATE enrolment_member SET ended = turn WHERE city = $1 AND roll = $2 AND turn = $3 AND no = $4`, len(going), func(i int) []any {
		return []any{p.Roll, p.Turn, going[i].No}
	}); err != nil {
		return p, err
	}
	if p.State.Holds() {
		r.Held -= int64(len(going))
	}
	p.Size -= int64(len(going))
	return p, put(tx, *r, p)
}

// end ends a party with all its members.
func end(tx *sqldb.Tx, r *Roll, p Party, as State) (Party, error) {
	if p.State.Holds() {
		r.Held -= p.Size
	}
	p.State, p.Until = as, 0
	if _, err := tx.Exec(`UPDATE enrolment_member SET ended = turn WHERE city = $1 AND roll = $2 AND turn = $3 AND ended = 0`, p.Roll, p.Turn); err != nil {
		return p, err
	}
	return p, put(tx, *r, p)
}

// put writes how a party stands. The roll is held.
func put(tx *sqldb.Tx, r Roll, p Party) error {
	_, err := tx.Exec(`UPDATE enrolment SET size = $4, state = $5, place = $6, found = $7, until_at = $8, grp = $9, points = $10, moved_at = $11 WHERE city = $1 AND roll = $2 AND turn = $3`,
		r.ID, p.Turn, p.Size, string(p.State), p.Place, p.Found, p.Until, p.Group, p.Points, tx.Now().UnixMicro())
	return err
}

// promote offers free places of a held roll, in order, to each party that they are enough for: one that is too large for
// what is left keeps its turn, and whoever comes behind it may take them, as in a draw. So nobody who waits fits into what
// is left when an act ends, and who comes then and fits takes nothing from them. It also writes the roll.
func promote(tx *sqldb.Tx, r Roll) (offered []Party, err error) {
	for r.Left() > 0 && (r.Standing == Open || r.Standing == Settled) {
		p, err := sqldb.All(tx, scanParty, `SELECT `+partyColumns+` FROM enrolment WHERE city = $1 AND roll = $2 AND state = 'waiting' AND size <= $3 ORDER BY place LIMIT 1`, r.ID, r.Left())
		if err != nil {
			return nil, err
		}
		if len(p) == 0 {
			break
		}
		one := p[0]
		one.State, one.Until = Offered, r.deadline(tx.Now().UnixMicro())
		r.Held += one.Size
		if err := put(tx, r, one); err != nil {
			return nil, err
		}
		offered = append(offered, one)
	}
	return offered, keep(tx, r)
}
