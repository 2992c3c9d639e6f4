// Package authzmutation takes away, one at a time, every place where the program asks what somebody may do, and demands
// that a test notices.
//
// Every place asks through a careless actor that knows its number, so all of them are built into the tests once; which
// one is taken away is told to the test's process. A first run of each test notes the places that it reaches, and a
// place is then put only to the tests that reach it, the quickest first.
package authzmutation

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// asks are the methods of authz.Actor that decide, with the number of their arguments.
var asks = map[string]int{"Must": 2, "MustSomewhere": 1, "MustEverywhere": 1, "Scope": 1, "Can": 2, "Sees": 3}

// careless is what they are replaced by: where its number is the one taken away, an actor who may do everything,
// everywhere. It also notes which places are reached, where it is told a file.
const careless = `package authz

import (
	"os"
	"strconv"
	"sync"
)

var (
	takenAway, _ = strconv.Atoi(os.Getenv("ZHIDIAN_CARELESS"))
	noteReached  = os.Getenv("ZHIDIAN_REACHED")
	reached      sync.Map
)

func gone(n int) bool {
	if noteReached != "" {
		if _, known := reached.LoadOrStore(n, true); !known {
			f, err := os.OpenFile(noteReached, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
			if err != nil {
				panic(err)
			}
			f.WriteString(strconv.Itoa(n) + "\n")
			f.Close()
		}
	}
	return n == takenAway
}

func (a Actor) CarelessMust(n int, v Verb, p Path) error {
	if gone(n) {
		return nil
	}
	return a.Must(v, p)
}

func (a Actor) CarelessMustSomewhere(n int, v Verb) error {
	if gone(n) {
		return nil
	}
	return a.MustSomewhere(v)
}

func (a Actor) CarelessMustEverywhere(n int, v Verb) error {
	if gone(n) {
		return nil
	}
	return a.MustEverywhere(v)
}

func (a Actor) CarelessScope(n int, v Verb) Scope {
	if gone(n) {
		return Scope{All: true}
	}
	return a.Scope(v)
}

func (a Actor) CarelessCan(n int, v Verb, p Path) bool { return gone(n) || a.Can(v, p) }

func (a Actor) CarelessSees(n int, c Class, v Verb, p Path) bool { return gone(n) || a.Sees(c, v, p) }
`

// place is one call that decides.
type place struct {
	file       string // below the root
	line       int
	name, open int // offsets of the method's name and of its bracket
	method     string
	text       string
}

func (p place) String() string { return fmt.Sprintf("%s:%d: %s", p.file, p.line, p.text) }

// places finds every call that decides, in the files that the program is built from.
func places(t *testing.T, root string) (all []place) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "authz" || d.Name() == "testworld" || d.Name() == "testdata"):
			return filepath.SkipDir
		case !strings.HasSuffix(file, ".go"), strings.HasSuffix(file, "_test.go"), strings.HasPrefix(d.Name(), "bench"):
			return nil
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			return err
		}
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		short, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			m, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || asks[m.Sel.Name] != len(call.Args) || len(call.Args) == 0 {
				return true
			}
			at := func(p token.Pos) int { return set.Position(p).Offset }
			all = append(all, place{
				short, set.Position(call.Pos()).Line, at(m.Sel.Pos()), at(call.Lparen), m.Sel.Name, string(source[at(call.Pos()):at(call.End())]),
			})
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPlacesAreFound(t *testing.T) {
	t.Parallel()
	all := places(t, "../..")
	met := map[string]bool{}
	for _, p := range all {
		met[p.method] = true
	}
	if len(all) < 10 || !met["Must"] || !met["MustSomewhere"] || !met["Scope"] {
		t.Fatalf("%d places of %v", len(all), met)
	}
}

// one is one test of a package.
type one struct {
	pkg, name string
	took      time.Duration
	reaches   map[int]bool
}

func (o one) String() string { return o.pkg + " " + o.name }

// bench holds the built tests.
type bench struct {
	root, dir string
	built     map[string]string // by package
}

// TestEveryRightIsTested is long: it runs where ZHIDIAN_MUTATION is set (make mutation). ZHIDIAN_MUTATION_ONLY names
// parts of files' paths, separated by commas.
func TestEveryRightIsTested(t *testing.T) {
	if os.Getenv("ZHIDIAN_MUTATION") == "" {
		t.Skip("skipped: make mutation runs it")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	all := places(t, root)
	var todo []int
	packages := map[string]bool{"internal/app": true}
	for i, p := range all {
		for _, part := range strings.Split(os.Getenv("ZHIDIAN_MUTATION_ONLY"), ",") {
			if strings.Contains(p.file, part) {
				todo = append(todo, i)
				nearby(root, filepath.Dir(p.file), packages)
				break
			}
		}
	}
	b := &bench{root: root, dir: t.TempDir(), built: map[string]string{}}
	b.build(t, all, slices.Sorted(maps.Keys(packages)))
	tests := b.rehearse(t)
	t.Logf("%d places, %d tests of %d packages", len(todo), len(tests), len(b.built))
	var survivors []string
	var mu sync.Mutex
	inTwo(len(todo), func(i int) {
		began, n := time.Now(), todo[i]
		killer, tried := b.try(n+1, tests)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case killer != "":
			t.Logf("noticed   %s by %s (%.1f s)", all[n], killer, time.Since(began).Seconds())
		case tried == 0:
			survivors = append(survivors, all[n].String()+" (reached by no test)")
		default:
			survivors = append(survivors, fmt.Sprintf("%s (reached by %d tests)", all[n], tried))
		}
	})
	slices.Sort(survivors)
	t.Logf("%d of %d rights are tested", len(todo)-len(survivors), len(todo))
	for _, s := range survivors {
		t.Errorf("no test notices when this is taken away: %s", s)
	}
}

// nearby adds a package and those below it that have tests.
func nearby(root, pkg string, to map[string]bool) {
	dirs := []string{pkg}
	below, _ := os.ReadDir(filepath.Join(root, pkg))
	for _, d := range below {
		if d.IsDir() {
			dirs = append(dirs, filepath.Join(pkg, d.Name()))
		}
	}
	for _, dir := range dirs {
		if files, _ := filepath.Glob(filepath.Join(root, dir, "*_test.go")); len(files) > 0 {
			to[dir] = true
		}
	}
}

// inTwo does n things, two at a time.
func inTwo(n int, do func(i int)) {
	next := make(chan int)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// build makes the packages' tests, in which every place asks through the careless actor.
func (b *bench) build(t *testing.T, all []place, packages []string) {
	t.Helper()
	replace := map[string]string{filepath.Join(b.root, "internal/platform/authz/careless.go"): filepath.Join(b.dir, "careless.go")}
	if err := os.WriteFile(filepath.Join(b.dir, "careless.go"), []byte(careless), 0o600); err != nil {
		t.Fatal(err)
	}
	inFile := map[string][]int{}
	for i, p := range all {
		inFile[p.file] = append(inFile[p.file], i)
	}
	for file, here := range inFile {
		source, err := os.ReadFile(filepath.Join(b.root, file))
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(here, func(x, y int) int { return cmp.Compare(all[y].name, all[x].name) }) // from the end, so that offsets hold
		for _, i := range here {
			p := all[i]
			source = slices.Concat(source[:p.name], []byte("Careless"), source[p.name:p.open+1], []byte(strconv.Itoa(i+1)+", "), source[p.open+1:])
		}
		changed := filepath.Join(b.dir, strings.ReplaceAll(file, "/", "_"))
		if err := os.WriteFile(changed, source, 0o600); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(b.root, file)] = changed
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err == nil {
		err = os.WriteFile(filepath.Join(b.dir, "overlay.json"), overlay, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range packages {
		binary := filepath.Join(b.dir, strings.ReplaceAll(pkg, "/", "_")+".test")
		cmd := exec.Command("go", "test", "-c", "-overlay", filepath.Join(b.dir, "overlay.json"), "-o", binary, "./"+pkg)
		cmd.Dir = b.root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s does not build: %s", pkg, out)
		}
		b.built[pkg] = binary
	}
}

// rehearse runs every test by itself on the embedded engine, and notes what it reaches and how long it takes. A test
// that is red already counts for nothing, and is an error.
func (b *bench) rehearse(t *testing.T) (tests []one) {
	t.Helper()
	var list []one
	for pkg, binary := range b.built {
		pattern := "^Test"
		if pkg == "internal/app" {
			pattern = "Walk|EveryRoute" // what looks at rights there
		}
		out, err := exec.Command(binary, "-test.list", pattern).Output()
		if err != nil {
			t.Fatalf("%s: %v", pkg, err)
		}
		for _, name := range strings.Fields(string(out)) {
			list = append(list, one{pkg: pkg, name: name})
		}
	}
	var mu sync.Mutex
	inTwo(len(list), func(i int) {
		o := list[i]
		notes := filepath.Join(b.dir, fmt.Sprintf("reached%d", i))
		began := time.Now()
		out, err := b.run(o, "ZHIDIAN_REACHED="+notes)
		o.took, o.reaches = time.Since(began), map[int]bool{}
		text, _ := os.ReadFile(notes)
		for _, line := range bytes.Fields(text) {
			n, _ := strconv.Atoi(string(line))
			o.reaches[n] = true
		}
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			t.Errorf("%s is red before anything was taken away:\n%s", o, tail(out))
			return
		}
		tests = append(tests, o)
	})
	slices.SortFunc(tests, func(x, y one) int { return cmp.Compare(x.took, y.took) })
	return tests
}

// try takes one place away and gives the test that notices, after how many.
func (b *bench) try(n int, tests []one) (killer string, tried int) {
	for _, o := range tests {
		if !o.reaches[n] {
			continue
		}
		tried++
		if _, err := b.run(o, "ZHIDIAN_CARELESS="+strconv.Itoa(n)); err != nil {
			return o.String(), tried
		}
	}
	return "", tried
}

func (b *bench) run(o one, env string) (string, error) {
	cmd := exec.Command(b.built[o.pkg], "-test.run", "^"+o.name+"$", "-test.skip", "/^postgres$", "-test.failfast", "-test.timeout", "5m")
	cmd.Dir = filepath.Join(b.root, o.pkg)
	cmd.Env = append(os.Environ(), "ZHIDIAN_REQUIRE=", "ZHIDIAN_MUTATION=", env)
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return err.Error(), err
	}
	return string(out), err
}

func tail(s string) string {
	if len(s) > 2000 {
		return s[len(s)-2000:]
	}
	return s
}
