package field

import (
	"context"
	"crypto/rand"
	"strings"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Device is a phone as one account uses it.
type Device struct {
	Account, Name string
	Skew          int64 // microseconds by which its clock was behind when it was seen last
	Key           []byte
}

const keyBytes = 32

func (s *Service) devicePlace(city, account, device string) seal.Place {
	return seal.Place{City: city, Table: "field_device", Column: "secret", Row: account + "/" + device}
}

// isName tells whether a phone may have made an id: 16 to 40 letters, digits and dashes.
func isName(id string) bool {
	return len(id) >= 16 && len(id) <= 40 && strings.Trim(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") == ""
}

// Unlock gives the key under which an account's phone keeps what it has not sent, the same each time. The phone says what
// its clock shows, in microseconds.
func (s *Service) Unlock(ctx context.Context, by authz.Actor, device string, clock int64) (d Device, err error) {
	if !isName(device) {
		return d, errs.New(errs.Invalid, "field.device", nil)
	}
	key := make([]byte, keyBytes)
	if _, err := rand.Read(key); err != nil {
		return d, err
	}
	sealed, err := s.Keys.Seal(s.devicePlace(by.City, by.User, device), key)
	if err != nil {
		return d, err
	}
	err = s.DB.Keep(ctx, by.City, func(tx *sqldb.Tx) error {
		now := tx.Now().UnixMicro()
		if _, err := tx.Exec(`INSERT INTO field_device (city, account, device, secret, skew, made_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
			ON CONFLICT (city, account, device) DO UPDATE SET skew = excluded.skew, seen_at = excluded.seen_at`, by.User, device, sealed, now-clock, now); err != nil {
			return err
		}
		d, err = s.device(tx, by.User, device)
		return err
	})
	return d, err
}

func (s *Service) device(q sqldb.Q, account, device string) (Device, error) {
	return sqldb.One(q, func(scan sqldb.Scan) (d Device, err error) {
		var sealed []byte
		if err := scan(&sealed, &d.Skew); err != nil {
			return d, err
		}
		d.Account, d.Name = account, device
		d.Key, err = s.Keys.Open(s.devicePlace(q.City(), account, device), sealed)
		return d, err
	}, `SELECT x.secret, x.skew FROM field_device x WHERE x.city = $1 AND x.account = $2 AND x.device = $3`, account, device)
}
