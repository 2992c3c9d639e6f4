package contract

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

const columns = `c.id, c.number, c.deed, c.bank, c.org, c.area, c.application, c.venture, c.borrower, c.credit, c.kind, c.partners, c.poor, c.people, c.female,
	c.principal, c.rate, c.lpr, c.points, c.lpr_day, c.signed_day, c.from_day, c.to_day, c.method, c.days, c.basis, c.settle, c.shift, c.penalty, c.version,
	c.state, c.drawn, c.balance, c.compensated, c.recovered, c.written_off, c.extended_day, c.ended_day, c.overdue_day, c.overdue_ever, c.class, c.events,
	c.made_by, c.made_at, c.edited_at`

func scan(s sqldb.Scan) (c Contract, err error) {
	var poor, female, shift, ever int
	err = s(&c.ID, &c.Number, &c.Deed, &c.Bank, &c.Org, &c.Area, &c.Application, &c.Venture, &c.Borrower, &c.Credit, &c.Kind, &c.Partners, &poor, &c.Group, &female,
		&c.Principal, &c.Rate, &c.LPR, &c.Points, &c.LPRDay, &c.Signed, &c.From, &c.To, &c.Method, &c.Count, &c.Basis, &c.Settle, &shift, &c.Penalty, &c.Version,
		&c.State, &c.Drawn, &c.Balance, &c.Compensated, &c.Recovered, &c.WrittenOff, &c.Extended, &c.Ended, &c.Overdue, &ever, &c.Class, &c.Events,
		&c.MadeBy, &c.MadeAt, &c.EditedAt)
	c.Poor, c.Female, c.Shift, c.OverdueEver = poor == 1, female == 1, shift == 1, ever == 1
	return c, err
}

// Find gives one loan.
func Find(q sqldb.Q, which ID) (Contract, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM loan_contract c WHERE c.city = $1 AND c.id = $2`, which)
}

// Parts gives what is to be repaid on agreed days.
func Parts(q sqldb.Q, of ID) ([]Part, error) {
	return sqldb.All(q, func(s sqldb.Scan) (p Part, err error) { return p, s(&p.Day, &p.Amount) },
		`SELECT on_day, amount FROM loan_part WHERE city = $1 AND contract = $2 ORDER BY on_day`, of)
}

const eventColumns = `e.no, e.kind, e.on_day, e.until_day, e.amount, e.interest, e.class, e.reason, e.reverses, e.source, e.made_by, e.made_at`

func (e *Event) fields() []any {
	return []any{&e.No, &e.Kind, &e.Day, &e.Until, &e.Amount, &e.Interest, &e.Class, &e.Reason, &e.Reverses, &e.Source, &e.By, &e.At}
}

// Events gives everything that was entered under a loan, in the order of entering.
func Events(q sqldb.Q, of ID) ([]Event, error) {
	all, err := sqldb.All(q, func(s sqldb.Scan) (e Event, err error) { return e, s(e.fields()...) },
		`SELECT `+eventColumns+` FROM loan_event e WHERE e.city = $1 AND e.contract = $2 ORDER BY e.no`, of)
	at := map[int64]int{}
	for i, e := range all {
		at[e.No] = i
		if e.Reverses > 0 {
			all[at[e.Reverses]].Reversed = true
		}
	}
	return all, err
}

// insertContract enters a loan, one or many.
const insertContract = `INSERT INTO loan_contract (city, id, number, deed, bank, org, area, application, venture, borrower, credit, kind, partners, poor, people, female,
	principal, rate, lpr, points, lpr_day, signed_day, from_day, to_day, method, days, basis, settle, shift, penalty, version,
	state, drawn, balance, class, events, made_by, made_at, edited_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31,
	$32, $33, $34, $35, $36, $37, $38, $39) ON CONFLICT DO NOTHING`

func (c *Contract) values() []any {
	return []any{
		c.ID, c.Number, c.Deed, c.Bank, c.Org, c.Area, c.Application, c.Venture, c.Borrower, c.Credit, string(c.Kind), c.Partners, sqldb.Bit(c.Poor), c.Group, sqldb.Bit(c.Female),
		int64(c.Principal), int64(c.Rate), int64(c.LPR), int64(c.Points), c.LPRDay, c.Signed, c.From, c.To, string(c.Method), string(c.Counted()), c.Basis, c.Settle, sqldb.Bit(c.Shift), c.Penalty, c.Version,
		string(c.State), int64(c.Drawn), int64(c.Balance), c.Class, c.Events, c.MadeBy, c.MadeAt, c.EditedAt,
	}
}

func insert(tx *sqldb.Tx, c *Contract, people []person.ID, parts []Part) error {
	n, err := tx.Exec(insertContract, c.values()...)
	if err != nil {
		return err
	}
	if n == 0 {
		var p errs.Problems
		p.Add("number", "lending.number_taken", errs.Args{"number": c.Number})
		return p.Err()
	}
	for _, one := range people {
		if _, err := person.Hold(tx, one); err != nil { // whoever comes to destroy her sees that she is named
			return err
		}
		if _, err := tx.Exec(`INSERT INTO loan_borrower (city, contract, person) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, c.ID, one); err != nil {
			return err
		}
	}
	for _, p := range parts {
		if _, err := tx.Exec(`INSERT INTO loan_part (city, contract, on_day, amount) VALUES ($1, $2, $3, $4)`, c.ID, p.Day, int64(p.Amount)); err != nil {
			return err
		}
	}
	return nil
}

const insertEvent = `INSERT INTO loan_event (city, contract, no, kind, on_day, until_day, amount, interest, class, reason, reverses, source, made_by, made_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`

func (e *Event) values(of ID) []any {
	return []any{of, e.No, string(e.Kind), e.Day, e.Until, int64(e.Amount), int64(e.Interest), e.Class, e.Reason, e.Reverses, e.Source, e.By, e.At}
}

// put writes what events have added up to.
func put(tx *sqldb.Tx, c *Contract) error {
	_, err := tx.Exec(putContract, c.sums(tx)...)
	return err
}

const putContract = `UPDATE loan_contract SET state = $3, drawn = $4, balance = $5, compensated = $6, recovered = $7, written_off = $8, extended_day = $9, ended_day = $10,
	overdue_day = $11, overdue_ever = $12, class = $13, events = $14, edited_at = $15 WHERE city = $1 AND id = $2`

func (c *Contract) sums(tx *sqldb.Tx) []any {
	return []any{
		c.ID, string(c.State), int64(c.Drawn), int64(c.Balance), int64(c.Compensated), int64(c.Recovered), int64(c.WrittenOff), c.Extended, c.Ended,
		c.Overdue, sqldb.Bit(c.OverdueEver), c.Class, c.Events, tx.Now().UnixMicro(),
	}
}

// ends are the two organisations that a loan concerns: the county, and the bank.
type ends struct{ county, bank org.Node }

func endsOf(q sqldb.Q, c *Contract) (e ends, err error) {
	if e.county, err = org.Find(q, c.Org); err != nil {
		return e, err
	}
	e.bank, err = org.Find(q, c.Bank)
	return e, err
}
