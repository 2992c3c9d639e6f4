// Package cpu says what work has cost, whatever else the machine does.
package cpu

import (
	"syscall"
	"time"
)

// Spent is what this process has used of processors so far. Other work on the machine changes it less than the time of day.
func Spent() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
