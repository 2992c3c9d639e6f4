package startuploan_test

import (
	"slices"
	"testing"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/day"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/product"
	"zhidian/internal/service/startuploan/schedule"
)

// The conditions of the version in force are asked with what an application tells: firms are held against the lines of small ones, and
// industries against those that are closed. What is from hearsay warns, and what the form does not ask is left to the desks.
func TestTheConditionsOfTheVersionAreAsked(t *testing.T) {
	t.Parallel()
	book, _, err := policy.Shipped()
	must(t, err)
	on := day.Must("2024-05-06")
	terms, err := book.At(policy.Product, "421202", on)
	must(t, err)
	firm := startuploan.Application{
		Asks:     startuploan.Asks{Kind: policy.Firm, Amount: 300 * 1_000_000, Months: 24},
		Business: startuploan.Business{Industry: "C1530", Staff: 40, NewHires: 4, Credit: "x"},
	}
	one := func(born string, group string) []startuploan.Party {
		return []startuploan.Party{{No: 1, Role: startuploan.Applicant, Born: day.Must(born), Group: group, Debtless: true}}
	}
	person := startuploan.Application{Asks: startuploan.Asks{Kind: policy.Individual, Amount: 30 * 1_000_000, Months: 36}, Business: startuploan.Business{Industry: "C1530", Staff: 2}}
	for name, x := range map[string]struct {
		change    func(*startuploan.Case)
		condition string
		want      startuploan.Weight
	}{
		"a firm within all":             {func(*startuploan.Case) {}, "hires", startuploan.Holds},
		"nobody asks for dishonesty":    {func(*startuploan.Case) {}, "honest", startuploan.Unknown},
		"too few hired":                 {func(c *startuploan.Case) { c.NewHires = 3 }, "hires", startuploan.Stops},
		"wages owed":                    {func(c *startuploan.Case) { c.Arrears = true }, "arrears", startuploan.Stops},
		"too much":                      {func(c *startuploan.Case) { c.Amount *= 2 }, "limit", startuploan.Stops},
		"too long":                      {func(c *startuploan.Case) { c.Months = 25 }, "months", startuploan.Stops},
		"small by its staff":            {func(*startuploan.Case) {}, "small", startuploan.Holds},
		"not small, by hearsay":         {func(c *startuploan.Case) { c.Industry, c.Staff = "R8890", 400 }, "small", startuploan.Warns},
		"its revenue is not told":       {func(c *startuploan.Case) { c.Staff, c.NewHires = 400, 20 }, "small", startuploan.Unknown},
		"a closed industry, by hearsay": {func(c *startuploan.Case) { c.Industry = "K7010" }, "industry", startuploan.Warns},
		"46 on the day":                 {func(c *startuploan.Case) { c.Application, c.Parties = person, one("1978-05-06", "07") }, "age", startuploan.Stops},
		"45 until tomorrow":             {func(c *startuploan.Case) { c.Application, c.Parties = person, one("1978-05-07", "07") }, "age", startuploan.Holds},
		"of a group":                    {func(c *startuploan.Case) { c.Application, c.Parties = person, one("1990-05-07", "07") }, "group", startuploan.Holds},
		"whose group nobody has told":   {func(c *startuploan.Case) { c.Application, c.Parties = person, one("1990-05-07", "") }, "group", startuploan.Unknown},
		"three before, by hearsay":      {func(c *startuploan.Case) { c.Past.Loans = 3 }, "repeat", startuploan.Warns},
		"owes a bank": {func(c *startuploan.Case) {
			c.Application, c.Parties = person, one("1990-05-07", "07")
			c.Debts, c.Parties[0].Debtless = []startuploan.Debt{{Party: 1, Kind: "business", Lender: "某行", Amount: 1_000_000}}, false
		}, "debts", startuploan.Stops},
		"owes for her flat": {func(c *startuploan.Case) {
			c.Application, c.Parties = person, one("1990-05-07", "07")
			c.Debts, c.Parties[0].Debtless = []startuploan.Debt{{Party: 1, Kind: "housing", Lender: "某行", Amount: 1_000_000}}, false
		}, "debts", startuploan.Holds},
	} {
		c := startuploan.Case{Application: firm, Parties: one("1990-01-01", ""), Terms: terms, Day: on, Today: on}
		c.State = startuploan.InReview
		x.change(&c)
		c.Application.State = startuploan.InReview
		got := startuploan.Weight("")
		for _, f := range c.Check() {
			if f.Rule == "condition" && f.Args["condition"] == x.condition {
				got = f.Weight
			}
		}
		if got != x.want {
			t.Errorf("%s: %s is %q, want %q", name, x.condition, got, x.want)
		}
	}
	// a version without conditions, and none at all, say neither yes nor no
	for _, none := range []*rulebook.Terms{nil, mustTerms(t, book, "2021-06-01")} {
		c := startuploan.Case{Application: firm, Terms: none, Day: on, Today: on}
		for _, f := range c.Check() {
			if f.Rule == "unfilled" && f.Weight != startuploan.Unknown {
				t.Errorf("%+v", f)
			}
		}
	}
}

func mustTerms(t *testing.T, book rulebook.Book, on string) *rulebook.Terms {
	t.Helper()
	terms, err := book.At(policy.Product, "421202", day.Must(on))
	must(t, err)
	return terms
}

// A product is marked by what is said already; what is not said is held against nothing.
func TestWhichProductsFit(t *testing.T) {
	t.Parallel()
	p := &product.Product{Given: product.Given{Kinds: []policy.Kind{policy.Individual}, Least: 1_000_000, Most: 30_000_000, MonthsFrom: 6, MonthsTo: 36, Methods: []schedule.Method{schedule.QuarterlyInterest}}}
	for name, x := range map[string]struct {
		asks startuploan.Asks
		want []string
	}{
		"nothing said":  {startuploan.Asks{Kind: policy.Individual}, nil},
		"all fits":      {startuploan.Asks{Kind: policy.Individual, Amount: 30_000_000, Months: 36, Method: "quarterly-interest"}, nil},
		"too much":      {startuploan.Asks{Kind: policy.Individual, Amount: 30_000_001, Months: 36}, []string{"offer_amount"}},
		"nothing fits":  {startuploan.Asks{Kind: policy.Firm, Amount: 1, Months: 37, Method: "annuity"}, []string{"offer_kind", "offer_amount", "offer_months", "offer_method"}},
		"only too long": {startuploan.Asks{Kind: policy.Individual, Months: 37}, []string{"offer_months"}},
	} {
		c := startuploan.Case{Application: startuploan.Application{Asks: x.asks}}
		if got := c.Against(p); !slices.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", name, got, x.want)
		}
	}
}
