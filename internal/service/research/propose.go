package research

import (
	"context"
	"slices"
	"strings"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Proposal is an answer that a study's plan would give to a desk. Nothing is raised before an officer says so.
type Proposal struct {
	Answer   form.AnswerID
	Serial   string
	Org      org.ID
	Question string
	Label    string
	Value    string
	Desk     org.ID
	DeskName string
	Days     int
}

// Proposals gives what a study's plan proposes and nobody has raised, at most 200.
func (s *Service) Proposals(ctx context.Context, by authz.Actor, which StudyID) (x Study, all []Proposal, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if x, err = findStudy(q, which); err != nil {
			return err
		}
		at, err := org.Find(q, x.Org)
		if err != nil {
			return err
		}
		if err := by.Must(RaiseVoice, at.Path); err != nil {
			return err
		}
		if err := by.Must(form.Answers, at.Path); err != nil {
			return err
		}
		r, err := s.count(q, x, at, false)
		if err != nil {
			return err
		}
		all, err = s.proposals(q, x, r)
		return err
	})
	return x, all, err
}

func (s *Service) proposals(q sqldb.Q, x Study, r Results) (all []Proposal, err error) {
	if len(x.Plan.Desks) == 0 {
		return nil, nil
	}
	f, err := s.Forms.Definition(q, x.Form, x.Version)
	if err != nil {
		return nil, err
	}
	labels := map[string]string{}
	spoken := map[string]string{}
	for _, one := range questions(f) {
		labels[one.Path] = one.Label
		for _, c := range one.Choices {
			spoken[one.Path+"="+c.Value] = c.Label
		}
	}
	done, err := sqldb.All(q, func(s sqldb.Scan) (string, error) {
		var id, question string
		err := s(&id, &question)
		return id + "/" + question, err
	}, `SELECT origin_id, question FROM voice WHERE city = $1 AND origin = 'answer'`)
	if err != nil {
		return nil, err
	}
	raised := map[string]bool{}
	for _, k := range done {
		raised[k] = true
	}
	for i, g := range r.given {
		for _, d := range x.Plan.Desks {
			said := g.Values[d.Question]
			if said != d.Value && !slices.Contains(strings.Fields(said), d.Value) || said == "" || raised[r.answers[i].id.String()+"/"+d.Question] {
				continue
			}
			value := spoken[d.Question+"="+d.Value]
			if value == "" {
				value = d.Value
			}
			all = append(all, Proposal{
				Answer: r.answers[i].id, Serial: r.answers[i].serial, Org: r.answers[i].org, Question: d.Question, Label: labels[d.Question], Value: value,
				Desk: d.Desk, DeskName: d.DeskName, Days: d.Days,
			})
			if len(all) == 200 {
				return all, nil
			}
		}
	}
	return all, nil
}

// drawable gives the ids of the persons of a study's organisation and below it who may be drawn.
func (s *Service) drawable(ctx context.Context, by authz.Actor, which StudyID) (ids []string, err error) {
	var at org.Node
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		x, err := findStudy(q, which)
		if err != nil {
			return err
		}
		if at, err = org.Find(q, x.Org); err != nil {
			return err
		}
		return by.Must(DrawPeople, at.Path)
	})
	if err != nil {
		return nil, err
	}
	cursor := ""
	for {
		page, err := s.People.List(ctx, by, person.Filter{At: at.Path, Size: 500}, cursor)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Items {
			ids = append(ids, row.ID.String())
		}
		if cursor = page.Next; cursor == "" {
			break
		}
		if len(ids) > 200_000 {
			return nil, errs.New(errs.Conflict, "research.study.too_many", nil)
		}
	}
	return ids, nil
}
