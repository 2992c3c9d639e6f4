package research

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/research/result"
)

// Plan is who is asked, who asks, and what becomes of the answers.
type Plan struct {
	KindBy  string // path of the question that says what kind of person answers, empty without
	AgeBy   string // path of the question that says how old she is
	Cells   []Quota
	Workers []Worker
	Desks   []DeskRule
	Bank    []BankRule
	Groups  []WordRule
}

// Quota is how many are wanted of one part: an organisation, a kind and an age band, each empty for all.
type Quota struct {
	Org      org.ID
	OrgName  string
	Kind     string
	From, To int // ages, both 0 for all
	Target   int64
}

// Worker is a fieldworker at one place: an account that takes the questionnaire along on a phone while the study goes on.
type Worker struct {
	Account string
	Name    string
	Login   string // as she is written in the plan
	Org     org.ID
	OrgName string
	Target  int64        // how many answers she is to bring, 0 where nobody counts
	Task    field.TaskID // hers on the phone, empty while the study does not go on
}

// same tells whether two lines give one person the same to do.
func (w Worker) same(o Worker) bool {
	return w.Account == o.Account && w.Org == o.Org && w.Target == o.Target
}

// DeskRule proposes voices: whoever answers so is proposed to a desk.
type DeskRule struct {
	Question, Value string
	Desk            org.ID
	DeskName        string
	Days            int
}

// BankRule says that a question is one of the bank, so that years compare.
type BankRule struct{ Question, Key string }

// WordRule groups words of one question's open answers.
type WordRule struct {
	Question string
	result.Group
}

// PlanText is a plan as an officer writes it: a line for each, fields between commas or tabs as they come from a spreadsheet.
type PlanText struct {
	KindBy, AgeBy                       string
	Cells, Workers, Desks, Bank, Groups string
}

// Text writes a plan as an officer reads it.
func (p Plan) Text() (t PlanText) {
	t.KindBy, t.AgeBy = p.KindBy, p.AgeBy
	line := func(to *string, fields ...string) { *to += strings.Join(fields, ", ") + "\n" }
	for _, c := range p.Cells {
		ages := ""
		if c.To > 0 {
			ages = fmt.Sprintf("%d-%d", c.From, c.To)
		}
		line(&t.Cells, c.OrgName, c.Kind, ages, strconv.FormatInt(c.Target, 10))
	}
	for _, w := range p.Workers {
		fields := []string{w.Login, w.OrgName}
		if w.Target > 0 {
			fields = append(fields, strconv.FormatInt(w.Target, 10))
		}
		line(&t.Workers, fields...)
	}
	for _, d := range p.Desks {
		line(&t.Desks, d.Question, d.Value, d.DeskName, strconv.Itoa(d.Days))
	}
	for _, b := range p.Bank {
		line(&t.Bank, b.Question, b.Key)
	}
	for _, g := range p.Groups {
		line(&t.Groups, append([]string{g.Question, g.Name}, g.Words...)...)
	}
	return t
}

// maxStaff is among how many accounts a fieldworker is sought.
const maxStaff = 5000

// maxLines is how many lines a part of a plan may have.
const maxLines = 500

// split takes the lines of a part apart: commas of both writings, and tabs. Empty lines are passed over.
func split(text string) (lines [][]string, numbers []int) {
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r", ""), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		parts := strings.Split(strings.NewReplacer("，", ",", "\t", ",").Replace(line), ",")
		for k := range parts {
			parts[k] = strings.TrimSpace(parts[k])
		}
		lines, numbers = append(lines, parts), append(numbers, i+1)
	}
	return lines, numbers
}

// reading reads a plan. Everything that is wrong with it is told at once, line by line.
type reading struct {
	questions []result.Question
	area      authz.Path
	find      func(name string, desk bool) (org.Node, bool, error)
	staff     []account.Account // to whom work may be given
	wrong     errs.Problems
	err       error
}

func (r *reading) fail(field string, line int, key string, args errs.Args) {
	if args == nil {
		args = errs.Args{}
	}
	args["line"] = line
	r.wrong.Add(field, key, args)
}

func (r *reading) question(field string, line int, path string) (result.Question, bool) {
	for _, q := range r.questions {
		if q.Path == path || q.Label == path {
			return q, true
		}
	}
	r.fail(field, line, "research.plan.question", errs.Args{"name": path})
	return result.Question{}, false
}

func (r *reading) org(field string, line int, name string, desk bool) org.Node {
	n, there, err := r.find(name, desk)
	if err != nil {
		r.err = err
	}
	if err == nil && !there {
		r.fail(field, line, "research.plan.org", errs.Args{"name": name})
	}
	return n
}

// worker finds who is written by her log-in name, or by her own where nobody else is called so.
func (r *reading) worker(line int, written string) (found account.Account, ok bool) {
	n := 0
	for _, a := range r.staff {
		if a.Login == written {
			return a, true
		}
		if a.Name == written {
			found = a
			n++
		}
	}
	if n != 1 {
		r.fail("workers", line, map[bool]string{true: "research.plan.worker_none", false: "research.plan.worker_many"}[n == 0], errs.Args{"name": written})
	}
	return found, n == 1
}

// each reads the lines of a part that have so many fields.
func (r *reading) each(field, text string, least int, do func(line int, f []string)) {
	lines, numbers := split(text)
	if len(lines) > maxLines {
		r.wrong.Add(field, "research.plan.long", errs.Args{"max": maxLines})
		return
	}
	for i, f := range lines {
		if len(f) < least {
			r.fail(field, numbers[i], "research.plan.fields", errs.Args{"n": least})
			continue
		}
		do(numbers[i], f)
	}
}

func (r *reading) plan(t PlanText) (p Plan) {
	for _, x := range []struct {
		field, given string
		to           *string
	}{{"kind_by", t.KindBy, &p.KindBy}, {"age_by", t.AgeBy, &p.AgeBy}} {
		if x.given == "" {
			continue
		}
		if q, ok := r.question(x.field, 1, x.given); ok {
			*x.to = q.Path
		}
	}
	r.each("cells", t.Cells, 4, func(line int, f []string) {
		c := Quota{Kind: f[1]}
		if f[0] != "" {
			n := r.org("cells", line, f[0], false)
			c.Org, c.OrgName = n.ID, n.Name
		}
		if f[1] != "" && p.KindBy == "" {
			r.fail("cells", line, "research.plan.no_kind", nil)
		}
		if f[2] != "" {
			if p.AgeBy == "" {
				r.fail("cells", line, "research.plan.no_age", nil)
			}
			if n, err := fmt.Sscanf(f[2], "%d-%d", &c.From, &c.To); n != 2 || err != nil || c.From < 0 || c.To < c.From || c.To > 150 || c.To == 0 {
				r.fail("cells", line, "research.plan.ages", errs.Args{"text": f[2]})
			}
		}
		var err error
		if c.Target, err = strconv.ParseInt(f[3], 10, 64); err != nil || c.Target < 0 || c.Target > 1_000_000 {
			r.fail("cells", line, "research.plan.target", errs.Args{"text": f[3]})
		}
		p.Cells = append(p.Cells, c)
	})
	r.each("workers", t.Workers, 2, func(line int, f []string) {
		n := r.org("workers", line, f[1], false)
		w := Worker{Org: n.ID, OrgName: n.Name}
		if a, ok := r.worker(line, f[0]); ok {
			w.Account, w.Name, w.Login = a.ID.String(), a.Name, a.Login
		}
		if len(f) > 2 && f[2] != "" {
			var err error
			if w.Target, err = strconv.ParseInt(f[2], 10, 64); err != nil || w.Target < 0 || w.Target > 100_000 {
				r.fail("workers", line, "research.plan.target", errs.Args{"text": f[2]})
			}
		}
		if slices.ContainsFunc(p.Workers, func(o Worker) bool { return w.Account != "" && o.Account == w.Account && o.Org == w.Org }) {
			r.fail("workers", line, "research.plan.worker_twice", errs.Args{"name": f[0]})
		}
		p.Workers = append(p.Workers, w)
	})
	r.each("desks", t.Desks, 4, func(line int, f []string) {
		q, _ := r.question("desks", line, f[0])
		n := r.org("desks", line, f[2], true)
		days, err := strconv.Atoi(f[3])
		if err != nil || days < 1 || days > 250 {
			r.fail("desks", line, "research.plan.days", errs.Args{"text": f[3]})
		}
		p.Desks = append(p.Desks, DeskRule{Question: q.Path, Value: valueOf(q, f[1]), Desk: n.ID, DeskName: n.Name, Days: days})
	})
	r.each("bank", t.Bank, 2, func(line int, f []string) {
		if q, ok := r.question("bank", line, f[0]); ok {
			if f[1] == "" || len([]rune(f[1])) > 40 {
				r.fail("bank", line, "research.plan.key", nil)
			}
			p.Bank = append(p.Bank, BankRule{Question: q.Path, Key: f[1]})
		}
	})
	r.each("groups", t.Groups, 3, func(line int, f []string) {
		q, ok := r.question("groups", line, f[0])
		if ok && q.Kind != result.Words {
			r.fail("groups", line, "research.plan.words", errs.Args{"name": f[0]})
		}
		words := slices.DeleteFunc(slices.Clone(f[2:]), func(w string) bool { return w == "" })
		p.Groups = append(p.Groups, WordRule{Question: q.Path, Group: result.Group{Name: f[1], Words: words}})
	})
	return p
}

// valueOf gives a choice's value where its words were written.
func valueOf(q result.Question, text string) string {
	for _, c := range q.Choices {
		if c.Label == text {
			return c.Value
		}
	}
	return text
}

// SetPlan puts a plan in the place of the one before it. What was published is not changed any more.
func (s *Service) SetPlan(ctx context.Context, by authz.Actor, which StudyID, seen int64, t PlanText) error {
	return s.change(ctx, by, which, seen, DesignStudy, func(tx *sqldb.Tx, x Study, at org.Node) (act.Change, error) {
		if x.State == Published {
			return nil, errs.New(errs.Conflict, "research.study.not_now", nil)
		}
		f, err := s.Forms.Definition(tx, x.Form, x.Version)
		if err != nil {
			return nil, err
		}
		staff, err := account.Working(tx, at.Path, maxStaff)
		if err != nil {
			return nil, err
		}
		r := reading{questions: questions(f), area: at.Path, staff: staff, find: func(name string, desk bool) (org.Node, bool, error) {
			in := authz.Scope{Paths: []authz.Path{at.Path}}
			if desk {
				in = authz.Scope{All: true}
			}
			found, err := org.Search(tx, in, name)
			for _, n := range found {
				if n.Name == name && n.IsOpen() {
					return n, true, err
				}
			}
			return org.Node{}, false, err
		}}
		p := r.plan(t)
		if r.err != nil {
			return nil, r.err
		}
		if err := r.wrong.Err(); err != nil {
			return nil, err
		}
		if err := s.bank(tx, by, r.questions, p.Bank); err != nil {
			return nil, err
		}
		for i, w := range p.Workers {
			if k := slices.IndexFunc(x.Plan.Workers, w.same); k >= 0 {
				p.Workers[i].Task = x.Plan.Workers[k].Task
			}
		}
		before := x.Plan.Workers
		x.Plan = p
		if err := s.assign(tx, &x, before, x.State == Running); err != nil {
			return nil, err
		}
		err = keepPlan(tx, x)
		return act.Change{"cells": len(p.Cells), "workers": len(p.Workers), "desks": len(p.Desks), "bank": len(p.Bank), "groups": len(p.Groups)}, err
	})
}

// bank enters questions that the bank does not know yet.
func (s *Service) bank(tx *sqldb.Tx, by authz.Actor, all []result.Question, rules []BankRule) error {
	for _, b := range rules {
		for _, q := range all {
			if q.Path != b.Question {
				continue
			}
			choices, err := json.Marshal(q.Choices)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO bank_item (city, key, label, kind, choices, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (city, key) DO NOTHING`,
				b.Key, q.Label, string(q.Kind), string(choices), by.User, tx.Now().UnixMicro()); err != nil {
				return err
			}
		}
	}
	return nil
}
