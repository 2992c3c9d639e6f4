package account

import (
	"context"
	"time"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// wrong is the one answer to every password that does not let in, whether the login exists, is locked, or not.
func wrong() error { return errs.New(errs.Invalid, "account.wrong", nil) }

// SignIn checks login and password and opens a session, which is whole only when no further step is asked.
// Refusals all read and cost the same.
func (s *Service) SignIn(ctx context.Context, city, login, password string, v Visitor) (token string, p Phase, err error) {
	var a Account
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		a, _, err = findLogin(q, cleanLogin(login))
		return err
	})
	if err != nil {
		return "", "", err
	}
	right, err := verifyPassword(ctx, password, a.password)
	if err != nil {
		return "", "", err
	}
	if !right || a.State != Active {
		return "", "", s.fail(ctx, city, a, "password")
	}
	p = s.after(a, false)
	err = s.DB.Write(ctx, self(city, a.ID), func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`UPDATE account SET failures = CASE WHEN $5 = 1 THEN 0 ELSE failures END
			WHERE city = $1 AND id = $2 AND password = $3 AND state = 'active' AND locked_until <= $4`,
			a.ID, a.password, tx.Now().UnixMicro(), sqldb.Bit(p != AwaitTOTP))
		if err != nil {
			return err
		}
		if n == 0 {
			token = ""
			return tx.Record(FailSignIn, a.ID.String(), act.Change{"step": "password", "locked": true})
		}
		if token, err = open(tx, a, p, v, nil); err != nil {
			return err
		}
		return tx.Record(SignIn, a.ID.String(), act.Change{"phase": string(p), "address": v.Address})
	})
	if err == nil && token == "" {
		err = wrong()
	}
	return token, p, err
}

// after tells which step follows for an account; passed says that its second factor has been checked.
func (s *Service) after(a Account, passed bool) Phase {
	switch {
	case !passed && (a.HasTOTP || s.RequireTOTP):
		return AwaitTOTP
	case a.MustChange:
		return AwaitPassword
	default:
		return Whole
	}
}

// fail counts a wrong password or code and locks the account at the fifth. The conditional update is the guard:
// of many at once exactly five count, and one locks. It always answers with an error.
func (s *Service) fail(ctx context.Context, city string, a Account, step string) error {
	if a.ID.IsZero() {
		if err := s.DB.Note(ctx, stranger(city), FailSignIn, "", act.Change{"step": step}); err != nil {
			return err
		}
		return wrong()
	}
	err := s.DB.Write(ctx, stranger(city), func(tx *sqldb.Tx) error {
		failures, locked, err := strike(tx, a.ID, LockFor)
		switch {
		case none(err):
			return tx.Record(FailSignIn, a.ID.String(), act.Change{"step": step, "locked": true})
		case err != nil:
			return err
		case locked > tx.Now().UnixMicro():
			return tx.Record(Lock, a.ID.String(), act.Change{"step": step, "until": time.UnixMicro(locked).UTC().Format(time.RFC3339)})
		}
		return tx.Record(FailSignIn, a.ID.String(), act.Change{"step": step, "failures": failures})
	})
	if err != nil {
		return err
	}
	return wrong()
}

// strike counts a failure of an account that is not locked, and locks it for a time at the last one allowed.
func strike(tx *sqldb.Tx, a ID, lock time.Duration) (failures, locked int64, err error) {
	now := tx.Now()
	err = tx.Row(`UPDATE account SET
			locked_until = CASE WHEN failures + 1 >= $4 THEN $5 ELSE locked_until END,
			failures = CASE WHEN failures + 1 >= $4 THEN 0 ELSE failures + 1 END
		WHERE city = $1 AND id = $2 AND locked_until <= $3 RETURNING failures, locked_until`,
		a, now.UnixMicro(), MaxFailures, now.Add(lock).UnixMicro()).Scan(&failures, &locked)
	return failures, locked, err
}

// SignOut ends the session in use.
func (s *Service) SignOut(ctx context.Context, by authz.Actor, hash [32]byte) error {
	defer s.seen.drop(by.City, ID(by.User))
	return settled(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(`DELETE FROM session WHERE city = $1 AND token = $2`, hash[:]); err != nil {
			return err
		}
		return tx.Record(SignOut, by.User, nil)
	}))
}

// ChangePassword sets a new password for the actor, who gives the old one too. Other sessions end.
func (s *Service) ChangePassword(ctx context.Context, by authz.Actor, hash [32]byte, old, chosen string) error {
	a, err := s.own(ctx, by)
	if err != nil {
		return err
	}
	right, err := verifyPassword(ctx, old, a.password)
	if err != nil {
		return err
	}
	if !right {
		if err := s.fail(ctx, by.City, a, "change"); errs.KeyOf(err) != "account.wrong" {
			return err
		}
		var p errs.Problems
		p.Add("old", "account.old_password", nil)
		return p.Err()
	}
	_, err = s.setPassword(ctx, by, a, chosen, hash[:], Visitor{}, "")
	return err
}

// NewPassword sets the password that an account must choose at its sign-in, and gives the token of the whole session.
func (s *Service) NewPassword(ctx context.Context, by authz.Actor, hash [32]byte, chosen string, v Visitor) (token string, err error) {
	found, err := s.Session(ctx, by.City, hash, s.DB.Now())
	if err != nil {
		return "", err
	}
	if found.Phase != AwaitPassword {
		return "", errs.New(errs.Conflict, "account.session_over", nil)
	}
	a, err := s.own(ctx, by)
	if err != nil {
		return "", err
	}
	same, err := verifyPassword(ctx, chosen, a.password)
	if err != nil {
		return "", err
	}
	if same {
		var p errs.Problems
		p.Add("password", "account.password_same", nil)
		return "", p.Err()
	}
	return s.setPassword(ctx, by, a, chosen, hash[:], v, Whole)
}

// setPassword keeps a new password. With a phase the session in use is replaced by one of that phase.
func (s *Service) setPassword(ctx context.Context, by authz.Actor, a Account, chosen string, hash []byte, v Visitor, p Phase) (token string, err error) {
	if err := checkPassword(chosen, a.Login); err != nil {
		return "", err
	}
	kept, err := hashPassword(ctx, chosen)
	if err != nil {
		return "", err
	}
	defer s.seen.drop(by.City, a.ID)
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`UPDATE account SET password = $3, must_change = 0, failures = 0 WHERE city = $1 AND id = $2 AND password = $4 AND state = 'active'`,
			a.ID, kept, a.password)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		if err := endAll(tx, a.ID, hash); err != nil {
			return err
		}
		if p != "" {
			if token, err = open(tx, a, p, v, hash); err != nil {
				return err
			}
		}
		return tx.Record(SetPassword, a.ID.String(), nil)
	})
	if p == "" {
		err = settled(err)
	}
	return token, err
}

// own is the actor's account.
func (s *Service) own(ctx context.Context, by authz.Actor) (a Account, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		a, err = Find(q, ID(by.User))
		return err
	})
	return a, err
}

// Own is the actor's own account, for the page of its security.
func (s *Service) Own(ctx context.Context, by authz.Actor) (Account, error) { return s.own(ctx, by) }
