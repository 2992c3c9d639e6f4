package app

import (
	"context"
	"runtime"
	"sync"
	"time"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/solver/cpu"
)

// benchLoan works out schedules and subsidies of many loans in memory: four methods, three years each, one in twenty a firm's.
func benchLoan(ctx context.Context, c *call) (measured, error) {
	fs := c.flags()
	n := fs.Int("loans", 1_000_000, "笔数 number of loans")
	stored := fs.Bool("stored", false, "从数据库中的贷款算出一个季度的申报明细并入库 a quarter's claim out of stored loans into stored lines")
	dsn := fs.String("db", "", "与 --stored 同用：空的 PostgreSQL 数据库地址 with --stored: address of an empty PostgreSQL database; empty: SQLite, synchronous=FULL")
	profile := fs.String("profile", "", "与 --stored 同用：CPU 分析文件 with --stored: file for a CPU profile of the claim")
	if code, ok := c.parse(fs); !ok {
		return measured{}, usageError(code)
	}
	if *stored {
		return benchLoanStored(ctx, *dsn, *n, *profile)
	}
	book, _, err := policy.Shipped()
	if err != nil {
		return measured{}, err
	}
	first := day.Must("2023-11-05")
	terms, err := book.Named(policy.Product, "HB-QCD-2023/24", first)
	if err != nil {
		return measured{}, err
	}
	person, err := policy.Rule(terms, policy.Borrower{Kind: policy.Individual}, 0)
	if err != nil {
		return measured{}, err
	}
	firm, err := policy.Rule(terms, policy.Borrower{Kind: policy.Firm}, 0)
	if err != nil {
		return measured{}, err
	}
	cores := runtime.GOMAXPROCS(0)
	faults, periods, subsidy := make([]error, cores), make([]int, cores), make([]money.Fen, cores)
	started, used := time.Now(), cpu.Spent()
	var wg sync.WaitGroup
	for core := range cores {
		wg.Go(func() {
			var s schedule.Schedule
			for i := core; i < *n; i += cores {
				l := benchedLoan(first, i)
				rule := &person
				if i%20 == 0 {
					rule, l.Principal = &firm, l.Principal*16
				}
				if faults[core] = s.Compute(&l, rule); faults[core] != nil {
					return
				}
				periods[core] += len(s.Periods)
				subsidy[core] += s.Total.Subsidy
			}
		})
	}
	wg.Wait()
	took, busy := time.Since(started), cpu.Spent()-used
	lines, total := 0, money.Fen(0)
	for core := range cores {
		if faults[core] != nil {
			return measured{}, faults[core]
		}
		lines, total = lines+periods[core], total+subsidy[core]
	}
	return measured{Figures: map[string]any{
		"loans": *n, "lines": lines, "subsidy": total.String(), "seconds": took.Seconds(), "cpu_seconds": busy.Seconds(), "cores": cores,
	}}, nil
}

// benchedLoan is the loan of a number: methods, days, rates and bases in turn.
func benchedLoan(first day.Day, i int) schedule.Loan {
	l := schedule.Loan{
		Principal: money.Fen(5+i%26) * 10_000 * money.Yuan, Rate: money.Rate(40_000 + i%12*500), From: first.AddDays(i % 700),
		Method: schedule.Methods[i%4], Basis: 360 + i%2*5, Settle: 20,
	}
	if l.Method == schedule.MonthlyInterest || l.Method == schedule.QuarterlyInterest {
		l.Count = schedule.Actual
	}
	l.To = l.From.AddMonths(36)
	return l
}
