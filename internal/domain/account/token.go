package account

import (
	"context"
	"crypto/sha256"
	"time"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Token lets a program act as the account that made it, with the same roles.
type Token struct {
	ID      id.Of[Token]
	Name    string // what it is for, in its owner's words
	MadeAt  time.Time
	Expires time.Time
	Revoked bool
}

// Proof is what somebody who is signed in gives again, so that nobody else at her browser does what lasts.
type Proof struct {
	Password string
	Code     string // of her second factor, where she has one
}

// MakeToken makes a token for a program of the actor's, who proves again who she is, and gives its secret, which is shown
// once. It ends with the password: who changes it, or has it reset, ends every token. Wrong passwords and codes count as
// at a sign-in, and like there a code is good for one thing only.
func (s *Service) MakeToken(ctx context.Context, by authz.Actor, proof Proof, name string, days int) (secret string, err error) {
	var p errs.Problems
	p.Require(name != "", "name", "field.required", nil)
	p.Require(len([]rune(name)) <= 60, "name", "field.long", errs.Args{"max": 60})
	p.Require(days >= 1 && days <= TokenMost, "days", "field.range", errs.Args{"min": 1, "max": TokenMost})
	own, err := s.own(ctx, by)
	if err != nil {
		return "", err
	}
	right, err := verifyPassword(ctx, proof.Password, own.password)
	if err != nil {
		return "", err
	}
	step, err := s.stepOf(own, by.City, proof.Code)
	if err != nil {
		return "", err
	}
	p.Require(right, "own", "account.own_password", nil)
	p.Require(step > 0 || !own.HasTOTP, "code", "account.code_wrong", nil)
	if !right || own.HasTOTP && step == 0 {
		if err := s.fail(ctx, by.City, own, "token"); errs.KeyOf(err) != "account.wrong" {
			return "", err
		}
	}
	if err := p.Err(); err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		secret = ""
		n, err := tx.Exec(`UPDATE account SET totp_step = CASE WHEN totp IS NULL THEN totp_step ELSE $3 END, failures = 0
			WHERE city = $1 AND id = $2 AND password = $4 AND (totp IS NULL OR totp_step < $3) AND state = 'active' AND locked_until <= $5`,
			own.ID, step, own.password, tx.Now().UnixMicro())
		if err != nil {
			return err
		}
		if n == 0 {
			return tx.Record(FailSignIn, own.ID.String(), act.Change{"step": "token", "replay_or_locked": true})
		}
		a, err := Find(tx, ID(by.User))
		if err != nil {
			return err
		}
		if a.Kind != Staff {
			return errs.New(errs.Denied, "errs.denied", nil)
		}
		made := id.New[Token](tx.Now())
		var hash [32]byte
		secret, hash = newToken()
		_, err = tx.Exec(`INSERT INTO api_token (city, token, id, account, name, made_at, expires) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			hash[:], made, a.ID, name, tx.Now().UnixMicro(), tx.Now().AddDate(0, 0, days).UnixMicro())
		if err != nil {
			return err
		}
		return tx.Record(MakeToken, made.String(), act.Change{"name": name, "days": days})
	})
	if err == nil && secret == "" {
		p.Require(own.HasTOTP, "own", "account.wrong", nil)
		p.Require(!own.HasTOTP, "code", "account.code_wrong", nil)
		return "", p.Err()
	}
	return secret, shownOnce(err)
}

// Tokens lists the actor's tokens, the latest first.
func (s *Service) Tokens(ctx context.Context, by authz.Actor) (all []Token, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = sqldb.All(q, func(s sqldb.Scan) (Token, error) {
			var t Token
			var made, expires, revoked int64
			err := s(&t.ID, &t.Name, &made, &expires, &revoked)
			t.MadeAt, t.Expires, t.Revoked = instant(made), instant(expires), revoked > 0
			return t, err
		}, `SELECT id, name, made_at, expires, revoked_at FROM api_token WHERE city = $1 AND account = $2 ORDER BY id DESC LIMIT 100`, by.User)
		return err
	})
	return all, err
}

// EndToken ends one of the actor's tokens.
func (s *Service) EndToken(ctx context.Context, by authz.Actor, which id.Of[Token]) error {
	defer s.seen.drop(by.City, ID(by.User))
	return settled(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`UPDATE api_token SET revoked_at = $4 WHERE city = $1 AND id = $2 AND account = $3 AND revoked_at = 0`, which, by.User, tx.Now().UnixMicro())
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		return tx.Record(EndToken, which.String(), nil)
	}))
}

// ByToken finds who acts with a program's token. Its cache entry is kept apart from that of sessions.
func (s *Service) ByToken(ctx context.Context, city string, hash [32]byte, now time.Time) (Session, error) {
	k := cacheKey{city, sha256.Sum256(append([]byte("token"), hash[:]...))}
	found, epoch, ok := s.seen.get(k, now)
	if !ok {
		err := s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
			var expires int64
			err := q.Row(`SELECT account, expires FROM api_token WHERE city = $1 AND token = $2 AND revoked_at = 0`, hash[:]).Scan(&found.Account, &expires)
			if none(err) {
				return errs.New(errs.Absent, "errs.absent", nil)
			}
			if err != nil {
				return err
			}
			a, err := Find(q, found.Account)
			if err != nil {
				return err
			}
			if a.State != Active {
				return errs.New(errs.Absent, "errs.absent", nil)
			}
			found.Phase, found.Staff, found.EndsAt = Whole, true, instant(expires)
			found.Actor, err = s.actor(q, a)
			found.Actor.Session = mark(hash[:])
			return err
		})
		if err != nil {
			return Session{}, err
		}
		s.seen.put(k, found, epoch, now.Add(cacheFor))
	}
	if !now.Before(found.EndsAt) {
		return Session{}, errs.New(errs.Absent, "errs.absent", nil)
	}
	return found, nil
}
