package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// A change in a form of 5,000 questions, half of them asked by the first and the others worked out from it, with a processor
// slowed down four times: ZHIDIAN_CHANGE=1 go test ./e2e -run TestOneChange -v measures it.
func TestOneChangeInALargeForm(t *testing.T) {
	if os.Getenv("ZHIDIAN_CHANGE") == "" {
		t.Skip("a measurement: ZHIDIAN_CHANGE=1 takes it")
	}
	var text strings.Builder
	text.WriteString("| survey | | | | | |\n| | type | name | label | relevant | calculation |\n| | integer | first | 第一题 | | |\n")
	for i := range 2500 {
		fmt.Fprintf(&text, "| | integer | q%d | 第 %d 题 | ${first} > %d or ${first} = 0 | |\n| | calculate | c%d | | | ${q%d} * 2 + ${first} |\n", i, i, i%100, i, i)
	}
	text.WriteString("| settings | | |\n| | form_title | form_id |\n| | 很长的表单 | large |\n")
	file := filepath.Join(t.TempDir(), "large.md")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	v := theDemo(t).visit(t)
	v.signIn("clerk")
	v.open("/office/forms/new")
	v.upload("input[type=file]", file)
	v.press("main form[enctype] button[type=submit]")
	v.width(phone)
	v.open(strings.TrimSuffix(v.at(), "/") + "/try")
	v.live()
	for _, slow := range []float64{1, 4} {
		call(v, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: slow})
		took := eval[[]float64](v, `(async () => {
			const field = document.querySelector('input[name="/first"]'), worked = [], painted = [];
			for (let i = 0; i < 15; i++) {
				await new Promise((go) => requestAnimationFrame(() => setTimeout(go, 50)));
				field.value = String(1 + i * 7 % 100);
				const at = performance.now();
				field.dispatchEvent(new Event('change', { bubbles: true }));
				worked.push(performance.now() - at);
				await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
				painted.push(performance.now() - at);
			}
			const of = (all, part) => all.sort((a, b) => a - b)[Math.floor(part * (all.length - 1))];
			return [of(worked, 0.5), of(worked, 0.95), of(worked, 1), of(painted, 0.5), document.querySelectorAll('.zd-q:not([hidden])').length]; })()`)
		t.Logf("%v times slower: worked out and shown in %.1f ms, p95 %.1f, at most %.1f; drawn after %.0f ms; %.0f questions shown at the end", slow, took[0], took[1], took[2], took[3], took[4])
	}
}
