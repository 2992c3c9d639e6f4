package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// What every authenticator app understands (RFC 6238): SHA-1, six digits, half a minute; one step of a clock gone
// wrong is forgiven on either side.
const (
	stepSeconds = 30
	skew        = 1
	secretBytes = 20
)

// NewSecret draws a secret for the second factor, as the app takes it typed.
func NewSecret() string {
	b := make([]byte, secretBytes)
	if _, err := rand.Read(b); err != nil {
		panic("no randomness: " + err.Error())
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

// isSecret tells whether a secret that comes back from the enrolment page is one of ours.
func isSecret(s string) bool {
	b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(s)
	return err == nil && len(b) == secretBytes
}

// SecretURL is what the square code of an enrolment says to the app.
func (s *Service) SecretURL(secret, login string) string {
	issuer := s.Issuer
	if issuer == "" {
		issuer = "支点"
	}
	q := url.Values{"secret": {secret}, "issuer": {issuer}} // the rest is what every app takes for granted, and would make the square finer
	return "otpauth://totp/" + url.PathEscape(issuer+":"+login) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// matchStep gives the half minute whose code was typed, 0 for none.
func matchStep(secret, code string, now time.Time) int64 {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	at := now.Unix() / stepSeconds
	var match int64
	for step := at - skew; step <= at+skew; step++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}) //nolint:gosec // a step is never negative
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			match = step
		}
	}
	return match
}

// stepOf gives the half minute whose code of an account's app was typed, 0 for none and where there is no second factor.
func (s *Service) stepOf(a Account, city, code string) (int64, error) {
	if !a.HasTOTP {
		return 0, nil
	}
	secret, err := s.Keys.Open(totpPlace(city, a.ID), a.totp)
	if err != nil {
		return 0, err
	}
	return matchStep(string(secret), code, s.DB.Now()), nil
}

func totpPlace(city string, a ID) seal.Place {
	return seal.Place{City: city, Table: "account", Column: "totp", Row: a.String()}
}

// SecondStep checks the code of the authenticator app and gives the token of the session that follows. The step's
// number in the account's row is the guard: a code lets in once, however many send it at the same time.
func (s *Service) SecondStep(ctx context.Context, by authz.Actor, hash [32]byte, code string, v Visitor) (token string, p Phase, err error) {
	a, err := s.halfway(ctx, by, hash)
	if err != nil {
		return "", "", err
	}
	if !a.HasTOTP {
		return "", "", errs.New(errs.Conflict, "account.no_totp", nil)
	}
	step, err := s.stepOf(a, by.City, code)
	if err != nil {
		return "", "", err
	}
	if step == 0 {
		return "", "", codeWrong(s.fail(ctx, by.City, a, "totp"))
	}
	p = s.after(a, true)
	by.Once = ""
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`UPDATE account SET totp_step = $3, failures = 0
			WHERE city = $1 AND id = $2 AND totp_step < $3 AND state = 'active' AND locked_until <= $4`, a.ID, step, tx.Now().UnixMicro())
		if err != nil {
			return err
		}
		if n == 0 {
			token = ""
			return tx.Record(FailSignIn, a.ID.String(), act.Change{"step": "totp", "replay_or_locked": true})
		}
		if token, err = open(tx, a, p, v, hash[:]); err != nil {
			return err
		}
		return tx.Record(SignIn, a.ID.String(), act.Change{"phase": string(p), "address": v.Address})
	})
	s.seen.drop(by.City, a.ID)
	if err == nil && token == "" {
		err = codeWrong(wrong())
	}
	return token, p, err
}

// codeWrong says a refusal at the field of the code; other errors stay.
func codeWrong(err error) error {
	if errs.KeyOf(err) != "account.wrong" {
		return err
	}
	var p errs.Problems
	p.Add("code", "account.code_wrong", nil)
	return p.Err()
}

// halfway is the account of a session that waits for its second factor.
func (s *Service) halfway(ctx context.Context, by authz.Actor, hash [32]byte) (Account, error) {
	found, err := s.Session(ctx, by.City, hash, s.DB.Now())
	if err != nil {
		return Account{}, err
	}
	if found.Phase != AwaitTOTP {
		return Account{}, errs.New(errs.Conflict, "account.session_over", nil)
	}
	return s.own(ctx, by)
}

// EnrolTOTP takes the secret that the enrolment page showed once the app has given a code of it. In the middle of a
// sign-in it gives the token of the session that follows, else none. A second factor that is there already is only
// replaced after an administrator has taken it away.
func (s *Service) EnrolTOTP(ctx context.Context, by authz.Actor, hash [32]byte, secret, code string, v Visitor) (token string, p Phase, err error) {
	found, err := s.Session(ctx, by.City, hash, s.DB.Now())
	if err != nil {
		return "", "", err
	}
	a, err := s.own(ctx, by)
	if err != nil {
		return "", "", err
	}
	if !found.Staff || found.Phase == AwaitPassword {
		return "", "", errs.New(errs.Denied, "errs.denied", nil)
	}
	step := int64(0)
	if isSecret(secret) {
		step = matchStep(secret, code, s.DB.Now())
	}
	if step == 0 {
		return "", "", codeWrong(wrong())
	}
	sealed, err := s.Keys.Seal(totpPlace(by.City, a.ID), []byte(secret))
	if err != nil {
		return "", "", err
	}
	p = Whole
	if found.Phase == AwaitTOTP {
		p = s.after(a, true)
	}
	by.Once = ""
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`UPDATE account SET totp = $3, totp_step = $4, failures = 0 WHERE city = $1 AND id = $2 AND totp IS NULL AND state = 'active'`, a.ID, sealed, step)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "account.totp_there", nil)
		}
		if found.Phase == AwaitTOTP {
			if token, err = open(tx, a, p, v, hash[:]); err != nil {
				return err
			}
		}
		return tx.Record(Enrol, a.ID.String(), nil)
	})
	s.seen.drop(by.City, a.ID)
	return token, p, err
}
