package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/bankfile"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/solver/cpu"
)

// lendingBench is a city with the rules that come with the program, whose rates count as confirmed, and a bank with many loans.
type lendingBench struct {
	s    *services
	by   authz.Actor
	bank org.Node
}

func newLendingBench(ctx context.Context, dir, dsn string, loans int) (*lendingBench, error) {
	s, err := newBenchCity(ctx, dir, dsn)
	if err != nil {
		return nil, err
	}
	b := &lendingBench{s: s, by: authz.System(s.in.city.Slug)}
	book, quotes, err := policy.Shipped()
	if err != nil {
		return nil, err
	}
	for i := range quotes {
		quotes[i].Status, quotes[i].Source = rulebook.Confirmed, "bench"
	}
	if err := s.rules.TakeIn(ctx, b.by, book, quotes); err != nil {
		return nil, err
	}
	city, err := s.orgs.Create(ctx, b.by, org.New{Kind: org.City, Name: "测量市"})
	if err != nil {
		return nil, err
	}
	county, err := s.orgs.Create(ctx, b.by, org.New{Kind: org.County, Name: "测量区", Parent: city.ID, Codes: []org.Code{{Scheme: "stat", Code: "421202000000", From: day.Must("2020-01-01")}}})
	if err != nil {
		return nil, err
	}
	if b.bank, err = s.orgs.Create(ctx, b.by, org.New{Kind: org.Bank, Name: "测量银行", Parent: county.ID}); err != nil {
		return nil, err
	}
	const chunk = 20_000
	for at := 0; at < loans; at += chunk {
		all := make([]contract.Loaded, 0, chunk)
		for i := at; i < min(loans, at+chunk); i++ {
			all = append(all, b.loan(i, county.ID))
		}
		if err := s.lending.Loans.Load(ctx, b.by, all); err != nil {
			return nil, errors.Join(err, fmt.Errorf("%v", errs.ProblemsOf(err)))
		}
	}
	return b, s.db.Optimize(ctx)
}

// loan is the loan of a number, drawn whole on its first day.
func (b *lendingBench) loan(i int, home org.ID) contract.Loaded {
	l := benchedLoan(day.Must("2023-11-05"), i)
	p := contract.Paper{
		Number: fmt.Sprintf("J%07d", i), Bank: b.bank.ID, Org: home, Borrower: "借款人", Kind: policy.Individual, Principal: l.Principal, Rate: money.Rate(40_000 + i%8*500), Signed: l.From, From: l.From, To: l.To,
		Method: l.Method, Count: l.Count, Basis: l.Basis, Settle: l.Settle, Penalty: 150,
	}
	if i%20 == 0 {
		p.Kind, p.Principal, p.To = policy.Firm, p.Principal*16, p.From.AddMonths(24)
	}
	return contract.Loaded{Paper: p, Events: []contract.Event{{Kind: contract.Draw, Day: p.From, Amount: p.Principal}}}
}

// benchLoanStored claims a quarter of many stored loans: rows read, lines worked out and written, and looked whether a day is claimed twice.
func benchLoanStored(ctx context.Context, dsn string, loans int, profile string) (measured, error) {
	dir, err := os.MkdirTemp("", "zhidian-bench-")
	if err != nil {
		return measured{}, err
	}
	defer os.RemoveAll(dir)
	b, err := newLendingBench(ctx, filepath.Join(dir, "city"), dsn, loans)
	if err != nil {
		return measured{}, err
	}
	defer b.s.db.Close()
	stop, err := startProfile(profile)
	if err != nil {
		return measured{}, err
	}
	defer stop()
	started, used := time.Now(), cpu.Spent()
	made, err := b.s.lending.Claims.Make(ctx, b.by, b.bank.ID, day.Must("2025-09-21"))
	if err != nil {
		return measured{}, err
	}
	took, busy := time.Since(started), cpu.Spent()-used
	stop()
	p, err := b.s.lending.Claims.Look(ctx, b.by, made, "")
	if err != nil {
		return measured{}, err
	}
	return measured{Engine: string(b.s.db.Engine()), Figures: map[string]any{
		"loans": loans, "claimed_loans": p.Loans, "lines": p.Batch.Lines, "unclaimed_shown": len(p.Unclaimed), "subsidy": p.Subsidy.String(), "seconds": took.Seconds(), "cpu_seconds": busy.Seconds(),
	}}, nil
}

// benchLoanFile holds a bank's file against as many stored loans and makes it count: half of the loans repay by instalments, one in two
// hundred is newly overdue.
func benchLoanFile(ctx context.Context, c *call) (measured, error) {
	fs := c.flags()
	rows := fs.Int("rows", 50_000, "行数 rows of the file")
	dsn := fs.String("db", "", "空的 PostgreSQL 数据库地址 address of an empty PostgreSQL database; empty: SQLite, synchronous=FULL")
	profile := fs.String("profile", "", "CPU 分析文件 file for a CPU profile of checking and applying")
	if code, ok := c.parse(fs); !ok {
		return measured{}, usageError(code)
	}
	dir, err := os.MkdirTemp("", "zhidian-bench-")
	if err != nil {
		return measured{}, err
	}
	defer os.RemoveAll(dir)
	b, err := newLendingBench(ctx, filepath.Join(dir, "city"), *dsn, *rows)
	if err != nil {
		return measured{}, err
	}
	defer b.s.db.Close()
	file, on := filepath.Join(dir, "file.csv"), day.Must("2025-10-31")
	if err := b.write(file, *rows, on); err != nil {
		return measured{}, err
	}
	files := b.s.lending.Files
	stop, err := startProfile(*profile)
	if err != nil {
		return measured{}, err
	}
	defer stop()
	started, used := time.Now(), cpu.Spent()
	made, err := files.Check(ctx, b.by, b.bank.ID, on, file, "file.csv")
	if err != nil {
		return measured{}, err
	}
	p, err := files.Look(ctx, b.by, made)
	if err != nil {
		return measured{}, err
	}
	checked := time.Since(started)
	say := func(f bankfile.Finding) (title, text string) { return f.Number, string(f.Kind) }
	if err := files.Apply(ctx, b.by, made, p.EditedAt, say); err != nil {
		return measured{}, err
	}
	took, busy := time.Since(started), cpu.Spent()-used
	return measured{Engine: string(b.s.db.Engine()), Figures: map[string]any{
		"rows": *rows, "told": len(p.Outcome.Told), "differences": len(p.Findings), "checked_seconds": checked.Seconds(), "seconds": took.Seconds(), "cpu_seconds": busy.Seconds(),
	}}, nil
}

// write writes the file that the bank would send: what is owed by the plans on a day.
func (b *lendingBench) write(path string, rows int, on day.Day) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.WriteString(f, "借据号,贷款余额,逾期天数,五级分类\n"); err != nil {
		return err
	}
	var plan schedule.Schedule
	for i := range rows {
		t := b.loan(i, "")
		c := contract.Contract{Paper: t.Paper, Drawn: t.Principal, Balance: t.Principal}
		course := c.Course(t.Events, nil, nil, t.From, true)
		if err := plan.Compute(&course.Loan, &schedule.Rule{}); err != nil {
			return err
		}
		late, class := 0, "正常"
		if i%200 == 7 {
			late, class = 20, "关注"
		}
		if _, err := fmt.Fprintf(f, "%s,%s,%d,%s\n", t.Number, contract.Owed(&plan, &course.Loan, on).Plain(), late, class); err != nil {
			return err
		}
	}
	return nil
}
