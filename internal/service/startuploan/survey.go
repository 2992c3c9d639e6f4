package startuploan

import (
	"context"
	"slices"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// The survey is filled in on the form that the city has published under SurveyForm. Its surveyor chooses the application from the list of
// records SurveyList, in which a survey that was asked for is a record; the answer changes that record, and is found by it.
const (
	SurveyForm = "loan-survey"
	SurveyList = "loan_surveys"
)

// SurveyRow is a survey that was asked for.
type SurveyRow struct {
	No      int64
	Desk    int64
	Org     org.ID // who surveys
	Task    field.TaskID
	Due     day.Day
	Answer  form.AnswerID // that came in, zero while none has
	Verdict string        // Adopted, Completed or Repeated; empty while nobody has said
	Says    string
	By      string // the bank's officer who answers for it
	At      int64
	AskedAt int64
}

// What the bank's officer makes of a survey.
const (
	Adopted   = "adopted"   // 采信
	Completed = "completed" // 补充后采信
	Repeated  = "repeated"  // 重新调查
)

// Verdicts lists them in the order in which pages show them.
var Verdicts = []string{Adopted, Completed, Repeated}

func surveys(q sqldb.Q, of ID) ([]SurveyRow, error) {
	all, err := sqldb.All(q, func(s sqldb.Scan) (SurveyRow, error) {
		var x SurveyRow
		return x, s(&x.No, &x.Desk, &x.Org, &x.Task, &x.Due, &x.Answer, &x.Verdict, &x.Says, &x.By, &x.At, &x.AskedAt)
	}, `SELECT no, desk, org, task, due, answer, verdict, says, by, at, asked_at FROM loan_survey WHERE city = $1 AND application = $2 ORDER BY no DESC`, of)
	for i := range all {
		if err == nil && all[i].Answer.IsZero() {
			all[i].Answer, err = came(q, of, all[i].No)
		}
	}
	return all, err
}

func recordOf(of ID, no int64) string { return of.String() + "-" + itoa(no) }

// came gives the answer that a surveyor has sent, the latest where there are several.
func came(q sqldb.Q, of ID, no int64) (form.AnswerID, error) {
	root, err := org.Root(q)
	if err != nil {
		return "", err
	}
	list, err := record.FindList(q, root.ID, SurveyList)
	if errs.KindOf(err) == errs.Absent {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	a, err := record.LastAnswer(q, list.ID, recordOf(of, no))
	return form.AnswerID(a), err
}

// commission asks an organisation for a survey: its people find it on their phones, and the application among those to choose from.
func (s *Service) commission(tx *sqldb.Tx, a Application, d Sitting, unit org.ID, due day.Day) error {
	root, err := org.Root(tx)
	if err != nil {
		return err
	}
	f, err := form.FindCode(tx, root.ID, SurveyForm)
	if errs.KindOf(err) == errs.Absent || err == nil && !f.Takes(s.today(tx)) {
		return errs.New(errs.Conflict, "loan.no_form", nil)
	}
	if err != nil {
		return err
	}
	where, err := org.Find(tx, unit)
	if err != nil {
		return err
	}
	t, err := field.Add(tx, field.Task{Form: f.ID, Org: unit, Role: surveyRole(where), Due: due, Target: 1, Note: a.Serial})
	if err != nil {
		return err
	}
	var no int64
	if err := tx.Row(`SELECT COALESCE(MAX(no), 0) + 1 FROM loan_survey WHERE city = $1 AND application = $2`, a.ID).Scan(&no); err != nil {
		return err
	}
	keeper := record.Keeper{Keys: s.Keys}
	if err := keeper.Save(tx, record.New{
		Owner: root.ID, List: SurveyList, Record: recordOf(a.ID, no), Version: id.New[record.Version](tx.Now()).String(), At: unit, First: true,
		Says: map[string]string{record.Label: a.Serial + " " + a.Name, "serial": a.Serial, "venture": a.Name, "address": a.Address, "amount": a.Amount.Short()},
	}); err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO loan_survey (city, application, no, desk, org, task, due, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		a.ID, no, d.No, unit, t.ID, due, tx.By().User, tx.Now().UnixMicro()); err != nil {
		return err
	}
	return write(tx, a.ID, Delegate, &Sitting{Desk: Survey, No: d.No, Org: unit}, "", "", due.String())
}

// surveyRole is whose phones a task reaches at an organisation.
func surveyRole(at org.Node) string {
	if at.Kind == org.Bank {
		return "loan_bank"
	}
	return "secretary"
}

// delegateByWay asks the unit that the way names, as soon as it is the survey's turn. Where no form is published the bank asks later.
func (s *Service) delegateByWay(tx *sqldb.Tx, a Application, d Sitting, cal *day.Calendar) error {
	way, err := wayOf(tx, a.Way)
	if err != nil {
		return err
	}
	unit := a.Org
	switch way.SurveyBy {
	case ByIntake:
	case ByBank:
		unit = a.Bank
	default:
		unit = org.ID(way.SurveyBy)
	}
	due, _ := cal.AddWorkdays(s.today(tx), int(way.SurveyDays))
	err = s.commission(tx, a, d, unit, due)
	if errs.KeyOf(err) == "loan.no_form" {
		return nil
	}
	return err
}

// Commission lets the bank's officer ask a named unit for a survey by a day.
func (s *Service) Commission(ctx context.Context, by authz.Actor, which ID, no int64, unit org.ID, due day.Day) error {
	return s.act(ctx, by, which, no, Delegate, func(x *at) (act.Change, error) {
		var p errs.Problems
		p.Require(due > s.today(x.tx), "due", "field.due_past", nil)
		n, err := org.Find(x.tx, unit)
		if err != nil && errs.KindOf(err) != errs.Absent {
			return nil, err
		}
		p.Require(err == nil && n.IsOpen(), "unit", "loan.unit", nil)
		if err := p.Err(); err != nil {
			return nil, err
		}
		all, err := surveys(x.tx, which)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all, func(o SurveyRow) bool { return o.Verdict == "" }) {
			return nil, errs.New(errs.Conflict, "loan.survey_out", nil)
		}
		return act.Change{"unit": unit, "due": due.String()}, s.commission(x.tx, x.a, x.d, unit, due)
	})
}

// Judge lets the bank's named officer adopt a survey, complete it with what she has found herself, or have it repeated. A lender may not
// hand its whole investigation to others: whoever adopts answers for it by name.
func (s *Service) Judge(ctx context.Context, by authz.Actor, which ID, no int64, verdict, says string) error {
	return s.act(ctx, by, which, no, Adopt, func(x *at) (act.Change, error) {
		all, err := surveys(x.tx, which)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all, func(o SurveyRow) bool { return o.Verdict == "" })
		var p errs.Problems
		p.Require(oneOf(Verdicts, verdict), "verdict", "field.required", nil)
		p.Require(verdict == Adopted || says != "", "says", "field.required", nil)
		p.Require(verdict != Adopted || i >= 0 && !all[i].Answer.IsZero(), "verdict", "loan.no_survey", nil)
		p.Require(verdict != Repeated || i >= 0, "verdict", "loan.no_survey", nil)
		p.Require(len([]rune(says)) <= 2000, "says", "field.long", errs.Args{"max": 2000})
		if err := p.Err(); err != nil {
			return nil, err
		}
		if i >= 0 {
			if _, err := x.tx.Exec(`UPDATE loan_survey SET verdict = $4, says = $5, answer = $6, by = $7, at = $8 WHERE city = $1 AND application = $2 AND no = $3 AND verdict = ''`,
				which, all[i].No, verdict, says, all[i].Answer.String(), by.User, x.tx.Now().UnixMicro()); err != nil {
				return nil, err
			}
			if _, err := field.Finish(x.tx, all[i].Task); err != nil {
				return nil, err
			}
		}
		if verdict == Repeated {
			if err := write(x.tx, which, Adopt, &x.d, says, "", ""); err != nil {
				return nil, err
			}
			due, _ := x.cal.AddWorkdays(s.today(x.tx), int(x.way.SurveyDays))
			return act.Change{"verdict": verdict}, s.commission(x.tx, x.a, x.d, all[i].Org, due)
		}
		x.d.Says, x.d.Verdict = says, "pass"
		c, _, err := s.gather(x.tx, x.a)
		if err != nil {
			return nil, err
		}
		x.d.facts = c.fingerprint()
		return act.Change{"verdict": verdict}, s.settle(x, Adopt, "")
	})
}

// Surveyed gives what a surveyor has filled in, to who is shown surveys. That it was read is noted.
func (s *Service) Surveyed(ctx context.Context, by authz.Actor, which ID, answer form.AnswerID) (form.Shown, error) {
	if err := s.seesSurvey(ctx, by, which, answer); err != nil {
		return form.Shown{}, err
	}
	if err := s.DB.Note(ctx, by, Open, which.String(), act.Change{"survey": answer}); err != nil {
		return form.Shown{}, err
	}
	return s.Forms.View(ctx, authz.System(by.City), answer)
}

// SurveyFile gives a photograph of a survey, to be closed by the caller.
func (s *Service) SurveyFile(ctx context.Context, by authz.Actor, which ID, answer form.AnswerID, file form.FileID) (form.Opened, error) {
	if err := s.seesSurvey(ctx, by, which, answer); err != nil {
		return form.Opened{}, err
	}
	return s.Forms.OpenFile(ctx, authz.System(by.City), answer, file)
}

func (s *Service) seesSurvey(ctx context.Context, by authz.Actor, which ID, answer form.AnswerID) error {
	v, err := s.Look(ctx, by, which)
	if err != nil {
		return err
	}
	if !v.Shows(PartSurvey) || !slices.ContainsFunc(v.Surveys, func(x SurveyRow) bool { return x.Answer == answer && !answer.IsZero() }) {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	return nil
}
