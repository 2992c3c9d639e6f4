package startuploan

import (
	"strings"

	"zhidian/internal/domain/document"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

const columns = `a.id, a.serial, a.venture, a.org, a.county, a.account, a.made_by, a.made_at, a.edited_at, a.state,
	a.kind, a.amount, a.months, a.purpose, a.method, a.guarantee, a.bank, a.product,
	a.name, a.entity, a.credit, a.industry, a.address, a.began, a.staff, a.new_hires, a.arrears, a.earlier, a.overdue_before,
	a.promised, a.submitted_at, a.way, a.version, a.returned_by, a.reply_due, a.paused_on, a.decided_at, a.refused_by, a.code, a.appeal_until,
	a.ok_amount, a.ok_months, a.ok_rate, a.flag, a.priority, a.female, a.group_code`

func scan(s sqldb.Scan) (Application, error) {
	var a Application
	var arrears, overdue, flag, female int
	var priority string
	err := s(&a.ID, &a.Serial, &a.Venture, &a.Org, &a.County, &a.Account, &a.MadeBy, &a.MadeAt, &a.Edited, &a.State,
		&a.Kind, &a.Amount, &a.Months, &a.Purpose, &a.Method, &a.Guarantee, &a.Bank, &a.Product,
		&a.Name, &a.Entity, &a.Credit, &a.Industry, &a.Address, &a.Began, &a.Staff, &a.NewHires, &arrears, &a.Earlier, &overdue,
		&a.Promised, &a.SubmittedAt, &a.Way, &a.Version, &a.ReturnedBy, &a.ReplyDue, &a.PausedOn, &a.DecidedAt, &a.RefusedBy, &a.Code, &a.AppealUntil,
		&a.Granted.Amount, &a.Granted.Months, &a.Granted.Rate, &flag, &priority, &female, &a.GroupCode)
	a.Arrears, a.OverdueBefore, a.Flag, a.Female, a.Priority = arrears == 1, overdue == 1, flag == 1, female == 1, strings.Fields(priority)
	return a, err
}

// Find gives one application.
func Find(q sqldb.Q, which ID) (Application, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM loan_application a WHERE a.city = $1 AND a.id = $2`, which)
}

// Of gives the applications of a venture, the newest first.
func Of(q sqldb.Q, v venture.ID) ([]Application, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM loan_application a WHERE a.city = $1 AND a.venture = $2 ORDER BY a.id DESC`, v)
}

const insertApplication = `INSERT INTO loan_application (city, id, serial, venture, org, county, account, made_by, made_at, edited_at, state, kind, name, entity, credit, industry, address, began, staff)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'draft', $11, $12, $13, $14, $15, $16, $17, $18)`

func (a *Application) first() []any {
	return []any{
		a.ID, a.Serial, a.Venture, a.Org, a.County, a.Account, a.MadeBy, a.MadeAt, a.MadeAt, string(a.Kind), a.Name, a.Entity, a.Credit, a.Industry, a.Address, a.Began, a.Staff,
	}
}

func insert(tx *sqldb.Tx, a Application) error {
	_, err := tx.Exec(insertApplication, a.first()...)
	return err
}

const putApplication = `UPDATE loan_application SET org = $4, county = $5, state = $6, kind = $7, amount = $8, months = $9, purpose = $10, method = $11, guarantee = $12, bank = $13, product = $14,
	name = $15, entity = $16, credit = $17, industry = $18, address = $19, began = $20, staff = $21, new_hires = $22, arrears = $23, earlier = $24, overdue_before = $25,
	promised = $26, submitted_at = $27, way = $28, version = $29, returned_by = $30, reply_due = $31, paused_on = $32, decided_at = $33, refused_by = $34, code = $35, appeal_until = $36,
	ok_amount = $37, ok_months = $38, ok_rate = $39, flag = $40, priority = $41, female = $42, group_code = $43, edited_at = $44
	WHERE city = $1 AND id = $2 AND edited_at = $3`

// values are those of putApplication, with the moment of the edit.
func (a *Application) values(edited int64) []any {
	return []any{
		a.ID, a.Edited, a.Org, a.County, string(a.State), string(a.Kind), int64(a.Amount), a.Months, a.Purpose, a.Method, a.Guarantee, a.Bank.String(), a.Product,
		a.Name, a.Entity, a.Credit, a.Industry, a.Address, a.Began, a.Staff, a.NewHires, sqldb.Bit(a.Arrears), a.Earlier, sqldb.Bit(a.OverdueBefore),
		a.Promised, a.SubmittedAt, a.Way.String(), a.Version, a.ReturnedBy, a.ReplyDue, a.PausedOn, a.DecidedAt, a.RefusedBy, a.Code, a.AppealUntil,
		int64(a.Granted.Amount), a.Granted.Months, int64(a.Granted.Rate), sqldb.Bit(a.Flag), strings.Join(a.Priority, " "), sqldb.Bit(a.Female), a.GroupCode, edited,
	}
}

// put writes an application over the version that was read: of two who change it at once one is told.
func put(tx *sqldb.Tx, a Application) error {
	n, err := tx.Exec(putApplication, a.values(max(tx.Now().UnixMicro(), a.Edited+1))...)
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "errs.stale", nil)
	}
	return err
}

// hold takes an application for an act of a desk: whoever else is about to act on it waits, and then reads what was done. It is the
// guard of all that a desk decides.
func hold(tx *sqldb.Tx, which ID) (Application, error) {
	n, err := tx.Exec(`UPDATE loan_application SET edited_at = edited_at + 1 WHERE city = $1 AND id = $2`, which)
	if err == nil && n == 0 {
		err = errs.New(errs.Absent, "errs.absent", nil)
	}
	if err != nil {
		return Application{}, err
	}
	return Find(tx, which)
}

const partyColumns = `p.no, p.role, p.of_no, p.name, p.person, p.number, p.born, p.sex, p.marital, p.group_code, p.employer, p.debtless, p.agreed`

func scanParty(s sqldb.Scan) (Party, error) {
	var p Party
	var debtless, agreed int
	err := s(&p.No, &p.Role, &p.Of, &p.Name, &p.Person, &p.number, &p.Born, &p.Sex, &p.Marital, &p.Group, &p.Employer, &debtless, &agreed)
	p.Debtless, p.Agreed = debtless == 1, agreed == 1
	return p, err
}

// Parties gives who has to do with an application, in the order in which they were entered.
func Parties(q sqldb.Q, of ID) ([]Party, error) {
	return sqldb.All(q, scanParty, `SELECT `+partyColumns+` FROM loan_party p WHERE p.city = $1 AND p.application = $2 ORDER BY p.no`, of)
}

// putParty writes a party. A person known here is held, so that whoever comes to destroy her sees that she is named.
func putParty(tx *sqldb.Tx, of ID, p Party) error {
	if !p.Person.IsZero() {
		if _, err := person.Hold(tx, p.Person); err != nil {
			return err
		}
	}
	var sealed any
	if len(p.number) > 0 {
		sealed = p.number
	}
	_, err := tx.Exec(`INSERT INTO loan_party (city, application, no, role, of_no, name, person, number, born, sex, marital, group_code, employer, debtless, agreed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (city, application, no) DO UPDATE SET role = excluded.role, of_no = excluded.of_no,
		name = excluded.name, person = excluded.person, number = excluded.number, born = excluded.born, sex = excluded.sex, marital = excluded.marital, group_code = excluded.group_code,
		employer = excluded.employer, debtless = excluded.debtless, agreed = excluded.agreed`,
		of, p.No, string(p.Role), p.Of, p.Name, p.Person.String(), sealed, p.Born, p.Sex, p.Marital, p.Group, p.Employer, sqldb.Bit(p.Debtless), sqldb.Bit(p.Agreed))
	return err
}

func numberPlace(city string, of ID, no int64) seal.Place {
	return seal.Place{City: city, Table: "loan_party", Column: "number", Row: of.String() + "/" + itoa(no)}
}

// Debts gives what the parties owe elsewhere.
func Debts(q sqldb.Q, of ID) ([]Debt, error) {
	return sqldb.All(q, func(s sqldb.Scan) (Debt, error) {
		var d Debt
		return d, s(&d.No, &d.Party, &d.Kind, &d.Lender, &d.Amount, &d.FoundBy, &d.FoundAt)
	}, `SELECT no, party, kind, lender, amount, found_by, found_at FROM loan_debt WHERE city = $1 AND application = $2 ORDER BY no`, of)
}

func addDebt(tx *sqldb.Tx, of ID, d Debt) error {
	_, err := tx.Exec(`INSERT INTO loan_debt (city, application, no, party, kind, lender, amount, found_by, found_at)
		VALUES ($1, $2, (SELECT COALESCE(MAX(no), 0) + 1 FROM loan_debt WHERE city = $1 AND application = $2), $3, $4, $5, $6, $7, $8)`,
		of, d.Party, d.Kind, d.Lender, int64(d.Amount), d.FoundBy, d.FoundAt)
	return err
}

// Papers gives the papers of an application, without their content.
func Papers(q sqldb.Q, of ID) ([]Paper, error) {
	all, err := sqldb.All(q, func(s sqldb.Scan) (Paper, error) {
		var p Paper
		return p, s(&p.No, &p.Kind, &p.Document, &p.MadeBy, &p.MadeAt)
	}, `SELECT no, kind, document, made_by, made_at FROM loan_paper WHERE city = $1 AND application = $2 ORDER BY no`, of)
	for i := range all {
		d, err := document.Find(q, all[i].Document)
		if err != nil {
			return nil, err
		}
		all[i].Name, all[i].Type, all[i].Size = d.Name, d.Type, d.Size
	}
	return all, err
}

// Line is one line of what was done with an application. Lines are only ever added.
type Line struct {
	At   int64 // microseconds UTC
	By   string
	Step string // the verb's key
	Desk Desk
	Org  org.ID
	Text string // for whom it was written: see Look
	Code string
	Due  string
}

func write(tx *sqldb.Tx, of ID, step authz.Verb, d *Sitting, text, code, due string) error {
	var desk Desk
	var no int64
	var at org.ID
	if d != nil {
		desk, no, at = d.Desk, d.No, d.Org
	}
	_, err := tx.Exec(`INSERT INTO loan_note (city, application, id, at, by, step, desk, no, org, text, code, due) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		of, id.New[Line](tx.Now()), tx.Now().UnixMicro(), tx.By().User, step.Key, string(desk), no, at.String(), text, code, due)
	return err
}

// Lines gives what was done, the latest first.
func Lines(q sqldb.Q, of ID) ([]Line, error) {
	return sqldb.All(q, func(s sqldb.Scan) (Line, error) {
		var l Line
		return l, s(&l.At, &l.By, &l.Step, &l.Desk, &l.Org, &l.Text, &l.Code, &l.Due)
	}, `SELECT at, by, step, desk, org, text, code, due FROM loan_note WHERE city = $1 AND application = $2 ORDER BY id DESC`, of)
}
