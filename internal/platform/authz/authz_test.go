package authz

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/platform/errs"
)

var (
	read = Verb{Key: "org.read"}
	move = Verb{Key: "org.move", Writes: "org org_history"}
)

func clerk(at ...Path) Actor {
	a := Actor{City: "xn", User: "u1", Grants: []Held{}}
	for _, p := range at {
		a.Grants = append(a.Grants, Held{Role: Role{Key: "clerk", Verbs: []Verb{read}, Sees: Personal}, At: p})
	}
	return a
}

func TestOutOfScopeLooksAbsentAndInScopeWithoutVerbIsDenied(t *testing.T) {
	t.Parallel()
	a := clerk("A/B/")
	for _, c := range []struct {
		verb Verb
		at   Path
		want errs.Kind
		ok   bool
	}{
		{read, "A/B/", 0, true},
		{read, "A/B/C/", 0, true},
		{move, "A/B/C/", errs.Denied, false},
		{read, "A/", errs.Absent, false},
		{read, "A/BX/", errs.Absent, false},
		{read, "", errs.Absent, false},
	} {
		err := a.Must(c.verb, c.at)
		if (err == nil) != c.ok || (err != nil && errs.KindOf(err) != c.want) {
			t.Errorf("%s at %q: %v", c.verb.Key, c.at, err)
		}
	}
}

func TestAnActorWithoutGrantsIsNotTheSystem(t *testing.T) {
	t.Parallel()
	if (Actor{City: "xn", User: "system", Grants: []Held{}}).Can(read, "A/") {
		t.Fatal("an account named system must not become the system")
	}
	if !System("xn").Can(move, "A/") || !System("xn").Scope(move).All {
		t.Fatal("the system may act in its city")
	}
	if clerk().May(read) || clerk("A/").MustSomewhere(move) == nil {
		t.Fatal("rights out of nothing")
	}
}

func TestFieldClasses(t *testing.T) {
	t.Parallel()
	a := clerk("A/B/")
	if !a.Sees(Personal, read, "A/B/C/") || a.Sees(Sensitive, read, "A/B/C/") || a.Sees(Personal, read, "A/C/") || !a.Sees(Open, read, "Z/") {
		t.Fatal("classes")
	}
	if Sealed.String() != "sealed" {
		t.Fatal(Sealed)
	}
}

func TestVerbDeclaresItsTables(t *testing.T) {
	t.Parallel()
	if !move.MayWrite("org") || !move.MayWrite("org_history") || move.MayWrite("org_h") || read.MayWrite("") {
		t.Fatal("tables of a verb")
	}
	if read.MayWrite("org") || read.IsZero() || !(Verb{}).IsZero() {
		t.Fatal("a reading verb writes nothing")
	}
}

// paths draws paths over a tiny alphabet, so that prefixes are frequent.
func paths() *rapid.Generator[Path] {
	return rapid.Custom(func(t *rapid.T) Path {
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{"A", "B", "AA"}), 1, 4).Draw(t, "parts")
		return Path(strings.Join(parts, "/") + "/")
	})
}

func TestScopeAgreesWithCan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := clerk(rapid.SliceOfN(paths(), 0, 4).Draw(t, "held")...)
		at, node := paths().Draw(t, "at"), paths().Draw(t, "node")
		s := a.Scope(read)
		if s.Covers(at) != a.Can(read, at) {
			t.Fatalf("scope %v and Can differ at %q", s, at)
		}
		if got, want := s.Narrow(node).Covers(at), s.Covers(at) && node.Covers(at); got != want {
			t.Fatalf("narrowed to %q covers %q: %v", node, at, got)
		}
		inSQL := slices.ContainsFunc(s.Paths, func(p Path) bool { return p <= at && at < p.End() })
		if inSQL != s.Covers(at) {
			t.Fatalf("range and prefix differ at %q for %v", at, s.Paths)
		}
		cond, args := s.SQL("o.path", 3)
		if strings.Count(cond, "$") != len(args) || (len(s.Paths) == 0) != (cond == "1=0") {
			t.Fatalf("%s with %d arguments", cond, len(args))
		}
	})
}

func TestWhatIsTheWholeCitysIsHeldAtTheTopOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		by   Actor
		verb Verb
		ok   bool
	}{
		{clerk("A/"), read, true},
		{clerk("A/B/", "A/"), read, true},
		{clerk("A/"), move, false},
		{clerk("A/B/"), read, false},
		{clerk(""), read, false},
		{Actor{City: "xn", User: "u1"}, read, false},
		{System("xn"), move, true},
	} {
		if err := c.by.MustEverywhere(c.verb); (err == nil) != c.ok || err != nil && errs.KindOf(err) != errs.Absent {
			t.Errorf("%v, %s: %v", c.by.Grants, c.verb.Key, err)
		}
	}
}
