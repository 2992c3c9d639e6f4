package i18n_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/money"
)

func set(zh, en string) fs.FS {
	return fstest.MapFS{
		"messages/zh-CN.json": {Data: []byte(zh)},
		"messages/en.json":    {Data: []byte(en)},
	}
}

func catalog(t *testing.T) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(
		set(`{"rows":"共 {n} 行","full":"{course}已满，{queue} 人候补","state":"状态：{state}","open":"开放"}`,
			`{"rows":"{n} rows","rows.one":"one row","full":"{course} is full, {queue} waiting","state":"State: {state}","open":"open"}`),
		set(`{"errs.unexpected":"系统出错","in":"{year} 年","bad":"第 {row} 行有误"}`, `{"errs.unexpected":"our fault","in":"year {year}","bad":"row {row} is wrong"}`),
	)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	good := set(`{"a":"甲"}`, `{"a":"A"}`)
	for name, c := range map[string]struct {
		sets []fs.FS
		want string
	}{
		"two packages claim a key": {[]fs.FS{good, good}, `"a" is defined twice`},
		"twice in one file":        {[]fs.FS{set(`{"a":"甲","a":"乙"}`, `{"a":"A"}`)}, `"a" is defined twice`},
		"English lacks it":         {[]fs.FS{set(`{"a":"甲","b":"乙"}`, `{"a":"A"}`)}, `"b" is missing in en`},
		"Chinese lacks it":         {[]fs.FS{set(`{"a":"甲"}`, `{"a":"A","b":"B"}`)}, `"b" is missing in zh-CN`},
		"one without many":         {[]fs.FS{set(`{"a":"甲"}`, `{"a":"A","b.one":"B"}`)}, `"b.one" is missing`},
		"one with another name":    {[]fs.FS{set(`{"a":"{n}"}`, `{"a":"{n}","a.one":"{m}"}`)}, `uses {m}`},
		"placeholders differ":      {[]fs.FS{set(`{"a":"{x} 行"}`, `{"a":"{y} rows"}`)}, `[x]`},
		"empty":                    {[]fs.FS{set(`{"a":" "}`, `{"a":"A"}`)}, `is empty`},
		"open brace":               {[]fs.FS{set(`{"a":"{x"}`, `{"a":"{x"}`)}, `brace`},
		"shut brace":               {[]fs.FS{set(`{"a":"x}"}`, `{"a":"x}"}`)}, `brace`},
		"nested":                   {[]fs.FS{set(`{"a":"{{x}}"}`, `{"a":"{{x}}"}`)}, `brace`},
		"name":                     {[]fs.FS{set(`{"a":"{X y}"}`, `{"a":"{X y}"}`)}, `placeholder`},
		"nested object":            {[]fs.FS{set(`{"a":{}}`, `{"a":"A"}`)}, `not a text`},
		"array":                    {[]fs.FS{set(`[]`, `{}`)}, `flat object`},
		"cut off":                  {[]fs.FS{set(`{"a":"甲"`, `{"a":"A"}`)}, `messages/zh-CN.json`},
		"trailing":                 {[]fs.FS{set(`{"a":"甲"} 1`, `{"a":"A"}`)}, `follows`},
		"no file":                  {[]fs.FS{fstest.MapFS{}}, `zh-CN.json`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := i18n.Load(c.sets...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

type stage string

func TestT(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	at := time.Date(2026, 3, 5, 6, 7, 0, 0, time.UTC)
	for _, x := range []struct {
		zh, en string
		key    string
		args   []any
	}{
		{"共 1,904 行", "1,904 rows", "rows", []any{"n", 1904}},
		{"共 1 行", "one row", "rows", []any{"n", int64(1)}},
		{"共 1 行", "one row", "rows", []any{errs.Args{"n": uint8(1)}}},
		{"共 0 行", "0 rows", "rows", []any{"n", 0}},
		{"夜校已满，12 人候补", "夜校 is full, 12 waiting", "full", []any{"course", "夜校", "queue", 12}},
		{"状态：开放", "State: open", "state", []any{"state", i18n.Key("open")}},
		{"状态：2026年3月5日 14:07", "State: 5 March 2026, 14:07", "state", []any{"state", at}},
		{"状态：2026年3月5日", "State: 5 March 2026", "state", []any{"state", day.Must("2026-03-05")}},
		{"状态：a b", "State: a b", "state", []any{"state", "a\nb"}},
		{"状态：a b", "State: a b", "state", []any{"state", stage("a\u202eb")}},
		{"状态：系统出错", "State: our fault", "state", []any{"state", errors.New("dial tcp")}},
		{"状态：12.00 元", "State: CNY 12.00", "state", []any{"state", money.Fen(1200)}},
		{"2026 年", "year 2026", "in", []any{"year", 2026}},
		{"状态：1.5", "State: 1.5", "state", []any{"state", 1.5}},
		{"状态：⟦state{state}⟧", "State: ⟦state{state}⟧", "state", nil},
		{"状态：⟦state{state}⟧", "State: ⟦state{state}⟧", "state", []any{"state", []int{1}}},
		{"⟦nothing⟧", "⟦nothing⟧", "nothing", nil},
	} {
		if got := c.Printer(i18n.ZhCN).T(x.key, x.args...); got != x.zh {
			t.Errorf("%s %v: %q, want %q", x.key, x.args, got, x.zh)
		}
		if got := c.Printer(i18n.En).T(x.key, x.args...); got != x.en {
			t.Errorf("%s %v: %q, want %q", x.key, x.args, got, x.en)
		}
	}
	if u := c.Unknown(); u["nothing"] != 2 || u["state{state}"] != 4 || len(u) != 2 {
		t.Errorf("unknown: %v", u)
	}
	if got := strings.Join(c.Keys(), " "); got != "bad errs.unexpected full in open rows state" {
		t.Errorf("keys: %s", got)
	}
	if got := c.Placeholders("full"); len(got) != 2 || got[0] != "course" {
		t.Errorf("placeholders: %v", got)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	p := c.Printer("fr")
	if p.Lang() != i18n.ZhCN || !p.Has("bad") || p.Has("x") {
		t.Error("an unknown language is Chinese")
	}
	for want, err := range map[string]error{
		"第 3 行有误": errs.New(errs.Invalid, "bad", errs.Args{"row": 3}),
		"系统出错":    errors.New("pq: password authentication failed"),
	} {
		if got := p.Error(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
	if got := p.Error(errs.New(errs.Conflict, "forgotten", nil)); got != "系统出错" || c.Unknown()["forgotten"] != 1 {
		t.Errorf("a forgotten message: %q %v", got, c.Unknown())
	}
	if got := p.Problem(errs.Problem{Field: "x", Key: "bad", Args: errs.Args{"row": 4}}); got != "第 4 行有误" {
		t.Error(got)
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	zh, en := catalog(t).Printer(i18n.ZhCN), catalog(t).Printer(i18n.En)
	for want, got := range map[string]string{
		"0":                          zh.Int(0),
		"-999":                       zh.Int(-999),
		"-1,000":                     zh.Int(-1000),
		"-9,223,372,036,854,775,808": zh.Int(-9223372036854775808),
		"12.4%":                      zh.Percent(123_500),
		"100.0%":                     zh.Percent(1_000_000),
		"-0.1%":                      zh.Percent(-1_000),
		"0.0%":                       zh.Percent(-400),
		"1,234.50 元":                 zh.Money(123450),
		"-0.05 元":                    zh.Money(-5),
		"CNY 0.00":                   en.Money(0),
		"512 B":                      zh.Size(512),
		"1.5 KB":                     zh.Size(1536),
		"500 MB":                     zh.Size(500 << 20),
		"—":                          zh.Time(time.Time{}),
		"22:07":                      zh.Clock(time.Date(2026, 1, 1, 14, 7, 0, 0, time.UTC)),
		"14:07":                      zh.In(time.UTC).Clock(time.Date(2026, 1, 1, 14, 7, 0, 0, time.UTC)),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if zh.Date(day.Day(0)) != "—" {
		t.Error("a zero day is a dash")
	}
}

func TestIntKeepsDigits(t *testing.T) {
	t.Parallel()
	p := catalog(t).Printer(i18n.ZhCN)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		s := p.Int(n)
		var back int64
		for _, r := range strings.TrimPrefix(s, "-") {
			if r != ',' {
				back = back*10 - int64(r-'0') // negative, for the smallest number has no positive twin
			}
		}
		if n >= 0 {
			back = -back
		}
		if back != n {
			t.Fatalf("%d became %s", n, s)
		}
	})
}

func TestNegotiate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		accept, cookie, query string
		want                  i18n.Lang
	}{
		{"", "", "", i18n.ZhCN},
		{"en-US,en;q=0.9", "", "", i18n.En},
		{"zh-TW,zh;q=0.9,en;q=0.8", "", "", i18n.ZhCN},
		{"fr-FR,fr;q=0.9", "", "", i18n.ZhCN},
		{"fr-FR,en;q=0.5", "", "", i18n.En},
		{"en", "zh-CN", "", i18n.ZhCN},
		{"zh", "zh-CN", "en", i18n.En},
		{"zh", "en", "klingon", i18n.En},
		{"en;q=x;;,", "", "", i18n.ZhCN},
		{strings.Repeat("en,", 500), "", "", i18n.ZhCN},
	} {
		if got := i18n.Negotiate(c.accept, c.cookie, c.query); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(`{"a":"{n} 行"}`)
	f.Add(`{"a":"{"}`)
	f.Fuzz(func(t *testing.T, raw string) {
		c, err := i18n.Load(set(raw, raw))
		if err != nil {
			return
		}
		for _, key := range c.Keys() {
			if c.Printer(i18n.ZhCN).T(key) == "" {
				t.Errorf("%q prints nothing", key)
			}
		}
	})
}

func FuzzNegotiate(f *testing.F) {
	f.Add("en-US,en;q=0.9")
	f.Fuzz(func(t *testing.T, accept string) { i18n.Negotiate(accept, "", "") })
}
