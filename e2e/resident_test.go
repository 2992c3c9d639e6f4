package e2e

import "testing"

// TestResident is a mother who looks at what is kept of her and of her child, goes on with her application for a loan, and asks for a
// correction.
func TestResident(t *testing.T) {
	t.Parallel()
	v := theDemo(t).visit(t)
	v.width(phone)
	v.byPhone(residentPhone)
	v.reads("还没有核实您是谁")
	v.good()
	v.press("main a[href='/my/link']")
	v.good()
	v.write("input[name=number]", "421221199103090006")
	v.press("main form[action='/my/link'] button[type=submit]")
	v.reads("没有找到")
	v.prove(residentPaper)
	v.reads("沈知秋")
	v.good()
	v.press("main a.btn[href*='/my/data?of=']")
	v.reads("沈小禾的资料")
	v.hearsTheRules()
	v.open("/my/data")
	v.write("textarea[name=text]", "职务应当是出纳")
	if status := v.enter("form[action='/my/data/correct'] button[type=submit]"); status != 200 {
		t.Errorf("%d", status)
	}
	v.reads("更正-")
	v.press("form[action='/my/unlink'] button")
	v.reads("还没有核实您是谁")
	for _, c := range v.complaints() {
		t.Errorf("the browser says: %s", c)
	}
}
