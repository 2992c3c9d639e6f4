// Package product keeps what banks offer under the start-up loan, from which day until when, and whether a bank has been let in.
package product

import (
	"slices"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
)

// ID names one edition of a product: an application keeps the one under which it was made.
type ID = id.Of[Product]

// State is how far an edition has come.
type State string

// A draft is offered to nobody. A published edition never changes, but for its last day and the confirmation of its source.
const (
	Draft     State = "draft"
	Published State = "published"
)

// Guarantee is what stands behind a loan.
type Guarantee string

// Guarantees are all of them, in the order in which they are offered.
var Guarantees = []Guarantee{"fund", "company", "person", "joint", "mortgage", "pledge", "credit"}

// Bearer is who bears a part of a loss.
type Bearer string

// Bearers are all of them (再担保、担保机构、银行、政府、风险补偿金).
var Bearers = []Bearer{"reguarantee", "guarantor", "bank", "government", "fund"}

// Share is the part of a loss that one of them bears.
type Share struct {
	Bearer Bearer
	Share  money.Rate
}

// Given is what an officer says of an edition.
type Given struct {
	Bank                 org.ID
	Code                 string // the bank's word for the product through all of its editions
	Name, NameEn         string
	Area                 string // beginning of the code of the division where it is offered
	Kinds                []policy.Kind
	Least, Most          money.Fen
	MonthsFrom, MonthsTo int
	Points               money.Rate // over the one-year LPR
	Methods              []schedule.Method
	Basis                int // days of the year: 360 or 365
	Settle               int // settlement day of the month, 0 for periods from the disbursement day
	Guarantees           []Guarantee
	Papers, PapersEn     []string // documents to bring
	ApplyAt, ApplyAtEn   string   // where to go
	From, Until          day.Day
	Source               string
	Shares               []Share
}

// Product is one edition of what a bank offers.
type Product struct {
	ID ID
	Given
	Status   rulebook.Status
	State    State
	EditedAt int64 // microseconds UTC
	MadeBy   string
	MadeAt   int64
}

// On tells whether the edition is in force on a day, were its bank let in.
func (p *Product) On(d day.Day) bool { return p.From <= d && (p.Until.IsZero() || d <= p.Until) }

// In tells whether it is offered in a division of a code.
func (p *Product) In(area string) bool { return strings.HasPrefix(area, p.Area) }

// Rate is what a loan costs a year, from the LPR at signing.
func (p *Product) Rate(lpr money.Rate) money.Rate { return lpr + p.Points }

// Bounds of what may be entered.
const (
	mostAmount = money.Fen(10_000_000_000) // 100 million yuan
	mostMonths = 600
	mostPoints = 10 * money.Percent
	mostPapers = 40
)

// check gives everything that is wrong with what was said.
func (g *Given) check() error {
	var p errs.Problems
	for _, f := range []struct{ field, value string }{{"code", g.Code}, {"name", g.Name}, {"apply_at", g.ApplyAt}} {
		p.Require(f.value != "", f.field, "field.required", nil)
	}
	p.Require(rulebook.IsArea(g.Area), "area", "loanproduct.area", nil)
	p.Require(among(g.Kinds, []policy.Kind{policy.Individual, policy.Partnership, policy.Firm}), "kinds", "field.choice", nil)
	p.Require(among(g.Methods, schedule.Methods), "methods", "field.choice", nil)
	p.Require(among(g.Guarantees, Guarantees), "guarantees", "field.choice", nil)
	p.Require(g.Least > 0 && g.Least <= mostAmount, "least", "loanproduct.amount", nil)
	p.Require(g.Most >= g.Least && g.Most <= mostAmount, "most", "loanproduct.most_below", nil)
	p.Require(g.MonthsFrom > 0 && g.MonthsFrom <= mostMonths, "months_from", "field.range", errs.Args{"min": 1, "max": mostMonths})
	p.Require(g.MonthsTo >= g.MonthsFrom && g.MonthsTo <= mostMonths, "months_to", "loanproduct.months", nil)
	p.Require(g.Points >= -mostPoints && g.Points <= mostPoints, "points", "loanproduct.points", nil)
	p.Require(g.Basis == 360 || g.Basis == 365, "basis", "field.choice", nil)
	p.Require(g.Settle >= 0 && g.Settle <= 28, "settle", "field.range", errs.Args{"min": 0, "max": 28})
	p.Require(len(g.Papers) > 0 && len(g.Papers) <= mostPapers, "papers", "loanproduct.papers", errs.Args{"most": mostPapers})
	p.Require(len(g.PapersEn) == 0 || len(g.PapersEn) == len(g.Papers), "papers_en", "loanproduct.papers_en", nil)
	p.Require(!g.From.IsZero(), "from", "field.required", nil)
	p.Require(g.Until.IsZero() || g.Until >= g.From, "until", "loanproduct.until", nil)
	g.checkShares(&p)
	return p.Err()
}

// checkShares asks that the parts of a loss are the whole of it.
func (g *Given) checkShares(p *errs.Problems) {
	var sum money.Rate
	seen := map[Bearer]bool{}
	for _, s := range g.Shares {
		if !p.Require(slices.Contains(Bearers, s.Bearer) && !seen[s.Bearer] && s.Share > 0 && s.Share <= money.One, "shares", "loanproduct.share", nil) {
			return
		}
		seen[s.Bearer] = true
		sum += s.Share
	}
	p.Require(sum == money.One, "shares", "loanproduct.shares", errs.Args{"sum": sum.String()})
}

// among tells whether some were chosen, each once and each one of those there are.
func among[T comparable](chosen, all []T) bool {
	for i, x := range chosen {
		if !slices.Contains(all, x) || slices.Contains(chosen[:i], x) {
			return false
		}
	}
	return len(chosen) > 0
}
