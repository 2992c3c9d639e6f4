package childcareweb_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/childcareweb"
	"zhidian/internal/testworld"
)

var clerk = authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: slices.Concat([]authz.Verb{org.Read}, childcare.Verbs)}

// A family signs up, waits, is offered a place and accepts; a clerk sees names, who sees less does not; nothing that was typed
// becomes a part of a page.
func TestAFamilyFromPageToPage(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	w, _ := testworld.Build(t, db)
	s := &childcare.Service{DB: db, Keys: w.Keys, Serials: w.Serials, Zone: webtest.Zone}
	site := webtest.Open(t, testworld.City, func(d *door.Doors) []web.Route { return childcareweb.Routes(s, d) }, edition.Messages, enrolment.Messages, childcareweb.Messages)
	desk := w.Actor(t, clerk, "咸安区")
	desk.User = w.Nodes["咸安区"].ID.String()

	site.Get("/care").Want(200, ".zd-empty").Holds("暂时没有开放的期次")
	site.As(desk).Get("/office/care").Want(200, ".zd-empty")
	f := site.As(desk).Get("/office/care/new").Want(200, "input[name=title]", "textarea[name=groups]")
	today := day.Of(time.Now(), webtest.Zone)
	sent := f.Form(url.Values{
		"title": {"暑期" + webtest.Hostile}, "kind": {"summer"}, "org": {w.Nodes["咸安区"].ID.String()}, "mode": {"first_come"}, "opens": {today.AddDays(-1).String()}, "opens_at": {"10:00"},
		"closes": {today.AddDays(2).String()}, "closes_at": {"25:00"}, "first": {today.AddDays(10).String()}, "last": {today.AddDays(40).String()}, "groups": {"留守儿童 | 10\n" + webtest.Hostile},
	})
	site.As(desk).Post("/office/care/new", sent).Want(422, "[role=alert]").Holds("10:00")
	sent.Set("closes_at", "18:00")
	sent.Set("_key", web.NewKey())
	made := site.As(desk).Post("/office/care/new", sent)
	if made.Status != 303 {
		t.Fatalf("%d %s", made.Status, made.Body)
	}
	season := made.Location
	site.As(desk).Get(season).Want(200, ".zd-facts", "form[action$='/publish']", "form[action$='/end']", "a[href$='/edit']").Keep("care-season")
	change := site.As(desk).Get(season+"/edit").Want(200, "input[name=_v]", "textarea[name=groups]", "input[name=title]").Keep("care-edit")
	again := change.Form(url.Values{"kind": {"summer"}, "org": {w.Nodes["咸安区"].ID.String()}, "mode": {"first_come"}, "per_adult": {"99"}})
	site.As(desk).Post(season+"/edit", again).Want(422, "[role=alert]")
	again.Set("per_adult", "8")
	again.Set("_key", web.NewKey())
	if p := site.As(desk).Post(season+"/edit", again); p.Status != 303 {
		t.Fatalf("%d %s", p.Status, p.Body)
	}
	site.As(desk).Post(season+"/edit", again).Want(303) // sent twice, done once
	if p := site.As(desk).Post(season+"/publish", url.Values{}); p.Status != 303 {
		t.Fatalf("%d %s", p.Status, p.Body)
	}

	places := &place.Service{DB: db, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
	at := w.Nodes["咸安区甲镇一村"]
	if _, err := places.Create(ctx, w.System(), place.Given{Org: at.ID, Kind: "青年之家", Name: "青年之家" + webtest.Hostile, At: *at.At, CRS: "wgs84", Fineness: "point", Capacity: 40}); err != nil {
		t.Fatal(err)
	}
	c := site.As(desk).Get(season+"/class").Want(200, "select[name=place]")
	var where place.ID
	if err := db.Read(ctx, w.City, func(q *sqldb.Rx) error {
		all, err := place.All(q)
		where = all[0].ID
		return err
	}); err != nil {
		t.Fatal(err)
	}
	proposed := site.As(desk).Post(season+"/class", c.Form(url.Values{"place": {where.String()}, "title": {"岔路口班" + webtest.Hostile}, "hours": {"8–17"}, "places": {"1"}, "adults": {"1"}, "lead": {"乔以恒"}}))
	if proposed.Status != 303 {
		t.Fatalf("%d %s", proposed.Status, proposed.Body)
	}
	class := proposed.Location
	site.As(desk).Get(class).Want(200, "form[action$='/offer']").Holds("还没有检查")
	site.As(desk).Post(class+"/offer", url.Values{}).Want(422, "[role=alert]").Holds("三有检查")
	other := desk
	other.User = w.Nodes["嘉鱼县"].ID.String()
	k := site.As(other).Get(class+"/check").Want(200, "input[name=item_fire]", "input[name=inspector]")
	check := k.Form(url.Values{"inspector": {"乔以恒"}, "on": {today.String()}, "until": {today.AddDays(60).String()}})
	site.As(other).Post(class+"/check", check).Want(422, "[role=alert]").Holds("没有勾选的项目要写明原因")
	for _, item := range childcare.CheckItems {
		check.Set("item_"+item, "1")
	}
	check.Set("_key", web.NewKey())
	for _, p := range []struct {
		by   authz.Actor
		at   string
		form url.Values
	}{{other, class + "/check", check}, {desk, class + "/offer", url.Values{}}} {
		if got := site.As(p.by).Post(p.at, p.form); got.Status != 303 {
			t.Fatalf("%s: %d %s", p.at, got.Status, got.Body)
		}
	}
	public := "/care/" + class[len("/office/classes/"):]
	site.Get("/care").Want(200, "table a[href^='/care/']").Holds("还有 1 个").Keep("care-list")
	pins := func(words string) {
		t.Helper()
		got := site.Get("/care/map.json")
		var all struct {
			Features []struct {
				Properties map[string]string `json:"properties"`
			} `json:"features"`
		}
		if err := json.Unmarshal([]byte(got.Body), &all); got.Status != 200 || err != nil || len(all.Features) == 0 {
			t.Fatalf("%d %v %s", got.Status, err, got.Body)
		}
		if pin := all.Features[len(all.Features)-1].Properties; pin["kind"]+" "+pin["no"] != words || pin["href"] != public || !strings.Contains(pin["name"], "岔路口班") {
			t.Errorf("%v, want %q", pin, words)
		}
	}
	site.Get("/care").Want(200, "[data-zd-map][data-src^='/care/map.json?season=']")
	site.Get("/care/map.json?season=wrong").Want(200)
	pins("blind 1")
	site.Get(public).Want(200, "a.btn-primary[href$='/join']", ".zd-seats", ".zd-steps").Holds("8–17").Keep("care-class")
	site.Get(public + "/draw.json").Want(404)

	mum, kids := family(t, w, "妈妈", 2)
	dad, one := family(t, w, "爸爸", 1)
	site.As(dad).Get(public+"/join").Want(200, "input[name=child][checked]", "input[name=agreed]").Keep("care-join")
	join := func(by authz.Actor, kids []person.ID) string {
		values := url.Values{"agreed": {"1"}, "_key": {web.NewKey()}, "group": {"1"}}
		for _, kid := range kids {
			values.Add("child", kid.String())
		}
		got := site.As(by).Post(public+"/join", values)
		if got.Status != 303 {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
		return got.Location
	}
	site.As(mum).Post(public+"/join", url.Values{"agreed": {"1"}}).Want(422, "[role=alert]").Holds("请勾选")
	site.As(mum).Post(public+"/join", url.Values{"child": {kids[0].String()}}).Want(422, "[role=alert]").Holds("同意")
	placed := join(dad, one)
	waits := join(mum, kids[:1])
	pins("site ")
	site.Get(public).Want(200).Holds("报名排队")
	site.As(dad).Get(placed).Want(200, ".zd-rows").Holds("已录取", "第 1 份报名", "空 1 个")
	site.As(mum).Get(waits).Want(200, ".zd-pos").Holds("第 1 位", "空 0 个").Keep("care-waits")
	site.As(mum).Get(placed).Want(404)
	site.As(mum).Post(placed+"/withdraw", url.Values{}).Want(404)
	site.As(mum).Get("/my/care").Want(200, ".zd-pos")
	site.As(desk).Get(class).Want(200, "table").Holds("爸爸的孩子0", "妈妈").Keep("care-desk")
	lesser := w.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{childcare.Read}}, "咸安区")
	lesser.User = desk.User
	site.As(lesser).Get(class).Want(200, "table").Lacks("爸爸的孩子0")
	if got := site.As(dad).Post(placed+"/withdraw", url.Values{}); got.Status != 303 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	site.As(mum).Get(waits).Want(200, ".zd-offer", "form[action$='/accept']").Keep("care-offer")
	if got := site.As(mum).Post(waits+"/accept", url.Values{}); got.Status != 303 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	site.As(mum).Get(waits).Want(200).Holds("已录取", "后来有人退出")
	site.As(mum).Post(waits+"/accept", url.Values{}).Want(422, "[role=alert]").Holds("已经确认过")
	told := site.As(mum).Get(waits+"/health").Want(200, "textarea[name=allergies]", "input[name=agreed]").Keep("care-health")
	site.As(mum).Post(waits+"/health", told.Form(url.Values{"allergies": {"花生"}})).Want(422, "[role=alert]").Holds("单独同意")
	if got := site.As(mum).Post(waits+"/health", told.Form(url.Values{"allergies": {"花生" + webtest.Hostile}, "agreed": {"1"}, "_key": {web.NewKey()}})); got.Status != 303 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	site.As(mum).Get(waits + "/health").Want(200).Holds("花生")
	site.As(desk).Get(class+"/turn/"+waits[strings.LastIndex(waits, "/")+1:]+"/health").Want(200, "textarea[name=diet]").Holds("花生")
	site.As(dad).Get(waits + "/health").Want(404).Lacks("花生")
	site.As(mum).In("en").Get(waits + "/health").Want(200).Holds("Allergies")
	site.As(desk).Get(class+"/enter").Want(200, "textarea[name=children]", "input[name=signer]")
	site.As(desk).Post(class+"/enter", url.Values{"way": {"paper"}, "children": {"1"}, "signer": {"2"}, "agreed": {"1"}}).Want(422, "[role=alert]").Holds("身份证号")
}

// The desk checks claims to priority and calls those who signed up on paper; a cancelled season says so everywhere.
func TestTheDeskFollowsUp(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	now := time.Now()
	db := sqldbtest.SQLite(t, sqldb.Options{Clock: func() time.Time { return now }})
	w, _ := testworld.Build(t, db)
	s := &childcare.Service{DB: db, Keys: w.Keys, Serials: w.Serials, Zone: webtest.Zone}
	site := webtest.Open(t, testworld.City, func(d *door.Doors) []web.Route { return childcareweb.Routes(s, d) }, edition.Messages, enrolment.Messages, childcareweb.Messages)
	desk := w.Actor(t, clerk, "咸安区")
	desk.User = w.Nodes["咸安区"].ID.String()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	today := day.Of(now, webtest.Zone)
	places := &place.Service{DB: db, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
	at := w.Nodes["咸安区甲镇一村"]
	where, err := places.Create(ctx, w.System(), place.Given{Org: at.ID, Kind: "青年之家", Name: "青年之家", At: *at.At, CRS: "wgs84", Fineness: "point", Capacity: 40})
	must(err)
	offer := func(mode edition.Mode, title string) (edition.ID, string, childcare.ID) {
		season, err := s.AddSeason(ctx, w.System(), childcare.Season{Kind: "summer", Largest: 40, PerAdult: 10, Groups: []edition.Group{{No: 1, Label: "留守儿童" + webtest.Hostile}}, Edition: edition.Edition{
			Org: w.Nodes["咸安区"].ID, Title: title, Mode: mode, Opens: now.Add(-time.Hour).UnixMicro(), Closes: now.Add(time.Hour).UnixMicro(), First: today.AddDays(10), Last: today.AddDays(40), Most: 2, OfferFor: 60,
		}})
		must(err)
		must(s.PublishSeason(ctx, w.System(), season, "福彩"))
		class, err := s.ProposeClass(ctx, desk, childcare.Class{Edition: season, Place: where, Title: title + webtest.Hostile, Hours: "8–17", AgeFrom: 6, AgeTo: 12, Places: 1, Adults: 1, Lead: "乔"})
		must(err)
		check := place.Check{On: today, Until: today.AddDays(60), Inspector: "乔"}
		for _, item := range childcare.CheckItems {
			check.Items = append(check.Items, place.CheckItem{Item: item, Passed: true})
		}
		must(s.CheckSite(ctx, w.System(), class, check))
		must(s.OfferClass(ctx, desk, class))
		return season, "/office/classes/" + class.String(), class
	}
	_, lot, lotID := offer(edition.Lottery, "摇号班")
	site.As(desk).Get(lot).Want(200, "a[href$='/claims']", "a[href$='/calls']")
	site.As(desk).Get(lot+"/claims").Want(200, ".zd-empty")
	mum, kids := family(t, w, "妈妈", 1)
	claims, err := s.SignUp(ctx, mum, childcare.Joining{Class: lotID, Children: kids, Group: 1, Agreed: true})
	must(err)
	site.As(desk).Get(lot+"/claims").Want(200, "input[name=found_1]").Holds("还没有核对", "妈妈").Keep("care-claims")
	site.As(desk).Post(lot+"/claims/1", url.Values{"found_1": {"not"}}).Want(422, "[role=alert]").Holds("写明原因")
	if got := site.As(desk).Post(lot+"/claims/1", url.Values{"found_1": {"not"}, "note_1": {"不在名册" + webtest.Hostile}}); got.Status != 303 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	site.As(desk).Get(lot+"/claims").Want(200).Holds("不属实", "不在名册")
	site.As(mum).Get(childcare.MyURL(claims.Key)).Want(200).Holds("核对后不符合")

	season, queue, queueID := offer(edition.FirstCome, "先到班")
	site.As(desk).Get(queue+"/calls").Want(200, ".zd-empty")
	dad, one := family(t, w, "爸爸", 1)
	gran, hers := family(t, w, "奶奶", 1)
	placed, err := s.SignUp(ctx, dad, childcare.Joining{Class: queueID, Children: one, Agreed: true})
	must(err)
	_, err = s.EnterSignUp(ctx, desk, childcare.Joining{Class: queueID, Children: hers, Agreed: true}, enrolment.Paper, person.ID(gran.Person))
	must(err)
	now = now.Add(time.Minute)
	must(s.Leave(ctx, dad, placed.Key))
	site.As(desk).Get(queue+"/calls").Want(200, "input[name=answer_2]", "a[href^='/office/persons/']").Holds("奶奶", "1 个名额").Keep("care-calls")
	site.As(desk).Post(queue+"/calls/2", url.Values{}).Want(422, "[role=alert]")
	now = now.Add(time.Minute)
	for _, answer := range []string{"silent", "yes"} {
		if got := site.As(desk).Post(queue+"/calls/2", url.Values{"answer_2": {answer}, "note_2": {"邻居接" + webtest.Hostile}}); got.Status != 303 {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
	}
	site.As(desk).Get(queue+"/calls").Want(200, ".zd-empty")
	site.As(desk).Post("/office/care/"+season.String()+"/end", url.Values{}).Want(422, "[role=alert]")
	if got := site.As(desk).Post("/office/care/"+season.String()+"/end", url.Values{"reason": {"汛情"}}); got.Status != 303 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	now = now.Add(time.Minute)
	must(s.CatchUp(ctx, w.City))
	site.As(desk).Get("/office/care/" + season.String()).Want(200).Lacks("action=\"/office/care/" + season.String() + "/end\"")
	site.As(desk).Get(queue+"/calls").Want(200, "input[name=answer_2]").Holds("已经告知")
	site.Get("/care/" + queueID.String()).Want(200).Holds("取消")
}

// family makes a parent and children for whom she speaks.
func family(t *testing.T, w *testworld.World, name string, n int) (by authz.Actor, kids []person.ID) {
	t.Helper()
	ctx := t.Context()
	people := &person.Service{DB: w.DB, Keys: w.Keys, Zone: webtest.Zone}
	all := []person.New{{Home: w.Nodes["咸安区甲镇一村"].ID, Name: name, Born: day.Must("1990-01-01")}}
	for i := range n {
		all = append(all, person.New{Home: w.Nodes["咸安区甲镇一村"].ID, Name: name + "的孩子" + string(rune('0'+i)) + webtest.Hostile, Born: day.Of(time.Now(), webtest.Zone).AddMonths(-12 * 8)})
	}
	var ids []person.ID
	if err := w.DB.Write(ctx, w.System(), func(tx *sqldb.Tx) (err error) {
		if ids, err = person.Add(tx, w.Keys, all); err != nil {
			return err
		}
		return tx.Record(person.Create, ids[0].String(), act.Change{})
	}); err != nil {
		t.Fatal(err)
	}
	for _, kid := range ids[1:] {
		if _, err := people.Entrust(ctx, w.System(), person.Guardianship{Child: kid, Adult: ids[0], Relation: "5", From: day.Must("2010-01-01")}); err != nil {
			t.Fatal(err)
		}
	}
	return authz.Actor{City: w.City, User: ids[0].String(), Person: ids[0].String(), Grants: []authz.Held{}}, ids[1:]
}
