package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// demoPassword opens the accounts of the demo, which the program prints when it starts.
const demoPassword = "Zhidian-demo-2026"

// signIn lets somebody in with a demo account that has no second factor yet.
func (v *visitor) signIn(login string) {
	v.t.Helper()
	v.password(login)
	if at := v.at(); at == "/sign-in" {
		v.t.Fatalf("%s does not get in:\n%s", login, v.words())
	}
}

func (v *visitor) password(login string) {
	v.t.Helper()
	v.open("/sign-in")
	v.write("input[name=login]", login)
	v.write("input[name=password]", demoPassword)
	v.press("main form[action='/sign-in'] button[type=submit]")
}

// enrol gives the signed-in visitor a second factor, as an authenticator app would, and gives its secret.
func (v *visitor) enrol() (secret string) {
	v.t.Helper()
	v.open("/me/security/totp")
	v.good()
	secret = eval[string](v, `document.querySelector('input[name=secret]').value`)
	v.write("input[name=code]", code(v.t, secret, time.Now()))
	v.press("main form[action='/me/security/totp'] button[type=submit]")
	return secret
}

// code is what an authenticator app shows at a moment.
func code(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The resident of the demo, whom the program names when it starts.
const (
	residentPhone = "13800008001"
	residentPaper = "421221199103080000"
)

// byPhone lets a resident in by a phone number; the code stands on a page of the demo.
func (v *visitor) byPhone(number string) {
	v.t.Helper()
	v.open("/sign-in/phone")
	v.write("input[name=phone]", number)
	v.press("main form[action='/sign-in/phone'] button[type=submit]")
	code := eval[string](v, fmt.Sprintf(`fetch('/demo/codes').then(r => r.text()).then(t => {
		const sent = [...new DOMParser().parseFromString(t, 'text/html').querySelectorAll('tr')].find(r => r.textContent.includes(%q));
		return (sent?.textContent.match(/[：:] ?(\d{6})/) || [])[1] || '';
	})`, number[len(number)-4:]))
	v.write("input[name=code]", code)
	v.press("main form[action='/sign-in/code'] button[type=submit]")
	if at := v.at(); at != "/my/data" {
		v.t.Fatalf("%s does not get in by %q:\n%s", number, code, v.words())
	}
}

// prove gives the number of a resident ID.
func (v *visitor) prove(paper string) {
	v.t.Helper()
	v.open("/my/link")
	v.write("input[name=number]", paper)
	v.press("main form[action='/my/link'] button[type=submit]")
	if at := v.at(); at != "/my/data" {
		v.t.Fatalf("%s proves nobody:\n%s", paper, v.words())
	}
}
