package e2e

import (
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
