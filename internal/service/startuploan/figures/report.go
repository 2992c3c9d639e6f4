package figures

import (
	"cmp"
	"context"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/claim"
	"zhidian/internal/service/startuploan/contract"
)

// Spans are the periods of reports.
var Spans = []string{"week", "month", "quarter"}

// SpanOf gives the first day of the period in which a day lies, and the first day after it: weeks begin on Monday.
func SpanOf(span string, on day.Day) (from, to day.Day) {
	first := day.Must(on.String()[:8] + "01")
	switch span {
	case "week":
		monday := day.Must("2021-01-04")
		from = on.AddDays(-((on.Sub(monday)%7 + 7) % 7))
		return from, from.AddDays(7)
	case "month":
		return first, first.AddMonths(1)
	}
	for from = first; from.String()[5:7] != "01" && from.String()[5:7] != "04" && from.String()[5:7] != "07" && from.String()[5:7] != "10"; {
		from = from.AddMonths(-1)
	}
	return from, from.AddMonths(3)
}

// Report is one period in the shape in which departments ask for it: a line for each bank, and the loans paid out.
type Report struct {
	From, To day.Day // To is the first day after it
	Banks    []BankLine
	All      BankLine
	Loans    []contract.Row // paid out in it, as far as the reader may take them away
}

// BankLine is what a bank did in a period: 贷款发生额, 发生笔数, what was owed to it at both ends, and 申请贴息额 of the quarters that ended in
// it, as far as the reader may read of claims.
type BankLine struct {
	Name                            string
	Lent, Opening, Closing, Claimed money.Fen
	Count                           int64
}

// Make gives the report of the period in which a day lies.
func (s *Service) Make(ctx context.Context, by authz.Actor, loans *contract.Service, span string, on day.Day) (r Report, err error) {
	if err := by.MustSomewhere(contract.Export); err != nil {
		return r, err
	}
	r.From, r.To = SpanOf(span, on)
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		before, err := s.sums(q, by, Asked{By: "bank", On: r.From.AddDays(-1)})
		if err != nil {
			return err
		}
		after, err := s.sums(q, by, Asked{By: "bank", On: r.To.AddDays(-1)})
		if err != nil {
			return err
		}
		claimed, err := claim.Asked(q, by, r.From, r.To)
		if err != nil {
			return err
		}
		for _, l := range after.Lines {
			b := BankLine{Claimed: claimed[org.ID(l.Key)], Name: l.Name, Lent: l.Sum.Drawn, Closing: l.Sum.Balance, Count: l.Sum.Loans}
			for _, o := range before.Lines {
				if o.Key == l.Key {
					b.Lent, b.Count, b.Opening = b.Lent-o.Sum.Drawn, b.Count-o.Sum.Loans, o.Sum.Balance
				}
			}
			r.Banks = append(r.Banks, b)
			r.All.Lent, r.All.Count, r.All.Opening, r.All.Closing, r.All.Claimed = r.All.Lent+b.Lent, r.All.Count+b.Count, r.All.Opening+b.Opening, r.All.Closing+b.Closing, r.All.Claimed+b.Claimed
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	all, err := loans.Sheet(ctx, by, contract.Filter{})
	for _, x := range all {
		if x.From >= r.From && x.From < r.To && x.Drawn > 0 {
			r.Loans = append(r.Loans, x)
		}
	}
	slices.SortFunc(r.Loans, func(a, b contract.Row) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Number, b.Number))
	})
	return r, err
}
