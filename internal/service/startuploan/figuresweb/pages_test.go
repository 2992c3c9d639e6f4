package figuresweb_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/figures"
	"zhidian/internal/service/startuploan/figuresweb"
	"zhidian/internal/service/startuploan/lendingweb"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/internal/testworld"
)

var (
	clerk  = authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: []authz.Verb{contract.Read, contract.Export}}
	reader = authz.Role{Key: "reader", Sees: authz.Open, Verbs: []authz.Verb{contract.Read}}
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is the pages over the small city, with a bank whose name is hostile and the loans of two counties: six and one.
func world(t *testing.T, loans bool) (*testworld.World, *webtest.Site, org.Node) {
	t.Helper()
	now := time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)
	db := sqldbtest.SQLite(t, sqldb.Options{Clock: func() time.Time { now = now.Add(time.Millisecond); return now }})
	w, _ := testworld.Build(t, db)
	book, quotes, err := policy.Shipped()
	must(t, err)
	must(t, (&rulebook.Service{DB: db, Products: []rulebook.Product{{Key: policy.Product, Facts: policy.Facts}}}).TakeIn(t.Context(), w.System(), book, quotes))
	bank, err := (&org.Service{DB: db, Serials: w.Serials}).Create(t.Context(), w.System(), org.New{Kind: org.Bank, Name: "农商行" + webtest.Hostile, Parent: w.Nodes["咸宁市"].ID})
	must(t, err)
	signed := &contract.Service{DB: db, Keys: w.Keys, Cursors: page.NewCursors([]byte("sixteen random bytes")), Zone: webtest.Zone}
	if loans {
		var all []contract.Loaded
		for i, at := range []string{"咸安区", "咸安区", "咸安区", "咸安区", "咸安区", "咸安区", "嘉鱼县"} {
			from := day.Must("2025-05-01").AddDays(i)
			all = append(all, contract.Loaded{Paper: contract.Paper{
				Number: fmt.Sprintf("J-%d", i), Bank: bank.ID, Org: w.Nodes[at].ID, Borrower: "周知夏" + webtest.Hostile, Kind: policy.Individual, Group: "05", Principal: 20 * 10_000 * money.Yuan,
				Rate: 450 * money.Percent / 100, Signed: from, From: from, To: from.AddMonths(12), Method: schedule.QuarterlyInterest, Basis: 360, Settle: 20, Penalty: 150,
			}, Events: []contract.Event{{Kind: contract.Draw, Day: from, Amount: 20 * 10_000 * money.Yuan}}})
		}
		must(t, signed.Load(t.Context(), w.System(), all))
	}
	s := &figures.Service{DB: db, Zone: webtest.Zone}
	return w, webtest.Open(t, testworld.City, func(d *door.Doors) []web.Route { return figuresweb.Routes(s, signed, d) },
		figuresweb.Messages, contract.Messages, lendingweb.Messages, schedule.Messages, policy.Messages), bank
}

// Without loans the pages say so, and each figure still tells its formula.
func TestFiguresOfNothing(t *testing.T) {
	t.Parallel()
	w, site, _ := world(t, false)
	site.As(w.Actor(t, clerk, "咸宁市")).Get("/office/loans/figures").Want(200, ".zd-empty", "#formula-bad", "#formula-compensated_released", "select[name=by]")
	site.Get("/open/loans").Want(200, ".zd-empty")
}

// Each head of the table tells its formula; what is hostile stays text; a day to come, an unknown way and a stranger's right are refused.
func TestFiguresPage(t *testing.T) {
	t.Parallel()
	w, site, bank := world(t, true)
	city, county := site.As(w.Actor(t, clerk, "咸宁市")), site.As(w.Actor(t, reader, "嘉鱼县"))
	p := city.Get("/office/loans/figures").Want(200, "#figures th[title]", "#figures td", "#reached th[title]", "#followed th[title]", "#fates th[title]", "a[href*='/report?on=2026-03-02&span=week']").Holds("咸安区", "嘉鱼县", "140")
	p.Lacks(".zd-empty")
	city.In("en").Get("/office/loans/figures?by=group").Want(200, "#figures th[title]").Holds("05")
	city.Get("/office/loans/figures?by=bank&bank="+bank.ID.String()).Want(200, "#figures").Lacks(webtest.Hostile)
	county.Get("/office/loans/figures").Want(200, "#figures").Holds("嘉鱼县").Lacks("咸安区", "/report")
	city.Get("/office/loans/figures?on=2100-01-01").Want(422)
	county.Get("/office/loans/figures?by=group").Want(422)
	county.Get("/office/loans/figures").Lacks(`value="group"`)
	city.Get("/office/loans/figures?bank=x").Want(404)
	site.As(w.Actor(t, authz.Role{Key: "none"}, "咸宁市")).Get("/office/loans/figures").Want(403)
}

// Everybody reads totals; a county of one loan is hidden, and the other with it, which would tell it.
func TestOpenFigures(t *testing.T) {
	t.Parallel()
	_, site, _ := world(t, true)
	p := site.Get("/open/loans").Want(200, "#counties td", "#years td").Holds("140")
	if n := strings.Count(p.Body, "少于"); n == 0 {
		t.Errorf("nothing is hidden: %s", p.Body)
	}
	p.Lacks("周知夏", "J-0", webtest.Hostile)
}

// A report is a workbook, for who may take lists away.
func TestReports(t *testing.T) {
	t.Parallel()
	w, site, _ := world(t, true)
	got := site.As(w.Actor(t, clerk, "咸宁市")).Get("/office/loans/figures/report?span=quarter&on=2025-06-30").Want(200)
	if !strings.HasPrefix(got.Body, "PK") {
		t.Errorf("no workbook: %.40q", got.Body)
	}
	site.As(w.Actor(t, clerk, "咸宁市")).Get("/office/loans/figures/report?span=century&on=2025-06-30").Want(422)
	site.As(w.Actor(t, reader, "咸宁市")).Get("/office/loans/figures/report?span=quarter&on=2025-06-30").Want(403)
}

// Finance tells what stands in its county's fund, and leverage follows; another county's is not hers to tell.
func TestFunds(t *testing.T) {
	t.Parallel()
	w, site, _ := world(t, true)
	finance := site.As(w.Actor(t, authz.Role{Key: "finance", Verbs: []authz.Verb{figures.TellFund}}, "咸安区"))
	form := finance.Get("/office/loans/fund").Want(200, ".zd-empty", "select[name=org]", "input[name=balance]").Form(url.Values{"balance": {"-5"}, "source": {"对账单" + webtest.Hostile}, "org": {w.Nodes["咸安区"].ID.String()}})
	finance.Post("/office/loans/fund", form).Want(422, "[role=alert]")
	form.Set("balance", "400000")
	form.Set("on", "2026-03-01")
	form.Set("_key", web.NewKey())
	finance.Post("/office/loans/fund", form).Want(303)
	finance.Get("/office/loans/fund").Want(200, "#fund td").Holds("对账单", "400,000")
	finance.In("en").Get("/office/loans/fund").Want(200).Holds("Guarantee funds")
	site.As(w.Actor(t, clerk, "咸宁市")).Get("/office/loans/figures").Want(200, "#formula-leverage").Holds("3.00")
	form.Set("org", w.Nodes["嘉鱼县"].ID.String())
	form.Set("_key", web.NewKey())
	finance.Post("/office/loans/fund", form).Want(403)
	site.As(w.Actor(t, clerk, "咸宁市")).Get("/office/loans/fund").Want(403)
}
