package startuploan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/product"
)

// consentMonths is how long the consent lasts that goes with an application: its review and its appeal.
const consentMonths = 12

// readCredit checks a credit code and gives it in its one form.
func readCredit(text string) (string, error) {
	code, err := cn.ParseCreditCode(text)
	return string(code), err
}

// gather reads all that the rules look at.
func (s *Service) gather(q sqldb.Q, a Application) (c *Case, quotes rulebook.Quotes, err error) {
	c = &Case{Application: a, Today: s.today(q), Names: map[int64]string{}}
	c.Day = c.Today
	if a.SubmittedAt > 0 {
		c.Day = dayOf(a.SubmittedAt, s)
	}
	if c.Parties, err = Parties(q, a.ID); err != nil {
		return nil, nil, err
	}
	if c.Debts, err = Debts(q, a.ID); err != nil {
		return nil, nil, err
	}
	papers, err := Papers(q, a.ID)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range papers {
		c.Papers = append(c.Papers, p.Kind)
	}
	var way Way
	if a.State == Draft {
		way, err = WayOn(q, a.County, a.Product, c.Today)
	} else {
		way, err = wayOf(q, a.Way)
	}
	if err != nil {
		return nil, nil, err
	}
	c.Needed = way.papers(a.Kind)
	if a.Product != "" {
		offer, err := product.Find(q, product.ID(a.Product))
		if err != nil {
			return nil, nil, err
		}
		c.Offer = &offer
	}
	if c.Terms, c.NoTerms, quotes, err = s.terms(q, a, c.Day); err != nil {
		return nil, nil, err
	}
	if err := s.ask(q, a, c); err != nil {
		return nil, nil, err
	}
	c.Consent, err = s.consents(q, a)
	return c, quotes, err
}

func dayOf(micro int64, s *Service) day.Day { return day.Of(timeOf(micro), s.Zone) }

// areaOf gives the code of the division under whose rules a county's applications stand.
func areaOf(q sqldb.Q, county org.ID) (string, error) {
	codes, err := org.Codes(q, county)
	area := policy.Province
	for _, c := range codes {
		if c.Scheme == "stat" {
			area = c.Code
		}
	}
	return area, err
}

// terms gives the rules under which an application of a day stands, or why there are none.
func (s *Service) terms(q sqldb.Q, a Application, on day.Day) (t *rulebook.Terms, none error, quotes rulebook.Quotes, err error) {
	book, quotes, err := rulebook.InForce(q)
	if err != nil {
		return nil, nil, nil, err
	}
	area, err := areaOf(q, a.County)
	if err != nil {
		return nil, nil, nil, err
	}
	t, none = book.At(policy.Product, area, on)
	if none != nil && errs.KindOf(none) != errs.Absent && errs.KindOf(none) != errs.Invalid {
		return nil, nil, nil, none
	}
	return t, none, quotes, nil
}

// ask asks the book of contracts and other applications about the people of one.
func (s *Service) ask(q sqldb.Q, a Application, c *Case) error {
	var who []person.ID
	same := map[person.ID]person.ID{} // all rows that are somebody, by the row that the application names
	for _, p := range c.Parties {
		if p.Person.IsZero() {
			continue
		}
		rows, err := person.Same(q, p.Person)
		if err != nil && errs.KindOf(err) != errs.Absent {
			return err
		}
		for _, r := range rows {
			same[r] = p.Person
		}
		if p.Role != Surety {
			who = append(who, rows...)
			continue
		}
		for _, r := range rows {
			all, err := sqldb.All(q, func(s sqldb.Scan) (string, error) { var x string; return x, s(&x) }, `SELECT a.serial FROM loan_party p JOIN loan_application a ON a.city = p.city AND a.id = p.application
				WHERE p.city = $1 AND p.person = $2 AND p.role = 'guarantor' AND a.id <> $3 AND a.state IN ('review', 'returned', 'approved', 'appealed') ORDER BY a.id LIMIT 1`, r, a.ID)
			if err != nil {
				return err
			}
			for _, serial := range all {
				c.Sureties = append(c.Sureties, SuretyElsewhere{Party: p.No, Serial: serial})
			}
		}
		named, err := person.Find(q, p.Person)
		if err == nil && named.Name != p.Name {
			c.Names[p.No] = named.Name
		}
	}
	for _, p := range c.Parties { // borrowers and spouses whose name in the register is another
		if p.Person.IsZero() || p.Role == Surety {
			continue
		}
		named, err := person.Find(q, p.Person)
		if err != nil && errs.KindOf(err) != errs.Absent {
			return err
		}
		if err == nil && named.Name != p.Name {
			c.Names[p.No] = named.Name
		}
	}
	if s.Past == nil || len(who) == 0 {
		return nil
	}
	past, err := s.Past(q, who)
	for i, o := range past.Open {
		if named, ok := same[o.Person]; ok {
			past.Open[i].Person = named
		}
	}
	c.Past = past
	return err
}

// consents tells whether the applicant's bank may be shown the dossier now.
func (s *Service) consents(q sqldb.Q, a Application) (bool, error) {
	if a.Bank.IsZero() {
		return false, nil
	}
	var w sqldb.Where
	w.And("a.city = $1").And("a.id = ?", a.ID)
	w.And(venture.Shown(&w, "a.venture", "a.bank", venture.Loan, s.today(q)))
	var n int
	err := q.Row(`SELECT COUNT(*) FROM loan_application a WHERE `+w.SQL(), w.Args()...).Scan(&n)
	return n > 0, err
}

// Preview says what the rules make of an application that the actor may fill in.
func (s *Service) Preview(ctx context.Context, by authz.Actor, which ID) (c *Case, all []Finding, err error) {
	return s.Try(ctx, by, which, func(*Application) {})
}

// Filling gives an application to whoever may fill it in, as it stands.
func (s *Service) Filling(ctx context.Context, by authz.Actor, which ID) (a Application, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		a, _, err = filling(q, by, which)
		return err
	})
	return a, err
}

// Try says what the rules would make of it, were it changed so. Nothing of that is kept: it tells while somebody types.
func (s *Service) Try(ctx context.Context, by authz.Actor, which ID, change func(*Application)) (c *Case, all []Finding, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		a, _, err := filling(q, by, which)
		if err != nil {
			return err
		}
		change(&a)
		if c, _, err = s.gather(q, a); err != nil {
			return err
		}
		c.Names = nil // whose number it is in the register is not the applicant's to learn
		all = c.Check()
		return nil
	})
	return c, all, err
}

// fingerprint is what desks decide upon, as a hash: when it changes, what was decided upon it is decided anew.
func (c *Case) fingerprint() string {
	type who struct {
		No, Of                       int64
		Role                         Role
		Person, Name, Marital, Group string
		Debtless                     bool
	}
	type owed struct {
		Party, Amount int64
		Kind          string
	}
	var people []who
	for _, p := range c.Parties {
		people = append(people, who{p.No, p.Of, p.Role, p.Person.String(), p.Name, p.Marital, p.Group, p.Debtless})
	}
	var debts []owed
	for _, d := range c.Debts {
		debts = append(debts, owed{d.Party, int64(d.Amount), d.Kind})
	}
	text, err := json.Marshal([]any{c.Asks, c.Business, people, debts})
	if err != nil {
		panic(err) // cannot be: plain values
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12])
}

// Submit hands a draft in: it is complete, keeps to what the rules say for certain, and its applicant has agreed to the promise and
// that her bank sees the dossier.
func (s *Service) Submit(ctx context.Context, by authz.Actor, which ID, version int64, agreed bool) error {
	return s.handIn(ctx, by, which, version, agreed, Draft, Submit, func(tx *sqldb.Tx, a *Application, c *Case, _ *day.Calendar) error {
		a.SubmittedAt = tx.Now().UnixMicro()
		way, err := WayOn(tx, a.County, a.Product, c.Today)
		if err != nil {
			return err
		}
		a.Way = way.ID
		if c.Terms != nil {
			a.Version = c.Terms.Key()
		}
		return s.seat(tx, *a, way)
	})
}

// Answer hands in anew what was sent back. Desks that decided upon what has changed since decide anew; the clocks of the others go on
// where they stood.
func (s *Service) Answer(ctx context.Context, by authz.Actor, which ID, version int64, agreed bool) error {
	return s.handIn(ctx, by, which, version, agreed, Returned, Reply, func(tx *sqldb.Tx, a *Application, c *Case, cal *day.Calendar) error {
		all, err := sittings(tx, a.ID)
		if err != nil {
			return err
		}
		now := c.fingerprint()
		for _, d := range all {
			before := d.State
			switch {
			case d.No == a.ReturnedBy && d.State == SentBack:
				d.State, d.Due = AtWork, 0
				d.Due, _ = cal.AddWorkdays(c.Today, int(d.Days))
			case d.State == Passed && d.facts != now && d.Desk != Cosigning && d.Desk != Survey:
				d.State = Waiting
			case d.State == AtWork || d.State == ToSecond:
				if d.State == ToSecond && d.facts != now {
					d.State = AtWork
				}
				d.Due = resumed(d.Due, a.PausedOn, c.Today, cal)
			default:
				continue
			}
			if err := putSitting(tx, a.ID, d, before); err != nil {
				return err
			}
		}
		a.ReturnedBy, a.ReplyDue, a.PausedOn = 0, 0, 0
		return nil
	})
}

// resumed is a due day after clocks stood still: as many working days later as they did.
func resumed(due, paused, today day.Day, cal *day.Calendar) day.Day {
	if paused.IsZero() || due.IsZero() {
		return due
	}
	n, _ := cal.WorkdaysBetween(paused, today)
	later, _ := cal.AddWorkdays(due, max(n, 0))
	return later
}

func (s *Service) handIn(ctx context.Context, by authz.Actor, which ID, version int64, agreed bool, from State, verb authz.Verb, do func(tx *sqldb.Tx, a *Application, c *Case, cal *day.Calendar) error) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		a, as, err := filling(tx, by, which)
		if err != nil {
			return err
		}
		move, ok := Process.Allowed(a.State, verb)
		if !ok || a.State != from {
			return errs.New(errs.Conflict, "loan.not_draft", nil)
		}
		a.Edited = version
		var p errs.Problems
		p.Require(agreed, "agreed", "loan.promise_needed", nil)
		if err := p.Err(); err != nil {
			return err
		}
		if err := s.identify(tx, a); err != nil {
			return err
		}
		if err := s.agree(tx, a); err != nil {
			return err
		}
		a.Promised = PromiseVersion
		cal, err := casework.Calendar(tx)
		if err != nil {
			return err
		}
		c, _, err := s.gather(tx, a)
		if err != nil {
			return err
		}
		if as == Enter && !slices.Contains(c.Papers, "promise") { // at the counter the promise is signed on paper
			return problems([]Finding{{Rule: "paper", Weight: Missing, Args: errs.Args{"kind": "promise"}}}, Missing)
		}
		if err := problems(c.Check(), Stops, Missing); err != nil {
			return err
		}
		if err := do(tx, &a, c, cal); err != nil {
			return err
		}
		a.State, c.Application = move.To, a
		if err := s.advance(tx, &a, cal); err != nil {
			return err
		}
		if err := put(tx, a); err != nil {
			return err
		}
		if err := write(tx, a.ID, verb, nil, "", "", ""); err != nil {
			return err
		}
		return tx.Record(verb, which.String(), act.Change{"amount": int64(a.Amount), "months": a.Months, "bank": a.Bank, "version": a.Version, "promise": a.Promised})
	}))
}

// identify makes persons of those whose numbers were typed: whom the register knows by the number, or somebody new. The sealed number
// goes from the draft with that.
func (s *Service) identify(tx *sqldb.Tx, a Application) error {
	all, err := Parties(tx, a.ID)
	if err != nil {
		return err
	}
	for _, p := range all {
		if len(p.number) == 0 {
			continue
		}
		plain, err := s.Keys.Open(numberPlace(tx.City(), a.ID, p.No), p.number)
		if err != nil {
			return err
		}
		num := string(plain)
		held, err := person.HeldBy(tx, s.Keys, person.ResidentID, []string{num})
		if err != nil {
			return err
		}
		if row, ok := held[num]; ok {
			p.Person = row
		} else {
			made, err := person.Add(tx, s.Keys, []person.New{{Home: a.Org, Name: p.Name, Sex: p.Sex, Born: p.Born, Papers: []person.Paper{{Kind: person.ResidentID, Number: num}}}})
			if err != nil {
				return err
			}
			p.Person = made[0]
		}
		p.number = nil
		if err := putParty(tx, a.ID, p); err != nil {
			return err
		}
	}
	return nil
}

// agree lets the applicant's bank see the dossier, where no consent stands yet.
func (s *Service) agree(tx *sqldb.Tx, a Application) error {
	stands, err := s.consents(tx, a)
	if err != nil || stands || a.Bank.IsZero() {
		return err
	}
	return venture.Give(tx, a.Venture, a.Bank, venture.Loan, s.today(tx).AddMonths(consentMonths))
}
