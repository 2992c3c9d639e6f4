package act

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
)

// sample is an act with every field set and a known content hash.
func sample() Act {
	return Act{
		City: "xianning", ID: "01JH00000000000000000000A1", At: 1767225600000001, Actor: "01JH00000000000000000000B2",
		Verb: "enrolment.join", Subject: "夜校-2026-00017", KeyID: "k1", Session: "9f86d081", ContentHash: Content{make([]byte, 32), []byte(`{}`)}.Hash(),
	}
}

func TestLeafIsGolden(t *testing.T) {
	t.Parallel()
	want := "zhidian act 1\n8:xianning\n26:01JH00000000000000000000A1\n16:1767225600000001\n26:01JH00000000000000000000B2\n" +
		"14:enrolment.join\n17:夜校-2026-00017\n2:k1\n8:9f86d081\n32:"
	a := sample()
	if got := string(a.Leaf()); got != want+string(a.ContentHash[:])+"\n" {
		t.Fatalf("leaf\n%q\nwant\n%q", got, want)
	}
	if got := hex.EncodeToString(a.ContentHash[:8]); got != goldenContent {
		t.Fatalf("content hash begins with %s", got)
	}
	if got := LeafHash(a.Leaf()).String(); got != goldenLeaf {
		t.Fatalf("leaf hash %s", got)
	}
}

func TestEveryFieldIsInTheLeafAndNoTwoActsShareOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		field := rapid.StringMatching(`[a-c:0-9\n]{0,6}`)
		draw := func(n string) Act {
			return Act{
				City: field.Draw(t, n+"city"), ID: field.Draw(t, n+"id"), At: rapid.Int64Range(1, 3).Draw(t, n+"at"), Actor: field.Draw(t, n+"actor"),
				Verb: field.Draw(t, n+"verb"), Subject: field.Draw(t, n+"subject"), KeyID: field.Draw(t, n+"key"), Session: field.Draw(t, n+"session"),
			}
		}
		a, b := draw("a "), draw("b ")
		if rapid.Bool().Draw(t, "same") {
			b = a
		}
		if same := fmt.Sprint(a) == fmt.Sprint(b); same && !bytes.Equal(a.Leaf(), b.Leaf()) {
			t.Fatal("equal acts, other leaves")
		}
		if bytes.Equal(a.Leaf(), b.Leaf()) != (a.City == b.City && a.ID == b.ID && a.At == b.At && a.Actor == b.Actor && a.Verb == b.Verb &&
			a.Subject == b.Subject && a.KeyID == b.KeyID && a.Session == b.Session) {
			t.Fatalf("%+v and %+v", a, b)
		}
	})
	a := sample()
	a.Once, a.Answer = "x", []byte("y")
	if !bytes.Equal(a.Leaf(), sample().Leaf()) {
		t.Fatal("key and answer are no part of the leaf")
	}
}

func TestChangeHasOneText(t *testing.T) {
	t.Parallel()
	type pair struct {
		Z int    `json:"z"`
		A string `json:"a"`
	}
	for _, c := range []struct {
		change Change
		want   string
	}{
		{nil, `{}`},
		{Change{"b": 1, "a": "<b>&"}, `{"a":"<b>&","b":1}`},
		{Change{"x": pair{2, "甲"}, "list": []pair{{1, ""}}}, `{"list":[{"a":"","z":1}],"x":{"a":"甲","z":2}}`},
		{Change{"n": int64(9007199254740993), "x": map[string]any{}}, `{"n":9007199254740993,"x":{}}`},
		{Change{"bad": "\xff"}, "{\"bad\":\"\ufffd\"}"},
		{Change{"t": time.UnixMicro(1).UTC()}, `{"t":"1970-01-01T00:00:00.000001Z"}`},
	} {
		got, err := c.change.JSON()
		if err != nil || string(got) != c.want {
			t.Errorf("%v: %s, %v; want %s", c.change, got, err, c.want)
		}
	}
	if _, err := (Change{"f": func() {}}).JSON(); err == nil {
		t.Error("a function is no change")
	}
}

func TestChangeTextIsAFixedPoint(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.OneOf(
			rapid.Custom(func(t *rapid.T) any { return rapid.String().Draw(t, "s") }),
			rapid.Custom(func(t *rapid.T) any { return string(rapid.SliceOfN(rapid.Byte(), 0, 5).Draw(t, "raw")) }),
			rapid.Custom(func(t *rapid.T) any { return rapid.Int64().Draw(t, "n") }),
			rapid.Custom(func(t *rapid.T) any { return map[string]any{rapid.String().Draw(t, "k"): nil, "é": 1.5} }),
		)
		c := Change(rapid.MapOf(rapid.StringMatching(`[a-z]{1,3}`), values).Draw(t, "change"))
		once, err := c.JSON()
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(bytes.NewReader(once))
		d.UseNumber()
		var back Change
		if err := d.Decode(&back); err != nil {
			t.Fatal(err)
		}
		twice, err := back.JSON()
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%s became %s, %v", once, twice, err)
		}
	})
}

func TestSubjectsAreIdsAndSerialsOnly(t *testing.T) {
	t.Parallel()
	drawn := string(id.New[Act](time.UnixMilli(1767225600000)))
	for _, ok := range []string{
		"", drawn, "person:" + drawn, drawn + "/" + drawn, "夜校-2026-00017", "ZD-2026-1", "org.density", "421202", "421202001", "421202001003",
		"2026-11-23", "2026-11", "import:" + drawn + ".3", "log-in", "system", strings.Repeat("ab", 32), "policy_2", "edition/2026",
	} {
		if err := CheckSubject(ok); err != nil {
			t.Errorf("%q: %v", ok, err)
		}
	}
	for _, bad := range []string{
		"张三", "张三丰", "Zhang San", "zhang san", "13800138000", "u13800138000", "421202199003070015", "421202199003071", "42120219900307001X",
		"138.0013.8000", "138/00138000", "421202.19900307.0015", "tel-138-0013-8000", "改为已通过", "夜校-26-1", "a@b.cn", "x'; DROP TABLE act", "\n", "..", ".",
		"013800138000", "ü", "org.", "夜校-2026-00017，备注", strings.Repeat("a.", 100) + "a", "\xff", "Ａ",
	} {
		err := CheckSubject(bad)
		if errs.KeyOf(err) != "act.subject" {
			t.Errorf("%q is accepted", bad)
		} else if len(bad) > 2 && strings.Contains(err.Error(), bad) {
			t.Errorf("the error repeats %q", bad)
		}
	}
}

func TestVerbs(t *testing.T) {
	t.Parallel()
	for _, ok := range []string{"org.move", "login", "account.log_in", "density.import.undo2"} {
		if err := CheckVerb(ok); err != nil {
			t.Errorf("%q: %v", ok, err)
		}
	}
	for _, bad := range []string{"", "Org.Move", "org..move", ".org", "org.", "org move", "移动", "2org", strings.Repeat("a", 65)} {
		if CheckVerb(bad) == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		key  string
		harm func(*Act)
	}{
		{"", func(*Act) {}},
		{"act.malformed", func(a *Act) { a.City = "Xianning" }},
		{"act.malformed", func(a *Act) { a.City = "x n" }},
		{"act.malformed", func(a *Act) { a.ID = "7" }},
		{"act.malformed", func(a *Act) { a.At = 0 }},
		{"act.malformed", func(a *Act) { a.KeyID = "a b" }},
		{"act.malformed", func(a *Act) { a.Session = "\n" }},
		{"act.verb", func(a *Act) { a.Verb = "" }},
		{"act.actor", func(a *Act) { a.Actor = "张三" }},
		{"act.subject", func(a *Act) { a.Subject = "张三" }},
	} {
		a := sample()
		c.harm(&a)
		if got := errs.KeyOf(a.Check()); got != c.key {
			t.Errorf("got %q, want %q", got, c.key)
		}
	}
}

func TestInsertWritesActThenContent(t *testing.T) {
	t.Parallel()
	var queries []string
	var all [][]any
	var broken error
	exec := func(q string, args ...any) error {
		queries, all = append(queries, q), append(all, args)
		return broken
	}
	if err := Insert(exec, sample(), Change{"status": "placed"}); err != nil {
		t.Fatal(err)
	}
	if len(queries) != 2 || all[0][8] != nil || all[0][9] != nil || all[1][2] != `{"status":"placed"}` {
		t.Fatalf("%v %v", queries, all)
	}
	c := Content{Salt: all[1][1].([]byte), Change: []byte(all[1][2].(string))}
	if h := c.Hash(); !bytes.Equal(h[:], all[0][7].([]byte)) || len(c.Salt) != 32 {
		t.Fatal("the act does not commit to its content")
	}

	queries, broken = nil, fmt.Errorf("a taken key")
	a := sample()
	a.Once, a.Answer = "k", []byte(`1`)
	if err := Insert(exec, a, nil); err != broken || len(queries) != 1 {
		t.Fatalf("%v, %d statements", err, len(queries))
	}
	a.Subject = "张三"
	if err := Insert(exec, a, nil); err == nil || len(queries) != 1 {
		t.Fatal("a name reached the database")
	}
	if err := Insert(exec, sample(), Change{"f": make(chan int)}); err == nil || len(queries) != 1 {
		t.Fatal("a change without a text reached the database")
	}
}

func TestSaltsDiffer(t *testing.T) {
	t.Parallel()
	a, _ := NewContent(Change{"a": 1})
	b, _ := NewContent(Change{"a": 1})
	if a.Hash() == b.Hash() {
		t.Fatal("equal changes must not be recognisable by their hash")
	}
}
