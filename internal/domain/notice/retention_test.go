package notice_test

import (
	"testing"
	"time"

	"zhidian/internal/domain/notice"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

func TestWhatWasToldIsDestroyedInTime(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t testing.TB, opt sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)
			db := open(t, sqldb.Options{Clock: func() time.Time { return now }})
			send(t, db, "xianning", "a", "1")
			send(t, db, "twin", "a", "1")
			texts := &notice.Texts{DB: db, City: "xianning", Keys: seal.Ephemeral("xianning")}
			if err := texts.Send(t.Context(), "+8613800001234", "123456"); err != nil {
				t.Fatal(err)
			}
			rows := func(city, query string) (n int) {
				t.Helper()
				err := db.Read(t.Context(), city, func(q *sqldb.Rx) error { return q.Row(query).Scan(&n) })
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			job := &retain.Service{DB: db, Rules: notice.Retention}
			for _, step := range []struct {
				after           time.Duration
				outbox, notices int
			}{{29 * 24 * time.Hour, 1, 1}, {2 * 24 * time.Hour, 0, 1}, {698 * 24 * time.Hour, 0, 1}, {3 * 24 * time.Hour, 0, 0}} {
				now = now.Add(step.after)
				if err := job.Run(t.Context(), "xianning"); err != nil {
					t.Fatal(err)
				}
				if n := rows("xianning", `SELECT COUNT(*) FROM outbox WHERE city = $1`); n != step.outbox {
					t.Errorf("%d messages, want %d", n, step.outbox)
				}
				s := &notice.Service{DB: db, Cursors: page.NewCursors([]byte("0123456789abcdef"))}
				if n, err := s.Unread(t.Context(), authz.Actor{City: "xianning", User: "a"}); err != nil || n != step.notices {
					t.Errorf("%d notices, want %d: %v", n, step.notices, err)
				}
			}
			if n := rows("twin", `SELECT COUNT(*) FROM notice WHERE city = $1`); n != 1 {
				t.Error("the twin's notice is gone")
			}
		})
	}
}
