package startuploan

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
)

// SurveyRow is a survey that was asked for.
type SurveyRow struct {
	No      int64
	Org     org.ID // who surveys
	Due     day.Day
	Answer  string
	Verdict string // adopted, completed or repeated; empty while nobody has said
	Says    string
	By      string
	At      int64
	AskedAt int64
	Task    string
	Desk    int64
}

func surveys(q sqldb.Q, of ID) ([]SurveyRow, error) {
	return sqldb.All(q, func(s sqldb.Scan) (SurveyRow, error) {
		var x SurveyRow
		return x, s(&x.No, &x.Desk, &x.Org, &x.Task, &x.Due, &x.Answer, &x.Verdict, &x.Says, &x.By, &x.At, &x.AskedAt)
	}, `SELECT no, desk, org, task, due, answer, verdict, says, by, at, asked_at FROM loan_survey WHERE city = $1 AND application = $2 ORDER BY no DESC`, of)
}

func (s *Service) delegateByWay(_ *sqldb.Tx, _ Application, _ Sitting, _ *day.Calendar) error {
	return nil
}
