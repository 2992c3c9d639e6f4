package cpu

import (
	"runtime"
	"testing"
	"time"
)

func TestSpentCountsWork(t *testing.T) {
	before := Spent()
	x := uint64(1)
	for Spent()-before < time.Millisecond {
		for range 100_000 {
			x = x*6364136223846793005 + 1
		}
		runtime.KeepAlive(x)
	}
}
