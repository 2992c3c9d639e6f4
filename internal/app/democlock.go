package app

import (
	"sync/atomic"
	"time"
)

// demoClock is the clock of a demo city: the true one, but that it can be turned back while the city is made, so that things lie in the
// days before. Every other city has the true one.
type demoClock struct{ back atomic.Int64 }

func (c *demoClock) now() time.Time { return time.Now().Add(-time.Duration(c.back.Load())) }

// turn sets how far back it is.
func (c *demoClock) turn(back time.Duration) { c.back.Store(int64(back)) }

// to lets it show a moment from now on.
func (c *demoClock) to(at time.Time) { c.turn(time.Since(at)) }
