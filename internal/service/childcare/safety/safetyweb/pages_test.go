package safetyweb_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/safety"
	"zhidian/internal/service/childcare/safety/safetyweb"
	"zhidian/internal/testworld"
)

// From telling to closing: the list is empty before, nothing that was typed becomes a part of a page, and who told it is shown to nobody
// who does not say why.
func TestAReportFromPageToPage(t *testing.T) {
	t.Parallel()
	ctx, db := t.Context(), sqldbtest.SQLite(t, sqldb.Options{})
	w, _ := testworld.Build(t, db)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	by, home, county := w.System(), w.Nodes["咸安区甲镇一村"], w.Nodes["咸安区"]
	guard := authz.Role{Key: "guard", Sees: authz.Sensitive, Verbs: safety.Verbs}
	guardian := w.Actor(t, guard, "咸安区")
	guardian.User = county.ID.String()
	must(db.Write(ctx, by, func(tx *sqldb.Tx) error {
		for _, put := range []string{
			`INSERT INTO account (city, id, kind, name, state, made_at) VALUES ($1, $2, 'staff', '守护人', 'active', 1)`,
			`INSERT INTO role_grant (city, id, account, role, org, from_day, made_by) VALUES ($1, $2, $2, 'guard', $2, '2020-01-01', 'test')`,
		} {
			if _, err := tx.Exec(put, guardian.User); err != nil {
				return err
			}
		}
		return tx.Record(authz.Verb{Key: "test.put", Writes: "account role_grant"}, "", nil)
	}))
	care := &childcare.Service{DB: db, Keys: w.Keys, Serials: w.Serials, Zone: webtest.Zone}
	s := &safety.Service{
		DB: db, Keys: w.Keys, Zone: webtest.Zone, Matters: &casework.Service{DB: db, Serials: w.Serials, Zone: webtest.Zone},
		Accounts: &account.Service{DB: db, Keys: w.Keys, Zone: webtest.Zone, Roles: map[string]authz.Role{"guard": guard}}, Say: func(key string, _ ...any) string { return key },
	}
	site := webtest.Open(t, testworld.City, func(d *door.Doors) []web.Route {
		return safetyweb.Routes(s, d, func(*web.Request, []string) (map[string]string, error) {
			return map[string]string{guardian.User: "守护人" + webtest.Hostile, home.ID.String(): "报告人甲" + webtest.Hostile}, nil
		})
	}, safetyweb.Messages, edition.Messages)
	places := &place.Service{DB: db, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
	where, err := places.Create(ctx, by, place.Given{Org: home.ID, Kind: "青年之家", Name: "青年之家", At: *home.At, CRS: "wgs84", Fineness: "point", Capacity: 40})
	must(err)
	today := day.Of(time.Now(), webtest.Zone)
	season, err := care.AddSeason(ctx, by, childcare.Season{Kind: "summer", Largest: 40, PerAdult: 10, Edition: edition.Edition{
		Org: county.ID, Title: "暑期", Mode: edition.FirstCome, Opens: time.Now().UnixMicro(), Closes: time.Now().Add(48 * time.Hour).UnixMicro(), First: today, Last: today.AddDays(30), Most: 2, OfferFor: 60,
	}})
	must(err)
	class, err := care.ProposeClass(ctx, by, childcare.Class{Edition: season, Place: where, Title: "岔路口班" + webtest.Hostile, Hours: "8–17", AgeFrom: 3, AgeTo: 17, Places: 9, Adults: 1, Lead: "乔"})
	must(err)
	listURL := "/office/safety"
	site.As(guardian).Get(listURL).Want(200, ".zd-empty").Holds("没有需要您知情的报告").Keep("safety-empty")
	ask := "/office/classes/" + class.String() + "/report"
	teller := w.Actor(t, authz.Role{Key: "teacher", Sees: authz.Sensitive, Verbs: []authz.Verb{childcare.Read, safety.Tell}}, "咸安区甲镇一村")
	teller.User = home.ID.String()
	for kind, code := range map[string]string{"duty": "injuries", "incident": "fall"} {
		f := site.As(teller).Get(ask+"?kind="+kind).Want(200, "input[name=code]", "select[name=child]", "textarea[name=words]").Keep("safety-tell-" + kind)
		site.As(teller).Post(ask+"?kind="+kind, f.Form(url.Values{"kind": {kind}})).Want(422, "[role=alert]")
		sent := f.Form(url.Values{"kind": {kind}, "code": {code}, "severity": {"2"}, "words": {"手臂有伤" + webtest.Hostile}})
		for range 2 { // a double tap
			if got := site.As(teller).Post(ask+"?kind="+kind, sent); got.Status != 303 {
				t.Fatalf("%s: %d %s", kind, got.Status, got.Body)
			}
		}
	}
	all := site.As(guardian).Get(listURL).Want(200, "table a").Holds("强制报告", "跌倒磕碰").Keep("safety-list")
	if n := strings.Count(all.Body, `href="/office/safety/`); n != 2 {
		t.Errorf("%d reports are listed", n)
	}
	reports, _, err := s.List(ctx, guardian)
	must(err)
	for _, r := range reports {
		at := safety.URL(r.ID)
		one := site.As(guardian).Get(at).Want(200, "#words", "#do form", "#know", "#reads").Holds("手臂有伤").Lacks("报告人甲").Keep("safety-" + string(r.Kind))
		if r.Kind == safety.Duty {
			one.Holds("110").Lacks("登记已告知家长")
		}
		step := at + "/" + string(r.Stops())
		if r.Kind == safety.Duty {
			site.As(guardian).Post(step, url.Values{"_key": {web.NewKey()}, "at": {"25点"}}).Want(422, "[role=alert]").Holds("08:30")
		}
		if got := site.As(guardian).Post(step, url.Values{"_key": {web.NewKey()}, "who": {"永安派出所" + webtest.Hostile}, "receipt": {"110-7"}}); got.Status != 303 {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
		site.As(guardian).Post(at+"/teller", url.Values{"_key": {web.NewKey()}, "reason": {"查"}}).Want(422, "[role=alert]").Lacks("报告人甲")
		site.As(guardian).Post(at+"/teller", url.Values{"_key": {web.NewKey()}, "reason": {"需要联系报告人"}}).Want(200, "[data-zd-teller]").Holds("报告人甲")
		site.As(guardian).Post(at+"/closed", url.Values{"_key": {web.NewKey()}}).Want(422, "[role=alert]")
		if got := site.As(guardian).Post(at+"/closed", url.Values{"_key": {web.NewKey()}, "words": {"已处置"}}); got.Status != 303 {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
		site.As(guardian).Get(at).Want(200).Holds("已处置", "已办结").Lacks(`id="do"`)
		site.As(guardian).In("en").Get(at).Want(200).Holds("Closed", "Who may know")
		site.As(guardian).Post(at+"/other", url.Values{"_key": {web.NewKey()}}).Want(404)
	}
	stranger := w.Actor(t, guard, "咸宁市") // above, and on no list
	stranger.User = w.Nodes["嘉鱼县"].ID.String()
	site.As(stranger).Get(safety.URL(reports[0].ID)).Want(404).Lacks("手臂有伤")
	site.As(stranger).Get(listURL).Want(200, ".zd-empty")
	site.As(w.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{childcare.Read}}, "咸安区")).Get(ask).Want(403)
}
