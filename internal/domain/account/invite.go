package account

import (
	"context"
	"crypto/sha256"
	"regexp"
	"strings"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// loginForm is what people can say on the phone without spelling; the log of acts never holds one.
var loginForm = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,31}$`)

// Newcomer is who is to get a staff account.
type Newcomer struct {
	Login string
	Name  string
	Desk  org.ID // the organisation that they work for
}

func (n *Newcomer) check() error {
	n.Login, n.Name = cleanLogin(n.Login), strings.TrimSpace(n.Name)
	var p errs.Problems
	p.Require(loginForm.MatchString(n.Login), "login", "account.login_form", nil)
	p.Require(n.Name != "", "name", "field.required", nil)
	p.Require(len([]rune(n.Name)) <= 60, "name", "field.long", errs.Args{"max": 60})
	p.Require(!n.Desk.IsZero(), "desk", "field.required", nil)
	return p.Err()
}

// Invite makes an account for a newcomer and gives the secret of the link by which they choose their password. It is
// shown once; only its hash is kept.
func (s *Service) Invite(ctx context.Context, by authz.Actor, n Newcomer) (made ID, secret string, err error) {
	if err := n.check(); err != nil {
		return "", "", err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := desk(tx, n.Desk)
		if err != nil {
			return err
		}
		if err := by.Must(Invite, at.Path); err != nil {
			return err
		}
		made = id.New[Account](tx.Now())
		if err := insert(tx, Account{ID: made, Kind: Staff, Login: n.Login, Name: n.Name, Desk: n.Desk, State: Invited}); err != nil {
			return err
		}
		if secret, err = invite(tx, made); err != nil {
			return err
		}
		return tx.Record(Invite, made.String(), act.Change{"login": n.Login, "name": n.Name, "desk": n.Desk})
	})
	return made, secret, shownOnce(err)
}

// shownOnce answers who sends an invitation twice: the link was shown the first time and is kept nowhere.
func shownOnce(err error) error {
	if sqldb.Again(err, nil) {
		return errs.New(errs.Conflict, "account.shown_once", nil)
	}
	return err
}

// invite makes a link for an account; links made before no longer work.
func invite(tx *sqldb.Tx, account ID) (secret string, err error) {
	now := tx.Now()
	_, err = tx.Exec(`UPDATE invitation SET expires = $3 WHERE city = $1 AND account = $2 AND used_at = 0 AND expires > $3`, account, now.UnixMicro())
	if err != nil {
		return "", err
	}
	secret, hash := newToken()
	_, err = tx.Exec(`INSERT INTO invitation (city, token, account, expires, made_by) VALUES ($1, $2, $3, $4, $5)`,
		hash[:], account, now.Add(InvitationFor).UnixMicro(), tx.By().User)
	return secret, err
}

// Reset lets somebody in again who lost password or phone: both are taken away, sessions end, and a new link is
// given. The same renews an invitation that has run out. Nobody resets her own account.
func (s *Service) Reset(ctx context.Context, by authz.Actor, which ID) (secret string, err error) {
	defer s.seen.drop(by.City, which)
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		a, err := findFor(tx, by, Reset, which)
		if err != nil {
			return err
		}
		switch {
		case which.String() == by.User:
			return errs.New(errs.Denied, "account.not_yourself", nil)
		case a.Kind != Staff || a.State != Active && a.State != Invited:
			return errs.New(errs.Conflict, "account.not_active", nil)
		}
		_, err = tx.Exec(`UPDATE account SET password = '', must_change = 0, totp = NULL, totp_step = 0, failures = 0, locked_until = 0
			WHERE city = $1 AND id = $2`, which)
		if err != nil {
			return err
		}
		if err := endAll(tx, which, nil); err != nil {
			return err
		}
		if secret, err = invite(tx, which); err != nil {
			return err
		}
		return tx.Record(Reset, which.String(), nil)
	})
	return secret, shownOnce(err)
}

// ForceChange makes somebody choose a new password at the next sign-in; sessions end.
func (s *Service) ForceChange(ctx context.Context, by authz.Actor, which ID) error {
	defer s.seen.drop(by.City, which)
	return settled(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if _, err := findFor(tx, by, Reset, which); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE account SET must_change = 1 WHERE city = $1 AND id = $2 AND state = 'active' AND password <> ''`, which)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "account.not_active", nil)
		}
		if err := endAll(tx, which, nil); err != nil {
			return err
		}
		return tx.Record(Reset, which.String(), act.Change{"must_change": true})
	}))
}

// Suspend shuts an account, or with on false opens it again. Its sessions end and its programs are refused.
func (s *Service) Suspend(ctx context.Context, by authz.Actor, which ID, on bool, reason string) error {
	defer s.seen.drop(by.City, which)
	return settled(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if _, err := findFor(tx, by, Suspend, which); err != nil {
			return err
		}
		if which.String() == by.User {
			return errs.New(errs.Denied, "account.not_yourself", nil)
		}
		was, is := Active, Suspended
		if !on {
			was, is = is, was
		}
		n, err := tx.Exec(`UPDATE account SET state = $3 WHERE city = $1 AND id = $2 AND state = $4`, which, string(is), string(was))
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		if err := endAll(tx, which, nil); err != nil {
			return err
		}
		return tx.Record(Suspend, which.String(), act.Change{"state": string(is), "reason": reason})
	}))
}

// Invitation is what the holder of a link sees before accepting.
type Invitation struct {
	Account ID
	Login   string
	Name    string
	Expires time.Time
}

// Invitation finds what a link invites to. Used up, run out and unknown links look alike.
func (s *Service) Invitation(ctx context.Context, city, secret string) (i Invitation, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		i, err = findInvitation(q, secret)
		return err
	})
	return i, err
}

func findInvitation(q sqldb.Q, secret string) (Invitation, error) {
	hash := sha256.Sum256([]byte(secret))
	i, err := sqldb.One(q, func(s sqldb.Scan) (Invitation, error) {
		var i Invitation
		var expires int64
		err := s(&i.Account, &i.Login, &i.Name, &expires)
		i.Expires = instant(expires)
		return i, err
	}, `SELECT a.id, a.login, a.name, i.expires FROM invitation i JOIN account a ON a.city = i.city AND a.id = i.account
		WHERE i.city = $1 AND i.token = $2 AND i.used_at = 0 AND i.expires > $3 AND a.state IN ('invited', 'active')`,
		hash[:], q.Now().UnixMicro())
	if errs.KindOf(err) == errs.Absent {
		return i, errs.New(errs.Absent, "account.link_over", nil)
	}
	return i, err
}

// Accept sets the password of whoever holds a link and opens the account. A link works once.
func (s *Service) Accept(ctx context.Context, city, secret, password string) error {
	i, err := s.Invitation(ctx, city, secret)
	if err != nil {
		return err
	}
	if err := checkPassword(password, i.Login); err != nil {
		return err
	}
	kept, err := hashPassword(ctx, password)
	if err != nil {
		return err
	}
	hash := sha256.Sum256([]byte(secret))
	return s.DB.Write(ctx, self(city, i.Account), func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`UPDATE invitation SET used_at = $3 WHERE city = $1 AND token = $2 AND used_at = 0 AND expires > $3`, hash[:], tx.Now().UnixMicro())
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Absent, "account.link_over", nil)
		}
		n, err = tx.Exec(`UPDATE account SET password = $3, must_change = 0, state = 'active' WHERE city = $1 AND id = $2 AND state IN ('invited', 'active')`, i.Account, kept)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Absent, "account.link_over", nil)
		}
		return tx.Record(Accept, i.Account.String(), nil)
	})
}

// First is an account made at the command line, by whoever has the machine.
type First struct {
	Newcomer
	Role     string
	Org      org.ID // where the role holds; the desk when zero
	Password string // empty: a link is given instead
}

// CreateFirst makes an account with a role: the first administrators of a city, and the people of the demo. Without a
// password it gives the secret of a link.
func (s *Service) CreateFirst(ctx context.Context, city string, f First) (made ID, secret string, err error) {
	if err := f.check(); err != nil {
		return "", "", err
	}
	a := Account{Kind: Staff, Login: f.Login, Name: f.Name, Desk: f.Desk, State: Invited}
	if f.Password != "" {
		if err := checkPassword(f.Password, f.Login); err != nil {
			return "", "", err
		}
		if a.password, err = hashPassword(ctx, f.Password); err != nil {
			return "", "", err
		}
		a.State = Active
	}
	if f.Org.IsZero() {
		f.Org = f.Desk
	}
	err = s.DB.Write(ctx, authz.System(city), func(tx *sqldb.Tx) error {
		if _, err := desk(tx, f.Desk); err != nil {
			return err
		}
		node, err := org.Find(tx, f.Org)
		if err != nil {
			return err
		}
		a.ID = id.New[Account](tx.Now())
		if err := insert(tx, a); err != nil {
			return err
		}
		secret = ""
		if f.Password == "" {
			if secret, err = invite(tx, a.ID); err != nil {
				return err
			}
		}
		return s.grant(tx, Create, Grant{Account: a.ID, Role: f.Role, Org: f.Org, At: node.Path, From: day.Of(tx.Now(), s.zone())})
	})
	return a.ID, secret, err
}
