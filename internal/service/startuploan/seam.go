package startuploan

import (
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/policy"
)

// Approval is what a contract is signed from: an application that every desk has passed.
type Approval struct {
	Application ID
	Serial      string
	Venture     venture.ID
	Name        string // who does business
	Credit      string
	Kind        policy.Kind
	Borrowers   []person.ID // the applicant first, then partners and co-borrowers
	Lead        string      // the applicant's name
	Partners    int         // applicant and partners
	Org         org.ID      // that took it in
	County      org.ID
	Bank        org.ID
	Product     string
	Method      string // of repayment, as it was asked for
	Guarantee   string
	Granted     Granted
	Version     string // of the rules; empty where none was filled
	Group       string // of Groups
	Female      bool
	Flag        bool // 青创贷
	Priority    []string
	On          day.Day // approved
}

// FindApproved gives an application that is ready for its contract; any other is Absent.
func (s *Service) FindApproved(q sqldb.Q, which ID) (Approval, error) {
	a, err := Find(q, which)
	if err != nil {
		return Approval{}, err
	}
	if a.State != Approved {
		return Approval{}, errs.New(errs.Absent, "errs.absent", nil)
	}
	all, err := Parties(q, which)
	if err != nil {
		return Approval{}, err
	}
	g := Approval{
		Application: a.ID, Serial: a.Serial, Venture: a.Venture, Name: a.Name, Credit: a.Credit, Kind: a.Kind, Org: a.Org, County: a.County, Bank: a.Bank, Product: a.Product,
		Method: a.Method, Guarantee: a.Guarantee, Granted: a.Granted, Version: a.Version, Group: a.GroupCode, Female: a.Female, Flag: a.Flag, Priority: a.Priority, On: dayOf(a.DecidedAt, s),
	}
	slices.SortStableFunc(all, func(x, y Party) int { return slices.Index(Roles, x.Role) - slices.Index(Roles, y.Role) })
	for _, p := range all {
		if p.Role.Borrows() && !p.Person.IsZero() {
			g.Borrowers = append(g.Borrowers, p.Person)
		}
		if p.Role == Applicant || p.Role == Partner {
			g.Partners++
		}
		if p.Role == Applicant {
			g.Lead = p.Name
		}
	}
	return g, nil
}

// ListApproved gives the applications of a bank that are ready for a contract, the oldest first.
func (s *Service) ListApproved(q sqldb.Q, bank org.ID, most int) ([]Application, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM loan_application a WHERE a.city = $1 AND a.state = 'approved' AND a.bank = $2 ORDER BY a.decided_at, a.id LIMIT $3`, bank, most)
}

// OfVenture is the history of a venture's applications, for its dossier: to its founder, and to who may read applications there.
func (s *Service) OfVenture(q sqldb.Q, by authz.Actor, v venture.Venture, _ []venture.Founder, own bool) (all []venture.Line, err error) {
	if !own {
		at, err := org.Find(q, v.Org)
		if err != nil || !by.Can(Read, at.Path) {
			return nil, err
		}
	}
	of, err := Of(q, v.ID)
	for _, a := range of {
		if a.State == Draft && !own {
			continue
		}
		at := a.MadeAt
		if a.SubmittedAt > 0 {
			at = a.SubmittedAt
		}
		all = append(all, venture.Line{At: at, Key: "loan.history." + string(a.State), Text: a.Serial})
	}
	return all, err
}
