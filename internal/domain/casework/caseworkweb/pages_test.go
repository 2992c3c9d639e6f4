package caseworkweb_test

import (
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/casework/caseworkweb"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
)

type world struct {
	t    testing.TB
	s    *casework.Service
	orgs map[string]org.Node
	site *webtest.Site
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	serials := &sqldb.Serials{DB: db}
	w := &world{t: t, orgs: map[string]org.Node{}}
	w.s = &casework.Service{DB: db, Serials: serials, Zone: webtest.Zone, Cursors: page.NewCursors([]byte("0123456789abcdef"))}
	orgs := &org.Service{DB: db, Serials: serials}
	for _, x := range []struct {
		parent, name string
		kind         org.Kind
	}{{"", "咸宁市", org.City}, {"咸宁市", "咸安区", org.County}, {"咸宁市", "嘉鱼县", org.County}, {"咸安区", "共青团咸安区委员会", org.LeagueBody}, {"嘉鱼县", "共青团嘉鱼县委员会", org.LeagueBody}} {
		n, err := orgs.Create(t.Context(), authz.System("xianning"), org.New{Kind: x.kind, Name: x.name, Parent: w.orgs[x.parent].ID})
		if err != nil {
			t.Fatal(err)
		}
		w.orgs[x.name] = n
	}
	w.site = webtest.Open(t, "xianning", func(d *door.Doors) []web.Route { return caseworkweb.Routes(w.s, d, nil) }, caseworkweb.Messages)
	return w
}

func (w *world) as(at string, verbs ...authz.Verb) *webtest.Site {
	if verbs == nil {
		verbs = casework.Verbs
	}
	desk := map[string]string{"咸安区": "共青团咸安区委员会", "嘉鱼县": "共青团嘉鱼县委员会", "咸宁市": "咸宁市"}[at]
	return w.site.As(authz.Actor{
		City: "xianning", User: w.orgs[at].ID.String(), Name: "周予安", Desk: desk, DeskID: w.orgs[desk].ID.String(),
		Grants: []authz.Held{{Role: authz.Role{Key: "clerk", Verbs: verbs}, At: w.orgs[at].Path}},
	})
}

func (w *world) open(title string, days int) casework.Matter {
	w.t.Helper()
	m, err := w.s.Open(w.t.Context(), authz.System("xianning"), casework.New{
		Kind: casework.BlindSpot, Title: title, Org: w.orgs["咸安区"].ID, Desk: w.orgs["共青团咸安区委员会"].ID, Days: days, Text: "团员 12 人，没有支部",
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

func TestQueuePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区")
	clerk.Get("/office/queue").Want(200, ".zd-empty").Holds("没有等您办的事").Keep("queue-empty")
	for i := range 20 {
		w.open("砖茶厂没有团支部 "+string(rune('甲'+i)), 1+i)
	}
	w.open(webtest.Hostile, 1)
	paused := w.open("等补正的一件", 2)
	if err := w.s.Pause(t.Context(), authz.System("xianning"), paused.ID, "等补正"); err != nil {
		t.Fatal(err)
	}
	p := clerk.Get("/office/queue").Want(200, "table.zd-queue tbody", "input[name=id]", "tr.grp", "a[href*='/export']")
	p.Holds("三天内", "组织覆盖盲点", "<script>alert(1)</script>").Keep("queue")
	if n := p.Find("input[name=id]").Length(); n != casework.PageSize {
		t.Errorf("%d rows", n)
	}
	next, _ := p.Find("a[href*='after=']").Attr("href")
	if n := clerk.Get(next).Want(200).Holds("暂停计时").Find("input[name=id]").Length(); n != 6 {
		t.Errorf("%d rows on the second page", n)
	}
	clerk.Get("/office/queue?light=paused").Want(200).Holds("等补正的一件").Lacks("砖茶厂")
	clerk.Get("/office/queue?q=%E6%B2%A1%E6%9C%89%E8%BF%99%E4%B8%AA").Want(200, ".zd-empty").Holds("没有符合条件的事项", "清除筛选")
	clerk.In("en").Get("/office/queue").Want(200).Holds("My queue", "Within three days").Keep("queue-en")
	w.as("嘉鱼县").Get("/office/queue?at=all").Want(200, ".zd-empty").Lacks("砖茶厂")
	w.as("咸宁市", casework.SetYear).Get("/office/queue").Want(200).Holds("不经办事项")
	file := clerk.Get("/office/queue/export?kind=blind_spot").Want(200)
	if !strings.HasPrefix(file.Body, "PK") {
		t.Error("the export is no xlsx")
	}
	if to := clerk.Post("/office/queue/pass", url.Values{"id": {paused.ID.String()}}).Location; to != "/office/matters/"+paused.ID.String()+"/pass" {
		t.Errorf("picked rows lead to %s", to)
	}
}

func TestMatterPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk, other := w.as("咸安区"), w.as("嘉鱼县")
	m, second := w.open("砖茶厂没有团支部"+webtest.Hostile, 3), w.open("第二件", 3)
	at := "/office/matters/" + m.ID.String()
	clerk.Get(at).Want(200, "h1", ".zd-facts", "textarea[name=text]", "a[href$='/answer']", "a[href$='/pass']").Holds(m.Serial, "团员 12 人，没有支部", "共青团咸安区委员会").Keep("matter")
	other.Get(at).Want(404)
	w.as("咸安区", casework.Read).Get(at).Want(200).Lacks(`name="text"`, at+"/answer")
	clerk.Get(at + "/fly").Want(404)

	ask := clerk.Get(at+"/answer").Want(200, "textarea[name=answer][required]")
	clerk.Post(at+"/answer", ask.Form(url.Values{"answer": {""}})).Want(422, ".zd-errors, [role=alert]").Keep("matter-answer-wrong")
	other.Post(at+"/answer", ask.Form(url.Values{"answer": {"冒名"}})).Want(404)

	clerk.Get(at+"/pass").Want(200, "input[name=find]").Keep("matter-pass")
	clerk.Get(at + "/pass?find=%E6%97%A0").Want(200).Holds("没有找到")
	clerk.Get(at+"/pass?more="+second.ID.String()+"&find=jy").Want(200, "input[name=desk]").Holds("共 2 件", "嘉鱼")
	pass := clerk.Get(at+"/pass?more="+second.ID.String()+"&find=%E5%98%89%E9%B1%BC").Want(200, "input[name=desk]").Keep("matter-pass-found")
	typed := url.Values{"desk": {w.orgs["共青团嘉鱼县委员会"].ID.String()}, "reason": {"属嘉鱼县"}}
	for range 2 { // sent twice, counts once
		if a := clerk.Post(at+"/pass", pass.Form(typed)); a.Status != 303 && a.Status != 403 && a.Status != 409 {
			t.Errorf("%d: %s", a.Status, a.Find("main").Text())
		}
	}
	other.Get(at).Want(200).Holds("属嘉鱼县", "转办")
	other.Get("/office/matters/" + second.ID.String()).Want(200).Holds("属嘉鱼县")
	for _, x := range []struct {
		step  string
		typed url.Values
	}{
		{"pause", url.Values{"reason": {"等补正"}}},
		{"resume", nil},
		{"extend", url.Values{"due": {"2099-01-04"}, "reason": {"等材料"}}},
		{"answer", url.Values{"answer": {"已建支部"}}},
		{"close", nil},
		{"reopen", url.Values{"days": {"5"}, "reason": {"又有新情况"}}},
		{"close", url.Values{"reason": {"重复"}}},
	} {
		form := other.Get(at + "/" + x.step).Want(200)
		if a := other.Post(at+"/"+x.step, form.Form(x.typed)); a.Status != 303 {
			t.Errorf("%s: %d %s", x.step, a.Status, strings.Join(strings.Fields(a.Find("main").Text()), " "))
		}
	}
	form := other.Get(at).Want(200).Holds("已办结", "已建支部")
	if a := other.Post(at+"/note", form.Form(url.Values{"text": {webtest.Hostile + "说明"}})); a.Status != 303 {
		t.Errorf("%d", a.Status)
	}
	other.Get(at).Want(200).Holds("说明").Keep("matter-closed")
	other.Post(at+"/note", form.Form(url.Values{"text": {" "}})).Want(422)
	clerk.Get(at + "/resume").Want(409)
}

func TestCalendarPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.as("咸宁市", casework.SetYear)
	form := admin.Get("/office/calendar").Want(200, "textarea[name=table]").Holds("国庆", "随系统提供").Keep("calendar")
	w.as("咸安区").Get("/office/calendar").Want(200).Lacks("textarea")
	admin.Post("/office/calendar", form.Form(url.Values{"year": {"2027"}, "origin": {"国办发明电"}, "table": {"2027,2027-13-01,off,元旦"}})).Want(422).Keep("calendar-wrong")
	admin.Post("/office/calendar", form.Form(url.Values{"year": {"2027"}, "origin": {"国办发明电"}, "table": {"2026,2026-01-01,off,元旦"}})).Want(422)
	if a := admin.Post("/office/calendar", form.Form(url.Values{"year": {"2027"}, "origin": {webtest.Hostile}, "table": {"year,date,kind,name\n2027,2027-01-01,off,元旦"}})); a.Status != 303 {
		t.Errorf("%d %s", a.Status, a.Find("main").Text())
	}
	admin.Get("/office/calendar").Want(200).Holds("元旦", "2027")
	if a := w.as("咸安区").Post("/office/calendar", form.Form(nil)); a.Status != 403 && a.Status != 404 {
		t.Errorf("a clerk set the calendar: %d", a.Status)
	}
}
