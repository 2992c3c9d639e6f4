// Package e2e tells whole stories with the real program and a real browser.
package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var scratch string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "zhidian-e2e-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		scratch = dir
		code := m.Run()
		stopAll()
		return code
	}())
}

var (
	stopping sync.Mutex
	stops    []func()
)

func whenDone(f func()) {
	stopping.Lock()
	defer stopping.Unlock()
	stops = append(stops, f)
}

func stopAll() {
	stopping.Lock()
	defer stopping.Unlock()
	for i := len(stops) - 1; i >= 0; i-- {
		stops[i]()
	}
	_ = os.RemoveAll(scratch)
}

// program builds the real binary, once.
var program = sync.OnceValues(func() (string, error) {
	bin := filepath.Join(scratch, "zhidian")
	cmd := exec.Command("go", "build", "-o", bin, "./cmd/zhidian")
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return bin, nil
})

// site is a running city.
type site struct {
	url string // http://127.0.0.1:43210
	dir string // the installation's folder
}

var address = regexp.MustCompile(`https?://[0-9.:]+`)

// start runs the program as a server, and waits until it has said where it listens.
func start(args ...string) (*site, error) {
	bin, err := program()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(bin, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var wrong lockedBuffer
	cmd.Stderr = &wrong
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	said := make(chan string, 1)
	go func() {
		defer close(said)
		for s := bufio.NewScanner(out); s.Scan(); {
			if u := address.FindString(s.Text()); u != "" {
				said <- u
				break
			}
		}
		_, _ = io.Copy(io.Discard, out)
	}()
	whenDone(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	select {
	case u, ok := <-said:
		if !ok {
			return nil, errors.New("the program ended: " + wrong.String())
		}
		return &site{url: u}, nil
	case <-time.After(2 * time.Minute):
		return nil, errors.New("the program did not begin to listen: " + wrong.String())
	}
}

// tell runs a command of the program to its end.
func tell(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	b, err := exec.CommandContext(ctx, bin, args...).CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), string(b)
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0, string(b)
}

// demoCity is the small demo city that all stories share.
var demoCity = sync.OnceValues(func() (*site, error) {
	dir := filepath.Join(scratch, "demo")
	size := "0.02"
	if s := os.Getenv("ZHIDIAN_PICTURES_SIZE"); s != "" {
		size = s
	}
	s, err := start("demo", "--size", size, "--addr", "127.0.0.1:0", "--data", dir)
	if err == nil {
		s.dir = dir
	}
	return s, err
})

// newCity founds another city as an administrator does, with one account, and gives the path of the link by which its
// owner chooses a password.
func newCity(t *testing.T) (s *site, link string) {
	t.Helper()
	dir := filepath.Join(scratch, "twin")
	if code, out := tell(t, "migrate", "--data", dir, "--city", "twin", "--name", "孪城"); code != 0 {
		t.Fatalf("migrate: %d\n%s", code, out)
	}
	code, out := tell(t, "user", "--data", dir, "--login", "clerk", "--name", "邻居", "--role", "clerk")
	_, token, ok := strings.Cut(out, "/invitation/")
	if code != 0 || !ok {
		t.Fatalf("user: %d\n%s", code, out)
	}
	s, err := start("serve", "--addr", "127.0.0.1:0", "--data", dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, "/invitation/" + strings.TrimSpace(token)
}

func theDemo(t *testing.T) *site {
	t.Helper()
	needBrowser(t)
	s, err := demoCity()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// lockedBuffer keeps what a program says.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// needBrowser skips a story where no Chromium is, or fails where ZHIDIAN_REQUIRE names it.
func needBrowser(t *testing.T) {
	t.Helper()
	if chromium() != "" {
		return
	}
	if strings.Contains(os.Getenv("ZHIDIAN_REQUIRE"), "chromium") {
		t.Fatal("Chromium is required here and was not found; `make chromium` fetches it")
	}
	t.Skip("skipped: no Chromium; `make chromium` fetches it")
}

func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	return ""
}
