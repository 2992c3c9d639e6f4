package ui_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/a-h/templ"
	"pgregory.net/rapid"

	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/web/ui"
)

func built(t testing.TB) *ui.Assets {
	t.Helper()
	files := fstest.MapFS{}
	var names []string
	for _, name := range []string{"app.css", "app.js", "map.css", "map.js", "map-worker.js", "chart.js", "icon.svg"} {
		files["x-"+name] = &fstest.MapFile{}
		names = append(names, `"`+name+`":"x-`+name+`"`)
	}
	files["manifest.json"] = &fstest.MapFile{Data: []byte("{" + strings.Join(names, ",") + "}")}
	a, err := ui.ReadAssets(files)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func shells() map[string]func(ui.Page) templ.Component {
	return map[string]func(ui.Page) templ.Component{"office": ui.Office, "public": ui.Public, "field": ui.Field, "bare": ui.Bare}
}

func page(l *i18n.Printer, s string) ui.Page {
	return ui.Page{
		Title: s, Purpose: s, L: l, Viewer: ui.Viewer{Name: s, Desk: s, City: "咸宁"},
		Rail:   []ui.RailGroup{{Label: s, Items: []ui.RailItem{{Label: s, Icon: "inbox", Href: s, Count: s, Active: true}, {Label: s, Icon: "send", Href: "/b"}}}},
		Crumbs: []ui.Crumb{{Label: s, Href: s}, {Label: s}}, Actions: []ui.Action{{Label: s, Href: s, Primary: true}},
		Notices: 3, Jobs: 1, Flash: &ui.Flash{Tone: ui.Bad, Text: s, Link: &ui.Link{Label: s, Href: s}},
		Scripts: []string{"map", "chart"}, Demo: true, Host: s, Path: s, Back: s, Foot: []ui.Link{{Label: s, Href: s}}, Theme: s, Wide: true, Tone: ui.Soon,
	}
}

func TestShellsStandWithHostileText(t *testing.T) {
	t.Parallel()
	for lang, l := range printers(t) {
		for name, shell := range shells() {
			for kind, s := range hostile {
				t.Run(lang+"/"+name+"/"+kind, func(t *testing.T) {
					t.Parallel()
					doc := draw(t, shell(page(l, s)), text("body"))
					want(t, doc, "html[lang='"+lang+"'][data-bs-theme=light]", 1)
					want(t, doc, "main#main", 1)
					want(t, doc, "h1", 1)
					want(t, doc, "a.zd-skip[href='#main']", 1)
					if doc.Find("img, script:not([src])").Length() > 0 {
						t.Error("text became a tag")
					}
				})
			}
			t.Run(lang+"/"+name+"/empty", func(t *testing.T) {
				t.Parallel()
				want(t, draw(t, shell(ui.Page{L: l, Title: "页"})), "html main#main", 1)
			})
		}
	}
}

func TestShellLoadsOnlyWhatThePageDraws(t *testing.T) {
	t.Parallel()
	l := printers(t)["zh-CN"]
	for name, shell := range shells() {
		plain := draw(t, shell(ui.Page{L: l, Title: "页", Assets: built(t)}))
		want(t, plain, "head link[href='/assets/x-app.css']", 1)
		want(t, plain, "head script[defer][src='/assets/x-app.js']", 1)
		want(t, plain, "head script", 1)
		drawing := draw(t, shell(ui.Page{L: l, Title: "页", Assets: built(t), Scripts: []string{"map", "chart"}, Theme: "dark"}))
		want(t, drawing, "head script", 3)
		want(t, drawing, "head script[type=module][src='/assets/x-map.js']", 1)
		want(t, drawing, "head link[rel=stylesheet]", 2)
		want(t, drawing, "html[data-bs-theme=dark]", 1)
		unbuilt := draw(t, shell(ui.Page{L: l, Title: "页"}))
		if n := unbuilt.Find("head link, head script").Length(); n != 0 {
			t.Errorf("%s without assets links %d files", name, n)
		}
	}
}

func TestOfficeShowsWhereOneIs(t *testing.T) {
	t.Parallel()
	l := printers(t)["zh-CN"]
	doc := draw(t, ui.Office(page(l, "我的待办")), text("body"))
	want(t, doc, ".zd-rail a.nav[aria-current=page]", 1)
	want(t, doc, "a[data-zd-menu][href='#rail'][aria-controls=rail]", 1)
	want(t, doc, "form.zd-find[method=post] input[name=q]", 1)
	want(t, doc, ".zd-crumb [aria-current=page]", 1)
	want(t, doc, ".zd-note.bad[role=alert]", 1)
	if got := doc.Find("title").Text(); got != "我的待办 · 支点 Zhidian · 咸宁" {
		t.Errorf("window title %q", got)
	}
	if got := doc.Find("[data-zd-theme]"); got.AttrOr("hidden", "absent") == "absent" {
		t.Error("the theme button does nothing without scripts and must be hidden")
	}
	own := page(l, "详情")
	own.Plain = true
	want(t, draw(t, ui.Office(own)), "h1", 0)
}

func TestLanguageSwitchStaysOnThisSite(t *testing.T) {
	t.Parallel()
	l := printers(t)["zh-CN"]
	for path, other := range map[string]string{
		"/office/queue?view=loan&q=余": "/office/queue?lang=en&q=%E4%BD%99&view=loan", "/a?lang=zh-CN": "/a?lang=en",
		"//evil.example/x": "/?lang=en", "https://evil.example": "/?lang=en", "%zz": "/?lang=en", "": "?lang=en",
	} {
		if got := (ui.Page{L: l, Path: path}).OtherLanguage(); got != other {
			t.Errorf("%q leads to %q, want %q", path, got, other)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		got := (ui.Page{L: l, Path: rapid.String().Draw(t, "path")}).OtherLanguage()
		if u, err := url.Parse(got); err != nil || u.Host != "" || u.Scheme != "" || u.Query().Get("lang") != "en" {
			t.Fatalf("leads to %q: %v", got, err)
		}
	})
}

func TestPublicFootNamesWhoAnswers(t *testing.T) {
	t.Parallel()
	l := printers(t)["zh-CN"]
	for host, foot := range map[string]string{"": "紧急危险请直接拨打 110。", "共青团咸宁市委员会": "主办：共青团咸宁市委员会。紧急危险请直接拨打 110。"} {
		if got := draw(t, ui.Public(ui.Page{L: l, Title: "页", Host: host})).Find("footer p").Text(); got != foot {
			t.Errorf("%q: %q", host, got)
		}
	}
}

func TestVisitorsWithoutAnAccountFindTheirThings(t *testing.T) {
	t.Parallel()
	l := printers(t)["zh-CN"]
	doc := draw(t, ui.Public(ui.Page{L: l, Title: "页", Path: "/", Rail: []ui.RailGroup{{Items: []ui.RailItem{{Label: "办服务", Href: "/services", Active: true}}}}}))
	want(t, doc, "nav.menu a[aria-current=page][href='/services']", 1)
	want(t, doc, ".tools a[hreflang=en][href='/?lang=en']", 1)
	if got := strings.TrimSpace(doc.Find("a.me").Text()); got != "我的事" {
		t.Errorf("says %q", got)
	}
}

// A rail that no screen holds is folded: the first group and the one that is being worked in stand open.
func TestALongRailIsFolded(t *testing.T) {
	t.Parallel()
	p := ui.Page{L: printers(t)["zh-CN"], Title: "页"}
	for g := range 4 {
		group := ui.RailGroup{Label: "组" + strconv.Itoa(g)}
		for i := range 7 {
			group.Items = append(group.Items, ui.RailItem{Label: "项", Icon: "inbox", Href: "/office/" + strconv.Itoa(10*g+i), Active: g == 2 && i == 3})
		}
		p.Rail = append(p.Rail, group)
	}
	doc := draw(t, ui.Office(p))
	want(t, doc, ".zd-rail details", 3)
	want(t, doc, ".zd-rail details[open]", 1)
	want(t, doc, ".zd-rail details[open] a[aria-current=page]", 1)
	want(t, doc, ".zd-rail > a.nav", 7)
	p.Rail = p.Rail[:3]
	want(t, draw(t, ui.Office(p)), ".zd-rail details", 0)
}
