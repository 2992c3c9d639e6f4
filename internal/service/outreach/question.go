package outreach

import (
	"context"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// QuestionID names a question.
type QuestionID = id.Of[Question]

// Question is what somebody asked.
type Question struct {
	ID      QuestionID
	Event   ID
	Guest   int64 // who asked, 0 where it was heard in the room
	Text    string
	Matter  casework.ID // that answers it, zero while there is none
	Answer  string      // as the desk has given it, or as it is shown
	Shown   string      // the question as everybody reads it
	ShownAt int64       // microseconds UTC; 0 while it is not shown
	Dropped int64       // 0 while it was not put aside
	MadeBy  string
	MadeAt  int64
}

// maxText is how long a question and an answer may be, in characters.
const maxText = 500

// mostAsked is how many questions one guest asks at one event.
const mostAsked = 5

const questionColumns = `x.id, x.event, x.guest, x.text, x.matter, x.answer, x.shown_text, x.shown_at, x.dropped_at, x.made_by, x.made_at`

func scanQuestion(s sqldb.Scan) (x Question, err error) {
	return x, s(&x.ID, &x.Event, &x.Guest, &x.Text, &x.Matter, &x.Answer, &x.Shown, &x.ShownAt, &x.Dropped, &x.MadeBy, &x.MadeAt)
}

func questionsOf(q sqldb.Q, which ID) ([]Question, error) {
	return sqldb.All(q, scanQuestion, `SELECT `+questionColumns+` FROM outreach_question x WHERE x.city = $1 AND x.event = $2 ORDER BY x.id`, which)
}

func checkText(field, text string) error {
	var p errs.Problems
	p.Require(text != "", field, "field.required", nil)
	p.Require(len([]rune(text)) <= maxText, field, "field.long", errs.Args{"max": maxText})
	return p.Err()
}

func addQuestion(tx *sqldb.Tx, verb authz.Verb, of ID, guest int64, text string) error {
	x := id.New[Question](tx.Now())
	if _, err := tx.Exec(`INSERT INTO outreach_question (city, id, event, guest, text, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		x, of, guest, text, tx.By().User, tx.Now().UnixMicro()); err != nil {
		return err
	}
	return tx.Record(verb, of.String(), act.Change{"question": x})
}

// Ask lets a guest ask something, before the event or after it.
func (s *Service) Ask(ctx context.Context, by authz.Actor, which ID, words, text string) error {
	if err := checkText("text", text); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		e, g, err := mine(tx, by, which, words)
		if err != nil {
			return err
		}
		if g.State != Coming || e.State != Published {
			return errs.New(errs.Conflict, "outreach.left_already", nil)
		}
		var n int
		if err := tx.Row(`SELECT COUNT(*) FROM outreach_question WHERE city = $1 AND event = $2 AND guest = $3`, e.ID, g.No).Scan(&n); err != nil {
			return err
		}
		if n >= mostAsked {
			return errs.New(errs.Conflict, "outreach.asked_much", errs.Args{"n": mostAsked})
		}
		return addQuestion(tx, Ask, e.ID, g.No, text)
	}))
}

// Heard keeps a question that was asked in the room.
func (s *Service) Heard(ctx context.Context, by authz.Actor, which ID, text string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		e, _, err := placed(tx, by, Door, which)
		if err != nil {
			return err
		}
		if e.State != Published {
			return errs.New(errs.Conflict, "outreach.no_draft", nil)
		}
		if err := checkText("text", text); err != nil {
			return err
		}
		return addQuestion(tx, Door, which, 0, text)
	}))
}

// holdQuestion takes a question for an act.
func holdQuestion(tx *sqldb.Tx, by authz.Actor, v authz.Verb, of ID, which QuestionID) (x Question, e Event, err error) {
	if _, err := tx.Exec(`UPDATE outreach_question SET event = event WHERE city = $1 AND id = $2`, which); err != nil {
		return x, e, err
	}
	if x, err = sqldb.One(tx, scanQuestion, `SELECT `+questionColumns+` FROM outreach_question x WHERE x.city = $1 AND x.id = $2 AND x.event = $3`, which, of); err != nil {
		return x, e, err
	}
	e, _, err = placed(tx, by, v, of)
	return x, e, err
}

// Give makes of a question a matter for a desk, due in some working days.
func (s *Service) Give(ctx context.Context, by authz.Actor, of ID, which QuestionID, desk org.ID, days int) (m casework.Matter, err error) {
	serial, err := s.Matters.Number(ctx, by.City, casework.Problem)
	if err != nil {
		return m, err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		x, e, err := holdQuestion(tx, by, Give, of, which)
		if err != nil {
			return err
		}
		if !x.Matter.IsZero() || x.Dropped > 0 {
			return errs.New(errs.Conflict, "outreach.given_already", nil)
		}
		to, err := org.Find(tx, desk)
		if errs.KindOf(err) == errs.Absent && err != nil || err == nil && !to.IsOpen() {
			var p errs.Problems
			p.Add("desk", "field.choice", nil)
			return p.Err()
		}
		if err != nil {
			return err
		}
		title := []rune(x.Text)
		if len(title) > 60 {
			title = append(title[:59], '…')
		}
		if m, err = s.Matters.Add(tx, serial, casework.New{Kind: casework.Problem, Title: string(title), Subject: x.ID.String(), Org: e.Org, Desk: desk, Days: days, Text: e.Title + "：" + x.Text}); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE outreach_question SET matter = $3 WHERE city = $1 AND id = $2`, which, m.ID); err != nil {
			return err
		}
		if err := tx.Record(Give, of.String(), act.Change{"question": which, "matter": m.ID, "desk": desk}); err != nil {
			return err
		}
		return tx.Answer(m)
	})
	if sqldb.Again(err, &m) {
		return m, nil
	}
	return m, err
}

// Told takes a desk's answer to the question of a matter over, within the act that answers.
func Told(tx *sqldb.Tx, m casework.Matter, step authz.Verb) error {
	if m.Kind != casework.Problem || step != casework.Answer {
		return nil
	}
	which, err := id.Parse[Question](m.Subject)
	if err != nil { // not of an event
		return nil
	}
	n, err := tx.Exec(`UPDATE outreach_question SET answer = $4 WHERE city = $1 AND id = $2 AND matter = $3 AND shown_at = 0`, which, m.ID, m.Answer)
	if err != nil || n == 0 {
		return err
	}
	return tx.Record(Hear, which.String(), act.Change{"matter": m.ID})
}

// Show lets everybody read a question with its answer, in the words of whoever has looked at both: a name or a number that somebody has
// typed is hers to take out.
func (s *Service) Show(ctx context.Context, by authz.Actor, of ID, which QuestionID, text, answer string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		x, _, err := holdQuestion(tx, by, Answer, of, which)
		if err != nil {
			return err
		}
		var p errs.Problems
		for _, f := range []struct{ name, text string }{{"text", text}, {"answer", answer}} {
			p.Require(f.text != "", f.name, "field.required", nil)
			p.Require(len([]rune(f.text)) <= maxText, f.name, "field.long", errs.Args{"max": maxText})
		}
		if err := p.Err(); err != nil {
			return err
		}
		if x.Dropped > 0 {
			return errs.New(errs.Conflict, "outreach.put_aside", nil)
		}
		if _, err := tx.Exec(`UPDATE outreach_question SET shown_text = $3, answer = $4, shown_at = $5 WHERE city = $1 AND id = $2`, which, text, answer, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(Answer, of.String(), act.Change{"question": which, "shown": true})
	}))
}

// Drop puts a question aside that nobody is to read, or takes one back that everybody reads.
func (s *Service) Drop(ctx context.Context, by authz.Actor, of ID, which QuestionID) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if _, _, err := holdQuestion(tx, by, Answer, of, which); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE outreach_question SET shown_at = 0, dropped_at = $3 WHERE city = $1 AND id = $2`, which, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(Answer, of.String(), act.Change{"question": which, "shown": false})
	}))
}
