package orgweb_test

import (
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/org/orgweb"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
)

type world struct {
	s    *org.Service
	orgs map[string]org.Node
	site *webtest.Site
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	w := &world{orgs: map[string]org.Node{}, s: &org.Service{DB: db, Serials: &sqldb.Serials{DB: db}}}
	for _, x := range []struct {
		parent, name string
		kind         org.Kind
	}{
		{"", "咸宁市", org.City},
		{"咸宁市", "咸安区", org.County},
		{"咸宁市", "嘉鱼县", org.County},
		{"咸安区", "甲镇", org.Township},
		{"咸安区", "乙镇", org.Township},
		{"甲镇", "一村", org.Village},
		{"咸安区", "咸安一中", org.School},
		{"咸安一中", "一中团支部", org.LeagueBranch},
		{"咸安区", webtest.Hostile, org.Company},
	} {
		n, err := w.s.Create(t.Context(), authz.System("xianning"), org.New{
			Kind: x.kind, Name: x.name, Parent: w.orgs[x.parent].ID, At: &geo.Point{Lon: 114.3225, Lat: 29.8413}, Fineness: "village",
			Codes: []org.Code{{Scheme: "source", Code: x.name, From: day.Must("2023-06-30")}},
		})
		if err != nil {
			t.Fatal(err)
		}
		w.orgs[x.name] = n
	}
	w.site = webtest.Open(t, "xianning", func(d *door.Doors) []web.Route { return orgweb.Routes(w.s, d, nil) }, orgweb.Messages)
	return w
}

func (w *world) as(at string, verbs ...authz.Verb) *webtest.Site {
	if verbs == nil {
		verbs = org.Verbs
	}
	return w.site.As(authz.Actor{
		City: "xianning", User: w.orgs[at].ID.String(), Name: "周予安", Desk: "咸安区团委",
		Grants: []authz.Held{{Role: authz.Role{Key: "clerk", Verbs: verbs}, At: w.orgs[at].Path}},
	})
}

func (w *world) url(name, step string) string {
	u := "/office/orgs/" + w.orgs[name].ID.String()
	if step != "" {
		u += "/" + step
	}
	return u
}

func TestTreePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区")
	clerk.Get("/office/orgs").Want(200, ".zd-tree a", "input[name=q]", "a[href$='/new']").Holds("甲镇", "咸安一中").Lacks("嘉鱼县", "一村")
	clerk.Get("/office/orgs?open="+w.orgs["甲镇"].ID.String()).Want(200, ".zd-tree a[aria-current=page]").Holds("一村").Keep("orgs")
	clerk.Get("/office/orgs?open=" + w.orgs["嘉鱼县"].ID.String()).Want(404)
	clerk.Get("/office/orgs?open=nonsense").Want(404)
	clerk.Get("/office/orgs?q=yz").Want(200).Holds("一中团支部", "乙镇").Keep("orgs-found")
	clerk.Get("/office/orgs?q=%E5%98%89%E9%B1%BC").Want(200, ".zd-empty").Holds("没有找到")
	w.as("咸宁市").In("en").Get("/office/orgs").Want(200).Holds("嘉鱼县", "Organisations").Keep("orgs-en")
	w.as("咸安区", org.Read).Get("/office/orgs").Want(200).Lacks("/new")
	if file := clerk.Get("/office/orgs/export?open=" + w.orgs["甲镇"].ID.String()).Want(200); !strings.HasPrefix(file.Body, "PK") {
		t.Error("the export is no xlsx")
	}
}

func TestOnePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区")
	clerk.Get(w.url("咸安区", "")).Want(200, "h1", ".zd-facts", "a[href$='/move']", "a[href*='/office/persons?org=']").Holds("114.322500", "来源系统编号", "甲镇").Keep("org")
	clerk.Get(w.url(webtest.Hostile, "")).Want(200).Holds(webtest.Hostile)
	clerk.Get(w.url("嘉鱼县", "")).Want(404)
	w.as("咸安区", org.Read).Get(w.url("咸安区", "")).Want(200).Lacks("/move", "/close")
	w.as("咸安区", org.Read).Get(w.url("咸安区", "move")).Want(403)
	clerk.Get(w.url("咸安区", "fly")).Want(404)
}

func TestSteps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区")
	form := clerk.Get(w.url("甲镇", "new")).Want(200, "select[name=kind]", "input[name=name]").Keep("org-new")
	clerk.Post(w.url("甲镇", "new"), form.Form(nil)).Want(422).Keep("org-new-wrong")
	clerk.Post(w.url("甲镇", "new"), form.Form(url.Values{"kind": {"county"}, "name": {"县"}})).Want(422)
	made := clerk.Post(w.url("甲镇", "new"), form.Form(url.Values{"kind": {"village"}, "name": {"二村"}}))
	again := clerk.Post(w.url("甲镇", "new"), form.Form(url.Values{"kind": {"village"}, "name": {"二村"}}))
	if made.Status != 303 || again.Location != made.Location {
		t.Errorf("%d to %s, again %d to %s", made.Status, made.Location, again.Status, again.Location)
	}
	clerk.Get(made.Location).Want(200).Holds("二村")

	form = clerk.Get(w.url("咸安一中", "rename")).Want(200, "input[name=name][value='咸安一中']")
	moved(t, clerk.Post(w.url("咸安一中", "rename"), form.Form(url.Values{"name": {"咸宁高级中学"}, "reason": {"批复 3 号"}})))
	clerk.Get(w.url("咸安一中", "")).Want(200).Holds("咸宁高级中学", "咸安一中 → 咸宁高级中学", "批复 3 号").Keep("org-renamed")

	clerk.Get(w.url("一村", "move")).Want(200, "input[name=find]").Keep("org-move")
	clerk.Get(w.url("一村", "move") + "?find=%E5%98%89%E9%B1%BC").Want(200).Holds("没有可选的组织")
	form = clerk.Get(w.url("一村", "move")+"?find=%E4%B9%99").Want(200, "input[name=parent]").Keep("org-move-found")
	to := url.Values{"parent": {w.orgs["乙镇"].ID.String()}, "reason": {"划转"}}
	clerk.Post(w.url("一村", "move"), form.Form(to)).Want(422).Holds("请核对后勾选")
	to.Set("sure", "1")
	moved(t, clerk.Post(w.url("一村", "move"), form.Form(to)))
	form = clerk.Get(w.url("一村", "move") + "?find=%E5%92%B8%E5%AE%89").Want(200)
	clerk.Post(w.url("一村", "move"), form.Form(url.Values{"parent": {w.orgs["咸安区"].ID.String()}, "reason": {"划转"}, "sure": {"1"}})).Want(422).Holds("不能设这一类组织")

	form = clerk.Get(w.url("乙镇", "merge")+"?find=%E7%94%B2").Want(200, "input[name=into]", "input[name=on]")
	moved(t, clerk.Post(w.url("乙镇", "merge"), form.Form(url.Values{"into": {w.orgs["甲镇"].ID.String()}, "on": {"2026-06-24"}, "reason": {"撤并"}, "sure": {"1"}})))
	clerk.Get(w.url("乙镇", "")).Want(200).Holds("2026年6月24日 撤销", "并入", "甲镇").Lacks("/rename")

	form = clerk.Get(w.url("甲镇", "close")).Want(200, "input[name=sure]").Keep("org-close")
	clerk.Post(w.url("甲镇", "close"), form.Form(url.Values{"on": {"2026-06-24"}, "reason": {"撤"}, "sure": {"1"}})).Want(422).Holds("在用的组织")
	form = clerk.Get(w.url("一中团支部", "close")).Want(200)
	moved(t, clerk.Post(w.url("一中团支部", "close"), form.Form(url.Values{"on": {"2026-06-24"}, "reason": {"撤"}, "sure": {"1"}})))
	if a := w.as("嘉鱼县").Post(w.url("一村", "close"), form.Form(nil)); a.Status != 404 {
		t.Errorf("another county closed: %d", a.Status)
	}
}

func moved(t testing.TB, a *webtest.Answer) {
	t.Helper()
	if a.Status != 303 {
		t.Errorf("%d: %s", a.Status, strings.Join(strings.Fields(a.Find("main").Text()), " "))
	}
}
