package safety

import (
	"encoding/json"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
)

const columns = `r.id, r.client, r.matter, r.class, r.child, r.kind, r.code, r.severity, r.found_at, r.content, r.due_at, r.top, r.stopped_at, r.family_at, r.closed_at, r.account, r.device, r.made_at`

func scan(s sqldb.Scan) (Report, error) {
	var r Report
	var top int64
	err := s(&r.ID, &r.Client, &r.Matter, &r.Class, &r.Child, &r.Kind, &r.Code, &r.Severity, &r.FoundAt, &r.content, &r.DueAt, &top, &r.StoppedAt, &r.FamilyAt, &r.ClosedAt, &r.Account, &r.Device, &r.MadeAt)
	r.Top = top == 1
	return r, err
}

func find(q sqldb.Q, which ID) (Report, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM care_report r WHERE r.city = $1 AND r.id = $2`, which)
}

func contentPlace(city string, of ID) seal.Place {
	return seal.Place{City: city, Table: "care_report", Column: "content", Row: of.String()}
}

func stepPlace(city, step string) seal.Place {
	return seal.Place{City: city, Table: "care_report_step", Column: "content", Row: step}
}

func insert(tx *sqldb.Tx, r Report) error {
	_, err := tx.Exec(`INSERT INTO care_report (city, id, client, matter, class, child, kind, code, severity, found_at, content, due_at, account, device, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		r.ID, r.Client, r.Matter, r.Class, r.Child.String(), string(r.Kind), r.Code, r.Severity, r.FoundAt, r.content, r.DueAt, r.Account, r.Device, r.MadeAt)
	return err
}

// write adds a step to a report, whose row the caller has taken.
func (s *Service) write(tx *sqldb.Tx, of ID, x Step) error {
	if err := tx.Row(`SELECT COALESCE(MAX(no), 0) + 1 FROM care_report_step WHERE city = $1 AND report = $2`, of).Scan(&x.No); err != nil {
		return err
	}
	plain, err := json.Marshal(x.Said)
	if err != nil {
		return err
	}
	sealed, err := s.Keys.Seal(stepPlace(tx.City(), stepRow(of, x.No)), plain)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO care_report_step (city, report, no, kind, at, content, account, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		of, x.No, string(x.Kind), x.At, sealed, tx.By().User, tx.Now().UnixMicro())
	return err
}

func (s *Service) steps(q sqldb.Q, of ID) ([]Step, error) {
	return sqldb.All(q, func(f sqldb.Scan) (Step, error) {
		var x Step
		var sealed []byte
		if err := f(&x.No, &x.Kind, &x.At, &sealed, &x.Account, &x.MadeAt); err != nil {
			return x, err
		}
		plain, err := s.Keys.Open(stepPlace(q.City(), stepRow(of, x.No)), sealed)
		if err != nil {
			return x, err
		}
		return x, json.Unmarshal(plain, &x.Said)
	}, `SELECT no, kind, at, content, account, made_at FROM care_report_step WHERE city = $1 AND report = $2 ORDER BY no DESC`, of)
}

// known gives the reports that an account knows of, those under way first and of them the most urgent.
func known(q sqldb.Q, account string) ([]Report, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM care_report r WHERE r.city = $1 AND `+casework.Reads("r.matter")+`
		ORDER BY CASE WHEN r.closed_at > 0 THEN 2 WHEN r.stopped_at > 0 THEN 1 ELSE 0 END, CASE WHEN r.closed_at > 0 THEN -r.closed_at ELSE r.due_at END, r.id LIMIT 500`, account)
}

// over gives the reports whose clock has run out at their desk.
func over(q sqldb.Q, now int64) ([]Report, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM care_report r WHERE r.city = $1 AND r.due_at <= $2 AND r.stopped_at = 0 AND r.closed_at = 0 AND r.top = 0 ORDER BY r.due_at, r.id LIMIT 200`, now)
}

// Incidents gives what has happened to a child in a class between two moments, for whoever speaks for her: neither what was seen of her
// nor what the duty to report covers, and nobody's words.
func Incidents(q sqldb.Q, class childcare.ID, child person.ID, from, until int64) (all []Report, err error) {
	rows, err := person.Same(q, child)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		some, err := sqldb.All(q, scan, `SELECT `+columns+` FROM care_report r WHERE r.city = $1 AND r.child = $2 AND r.child <> '' AND r.class = $3 AND r.kind = 'incident'
			AND r.found_at >= $4 AND r.found_at < $5 ORDER BY r.found_at, r.id`, row, class, from, until)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	for i := range all {
		all[i].content, all[i].Account, all[i].Device = nil, "", ""
	}
	return all, nil
}

// Count gives how many incidents of each severity a class had between two moments: figures that name nobody.
func Count(q sqldb.Q, class childcare.ID, from, until int64) (n [3]int64, err error) {
	type line struct{ severity, n int64 }
	all, err := sqldb.All(q, func(s sqldb.Scan) (line, error) { var l line; return l, s(&l.severity, &l.n) },
		`SELECT severity, COUNT(*) FROM care_report WHERE city = $1 AND class = $2 AND kind = 'incident' AND found_at >= $3 AND found_at < $4 GROUP BY severity`, class, from, until)
	for _, l := range all {
		n[l.severity-1] = l.n
	}
	return n, err
}
