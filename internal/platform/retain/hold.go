package retain

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// What people do with retention.
var (
	Read     = authz.Verb{Key: "retention.read"}
	SetHold  = authz.Verb{Key: "retention.hold", Writes: "legal_hold"}
	LiftHold = authz.Verb{Key: "retention.lift", Writes: "legal_hold"}
)

// Verbs lists the verbs of this package.
var Verbs = []authz.Verb{Read, SetHold, LiftHold}

// Kind is a kind of thing that a hold may name.
type Kind struct {
	Key string // such as "person"; its name on pages is the message retention.kind.KEY
	// Find gives the thing that a text names, by its id or its number; Absent where there is none.
	Find func(q sqldb.Q, text string) (Subject, error)
}

// Subject is a thing that is held.
type Subject struct {
	ID   string
	Name string // what it is called, where that is open to all; empty where it is not
}

// Hold says that something must not be destroyed (法定留存), and why.
type Hold struct {
	ID           id.Of[Hold]
	Kind         string
	Subject      string // the id of what is held
	Reason       string
	MadeBy       string
	MadeAt       time.Time
	LiftedReason string
	LiftedBy     string
	LiftedAt     time.Time // zero while it is in force
}

// InForce tells whether the hold keeps anything.
func (h Hold) InForce() bool { return h.LiftedAt.IsZero() }

// Held is a hold with what its subject is called, see Subject.
type Held struct {
	Hold
	Name string
}

// Service is the use cases of retention.
type Service struct {
	DB    *sqldb.DB
	Zone  *time.Location // of the city; UTC when nil
	Rules []Rule         // those whose rows others refer to come last
	Kinds []Kind
	Most  int64 // rows of a kind that one run ends; half a million when zero
}

func (s *Service) kind(key string) *Kind {
	for i := range s.Kinds {
		if s.Kinds[i].Key == key {
			return &s.Kinds[i]
		}
	}
	return nil
}

// leastReason is how many characters a reason has at least: it names the letter that asks for the hold.
const leastReason = 4

func checkReason(reason string, p *errs.Problems) string {
	reason = strings.TrimSpace(reason)
	if p.Require(utf8.RuneCountInString(reason) >= leastReason, "reason", "retention.reason_short", errs.Args{"n": leastReason}) {
		p.Require(utf8.RuneCountInString(reason) <= 500, "reason", "field.long", errs.Args{"max": 500})
	}
	return reason
}

const holdColumns = `h.id, h.kind, h.subject, h.reason, h.made_by, h.made_at, h.lifted_reason, h.lifted_by, h.lifted_at`

func scanHold(s sqldb.Scan) (Hold, error) {
	var h Hold
	var made, lifted int64
	err := s(&h.ID, &h.Kind, &h.Subject, &h.Reason, &h.MadeBy, &made, &h.LiftedReason, &h.LiftedBy, &lifted)
	h.MadeAt = time.UnixMicro(made).UTC()
	if lifted > 0 {
		h.LiftedAt = time.UnixMicro(lifted).UTC()
	}
	return h, err
}

// Hold keeps something, and what hangs directly on it, from being destroyed. text names it by id, by number or by the
// address of its page. The guard against a destruction under way is the row that both take first: a thing that was
// destroyed just before is Absent here, and one that is held is seen by whoever comes to destroy it.
func (s *Service) Hold(ctx context.Context, by authz.Actor, kind, text, reason string) (id.Of[Hold], error) {
	var made id.Of[Hold]
	if err := by.MustEverywhere(SetHold); err != nil {
		return made, err
	}
	var p errs.Problems
	reason = checkReason(reason, &p)
	k := s.kind(kind)
	p.Require(k != nil, "kind", "field.choice", nil)
	text = lastWord(text)
	p.Require(text != "", "subject", "field.required", nil)
	if err := p.Err(); err != nil {
		return made, err
	}
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := guard(tx); err != nil {
			return err
		}
		of, err := k.Find(tx, text)
		if err != nil {
			if errs.KindOf(err) == errs.Absent {
				var p errs.Problems
				p.Add("subject", "retention.subject_absent", nil)
				err = p.Err()
			}
			return err
		}
		made = id.New[Hold](tx.Now())
		n, err := tx.Exec(`INSERT INTO legal_hold (city, id, kind, subject, reason, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (city, subject) WHERE lifted_at = 0 DO NOTHING`, made, kind, of.ID, reason, by.User, tx.Now().UnixMicro())
		if err != nil {
			return err
		}
		if n == 0 {
			var p errs.Problems
			p.Add("subject", "retention.held_already", nil)
			return p.Err()
		}
		if err := tx.Record(SetHold, made.String(), act.Change{"kind": kind, "held": of.ID, "reason": reason}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

// lastWord is the id or number in a text, which may be the address of a page.
func lastWord(text string) string {
	text = strings.TrimSpace(text)
	text, _, _ = strings.Cut(text, "?")
	text, _, _ = strings.Cut(text, "#")
	text = strings.TrimRight(text, "/")
	return text[strings.LastIndex(text, "/")+1:]
}

// FindHold gives one hold.
func (s *Service) FindHold(ctx context.Context, by authz.Actor, which id.Of[Hold]) (h Held, err error) {
	if err := by.MustEverywhere(Read); err != nil {
		return h, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		h.Hold, err = sqldb.One(q, scanHold, `SELECT `+holdColumns+` FROM legal_hold h WHERE h.city = $1 AND h.id = $2`, which)
		if err == nil {
			h.Name = s.name(q, h.Hold)
		}
		return err
	})
	return h, err
}

// Lift ends a hold: what it kept is destroyed when its time is over, or was. The acts are about the hold and not about
// what it keeps, whose time would otherwise begin anew.
func (s *Service) Lift(ctx context.Context, by authz.Actor, which id.Of[Hold], reason string) error {
	if err := by.MustEverywhere(LiftHold); err != nil {
		return err
	}
	var p errs.Problems
	reason = checkReason(reason, &p)
	if err := p.Err(); err != nil {
		return err
	}
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		h, err := sqldb.One(tx, scanHold, `SELECT `+holdColumns+` FROM legal_hold h WHERE h.city = $1 AND h.id = $2`, which)
		if err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE legal_hold SET lifted_at = $3, lifted_by = $4, lifted_reason = $5 WHERE city = $1 AND id = $2 AND lifted_at = 0`,
			which, tx.Now().UnixMicro(), by.User, reason)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "retention.lifted_already", nil)
		}
		return tx.Record(LiftHold, which.String(), act.Change{"kind": h.Kind, "held": h.Subject, "reason": reason})
	})
	return sqldb.Done(err)
}
