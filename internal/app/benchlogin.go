package app

import (
	"context"
	"errors"
	"net/url"
	"os"
	"sync"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/sqldb"
)

// loginBench keeps what codes were sent, as phones would.
type loginBench struct {
	mu    sync.Mutex
	codes map[cn.Phone]string
}

// Send takes a message whose text is the code.
func (b *loginBench) Send(_ context.Context, to cn.Phone, code string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.codes[to] = code
	return nil
}

// benchLogin lets people sign in by codes that were sent to them before, through HTTP, with all limits on: the rush before a
// minute at which something opens. One in ten is new and gets an account on the way. What came of it is read from the database.
func benchLogin(ctx context.Context, c *call) (measured, error) {
	fs := c.flags()
	dsn := fs.String("db", "", "空的 PostgreSQL 数据库地址 address of an empty PostgreSQL database; empty: SQLite, synchronous=FULL")
	people := fs.Int("people", 20_000, "登录人数 people who sign in")
	seconds := fs.Float64("seconds", 0, "均匀到达的时长，0 为同时到达 over how long they arrive evenly; 0: all at once")
	profile := fs.String("profile", "", "服务器的 CPU 分析文件 file for a CPU profile of the server")
	if code, ok := c.parse(fs); !ok {
		return measured{}, usageError(code)
	}
	dir, err := os.MkdirTemp("", "zhidian-bench-")
	if err != nil {
		return measured{}, err
	}
	defer os.RemoveAll(dir)
	in, err := newImportBench(ctx, dir, *dsn)
	if err != nil {
		return measured{}, err
	}
	b := &loginBench{codes: make(map[cn.Phone]string, *people)}
	if err := errors.Join(b.send(ctx, in, *people), in.s.db.Optimize(ctx), in.s.db.Close()); err != nil {
		return measured{}, err
	}
	server, err := startBenchServer(ctx, dir, *dsn, *profile, "--limited", "--proxies", "127.0.0.0/8")
	if err != nil {
		return measured{}, err
	}
	crowd := newCrowd(server.url, time.Duration(*seconds*float64(time.Second)), func(int) string { return "/sign-in/phone" })
	for phone, code := range b.codes {
		crowd.wants("/sign-in/code", "", url.Values{"phone": {string(phone)}, "code": {code}})
	}
	servers, own := server.cpu(), cpuTime("self")
	figures, err := crowd.run(ctx)
	servers, own = server.cpu()-servers, cpuTime("self")-own
	peak, stopped := server.stop()
	if err = errors.Join(err, stopped); err != nil {
		return measured{}, err
	}
	figures["server_cpu_ms_each"], figures["client_cpu_ms_each"] = milli(servers)/float64(*people), milli(own)/float64(*people)
	figures["server_peak_memory_mb"] = peak
	engine := "SQLite, synchronous=FULL"
	if *dsn != "" {
		engine = "PostgreSQL"
	}
	return measured{Engine: engine, Figures: figures}, b.check(ctx, dir, *dsn, figures)
}

// send has a code sent to everybody; nine in ten have an account.
func (b *loginBench) send(ctx context.Context, in *importBench, people int) error {
	service := in.s.account
	service.SMS, service.Budget = b, int64(people)
	var known []account.Admission
	for k := range people {
		if k%10 != 0 {
			known = append(known, account.Admission{Phone: cn.Phone(familyPhone(k))})
		}
	}
	if err := in.s.db.Write(ctx, in.by, func(tx *sqldb.Tx) error {
		if _, err := account.Admit(tx, in.s.in.keys, known); err != nil {
			return err
		}
		return tx.Record(account.Admitting, "", nil)
	}); err != nil {
		return err
	}
	var wg sync.WaitGroup
	faults := make([]error, callers)
	for w := range callers {
		wg.Go(func() {
			for k := w; k < people && faults[w] == nil; k += callers {
				faults[w] = service.SendCode(ctx, in.by.City, cn.Phone(familyPhone(k)), func(code string) string { return code })
			}
		})
	}
	wg.Wait()
	return errors.Join(faults...)
}

// check counts, in the database, the sessions that were opened and the accounts that have more than one.
func (b *loginBench) check(ctx context.Context, dir, dsn string, figures map[string]any) error {
	in, err := open(ctx, dir, dsn)
	if err != nil {
		return err
	}
	defer in.db.Close()
	var sessions, doubled, unused int
	err = in.db.Read(ctx, in.city.Slug, func(q *sqldb.Rx) (err error) {
		sessions, doubled, unused, err = account.Rush(q)
		return err
	})
	if err != nil {
		return err
	}
	figures["sessions"], figures["doubled"], figures["codes_unused"] = sessions, doubled, unused
	return nil
}
