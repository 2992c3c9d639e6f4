package nightschool

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Swap is a question whether two learners exchange their seats (换课). It stands as long as an offered place is kept in its term.
type Swap struct {
	From  enrolment.Key // who asks
	To    enrolment.Key // who is asked
	State string        // asked, done, refused, withdrawn
	Until int64
}

const swapColumns = `roll, turn, to_roll, to_turn, state, until_at`

func scanSwap(f sqldb.Scan) (Swap, error) {
	var x Swap
	return x, f(&x.From.Roll, &x.From.Turn, &x.To.Roll, &x.To.Turn, &x.State, &x.Until)
}

// Clashes tells whether two courses have lessons at the same time.
func (c Course) Clashes(o Course) bool {
	return c.First.Weekday() == o.First.Weekday() && c.Starts < o.Ends && o.Starts < c.Ends && c.First <= o.day(o.Lessons-1) && o.First <= c.day(c.Lessons-1)
}

// end is when a course's last lesson ends; microseconds UTC.
func (c Course) end(zone *time.Location) int64 {
	return c.day(c.Lessons - 1).Start(zone).Add(time.Duration(c.Ends) * time.Minute).UnixMicro()
}

// over tells whether a course has had its last lesson.
func (s *Service) over(q sqldb.Q, c Course) bool { return q.Now().UnixMicro() >= c.end(s.Zone) }

// mayHave is why somebody who has seats in other courses may not have one in a course, nil where she may.
func (c Course) mayHave(born day.Day, over bool, others []Course) error {
	switch {
	case c.State != Offered || over:
		return errs.New(errs.Conflict, "night.course_over", nil)
	case !c.Admits(born):
		return errs.New(errs.Conflict, "night.age", errs.Args{"from": c.AgeFrom, "to": c.AgeTo})
	case slices.ContainsFunc(others, c.Clashes):
		return errs.New(errs.Conflict, "night.clash", nil)
	}
	return nil
}

// fits asks whether one may have a seat in a course instead of one that she leaves.
func (s *Service) fits(q sqldb.Q, to Course, who person.Person, rows []person.ID, leaves enrolment.RollID) error {
	t, err := findTerm(q, to.Term)
	if err != nil {
		return err
	}
	parties, err := enrolment.OfPeople(q, rows)
	if err != nil {
		return err
	}
	var others []Course
	for _, p := range parties {
		if !p.State.Holds() || p.Roll == leaves {
			continue
		}
		c, err := ofRoll(q, p.Roll)
		if err != nil && errs.KindOf(err) == errs.Absent { // another service's
			continue
		}
		if err != nil {
			return err
		}
		others = append(others, c)
	}
	if err := to.mayHave(who.Born, s.over(q, to), others); err != nil {
		return err
	}
	return blocked(q, t, rows)
}

// ownSeat finds a sign-up of whoever is signed in.
func (s *Service) ownSeat(q sqldb.Q, by authz.Actor, k enrolment.Key) (Course, enrolment.Party, error) {
	c, err := ofRoll(q, k.Roll)
	if err != nil {
		return c, enrolment.Party{}, err
	}
	p, err := enrolment.Find(q, k)
	if err != nil {
		return c, p, err
	}
	own, err := hers(q, by, p)
	if err == nil && !own {
		err = absent()
	}
	return c, p, err
}

// AskSwap asks whoever has a receipt, which she has told the asker herself, to exchange seats. One question at a time stands for a seat.
func (s *Service) AskSwap(ctx context.Context, by authz.Actor, k enrolment.Key, receipt string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, p, err := s.ownSeat(tx, by, k)
		if err != nil {
			return err
		}
		if p.State != enrolment.Placed || s.over(tx, c) {
			return errs.New(errs.Conflict, "night.not_here", nil)
		}
		other, found, err := byReceipt(tx, c.Term, receipt)
		if err != nil {
			return err
		}
		var wrong errs.Problems
		wrong.Require(found.State == enrolment.Placed && found.Roll != k.Roll, "receipt", "night.no_receipt", nil)
		if err := wrong.Err(); err != nil {
			return err
		}
		self, err := person.Gather(tx, p.Members[0].Person, []person.ID{p.Members[0].Person}, s.today(tx), ConsentLearn, ConsentVersion)
		if err != nil {
			return err
		}
		if err := s.fits(tx, other, self.Adult, self.Rows[0], k.Roll); err != nil {
			return err
		}
		t, err := findTerm(tx, c.Term)
		if err != nil {
			return err
		}
		now := tx.Now().UnixMicro()
		n, err := tx.Exec(`INSERT INTO night_swap (city, roll, turn, to_roll, to_turn, state, made_at, until_at) VALUES ($1, $2, $3, $4, $5, 'asked', $6, $7)
			ON CONFLICT (city, roll, turn) DO UPDATE SET to_roll = $4, to_turn = $5, state = 'asked', made_at = $6, until_at = $7 WHERE night_swap.state <> 'asked' OR night_swap.until_at <= $6`,
			k.Roll, k.Turn, found.Roll, found.Turn, now, now+t.OfferFor*60e6)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "night.asked_already", nil)
		}
		if err := told(tx, other, found, "night.notice.swap", "night.notice.swap/"+found.Subject()+"/"+strconv.FormatInt(now, 10)); err != nil { // each question by itself
			return err
		}
		return tx.Record(Exchange, k.Subject(), act.Change{"asks": found.Subject()})
	}))
}

// byReceipt finds a course of a term and whose receipt it is there; nothing where there is none.
func byReceipt(q sqldb.Q, term edition.ID, receipt string) (c Course, p enrolment.Party, err error) {
	at := strings.LastIndex(receipt, "-")
	if at < 0 {
		return c, p, nil
	}
	turn, bad := strconv.ParseInt(receipt[at+1:], 10, 64)
	if bad != nil {
		return c, p, nil //nolint:nilerr // it is no receipt
	}
	c, err = sqldb.One(q, scanCourse, `SELECT `+courseColumns+` FROM night_course c WHERE c.city = $1 AND c.serial = $2 AND c.edition = $3 AND c.roll <> ''`, receipt[:at], term)
	if err == nil {
		p, err = enrolment.Find(q, enrolment.Key{Roll: c.Roll, Turn: turn})
	}
	if err != nil && errs.KindOf(err) == errs.Absent {
		err = nil
	}
	return c, p, err
}

func findSwap(q sqldb.Q, from enrolment.Key) (Swap, error) {
	return sqldb.One(q, scanSwap, `SELECT `+swapColumns+` FROM night_swap WHERE city = $1 AND roll = $2 AND turn = $3`, from.Roll, from.Turn)
}

// turn ends a question that stands. Of two who end it one is told.
func (x Swap) turn(tx *sqldb.Tx, to string) error {
	n, err := tx.Exec(`UPDATE night_swap SET state = $6 WHERE city = $1 AND roll = $2 AND turn = $3 AND to_roll = $4 AND to_turn = $5 AND state = 'asked' AND until_at > $7`,
		x.From.Roll, x.From.Turn, x.To.Roll, x.To.Turn, to, tx.Now().UnixMicro())
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "night.swap_over", nil)
	}
	return err
}

// EndSwap takes the question of one's own seat back, or refuses the one that another seat asks it.
func (s *Service) EndSwap(ctx context.Context, by authz.Actor, k, from enrolment.Key) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if _, _, err := s.ownSeat(tx, by, k); err != nil {
			return err
		}
		x, err := findSwap(tx, from)
		if err != nil {
			return err
		}
		to := "refused"
		switch k {
		case x.From:
			to = "withdrawn"
		case x.To:
		default:
			return absent()
		}
		if err := x.turn(tx, to); err != nil {
			return err
		}
		return tx.Record(Exchange, from.Subject(), act.Change{"state": to})
	}))
}

// AgreeSwap exchanges two seats: whoever was asked agrees, and both get each other's place in one act, or neither. It gives her new one.
func (s *Service) AgreeSwap(ctx context.Context, by authz.Actor, k, from enrolment.Key) (got Signed, err error) {
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		mine, p, err := s.ownSeat(tx, by, k)
		if err != nil {
			return err
		}
		x, err := findSwap(tx, from)
		if err != nil {
			return err
		}
		if x.To != k {
			return absent()
		}
		theirs, err := ofRoll(tx, from.Roll)
		if err != nil {
			return err
		}
		asker, err := enrolment.Find(tx, from)
		if err != nil {
			return err
		}
		both, err := person.Gather(tx, p.Members[0].Person, []person.ID{asker.Members[0].Person, p.Members[0].Person}, s.today(tx), ConsentLearn, ConsentVersion)
		if err != nil {
			return err
		}
		if err := x.turn(tx, "done"); err != nil {
			return err
		}
		if err := s.fits(tx, theirs, both.People[1], both.Rows[1], k.Roll); err != nil {
			return err
		}
		if err := s.fits(tx, mine, both.People[0], both.Rows[0], from.Roll); errs.KindOf(err) == errs.Conflict && err != nil {
			return errs.New(errs.Conflict, "night.swap_not", nil) // the reason is the other's own
		} else if err != nil {
			return err
		}
		given, own, err := enrolment.Exchange(tx, from, k, both)
		if err != nil {
			return err
		}
		if err := tell(tx, mine, []enrolment.Party{given}, "night.notice.swapped"); err != nil {
			return err
		}
		got = Signed{own.Key, own.State}
		if err := tx.Record(Exchange, from.Subject(), act.Change{"state": "done", "first": given.Subject(), "second": own.Subject()}); err != nil {
			return err
		}
		return tx.Answer(got)
	})
	if sqldb.Again(err, &got) {
		err = nil
	}
	return got, err
}

// Asked is a question of a seat's, as its page shows it.
type Asked struct {
	Swap
	Own     bool // this seat asks
	Course  Course
	Receipt string // of the other seat
}

// asked gives the questions that stand from a seat and to it. One whose asker has lost her seat is left out; one's own stays until it is taken back.
func asked(q sqldb.Q, k enrolment.Key) (all []Asked, err error) {
	swaps, err := sqldb.All(q, scanSwap, `SELECT `+swapColumns+` FROM night_swap WHERE city = $1 AND (roll = $2 AND turn = $3 OR to_roll = $2 AND to_turn = $3) AND state = 'asked' AND until_at > $4
		ORDER BY made_at, roll, turn`, k.Roll, k.Turn, q.Now().UnixMicro())
	if err != nil {
		return nil, err
	}
	for _, x := range swaps {
		a, other := Asked{Swap: x, Own: x.From == k}, x.From
		if a.Own {
			other = x.To
		}
		if a.Course, err = ofRoll(q, other.Roll); err != nil {
			return nil, err
		}
		roll, err := enrolment.FindRoll(q, other.Roll)
		if err != nil {
			return nil, err
		}
		p, err := enrolment.Find(q, other)
		if err != nil {
			return nil, err
		}
		a.Receipt = enrolment.Receipt(roll, other, 1, 1)
		if a.Own || p.State == enrolment.Placed {
			all = append(all, a)
		}
	}
	return all, nil
}
