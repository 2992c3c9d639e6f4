package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

var (
	put   = authz.Verb{Key: "shelf.put", Writes: "shelf"}
	other = authz.Verb{Key: "other.put", Writes: "other"}
	clerk = authz.Actor{City: "xn", User: "u1", Grants: []authz.Held{}}
)

// shelves gives each engine a table with a guard: a shelf takes at most its capacity.
func shelves(t *testing.T, opt sqldb.Options, test func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	onEngine(t, sqldb.SQLite, opt, test)
	onEngine(t, sqldb.PostgreSQL, opt, test)
}

func onEngine(t *testing.T, engine sqldb.Engine, opt sqldb.Options, test func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	t.Run(string(engine), func(t *testing.T) {
		t.Parallel()
		lend := sqldbtest.SQLite
		if engine == sqldb.PostgreSQL {
			lend = sqldbtest.Postgres
		}
		db := lend(t, opt)
		must(t, db.Raw(t.Context(), `CREATE TABLE shelf (city TEXT, id TEXT, n BIGINT, cap BIGINT, PRIMARY KEY (city, id), CHECK (n <= cap))`))
		must(t, db.Raw(t.Context(), `CREATE TABLE other (city TEXT, id TEXT, PRIMARY KEY (city, id))`))
		must(t, db.Raw(t.Context(), `INSERT INTO shelf VALUES ('xn', 'a', 0, 1000000), ('twin', 'a', 7, 7)`))
		test(t, db)
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func add(tx *sqldb.Tx) error {
	n, err := tx.Exec(`UPDATE shelf SET n = n + 1 WHERE city = $1 AND id = $2 AND n < cap`, "a")
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Conflict, "shelf.full", nil)
	}
	return tx.Record(put, "a", act.Change{"n": 1})
}

func count(t testing.TB, db *sqldb.DB, city string) (n, acts int64) {
	t.Helper()
	must(t, db.Read(context.WithoutCancel(t.Context()), city, func(q *sqldb.Rx) error {
		if err := q.Row(`SELECT n FROM shelf WHERE city = $1 AND id = $2`, "a").Scan(&n); err != nil {
			return err
		}
		return q.Row(`SELECT COUNT(*) FROM act WHERE city = $1`).Scan(&acts)
	}))
	return n, acts
}

func TestAnActCommitsWithItsRecord(t *testing.T) {
	t.Parallel()
	shelves(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		must(t, db.Write(t.Context(), clerk, add))
		if n, acts := count(t, db, "xn"); n != 1 || acts != 1 {
			t.Fatalf("n %d, acts %d", n, acts)
		}
		if n, acts := count(t, db, "twin"); n != 7 || acts != 0 {
			t.Fatalf("the twin city was touched: n %d, acts %d", n, acts)
		}
	})
}

func TestWhatIsRefusedLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		fn   func(*sqldb.Tx) error
		want string
	}{
		{"without a record", func(tx *sqldb.Tx) error {
			_, err := tx.Exec(`UPDATE shelf SET n = 5 WHERE city = $1`)
			return err
		}, "without a record"},
		{"a table the verb does not name", func(tx *sqldb.Tx) error {
			if _, err := tx.Exec(`UPDATE shelf SET n = 5 WHERE city = $1`); err != nil {
				return err
			}
			return tx.Record(other, "a", nil)
		}, "other.put may not change shelf"},
		{"a statement without its city", func(tx *sqldb.Tx) error {
			_, err := tx.Exec(`UPDATE shelf SET n = 5 WHERE id = 'a'`)
			return err
		}, "without its city"},
		{"free text as subject", func(tx *sqldb.Tx) error {
			if _, err := tx.Exec(`UPDATE shelf SET n = 5 WHERE city = $1`); err != nil {
				return err
			}
			return tx.Record(put, "张三 13800001111", nil)
		}, "act.subject"},
		{"an error swallowed", func(tx *sqldb.Tx) error {
			_, _ = tx.Exec(`UPDATE shelf SET n = cap + 1 WHERE city = $1`)
			return tx.Record(put, "a", nil)
		}, "went on after an error"},
		{"a constraint", func(tx *sqldb.Tx) error {
			_, err := tx.Exec(`UPDATE shelf SET n = cap + 1 WHERE city = $1`)
			return err
		}, "UPDATE shelf"},
		{"a refusal", func(tx *sqldb.Tx) error {
			if err := add(tx); err != nil {
				return err
			}
			return errs.New(errs.Conflict, "shelf.full", nil)
		}, "shelf.full"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			shelves(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
				err := db.Write(t.Context(), clerk, c.fn)
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("got %v, want …%s…", err, c.want)
				}
				if n, acts := count(t, db, "xn"); n != 0 || acts != 0 {
					t.Fatalf("left behind: n %d, acts %d", n, acts)
				}
				must(t, db.Write(t.Context(), clerk, add))
			})
		})
	}
}

func TestAPanicReachesItsCallerAndNobodyElse(t *testing.T) {
	t.Parallel()
	shelves(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		var wg sync.WaitGroup
		var caught atomic.Int64
		for i := range 40 {
			wg.Go(func() {
				defer func() {
					if recover() != nil {
						caught.Add(1)
					}
				}()
				err := db.Write(context.Background(), clerk, func(tx *sqldb.Tx) error {
					if err := add(tx); err != nil {
						return err
					}
					if i%4 == 0 {
						panic("boom")
					}
					return nil
				})
				if err != nil {
					t.Errorf("act %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if n, acts := count(t, db, "xn"); n != 30 || acts != 30 || caught.Load() != 10 {
			t.Fatalf("n %d, acts %d, panics %d", n, acts, caught.Load())
		}
	})
}

func TestHousekeepingAndActsKeepToTheirTables(t *testing.T) {
	t.Parallel()
	opt := sqldb.Options{Housekeeping: []string{"other"}}
	shelves(t, opt, func(t *testing.T, db *sqldb.DB) {
		insert := func(tx *sqldb.Tx) error {
			_, err := tx.Exec(`INSERT INTO other (city, id) VALUES ($1, $2)`, "x")
			return err
		}
		must(t, db.Keep(t.Context(), "xn", insert))
		err := db.Keep(t.Context(), "xn", func(tx *sqldb.Tx) error {
			_, err := tx.Exec(`UPDATE shelf SET n = 1 WHERE city = $1`)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "only in acts") {
			t.Fatalf("got %v", err)
		}
		err = db.Keep(t.Context(), "xn", func(tx *sqldb.Tx) error { return tx.Record(put, "a", nil) })
		if err == nil {
			t.Fatal("housekeeping recorded an act")
		}
		if n, acts := count(t, db, "xn"); n != 0 || acts != 0 {
			t.Fatalf("n %d, acts %d", n, acts)
		}
	})
}

func TestAskingAgainGivesTheRecordedAnswer(t *testing.T) {
	t.Parallel()
	shelves(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		by := clerk
		by.Once = "form-1"
		take := func(by authz.Actor) (string, error) {
			got := ""
			err := db.Write(t.Context(), by, func(tx *sqldb.Tx) error {
				if err := add(tx); err != nil {
					return err
				}
				got = "seat-1"
				return tx.Answer(got)
			})
			if sqldb.Again(err, &got) {
				return "again " + got, nil
			}
			return got, err
		}
		first, err := take(by)
		must(t, err)
		second, err := take(by)
		must(t, err)
		if first != "seat-1" || second != "again seat-1" {
			t.Fatalf("first %q, second %q", first, second)
		}
		stranger := by
		stranger.User = "u2"
		if got, err := take(stranger); err != nil || got != "seat-1" {
			t.Fatalf("another user's key: %q, %v", got, err)
		}
		if n, acts := count(t, db, "xn"); n != 2 || acts != 2 {
			t.Fatalf("n %d, acts %d", n, acts)
		}
	})
}

func TestOneKeyRacedCommitsOnce(t *testing.T) {
	t.Parallel()
	shelves(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		by := clerk
		by.Once = "double-tap"
		var wg sync.WaitGroup
		var fresh, again atomic.Int64
		for range 16 {
			wg.Go(func() {
				switch err := db.Write(context.Background(), by, add); {
				case err == nil:
					fresh.Add(1)
				case sqldb.Again(err, nil):
					again.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n, _ := count(t, db, "xn"); n != 1 || fresh.Load() != 1 || again.Load() != 15 {
			t.Fatalf("n %d, fresh %d, again %d", n, fresh.Load(), again.Load())
		}
	})
}

func TestNothingIsOversold(t *testing.T) {
	t.Parallel()
	shelves(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		must(t, db.Raw(t.Context(), `UPDATE shelf SET cap = 25 WHERE city = 'xn'`))
		var wg sync.WaitGroup
		var placed, full atomic.Int64
		for range 60 {
			wg.Go(func() {
				switch err := db.Write(context.Background(), clerk, add); {
				case err == nil:
					placed.Add(1)
				case errs.KeyOf(err) == "shelf.full":
					full.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if placed.Load() != 25 || full.Load() != 35 {
			t.Fatalf("placed %d, full %d", placed.Load(), full.Load())
		}
	})
}

func TestACallerWhoGivesUpHarmsNobody(t *testing.T) {
	t.Parallel()
	shelves(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		var wg sync.WaitGroup
		for i := range 30 {
			wg.Go(func() {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				err := db.Write(ctx, clerk, func(tx *sqldb.Tx) error {
					if err := add(tx); err != nil {
						return err
					}
					if i%3 == 0 {
						cancel() // the browser hangs up between two statements
					}
					_, err := tx.Exec(`UPDATE shelf SET n = n WHERE city = $1`)
					return err
				})
				if gaveUp := errs.KeyOf(err) == "sqldb.gave_up"; gaveUp != (i%3 == 0) {
					t.Errorf("act %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if n, acts := count(t, db, "xn"); n != 20 || acts != 20 {
			t.Fatalf("n %d, acts %d", n, acts)
		}
		done, cancel := context.WithCancel(t.Context())
		cancel()
		if err := db.Write(done, clerk, add); err == nil {
			t.Fatal("an act entered after its caller had left")
		}
	})
}

func TestASnapshotStandsStill(t *testing.T) {
	t.Parallel()
	shelves(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		must(t, db.Read(t.Context(), "xn", func(q *sqldb.Rx) error {
			var before, after int64
			if err := q.Row(`SELECT n FROM shelf WHERE city = $1`).Scan(&before); err != nil {
				return err
			}
			must(t, db.Write(t.Context(), clerk, add))
			if err := q.Row(`SELECT n FROM shelf WHERE city = $1`).Scan(&after); err != nil {
				return err
			}
			if before != after {
				return fmt.Errorf("one read saw %d and %d", before, after)
			}
			if _, err := q.Query(`UPDATE shelf SET n = 9 WHERE city = $1`); err == nil {
				return errors.New("a read wrote")
			}
			return nil
		}))
	})
}

func TestBulkCountsWhatItChanged(t *testing.T) {
	t.Parallel()
	shelves(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		must(t, db.Write(t.Context(), clerk, func(tx *sqldb.Tx) error {
			n, err := tx.Bulk(`INSERT INTO other (city, id) VALUES ($1, $2) ON CONFLICT (city, id) DO NOTHING`, 2500, func(i int) []any {
				return []any{fmt.Sprint(i % 2000)}
			})
			if err != nil {
				return err
			}
			if n != 2000 {
				return fmt.Errorf("%d rows", n)
			}
			return tx.Record(other, "", act.Change{"n": n})
		}))
	})
}

func TestRowsAndAbsence(t *testing.T) {
	t.Parallel()
	shelves(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		scan := func(s sqldb.Scan) (string, error) { var id string; return id, s(&id) }
		must(t, db.Read(t.Context(), "xn", func(q *sqldb.Rx) error {
			ids, err := sqldb.All(q, scan, `SELECT id FROM shelf WHERE city = $1`)
			if err != nil || len(ids) != 1 {
				return fmt.Errorf("ids %v, %v", ids, err)
			}
			_, err = sqldb.One(q, scan, `SELECT id FROM shelf WHERE city = $1 AND id = $2`, "none")
			if errs.KindOf(err) != errs.Absent {
				return fmt.Errorf("no row gave %v", err)
			}
			var w sqldb.Where
			w.And("city = $1").And("id IN (?, ?)", "a", "b").Scope(authz.Scope{Paths: []authz.Path{"a/"}}, "id || '/'")
			rows, err := sqldb.All(q, scan, "SELECT id FROM shelf WHERE "+w.SQL()+" LIMIT "+w.Arg(int64(5)), w.Args()...)
			if err != nil || len(rows) != 1 {
				return fmt.Errorf("built condition %s gave %v, %v", w.SQL(), rows, err)
			}
			return nil
		}))
		if q := db.Write(t.Context(), authz.Actor{}, add); q == nil {
			t.Fatal("a write without a city")
		}
	})
}

func TestTimeOfAnActIsOneInstant(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 6, 27, 10, 0, 0, 123456789, time.UTC)
	shelves(t, sqldb.Options{Clock: func() time.Time { at = at.Add(time.Second); return at }}, func(t *testing.T, db *sqldb.DB) {
		must(t, db.Write(t.Context(), clerk, func(tx *sqldb.Tx) error {
			if a, b := tx.Now(), tx.Now(); a != b || a.Nanosecond()%1000 != 0 {
				return fmt.Errorf("%v and %v", a, b)
			}
			return nil
		}))
	})
}

// What is put and what is held on the way is seen by the statements after it, and counts with the act or not at all.
func TestWhatIsPutIsSeenByTheNextStatement(t *testing.T) {
	t.Parallel()
	shelves(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		err := db.Write(t.Context(), clerk, func(tx *sqldb.Tx) error {
			if err := tx.Put(`INSERT INTO shelf (city, id, n, cap) VALUES ($1, $2, $3, $4)`, 3, func(i int) []any { return []any{string(rune('p' + i)), i, 9} }); err != nil {
				return err
			}
			if err := sqldb.Hold(tx, "shelf", []string{"q", "p", "nobody"}); err != nil {
				return err
			}
			n, err := tx.Exec(`UPDATE shelf SET n = n + 1 WHERE city = $1 AND id IN ('p', 'q', 'r')`)
			if err != nil || n != 3 {
				t.Errorf("%d rows are seen, %v", n, err)
			}
			return tx.Record(put, "p", act.Change{"n": n})
		})
		must(t, err)
		refused := errs.New(errs.Conflict, "shelf.full", nil)
		err = db.Write(t.Context(), clerk, func(tx *sqldb.Tx) error {
			return errors.Join(tx.Put(`INSERT INTO shelf (city, id, n, cap) VALUES ($1, $2, 0, 9)`, 1, func(int) []any { return []any{"s"} }), refused)
		})
		if errs.KindOf(err) != errs.Conflict {
			t.Errorf("refused: %v", err)
		}
		err = db.Write(t.Context(), clerk, func(tx *sqldb.Tx) error {
			if err := tx.Put(`INSERT INTO shelf (city, id, n, cap) VALUES ($1, $2, 10, 9)`, 1, func(int) []any { return []any{"t"} }); err != nil {
				return err
			}
			return tx.Record(put, "t", act.Change{})
		})
		if err == nil {
			t.Error("what the table refuses was answered as done")
		}
		must(t, db.Read(t.Context(), "xn", func(q *sqldb.Rx) error {
			var n int
			err := q.Row(`SELECT COUNT(*) FROM shelf WHERE city = $1`).Scan(&n)
			if n != 4 {
				t.Errorf("%d shelves, want 4", n)
			}
			return err
		}))
	})
}

func TestAColumnAmongValues(t *testing.T) {
	t.Parallel()
	var w sqldb.Where
	sqldb.In(w.And("x.city = $1").And("x.a = ?", 1), "x.b", []string{"p", "q"})
	if got := w.SQL(); got != "x.city = $1 AND x.a = $2 AND x.b IN ($3, $4)" || len(w.Args()) != 3 {
		t.Errorf("%s, %v", got, w.Args())
	}
	var none sqldb.Where
	if got := sqldb.In(&none, "x.b", []int{}).SQL(); got != "1 = 0" { // neither engine takes an empty list
		t.Error(got)
	}
}
