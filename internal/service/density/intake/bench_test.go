package intake_test

import (
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/density/intake"
)

// BenchmarkCity loads the demo city, or the part of it that ZHIDIAN_BENCH_SIZE names, and tells rows per second by kind.
func BenchmarkCity(b *testing.B) {
	size := demo.Size(0.1)
	if s, err := strconv.ParseFloat(os.Getenv("ZHIDIAN_BENCH_SIZE"), 64); err == nil {
		size = demo.Size(s)
	}
	for b.Loop() {
		w := newWorld(b, sqldbtest.SQLite(b, sqldb.Options{}), "xn", size)
		for _, table := range w.tables() {
			path := w.file(b, table, ".csv")
			began := time.Now()
			var checked time.Duration
			last := int64(0)
			_, err := w.File(b.Context(), w.by, intake.Kind(table.Kind), table.Name, path, table.AsOf, intake.Options{Fineness: source.Point}, func(done, _ int64) {
				if done < last && checked == 0 {
					checked = time.Since(began)
				}
				last = done
			})
			if err != nil {
				b.Fatal(err)
			}
			took := time.Since(began)
			b.Logf("%-12s %7d rows  check %6.2f s  write %6.2f s  %7.0f rows/s written", table.Kind, len(table.Rows),
				checked.Seconds(), (took - checked).Seconds(), float64(len(table.Rows))/(took-checked).Seconds())
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.Logf("memory taken from the system %d MB", m.Sys>>20)
	}
}
