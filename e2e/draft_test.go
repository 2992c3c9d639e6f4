package e2e

import "testing"

// A session that ends while somebody fills a form in costs nothing of what was typed: the form says so when it is sent, and
// after signing in it is as it was.
func TestNothingTypedIsLostWhenTheSessionEnds(t *testing.T) {
	s := theDemo(t)
	v := s.visit(t)
	v.signIn("clerk")
	const form = "/office/places/new?find=%E7%A4%BE%E5%8C%BA"
	v.open(form)
	v.write("input[name=name]", "没有填完的青年之家")
	v.write("input[name=kind]", "青年之家")
	v.write("input[name=lon]", "114.322500")
	v.write("input[name=lat]", "29.841300")
	eval[bool](v, `(() => { const o = document.querySelector('select[name=org]'); o.selectedIndex = 1; return true; })()`)
	v.cookie("session", "ended")
	if status := v.press("main form[action='/office/places/new'][method=post] button[type=submit]"); status != 401 {
		t.Fatalf("sent without a session: %d", status)
	}
	v.complaints() // the browser says that the page answered 401
	v.signIn("clerk")
	v.open(form)
	for field, typed := range map[string]string{"name": "没有填完的青年之家", "kind": "青年之家", "lon": "114.322500", "lat": "29.841300"} {
		if got := eval[string](v, `document.querySelector('input[name=`+field+`]').value`); got != typed {
			t.Errorf("%s: typed %q, after signing in again it is %q", field, typed, got)
		}
	}
	if !v.has("[data-zd-draft-note]:not([hidden])") {
		t.Error("the form does not say that it was restored")
	}
	v.good()
}
