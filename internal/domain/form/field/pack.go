package field

import (
	"context"
	"crypto/rand"
	"path"
	"slices"
	"strings"
	"time"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// MaxRecords is how many records of one list a phone takes along.
const MaxRecords = 5_000

// Pack is what a phone takes along for a day: the forms that somebody is to fill in, and of the records to which they refer
// only what their formulas ask for.
type Pack struct {
	Key    []byte // under which the phone keeps it; it is kept nowhere else, so that nobody can give it out again
	Device Device
	Until  time.Time
	Jobs   []Packed
}

// Packed is a task in a pack.
type Packed struct {
	Job
	Form   form.Form
	Survey *survey.Form
	Files  []form.Attached           // what lies beside the form
	Done   int64                     // answers that its owner has brought
	Lists  map[string][]record.Known // by the name that formulas use
	Asks   map[string]bool           // every name by which the form may ask for a property or a column
	Cut    []record.List             // lists of which there are more records than a phone takes along
}

// Pack gives what somebody takes along now. That it was taken is noted first.
func (s *Service) Pack(ctx context.Context, by authz.Actor, device string, clock int64) (p Pack, err error) {
	if p.Device, err = s.Unlock(ctx, by, device, clock); err != nil {
		return p, err
	}
	n := 0
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		p.Until = q.Now().Add(PackHours * time.Hour)
		jobs, err := s.jobs(q, by, q.Now().UnixMicro())
		if err != nil {
			return err
		}
		for _, j := range jobs {
			one, err := s.packed(q, by, j)
			if err != nil {
				return err
			}
			if one.Survey == nil { // it is not filled in now
				continue
			}
			for _, list := range one.Lists {
				n += len(list)
			}
			p.Jobs = append(p.Jobs, one)
		}
		return nil
	})
	if err != nil {
		return p, err
	}
	p.Key = make([]byte, keyBytes)
	if _, err := rand.Read(p.Key); err != nil {
		return p, err
	}
	return p, s.DB.Note(ctx, by, Take, by.User, act.Change{"device": device, "forms": len(p.Jobs), "records": n})
}

func (s *Service) packed(q sqldb.Q, by authz.Actor, j Job) (p Packed, err error) {
	p = Packed{Job: j, Lists: map[string][]record.Known{}}
	if p.Form, err = form.Find(q, j.Task.Form); err != nil || !p.Form.Takes(s.today(q)) {
		return p, err
	}
	if p.Survey, err = s.Forms.Definition(q, p.Form.ID, p.Form.Version); err != nil {
		return p, err
	}
	if p.Files, err = form.Attachments(q, p.Form.ID, p.Form.Version); err != nil {
		return p, err
	}
	if err := q.Row(`SELECT COUNT(*) FROM field_answer x JOIN answer a ON a.city = x.city AND a.id = x.answer
		WHERE x.city = $1 AND x.account = $2 AND a.form = $3 AND a.org = $4 AND a.state = 'given'`, by.User, p.Form.ID, j.At.ID).Scan(&p.Done); err != nil {
		return p, err
	}
	var names []string
	names, p.Asks = asks(p.Survey)
	for _, name := range names {
		if slices.ContainsFunc(p.Files, func(a form.Attached) bool { return strings.TrimSuffix(a.Name, path.Ext(a.Name)) == name }) {
			continue // it is a file, which goes with the form
		}
		if p.Lists[name], err = s.known(q, by, &p, name); err != nil {
			return p, err
		}
	}
	return p, nil
}

// known gives the records of a list that lie where the answers will count, with the properties that are asked for. Delicate
// ones go to those only who may read delicate answers there.
func (s *Service) known(q sqldb.Q, by authz.Actor, p *Packed, name string) ([]record.Known, error) {
	all := []record.Known{}
	list, err := record.FindList(q, p.Form.Org, name)
	if isAbsent(err) {
		return all, nil
	}
	if err != nil {
		return nil, err
	}
	found, err := record.Seek(q, record.Sought{List: list.ID, In: authz.Scope{Paths: []authz.Path{p.At.Path}}, Limit: MaxRecords + 1})
	if err != nil {
		return nil, err
	}
	if len(found) > MaxRecords {
		found, p.Cut = found[:MaxRecords], append(p.Cut, list)
	}
	sees := by.Sees(authz.Sensitive, form.Answers, p.At.Path)
	for _, r := range found {
		says, delicate, err := s.records().Says(q.City(), r)
		if err != nil {
			return nil, err
		}
		k := record.Known{ID: r.ID, Label: r.Label, Heads: r.Heads, Says: map[string]string{}}
		for property, value := range says {
			if p.Asks[property] && (sees || !delicate[property]) {
				k.Says[property] = value
			}
		}
		all = append(all, k)
	}
	return all, nil
}

// asks finds the lists of records to which a form refers, and every name by which it may ask for a property.
func asks(f *survey.Form) (lists []string, properties map[string]bool) {
	properties, found := map[string]bool{}, map[string]bool{}
	add := func(name string) {
		if name != "" && !found[name] && f.Find(name) == nil {
			found[name] = true
			lists = append(lists, name)
		}
	}
	look := func(x *survey.Formula) {
		if x == nil {
			return
		}
		xpath.Walk(x.X, func(e xpath.Expr) {
			switch e := e.(type) {
			case *xpath.Call:
				if name, ok := firstText(e); ok && e.Name == "instance" {
					add(name)
				}
				if e.Name == "pulldata" {
					for i, a := range e.Args {
						text, ok := a.(*xpath.Text)
						switch {
						case ok && i == 0:
							add(text.Value)
						case ok && i < 3:
							properties[text.Value] = true
						}
					}
				}
			case *xpath.Path:
				for _, step := range e.Steps {
					properties[step.Name] = true
				}
			}
		})
	}
	for _, q := range f.Questions {
		if q.FromFile {
			name, _, _ := strings.Cut(q.List, ".")
			add(name)
			properties[q.Parameters["value"]], properties[q.Parameters["label"]] = true, true
		}
		for _, x := range []*survey.Formula{q.Relevant, q.Constraint, q.Required, q.ReadOnly, q.Calculate, q.ChoiceFilter, q.RepeatCount, q.Default} {
			look(x)
		}
	}
	if e := f.Entity; e != nil {
		for _, x := range []*survey.Formula{e.ID, e.Label, e.CreateIf, e.UpdateIf} {
			look(x)
		}
		if e.ID != nil { // what is changed is known, though it is not chosen from a list
			add(e.Dataset)
		}
	}
	return lists, properties
}

func firstText(c *xpath.Call) (string, bool) {
	if len(c.Args) == 0 {
		return "", false
	}
	t, ok := c.Args[0].(*xpath.Text)
	if !ok {
		return "", false
	}
	return t.Value, true
}
