package nightschool

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Learner is one on the list of a lesson.
type Learner struct {
	Person  person.ID
	Name    string
	Receipt string
	Here    bool
	Excused bool
	Paid    bool
	party   enrolment.Party
}

// Lesson is one evening of a course with its list (签到表).
type Lesson struct {
	timetable.Session
	Course   Course
	Learners []Learner
	Code     string // which learners type on their phones in the room
	Closed   bool
	Open     bool // may be filled in now
	Of       Opinions

	names bool // the viewer may read the learners' names
}

// Marks is who is written down as being there, and who as having paid.
type Marks struct{ Here, Paid []person.ID }

// early is how long before a lesson people are written down.
const early = 30 * time.Minute

// OpensAt is from when on a lesson's list may be filled in; microseconds UTC.
func (l Lesson) OpensAt() int64 { return l.Starts - early.Microseconds() }

// code is what a teacher writes on the board for an evening; nothing is kept of it.
func (s *Service) code(session timetable.ID) string {
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(s.Keys.Lookup("night_door", session.String())[:4])%1_000_000)
}

// lesson finds a lesson for whoever teaches it, who knows her learners by name, or holds the verb at its course's site.
func (s *Service) lesson(q sqldb.Q, by authz.Actor, which timetable.ID) (l Lesson, err error) {
	if l.Session, err = timetable.Find(q, which); err != nil {
		return l, err
	}
	of, err := id.Parse[Course](l.Series)
	if err != nil {
		return l, absent()
	}
	if l.Course, err = findCourse(q, of); err != nil {
		return l, err
	}
	if by.Person != "" {
		self, err := person.Find(q, person.ID(by.Person))
		if err != nil {
			return l, err
		}
		teacher, err := person.Find(q, l.Course.Teacher)
		switch {
		case err != nil && errs.KindOf(err) != errs.Absent:
			return l, err
		case err == nil && teacher.ID == self.ID:
			l.names = true
			return l, nil
		}
	}
	at, err := org.Find(q, l.Course.Org)
	if err != nil {
		return l, err
	}
	l.names = by.Sees(authz.Personal, Names, at.Path)
	return l, by.Must(Attend, at.Path)
}

// standing reads whether a lesson's list may be filled in, and by what code.
func (s *Service) standing(q sqldb.Q, l *Lesson) error {
	closed, err := closedBy(q, l.ID)
	if err != nil {
		return err
	}
	l.Closed, l.Code = closed != "", s.code(l.ID)
	l.Open = !l.Closed && q.Now().UnixMicro() >= l.OpensAt() && l.State != timetable.Cancelled
	return nil
}

// closedBy is the account that closed a lesson's list, empty while it is open.
func closedBy(q sqldb.Q, which timetable.ID) (account string, err error) {
	err = q.Row(`SELECT closed_by FROM night_list WHERE city = $1 AND session = $2`, which).Scan(&account)
	if errors.Is(err, sqldb.ErrNone) {
		err = nil
	}
	return account, err
}

// learners reads who is on a lesson's list, and how each stands.
func (l *Lesson) learners(q sqldb.Q) error {
	if l.Course.Roll == "" {
		return absent()
	}
	roll, err := enrolment.FindRoll(q, l.Course.Roll)
	if err != nil {
		return err
	}
	parties, err := enrolment.Parties(q, l.Course.Roll)
	if err != nil {
		return err
	}
	lines, err := timetable.Lines(q, l.Series, l.Day, l.Day)
	if err != nil {
		return err
	}
	there := timetable.Fold(lines)
	excused, err := those(q, `SELECT person FROM night_excuse WHERE city = $1 AND session = $2`, l.ID)
	if err != nil {
		return err
	}
	paid, err := those(q, `SELECT person FROM night_fee WHERE city = $1 AND session = $2`, l.ID)
	if err != nil {
		return err
	}
	for _, p := range parties {
		if p.State != enrolment.Placed {
			continue
		}
		who, err := person.Find(q, p.Members[0].Person)
		if err != nil {
			return err
		}
		of := p.Members[0].Person
		l.Learners = append(l.Learners, Learner{
			Person: of, Name: who.Name, Receipt: enrolment.Receipt(roll, p.Key, 1, 1), Here: there[of].There(), Excused: slices.Contains(excused, of), Paid: slices.Contains(paid, of), party: p,
		})
	}
	return nil
}

func those(q sqldb.Q, query string, session timetable.ID) ([]person.ID, error) {
	return sqldb.All(q, func(f sqldb.Scan) (person.ID, error) {
		var p person.ID
		return p, f(&p)
	}, query, session)
}

// Lesson gives a lesson's list to whoever teaches it, or to the desk.
func (s *Service) Lesson(ctx context.Context, by authz.Actor, which timetable.ID) (l Lesson, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if l, err = s.lesson(q, by, which); err != nil {
			return err
		}
		if l.Of, err = opinions(q, l.Course.ID, true); err != nil {
			return err
		}
		if err := errors.Join(s.standing(q, &l), l.learners(q)); err != nil {
			return err
		}
		for i := range l.Learners {
			if !l.names {
				l.Learners[i].Name = cn.MaskName(l.Learners[i].Name)
			}
		}
		return nil
	})
	return l, err
}

// Teaching gives the lessons of whoever is signed in from a week ago on.
func (s *Service) Teaching(ctx context.Context, by authz.Actor) (all []timetable.Session, err error) {
	if by.Person == "" {
		return nil, nil
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		rows, err := person.Same(q, person.ID(by.Person))
		if err != nil {
			return err
		}
		led, err := timetable.LedBy(q, rows, q.Now().AddDate(0, 0, -7).UnixMicro(), q.Now().AddDate(0, 0, 60).UnixMicro())
		if err != nil {
			return err
		}
		for _, x := range led {
			of, bad := id.Parse[Course](x.Series)
			if bad != nil { // another service's
				continue
			}
			switch _, err := findCourse(q, of); {
			case err == nil:
				all = append(all, x)
			case errs.KindOf(err) != errs.Absent:
				return err
			}
		}
		return nil
	})
	return all, err
}

// open takes a lesson's course until the act ends, so that its list is written by one at a time, and gives the list as it stands.
func (s *Service) open(tx *sqldb.Tx, by authz.Actor, which timetable.ID) (l Lesson, err error) {
	if l, err = s.lesson(tx, by, which); err != nil {
		return l, err
	}
	if err := s.held(tx, &l); err != nil {
		return l, err
	}
	return l, l.learners(tx)
}

// held takes a lesson's course until the act ends, and refuses where the list may not be filled in.
func (s *Service) held(tx *sqldb.Tx, l *Lesson) error {
	if err := sqldb.Hold(tx, "night_course", []ID{l.Course.ID}); err != nil {
		return err
	}
	if err := s.standing(tx, l); err != nil {
		return err
	}
	switch {
	case l.Closed:
		return errs.New(errs.Conflict, "night.list_closed", nil)
	case !l.Open:
		return errs.New(errs.Conflict, "night.list_early", errs.Args{"at": time.UnixMicro(l.OpensAt())})
	}
	return nil
}

func (l Lesson) line(tx *sqldb.Tx, who person.ID, what timetable.What) timetable.Presence {
	return timetable.Presence{
		Client: id.New[timetable.Presence](tx.Now()).String(), Series: l.Series, Day: l.Day, Person: who, What: what, At: tx.Now().UnixMicro(), Account: tx.By().User,
	}
}

// Mark writes down who is in the room and who has paid for the evening. Somebody is taken off only where saw, the list as it was when it was
// shown, had her: whoever has written herself down since stays.
func (s *Service) Mark(ctx context.Context, by authz.Actor, which timetable.ID, now, saw Marks) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		l, err := s.open(tx, by, which)
		if err != nil {
			return err
		}
		var lines []timetable.Presence
		for _, x := range l.Learners {
			switch here := slices.Contains(now.Here, x.Person); {
			case here && !x.Here:
				lines = append(lines, l.line(tx, x.Person, timetable.In))
			case !here && x.Here && slices.Contains(saw.Here, x.Person):
				lines = append(lines, l.line(tx, x.Person, timetable.Out))
			}
			paid := slices.Contains(now.Paid, x.Person)
			if l.Course.Fee == 0 || paid == x.Paid || x.Paid && !slices.Contains(saw.Paid, x.Person) {
				continue
			}
			if x.Paid {
				_, err = tx.Exec(`DELETE FROM night_fee WHERE city = $1 AND session = $2 AND person = $3`, which, x.Person)
			} else {
				_, err = tx.Exec(`INSERT INTO night_fee (city, session, person, fen, noted_by, noted_at) VALUES ($1, $2, $3, $4, $5, $6)`, which, x.Person, int64(l.Course.Fee), by.User, tx.Now().UnixMicro())
			}
			if err != nil {
				return err
			}
		}
		if _, err := timetable.Note(tx, lines); err != nil {
			return err
		}
		return tx.Record(Attend, which.String(), act.Change{"lines": len(lines), "here": len(now.Here), "paid": len(now.Paid)})
	}))
}

// Close closes a lesson's list, once it has begun: who had a place, was not excused and did not come has a no-show, and is told.
func (s *Service) Close(ctx context.Context, by authz.Actor, which timetable.ID) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		l, err := s.open(tx, by, which)
		if err != nil {
			return err
		}
		if tx.Now().UnixMicro() < l.Starts {
			return errs.New(errs.Conflict, "night.list_early", errs.Args{"at": time.UnixMicro(l.Starts)})
		}
		var present, excused, missing int64
		for _, x := range l.Learners {
			switch {
			case x.Here:
				present++
			case x.Excused:
				excused++
			case x.party.MovedAt > l.Starts: // she had no place that evening
			default:
				missing++
				if err := s.miss(tx, l, x); err != nil {
					return err
				}
			}
		}
		if _, err := tx.Exec(`INSERT INTO night_list (city, session, course, present, excused, absent, closed_by, closed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			which, l.Course.ID, present, excused, missing, by.User, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(Attend, which.String(), act.Change{"closed": true, "present": present, "excused": excused, "absent": missing})
	}))
}

func (s *Service) miss(tx *sqldb.Tx, l Lesson, x Learner) error {
	account := ""
	if x.party.Way == enrolment.Web {
		account = x.party.MadeBy
	}
	if _, err := tx.Exec(`INSERT INTO night_absence (city, session, person, course, edition, account, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		l.ID, x.Person, l.Course.ID, l.Course.Term, account, tx.Now().UnixMicro()); err != nil || account == "" {
		return err
	}
	return notice.Send(tx, account, "night.notice.missed/"+l.ID.String(), "night.notice.missed", map[string]any{"serial": l.Course.Serial}, MyURL(x.party.Key))
}

// evening finds a lesson of a course for a learner who has a place there, by her own sign-up.
func (s *Service) evening(q sqldb.Q, by authz.Actor, k enrolment.Key, which timetable.ID) (l Lesson, p enrolment.Party, err error) {
	if l.Course, err = ofRoll(q, k.Roll); err != nil {
		return l, p, err
	}
	if p, err = enrolment.Find(q, k); err != nil {
		return l, p, err
	}
	own, err := hers(q, by, p)
	if err != nil {
		return l, p, err
	}
	if l.Session, err = timetable.Find(q, which); err != nil {
		return l, p, err
	}
	if !own || l.Series != l.Course.ID.String() {
		return l, p, absent()
	}
	if p.State != enrolment.Placed {
		return l, p, errs.New(errs.Conflict, "night.not_here", nil)
	}
	return l, p, nil
}

// Arrive lets a learner write herself down in the room, by the code on the board, from half an hour before a lesson until its end.
func (s *Service) Arrive(ctx context.Context, by authz.Actor, k enrolment.Key, which timetable.ID, code string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		l, p, err := s.evening(tx, by, k, which)
		if err != nil {
			return err
		}
		if err := s.held(tx, &l); err != nil {
			return err
		}
		var wrong errs.Problems
		wrong.Require(code == l.Code, "code", "night.code_wrong", nil)
		if err := wrong.Err(); err != nil {
			return err
		}
		if tx.Now().UnixMicro() >= l.Ends {
			return errs.New(errs.Conflict, "night.lesson_over", nil)
		}
		if _, err := timetable.Note(tx, []timetable.Presence{l.line(tx, p.Members[0].Person, timetable.In)}); err != nil {
			return err
		}
		return tx.Record(Arrive, which.String(), act.Change{"turn": k.Turn})
	}))
}

// Excuse notes that a learner cannot come to a lesson, as many hours ahead as her term says.
func (s *Service) Excuse(ctx context.Context, by authz.Actor, k enrolment.Key, which timetable.ID) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		l, p, err := s.evening(tx, by, k, which)
		if err != nil {
			return err
		}
		t, err := findTerm(tx, l.Course.Term)
		if err != nil {
			return err
		}
		if !t.Setting.Excuses(l.Starts, tx.Now().UnixMicro()) {
			return errs.New(errs.Conflict, "night.excuse_late", errs.Args{"n": t.Setting.ExcuseH})
		}
		if _, err := tx.Exec(`INSERT INTO night_excuse (city, session, person, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT (city, session, person) DO NOTHING`,
			which, p.Members[0].Person, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(Excuse, which.String(), act.Change{"turn": k.Turn})
	}))
}
