package bankfile

import (
	"context"
	"fmt"
	"slices"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
)

// mostFindings is how many differences a file may have: one with more is of another day or another bank, and would flood the desks.
const mostFindings = 500

// Check reads a file and holds it against what was to be expected, without entering anything (试导入). What cannot be read is told all at
// once, and nothing of the file is kept.
func (s *Service) Check(ctx context.Context, by authz.Actor, bank org.ID, on day.Day, path, name string) (made ID, err error) {
	titles, err := s.permitted(ctx, by, bank, on)
	if err != nil {
		return made, err
	}
	book, err := sheet.Open(path, sheet.DefaultLimits)
	if err != nil {
		return made, err
	}
	defer book.Close()
	rows, err := ReadRows(book, titles)
	if err != nil {
		return made, err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := org.Find(tx, bank)
		if err != nil {
			return err
		}
		if err := by.Must(Check, at.Path); err != nil {
			return err
		}
		made = id.New[File](tx.Now())
		now := tx.Now().UnixMicro()
		if _, err := tx.Exec(`INSERT INTO loan_file (city, id, bank, on_day, name, state, row_count, made_by, made_at, edited_at) VALUES ($1, $2, $3, $4, $5, 'checked', $6, $7, $8, $8)`,
			made, bank, on, name, len(rows), by.User, now); err != nil {
			return err
		}
		if _, err := tx.Bulk(`INSERT INTO loan_file_row (city, file, no, number, balance, late, class, rate) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, len(rows), func(i int) []any {
			x := &rows[i]
			return []any{made, x.No, x.Number, int64(x.Balance), x.Late, x.Class, int64(x.Rate)}
		}); err != nil {
			return err
		}
		if err := tx.Record(Check, made.String(), act.Change{"bank": bank, "on": on.String(), "rows": len(rows)}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

// permitted asks for the right before a file is read, and gives the bank's titles.
func (s *Service) permitted(ctx context.Context, by authz.Actor, bank org.ID, on day.Day) (titles map[string]string, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		at, err := org.Find(q, bank)
		if err != nil {
			return err
		}
		if err := by.Must(Check, at.Path); err != nil {
			return err
		}
		var p errs.Problems
		p.Require(at.Kind == org.Bank, "bank", "field.choice", nil)
		p.Require(!on.IsZero() && on <= s.today(q), "on", "bankfile.day", nil)
		if err := p.Err(); err != nil {
			return err
		}
		titles, err = titlesOf(q, bank)
		return err
	})
	return titles, err
}

const columns = `f.id, f.bank, f.on_day, f.name, f.state, f.row_count, f.told, f.differences, f.made_by, f.made_at, f.edited_at`

func scan(s sqldb.Scan) (f File, err error) {
	return f, s(&f.ID, &f.Bank, &f.On, &f.Name, &f.State, &f.Rows, &f.Told, &f.Differences, &f.MadeBy, &f.MadeAt, &f.EditedAt)
}

func placed(q sqldb.Q, which ID) (f File, bank org.Node, err error) {
	if f, err = sqldb.One(q, scan, `SELECT `+columns+` FROM loan_file f WHERE f.city = $1 AND f.id = $2`, which); err == nil {
		bank, err = org.Find(q, f.Bank)
	}
	return f, bank, err
}

func rowsOf(q sqldb.Q, which ID) ([]Row, error) {
	return sqldb.All(q, func(s sqldb.Scan) (x Row, err error) {
		return x, s(&x.No, &x.Number, &x.Balance, &x.Late, &x.Class, &x.Rate)
	},
		`SELECT no, number, balance, late, class, rate FROM loan_file_row WHERE city = $1 AND file = $2 ORDER BY no`, which)
}

// Page is a file as its page shows it: what it comes to now, or what it came to.
type Page struct {
	File
	BankName string
	Outcome  Outcome // of one that does not count yet
	Findings []Finding
	May      map[authz.Verb]bool
}

// Look gives a file to who may see it; one that does not count yet is held against the loans as they are now.
func (s *Service) Look(ctx context.Context, by authz.Actor, which ID) (got Page, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		f, bank, err := placed(q, which)
		if err != nil {
			return err
		}
		if err := by.Must(Read, bank.Path); err != nil {
			return err
		}
		p := Page{File: f, BankName: bank.Name, May: map[authz.Verb]bool{}}
		for _, v := range Verbs {
			p.May[v] = by.Can(v, bank.Path)
		}
		if f.State == Checked {
			rows, err := rowsOf(q, which)
			if err != nil {
				return err
			}
			if p.Outcome, err = reconcile(q, bank.Path, f.On, rows); err != nil {
				return err
			}
			p.Findings = p.Outcome.Findings
		} else if p.Findings, err = findingsOf(q, which); err != nil {
			return err
		}
		got = p
		return nil
	})
	return got, err
}

func findingsOf(q sqldb.Q, which ID) ([]Finding, error) {
	return sqldb.All(q, func(s sqldb.Scan) (f Finding, err error) {
		return f, s(&f.Row, &f.Kind, &f.Number, &f.Contract, &f.Want, &f.Have, &f.Matter)
	},
		`SELECT row_no, kind, number, contract, want, have, matter FROM loan_file_finding WHERE city = $1 AND file = $2 ORDER BY no`, which)
}

// List gives the files that the viewer may see, the newest first.
func (s *Service) List(ctx context.Context, by authz.Actor, cursor string) (got page.Page[Page], err error) {
	const size = 50
	if err := by.MustSomewhere(Read); err != nil {
		return got, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		p, err := s.Cursors.Read(page.List{Name: "bankfile.list", Columns: []string{"f.id"}, Desc: true, Filter: fmt.Sprintf("%q %v", q.City(), by.Scope(Read))}, cursor)
		if err != nil {
			return err
		}
		var w sqldb.Where
		w.And("f.city = $1")
		org.Inside(&w, by.Scope(Read), "f.bank")
		cond, keys := p.Where(len(w.Args()) + 2)
		for _, k := range keys {
			w.Arg(k)
		}
		w.And(cond)
		all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM loan_file f WHERE `+w.SQL()+` ORDER BY `+p.Order()+` LIMIT `+w.Arg(page.Limit(size)), w.Args()...)
		if err != nil {
			return err
		}
		var ids []org.ID
		for _, f := range all {
			ids = append(ids, f.Bank)
		}
		named, err := org.Named(q, ids)
		pages := make([]Page, len(all))
		for i, f := range all {
			pages[i] = Page{File: f, BankName: named[f.Bank].Name}
		}
		got = page.Cut(s.Cursors, p, pages, size, func(x Page) []any { return []any{x.ID.String()} })
		return err
	})
	return got, err
}

// Say puts a difference into words: the title and the text of its matter, which name nobody.
type Say func(Finding) (title, text string)

// Apply makes a file count: what agrees with the plan is entered, arrears and classes are those of the bank, and every difference becomes a
// matter of the bank's desk with a due date. All of it, or nothing.
func (s *Service) Apply(ctx context.Context, by authz.Actor, which ID, version int64, say Say) error {
	before, serials, err := s.draw(ctx, by, which)
	if err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		f, bank, err := s.hold(tx, by, which, version, Apply)
		if err != nil {
			return err
		}
		if err := contract.HoldBank(tx, bank.Path); err != nil {
			return err
		}
		o, err := before.still(tx, bank.Path, &f)
		if err != nil {
			return err
		}
		refused, err := s.Loans.Tell(tx, which.String(), o.Told)
		if err != nil {
			return err
		}
		for _, t := range o.Told {
			if bad := refused[t.ID]; bad != nil {
				o.Findings = append(o.Findings, Finding{Kind: Refused, Number: t.Number, Contract: t.ID, Org: t.Org, Have: errs.KeyOf(bad)})
			}
		}
		if len(o.Findings) > mostFindings {
			return errs.New(errs.Conflict, "bankfile.too_many", errs.Args{"count": len(o.Findings), "most": mostFindings})
		}
		if len(serials) < len(o.Findings) {
			return errs.New(errs.Conflict, "bankfile.changed", nil)
		}
		t, err := contract.TermsOn(tx, s.today(tx))
		if err != nil {
			return err
		}
		for i := range o.Findings {
			x := &o.Findings[i]
			title, text := say(*x)
			at := x.Org
			if at.IsZero() {
				at = bank.ID
			}
			m, err := s.Matters.Add(tx, serials[i], casework.New{Kind: casework.Difference, Title: title, Text: text, Subject: which.String(), Org: at, Desk: bank.ID, Days: t.Difference})
			if err != nil {
				return err
			}
			x.Matter = m.ID.String()
		}
		if err := keep(tx, which, o.Findings); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE loan_file SET state = 'applied', told = $3, differences = $4 WHERE city = $1 AND id = $2
			AND NOT EXISTS (SELECT 1 FROM loan_file o WHERE o.city = $1 AND o.bank = $5 AND o.on_day = $6 AND o.state = 'applied')`, which, len(o.Told)-len(refused), len(o.Findings), f.Bank, f.On)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "bankfile.day_taken", errs.Args{"day": f.On})
		}
		return tx.Record(Apply, which.String(), act.Change{"told": len(o.Told) - len(refused), "differences": len(o.Findings)})
	}))
}

// still is what a file comes to now that its bank is held: what it came to before, where nothing was entered since.
func (o Outcome) still(tx *sqldb.Tx, bank authz.Path, f *File) (Outcome, error) {
	now, err := contract.ExtentOf(tx, bank)
	if err != nil {
		return o, err
	}
	if now == o.extent {
		o.Findings = slices.Clone(o.Findings) // an act may run twice
		return o, nil
	}
	rows, err := rowsOf(tx, f.ID)
	if err != nil {
		return o, err
	}
	return reconcile(tx, bank, f.On, rows)
}

// draw gives what a file comes to, and serial numbers for the matters that it is going to need and for a few more, before the act.
func (s *Service) draw(ctx context.Context, by authz.Actor, which ID) (o Outcome, serials []string, err error) {
	p, err := s.Look(ctx, by, which)
	if err != nil {
		return o, nil, err
	}
	need := len(p.Findings) + len(p.Outcome.Told)
	for range min(need, mostFindings) + 5 {
		n, err := s.Matters.Number(ctx, by.City, casework.Difference)
		if err != nil {
			return o, nil, err
		}
		serials = append(serials, n)
		if len(serials) >= len(p.Findings)+20 { // few of what a file tells is refused
			break
		}
	}
	return p.Outcome, serials, nil
}

func keep(tx *sqldb.Tx, which ID, all []Finding) error {
	_, err := tx.Bulk(`INSERT INTO loan_file_finding (city, file, no, row_no, kind, number, contract, want, have, matter) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, len(all), func(i int) []any {
		x := &all[i]
		return []any{which, i + 1, x.Row, string(x.Kind), x.Number, x.Contract.String(), x.Want, x.Have, x.Matter}
	})
	return err
}

// hold takes a file that does not count yet for a step.
func (s *Service) hold(tx *sqldb.Tx, by authz.Actor, which ID, version int64, verb authz.Verb) (f File, bank org.Node, err error) {
	if f, bank, err = placed(tx, which); err != nil {
		return f, bank, err
	}
	if err := by.Must(verb, bank.Path); err != nil {
		return f, bank, err
	}
	n, err := tx.Exec(`UPDATE loan_file SET edited_at = $4 WHERE city = $1 AND id = $2 AND edited_at = $3 AND state = 'checked'`, which, version, max(tx.Now().UnixMicro(), version+1))
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "bankfile.over", nil)
	}
	return f, bank, err
}

// Drop puts a file aside that is not to count.
func (s *Service) Drop(ctx context.Context, by authz.Actor, which ID, version int64) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if _, _, err := s.hold(tx, by, which, version, Drop); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE loan_file SET state = 'dropped' WHERE city = $1 AND id = $2`, which); err != nil {
			return err
		}
		return tx.Record(Drop, which.String(), nil)
	}))
}

func titlesOf(q sqldb.Q, bank org.ID) (map[string]string, error) {
	all, err := sqldb.All(q, func(s sqldb.Scan) (x [2]string, err error) { return x, s(&x[0], &x[1]) },
		`SELECT field, title FROM loan_file_title WHERE city = $1 AND bank = $2`, bank)
	titles := map[string]string{}
	for _, x := range all {
		titles[x[0]] = x[1]
	}
	return titles, err
}

// Titles gives by which titles a bank calls its columns, where they are not the usual ones.
func (s *Service) Titles(ctx context.Context, by authz.Actor, bank org.ID) (at org.Node, titles map[string]string, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if at, err = org.Find(q, bank); err != nil {
			return err
		}
		if err := by.Must(Title, at.Path); err != nil {
			return err
		}
		titles, err = titlesOf(q, bank)
		return err
	})
	return at, titles, err
}

// SetTitles says by which titles a bank calls its columns; an empty one is the usual.
func (s *Service) SetTitles(ctx context.Context, by authz.Actor, bank org.ID, titles map[string]string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := org.Find(tx, bank)
		if err != nil {
			return err
		}
		if err := by.Must(Title, at.Path); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM loan_file_title WHERE city = $1 AND bank = $2`, bank); err != nil {
			return err
		}
		for field, title := range titles {
			known := slices.ContainsFunc(Fields, func(f sheet.Field) bool { return f.Name == field })
			if title == "" || !known {
				continue
			}
			if _, err := tx.Exec(`INSERT INTO loan_file_title (city, bank, field, title) VALUES ($1, $2, $3, $4)`, bank, field, title); err != nil {
				return err
			}
		}
		return tx.Record(Title, bank.String(), act.Change{"titles": titles})
	}))
}

// Banks gives the banks for which the viewer may bring a file.
func (s *Service) Banks(ctx context.Context, by authz.Actor) (open []org.Node, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err := org.Subtree(q, by.Scope(Check), org.Bank)
		for _, n := range all {
			if n.IsOpen() {
				open = append(open, n)
			}
		}
		return err
	})
	return open, err
}
