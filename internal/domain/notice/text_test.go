package notice_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhidian/internal/domain/notice"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// gateway is a made-up operator: it refuses so many messages first.
type gateway struct {
	mu     sync.Mutex
	refuse int
	got    []string
}

func (g *gateway) Send(_ context.Context, to, text string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refuse--; g.refuse >= 0 {
		return errors.New("the gateway answered 500")
	}
	g.got = append(g.got, to+" "+text)
	return nil
}

func TestTextsWaitSealedAndAreTriedAgain(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t testing.TB, opt sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var now atomic.Int64
			now.Store(time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC).UnixMicro())
			db := open(t, sqldb.Options{Housekeeping: []string{"outbox"}, Clock: func() time.Time { return time.UnixMicro(now.Load()) }})
			pass := func(d time.Duration) { now.Add(d.Microseconds()) }
			g := &gateway{refuse: 2}
			x := &notice.Texts{DB: db, City: "xianning", Keys: seal.Ephemeral("zhidian/test"), Gateway: g}
			row := func() (body string, done int64, failure string) {
				t.Helper()
				err := db.Read(t.Context(), "xianning", func(q *sqldb.Rx) error {
					return q.Row(`SELECT body, done_at, failure FROM outbox WHERE city = $1 ORDER BY id DESC LIMIT 1`).Scan(&body, &done, &failure)
				})
				if err != nil {
					t.Fatal(err)
				}
				return body, done, failure
			}
			run := func(want int) {
				t.Helper()
				if n, err := x.Run(t.Context()); err != nil || n != want {
					t.Fatalf("%d sent, want %d: %v", n, want, err)
				}
			}
			if err := x.Send(t.Context(), cn.Phone("+8613871500000"), "验证码 042317"); err != nil {
				t.Fatal(err)
			}
			if body, _, _ := row(); strings.Contains(body, "042317") || strings.Contains(body, "1387") {
				t.Errorf("the message lies open: %s", body)
			}
			run(0) // refused
			run(0) // not due yet
			pass(6 * time.Second)
			run(0) // refused again
			pass(11 * time.Second)
			run(1)
			run(0)
			if body, done, failure := row(); body != "" || done == 0 || failure != "" || len(g.got) != 1 || g.got[0] != "+8613871500000 验证码 042317" {
				t.Errorf("%q %d %q %v", body, done, failure, g.got)
			}

			g.refuse = 1000 // what ends before the gateway takes it is given up, and nothing of it stays
			if err := x.Send(t.Context(), cn.Phone("+8613871500000"), "验证码 555555"); err != nil {
				t.Fatal(err)
			}
			for range 60 {
				run(0)
				pass(30 * time.Second)
			}
			if body, done, failure := row(); body != "" || done == 0 || failure != "the gateway answered 500" {
				t.Errorf("%q %d %q", body, done, failure)
			}
		})
	}
}

// Two processes that look into the outbox at once hand a message on once.
func TestTwoProcessesSendATextOnce(t *testing.T) {
	t.Parallel()
	sqldbtest.Pair(t, func(t *testing.T, one, two *sqldb.DB) {
		g, keys := &gateway{}, seal.Ephemeral("zhidian/test")
		first := &notice.Texts{DB: one, City: "xianning", Keys: keys, Gateway: g}
		second := &notice.Texts{DB: two, City: "xianning", Keys: keys, Gateway: g}
		const texts = 30
		for range texts {
			if err := first.Send(t.Context(), cn.Phone("+8613871500000"), "验证码"); err != nil {
				t.Fatal(err)
			}
		}
		all := sqldbtest.Race(4, func(i int) error {
			_, err := []*notice.Texts{first, second}[i%2].Run(t.Context())
			return err
		})
		if sqldbtest.Won(all) != len(all) {
			t.Error(all)
		}
		if len(g.got) != texts {
			t.Errorf("%d of %d sent", len(g.got), texts)
		}
	})
}
