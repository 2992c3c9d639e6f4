package research

import (
	"context"
	"encoding/json"
	"slices"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/research/result"
)

// StudySeen is a study as its page shows it.
type StudySeen struct {
	Study
	At        org.Node
	Title     string
	FormTitle string // empty to who may not see forms
	Questions []result.Question
	Delicate  int // questions that are counted when the study is published, and not before
	Progress  []Progress
	Results   Results // small groups hidden from who may not read answers at the study's organisation
	Moves     []workflowMove
	Design    bool
	Draw      bool
	Export    bool
	Whole     bool
	Drawn     int64
	Proposals int
	Brought   []Brought                    // by fieldworker, to who may read the answers
	Frequent  map[string][]result.Frequent // by question: words that no group holds, for who designs
}

// LookAt gives one study to who may read studies where it belongs.
func (s *Service) LookAt(ctx context.Context, by authz.Actor, which StudyID) (v StudySeen, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if v.Study, err = findStudy(q, which); err != nil {
			return err
		}
		if v.At, err = org.Find(q, v.Org); err != nil {
			return err
		}
		if err := by.Must(ReadStudies, v.At.Path); err != nil {
			return err
		}
		v.Title = v.Study.Title
		f, err := form.Find(q, v.Form)
		if err != nil {
			return err
		}
		if by.Can(form.Read, v.At.Path) {
			v.FormTitle = f.Title
		}
		read, err := s.Forms.Definition(q, v.Form, v.Version)
		if err != nil {
			return err
		}
		v.Questions = questions(read)
		for _, a := range countable(read) {
			if a.Delicate {
				v.Delicate++
			}
		}
		r, err := s.count(q, v.Study, v.At, false)
		if err != nil {
			return err
		}
		v.Progress = r.progress
		at := v.At.Path
		v.Design, v.Draw, v.Export, v.Whole = by.Can(DesignStudy, at), by.Can(DrawPeople, at), by.Can(ExportStudy, at), by.Can(form.Answers, at)
		for _, m := range StudyProcess.Next(v.State) {
			if by.Can(m.Verb, at) {
				v.Moves = append(v.Moves, workflowMove{m.Verb, m.Label})
			}
		}
		if v.Results, err = shownResults(v.Study, r, v.Whole); err != nil {
			return err
		}
		if !v.Whole {
			v.Progress = nil
		} else if v.Brought, err = r.brought(q, v.Study); err != nil {
			return err
		}
		if err := q.Row(`SELECT COUNT(*) FROM study_draw WHERE city = $1 AND study = $2`, which).Scan(&v.Drawn); err != nil {
			return err
		}
		if v.Whole && v.Design {
			v.Frequent = r.frequent(v.Plan, v.Questions)
			all, err := s.proposals(q, v.Study, r)
			v.Proposals = len(all)
			return err
		}
		return nil
	})
	return v, err
}

type workflowMove struct {
	Verb  authz.Verb
	Label string
}

// shownResults gives what was counted to who may read answers; everybody else sees what was published, and before that nothing.
// Delicate questions are shown as they were published to everybody: counted anew with each answer, they would tell of the
// last.
func shownResults(x Study, r Results, whole bool) (Results, error) {
	if x.State != Published {
		if !whole {
			r = Results{}
		}
		return r, nil
	}
	out, err := published(x)
	if err != nil || !whole {
		return out, err
	}
	for _, t := range out.Tables {
		if t.Delicate {
			r.Tables = append(r.Tables, t)
		}
	}
	return r, nil
}

// outdoors leaves out what is for the office alone.
func (r Results) outdoors() Results {
	r.Tables = slices.DeleteFunc(r.Tables, func(t result.Table) bool { return t.Delicate })
	return r
}

func published(x Study) (r Results, err error) { return r, json.Unmarshal([]byte(x.result), &r) }

func (r Results) frequent(p Plan, all []result.Question) map[string][]result.Frequent {
	out := map[string][]result.Frequent{}
	for _, q := range all {
		if q.Kind != result.Words {
			continue
		}
		var texts []string
		for _, g := range r.given {
			if t := g.Values[q.Path]; t != "" {
				texts = append(texts, t)
			}
		}
		if words := result.Propose(texts, p.groups(q.Path), result.Cut, 20); len(words) > 0 {
			out[q.Path] = words
		}
	}
	return out
}

// Crossed counts two questions of a study together; for who may not read its answers only what is in the publication is told.
func (s *Service) Crossed(ctx context.Context, by authz.Actor, which StudyID, a, b string) (c result.Crossing, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		x, err := findStudy(q, which)
		if err != nil {
			return err
		}
		at, err := org.Find(q, x.Org)
		if err != nil {
			return err
		}
		if err := by.Must(ReadStudies, at.Path); err != nil {
			return err
		}
		if err := by.Must(form.Answers, at.Path); err != nil {
			return err
		}
		read, err := s.Forms.Definition(q, x.Form, x.Version)
		if err != nil {
			return err
		}
		pick := map[string]result.Question{}
		for _, one := range questions(read) {
			if one.Kind == result.One {
				pick[one.Path] = one
			}
		}
		if pick[a].Path == "" || pick[b].Path == "" || a == b {
			return errs.New(errs.Invalid, "research.study.cross_which", nil)
		}
		r, err := s.count(q, x, at, false)
		c = result.Cross(pick[a], pick[b], r.given)
		return err
	})
	return c, err
}

// Round is one study's table of a question of the bank.
type Round struct {
	Study StudyID
	Title string
	Year  int
	Table result.Table
}

// Rounds gives the tables of a question of the bank in all studies that were published and that the viewer may read, the earliest first.
// They are those of the publications: what was released stands side by side and nothing else.
func (s *Service) Rounds(ctx context.Context, by authz.Actor, key string) (all []Round, err error) {
	if err := by.MustSomewhere(ReadStudies); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var w sqldb.Where
		w.And("s.city = $1").And("s.state = 'published'")
		org.Inside(&w, by.Scope(ReadStudies), "s.org")
		found, err := sqldb.All(q, scanStudy, `SELECT `+studyColumns+` FROM study s WHERE `+w.SQL()+` ORDER BY s.published_at, s.id`, w.Args()...)
		if err != nil {
			return err
		}
		for _, x := range found {
			r, err := published(x)
			if err != nil {
				return err
			}
			for _, b := range x.Plan.Bank {
				for _, t := range r.Tables {
					if b.Key == key && t.Path == b.Question {
						all = append(all, Round{Study: x.ID, Title: x.Title, Year: s.dayOf(x.PublishedAt).Year(), Table: t})
					}
				}
			}
		}
		return nil
	})
	return all, err
}

// BankItem is a question of the bank.
type BankItem struct {
	Key, Label string
	Kind       result.Kind
	Choices    []result.Choice
}

// Bank gives the questions of the bank.
func (s *Service) Bank(ctx context.Context, by authz.Actor) (all []BankItem, err error) {
	if err := by.MustSomewhere(ReadStudies); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = sqldb.All(q, func(scan sqldb.Scan) (b BankItem, err error) {
			var choices string
			if err := scan(&b.Key, &b.Label, &b.Kind, &choices); err != nil {
				return b, err
			}
			return b, json.Unmarshal([]byte(choices), &b.Choices)
		}, `SELECT key, label, kind, choices FROM bank_item WHERE city = $1 ORDER BY key`)
		return err
	})
	return all, err
}

// StudyListed is a study in a list.
type StudyListed struct {
	Study
	OrgName string
}

// Studies lists the studies that the viewer may read, the newest first.
func (s *Service) Studies(ctx context.Context, by authz.Actor) (all []StudyListed, err error) {
	if err := by.MustSomewhere(ReadStudies); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var w sqldb.Where
		w.And("s.city = $1")
		org.Inside(&w, by.Scope(ReadStudies), "s.org")
		all, err = s.listed(q, &w, "s.id DESC")
		return err
	})
	return all, err
}

func (s *Service) listed(q sqldb.Q, w *sqldb.Where, order string) (all []StudyListed, err error) {
	found, err := sqldb.All(q, scanStudy, `SELECT `+studyColumns+` FROM study s WHERE `+w.SQL()+` ORDER BY `+order+` LIMIT 200`, w.Args()...)
	if err != nil {
		return nil, err
	}
	ids := make([]org.ID, len(found))
	for i, x := range found {
		ids[i] = x.Org
	}
	named, err := org.Named(q, ids)
	for _, x := range found {
		all = append(all, StudyListed{x, named[x.Org].Name})
	}
	return all, err
}

// Publications lists what was published, for everybody.
func (s *Service) Publications(ctx context.Context, city string) (all []StudyListed, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		var w sqldb.Where
		w.And("s.city = $1").And("s.state = 'published'")
		all, err = s.listed(q, &w, "s.published_at DESC, s.id")
		return err
	})
	return all, err
}

// Publication gives one study as it was published.
func (s *Service) Publication(ctx context.Context, city string, which StudyID) (x StudyListed, r Results, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		if x.Study, err = findStudy(q, which); err != nil {
			return err
		}
		if x.State != Published {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		at, err := org.Find(q, x.Org)
		if err != nil {
			return err
		}
		x.OrgName, x.Plan = at.Name, Plan{}
		r, err = published(x.Study)
		return err
	})
	return x, r.outdoors(), err
}

// Exported is a study's answers for a statistics program, question by question, without names and sealed answers.
type Exported struct {
	Study     Study
	Questions []result.Question
	Given     []result.Given
	Serials   []string
	Results   Results
}

// Take gives what is exported of a study to who may read its answers; that it leaves is noted in the log of acts first.
func (s *Service) Take(ctx context.Context, by authz.Actor, which StudyID, as string) (x Exported, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if x.Study, err = findStudy(q, which); err != nil {
			return err
		}
		at, err := org.Find(q, x.Study.Org)
		if err != nil {
			return err
		}
		if err := by.Must(ExportStudy, at.Path); err != nil {
			return err
		}
		if err := by.Must(form.Answers, at.Path); err != nil {
			return err
		}
		read, err := s.Forms.Definition(q, x.Study.Form, x.Study.Version)
		if err != nil {
			return err
		}
		x.Questions = questions(read)
		x.Results, err = s.count(q, x.Study, at, false)
		x.Given = x.Results.given
		for _, a := range x.Results.answers {
			x.Serials = append(x.Serials, a.serial)
		}
		return err
	})
	if err != nil {
		return x, err
	}
	return x, s.DB.Note(ctx, by, ExportStudy, which.String(), act.Change{"as": as, "answers": len(x.Given)})
}
