package venture

import (
	"context"
	"fmt"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Load takes dossiers over from another register. Nobody holds it: it is done once, when a city begins.
var Load = authz.Verb{Key: "venture.load", Writes: "venture venture_code venture_founder venture_consent"}

// Loaded is a dossier that is older than this register, and to which bank its founder has agreed that it be shown for a loan.
type Loaded struct {
	Given
	ConfirmedAt int64   // microseconds UTC
	Bank        org.ID  // zero: to none
	Until       day.Day // how long that may be seen
}

// Load enters many dossiers in one act and gives their ids in the same order. Each is held against what any dossier must be; where one cannot be, nothing is entered.
func (s *Service) Load(ctx context.Context, by authz.Actor, all []Loaded) (made []ID, err error) {
	year := day.Of(s.DB.Now(), s.Zone).Year()
	first, err := s.Serials.Next(ctx, by.City, fmt.Sprintf("venture.%d", year), int64(len(all)))
	if err != nil {
		return nil, err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := by.MustEverywhere(Load); err != nil {
			return err
		}
		now := tx.Now().UnixMicro()
		made = make([]ID, len(all))
		facts := make([]Facts, len(all))
		var coded, agreed []int
		for i, x := range all {
			f, p := x.facts(tx, s.today(tx))
			if err := p.Err(); err != nil {
				return err
			}
			facts[i], made[i] = f, id.New[Venture](tx.Now())
			if f.Credit != "" {
				coded = append(coded, i)
			}
			if !x.Bank.IsZero() {
				agreed = append(agreed, i)
			}
		}
		if _, err := tx.Bulk(insertVenture, len(all), func(i int) []any {
			return Venture{
				ID: made[i], Serial: fmt.Sprintf("项目-%d-%05d", year, first+int64(i)), Org: all[i].Org, State: Known, Facts: facts[i],
				ConfirmedAt: all[i].ConfirmedAt, ConfirmedBy: by.User, EditedAt: now, MadeBy: by.User, MadeAt: now,
			}.values()
		}); err != nil {
			return err
		}
		n, err := tx.Bulk(`INSERT INTO venture_code (city, credit, venture) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, len(coded), func(i int) []any {
			return []any{facts[coded[i]].Credit, made[coded[i]]}
		})
		if err == nil && n != int64(len(coded)) {
			err = creditTaken()
		}
		if err != nil {
			return err
		}
		if _, err := tx.Bulk(insertFounder, len(all), func(i int) []any { return []any{made[i], 1, all[i].Founder, 1, "", ""} }); err != nil {
			return err
		}
		n, err = tx.Bulk(insertConsent, len(agreed), func(i int) []any {
			x := &all[agreed[i]]
			return []any{id.New[Consent](tx.Now()), made[agreed[i]], x.Bank, Loan, TextVersion, by.User, now, x.Until, "", 0}
		})
		if err == nil && n != int64(len(agreed)) {
			err = errs.New(errs.Conflict, "errs.stale", nil)
		}
		if err != nil {
			return err
		}
		return tx.Record(Load, "", act.Change{"dossiers": len(all)})
	})
	return made, err
}
