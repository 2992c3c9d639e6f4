package e2e

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var axe = sync.OnceValues(func() (string, error) {
	b, err := os.ReadFile("../assets/node_modules/axe-core/axe.min.js")
	return string(b), err
})

// good looks at the page at both widths: axe-core finds nothing serious, nothing stands out of the window, the console
// is silent, and every main action can be reached by keyboard. A page is looked at once per visitor and form.
func (v *visitor) good() {
	v.t.Helper()
	at := v.at()
	path, _, _ := strings.Cut(at, "?")
	if v.seen[path] {
		return
	}
	v.seen[path] = true
	source, err := axe()
	if err != nil {
		if strings.Contains(os.Getenv("ZHIDIAN_REQUIRE"), "chromium") {
			v.t.Fatalf("axe-core is required here; `make assets` fetches it: %v", err)
		}
	}
	for _, w := range []int64{desk, phone} {
		v.width(w)
		if err == nil {
			for _, f := range v.axe(source) {
				v.t.Errorf("%s at %d px: %s", at, w, f)
			}
		}
		if over := eval[string](v, standsOut); over != "" {
			v.t.Errorf("%s at %d px: stands out of the window: %s", at, w, over)
		}
	}
	v.width(desk)
	if _, missing, ok := strings.Cut(v.words(), "⟦"); ok {
		v.t.Errorf("%s: a text is missing: %.60s", at, missing)
	}
	v.keyboard(at)
	for _, c := range v.complaints() {
		v.t.Errorf("%s: the browser says: %s", at, c)
	}
}

// axe gives every serious finding as one line.
func (v *visitor) axe(source string) []string {
	v.t.Helper()
	if !eval[bool](v, "typeof axe === 'object'") {
		run(v, chromedp.Evaluate[chromedp.Void](source+"; undefined"))
	}
	return eval[[]string](v, `axe.run(document, {resultTypes: ['violations']}).then(r => r.violations
		.filter(x => x.impact === 'serious' || x.impact === 'critical')
		.map(x => x.id + ': ' + x.help + ' — ' + x.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + (n.any[0] ? n.any[0].message : '')).join(' | ')))`)
}

// standsOut names the first element that is wider than the window without a frame that scrolls.
const standsOut = `(() => {
	const w = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth <= w) return '';
	for (const e of document.body.querySelectorAll('*')) {
		const r = e.getBoundingClientRect();
		if (r.right > w + 1 && r.width > 0) {
			let p = e.parentElement, framed = false;
			for (; p && p !== document.body; p = p.parentElement) {
				if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(p).overflowX)) { framed = true; break; }
			}
			if (!framed) return e.tagName + '.' + e.className + ' to ' + Math.round(r.right);
		}
	}
	return 'the page is ' + document.documentElement.scrollWidth + ' wide';
})()`

// actions marks the main actions of a page: its buttons, and links that look like buttons.
const actions = `(() => {
	const shown = e => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 0;
	let n = 0;
	for (const e of document.querySelectorAll('main .btn-primary, main form button[type=submit], main button:not([type])')) {
		if (shown(e) && !e.disabled && n < 8 && !e.closest('[inert]')) e.dataset.e2e = String(n++);
	}
	return n;
})()`

// skip does what the link "skip to content" does: the next Tab goes to the first thing in the main part.
const skip = `(() => {
	const m = document.querySelector('main');
	window.zdMet = new Set();
	document.addEventListener('focusin', e => { if (e.target.dataset.e2e) window.zdMet.add(e.target.dataset.e2e); });
	if (!m.hasAttribute('tabindex')) m.setAttribute('tabindex', '-1');
	m.focus({preventScroll: true});
	return document.activeElement === m;
})()`

// keyboard presses Tab through the page until every main action has had the focus.
func (v *visitor) keyboard(at string) {
	v.t.Helper()
	n := eval[int](v, actions)
	if n == 0 {
		return
	}
	eval[bool](v, skip)
	met := map[string]bool{}
	for i := 0; i < 20 && len(met) < n; i++ {
		run(v, chromedp.KeyEvent(strings.Repeat(kb.Tab, 12)))
		for _, k := range eval[[]string](v, `[...window.zdMet]`) {
			met[k] = true
		}
	}
	for i := range n {
		if k := fmt.Sprint(i); !met[k] {
			what := eval[string](v, fmt.Sprintf(`document.querySelector('[data-e2e="%s"]').outerHTML.slice(0, 200)`, k))
			v.t.Errorf("%s: not reached by keyboard: %s", at, what)
		}
	}
}

// TestFirstPages looks at what a stranger sees first.
func TestFirstPages(t *testing.T) {
	t.Parallel()
	v := theDemo(t).visit(t)
	for _, path := range []string{"/", "/privacy", "/no-such-page"} {
		status := v.open(path)
		if want := map[bool]int{true: 404, false: 200}[path == "/no-such-page"]; status != want {
			t.Errorf("%s: %d", path, status)
		}
		v.good()
	}
}

// TestFaultsAreSeen breaks a page on purpose: whoever looks must notice.
func TestFaultsAreSeen(t *testing.T) {
	t.Parallel()
	v := theDemo(t).visit(t)
	v.open("/privacy")
	source, err := axe()
	if err != nil {
		t.Skipf("skipped: no axe-core; `make assets` fetches it: %v", err)
	}
	eval[bool](v, `(() => {
		document.querySelector('main').insertAdjacentHTML('beforeend', '<img src="/assets/none.png"><p id="wide">…</p>');
		document.getElementById('wide').style.width = '4000px';
		console.error('on purpose');
		return true;
	})()`)
	if found := strings.Join(v.axe(source), "\n"); !strings.Contains(found, "image-alt") {
		t.Errorf("axe-core does not miss an image's words: %q", found)
	}
	if over := eval[string](v, standsOut); !strings.Contains(over, "to 4") {
		t.Errorf("what stands out is not seen: %q", over)
	}
	run(v, chromedp.Evaluate[bool](`fetch('https://example.org/').catch(() => true)`, chromedp.EvalAwaitPromise))
	said := strings.Join(v.complaints(), "\n")
	for _, want := range []string{"on purpose", "none.png", "Content Security Policy"} {
		if !strings.Contains(said, want) {
			t.Errorf("the browser's complaint about %s is not heard: %q", want, said)
		}
	}
}
