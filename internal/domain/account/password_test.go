package account

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPasswordRules(t *testing.T) {
	t.Parallel()
	for password, key := range map[string]string{
		"Osmanthus-7":              "",
		"桂花开了满城香Ab1":               "",
		"long words without signs": "",
		"Short-7":                  "account.password_short",
		"onlysmall77":              "account.password_plain",
		"aaaaaaaaaaaaaaaaaaaa":     "account.password_common",
		"123456789012345678":       "account.password_common",
		"P@ssw0rd123!":             "account.password_common",
		"Admin@2026!!":             "account.password_common",
		"xWANGx-2026":              "account.password_login",
		strings.Repeat("Ab1-", 40): "account.password_long",
		"Ab1-\xff\xfe......":       "account.password_long",
	} {
		err := checkPassword(password, "wang")
		if key == "" {
			if err != nil {
				t.Errorf("%q: %v", password, err)
			}
			continue
		}
		wants(t, err, key)
	}
}

func TestPasswordHash(t *testing.T) {
	t.Parallel()
	kept, err := hashPassword(t.Context(), "Osmanthus-7-tea é")
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{"Osmanthus-7-tea é": true, "Osmanthus-7-tea e\u0301": true, "Osmanthus-7-tea": false, "": false, strings.Repeat("x", 1e6): false} {
		if got, err := verifyPassword(t.Context(), password, kept); got != want || err != nil {
			t.Errorf("%.20q: %v %v", password, got, err)
		}
	}
	if got, err := verifyPassword(t.Context(), "", ""); got || err != nil {
		t.Errorf("no kept password: %v %v", got, err)
	}
}

func TestStrongPasswordsPass(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.StringMatching(`[a-z]{3}[A-Z]{3}[0-9]{3}[!-/]{3}`).Draw(t, "password")
		if distinct(p) < minDistinct || checkPassword(p, "zhang.san") == nil {
			return
		}
		t.Errorf("refused %q: %v", p, checkPassword(p, "zhang.san"))
	})
}

func FuzzReadHash(f *testing.F) {
	f.Add(nobodys)
	f.Add("$argon2id$v=19$m=4294967295,t=4294967295,p=255$AAAA$AAAA")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := readHash(s)
		if err == nil && (h.memory > 256*1024 || h.passes > 16 || h.lanes > 8 || h.lanes == 0 || len(h.key) != keyBytes) {
			t.Errorf("%q gives %+v", s, h)
		}
	})
}
