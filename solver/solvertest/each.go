// Package solvertest holds what measurements of several solvers share.
package solvertest

import (
	"testing"
	"time"

	"zhidian/solver/cpu"
)

// Each measures op and reports, beside what b does, the processor time it takes on average and at least, and the least time
// of day: on a machine with other work the least tells most.
func Each(b *testing.B, op func()) {
	b.Helper()
	var all, n time.Duration
	least, wall := time.Duration(1<<63-1), time.Duration(1<<63-1)
	for b.Loop() {
		before, began := cpu.Spent(), b.Elapsed()
		op()
		wall = min(wall, b.Elapsed()-began)
		took := cpu.Spent() - before
		all, n, least = all+took, n+1, min(least, took)
	}
	b.ReportMetric(all.Seconds()*1000/float64(n), "cpu-ms/op")
	b.ReportMetric(least.Seconds()*1000, "least-cpu-ms")
	b.ReportMetric(wall.Seconds()*1000, "least-ms")
}
