package pack

import (
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
)

// Example gives a made-up batch with a loan of each sort, to learn the pack by. Its rates count as confirmed, as they would where an officer
// had checked them.
func Example() (*Pack, error) {
	book, quotes, err := policy.Shipped()
	if err != nil {
		return nil, err
	}
	for i := range quotes {
		quotes[i].Status, quotes[i].Source = rulebook.Confirmed, "示例"
	}
	wan := 10_000 * money.Yuan
	individual, firm := policy.Borrower{Kind: policy.Individual}, policy.Borrower{Kind: policy.Firm}
	loan := func(number string, b policy.Borrower, principal money.Fen, rate money.Rate, from string, months int, method schedule.Method, count schedule.Count) Loan {
		first := day.Must(from)
		return Loan{Number: number, Area: "421202", Borrower: b, Loan: schedule.Loan{
			Principal: principal, Rate: rate, From: first, To: first.AddMonths(months), Method: method, Count: count, Basis: 360, Settle: 20,
		}}
	}
	p := &Pack{
		Batch: Batch{Number: "示例-2025-3", Bank: "示例银行", From: day.Must("2025-06-21"), To: day.Must("2025-09-21")},
		Book:  book, Quotes: quotes,
		Loans: []Loan{
			loan("J001", individual, 30*wan, 44_500, "2024-01-15", 36, schedule.QuarterlyInterest, schedule.Actual),
			loan("J002", individual, 20*wan, 44_500, "2024-03-05", 36, schedule.Annuity, schedule.Calendar),
			loan("J003", individual, 25*wan, 42_000, "2024-08-10", 36, schedule.EqualPrincipal, schedule.Calendar),
			loan("J004", individual, 30*wan, 44_500, "2024-05-20", 36, schedule.MonthlyInterest, schedule.Actual),
			loan("J005", firm, 480*wan, 44_500, "2024-03-21", 24, schedule.QuarterlyInterest, schedule.Actual),
			loan("J006", policy.Borrower{Kind: policy.Partnership, Partners: 3}, 99*wan, 44_500, "2024-06-01", 36, schedule.QuarterlyInterest, schedule.Calendar),
			loan("J007", individual, 30*wan, 44_500, "2024-07-01", 12, schedule.QuarterlyInterest, schedule.Actual),
			loan("J008", individual, 30*wan, 44_500, "2024-07-05", 12, schedule.QuarterlyInterest, schedule.Actual),
			loan("J009", individual, 32*wan, 44_500, "2024-02-01", 36, schedule.QuarterlyInterest, schedule.Actual),
			loan("J010", individual, 30*wan, 44_500, "2024-09-01", 36, schedule.Revolving, schedule.Actual),
		},
		Earlier: []Earlier{{Loan: "J001", From: day.Must("2025-03-21"), To: day.Must("2025-06-21"), Batch: "示例-2025-2"}},
	}
	p.Loans[0].Moves = []schedule.Move{{Day: day.Must("2025-08-10"), Amount: -10 * wan}}
	p.Loans[1].Moves = []schedule.Move{{Day: day.Must("2025-07-30"), Amount: -2 * wan}}
	p.Loans[3].Excluded = []schedule.Span{{From: day.Must("2025-08-01"), To: day.Must("2025-08-16"), Reason: "挪用"}}
	p.Loans[6].Extended = day.Must("2026-07-01")
	p.Loans[7].Paid = day.Must("2025-08-20")
	p.Loans[9].Moves = []schedule.Move{{Day: day.Must("2024-09-01"), Amount: 10 * wan}, {Day: day.Must("2025-07-15"), Amount: 15 * wan}, {Day: day.Must("2025-09-01"), Amount: -5 * wan}}
	return p, p.Compute()
}
