package timetable

import (
	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
)

// leading is who leads a session, or did, and the matter in which a substitute is looked for.
type leading struct {
	who   person.ID
	asked string
	ended int64
}

func leaders(q sqldb.Q, of ID) ([]leading, error) {
	return sqldb.All(q, func(f sqldb.Scan) (leading, error) {
		var l leading
		return l, f(&l.who, &l.asked, &l.ended)
	}, `SELECT person, asked, ended_at FROM timetable_leader WHERE city = $1 AND session = $2 ORDER BY ended_at, person`, of)
}

// Lacks gives, of planned sessions with children from one day to another, the leaders who are not cleared on the session's day, and of
// those that nobody leads any more whoever left last, unless somebody was asked already to find a substitute.
func Lacks(q sqldb.Q, from, to day.Day) (all []Lacking, err error) {
	sessions, err := sqldb.All(q, scan, `SELECT `+columns+` FROM timetable_session s WHERE s.city = $1 AND s.on_day >= $2 AND s.on_day <= $3 AND s.state = 'planned' AND s.children = 1
		ORDER BY s.starts_at, s.id`, from, to)
	if err != nil {
		return nil, err
	}
	for _, s := range sessions {
		rows, err := leaders(q, s.ID)
		if err != nil {
			return nil, err
		}
		lacking, err := lack(q, s, rows)
		if err != nil {
			return nil, err
		}
		all = append(all, lacking...)
	}
	return all, nil
}

// lack gives who is wanting before a session, as Lacks does.
func lack(q sqldb.Q, s Session, rows []leading) (all []Lacking, err error) {
	led, asked := false, false
	for _, l := range rows {
		led, asked = led || l.ended == 0, asked || l.asked != ""
		if l.ended > 0 || l.asked != "" {
			continue
		}
		gaps, err := clearance.On(q, l.who, s.Day)
		if err != nil {
			return nil, err
		}
		if len(gaps) > 0 {
			all = append(all, Lacking{s, l.who, gaps})
		}
	}
	if !led && !asked && len(rows) > 0 {
		all = append(all, Lacking{s, rows[len(rows)-1].who, nil})
	}
	return all, nil
}

// Asked notes in which matter a substitute for a leader is looked for; false where another process was first. The caller permits
// and records.
func Asked(tx *sqldb.Tx, of ID, who person.ID, matter string) (bool, error) {
	n, err := tx.Exec(`UPDATE timetable_leader SET asked = $4 WHERE city = $1 AND session = $2 AND person = $3 AND asked = ''`, of, who, matter)
	return n == 1, err
}

// Sought is a matter in which a substitute is looked for.
type Sought struct {
	Session ID
	Series  string
	Person  person.ID
	Matter  string
}

// Found gives the matters in which no substitute is looked for any more: the session is over or cancelled, or somebody leads it and
// all who do are cleared.
func Found(q sqldb.Q, today day.Day) (all []Sought, err error) {
	sought, err := sqldb.All(q, func(f sqldb.Scan) (Sought, error) {
		var x Sought
		return x, f(&x.Session, &x.Person, &x.Matter)
	}, `SELECT session, person, asked FROM timetable_leader WHERE city = $1 AND asked <> '' ORDER BY session, person`)
	if err != nil {
		return nil, err
	}
	for _, x := range sought {
		s, err := Find(q, x.Session)
		if err != nil {
			return nil, err
		}
		fit := len(s.Leaders) > 0
		for _, who := range s.Leaders {
			may, err := clearance.May(q, who, s.Day)
			if err != nil {
				return nil, err
			}
			fit = fit && may
		}
		if x.Series = s.Series; fit || s.State != Planned || s.Day < today {
			all = append(all, x)
		}
	}
	return all, nil
}

// Settled notes that no substitute is looked for any more in a matter; false where another process was first. The caller permits and
// records.
func Settled(tx *sqldb.Tx, x Sought) (bool, error) {
	n, err := tx.Exec(`UPDATE timetable_leader SET asked = '' WHERE city = $1 AND session = $2 AND person = $3 AND asked = $4`, x.Session, x.Person, x.Matter)
	return n == 1, err
}
