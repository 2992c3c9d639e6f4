package xpath

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// vectors are expressions with what they give, the same for this evaluator and for the phone's.
type vectors struct {
	Document map[string]any               `json:"document"`
	Now      time.Time                    `json:"now"`
	Saved    map[string]string            `json:"saved"`
	Choice   map[string]map[string]string `json:"choices"`
	Lists    map[string][]map[string]string
	Values   []struct{ X, Want, At string }
	Faults   []struct{ X, Key string }
}

func readVectors(t testing.TB) vectors {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// paper is a form without rules: every name means all elements of that name.
type paper struct {
	vectors
	root *Node
}

func newPaper(v vectors) *paper {
	p := &paper{vectors: v, root: &Node{Name: "data"}}
	build(p.root, v.Document)
	return p
}

func build(n *Node, content map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(content)) {
		switch c := content[name].(type) {
		case string:
			n.Add(&Node{Name: name, Value: c})
		case map[string]any:
			build(n.Add(&Node{Name: name}), c)
		case []any:
			for _, one := range c {
				build(n.Add(&Node{Name: name}), one.(map[string]any))
			}
		}
	}
}

func (p *paper) Root() *Node     { return p.root }
func (p *paper) Now() time.Time  { return p.vectors.Now }
func (p *paper) Random() float64 { return 0.5 }

func (p *paper) Find(_ *Node, name string) (all []*Node) {
	deep(p.root, name, &all)
	return all
}

func (p *paper) List(id string) *Node {
	rows, ok := p.Lists[id]
	if !ok {
		return nil
	}
	root := (&Node{}).Add(&Node{Name: "root"})
	for _, row := range rows {
		item := root.Add(&Node{Name: "item"})
		for _, column := range slices.Sorted(maps.Keys(row)) {
			item.Add(&Node{Name: column, Value: row[column]})
		}
	}
	return root.Up
}

func (p *paper) ChoiceName(question, value string) string { return p.Choice[question][value] }
func (p *paper) LastSaved(name string) string             { return p.Saved[name] }
func (p *paper) Has(name string) bool                     { return len(p.Find(nil, name)) > 0 }
func (p *paper) HasList(id string) bool                   { return p.Lists[id] != nil }

func (p *paper) Choices(question, value string) (known, has bool) {
	all, known := p.Choice[question]
	_, has = all[value]
	return known, has
}

func (p *paper) Nearest(name string) string { return Nearest(name, []string{"name", "age", "multi"}) }

// at finds a node by a path with numbers, the first where none is given.
func (p *paper) at(t *testing.T, path string) *Node {
	n := p.root
	if path == "" {
		return p.Find(nil, "name")[0]
	}
	for part := range strings.SplitSeq(path, "/") {
		name, number, _ := strings.Cut(strings.TrimSuffix(part, "]"), "[")
		want, _ := strconv.Atoi(number)
		all := reach(Step{Name: name}, n)
		n = all[max(want, 1)-1]
	}
	return n
}

func TestVectors(t *testing.T) {
	t.Parallel()
	p := newPaper(readVectors(t))
	for _, v := range p.Values {
		x, fault := Parse(v.X)
		if fault != nil {
			t.Errorf("%s: %s", v.X, fault.Key)
			continue
		}
		if got := Eval(x, p, p.at(t, v.At)).Text(); got != v.Want {
			t.Errorf("%s gives %q, not %q", v.X, got, v.Want)
		}
		printed := Print(x)
		again, fault := Parse(printed)
		if fault != nil || Print(again) != printed {
			t.Errorf("%s printed as %s is read differently: %v", v.X, printed, fault)
			continue
		}
		if got := Eval(again, p, p.at(t, v.At)).Text(); got != v.Want {
			t.Errorf("%s printed as %s gives %q, not %q", v.X, printed, got, v.Want)
		}
		for _, f := range Check(x, p) {
			if !f.Warning && !strings.Contains(v.X, "nowhere") {
				t.Errorf("%s: %s", v.X, f.Key)
			}
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	p := newPaper(readVectors(t))
	for _, v := range p.Faults {
		x, fault := Parse(v.X)
		var keys []string
		if fault != nil {
			keys = append(keys, fault.Key)
		} else {
			for _, f := range Check(x, p) {
				keys = append(keys, f.Key)
			}
		}
		if !slices.Contains(keys, v.Key) {
			t.Errorf("%s: %v, not %s", v.X, keys, v.Key)
		}
	}
}

// Every function is worked out by at least one vector.
func TestEveryFunctionHasAVector(t *testing.T) {
	t.Parallel()
	v := readVectors(t)
	for _, name := range Functions() {
		if name == "string" || name == "boolean" || name == "false" || name == "exp" || name == "log" || name == "cos" || name == "tan" || name == "asin" || name == "acos" || name == "atan" {
			continue // one line of the standard library each
		}
		found := false
		for _, one := range v.Values {
			found = found || strings.Contains(one.X, name+"(")
		}
		if !found {
			t.Errorf("no vector calls %s", name)
		}
	}
}

// Whatever is read is printed so that it is read the same, and working it out ends.
func FuzzParse(f *testing.F) {
	v := readVectors(f)
	for _, one := range v.Values {
		f.Add(one.X)
	}
	for _, one := range v.Faults {
		f.Add(one.X)
	}
	p := newPaper(v)
	f.Fuzz(func(t *testing.T, text string) {
		x, fault := Parse(text)
		if fault != nil {
			return
		}
		printed := Print(x)
		again, fault := Parse(printed)
		if fault != nil {
			t.Fatalf("%q printed as %q: %s at %d", text, printed, fault.Key, fault.At)
		}
		if second := Print(again); second != printed {
			t.Fatalf("%q printed as %q and then as %q", text, printed, second)
		}
		Check(x, p)
		if len(text) < 200 && !strings.Contains(text, "andom") && !strings.Contains(text, "uuid") {
			if a, b := Eval(x, p, p.root).Text(), Eval(again, p, p.root).Text(); a != b {
				t.Fatalf("%q gives %q, printed as %q it gives %q", text, a, printed, b)
			}
		}
		if _, err := json.Marshal(Encode(x)); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

var update = flag.Bool("update", false, "write testdata/encoded.json anew")

// The phone has no parser: its tests walk the vectors as they are sent to it.
func TestEncoded(t *testing.T) {
	t.Parallel()
	var lines []string
	for _, v := range readVectors(t).Values {
		x, fault := Parse(v.X)
		if fault != nil {
			t.Fatal(v.X, fault.Key)
		}
		line, err := json.Marshal(Encode(x))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	want := "[\n" + strings.Join(lines, ",\n") + "\n]\n"
	if *update {
		if err := os.WriteFile("testdata/encoded.json", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("testdata/encoded.json")
	if err != nil || string(got) != want {
		t.Errorf("testdata/encoded.json is not what is sent; run go test -update: %v", err)
	}
}

// Forms of long ago name some functions otherwise; they are read by their names of today, so that no phone need know both.
func TestOlderNamesOfFunctions(t *testing.T) {
	t.Parallel()
	x, fault := Parse("enclosed-area(${field}) > 10")
	if fault != nil {
		t.Fatal(fault)
	}
	if got := Print(x); got != "area(${field}) > 10" {
		t.Errorf("read as %s", got)
	}
}
