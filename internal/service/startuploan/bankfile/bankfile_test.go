package bankfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/startuploan/bankfile"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/internal/testworld"
)

const wan = 10_000 * money.Yuan

var zone = time.FixedZone("CST", 8*3600)

type town struct {
	*testworld.World
	t     testing.TB
	s     *bankfile.Service
	cases *casework.Service
	bank  org.Node
}

func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2025, 7, 1, 4, 0, 0, 0, time.UTC)
			db := open(t, sqldb.Options{Clock: func() time.Time { now = now.Add(time.Millisecond); return now }})
			c := &town{t: t}
			c.World, _ = testworld.Build(t, db)
			cursors := page.NewCursors([]byte("sixteen random bytes"))
			c.cases = &casework.Service{DB: db, Serials: c.Serials, Cursors: cursors, Zone: zone}
			c.s = &bankfile.Service{DB: db, Matters: c.cases, Cursors: cursors, Zone: zone, Loans: &contract.Service{DB: db, Keys: c.Keys, Cursors: cursors, Zone: zone}}
			var err error
			c.bank, err = (&org.Service{DB: db, Serials: c.Serials}).Create(t.Context(), c.System(), org.New{Kind: org.Bank, Name: "咸安农商行", Parent: c.Nodes["咸安区"].ID})
			must(t, err)
			test(t, c)
		})
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, errs.ProblemsOf(err))
	}
}

func wantKey(t testing.TB, err error, key string) {
	t.Helper()
	if errs.KeyOf(err) == key {
		return
	}
	for _, p := range errs.ProblemsOf(err) {
		if p.Key == key {
			return
		}
	}
	t.Errorf("got %v %v, want %q", err, errs.ProblemsOf(err), key)
}

func (c *town) loan(number string, principal money.Fen, from string, method schedule.Method) contract.ID {
	c.t.Helper()
	first := day.Must(from)
	made, err := c.s.Loans.Sign(c.t.Context(), c.System(), contract.New{Paper: contract.Paper{
		Number: number, Bank: c.bank.ID, Org: c.Nodes["咸安区"].ID, Borrower: "借款人", Kind: policy.Individual, Principal: principal, Rate: 44_500, Signed: first, From: first, To: first.AddMonths(36),
		Method: method, Basis: 360, Settle: 20, Penalty: 150,
	}})
	must(c.t, err)
	must(c.t, c.s.Loans.Enter(c.t.Context(), c.System(), made, c.look(made).EditedAt, contract.Event{Kind: contract.Draw, Day: first, Amount: principal}))
	return made
}

func (c *town) look(which contract.ID) contract.Page {
	c.t.Helper()
	p, err := c.s.Loans.Look(c.t.Context(), c.System(), which)
	must(c.t, err)
	return p
}

func written(t testing.TB, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.csv")
	must(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	return path
}

func (c *town) check(lines ...string) (bankfile.ID, error) {
	c.t.Helper()
	return c.s.Check(c.t.Context(), c.System(), c.bank.ID, day.Must("2025-06-30"), written(c.t, lines...), "六月.csv")
}

func say(f bankfile.Finding) (title, text string) {
	return string(f.Kind) + " " + f.Number, f.Want + " / " + f.Have
}

func TestAFileIsHeldAgainstWhatWasToBeExpected(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.System()
		c.loan("J001", 30*wan, "2024-01-15", schedule.QuarterlyInterest)
		annuity := c.loan("J002", 20*wan, "2024-03-05", schedule.EqualPrincipal)
		late := c.loan("J003", 30*wan, "2024-05-20", schedule.QuarterlyInterest)
		c.loan("J004", 10*wan, "2024-05-20", schedule.QuarterlyInterest) // not in the file
		c.loan("J005", 10*wan, "2024-05-20", schedule.QuarterlyInterest) // less is owed than planned
		p := c.look(annuity)
		planned := 20 * wan
		for _, l := range p.Lines {
			if l.To <= day.Must("2025-06-30") {
				planned -= l.Principal
			}
		}
		which, err := c.check("咸安农商行贷款明细", "借据号,客户,贷款余额,逾期天数,五级分类,执行利率", "J001,甲,300000.00,0,正常,4.45%", "J002,乙,"+planned.Plain()+",0,正常,4.45",
			"J003,丙,\"300,000.00\",40,次级,4.45", "J005,戊,80000,0,正常,4.6", "J999,己,50000,0,正常,4.45", "合计,,1,,,")
		must(t, err)
		f, err := c.s.Look(ctx, by, which)
		must(t, err)
		kinds := map[bankfile.Kind]string{}
		for _, x := range f.Findings {
			kinds[x.Kind] += x.Number
		}
		want := map[bankfile.Kind]string{bankfile.Missing: "J004", bankfile.Overdue: "J003", bankfile.Class: "J003", bankfile.Balance: "J005", bankfile.Rate: "J005", bankfile.Unknown: "J999"}
		if fmt.Sprint(kinds) != fmt.Sprint(want) || f.Rows != 5 || f.Outcome.Same != 1 || len(f.Outcome.Told) != 2 {
			t.Fatalf("%v, %d rows, %d same, %d told", kinds, f.Rows, f.Outcome.Same, len(f.Outcome.Told))
		}
		if p := c.look(late); !p.Overdue.IsZero() {
			t.Error("checked only, and something was entered")
		}
		must(t, c.s.Apply(ctx, by, which, f.EditedAt, say))
		wantKey(t, c.s.Apply(ctx, by, which, f.EditedAt, say), "bankfile.over")
		if p := c.look(late); p.Overdue != day.Must("2025-05-21") || p.Contract.Class != "substandard" || p.Contract.Events != 3 || p.Events[1].Source != which.String() {
			t.Errorf("%+v", p.Contract)
		}
		if p := c.look(annuity); p.Balance != planned {
			t.Errorf("%s owed, %s planned", p.Balance, planned)
		}
		f, err = c.s.Look(ctx, by, which)
		must(t, err)
		if f.State != bankfile.Applied || f.Differences != 6 || f.File.Told != 2 {
			t.Errorf("%+v", f.File)
		}
		for _, x := range f.Findings {
			var m casework.Matter
			must(t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) (err error) {
				m, err = casework.Find(q, casework.ID(x.Matter))
				return err
			}))
			if m.Kind != casework.Difference || m.Desk != c.bank.ID || m.Due != day.Must("2025-07-08") || m.Title != string(x.Kind)+" "+x.Number {
				t.Errorf("%+v", m)
			}
		}
		again, err := c.check("借据号,贷款余额,逾期天数", "J001,300000,0", "J002,"+planned.Plain()+",0", "J003,300000,0", "J004,100000,0", "J005,100000,0")
		must(t, err)
		f, err = c.s.Look(ctx, by, again)
		must(t, err)
		if len(f.Findings) != 0 || len(f.Outcome.Told) != 1 { // J003 is not overdue any more
			t.Errorf("%+v", f.Findings)
		}
		wantKey(t, c.s.Apply(ctx, by, again, f.EditedAt, say), "bankfile.day_taken")
		if p := c.look(late); p.Overdue.IsZero() {
			t.Error("the file was refused, and something of it was entered")
		}
		must(t, c.s.Drop(ctx, by, again, f.EditedAt))
	})
}

// What cannot be read is told with row and column, all at once, and nothing of the file is kept.
func TestBadFiles(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.loan("J001", 30*wan, "2024-01-15", schedule.QuarterlyInterest)
		for key, lines := range map[string][]string{
			"bankfile.balance":     {"借据号,贷款余额", "J001,-5"},
			"bankfile.late":        {"借据号,贷款余额,逾期天数", "J001,40,300000.00"},
			"bankfile.class":       {"借据号,贷款余额,五级分类", "J001,300000,优秀"},
			"bankfile.twice":       {"借据号,贷款余额", "J001,300000", "J001,300000"},
			"bankfile.rate":        {"借据号,贷款余额,利率", "J001,300000,很低"},
			"bankfile.number":      {"借据号,贷款余额", "1.23E+17,300000"},
			"bankfile.empty":       {"借据号,贷款余额", ""},
			"sheet.column_missing": {"借据号,五级分类", "J001,正常"},
		} {
			_, err := c.check(lines...)
			wantKey(t, err, key)
		}
		_, err := c.check("借据号,贷款余额", "300000.00,J001", "200000.00,J002", "J003,x") // swapped
		if n := len(errs.ProblemsOf(err)); n != 3 {
			t.Errorf("%d problems: %v", n, err)
		}
		_, err = c.check("借据号,贷款余额", "J001,三十万")
		wantKey(t, err, "bankfile.balance")
		got, err := c.s.List(t.Context(), c.System(), "")
		if err != nil || len(got.Items) != 0 {
			t.Errorf("%d files kept, %v", len(got.Items), err)
		}
		must(t, c.s.SetTitles(t.Context(), c.System(), c.bank.ID, map[string]string{"number": "账号", "balance": "尚欠", "nothing": "x"}))
		_, err = c.check("账号,尚欠", "J001,300000")
		must(t, err)
		_, err = c.s.Check(t.Context(), c.System(), c.bank.ID, day.Must("2025-07-02"), written(t, "借据号,贷款余额", "J001,1"), "x.csv")
		wantKey(t, err, "bankfile.day")
	})
}

func TestWhoBringsFiles(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.loan("J001", 30*wan, "2024-01-15", schedule.QuarterlyInterest)
		which, err := c.check("借据号,贷款余额", "J001,300000")
		must(t, err)
		path := written(t, "借据号,贷款余额", "J001,300000")
		for _, v := range bankfile.Verbs {
			var rest []authz.Verb
			for _, o := range bankfile.Verbs {
				if o.Key != v.Key {
					rest = append(rest, o)
				}
			}
			for at, want := range map[authz.Path]string{c.bank.Path: "errs.denied", c.Nodes["嘉鱼县"].Path: "errs.absent"} {
				by := authz.Actor{City: c.City, User: "u", Grants: []authz.Held{{Role: authz.Role{Key: "r", Verbs: rest}, At: at}}}
				switch v.Key {
				case bankfile.Read.Key:
					_, err = c.s.Look(ctx, by, which)
				case bankfile.Check.Key:
					_, err = c.s.Check(ctx, by, c.bank.ID, day.Must("2025-06-30"), path, "x.csv")
				case bankfile.Apply.Key:
					err = c.s.Apply(ctx, by, which, 1, say)
				case bankfile.Drop.Key:
					err = c.s.Drop(ctx, by, which, 1)
				case bankfile.Title.Key:
					_, _, err = c.s.Titles(ctx, by, c.bank.ID)
					wantKey(t, err, want)
					err = c.s.SetTitles(ctx, by, c.bank.ID, nil)
				}
				wantKey(t, err, want)
			}
		}
	})
}

func FuzzReadRows(f *testing.F) {
	f.Add("借据号,贷款余额,逾期天数\nJ001,300000.00,0\n")
	f.Add("借据号,贷款余额\n1e20,-1\n,5\n合计,\n")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "f.csv")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		book, err := sheet.Open(path, sheet.DefaultLimits)
		if err != nil {
			return
		}
		defer book.Close()
		rows, err := bankfile.ReadRows(book, nil)
		seen := map[string]bool{}
		for _, r := range rows {
			if err != nil || r.Balance < 0 || r.Number == "" || seen[r.Number] || r.Late < -1 {
				t.Fatalf("%+v", r)
			}
			seen[r.Number] = true
		}
	})
}
