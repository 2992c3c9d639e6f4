package retainweb_test

import (
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/retain/retainweb"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
)

const thing = "01J0000000000000000000000X"

// newSite is the pages over rules of which one ends rows and one does not, and one kind of thing that may be held.
func newSite(t *testing.T) (*webtest.Site, *retain.Service) {
	t.Helper()
	s := &retain.Service{
		DB: sqldbtest.SQLite(t, sqldb.Options{}),
		Rules: []retain.Rule{
			{Table: "outbox", Class: authz.Sealed, Purpose: "retention.title", Ends: []retain.End{{
				Text: "retention.last_rows", N: 30, Unit: retain.Days,
				Find: retain.ByKey[string](`SELECT id FROM outbox WHERE city = $1 AND at < $2 ORDER BY id LIMIT $3`, `DELETE FROM outbox WHERE city = $1 AND id = $3 AND at < $2`),
			}}},
			{Table: "notice", Purpose: "retention.holds", With: retain.City},
			{Table: "session", Purpose: "retention.holds", With: retain.City}, // reads as the one before
			{Table: "job", Purpose: "retention.add", With: "outbox"},
		},
		Kinds: []retain.Kind{{Key: "matter", Find: func(_ sqldb.Q, text string) (retain.Subject, error) {
			if text != thing {
				return retain.Subject{}, errs.New(errs.Absent, "errs.absent", nil)
			}
			return retain.Subject{ID: thing, Name: webtest.Hostile}, nil
		}}},
	}
	names := func(*web.Request, []string) (map[string]string, error) {
		return map[string]string{"u": "安全员"}, nil
	}
	return webtest.Open(t, "xianning", func(d *door.Doors) []web.Route { return retainweb.Routes(s, d, names) }, retainweb.Messages), s
}

func as(site *webtest.Site, verbs ...authz.Verb) *webtest.Site {
	return site.As(authz.Actor{City: "xianning", User: "u", Name: "安全员", Grants: []authz.Held{{Role: authz.Role{Key: "r", Verbs: verbs}, At: "1/"}}})
}

func TestWhatIsKeptIsSaid(t *testing.T) {
	t.Parallel()
	site, s := newSite(t)
	admin := as(site, retain.Verbs...)
	p := admin.Get("/office/retention").Want(200, "#holds .zd-empty", "#rules table tbody tr", "a[href='/office/retention/holds']").
		Holds("没有留存决定", "还没有自动运行过", "尚未运行", "30 行", "本系统停用时", "随同销毁：保存什么，保存多久", "加密", "非个人信息")
	if n := p.Find("#rules tbody tr td:nth-child(2)").Length(); n != 3 {
		t.Errorf("%d rules", n)
	}
	err := s.DB.Keep(t.Context(), "xianning", func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`INSERT INTO outbox (city, id, kind, body, at, next_at) VALUES ($1, 'o', 'sms', '', 1, 1)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(t.Context(), "xianning"); err != nil {
		t.Fatal(err)
	}
	admin.Get("/office/retention").Want(200).Holds("1 行", "上次自动运行").Lacks("尚未运行")
	admin.In("en").Get("/office/retention").Want(200).Holds("1 rows", "Latest run")
}

func TestHoldsArePlacedAndLifted(t *testing.T) {
	t.Parallel()
	site, s := newSite(t)
	admin := as(site, retain.Verbs...)
	admin.Get("/office/retention/holds").Want(200, "select[name=kind] option[value=matter]", "input[name=subject]", "textarea[name=reason]")
	form := url.Values{"kind": {"matter"}, "subject": {"/office/matters/" + thing}, "reason": {"某法院来函" + webtest.Hostile}}
	for name, c := range map[string]struct{ field, value, says string }{
		"nothing known": {"subject", "张三", "找不到这个对象"}, "no reason": {"reason", "无", "至少 4 个字"}, "no kind": {"kind", "x", ""}, "no subject": {"subject", "", ""},
	} {
		bad := url.Values{"kind": form["kind"], "subject": form["subject"], "reason": form["reason"]}
		bad.Set(c.field, c.value)
		if p := admin.Post("/office/retention/holds", bad).Want(422, "[name="+c.field+"]"); !strings.Contains(p.Body, c.says) {
			t.Errorf("%s: the page does not say %q", name, c.says)
		}
	}
	admin.Post("/office/retention/holds", form).Want(303)
	admin.Post("/office/retention/holds", form).Want(422).Holds("已有生效的留存决定")
	p := admin.Get("/office/retention").Want(200, "#holds table").Holds(thing, "事项", "安全员", "生效中").Lacks("<script>alert")
	lift, _ := p.Find("#holds a[href$='/lift']").Attr("href")
	admin.Get(lift).Want(200, "textarea[name=reason]").Holds(thing).Lacks("<script>alert")
	admin.Post(lift, url.Values{"reason": {""}}).Want(422)
	admin.Post(lift, url.Values{"reason": {"案件已结"}}).Want(303)
	admin.Get(lift).Want(409)
	admin.Post(lift, url.Values{"reason": {"案件已结"}}).Want(409)
	if p := admin.Get("/office/retention").Want(200).Holds("已解除：案件已结"); p.Find("#holds a[href$='/lift']").Length() != 0 {
		t.Error("a lifted hold may be lifted again")
	}
	admin.Get("/office/retention/holds/" + string(id.New[retain.Hold](s.DB.Now())) + "/lift").Want(404)
	admin.Get("/office/retention/holds/x/lift").Want(404)
}

// The auditor sees holds and is offered nothing to do about them; in a part of the city nobody is let in.
func TestWhoSeesAndDoesWhat(t *testing.T) {
	t.Parallel()
	site, s := newSite(t)
	if _, err := s.Hold(t.Context(), authz.System("xianning"), "matter", thing, "某法院来函"); err != nil {
		t.Fatal(err)
	}
	auditor := as(site, retain.Read)
	p := auditor.Get("/office/retention").Want(200, "#holds table").Holds(thing)
	if n := p.Find("a[href*='/office/retention/holds']").Length(); n != 0 {
		t.Errorf("%d ways to act are offered", n)
	}
	for _, path := range []string{"/office/retention/holds", "/office/retention/holds/" + thing + "/lift"} {
		if a := auditor.Get(path); a.Status != 403 && a.Status != 404 {
			t.Errorf("%s: %d", path, a.Status)
		}
		if a := auditor.Post(path, url.Values{"kind": {"matter"}, "subject": {thing}, "reason": {"某法院来函"}}); a.Status != 403 && a.Status != 404 {
			t.Errorf("post %s: %d", path, a.Status)
		}
	}
	below := site.As(authz.Actor{City: "xianning", User: "u", Grants: []authz.Held{{Role: authz.Role{Key: "r", Verbs: retain.Verbs}, At: "1/2/"}}})
	for _, path := range []string{"/office/retention", "/office/retention/holds"} {
		below.Get(path).Want(404)
	}
}
