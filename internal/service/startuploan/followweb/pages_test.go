package followweb_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/projectlibrary/projectlibraryweb"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/followup"
	"zhidian/internal/service/startuploan/followweb"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/internal/testworld"
)

var (
	clerk  = authz.Role{Key: "clerk", Sees: authz.Personal, Verbs: followup.Verbs}
	reader = authz.Role{Key: "reader", Sees: authz.Open, Verbs: []authz.Verb{followup.Read}}
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, errs.ProblemsOf(err))
	}
}

// The pages on one world: empty, full with hostile names, what is typed wrong, and to whom they are refused.
func TestPagesOfVisits(t *testing.T) {
	t.Parallel()
	ctx, now := t.Context(), time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)
	db := sqldbtest.SQLite(t, sqldb.Options{Clock: func() time.Time { now = now.Add(time.Millisecond); return now }})
	w, _ := testworld.Build(t, db)
	cursors := page.NewCursors([]byte("sixteen random bytes"))
	files, err := blob.New(t.TempDir(), w.Keys)
	must(t, err)
	t.Cleanup(func() { _ = files.Close() })
	s := &followup.Service{DB: db, Keys: w.Keys, Cursors: cursors, Zone: webtest.Zone, Forms: &form.Service{DB: db, Keys: w.Keys, Files: files, Serials: w.Serials, Cursors: cursors, Zone: webtest.Zone}}
	names := func(*web.Request, []string) (map[string]string, error) {
		return map[string]string{"system": "王" + webtest.Hostile}, nil
	}
	site := webtest.Open(t, testworld.City, func(d *door.Doors) []web.Route { return followweb.Routes(s, d, names) }, followweb.Messages, followup.Messages, projectlibraryweb.Messages)
	city, low := site.As(w.Actor(t, clerk, "咸宁市")), site.As(w.Actor(t, reader, "咸安区"))
	const home = "/office/loans/visits"
	for _, v := range followup.Views {
		city.Get(home+"?view="+v).Want(200, ".zd-empty").Lacks("⟦")
	}
	city.Get(home+"/terms").Want(200, "#terms td", "input[name=first]")
	low.Get(home + "/export").Want(403)
	low.Get(home+"/terms").Want(200, "#terms td").Lacks(`name="first"`)

	bank, err := (&org.Service{DB: db, Serials: w.Serials}).Create(ctx, w.System(), org.New{Kind: org.Bank, Name: "农商行" + webtest.Hostile, Parent: w.Nodes["咸宁市"].ID})
	must(t, err)
	book, quotes, err := policy.Shipped()
	must(t, err)
	must(t, (&rulebook.Service{DB: db, Products: []rulebook.Product{{Key: policy.Product, Facts: policy.Facts}}}).TakeIn(ctx, w.System(), book, quotes))
	shop, err := (&venture.Service{DB: db, Keys: w.Keys, Serials: w.Serials, Cursors: cursors, Zone: webtest.Zone, Files: files}).Propose(ctx, authz.Actor{City: w.City, User: "founder"}, venture.Given{
		Org: w.Nodes["咸安区甲镇"].ID, Founder: "周知夏", Facts: venture.Facts{Name: "茶坊" + webtest.Hostile, Entity: "none", Industry: "C1530", Category: "returnee", Stage: "growing", Staff: 4},
	})
	must(t, err)
	from := day.Must("2025-02-01")
	must(t, (&contract.Service{DB: db, Keys: w.Keys, Cursors: cursors, Zone: webtest.Zone}).Load(ctx, w.System(), []contract.Loaded{{Venture: shop.String(), Paper: contract.Paper{
		Number: "J-1", Bank: bank.ID, Org: w.Nodes["咸安区甲镇"].ID, Borrower: "周知夏" + webtest.Hostile, Kind: policy.Individual, Principal: 200_000 * money.Yuan, Rate: 450 * money.Percent / 100,
		Signed: from, From: from, To: from.AddMonths(36), Method: schedule.QuarterlyInterest, Basis: 360, Settle: 20, Penalty: 150,
	}, Events: []contract.Event{{Kind: contract.Draw, Day: from, Amount: 200_000 * money.Yuan}}}}))
	must(t, s.Begin(ctx, w.City))
	all, _, err := s.List(ctx, w.System(), followup.Filter{}, "")
	must(t, err)
	loan := all.Items[0].Contract.String()
	one := home + "/" + loan

	city.Get(home).Want(200, "#visits input[name=loan]", "a[href='"+one+"']", "button[name=do]").Holds("周知夏").Lacks(webtest.Hostile, "⟦")
	city.In("en").Get(home+"?view=all&org="+w.Nodes["咸安区"].ID.String()).Want(200, "#visits td").Lacks("⟦")
	low.Get(home).Want(200, "#visits td").Lacks("周知夏", `name="loan"`)
	if book := city.Get(home + "/export?view=all").Want(200); !strings.HasPrefix(book.Body, "PK") || book.Header.Get("Content-Disposition") == "" {
		t.Errorf("no workbook: %v", book.Header)
	}
	city.Get(home + "?org=" + w.Nodes["咸安区甲镇"].ID.String()).Want(404)
	city.Get(home + "?view=nothing").Want(422)
	city.Post(home+"/send", url.Values{"loan": {loan}}).Want(200, "select[name=unit]", "input[name=due]", "input[name=loan][value='"+loan+"']")
	city.Post(home+"/send", url.Values{}).Want(303)
	city.Post(home+"/send", url.Values{"loan": {loan}, "due": {"2026-04-01"}}).Want(422, ".zd-errors, [role=alert]") // no form yet
	city.Post(home+"/terms", url.Values{"from": {"2020-01-01"}, "first": {"0"}, "every": {"x"}}).Want(422, "#f-first-error", "#f-every-error")

	city.Get(one).Want(200, ".zd-empty", "form[action='"+one+"/enter']", "input[name=founders]").Lacks(webtest.Hostile, "⟦", one+"/withdraw")
	low.Get(one).Want(200).Lacks("/enter", "周知夏", "/withdraw")
	city.Post(one+"/enter", url.Values{"on": {"2030-01-01"}, "state": {"trading"}}).Want(422, "#f-on-error", "#f-founders-error")
	city.Post(one+"/enter", url.Values{"on": {"2026-02-01"}, "state": {"trading"}, "founders": {"1"}, "staff": {"5"}, "contracted": {"2"}, "need": {"market"}, "wish": {"要展位" + webtest.Hostile}, "note": {webtest.Hostile}}).Want(303)
	city.Get(one).Want(200, "#told td", "form[action='"+one+"/withdraw']").Holds("正常经营", "存活").Lacks(webtest.Hostile, "⟦")
	city.In("en").Get(one).Want(200, "#told td").Lacks("⟦")
	city.Post(one+"/withdraw", url.Values{"no": {"1"}}).Want(422, "#f-reason-error")
	city.Post(one+"/withdraw", url.Values{"no": {"x"}}).Want(404)
	city.Get(one + "/answer/nothing").Want(404)
	low.Post(one+"/enter", url.Values{"on": {"2026-02-01"}, "state": {"trading"}, "founders": {"1"}}).Want(403)
	site.As(w.Actor(t, clerk, "嘉鱼县")).Get(one).Want(404)
	site.As(w.Actor(t, authz.Role{Key: "none"}, "咸宁市")).Get(home).Want(403)

	hers, another := site.As(authz.Actor{City: w.City, User: "founder"}), site.As(authz.Actor{City: w.City, User: "another"})
	const mine = "/my/loan-checks"
	hers.Get(mine).Want(200, "#checks a[href='"+mine+"/"+loan+"']").Lacks(webtest.Hostile, "⟦")
	hers.Get(mine+"/"+loan).Want(200, "input[name=state]", "input[name=contracted]").Lacks("unmet", webtest.Hostile, "⟦")
	hers.Post(mine+"/"+loan, url.Values{"state": {"unmet"}}).Want(422, "#f-state-error")
	hers.Post(mine+"/"+loan, url.Values{"state": {"trading"}, "founders": {"1"}}).Want(303)
	hers.Post(mine+"/"+loan, url.Values{"state": {"trading"}, "founders": {"1"}}).Want(422).Holds("30")
	another.Get(mine).Want(200, ".zd-empty")
	another.Get(mine + "/" + loan).Want(404)
	another.Post(mine+"/"+loan, url.Values{"state": {"trading"}, "founders": {"1"}}).Want(404)
}
