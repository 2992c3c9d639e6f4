package rulebook

import (
	"context"
	"time"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Setting says, from a day on, whether publication needs four eyes (双人复核): then nobody publishes what she wrote herself.
type Setting struct {
	From     day.Day
	FourEyes bool
}

func (s *Service) today(q sqldb.Q) day.Day {
	if s.Zone == nil {
		return day.Of(q.Now(), time.UTC)
	}
	return day.Of(q.Now(), s.Zone)
}

func settings(q sqldb.Q) ([]Setting, error) {
	return sqldb.All(q, func(s sqldb.Scan) (x Setting, err error) { return x, s(&x.From, &x.FourEyes) },
		`SELECT from_day, four_eyes FROM rule_setting WHERE city = $1 ORDER BY from_day`)
}

// fourEyes tells whether publication needs them today.
func (s *Service) fourEyes(q sqldb.Q) (needed bool, err error) {
	all, err := settings(q)
	for _, x := range all {
		if x.From <= s.today(q) {
			needed = x.FourEyes
		}
	}
	return needed, err
}

// SetFourEyes says from which day on publication needs four eyes, or does not. To do without begins tomorrow at the earliest, so that
// nobody does away with them and publishes alone in one go.
func (s *Service) SetFourEyes(ctx context.Context, by authz.Actor, x Setting) error {
	return s.act(ctx, by, FourEyes, func(tx *sqldb.Tx) (string, act.Change, error) {
		first := s.today(tx)
		if !x.FourEyes {
			first = first.AddDays(1)
		}
		if x.From < first {
			var p errs.Problems
			p.Add("eyes_from", "rulebook.eyes_from", errs.Args{"first": first})
			return "", nil, p.Err()
		}
		needed := 0
		if x.FourEyes {
			needed = 1
		}
		_, err := tx.Exec(`INSERT INTO rule_setting (city, from_day, four_eyes, set_by, set_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (city, from_day) DO UPDATE SET four_eyes = excluded.four_eyes, set_by = excluded.set_by, set_at = excluded.set_at`, x.From, needed, by.User, tx.Now().UnixMicro())
		return x.From.String(), act.Change{"four_eyes": x.FourEyes, "from": x.From}, err
	})
}
