package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Phase is how far somebody has come in signing in.
type Phase string

// The phases, in order.
const (
	AwaitTOTP     Phase = "totp"     // the password was right; the second factor is asked, or enrolled where there is none
	AwaitPassword Phase = "password" // a new password must be chosen
	Whole         Phase = "whole"
)

// Session is one signed-in browser.
type Session struct {
	Account   ID
	Phase     Phase
	Staff     bool
	Actor     authz.Actor
	MadeAt    time.Time
	SeenAt    time.Time
	EndsAt    time.Time // whatever is done until then
	IdleUntil time.Time // when it ends if nothing more is asked; zero: never
	Address   string
	Agent     string
	Mark      string // first characters of its hash, by which its owner ends it
}

// Visitor is where a sign-in comes from, for the list of sessions that the owner sees.
type Visitor struct{ Address, Agent string }

// newToken draws a secret for a browser, a link or a program; only its hash is kept. It has the form that the web
// layer accepts: 32 bytes, base64 for addresses.
func newToken() (token string, hash [32]byte) {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		panic("no randomness: " + err.Error())
	}
	token = base64.RawURLEncoding.EncodeToString(b)
	return token, sha256.Sum256([]byte(token))
}

func mark(hash []byte) string { return hex.EncodeToString(hash[:6]) }

// open starts a session within an act; it replaces the session old, where there is one, so that a token seen before
// a step is worth nothing after it.
func open(tx *sqldb.Tx, a Account, p Phase, v Visitor, old []byte) (string, error) {
	if old != nil {
		n, err := tx.Exec(`DELETE FROM session WHERE city = $1 AND token = $2`, old)
		if err != nil {
			return "", err
		}
		if n == 0 {
			return "", errs.New(errs.Conflict, "account.session_over", nil)
		}
	}
	token, hash := newToken()
	now := tx.Now()
	_, err := tx.Exec(`INSERT INTO session (city, token, account, phase, made_at, seen_at, ends_at, address, agent) VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)`,
		hash[:], a.ID, string(p), now.UnixMicro(), now.Add(lifetime(a.Kind, p)).UnixMicro(), clip(v.Address, 64), clip(v.Agent, 200))
	return token, err
}

func lifetime(k Kind, p Phase) time.Duration {
	switch {
	case p != Whole:
		return HalfwayFor
	case k == Staff:
		return StaffFor
	default:
		return PublicFor
	}
}

func clip(s string, most int) string {
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(s, "")
}

// Session finds the session of a token's hash with the roles that hold today. A session that is over, or whose
// account was suspended, is Absent. It moves the idle time on, at most once a minute.
func (s *Service) Session(ctx context.Context, city string, hash [32]byte, now time.Time) (Session, error) {
	k := cacheKey{city, hash}
	found, epoch, ok := s.seen.get(k, now)
	if !ok {
		var err error
		if found, err = s.read(ctx, city, hash); err != nil {
			return Session{}, err
		}
		if now.Sub(found.SeenAt) >= time.Minute && found.alive(now) {
			if err := s.touch(ctx, city, hash, now); err != nil {
				return Session{}, err
			}
			found = found.touched(now)
		}
		s.seen.put(k, found, epoch, now.Add(cacheFor))
	}
	if !found.alive(now) {
		return Session{}, errs.New(errs.Absent, "account.session_over", nil)
	}
	return found, nil
}

func (f Session) alive(now time.Time) bool {
	return now.Before(f.EndsAt) && (f.IdleUntil.IsZero() || now.Before(f.IdleUntil))
}

// touched is the session as it stands after a request at a moment.
func (f Session) touched(at time.Time) Session {
	f.SeenAt = at
	if f.Staff {
		f.IdleUntil = at.Add(StaffIdle)
	}
	return f
}

func (s *Service) touch(ctx context.Context, city string, hash [32]byte, now time.Time) error {
	return s.DB.Keep(ctx, city, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE session SET seen_at = $3 WHERE city = $1 AND token = $2 AND seen_at < $3`, hash[:], now.UnixMicro())
		return err
	})
}

func (s *Service) read(ctx context.Context, city string, hash [32]byte) (found Session, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		var a Account
		found, err = sqldb.One(q, func(row sqldb.Scan) (f Session, err error) {
			a, err = scan(func(account ...any) error {
				f, err = scanSession(row, account...)
				return err
			})
			return f, err
		}, `SELECT `+sessionColumns+`, `+columns+from+` JOIN session s ON s.city = a.city AND s.account = a.id WHERE s.city = $1 AND s.token = $2`, hash[:])
		if err != nil {
			return err
		}
		if a.State != Active {
			return errs.New(errs.Absent, "account.session_over", nil)
		}
		found.Staff = a.Kind == Staff
		found = found.touched(found.SeenAt)
		found.Actor, err = s.actor(q, a)
		found.Actor.Session = mark(hash[:])
		return err
	})
	return found, err
}

const sessionColumns = `s.account, s.phase, s.made_at, s.seen_at, s.ends_at, s.address, s.agent, s.token`

// scanSession reads a session, and what follows it in the row.
func scanSession(s sqldb.Scan, more ...any) (Session, error) {
	var f Session
	var made, seen, ends int64
	var token []byte
	if err := s(append([]any{&f.Account, &f.Phase, &made, &seen, &ends, &f.Address, &f.Agent, &token}, more...)...); err != nil {
		return f, err
	}
	f.MadeAt, f.SeenAt, f.EndsAt, f.Mark = instant(made), instant(seen), instant(ends), mark(token)
	return f, nil
}

// actor is an account as it acts: with the roles that hold today.
func (s *Service) actor(q sqldb.Q, a Account) (authz.Actor, error) {
	by := authz.Actor{City: q.City(), User: a.ID.String(), Name: a.Name, Desk: a.DeskName, DeskID: a.Desk.String()}
	grants, err := grantsOf(q, a.ID)
	if err != nil {
		return by, err
	}
	if by.Person, err = s.linked(q, a); err != nil {
		return by, err
	}
	today := day.Of(q.Now(), s.zone())
	for _, g := range grants {
		role, known := s.Roles[g.Role]
		if known && g.Holds(today) {
			by.Grants = append(by.Grants, authz.Held{Role: role, At: g.At})
		}
	}
	return by, nil
}

func (s *Service) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// Sessions lists the actor's open sessions, the latest first.
func (s *Service) Sessions(ctx context.Context, by authz.Actor) (all []Session, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = sessions(q, ID(by.User))
		return err
	})
	return all, err
}

// SessionsOf lists the open sessions of somebody else's account, for whoever may end them.
func (s *Service) SessionsOf(ctx context.Context, by authz.Actor, of ID) (all []Session, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if _, err := findFor(q, by, SignOther, of); err != nil {
			return err
		}
		all, err = sessions(q, of)
		return err
	})
	return all, err
}

func sessions(q sqldb.Q, of ID) ([]Session, error) {
	return sqldb.All(q, func(s sqldb.Scan) (Session, error) { return scanSession(s) }, `SELECT `+sessionColumns+` FROM session s WHERE s.city = $1 AND s.account = $2 AND s.phase = 'whole' AND s.ends_at > $3
		ORDER BY s.seen_at DESC, s.token LIMIT 100`, of, q.Now().UnixMicro())
}

// EndSession ends one of the actor's sessions, named by its mark; an empty mark ends all but the one in use.
func (s *Service) EndSession(ctx context.Context, by authz.Actor, which string) error {
	defer s.seen.drop(by.City, ID(by.User))
	return settled(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		ended, err := end(tx, ID(by.User), func(m string) bool { return m == which || which == "" && m != by.Session })
		if err != nil {
			return err
		}
		tokens := int64(0)
		if which == "" {
			if tokens, err = tx.Exec(`UPDATE api_token SET revoked_at = $3 WHERE city = $1 AND account = $2 AND revoked_at = 0`, by.User, tx.Now().UnixMicro()); err != nil {
				return err
			}
		}
		return tx.Record(SignOut, by.User, act.Change{"sessions": ended, "tokens": tokens})
	}))
}

// EndSessionOf ends one session of somebody else's account, named by its mark; one that is over already is a Conflict.
func (s *Service) EndSessionOf(ctx context.Context, by authz.Actor, of ID, which string) error {
	defer s.seen.drop(by.City, of)
	return settled(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if _, err := findFor(tx, by, SignOther, of); err != nil {
			return err
		}
		ended, err := end(tx, of, func(m string) bool { return m == which })
		if err != nil {
			return err
		}
		if ended == 0 {
			return errs.New(errs.Conflict, "account.session_gone", nil)
		}
		return tx.Record(SignOther, of.String(), act.Change{"session": which})
	}))
}

// end ends those sessions of an account whose mark is wanted, and tells how many.
func end(tx *sqldb.Tx, of ID, wanted func(mark string) bool) (ended int64, err error) {
	all, err := sqldb.All(tx, func(s sqldb.Scan) ([]byte, error) {
		var token []byte
		return token, s(&token)
	}, `SELECT token FROM session WHERE city = $1 AND account = $2`, of)
	for _, token := range all {
		if !wanted(mark(token)) {
			continue
		}
		n, err := tx.Exec(`DELETE FROM session WHERE city = $1 AND token = $2`, token)
		if err != nil {
			return ended, err
		}
		ended += n
	}
	return ended, err
}

// endAll ends every session of an account within an act, but for the one kept, and all its programs' tokens.
func endAll(tx *sqldb.Tx, account ID, keep []byte) error {
	if keep == nil {
		keep = []byte{}
	}
	if _, err := tx.Exec(`UPDATE api_token SET revoked_at = $3 WHERE city = $1 AND account = $2 AND revoked_at = 0`, account, tx.Now().UnixMicro()); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM session WHERE city = $1 AND account = $2 AND token <> $3`, account, keep)
	return err
}

// desk finds the organisation that an account works for.
func desk(q sqldb.Q, at org.ID) (org.Node, error) {
	n, err := org.Find(q, at)
	if err != nil {
		return n, err
	}
	if !n.IsOpen() {
		return n, errs.New(errs.Conflict, "account.desk_closed", errs.Args{"name": n.Name})
	}
	return n, nil
}
