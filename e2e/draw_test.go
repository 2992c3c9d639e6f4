package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// drawer draws a form up in a window of one width.
type drawer struct {
	*visitor
	wide int64
}

// adds writes a question of a kind and keeps it; then does the rest on its page.
func (d drawer) adds(kind string, fields map[string]string, then func()) {
	d.t.Helper()
	d.press("#add button[value=" + kind + "]")
	for name, text := range fields {
		d.write("[name="+name+"]", text)
	}
	then()
	clear(d.seen) // each kind has a page of its own
	d.good()
	d.width(d.wide)
	d.press(".zd-actions .btn-primary")
	d.reads("已存入草稿")
}

func (d drawer) ticks(selector string) {
	d.t.Helper()
	eval[bool](d.visitor, fmt.Sprintf(`(() => { document.querySelector(%q).click(); return true; })()`, selector))
}

// An officer without a workbook draws a form up in the browser, takes a mistake back, tries it as on a phone, and publishes it.
func TestAnOfficerDrawsAFormUp(t *testing.T) {
	t.Parallel()
	for _, width := range []int64{desk, phone} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			v := drawer{theDemo(t).visit(t), width}
			v.width(width)
			v.signIn("clerk")
			v.open("/office/forms/new")
			v.write("#blank input[name=title]", fmt.Sprintf("夜校报名𠮷%d-%d", width, time.Now().UnixMilli()))
			v.press("#blank button[type=submit]")
			v.reads("还没有题目")
			v.good()
			v.width(width)

			v.adds("text", map[string]string{"label0": "您叫什么㛃"}, func() { v.ticks("#f-required") })
			v.adds("select_one", map[string]string{"label0": "想学什么😀", "choices": "书法\n吉他\n其他"}, func() {})
			v.adds("text", map[string]string{"label0": "是什么课"}, func() {
				if v.has(".zd-tests:not([hidden])") {
					t.Error("conditions are shown before they are asked for")
				}
				v.ticks("input[name=when][value=tests]")
				v.choose("select[name=test0]", "q2:picked:c3")
			})
			v.reads("选了“其他”时问")
			clear(v.seen)
			v.good()
			v.width(width)

			// by keyboard: the last moves up, and whoever moved it stays with it
			eval[bool](v.visitor, `(() => { document.querySelector('#q-q3 a').focus(); return true; })()`)
			v.goes(chromedp.KeyEvent(kb.ArrowUp, chromedp.KeyModifiers(1)), "Alt and up")
			v.waits(`document.activeElement?.matches('#q-q3 [data-zd-up]') === true`, "the focus to be where it was")
			if at := eval[int](v.visitor, `[...document.querySelectorAll('#draw li')].findIndex(e => e.id === 'q-q3')`); at != 1 {
				t.Errorf("moved to %d", at)
			}
			v.goes(chromedp.KeyEvent(kb.ArrowDown, chromedp.KeyModifiers(1)), "Alt and down")

			// what others look at stays; what nobody does is taken away, and comes back
			v.press("#q-q2 .btn-danger-line")
			v.reads("“2. 是什么课”的出现条件")
			v.press("#q-q1 .btn-danger-line")
			v.reads("已删除")
			v.press("#last button")
			v.reads("1. 您叫什么㛃")

			// tried as on a phone
			v.press("main a[href$='/try']")
			v.live()
			v.shows("q3", false)
			v.tap("/q2", "c3")
			v.shows("q3", true)
			v.press("form[data-zd-fill] button[value=submit]")
			v.reads("这一题必填")
			clear(v.seen)
			v.good()
			v.width(width)
			v.live()
			v.write(`input[name="/q1"]`, "王小二𠮷")
			v.press("form[data-zd-fill] button[value=submit]")
			v.reads("什么也没有保存")
			v.good()

			v.open(eval[string](v.visitor, `document.querySelector('nav a[href*="/office/forms/0"], .zd-crumbs a[href*="/office/forms/0"]').getAttribute('href')`))
			v.press("main a[href$='/publish']")
			v.press("main form[method=post] button[type=submit]")
			v.reads("填写中")
		})
	}
}
