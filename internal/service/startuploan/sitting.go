package startuploan

import (
	"strings"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/policy"
)

// Sitting is one desk's part in one application.
type Sitting struct {
	No       int64
	Desk     Desk
	Org      org.ID
	Owner    string // the account that it was handed to; empty: anybody there
	Turn     int64
	Days     int64
	FourEyes bool
	State    DeskState
	Due      day.Day
	OpenedAt int64
	AskedBy  int64  // of a countersign: the desk that asked
	Question string // and what it asked
	Verdict  string // pass or refuse
	Says     string
	FirstBy  string
	FirstAt  int64
	DoneBy   string
	DoneAt   int64
	Opinion
	facts string
}

// Opinion is what desks find out, each its own fields.
type Opinion struct {
	Flag      bool      // League: 青创贷
	Priority  []string  // League: of Priorities
	Group     string    // HR: of Groups
	Hires     int64     // HR: of firms
	Earlier   int64     // HR: subsidised loans before
	Guarantee string    // Guarantor: of Guarantees
	Amount    money.Fen // Finance: up to which it is subsidised; Bank: what it will lend
	Months    int64     // Bank
	Rate      money.Rate
}

// recheckTurn comes after all turns that a way may have.
const recheckTurn = 90

const sittingColumns = `d.no, d.desk, d.org, d.owner, d.turn, d.days, d.four_eyes, d.state, d.due, d.opened_at, d.asked_by, d.question, d.verdict, d.says, d.facts, d.first_by, d.first_at, d.done_by, d.done_at,
	d.flag, d.priority, d.group_code, d.hires, d.earlier, d.guarantee, d.amount, d.months, d.rate`

func (d *Sitting) fields() (into []any, after func()) {
	var four, flag int
	var priority string
	return []any{
		&d.No, &d.Desk, &d.Org, &d.Owner, &d.Turn, &d.Days, &four, &d.State, &d.Due, &d.OpenedAt, &d.AskedBy, &d.Question, &d.Verdict, &d.Says, &d.facts, &d.FirstBy, &d.FirstAt, &d.DoneBy, &d.DoneAt,
		&flag, &priority, &d.Group, &d.Hires, &d.Earlier, &d.Guarantee, &d.Amount, &d.Months, &d.Rate,
	}, func() {
		d.FourEyes, d.Flag, d.Priority = four == 1, flag == 1, strings.Fields(priority)
	}
}

func scanSitting(s sqldb.Scan) (Sitting, error) {
	var d Sitting
	into, after := d.fields()
	err := s(into...)
	after()
	return d, err
}

// sittings gives the desks of an application in their turns.
func sittings(q sqldb.Q, of ID) ([]Sitting, error) {
	return sqldb.All(q, scanSitting, `SELECT `+sittingColumns+` FROM loan_desk d WHERE d.city = $1 AND d.application = $2 ORDER BY d.turn, d.no`, of)
}

func sitting(q sqldb.Q, of ID, no int64) (Sitting, error) {
	return sqldb.One(q, scanSitting, `SELECT `+sittingColumns+` FROM loan_desk d WHERE d.city = $1 AND d.application = $2 AND d.no = $3`, of, no)
}

const insertSitting = `INSERT INTO loan_desk (city, application, no, desk, org, turn, days, four_eyes, state, due, opened_at, asked_by, question) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`

func (d *Sitting) first(of ID) []any {
	return []any{of, d.No, string(d.Desk), d.Org, d.Turn, d.Days, sqldb.Bit(d.FourEyes), string(d.State), d.Due, d.OpenedAt, d.AskedBy, d.Question}
}

// addSitting gives a desk its part, and the part its number.
func addSitting(tx *sqldb.Tx, of ID, d *Sitting) error {
	if err := tx.Row(`SELECT COALESCE(MAX(no), 0) + 1 FROM loan_desk WHERE city = $1 AND application = $2`, of).Scan(&d.No); err != nil {
		return err
	}
	_, err := tx.Exec(insertSitting, d.first(of)...)
	return err
}

const changeSitting = `UPDATE loan_desk SET org = $5, owner = $6, state = $7, due = $8, opened_at = $9, verdict = $10, says = $11, facts = $12, first_by = $13, first_at = $14, done_by = $15, done_at = $16,
	flag = $17, priority = $18, group_code = $19, hires = $20, earlier = $21, guarantee = $22, amount = $23, months = $24, rate = $25
	WHERE city = $1 AND application = $2 AND no = $3 AND state = $4`

func (d *Sitting) values(of ID, was DeskState) []any {
	return []any{
		of, d.No, string(was), d.Org, d.Owner, string(d.State), d.Due, d.OpenedAt, d.Verdict, d.Says, d.facts, d.FirstBy, d.FirstAt, d.DoneBy, d.DoneAt,
		sqldb.Bit(d.Flag), strings.Join(d.Priority, " "), d.Group, d.Hires, d.Earlier, d.Guarantee, int64(d.Amount), d.Months, int64(d.Rate),
	}
}

// putSitting writes a desk's part over the state in which it was read.
func putSitting(tx *sqldb.Tx, of ID, d Sitting, was DeskState) error {
	n, err := tx.Exec(changeSitting, d.values(of, was)...)
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "errs.stale", nil)
	}
	return err
}

func timeOf(micro int64) time.Time { return time.UnixMicro(micro) }

// keep leaves of an opinion what belongs to a desk, and gathers what is wrong with it when it is passed.
func (o Opinion) keep(d Desk, a Application) (own Opinion, p errs.Problems) {
	switch d {
	case League:
		own.Flag = o.Flag
		for _, k := range Priorities {
			for _, given := range o.Priority {
				if k == given {
					own.Priority = append(own.Priority, k)
				}
			}
		}
		p.Require(len(own.Priority) == len(o.Priority), "priority", "field.choice", nil)
	case HR:
		own.Group, own.Hires, own.Earlier = o.Group, o.Hires, o.Earlier
		if a.Kind != policy.Firm {
			p.Require(oneOf(Groups, o.Group), "group", "field.required", nil)
			own.Hires = 0
		} else {
			p.Require(o.Hires >= 0 && o.Hires <= a.Staff, "hires", "loan.hires_most", errs.Args{"staff": a.Staff})
		}
		p.Require(o.Earlier >= 0 && o.Earlier <= 50, "earlier", "field.range", errs.Args{"min": 0, "max": 50})
	case Guarantor:
		own.Guarantee = o.Guarantee
		p.Require(oneOf(Guarantees, o.Guarantee), "guarantee", "field.required", nil)
	case Finance:
		own.Amount = o.Amount
		p.Require(o.Amount > 0 && o.Amount <= a.Amount, "amount", "loan.amount_asked", errs.Args{"amount": a.Amount.Short()})
	case Bank:
		own.Amount, own.Months, own.Rate = o.Amount, o.Months, o.Rate
		p.Require(o.Amount > 0 && o.Amount <= a.Amount, "amount", "loan.amount_asked", errs.Args{"amount": a.Amount.Short()})
		p.Require(o.Months > 0 && o.Months <= a.Months, "months", "loan.months_asked", errs.Args{"months": a.Months})
		p.Require(o.Rate > 0 && o.Rate <= money.One, "rate", "loan.rate_range", nil)
	}
	return own, p
}

func oneOf(all []string, s string) bool {
	for _, x := range all {
		if x == s {
			return true
		}
	}
	return false
}
