package account

import (
	"context"
	"errors"
	"testing"
	"time"

	"zhidian/internal/platform/cn"
)

const number = "13871500000"

func TestSignInByCode(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		p := phone(number)
		if err := w.SendCode(t.Context(), here, p, plain); err != nil {
			t.Fatal(err)
		}
		code := w.lastCode()
		all := together(3, func(int) error {
			_, err := w.SignInByCode(t.Context(), here, p, code, Visitor{})
			return err
		})
		if ok(all) != 1 {
			t.Fatalf("a code let in %d times: %v", ok(all), all)
		}
		if n := w.acts(t, Register); n != 1 {
			t.Errorf("%d accounts opened", n)
		}
		if n := w.count(t, `SELECT COUNT(*) FROM account WHERE city = $1 AND (name LIKE $2 OR CAST(phone AS TEXT) LIKE $2)`, "%"+number+"%"); n != 0 {
			t.Error("the number lies open")
		}
		w.clock.move(time.Minute)
		if err := w.SendCode(t.Context(), here, p, plain); err != nil {
			t.Fatal(err)
		}
		token, err := w.SignInByCode(t.Context(), here, p, w.lastCode(), Visitor{})
		if err != nil {
			t.Fatal(err)
		}
		s, err := w.Session(t.Context(), here, hashOf(token), w.clock.Now())
		if err != nil || s.Staff || s.Actor.Name != "138****0000" || !s.IdleUntil.IsZero() {
			t.Errorf("%+v %v", s, err)
		}
		if n := w.acts(t, Register); n != 1 {
			t.Error("the second sign-in opened another account")
		}
		w.clock.move(PublicFor - time.Hour)
		if _, err := w.Session(t.Context(), here, hashOf(token), w.clock.Now()); err != nil {
			t.Errorf("within thirty days: %v", err)
		}
		w.clock.move(2 * time.Hour)
		if _, err := w.Session(t.Context(), here, hashOf(token), w.clock.Now()); err == nil {
			t.Error("a public session outlives its thirty days")
		}
	})
}

func TestCodeLimits(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		p := phone(number)
		all := together(5, func(int) error { return w.SendCode(t.Context(), here, p, plain) })
		if ok(all) != CodesAnHour || len(w.sms.Sent()) != CodesAnHour {
			t.Errorf("%d codes sent: %v", len(w.sms.Sent()), all)
		}
		if n := w.count(t, `SELECT sent FROM sms_month WHERE city = $1 AND month = '2026-11'`); n != CodesAnHour {
			t.Errorf("the budget counts %d", n)
		}
		if err := w.SendCode(t.Context(), here, phone("13871500001"), plain); err != nil {
			t.Errorf("another number: %v", err)
		}
		w.clock.move(61 * time.Minute)
		if err := w.SendCode(t.Context(), here, p, plain); err != nil {
			t.Errorf("an hour later: %v", err)
		}
		code := w.lastCode()
		for range CodeTries {
			_, err := w.SignInByCode(t.Context(), here, p, "x", Visitor{})
			wants(t, err, "account.code_wrong")
		}
		_, err := w.SignInByCode(t.Context(), here, p, code, Visitor{})
		wants(t, err, "account.code_wrong")
		if err := w.SendCode(t.Context(), here, p, plain); err != nil {
			t.Fatal(err)
		}
		w.clock.move(CodeFor + time.Second)
		_, err = w.SignInByCode(t.Context(), here, p, w.lastCode(), Visitor{})
		wants(t, err, "account.code_wrong")
		_, err = w.SignInByCode(t.Context(), here, phone("13900000000"), "000000", Visitor{})
		wants(t, err, "account.code_wrong")
	})
}

func TestBudget(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		alarms := 0
		w.Budget = 5
		w.Alarm = func(month string, sent, budget int64) {
			alarms++
			if month != "2026-11" || sent != 4 || budget != 5 {
				t.Errorf("alarm %s %d %d", month, sent, budget)
			}
		}
		for i := range 7 {
			err := w.SendCode(t.Context(), here, phone("1387150001"+string(rune('0'+i))), plain)
			if i < 5 && err != nil {
				t.Error(err)
			}
			if i >= 5 {
				wants(t, err, "account.sms_budget")
			}
		}
		if alarms != 1 {
			t.Errorf("%d alarms", alarms)
		}
		w.clock.move(30 * 24 * time.Hour)
		w.Budget = 0
		wants(t, w.SendCode(t.Context(), here, phone(number), plain), "account.sms_budget")
		w.Budget, w.SMS = 5, broken{}
		wants(t, w.SendCode(t.Context(), here, phone(number), plain), "account.sms_failed")
		w.SMS = nil
		wants(t, w.SendCode(t.Context(), here, phone(number), plain), "account.no_sms")
	})
}

type broken struct{}

func (broken) Send(context.Context, cn.Phone, string) error { return errors.New("gateway away") }
