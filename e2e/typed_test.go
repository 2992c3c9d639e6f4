package e2e

import "testing"

// While a founder types, the page says what the rules make of it, keeps nothing, and stays a form that works without that.
func TestRulesAreToldAsOneTypes(t *testing.T) {
	s := theDemo(t)
	v := s.visit(t)
	v.byPhone(residentPhone)
	v.prove(residentPaper)
	at := v.find("/my/loans > main table a[href$='/money']")
	v.open(at)
	v.waits(`document.querySelector('#rules').textContent.includes('15万元')`, "the rules of what is kept")
	eval[bool](v, `(() => { const e = document.querySelector('input[name=amount]'); e.value = '28万'; e.dispatchEvent(new Event('input', { bubbles: true })); return true; })()`)
	v.waits(`document.querySelector('#rules').textContent.includes('28万元')`, "the rules of what is typed")
	v.good()
	v.open(at)
	if got := eval[string](v, `document.querySelector('#rules').textContent`); len(got) == 0 || !v.has("#rules .finding-unknown") {
		t.Errorf("the rules say %q", got)
	}
	v.open("/my/data")
	v.press("form[action='/my/unlink'] button") // the next story begins before anybody knows who she is
}
