package product

import (
	"slices"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

const columns = `p.id, p.bank, p.code, p.name, p.name_en, p.area, p.kinds, p.methods, p.guarantees, p.least, p.most, p.months_from, p.months_to, p.points, p.basis, p.settle,
	p.papers, p.papers_en, p.apply_at, p.apply_at_en, p.from_day, p.until_day, p.source, p.status, p.state, p.edited_at, p.made_by, p.made_at`

func scan(s sqldb.Scan) (p Product, err error) {
	var kinds, methods, guarantees, papers, papersEn string
	err = s(&p.ID, &p.Bank, &p.Code, &p.Name, &p.NameEn, &p.Area, &kinds, &methods, &guarantees, &p.Least, &p.Most, &p.MonthsFrom, &p.MonthsTo, &p.Points, &p.Basis, &p.Settle,
		&papers, &papersEn, &p.ApplyAt, &p.ApplyAtEn, &p.From, &p.Until, &p.Source, &p.Status, &p.State, &p.EditedAt, &p.MadeBy, &p.MadeAt)
	p.Kinds, p.Methods, p.Guarantees = split(&p.Kinds, kinds), split(&p.Methods, methods), split(&p.Guarantees, guarantees)
	p.Papers, p.PapersEn = lines(papers), lines(papersEn)
	return p, err
}

// split reads words of one sort; its first argument only says which.
func split[T ~string](_ *[]T, text string) (all []T) {
	for _, w := range strings.Fields(text) {
		all = append(all, T(w))
	}
	return all
}

func join[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, x := range all {
		words[i] = string(x)
	}
	return strings.Join(words, " ")
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// Find gives one edition, whatever its state.
func Find(q sqldb.Q, which ID) (Product, error) {
	p, err := sqldb.One(q, scan, `SELECT `+columns+` FROM loan_product p WHERE p.city = $1 AND p.id = $2`, which)
	if err != nil {
		return p, err
	}
	all := []Product{p}
	err = shared(q, all, `product = $2`, which)
	return all[0], err
}

// On gives what may be applied for on a day in a division of a code: published editions in force there, of banks that have been let in.
// A bank without a valid review offers nothing.
func On(q sqldb.Q, on day.Day, area string) ([]Product, error) {
	all, err := offered(q, on)
	return slices.DeleteFunc(all, func(p Product) bool { return !p.In(area) }), err
}

// offered gives what may be applied for on a day, wherever.
func offered(q sqldb.Q, on day.Day) ([]Product, error) {
	all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM loan_product p WHERE p.city = $1 AND p.state = 'published' AND p.from_day <= $2 AND (p.until_day = '' OR p.until_day >= $2)
		ORDER BY p.bank, p.code, p.from_day`, on)
	if err != nil {
		return nil, err
	}
	reviews, err := reviewsOf(q, "")
	if err != nil {
		return nil, err
	}
	of := map[org.ID][]Review{}
	for _, v := range reviews {
		of[v.Bank] = append(of[v.Bank], v)
	}
	all = slices.DeleteFunc(all, func(p Product) bool { _, in := Admitted(of[p.Bank], on); return !in })
	return all, shared(q, all, `product IN (SELECT id FROM loan_product WHERE city = $1 AND state = 'published')`)
}

// shared gives products the parts of a loss.
func shared(q sqldb.Q, all []Product, cond string, args ...any) error {
	at := make(map[ID]int, len(all))
	for i, p := range all {
		at[p.ID] = i
	}
	type row struct {
		of ID
		Share
	}
	rows, err := sqldb.All(q, func(s sqldb.Scan) (r row, err error) { return r, s(&r.of, &r.Bearer, &r.Share.Share) },
		`SELECT product, bearer, share FROM loan_product_share WHERE city = $1 AND `+cond+` ORDER BY product, share DESC, bearer`, args...)
	for _, r := range rows {
		if i, ok := at[r.of]; ok {
			all[i].Shares = append(all[i].Shares, r.Share)
		}
	}
	return err
}

func insert(tx *sqldb.Tx, p Product) error {
	if _, err := tx.Exec(`INSERT INTO loan_product (city, id, bank, code, name, name_en, area, kinds, methods, guarantees, least, most, months_from, months_to, points, basis, settle,
		papers, papers_en, apply_at, apply_at_en, from_day, until_day, source, status, state, edited_at, made_by, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, 'draft', $26, $27, $26)`,
		append(append([]any{p.ID, p.Bank}, p.values()...), tx.Now().UnixMicro(), tx.By().User)...); err != nil {
		return err
	}
	return insertShares(tx, p)
}

// values are what an officer says but for whose it is, in the order of the columns.
func (p *Product) values() []any {
	return []any{
		p.Code, p.Name, p.NameEn, p.Area, join(p.Kinds), join(p.Methods), join(p.Guarantees), int64(p.Least), int64(p.Most), p.MonthsFrom, p.MonthsTo, int64(p.Points), p.Basis, p.Settle,
		strings.Join(p.Papers, "\n"), strings.Join(p.PapersEn, "\n"), p.ApplyAt, p.ApplyAtEn, p.From, p.Until, p.Source, string(p.Status),
	}
}

func update(tx *sqldb.Tx, p Product) error {
	if _, err := tx.Exec(`UPDATE loan_product SET code = $3, name = $4, name_en = $5, area = $6, kinds = $7, methods = $8, guarantees = $9, least = $10, most = $11, months_from = $12, months_to = $13,
		points = $14, basis = $15, settle = $16, papers = $17, papers_en = $18, apply_at = $19, apply_at_en = $20, from_day = $21, until_day = $22, source = $23, status = $24
		WHERE city = $1 AND id = $2`, append([]any{p.ID}, p.values()...)...); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM loan_product_share WHERE city = $1 AND product = $2`, p.ID); err != nil {
		return err
	}
	return insertShares(tx, p)
}

func insertShares(tx *sqldb.Tx, p Product) error {
	_, err := tx.Bulk(`INSERT INTO loan_product_share (city, product, bearer, share) VALUES ($1, $2, $3, $4)`, len(p.Shares), func(i int) []any {
		return []any{p.ID, string(p.Shares[i].Bearer), int64(p.Shares[i].Share)}
	})
	return err
}

// turn takes the row of a product through all of its editions, so that what is read afterwards stays as it is until the act is done.
func turn(tx *sqldb.Tx, p Product) error {
	_, err := tx.Exec(`INSERT INTO loan_product_line (city, bank, code, turn) VALUES ($1, $2, $3, 1) ON CONFLICT (city, bank, code) DO UPDATE SET turn = loan_product_line.turn + 1`, p.Bank, p.Code)
	return err
}

// free fails where another edition is in force on a day of this one.
func free(q sqldb.Q, p Product) error {
	others, err := sqldb.All(q, scan, `SELECT `+columns+` FROM loan_product p WHERE p.city = $1 AND p.bank = $2 AND p.code = $3 AND p.state = 'published' AND p.id <> $4`, p.Bank, p.Code, p.ID)
	if err != nil {
		return err
	}
	for _, o := range others {
		if (p.Until.IsZero() || o.From <= p.Until) && (o.Until.IsZero() || p.From <= o.Until) {
			return errs.New(errs.Conflict, "loanproduct.overlap", errs.Args{"from": o.From})
		}
	}
	return nil
}

// reviewsOf gives the reviews of a bank, or of all banks, the latest first.
func reviewsOf(q sqldb.Q, bank org.ID) ([]Review, error) {
	var w sqldb.Where
	w.And("r.city = $1")
	if !bank.IsZero() {
		w.And("r.bank = ?", bank)
	}
	all, err := sqldb.All(q, func(s sqldb.Scan) (v Review, err error) {
		return v, s(&v.ID, &v.Bank, &v.Kind, &v.On, &v.Until, &v.Passed, &v.Reviewer, &v.Note, &v.MadeBy, &v.MadeAt)
	}, `SELECT r.id, r.bank, r.kind, r.on_day, r.until_day, r.passed, r.reviewer, r.note, r.made_by, r.made_at FROM loan_bank_review r WHERE `+w.SQL()+` ORDER BY r.on_day DESC, r.made_at DESC`, w.Args()...)
	return all, err
}

// found gives reviews what was found of each criterion.
func found(q sqldb.Q, bank org.ID, all []Review) error {
	at := make(map[ReviewID]int, len(all))
	for i, v := range all {
		at[v.ID] = i
	}
	type row struct {
		of ReviewID
		Finding
	}
	rows, err := sqldb.All(q, func(s sqldb.Scan) (r row, err error) { return r, s(&r.of, &r.Item, &r.Met, &r.Note) },
		`SELECT f.review, f.item, f.met, f.note FROM loan_bank_finding f JOIN loan_bank_review r ON r.city = f.city AND r.id = f.review WHERE f.city = $1 AND r.bank = $2 ORDER BY f.review, f.no`, bank)
	for _, r := range rows {
		if i, ok := at[r.of]; ok {
			all[i].Findings = append(all[i].Findings, r.Finding)
		}
	}
	return err
}

func criteria(q sqldb.Q) ([]Criteria, error) {
	return sqldb.All(q, func(s sqldb.Scan) (c Criteria, err error) {
		var items string
		err = s(&c.Kind, &c.From, &items, &c.Source)
		c.Items = lines(items)
		return c, err
	}, `SELECT kind, from_day, items, source FROM loan_bank_criteria WHERE city = $1 ORDER BY kind, from_day`)
}
