package sqldb_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// As many reads at once as there are connections, each with a text that nobody has prepared: none may wait for the others.
func TestReadsThatPrepareDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	callers := max(4, 2*runtime.GOMAXPROCS(0)) // as many as may read at once, see OpenSQLite
	var wg, inside sync.WaitGroup
	inside.Add(callers)
	failed := make([]error, callers)
	for i := range callers {
		wg.Go(func() {
			failed[i] = db.Read(ctx, "xianning", func(q *sqldb.Rx) error {
				inside.Done()
				inside.Wait()
				var n int
				return q.Row(fmt.Sprintf(`SELECT COUNT(*) + %d FROM org WHERE city = $1`, i)).Scan(&n)
			})
		})
	}
	wg.Wait()
	for _, err := range failed {
		if err != nil {
			t.Fatal(err)
		}
	}
}
