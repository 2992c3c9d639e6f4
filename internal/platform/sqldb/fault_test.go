package sqldb_test

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/schema"
)

// fault fails a named point while it is armed, as often as it was armed for.
type fault struct {
	point string
	err   error
	left  atomic.Int64
}

func (f *fault) hit(point string) error {
	if point == f.point && f.left.Add(-1) >= 0 {
		return f.err
	}
	return nil
}

// faulty gives each engine its shelf, with a fault that the test arms.
func faulty(t *testing.T, point string, err error, test func(t *testing.T, db *sqldb.DB, f *fault)) {
	t.Helper()
	for _, engine := range []sqldb.Engine{sqldb.SQLite, sqldb.PostgreSQL} {
		f := &fault{point: point, err: err}
		onEngine(t, engine, sqldb.Options{Fault: f.hit}, func(t *testing.T, db *sqldb.DB) { test(t, db, f) })
	}
}

func TestAFailedCommitAnswersNobodyWithSuccess(t *testing.T) {
	t.Parallel()
	faulty(t, "commit", errors.New("injected"), func(t *testing.T, db *sqldb.DB, f *fault) {
		f.left.Store(1)
		if err := db.Write(t.Context(), clerk, add); err == nil {
			t.Fatal("answered although the commit failed")
		}
		if n, acts := count(t, db, "xn"); n != 0 || acts != 0 {
			t.Fatalf("n %d, acts %d", n, acts)
		}
		must(t, db.Write(t.Context(), clerk, add))
	})
}

func TestAFailedBatchAnswersNobody(t *testing.T) {
	t.Parallel()
	faulty(t, "commit", errors.New("injected"), func(t *testing.T, db *sqldb.DB, f *fault) {
		must(t, db.Raw(t.Context(), `UPDATE shelf SET cap = 3 WHERE city = 'xn'`))
		f.left.Store(1 << 40)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if err := db.Write(context.Background(), clerk, add); err == nil {
					t.Error("a success was answered before its commit")
				}
			})
		}
		wg.Wait()
		f.left.Store(0)
		if n, acts := count(t, db, "xn"); n != 0 || acts != 0 {
			t.Fatalf("n %d, acts %d", n, acts)
		}
	})
}

func TestAnUnknownOutcomeIsSaidAndResolvedByTheSameKey(t *testing.T) {
	t.Parallel()
	faulty(t, "committed", io.ErrUnexpectedEOF, func(t *testing.T, db *sqldb.DB, f *fault) {
		f.left.Store(1)
		by := clerk
		by.Once = "k1"
		err := db.Write(t.Context(), by, add)
		if errs.KeyOf(err) != "sqldb.unknown" || errs.KindOf(err) != errs.Busy {
			t.Fatalf("got %v", err)
		}
		if err := db.Write(t.Context(), by, add); !sqldb.Again(err, nil) {
			t.Fatalf("asking again gave %v", err)
		}
		if n, acts := count(t, db, "xn"); n != 1 || acts != 1 {
			t.Fatalf("n %d, acts %d", n, acts)
		}
	})
}

func TestSQLiteReopensItsFileAfterDoubt(t *testing.T) {
	t.Parallel()
	f := &fault{point: "committed", err: io.ErrUnexpectedEOF}
	onEngine(t, sqldb.SQLite, sqldb.Options{Fault: f.hit}, func(t *testing.T, db *sqldb.DB) {
		f.left.Store(1)
		if err := db.Write(t.Context(), clerk, add); errs.KeyOf(err) != "sqldb.unknown" {
			t.Fatalf("got %v", err)
		}
		if db.Stats().Reopened.Load() != 1 {
			t.Fatal("not reopened")
		}
		must(t, db.Write(t.Context(), clerk, add))
		if n, acts := count(t, db, "xn"); n != 2 || acts != 2 {
			t.Fatalf("n %d, acts %d", n, acts)
		}
	})
}

// A COMMIT that failed on its way leaves its transaction open; the next act must not find it.
func TestSQLiteForgetsTheTransactionInDoubt(t *testing.T) {
	t.Parallel()
	f := &fault{point: "committing", err: io.ErrUnexpectedEOF}
	onEngine(t, sqldb.SQLite, sqldb.Options{Fault: f.hit}, func(t *testing.T, db *sqldb.DB) {
		f.left.Store(1)
		if err := db.Write(t.Context(), clerk, add); errs.KeyOf(err) != "sqldb.unknown" {
			t.Fatalf("got %v", err)
		}
		must(t, db.Write(t.Context(), clerk, add))
		if n, acts := count(t, db, "xn"); n != 1 || acts != 1 {
			t.Fatalf("n %d, acts %d: what was never committed is there", n, acts)
		}
	})
}

func TestAFullDiskIsSaidAndLeavesTheRest(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	must(t, db.Raw(t.Context(), `CREATE TABLE shelf (city TEXT, id TEXT, n BIGINT, cap BIGINT)`))
	must(t, db.Raw(t.Context(), `CREATE TABLE other (city TEXT, id TEXT)`))
	must(t, db.Raw(t.Context(), `INSERT INTO shelf VALUES ('xn', 'a', 0, 1000)`))
	pages, err := db.Pragma(t.Context(), "page_count")
	must(t, err)
	p, _ := strconv.Atoi(pages)
	must(t, db.Raw(t.Context(), `PRAGMA max_page_count = `+strconv.Itoa(p+30)))
	var wg sync.WaitGroup
	var full, fine atomic.Int64
	for i := range 40 {
		wg.Go(func() {
			err := db.Write(context.Background(), clerk, func(tx *sqldb.Tx) error {
				if i%8 == 0 {
					if _, err := tx.Exec(`INSERT INTO other (city, id) VALUES ($1, $2)`, strings.Repeat("x", 1<<20)); err != nil {
						return err
					}
				}
				return add(tx)
			})
			switch {
			case err == nil:
				fine.Add(1)
			case errs.KeyOf(err) == "sqldb.full":
				full.Add(1)
			default:
				t.Errorf("act %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if n, acts := count(t, db, "xn"); n != fine.Load() || acts != n || full.Load() != 5 {
		t.Fatalf("n %d, acts %d, answered %d, full %d", n, acts, fine.Load(), full.Load())
	}
}

func TestEveryCommitReachesTheDisk(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1"} {
		if got, err := db.Pragma(t.Context(), pragma); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", pragma, got, want, err)
		}
	}
	if _, err := db.Pragma(t.Context(), "x; DROP TABLE act"); err == nil {
		t.Error("a pragma took a second statement")
	}
}

// TestKilledProcessKeepsWhatItAnswered kills a writing process again and again, and finds every answered act.
func TestKilledProcessKeepsWhatItAnswered(t *testing.T) {
	if file := os.Getenv("SQLDB_WRITER"); file != "" {
		writeForever(t, file)
		return
	}
	t.Parallel()
	file := filepath.Join(t.TempDir(), "city.db")
	db, err := sqldb.OpenSQLite(t.Context(), file, sqldb.Options{Housekeeping: schema.Housekeeping})
	must(t, err)
	must(t, db.Migrate(t.Context(), schema.Migrations))
	must(t, db.Raw(t.Context(), `CREATE TABLE shelf (city TEXT, id TEXT, n BIGINT, cap BIGINT)`))
	must(t, db.Raw(t.Context(), `INSERT INTO shelf VALUES ('xn', 'a', 0, 1000000)`))
	must(t, db.Close())
	answered := int64(0)
	rounds := 20
	if testing.Short() {
		rounds = 4
	}
	for round := range rounds {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledProcessKeepsWhatItAnswered$")
		cmd.Env = append(os.Environ(), "SQLDB_WRITER="+file)
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		buf := make([]byte, 1)
		for range 5 + round*17%83 { // kill after a seeded number of answers
			if _, err := io.ReadFull(out, buf); err != nil {
				t.Fatal(err)
			}
			if buf[0] == '.' {
				answered++
			}
		}
		must(t, cmd.Process.Kill())
		rest, _ := io.ReadAll(out)
		answered += int64(strings.Count(string(rest), "."))
		_ = cmd.Wait()
		db, err := sqldb.OpenSQLite(t.Context(), file, sqldb.Options{Housekeeping: schema.Housekeeping})
		must(t, err)
		n, acts := count(t, db, "xn")
		must(t, db.Close())
		if n != acts || n < answered {
			t.Fatalf("round %d: %d answered, %d stored, %d acts", round, answered, n, acts)
		}
		answered = n
	}
}

func writeForever(t *testing.T, file string) {
	db, err := sqldb.OpenSQLite(t.Context(), file, sqldb.Options{Housekeeping: schema.Housekeeping})
	must(t, err)
	for range 8 {
		go func() {
			for {
				if err := db.Write(context.Background(), clerk, add); err == nil {
					_, _ = os.Stdout.WriteString(".")
				}
			}
		}()
	}
	select {}
}

func TestMigratingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		must(t, db.Migrate(t.Context(), schema.Migrations))
		have, want, err := db.Version(t.Context(), schema.Migrations)
		if err != nil || have != want || want < 2 {
			t.Fatalf("have %d, want %d, %v", have, want, err)
		}
		must(t, db.Optimize(t.Context()))
	})
}

func TestBackupIsACopyOfOneMoment(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	must(t, db.Raw(t.Context(), `CREATE TABLE shelf (city TEXT, id TEXT, n BIGINT, cap BIGINT)`))
	must(t, db.Raw(t.Context(), `INSERT INTO shelf VALUES ('xn', 'a', 0, 1000000)`))
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				_ = db.Write(context.Background(), clerk, add)
			}
		}
	})
	file := filepath.Join(t.TempDir(), "copy.db")
	must(t, db.Backup(t.Context(), schema.Migrations, file))
	close(stop)
	wg.Wait()
	copied, err := sqldb.OpenSQLite(t.Context(), file, sqldb.Options{Housekeeping: schema.Housekeeping})
	must(t, err)
	defer copied.Close()
	if n, acts := count(t, copied, "xn"); n != acts {
		t.Fatalf("the copy holds %d changes and %d acts", n, acts)
	}
}

func TestABackupOfEitherEngineRestoresOnPostgres(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		by := clerk
		for i := range 30 {
			by.Once = "k" + strconv.Itoa(i)
			must(t, db.Write(t.Context(), by, func(tx *sqldb.Tx) error {
				if _, err := tx.Exec(`INSERT INTO holiday (city, day, off, name, origin) VALUES ($1, $2, 1, '元旦', 'test')`, "2026-01-"+strconv.Itoa(10+i)); err != nil {
					return err
				}
				return tx.Record(authz.Verb{Key: "holiday.put", Writes: "holiday"}, "", act.Change{"i": i})
			}))
		}
		file := filepath.Join(t.TempDir(), "copy.db")
		must(t, db.Backup(t.Context(), schema.Migrations, file))
		to := sqldbtest.Postgres(t, sqldb.Options{})
		must(t, to.Restore(t.Context(), schema.Migrations, file))
		if a, b := dump(t, db), dump(t, to); a != b || !strings.Contains(a, "元旦") {
			t.Fatalf("restored rows differ:\n%s\n%s", a, b)
		}
		if err := to.Restore(t.Context(), schema.Migrations, file); err == nil {
			t.Fatal("restored over what is there")
		}
	})
}

// dump writes the rows of the test's tables, in order.
func dump(t *testing.T, db *sqldb.DB) string {
	t.Helper()
	var b strings.Builder
	must(t, db.Read(t.Context(), "xn", func(q *sqldb.Rx) error {
		for _, query := range []string{
			`SELECT day || name || off FROM holiday WHERE city = $1 ORDER BY day`,
			`SELECT id || at || verb || once FROM act WHERE city = $1 ORDER BY id`,
			`SELECT act || change FROM act_content WHERE city = $1 ORDER BY act`,
		} {
			lines, err := sqldb.All(q, func(s sqldb.Scan) (string, error) { var x string; return x, s(&x) }, query)
			if err != nil {
				return err
			}
			b.WriteString(strings.Join(lines, "\n"))
		}
		return nil
	}))
	return b.String()
}
