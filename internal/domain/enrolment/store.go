package enrolment

import (
	"cmp"
	"slices"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Written names the tables that giving places touches, for the verbs of services. Persons are only held.
const Written = "enrolment enrolment_member enrolment_roll person"

const rollColumns = `id, edition, serial, mode, places, held, turn, moves, most, offer_min, opens_at, closes_at, paper_at, state`

func scanRoll(s sqldb.Scan) (Roll, error) {
	var r Roll
	return r, s(&r.ID, &r.Edition, &r.Serial, &r.Mode, &r.Places, &r.Held, &r.Turn, &r.Moves, &r.Most, &r.OfferFor, &r.Opens, &r.Closes, &r.PaperTo, &r.Standing)
}

const partyColumns = `roll, turn, size, grp, points, state, place, found, until_at, way, signer, made_by, made_at, moved_at`

func scanParty(s sqldb.Scan) (Party, error) {
	var p Party
	return p, s(&p.Roll, &p.Turn, &p.Size, &p.Group, &p.Points, &p.State, &p.Place, &p.Found, &p.Until, &p.Way, &p.Signer, &p.MadeBy, &p.MadeAt, &p.MovedAt)
}

// hold takes a roll's row until the act ends, and gives it.
func hold(tx *sqldb.Tx, which RollID) (Roll, error) {
	return sqldb.One(tx, scanRoll, `UPDATE enrolment_roll SET moves = moves + 1 WHERE city = $1 AND id = $2 RETURNING `+rollColumns, which)
}

// next is hold that also draws a turn.
func next(tx *sqldb.Tx, which RollID) (Roll, error) {
	return sqldb.One(tx, scanRoll, `UPDATE enrolment_roll SET moves = moves + 1, turn = turn + 1 WHERE city = $1 AND id = $2 RETURNING `+rollColumns, which)
}

// keep writes how many places of a held roll are taken.
func keep(tx *sqldb.Tx, r Roll) error {
	return tx.Put(`UPDATE enrolment_roll SET held = $3, places = $4, state = $5 WHERE city = $1 AND id = $2`, 1, func(int) []any {
		return []any{r.ID, r.Held, r.Places, string(r.Standing)}
	})
}

// FindRoll gives one roll.
func FindRoll(q sqldb.Q, which RollID) (Roll, error) {
	return sqldb.One(q, scanRoll, `SELECT `+rollColumns+` FROM enrolment_roll WHERE city = $1 AND id = $2`, which)
}

// Rolls gives the rolls of an edition by their ids.
func Rolls(q sqldb.Q, of edition.ID) (map[RollID]Roll, error) {
	all, err := sqldb.All(q, scanRoll, `SELECT `+rollColumns+` FROM enrolment_roll WHERE city = $1 AND edition = $2`, of)
	by := make(map[RollID]Roll, len(all))
	for _, r := range all {
		by[r.ID] = r
	}
	return by, err
}

// Find gives a party with all its members.
func Find(q sqldb.Q, k Key) (Party, error) {
	p, err := sqldb.One(q, scanParty, `SELECT `+partyColumns+` FROM enrolment WHERE city = $1 AND roll = $2 AND turn = $3`, k.Roll, k.Turn)
	if err != nil {
		return p, err
	}
	p.Members, err = sqldb.All(q, scanMember, `SELECT no, person, ended FROM enrolment_member WHERE city = $1 AND roll = $2 AND turn = $3 ORDER BY no`, k.Roll, k.Turn)
	return p, err
}

func scanMember(s sqldb.Scan) (Member, error) {
	var m Member
	var ended int64
	err := s(&m.No, &m.Person, &ended)
	m.Gone = ended != 0
	return m, err
}

// Parties gives all parties of a roll with their members: who has a place, who waits in order, who is to be drawn, then who
// is gone.
func Parties(q sqldb.Q, roll RollID) ([]Party, error) {
	all, err := sqldb.All(q, scanParty, `SELECT `+partyColumns+` FROM enrolment WHERE city = $1 AND roll = $2
		ORDER BY CASE state WHEN 'placed' THEN 1 WHEN 'offered' THEN 2 WHEN 'waiting' THEN 3 WHEN 'entered' THEN 4 ELSE 5 END, place, turn`, roll)
	if err != nil {
		return nil, err
	}
	at := make(map[int64]int, len(all))
	for i, p := range all {
		at[p.Turn] = i
	}
	type line struct {
		turn int64
		Member
	}
	members, err := sqldb.All(q, func(s sqldb.Scan) (l line, err error) {
		var ended int64
		err = s(&l.turn, &l.No, &l.Person, &ended)
		l.Gone = ended != 0
		return l, err
	}, `SELECT turn, no, person, ended FROM enrolment_member WHERE city = $1 AND roll = $2 ORDER BY turn, no`, roll)
	for _, m := range members {
		p := &all[at[m.turn]]
		p.Members = append(p.Members, m.Member)
	}
	return all, err
}

// OfPeople gives the parties of which any of some rows of persons is or was a member, the latest first.
func OfPeople(q sqldb.Q, rows []person.ID) (all []Party, err error) {
	keys, err := keysOf(q, rows, false)
	if err != nil {
		return nil, err
	}
	seen := map[Key]bool{}
	for _, k := range keys {
		if seen[k.Key] {
			continue
		}
		seen[k.Key] = true
		p, err := Find(q, k.Key)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// standing is one member's place on a roll.
type standing struct {
	Key
	no      int64
	person  person.ID
	edition edition.ID
}

func keysOf(q sqldb.Q, rows []person.ID, counting bool) ([]standing, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	var w sqldb.Where
	w.And("city = $1")
	marks := ""
	for i, r := range rows {
		if i > 0 {
			marks += ", "
		}
		marks += w.Arg(r)
	}
	w.And("person IN (" + marks + ")")
	if counting {
		w.And("ended = 0")
	}
	// Without ORDER BY: SQLite would read the whole table in that order while it is young.
	all, err := sqldb.All(q, func(s sqldb.Scan) (standing, error) {
		var m standing
		return m, s(&m.Roll, &m.Turn, &m.no, &m.person, &m.edition)
	}, `SELECT roll, turn, no, person, edition FROM enrolment_member WHERE `+w.SQL(), w.Args()...)
	slices.SortFunc(all, func(a, b standing) int {
		return cmp.Or(cmp.Compare(a.Roll, b.Roll), cmp.Compare(b.Turn, a.Turn), cmp.Compare(a.no, b.no))
	})
	return all, err
}

// Explain gives the facts that say why a party has a place or waits.
func Explain(q sqldb.Q, r Roll, p Party) (Why, error) {
	w := Why{Mode: r.Mode, State: p.State, Turn: p.Turn, Group: p.Group, Place: p.Place, Size: p.Size, Found: p.Found, Places: r.Places}
	if p.State != Waiting {
		return w, nil
	}
	err := q.Row(`SELECT COUNT(*), COALESCE(SUM(size), 0) FROM enrolment WHERE city = $1 AND roll = $2 AND state = 'waiting' AND place < $3`, r.ID, p.Place).Scan(&w.Wait, &w.Ahead)
	return w, err
}

// Tally counts the children of a roll by how they stand.
func Tally(q sqldb.Q, roll RollID) (map[State]int64, error) {
	type line struct {
		state State
		n     int64
	}
	all, err := sqldb.All(q, func(s sqldb.Scan) (line, error) {
		var l line
		return l, s(&l.state, &l.n)
	}, `SELECT state, SUM(size) FROM enrolment WHERE city = $1 AND roll = $2 GROUP BY state`, roll)
	by := map[State]int64{}
	for _, l := range all {
		by[l.state] = l.n
	}
	return by, err
}

// Overdue gives the rolls of a service on which an offer's deadline has gone by, at most so many.
func Overdue(q sqldb.Q, service string, now int64, most int) ([]RollID, error) {
	return sqldb.All(q, scanRollID, `SELECT DISTINCT e.roll FROM enrolment e JOIN enrolment_roll r ON r.city = e.city AND r.id = e.roll
		WHERE e.city = $1 AND e.state = 'offered' AND e.until_at <= $2 AND `+edition.IsOf("r.edition", "$4")+` ORDER BY e.roll LIMIT $3`, now, most, service)
}

// Ending gives the offers of a service whose deadline lies between two moments and of whose time half has gone by.
func Ending(q sqldb.Q, service string, from, to int64) ([]Party, error) {
	return sqldb.All(q, scanParty, `SELECT `+partyColumns+` FROM enrolment WHERE city = $1
		AND roll IN (SELECT r.id FROM enrolment_roll r WHERE r.city = $1 AND `+edition.IsOf("r.edition", "$4")+`) AND state = 'offered' AND until_at > $2 AND until_at <= $3 AND $2 - moved_at > until_at - $2 ORDER BY until_at, roll, turn`, from, to, service)
}

// Closing gives the rolls of a service whose list is to be fixed: sign-up is over, also for what came on paper.
func Closing(q sqldb.Q, service string, now int64, most int) ([]RollID, error) {
	return sqldb.All(q, scanRollID, `SELECT r.id FROM enrolment_roll r WHERE r.city = $1 AND r.mode <> 'first_come' AND r.state = 'open' AND r.paper_at <= $2
		AND `+edition.IsOf("r.edition", "$4")+` ORDER BY r.id LIMIT $3`, now, most, service)
}

func scanRollID(s sqldb.Scan) (RollID, error) {
	var r RollID
	return r, s(&r)
}

// Names is the condition that a party names the person whom a column names, as a member or as who signed.
func Names(column string) string {
	return `(EXISTS (SELECT 1 FROM enrolment_member WHERE enrolment_member.city = $1 AND enrolment_member.person = ` + column + `)
		OR EXISTS (SELECT 1 FROM enrolment WHERE enrolment.city = $1 AND enrolment.signer = ` + column + `))`
}

func absent() error { return errs.New(errs.Absent, "errs.absent", nil) }
