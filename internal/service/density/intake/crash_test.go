package intake_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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
	crashSize   = 0.006
	crashPoints = 48
	crashSeed   = 20261123
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
	files, err := blob.New(filepath.Join(dir, "files"))
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

const crashSource = "智慧团建团员"

// goOn brings the newest delivery to its end from wherever it stands, or begins it.
func goOn(ctx context.Context, s *intake.Service, path string) error {
	by := authz.System("xn")
	var newest source.Delivery
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		x, err := source.FindName(q, crashSource)
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
		_, err := s.File(ctx, by, intake.Members, crashSource, path, asOf, intake.Options{}, nil)
		return err
	}
	if state == source.Checking && len(intake.ReportOf(newest).Mapping.Columns) == 0 {
		if err := s.Abandon(ctx, by, newest.Seq); err != nil { // it died before its columns were noted: the clerk uploads again
			return err
		}
		_, err := s.File(ctx, by, intake.Members, crashSource, path, asOf, intake.Options{}, nil)
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
		err = goOn(context.Background(), s, filepath.Join(dir, "second.csv"))
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

// prepared makes the city in which a first delivery counts and a second lies ready as a file.
func prepared(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
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
	for _, table := range w.tables()[:4] {
		w.load(t, table, ".csv")
	}
	second := cut(change(w.city.Members(crashSize, asOf, 1), "学历", 3, func(string) string { return "大专" }), 6)
	if err := os.Rename(w.file(t, second, ".csv"), filepath.Join(dir, "second.csv")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.DB.Close(), s.Files.Close()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "city")
	if err := errors.Join(os.CopyFS(to, os.DirFS(dir)), os.Chmod(filepath.Join(to, "keys.json"), 0o600)); err != nil {
		t.Fatal(err)
	}
	return to
}

// seen opens a folder and tells what counts in it; with on it first brings the import to its end.
func seen(t *testing.T, dir string, on bool) string {
	t.Helper()
	s, err := reopen(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.DB.Close()
	defer s.Files.Close()
	if on {
		if err := goOn(t.Context(), s, filepath.Join(dir, "second.csv")); err != nil {
			t.Fatalf("it does not go on: %v", err)
		}
	}
	return visible(t, s.DB, "xn")
}

// An import killed at any moment is not there at all or whole, and goes on to the same end as one that nobody disturbed.
func TestKilledImportsAreNeverHalf(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts some fifty processes")
	}
	base := prepared(t)
	before := withoutSources(seen(t, copyOf(t, base), false))
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
	after := withoutSources(seen(t, whole, false))
	if before == after || steps < 30 {
		t.Fatalf("%d points, and the second delivery changes nothing", steps)
	}
	var missed atomic.Int64
	t.Cleanup(func() {
		if n := missed.Load(); n > crashPoints/4 {
			t.Errorf("%d of %d runs ended before they were killed", n, crashPoints)
		}
	})
	try := func(t *testing.T, step string, at int64) {
		t.Parallel()
		dir := copyOf(t, base)
		if !crash(t, dir, step, at) { // acts are sized by the time they take, so a quick run may end before its last points
			missed.Add(1)
			if end := withoutSources(seen(t, dir, false)); end != after {
				t.Fatalf("it ended otherwise:\n%s", difference(after, end))
			}
			return
		}
		if now := withoutSources(seen(t, dir, false)); now != before && now != after {
			t.Fatalf("half of it is there:\n%s", difference(before, now))
		}
		if end := withoutSources(seen(t, dir, true)); end != after {
			t.Fatalf("it ends otherwise:\n%s", difference(after, end))
		}
	}
	for _, step := range []string{"rows", "find", "gone", "shown"} {
		t.Run(step, func(t *testing.T) { try(t, step, 0) })
	}
	chance := rand.New(rand.NewPCG(crashSeed, 1))
	for range crashPoints {
		at := 1 + chance.Int64N(steps)
		t.Run(strconv.FormatInt(at, 10), func(t *testing.T) { try(t, "", at) })
	}
}
