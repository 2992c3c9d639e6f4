package startuploan

import (
	"slices"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/policy"
)

// beside are codes of refusals that no condition could have told: what a desk found in papers, on the site or in the market.
var beside = []string{"business", "guarantee", "untrue", "other"}

// Decided gives the latest applications that were decided, as cases on which new rules are tried: what was told of each, and whether it was
// approved. Refusals for reasons that are no rule's are left out.
func (s *Service) Decided(q sqldb.Q, most int) ([]rulebook.Case, error) {
	const latest = `SELECT id FROM loan_application WHERE city = $1 AND state IN ('approved', 'refused') AND decided_at > 0 ORDER BY decided_at DESC, id LIMIT $2`
	all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM loan_application a WHERE a.city = $1 AND a.id IN (`+latest+`) ORDER BY a.decided_at DESC, a.id`, most)
	if err != nil {
		return nil, err
	}
	type row struct {
		of   ID
		born day.Day
	}
	borrowers, err := sqldb.All(q, func(s sqldb.Scan) (r row, err error) { return r, s(&r.of, &r.born) },
		`SELECT application, born FROM loan_party WHERE city = $1 AND role IN ('applicant', 'partner') AND application IN (`+latest+`)`, most)
	if err != nil {
		return nil, err
	}
	type debt struct {
		of     ID
		kind   string
		amount money.Fen
	}
	debts, err := sqldb.All(q, func(s sqldb.Scan) (d debt, err error) { return d, s(&d.of, &d.kind, &d.amount) },
		`SELECT application, kind, amount FROM loan_debt WHERE city = $1 AND application IN (`+latest+`)`, most)
	if err != nil {
		return nil, err
	}
	book, _, err := rulebook.InForce(q)
	if err != nil {
		return nil, err
	}
	cases := make([]rulebook.Case, 0, len(all))
	for _, a := range all {
		if a.State == Refused && slices.Contains(beside, a.Code) {
			continue
		}
		f, on := a.facts(), dayOf(a.SubmittedAt, s)
		for _, b := range borrowers {
			if b.of != a.ID {
				continue
			}
			n, _ := f["partners"].(int)
			f["partners"] = n + 1
			if age := b.born.Age(on, day.BirthdayCounts); !b.born.IsZero() {
				if old, told := f["age"].(int); !told || age > old {
					f["age"] = age
				}
			}
		}
		open := 0
		if terms, err := book.Named(policy.Product, a.Version, on); err == nil {
			exempt, _ := terms.Words("debt_exempt") // none stated, none exempt
			small, _ := terms.Money("debt_small")
			for _, d := range debts {
				if d.of == a.ID && !slices.Contains(exempt, d.kind) && !(d.kind == "consumer" && d.amount <= small) {
					open++
				}
			}
		}
		f["open_loans"] = open
		cases = append(cases, rulebook.Case{Name: a.Serial, Facts: f, Eligible: a.State == Approved})
	}
	return cases, nil
}

// facts are what an application tells by itself, in the words that conditions use.
func (a *Application) facts() condition.Facts {
	f := condition.Facts{
		"kind": string(a.Kind), "amount": int(a.Amount), "months": int(a.Months), "group": a.GroupCode, "local": true, "industry": a.Industry, "staff": int(a.Staff), "new_hires": int(a.NewHires),
		"arrears": a.Arrears, "earlier_loans": int(a.Earlier), "overdue_before": a.OverdueBefore, "good_credit": a.Code != "credit", "dishonest": false,
	}
	for _, p := range Priorities {
		if policy.Facts[p] != "" {
			f[p] = slices.Contains(a.Priority, p)
		}
	}
	return f
}
