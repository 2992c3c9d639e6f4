package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// module is what the import paths of our own packages begin with.
const module = "zhidian/"

// source is one Go file as the rules see it.
type source struct {
	path   string // from the project's root
	dir    string
	test   bool // a test, or in a package that only tests use: it may import and name everything
	made   bool // written by templ
	fset   *token.FileSet
	tree   *ast.File
	consts map[string]string // texts that its package names
}

func read(file string, text []byte) (*source, error) {
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, file, text, parser.ParseComments|parser.SkipObjectResolution)
	dir := path.Dir(file)
	return &source{
		path: file, dir: dir, fset: fset, tree: tree, made: strings.HasSuffix(file, "_templ.go"),
		test: strings.HasSuffix(file, "_test.go") || within(dir, "internal/platform/sqldb/sqldbtest") || within(dir, "internal/testworld") || within(dir, "e2e"),
	}, err
}

func (s *source) at(n ast.Node) string {
	return s.path + ":" + strconv.Itoa(s.fset.Position(n.Pos()).Line)
}

// within tells whether a folder is another or lies below it.
func within(dir, top string) bool { return dir == top || strings.HasPrefix(dir, top+"/") }

// root is the project's folder.
var root = os.DirFS("..")

// project is every Go file of ours, read once for all rules.
var project = sync.OnceValues(func() ([]*source, error) {
	var all []*source
	for _, top := range []string{"cmd", "internal", "solver", "e2e", "bench"} {
		err := fs.WalkDir(root, top, func(file string, d fs.DirEntry, err error) error {
			switch {
			case err != nil && file == top:
				return fs.SkipDir // a folder is made by the commit that first uses it
			case err != nil:
				return err
			case d.IsDir() && d.Name() == "testdata":
				return fs.SkipDir
			case d.IsDir() || !strings.HasSuffix(file, ".go"):
				return nil
			}
			text, err := fs.ReadFile(root, file)
			if err != nil {
				return err
			}
			s, err := read(file, text)
			if err == nil {
				all = append(all, s)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	shareConsts(all)
	return all, nil
})

// sample is a project of one package made of a text, for the tests of the rules.
func sample(t *testing.T, file, text string) []*source {
	t.Helper()
	s, err := read(file, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	all := []*source{s}
	shareConsts(all)
	return all
}

// shareConsts gives every file the texts that constants and variables of its package stand for.
func shareConsts(all []*source) {
	byDir := map[string]map[string]string{}
	for _, s := range all {
		known := byDir[s.dir]
		if known == nil {
			known = map[string]string{}
			byDir[s.dir] = known
		}
		s.consts = known
	}
	for range 3 { // a constant may rest on another that comes later
		for _, s := range all {
			for _, d := range s.tree.Decls {
				g, ok := d.(*ast.GenDecl)
				if !ok || g.Tok != token.CONST && g.Tok != token.VAR {
					continue
				}
				for _, spec := range g.Specs {
					v := spec.(*ast.ValueSpec)
					for i := range min(len(v.Names), len(v.Values)) {
						if text, whole := s.text(v.Values[i]); whole {
							s.consts[v.Names[i].Name] = text
						}
					}
				}
			}
		}
	}
}

// gap stands in a text where only the running program knows what is written.
const gap = "\x00"

// text gives what is known of a string expression, and whether that is all of it.
func (s *source) text(e ast.Expr) (known string, whole bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		if x.Kind == token.STRING {
			v, err := strconv.Unquote(x.Value)
			return v, err == nil
		}
	case *ast.ParenExpr:
		return s.text(x.X)
	case *ast.Ident:
		if v, ok := s.consts[x.Name]; ok {
			return v, true
		}
	case *ast.BinaryExpr:
		if x.Op == token.ADD {
			a, wholeA := s.text(x.X)
			b, wholeB := s.text(x.Y)
			return a + b, wholeA && wholeB
		}
	}
	return gap, false
}

// texts visits every string expression of a file once, the longest first: a sum of texts is one text.
func (s *source) texts(visit func(e ast.Expr, text string)) {
	ast.Inspect(s.tree, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			if v, whole := s.text(x); whole {
				visit(x, v)
			}
		case *ast.BinaryExpr:
			if v, _ := s.text(x); x.Op == token.ADD && strings.Trim(v, gap) != "" {
				visit(x, v)
				return false
			}
		}
		return true
	})
}
