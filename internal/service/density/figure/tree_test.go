package figure

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
)

func TestAFaultyTreeIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		nodes []Node
		keys  []string
	}{
		"twice":   {[]Node{{ID: "a"}, {ID: "a"}}, []string{"figure.tree.twice"}},
		"unnamed": {[]Node{{ID: ""}}, []string{"figure.tree.twice"}},
		"parent":  {[]Node{{ID: "a"}, {"b", "x"}, {"c", "y"}}, []string{"figure.tree.parent", "figure.tree.parent"}},
		"circle":  {[]Node{{ID: "top"}, {"a", "b"}, {"b", "a"}}, nil},
		"itself":  {[]Node{{"a", "a"}}, nil},
	} {
		_, err := NewTree(c.nodes)
		if errs.KindOf(err) != errs.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		var keys []string
		for _, p := range errs.ProblemsOf(err) {
			keys = append(keys, p.Key)
		}
		if strings.Join(keys, " ") != strings.Join(c.keys, " ") {
			t.Errorf("%s: %v, want %v", name, keys, c.keys)
		}
		if c.keys == nil && errs.KeyOf(err) != "figure.tree.circle" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEndsAreTheVillages(t *testing.T) {
	t.Parallel()
	tree, err := NewTree([]Node{{"v1", "t1"}, {ID: "city"}, {"t1", "city"}, {"t2", "city"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(tree.Ends(), " "); got != "v1 t2" {
		t.Errorf("ends are %s", got)
	}
	if len(tree.Nodes()) != 4 {
		t.Error("a node is missing")
	}
}

// TestEveryKeyHasItsTexts finds the message keys in the code and asks for each in both languages.
func TestEveryKeyHasItsTexts(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.Load(Messages)
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			key, _ := strconv.Unquote(lit.Value)
			if strings.HasPrefix(key, "figure.") && !strings.HasSuffix(key, ".") && !slices.Contains(catalog.Keys(), key) {
				t.Errorf("%s: %q has no text", name, key)
			}
			return true
		})
	}
}
