package contract

import (
	"context"
	"fmt"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/schedule"
)

// Filter chooses loans. The zero filter is all that the viewer may see but those entered by mistake.
type Filter struct {
	State   State
	Bank    authz.Path // only of this bank or what is below it
	At      authz.Path // only of borrowers at home here
	Overdue bool
	Class   string
	Method  schedule.Method
	Year    int    // of the first day
	Words   string // the bank's number, the contract's, or part of the borrower's name
	Size    int    // rows on a page, 50 where it is 0
}

// Row is a loan in a list.
type Row struct {
	Contract
	BankName string
	Home     string
	Late     int // days overdue today
}

func (f Filter) size() int {
	if f.Size <= 0 {
		return 50
	}
	return min(f.Size, 200)
}

var literal = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

func (f Filter) where(by authz.Actor, v authz.Verb) *sqldb.Where {
	var w sqldb.Where
	w.And("c.city = $1")
	org.Inside(&w, by.Scope(v), "c.org", "c.bank")
	if f.Bank != "" {
		org.Inside(&w, authz.Scope{Paths: []authz.Path{f.Bank}}, "c.bank")
	}
	if f.At != "" {
		org.Inside(&w, authz.Scope{Paths: []authz.Path{f.At}}, "c.org")
	}
	if f.State != "" {
		w.And("c.state = ?", string(f.State))
	} else {
		w.And("c.state <> 'void'")
	}
	if f.Overdue {
		w.And("c.overdue_day <> ''")
	}
	if f.Class != "" {
		w.And("c.class = ?", f.Class)
	}
	if f.Method != "" {
		w.And("c.method = ?", string(f.Method))
	}
	if f.Year > 0 {
		w.And("c.from_day >= ? AND c.from_day < ?", fmt.Sprintf("%04d", f.Year), fmt.Sprintf("%04d", f.Year+1))
	}
	if f.Words != "" {
		w.And("(c.number = ? OR c.deed = ? OR c.borrower LIKE ? ESCAPE '!')", f.Words, f.Words, "%"+literal.Replace(f.Words)+"%")
	}
	return &w
}

func (f Filter) list(by authz.Actor, city string) page.List {
	return page.List{
		Name: "lending.list", Columns: []string{"c.id"}, Desc: true,
		Filter: fmt.Sprintf("%q %v %q %q %q %v %q %q %d %q", city, by.Scope(Read), f.State, f.Bank, f.At, f.Overdue, f.Class, f.Method, f.Year, f.Words),
	}
}

// List gives one page of the loans that the viewer may see, the newest entered first.
func (s *Service) List(ctx context.Context, by authz.Actor, f Filter, cursor string) (got page.Page[Row], err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return got, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		p, err := s.Cursors.Read(f.list(by, q.City()), cursor)
		if err != nil {
			return err
		}
		w := f.where(by, Read)
		cond, keys := p.Where(len(w.Args()) + 2)
		for _, k := range keys {
			w.Arg(k)
		}
		w.And(cond)
		all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM loan_contract c WHERE `+w.SQL()+` ORDER BY `+p.Order()+` LIMIT `+w.Arg(page.Limit(f.size())), w.Args()...)
		if err != nil {
			return err
		}
		filled, err := s.rows(q, by, Read, all)
		if err != nil {
			return err
		}
		got = page.Cut(s.Cursors, p, filled, f.size(), func(r Row) []any { return []any{r.ID.String()} })
		return nil
	})
	return got, err
}

// Sums are what a list comes to.
type Sums struct {
	Loans   page.Count
	Drawn   money.Fen
	Balance money.Fen
	Overdue money.Fen // balance of the loans that are overdue
	Late    int       // how many are
}

// Tally sums what List lists; the number is counted up to a limit, the sums are whole.
func (s *Service) Tally(ctx context.Context, by authz.Actor, f Filter) (got Sums, err error) {
	const limit = 100_000
	if err := by.MustSomewhere(Read); err != nil {
		return got, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		w := f.where(by, Read)
		var n int
		err := q.Row(`SELECT COUNT(*), COALESCE(SUM(c.drawn), 0), COALESCE(SUM(c.balance), 0), COALESCE(SUM(c.balance) FILTER (WHERE c.overdue_day <> ''), 0),
			COUNT(*) FILTER (WHERE c.overdue_day <> '') FROM loan_contract c WHERE `+w.SQL(), w.Args()...).Scan(&n, &got.Drawn, &got.Balance, &got.Overdue, &got.Late)
		got.Loans = page.Counted(min(n, limit+1), limit)
		return err
	})
	return got, err
}

// Sheet gives every loan of a filter that the viewer may take away, and notes that she does.
func (s *Service) Sheet(ctx context.Context, by authz.Actor, f Filter) (got []Row, err error) {
	if err := by.MustSomewhere(Export); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		w := f.where(by, Export)
		all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM loan_contract c WHERE `+w.SQL()+` ORDER BY c.id DESC`, w.Args()...)
		if err != nil {
			return err
		}
		got, err = s.rows(q, by, Export, all)
		return err
	})
	if err != nil {
		return nil, err
	}
	return got, s.DB.Note(ctx, by, Export, "", act.Change{"rows": len(got)})
}

// atOnce is how many loans one statement looks up: an engine takes only so many parameters.
const atOnce = 400

func (s *Service) rows(q sqldb.Q, by authz.Actor, v authz.Verb, all []Contract) ([]Row, error) {
	got := make([]Row, len(all))
	t, err := TermsOn(q, s.today(q))
	if err != nil {
		return nil, err
	}
	for from := 0; from < len(all); from += atOnce {
		some := all[from:min(len(all), from+atOnce)]
		at, err := places(q, some)
		if err != nil {
			return nil, err
		}
		for i, c := range some {
			late := c.Late(s.today(q))
			c.Class = t.Class(c.Class, late)
			hide(by, v, ends{at[c.Org], at[c.Bank]}, &c)
			got[from+i] = Row{Contract: c, BankName: at[c.Bank].Name, Home: at[c.Org].Name, Late: late}
		}
	}
	return got, nil
}

// hide takes out of a loan what the viewer may not see: who borrows is personal, of which group she is sensitive.
func hide(by authz.Actor, v authz.Verb, e ends, c *Contract) {
	sees := func(k authz.Class) bool { return by.Sees(k, v, e.county.Path) || by.Sees(k, v, e.bank.Path) }
	if !sees(authz.Personal) {
		c.Borrower, c.Credit = "", ""
	}
	if !sees(authz.Sensitive) {
		c.Group, c.Female = "", false
	}
}
