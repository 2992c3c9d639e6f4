package app

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// loop is work that goes on beside the requests.
type loop struct {
	name  string
	every time.Duration
	run   func(ctx context.Context) error
}

type loops []loop

// start runs every loop until ctx ends; the channel closes when all have stopped. An error is logged once per
// change, so that a disk that stays full does not fill the log as well.
func (all loops) start(ctx context.Context, log *slog.Logger) <-chan struct{} {
	done := make(chan struct{})
	var wg sync.WaitGroup
	for _, l := range all {
		wg.Go(func() {
			last := ""
			tick := time.NewTicker(l.every)
			defer tick.Stop()
			for {
				said := ""
				if err := l.run(ctx); err != nil && ctx.Err() == nil {
					said = err.Error()
					if said != last {
						log.Error("a loop failed and goes on", "loop", l.name, "error", said)
					}
				}
				last = said
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
			}
		})
	}
	go func() {
		wg.Wait()
		close(done)
	}()
	return done
}

// later makes work wait, the first time, until the program has run for a while: a start is busy enough.
func later(wait time.Duration, run func(context.Context) error) func(context.Context) error {
	var first sync.Once
	return func(ctx context.Context) error {
		first.Do(func() {
			select {
			case <-ctx.Done():
			case <-time.After(wait):
			}
		})
		return run(ctx)
	}
}
