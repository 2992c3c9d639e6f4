package rulebook

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// What people do with rules. They hold for the whole city, so that only who holds a verb at its top may change them.
var (
	Read    = authz.Verb{Key: "rules.read"}
	TakeIn  = authz.Verb{Key: "rules.take_in", Writes: "rule_version rule_field rule_quote rule_line"}
	Edit    = authz.Verb{Key: "rules.edit", Writes: "rule_version rule_field"}
	Confirm = authz.Verb{Key: "rules.confirm", Writes: "rule_version rule_field rule_quote"} // that the source says so
	Publish = authz.Verb{Key: "rules.publish", Writes: "rule_version rule_line"}
	End     = authz.Verb{Key: "rules.end", Writes: "rule_version"}
	SetRate = authz.Verb{Key: "rules.rate", Writes: "rule_quote rule_line"}

	FourEyes = authz.Verb{Key: "rules.four_eyes", Writes: "rule_setting"} // whether publication needs two
)

// Verbs lists the verbs of this package.
var Verbs = []authz.Verb{Read, TakeIn, Edit, Confirm, Publish, End, SetRate, FourEyes}

// State is how far a version has come.
type State string

// A draft is nobody's rule yet. An awaited version is in force and its text is not known: until it is published the answer is "not filled".
const (
	Draft     State = "draft"
	Awaited   State = "awaited"
	Published State = "published"
)

// ID names a version.
type ID = id.Of[Kept]

// Case is one by which conditions are tried: what is known of it, and whether it should be eligible.
type Case struct {
	Name     string          `json:"name"`
	Facts    condition.Facts `json:"facts"`
	Eligible bool            `json:"eligible"`
}

// Kept is a version in the city's book.
type Kept struct {
	ID ID
	Version
	State    State
	EditedAt int64  // microseconds UTC
	EditedBy string // who wrote it last
	MadeBy   string
	MadeAt   int64
}

// Product is what rules may be written for: the service that asks says which facts it knows, and which cases it has decided.
type Product struct {
	Key   string
	Facts map[string]condition.Kind
	Past  func(q sqldb.Q, most int) ([]Case, error) // the latest decided cases with what was decided; nil where there are none
}

// Service is the use cases of rules.
type Service struct {
	DB       *sqldb.DB
	Products []Product
	Zone     *time.Location // by whose days settings hold; UTC where none is named
}

// product gives a product by its key.
func (s *Service) product(key string) (Product, bool) {
	i := slices.IndexFunc(s.Products, func(p Product) bool { return p.Key == key })
	if i < 0 {
		return Product{}, false
	}
	return s.Products[i], true
}

// act is one act with rules by who may do it for the whole city.
func (s *Service) act(ctx context.Context, by authz.Actor, verb authz.Verb, do func(tx *sqldb.Tx) (subject string, change act.Change, err error)) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := by.MustEverywhere(verb); err != nil {
			return err
		}
		subject, change, err := do(tx)
		if err != nil {
			return err
		}
		return tx.Record(verb, subject, change)
	})
	return sqldb.Done(err)
}

// change is one act with a version over what its reader saw.
func (s *Service) change(ctx context.Context, by authz.Actor, verb authz.Verb, which ID, seen int64, do func(tx *sqldb.Tx, v Kept) (act.Change, error)) error {
	return s.act(ctx, by, verb, func(tx *sqldb.Tx) (string, act.Change, error) {
		n, err := tx.Exec(`UPDATE rule_version SET edited_at = $4 WHERE city = $1 AND id = $2 AND edited_at = $3`, which, seen, max(tx.Now().UnixMicro(), seen+1))
		if err != nil {
			return "", nil, err
		}
		v, err := find(tx, which)
		if err != nil {
			return "", nil, err
		}
		if n == 0 {
			return "", nil, errs.New(errs.Conflict, "errs.stale", nil)
		}
		change, err := do(tx, v)
		return which.String(), change, err
	})
}

// New is what a version begins with.
type New struct {
	Product, Key, Area, Title, Source string
	From, Until                       day.Day
}

func (n New) version() Version {
	return Version{Key: n.Key, Product: n.Product, Area: n.Area, Title: n.Title, From: n.From, Until: n.Until, Source: n.Source}
}

// Draw begins a draft.
func (s *Service) Draw(ctx context.Context, by authz.Actor, n New) (made ID, err error) {
	if _, known := s.product(n.Product); !known {
		return "", errs.New(errs.Invalid, "rulebook.product", nil)
	}
	if err := (Book{n.version()}).Check(); err != nil {
		return "", err
	}
	err = s.act(ctx, by, Edit, func(tx *sqldb.Tx) (string, act.Change, error) {
		k := Kept{ID: id.New[Kept](tx.Now()), Version: n.version(), State: Draft}
		made = k.ID
		fresh, err := insert(tx, k)
		if err == nil && !fresh {
			err = errs.New(errs.Conflict, "rulebook.key_twice", errs.Args{"key": n.Key})
		}
		return made.String(), act.Change{"product": n.Product, "key": n.Key, "area": n.Area, "from": n.From}, err
	})
	return made, err
}

// Text is what an officer writes into a draft.
type Text struct {
	Title, Source string
	From, Until   day.Day
	Fields        []Field
	Conditions    []Condition
	Cases         []Case
}

// Rewrite replaces what a draft says. A number stays confirmed only as it was confirmed.
func (s *Service) Rewrite(ctx context.Context, by authz.Actor, which ID, seen int64, t Text) error {
	return s.change(ctx, by, Edit, which, seen, func(tx *sqldb.Tx, v Kept) (act.Change, error) {
		if v.State == Published {
			return nil, errs.New(errs.Conflict, "rulebook.published", nil)
		}
		for i, f := range t.Fields {
			same := func(o Field) bool {
				return o.Name == f.Name && o.From == f.From && o.Value == f.Value && o.Source == f.Source && o.Status == Confirmed
			}
			switch {
			case slices.ContainsFunc(v.Fields, same):
				t.Fields[i].Status = Confirmed
			case f.Status == Confirmed:
				t.Fields[i].Status = Stated
			}
		}
		v.Title, v.Source, v.Until, v.Fields = t.Title, t.Source, t.Until, t.Fields
		old := v.Conditions
		v.Conditions, v.Cases = slices.Clone(t.Conditions), t.Cases
		if v.State == Draft { // an awaited version is in force from its day on
			v.From = t.From
		}
		if err := (Book{v.Version}).Check(); err != nil {
			return nil, err
		}
		for i, c := range t.Conditions {
			kept := slices.ContainsFunc(old, func(o Condition) bool { return o.Rule == c.Rule && o.Source == c.Source && o.Status == Confirmed })
			switch {
			case kept:
				v.Conditions[i].Status = Confirmed
			case c.Status == Confirmed:
				v.Conditions[i].Status = Stated
			}
		}
		if _, err := s.tried(tx, v); err != nil {
			return nil, err
		}
		return act.Change{"fields": len(v.Fields), "conditions": len(v.Conditions), "cases": len(v.Cases), "from": v.From, "until": v.Until}, update(tx, v)
	})
}

// Publish puts a version in force: its conditions say of every case what they should, no other of its line is in force on its days, and
// where the city asks for four eyes it is published by another than wrote it. The log keeps how it decides what was decided before.
func (s *Service) Publish(ctx context.Context, by authz.Actor, which ID, seen int64) error {
	return s.change(ctx, by, Publish, which, seen, func(tx *sqldb.Tx, v Kept) (act.Change, error) {
		if v.State == Published {
			return nil, errs.New(errs.Conflict, "rulebook.published", nil)
		}
		eyes, err := s.fourEyes(tx)
		if err != nil {
			return nil, err
		}
		if eyes && (v.EditedBy == by.User || v.EditedBy == "" && v.MadeBy == by.User) {
			return nil, errs.New(errs.Conflict, "rulebook.four_eyes", nil)
		}
		results, err := s.tried(tx, v)
		if err != nil {
			return nil, err
		}
		if err := passed(v, results); err != nil {
			return nil, err
		}
		if err := turn(tx, v.Product+"/"+v.Area); err != nil {
			return nil, err
		}
		state := Published
		if len(v.Fields) == 0 {
			state = Awaited
		}
		if v.State == Awaited && state == Awaited {
			return nil, errs.New(errs.Conflict, "rulebook.not_filled", errs.Args{"key": v.Key, "title": v.Title})
		}
		if err := free(tx, v); err != nil {
			return nil, err
		}
		past, err := s.past(tx, v)
		if err != nil {
			return nil, err
		}
		_, err = tx.Exec(`UPDATE rule_version SET state = $3 WHERE city = $1 AND id = $2`, which, string(state))
		return act.Change{"state": state, "past": past.Total, "past_same": past.Same}, err
	})
}

// End says on which day a version in force is so for the last time.
func (s *Service) End(ctx context.Context, by authz.Actor, which ID, seen int64, until day.Day) error {
	return s.change(ctx, by, End, which, seen, func(tx *sqldb.Tx, v Kept) (act.Change, error) {
		var p errs.Problems
		p.Require(v.State != Draft, "until", "rulebook.not_in_force", nil)
		p.Require(until >= v.From && (v.Until.IsZero() || until <= v.Until), "until", "rulebook.until", nil)
		if err := p.Err(); err != nil {
			return nil, err
		}
		_, err := tx.Exec(`UPDATE rule_version SET until_day = $3 WHERE city = $1 AND id = $2`, which, until)
		return act.Change{"until": until}, err
	})
}

// ConfirmField says that an officer has seen a number in its source. The number itself does not change.
func (s *Service) ConfirmField(ctx context.Context, by authz.Actor, which ID, seen int64, name string, from day.Day, source string) error {
	return s.change(ctx, by, Confirm, which, seen, func(tx *sqldb.Tx, v Kept) (act.Change, error) {
		if source == "" {
			return nil, errs.New(errs.Invalid, "rulebook.no_source", errs.Args{"key": v.Key, "field": name})
		}
		n, err := tx.Exec(`UPDATE rule_field SET status = 'confirmed', source = $5 WHERE city = $1 AND version = $2 AND name = $3 AND from_day = $4 AND status <> 'confirmed'`,
			which, name, from, source)
		if err == nil && n == 0 {
			err = errs.New(errs.Conflict, "errs.stale", nil)
		}
		return act.Change{"field": name, "from": from, "source": source}, err
	})
}

// UnmarshalJSON reads a case: whole numbers, yes or no, words.
func (c *Case) UnmarshalJSON(text []byte) error {
	var raw struct {
		Name     string                     `json:"name"`
		Facts    map[string]json.RawMessage `json:"facts"`
		Eligible bool                       `json:"eligible"`
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	*c = Case{raw.Name, condition.Facts{}, raw.Eligible}
	for name, v := range raw.Facts {
		var n int
		var b bool
		var s string
		switch {
		case json.Unmarshal(v, &n) == nil:
			c.Facts[name] = n
		case json.Unmarshal(v, &b) == nil:
			c.Facts[name] = b
		case json.Unmarshal(v, &s) == nil:
			c.Facts[name] = s
		}
	}
	return nil
}

// ConfirmCondition says that an officer has seen a condition in its source. The condition itself does not change.
func (s *Service) ConfirmCondition(ctx context.Context, by authz.Actor, which ID, seen int64, key, source string) error {
	return s.change(ctx, by, Confirm, which, seen, func(tx *sqldb.Tx, v Kept) (act.Change, error) {
		if source == "" {
			return nil, errs.New(errs.Invalid, "rulebook.no_source", errs.Args{"key": v.Key, "field": key})
		}
		at := slices.IndexFunc(v.Conditions, func(c Condition) bool { return c.Key == key && c.Status != Confirmed })
		if at < 0 {
			return nil, errs.New(errs.Conflict, "errs.stale", nil)
		}
		v.Conditions[at].Status, v.Conditions[at].Source = Confirmed, source
		conditions, _, err := v.texts()
		if err != nil {
			return nil, err
		}
		_, err = tx.Exec(`UPDATE rule_version SET conditions = $3 WHERE city = $1 AND id = $2`, which, conditions)
		return act.Change{"condition": key, "source": source}, err
	})
}
