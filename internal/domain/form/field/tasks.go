package field

import (
	"context"
	"slices"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

const (
	maxNote   = 200
	maxTarget = 100_000
)

// Give makes a task. Whoever gives it may do so at the organisation where the answers will count, which lies in the form's area.
func (s *Service) Give(ctx context.Context, by authz.Actor, t Task) (Task, error) {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		f, err := form.Find(tx, t.Form)
		if err != nil {
			return err
		}
		both, err := org.Named(tx, []org.ID{f.Org, t.Org})
		if err != nil {
			return err
		}
		at := both[t.Org]
		if at.ID.IsZero() || !both[f.Org].Path.Covers(at.Path) {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		if err := by.Must(Assign, at.Path); err != nil {
			return err
		}
		var p errs.Problems
		p.Require((t.Account == "") != (t.Role == ""), "to", "field.to_one", nil)
		p.Require(t.Target >= 0 && t.Target <= maxTarget, "target", "field.range", errs.Args{"min": 0, "max": maxTarget})
		p.Require(len([]rune(t.Note)) <= maxNote, "note", "field.long", errs.Args{"max": maxNote})
		p.Require(t.Due.IsZero() || t.Due >= s.today(tx), "due", "field.due_past", nil)
		if err := p.Err(); err != nil {
			return err
		}
		if !f.Takes(s.today(tx)) {
			return errs.New(errs.Conflict, "form.closed", nil)
		}
		if t, err = Add(tx, t); err != nil {
			return err
		}
		if err := tx.Record(Assign, t.ID.String(), act.Change{"form": t.Form, "org": t.Org, "account": t.Account, "role": t.Role, "due": t.Due.String()}); err != nil {
			return err
		}
		return tx.Answer(t)
	})
	if sqldb.Again(err, &t) {
		return t, nil
	}
	return t, err
}

// Add makes a task within an act of the caller's, who permits and records.
func Add(tx *sqldb.Tx, t Task) (Task, error) {
	t.ID, t.MadeBy, t.MadeAt = id.New[Task](tx.Now()), tx.By().User, tx.Now().UnixMicro()
	_, err := tx.Exec(`INSERT INTO field_task (city, id, form, org, account, role, due, target, note, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		t.ID, t.Form, t.Org, t.Account, t.Role, t.Due, t.Target, t.Note, t.MadeBy, t.MadeAt)
	return t, err
}

// Finish ends a task within an act of the caller's; false of one that had ended.
func Finish(tx *sqldb.Tx, which TaskID) (bool, error) {
	n, err := tx.Exec(`UPDATE field_task SET ended_at = $3 WHERE city = $1 AND id = $2 AND ended_at = 0`, which, tx.Now().UnixMicro())
	return n > 0, err
}

// EndTask ends a task. What was filled in before is still taken.
func (s *Service) EndTask(ctx context.Context, by authz.Actor, which TaskID) (Task, error) {
	var t Task
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) (err error) {
		if t, err = sqldb.One(tx, scanTask, `SELECT `+taskColumns+` FROM field_task t WHERE t.city = $1 AND t.id = $2`, which); err != nil {
			return err
		}
		at, err := org.Find(tx, t.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Assign, at.Path); err != nil {
			return err
		}
		ended, err := Finish(tx, which)
		if err == nil && !ended {
			err = errs.New(errs.Conflict, "form.moved_on", nil)
		}
		if err != nil {
			return err
		}
		if err := tx.Record(Assign, which.String(), act.Change{"ended": true}); err != nil {
			return err
		}
		return tx.Answer(t)
	})
	if sqldb.Again(err, &t) {
		return t, nil
	}
	return t, err
}

// Given is a task as its giver sees it, with what has come in.
type Given struct {
	Task
	At   org.Node
	Done []Worker
}

// Answers is how many answers have come in.
func (g Given) Answers() (n int64) {
	for _, w := range g.Done {
		n += w.Answers
	}
	return n
}

// Worker is what one account has brought at one organisation.
type Worker struct {
	Account string
	Org     org.ID
	OrgName string
	Answers int64
	Last    int64 // microseconds UTC, when the last came in
}

// Tasks gives the tasks of a form that lie in the viewer's scope, those that go on first, with who has brought what.
func (s *Service) Tasks(ctx context.Context, by authz.Actor, of form.ID) (all []Given, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var w sqldb.Where
		w.And("t.city = $1").And("t.form = ?", of)
		org.Inside(&w, by.Scope(Assign), "t.org")
		tasks, err := sqldb.All(q, scanTask, `SELECT `+taskColumns+` FROM field_task t WHERE `+w.SQL()+` ORDER BY t.ended_at > 0, t.made_at DESC, t.id LIMIT 200`, w.Args()...)
		if err != nil {
			return err
		}
		brought, err := s.brought(q, by, of)
		if err != nil {
			return err
		}
		ids := make([]org.ID, 0, len(tasks)+len(brought))
		for _, t := range tasks {
			ids = append(ids, t.Org)
		}
		for _, w := range brought {
			ids = append(ids, w.Org)
		}
		nodes, err := org.Named(q, ids)
		if err != nil {
			return err
		}
		for _, t := range tasks {
			g := Given{Task: t, At: nodes[t.Org]}
			for _, w := range brought {
				if t.Account != "" && (w.Account != t.Account || w.Org != t.Org) || !g.At.Path.Covers(nodes[w.Org].Path) {
					continue
				}
				w.OrgName = nodes[w.Org].Name
				g.Done = append(g.Done, w)
			}
			all = append(all, g)
		}
		return nil
	})
	return all, err
}

// brought counts what came from phones, by account and organisation, in the viewer's scope.
func (s *Service) brought(q sqldb.Q, by authz.Actor, of form.ID) ([]Worker, error) {
	var w sqldb.Where
	w.And("a.city = $1").And("a.form = ?", of).And("a.state = 'given'")
	org.Inside(&w, by.Scope(Assign), "a.org")
	return sqldb.All(q, func(s sqldb.Scan) (w Worker, err error) {
		return w, s(&w.Account, &w.Org, &w.Answers, &w.Last)
	}, `SELECT x.account, a.org, COUNT(*), MAX(a.at) FROM answer a JOIN field_answer x ON x.city = a.city AND x.answer = a.id
		WHERE `+w.SQL()+` GROUP BY x.account, a.org ORDER BY COUNT(*) DESC, x.account, a.org LIMIT 1000`, w.Args()...)
}

// Carriers tells which account brought which answer to a form on a phone.
func Carriers(q sqldb.Q, of form.ID) (map[form.AnswerID]string, error) {
	type carried struct {
		answer  form.AnswerID
		account string
	}
	all, err := sqldb.All(q, func(s sqldb.Scan) (c carried, err error) { return c, s(&c.answer, &c.account) },
		`SELECT x.answer, x.account FROM field_answer x JOIN answer a ON a.city = x.city AND a.id = x.answer WHERE x.city = $1 AND a.form = $2`, of)
	by := make(map[form.AnswerID]string, len(all))
	for _, c := range all {
		by[c.answer] = c.account
	}
	return by, err
}

// Job is a task as whoever has it sees it: where her answers count.
type Job struct {
	Task
	At org.Node
}

// jobs gives what somebody is to take along, also what ended after a moment, in microseconds.
func (s *Service) jobs(q sqldb.Q, by authz.Actor, after int64) (all []Job, err error) {
	tasks, err := sqldb.All(q, scanTask, `SELECT `+taskColumns+` FROM field_task t WHERE t.city = $1 AND (t.account = $2 OR t.role <> '')
		AND (t.ended_at = 0 OR t.ended_at > $3) ORDER BY t.due = '', t.due, t.made_at, t.id`, by.User, after)
	if err != nil {
		return nil, err
	}
	ids := make([]org.ID, len(tasks))
	for i, t := range tasks {
		ids[i] = t.Org
	}
	nodes, err := org.Named(q, ids)
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		if t.Account != "" {
			all = append(all, Job{t, nodes[t.Org]})
			continue
		}
		for _, h := range by.Grants {
			if h.Role.Key != t.Role || !nodes[t.Org].Path.Covers(h.At) {
				continue
			}
			at, err := org.FindPath(q, h.At)
			if err != nil {
				return nil, err
			}
			if !slices.ContainsFunc(all, func(j Job) bool { return j.Form == t.Form && j.At.ID == at.ID }) {
				all = append(all, Job{t, at})
			}
		}
	}
	return all, nil
}
