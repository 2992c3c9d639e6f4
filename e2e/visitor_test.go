package e2e

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// desk and phone are the two widths at which every page is looked at.
const (
	desk  = 1280
	phone = 390
	high  = 860
)

// theBrowser is one Chromium for all stories; each visitor has a profile of their own in it.
var theBrowser = sync.OnceValues(func() (context.Context, error) {
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium()), chromedp.UserDataDir(filepath.Join(scratch, "profile")),
		chromedp.NoSandbox, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("use-gl", "angle"), chromedp.Flag("use-angle", "swiftshader"),
		chromedp.Flag("enable-unsafe-swiftshader", true))...)
	ctx, stop := chromedp.NewContext(alloc)
	whenDone(stopAlloc)
	whenDone(stop)
	return ctx, chromedp.Do(ctx)
})

// visitor is one person at one browser.
type visitor struct {
	t    *testing.T
	site *site
	ctx  context.Context
	stop func()
	mu   sync.Mutex
	said []string // errors in the console, violations of the content policy, failed loads
	seen map[string]bool
}

// visit is a visitor for one test.
func (s *site) visit(t *testing.T) *visitor {
	t.Helper()
	v := s.lasting(t)
	t.Cleanup(v.stop)
	return v
}

// lasting is a visitor who goes on from test to test, until stopped.
func (s *site) lasting(t *testing.T) *visitor {
	t.Helper()
	root, err := theBrowser()
	if err != nil {
		t.Fatalf("Chromium: %v", err)
	}
	ctx, stop := chromedp.NewContext(root, chromedp.WithNewBrowserContext())
	v := &visitor{t: t, site: s, ctx: ctx, stop: stop, seen: map[string]bool{}}
	if err := chromedp.Listen(ctx, v.hear); err != nil {
		t.Fatalf("Chromium: %v", err)
	}
	call(v, cdplog.Enable, cdp.Empty{})
	v.width(desk)
	v.cookie("lang", "zh-CN")
	return v
}

func (v *visitor) hear(ev any) {
	var line string
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		line = "exception: " + e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			line += " " + x.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type != runtime.ConsoleAPICalledTypeError {
			return
		}
		line = "console:"
		for _, a := range e.Args {
			line += fmt.Sprintf(" %s%s", a.Value, a.Description)
		}
	case *cdplog.EventEntryAdded:
		// a page answered with an error status says so here too, which the story itself looks at
		if e.Entry.Level != cdplog.EntryLevelError || e.Entry.Source == cdplog.EntrySourceNetwork && !strings.Contains(e.Entry.URL, "/assets/") {
			return
		}
		line = fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
	default:
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.said = append(v.said, line)
}

// complaints gives what the browser has complained of since the last time.
func (v *visitor) complaints() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	said := v.said
	v.said = nil
	return said
}

const patience = 45 * time.Second

// run lets one action take its time, and ends the story where it fails.
func run[T any](v *visitor, a chromedp.Action[T]) T {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	out, err := chromedp.Run(ctx, a)
	if err != nil {
		v.t.Fatalf("%s: %v\n%s", v.at(), err, v.words())
	}
	return out
}

func call[P, R any](v *visitor, cmd cdp.Command[P, R], params P) R {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	out, err := chromedp.Call(ctx, cmd, params)
	if err != nil {
		v.t.Fatal(err)
	}
	return out
}

// width makes the window a desk's or a phone's.
func (v *visitor) width(w int64) {
	v.t.Helper()
	call(v, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: w, Height: high, DeviceScaleFactor: 1, Mobile: w < 600})
	call(v, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: w < 600})
}

// open goes to a page and gives its status.
func (v *visitor) open(path string) int {
	v.t.Helper()
	return v.goes(chromedp.Navigate(v.site.url+path), path)
}

// still is a page that is complete and does not move: a click at where a button was a moment ago meets something else.
const still = `new Promise((done) => { const rest = () => { const at = scrollY; requestAnimationFrame(() => requestAnimationFrame(() =>
	scrollY === at && document.readyState === 'complete' ? done(true) : rest())); }; rest(); })`

// press clicks what leads to another page, and gives that page's status.
func (v *visitor) press(selector string) int {
	v.t.Helper()
	eval[bool](v, still)
	return v.goes(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible), "pressing "+selector)
}

// enter sends a form without the mouse: Tab from the top of the page until the button has the focus, then Enter.
func (v *visitor) enter(selector string) int {
	v.t.Helper()
	eval[bool](v, skip)
	for range 200 {
		if eval[bool](v, fmt.Sprintf(`document.activeElement !== null && document.activeElement.matches(%q)`, selector)) {
			return v.goes(chromedp.KeyEvent(kb.Enter), "Enter on "+selector)
		}
		run(v, chromedp.KeyEvent(kb.Tab))
	}
	v.t.Fatalf("%s: Tab never reaches %s", v.at(), selector)
	return 0
}

func (v *visitor) goes(a chromedp.Action[chromedp.Void], what string) int {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	res, err := chromedp.RunResponse(ctx, a)
	if err != nil {
		v.t.Fatalf("%s at %s: %v\n%s", what, v.at(), err, v.words())
	}
	if res == nil {
		return 0
	}
	return int(res.Status)
}

// write types into a field, in place of what stood there.
func (v *visitor) write(selector, text string) {
	v.t.Helper()
	eval[bool](v, fmt.Sprintf(`(() => { document.querySelector(%q).value = ''; return true; })()`, selector))
	run(v, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// choose picks an option of a list, by its value.
func (v *visitor) choose(selector, value string) {
	v.t.Helper()
	eval[bool](v, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.value = %q;
		e.dispatchEvent(new Event('change', {bubbles: true}));
		return true;
	})()`, selector, value))
}

// eval runs script in the page and gives what it answers.
func eval[T any](v *visitor, script string) T {
	v.t.Helper()
	return run(v, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

// has tells whether the page has such an element.
func (v *visitor) has(selector string) bool {
	return eval[bool](v, fmt.Sprintf("document.querySelector(%q) !== null", selector))
}

// at is the path of the page in the window.
func (v *visitor) at() string {
	ctx, cancel := context.WithTimeout(v.ctx, 5*time.Second)
	defer cancel()
	at, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		return "?"
	}
	u, err := url.Parse(at)
	if err != nil {
		return at
	}
	return u.RequestURI()
}

// words is the page's text.
func (v *visitor) words() string {
	ctx, cancel := context.WithTimeout(v.ctx, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body ? document.body.innerText : ''"))
	if err != nil {
		return err.Error()
	}
	return text
}

// reads demands that the page says something.
func (v *visitor) reads(text string) {
	v.t.Helper()
	if got := v.words(); !strings.Contains(got, text) {
		v.t.Fatalf("%s does not say %q:\n%s", v.at(), text, got)
	}
}

// waits asks the page until a condition holds, for work that goes on behind it.
func (v *visitor) waits(condition, what string) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, 2*patience)
	defer cancel()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](condition))
		if err == nil && ok {
			return
		}
		if ctx.Err() != nil {
			v.t.Fatalf("waiting at %s for %s: %v\n%s", v.at(), what, err, v.words())
		}
		_ = chromedp.Do(ctx, chromedp.Sleep(100*time.Millisecond))
	}
}

// cookie puts a cookie into the visitor's browser.
func (v *visitor) cookie(name, value string) {
	v.t.Helper()
	call(v, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: v.site.url})
}

// upload puts a file into a file field.
func (v *visitor) upload(selector, file string) {
	v.t.Helper()
	run(v, chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file}))
}
