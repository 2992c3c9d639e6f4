package clearance_test

import (
	"sync/atomic"
	"testing"
	"time"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// A paper that counts no more is kept for three years, one without an end for ten.
func TestHowLongPapersAreKept(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var now atomic.Int64
			now.Store(today.Start(zone).Add(9 * time.Hour).UnixMicro())
			c := build(t, open(t, sqldb.Options{Clock: func() time.Time { return time.UnixMicro(now.Load()) }}))
			must(t, c.s.TakeIn(t.Context(), c.System()))
			who := c.adult("关平", "1990-03-01")
			c.enter(c.paper(who, clearance.Training))
			c.enter(c.paper(who, clearance.Check))
			c.enter(c.paper(who, clearance.Check))
			c.enter(c.paper(who, clearance.Agreement))
			job := &retain.Service{DB: c.DB, Zone: zone, Rules: clearance.Retention}
			for _, want := range []struct{ months, left int }{{35, 4}, {37, 3}, {47, 3}, {49, 1}, {119, 1}, {121, 0}} {
				now.Store(today.AddMonths(want.months).Start(zone).UnixMicro())
				must(t, job.Run(t.Context(), c.City))
				must(t, c.DB.Read(t.Context(), c.City, func(q *sqldb.Rx) error {
					var n int
					err := q.Row(`SELECT COUNT(*) FROM clearance WHERE city = $1`).Scan(&n)
					if n != want.left {
						t.Errorf("after %d months %d are left", want.months, n)
					}
					return err
				}))
			}
		})
	}
}
