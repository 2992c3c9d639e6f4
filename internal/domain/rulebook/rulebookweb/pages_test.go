package rulebookweb_test

import (
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/domain/rulebook/rulebookweb"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
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
	s    *rulebook.Service
	site *webtest.Site
}

func shipped() (rulebook.Book, rulebook.Quotes, error) {
	return rulebook.Book{
		{Key: "N-1", Product: "p", Title: "国家办法", From: day.Must("2020-01-01"), Source: "公报", Fields: []rulebook.Field{{Name: "limit", Value: "30万元", Status: rulebook.Unverified}, {Name: "age_to", Value: "45", Source: "公报", Status: rulebook.Stated}}},
		{Key: "H-1", Product: "p", Area: "42", Title: "省办法", From: day.Must("2025-01-01")},
	}, rulebook.Quotes{{Series: "LPR1Y", From: day.Must("2025-05-20"), Rate: 30_000, Status: rulebook.Unverified}}, nil
}

// past is two applications that were decided, one of them as the rules of these tests would not.
func past(sqldb.Q, int) ([]rulebook.Case, error) {
	return []rulebook.Case{
		{Name: "申请-1", Facts: condition.Facts{"age": 30, "local": true}, Eligible: true}, {Name: "申请-" + webtest.Hostile, Facts: condition.Facts{"age": 50, "local": true}, Eligible: true},
	}, nil
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	w := &world{t: t, s: &rulebook.Service{DB: db, Zone: webtest.Zone, Products: []rulebook.Product{{Key: "p", Facts: map[string]condition.Kind{"age": condition.Int, "local": condition.Bool}, Past: past}}}}
	w.World, _ = testworld.Build(t, db)
	w.site = webtest.Open(t, w.City, func(d *door.Doors) []web.Route { return rulebookweb.Routes(w.s, d, shipped) }, rulebookweb.Messages, rulebook.Messages, money.Messages)
	return w
}

func (w *world) as(at string, verbs ...authz.Verb) *webtest.Site {
	if verbs == nil {
		verbs = rulebook.Verbs
	}
	return w.site.As(w.Actor(w.t, authz.Role{Key: "officer", Verbs: verbs}, at))
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func TestTheBook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	officer := w.as("咸宁市")
	officer.Get("/office/rules").Want(200, ".zd-empty", "form[action='/office/rules/take-in']", "a[href='/office/rules/new']").Keep("rules-empty")
	officer.Post("/office/rules/take-in", form()).Want(303)
	officer.Get("/office/rules").Want(200, "#versions a", "#rates", "form[action='/office/rules/rates/confirm']").Holds("N-1", "待录入", "全国", "3.00%", "未核实").Keep("rules")
	w.as("咸安区").Get("/office/rules").Want(200, "#versions").Lacks("/take-in", "/rules/new", "/rates")
	w.as("咸宁市", rulebook.Read).Get("/office/rules").Want(200, "#versions").Lacks("/take-in", "/rules/new", "/rates")
	officer.In("en").Get("/office/rules").Want(200).Holds("Versions", "Text awaited", "Nation")

	officer.Post("/office/rules/rates", form("series", "LPR1Y", "from", "2026-01-20", "rate", "3.10")).Want(422, "#f-rate").Holds("请带单位填写")
	officer.Post("/office/rules/rates", form("series", "LPR1Y", "from", "2026-01-20", "rate", "3.10%")).Want(303)
	officer.Post("/office/rules/rates", form("series", "LPR1Y", "from", "2026-01-20", "rate", "3.20%")).Want(422).Holds("日期重叠")
	officer.Post("/office/rules/rates/confirm", form("which", "LPR1Y 2026-01-20", "seen_in", "")).Want(422)
	officer.Post("/office/rules/rates/confirm", form("which", "LPR1Y 2026-01-20", "seen_in", "公告 "+webtest.Hostile)).Want(303)
	officer.Get("/office/rules").Want(200).Holds("已核实", webtest.Hostile)
}

// Where the city asks for four eyes the page says so, and whoever wrote a version is told that another must publish it.
func TestFourEyesByThePages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	officer := w.as("咸宁市")
	today := day.Of(w.DB.Now(), webtest.Zone)
	officer.Get("/office/rules").Want(200, "form[action='/office/rules/eyes']").Holds("可以由同一人办理")
	officer.Post("/office/rules/eyes", form("eyes", "no", "eyes_from", today.String())).Want(422, "#f-eyes_from").Holds("最早从")
	officer.Post("/office/rules/eyes", form("eyes", "yes", "eyes_from", today.String())).Want(303)
	officer.Post("/office/rules/eyes", form("eyes", "no", "eyes_from", today.AddDays(3).String())).Want(303)
	officer.Get("/office/rules").Want(200).Holds("须由另一人办理", "自")
	w.as("咸安区").Get("/office/rules").Want(200).Lacks("/rules/eyes")
	made := officer.Post("/office/rules/new", form("product", "p", "key", "H-3", "area", "42", "title", "办法", "from", "2024-01-01")).Want(303)
	one := strings.TrimSuffix(made.Header.Get("Location"), "/edit")
	officer.Post(one+"/publish", form("_v", officer.Get(one).Find("input[name=_v]").AttrOr("value", ""))).Want(422).Holds("须由另一人发布")
}

// A version is drafted, refused, written, tried, confirmed, published and ended, by its pages alone.
func TestAVersionByItsPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	officer := w.as("咸宁市")
	officer.Get("/office/rules/new").Want(200, "select[name=product]", "input[name=key]")
	officer.Post("/office/rules/new", form("product", "p", "key", "H-2", "area", "湖北", "title", "办法", "from", "2024-01-01")).Want(422).Holds("行政区划代码")
	made := officer.Post("/office/rules/new", form("product", "p", "key", "H-2", "area", "42", "title", webtest.Hostile, "from", "2024-01-01")).Want(303)
	edit := made.Header.Get("Location")
	one := strings.TrimSuffix(edit, "/edit")
	officer.Get(one).Want(200, ".zd-empty").Holds("草稿", webtest.Hostile)
	seen := func(page string) string { return officer.Get(page).Find("input[name=_v]").AttrOr("value", "") }

	text := form("_v", seen(edit), "title", "办法", "from", "2024-01-01", "fields", "age_to | 45 | 公报 | 有来源\nlimit | 30万元 | | 未核实",
		"conditions", "age | 不超过规定年龄 | age <= age_to", "cases", "正好 | 符合 | age=45 local=是\n超龄 | 不符合 | age=46 local=是")
	bad := form()
	for k, v := range text {
		bad[k] = v
	}
	bad.Set("fields", "age_to | 45")
	officer.Post(edit, bad).Want(422, "#f-fields").Holds("第 1 行看不懂", "不超过规定年龄")
	bad.Set("fields", text.Get("fields"))
	bad.Set("conditions", "age | 年龄 | weight < 3")
	officer.Post(edit, bad).Want(422).Holds("看不懂", "weight")
	officer.Post(edit, text).Want(303)
	officer.Get(one).Want(200, "#fields", "#conditions", "#trials", "form[action$='/publish']", "form[action$='/confirm']").Holds("age 46、age_to 45（H-2）；应改为：age不超过 45", "一致", "未核实").Keep("rules-draft")
	officer.Get(edit).Want(200, "textarea[name=fields]").Holds("超龄 | 不符合 | age=46 local=是", "age、local").Keep("rules-edit")

	officer.Get(one).Want(200, "#past td").Holds("对照以往申请", "最近 2 件", "1 件与当时的结论相同", "申请-"+webtest.Hostile)
	officer.Post(one+"/confirm", form("_v", seen(one), "which", "condition:age", "seen_in", "公报第六条")).Want(303)
	officer.Get(one).Want(200).Holds("公报第六条")
	officer.Post(one+"/confirm", form("_v", seen(one), "which", "limit", "seen_in", "公报第五条")).Want(303)
	officer.Post(one+"/publish", form("_v", "1")).Want(422)
	officer.Post(one+"/publish", form("_v", seen(one))).Want(303)
	officer.Get(one).Want(200, "form[action$='/end']").Holds("已发布", "已核实", "公报第五条").Lacks("/publish", "/edit").Keep("rules-published")
	if a := officer.Get(edit); a.Status != 409 {
		t.Errorf("a published version can be written: %d", a.Status)
	}
	officer.Post(one+"/end", form("_v", seen(one), "until", "2023-01-01")).Want(422).Holds("截止日应不早于施行日")
	officer.Post(one+"/end", form("_v", seen(one), "until", "2025-12-31")).Want(303)
	officer.Get(one).Want(200).Holds("2025")
	w.as("咸安区").Get(edit).Want(404)
	w.as("咸安区").Get(one).Want(200, "#fields").Lacks("/end", "/confirm")
}
