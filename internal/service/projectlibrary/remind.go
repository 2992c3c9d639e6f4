package projectlibrary

import (
	"context"
	"time"

	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// remindAtOnce is how many stale dossiers one run looks at; the loop comes back for the rest.
const remindAtOnce = 100

// Remind tells founders that nobody has confirmed their dossiers for too long, and, of those who cannot be told, the officers
// who may confirm them, once a month. Two processes that find the same dossier remind of it once.
func (s *Service) Remind(ctx context.Context, city string) error {
	var stale []venture.Venture
	err := s.DB.Read(ctx, city, func(q *sqldb.Rx) (err error) {
		stale, err = venture.Forgotten(q, s.today(q), remindAtOnce)
		return err
	})
	if err != nil {
		return err
	}
	for _, v := range stale {
		err := s.DB.Write(ctx, authz.System(city), func(tx *sqldb.Tx) error {
			done, err := venture.Reminded(tx, v)
			if err != nil {
				return err
			}
			if !done { // another process has just done so, or somebody has confirmed it
				return errs.New(errs.Conflict, "errs.stale", nil)
			}
			told, err := s.tellStale(tx, v)
			if err != nil {
				return err
			}
			return tx.Record(venture.Remind, v.ID.String(), act.Change{"told": told})
		})
		if err != nil && errs.KeyOf(err) != "errs.stale" {
			return err
		}
	}
	return nil
}

// tellStale sends the notices of one dossier, and gives how many.
func (s *Service) tellStale(tx *sqldb.Tx, v venture.Venture) (int, error) {
	founders, err := accounts(tx, v.ID)
	if err != nil {
		return 0, err
	}
	for _, a := range founders {
		once := "stale/" + v.ID.String() + "/" + tx.Now().UTC().Format(time.DateOnly)
		if err := notice.Send(tx, a, once, "venture.notice_stale", map[string]any{"serial": v.Serial}, "/my/ventures/"+v.ID.String()); err != nil {
			return 0, err
		}
	}
	if len(founders) > 0 {
		return len(founders), nil
	}
	at, err := org.Find(tx, v.Org)
	if err != nil {
		return 0, err
	}
	officers, err := s.Accounts.Holders(tx, venture.Confirm, at.Path)
	if err != nil {
		return 0, err
	}
	for _, a := range officers {
		once := "stale/" + s.today(tx).String()[:len("2026-01")]
		if err := notice.Send(tx, a.String(), once, "venture.notice_stale_office", nil, "/office/ventures?fresh=stale"); err != nil {
			return 0, err
		}
	}
	return len(officers), nil
}
