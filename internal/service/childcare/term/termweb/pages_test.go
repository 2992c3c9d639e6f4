package termweb_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/jpeg"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/childcareweb"
	"zhidian/internal/service/childcare/photo"
	"zhidian/internal/service/childcare/photo/photoweb"
	"zhidian/internal/service/childcare/safety/safetyweb"
	"zhidian/internal/service/childcare/term"
	"zhidian/internal/service/childcare/term/termweb"
	"zhidian/internal/testworld"
)

// A class from the plan of its day to what a parent reads of it: nothing of other children, nothing that was typed becomes a part of a page.
func TestAClassFromPageToPage(t *testing.T) {
	t.Parallel()
	ctx, db := t.Context(), sqldbtest.SQLite(t, sqldb.Options{})
	w, _ := testworld.Build(t, db)
	care := &childcare.Service{DB: db, Keys: w.Keys, Serials: w.Serials, Zone: webtest.Zone}
	s := &term.Service{
		DB: db, Care: care, Zone: webtest.Zone, Matters: &casework.Service{DB: db, Serials: w.Serials, Zone: webtest.Zone},
		Accounts: &account.Service{DB: db, Keys: w.Keys, Zone: webtest.Zone}, Say: func(key string, _ ...any) string { return key },
	}
	files, err := blob.New(t.TempDir(), w.Keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	site := webtest.Open(t, testworld.City, func(d *door.Doors) []web.Route {
		return slices.Concat(termweb.Routes(s, d), photoweb.Routes(&photo.Service{DB: db, Files: files, Zone: webtest.Zone}, d))
	}, edition.Messages, enrolment.Messages, timetable.Messages, childcareweb.Messages, safetyweb.Messages, photoweb.Messages, blob.Messages, termweb.Messages)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	today := day.Of(time.Now(), webtest.Zone)
	home, by := w.Nodes["咸安区甲镇一村"], w.System()
	add := func(name, born string) (made person.ID) {
		must(db.Write(ctx, by, func(tx *sqldb.Tx) error {
			ids, err := person.Add(tx, w.Keys, []person.New{{Home: home.ID, Name: name, Born: day.Must(born)}})
			if err != nil {
				return err
			}
			made = ids[0]
			return tx.Record(person.Create, made.String(), act.Change{})
		}))
		return made
	}
	clear := &clearance.Service{DB: db, Keys: w.Keys, Zone: webtest.Zone}
	must(clear.SetRule(ctx, by, clearance.Rule{Kind: clearance.Check, From: day.Must("2020-01-01"), Needed: true, Source: "试"}))
	lead := add("乔以恒"+webtest.Hostile, "1990-01-01")
	_, err = clear.Enter(ctx, by, clearance.Paper{Person: lead, Org: home.ID, Kind: clearance.Check, Result: clearance.Passed, On: today.AddDays(-1), Until: today.AddDays(300), Issuer: "市公安局"})
	must(err)
	places := &place.Service{DB: db, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
	where, err := places.Create(ctx, by, place.Given{Org: home.ID, Kind: "青年之家", Name: "青年之家", At: *home.At, CRS: "wgs84", Fineness: "point", Capacity: 40})
	must(err)
	season, err := care.AddSeason(ctx, by, childcare.Season{Kind: "summer", Largest: 40, PerAdult: 10, Edition: edition.Edition{
		Org: w.Nodes["咸安区"].ID, Title: "暑期", Mode: edition.FirstCome, Opens: time.Now().Add(-time.Hour).UnixMicro(), Closes: time.Now().Add(48 * time.Hour).UnixMicro(), First: today.AddDays(-1), Last: today.AddDays(30), Most: 2, OfferFor: 60,
	}})
	must(err)
	must(care.PublishSeason(ctx, by, season, ""))
	desk := w.Actor(t, authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: slices.Concat([]authz.Verb{org.Read}, childcare.Verbs, term.Verbs, photo.Verbs)}, "咸安区")
	desk.User = w.Nodes["咸安区"].ID.String()
	class, err := care.ProposeClass(ctx, desk, childcare.Class{Edition: season, Place: where, Title: "岔路口班" + webtest.Hostile, Hours: "8–17", AgeFrom: 3, AgeTo: 17, Places: 9, Adults: 1, Lead: "乔"})
	must(err)
	check := place.Check{On: today.AddDays(-2), Until: today.AddDays(60), Inspector: "检查人"}
	for _, item := range childcare.CheckItems {
		check.Items = append(check.Items, place.CheckItem{Item: item, Passed: true})
	}
	must(care.CheckSite(ctx, by, class, check))
	must(care.OfferClass(ctx, by, class))
	family := func(name string) (authz.Actor, person.ID, string) {
		adult, kid := add(name, "1990-01-01"), add(name+"的孩子"+webtest.Hostile, today.AddMonths(-12*8).String())
		people := &person.Service{DB: db, Keys: w.Keys, Zone: webtest.Zone}
		_, err := people.Entrust(ctx, by, person.Guardianship{Child: kid, Adult: adult, Relation: "5", From: day.Must("2010-01-01")})
		must(err)
		actor := authz.Actor{City: w.City, User: adult.String(), Person: adult.String(), Grants: []authz.Held{}}
		joined, err := care.SignUp(ctx, actor, childcare.Joining{Class: class, Children: []person.ID{kid}, Agreed: true})
		must(err)
		return actor, kid, childcare.MyURL(joined.Key)
	}
	mum, kid, mine := family("周妈妈")
	_, other, _ := family("许妈妈")

	plan := "/office/classes/" + class.String() + "/timetable"
	f := site.As(desk).Get(plan).Want(200, ".zd-empty", "#six .zd-note", "input[name=leader]").Holds("还没有安排").Keep("term-empty")
	sent := f.Form(url.Values{"title": {"手工课" + webtest.Hostile}, "topic": {"activity", "company"}, "on": {today.String()}, "starts": {"8点"}, "ends": {"10:00"}, "leader": {lead.String()}})
	site.As(desk).Post(plan, sent).Want(422, "[role=alert]").Holds("08:30")
	sent.Set("starts", "08:30")
	sent.Set("weeks", "2")
	sent.Set("_key", web.NewKey())
	if got := site.As(desk).Post(plan, sent); got.Status != 303 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	sent.Set("_key", web.NewKey())
	site.As(desk).Post(plan, sent).Want(422, "[role=alert]").Holds("教室里已有")
	got := site.As(desk).Get(plan).Want(200, "table a", "form[action$='/begin']").Holds("手工课", "素质拓展", "已安排").Keep("term-plan")
	at := strings.Index(got.Body, plan+"/")
	one := got.Body[at : at+len(plan)+27]
	site.As(desk).Get(one).Want(200, "input[name=title]", "input[name=_v]", "form[action$='/drop']").Keep("term-lesson")
	if got := site.As(desk).Post(one+"/begin", url.Values{"_key": {web.NewKey()}}); got.Status != 303 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	site.As(desk).Post(one+"/begin", url.Values{"_key": {web.NewKey()}}).Want(422, "[role=alert]")

	const fromLibrary = "01J00000000000000000000PAN"
	must(db.Write(ctx, by, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(`INSERT INTO lesson_plan (city, id, serial, account, org, title, kind, age_from, age_to, minutes, materials, words, state, made_at, edited_at)
			VALUES ($1, $2, $2, 'a', $3, '防溺水', 'safety', 6, 9, 40, '', 'w', 'approved', 1, 1)`, fromLibrary, w.Nodes["咸安区"].ID); err != nil {
			return err
		}
		return tx.Record(authz.Verb{Key: "test.plan", Writes: "lesson_plan"}, "", act.Change{})
	}))
	site.As(desk).Get(plan).Want(200, "a[href='/my/lessons?class="+class.String()+"']")
	taken := site.As(desk).Get(plan+"?plan="+fromLibrary).Want(200, "input[name=title][value='防溺水']", "input[name=topic][value=safety][checked]", "input[name=plan][value='"+fromLibrary+"']")
	made := taken.Form(url.Values{"title": {"防溺水"}, "topic": {"safety"}, "plan": {fromLibrary}, "on": {today.String()}, "starts": {"13:00"}, "ends": {"13:40"}, "leader": {lead.String()}, "weeks": {"0"}})
	if got := site.As(desk).Post(plan, made); got.Status != 303 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	site.As(desk).Get(plan).Want(200).Holds("防溺水")
	site.As(desk).Get(plan + "?plan=none").Want(404)

	site.Get("/field/class").Want(200, "[data-zd-class]").Lacks("岔路口班")
	pack := site.As(desk).Get("/field/class/pack").Want(200)
	var packed struct {
		Rooms []struct {
			Children []struct{ Collectors []struct{ ID, Name string } }
		}
	}
	must(json.Unmarshal([]byte(pack.Body), &packed))
	if len(packed.Rooms) != 1 || len(packed.Rooms[0].Children) != 2 || len(packed.Rooms[0].Children[0].Collectors) != 1 {
		t.Errorf("%+v", packed)
	}
	now := time.Now().UnixMilli()
	send := func(id string, child person.ID, what, words string) string {
		b, err := json.Marshal(term.Sent{Protocol: 1, ID: id + strings.Repeat("0", 20), Class: class, Child: child, What: timetable.What(what), Words: words, MadeAt: now, SentAt: now})
		must(err)
		return site.As(desk).Send("/field/class/send?device=phone", string(b))
	}
	for id, x := range map[string][2]string{"a": {"in", ""}, "b": {"refused", "自称奶奶" + webtest.Hostile}} {
		if got := send(id, kid, x[0], x[1]); !strings.Contains(got, "托班-") {
			t.Error(got)
		}
	}
	send("c", other, "in", "")
	site.As(desk).Get("/office/classes/"+class.String()+"/book").Want(200, "table", "#odd li").Holds("周妈妈的孩子", "自称奶奶", "在班 2").Keep("term-book")
	site.As(desk).Get("/office/classes/"+class.String()+"/closing").Want(200, "#figures", "table").Holds("出勤率", "2（名额 9）", "到班人次").Lacks("周妈妈的孩子").Keep("term-closing")

	album := "/office/classes/" + class.String() + "/photos"
	site.As(desk).Get(album).Want(200, "#report input[type=file]", "#report input[name=child]", "#check").Keep("photos")
	var raw bytes.Buffer
	must(jpeg.Encode(&raw, image.NewRGBA(image.Rect(0, 0, 8, 8)), nil))
	site.As(desk).Upload(album, map[string]string{"says": "手工" + webtest.Hostile}, "file", "1.jpg", raw.String()).Want(422, "[role=alert]").Holds("二选一")
	site.As(desk).Upload(album, map[string]string{"says": "手工", "child": kid.String()}, "file", "1.jpg", raw.String()).Want(422, "[role=alert]").Holds("没有同意")
	site.As(desk).Upload(album, map[string]string{"says": "手工", "nobody": "1"}, "file", "1.jpg", "").Want(422, "[role=alert]")
	site.As(desk).Upload(album, map[string]string{"says": "手工", "nobody": "1"}, "file", "1.jpg", "no picture").Want(422, "[role=alert]")
	site.As(desk).Upload(album, map[string]string{"says": "手工" + webtest.Hostile, "nobody": "1"}, "file", "1.jpg", raw.String()).Want(303)
	shown := site.As(desk).Get("/office/classes/"+class.String()+"/closing").Want(200, "#photos img", "#photos figcaption")
	picture := shown.Find("#photos img").AttrOr("src", "")
	site.As(desk).Get(picture).Want(200)
	lower := w.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{childcare.Read}}, "咸安区")
	site.As(lower).Get(album).Want(200, "#report img").Lacks("周妈妈的孩子")
	site.As(lower).Upload(album, map[string]string{"says": "手工", "nobody": "1"}, "file", "1.jpg", raw.String()).Want(403)
	site.As(lower).Post(picture+"/drop", url.Values{}).Want(403)
	site.As(desk).Post(picture+"/drop", url.Values{}).Want(303)
	site.As(desk).Get(picture).Want(404)
	lesser := w.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{childcare.Read}}, "咸安区")
	lesser.User = desk.User
	site.As(lesser).Get("/office/classes/"+class.String()+"/book").Want(200, "table").Lacks("周妈妈的孩子", "自称奶奶")
	site.As(lesser).Get(plan).Want(200, "table").Lacks("乔以恒")

	parent := site.As(mum).Get(mine+"/day").Want(200, "[data-zd-lines] li", "input[name=relation]").Holds("手工课", "到班", "自称奶奶", "到班二维码").Lacks("许妈妈").Keep("term-day")
	site.As(mum).Post(mine+"/collectors", parent.Form(url.Values{"child": {kid.String()}})).Want(422, "[role=alert]")
	if got := site.As(mum).Post(mine+"/collectors", url.Values{"child": {kid.String()}, "name": {"周奶奶<b>\"&"}, "relation": {"奶奶"}, "_key": {web.NewKey()}}); got.Status != 303 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	again := site.As(mum).Get(mine+"/day").Want(200, "form[action$='/end']").Holds("周奶奶")
	at = strings.Index(again.Body, mine+"/collectors/")
	end := again.Body[at:at+len(mine+"/collectors/")+26] + "/end"
	if got := site.As(mum).Post(end, url.Values{"child": {kid.String()}, "_key": {web.NewKey()}}); got.Status != 303 {
		t.Fatalf("%s: %d %s", end, got.Status, got.Body)
	}
	site.As(mum).Get(mine + "/day").Want(200).Lacks("周奶奶")
	stranger := authz.Actor{City: w.City, User: lead.String(), Person: lead.String(), Grants: []authz.Held{}}
	site.As(stranger).Get(mine + "/day").Want(404)
	site.As(mum).In("en").Get(mine + "/day").Want(200).Holds("Who may fetch")
}
