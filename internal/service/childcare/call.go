package childcare

import (
	"context"
	"slices"

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Answer is what came of a call.
type Answer string

// The answers to a call. Yes takes an offered place and No gives it to the next; to whom nothing is offered, Yes is that she
// was told.
const (
	Yes    Answer = "yes"
	No     Answer = "no"
	Thinks Answer = "thinks"
	Silent Answer = "silent" // nobody answered
	Wrong  Answer = "wrong"  // it is not her number
)

// Answers lists the answers in the order in which pages offer them.
var Answers = []Answer{Yes, No, Thinks, Silent, Wrong}

// Call is one call to a family.
type Call struct {
	Turn   int64
	No     int64
	Answer Answer
	Note   string
	By     string // the account
	At     int64
}

// Due is a family that signed up on paper or by telephone and is to be called: how it stands has changed, or an offer waits for
// its answer, and nobody has reached it since.
type Due struct {
	Entry
	SignerID person.ID
	Tail     string // the last four digits of the signer's number; whoever calls sees the rest on her page, with a reason
	Calls    []Call // the latest first
}

// Calls gives whom the desk of a class has to call, whose offers end soonest first.
func (s *Service) Calls(ctx context.Context, by authz.Actor, which ID) (c AtDesk, due []Due, err error) {
	if c, err = s.AtDesk(ctx, by, which); err != nil {
		return c, nil, err
	}
	if err := by.Must(Enter, c.At.Path); err != nil {
		return c, nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		calls, err := callsOf(q, c.Class.Roll)
		if err != nil {
			return err
		}
		for _, p := range c.Parties {
			d := Due{Entry: p, SignerID: p.Party.Signer, Calls: calls[p.Turn]}
			if !d.waits() {
				continue
			}
			signer, err := person.Find(q, d.SignerID)
			if err != nil {
				return err
			}
			d.SignerID, d.Tail = signer.ID, signer.PhoneTail
			due = append(due, d)
		}
		return nil
	})
	slices.SortStableFunc(due, func(a, b Due) int {
		switch {
		case a.State == b.State && a.State == enrolment.Offered:
			return int(a.Until/1e6 - b.Until/1e6)
		case a.State == enrolment.Offered:
			return -1
		case b.State == enrolment.Offered:
			return 1
		}
		return int(a.MovedAt/1e6 - b.MovedAt/1e6)
	})
	return c, due, err
}

// waits tells whether somebody has yet to reach a family.
func (d Due) waits() bool {
	if d.Way == enrolment.Web || d.MovedAt == d.MadeAt {
		return false
	}
	if d.State == enrolment.Offered {
		return true // until it is answered or lapses
	}
	if d.State == enrolment.Withdrawn || d.State == enrolment.Declined { // its own word
		return false
	}
	return !slices.ContainsFunc(d.Calls, func(c Call) bool { return c.At >= d.MovedAt && c.Answer != Silent })
}

func callsOf(q sqldb.Q, roll enrolment.RollID) (map[int64][]Call, error) {
	all, err := sqldb.All(q, func(s sqldb.Scan) (Call, error) {
		var c Call
		return c, s(&c.Turn, &c.No, &c.Answer, &c.Note, &c.By, &c.At)
	}, `SELECT turn, no, result, note, made_by, made_at FROM care_call WHERE city = $1 AND roll = $2 ORDER BY turn, no DESC`, roll)
	by := map[int64][]Call{}
	for _, c := range all {
		by[c.Turn] = append(by[c.Turn], c)
	}
	return by, err
}

// NoteCall notes what came of a call, and does what the family said in the same act.
func (s *Service) NoteCall(ctx context.Context, by authz.Actor, which ID, turn int64, a Answer, note string) error {
	var p errs.Problems
	p.Require(slices.Contains(Answers, a), "answer", "field.choice", nil)
	if err := p.Err(); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, err := class(tx, by, Enter, which)
		if err != nil {
			return err
		}
		k := enrolment.Key{Roll: c.Roll, Turn: turn}
		party, err := enrolment.Find(tx, k)
		if err != nil {
			return err
		}
		if party.Way == enrolment.Web {
			return absent()
		}
		var offered []enrolment.Party
		switch {
		case a == Yes && party.State == enrolment.Offered:
			party, err = enrolment.Accept(tx, k)
		case a == No:
			party, offered, err = enrolment.Decline(tx, k)
		}
		if err == nil {
			err = s.tellOffered(tx, c, offered)
		}
		if err != nil {
			return err
		}
		var last int64
		if err := tx.Row(`SELECT COALESCE(MAX(no), 0) FROM care_call WHERE city = $1 AND roll = $2 AND turn = $3`, k.Roll, k.Turn).Scan(&last); err != nil {
			return err
		}
		n, err := tx.Exec(`INSERT INTO care_call (city, roll, turn, no, result, note, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
			k.Roll, k.Turn, last+1, string(a), note, by.User, tx.Now().UnixMicro())
		if err == nil && n == 0 {
			err = errs.New(errs.Conflict, "errs.stale", nil) // somebody else called in the same moment
		}
		if err != nil {
			return err
		}
		return tx.Record(Told, k.Subject(), act.Change{"class": c.Serial, "answer": string(a), "is": string(party.State)})
	}))
}
