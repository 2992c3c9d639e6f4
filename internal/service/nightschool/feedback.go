package nightschool

import (
	"context"
	"slices"
	"time"

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Feedback is what one learner thinks of a course.
type Feedback struct {
	Stars int64 // 1 to 5; 0: not given yet
	Words string
}

// LeastToShow is from how many answers on a mean is shown: below it one could tell whose they are.
const LeastToShow = 5

// Opinions is what learners think of a course, without names.
type Opinions struct {
	N     int64
	Tenth int64    // the mean of their stars in tenths, rounded half up
	Words []string // in the order of the signs, which tells nothing of who wrote them or when
}

// Shown tells whether there are enough answers for their mean.
func (o Opinions) Shown() bool { return o.N >= LeastToShow }

// Rates is from when on, and until before when, feedback of a course is taken: from the end of its last lesson on, for as many days as the term
// says; microseconds UTC.
func (c Course) Rates(s Setting, zone *time.Location) (from, to int64) {
	return c.end(zone), c.day(c.Lessons - 1).AddDays(int(s.RateDays) + 1).Start(zone).UnixMicro()
}

// May is what a learner may say of her course, and has said.
type May struct {
	Feedback
	Open  bool // she came at least once, and it is the time for it
	Until int64
}

func (s *Service) may(q sqldb.Q, seat Seat, lessons []Evening, rows []person.ID) (m May, err error) {
	from, to := seat.Course.Rates(seat.Term.Setting, s.Zone)
	now := q.Now().UnixMicro()
	m.Until = to
	m.Open = seat.Course.State == Offered && now >= from && now < to && slices.ContainsFunc(lessons, func(e Evening) bool { return e.Here })
	given, _, err := given(q, seat.Course.ID, rows)
	m.Feedback = given
	return m, err
}

// given is what one human being has said of a course, and by which row of hers.
func given(q sqldb.Q, of ID, rows []person.ID) (f Feedback, by person.ID, err error) {
	var w sqldb.Where
	w.And("city = $1").And("course = ?", of)
	w.And("person IN (" + marks(&w, rows) + ")")
	f, err = sqldb.One(q, func(scan sqldb.Scan) (Feedback, error) {
		var f Feedback
		return f, scan(&by, &f.Stars, &f.Words)
	}, `SELECT person, stars, words FROM night_feedback WHERE `+w.SQL()+` ORDER BY edited_at DESC LIMIT 1`, w.Args()...)
	if err != nil && errs.KindOf(err) == errs.Absent {
		err = nil
	}
	return f, by, err
}

// Rate notes what a learner thinks of a course at which she was at least once, in place of what she said before.
func (s *Service) Rate(ctx context.Context, by authz.Actor, k enrolment.Key, f Feedback) error {
	var p errs.Problems
	within(&p, f.Stars, 1, 5, "stars")
	p.Require(len([]rune(f.Words)) <= 300, "words", "field.long", errs.Args{"max": 300})
	if err := p.Err(); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, party, err := s.ownSeat(tx, by, k)
		if err != nil {
			return err
		}
		who := party.Members[0].Person
		self, err := person.Gather(tx, who, []person.ID{who}, s.today(tx), ConsentLearn, ConsentVersion)
		if err != nil {
			return err
		}
		seat, err := seated(tx, c, party)
		if err != nil {
			return err
		}
		lessons, err := s.evenings(tx, seat)
		if err != nil {
			return err
		}
		may, err := s.may(tx, seat, lessons, self.Rows[0])
		if err != nil {
			return err
		}
		if !may.Open {
			return errs.New(errs.Conflict, "night.rate_shut", errs.Args{"n": seat.Term.Setting.RateDays})
		}
		if _, before, err := given(tx, c.ID, self.Rows[0]); err != nil {
			return err
		} else if before != "" {
			who = before
		}
		if _, err := tx.Exec(`INSERT INTO night_feedback (city, course, person, stars, words, made_at, edited_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
			ON CONFLICT (city, course, person) DO UPDATE SET stars = $4, words = $5, edited_at = $6`, c.ID, who, f.Stars, f.Words, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(Rate, c.ID.String(), act.Change{}) // the log says who, so it does not say what
	}))
}

// opinions gives what is thought of a course; words only where asked for.
func opinions(q sqldb.Q, of ID, words bool) (o Opinions, err error) {
	if err := q.Row(`SELECT COUNT(*), COALESCE((CAST(SUM(stars) AS BIGINT) * 20 + COUNT(*)) / NULLIF(COUNT(*) * 2, 0), 0) FROM night_feedback WHERE city = $1 AND course = $2`, of).Scan(&o.N, &o.Tenth); err != nil {
		return o, err
	}
	if !o.Shown() {
		o.Tenth = 0
	}
	if !words {
		return o, nil
	}
	o.Words, err = sqldb.All(q, func(f sqldb.Scan) (string, error) {
		var text string
		return text, f(&text)
	}, `SELECT words FROM night_feedback WHERE city = $1 AND course = $2 AND words <> '' ORDER BY words`, of)
	return o, err
}
