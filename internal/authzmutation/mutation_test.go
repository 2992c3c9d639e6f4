// Package authzmutation takes away, one at a time, every place where the program asks what somebody may do, and demands
// that a test notices.
package authzmutation

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// asks are the methods of authz.Actor that decide, with the number of their arguments.
var asks = map[string]int{"Must": 2, "MustSomewhere": 1, "MustEverywhere": 1, "Scope": 1, "Can": 2, "Sees": 3}

// careless is what they are replaced by: an actor who may do everything, everywhere.
const careless = `package authz

func (a Actor) CarelessMust(Verb, Path) error { return nil }
func (a Actor) CarelessMustSomewhere(Verb) error { return nil }
func (a Actor) CarelessMustEverywhere(Verb) error { return nil }
func (a Actor) CarelessScope(Verb) Scope { return Scope{All: true} }
func (a Actor) CarelessCan(Verb, Path) bool { return true }
func (a Actor) CarelessSees(Class, Verb, Path) bool { return true }
`

// place is one call that decides.
type place struct {
	file string // below the root
	line int
	at   int // offset of the method's name
	name string
	text string
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
			from, to := set.Position(call.Pos()), set.Position(call.End())
			all = append(all, place{short, from.Line, set.Position(m.Sel.Pos()).Offset, m.Sel.Name, string(source[from.Offset:to.Offset])})
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
		met[p.name] = true
	}
	if len(all) < 10 || !met["Must"] || !met["MustSomewhere"] || !met["Scope"] {
		t.Fatalf("%d places of %v", len(all), met)
	}
}

// TestEveryRightIsTested is long: it runs where ZHIDIAN_MUTATION is set (make mutation). ZHIDIAN_MUTATION_ONLY names
// part of a file's path.
func TestEveryRightIsTested(t *testing.T) {
	if os.Getenv("ZHIDIAN_MUTATION") == "" {
		t.Skip("skipped: make mutation runs it")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	extra := filepath.Join(dir, "careless.go")
	if err := os.WriteFile(extra, []byte(careless), 0o600); err != nil {
		t.Fatal(err)
	}
	var todo []place
	packages := map[string]bool{"internal/app": true}
	for _, p := range places(t, root) {
		if strings.Contains(p.file, os.Getenv("ZHIDIAN_MUTATION_ONLY")) {
			todo = append(todo, p)
			packages[filepath.Dir(p.file)] = true
		}
	}
	sound := map[string]bool{}
	for dir := range packages {
		out, err := tests(root, "", dir)
		if sound[dir] = err == nil; err != nil {
			t.Errorf("%s is red before anything was taken away:\n%s", dir, tail(out))
		}
	}
	var survivors []string
	var mu sync.Mutex
	var wg sync.WaitGroup
	next := make(chan int)
	for range 2 {
		wg.Go(func() {
			for i := range next {
				p := todo[i]
				killer, err := try(root, dir, extra, i, p, sound)
				mu.Lock()
				switch {
				case err != nil:
					t.Errorf("%s: %v", p, err)
				case killer == "":
					survivors = append(survivors, p.String())
					t.Logf("survives  %s", p)
				default:
					t.Logf("noticed   %s by %s", p, killer)
				}
				mu.Unlock()
			}
		})
	}
	for i := range todo {
		next <- i
	}
	close(next)
	wg.Wait()
	slices.Sort(survivors)
	t.Logf("%d of %d rights are tested", len(todo)-len(survivors), len(todo))
	for _, s := range survivors {
		t.Errorf("no test notices when this is taken away: %s", s)
	}
}

// try takes one right away and gives the package whose tests notice.
func try(root, dir, extra string, i int, p place, sound map[string]bool) (killer string, err error) {
	source, err := os.ReadFile(filepath.Join(root, p.file))
	if err != nil {
		return "", err
	}
	changed := filepath.Join(dir, fmt.Sprintf("%d.go", i))
	if err := os.WriteFile(changed, slices.Concat(source[:p.at], []byte("Careless"), source[p.at:]), 0o600); err != nil {
		return "", err
	}
	b, err := json.Marshal(map[string]map[string]string{"Replace": {
		filepath.Join(root, p.file):                             changed,
		filepath.Join(root, "internal/platform/authz/extra.go"): extra,
	}})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, fmt.Sprintf("%d.json", i))
	if err := os.WriteFile(overlay, b, 0o600); err != nil {
		return "", err
	}
	for _, pkg := range slices.Compact([]string{filepath.Dir(p.file), "internal/app"}) {
		if !sound[pkg] {
			continue
		}
		out, err := tests(root, overlay, pkg)
		switch {
		case err == nil:
		case strings.Contains(out, "[build failed]"):
			return "", fmt.Errorf("does not build when taken away:\n%s", tail(out))
		default:
			return pkg, nil
		}
	}
	return "", nil
}

// tests runs the tests of one package on the embedded engine; of app only the walk, which is what looks at rights there.
func tests(root, overlay, pkg string) (string, error) {
	args := []string{"test", "-count=1", "-failfast", "-timeout=5m"}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	if pkg == "internal/app" {
		args = append(args, "-run", "Walk|EveryRoute")
	}
	cmd := exec.Command("go", append(args, "./"+pkg)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "ZHIDIAN_REQUIRE=", "ZHIDIAN_MUTATION=")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func tail(s string) string {
	if len(s) > 2000 {
		return s[len(s)-2000:]
	}
	return s
}
