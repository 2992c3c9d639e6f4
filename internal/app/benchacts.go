package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/act/actlog"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/schema"
)

// benchVerb writes one row of the calendar, a table that is in every installation and costs what a small act costs.
var benchVerb = authz.Verb{Key: "bench.put", Writes: "holiday"}

// benchActs measures acts per second through HTTP: each request is one act with its record, answered after its
// commit has reached the disk, with the sealer running beside.
func benchActs(ctx context.Context, c *call) (measured, error) {
	fs := c.flags()
	dsn := fs.String("db", "", "空的 PostgreSQL 数据库地址 address of an empty PostgreSQL database; empty: SQLite, synchronous=FULL")
	clients := fs.Int("clients", 64, "并发客户端 clients")
	seconds := fs.Float64("seconds", 5, "时长 duration")
	fsync := fs.Duration("fsync", 0, "每次落盘另加的时间 time added to every SQLite commit, such as 2ms for an office disk")
	profile := fs.String("profile", "", "本进程的 CPU 分析文件 file for a CPU profile of this process, clients and server together")
	if code, ok := c.parse(fs); !ok {
		return measured{}, usageError(code)
	}
	stop, err := startProfile(*profile)
	if err != nil {
		return measured{}, err
	}
	defer stop()
	dir, err := os.MkdirTemp("", "zhidian-bench-")
	if err != nil {
		return measured{}, err
	}
	defer os.RemoveAll(dir)
	opt := sqldb.Options{Housekeeping: schema.Housekeeping, SlowFsync: *fsync}
	var db *sqldb.DB
	if *dsn == "" {
		db, err = sqldb.OpenSQLite(ctx, filepath.Join(dir, dbFile), opt)
	} else {
		db, err = sqldb.OpenPostgres(ctx, *dsn, opt)
	}
	if err != nil {
		return measured{}, err
	}
	defer db.Close()
	if err := db.Migrate(ctx, schema.Migrations); err != nil {
		return measured{}, err
	}
	return actsThroughHTTP(ctx, db, *clients, time.Duration(*seconds*float64(time.Second)))
}

func actsThroughHTTP(ctx context.Context, db *sqldb.DB, clients int, span time.Duration) (measured, error) {
	const city = "bench"
	cat, err := catalog()
	if err != nil {
		return measured{}, err
	}
	srv, err := web.New(web.Config{
		Messages: cat, Rates: web.NoRates(), Log: slog.New(slog.DiscardHandler),
		City: func(string) (string, *time.Location, bool) { return city, time.UTC, true },
		Routes: []web.Route{{Pattern: "POST /act", Door: web.Public, Handle: func(w http.ResponseWriter, r *web.Request) error {
			if _, err := benchAct(r.Context(), db, city); err != nil {
				return err
			}
			w.WriteHeader(http.StatusNoContent)
			return nil
		}}},
	})
	if err != nil {
		return measured{}, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return measured{}, err
	}
	run, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- srv.Serve(run, l) }()
	keys := seal.Ephemeral(act.KeyName(city))
	sealing := loops{{name: "seal", every: sealEvery, run: func(ctx context.Context) error {
		return sealWaiting(ctx, db, city, keys.Signer())
	}}}.start(run, slog.Default())

	// Beside an empty table that has never been counted, PostgreSQL takes one index for another. Every installation is past
	// that within a minute, when it is first analysed.
	url := "http://" + l.Addr().String() + "/act"
	pound(run, url, clients, span/5)
	if err := db.Optimize(ctx); err != nil {
		return measured{}, err
	}

	var sealed []time.Duration
	var watching sync.WaitGroup
	watched, unwatch := context.WithTimeout(run, span)
	watching.Go(func() { sealed = watchSealing(watched, db, city) })

	stats := db.Stats()
	acts, commits := stats.Acts.Load(), stats.Commits.Load()
	took, failed, spent := pound(run, url, clients, span)
	acts, commits = stats.Acts.Load()-acts, stats.Commits.Load()-commits
	watching.Wait()
	unwatch()
	stop()
	<-sealing
	if err := <-served; err != nil {
		return measured{}, err
	}
	slices.Sort(took)
	slices.Sort(sealed)
	if len(took) == 0 || len(sealed) == 0 {
		return measured{}, fmt.Errorf("no act succeeded or none was sealed, %d failed", failed)
	}
	return measured{Engine: string(db.Engine()), Figures: map[string]any{
		"clients": clients, "seconds": spent.Seconds(), "acts": len(took), "errors": failed,
		"acts_per_second": float64(len(took)) / spent.Seconds(), "acts_per_fsync": float64(acts) / float64(max(1, commits)),
		"p50_ms": milli(took[len(took)/2]), "p99_ms": milli(took[len(took)*99/100]), "max_ms": milli(took[len(took)-1]),
		"sealed_p50_ms": milli(sealed[len(sealed)/2]), "sealed_max_ms": milli(sealed[len(sealed)-1]),
	}}, nil
}

// benchAct does one small act and gives what it is about.
func benchAct(ctx context.Context, db *sqldb.DB, city string) (key string, err error) {
	key = string(id.New[act.Act](db.Now()))
	return key, db.Write(ctx, authz.Actor{City: city, User: "bench", Once: key, Grants: []authz.Held{}}, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(`INSERT INTO holiday (city, day, off, name, origin) VALUES ($1, $2, 1, '', 'bench')`, key); err != nil {
			return err
		}
		return tx.Record(benchVerb, key, act.Change{"n": 1})
	})
}

// watchSealing does an act now and then beside the others, and gives how long each took from its commit until it was sealed.
func watchSealing(ctx context.Context, db *sqldb.DB, city string) (took []time.Duration) {
	for len(took) == 0 || ctx.Err() == nil {
		key, err := benchAct(context.WithoutCancel(ctx), db, city)
		began := time.Now()
		for err == nil {
			var lines []actlog.Line
			err = db.Read(context.WithoutCancel(ctx), city, func(q *sqldb.Rx) (err error) {
				lines, err = actlog.List(q, actlog.Filter{Subject: key, Limit: 1})
				return err
			})
			if err == nil && len(lines) == 1 && lines[0].Seq > 0 {
				took = append(took, time.Since(began))
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if err != nil {
			return took
		}
	}
	return took
}

// pound sends requests from every client, one after another, for a time.
func pound(ctx context.Context, url string, clients int, span time.Duration) (took []time.Duration, failed int64, spent time.Duration) {
	hc := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	var mu sync.Mutex
	var bad atomic.Int64
	var wg sync.WaitGroup
	began := time.Now()
	for range clients {
		wg.Go(func() {
			var mine []time.Duration
			for time.Since(began) < span && ctx.Err() == nil {
				at := time.Now()
				res, err := hc.Post(url, "application/x-www-form-urlencoded", http.NoBody)
				if err != nil {
					bad.Add(1)
					continue
				}
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
				if res.StatusCode != http.StatusNoContent {
					bad.Add(1)
					continue
				}
				mine = append(mine, time.Since(at))
			}
			mu.Lock()
			took = append(took, mine...)
			mu.Unlock()
		})
	}
	wg.Wait()
	return took, bad.Load(), time.Since(began)
}

func milli(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
