package startuploan

import (
	"context"
	"fmt"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/product"
	"zhidian/internal/service/startuploan/schedule"
)

// mostOpen is how many applications of one venture may be under way at once, drafts included.
const mostOpen = 3

// owned is the condition that an application is the actor's own: made with her account, or for the person who she is.
func owned(q sqldb.Q, by authz.Actor) (*sqldb.Where, error) {
	var w sqldb.Where
	w.And("a.city = $1")
	is := `a.account = ` + w.Arg(by.User)
	if by.Person != "" {
		rows, err := person.Same(q, person.ID(by.Person))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			is += ` OR EXISTS (SELECT 1 FROM loan_party p WHERE p.city = a.city AND p.application = a.id AND p.role = 'applicant' AND p.person = ` + w.Arg(r) + `)`
		}
	}
	return w.And("(" + is + ")"), nil
}

// Own finds an application of the actor's; every other is Absent.
func Own(q sqldb.Q, by authz.Actor, which ID) (Application, error) {
	if by.User == "" {
		return Application{}, errs.New(errs.Absent, "errs.absent", nil)
	}
	w, err := owned(q, by)
	if err != nil {
		return Application{}, err
	}
	w.And("a.id = ?", which)
	return sqldb.One(q, scan, `SELECT `+columns+` FROM loan_application a WHERE `+w.SQL(), w.Args()...)
}

// Mine gives the actor's own applications, the newest first.
func (s *Service) Mine(ctx context.Context, by authz.Actor) (all []Application, err error) {
	if by.User == "" {
		return nil, nil
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		w, err := owned(q, by)
		if err != nil {
			return err
		}
		all, err = sqldb.All(q, scan, `SELECT `+columns+` FROM loan_application a WHERE `+w.SQL()+` ORDER BY a.id DESC LIMIT 50`, w.Args()...)
		return err
	})
	return all, err
}

// Begin opens a draft for a venture of the actor's.
func (s *Service) Begin(ctx context.Context, by authz.Actor, of venture.ID, k policy.Kind) (ID, error) {
	return s.begin(ctx, by, k, Begin, func(tx *sqldb.Tx) (venture.Venture, org.Node, error) {
		v, err := venture.Own(tx, by, of)
		if err != nil {
			return v, org.Node{}, err
		}
		at, err := org.Find(tx, v.Org)
		return v, at, err
	})
}

// BeginFor opens a draft at the counter for the founder of a venture, who has come in person or sent her papers.
func (s *Service) BeginFor(ctx context.Context, by authz.Actor, of venture.ID, k policy.Kind) (ID, error) {
	return s.begin(ctx, by, k, Enter, func(tx *sqldb.Tx) (venture.Venture, org.Node, error) {
		v, err := venture.Find(tx, of)
		if err != nil {
			return v, org.Node{}, err
		}
		at, err := org.Find(tx, v.Org)
		if err != nil {
			return v, at, err
		}
		return v, at, by.Must(Enter, at.Path)
	})
}

func (s *Service) begin(ctx context.Context, by authz.Actor, k policy.Kind, verb authz.Verb, find func(*sqldb.Tx) (venture.Venture, org.Node, error)) (made ID, err error) {
	year := day.Of(s.DB.Now(), s.Zone).Year()
	n, err := s.Serials.Next(ctx, by.City, fmt.Sprintf("loan.%d", year), 1)
	if err != nil {
		return made, err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		v, at, err := find(tx)
		if err != nil {
			return err
		}
		if v.State == venture.Ended {
			return errs.New(errs.Conflict, "venture.ended_already", errs.Args{"name": v.Name})
		}
		var p errs.Problems
		p.Require(k == policy.Individual || k == policy.Partnership || k == policy.Firm, "kind", "field.choice", nil)
		if err := p.Err(); err != nil {
			return err
		}
		county, err := countyOf(tx, at)
		if err != nil {
			return err
		}
		a := Application{
			ID: id.New[Application](tx.Now()), Serial: fmt.Sprintf("青创-%d-%05d", year, n), Venture: v.ID, Org: at.ID, County: county.ID, MadeBy: by.User, MadeAt: tx.Now().UnixMicro(), State: Draft,
			Asks:     Asks{Kind: k},
			Business: Business{Name: v.Name, Entity: v.Entity, Credit: v.Credit, Industry: v.Industry, Address: v.Address, Began: v.Began, Staff: v.Staff},
		}
		if verb == Begin {
			a.Account = by.User
		}
		if err := insert(tx, a); err != nil {
			return err
		}
		var open int // counted with its own: of several at once some may pass, which hurts nobody
		if err := tx.Row(`SELECT COUNT(*) FROM loan_application WHERE city = $1 AND venture = $2 AND state IN ('draft', 'review', 'returned', 'appealed')`, v.ID).Scan(&open); err != nil {
			return err
		}
		if open > mostOpen {
			return errs.New(errs.Conflict, "loan.open_full", errs.Args{"max": mostOpen})
		}
		if err := s.enterLead(tx, by, a, v, verb); err != nil {
			return err
		}
		if err := write(tx, a.ID, verb, nil, "", "", ""); err != nil {
			return err
		}
		made = a.ID
		if err := tx.Record(verb, a.ID.String(), act.Change{"serial": a.Serial, "venture": v.ID, "kind": string(k)}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

// enterLead enters who applies where that is known: whoever is signed in and known, or the venture's lead.
func (s *Service) enterLead(tx *sqldb.Tx, by authz.Actor, a Application, v venture.Venture, verb authz.Verb) error {
	who := person.ID(by.Person)
	if verb == Enter {
		who = ""
		founders, err := venture.Founders(tx, v.ID)
		if err != nil {
			return err
		}
		for _, f := range founders {
			if f.Lead {
				who = f.Person
			}
		}
	}
	if who.IsZero() {
		return nil
	}
	self, err := person.Find(tx, who)
	if err != nil {
		return err
	}
	sex := self.Sex
	if sex != "1" && sex != "2" {
		sex = ""
	}
	return putParty(tx, a.ID, Party{No: 1, Role: Applicant, Name: self.Name, Person: self.ID, Born: self.Born, Sex: sex})
}

// countyOf gives the county in which an organisation lies; the city where it lies in none.
func countyOf(q sqldb.Q, at org.Node) (org.Node, error) {
	up, err := org.Ancestry(q, at.Path)
	if err != nil {
		return org.Node{}, err
	}
	if i := slices.IndexFunc(up, func(n org.Node) bool { return n.Kind == org.County }); i >= 0 {
		return up[i], nil
	}
	return org.Root(q)
}

// filling finds an application that the actor may fill in: her own, or one of the counter's at her place.
func filling(q sqldb.Q, by authz.Actor, which ID) (a Application, verb authz.Verb, err error) {
	if a, err = Own(q, by, which); err == nil {
		return a, Edit, nil
	}
	if errs.KindOf(err) != errs.Absent {
		return a, verb, err
	}
	if a, err = Find(q, which); err != nil {
		return a, verb, err
	}
	at, err := org.Find(q, a.Org)
	if err == nil {
		err = by.Must(Enter, at.Path)
	}
	if err == nil && a.Account != "" {
		err = errs.New(errs.Conflict, "loan.hers", nil)
	}
	return a, Enter, err
}

// alter changes a draft, or what was sent back, over the version that was read.
func (s *Service) alter(ctx context.Context, by authz.Actor, which ID, version int64, do func(tx *sqldb.Tx, a *Application) (act.Change, error)) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		a, verb, err := filling(tx, by, which)
		if err != nil {
			return err
		}
		if _, ok := Process.Allowed(a.State, Edit); !ok {
			return errs.New(errs.Conflict, "loan.not_draft", nil)
		}
		a.Edited = version
		change, err := do(tx, &a)
		if err != nil {
			return err
		}
		if err := put(tx, a); err != nil {
			return err
		}
		return tx.Record(verb, which.String(), change)
	}))
}

// SaveAsks keeps what is asked for. What is missing may be filled in later; what cannot be is refused at once.
func (s *Service) SaveAsks(ctx context.Context, by authz.Actor, which ID, version int64, g Asks) error {
	return s.alter(ctx, by, which, version, func(tx *sqldb.Tx, a *Application) (act.Change, error) {
		var p errs.Problems
		p.Require(g.Kind == policy.Individual || g.Kind == policy.Partnership || g.Kind == policy.Firm, "kind", "field.choice", nil)
		p.Require(g.Amount >= 0 && g.Amount <= mostOwed, "amount", "loan.amount_range", nil)
		p.Require(g.Months >= 0 && g.Months <= 600, "months", "field.range", errs.Args{"min": 1, "max": 600})
		p.Require(len([]rune(g.Purpose)) <= 500, "purpose", "field.long", errs.Args{"max": 500})
		p.Require(g.Method == "" || slices.Contains(schedule.Methods, schedule.Method(g.Method)), "method", "field.choice", nil)
		p.Require(g.Guarantee == "" || slices.Contains(Guarantees, g.Guarantee), "guarantee", "field.choice", nil)
		if g.Product != "" {
			all, err := s.Offers(tx, *a)
			if err != nil {
				return nil, err
			}
			i := slices.IndexFunc(all, func(o product.Product) bool { return o.ID.String() == g.Product })
			p.Require(i >= 0, "product", "loan.offer_gone", nil)
			if i >= 0 {
				g.Bank = all[i].Bank
			}
		}
		if !g.Bank.IsZero() {
			bank, err := org.Find(tx, g.Bank)
			if err != nil && errs.KindOf(err) != errs.Absent {
				return nil, err
			}
			p.Require(err == nil && bank.Kind == org.Bank && bank.IsOpen(), "bank", "field.choice", nil)
			p.Require(a.State == Draft || g.Bank == a.Bank, "bank", "loan.bank_fixed", nil)
		}
		a.Asks = g
		return act.Change{"asks": g}, p.Err()
	})
}

// Offers gives the banks' products from which an applicant may choose: those that are offered where she is today, and the edition that she
// has chosen already, which stays hers.
func (s *Service) Offers(q sqldb.Q, a Application) ([]product.Product, error) {
	area, err := areaOf(q, a.County)
	if err != nil {
		return nil, err
	}
	all, err := product.On(q, s.today(q), area)
	if err != nil || a.Product == "" || slices.ContainsFunc(all, func(o product.Product) bool { return o.ID.String() == a.Product }) {
		return all, err
	}
	own, err := product.Find(q, product.ID(a.Product))
	return append(all, own), err
}

// SaveBusiness keeps who does business.
func (s *Service) SaveBusiness(ctx context.Context, by authz.Actor, which ID, version int64, g Business) error {
	return s.alter(ctx, by, which, version, func(tx *sqldb.Tx, a *Application) (act.Change, error) {
		var p errs.Problems
		p.Require(len([]rune(g.Name)) <= 100, "name", "field.long", errs.Args{"max": 100})
		p.Require(len([]rune(g.Address)) <= 200, "address", "field.long", errs.Args{"max": 200})
		p.Require(fitsKind(a.Kind, g.Entity), "entity", "loan.entity_kind", nil)
		if g.Credit != "" {
			code, err := readCredit(g.Credit)
			if err != nil {
				p.Add("credit", errs.KeyOf(err), nil)
			}
			g.Credit = code
		}
		if code, err := venture.ParseIndustry(g.Industry); err != nil {
			p.Add("industry", errs.KeyOf(err), nil)
		} else {
			g.Industry = code
		}
		p.Require(g.Began <= s.today(tx), "began", "loan.began_later", nil)
		p.Require(g.Staff >= 0 && g.Staff <= 100_000, "staff", "field.range", errs.Args{"min": 0, "max": 100_000})
		p.Require(g.NewHires >= 0 && g.NewHires <= g.Staff, "new_hires", "loan.hires_most", errs.Args{"staff": g.Staff})
		p.Require(g.Earlier >= 0 && g.Earlier <= 50, "earlier", "field.range", errs.Args{"min": 0, "max": 50})
		a.Business = g
		return act.Change{"business": g}, p.Err()
	})
}

// SaveParty keeps who has to do with it; no 0 is a new one. A number once typed is kept sealed and never shown again.
func (s *Service) SaveParty(ctx context.Context, by authz.Actor, which ID, version, no int64, g Saying) error {
	return s.alter(ctx, by, which, version, func(tx *sqldb.Tx, a *Application) (act.Change, error) {
		all, err := Parties(tx, which)
		if err != nil {
			return nil, err
		}
		old := one(all, no)
		if old == nil && no != 0 {
			return nil, errs.New(errs.Absent, "errs.absent", nil)
		}
		num, p := g.check(old)
		p.Require(old != nil || len(all) < mostParties, "name", "loan.parties_full", errs.Args{"max": mostParties})
		next := Party{No: no, Role: g.Role, Of: g.Of, Name: g.Name, Sex: g.Sex, Marital: g.Marital, Group: g.Group, Employer: g.Employer, Debtless: g.Debtless, Agreed: g.Agreed}
		if old == nil {
			for _, o := range all {
				next.No = max(next.No, o.No)
			}
			next.No++
		} else {
			next.Person, next.Born, next.number = old.Person, old.Born, old.number
			next.Debtless = g.Debtless || old.Debtless
		}
		for _, o := range all {
			p.Require(o.No == next.No || o.Role != Applicant || g.Role != Applicant, "role", "loan.one_applicant", nil)
		}
		if g.Role == Spouse {
			of := one(all, g.Of)
			p.Require(of != nil && of.No != next.No && of.Role != Spouse, "of", "field.required", nil)
		} else {
			next.Of = 0
		}
		if err := p.Err(); err != nil {
			return nil, err
		}
		if num != "" {
			if next.number, err = s.Keys.Seal(numberPlace(tx.City(), which, next.No), []byte(num)); err != nil {
				return nil, err
			}
			next.Person, next.Born = "", num.Born()
		}
		return act.Change{"party": next.No, "role": string(next.Role)}, putParty(tx, which, next)
	})
}

// DropParty takes somebody out, with what she owes and who was entered as her spouse.
func (s *Service) DropParty(ctx context.Context, by authz.Actor, which ID, version, no int64) error {
	return s.alter(ctx, by, which, version, func(tx *sqldb.Tx, _ *Application) (act.Change, error) {
		if _, err := tx.Exec(`DELETE FROM loan_debt WHERE city = $1 AND application = $2 AND party IN (SELECT no FROM loan_party WHERE city = $1 AND application = $2 AND (no = $3 OR of_no = $3))`, which, no); err != nil {
			return nil, err
		}
		n, err := tx.Exec(`DELETE FROM loan_party WHERE city = $1 AND application = $2 AND (no = $3 OR of_no = $3)`, which, no)
		if err == nil && n == 0 {
			err = errs.New(errs.Absent, "errs.absent", nil)
		}
		return act.Change{"dropped": no}, err
	})
}

// Rekey is putting numbers of drafts under another key.
var Rekey = authz.Verb{Key: "loan.rekey", Writes: "loan_party"}

// NewKeys puts the next number of a draft behind one under the current sealing key, and gives where it was; "" when there was none.
// The caller records, and sees that nobody else works meanwhile.
func NewKeys(tx *sqldb.Tx, reseal func(seal.Place, []byte) ([]byte, bool, error), after string) (string, error) {
	type row struct {
		of     ID
		no     int64
		number []byte
	}
	r, err := sqldb.One(tx, func(s sqldb.Scan) (row, error) { var r row; return r, s(&r.of, &r.no, &r.number) },
		`SELECT application, no, number FROM loan_party WHERE city = $1 AND number IS NOT NULL AND application || '/' || CAST(no AS TEXT) > $2 ORDER BY application || '/' || CAST(no AS TEXT) LIMIT 1`, after)
	if errs.KindOf(err) == errs.Absent && err != nil {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	again, changed, err := reseal(numberPlace(tx.City(), r.of, r.no), r.number)
	if err == nil && changed {
		_, err = tx.Exec(`UPDATE loan_party SET number = $4 WHERE city = $1 AND application = $2 AND no = $3`, r.of, r.no, again)
	}
	return r.of.String() + "/" + itoa(r.no), err
}
