package timetable

import (
	"cmp"
	"slices"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
)

// What is what somebody wrote down of somebody.
type What string

// What is written down.
const (
	In      What = "in"
	Out     What = "out"
	Absent  What = "absent"
	Refused What = "refused" // somebody came to fetch her and may not
)

// Presence is one line of attendance (考勤), with the id that a phone gave it. Lines are only ever added.
type Presence struct {
	Client   string
	Series   string
	Day      day.Day
	Person   person.ID
	What     What
	At       int64  // microseconds UTC by the server's clock
	Skew     int64  // microseconds by which the phone's was behind
	Other    string // who brought or fetched her
	Words    string
	Unlisted bool
	Account  string
	Device   string
	CameAt   int64
}

// WrittenByPresence names the table that noting presence touches, for the verbs of services.
const WrittenByPresence = "timetable_presence"

// Note adds lines, each once however often it comes, and tells which are new. The caller permits and records.
func Note(tx *sqldb.Tx, all []Presence) (fresh []Presence, err error) {
	for _, p := range all {
		unlisted := 0
		if p.Unlisted {
			unlisted = 1
		}
		n, err := tx.Exec(`INSERT INTO timetable_presence (city, client, series, on_day, person, what, at, skew, other, words, unlisted, account, device, came_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (city, client) DO NOTHING`,
			p.Client, p.Series, p.Day, p.Person, string(p.What), p.At, p.Skew, p.Other, p.Words, unlisted, p.Account, p.Device, tx.Now().UnixMicro())
		if err != nil {
			return nil, err
		}
		if n == 1 {
			fresh = append(fresh, p)
		}
	}
	return fresh, nil
}

const presenceColumns = `client, series, on_day, person, what, at, skew, other, words, unlisted, account, device, came_at`

func scanPresence(f sqldb.Scan) (Presence, error) {
	var p Presence
	var unlisted int64
	err := f(&p.Client, &p.Series, &p.Day, &p.Person, &p.What, &p.At, &p.Skew, &p.Other, &p.Words, &unlisted, &p.Account, &p.Device, &p.CameAt)
	p.Unlisted = unlisted == 1
	return p, err
}

// Lines gives what was written down for a series from one day to another, by time.
func Lines(q sqldb.Q, series string, from, to day.Day) ([]Presence, error) {
	return sqldb.All(q, scanPresence, `SELECT `+presenceColumns+` FROM timetable_presence WHERE city = $1 AND series = $2 AND on_day >= $3 AND on_day <= $4 ORDER BY at, client`, series, from, to)
}

// Standing is how somebody stands on a day, as all lines of it say.
type Standing struct {
	In      int64  // when she came first, 0 where she did not
	Out     int64  // when she went last, 0 while she is there
	With    string // who fetched her then
	Absent  bool   // is not there, and somebody has noted so
	Refused int    // how often somebody was refused her
}

// There tells whether she is in the room.
func (s Standing) There() bool { return s.In > 0 && s.Out == 0 }

// Fold says how everybody stands at the end of some lines of one day, in whatever order they came. Who is there does not come a
// second time, who is gone does not go.
func Fold(lines []Presence) map[person.ID]Standing {
	lines = slices.Clone(lines)
	slices.SortFunc(lines, func(a, b Presence) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Client, b.Client)) })
	all := map[person.ID]Standing{}
	for _, l := range lines {
		s := all[l.Person]
		switch l.What {
		case In:
			if s.In == 0 {
				s.In = l.At
			}
			s.Out, s.With, s.Absent = 0, "", false
		case Out:
			if s.There() {
				s.Out, s.With = l.At, l.Other
			}
		case Absent:
			s.Absent = s.In == 0
		case Refused:
			s.Refused++
		}
		all[l.Person] = s
	}
	return all
}
