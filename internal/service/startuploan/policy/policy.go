// Package policy reads the rules of the start-up loan out of the rulebook: limits, terms, caps, the hiring test and the subsidy.
package policy

import (
	"bytes"
	"embed"
	"encoding/json"
	"strconv"
	"strings"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/schedule"
)

// Messages holds the texts of this package's problems, one file for each language.
//
//go:embed messages
var Messages embed.FS

//go:embed versions.json lpr.csv
var shipped embed.FS

// Product is the name under which the rulebook keeps the rules of 创业担保贷款, of which 青创贷 is the youths' part.
const Product = "startup_loan"

// LPR is the series of the one-year loan prime rate.
const LPR = "LPR1Y"

// Province is where the program is at home when nobody says otherwise: Hubei.
const Province = "42"

// Facts are what a service can tell of an application, for the conditions that an officer writes: amounts in fen. Of several borrowers
// each fact is the one that stands in the way most: the oldest's age, the loans of all and of their spouses.
var Facts = map[string]condition.Kind{
	"kind": condition.Text, "amount": condition.Money, "months": condition.Int, "partners": condition.Int,
	"age": condition.Int, "group": condition.Text, "local": condition.Bool, "industry": condition.Text,
	"staff": condition.Int, "new_hires": condition.Int, "revenue": condition.Money, "arrears": condition.Bool, "dishonest": condition.Bool,
	"open_loans": condition.Int, "earlier_loans": condition.Int, "overdue_before": condition.Bool, "good_credit": condition.Bool,
	// what puts an application first and is no condition
	"incubated": condition.Bool, "supported": condition.Bool, "prize": condition.Bool, "association": condition.Bool, "pool": condition.Bool,
}

// FactOrder is the facts in the order in which pages ask for them and tell them.
var FactOrder = []string{
	"kind", "partners", "age", "group", "local", "industry", "amount", "months", "staff", "new_hires", "revenue", "arrears", "open_loans", "earlier_loans", "overdue_before", "good_credit", "dishonest",
	"incubated", "supported", "prize", "association", "pool",
}

// Shipped gives the versions and rates that come with the program, as a city's rulebook begins.
func Shipped() (rulebook.Book, rulebook.Quotes, error) {
	text, err := shipped.ReadFile("versions.json")
	if err != nil {
		return nil, nil, err
	}
	var book rulebook.Book
	if err := json.Unmarshal(text, &book); err != nil {
		return nil, nil, err
	}
	if err := book.Check(); err != nil {
		return nil, nil, err
	}
	if text, err = shipped.ReadFile("lpr.csv"); err != nil {
		return nil, nil, err
	}
	quotes, err := rulebook.ReadQuotes(bytes.NewReader(text))
	return book, quotes, err
}

// Kind is who borrows.
type Kind string

// A partnership (合伙创业) is persons together, each with a limit of their own.
const (
	Individual  Kind = "individual"
	Partnership Kind = "partnership"
	Firm        Kind = "firm"
)

// Borrower is what the rules ask of who borrows.
type Borrower struct {
	Kind     Kind
	Partners int  // of a partnership
	Poor     bool // in a county lifted out of poverty (脱贫地区), where the cap is higher
}

// Check gives what is wrong with a borrower.
func (b Borrower) Check() error {
	switch {
	case b.Kind != Individual && b.Kind != Firm && b.Kind != Partnership:
		return errs.New(errs.Invalid, "loanpolicy.kind", nil)
	case b.Kind == Partnership && (b.Partners < 2 || b.Partners > 100):
		return errs.New(errs.Invalid, "loanpolicy.partners", nil)
	}
	return nil
}

// field gives the name of a field that persons and firms have each.
func (b Borrower) field(name string) string {
	if b.Kind == Firm {
		return "firm_" + name
	}
	return "person_" + name
}

// Limit gives the most that may be lent with a subsidy. Partners add their own limits and have a tenth more (×1.10).
func Limit(t *rulebook.Terms, b Borrower) (money.Fen, error) {
	limit, err := t.Money(b.field("limit"))
	if err != nil || b.Kind != Partnership {
		return limit, err
	}
	uplift, err := t.Rate("partner_uplift")
	if err != nil {
		return 0, err
	}
	if limit, err = limit.Times(int64(b.Partners)); err != nil {
		return 0, err
	}
	return limit.Part(money.One + uplift)
}

// RateCap gives the highest rate at which a loan is subsidised, from the LPR at signing.
func RateCap(t *rulebook.Terms, b Borrower, lpr money.Rate) (money.Rate, error) {
	name := "rate_points"
	if b.Poor {
		name = "rate_points_poor"
	}
	points, err := t.Rate(name)
	return lpr + points, err
}

// Months gives for how long a loan is subsidised at most.
func Months(t *rulebook.Terms, b Borrower) (int, error) { return t.Int(b.field("months")) }

// CheckTerm fails when a loan runs longer than the rules allow.
func CheckTerm(t *rulebook.Terms, b Borrower, from, to day.Day) error {
	months, err := Months(t, b)
	if err != nil {
		return err
	}
	if last := from.AddMonths(months); to > last {
		return errs.New(errs.Invalid, "loanpolicy.term", errs.Args{"months": months, "last": last})
	}
	return nil
}

// CheckRate fails when the rate is above the cap.
func CheckRate(t *rulebook.Terms, b Borrower, rate, lpr money.Rate) error {
	most, err := RateCap(t, b, lpr)
	if err != nil {
		return err
	}
	if rate > most {
		return errs.New(errs.Invalid, "loanpolicy.rate", errs.Args{"rate": rate.String(), "most": most.String(), "lpr": lpr.String()})
	}
	return nil
}

// NeedsLPR tells whether the subsidy is counted from the LPR.
func NeedsLPR(t *rulebook.Terms, b Borrower) bool {
	words, _ := t.Words(b.field("subsidy"))
	return len(words) > 0 && words[0] == string(schedule.AboveLine)
}

// Rule gives the subsidy of a loan: how the interest is shared, up to which principal, and who pays.
func Rule(t *rulebook.Terms, b Borrower, lpr money.Rate) (r schedule.Rule, err error) {
	words, err := t.Words(b.field("subsidy"))
	if err != nil {
		return r, err
	}
	if r, err = readRegime(words, lpr); err != nil {
		return r, errs.Wrap(err, errs.Invalid, "rulebook.value", errs.Args{"field": b.field("subsidy"), "value": strings.Join(words, " ")})
	}
	if r.Regime == schedule.Unsubsidised {
		return r, errs.New(errs.Invalid, "loanpolicy.benchmark", errs.Args{"key": t.Key()})
	}
	r.Slices, err = payers(t, b)
	return r, err
}

// readRegime reads "share 1/2", "above -150bp" (points on the LPR that the borrower bears) or "years 1 2/3 1/3". "base 1/2" is a share of
// the central bank's old benchmark rate, of which no table is kept.
func readRegime(words []string, lpr money.Rate) (r schedule.Rule, err error) {
	if len(words) < 2 {
		return r, errs.New(errs.Invalid, "loanpolicy.regime", nil)
	}
	switch regime := schedule.Regime(words[0]); regime {
	case schedule.ShareOfRate:
		r.Regime = regime
		r.Share, err = readRatio(words[1])
	case schedule.AboveLine:
		r.Regime = regime
		var points money.Rate
		points, err = money.ParseRate(words[1])
		r.Line = lpr + points
	case schedule.ByYear:
		r.Regime = regime
		for _, w := range words[1:] {
			share, err := readRatio(w)
			if err != nil {
				return r, err
			}
			r.Years = append(r.Years, share)
		}
	case "base":
	default:
		err = errs.New(errs.Invalid, "loanpolicy.regime", nil)
	}
	return r, err
}

func readRatio(s string) (schedule.Ratio, error) {
	num, den, found := strings.Cut(s, "/")
	if !found {
		den = "1"
	}
	n, err := strconv.ParseInt(num, 10, 64)
	d, bad := strconv.ParseInt(den, 10, 64)
	if err != nil || bad != nil || n < 0 || d < 1 || n > d || d > 100 {
		return schedule.Ratio{}, errs.New(errs.Invalid, "loanpolicy.regime", nil)
	}
	return schedule.Ratio{Num: n, Den: d}, nil
}

// payers gives the parts of the principal with their payers; where the policy does not say who pays, nobody's part is told.
func payers(t *rulebook.Terms, b Borrower) ([]schedule.Slice, error) {
	limit, err := Limit(t, b)
	if err != nil {
		return nil, err
	}
	if _, split := t.Find("split_small"); !split {
		return []schedule.Slice{{UpTo: limit}}, nil
	}
	small, err := share(t, "split_small")
	if err != nil || b.Kind != Firm {
		return []schedule.Slice{{UpTo: limit, Province: small}}, err
	}
	upTo, err := t.Money("firm_small")
	if err != nil || limit <= upTo {
		return []schedule.Slice{{UpTo: limit, Province: small}}, err
	}
	large, err := share(t, "split_large")
	return []schedule.Slice{{UpTo: upTo, Province: small}, {UpTo: limit, Province: large}}, err
}

func share(t *rulebook.Terms, name string) (schedule.Ratio, error) {
	r, err := t.Rate(name)
	return schedule.Ratio{Num: int64(r), Den: int64(money.One)}, err
}
