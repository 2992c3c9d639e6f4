package lendingweb_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/rulebookweb"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/startuploan/bankfile"
	"zhidian/internal/service/startuploan/claim"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/lendingweb"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/productweb"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/internal/testworld"
)

var (
	clerk  = authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: slices.Concat(contract.Verbs, claim.Verbs, bankfile.Verbs)}
	reader = authz.Role{Key: "reader", Sees: authz.Open, Verbs: []authz.Verb{contract.Read, claim.Read}}
)

// world is the pages over the small city, with a bank and the rules that come with the program, whose rates somebody has confirmed.
type world struct {
	*testworld.World
	t    testing.TB
	s    lendingweb.Services
	bank org.Node
	site *webtest.Site
}

func newWorld(t testing.TB) *world {
	t.Helper()
	now := time.Date(2025, 7, 1, 4, 0, 0, 0, time.UTC)
	db := sqldbtest.SQLite(t, sqldb.Options{Clock: func() time.Time { now = now.Add(time.Millisecond); return now }})
	w := &world{t: t}
	w.World, _ = testworld.Build(t, db)
	cursors := page.NewCursors([]byte("sixteen random bytes"))
	w.s = lendingweb.Services{
		Loans:  &contract.Service{DB: db, Keys: w.Keys, Cursors: cursors, Zone: webtest.Zone},
		Claims: &claim.Service{DB: db, Serials: w.Serials, Cursors: cursors, Zone: webtest.Zone},
	}
	w.s.Files = &bankfile.Service{DB: db, Loans: w.s.Loans, Matters: &casework.Service{DB: db, Serials: w.Serials, Cursors: cursors, Zone: webtest.Zone}, Cursors: cursors, Zone: webtest.Zone}
	rules := &rulebook.Service{DB: db, Products: []rulebook.Product{{Key: policy.Product, Facts: policy.Facts}}}
	book, quotes, err := policy.Shipped()
	must(t, err)
	for i := range quotes {
		quotes[i].Status, quotes[i].Source = rulebook.Confirmed, "公告"
	}
	must(t, rules.TakeIn(t.Context(), w.System(), book, quotes))
	w.bank, err = (&org.Service{DB: db, Serials: w.Serials}).Create(t.Context(), w.System(), org.New{Kind: org.Bank, Name: "咸安农商行", Parent: w.Nodes["咸安区"].ID})
	must(t, err)
	names := func(*web.Request, []string) (map[string]string, error) { return map[string]string{}, nil }
	w.site = webtest.Open(t, testworld.City, func(d *door.Doors) []web.Route { return lendingweb.Routes(w.s, d, names) },
		lendingweb.Messages, contract.Messages, claim.Messages, bankfile.Messages, sheet.Messages, schedule.Messages, policy.Messages, rulebook.Messages, rulebookweb.Messages, productweb.Messages)
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) as(role authz.Role, at, user string) *webtest.Site {
	by := w.Actor(w.t, role, at)
	by.User = user
	return w.site.As(by)
}

// went tells that a form was taken, and gives where it led.
func went(t testing.TB, p *webtest.Answer) string {
	t.Helper()
	if p.Status != 303 {
		t.Fatalf("%d %s", p.Status, p.Body)
	}
	return p.Location
}

func TestALoanFromPageToPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	role, clerk := clerk, w.as(clerk, "咸宁市", "clerk")
	clerk.Get("/office/loans/contracts").Want(200, ".zd-empty", "a[href='/office/loans/contracts/new']").Holds("没有贷款")
	p := clerk.Get("/office/loans/contracts/new").Want(200, "input[name=borrower]", "select[name=bank]", "input[name=rate]", "textarea[name=parts]")
	typed := url.Values{
		"borrower": {"周知夏" + webtest.Hostile}, "kind": {"individual"}, "bank": {w.bank.ID.String()}, "org": {w.Nodes["咸安区甲镇"].ID.String()}, "group": {"04"}, "number": {"J-1" + webtest.Hostile},
		"principal": {"30万"}, "rate": {"4.45"}, "signed": {"2024-01-10"}, "from": {"2024-01-15"}, "to": {"2027-01-15"}, "method": {"quarterly-interest"}, "count": {"actual"}, "basis": {"360"}, "penalty": {"150"}, "settle": {"20"},
	}
	wrong := url.Values{}
	for k, v := range typed {
		wrong[k] = v
	}
	wrong["rate"], wrong["to"], wrong["parts"] = []string{"9.9"}, []string{"2029-01-15"}, []string{"什么"}
	clerk.Post("/office/loans/contracts/new", p.Form(wrong)).Want(422, "[role=alert]", "input[name=borrower][value*='<script>']").Holds("各期还本：", "看不懂")
	wrong["parts"] = []string{""}
	clerk.Post("/office/loans/contracts/new", p.Form(wrong)).Want(422, "[role=alert]").Holds("超过上限", "期限超过规定")
	at := went(t, clerk.Post("/office/loans/contracts/new", p.Form(typed)))
	clerk.Get(at).Want(200, "#plan tbody tr", ".zd-facts").Holds("<script>alert(1)</script>", "刑满释放人员", "HB-QCD-2023/24", "已签约未放款", "300,000.00")
	step := clerk.Get(at+"/draw").Want(200, "input[name=on][value='2024-01-15']", "input[name=amount][value='300000.00']")
	clerk.Post(at+"/draw", step.Form(url.Values{"amount": {"-5"}})).Want(422, "[role=alert]")
	went(t, clerk.Post(at+"/draw", step.Form(nil)))
	clerk.Post(at+"/draw", step.Form(url.Values{"_key": {"another-key"}})).Want(422, "[role=alert]").Holds("刚刚有人登记过")
	for _, kind := range []string{"repay", "prepay", "settle", "extend", "arrears", "cure", "class", "exclude", "compensate", "recover", "write_off", "void"} {
		clerk.Get(at+"/"+kind).Want(200, "input[name=on]")
	}
	step = clerk.Get(at + "/arrears")
	went(t, clerk.Post(at+"/arrears", step.Form(url.Values{"on": {"2025-03-21"}})))
	clerk.Get(at).Want(200, "#events tbody tr", "a[href*='/reverse?no=2']").Holds("逾期 102 天", "次级", "有逾期天数")
	back := clerk.Get(at+"/reverse?no=2").Want(200, "input[name=reason]").Holds("将冲正：逾期 2025-03-21")
	went(t, clerk.Post(at+"/reverse", back.Form(url.Values{"reason": {"登错" + webtest.Hostile}})))
	clerk.Get(at).Want(200).Holds("逾期（已冲正）", "登错<script>")
	clerk.Get(at + "/nothing").Want(404)
	clerk.Get("/office/loans/contracts?state=open&class=normal&method=quarterly-interest&year=2024").Want(200, "#loans tbody tr").Holds("咸安农商行", "咸安区甲镇")
	clerk.Get("/office/loans/contracts?overdue=1").Want(200, ".zd-empty")
	clerk.Get("/office/loans/contracts?state=what").Want(422)
	clerk.Get("/office/loans/contracts/export?state=open").Want(200)
	clerk.In("en").Get(at).Want(200).Holds("Plan and payments", "Released prisoners")
	w.as(reader, "咸宁市", "reader").Get(at).Want(200).Lacks("周知夏").Lacks("刑满释放").Lacks("/draw")
	w.as(reader, "咸宁市", "reader").Get(at + "/draw").Want(403)
	w.as(role, "嘉鱼县", "other").Get(at).Want(404)
}

// A quarter of more lines than a page holds goes through all desks, is corrected, and its pack can be taken.
func TestAClaimFromPageToPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	for i := range 60 {
		from := day.Must("2024-02-01").AddDays(i)
		made, err := w.s.Loans.Sign(ctx, w.System(), contract.New{Paper: contract.Paper{
			Number: "J" + strings.Repeat("0", 2) + string(rune('A'+i%26)) + from.String(), Bank: w.bank.ID, Org: w.Nodes["咸安区"].ID, Borrower: "借款人", Kind: policy.Individual, Principal: 200_000 * money.Yuan, Rate: 44_500,
			Signed: from, From: from, To: from.AddMonths(36), Method: schedule.QuarterlyInterest, Count: schedule.Actual, Basis: 360, Settle: 20, Penalty: 150,
		}})
		must(t, err)
		p, err := w.s.Loans.Look(ctx, w.System(), made)
		must(t, err)
		must(t, w.s.Loans.Enter(ctx, w.System(), made, p.EditedAt, contract.Event{Kind: contract.Draw, Day: from, Amount: 200_000 * money.Yuan}))
	}
	bank, reviewer, finance := w.as(clerk, "咸安区", "bank"), w.as(clerk, "咸安区", "reviewer"), w.as(clerk, "咸安区", "finance")
	bank.Get("/office/loans/claims").Want(200, ".zd-empty")
	p := bank.Get("/office/loans/claims/new").Want(200, "select[name=bank]", "input[name=to][value='2025-06-21']")
	bank.Post("/office/loans/claims/new", p.Form(url.Values{"bank": {w.bank.ID.String()}, "to": {"2026-06-21"}})).Want(422, "[role=alert]").Holds("季度还没有结束")
	at := went(t, bank.Post("/office/loans/claims/new", p.Form(url.Values{"bank": {w.bank.ID.String()}})))
	one := bank.Get(at).Want(200, "#lines tbody tr", "a[href$='/pack.xlsx']", "a[href$='/file']").Holds("待报送", "200000.00×92", "2025-03-21（不含）", "HB-QCD-2023/24")
	if next := one.Find("a[rel=next]").AttrOr("href", ""); next == "" {
		t.Error("60 lines, and no second page")
	} else {
		bank.Get(next).Want(200, "#lines tbody tr")
	}
	take := func(who *webtest.Site, step string, typed url.Values) {
		t.Helper()
		f := who.Get(at+"/"+step).Want(200, "textarea[name=note]")
		went(t, who.Post(at+"/"+step, f.Form(typed)))
	}
	take(bank, "file", nil)
	f := bank.Get(at + "/review")
	bank.Post(at+"/review", f.Form(nil)).Want(403)
	take(reviewer, "review", url.Values{"note": {"已核" + webtest.Hostile}})
	back := finance.Get(at + "/return")
	finance.Post(at+"/return", back.Form(nil)).Want(422, "[role=alert]")
	take(finance, "approve", nil)
	pay := finance.Get(at+"/pay").Want(200, "input[name=on]", "input[name=ref]")
	finance.Post(at+"/pay", pay.Form(url.Values{"on": {"2025-07-01"}})).Want(422, "[role=alert]")
	take(finance, "pay", url.Values{"on": {"2025-07-01"}, "ref": {"拨-1"}})
	take(bank, "arrive", url.Values{"on": {"2025-07-01"}, "ref": {"回单-1"}})
	bank.Get(at).Want(200, "form[action$='/correct']").Holds("已到账", "回单-1", "已核<script>")
	bank.Post(at+"/correct", url.Values{"_key": {"correct-once"}}).Want(422, "[role=alert]").Holds("没有需要更正的")
	bank.Get("/office/loans/claims?state=arrived").Want(200, "#batches tbody tr").Holds("咸安农商行", "贴息-2025-0000")
	bank.Get(at + "/pack.xlsx").Want(200)
	bank.Get(at + "/nothing").Want(404)
	bank.In("en").Get(at).Want(200).Holds("Subsidy", "Audit pack")
	w.as(reader, "咸安区", "reader").Get(at).Want(200).Lacks("/pack.xlsx").Lacks("/correct")
	w.as(clerk, "嘉鱼县", "other").Get(at).Want(404)
}

func TestTermsPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	city, county := w.as(clerk, "咸宁市", "clerk"), w.as(clerk, "咸安区", "county")
	p := city.Get("/office/loans/contracts/terms").Want(200, "input[name=substandard][value='90']", "input[name=poor]").Holds("未与本地文件核对")
	city.Post("/office/loans/contracts/terms", p.Form(url.Values{"from": {"2020-01-01"}, "source": {""}, "loss": {"1"}})).Want(422, "[role=alert]")
	went(t, city.Post("/office/loans/contracts/terms", p.Form(url.Values{"from": {"2099-01-01"}, "source": {"通知" + webtest.Hostile}, "compensate": {"90"}, "poor": {"421222 421223"}})))
	county.Get("/office/loans/contracts/terms").Want(200).Holds("通知<script>", "421222 421223").Lacks(`name="from"`)
}

func TestABankFileFromPageToPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, clerk := t.Context(), w.as(clerk, "咸安区", "clerk")
	from := day.Must("2024-02-01")
	made, err := w.s.Loans.Sign(ctx, w.System(), contract.New{Paper: contract.Paper{
		Number: "J1", Bank: w.bank.ID, Org: w.Nodes["咸安区"].ID, Borrower: "借款人", Kind: policy.Individual, Principal: 200_000 * money.Yuan, Rate: 44_500,
		Signed: from, From: from, To: from.AddMonths(36), Method: schedule.QuarterlyInterest, Count: schedule.Actual, Basis: 360, Settle: 20, Penalty: 150,
	}})
	must(t, err)
	p, err := w.s.Loans.Look(ctx, w.System(), made)
	must(t, err)
	must(t, w.s.Loans.Enter(ctx, w.System(), made, p.EditedAt, contract.Event{Kind: contract.Draw, Day: from, Amount: 200_000 * money.Yuan}))
	clerk.Get("/office/loans/files").Want(200, ".zd-empty", "input[type=file]", "select[name=bank]")
	about := map[string]string{"bank": w.bank.ID.String(), "on": "2025-06-30"}
	clerk.Upload("/office/loans/files", about, "file", "坏.csv", "借据号,贷款余额\n200000.00,J1\n").Want(422, "[role=alert]").Holds("列是否对错了")
	clerk.Upload("/office/loans/files", about, "", "", "").Want(422, "[role=alert]")
	at := went(t, clerk.Upload("/office/loans/files", about, "file", "好.csv", "借据号,贷款余额,逾期天数\nJ1,200000,15\nJ2"+webtest.Hostile+",5,0\n"))
	one := clerk.Get(at).Want(200, "#findings tbody tr", "form[action$='/apply']", "form[action$='/drop']").Holds("新出现逾期", "15 天", "J2<script>", "台账中没有这笔借据")
	went(t, clerk.Post(at+"/apply", url.Values{"_v": {one.Find("form[action$='/apply'] input[name=_v]").AttrOr("value", "")}}))
	clerk.Get(at).Want(200, "#findings a[href^='/office/matters/']").Holds("已入账")
	clerk.Get("/office/loans/contracts?overdue=1").Want(200, "#loans tbody tr").Holds("逾期 16 天")
	clerk.Post(at+"/drop", url.Values{"_v": {"1"}}).Want(422, "[role=alert]")
	clerk.Post(at+"/nothing", url.Values{"_v": {"1"}}).Want(404)
	clerk.Get("/office/loans/files").Want(200, "#files tbody tr").Holds("好.csv")
	titles := clerk.Get("/office/loans/files/titles/"+w.bank.ID.String()).Want(200, "input[name=title_number]")
	went(t, clerk.Post("/office/loans/files/titles/"+w.bank.ID.String(), titles.Form(url.Values{"title_number": {"账号"}})))
	clerk.In("en").Get(at).Want(200).Holds("Newly overdue")
	w.as(reader, "咸安区", "reader").Get(at).Want(403)
}
