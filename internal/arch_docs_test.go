package internal_test

import (
	"encoding/json"
	"go/ast"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const dependencies = "docs/decisions/dependencies.md"

// direct gives every module that our code or the go tool line names, with its version, and the versions of all.
func direct(t *testing.T) (found, versions map[string]string) {
	t.Helper()
	text, err := fs.ReadFile(root, "go.mod")
	if err != nil {
		t.Fatal(err)
	}
	versions = map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^\s+(\S+\.\S+/?\S*) (v\S+)`).FindAllStringSubmatch(string(text), -1) {
		versions[m[1]] = m[2]
	}
	uses := []string{}
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+/\S+)$`).FindAllStringSubmatch(string(text), -1) {
		uses = append(uses, m[1]) // tools
	}
	all, err := project()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		for _, i := range s.tree.Imports {
			if to, _ := strconv.Unquote(i.Path.Value); strings.Contains(strings.SplitN(to, "/", 2)[0], ".") {
				uses = append(uses, to)
			}
		}
	}
	found = map[string]string{}
	for _, u := range uses {
		for m := u; m != "."; m = path.Dir(m) {
			if v := versions[m]; v != "" {
				found[m] = v
				break
			}
		}
	}
	return found, versions
}

func TestDependenciesAreExplained(t *testing.T) {
	t.Parallel()
	text, err := fs.ReadFile(root, dependencies)
	if err != nil {
		t.Fatal(err)
	}
	wanted, known := direct(t)
	if len(wanted) < 10 {
		t.Fatalf("only %d direct dependencies found", len(wanted))
	}
	for _, list := range []string{"assets/package.json", "tools/pg/package.json", "tools/chromium/package.json"} {
		var p struct{ Dependencies, DevDependencies map[string]string }
		b, err := fs.ReadFile(root, list)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &p); err != nil {
			t.Fatal(err)
		}
		for _, set := range []map[string]string{p.Dependencies, p.DevDependencies} {
			for name, v := range set {
				wanted[name] = v
			}
		}
	}
	lines := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\| (\S+) \| (\S+) \| \S`).FindAllStringSubmatch(string(text), -1) {
		if m[1] == "what" {
			continue
		}
		lines[m[1]] = true
		v, ok := wanted[m[1]]
		if !ok {
			v, ok = known[m[1]]
		}
		if !ok {
			t.Errorf("%s: %s is not used", dependencies, m[1])
		} else if v != m[2] {
			t.Errorf("%s: %s is %s, not %s", dependencies, m[1], v, m[2])
		}
	}
	for name := range wanted {
		if !lines[name] {
			t.Errorf("%s: no line for %s", dependencies, name)
		}
	}
}

// Documents name tests as evidence, and files as places to look; both must be there.
func TestDocumentsNameWhatIsThere(t *testing.T) {
	t.Parallel()
	all, err := project()
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	for _, s := range all {
		for _, d := range s.tree.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				tests[f.Name.Name] = true
			}
		}
	}
	link := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	docs := []string{"README.md"}
	err = fs.WalkDir(root, "docs", func(file string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(file, ".md") {
			docs = append(docs, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range docs {
		text, err := fs.ReadFile(root, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`\bTest[A-Z]\w+`).FindAllString(string(text), -1) {
			if !tests[name] {
				t.Errorf("%s names %s, which is no test", file, name)
			}
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := fs.Stat(root, path.Join(path.Dir(file), m[1])); err != nil {
				t.Errorf("%s points to %s, which is not there", file, m[1])
			}
		}
	}
}
