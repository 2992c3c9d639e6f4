package timetable

import (
	"cmp"
	"slices"
	"time"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Plan puts a session into the timetable, inside an act of the caller's, who permits and records.
//
// Errors: Conflict "timetable.room" and "timetable.leader" where the time is taken, with the title of what takes it;
// "timetable.not_cleared" for a leader who may not be with children on that day.
func Plan(tx *sqldb.Tx, zone *time.Location, s Session) (Session, error) {
	s.ID, s.State, s.Day = id.New[Session](tx.Now()), Planned, day.Of(time.UnixMicro(s.Starts), zone)
	s.MadeBy, s.MadeAt, s.EditedAt = tx.By().User, tx.Now().UnixMicro(), tx.Now().UnixMicro()
	if err := s.check(zone); err != nil {
		return s, err
	}
	if err := s.fit(tx, nil); err != nil {
		return s, err
	}
	if err := insert(tx, s); err != nil {
		return s, err
	}
	return s, lead(tx, s)
}

// Move holds a planned session at another time, in another room or by others, under the same rules. Version is EditedAt as it was
// read.
func Move(tx *sqldb.Tx, zone *time.Location, which ID, version int64, to Session) (Session, error) {
	s, err := Find(tx, which)
	if err != nil {
		return s, err
	}
	before := guards(s)
	s.Room, s.Starts, s.Ends, s.Title, s.Leaders, s.Day = to.Room, to.Starts, to.Ends, to.Title, to.Leaders, day.Of(time.UnixMicro(to.Starts), zone)
	if err := s.check(zone); err != nil {
		return s, err
	}
	if err := s.fit(tx, before); err != nil {
		return s, err
	}
	s.EditedAt = max(tx.Now().UnixMicro(), version+1)
	n, err := tx.Exec(`UPDATE timetable_session SET room = $3, starts_at = $4, ends_at = $5, title = $6, on_day = $7, edited_at = $8 WHERE city = $1 AND id = $2 AND state = 'planned' AND edited_at = $9`,
		which, s.Room, s.Starts, s.Ends, s.Title, s.Day, s.EditedAt, version)
	if err != nil {
		return s, err
	}
	if n == 0 {
		return s, errs.New(errs.Conflict, "errs.stale", nil)
	}
	if _, err := tx.Exec(`UPDATE timetable_leader SET ended_at = $3 WHERE city = $1 AND session = $2 AND ended_at = 0`, which, s.EditedAt); err != nil {
		return s, err
	}
	return s, lead(tx, s)
}

// Cancel takes a planned session out of the timetable.
func Cancel(tx *sqldb.Tx, which ID) (Session, error) {
	s, err := Find(tx, which)
	if err != nil {
		return s, err
	}
	if err := take(tx, guards(s)); err != nil {
		return s, err
	}
	return s, s.turn(tx, Cancelled)
}

// Begin notes that a session begins. It asks once more whether all who lead it may be with children today, and that somebody does.
func Begin(tx *sqldb.Tx, which ID) (Session, error) {
	s, err := Find(tx, which)
	if err != nil {
		return s, err
	}
	if s.State != Planned {
		return s, errs.New(errs.Conflict, "timetable.not_planned", nil) // who leads one that was cancelled may be one human being by now
	}
	if len(s.Leaders) == 0 {
		return s, errs.New(errs.Conflict, "timetable.nobody", nil)
	}
	if _, err := s.hold(tx); err != nil {
		return s, err
	}
	if err := s.cleared(tx); err != nil {
		return s, err
	}
	return s, s.turn(tx, Begun)
}

func (s *Session) turn(tx *sqldb.Tx, to State) error {
	n, err := tx.Exec(`UPDATE timetable_session SET state = $3, edited_at = $4 WHERE city = $1 AND id = $2 AND state = 'planned'`, s.ID, string(to), max(tx.Now().UnixMicro(), s.EditedAt+1))
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "timetable.not_planned", nil)
	}
	s.State = to
	return err
}

// guards names what a session takes up: its room, and the time of those who lead it.
func guards(s Session) []string {
	all := []string{"room/" + s.Place.String() + "/" + s.Room}
	for _, l := range s.Leaders {
		all = append(all, "leader/"+l.String())
	}
	return all
}

// take takes guards until the act ends, in the order of their names.
func take(tx *sqldb.Tx, all []string) error {
	slices.Sort(all)
	for _, g := range slices.Compact(all) {
		if _, err := tx.Exec(`INSERT INTO timetable_guard (city, guard, moves) VALUES ($1, $2, 1) ON CONFLICT (city, guard) DO UPDATE SET moves = timetable_guard.moves + 1`, g); err != nil {
			return err
		}
	}
	return nil
}

// fit takes the rows of those who lead the session, then the guards of all that it takes up now and took up before, and only then
// looks: it refuses the session where any of it is taken by another.
func (s *Session) fit(tx *sqldb.Tx, before []string) error {
	rows, err := s.hold(tx)
	if err != nil {
		return err
	}
	if err := take(tx, slices.Concat(before, guards(*s))); err != nil {
		return err
	}
	there, err := sqldb.All(tx, scan, `SELECT `+columns+` FROM timetable_session s WHERE s.city = $1 AND s.place = $2 AND s.room = $3 AND s.state <> 'cancelled' AND s.id <> $4
		AND s.starts_at < $6 AND s.ends_at > $5 ORDER BY s.starts_at, s.id LIMIT 1`, s.Place, s.Room, s.ID, s.Starts, s.Ends)
	if err != nil {
		return err
	}
	if len(there) > 0 {
		return errs.New(errs.Conflict, "timetable.room", errs.Args{"title": there[0].Title, "at": time.UnixMicro(there[0].Starts)})
	}
	for _, of := range rows {
		busy, err := LedBy(tx, of, s.Starts, s.Ends)
		if err != nil {
			return err
		}
		for _, o := range busy {
			if o.ID != s.ID {
				return errs.New(errs.Conflict, "timetable.leader", errs.Args{"title": o.Title, "at": time.UnixMicro(o.Starts)})
			}
		}
	}
	return s.cleared(tx)
}

// hold takes the rows of all who lead the session until the act ends: nobody merges them or takes a clearance from them meanwhile.
// Leaders are named by the rows that stand for them afterwards; it gives all rows of each.
func (s *Session) hold(tx *sqldb.Tx) (rows [][]person.ID, err error) {
	if len(s.Leaders) == 0 {
		return nil, nil
	}
	held, err := person.Gather(tx, s.Leaders[0], s.Leaders, 0, "", "")
	if err != nil {
		return nil, err
	}
	s.Leaders = nil
	for i, p := range held.People {
		if slices.Contains(s.Leaders, p.ID) {
			return nil, errs.New(errs.Invalid, "timetable.twice", nil)
		}
		s.Leaders = append(s.Leaders, p.ID)
		rows = append(rows, held.Rows[i])
	}
	return rows, nil
}

func (s *Session) cleared(q sqldb.Q) error {
	if !s.Children {
		return nil
	}
	for _, l := range s.Leaders {
		gaps, err := clearance.On(q, l, s.Day)
		if err != nil {
			return err
		}
		if len(gaps) > 0 {
			return notCleared(s.Day)
		}
	}
	return nil
}

func notCleared(on day.Day) error {
	return errs.New(errs.Conflict, "timetable.not_cleared", errs.Args{"day": on})
}

// Join does what is to be done when rows turn out to be one human being: of her sessions that meet she keeps the one planned first.
// It gives those that have lost her.
func Join(tx *sqldb.Tx, rows []person.ID) (lost []Session, err error) {
	all, err := LedBy(tx, rows, 0, 1<<62)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Session) int { return cmp.Compare(a.ID, b.ID) })
	var kept []Session
	for _, s := range all {
		if slices.ContainsFunc(kept, func(k Session) bool { return k.ID == s.ID }) { // both led it
			continue
		}
		if !slices.ContainsFunc(kept, s.meets) {
			kept = append(kept, s)
			continue
		}
		for _, row := range rows {
			if _, err := tx.Exec(`UPDATE timetable_leader SET ended_at = $4 WHERE city = $1 AND session = $2 AND person = $3 AND ended_at = 0`, s.ID, row, tx.Now().UnixMicro()); err != nil {
				return nil, err
			}
		}
		lost = append(lost, s)
	}
	return lost, nil
}
