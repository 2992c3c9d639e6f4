package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"
	"time"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// What a one-time code allows.
const (
	CodesAnHour = 3 // for one number
	CodeTries   = 5
	CodeFor     = 10 * time.Minute

	alarmPercent = 80 // of the month's budget
)

// lookKind keeps the hashes of phone numbers of accounts apart from those of persons.
func lookKind(city string) string { return city + "/account.phone" }

// SendCode sends a one-time code to a mobile number, known or not: the answer is the same. text makes the message of
// the code. The month's row in the budget is the guard of both limits: it is taken first, and only then codes are counted.
func (s *Service) SendCode(ctx context.Context, city string, to cn.Phone, text func(code string) string) error {
	if s.SMS == nil {
		return errs.New(errs.Denied, "account.no_sms", nil)
	}
	code, err := sixDigits()
	if err != nil {
		return err
	}
	look := s.Keys.Lookup(lookKind(city), string(to))
	var alarm func()
	err = s.DB.Keep(ctx, city, func(tx *sqldb.Tx) error {
		alarm = nil
		month := tx.Now().In(s.zone()).Format("2006-01")
		var sent, alarmed int64
		err := tx.Row(`INSERT INTO sms_month (city, month, sent) SELECT $1, $2, 1 WHERE 0 < $3
			ON CONFLICT (city, month) DO UPDATE SET sent = sms_month.sent + 1 WHERE sms_month.sent < $3 RETURNING sent, alarmed`,
			month, s.Budget).Scan(&sent, &alarmed)
		if none(err) {
			return errs.New(errs.Busy, "account.sms_budget", nil)
		}
		if err != nil {
			return err
		}
		now := tx.Now()
		var lately, latest int64
		err = tx.Row(`SELECT COUNT(*), COALESCE(MAX(at), 0) FROM code WHERE city = $1 AND phone_look = $2 AND at > $3`, look, now.Add(-time.Hour).UnixMicro()).Scan(&lately, &latest)
		if err != nil {
			return err
		}
		if lately >= CodesAnHour {
			return errs.New(errs.Busy, "account.codes_hour", errs.Args{"most": CodesAnHour})
		}
		at := max(now.UnixMicro(), latest+1) // two in one microsecond are two
		if _, err := tx.Exec(`INSERT INTO code (city, phone_look, at, hash) VALUES ($1, $2, $3, $4)`, look, at, s.codeHash(city, look, at, code)); err != nil {
			return err
		}
		if alarmed == 0 && sent*100 >= s.Budget*alarmPercent {
			if _, err := tx.Exec(`UPDATE sms_month SET alarmed = 1 WHERE city = $1 AND month = $2`, month); err != nil {
				return err
			}
			alarm = func() { s.sound(month, sent) }
		}
		return nil
	})
	if err != nil {
		return err
	}
	if alarm != nil {
		alarm()
	}
	if err := s.SMS.Send(ctx, to, text(code)); err != nil {
		return errs.Wrap(err, errs.Busy, "account.sms_failed", nil)
	}
	return nil
}

func (s *Service) sound(month string, sent int64) {
	if s.Log != nil {
		s.Log.Warn("the month's budget of text messages is nearly used up", "month", month, "sent", sent, "budget", s.Budget)
	}
	if s.Alarm != nil {
		s.Alarm(month, sent, s.Budget)
	}
}

func sixDigits() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%06d", n.Int64()), nil
}

// codeHash binds a code to its number and moment under the look-up key: six digits alone would be guessed from any hash.
func (s *Service) codeHash(city string, look []byte, at int64, code string) []byte {
	return s.Keys.Lookup(city+"/code", hex.EncodeToString(look)+"/"+strconv.FormatInt(at, 10)+"/"+code)
}

// SignInByCode opens a session for whoever holds the phone, and the account at the first time. Each try counts before
// it is looked at, and a code lets in once.
func (s *Service) SignInByCode(ctx context.Context, city string, phone cn.Phone, code string, v Visitor) (token string, err error) {
	look := s.Keys.Lookup(lookKind(city), string(phone))
	err = s.DB.Write(ctx, stranger(city), func(tx *sqldb.Tx) error {
		token = ""
		ok, err := s.useCode(tx, look, code)
		if err != nil {
			return err
		}
		if !ok {
			return tx.Record(FailSignIn, "", act.Change{"step": "code"})
		}
		a, fresh, err := s.public(tx, phone, look)
		if err != nil {
			return err
		}
		if a.State != Active {
			return tx.Record(FailSignIn, a.ID.String(), act.Change{"step": "code", "state": string(a.State)})
		}
		if token, err = open(tx, a, Whole, v, nil); err != nil {
			return err
		}
		parted, err := rest(tx, a)
		if err != nil {
			return err
		}
		if fresh {
			if err := tx.Record(Register, a.ID.String(), nil); err != nil {
				return err
			}
		}
		return tx.Record(SignIn, a.ID.String(), act.Change{"phase": string(Whole), "address": v.Address, "unlinked": parted})
	})
	if err == nil && token == "" {
		err = codeWrong(wrong())
	}
	return token, err
}

// useCode counts a try against the latest code of a number and tells whether it was right and not used before.
func (s *Service) useCode(tx *sqldb.Tx, look []byte, code string) (bool, error) {
	var at int64
	err := tx.Row(`SELECT COALESCE(MAX(at), 0) FROM code WHERE city = $1 AND phone_look = $2 AND at > $3`, look, tx.Now().Add(-CodeFor).UnixMicro()).Scan(&at)
	if err != nil {
		return false, err
	}
	var kept []byte
	err = tx.Row(`UPDATE code SET tries = tries + 1 WHERE city = $1 AND phone_look = $2 AND at = $3 AND used = 0 AND tries < $4 RETURNING hash`,
		look, at, CodeTries).Scan(&kept)
	if none(err) {
		return false, nil
	}
	if err != nil || subtle.ConstantTimeCompare(kept, s.codeHash(tx.City(), look, at, code)) != 1 {
		return false, err
	}
	n, err := tx.Exec(`UPDATE code SET used = 1 WHERE city = $1 AND phone_look = $2 AND at = $3 AND used = 0`, look, at)
	return n == 1, err
}

func phonePlace(city string, a ID) seal.Place {
	return seal.Place{City: city, Table: "account", Column: "phone", Row: a.String()}
}

// public finds the account of a number, or opens one. The unique hash of the number is the guard.
func (s *Service) public(tx *sqldb.Tx, phone cn.Phone, look []byte) (a Account, fresh bool, err error) {
	made := id.New[Account](tx.Now())
	sealed, err := s.Keys.Seal(phonePlace(tx.City(), made), []byte(phone))
	if err != nil {
		return a, false, err
	}
	n, err := tx.Exec(`INSERT INTO account (city, id, kind, name, phone, phone_look, state, made_at) VALUES ($1, $2, 'public', $3, $4, $5, 'active', $6)
		ON CONFLICT (city, phone_look) WHERE phone_look IS NOT NULL DO NOTHING`, made, phone.Masked(), sealed, look, tx.Now().UnixMicro())
	if err != nil {
		return a, false, err
	}
	a, err = sqldb.One(tx, scan, `SELECT `+columns+from+` WHERE a.city = $1 AND a.phone_look = $2`, look)
	return a, n == 1, err
}

// Number gives the phone number of a public account, to tell it something by text message; empty where it has none.
func (s *Service) Number(q sqldb.Q, of ID) (string, error) {
	a, err := Find(q, of)
	if err != nil || a.Kind != Public || a.State != Active || len(a.phone) == 0 {
		return "", err
	}
	plain, err := s.Keys.Open(phonePlace(q.City(), a.ID), a.phone)
	return string(plain), err
}
