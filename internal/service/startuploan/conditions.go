package startuploan

import (
	"slices"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/policy"
)

// asked says of each fact that an application tells at which step of the form it is asked for, and who is shown it.
var asked = map[string]struct {
	step string
	part Part // empty: every desk
}{
	"amount": {"money", ""}, "months": {"money", ""},
	"industry": {"business", ""}, "staff": {"business", PartStaff}, "new_hires": {"business", PartStaff}, "arrears": {"business", PartStaff},
	"age": {"people", PartPeople}, "partners": {"people", PartPeople}, "group": {"people", PartGroup},
	"open_loans": {"debts", PartDebts}, "earlier_loans": {"debts", PartDebts}, "overdue_before": {"debts", PartDebts},
}

// facts are what an application tells of itself on a day. A fact is left out where it is not filled in yet.
func (c *Case) facts(on day.Day) condition.Facts {
	b := c.borrower()
	f := condition.Facts{
		"kind": string(c.Kind), "partners": b.Partners, "local": true, // it is taken in where the business is
		"staff": int(c.Staff), "new_hires": int(c.NewHires), "arrears": c.Arrears,
		"earlier_loans": max(int(c.Earlier), c.Past.Loans), "overdue_before": c.OverdueBefore || c.Past.Overdue,
	}
	if c.Kind == policy.Partnership {
		f["partners"] = max(b.Partners, 2) // that they are too few is said elsewhere
	}
	if c.Amount > 0 {
		f["amount"] = int(c.Amount)
	}
	if c.Months > 0 {
		f["months"] = int(c.Months)
	}
	if c.Industry != "" {
		f["industry"] = c.Industry
	}
	var groups []string
	for _, p := range c.Parties {
		if p.Role != Applicant && p.Role != Partner {
			continue
		}
		if !p.Born.IsZero() {
			oldest, _ := f["age"].(int)
			f["age"] = max(oldest, p.Born.Age(on, day.BirthdayCounts))
		}
		groups = append(groups, p.Group)
	}
	if len(groups) > 0 && !slices.Contains(groups, "") { // of none: the desk finds out
		f["group"] = groups[0]
	}
	if n, known := c.openLoans(); known {
		f["open_loans"] = n
	}
	return f
}

// openLoans counts what those who borrow and their spouses owe beside what the rules exempt; false where they have not all said, or where
// no rule says what is exempt.
func (c *Case) openLoans() (n int, known bool) {
	n = len(c.Past.Open)
	for _, p := range owing(c.Parties) {
		own := slices.ContainsFunc(c.Debts, func(d Debt) bool { return d.Party == p.No })
		if !own && !p.Debtless {
			return 0, false
		}
	}
	if len(c.Debts) == 0 {
		return n, true
	}
	if c.Terms == nil {
		return 0, false
	}
	t := c.Terms.Apart()
	for _, d := range c.Debts {
		exempt, err := c.exempt(t, d)
		if err != nil {
			return 0, false
		}
		if !exempt {
			n++
		}
	}
	return n, true
}

// exempt tells whether a loan does not stand in the way: of a kind that the rules exempt, or small with all that its debtor owes of the sort.
func (c *Case) exempt(t *rulebook.Terms, d Debt) (bool, error) {
	kinds, err := t.Words("debt_exempt")
	if err != nil || slices.Contains(kinds, d.Kind) {
		return err == nil, err
	}
	if d.Kind != "consumer" {
		return false, nil
	}
	sum := money.Fen(0)
	for _, o := range c.Debts {
		if o.Party == d.Party && o.Kind == d.Kind {
			sum += o.Amount
		}
	}
	most, err := t.Money("debt_small")
	return sum <= most, err
}

// checkConditions asks the conditions of the version in force. One that rests on hearsay warns and turns nobody away; what no form asks
// for is left to the desks.
func (c *Case) checkConditions() (out []Finding) {
	none := []Finding{{Rule: "unfilled", Weight: Unknown, Step: "money", Args: errs.Args{"amount": c.Amount.Short()}}}
	if c.Terms == nil || !c.Terms.Conditioned() {
		return none
	}
	judging, err := c.Terms.Judging(policy.Facts)
	if err != nil {
		return none
	}
	on := c.Day
	if u, stated := c.Terms.Apart().Find("age_on"); stated && u.Value == "decision" {
		on = c.Today
	}
	now := judging.Judge(c.facts(c.Today)).Rules
	for i, r := range judging.Judge(c.facts(on)).Rules {
		f := ruled("condition", r)
		switch {
		case r.Condition.Prefers:
			continue
		case r.Holds:
			f.Weight = Holds
		case r.Missing != nil:
			if c.State == Draft && slices.ContainsFunc(r.Missing, func(fact string) bool { return asked[fact].step != "" }) {
				continue // the form asks for it
			}
			f.Weight = Unknown
		case r.Doubtful:
			f.Weight = Warns
		default:
			f.Weight = Stops
		}
		out = append(out, f)
		if r.Holds && !now[i].Holds { // who has become too old since: whether that matters the rules must say (field age_on)
			f = ruled("since", now[i])
			f.Weight = Warns
			out = append(out, f)
		}
	}
	return out
}

// ruled is the finding of a condition, at the step of the first fact that it looked at.
func ruled(rule string, r rulebook.Ruled) Finding {
	f := Finding{Rule: rule, Ruled: &r, Args: errs.Args{"condition": r.Condition.Key, "says": r.Condition.Text, "en": r.Condition.En}}
	if r.Condition.En == "" {
		f.Args["en"] = r.Condition.Text
	}
	for _, fact := range f.facts() {
		if f.Step = asked[fact].step; f.Step != "" {
			break
		}
	}
	return f
}

// facts are those that a condition looked at, or missed.
func (f *Finding) facts() (all []string) {
	if f.Ruled == nil {
		return nil
	}
	for _, u := range f.Ruled.Used {
		if u.Version == "" {
			all = append(all, u.Name)
		}
	}
	return append(all, f.Ruled.Missing...)
}
