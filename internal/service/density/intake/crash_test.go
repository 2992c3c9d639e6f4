package intake_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/schema"
	"zhidian/internal/service/density/intake"
)

const (
	crashSize  = 0.004
	crashKills = 8 // real ones, of a process
	crashSeed  = 20261123
)

// at counts what the child does, and kills it at the chosen point.
type deadline struct {
	n, at atomic.Int64
	name  string // of the step to die at, for named points
	trace func(string)
}

func (d *deadline) pass(name string) {
	n := d.n.Add(1)
	if d.trace != nil {
		d.trace(name)
	}
	if n == d.at.Load() || d.name != "" && name == d.name {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

// reopen opens the city that lies in a folder, as a server would after a crash.
func reopen(dir string, d *deadline) (*intake.Service, error) {
	keys, err := seal.Open(filepath.Join(dir, "keys.json"))
	if err != nil {
		return nil, err
	}
	opt := sqldb.Options{Housekeeping: schema.Housekeeping}
	if d != nil {
		opt.Fault = func(p string) error { d.pass(p); return nil }
	}
	db, err := sqldb.OpenSQLite(context.Background(), filepath.Join(dir, "city.db"), opt)
	if err != nil {
		return nil, err
	}
	files, err := blob.New(filepath.Join(dir, "files"), keys)
	if err != nil {
		return nil, err
	}
	serials := &sqldb.Serials{DB: db}
	s := &intake.Service{DB: db, Serials: serials, Keys: keys, Files: files, Sources: &source.Service{DB: db, Serials: serials}}
	if d != nil {
		s.Step = d.pass
	}
	return s, nil
}

// second is the delivery that is disturbed: of a kind, from a source that has delivered before.
type second struct {
	kind   intake.Kind
	source string
	file   string
}

var secondMembers = second{intake.Members, "智慧团建团员", "second-members.csv"}

// goOn brings the newest delivery to its end from wherever it stands, or begins it.
func goOn(ctx context.Context, s *intake.Service, dir string, what second) error {
	path := filepath.Join(dir, what.file)
	by := authz.System("xn")
	var newest source.Delivery
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		x, err := source.FindName(q, what.source)
		if err != nil {
			return err
		}
		all, err := source.Deliveries(q, x.ID, 1)
		if err != nil {
			return err
		}
		newest = all[0]
		return nil
	})
	if err != nil {
		return err
	}
	state := newest.State
	if state == source.Visible && newest.FileName != filepath.Base(path) {
		_, err := s.File(ctx, by, what.kind, what.source, path, asOf, intake.Options{}, nil)
		return err
	}
	if state == source.Checking && len(intake.ReportOf(newest).Mapping.Columns) == 0 {
		if err := s.Abandon(ctx, by, newest.Seq); err != nil { // it died before its columns were noted: the clerk uploads again
			return err
		}
		_, err := s.File(ctx, by, what.kind, what.source, path, asOf, intake.Options{}, nil)
		return err
	}
	if state == source.Checking {
		if _, err := s.DryRun(ctx, by, newest.Seq, nil); err != nil {
			return err
		}
		state = source.Checked
	}
	if state == source.Checked {
		if err := s.Begin(ctx, by, newest.Seq, false); err != nil {
			return err
		}
		state = source.Applying
	}
	if state == source.Applying {
		return s.Write(ctx, by, newest.Seq, nil)
	}
	return nil
}

// TestMain runs the import that is to be killed where the environment asks for it.
func TestMain(m *testing.M) {
	dir := os.Getenv("INTAKE_CRASH_DIR")
	if dir == "" {
		os.Exit(m.Run())
	}
	d := &deadline{name: os.Getenv("INTAKE_CRASH_STEP")}
	at, _ := strconv.ParseInt(os.Getenv("INTAKE_CRASH_AT"), 10, 64)
	d.at.Store(at)
	s, err := reopen(dir, d)
	if err == nil {
		err = goOn(context.Background(), s, dir, secondMembers)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	fmt.Println(d.n.Load())
	os.Exit(0)
}

// crash runs the child in a folder and tells whether it was killed.
func crash(t *testing.T, dir, step string, at int64) (killed bool) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "INTAKE_CRASH_DIR="+dir, "INTAKE_CRASH_STEP="+step, "INTAKE_CRASH_AT="+strconv.FormatInt(at, 10))
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signaled() {
		return true
	}
	if err != nil {
		t.Fatalf("the child: %v %s", err, out)
	}
	return false
}

// seconds are the disturbed deliveries, one of each kind.
func seconds(city *demo.City) map[second]demo.Table {
	other, east := func(string) string { return "大专" }, func(string) string { return "114.400000" }
	of := func(t demo.Table) second { return second{intake.Kind(t.Kind), t.Name, "second-" + t.Kind + ".csv"} }
	all := map[second]demo.Table{}
	for _, t := range []demo.Table{
		cut(change(city.Companies(asOf), "经度", 2, east), 5), cut(change(city.Schools(asOf), "经度", 2, east), 4), cut(city.Branches(asOf), 7), cut(change(city.Members(crashSize, asOf, 1), "学历", 3, other), 6), cut(city.Youth(crashSize, asOf, 1), 50), cut(city.Sites(crashSize, asOf), 4),
	} {
		all[of(t)] = t
	}
	return all
}

// order is the order in which the disturbed deliveries come: branches that are gone come behind the members who name them.
func order(all map[second]demo.Table) []second {
	kinds := []intake.Kind{intake.Employers, intake.Schools, intake.Members, intake.Youth, intake.Sites, intake.LeagueOrgs}
	return slices.SortedFunc(maps.Keys(all), func(a, b second) int { return cmp.Compare(slices.Index(kinds, a.kind), slices.Index(kinds, b.kind)) })
}

// prepared makes the city in which a first delivery of each kind counts and a second lies ready as a file.
func prepared(t *testing.T) (dir string, all []second) {
	t.Helper()
	dir = t.TempDir()
	if _, err := seal.Create(filepath.Join(dir, "keys.json"), "zhidian/xn", time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	s, err := reopen(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	migrateForTest(t, s.DB)
	w := &world{Service: s, by: authz.System("xn"), size: crashSize, dir: dir}
	if w.city, err = demo.Make(crashSize); err != nil {
		t.Fatal(err)
	}
	w.divisions(t, w.city.Divisions)
	for _, table := range w.tables() {
		w.load(t, table, ".csv")
	}
	tables := seconds(w.city)
	all = order(tables)
	for _, x := range all {
		if err := os.Rename(w.file(t, tables[x], ".csv"), filepath.Join(dir, x.file)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(s.DB.Close(), s.Files.Close()); err != nil {
		t.Fatal(err)
	}
	return dir, all
}

func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "city")
	if err := errors.Join(os.CopyFS(to, os.DirFS(dir)), os.Chmod(filepath.Join(to, "keys.json"), 0o600)); err != nil {
		t.Fatal(err)
	}
	return to
}

// seen opens a folder and tells what counts in it, after bringing some deliveries to their end.
func seen(t *testing.T, dir string, on ...second) string {
	t.Helper()
	s, err := reopen(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.DB.Close()
	defer s.Files.Close()
	for _, x := range on {
		if err := goOn(t.Context(), s, dir, x); err != nil {
			t.Fatalf("%s does not go on: %v", x.kind, err)
		}
	}
	return withoutSources(visible(t, s.DB, "xn"))
}

// moment is what a disk holds at some points of the run: the state that a process killed there would leave.
type moment struct {
	dir    string
	points []int
	stage  int // how many deliveries had been brought to their end
}

// onlooker keeps what the disk holds at each point, once for points between which nothing was written.
type onlooker struct {
	t     *testing.T
	dir   string
	mu    sync.Mutex
	n     int
	named map[string]int
	stage int
	last  string
	seen  map[[32]byte]*moment
	list  []*moment
}

// sizes tells, without reading them, whether the files have changed.
func (o *onlooker) sizes() (s string) {
	for _, file := range []string{"city.db", "city.db-wal"} {
		if info, err := os.Stat(filepath.Join(o.dir, file)); err == nil {
			s += fmt.Sprint(info.Size(), info.ModTime().UnixNano(), " ")
		}
	}
	return s
}

func (o *onlooker) pass(name string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.n++
	o.named[name]++
	now := o.sizes()
	if name == "statement" && now == o.last { // within a transaction only the log behind the data grows
		o.list[len(o.list)-1].points = append(o.list[len(o.list)-1].points, o.n)
		return
	}
	o.last = now
	sum := sha256.New()
	fmt.Fprint(sum, o.stage)
	for _, file := range []string{"city.db", "city.db-wal"} {
		b, err := os.ReadFile(filepath.Join(o.dir, file))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			o.t.Error(err)
		}
		sum.Write(b)
	}
	key := [32]byte(sum.Sum(nil))
	m := o.seen[key]
	if m == nil {
		m = &moment{dir: copyOf(o.t, o.dir), stage: o.stage}
		_ = os.Remove(filepath.Join(m.dir, "city.db-shm")) // a killed process leaves none that counts
		o.seen[key] = m
		o.list = append(o.list, m)
	}
	m.points = append(m.points, o.n)
}

// An import of any kind that stops anywhere is not there at all or whole, and goes on to the same end as one that nobody
// disturbed. Every statement, every commit and every named step is such a place.
func TestInterruptedImportsAreNeverHalf(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("runs an import from each of its moments")
	}
	base, all := prepared(t)
	stages := []string{seen(t, copyOf(t, base))}
	o := &onlooker{t: t, dir: copyOf(t, base), named: map[string]int{}, seen: map[[32]byte]*moment{}}
	d := &deadline{trace: o.pass}
	d.at.Store(-1)
	s, err := reopen(o.dir, d)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		if err := goOn(t.Context(), s, o.dir, x); err != nil {
			t.Fatal(err)
		}
		now := withoutSources(visible(t, s.DB, "xn"))
		if now == stages[o.stage] {
			t.Errorf("the second delivery of %s changes nothing", x.kind)
		}
		o.mu.Lock()
		stages = append(stages, now)
		o.stage++
		o.mu.Unlock()
	}
	if err := errors.Join(s.DB.Close(), s.Files.Close()); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d points, %d states of the disk, %v", o.n, len(o.list), o.named)
	if o.n < 200 || o.named["rows"] < len(all) || o.named["gone"] < len(all) || o.named["find"] == 0 || o.named["shown"] != len(all) {
		t.Fatalf("%d points, %v", o.n, o.named)
	}
	for _, m := range o.list {
		t.Run(fmt.Sprintf("%d at %d", m.stage, m.points[0]), func(t *testing.T) {
			t.Parallel()
			now := seen(t, m.dir)
			if now != stages[m.stage] && (m.stage+1 >= len(stages) || now != stages[m.stage+1]) {
				t.Fatalf("half of it is there:\n%s", difference(stages[m.stage], now))
			}
			if m.stage == len(all) {
				return
			}
			if end := seen(t, m.dir, all[m.stage]); end != stages[m.stage+1] {
				t.Fatalf("it ends otherwise:\n%s", difference(stages[m.stage+1], end))
			}
		})
	}
}

// The same holds for a process that is really killed.
func TestKilledImportsAreNeverHalf(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts some ten processes")
	}
	base, _ := prepared(t)
	before := seen(t, copyOf(t, base))
	whole := copyOf(t, base)
	steps := int64(0)
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "INTAKE_CRASH_DIR="+whole)
	out, err := c.Output()
	if err == nil {
		_, err = fmt.Sscan(string(out), &steps)
	}
	if err != nil {
		t.Fatalf("%v %s", err, out)
	}
	after := seen(t, whole)
	if before == after || steps < 30 {
		t.Fatalf("%d points, and the second delivery changes nothing", steps)
	}
	try := func(t *testing.T, step string, at int64) {
		t.Parallel()
		dir := copyOf(t, base)
		if !crash(t, dir, step, at) { // acts are sized by the time they take, so a quick run may end before its last points
			if end := seen(t, dir); end != after {
				t.Fatalf("it ended otherwise:\n%s", difference(after, end))
			}
			return
		}
		if now := seen(t, dir); now != before && now != after {
			t.Fatalf("half of it is there:\n%s", difference(before, now))
		}
		if end := seen(t, dir, secondMembers); end != after {
			t.Fatalf("it ends otherwise:\n%s", difference(after, end))
		}
	}
	for _, step := range []string{"rows", "find", "gone", "shown"} {
		t.Run(step, func(t *testing.T) { try(t, step, 0) })
	}
	chance := rand.New(rand.NewPCG(crashSeed, 1))
	for range crashKills {
		at := 1 + chance.Int64N(steps*9/10)
		t.Run(strconv.FormatInt(at, 10), func(t *testing.T) { try(t, "", at) })
	}
}
