package account

import (
	"path/filepath"
	"testing"
	"time"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
)

func TestInvitation(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		sys, _ := w.as(t, "sys")
		desk := w.nodes[here]["咸安区"].ID
		sys.Once = "a"
		made, link, err := w.Invite(t.Context(), sys, Newcomer{Login: "Zhao.Min", Name: "赵敏", Desk: desk})
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = w.Invite(t.Context(), sys, Newcomer{Login: "zhao.min", Name: "赵敏", Desk: desk})
		wants(t, err, "account.shown_once")
		sys.Once = ""
		_, _, err = w.Invite(t.Context(), sys, Newcomer{Login: "zhao.min", Name: "赵敏", Desk: desk})
		wants(t, err, "account.login_taken")
		_, _, err = w.Invite(t.Context(), sys, Newcomer{Login: "赵", Name: " "})
		if len(errs.ProblemsOf(err)) != 3 {
			t.Errorf("an empty invitation: %v", err)
		}
		i, err := w.Invitation(t.Context(), here, link)
		if err != nil || i.Login != "zhao.min" || i.Name != "赵敏" {
			t.Fatalf("%+v %v", i, err)
		}
		for _, other := range []string{"", link + "x"} {
			_, err := w.Invitation(t.Context(), here, other)
			wants(t, err, "account.link_over")
		}
		_, err = w.Invitation(t.Context(), twin, link)
		wants(t, err, "account.link_over")
		wants(t, w.Accept(t.Context(), here, link, "short"), "account.password_short")
		all := together(3, func(int) error { return w.Accept(t.Context(), here, link, secret) })
		if ok(all) != 1 {
			t.Errorf("a link worked %d times: %v", ok(all), all)
		}
		by, _ := w.as(t, "zhao.min")
		if by.User != made.String() || len(by.Grants) != 0 {
			t.Errorf("%+v", by)
		}
		wang, _ := w.as(t, "wang")
		if _, _, err := w.Invite(t.Context(), wang, Newcomer{Login: "qian", Name: "钱", Desk: desk}); err == nil {
			t.Error("a clerk invites")
		}
	})
}

func TestReset(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		sys, _ := w.as(t, "sys")
		_, hash := w.as(t, "wang")
		wang := w.id(t, here, "wang")
		first, err := w.Reset(t.Context(), sys, wang)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Session(t.Context(), here, hash, w.clock.Now()); err == nil {
			t.Error("a session outlives the reset")
		}
		_, _, err = w.SignIn(t.Context(), here, "wang", secret, Visitor{})
		wants(t, err, "account.wrong")
		w.clock.move(time.Second)
		second, err := w.Reset(t.Context(), sys, wang)
		if err != nil {
			t.Fatal(err)
		}
		wants(t, w.Accept(t.Context(), here, first, secret), "account.link_over")
		w.clock.move(InvitationFor)
		wants(t, w.Accept(t.Context(), here, second, secret), "account.link_over")
		sys, _ = w.as(t, "sys")
		third, err := w.Reset(t.Context(), sys, wang)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Accept(t.Context(), here, third, secret); err != nil {
			t.Fatal(err)
		}
		w.as(t, "wang")
		_, err = w.Reset(t.Context(), sys, ID(sys.User))
		wants(t, err, "account.not_yourself")
		sec, _ := w.as(t, "sec")
		if _, err := w.Reset(t.Context(), sec, wang); err == nil {
			t.Error("a security administrator resets")
		}
	})
}

func TestList(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		cursors := page.NewCursors(make([]byte, 16))
		sys, _ := w.as(t, "sys")
		for filter, want := range map[Filter]int{
			{}: 3, {Words: "wa"}: 1, {Words: "测试"}: 3, {Words: "%"}: 0, {State: Suspended}: 0, {State: Active}: 3, {Role: "clerk"}: 1,
		} {
			p, n, err := w.List(t.Context(), sys, filter, cursors, "")
			if err != nil || len(p.Items) != want || n.N != want {
				t.Errorf("%+v: %d and %d accounts, want %d: %v", filter, len(p.Items), n.N, want, err)
			}
		}
		// who administers one county sees its desks only
		sys.Grants[0].At = w.nodes[here]["咸安区"].Path
		p, _, err := w.List(t.Context(), sys, Filter{}, cursors, "")
		if err != nil || len(p.Items) != 1 || p.Items[0].Login != "wang" || len(p.Items[0].Grants) != 1 {
			t.Errorf("%v %+v", err, p)
		}
		if _, err := w.Open(t.Context(), sys, w.id(t, here, "sec")); errs.KindOf(err) != errs.Absent {
			t.Errorf("an account out of scope: %v", err)
		}
		wang, _ := w.as(t, "wang")
		if _, _, err := w.List(t.Context(), wang, Filter{}, cursors, ""); err == nil {
			t.Error("a clerk lists accounts")
		}
	})
}

func TestTokens(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		wang, _ := w.as(t, "wang")
		_, err := w.MakeToken(t.Context(), wang, Proof{Password: "falsch"}, "", 400)
		if len(errs.ProblemsOf(err)) != 3 {
			t.Error(err)
		}
		token, err := w.MakeToken(t.Context(), wang, Proof{Password: secret}, "统计报送", 30)
		if err != nil {
			t.Fatal(err)
		}
		s, err := w.ByToken(t.Context(), here, hashOf(token), w.clock.Now())
		if err != nil || s.Actor.User != wang.User || !s.Actor.Can(business, w.nodes[here]["咸安区"].Path) {
			t.Fatalf("%+v %v", s, err)
		}
		if _, err := w.Session(t.Context(), here, hashOf(token), w.clock.Now()); err == nil {
			t.Error("a program's token opens a browser session")
		}
		if _, err := w.ByToken(t.Context(), twin, hashOf(token), w.clock.Now()); err == nil {
			t.Error("a token opens another city")
		}
		all, err := w.Tokens(t.Context(), wang)
		if err != nil || len(all) != 1 || all[0].Name != "统计报送" {
			t.Fatalf("%v %+v", err, all)
		}
		sys, _ := w.as(t, "sys")
		if err := w.EndToken(t.Context(), sys, all[0].ID); errs.KindOf(err) != errs.Absent {
			t.Errorf("another's token: %v", err)
		}
		if err := w.EndToken(t.Context(), wang, all[0].ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.ByToken(t.Context(), here, hashOf(token), w.clock.Now()); err == nil {
			t.Error("an ended token opens")
		}
		if err := w.EndToken(t.Context(), wang, id.Of[Token]("")); errs.KindOf(err) != errs.Absent {
			t.Error(err)
		}
		token, err = w.MakeToken(t.Context(), wang, Proof{Password: secret}, "短期", 1)
		if err != nil {
			t.Fatal(err)
		}
		w.clock.move(24 * time.Hour)
		if _, err := w.ByToken(t.Context(), here, hashOf(token), w.clock.Now()); err == nil {
			t.Error("a token outlives its days")
		}
		for _, brake := range []struct {
			name string
			pull func() error
		}{
			{"all sessions ended", func() error { by, _ := w.as(t, "wang"); return w.EndSession(t.Context(), by, "") }},
			{"password changed", func() error { // last: the password is another then
				by, hash := w.as(t, "wang")
				return w.ChangePassword(t.Context(), by, hash, secret, secret+"-anew-2026")
			}},
		} {
			if token, err = w.MakeToken(t.Context(), wang, Proof{Password: secret}, "短期", 1); err != nil {
				t.Fatal(err)
			}
			if err := brake.pull(); err != nil {
				t.Fatalf("%s: %v", brake.name, err)
			}
			if _, err := w.ByToken(t.Context(), here, hashOf(token), w.clock.Now()); err == nil {
				t.Errorf("%s: the token opens still", brake.name)
			}
		}
	})
}

func TestFileSMS(t *testing.T) {
	t.Parallel()
	f := &FileSMS{Path: filepath.Join(t.TempDir(), "sms.txt")}
	if errs := together(5, func(int) error { return f.Send(t.Context(), phone("13800000000"), "验证码 123456") }); ok(errs) != 5 {
		t.Error(errs)
	}
}
