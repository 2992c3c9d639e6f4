package notice

import (
	"context"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// Sum is how many messages went one way and came to one end.
type Sum struct {
	Channel string
	State   string
	N       int64
}

// Trouble is a message that has not arrived, or not yet. Whose it is, is not said.
type Trouble struct {
	Channel string
	Kind    string
	State   string
	At      int64
	Next    int64 // when it is tried again; 0: never
	Tries   int64
	Why     string
}

// reportDays is how far a report reaches back, and troubles how many it shows.
const (
	reportDays = 7
	troubles   = 50
)

// Delivered is what became of the messages of the last days.
type Delivered struct {
	Sums     []Sum
	Troubles []Trouble
}

// Report gives who runs the installation what became of messages.
func (p *Post) Report(ctx context.Context, by authz.Actor) (got Delivered, err error) {
	if err := by.MustSomewhere(Report); err != nil {
		return got, err
	}
	err = p.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		since := q.Now().AddDate(0, 0, -reportDays).UnixMicro()
		if got.Sums, err = sqldb.All(q, func(f sqldb.Scan) (Sum, error) {
			var x Sum
			return x, f(&x.Channel, &x.State, &x.N)
		}, `SELECT channel, state, COUNT(*) FROM notice_sending WHERE city = $1 AND at >= $2 GROUP BY channel, state ORDER BY channel, state`, since); err != nil {
			return err
		}
		got.Troubles, err = sqldb.All(q, func(f sqldb.Scan) (Trouble, error) {
			var x Trouble
			err := f(&x.Channel, &x.Kind, &x.State, &x.At, &x.Next, &x.Tries, &x.Why)
			if x.State == "failed" {
				x.Next = 0
			}
			return x, err
		}, `SELECT channel, kind, state, at, next_at, tries, failure FROM notice_sending WHERE city = $1 AND at >= $2 AND failure <> '' AND state IN ('waiting', 'failed') ORDER BY at DESC, ref LIMIT $3`, since, troubles)
		return err
	})
	return got, err
}
