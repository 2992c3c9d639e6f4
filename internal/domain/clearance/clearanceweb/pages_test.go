package clearanceweb_test

import (
	"net/url"
	"testing"
	"time"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/clearance/clearanceweb"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/testworld"
)

// A desk enters, renews and revokes; who may not see results does not; nothing that was typed becomes a part of a page.
func TestAnAdultFromPageToPage(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	w, _ := testworld.Build(t, db)
	s := &clearance.Service{DB: db, Keys: w.Keys, Zone: webtest.Zone, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
	site := webtest.Open(t, testworld.City, func(d *door.Doors) []web.Route { return clearanceweb.Routes(s, d) }, clearanceweb.Messages)
	desk := w.Actor(t, authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: append([]authz.Verb{org.Read}, clearance.Verbs...)}, "咸宁市")
	today := day.Of(time.Now(), webtest.Zone)
	const number = "421202199003010014"
	var who person.ID
	if err := db.Write(t.Context(), w.System(), func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, w.Keys, []person.New{{
			Home: w.Nodes["咸安区甲镇一村"].ID, Name: "关平" + webtest.Hostile, Born: day.Must("1990-03-01"), Papers: []person.Paper{{Kind: person.ResidentID, Number: number}},
		}})
		if err != nil {
			return err
		}
		who = ids[0]
		return tx.Record(person.Create, ids[0].String(), act.Change{})
	}); err != nil {
		t.Fatal(err)
	}

	site.As(desk).Get("/office/clearances").Want(200, ".zd-empty", ".zd-note.bad").Holds("还没有设定上岗要求").Keep("clearance-empty")
	site.As(desk).Get("/office/clearances/rules").Want(200, ".zd-empty", "form[action$='/take-in']")
	if got := site.As(desk).Post("/office/clearances/rules/take-in", url.Values{"_key": {web.NewKey()}}); got.Status != 303 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	f := site.As(desk).Get("/office/clearances/rules").Want(200, "table").Holds("12 个月", "未满 18 周岁").Keep("clearance-rules")
	site.As(desk).Post("/office/clearances/rules", f.Form(url.Values{"kind": {"check"}, "from": {"x"}, "source": {webtest.Hostile}})).Want(422, "[role=alert]")

	f = site.As(desk).Get("/office/clearances/new").Want(200, "input[name=number]", "select[name=org]", "input[name=result]")
	sent := f.Form(url.Values{"number": {"1"}, "org": {w.Nodes["咸宁市"].ID.String()}, "kind": {"check"}, "result": {"passed"}, "on": {today.String()}, "until": {today.AddDays(20).String()}, "issuer": {"公安局" + webtest.Hostile}})
	site.As(desk).Post("/office/clearances/new", sent).Want(422, "[role=alert]").Holds("身份证号")
	sent.Set("number", number)
	sent.Set("_key", web.NewKey())
	sent.Set("until", today.AddDays(800).String())
	site.As(desk).Post("/office/clearances/new", sent).Want(422, "[role=alert]").Holds("最长管 12 个月")
	sent.Set("until", today.AddDays(20).String())
	sent.Set("_key", web.NewKey())
	made := site.As(desk).Post("/office/clearances/new", sent)
	if made.Status != 303 || made.Location != clearanceweb.URL(who) {
		t.Fatalf("%d %s", made.Status, made.Body)
	}
	one := site.As(desk).Get(made.Location).Want(200, "#gaps li", "table", "#renew form", "form[action*='/revoke/']").Holds("不能上岗", "岗前培训：没有有效的登记", "还有 20 天").Keep("clearance-one")
	site.As(desk).Get("/office/clearances?ends=soon&kind=check").Want(200, "table a").Holds("还有 20 天").Keep("clearance-list")
	site.As(desk).Get("/office/clearances?ends=over").Want(200, ".zd-empty")
	lesser := w.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{clearance.Read}}, "咸宁市")
	lesser.User = desk.User
	site.As(lesser).Get(made.Location).Want(200, "table").Lacks("关平", "#renew form")
	for _, kind := range []string{"training", "agreement"} {
		if got := site.As(desk).Post(made.Location+"/renew", one.Form(url.Values{"kind": {kind}, "result": {"passed"}, "on": {today.String()}, "until": {today.AddDays(100).String()}, "issuer": {"团市委"}, "_key": {web.NewKey()}})); got.Status != 303 {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
	}
	site.As(desk).Get(made.Location).Want(200).Holds("可以上岗")
	var paper string
	if err := db.Read(t.Context(), w.City, func(q *sqldb.Rx) error {
		return q.Row(`SELECT id FROM clearance WHERE city = $1 AND kind = 'check'`).Scan(&paper)
	}); err != nil {
		t.Fatal(err)
	}
	site.As(desk).Post(made.Location+"/revoke/"+paper, url.Values{"_key": {web.NewKey()}}).Want(422, "[role=alert]")
	if got := site.As(desk).Post(made.Location+"/revoke/"+paper, url.Values{"reason": {"登记有误" + webtest.Hostile}, "_key": {web.NewKey()}}); got.Status != 303 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	site.As(desk).Get(made.Location).Want(200).Holds("不能上岗", "已撤销", "登记有误")
	site.As(desk).In("en").Get(made.Location).Want(200).Holds("Not cleared")
}
