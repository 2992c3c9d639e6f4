package claim

import (
	"cmp"
	"encoding/json"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
)

const columns = `b.id, b.serial, b.bank, b.after_day, b.to_day, b.corrects, b.state, b.due_day, b.loans, b.lines, b.interest, b.subsidy, b.province, b.local,
	b.opening, b.closing, b.lent, b.lendings, b.paid_day, b.paid_ref, b.arrived_day, b.arrived_ref, b.made_by, b.made_at, b.reviewed_by, b.edited_at, b.reviewer, b.finance, b.unpaid`

func scan(s sqldb.Scan) (b Batch, err error) {
	var unpaid int
	err = s(&b.ID, &b.Serial, &b.Bank, &b.After, &b.To, &b.Corrects, &b.State, &b.Due, &b.Loans, &b.Lines, &b.Interest, &b.Subsidy, &b.Province, &b.Local,
		&b.Opening, &b.Closing, &b.Lent, &b.Lendings, &b.PaidOn, &b.PaidRef, &b.ArrivedOn, &b.ArrivedRef, &b.MadeBy, &b.MadeAt, &b.ReviewedBy, &b.EditedAt, &b.Reviewer, &b.Finance, &unpaid)
	b.Unpaid = unpaid == 1
	return b, err
}

// Find gives one batch.
func Find(q sqldb.Q, which ID) (Batch, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM loan_batch b WHERE b.city = $1 AND b.id = $2`, which)
}

func placed(q sqldb.Q, which ID) (b Batch, bank org.Node, err error) {
	if b, err = Find(q, which); err != nil {
		return b, bank, err
	}
	bank, err = org.Find(q, b.Bank)
	return b, bank, err
}

// basis are the rules and rates by which a batch was worked out.
func basis(q sqldb.Q, which ID) (book rulebook.Book, quotes rulebook.Quotes, err error) {
	var b, r string
	if err = q.Row(`SELECT book, quotes FROM loan_batch_basis WHERE city = $1 AND batch = $2`, which).Scan(&b, &r); err != nil {
		return nil, nil, err
	}
	if err = json.Unmarshal([]byte(b), &book); err == nil {
		err = json.Unmarshal([]byte(r), &quotes)
	}
	return book, quotes, err
}

// insert adds a batch; a quarter that the bank has claimed already is refused.
func insert(tx *sqldb.Tx, b *Batch, book rulebook.Book, quotes rulebook.Quotes) error {
	rules, err := json.Marshal(book)
	if err != nil {
		return err
	}
	rates, err := json.Marshal(quotes)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`INSERT INTO loan_batch (city, id, serial, bank, after_day, to_day, corrects, state, due_day, loans, lines, interest, subsidy, province, local, opening, closing,
		lent, lendings, made_by, made_at, edited_at, unpaid) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, $10, $11, $11, $12) ON CONFLICT DO NOTHING`,
		b.ID, b.Serial, b.Bank, b.After, b.To, b.Corrects.String(), string(b.State), b.Due, b.MadeBy, b.MadeAt, sqldb.Bit(b.Unpaid))
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "claim.quarter_taken", errs.Args{"day": b.To})
	}
	if err == nil {
		_, err = tx.Exec(`INSERT INTO loan_batch_basis (city, batch, book, quotes) VALUES ($1, $2, $3, $4)`, b.ID, string(rules), string(rates))
	}
	return err
}

// sums writes what the lines of a new batch come to.
func sums(tx *sqldb.Tx, b *Batch) error {
	_, err := tx.Exec(`UPDATE loan_batch SET loans = $3, lines = $4, interest = $5, subsidy = $6, province = $7, local = $8, opening = $9, closing = $10, lent = $11, lendings = $12
		WHERE city = $1 AND id = $2`, b.ID, b.Loans, b.Lines, int64(b.Interest), int64(b.Subsidy), int64(b.Province), int64(b.Local), int64(b.Opening), int64(b.Closing), int64(b.Lent), b.Lendings)
	return err
}

const insertLine = `INSERT INTO loan_line (city, batch, no, contract, number, seen, sign, of_batch, of_no, slice, from_day, to_day, days, status, excluded, reason, segments,
	rate, lpr, lpr_day, version, interest, subsidy, split, province, local)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)`

func insertLines(tx *sqldb.Tx, b *Batch, all []Line) error {
	batch, row := b.ID.String(), make([]any, 0, 25)
	_, err := tx.Bulk(insertLine, len(all), func(i int) []any { // in the types that drivers know, since there may be millions
		l := &all[i]
		row = append(row[:0], batch, l.No, l.Contract.String(), l.Loan, l.Seen, int64(l.Sign), l.OfBatch.String(), l.OfNo, int64(l.Slice), l.From.String(), l.To.String(), int64(l.Days), string(l.Status),
			int64(l.Excluded), l.Reason, l.Segments, int64(l.Rate), int64(l.LPR), l.LPRDay.String(), l.Version, int64(l.Interest), int64(l.Subsidy), sqldb.Bit(l.Split), int64(l.Province), int64(l.Local))
		return row
	})
	return err
}

const lineColumns = `l.no, l.contract, l.number, l.seen, l.sign, l.of_batch, l.of_no, l.slice, l.from_day, l.to_day, l.days, l.status, l.excluded, l.reason, l.segments,
	l.rate, l.lpr, l.lpr_day, l.version, l.interest, l.subsidy, l.split, l.province, l.local`

func scanLine(s sqldb.Scan) (l Line, err error) {
	var split int
	err = s(&l.No, &l.Contract, &l.Loan, &l.Seen, &l.Sign, &l.OfBatch, &l.OfNo, &l.Slice, &l.From, &l.To, &l.Days, &l.Status, &l.Excluded, &l.Reason, &l.Segments,
		&l.Rate, &l.LPR, &l.LPRDay, &l.Version, &l.Interest, &l.Subsidy, &split, &l.Province, &l.Local)
	l.Split = split == 1
	return l, err
}

// linesOf gives all lines of a batch.
func linesOf(q sqldb.Q, which ID) ([]Line, error) {
	return sqldb.All(q, scanLine, `SELECT `+lineColumns+` FROM loan_line l WHERE l.city = $1 AND l.batch = $2 ORDER BY l.no`, which)
}

func insertUnclaimed(tx *sqldb.Tx, b *Batch, all []Unclaimed) error {
	var wrong error
	_, err := tx.Bulk(`INSERT INTO loan_unclaimed (city, batch, contract, number, key, args) VALUES ($1, $2, $3, $4, $5, $6)`, len(all), func(i int) []any {
		args, err := json.Marshal(all[i].Args)
		wrong = cmp.Or(wrong, err)
		return []any{b.ID, all[i].Contract, all[i].Number, all[i].Key, string(args)}
	})
	return cmp.Or(wrong, err)
}

// reasons gives why loans are not claimed, in the order of the first of each, with how many there are and the numbers of a few.
func reasons(q sqldb.Q, which ID) (all []Reason, err error) {
	type row struct {
		Reason
		args, number string
	}
	rows, err := sqldb.All(q, func(s sqldb.Scan) (x row, err error) { return x, s(&x.Key, &x.args, &x.N, &x.number) },
		`SELECT key, args, n, number FROM (SELECT key, args, number, COUNT(*) OVER (PARTITION BY key, args) AS n, MIN(number) OVER (PARTITION BY key, args) AS leads,
			ROW_NUMBER() OVER (PARTITION BY key, args ORDER BY number) AS nth FROM loan_unclaimed WHERE city = $1 AND batch = $2) u
		WHERE nth <= $3 ORDER BY leads, key, args, nth`, which, MostNamed)
	for i, x := range rows {
		if i == 0 || x.Key != rows[i-1].Key || x.args != rows[i-1].args {
			if err := json.Unmarshal([]byte(x.args), &x.Args); err != nil {
				return nil, err
			}
			all = append(all, x.Reason)
		}
		last := &all[len(all)-1]
		last.Numbers = append(last.Numbers, x.number)
	}
	return all, err
}

func note(tx *sqldb.Tx, b *Batch, verb, text string) error {
	_, err := tx.Exec(`INSERT INTO loan_batch_step (city, batch, no, verb, state, note, due_day, made_by, made_at)
		SELECT $1, $2, COALESCE(MAX(no), 0) + 1, $3, $4, $5, $6, $7, $8 FROM loan_batch_step WHERE city = $1 AND batch = $2`,
		b.ID, verb, string(b.State), text, b.Due, tx.By().User, tx.Now().UnixMicro())
	return err
}

func stepsOf(q sqldb.Q, which ID) ([]Step, error) {
	return sqldb.All(q, func(s sqldb.Scan) (x Step, err error) { return x, s(&x.Verb, &x.State, &x.Note, &x.Due, &x.By, &x.At) },
		`SELECT verb, state, note, due_day, made_by, made_at FROM loan_batch_step WHERE city = $1 AND batch = $2 ORDER BY no`, which)
}

// standing is the condition that a line claims its days now: its batch is not withdrawn, and no line of another such takes it back.
func standing(line, batch string) string {
	return line + `.sign = 1 AND ` + batch + `.state <> 'withdrawn' AND NOT EXISTS (SELECT 1 FROM loan_line r JOIN loan_batch k ON k.city = r.city AND k.id = r.batch
		WHERE r.city = ` + line + `.city AND r.of_batch = ` + line + `.batch AND r.of_no = ` + line + `.no AND r.sign = -1 AND k.state <> 'withdrawn')`
}

// hold changes the guard rows of the banks to whose loans an act makes lines stand, in the order of their ids: whoever else is about to waits,
// and then reads what was claimed. It comes before anything that the act reads of claims.
func hold(tx *sqldb.Tx, banks []org.ID) error {
	slices.Sort(banks)
	banks = slices.Compact(banks)
	_, err := tx.Bulk(`INSERT INTO loan_claimed (city, bank, turn) VALUES ($1, $2, 1) ON CONFLICT (city, bank) DO UPDATE SET turn = loan_claimed.turn + 1`, len(banks), func(i int) []any { return []any{banks[i]} })
	return err
}

// Which lines begin to stand with an act upon a batch: its own when it is made, and those that it had taken back when it is withdrawn.
const (
	begunOwn  = `(SELECT l.city, l.contract, l.number, l.slice, l.from_day, l.to_day, l.batch, l.no, l.sign FROM loan_line l WHERE l.city = $1 AND l.batch = $2 AND l.sign = 1)`
	begunBack = `(SELECT o.city, o.contract, o.number, o.slice, o.from_day, o.to_day, o.batch, o.no, o.sign, o.subsidy FROM loan_line l CROSS JOIN loan_line o WHERE l.city = $1 AND l.batch = $2 AND l.sign = -1
		AND o.city = l.city AND o.batch = l.of_batch AND o.no = l.of_no)`
)

// guard looks whether a day of a line that begins to stand is claimed by another, or a line taken back twice. The banks are held. CROSS JOIN keeps the order: of
// a bank's whole quarter both lines of a pair are in one batch, and going through that for each of them would be a square of it.
func guard(tx *sqldb.Tx, which ID, begun string) error {
	type twice struct{ number, from, to, serial string }
	found, err := sqldb.All(tx, func(s sqldb.Scan) (t twice, err error) { return t, s(&t.number, &t.from, &t.to, &t.serial) },
		`SELECT a.number, a.from_day, a.to_day, y.serial FROM `+begun+` a CROSS JOIN loan_line b CROSS JOIN loan_batch x CROSS JOIN loan_batch y
		WHERE b.city = a.city AND b.contract = a.contract AND b.to_day > a.from_day AND b.from_day < a.to_day AND b.slice = a.slice AND (b.batch <> a.batch OR b.no <> a.no)
		AND x.city = a.city AND x.id = a.batch AND y.city = b.city AND y.id = b.batch AND `+standing("a", "x")+` AND `+standing("b", "y")+` LIMIT 1`, which)
	if err == nil && len(found) > 0 {
		t := found[0]
		err = errs.New(errs.Conflict, "claim.twice", errs.Args{"number": t.number, "from": t.from, "to": t.to, "batch": t.serial})
	}
	if err != nil {
		return err
	}
	var n int
	err = tx.Row(`SELECT COUNT(*) FROM (SELECT r.of_batch, r.of_no FROM loan_line m CROSS JOIN loan_line r CROSS JOIN loan_batch k
		WHERE m.city = $1 AND m.batch = $2 AND m.sign = -1 AND r.city = m.city AND r.of_batch = m.of_batch AND r.of_no = m.of_no AND r.sign = -1
		AND k.city = r.city AND k.id = r.batch AND k.state <> 'withdrawn' GROUP BY r.of_batch, r.of_no HAVING COUNT(*) > 1) t`, which).Scan(&n)
	if err == nil && n > 0 {
		err = errs.New(errs.Conflict, "claim.corrected_twice", nil)
	}
	return err
}

// takenBack gives the loans of which a batch takes lines back.
func takenBack(q sqldb.Q, which ID) ([]contract.ID, error) {
	return sqldb.All(q, func(s sqldb.Scan) (c contract.ID, err error) { return c, s(&c) },
		`SELECT DISTINCT contract FROM loan_line WHERE city = $1 AND batch = $2 AND sign = -1`, which)
}
