package startuploan

import (
	"errors"
	"slices"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/product"
	"zhidian/internal/service/startuploan/schedule"
)

// Weight is what a finding means.
type Weight string

// The weights, the gravest first.
const (
	Stops   Weight = "stops"   // against the rules: nobody who decides may pass it
	Missing Weight = "missing" // not filled in yet: it cannot be handed in
	Warns   Weight = "warns"   // to be looked at; rests on what nobody has confirmed, or is none of the rules' business
	Unknown Weight = "unknown" // no rule is filled, or nobody has said: neither yes nor no
	Holds   Weight = "holds"   // looked at and right
)

var weights = []Weight{Stops, Missing, Warns, Unknown, Holds}

// Finding is what one rule says of an application.
type Finding struct {
	Rule   string // message key loan.rule.<rule>.<weight>
	Weight Weight
	Step   string // of the form where it can be put right
	Args   errs.Args
	Ruled  *rulebook.Ruled // of a condition of the version
}

// Steps of the form, in order.
var Steps = []string{"money", "business", "people", "debts", "papers"}

// Case is all that the rules look at. It is built from rows, and the rules are pure.
type Case struct {
	Application
	Parties []Party
	Debts   []Debt
	Papers  []string // kinds that are there
	Needed  []string // kinds that must be

	Offer    *product.Product // the bank's product that was chosen; nil: none
	Terms    *rulebook.Terms  // nil where NoTerms says why
	NoTerms  error
	Day      day.Day // it was handed in, or today
	Today    day.Day
	Past     Past
	Sureties []SuretyElsewhere
	Consent  bool             // the bank may be shown the dossier
	Names    map[int64]string // of the register, where another name stands there
}

// SuretyElsewhere is a guarantor who stands for somebody else already.
type SuretyElsewhere struct {
	Party  int64
	Serial string
}

// Borrower is what the book of rules asks of who borrows.
func (c *Case) borrower() policy.Borrower {
	b := policy.Borrower{Kind: c.Kind}
	for _, p := range c.Parties {
		if p.Role == Applicant || p.Role == Partner {
			b.Partners++
		}
	}
	return b
}

// Check goes through all rules. The gravest findings come first.
func (c *Case) Check() []Finding {
	var out []Finding
	for _, rule := range []func(*Case) []Finding{
		(*Case).checkConditions, (*Case).checkOffer, (*Case).checkWords, (*Case).checkBusiness, (*Case).checkPeople, (*Case).checkDebts,
		(*Case).checkSurety, (*Case).checkPapers, (*Case).checkConsent,
	} {
		out = append(out, rule(c)...)
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return slices.Index(weights, a.Weight) - slices.Index(weights, b.Weight) })
	return out
}

// Has tells whether there is a finding of a weight.
func Has(all []Finding, w Weight) bool {
	return slices.ContainsFunc(all, func(f Finding) bool { return f.Weight == w })
}

// problems gives what stands in the way as the problems of a form: of the weights named.
func problems(all []Finding, weights ...Weight) error {
	var p errs.Problems
	for _, f := range all {
		if slices.Contains(weights, f.Weight) {
			p.Add("", f.Key(), f.Args)
		}
	}
	return p.Err()
}

// Key is the message of a finding.
func (f Finding) Key() string { return "loan.rule." + f.Rule + "." + string(f.Weight) }

// by asks the book of rules: do reads numbers and says whether the application keeps to them. A rule that rests on a number that
// nobody has confirmed warns and turns nobody away; one without a number says so.
func (c *Case) by(rule, step string, args errs.Args, do func(t *rulebook.Terms) (bool, error)) Finding {
	f := Finding{Rule: rule, Step: step, Args: args}
	if f.Args == nil {
		f.Args = errs.Args{}
	}
	if c.Terms == nil {
		f.Weight = Unknown
		return f
	}
	t := c.Terms.Apart()
	ok, err := do(t)
	switch {
	case err != nil:
		f.Weight = Unknown
	case ok:
		f.Weight = Holds
	case slices.ContainsFunc(t.Used(), func(u rulebook.Used) bool { return u.Status == rulebook.Unverified }):
		f.Weight = Warns
	default:
		f.Weight = Stops
	}
	return f
}

// Against tells which terms of a bank's product what is asked for does not keep to, as rules: what is not said yet is held against nothing.
func (c *Case) Against(p *product.Product) (rules []string) {
	for _, w := range []struct {
		rule string
		said bool // there is something to hold against it
		fits bool
	}{
		{"offer_kind", true, slices.Contains(p.Kinds, c.Kind)},
		{"offer_amount", c.Amount > 0, p.Least <= c.Amount && c.Amount <= p.Most},
		{"offer_months", c.Months > 0, int64(p.MonthsFrom) <= c.Months && c.Months <= int64(p.MonthsTo)},
		{"offer_method", c.Method != "", slices.Contains(p.Methods, schedule.Method(c.Method))},
	} {
		if w.said && !w.fits {
			rules = append(rules, w.rule)
		}
	}
	return rules
}

// checkOffer holds what is asked for against the terms of the bank's product, which are the bank's own word and certain.
func (c *Case) checkOffer() (out []Finding) {
	p := c.Offer
	if p == nil {
		return nil
	}
	args := errs.Args{"name": p.Name, "least": p.Least.Short(), "most": p.Most.Short(), "from": p.MonthsFrom, "to": p.MonthsTo}
	for _, rule := range c.Against(p) {
		out = append(out, Finding{Rule: rule, Weight: Stops, Step: "money", Args: args})
	}
	if len(out) == 0 && c.Amount > 0 && c.Months > 0 {
		out = append(out, Finding{Rule: "offer", Weight: Holds, Step: "money", Args: args})
	}
	return out
}

// checkWords finds what has not been said.
func (c *Case) checkWords() (out []Finding) {
	for _, w := range []struct {
		rule, step string
		there      bool
	}{
		{"amount", "money", c.Amount > 0},
		{"months", "money", c.Months > 0},
		{"purpose", "money", c.Purpose != ""},
		{"method", "money", c.Method != ""},
		{"guarantee", "money", c.Guarantee != ""},
		{"bank", "money", !c.Bank.IsZero()},
		{"name", "business", c.Name != ""},
		{"address", "business", c.Address != ""},
	} {
		if !w.there {
			out = append(out, Finding{Rule: w.rule, Weight: Missing, Step: w.step})
		}
	}
	return out
}

func (c *Case) checkBusiness() (out []Finding) {
	switch code, err := cn.ParseCreditCode(c.Credit); {
	case c.Credit == "" && c.Entity == "none" && c.Kind != policy.Firm:
	case c.Credit == "":
		out = append(out, Finding{Rule: "credit", Weight: Missing, Step: "business"})
	case err != nil:
		out = append(out, Finding{Rule: "credit", Weight: Stops, Step: "business", Args: errs.Args{"code": c.Credit}})
	case !code.InnerHolds():
		out = append(out, Finding{Rule: "credit", Weight: Warns, Step: "business", Args: errs.Args{"code": c.Credit}})
	default:
		out = append(out, Finding{Rule: "credit", Weight: Holds, Step: "business", Args: errs.Args{"code": string(code)}})
	}
	return out
}

func (c *Case) checkSurety() (out []Finding) {
	n := 0
	for _, p := range c.Parties {
		if p.Role == Surety {
			n++
		}
	}
	switch {
	case c.Guarantee == "guarantor" && n == 0:
		out = append(out, Finding{Rule: "surety", Weight: Missing, Step: "people"})
	case c.Guarantee == "joint" && n < 2:
		out = append(out, Finding{Rule: "joint", Weight: Missing, Step: "people"})
	case c.Guarantee == "waived":
		args := errs.Args{}
		f := c.by("waived", "money", args, func(t *rulebook.Terms) (bool, error) {
			most, err := t.Money("waive_to")
			args["most"] = most.Short()
			return c.Kind != policy.Firm && c.Amount <= most, err
		})
		if f.Weight == Stops { // honours, rated firms and steady borrowers are waived as well: the guarantor judges
			f.Weight = Warns
		}
		out = append(out, f)
	}
	for _, e := range c.Sureties {
		if p := one(c.Parties, e.Party); p != nil {
			out = append(out, Finding{Rule: "surety_twice", Weight: Warns, Step: "people", Args: errs.Args{"name": p.Name, "serial": e.Serial}})
		}
	}
	return out
}

// Wants gives the kinds of papers that must be there: those of the way that concern who applies.
func (c *Case) Wants() []string {
	return slices.DeleteFunc(slices.Clone(c.Needed), func(kind string) bool {
		return kind == "marriage" && !slices.ContainsFunc(c.Parties, func(p Party) bool { return p.Role == Spouse }) || kind == "license" && c.Entity == "none"
	})
}

func (c *Case) checkPapers() (out []Finding) {
	for _, kind := range c.Wants() {
		if !slices.Contains(c.Papers, kind) {
			out = append(out, Finding{Rule: "paper", Weight: Missing, Step: "papers", Args: errs.Args{"kind": kind}})
		}
	}
	return out
}

func (c *Case) checkConsent() []Finding {
	if c.Consent || c.State == Draft {
		return nil
	}
	return []Finding{{Rule: "consent", Weight: Warns}}
}

// rateFits is the bank's test: the rate is not above the LPR and the points of the rules. An LPR that nobody has confirmed only warns.
func rateFits(t *rulebook.Terms, quotes rulebook.Quotes, b policy.Borrower, rate money.Rate, on day.Day) (Finding, error) {
	f := Finding{Rule: "rate", Weight: Unknown, Args: errs.Args{"rate": rate.String()}}
	if t == nil {
		return f, nil
	}
	lpr, err := quotes.At(policy.LPR, on)
	if err != nil {
		return f, nil // nobody has entered one: not known
	}
	own := t.Apart()
	err = policy.CheckRate(own, b, rate, lpr.Rate)
	e, known := errors.AsType[*errs.Error](err)
	switch {
	case err == nil:
		f.Weight = Holds
	case !known || e.Key != "loanpolicy.rate":
		return f, nil
	case lpr.Status == rulebook.Unverified || own.Confirm() != nil:
		f.Weight = Warns
	default:
		f.Weight = Stops
		return f, err
	}
	if known {
		f.Args["most"], f.Args["lpr"] = e.Args["most"], e.Args["lpr"]
	}
	return f, nil
}

// entities that a kind of borrower may run.
func fitsKind(k policy.Kind, entity string) bool {
	if k == policy.Firm {
		return entity == "firm" || entity == "coop" || entity == "partnership"
	}
	return slices.Contains(venture.Entities, entity)
}
