package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/web"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		raw     string
		demands []web.Rule
		want    string
		fault   string
	}{
		{"  张三　", nil, "张三", ""},
		{"", nil, "", ""},
		{" ", []web.Rule{web.Required}, "", "field.required"},
		{"e\u0301", nil, "\u00e9", ""},
		{"１３８", []web.Rule{web.Halfwidth}, "138", ""},
		{"１３８", nil, "１３８", ""},
		{"a\x00b", nil, "", "field.control"},
		{"a\u202eb", nil, "", "field.control"},
		{"a\u200bb", nil, "", "field.control"},
		{"a\r\nb", nil, "", "field.control"},
		{"a\r\nb", []web.Rule{web.Lines}, "a\nb", ""},
		{"a\x1bb", []web.Rule{web.Lines}, "", "field.control"},
		{"\xff\xfe", nil, "", "field.encoding"},
		{strings.Repeat("字", 60), []web.Rule{web.Max(60)}, strings.Repeat("字", 60), ""},
		{strings.Repeat("字", 61), []web.Rule{web.Max(60)}, "", "field.long"},
		{strings.Repeat("字", 1_000_000), nil, "", "field.long"},
		{"ab", []web.Rule{web.Min(3)}, "", "field.short"},
		{"", []web.Rule{web.Min(3)}, "", ""},
		{"<script>alert(1)</script>", nil, "<script>alert(1)</script>", ""}, // templ escapes it
	} {
		f := web.ReadValues(url.Values{"x": {c.raw}})
		got := f.Text("x", c.demands...)
		fault := ""
		for _, p := range f.At("x") {
			fault += p.Key
		}
		if got != c.want || fault != c.fault {
			t.Errorf("%.20q: %.20q %s, want %.20q %s", c.raw, got, fault, c.want, c.fault)
		}
	}
}

func TestTypedFields(t *testing.T) {
	t.Parallel()
	f := web.ReadValues(url.Values{
		"n": {"１,904"}, "neg": {"-3"}, "born": {"2008年2月29日"}, "sum": {"1,234.5"}, "tick": {"on"},
		"kind": {"b"}, "many": {"b", "a", "b"}, "_v": {"17"}, "id": {"01hzzzzzzzzzzzzzzzzzzzzzzz"},
	})
	if n := f.Int("n", 0, 5000); n != 1904 {
		t.Errorf("n %d", n)
	}
	if n := f.Int("neg", -5, 5); n != -3 {
		t.Errorf("neg %d", n)
	}
	if d := f.Day("born"); d != day.Must("2008-02-29") {
		t.Errorf("born %v", d)
	}
	for _, text := range []string{"4.35", "4.35%", "４．３５％", "435bp"} {
		if got := web.ReadValues(url.Values{"r": {text}}).Rate("r", "%"); got != 435*money.BasisPoint {
			t.Errorf("%s is read as %s", text, got)
		}
	}
	if s := f.Money("sum"); s != money.Fen(123450) {
		t.Errorf("sum %v", s)
	}
	if !f.Bool("tick") || f.Bool("none") {
		t.Error("tick")
	}
	if f.Choice("kind", []string{"a", "b"}) != "b" || strings.Join(f.Many("many", []string{"a", "b", "c"}), "") != "ab" {
		t.Error("choices")
	}
	if f.Version() != 17 || web.ReadValues(url.Values{"_v": {"-1"}}).Version() != 0 {
		t.Error("version")
	}
	if id := web.ID[string](f, "id"); id != "01HZZZZZZZZZZZZZZZZZZZZZZZ" {
		t.Errorf("id %q", id)
	}
	if err := f.Err(); err != nil {
		t.Error(err)
	}
	empty := web.ReadValues(nil)
	if empty.Int("n", 1, 2) != 0 || empty.Day("d") != 0 || empty.Money("m") != 0 || web.ID[string](empty, "i") != "" || empty.Err() != nil {
		t.Error("empty fields are nothing and not wrong")
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	f := web.ReadValues(url.Values{
		"n": {"41"}, "m": {"12a"}, "huge": {"99999999999999999999"}, "comma": {"1,90"}, "born": {"2026-02-30"}, "kind": {"z"}, "many": {"z"}, "id": {"x"}, "sum": {"1.234"},
	})
	f.Int("n", 0, 40)
	f.Int("m", 0, 40)
	f.Int("huge", 0, 40)
	f.Int("comma", 0, 400)
	f.Day("born", web.Required)
	f.Day("gone", web.Required)
	f.Choice("kind", []string{"a"})
	f.Many("many", []string{"a"})
	web.ID[string](f, "id")
	f.Money("sum")
	var got []string
	for _, p := range errs.ProblemsOf(f.Err()) {
		got = append(got, p.Field+" "+p.Key)
	}
	want := "n field.range|m field.number|huge field.range|comma field.number|born day.no_such_day|gone field.required|kind field.choice|many field.choice|id field.choice|sum money."
	if !strings.HasPrefix(strings.Join(got, "|"), want) {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
	if f.Raw("m") != "12a" || !f.Ticked("many", "z") || !f.Has("n") || f.Has("nothing") {
		t.Error("what was typed is lost")
	}
	f.Fill("m", "5")
	if f.Raw("m") != "5" {
		t.Error("Fill")
	}
}

func TestBlame(t *testing.T) {
	t.Parallel()
	f := web.ReadValues(nil)
	var p errs.Problems
	p.Add("born", "field.required", nil)
	if !f.Blame(p.Err()) || len(f.At("born")) != 1 {
		t.Error("the use case's problems are not at their fields")
	}
	if !f.Blame(f.Err()) || len(f.Problems()) != 1 {
		t.Errorf("its own error is told twice: %v", f.Problems())
	}
	if !f.Blame(errs.New(errs.Conflict, "errs.stale", nil)) || len(f.At("")) != 1 {
		t.Error("a conflict belongs to the whole form")
	}
	if f.Blame(nil) || f.Blame(errs.New(errs.Denied, "errs.denied", nil)) || f.Blame(http.ErrAbortHandler) {
		t.Error("a form is shown again for what no correction heals")
	}
}

// FuzzRead holds any form against the promise: what a reader returns is clean and short, or a problem is noted.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"x=1&_v=2", "x=%00", "x=%ff", "x=１２&x=3", "x=a%0d%0ab", "x=2026-02-30", "x=%E2%80%AE", "x=1,904", ";;=&&"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		v, _ := url.ParseQuery(body)
		if v == nil {
			return
		}
		form := web.ReadValues(v)
		s := form.Text("x", web.Max(20))
		if utf8.RuneCountInString(s) > 20 || !utf8.ValidString(s) || strings.IndexFunc(s, unicode.IsControl) >= 0 || strings.TrimSpace(s) != s {
			t.Errorf("%q became %q", body, s)
		}
		if s == "" && strings.TrimSpace(v.Get("x")) != "" && form.Err() == nil {
			t.Errorf("%q vanished", body)
		}
		if n := form.Int("x", -5, 5); n < -5 || n > 5 {
			t.Errorf("%q became %d", body, n)
		}
		form.Day("x")
		form.Money("x")
		web.ID[string](form, "x")
		form.Choice("x", []string{"a"})
		form.Many("x", []string{"a"})
		if form.Version() < 0 || !utf8.ValidString(form.Raw("x")) {
			t.Errorf("%q", body)
		}
	})
}

func TestAClockIsRead(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("CST", 8*3600)
	f := web.ReadValues(url.Values{"at": {"08:30"}, "wide": {"０９：００"}, "bad": {"25:00"}})
	if m, ok := f.Clock("at", "x.clock"); m != 510 || !ok {
		t.Errorf("%d %v", m, ok)
	}
	if m, ok := f.Clock("wide", "x.clock"); m != 540 || !ok {
		t.Errorf("wide: %d %v", m, ok)
	}
	if got, want := f.Instant("at", "x.clock", day.Must("2026-03-02"), zone), time.Date(2026, 3, 2, 8, 30, 0, 0, zone).UnixMicro(); got != want {
		t.Errorf("%d, not %d", got, want)
	}
	if _, ok := f.Clock("none", "x.clock"); ok || f.Err() != nil {
		t.Errorf("an empty field is none, and not wrong: %v", f.Err())
	}
	if _, ok := f.Clock("bad", "x.clock"); ok || len(f.At("bad")) != 1 || f.At("bad")[0].Key != "x.clock" {
		t.Errorf("%+v", f.At("bad"))
	}
	if f.Instant("none", "x.clock", day.Must("2026-03-02"), zone) != 0 || len(f.At("none")) != 1 {
		t.Errorf("%+v", f.At("none"))
	}
}
