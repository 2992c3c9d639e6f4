package contract

import (
	"context"
	"errors"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/policy"
)

// New is a loan to be entered: out of an approved application, or by itself where it is older than the system.
type New struct {
	Paper
	Application string   // whose borrower, bank and county count then
	IDNumbers   []string // of who borrows, as far as they are persons known here
	Parts       []Part   // 分期还本
}

// Sign enters a loan that was signed. A rate above the cap is refused, if somebody has confirmed the LPR by which it is judged.
func (s *Service) Sign(ctx context.Context, by authz.Actor, n New) (made ID, err error) {
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c := Contract{Paper: n.Paper, ID: id.New[Contract](tx.Now()), State: Signed, Class: Classes[0], MadeBy: by.User, MadeAt: tx.Now().UnixMicro(), EditedAt: tx.Now().UnixMicro()}
		var p errs.Problems
		people, err := s.source(tx, by, n, &c, &p)
		if err != nil {
			return err
		}
		e, err := parties(tx, &c, &p)
		if err != nil {
			return err
		}
		if err := s.permit(by, e); err != nil {
			return err
		}
		c.check(n.Parts, &p)
		p.Require(c.Signed <= s.today(tx), "signed", "lending.day_to_come", nil)
		p.Require(c.Group == "" || slices.Contains(People, c.Group), "group", "field.choice", nil)
		if err := p.Err(); err != nil {
			return err
		}
		if err := s.judge(tx, &c); err != nil {
			return err
		}
		if err := insert(tx, &c, people, n.Parts); err != nil {
			return err
		}
		made = c.ID
		if err := tx.Record(Sign, c.ID.String(), act.Change{"bank": c.Bank, "org": c.Org, "principal": c.Principal, "rate": c.Rate, "version": c.Version, "application": c.Application}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

// permit asks for the right to enter a loan at the county or at the bank that lends.
func (s *Service) permit(by authz.Actor, e ends) error {
	if e.bank.ID.IsZero() || e.county.ID.IsZero() {
		return by.MustSomewhere(Sign)
	}
	return either(by, Sign, e)
}

// either asks for a right at one end of a loan.
func either(by authz.Actor, v authz.Verb, e ends) error {
	if by.Can(v, e.bank.Path) {
		return nil
	}
	err := by.Must(v, e.county.Path)
	if err != nil && by.Can(Read, e.bank.Path) {
		return errs.New(errs.Denied, "errs.denied", nil)
	}
	return err
}

// source fills in what an application says, or finds the persons who were named.
func (s *Service) source(q sqldb.Q, by authz.Actor, n New, c *Contract, p *errs.Problems) (people []person.ID, err error) {
	if n.Application != "" && s.Approved != nil {
		a, err := s.Approved(q, n.Application)
		if err != nil {
			return nil, err
		}
		c.Application, c.Venture, c.Bank, c.Org, c.Borrower, c.Credit = n.Application, a.Venture, a.Bank, a.Org, a.Borrower, a.Credit
		c.Kind, c.Partners, c.Group, c.Female = a.Kind, a.Partners, a.Group, a.Female
		p.Require(c.Principal <= a.Amount, "principal", "lending.above_approved", errs.Args{"amount": a.Amount.String()})
		p.Require(c.From.IsZero() || c.To <= c.From.AddMonths(a.Months), "to", "lending.longer_than_approved", errs.Args{"months": a.Months})
		return a.People, nil
	}
	if len(n.IDNumbers) == 0 {
		return nil, nil
	}
	var numbers []string
	for _, text := range n.IDNumbers {
		paper, err := person.ReadPaper(person.ResidentID, text)
		if err != nil {
			p.Add("numbers", errs.KeyOf(err), nil)
			return nil, nil
		}
		numbers = append(numbers, paper.Number)
	}
	held, err := person.HeldBy(q, s.Keys, person.ResidentID, numbers)
	if err != nil {
		return nil, err
	}
	for _, x := range numbers {
		who, known := held[x]
		if known {
			known, err = readable(q, by, who)
			if err != nil {
				return nil, err
			}
		}
		if !p.Require(known, "numbers", "lending.nobody", nil) {
			return nil, nil
		}
		people = append(people, who)
	}
	return people, nil
}

// readable tells whether somebody may read of a person; whom she may not is not known to her.
func readable(q sqldb.Q, by authz.Actor, who person.ID) (bool, error) {
	found, err := person.Find(q, who)
	if errs.KindOf(err) == errs.Absent {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	home, err := org.Find(q, found.Home)
	return err == nil && by.Can(person.Read, home.Path), err
}

// parties finds county and bank, and says what is wrong with them.
func parties(q sqldb.Q, c *Contract, p *errs.Problems) (e ends, err error) {
	find := func(which org.ID, field string, fits func(org.Node) bool) (org.Node, error) {
		if !p.Require(!which.IsZero(), field, "field.required", nil) {
			return org.Node{}, nil
		}
		n, err := org.Find(q, which)
		if errs.KindOf(err) == errs.Absent || err == nil && (!fits(n) || !n.IsOpen()) {
			p.Add(field, "field.choice", nil)
			return org.Node{}, nil
		}
		return n, err
	}
	if e.bank, err = find(c.Bank, "bank", func(n org.Node) bool { return n.Kind == org.Bank }); err != nil {
		return e, err
	}
	if e.county, err = find(c.Org, "org", func(n org.Node) bool { return n.Kind.IsDivision() && n.Kind != org.City }); err != nil || e.county.ID.IsZero() {
		return e, err
	}
	codes, err := org.Codes(q, e.county.ID)
	for _, x := range codes {
		if x.Scheme == "stat" && len(x.Code) >= 6 {
			c.Area = x.Code[:6]
		}
	}
	return e, err
}

// judge holds a loan against the rules in force: its version, the LPR of the day of signing, cap and term.
func (s *Service) judge(q sqldb.Q, c *Contract) error {
	r, err := rulesOf(q)
	if err != nil {
		return err
	}
	return r.judge(c)
}

func (r *rules) judge(c *Contract) error {
	c.Poor = slices.Contains(On(r.terms, c.Signed).Poor, c.Area)
	lpr, err := r.quotes.At(policy.LPR, c.Signed)
	if err != nil && errs.KindOf(err) != errs.Absent {
		return err
	}
	c.LPR, c.LPRDay = lpr.Rate, lpr.From
	c.Points = c.Rate - c.LPR
	key, terms, err := VersionOn(r.book, c.Area, c.From)
	if err != nil {
		return err
	}
	c.Version = key
	if terms == nil {
		return nil
	}
	var p errs.Problems
	if err := policy.CheckTerm(terms, c.Who(), c.From, c.To); errs.KeyOf(err) == "loanpolicy.term" {
		blame(&p, "to", err)
	}
	if _, capped := terms.Find("rate_points"); capped && lpr.Status != rulebook.Unverified && !lpr.From.IsZero() {
		if err := policy.CheckRate(terms, c.Who(), c.Rate, lpr.Rate); errs.KeyOf(err) == "loanpolicy.rate" {
			blame(&p, "rate", err)
		}
	}
	return p.Err()
}

func blame(p *errs.Problems, field string, err error) {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		p.Add(field, e.Key, e.Args)
	}
}

// VersionOn gives the key of the version under which a loan of a day falls, and its terms; no terms where its text is not filled in yet,
// and neither where no version is in force.
func VersionOn(book rulebook.Book, area string, on day.Day) (key string, terms *rulebook.Terms, err error) {
	terms, err = book.At(policy.Product, area, on)
	switch {
	case err == nil:
		return terms.Key(), terms, nil
	case errs.KindOf(err) == errs.Absent:
		return "", nil, nil
	case errs.KeyOf(err) == "rulebook.not_filled":
		e, _ := errors.AsType[*errs.Error](err)
		key, _ = e.Args["key"].(string)
		return key, nil, nil
	}
	return "", nil, err
}
