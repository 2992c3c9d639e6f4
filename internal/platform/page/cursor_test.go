package page

import (
	"bytes"
	"encoding/base64"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
)

var (
	cursors = NewCursors(bytes.Repeat([]byte{7}, 32))
	people  = List{Name: "person.list", Columns: []string{"p.name", "p.id"}, Filter: "xianning 0A/1C/"}
)

func drawKeys(t *rapid.T, n int) []any {
	keys := make([]any, n)
	for i := range keys {
		if rapid.Bool().Draw(t, "number") {
			keys[i] = rapid.Int64().Draw(t, "n")
		} else {
			keys[i] = rapid.String().Draw(t, "t")
		}
	}
	return keys
}

func TestCursorComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := List{Name: "l", Desc: rapid.Bool().Draw(t, "desc"), Filter: rapid.String().Draw(t, "filter")}
		list.Columns = rapid.SliceOfN(rapid.StringMatching(`[a-z]{1,5}`), 1, 4).Draw(t, "columns")
		keys, before := drawKeys(t, len(list.Columns)), rapid.Bool().Draw(t, "before")
		token := cursors.write(list, keys, before)
		if strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Fatalf("%q cannot stand in an address", token)
		}
		got, err := cursors.Read(list, token)
		if len(token) > maxToken {
			return
		}
		if err != nil || !reflect.DeepEqual(got.keys, keys) || got.before != before {
			t.Fatalf("got %v %v, want %v %v: %v", got.keys, got.before, keys, before, err)
		}
	})
}

func TestCursorOfAnotherListIsRefused(t *testing.T) {
	t.Parallel()
	token := cursors.write(people, []any{"合成甲", "01A"}, false)
	change := func(f func(*List)) List {
		l := people
		l.Columns = append([]string{}, people.Columns...)
		f(&l)
		return l
	}
	for name, l := range map[string]List{
		"name":           change(func(l *List) { l.Name = "org.list" }),
		"filter":         change(func(l *List) { l.Filter = "xianning 0A/" }),
		"twin city":      change(func(l *List) { l.Filter = "xianninh 0A/1C/" }),
		"direction":      change(func(l *List) { l.Desc = true }),
		"order":          change(func(l *List) { l.Columns = []string{"p.id", "p.name"} }),
		"fewer columns":  change(func(l *List) { l.Columns = l.Columns[:1] }),
		"cut elsewhere":  change(func(l *List) { l.Name, l.Filter = "person.listx", "ianning 0A/1C/" }),
		"column to name": change(func(l *List) { l.Filter, l.Columns = l.Filter+"p.name", []string{"p.id"} }),
	} {
		if _, err := cursors.Read(l, token); errs.KeyOf(err) != "page.cursor" || errs.KindOf(err) != errs.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewCursors(bytes.Repeat([]byte{8}, 32)).Read(people, token); err == nil {
		t.Error("signed by another secret")
	}
	if _, err := cursors.Read(people, token); err != nil {
		t.Error(err)
	}
}

func TestEveryChangedOrMissingLetterIsRefused(t *testing.T) {
	t.Parallel()
	token := cursors.write(people, []any{"合成甲", int64(42)}, true)
	for i := range token {
		for _, c := range []string{"A", "B", "_", "=", "%", "\n", ""} {
			bad := token[:i] + c + token[i+1:]
			if bad == token {
				continue
			}
			if _, err := cursors.Read(people, bad); errs.KeyOf(err) != "page.cursor" {
				t.Fatalf("%q at %d: %v", c, i, err)
			}
		}
		if i > 0 {
			if _, err := cursors.Read(people, token[:i]); errs.KeyOf(err) != "page.cursor" {
				t.Fatalf("cut at %d: %v", i, err)
			}
		}
	}
	if _, err := cursors.Read(people, strings.Repeat("A", 1<<20)); errs.KeyOf(err) != "page.cursor" {
		t.Fatal(err)
	}
}

func TestCursorShowsNoName(t *testing.T) {
	t.Parallel()
	raw, err := base64.RawURLEncoding.DecodeString(cursors.write(people, []any{"zhangsan", "01ABCDEF"}, false))
	if err != nil || bytes.Contains(raw, []byte("zhang")) || bytes.Contains(raw, []byte("01AB")) {
		t.Fatalf("%q %v", raw, err)
	}
}

func TestMisuseIsNoticedAtOnce(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func(){
		"float key":    func() { cursors.write(people, []any{1.5, "x"}, false) },
		"one key":      func() { cursors.write(people, []any{"x"}, false) },
		"short secret": func() { NewCursors([]byte("short")) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

func TestMessagesAgree(t *testing.T) {
	t.Parallel()
	c, err := i18n.Load(Messages)
	if err != nil {
		t.Fatal(err)
	}
	more := Counted(1001, 1000)
	if got := c.Printer(i18n.En).T(more.Key(), "n", more.N); got != "1,000+" {
		t.Fatalf("got %q", got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(cursors.write(people, []any{"合成甲", int64(42)}, true))
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, token string) {
		p, err := cursors.Read(people, token)
		if err == nil && token != "" && cursors.write(people, p.keys, p.before) != token {
			t.Fatalf("forged %q", token)
		}
	})
}

func FuzzParseKeys(f *testing.F) {
	f.Add(appendKey(appendKey(nil, "a"), 7))
	f.Fuzz(func(t *testing.T, b []byte) {
		keys, err := parseKeys(b)
		if err != nil && errs.KeyOf(err) != "page.cursor" {
			t.Fatal(err)
		}
		var again []byte
		for _, k := range keys {
			again = appendKey(again, k)
		}
		if got, err := parseKeys(again); err != nil || len(got) != len(keys) {
			t.Fatal("keys do not come back")
		}
	})
}
