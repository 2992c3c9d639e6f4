package product

import (
	"context"
	"slices"
	"strings"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// What people do with products and banks. Products are read and written where their bank stands; whether a bank comes in or goes out is
// a matter of the whole city.
var (
	Read        = authz.Verb{Key: "loanproduct.read"}
	Edit        = authz.Verb{Key: "loanproduct.edit", Writes: "loan_product loan_product_share"}
	Publish     = authz.Verb{Key: "loanproduct.publish", Writes: "loan_product loan_product_line"}
	Confirm     = authz.Verb{Key: "loanproduct.confirm", Writes: "loan_product"} // that the source says so
	End         = authz.Verb{Key: "loanproduct.end", Writes: "loan_product"}
	ReviewBank  = authz.Verb{Key: "loanbank.review", Writes: "loan_bank_review loan_bank_finding"}
	SetCriteria = authz.Verb{Key: "loanbank.criteria", Writes: "loan_bank_criteria"}
)

// Verbs lists the verbs of this package.
var Verbs = []authz.Verb{Read, Edit, Publish, Confirm, End, ReviewBank, SetCriteria}

// Service is the use cases of products.
type Service struct {
	DB   *sqldb.DB
	Zone *time.Location
}

func (s *Service) today(q sqldb.Q) day.Day { return day.Of(q.Now(), s.Zone) }

// Shown is an edition with its bank, and whether that bank may offer it today.
type Shown struct {
	Product
	At    org.Node
	In    bool    // its bank has been let in and may offer today
	Today day.Day // by which both are said
}

// Offered tells whether it may be applied for today.
func (s *Shown) Offered() bool { return s.In && s.State == Published && s.Product.On(s.Today) }

// List gives the editions of banks within the viewer's scope, by bank and product, the newest edition first.
func (s *Service) List(ctx context.Context, by authz.Actor) (all []Shown, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var w sqldb.Where
		w.And("p.city = $1")
		org.Inside(&w, by.Scope(Read), "p.bank")
		products, err := sqldb.All(q, scan, `SELECT `+columns+` FROM loan_product p WHERE `+w.SQL()+` ORDER BY p.bank, p.code, p.from_day DESC, p.id`, w.Args()...)
		if err != nil {
			return err
		}
		if err := shared(q, products, `product IN (SELECT id FROM loan_product WHERE city = $1)`); err != nil {
			return err
		}
		all, err = s.shown(q, products)
		return err
	})
	return all, err
}

// shown gives editions their banks.
func (s *Service) shown(q sqldb.Q, products []Product) ([]Shown, error) {
	ids := make([]org.ID, len(products))
	for i, p := range products {
		ids[i] = p.Bank
	}
	named, err := org.Named(q, ids)
	if err != nil {
		return nil, err
	}
	reviews, err := reviewsOf(q, "")
	if err != nil {
		return nil, err
	}
	all := make([]Shown, len(products))
	for i, p := range products {
		all[i] = Shown{Product: p, At: named[p.Bank], Today: s.today(q)}
		_, all[i].In = Admitted(slices.DeleteFunc(slices.Clone(reviews), func(v Review) bool { return v.Bank != p.Bank }), all[i].Today)
	}
	return all, nil
}

// Look gives one edition to who may read products of its bank.
func (s *Service) Look(ctx context.Context, by authz.Actor, which ID) (got Shown, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		p, err := Find(q, which)
		if err != nil {
			return err
		}
		all, err := s.shown(q, []Product{p})
		if err != nil {
			return err
		}
		got = all[0]
		return by.Must(Read, got.At.Path)
	})
	return got, err
}

// Offers gives what may be applied for today in a division of a code, to everybody.
func (s *Service) Offers(ctx context.Context, city, area string) (all []Shown, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		products, err := On(q, s.today(q), area)
		if err != nil {
			return err
		}
		all, err = s.shown(q, products)
		return err
	})
	return all, err
}

// Banks gives the banks for which the viewer may write products.
func (s *Service) Banks(ctx context.Context, by authz.Actor, verb authz.Verb) (all []org.Node, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = org.Subtree(q, by.Scope(verb), org.Bank)
		return err
	})
	return all, err
}

// tidy brings what was said into the form in which it is kept: a source makes a number stated, no more.
func (g Given) tidy() (Given, rulebook.Status) {
	trim := func(all []string) (kept []string) {
		for _, x := range all {
			if x = strings.TrimSpace(x); x != "" {
				kept = append(kept, x)
			}
		}
		return kept
	}
	g.Papers, g.PapersEn = trim(g.Papers), trim(g.PapersEn)
	if g.Source == "" {
		return g, rulebook.Unverified
	}
	return g, rulebook.Stated
}

// Draw begins a draft of a bank's product.
func (s *Service) Draw(ctx context.Context, by authz.Actor, g Given) (made ID, err error) {
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		bank, err := org.Find(tx, g.Bank)
		if err != nil {
			return err
		}
		if err := by.Must(Edit, bank.Path); err != nil {
			return err
		}
		g, status := g.tidy()
		if err := g.check(); err != nil {
			return err
		}
		if bank.Kind != org.Bank || !bank.IsOpen() {
			return errs.New(errs.Invalid, "loanproduct.no_bank", nil)
		}
		p := Product{ID: id.New[Product](tx.Now()), Given: g, Status: status}
		made = p.ID
		if err := insert(tx, p); err != nil {
			return err
		}
		if err := tx.Record(Edit, made.String(), p.change()); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

func (p *Product) change() act.Change {
	return act.Change{
		"bank": p.Bank, "code": p.Code, "name": p.Name, "area": p.Area, "kinds": p.Kinds, "least": p.Least, "most": p.Most, "months_from": p.MonthsFrom, "months_to": p.MonthsTo,
		"points": p.Points, "methods": p.Methods, "basis": p.Basis, "settle": p.Settle, "guarantees": p.Guarantees, "shares": p.Shares, "from": p.From, "until": p.Until, "source": p.Source,
	}
}

// change is one act with an edition over what its reader saw.
func (s *Service) change(ctx context.Context, by authz.Actor, verb authz.Verb, which ID, seen int64, do func(tx *sqldb.Tx, p Product) (act.Change, error)) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		p, err := Find(tx, which)
		if err != nil {
			return err
		}
		bank, err := org.Find(tx, p.Bank)
		if err != nil {
			return err
		}
		if err := by.Must(verb, bank.Path); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE loan_product SET edited_at = $4 WHERE city = $1 AND id = $2 AND edited_at = $3`, which, seen, max(tx.Now().UnixMicro(), seen+1))
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		change, err := do(tx, p)
		if err != nil {
			return err
		}
		return tx.Record(verb, which.String(), change)
	}))
}

func drafted(p Product) error {
	if p.State != Draft {
		return errs.New(errs.Conflict, "loanproduct.published", nil)
	}
	return nil
}

// Rewrite replaces what a draft says. It stays its bank's.
func (s *Service) Rewrite(ctx context.Context, by authz.Actor, which ID, seen int64, g Given) error {
	return s.change(ctx, by, Edit, which, seen, func(tx *sqldb.Tx, p Product) (act.Change, error) {
		if err := drafted(p); err != nil {
			return nil, err
		}
		g, status := g.tidy()
		g.Bank = p.Bank
		if err := g.check(); err != nil {
			return nil, err
		}
		p.Given, p.Status = g, status
		return p.change(), update(tx, p)
	})
}

// Drop throws a draft away.
func (s *Service) Drop(ctx context.Context, by authz.Actor, which ID, seen int64) error {
	return s.change(ctx, by, Edit, which, seen, func(tx *sqldb.Tx, p Product) (act.Change, error) {
		if err := drafted(p); err != nil {
			return nil, err
		}
		if _, err := tx.Exec(`DELETE FROM loan_product_share WHERE city = $1 AND product = $2`, which); err != nil {
			return nil, err
		}
		_, err := tx.Exec(`DELETE FROM loan_product WHERE city = $1 AND id = $2`, which)
		return act.Change{"dropped": p.Code}, err
	})
}

// Publish puts an edition in force: its source is named, its bank has been let in, and no other edition of the product is in force on
// its days.
func (s *Service) Publish(ctx context.Context, by authz.Actor, which ID, seen int64) error {
	return s.change(ctx, by, Publish, which, seen, func(tx *sqldb.Tx, p Product) (act.Change, error) {
		if err := drafted(p); err != nil {
			return nil, err
		}
		if p.Source == "" {
			return nil, errs.New(errs.Invalid, "loanproduct.no_source", nil)
		}
		if err := turn(tx, p); err != nil {
			return nil, err
		}
		if err := free(tx, p); err != nil {
			return nil, err
		}
		reviews, err := reviewsOf(tx, p.Bank)
		if err != nil {
			return nil, err
		}
		if _, in := Admitted(reviews, max(p.From, s.today(tx))); !in {
			return nil, errs.New(errs.Conflict, "loanproduct.not_in", nil)
		}
		_, err = tx.Exec(`UPDATE loan_product SET state = 'published' WHERE city = $1 AND id = $2`, which)
		return act.Change{"from": p.From, "until": p.Until}, err
	})
}

// ConfirmSource says that an officer has seen the edition's source. What it says does not change.
func (s *Service) ConfirmSource(ctx context.Context, by authz.Actor, which ID, seen int64, source string) error {
	return s.change(ctx, by, Confirm, which, seen, func(tx *sqldb.Tx, p Product) (act.Change, error) {
		var wrong errs.Problems
		wrong.Require(source != "", "seen_in", "field.required", nil)
		wrong.Require(p.Status != rulebook.Confirmed, "seen_in", "loanproduct.confirmed_already", nil)
		if err := wrong.Err(); err != nil {
			return nil, err
		}
		_, err := tx.Exec(`UPDATE loan_product SET status = 'confirmed', source = $3 WHERE city = $1 AND id = $2`, which, source)
		return act.Change{"source": source}, err
	})
}

// End sets the last day of a published edition: today or later, and no later than it would have been. What was applied for stays under it.
func (s *Service) End(ctx context.Context, by authz.Actor, which ID, seen int64, until day.Day) error {
	return s.change(ctx, by, End, which, seen, func(tx *sqldb.Tx, p Product) (act.Change, error) {
		var wrong errs.Problems
		wrong.Require(p.State == Published, "until", "loanproduct.not_published", nil)
		wrong.Require(until >= max(p.From, s.today(tx)) && (p.Until.IsZero() || until <= p.Until), "until", "loanproduct.end", nil)
		if err := wrong.Err(); err != nil {
			return nil, err
		}
		_, err := tx.Exec(`UPDATE loan_product SET until_day = $3 WHERE city = $1 AND id = $2`, which, until)
		return act.Change{"until": until}, err
	})
}
