package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// pictured is one page that is looked at. Who names the demo account that looks; empty: a stranger. An address may name
// what the page before it holds: see visitor.find.
type pictured struct{ name, who, path string }

var pages = []pictured{
	{"home", "", "/"},
	{"privacy", "", "/privacy"},
	{"absent", "", "/no-such-page"},
}

// TestPictures takes four pictures at each width of every page, for people to look at: ZHIDIAN_PICTURES=DIR go test ./e2e -run Pictures.
func TestPictures(t *testing.T) {
	dir := os.Getenv("ZHIDIAN_PICTURES")
	if dir == "" {
		t.Skip("skipped: pictures are taken where ZHIDIAN_PICTURES names a folder")
	}
	s := theDemo(t)
	visitors := map[string]*visitor{}
	only := os.Getenv("ZHIDIAN_PICTURES_ONLY")
	for _, p := range pages {
		if !strings.Contains(p.name, only) {
			continue
		}
		v := visitors[p.who]
		if v == nil {
			v = s.visit(t)
			visitors[p.who] = v
			if p.who != "" {
				v.signIn(p.who)
			}
		}
		path := v.find(p.path)
		if path == "" {
			t.Errorf("%s: nothing leads to %s", p.name, p.path)
			continue
		}
		for _, lang := range []string{"zh-CN", "en"} {
			for _, theme := range []string{"light", "dark"} {
				v.cookie("lang", lang)
				v.cookie("zd-theme", theme)
				for _, w := range []int64{desk, phone} {
					v.width(w)
					if status := v.open(path); status >= 500 {
						t.Errorf("%s: %d", path, status)
					}
					v.settles()
					name := fmt.Sprintf("%s-%d-%s-%s.png", p.name, w, theme, strings.ToLower(lang[:2]))
					if err := os.WriteFile(filepath.Join(dir, name), run(v, chromedp.FullScreenshot(100)), 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		v.cookie("lang", "zh-CN")
		v.cookie("zd-theme", "light")
		for _, c := range v.complaints() {
			t.Errorf("%s: the browser says: %s", p.name, c)
		}
	}
}

// find gives the address of a page: "/office/orgs > a[href*='/office/orgs/']" is the first such link on the page before.
func (v *visitor) find(path string) string {
	v.t.Helper()
	steps := strings.Split(path, " > ")
	at := steps[0]
	for _, link := range steps[1:] {
		v.open(at)
		at = eval[string](v, fmt.Sprintf(`(() => { const e = document.querySelector(%q); return e ? e.getAttribute('href') : ''; })()`, link))
		if at == "" {
			return ""
		}
	}
	return at
}

// settles waits until fonts, maps and charts have been drawn.
func (v *visitor) settles() {
	v.t.Helper()
	v.waits(`document.readyState === 'complete' && document.fonts.status === 'loaded' && !document.querySelector('[aria-busy=true]')`, "the page to be drawn")
	eval[bool](v, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
}
