package sqldb_test

import (
	"context"
	"sync"
	"testing"

	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

func TestSerialsOfTwoProcessesNeverMeet(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		processes := []*sqldb.Serials{{DB: db}, {DB: db}}
		var mu sync.Mutex
		seen := map[int64]bool{}
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for k := range int64(60) {
					n := 1 + k%5
					first, err := processes[i%2].Next(context.Background(), "xn", "matter", n)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					for j := first; j < first+n; j++ {
						if seen[j] || j < 1 {
							t.Errorf("number %d twice", j)
						}
						seen[j] = true
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if first, err := processes[0].Next(t.Context(), "twin", "matter", 1); err != nil || first != 1 {
			t.Fatalf("the twin city begins at %d, %v", first, err)
		}
	})
}
