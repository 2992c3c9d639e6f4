package e2e

import (
	"fmt"
	"testing"
)

// again signs the visitor in from another tab, with the page in this one left as it is.
func (v *visitor) again(login string) {
	v.t.Helper()
	ok := eval[bool](v, fmt.Sprintf(`(async () => {
		const page = new DOMParser().parseFromString(await (await fetch('/sign-in')).text(), 'text/html');
		const form = new URLSearchParams(new FormData(page.querySelector("main form[action='/sign-in']")));
		form.set('login', %q);
		form.set('password', %q);
		const answer = await fetch('/sign-in', {method: 'POST', body: form});
		return answer.ok && !new URL(answer.url).pathname.startsWith('/sign-in');
	})()`, login, demoPassword))
	if !ok {
		v.t.Fatalf("%s does not get in from another tab", login)
	}
}

// A clerk whose session ends while she assigns a blind spot signs in from another tab, sees what she had typed under its
// questions, and sends it: nothing was done before she did, and it is done once.
func TestAFormComesBackAfterItsSessionEnded(t *testing.T) {
	v := theDemo(t).visit(t)
	v.signIn("xianan")
	spot := v.find("/office/density/blind-spots > main table a[href*='/blind-spots/']")
	v.open(spot)
	const asked = "先通电话，问清楚为什么没有建团支部"
	v.write("main form[action$='/assign'] textarea", asked)
	v.write("main form[action$='/assign'] input[name=days]", "7")
	desk := eval[string](v, `document.querySelector("main form[action$='/assign'] select").selectedOptions[0].textContent.trim()`)
	v.cookie("session", "ended")
	if status := v.press("main form[action$='/assign'] button[type=submit]"); status != 401 {
		t.Fatalf("sent without a session: %d", status)
	}
	v.complaints() // the browser says that the page answered 401
	v.good()
	v.again("xianan")
	if status := v.press("main form[action='/kept-form'] button[type=submit]"); status != 200 {
		t.Fatalf("asked back: %d\n%s", status, v.words())
	}
	v.good()
	got := eval[map[string]string](v, `Object.fromEntries([...document.querySelectorAll('main .zd-field')].map(e =>
		[e.querySelector('label').textContent.trim(), e.querySelector('textarea').value.trim()]))`)
	for question, answer := range map[string]string{"要求": asked, "几个工作日内答复": "7", "交给": desk} {
		if got[question] != answer {
			t.Errorf("%q is answered %q, typed was %q", question, got[question], answer)
		}
	}
	if status := v.enter("main form[action$='/assign'] button[type=submit]"); status != 200 {
		t.Fatalf("sent again: %d\n%s", status, v.words())
	}
	v.press("main a[href*='/office/matters/']")
	v.reads(asked)
	v.open(spot)
	if v.has("main form[action$='/assign']") {
		t.Error("it can be assigned a second time")
	}
}
