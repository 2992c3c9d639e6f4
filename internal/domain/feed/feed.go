// Package feed gives people their own calendar at a secret address, so that the calendar of a phone shows what they have promised to
// be at: children's classes, lessons, duties. Whoever has the address reads without signing in, so that nothing personal stands there.
package feed

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// ID names a feed.
type ID = id.Of[Feed]

// Feed is one secret address of an account.
type Feed struct {
	ID     ID
	Lang   string
	MadeAt int64 // microseconds UTC
	ReadAt int64 // to the hour; 0: never
}

// Most is how many addresses an account has at once: a phone, a tablet, a desk, and a family's.
const Most = 5

// Event is something that the owner of a calendar is to be at. No name, number or other detail of a person belongs into it.
type Event struct {
	UID       string // the same for as long as the event is known
	Kind      string // the end of a message key "feed.kind."
	Title     string
	Place     string
	Link      string // address here; it asks who reads
	Starts    int64  // microseconds UTC
	Ends      int64
	MadeAt    int64
	ChangedAt int64
	Cancelled bool
}

// Source gives what one service knows of whoever acts, between two moments: what was cancelled too.
type Source func(q sqldb.Q, by authz.Actor, from, to int64) ([]Event, error)

// What people do with their feeds.
var (
	Make = authz.Verb{Key: "feed.make", Writes: "calendar_feed"}
	End  = authz.Verb{Key: "feed.end", Writes: "calendar_feed"}
)

// Service is what people do with their feeds.
type Service struct {
	DB      *sqldb.DB
	Zone    *time.Location
	Sources []Source
	Actor   func(ctx context.Context, city, account string) (authz.Actor, error) // an account as it may act now
}

// How far a calendar reaches back and ahead.
const (
	DaysBack  = 30
	DaysAhead = 180
)

// Make makes an address in a language and gives its secret, which is shown once.
//
// Errors: Conflict "feed.most" where the account has as many as it may.
func (s *Service) Make(ctx context.Context, by authz.Actor, lang string) (secret string, err error) {
	if by.User == "" {
		return "", errs.New(errs.Denied, "errs.denied", nil)
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		var hash [32]byte
		secret, hash = draw()
		made := id.New[Feed](tx.Now())
		for slot := range Most { // whoever is first at a slot has it
			n, err := tx.Exec(`INSERT INTO calendar_feed (city, account, slot, id, token, lang, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
				ON CONFLICT (city, account, slot) DO NOTHING`, by.User, slot+1, made, hash[:], lang, tx.Now().UnixMicro())
			if err != nil {
				return err
			}
			if n == 1 {
				return tx.Record(Make, made.String(), act.Change{"lang": lang})
			}
		}
		return errs.New(errs.Conflict, "feed.most", errs.Args{"n": Most})
	})
	if sqldb.Again(err, nil) { // the secret is kept nowhere
		err = errs.New(errs.Conflict, "feed.shown_once", nil)
	}
	if err != nil {
		return "", err
	}
	return secret, nil
}

// secretBytes is how long a secret is: nobody finds one by trying.
const secretBytes = 32

func draw() (secret string, hash [32]byte) {
	b := make([]byte, secretBytes)
	if _, err := rand.Read(b); err != nil {
		panic("no randomness: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(b), sha256.Sum256(b)
}

// read gives the hash of a secret; ok is false for what is none.
func read(secret string) (hash [32]byte, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(secret)
	if err != nil || len(b) != secretBytes {
		return hash, false
	}
	return sha256.Sum256(b), true
}

// Mine lists the actor's own addresses, the latest first.
func (s *Service) Mine(ctx context.Context, by authz.Actor) (all []Feed, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = sqldb.All(q, func(f sqldb.Scan) (Feed, error) {
			var x Feed
			return x, f(&x.ID, &x.Lang, &x.MadeAt, &x.ReadAt)
		}, `SELECT id, lang, made_at, read_at FROM calendar_feed WHERE city = $1 AND account = $2 ORDER BY id DESC`, by.User)
		return err
	})
	return all, err
}

// End revokes one of the actor's own addresses; another's looks absent.
func (s *Service) End(ctx context.Context, by authz.Actor, which ID) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`DELETE FROM calendar_feed WHERE city = $1 AND account = $2 AND id = $3`, by.User, which)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		return tx.Record(End, which.String(), act.Change{})
	}))
}

// noted is how long a reading is not written down again: a phone asks many times a day.
const noted = time.Hour

// Read gives the events at a secret address, in the order of their beginnings, and the language they are wanted in. A secret that
// was revoked, or whose account may not act any more, is Absent like one that never was.
func (s *Service) Read(ctx context.Context, city, secret string) (all []Event, lang string, err error) {
	absent := errs.New(errs.Absent, "errs.absent", nil)
	hash, ok := read(secret)
	if !ok {
		return nil, "", absent
	}
	var account string
	var readAt int64
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		_, err := sqldb.One(q, func(f sqldb.Scan) (struct{}, error) { return struct{}{}, f(&account, &lang, &readAt) },
			`SELECT account, lang, read_at FROM calendar_feed WHERE city = $1 AND token = $2`, hash[:])
		return err
	})
	if err != nil {
		return nil, "", err
	}
	by, err := s.Actor(ctx, city, account)
	switch errs.KindOf(err) {
	case errs.Denied, errs.Absent:
		if err != nil {
			return nil, "", absent
		}
	}
	if err != nil {
		return nil, "", err
	}
	now := s.DB.Now()
	if now.UnixMicro()-readAt > noted.Microseconds() {
		if err := s.DB.Keep(ctx, city, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(`UPDATE calendar_feed SET read_at = $3 WHERE city = $1 AND token = $2`, hash[:], tx.Now().UnixMicro())
			return err
		}); err != nil {
			return nil, "", err
		}
	}
	all, err = s.events(ctx, by, now)
	return all, lang, err
}

// events gathers what the services know of somebody. One that two of them know, such as a lesson that a mother gives to her own
// child's class, counts once.
func (s *Service) events(ctx context.Context, by authz.Actor, now time.Time) (all []Event, err error) {
	today := day.Of(now, s.Zone)
	from, to := today.AddDays(-DaysBack).Start(s.Zone).UnixMicro(), today.AddDays(DaysAhead).Start(s.Zone).UnixMicro()
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all = nil
		for _, of := range s.Sources {
			some, err := of(q, by, from, to)
			if err != nil {
				return err
			}
			for _, e := range some {
				if !slices.ContainsFunc(all, func(o Event) bool { return o.UID == e.UID }) {
					all = append(all, e)
				}
			}
		}
		return nil
	})
	slices.SortFunc(all, func(a, b Event) int { return cmp.Or(cmp.Compare(a.Starts, b.Starts), cmp.Compare(a.UID, b.UID)) })
	return all, err
}
