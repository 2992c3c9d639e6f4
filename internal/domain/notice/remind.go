package notice

import (
	"context"

	"zhidian/internal/platform/sqldb"
)

// Due is something of which some accounts are reminded, once, as long as its time has not come.
type Due struct {
	Once     string // the same for as long as it is held at the same time
	Key      string
	Link     string
	Until    int64 // when it begins or ends, microseconds UTC
	Accounts []string
}

// Remind tells accounts of what is due. It may be called again and again, by several processes: each is told once, and nobody of what
// has begun.
func Remind(ctx context.Context, db *sqldb.DB, city string, all []Due) error {
	type one struct {
		Due
		account string
	}
	var fresh []one
	err := db.Read(ctx, city, func(q *sqldb.Rx) error {
		for _, d := range all {
			for _, a := range d.Accounts {
				var n int64
				if err := q.Row(`SELECT COUNT(*) FROM notice WHERE city = $1 AND account = $2 AND once = $3`, a, d.Once).Scan(&n); err != nil {
					return err
				}
				if n == 0 {
					fresh = append(fresh, one{d, a})
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, x := range fresh {
		if err := db.Keep(ctx, city, func(tx *sqldb.Tx) error {
			if tx.Now().UnixMicro() >= x.Until {
				return nil
			}
			return SendUntil(tx, x.account, x.Once, x.Key, nil, x.Link, x.Until)
		}); err != nil {
			return err
		}
	}
	return nil
}
