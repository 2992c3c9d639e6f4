package nightschool

import (
	"context"
	"slices"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Excuses tells whether who says at an instant that she cannot come to a lesson is excused.
func (s Setting) Excuses(starts, now int64) bool {
	return now <= starts-s.ExcuseH*time.Hour.Microseconds()
}

// Blocks tells whether so many no-shows in a term keep somebody from the next.
func (s Setting) Blocks(points int64) bool { return points >= s.MostPoints }

// Verdict is what a desk has said to an appeal.
type Verdict string

// The verdicts. A no-show that was lifted counts no more.
const (
	Kept   Verdict = "kept"
	Lifted Verdict = "lifted"
)

// Missed is a no-show (缺课), which counts one point unless an appeal lifts it.
type Missed struct {
	Session    timetable.ID
	Person     person.ID
	Course     ID
	Term       edition.ID
	Account    string
	MadeAt     int64
	Appeal     string
	AppealedAt int64
	Verdict    Verdict
	Answer     string
}

// points counts one human being's no-shows in a term that were not lifted.
func points(all []Missed, of edition.ID) (n int64) {
	for _, m := range all {
		if m.Term == of && m.Verdict != Lifted {
			n++
		}
	}
	return n
}

const missedColumns = `session, person, course, edition, account, made_at, appeal, appealed_at, verdict, answer`

func scanMissed(f sqldb.Scan) (Missed, error) {
	var m Missed
	return m, f(&m.Session, &m.Person, &m.Course, &m.Term, &m.Account, &m.MadeAt, &m.Appeal, &m.AppealedAt, &m.Verdict, &m.Answer)
}

// missedBy gives the no-shows of one human being, the latest first.
func missedBy(q sqldb.Q, rows []person.ID) ([]Missed, error) {
	var w sqldb.Where
	w.And("city = $1")
	w.And("person IN (" + marks(&w, rows) + ")")
	return sqldb.All(q, scanMissed, `SELECT `+missedColumns+` FROM night_absence WHERE `+w.SQL()+` ORDER BY made_at DESC, session`, w.Args()...)
}

// blocked refuses whoever has missed too many lessons of the term before. Her row is held.
func blocked(q sqldb.Q, t Term, rows []person.ID) error {
	if t.Prior == "" {
		return nil
	}
	all, err := missedBy(q, rows)
	if err != nil {
		return err
	}
	if n := points(all, t.Prior); t.Setting.Blocks(n) {
		return errs.New(errs.Conflict, "night.blocked", errs.Args{"n": n, "most": t.Setting.MostPoints})
	}
	return nil
}

// Appeal lets a learner say once why a no-show of hers should not count.
func (s *Service) Appeal(ctx context.Context, by authz.Actor, which timetable.ID, words string) error {
	var p errs.Problems
	if p.Require(words != "", "words", "field.required", nil) {
		p.Require(len([]rune(words)) <= 300, "words", "field.long", errs.Args{"max": 300})
	}
	if err := p.Err(); err != nil {
		return err
	}
	if by.Person == "" {
		return errs.New(errs.Denied, "night.not_linked", nil)
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		rows, err := person.Same(tx, person.ID(by.Person))
		if err != nil {
			return err
		}
		all, err := missedBy(tx, rows)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(m Missed) bool { return m.Session == which })
		if i < 0 {
			return absent()
		}
		n, err := tx.Exec(`UPDATE night_absence SET appeal = $4, appealed_at = $5 WHERE city = $1 AND session = $2 AND person = $3 AND appealed_at = 0`, which, all[i].Person, words, tx.Now().UnixMicro())
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "night.appealed", nil)
		}
		return tx.Record(Appeal, which.String(), act.Change{})
	}))
}

// Appealed is an appeal at its desk.
type Appealed struct {
	Missed
	Name   string // masked where the viewer may not see it
	Course Course
	Starts int64
}

// Appeals gives the appeals in the viewer's scope that wait for an answer, the oldest first.
func (s *Service) Appeals(ctx context.Context, by authz.Actor) (all []Appealed, err error) {
	if err := by.MustSomewhere(Hear); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var w sqldb.Where
		w.And("a.city = $1").And("a.appealed_at > 0 AND a.verdict = ''")
		org.Inside(&w, by.Scope(Hear), "c.org")
		waiting, err := sqldb.All(q, scanMissed, `SELECT a.session, a.person, a.course, a.edition, a.account, a.made_at, a.appeal, a.appealed_at, a.verdict, a.answer
			FROM night_absence a JOIN night_course c ON c.city = a.city AND c.id = a.course WHERE `+w.SQL()+` ORDER BY a.appealed_at LIMIT 200`, w.Args()...)
		if err != nil {
			return err
		}
		for _, m := range waiting {
			x := Appealed{Missed: m}
			if x.Course, err = findCourse(q, m.Course); err != nil {
				return err
			}
			at, err := org.Find(q, x.Course.Org)
			if err != nil {
				return err
			}
			who, err := person.Find(q, m.Person)
			if err != nil {
				return err
			}
			if x.Name = who.Name; !by.Sees(authz.Personal, Names, at.Path) {
				x.Name = cn.MaskName(who.Name)
			}
			l, err := timetable.Find(q, m.Session)
			if err != nil {
				return err
			}
			x.Starts = l.Starts
			all = append(all, x)
		}
		return nil
	})
	return all, err
}

// Answer decides an appeal with words that the learner reads. Whoever closed the list does not judge it.
func (s *Service) Answer(ctx context.Context, by authz.Actor, which timetable.ID, who person.ID, to Verdict, words string) error {
	var p errs.Problems
	p.Require(to == Kept || to == Lifted, "to", "field.choice", nil)
	if p.Require(words != "", "answer", "field.required", nil) {
		p.Require(len([]rune(words)) <= 300, "answer", "field.long", errs.Args{"max": 300})
	}
	if err := p.Err(); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		m, err := sqldb.One(tx, scanMissed, `SELECT `+missedColumns+` FROM night_absence WHERE city = $1 AND session = $2 AND person = $3`, which, who)
		if err != nil {
			return err
		}
		c, err := course(tx, by, Hear, m.Course)
		if err != nil {
			return err
		}
		closed, err := closedBy(tx, which)
		if err != nil {
			return err
		}
		if closed == by.User {
			return errs.New(errs.Conflict, "night.own_list", nil)
		}
		n, err := tx.Exec(`UPDATE night_absence SET verdict = $4, answer = $5, decided_by = $6, decided_at = $7 WHERE city = $1 AND session = $2 AND person = $3 AND appealed_at > 0 AND verdict = ''`,
			which, who, string(to), words, by.User, tx.Now().UnixMicro())
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		if m.Account != "" {
			if err := notice.Send(tx, m.Account, "night.notice.answered/"+which.String(), "night.notice.answered", map[string]any{"serial": c.Serial}, "/my/night"); err != nil {
				return err
			}
		}
		return tx.Record(Hear, which.String(), act.Change{"verdict": string(to)})
	}))
}
