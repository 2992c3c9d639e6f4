package research

import (
	"context"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Own is a voice as whoever raised it sees it: what was done, and which desk answers; no names of clerks.
type Own struct {
	Voice
	Serial   string // of her own matter
	Title    string
	Text     string // what she asked for, as it was passed on
	Matter   casework.Matter
	Desk     org.Node
	Lines    []casework.Line // the newest first, remarks among colleagues left out
	Orgs     map[org.ID]org.Node
	Merged   bool
	Answered int64 // when, microseconds UTC
	MayJudge bool  // she may say whether it is solved
	MayAgain bool  // she may say that it is not solved after all
}

// Mine gives the voices of an account, the newest first.
func (s *Service) Mine(ctx context.Context, by authz.Actor) (all []Own, err error) {
	if by.User == "" {
		return nil, nil
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		found, err := sqldb.All(q, scanVoice, `SELECT `+voiceColumns+` FROM voice v WHERE v.city = $1 AND v.account = $2 ORDER BY v.id DESC LIMIT 100`, by.User)
		if err != nil {
			return err
		}
		all, err = s.owned(q, found)
		return err
	})
	return all, err
}

// Found is what a receipt leads to.
type Found struct {
	Serial string // of the answer or the matter
	Voices []Own  // none while nothing was raised from the answer
}

// ByReceipt finds voices by a serial number and the words of its receipt: those raised from an answer, or the one of a matter.
// Whatever does not fit looks as if it were not there.
func (s *Service) ByReceipt(ctx context.Context, by authz.Actor, serial, words string) (got Found, err error) {
	got.Serial = serial
	answer, err := s.Forms.Mine(ctx, by, serial, words)
	if err != nil && errs.KindOf(err) != errs.Absent {
		return got, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var found []Voice
		if answer.ID != "" {
			if found, err = raisedFrom(q, FromAnswer, answer.ID.String()); err != nil {
				return err
			}
		} else {
			m, err := casework.BySerial(q, serial)
			if err != nil {
				return err
			}
			v, err := ofMatter(q, m.ID)
			if err != nil {
				return err
			}
			if !v.fits(words) {
				return errs.New(errs.Absent, "errs.absent", nil)
			}
			found = []Voice{v}
		}
		got.Voices, err = s.owned(q, found)
		return err
	})
	return got, err
}

func (s *Service) owned(q sqldb.Q, found []Voice) ([]Own, error) {
	all := make([]Own, 0, len(found))
	for _, v := range found {
		o, err := s.own(q, v)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

func (s *Service) own(q sqldb.Q, v Voice) (o Own, err error) {
	o = Own{Voice: v, Merged: v.Main != ""}
	own, err := casework.Find(q, v.Matter)
	if err != nil {
		return o, err
	}
	o.Serial, o.Title = own.Serial, own.Title
	lines, err := casework.Lines(q, own.ID)
	if err != nil {
		return o, err
	}
	if len(lines) > 0 {
		o.Text = lines[len(lines)-1].Text
	}
	if o.Matter, err = s.headMatter(q, v); err != nil {
		return o, err
	}
	if o.Matter.ID != own.ID {
		if lines, err = casework.Lines(q, o.Matter.ID); err != nil {
			return o, err
		}
	}
	ids := []org.ID{o.Matter.Desk}
	for _, l := range lines {
		if l.Kind != casework.Remark.Key && l.Kind != MergeVoice.Key {
			o.Lines, ids = append(o.Lines, l), append(ids, l.Desk)
		}
	}
	if o.Orgs, err = org.Named(q, ids); err != nil {
		return o, err
	}
	o.Desk = o.Orgs[o.Matter.Desk]
	if o.Answered, err = casework.AnsweredAt(q, o.Matter.ID); err != nil {
		return o, err
	}
	o.MayJudge = o.Matter.State == casework.Answered && v.JudgedAt <= o.Answered
	o.MayAgain, err = s.mayAgain(q, v, o.Matter, o.Answered)
	return o, err
}

func (s *Service) headMatter(q sqldb.Q, v Voice) (casework.Matter, error) {
	if v.Main != "" {
		main, err := findVoice(q, v.Main)
		if err != nil {
			return casework.Matter{}, err
		}
		v = main
	}
	return casework.Find(q, v.Matter)
}

// mayAgain tells whether a matter that was solved or closed may still be called unsolved.
func (s *Service) mayAgain(q sqldb.Q, v Voice, m casework.Matter, answered int64) (bool, error) {
	switch {
	case m.State == casework.Answered:
		return v.JudgedAt > answered, nil
	case m.State != casework.Closed || answered == 0:
		return false, nil
	}
	terms, err := s.termsOf(q, v)
	if err != nil {
		return false, err
	}
	cal, err := casework.Calendar(q)
	if err != nil {
		return false, err
	}
	return terms.MayReopen(s.dayOf(m.ClosedAt), s.today(q), cal), nil
}

// termsOf gives the terms that held when a voice was raised.
func (s *Service) termsOf(q sqldb.Q, v Voice) (Terms, error) {
	all, err := AllTerms(q)
	return On(all, s.dayOf(v.RaisedAt)), err
}

// maxWords is how long a verdict may be, in characters.
const maxWords = 1000

// Judge takes what whoever asked says of the answer: by account, or by serial and words of a receipt. "Not solved" takes the
// matter up again, and after as many such answers as the terms allow the level above has it.
func (s *Service) Judge(ctx context.Context, by authz.Actor, serial, words string, which VoiceID, solved bool, said string) error {
	var mine []Own
	if words == "" {
		all, err := s.Mine(ctx, by)
		if err != nil {
			return err
		}
		mine = all
	} else {
		got, err := s.ByReceipt(ctx, by, serial, words)
		if err != nil {
			return err
		}
		mine = got.Voices
	}
	there := false
	for _, o := range mine {
		there = there || o.ID == which
	}
	if !there {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	var p errs.Problems
	p.Require(solved || said != "", "said", "field.required", nil)
	p.Require(len([]rune(said)) <= maxWords, "said", "field.long", errs.Args{"max": maxWords})
	if err := p.Err(); err != nil {
		return err
	}
	if by.User == "" {
		by.User = form.Nobody
	}
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		v, err := findVoice(tx, which)
		if err != nil {
			return err
		}
		return s.judge(tx, v, solved, said)
	})
	return sqldb.Done(err)
}

func (s *Service) judge(tx *sqldb.Tx, v Voice, solved bool, said string) error {
	o, err := s.own(tx, v)
	if err != nil {
		return err
	}
	if !o.MayJudge && (solved || !o.MayAgain) {
		return errs.New(errs.Conflict, "research.judged_already", nil)
	}
	m := o.Matter
	var last int64
	if err := tx.Row(`SELECT COALESCE(MAX(no), 0) FROM voice_verdict WHERE city = $1 AND matter = $2`, m.ID).Scan(&last); err != nil {
		return err
	}
	n, err := tx.Exec(`INSERT INTO voice_verdict (city, matter, no, voice, desk, solved, words, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		m.ID, last+1, v.ID, m.Desk, sqldb.Bit(solved), said, tx.Now().UnixMicro())
	if err == nil && n == 0 { // somebody else has just said something of the same answer
		err = errs.New(errs.Conflict, "research.judged_already", nil)
	}
	if err != nil {
		return err
	}
	if solved {
		return s.solved(tx, v, m, said, o.Answered)
	}
	terms, err := s.termsOf(tx, v)
	if err != nil {
		return err
	}
	if m, err = s.Matters.Take(tx, m, casework.Reopen, casework.Step{Days: terms.AnswerDays, Reason: said, As: Unsolved}); err != nil {
		return err
	}
	if err := tx.Record(Unsolved, v.ID.String(), act.Change{"matter": m.ID, "due": m.Due.String()}); err != nil {
		return err
	}
	_, err = s.step(tx, m)
	return err
}

// solved notes that one who asked is content; when all are, the matter is closed.
func (s *Service) solved(tx *sqldb.Tx, v Voice, m casework.Matter, said string, answered int64) error {
	if _, err := tx.Exec(`UPDATE voice SET judged_at = $3, edited_at = $3 WHERE city = $1 AND id = $2`, v.ID, tx.Now().UnixMicro()); err != nil {
		return err
	}
	if err := casework.Tell(tx, m, Solved, said); err != nil {
		return err
	}
	all, err := group(tx, v.Head())
	if err != nil {
		return err
	}
	content := true
	for _, one := range all {
		content = content && one.JudgedAt > answered
	}
	if content {
		if m, err = s.Matters.Take(tx, m, casework.Close, casework.Step{}); err != nil {
			return err
		}
	}
	return tx.Record(Solved, v.ID.String(), act.Change{"matter": m.ID, "state": m.State})
}

// mayReopen refuses to take up the matter of a voice that was merged into another, and names the matter of that one.
func mayReopen(tx *sqldb.Tx, m casework.ID) error {
	v, err := ofMatter(tx, m)
	if errs.KindOf(err) == errs.Absent || err == nil && v.Main == "" {
		return nil
	}
	if err != nil {
		return err
	}
	main, err := findVoice(tx, v.Main)
	if err != nil {
		return err
	}
	answered, err := casework.Find(tx, main.Matter)
	if err != nil {
		return err
	}
	return errs.New(errs.Conflict, "research.reopen_merged", errs.Args{"serial": answered.Serial})
}

// Told lets those who asked know what was done with a matter, within the act. The text names the matter by its serial only.
// The matter of a voice that is answered with another is not taken up again by itself.
func Told(tx *sqldb.Tx, m casework.Matter, step authz.Verb) error {
	if step == casework.Reopen && m.Kind == casework.Voice {
		return mayReopen(tx, m.ID)
	}
	key := map[string]string{casework.Answer.Key: "research.notice_answered", casework.Lift.Key: "research.notice_lifted"}[step.Key]
	if key == "" || m.Kind != casework.Voice {
		return nil
	}
	head, err := ofMatter(tx, m.ID)
	if errs.KindOf(err) == errs.Absent {
		return nil
	}
	if err != nil {
		return err
	}
	all, err := group(tx, head.ID)
	if err != nil {
		return err
	}
	for _, v := range all {
		if v.Account == "" {
			continue
		}
		own, err := casework.Find(tx, v.Matter)
		if err != nil {
			return err
		}
		once := m.ID.String() + "/" + tx.Now().UTC().Format("20060102150405.000000")
		if err := notice.Send(tx, v.Account, once, key, map[string]any{"serial": own.Serial}, "/my/voices/"+own.Serial); err != nil {
			return err
		}
	}
	return nil
}
