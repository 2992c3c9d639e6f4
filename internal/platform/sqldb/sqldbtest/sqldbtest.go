// Package sqldbtest lends tests a migrated database of their own, on each of the two engines.
package sqldbtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhidian/internal/platform/sqldb"
	"zhidian/internal/schema"
)

// Each runs a test once per engine, in parallel, each with an empty migrated database.
func Each(t *testing.T, test func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t, sqldb.Options{}))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, Postgres(t, sqldb.Options{}))
	})
}

// Pair is Each for what races: on PostgreSQL two handles on one database act like two processes that serve it; on SQLite,
// which has one process, both are the same handle.
func Pair(t *testing.T, test func(t *testing.T, first, second *sqldb.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		db := SQLite(t, sqldb.Options{})
		test(t, db, db)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		both := PostgresPair(t, sqldb.Options{})
		test(t, both[0], both[1])
	})
}

// PostgresPair lends two handles on one PostgreSQL database, like two processes that serve it.
func PostgresPair(t testing.TB, opt sqldb.Options) []*sqldb.DB {
	t.Helper()
	dsn := PostgresDSN(t)
	both := make([]*sqldb.DB, 2)
	for i := range both {
		db, err := sqldb.OpenPostgres(t.Context(), dsn, options(opt))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		both[i] = db
	}
	return both
}

// Race runs do at the same moment n times, i counting from 0, and gives the errors in order.
func Race(n int, do func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = do(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// Won counts those of a race that had no error.
func Won(all []error) (n int) {
	for _, err := range all {
		if err == nil {
			n++
		}
	}
	return n
}

// SQLite lends a database in a file of its own; it is closed when the test ends.
func SQLite(t testing.TB, opt sqldb.Options) *sqldb.DB {
	t.Helper()
	return openSQLite(t, filepath.Join(t.TempDir(), "city.db"), opt)
}

// template is a migrated SQLite file that tests copy: migrating each anew would take longer than most tests.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "zhidian-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "city.db")
	db, err := sqldb.OpenSQLite(context.Background(), file, options(sqldb.Options{}))
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(context.Background(), schema.Migrations); err != nil {
		return nil, err
	}
	if err := db.Backup(context.Background(), schema.Migrations, file+".copy"); err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(file + ".copy")
})

func openSQLite(t testing.TB, file string, opt sqldb.Options) *sqldb.DB {
	t.Helper()
	image, err := template()
	if err != nil {
		t.Fatalf("migrated template: %v", err)
	}
	if err := os.WriteFile(file, image, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sqldb.OpenSQLite(t.Context(), file, options(opt))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

// Postgres lends a database made from a migrated template in the test binary's own cluster. Without PostgreSQL the
// test is skipped, or fails where ZHIDIAN_REQUIRE names postgres.
func Postgres(t testing.TB, opt sqldb.Options) *sqldb.DB {
	t.Helper()
	db, err := sqldb.OpenPostgres(t.Context(), PostgresDSN(t), options(opt))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

var made atomic.Int64

// PostgresDSN lends a database as PostgreSQL's address, for tests that open it more than once or from another process.
func PostgresDSN(t testing.TB) string {
	t.Helper()
	bin := postgresBin()
	if bin == "" {
		if strings.Contains(os.Getenv("ZHIDIAN_REQUIRE"), "postgres") {
			t.Fatal("PostgreSQL is required here and was not found; `make pg` fetches it")
		}
		t.Skip("skipped: no PostgreSQL; `make pg` fetches it")
	}
	c, err := theCluster()
	if err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
	name := fmt.Sprintf("t%d", made.Add(1))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := c.create(ctx, name); err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
	t.Cleanup(func() { c.drop(name) })
	return c.dsn(name)
}

func options(opt sqldb.Options) sqldb.Options {
	if opt.Housekeeping == nil {
		opt.Housekeeping = schema.Housekeeping
	}
	return opt
}
