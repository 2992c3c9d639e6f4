package venture

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

const columns = `v.id, v.serial, v.org, v.state, v.returned, v.name, v.about, v.entity, v.credit, v.industry, v.category, v.stage, v.place, v.address,
	v.staff, v.revenue, v.revenue_year, v.began, v.confirmed_at, v.confirmed_by, v.reminded_at, v.edited_at, v.made_by, v.made_at`

func scan(s sqldb.Scan) (Venture, error) {
	var v Venture
	return v, s(&v.ID, &v.Serial, &v.Org, &v.State, &v.Returned, &v.Name, &v.About, &v.Entity, &v.Credit, &v.Industry, &v.Category, &v.Stage, &v.Place, &v.Address,
		&v.Staff, &v.Revenue, &v.RevenueYear, &v.Began, &v.ConfirmedAt, &v.ConfirmedBy, &v.RemindedAt, &v.EditedAt, &v.MadeBy, &v.MadeAt)
}

// Find gives one venture.
func Find(q sqldb.Q, which ID) (Venture, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM venture v WHERE v.city = $1 AND v.id = $2`, which)
}

// ByCredit gives the dossier in the library that holds a credit code; the zero venture where none does.
func ByCredit(q sqldb.Q, code string) (Venture, error) {
	all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM venture_code k JOIN venture v ON v.city = k.city AND v.id = k.venture WHERE k.city = $1 AND k.credit = $2`, code)
	if err != nil || len(all) == 0 {
		return Venture{}, err
	}
	return all[0], nil
}

// placed finds a venture with the organisation where it belongs.
func placed(q sqldb.Q, which ID) (Venture, org.Node, error) {
	v, err := Find(q, which)
	if err != nil {
		return v, org.Node{}, err
	}
	at, err := org.Find(q, v.Org)
	return v, at, err
}

const founderColumns = `f.no, f.name, f.lead, f.person, f.account`

func scanFounder(s sqldb.Scan) (Founder, error) {
	var f Founder
	var lead int
	err := s(&f.No, &f.Name, &lead, &f.Person, &f.Account)
	f.Lead = lead == 1
	return f, err
}

// Founders gives those whose venture it is, the first of them first.
func Founders(q sqldb.Q, of ID) ([]Founder, error) {
	return sqldb.All(q, scanFounder, `SELECT `+founderColumns+` FROM venture_founder f WHERE f.city = $1 AND f.venture = $2 ORDER BY f.lead DESC, f.no`, of)
}

// Honours gives prizes and titles, the latest first.
func Honours(q sqldb.Q, of ID) ([]Honour, error) {
	return sqldb.All(q, func(s sqldb.Scan) (Honour, error) {
		var h Honour
		return h, s(&h.ID, &h.Level, &h.Title, &h.Year, &h.Source)
	}, `SELECT id, level, title, year, source FROM venture_honour WHERE city = $1 AND venture = $2 ORDER BY year DESC, id`, of)
}

const insertVenture = `INSERT INTO venture (city, id, serial, org, state, name, about, entity, credit, industry, category, stage, place, address, staff, revenue, revenue_year,
	began, confirmed_at, confirmed_by, edited_at, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`

func (v Venture) values() []any {
	return []any{
		v.ID, v.Serial, v.Org, string(v.State), v.Name, v.About, v.Entity, v.Credit, v.Industry, v.Category, v.Stage, v.Place.String(), v.Address, v.Staff, int64(v.Revenue), v.RevenueYear,
		v.Began, v.ConfirmedAt, v.ConfirmedBy, v.EditedAt, v.MadeBy, v.MadeAt,
	}
}

func insert(tx *sqldb.Tx, v Venture, founders []Founder) error {
	if _, err := tx.Exec(insertVenture, v.values()...); err != nil {
		return err
	}
	if err := hold(tx, v); err != nil {
		return err
	}
	for _, f := range founders {
		if err := addFounder(tx, v.ID, f); err != nil {
			return err
		}
	}
	return nil
}

func creditTaken() error {
	var p errs.Problems
	p.Add("credit", "venture.credit_taken", nil)
	return p.Err()
}

const insertFounder = `INSERT INTO venture_founder (city, venture, no, name, lead, person, account) VALUES ($1, $2, $3, $4, $5, $6, $7)`

// addFounder enters a founder. Who is a person known here is held, so that whoever comes to destroy her sees that she is named.
func addFounder(tx *sqldb.Tx, of ID, f Founder) error {
	if !f.Person.IsZero() {
		if _, err := person.Hold(tx, f.Person); err != nil {
			return err
		}
	}
	_, err := tx.Exec(insertFounder, of, f.No, f.Name, sqldb.Bit(f.Lead), f.Person.String(), f.Account)
	return err
}

// put writes facts over the version that was read, and the state.
func put(tx *sqldb.Tx, v Venture, version int64) error {
	if err := hold(tx, v); err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE venture SET org = $3, state = $4, returned = $5, name = $6, about = $7, entity = $8, credit = $9, industry = $10, category = $11, stage = $12,
		place = $13, address = $14, staff = $15, revenue = $16, revenue_year = $17, began = $18, confirmed_at = $19, confirmed_by = $20, edited_at = $21
		WHERE city = $1 AND id = $2 AND edited_at = $22`,
		v.ID, v.Org, string(v.State), v.Returned, v.Name, v.About, v.Entity, v.Credit, v.Industry, v.Category, v.Stage,
		v.Place.String(), v.Address, v.Staff, int64(v.Revenue), v.RevenueYear, v.Began, v.ConfirmedAt, v.ConfirmedBy, tx.Now().UnixMicro(), version)
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "errs.stale", nil)
	}
	return err
}

// hold takes the credit code of a dossier in the library, and gives back another that it held. Of two who take one code at once
// the second waits for the first, and is told.
func hold(tx *sqldb.Tx, v Venture) error {
	code := v.Credit
	if v.State != Known {
		code = ""
	}
	if _, err := tx.Exec(`DELETE FROM venture_code WHERE city = $1 AND venture = $2 AND credit <> $3`, v.ID, code); err != nil || code == "" {
		return err
	}
	n, err := tx.Exec(`INSERT INTO venture_code (city, credit, venture) VALUES ($1, $2, $3)
		ON CONFLICT (city, credit) DO UPDATE SET venture = excluded.venture WHERE venture_code.venture = excluded.venture`, code, v.ID)
	if err == nil && n == 0 {
		err = creditTaken()
	}
	return err
}

// change is what the log keeps of facts.
func (f Facts) change() act.Change {
	return act.Change{
		"name": f.Name, "about": f.About, "entity": f.Entity, "credit": f.Credit, "industry": f.Industry, "category": f.Category, "stage": f.Stage, "place": f.Place,
		"address": f.Address, "staff": f.Staff, "revenue": int64(f.Revenue), "year": f.RevenueYear, "began": f.Began.String(),
	}
}
