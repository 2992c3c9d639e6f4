package account

import (
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"zhidian/internal/platform/errs"
)

func hashOf(token string) [32]byte { return sha256.Sum256([]byte(token)) }

func TestSignIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		by, _ := w.as(t, " WANG ")
		if by.Name != "测试wang" || by.Desk != "咸安区" || !by.Can(business, w.nodes[here]["咸安区"].Path) || by.Can(business, w.nodes[here]["嘉鱼县"].Path) {
			t.Errorf("acts as %+v", by)
		}
		for login, password := range map[string]string{"wang": "wrong", "nobody": secret, "": ""} {
			_, _, err := w.SignIn(t.Context(), here, login, password, Visitor{})
			wants(t, err, "account.wrong")
		}
		if n := w.acts(t, FailSignIn); n != 3 {
			t.Errorf("%d refusals noted, want 3", n)
		}
		if n := w.count(t, `SELECT COUNT(*) FROM act WHERE city = $1 AND subject LIKE '%nobody%'`); n != 0 {
			t.Error("the log holds a login")
		}
	})
}

func TestLockAfterFiveFailures(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		for _, err := range together(10, func(int) error {
			_, _, err := w.SignIn(t.Context(), here, "wang", "wrong", Visitor{})
			return err
		}) {
			wants(t, err, "account.wrong")
		}
		if locks, rest := w.acts(t, Lock), w.acts(t, FailSignIn); locks != 1 || rest != 9 {
			t.Errorf("%d locks and %d refusals noted, want 1 and 9", locks, rest)
		}
		_, _, err := w.SignIn(t.Context(), here, "wang", secret, Visitor{})
		wants(t, err, "account.wrong")
		w.clock.move(LockFor + time.Second)
		w.as(t, "wang")
		if n := w.count(t, `SELECT failures FROM account WHERE city = $1 AND login = 'wang'`); n != 0 {
			t.Errorf("%d failures left after signing in", n)
		}
	})
}

func TestSuspendedAndSessionsEnd(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		_, hash := w.as(t, "wang")
		sys, _ := w.as(t, "sys")
		wang := w.id(t, here, "wang")
		if err := w.Suspend(t.Context(), sys, wang, true, "离岗"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Session(t.Context(), here, hash, w.clock.Now()); errs.KindOf(err) != errs.Absent {
			t.Errorf("a suspended account's session: %v", err)
		}
		_, _, err := w.SignIn(t.Context(), here, "wang", secret, Visitor{})
		wants(t, err, "account.wrong")
		wants(t, w.Suspend(t.Context(), sys, wang, true, ""), "errs.stale")
		if err := w.Suspend(t.Context(), sys, wang, false, "复岗"); err != nil {
			t.Fatal(err)
		}
		w.as(t, "wang")
		wants(t, w.Suspend(t.Context(), sys, w.id(t, here, "sys"), true, ""), "account.not_yourself")
	})
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		alive := func(h [32]byte) bool {
			_, err := w.Session(t.Context(), here, h, w.clock.Now())
			return err == nil
		}
		_, hash := w.as(t, "wang")
		for range 20 { // used every 20 minutes it lives on
			w.clock.move(20 * time.Minute)
			if !alive(hash) {
				t.Fatal("a session in use ended")
			}
		}
		w.clock.move(StaffIdle + time.Second)
		if alive(hash) {
			t.Error("an idle session lives")
		}
		_, hash = w.as(t, "wang")
		for range 36 {
			w.clock.move(20 * time.Minute)
			alive(hash)
		}
		if alive(hash) {
			t.Error("a session outlives its twelve hours")
		}
		by, one := w.as(t, "wang")
		_, two := w.as(t, "wang")
		all, err := w.Sessions(t.Context(), by)
		if err != nil || len(all) != 2 || all[0].Address != "192.0.2.1" {
			t.Fatalf("sessions: %v %+v", err, all)
		}
		if err := w.EndSession(t.Context(), by, ""); err != nil || !alive(one) || alive(two) {
			t.Errorf("ending the others: %v", err)
		}
		if err := w.SignOut(t.Context(), by, one); err != nil || alive(one) {
			t.Errorf("signing out: %v", err)
		}
	})
}

func TestPasswordChange(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		by, hash := w.as(t, "wang")
		_, other := w.as(t, "wang")
		wants(t, w.ChangePassword(t.Context(), by, hash, "wrong", "Another-6-cups"), "account.old_password")
		wants(t, w.ChangePassword(t.Context(), by, hash, secret, "wangwang-7-X"), "account.password_login")
		if err := w.ChangePassword(t.Context(), by, hash, secret, "Another-6-cups"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Session(t.Context(), here, hash, w.clock.Now()); err != nil {
			t.Errorf("the session in use ended: %v", err)
		}
		if _, err := w.Session(t.Context(), here, other, w.clock.Now()); err == nil {
			t.Error("another session outlives the old password")
		}
		_, _, err := w.SignIn(t.Context(), here, "wang", secret, Visitor{})
		wants(t, err, "account.wrong")
	})
}

func TestForcedChange(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		sys, _ := w.as(t, "sys")
		if err := w.ForceChange(t.Context(), sys, w.id(t, here, "wang")); err != nil {
			t.Fatal(err)
		}
		token, p, err := w.SignIn(t.Context(), here, "wang", secret, Visitor{})
		if err != nil || p != AwaitPassword {
			t.Fatalf("%v %s", err, p)
		}
		by, hash := w.with(t, token)
		_, err = w.NewPassword(t.Context(), by, hash, secret, Visitor{})
		wants(t, err, "account.password_same")
		token, err = w.NewPassword(t.Context(), by, hash, "Another-6-cups", Visitor{})
		if err != nil {
			t.Fatal(err)
		}
		if s, err := w.Session(t.Context(), here, hashOf(token), w.clock.Now()); err != nil || s.Phase != Whole {
			t.Errorf("%v %s", err, s.Phase)
		}
		if _, err := w.Session(t.Context(), here, hash, w.clock.Now()); err == nil {
			t.Error("the token from before the step still opens")
		}
	})
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.RequireTOTP = true
		token, p, err := w.SignIn(t.Context(), here, "wang", secret, Visitor{})
		if err != nil || p != AwaitTOTP {
			t.Fatalf("%v %s", err, p)
		}
		by, hash := w.with(t, token)
		key := NewSecret()
		code := func() string {
			c, err := totp.GenerateCode(key, w.clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		_, _, err = w.EnrolTOTP(t.Context(), by, hash, key, "000000", Visitor{})
		wants(t, err, "account.code_wrong")
		_, _, err = w.EnrolTOTP(t.Context(), by, hash, "AAAA", "000000", Visitor{})
		wants(t, err, "account.code_wrong")
		token, p, err = w.EnrolTOTP(t.Context(), by, hash, key, code(), Visitor{})
		if err != nil || p != Whole {
			t.Fatalf("%v %s", err, p)
		}
		w.with(t, token)
		if n := w.count(t, `SELECT COUNT(*) FROM account WHERE city = $1 AND CAST(totp AS TEXT) LIKE $2`, "%"+key+"%"); n != 0 {
			t.Error("the secret lies open")
		}

		// the code of the enrolment is used up; the next lets in once, however many send it
		half := func() [32]byte {
			token, p, err := w.SignIn(t.Context(), here, "wang", secret, Visitor{})
			if err != nil || p != AwaitTOTP {
				t.Fatalf("%v %s", err, p)
			}
			return hashOf(token)
		}
		hash = half()
		_, _, err = w.SecondStep(t.Context(), by, hash, code(), Visitor{})
		wants(t, err, "account.code_wrong")
		w.clock.move(time.Minute)
		h1, h2 := half(), half()
		c := code()
		all := together(2, func(i int) error {
			_, _, err := w.SecondStep(t.Context(), by, [][32]byte{h1, h2}[i], c, Visitor{})
			return err
		})
		if ok(all) != 1 {
			t.Errorf("one code let in %d times: %v", ok(all), all)
		}

		// an enrolled account cannot be enrolled again without an administrator
		h3 := half()
		w.clock.move(time.Minute)
		other := NewSecret()
		oc, _ := totp.GenerateCode(other, w.clock.Now())
		_, _, err = w.EnrolTOTP(t.Context(), by, h3, other, oc, Visitor{})
		wants(t, err, "account.totp_there")

		// five wrong codes lock, and signing in anew does not start the count again
		for i := range MaxFailures {
			_, _, err := w.SecondStep(t.Context(), by, half(), "12345"+string(rune('a'+i)), Visitor{})
			wants(t, err, "account.code_wrong")
		}
		if n := w.acts(t, Lock); n != 1 {
			t.Errorf("%d locks", n)
		}
	})
}

func TestMatchStep(t *testing.T) {
	t.Parallel()
	key, at := NewSecret(), time.Unix(1_793_000_010, 0)
	for offset, want := range map[time.Duration]bool{-61 * time.Second: false, -30 * time.Second: true, 0: true, 30 * time.Second: true, 61 * time.Second: false} {
		code, err := totp.GenerateCode(key, at.Add(offset))
		if err != nil {
			t.Fatal(err)
		}
		if got := matchStep(key, code[:3]+" "+code[3:], at) != 0; got != want {
			t.Errorf("a clock %v off: %v, want %v", offset, got, want)
		}
	}
	u := (&Service{Issuer: "支点·咸宁"}).SecretURL(key, "wang")
	if !strings.HasPrefix(u, "otpauth://totp/") || !strings.Contains(u, key) || strings.Contains(u, "+") {
		t.Error(u)
	}
}
