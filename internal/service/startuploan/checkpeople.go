package startuploan

import (
	"slices"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
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

// checkAges holds who applies, and her partners, against the gate of the rules, on the day of the application. Where somebody will
// be too old before anything is decided, the desks are told: whether that matters the rules must say (field age_on).
func (c *Case) checkAges() (out []Finding) {
	for _, p := range c.Parties {
		if p.Role != Applicant && p.Role != Partner || p.Born.IsZero() {
			continue
		}
		args := errs.Args{"name": p.Name, "age": p.Born.Age(c.Day, day.BirthdayCounts)}
		late := false
		f := c.by("age", "people", args, func(t *rulebook.Terms) (bool, error) {
			to, err := t.Int("age_to")
			if err != nil {
				return false, err
			}
			over := p.Born.Reaches(to+1, day.BirthdayCounts)
			args["to"], args["over"] = to, over
			on := c.Day
			if u, ok := t.Find("age_on"); ok && u.Value == "decision" {
				on = c.Today
			}
			late = on < over && over <= c.Today
			return on < over, nil
		})
		if late {
			f.Rule, f.Weight = "age_since", Warns
		}
		out = append(out, f)
	}
	return out
}

// checkDebts holds other loans of those who borrow, and of their spouses, against what the rules exempt.
func (c *Case) checkDebts() (out []Finding) {
	for _, p := range owing(c.Parties) {
		var own []Debt
		small := money.Fen(0)
		for _, d := range c.Debts {
			if d.Party == p.No {
				own = append(own, d)
				if d.Kind == "consumer" {
					small += d.Amount
				}
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
				exempt, err := t.Words("debt_exempt")
				if err != nil || slices.Contains(exempt, d.Kind) {
					return err == nil, err
				}
				if d.Kind != "consumer" {
					return false, nil
				}
				most, err := t.Money("debt_small")
				return small <= most, err
			}))
		}
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

// checkPast counts earlier subsidised loans: what the book of contracts knows, or what is said where that is more.
func (c *Case) checkPast() (out []Finding) {
	n := max(c.Earlier, int64(c.Past.Loans))
	args := errs.Args{"n": n}
	out = append(out, c.by("repeat", "debts", args, func(t *rulebook.Terms) (bool, error) {
		most, err := t.Int("loans_most")
		args["most"] = most
		return n < int64(most), err
	}))
	if c.OverdueBefore || c.Past.Overdue {
		f := c.by("overdue", "debts", nil, func(t *rulebook.Terms) (bool, error) {
			word, err := t.Text("overdue_bars")
			return word != "yes", err
		})
		if f.Weight == Unknown {
			f.Weight = Warns
		}
		out = append(out, f)
	}
	return out
}
