package e2e

// hearsTheRules types into a founder's draft: the page says what the rules make of it, keeps nothing, and stays a form that works
// without that.
func (v *visitor) hearsTheRules() {
	v.t.Helper()
	at := v.find("/my/loans > main table a[href$='/money']")
	v.open(at)
	v.waits(`document.querySelector('#rules').textContent.includes('15万元')`, "the rules of what is kept")
	eval[bool](v, `(() => { const e = document.querySelector('input[name=amount]'); e.value = '28万'; e.dispatchEvent(new Event('input', { bubbles: true })); return true; })()`)
	v.waits(`document.querySelector('#rules').textContent.includes('28万元')`, "the rules of what is typed")
	v.good()
	v.open(at)
	if got := eval[string](v, `document.querySelector('#rules').textContent`); len(got) == 0 || !v.has("#rules .finding-unknown") {
		v.t.Errorf("the rules say %q", got)
	}
}
