package ui_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/web/ui"
)

// hostile is text that people or files bring and that must come out as text.
var hostile = map[string]string{
	"script":   `<script>alert(1)</script><img src=x onerror=alert(1)>`,
	"quotes":   `" onmouseover="alert(1)" x='` + "`",
	"long":     strings.Repeat("长", 2500) + strings.Repeat("w", 2500),
	"rtl":      "\u202egnp.exe\u202c مرحبا בעולם",
	"emoji":    "👨‍👩‍👧‍👦🏳️‍🌈🇨🇳",
	"rare":     "𠮷𡈽䶮㛃㼆 · 阿卜杜热合曼·买买提",
	"template": `{{.}} ${1+1} {n} {city} %s %!d(MISSING)`,
	"link":     "javascript:alert(1)",
	"control":  "a\x00b\x07c\ufeff\u2028d",
}

func printers(t testing.TB) map[string]*i18n.Printer {
	t.Helper()
	c, err := i18n.Load(ui.Messages)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*i18n.Printer{"zh-CN": c.Printer(i18n.ZhCN), "en": c.Printer(i18n.En)}
}

func draw(t testing.TB, part templ.Component, children ...templ.Component) *goquery.Document {
	t.Helper()
	var b strings.Builder
	ctx := context.Background()
	if len(children) > 0 {
		ctx = templ.WithChildren(ctx, templ.Join(children...))
	}
	if err := part.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	strict(t, doc)
	return doc
}

// strict walks all that was drawn: nothing inline that the content policy would refuse, no address that runs a script,
// no id twice, every label and description leads to a thing that is there.
func strict(t testing.TB, doc *goquery.Document) {
	t.Helper()
	ids := map[string]int{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) { id, _ := s.Attr("id"); ids[id]++ })
	for id, n := range ids {
		if n > 1 {
			t.Errorf("id %q stands %d times", id, n)
		}
	}
	doc.Find("*").Each(func(_ int, s *goquery.Selection) {
		node := s.Get(0)
		if node.Data == "style" || node.Data == "script" && s.AttrOr("src", "") == "" {
			t.Errorf("inline <%s>", node.Data)
		}
		for _, a := range node.Attr {
			check(t, ids, node, a)
		}
	})
	doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if s.AttrOr("aria-label", "") == "" && (id == "" || doc.Find("label").FilterFunction(func(_ int, l *goquery.Selection) bool { return l.AttrOr("for", "") == id }).Length() == 0) {
			html, _ := goquery.OuterHtml(s)
			t.Errorf("a question without a label: %.120s", html)
		}
	})
	doc.Find("button, a").Each(func(_ int, s *goquery.Selection) {
		if strings.TrimSpace(s.Text()) == "" && s.AttrOr("aria-label", "") == "" && s.Find("[aria-label]").Length() == 0 {
			html, _ := goquery.OuterHtml(s)
			t.Errorf("nothing to read aloud: %.120s", html)
		}
	})
}

func check(t testing.TB, ids map[string]int, node *html.Node, a html.Attribute) {
	t.Helper()
	switch key := strings.ToLower(a.Key); {
	case key == "style" || strings.HasPrefix(key, "on"):
		t.Errorf("<%s %s=%.60q> is inline", node.Data, a.Key, a.Val)
	case key == "href" || key == "src" || key == "action" || key == "formaction":
		if strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
			t.Errorf("<%s %s=%.60q> runs a script", node.Data, a.Key, a.Val)
		}
	case key == "for" || key == "aria-describedby":
		for _, id := range strings.Fields(a.Val) {
			if ids[id] == 0 {
				t.Errorf("<%s %s=%q> leads nowhere", node.Data, a.Key, a.Val)
			}
		}
	}
}

func want(t testing.TB, doc *goquery.Document, selector string, n int) *goquery.Selection {
	t.Helper()
	found := doc.Find(selector)
	if found.Length() != n {
		html, _ := doc.Find("body").Html()
		t.Errorf("%s: %d times, want %d in\n%.1500s", selector, found.Length(), n, html)
	}
	return found
}

// inside draws a component around others.
func inside(outer, inner templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error { return outer.Render(templ.WithChildren(ctx, inner), w) })
}
