// Package internal_test holds the house's rules: who may import whom, whose table is whose, and which words must be there.
package internal_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// nouns in order of dependency: each may import those before it. source comes first, because rows of every other noun
// may have been brought by a delivery.
var nouns = []string{
	"source", "org", "person", "account", "place", "document", "form", "rulebook", "venture", "edition", "clearance",
	"timetable", "lesson", "enrolment", "casework", "ledger", "notice", "feed", "indicator",
}

// part is a part of the house: whose code lies there, and what of ours it may import.
type part struct {
	name   string
	why    string
	holds  func(dir string) bool
	allows func(from, to string) bool
}

// parts are asked in this order; the first that holds a folder speaks for it.
var parts = []part{
	{"cmd", "the program's door has no thoughts of its own", under("cmd"), func(_, to string) bool { return to == "internal/app" }},
	{"app", "one package knows everything, so that no other must", under("internal/app"), anything},
	{"web pages", "pages show and ask; they reach rows only through a use case", isPages, func(from, to string) bool {
		switch {
		case within(to, "internal/platform"), within(to, "solver"):
			return true
		case within(from, "internal/service"):
			return within(to, "internal/domain") || within(to, ours(from))
		case within(from, "internal/domain"):
			return within(to, "internal/domain") && place(to) >= 0 && place(to) <= place(from)
		}
		return false
	}},
	{"service", "a service is a folder: delete it and its line in app, and it is gone", under("internal/service"), func(from, to string) bool {
		return !isPages(to) && !within(to, "internal/platform/web") &&
			(within(to, "internal/domain") || within(to, "solver") || within(to, "internal/platform") || within(to, ours(from)))
	}},
	{"domain", "nouns stand on those before them, so that their invariants can be read one after another", under("internal/domain"), func(from, to string) bool {
		if within(to, "internal/domain") {
			return !isPages(to) && place(to) >= 0 && place(to) <= place(from)
		}
		return !isPages(to) && !within(to, "internal/platform/web") && (within(to, "solver") || within(to, "internal/platform"))
	}},
	{"platform", "mechanisms know no domain, so that they serve every one", under("internal/platform"), func(_, to string) bool {
		return within(to, "internal/platform")
	}},
	{"schema", "the history of the database is text", under("internal/schema"), nothing},
	{"solver", "an algorithm is judged by its problem and its solution alone", under("solver"), func(_, to string) bool {
		return within(to, "solver")
	}},
	{"bench", "a comparison runs what the program runs", under("bench"), anything},
}

func anything(string, string) bool { return true }

func nothing(string, string) bool { return false }

func under(top string) func(string) bool { return func(dir string) bool { return within(dir, top) } }

// isPages tells whether a folder holds routes and pages of a noun, a service or a mechanism: its name ends in web.
func isPages(dir string) bool {
	return strings.HasSuffix(path.Base(dir), "web") && !within(dir, "internal/platform/web")
}

// ours is the folder of the service that a folder belongs to.
func ours(dir string) string {
	at := strings.SplitN(dir, "/", 4)
	return strings.Join(at[:min(3, len(at))], "/")
}

// place is a noun's place in the order, negative for a folder that is none.
func place(dir string) int {
	at := strings.Split(dir, "/")
	if len(at) < 3 {
		return -1
	}
	return slices.Index(nouns, at[2])
}

func TestImports(t *testing.T) { report(t, checkImports) }

// checkImports holds every import against the part of the house in which it stands.
func checkImports(all []*source) (faults []string) {
	for _, s := range all {
		if s.test {
			continue
		}
		at := slices.IndexFunc(parts, func(p part) bool { return p.holds(s.dir) })
		if at < 0 {
			faults = append(faults, s.path+": no rule says what may be imported here")
			continue
		}
		p := parts[at]
		if within(s.dir, "internal/domain") && place(s.dir) < 0 {
			faults = append(faults, s.path+": not a noun of the order in arch_test.go")
		}
		for _, i := range s.tree.Imports {
			to, _ := strconv.Unquote(i.Path.Value)
			fault := ""
			switch own, ok := strings.CutPrefix(to, module); {
			case ok && !p.allows(s.dir, own):
				fault = p.why
			case ok:
			case within(to, "net/http") && p.name != "app" && !isPages(s.dir) && !within(s.dir, "internal/platform/web"):
				fault = "only pages, app and platform/web speak HTTP"
			case to == "database/sql" && isPages(s.dir):
				fault = "pages hold no SQL"
			case strings.Contains(to, ".") && (p.name == "solver" || p.name == "cmd" || p.name == "schema"):
				fault = "the standard library is enough here"
			}
			if fault != "" {
				faults = append(faults, fmt.Sprintf("%s (%s) imports %s: %s", s.at(i), p.name, to, fault))
			}
		}
	}
	return faults
}

func TestClock(t *testing.T) { report(t, checkClock) }

// checkClock finds rules that ask the clock themselves: the act brings the time.
func checkClock(all []*source) (faults []string) {
	for _, s := range all {
		if s.test || within(s.dir, "internal/app") || within(s.dir, "internal/platform") || within(s.dir, "bench") {
			continue
		}
		ast.Inspect(s.tree, func(n ast.Node) bool {
			x, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := x.X.(*ast.Ident); ok && pkg.Name == "time" && slices.Contains([]string{"Now", "Since", "Until"}, x.Sel.Name) {
				faults = append(faults, fmt.Sprintf("%s: time.%s: the time is given, by the act or by the caller", s.at(x), x.Sel.Name))
			}
			return true
		})
	}
	return faults
}

func TestSaid(t *testing.T) { report(t, checkSaid) }

// checkSaid finds packages and exported names without a comment.
func checkSaid(all []*source) (faults []string) {
	said, first := map[string]bool{}, map[string]string{}
	for _, s := range all {
		if s.test {
			continue
		}
		if first[s.dir] == "" {
			first[s.dir] = s.path
		}
		if s.tree.Doc != nil && !s.made {
			said[s.dir] = true
		}
		if s.made {
			continue
		}
		for _, d := range s.tree.Decls {
			if n := unsaid(d); n != "" {
				faults = append(faults, fmt.Sprintf("%s: %s has no comment", s.at(d), n))
			}
		}
	}
	for dir, file := range first {
		if !said[dir] {
			faults = append(faults, file+": the package has no comment")
		}
	}
	return faults
}

// unsaid gives the exported name that a declaration leaves without a comment. One comment may speak for a group.
func unsaid(d ast.Decl) string {
	switch x := d.(type) {
	case *ast.FuncDecl:
		known := []string{"Error", "Unwrap", "Is", "String"} // what they promise, the standard library says
		if x.Doc != nil || !x.Name.IsExported() || x.Recv != nil && (!receiverExported(x.Recv) || slices.Contains(known, x.Name.Name)) {
			return ""
		}
		return x.Name.Name
	case *ast.GenDecl:
		if x.Doc != nil {
			return ""
		}
		for _, spec := range x.Specs {
			switch v := spec.(type) {
			case *ast.TypeSpec:
				if v.Doc == nil && v.Comment == nil && v.Name.IsExported() {
					return v.Name.Name
				}
			case *ast.ValueSpec:
				if x.Tok == token.CONST && v.Type != nil {
					return "" // the comment on the type speaks for its values
				}
				if v.Doc == nil && v.Comment == nil && v.Names[0].IsExported() {
					return v.Names[0].Name
				}
			}
		}
	}
	return ""
}

func receiverExported(r *ast.FieldList) bool {
	exported := false
	ast.Inspect(r.List[0].Type, func(n ast.Node) bool {
		if i, ok := n.(*ast.Ident); ok && !exported {
			exported = i.IsExported()
			return false
		}
		return true
	})
	return exported
}

// longest is how many lines a file may have; 400 is where to begin to wonder.
const longest = 600

func TestSizes(t *testing.T) {
	t.Parallel()
	for _, top := range []string{"cmd", "internal", "solver", "assets/ts", "assets/css", "e2e", "docs"} {
		err := fs.WalkDir(root, top, func(file string, d fs.DirEntry, err error) error {
			if err != nil && file == top {
				return fs.SkipDir
			}
			if err != nil {
				return err
			}
			if d.IsDir() || strings.HasSuffix(file, "_templ.go") || within(file, "internal/platform/web/dist") ||
				!slices.Contains([]string{".go", ".templ", ".ts", ".css", ".sql", ".md"}, path.Ext(file)) || path.Base(file) == "schema.sql" {
				return nil
			}
			text, err := fs.ReadFile(root, file)
			if n := strings.Count(string(text), "\n"); n > longest {
				t.Errorf("%s: %d lines, %d are allowed", file, n, longest)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// report holds the whole project against one rule.
func report(t *testing.T, check func([]*source) []string) {
	t.Helper()
	t.Parallel()
	all, err := project()
	if err != nil {
		t.Fatal(err)
	}
	faults := check(all)
	slices.Sort(faults)
	for _, f := range faults {
		t.Error(f)
	}
}
