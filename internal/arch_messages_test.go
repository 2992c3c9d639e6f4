package internal_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/platform/i18n"
)

// beginnings are keys whose end only the running program knows. What stands behind each is tested where it is built.
var beginnings = []string{
	"act.damage_", "app.home.", "app.privacy.", "verb.", "role.", "web.title.",
}

// unspoken are verbs that no reader of the log meets in a city.
var unspoken = []string{"bench.put"}

// notMessages end names of files, which look like keys.
var notMessages = regexp.MustCompile(`\.(templ|css|js|json|jsonl|csv|xlsx?|html|svg|png|db|txt|go|sql|md|zip|part|geojson)$`)

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)

// messageSets are the folders that hold a folder messages.
func messageSets(t *testing.T) (dirs []string, keys map[string]bool) {
	t.Helper()
	err := fs.WalkDir(root, "internal", func(file string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "messages" {
			dirs = append(dirs, path.Dir(file))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	keys = map[string]bool{}
	sets := make([]fs.FS, 0, len(dirs))
	for _, d := range dirs {
		sub, err := fs.Sub(root, d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fs.Stat(sub, "messages/"+string(i18n.ZhCN)+".json"); err != nil {
			t.Errorf("%s/messages holds no %s.json", d, i18n.ZhCN)
			continue
		}
		sets = append(sets, sub)
	}
	c, err := i18n.Load(sets...)
	if err != nil {
		t.Fatalf("the two languages do not agree: %v", err)
	}
	for _, k := range c.Keys() {
		keys[k] = true
	}
	return dirs, keys
}

func TestMessages(t *testing.T) {
	t.Parallel()
	dirs, keys := messageSets(t)
	all, err := project()
	if err != nil {
		t.Fatal(err)
	}
	faults := slices.Concat(checkMessages(all, keys), checkSetsLoaded(all, dirs))
	slices.Sort(faults)
	for _, f := range slices.Compact(faults) {
		t.Error(f)
	}
}

// checkSetsLoaded finds messages that the program does not load.
func checkSetsLoaded(all []*source, dirs []string) (faults []string) {
	loaded := []string{"internal/app"}
	for _, s := range all {
		if s.path == "internal/app/messages.go" {
			for _, i := range s.tree.Imports {
				loaded = append(loaded, strings.TrimPrefix(strings.Trim(i.Path.Value, `"`), module))
			}
		}
	}
	for _, d := range dirs {
		if !slices.Contains(loaded, d) {
			faults = append(faults, d+"/messages: app/messages.go does not load it")
		}
	}
	return faults
}

// keyArgument is which argument of a call is a message key, by the function's name.
var keyArgument = map[string]int{"T": 0, "Key": 0, "New": 1, "Wrap": 2, "Require": 2, "Add": 1}

// checkMessages finds keys that are asked for and have no text. Where the text is said by name (T, errs.New, Key: …)
// every key counts; any other string counts that begins as some message does.
func checkMessages(all []*source, keys map[string]bool) (faults []string) {
	families := map[string]bool{}
	for k := range keys {
		family, _, _ := strings.Cut(k, ".")
		families[family] = true
	}
	verbs := map[string]bool{}
	for _, s := range all {
		for _, v := range s.composites("Verb", "Key") {
			key, _ := s.text(v["Key"])
			verbs[key] = true
			if !s.test && !keys["verb."+key] && !slices.Contains(unspoken, key) {
				faults = append(faults, fmt.Sprintf("%s: verb %s has no text verb.%s", s.path, key, key))
			}
		}
		for _, r := range s.composites("Role", "Key") {
			if key, whole := s.text(r["Key"]); whole && !s.test && !keys["role."+key] {
				faults = append(faults, fmt.Sprintf("%s: role %s has no text role.%s", s.path, key, key))
			}
		}
	}
	for _, s := range all {
		if s.test {
			continue
		}
		certain := s.certainKeys()
		s.texts(func(e ast.Expr, text string) {
			family, _, _ := strings.Cut(text, ".")
			switch {
			case verbs[text] || notMessages.MatchString(text):
			case strings.Contains(text, gap):
				start, _, _ := strings.Cut(text, gap)
				if certain[e] && keyForm.MatchString(strings.TrimRight(start, "._")+".x") && !begins(start, keys) {
					faults = append(faults, fmt.Sprintf("%s: no text begins with %s", s.at(e), start))
				}
			case !keyForm.MatchString(text) || keys[text] || begins(text+".", keys) && !certain[e]:
			case certain[e] || families[family] && !isColumn(text):
				faults = append(faults, fmt.Sprintf("%s: no text for %s", s.at(e), text))
			}
		})
	}
	return faults
}

func begins(start string, keys map[string]bool) bool {
	if slices.Contains(beginnings, start) {
		return true
	}
	for k := range keys {
		if strings.HasPrefix(k, start) {
			return true
		}
	}
	return false
}

// isColumn tells whether a text is table.column as SQL writes it.
func isColumn(text string) bool {
	table, column, ok := strings.Cut(text, ".")
	return ok && owners[table] != nil && !strings.Contains(column, ".") &&
		slices.Contains([]string{"path", "id", "city", "org", "home", "name", "kind", "person", "since", "until"}, column)
}

// certainKeys gives the expressions that can be nothing but message keys.
func (s *source) certainKeys() map[ast.Expr]bool {
	certain := map[ast.Expr]bool{}
	ast.Inspect(s.tree, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.CallExpr:
			name := ""
			switch f := x.Fun.(type) {
			case *ast.SelectorExpr:
				name = f.Sel.Name
			case *ast.Ident:
				name = f.Name
			}
			if at, ok := keyArgument[name]; ok && at < len(x.Args) {
				certain[x.Args[at]] = isText(x.Args[at])
			}
		case *ast.KeyValueExpr:
			if k, ok := x.Key.(*ast.Ident); ok && strings.HasSuffix(k.Name, "Key") {
				if text, _ := s.text(x.Value); strings.Contains(text, ".") {
					certain[x.Value] = isText(x.Value)
				}
			}
		}
		return true
	})
	return certain
}

func isText(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.BasicLit:
		return x.Kind == token.STRING
	case *ast.BinaryExpr:
		return x.Op == token.ADD
	}
	return false
}
