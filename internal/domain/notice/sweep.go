package notice

import (
	"context"
	"time"

	"zhidian/internal/platform/sqldb"
)

// How long what was told is kept.
const (
	OutboxFor = 30 * 24 * time.Hour      // a message that was handed on or given up, and one that no way out ever took
	NoticeFor = 2 * 365 * 24 * time.Hour // a notice on its owner's page
)

// Sweep destroys messages and notices whose time is over. A loop runs it daily.
func Sweep(ctx context.Context, db *sqldb.DB, city string) error {
	return db.Keep(ctx, city, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(`DELETE FROM outbox WHERE city = $1 AND at < $2`, tx.Now().Add(-OutboxFor).UnixMicro()); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM notice WHERE city = $1 AND at < $2`, tx.Now().Add(-NoticeFor).UnixMicro())
		return err
	})
}
