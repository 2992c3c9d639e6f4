package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/account"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
)

// benchCity is a city of made-up people that is kept between runs, with somebody to ask at each level of the tree.
type benchCity struct {
	dir, dsn string
	Persons  int
	Number   string // the ID of somebody in the narrowest scope
	Scopes   []benchScope
}

// benchScope is a part of the city that somebody may see.
type benchScope struct {
	Name  string // village, county, city
	Org   string // the division's id
	Login string
	User  string // the account's id
	token string
}

// openBenchCity gives the city of a folder, and makes it first where the folder holds none: divisions and organisations of
// the demo, a register of so many members with the IDs of nobody, and as many young people counted by village.
func openBenchCity(ctx context.Context, c *call, dir, dsn string, people int) (*benchCity, error) {
	whole := filepath.Join(dir, "bench.json")
	b := &benchCity{dir: dir, dsn: dsn}
	text, err := os.ReadFile(whole)
	if err == nil {
		if err := json.Unmarshal(text, b); err != nil {
			return nil, err
		}
		if b.Persons != people {
			return nil, fmt.Errorf("%s holds %d persons: name another folder with --data", dir, b.Persons)
		}
		return b, nil
	}
	began := time.Now()
	fmt.Fprintf(c.stderr, "正在生成 %d 人 making %d persons in %s…\n", people, people, dir)
	in, err := newImportBench(ctx, dir, dsn)
	if err != nil {
		return nil, err
	}
	defer in.s.db.Close()
	if err := b.fill(ctx, in, people); err != nil {
		return nil, err
	}
	fmt.Fprintf(c.stderr, "%.0f s\n", time.Since(began).Seconds())
	if text, err = json.MarshalIndent(b, "", "  "); err != nil {
		return nil, err
	}
	return b, os.WriteFile(whole, text, 0o600)
}

func (b *benchCity) fill(ctx context.Context, in *importBench, people int) error {
	city, err := demo.Make(1)
	if err != nil {
		return err
	}
	nodes := map[string]org.Node{}
	if err := in.s.db.Read(ctx, in.by.City, func(q *sqldb.Rx) error {
		all, err := org.Subtree(q, authz.Scope{All: true}, org.City, org.County, org.Township, org.Village)
		if err != nil {
			return err
		}
		for _, n := range all {
			codes, err := org.Codes(q, n.ID)
			if err != nil {
				return err
			}
			for _, x := range codes {
				nodes[x.Code] = n
			}
		}
		return nil
	}); err != nil {
		return err
	}
	if err := in.s.addOutlines(ctx, in.by, city, nodes); err != nil {
		return err
	}
	file := filepath.Join(b.dir, "members.csv")
	defer os.Remove(file)
	if err := in.write(file, 0, people, false); err != nil {
		return err
	}
	if _, err := in.take(ctx, "团员花名册", file); err != nil {
		return err
	}
	for _, t := range []demo.Table{city.Sites(1, demoNow), city.Youth(demo.Size(float64(people)/638_000), demoNow, 1)} {
		if err := in.s.takeIn(ctx, in.by, t); err != nil {
			return err
		}
	}
	if err := errors.Join(in.s.countFigures(ctx), in.s.db.Optimize(ctx), in.s.sealLog(ctx)); err != nil {
		return err
	}
	return b.people(ctx, in, nodes, people)
}

// people gives the city somebody who works at each level, the narrowest first; whoever is sought by number lives in all of them.
func (b *benchCity) people(ctx context.Context, in *importBench, nodes map[string]org.Node, people int) error {
	k := people / 20
	branch := func() []string { return in.branches[k*len(in.branches)/people] } // name, unit, code
	for at := nodes[branch()[2]]; k < people-1 && (at.Kind != org.Village || at.Name != branch()[1]); at = nodes[branch()[2]] {
		k++ // to a village's own branch, not one of a school or workplace
	}
	number, _, err := benchMember(k)
	if err != nil {
		return err
	}
	b.Persons, b.Number = people, number
	code := branch()[2]
	for _, s := range []struct{ name, code string }{{"village", code}, {"county", code[:6] + "000000"}, {"city", "421200000000"}} {
		at := nodes[s.code]
		if at.ID.IsZero() {
			return fmt.Errorf("no division %s", s.code)
		}
		who, _, err := in.s.account.CreateFirst(ctx, in.by.City, account.First{
			Newcomer: account.Newcomer{Login: "bench-" + s.name, Name: "测量员", Desk: at.ID}, Role: "clerk", Password: demoPassword,
		})
		if err != nil {
			return err
		}
		b.Scopes = append(b.Scopes, benchScope{Name: s.name, Org: at.ID.String(), Login: "bench-" + s.name, User: who.String()})
	}
	return nil
}

// benchServer serves an installation without limits on how often anybody asks; measurements start it as a process of its own.
func benchServer(ctx context.Context, c *call) int {
	var s serving
	fs, data, dsn := s.flags(c)
	profile := fs.String("profile", "", "CPU 分析文件 file for a CPU profile, to be read with go tool pprof")
	counted := fs.String("counted", "", "结束时写下动作数与提交数的文件 file for the numbers of acts and commits, at the end")
	limited := fs.Bool("limited", false, "保留访问频率限制 with the limits on how often one may ask")
	if code, ok := c.parse(fs); !ok {
		return code
	}
	stop, err := startProfile(*profile)
	if err != nil {
		return c.fail(err)
	}
	defer stop()
	in, err := open(ctx, *data, *dsn)
	if err != nil {
		return c.fail(err)
	}
	s.unlimited = !*limited
	err = s.run(ctx, in, c.stdout)
	if *counted != "" {
		stats := in.db.Stats()
		err = errors.Join(err, os.WriteFile(*counted, fmt.Appendf(nil, "%d %d", stats.Acts.Load(), stats.Commits.Load()), 0o600))
	}
	return c.exit(err)
}

// startProfile writes a CPU profile of this process until it is stopped; none without a file.
func startProfile(file string) (stop func(), err error) {
	if file == "" {
		return func() {}, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
	}, nil
}

// benchProcess is a server in a process of its own.
type benchProcess struct {
	cmd   *exec.Cmd
	url   string
	began time.Time // when it was started
}

// startServer runs this program again with some arguments, and waits for the address that it prints.
func startServer(ctx context.Context, args ...string) (*benchProcess, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &benchProcess{cmd: exec.CommandContext(ctx, self, append(args, "--addr", "127.0.0.1:0")...)}
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.began = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, at, ok := strings.Cut(lines.Text(), "http://"); ok {
			p.url = "http://" + at
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return p, nil
		}
	}
	return nil, errors.Join(errors.New("the server did not start"), p.cmd.Wait())
}

// cpu is the time that the server has computed so far.
func (p *benchProcess) cpu() time.Duration { return cpuTime(strconv.Itoa(p.cmd.Process.Pid)) }

// stop ends the server, and tells the most memory that it has held, in megabytes.
func (p *benchProcess) stop() (int64, error) {
	peak := peakMemory(strconv.Itoa(p.cmd.Process.Pid))
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return peak, err
	}
	return peak, p.cmd.Wait()
}

// serve starts a server of the city with a program's token for every scope.
func (b *benchCity) serve(ctx context.Context, profile string) (*benchProcess, error) {
	in, err := open(ctx, b.dir, b.dsn)
	if err != nil {
		return nil, err
	}
	s, err := newServices(in, slog.New(slog.DiscardHandler))
	if err == nil {
		for i := range b.Scopes {
			if b.Scopes[i].token, err = s.account.MakeToken(ctx, authz.Actor{City: in.city.Slug, User: b.Scopes[i].User}, account.Proof{Password: demoPassword}, "bench", 1); err != nil {
				break
			}
		}
	}
	if err := errors.Join(err, in.db.Close()); err != nil {
		return nil, err
	}
	return startBenchServer(ctx, b.dir, b.dsn, profile)
}

// startBenchServer starts a server that sets no limits before the city in a folder; it writes a CPU profile where a file for one is named. More
// are further arguments.
func startBenchServer(ctx context.Context, dir, dsn, profile string, more ...string) (*benchProcess, error) {
	args := append([]string{"bench", "server", "--data", dir}, more...)
	if dsn != "" {
		args = append(args, "--db", dsn)
	}
	if profile != "" {
		args = append(args, "--profile", profile)
	}
	return startServer(ctx, args...)
}

// newBenchCity founds a city in a folder, with nothing in it.
func newBenchCity(ctx context.Context, dir, dsn string) (*services, error) {
	if err := found(dir, demoCity, time.Now()); err != nil {
		return nil, err
	}
	in, err := migrated(ctx, dir, dsn)
	if err != nil {
		return nil, err
	}
	return newServices(in, slog.New(slog.DiscardHandler))
}

// engineOf names the engine that an address of a database is of, SQLite where there is none.
func engineOf(dsn string) string {
	if dsn != "" {
		return string(sqldb.PostgreSQL)
	}
	return string(sqldb.SQLite)
}

// signIn gives a browser that has signed in as somebody.
func (p *benchProcess) signIn(ctx context.Context, login string) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	hc := &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	form := url.Values{"login": {login}, "password": {demoPassword}, "_key": {web.NewKey()}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/sign-in", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := hc.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || strings.HasPrefix(res.Request.URL.Path, "/sign-in") {
		return nil, fmt.Errorf("%s cannot sign in: %d at %s", login, res.StatusCode, res.Request.URL.Path)
	}
	return hc, nil
}
