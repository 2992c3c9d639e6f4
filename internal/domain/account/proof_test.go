package account

import (
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"zhidian/internal/platform/errs"
)

// Who has a second factor gives it for a token too: not a wrong one, not one used before, and of many at once one alone.
func TestATokenAsksForTheSecondFactor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		wang, hash := w.as(t, "wang")
		key := NewSecret()
		code := func() string {
			c, err := totp.GenerateCode(key, w.clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		if _, _, err := w.EnrolTOTP(t.Context(), wang, hash, key, code(), Visitor{}); err != nil {
			t.Fatal(err)
		}
		make1 := func(code string) error {
			_, err := w.MakeToken(t.Context(), wang, Proof{secret, code}, "统计报送", 30)
			return err
		}
		wants(t, make1(""), "account.code_wrong")
		wants(t, make1("000000"), "account.code_wrong")
		wants(t, make1(code()), "account.code_wrong") // it was used to enrol
		w.clock.move(30 * time.Second)
		now := code()
		if n := ok(together(4, func(int) error { return make1(now) })); n != 1 {
			t.Errorf("one code made %d tokens", n)
		}
		if n := w.count(t, `SELECT COUNT(*) FROM api_token WHERE city = $1`); n != 1 {
			t.Errorf("%d tokens are kept", n)
		}
		for range MaxFailures {
			wants(t, make1("000000"), "account.code_wrong")
		}
		w.clock.move(30 * time.Second)
		wants(t, make1(code()), "account.code_wrong") // locked
		w.clock.move(LockFor)
		if err := make1(code()); err != nil {
			t.Errorf("after the lock: %v", err)
		}
	})
}

// Wrong passwords for a token lock as at a sign-in.
func TestATokenIsNoPlaceToGuessThePassword(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		wang, _ := w.as(t, "wang")
		for range MaxFailures {
			_, err := w.MakeToken(t.Context(), wang, Proof{Password: "falsch"}, "统计报送", 30)
			wants(t, err, "account.own_password")
		}
		_, err := w.MakeToken(t.Context(), wang, Proof{Password: secret}, "统计报送", 30)
		wants(t, err, "account.wrong")
		if n := w.acts(t, Lock); n != 1 {
			t.Errorf("%d locks are recorded", n)
		}
	})
}

// A security administrator ends one session of somebody else; the others go on, and it is recorded once.
func TestOneSessionOfSomebodyElseEnds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		sec, _ := w.as(t, "sec")
		_, one := w.as(t, "wang")
		_, two := w.as(t, "wang")
		wang := w.id(t, here, "wang")
		all, err := w.SessionsOf(t.Context(), sec, wang)
		if err != nil || len(all) != 2 {
			t.Fatalf("%+v, %v", all, err)
		}
		if n := ok(together(4, func(int) error { return w.EndSessionOf(t.Context(), sec, wang, mark(one[:])) })); n != 1 {
			t.Errorf("one session was ended %d times", n)
		}
		if _, err := w.Session(t.Context(), here, one, w.clock.Now()); err == nil {
			t.Error("the ended session lives")
		}
		if _, err := w.Session(t.Context(), here, two, w.clock.Now()); err != nil {
			t.Errorf("another session ended: %v", err)
		}
		if n := w.acts(t, SignOther); n != 1 {
			t.Errorf("%d acts are recorded", n)
		}
		for name, which := range map[string]string{"none": "", "somebody else's": sec.Session, "over": mark(one[:])} {
			if err := w.EndSessionOf(t.Context(), sec, wang, which); errs.KeyOf(err) != "account.session_gone" {
				t.Errorf("%s: %v", name, err)
			}
		}
		sys, _ := w.as(t, "sys")
		if err := w.EndSessionOf(t.Context(), sys, wang, mark(two[:])); errs.KindOf(err) != errs.Denied {
			t.Errorf("a system administrator: %v", err)
		}
		if err := w.EndSessionOf(t.Context(), sec, w.id(t, twin, "wang"), mark(two[:])); errs.KindOf(err) != errs.Absent {
			t.Errorf("in the twin city: %v", err)
		}
	})
}
