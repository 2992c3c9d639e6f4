package app

import (
	"context"
	"errors"

	"zhidian/internal/domain/document"
	"zhidian/internal/domain/notice"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// destroyedAtOnce is how many documents one run ends at most; the next run goes on.
const destroyedAtOnce = 500

// destroyDue destroys what is kept no longer: documents past their day, each in an act of its own, and messages and
// notices that are old. Sessions and one-time codes have a loop of their own.
func (s *services) destroyDue(ctx context.Context) error {
	city := s.in.city.Slug
	today := s.account.Today(s.db.Now())
	papers := document.Service{DB: s.db, Files: s.files}
	var due []document.Document
	err := s.db.Read(ctx, city, func(q *sqldb.Rx) (err error) {
		due, err = document.Due(q, today, destroyedAtOnce)
		return err
	})
	if err != nil {
		return err
	}
	var failed error
	for _, d := range due { // one that cannot be destroyed must not keep the others
		failed = errors.Join(failed, papers.Destroy(ctx, authz.System(city), d.ID, today))
	}
	return errors.Join(failed, notice.Sweep(ctx, s.db, city))
}
