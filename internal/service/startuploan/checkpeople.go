package startuploan

import (
	"slices"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/errs"
	"zhidian/internal/service/startuploan/policy"
)

func (c *Case) checkPeople() (out []Finding) {
	say := func(rule string, w Weight, p *Party) {
		f := Finding{Rule: rule, Weight: w, Step: "people", Args: errs.Args{}}
		if p != nil {
			f.Args["name"] = p.Name
		}
		out = append(out, f)
	}
	if lead(c.Parties) == nil {
		say("applicant", Missing, nil)
	}
	if b := c.borrower(); c.Kind == policy.Partnership && b.Partners < 2 {
		say("partners", Missing, nil)
	}
	for i := range c.Parties {
		p := &c.Parties[i]
		if p.Role.Borrows() && p.Marital == "married" && !slices.ContainsFunc(c.Parties, func(o Party) bool { return o.Role == Spouse && o.Of == p.No }) {
			say("spouse", Missing, p)
		}
		if !p.Agreed {
			say("agreed", Missing, p)
		}
		if other := c.Names[p.No]; other != "" {
			say("other_name", Warns, p)
		}
	}
	return out
}

// checkDebts holds other loans of those who borrow, and of their spouses, against what the rules exempt.
func (c *Case) checkDebts() (out []Finding) {
	for _, p := range owing(c.Parties) {
		var own []Debt
		for _, d := range c.Debts {
			if d.Party == p.No {
				own = append(own, d)
			}
		}
		switch {
		case len(own) == 0 && !p.Debtless:
			out = append(out, Finding{Rule: "debt_said", Weight: Missing, Step: "debts", Args: errs.Args{"name": p.Name}})
		case len(own) > 0 && p.Debtless:
			out = append(out, Finding{Rule: "debt_both", Weight: Warns, Step: "debts", Args: errs.Args{"name": p.Name}})
		}
		for _, d := range own {
			args := errs.Args{"name": p.Name, "lender": d.Lender, "amount": d.Amount.Short()}
			out = append(out, c.by("debt", "debts", args, func(t *rulebook.Terms) (bool, error) {
				return c.exempt(t, d)
			}))
		}
	}
	if c.OverdueBefore || c.Past.Overdue { // the rules may say nothing of it
		out = append(out, Finding{Rule: "overdue", Weight: Warns, Step: "debts"})
	}
	for _, o := range c.Past.Open {
		for _, p := range owing(c.Parties) {
			if p.Person == o.Person && !o.Person.IsZero() {
				out = append(out, Finding{Rule: "open_loan", Weight: Stops, Step: "debts", Args: errs.Args{"name": p.Name, "serial": o.Serial, "bank": o.Bank, "owed": o.Owed.Short()}})
			}
		}
	}
	return out
}
