package form

import (
	"context"
	"encoding/json"
	"fmt"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
)

// Filter chooses answers to one form. The zero filter beside the form is all that were given in the viewer's scope.
type Filter struct {
	Form      ID
	At        authz.Path // only those that count at this organisation or below it
	Withdrawn bool       // those that were taken back, in place of the others
}

// Row is an answer in a list, with the name of where it counts.
type Row struct {
	Answer
	OrgName string
}

const pageSize = 50

func (f Filter) where(by authz.Actor, v authz.Verb) *sqldb.Where {
	in := by.Scope(v)
	if f.At != "" {
		in = in.Narrow(f.At)
	}
	state := "given"
	if f.Withdrawn {
		state = "withdrawn"
	}
	var w sqldb.Where
	w.And("a.city = $1").And("a.form = ?", f.Form).And("a.state = ?", state)
	org.Inside(&w, in, "a.org")
	return &w
}

// List gives one page of the answers to a form that the viewer may read, the newest first.
func (s *Service) List(ctx context.Context, by authz.Actor, f Filter, cursor string) (page.Page[Row], error) {
	var got page.Page[Row]
	if err := by.MustSomewhere(Answers); err != nil {
		return got, err
	}
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		list := page.List{Name: "form.answers", Columns: []string{"a.id"}, Desc: true, Filter: fmt.Sprintf("%q %v %s %q %v", by.City, by.Scope(Answers), f.Form, f.At, f.Withdrawn)}
		p, err := s.Cursors.Read(list, cursor)
		if err != nil {
			return err
		}
		w := f.where(by, Answers)
		cond, keys := p.Where(len(w.Args()) + 2)
		for _, k := range keys {
			w.Arg(k)
		}
		w.And(cond)
		all, err := sqldb.All(q, scanAnswer, `SELECT `+answerColumns+` FROM answer a WHERE `+w.SQL()+` ORDER BY `+p.Order()+` LIMIT `+w.Arg(page.Limit(pageSize)), w.Args()...)
		if err != nil {
			return err
		}
		rows := make([]Row, len(all))
		ids := make([]org.ID, len(all))
		for i, a := range all {
			rows[i].Answer, ids[i] = a, a.Org
		}
		names, err := org.Named(q, ids)
		if err != nil {
			return err
		}
		for i := range rows {
			rows[i].OrgName = names[rows[i].Org].Name
		}
		got = page.Cut(s.Cursors, p, rows, pageSize, func(r Row) []any { return []any{r.ID.String()} })
		return nil
	})
	return got, err
}

// Tally counts what List lists, up to a limit.
func (s *Service) Tally(ctx context.Context, by authz.Actor, f Filter) (page.Count, error) {
	const limit = 100_000
	var got page.Count
	if err := by.MustSomewhere(Answers); err != nil {
		return got, err
	}
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		w := f.where(by, Answers)
		var n int
		err := q.Row(page.CountSQL(`SELECT 1 FROM answer a WHERE `+w.SQL(), limit), w.Args()...).Scan(&n)
		got = page.Counted(n, limit)
		return err
	})
	return got, err
}

// Shown is one answer as its reader may see it: questions of a class above hers are masked.
type Shown struct {
	Answer
	At      org.Node
	Form    *survey.Form
	Content map[string]any  // as fill.Record gives answers
	Masked  map[string]bool // names of questions that are not shown to her, whether they were answered or not
}

// View gives one answer. Reading what is sealed is noted in the log of acts first.
func (s *Service) View(ctx context.Context, by authz.Actor, which AnswerID) (v Shown, err error) {
	see := func(c authz.Class) bool { return by.Sees(c, Answers, v.At.Path) }
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if v.Answer, err = sqldb.One(q, scanAnswer, `SELECT `+answerColumns+` FROM answer a WHERE a.city = $1 AND a.id = $2`, which); err != nil {
			return err
		}
		if v.At, err = org.Find(q, v.Org); err != nil {
			return err
		}
		if err := by.Must(Answers, v.At.Path); err != nil {
			return err
		}
		v.Form, err = s.Definition(q, v.Answer.Form, v.Version)
		return err
	})
	if err != nil {
		return Shown{}, err
	}
	if v.sealed != nil && see(authz.Sensitive) {
		if err := s.DB.Note(ctx, by, Answers, which.String(), act.Change{"serial": v.Serial, "form": v.Answer.Form}); err != nil {
			return Shown{}, err
		}
	}
	whole, err := s.open(by.City, v.Answer)
	if err != nil {
		return Shown{}, err
	}
	v.Masked = map[string]bool{}
	v.Content = visible(v.Form, 0, whole, see, v.Masked)
	return v, nil
}

// Numbered gives the serial number of an answer to who may read it.
func (s *Service) Numbered(ctx context.Context, by authz.Actor, which AnswerID) (serial string, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		a, err := sqldb.One(q, scanAnswer, `SELECT `+answerColumns+` FROM answer a WHERE a.city = $1 AND a.id = $2`, which)
		if err != nil {
			return err
		}
		at, err := org.Find(q, a.Org)
		if err != nil {
			return err
		}
		serial = a.Serial
		return by.Must(Answers, at.Path)
	})
	return serial, err
}

// open puts the parts of an answer together.
func (s *Service) open(city string, a Answer) (map[string]any, error) {
	var whole map[string]any
	if err := json.Unmarshal([]byte(a.content), &whole); err != nil {
		return nil, err
	}
	if a.sealed == nil {
		return whole, nil
	}
	plain, err := s.Keys.Open(place(city, a.ID), a.sealed)
	if err != nil {
		return nil, err
	}
	var hidden map[string]any
	if err := json.Unmarshal(plain, &hidden); err != nil {
		return nil, err
	}
	return join(whole, hidden), nil
}

// visible leaves out what a reader may not see, and names the questions. Whether they were answered would say too much of some.
func visible(read *survey.Form, at int, all map[string]any, see func(authz.Class) bool, masked map[string]bool) map[string]any {
	out := map[string]any{}
	for _, below := range read.Questions[at].Below {
		q := read.Questions[below]
		if q.Kind.Holds() && !see(q.Class) {
			masked[q.Name] = true
			continue
		}
		switch given := all[q.Name].(type) {
		case string:
			out[q.Name] = given
		case map[string]any:
			out[q.Name] = visible(read, below, given, see, masked)
		case []any:
			var list []any
			for _, one := range given {
				list = append(list, visible(read, below, one.(map[string]any), see, masked))
			}
			out[q.Name] = list
		}
	}
	return out
}

// Own is an answer as the one who gave it sees it.
type Own struct {
	Answer
	Title    string
	Form     *survey.Form
	Files    []Attached // what lies beside it
	Content  map[string]any
	Editable bool // until the form closes
}

// Mine finds one's own answer: by account, or by the serial and the words of the receipt. Whatever does not fit looks as if it
// were not there.
func (s *Service) Mine(ctx context.Context, by authz.Actor, serial, words string) (o Own, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		o, err = s.mine(q, by, serial, words)
		return err
	})
	if err != nil {
		return Own{}, err
	}
	o.Content, err = s.open(by.City, o.Answer)
	return o, err
}

func (s *Service) mine(q sqldb.Q, by authz.Actor, serial, words string) (o Own, err error) {
	if o.Answer, err = sqldb.One(q, scanAnswer, `SELECT `+answerColumns+` FROM answer a WHERE a.city = $1 AND a.serial = $2`, serial); err != nil {
		return o, err
	}
	if own := by.User != "" && o.Account == by.User; !own && !o.fits(words) {
		return Own{}, errs.New(errs.Absent, "errs.absent", nil)
	}
	f, err := Find(q, o.Answer.Form)
	if err != nil {
		return o, err
	}
	o.Title, o.Editable = f.Title, f.Takes(s.today(q)) && !o.Withdrawn
	if o.Form, err = s.Definition(q, o.Answer.Form, o.Version); err != nil {
		return o, err
	}
	o.Files, err = Attachments(q, o.Answer.Form, o.Version)
	return o, err
}

// OfAccount gives the newest answers that an account gave, at most a hundred.
func (s *Service) OfAccount(ctx context.Context, by authz.Actor) (all []Own, err error) {
	if by.User == "" {
		return nil, nil
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		rows, err := sqldb.All(q, scanAnswer, `SELECT `+answerColumns+` FROM answer a WHERE a.city = $1 AND a.account = $2 ORDER BY a.id DESC LIMIT 100`, by.User)
		if err != nil {
			return err
		}
		for _, a := range rows {
			f, err := Find(q, a.Form)
			if err != nil {
				return err
			}
			all = append(all, Own{Answer: a, Title: f.Title, Editable: f.Takes(s.today(q)) && !a.Withdrawn})
		}
		return nil
	})
	return all, err
}

// Replace puts other answers in the place of one's own, to the version to which they were given. Shown is the version that was
// seen; of two corrections the second is told.
func (s *Service) Replace(ctx context.Context, by authz.Actor, serial, words string, shown int64, answers json.RawMessage) error {
	return s.amend(ctx, by, serial, words, shown, func(tx *sqldb.Tx, o Own) (act.Change, error) {
		var c checked
		if err := s.judge(o.Form, s.Around(tx, by, o.Files), answers, &c); err != nil {
			return nil, err
		}
		sealed, err := s.seal(by.City, o.ID, c.sealed)
		if err != nil {
			return nil, err
		}
		if err := claim(tx, o.ID, o.Answer.Form, c.files); err != nil {
			return nil, err
		}
		if _, err := tx.Exec(`UPDATE answer SET content = $3, sealed = $4 WHERE city = $1 AND id = $2`, o.ID, c.open, sealed); err != nil {
			return nil, err
		}
		err = s.resave(tx, o, c.saves)
		return act.Change{"serial": serial, "form": o.Answer.Form, "files": len(c.files)}, err
	})
}

// Withdraw takes one's own answers back: they count no more, and what was answered is destroyed, files among it. What they
// said of a record is marked, for whoever decides what of it stands.
func (s *Service) Withdraw(ctx context.Context, by authz.Actor, serial, words string, shown int64) error {
	return s.amend(ctx, by, serial, words, shown, func(tx *sqldb.Tx, o Own) (act.Change, error) {
		if err := claim(tx, o.ID, o.Answer.Form, nil); err != nil {
			return nil, err
		}
		if _, err := tx.Exec(`UPDATE answer SET state = 'withdrawn', content = '{}', sealed = NULL WHERE city = $1 AND id = $2`, o.ID); err != nil {
			return nil, err
		}
		err := s.resave(tx, o, nil)
		return act.Change{"serial": serial, "form": o.Answer.Form, "withdrawn": true}, err
	})
}

// amend is one act with one's own answer, while the form takes answers.
func (s *Service) amend(ctx context.Context, by authz.Actor, serial, words string, shown int64, do func(*sqldb.Tx, Own) (act.Change, error)) error {
	actor := by
	if actor.User == "" {
		actor.User = Nobody
	}
	err := s.DB.Write(ctx, actor, func(tx *sqldb.Tx) error {
		o, err := s.mine(tx, by, serial, words)
		if err != nil {
			return err
		}
		if !o.Editable {
			return errs.New(errs.Conflict, "form.closed", nil)
		}
		n, err := tx.Exec(`UPDATE answer SET edited_at = $4 WHERE city = $1 AND id = $2 AND edited_at = $3 AND state = 'given'`, o.ID, shown, max(tx.Now().UnixMicro(), shown+1))
		if err == nil && n == 0 {
			err = errs.New(errs.Conflict, "form.moved_on", nil)
		}
		if err != nil {
			return err
		}
		change, err := do(tx, o)
		if err != nil {
			return err
		}
		return tx.Record(Correct, o.ID.String(), change)
	})
	return sqldb.Done(err)
}
