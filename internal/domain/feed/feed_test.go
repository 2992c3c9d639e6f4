package feed_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/feed"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

const city = "xianning"

// world is a service whose accounts may be stopped; every account has two events, one of them known to both sources.
type world struct {
	*feed.Service
	stopped map[string]bool
	now     time.Time
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{stopped: map[string]bool{}, now: time.Date(2026, 7, 6, 0, 0, 0, 0, time.UTC)}
			db := open(t, sqldb.Options{Clock: func() time.Time { w.now = w.now.Add(time.Millisecond); return w.now }})
			w.Service = &feed.Service{DB: db, Zone: time.UTC, Actor: func(_ context.Context, city, account string) (authz.Actor, error) {
				if w.stopped[account] {
					return authz.Actor{}, errs.New(errs.Denied, "errs.denied", nil)
				}
				return as(city, account), nil
			}}
			of := func(uids ...string) feed.Source {
				return func(_ sqldb.Q, by authz.Actor, from, _ int64) (all []feed.Event, err error) {
					for i, uid := range uids {
						all = append(all, feed.Event{UID: uid, Title: by.User, Starts: from - int64(i), Ends: from + 1})
					}
					return all, nil
				}
			}
			w.Sources = []feed.Source{of("a", "b"), of("b")}
			test(t, w)
		})
	}
}

func as(city, account string) authz.Actor { return authz.Actor{City: city, User: account} }

func (w *world) wantAbsent(t *testing.T, city, secret string) {
	t.Helper()
	if _, _, err := w.Read(t.Context(), city, secret); errs.KindOf(err) != errs.Absent {
		t.Errorf("read: %v", err)
	}
}

func TestAnAddressIsReadUntilItIsRevoked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mum := as(city, "mum")
		secret, err := w.Make(t.Context(), mum, "en")
		if err != nil {
			t.Fatal(err)
		}
		all, lang, err := w.Read(t.Context(), city, secret)
		if err != nil || lang != "en" || len(all) != 2 || all[0].UID != "b" || all[0].Title != "mum" {
			t.Fatalf("%v %s %v", all, lang, err)
		}
		w.wantAbsent(t, "twin", secret)
		w.wantAbsent(t, city, "")
		w.wantAbsent(t, city, strings.Repeat("A", len(secret)))
		mine, err := w.Mine(t.Context(), mum)
		if err != nil || len(mine) != 1 || mine[0].ReadAt == 0 {
			t.Fatalf("%+v %v", mine, err)
		}
		read := mine[0].ReadAt
		w.now = w.now.Add(30 * time.Minute)
		if _, _, err := w.Read(t.Context(), city, secret); err != nil {
			t.Fatal(err)
		}
		if mine, _ := w.Mine(t.Context(), mum); mine[0].ReadAt != read {
			t.Error("a reading within the hour was written down again")
		}
		if others, err := w.Mine(t.Context(), as(city, "dad")); err != nil || len(others) != 0 {
			t.Errorf("another sees %v, %v", others, err)
		}
		if err := w.End(t.Context(), as(city, "dad"), mine[0].ID); errs.KindOf(err) != errs.Absent {
			t.Errorf("another revoked it: %v", err)
		}
		w.stopped["mum"] = true
		w.wantAbsent(t, city, secret)
		w.stopped["mum"] = false
		if err := w.End(t.Context(), mum, mine[0].ID); err != nil {
			t.Fatal(err)
		}
		w.wantAbsent(t, city, secret)
	})
}

func TestTheSecretIsKeptNowhere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		secret, err := w.Make(t.Context(), as(city, "mum"), "en")
		if err != nil {
			t.Fatal(err)
		}
		var n int
		if err := w.DB.Read(t.Context(), city, func(q *sqldb.Rx) error {
			return q.Row(`SELECT (SELECT COUNT(*) FROM act_content WHERE city = $1 AND change LIKE $2) + (SELECT COUNT(*) FROM calendar_feed WHERE city = $1 AND (id = $3 OR lang = $3))`,
				"%"+secret+"%", secret).Scan(&n)
		}); err != nil || n != 0 {
			t.Errorf("%d, %v", n, err)
		}
		again := as(city, "mum")
		again.Once = "key"
		if _, err := w.Make(t.Context(), again, "en"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Make(t.Context(), again, "en"); errs.KeyOf(err) != "feed.shown_once" {
			t.Errorf("sent twice: %v", err)
		}
		if _, err := w.Make(t.Context(), authz.Actor{City: city}, "en"); errs.KindOf(err) != errs.Denied {
			t.Errorf("a stranger: %v", err)
		}
	})
}

// However many ask at once, on two processes, an account has so many addresses and no more.
func TestRacingAddressesAreFive(t *testing.T) {
	t.Parallel()
	sqldbtest.Pair(t, func(t *testing.T, first, second *sqldb.DB) {
		all := sqldbtest.Race(12, func(i int) error {
			s := &feed.Service{DB: []*sqldb.DB{first, second}[i%2]}
			_, err := s.Make(t.Context(), as(city, "mum"), "en")
			if errs.KeyOf(err) != "feed.most" && err != nil {
				t.Error(err)
			}
			return err
		})
		s := &feed.Service{DB: first}
		mine, err := s.Mine(t.Context(), as(city, "mum"))
		if err != nil || len(mine) != feed.Most || sqldbtest.Won(all) != feed.Most {
			t.Errorf("%d addresses, %d made, %v", len(mine), sqldbtest.Won(all), err)
		}
	})
}
