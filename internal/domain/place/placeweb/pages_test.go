package placeweb_test

import (
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/org/orgweb"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/place/placeweb"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/testworld"
)

type world struct {
	*testworld.World
	t    testing.TB
	s    *place.Service
	site *webtest.Site
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	w := &world{t: t, s: &place.Service{DB: db, Cursors: page.NewCursors([]byte("sixteen random bytes"))}}
	w.World, _ = testworld.Build(t, db)
	w.site = webtest.Open(t, w.City, func(d *door.Doors) []web.Route { return placeweb.Routes(w.s, d) }, placeweb.Messages, orgweb.Messages)
	return w
}

func (w *world) as(at string, verbs ...authz.Verb) *webtest.Site {
	if verbs == nil {
		verbs = place.Verbs
	}
	return w.site.As(w.Actor(w.t, authz.Role{Key: "clerk", Verbs: verbs}, at))
}

func (w *world) put(at, name string) string {
	w.t.Helper()
	n := w.Nodes[at]
	made, err := w.s.Create(w.t.Context(), w.System(), place.Given{Org: n.ID, Kind: "青年之家", Name: name, At: *n.At, CRS: geo.WGS84, Fineness: "point", Capacity: 40})
	if err != nil {
		w.t.Fatal(err)
	}
	return "/office/places/" + made.String()
}

func TestPlacesPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区")
	clerk.Get("/office/places").Want(200, ".zd-draw[data-zd-map]", ".zd-empty", "a[href$='/places/new']").Keep("places-empty")
	clerk.Get("/office/places/map.json").Want(200).Holds(`"features":[]`)
	w.put("咸安区甲镇一村", "甲镇青年之家")
	w.put("咸安区乙镇一村", webtest.Hostile)
	w.put("嘉鱼县甲镇一村", "嘉鱼青年之家")
	clerk.Get("/office/places").Want(200, "#places a", "input[name=q]", "select[name=kind]", "a[href^='/office/places/export']").Holds("甲镇青年之家", webtest.Hostile).Lacks("嘉鱼").Keep("places")
	clerk.Get("/office/places?q=%E7%94%B2%E9%95%87").Want(200).Holds("甲镇青年之家").Lacks("乙镇一村")
	clerk.Get("/office/places?org=" + w.Nodes["咸安区乙镇"].ID.String()).Want(200).Holds("只列“咸安区乙镇”").Lacks("甲镇青年之家")
	clerk.Get("/office/places?org=" + w.Nodes["嘉鱼县"].ID.String()).Want(404)
	clerk.Get("/office/places?state=closed").Want(200, ".zd-empty")
	clerk.Get("/office/places/map.json").Want(200).Holds(`"kind":"site"`, "甲镇青年之家").Lacks("嘉鱼青年之家")
	w.as("咸安区", place.Read).Get("/office/places").Want(200).Lacks("/places/new", "/export")
	w.as("咸安区", place.Read).Get("/office/places/export").Want(403)
	clerk.In("en").Get("/office/places").Want(200).Holds("Places", "Capacity")
	if file := clerk.Get("/office/places/export").Want(200); !strings.HasPrefix(file.Body, "PK") {
		t.Error("the export is no xlsx")
	}
}

func TestOnePlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := w.put("咸安区甲镇一村", webtest.Hostile)
	clerk := w.as("咸安区")
	clerk.Get(at).Want(200, "h1", ".zd-facts", ".zd-draw", "a[href$='/edit']", "a[href$='/close']").Holds(webtest.Hostile, "114.050000, 29.800000", "咸安区甲镇一村", "手工录入").Keep("place")
	clerk.Get(at + "/map.json").Want(200).Holds(`"kind":"site"`)
	w.as("嘉鱼县").Get(at).Want(404)
	w.as("嘉鱼县").Get(at + "/map.json").Want(404)
	w.as("咸安区", place.Read).Get(at).Want(200).Lacks("/edit", "/close")
	w.as("咸安区", place.Read).Get(at + "/edit").Want(403)
	clerk.Get(at + "/fly").Want(404)
}

func TestPlaceIsAddedCorrectedAndClosed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("咸安区乙镇一村", "乙镇青年之家")
	clerk := w.as("咸安区", append([]authz.Verb{org.Read}, place.Verbs...)...)
	clerk.Get("/office/places/new").Want(200, "input[name=find]").Lacks("name=\"lon\"").Keep("place-new")
	clerk.Get("/office/places/new?find=%E5%98%89%E9%B1%BC").Want(200).Holds("没有可选的单位")
	form := clerk.Get("/office/places/new?find=%E7%94%B2%E9%95%87%E4%B8%80%E6%9D%91").Want(200, "select[name=org]", "input[name=lon]", "select[name=crs]", "input[name=_key]").Holds("青年之家").Keep("place-new-found")
	wrong := clerk.Post("/office/places/new", form.Form(url.Values{"lon": {"东经114"}, "name": {webtest.Hostile}})).Want(422, "[aria-invalid=true]").Holds("请填带小数的度数").Keep("place-new-wrong")
	if got := wrong.Find("input[name=name]").AttrOr("value", ""); got != webtest.Hostile {
		t.Errorf("typed %q, shown again %q", webtest.Hostile, got)
	}
	typed := url.Values{"org": {w.Nodes["咸安区甲镇一村"].ID.String()}, "kind": {"青年驿站"}, "name": {"甲镇青年驿站"}, "lon": {"１１４.05"}, "lat": {"29.8"}, "crs": {"wgs84"}, "fineness": {"village"}, "capacity": {"30"}}
	made, again := clerk.Post("/office/places/new", form.Form(typed)), clerk.Post("/office/places/new", form.Form(typed))
	if made.Status != 303 || again.Location != made.Location {
		t.Fatalf("%d to %s, again %d to %s", made.Status, made.Location, again.Status, again.Location)
	}
	clerk.Get(made.Location).Want(200).Holds("甲镇青年驿站", "村级")

	form = clerk.Get(made.Location+"/edit").Want(200, "input[name=name][value='甲镇青年驿站']", "input[name=_v]", "select[name=org] option[selected]")
	stale := form.Form(url.Values{"name": {"改"}, "crs": {"wgs84"}, "fineness": {"point"}})
	if a := clerk.Post(made.Location+"/edit", form.Form(url.Values{"name": {"甲镇青年驿站（新）"}, "crs": {"wgs84"}, "fineness": {"point"}})); a.Status != 303 {
		t.Fatalf("%d: %s", a.Status, a.Find("main").Text())
	}
	stale.Set("_key", web.NewKey())
	clerk.Post(made.Location+"/edit", stale).Want(422)
	clerk.Get(made.Location).Want(200).Holds("甲镇青年驿站（新）", "手工修改时间")

	form = clerk.Get(made.Location+"/close").Want(200, "input[name=on]", "textarea[name=reason]").Keep("place-close")
	clerk.Post(made.Location+"/close", form.Form(nil)).Want(422)
	if a := clerk.Post(made.Location+"/close", form.Form(url.Values{"on": {"2026-06-24"}, "reason": {"停办"}})); a.Status != 303 {
		t.Fatalf("%d", a.Status)
	}
	clerk.Get(made.Location).Want(200).Holds("2026年6月24日 关闭").Lacks("/edit")
	clerk.Get("/office/places?state=closed").Want(200).Holds("甲镇青年驿站（新）")
}
