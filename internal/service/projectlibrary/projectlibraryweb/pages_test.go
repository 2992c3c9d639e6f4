package projectlibraryweb_test

import (
	"net/url"
	"slices"
	"testing"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/casework/caseworkweb"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/domain/rulebook/rulebookweb"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/projectlibrary"
	"zhidian/internal/service/projectlibrary/projectlibraryweb"
	"zhidian/internal/testworld"
)

var (
	clerk  = authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: slices.Concat([]authz.Verb{org.Read, person.Read}, casework.Verbs, venture.Verbs, projectlibrary.Verbs)}
	reader = authz.Role{Key: "reader", Sees: authz.Open, Verbs: []authz.Verb{venture.Read}}
	teller = authz.Role{Key: "handler", Verbs: []authz.Verb{venture.Shared}}
)

// world is the pages of the library over the small city.
type world struct {
	*testworld.World
	t     testing.TB
	s     *projectlibrary.Service
	bank  org.Node
	site  *webtest.Site
	cases *casework.Service
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	w := &world{t: t}
	w.World, _ = testworld.Build(t, db)
	cursors := page.NewCursors([]byte("sixteen random bytes"))
	w.cases = &casework.Service{DB: db, Serials: w.Serials, Cursors: cursors, Zone: webtest.Zone, Tell: projectlibrary.Told}
	files, err := blob.New(t.TempDir(), w.Keys)
	must(t, err)
	t.Cleanup(func() { _ = files.Close() })
	w.s = &projectlibrary.Service{
		DB: db, Matters: w.cases, Zone: webtest.Zone, Places: &place.Service{DB: db, Cursors: cursors}, Accounts: &account.Service{DB: db, Keys: w.Keys, Zone: webtest.Zone},
		Ventures: &venture.Service{DB: db, Keys: w.Keys, Serials: w.Serials, Cursors: cursors, Zone: webtest.Zone, Files: files},
	}
	w.bank, err = (&org.Service{DB: db, Serials: w.Serials}).Create(t.Context(), w.System(), org.New{Kind: org.Bank, Name: "咸安农商行", Parent: w.Nodes["咸安区"].ID})
	must(t, err)
	bank := func(*web.Request, []string) (map[string]string, error) {
		return map[string]string{"teller": w.bank.Name}, nil
	}
	w.site = webtest.Open(t, testworld.City, func(d *door.Doors) []web.Route {
		all := projectlibraryweb.Routes(w.s, d, bank, bank)
		return append(all, caseworkweb.Routes(w.cases, d, nil, projectlibraryweb.BesideMatter(w.s))...)
	}, projectlibraryweb.Messages, caseworkweb.Messages, cn.Messages, rulebook.Messages, rulebookweb.Messages, blob.Messages, sheet.Messages)
	return w
}

func (w *world) as(role authz.Role, at string) *webtest.Site {
	by := w.Actor(w.t, role, at)
	by.User, by.DeskID = w.Nodes[at].ID.String(), w.Nodes[at].ID.String()
	return w.site.As(by)
}

func (w *world) teller() *webtest.Site {
	return w.site.As(authz.Actor{City: w.City, User: "teller", DeskID: w.bank.ID.String(), Grants: []authz.Held{{Role: teller, At: w.bank.Path}}})
}

func (w *world) founder() *webtest.Site { return w.site.As(authz.Actor{City: w.City, User: "founder"}) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// went tells that a form was taken, and gives where it led.
func went(t testing.TB, p *webtest.Answer) string {
	t.Helper()
	if p.Status != 303 {
		t.Fatalf("%d %s", p.Status, p.Body)
	}
	return p.Location
}

func TestADossierFromPageToPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as(clerk, "咸宁市")
	clerk.Get("/office/ventures").Want(200, ".zd-empty", "a[href='/office/ventures/new']").Holds("没有项目")
	p := clerk.Get("/office/ventures/new").Want(200, "select[name=industry]", "select[name=org]", "input[name=founder]", "input[name=revenue]")
	wrong := clerk.Post("/office/ventures/new", p.Form(url.Values{"name": {webtest.Hostile}, "credit": {"914212020000000198"}, "staff": {"many"}}))
	wrong.Want(422, "[role=alert]", "input[name=name][value*='<script>']").Holds("信用代码：", "员工人数：", "类别：", "所在地：", "创业者姓名：")
	at := went(t, clerk.Post("/office/ventures/new", p.Form(url.Values{
		"name": {"茶坊" + webtest.Hostile}, "founder": {"周知夏" + webtest.Hostile}, "industry": {"C15"}, "code": {"1530"}, "category": {"returnee"}, "stage": {"growing"}, "entity": {"firm"},
		"org": {w.Nodes["咸安区甲镇"].ID.String()}, "address": {"羊楼洞一号"}, "staff": {"6"}, "revenue": {"82万"}, "revenue_year": {"2025"},
	})))
	clerk.Get(at).Want(200, ".zd-facts", "#founders", "form[action$='/confirm']").Holds("精制茶加工", "羊楼洞一号", "820,000.00", "<script>alert(1)</script>")
	w.as(reader, "咸宁市").Get(at).Want(200).Holds("您看不到这一项").Lacks("羊楼洞一号").Lacks("820,000").Lacks("周知夏")
	w.as(reader, "嘉鱼县").Get(at).Want(404)
	clerk.Get("/office/ventures?field=C&category=returnee").Want(200, "table tbody tr", ".zd-kpi, .zd-kpis, a[href='/office/ventures?fresh=stale']").Holds("茶坊", "咸安区 · 咸安区甲镇")
	clerk.Get("/office/ventures?field=H").Want(200, ".zd-empty")
	clerk.Get("/office/ventures?field=U").Want(422)
	clerk.In("en").Get("/office/ventures").Want(200).Holds("Ventures", "Growing")
	p = clerk.Get(at+"/edit").Want(200, "option[value=C1530][selected]", "input[name=revenue][value='820000.00']")
	went(t, clerk.Post(at+"/edit", p.Form(url.Values{"stage": {"stable"}})))
	clerk.Post(at+"/edit", p.Form(url.Values{"stage": {"idea"}, "_key": {"another-key"}})).Want(422, "[role=alert]") // it has changed since
	p = clerk.Get(at+"/honour").Want(200, "select[name=level]")
	clerk.Post(at+"/honour", p.Form(url.Values{"title": {""}})).Want(422, "[role=alert]")
	went(t, clerk.Post(at+"/honour", p.Form(url.Values{"title": {"三等奖"}, "level": {"city"}, "year": {"2025"}, "source": {"公告"}})))
	p = clerk.Get(at+"/need").Want(200, "input[name=need]", "input[name=amount]")
	clerk.Post(at+"/need", p.Form(url.Values{"need": {"space"}, "text": {"要仓库"}, "amount": {"5"}})).Want(422, "[role=alert]")
	went(t, clerk.Post(at+"/need", p.Form(url.Values{"need": {"space"}, "text": {"要仓库" + webtest.Hostile}})))
	raise := clerk.Get(at).Want(200, "#honours", "#needs").Holds("待转办", "三等奖").Find("#needs a[href^='/office/venture-needs/']").AttrOr("href", "")
	clerk.Get(raise).Want(200, ".zd-note").Holds("还没有授权任何银行")
	p = clerk.Get(raise+"?find="+url.QueryEscape("咸安")).Want(200, "input[name=desk]", "input[disabled]").Holds("没有同意给这家银行看")
	clerk.Post(raise, p.Form(url.Values{"desk": {w.bank.ID.String()}})).Want(422, "[role=alert]")
	went(t, clerk.Post(raise, p.Form(url.Values{"desk": {w.Nodes["咸安区"].ID.String()}})))
	matter := clerk.Get(at).Want(200).Holds("咸安区办理").Find("#needs a[href^='/office/matters/']").AttrOr("href", "")
	clerk.Get(matter).Want(200, "a[href='"+at+"']").Holds("需求-")
	p = clerk.Get(at+"/end").Want(200, "textarea[name=reason]")
	went(t, clerk.Post(at+"/end", p.Form(url.Values{"reason": {"停办"}})))
	clerk.Get(at).Want(200).Holds("已出库").Lacks("/edit")
	clerk.Get(at + "/nothing").Want(404)
	clerk.Get("/office/ventures/export?state=ended").Want(200)
}

func TestAVentureHeldAgainstProducts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, by, clerk := t.Context(), w.System(), w.as(clerk, "咸宁市")
	which, err := w.s.Ventures.Create(ctx, by, venture.Given{Org: w.Nodes["咸安区"].ID, Founder: "周知夏", Facts: venture.Facts{Name: "茶坊", Entity: "firm", Industry: "C1530", Category: "returnee", Stage: "growing", Staff: 3}})
	must(t, err)
	at := "/office/ventures/" + which.String() + "/match"
	w.s.Rules = &rulebook.Service{DB: w.DB}
	clerk.Get(at).Want(200, ".zd-empty").Holds("还没有登记产品规则")
	w.s.Rules.Products = []rulebook.Product{{Key: "p", Facts: map[string]condition.Kind{"kind": condition.Text, "amount": condition.Int, "staff": condition.Int}}}
	clerk.Get(at).Want(200, ".zd-note").Holds("现在不能对照")
	rule, err := w.s.Rules.Draw(ctx, by, rulebook.New{Product: "p", Key: "P-1", Area: "42", Title: "办法" + webtest.Hostile, From: day.Must("2020-01-01"), Source: "公报"})
	must(t, err)
	seen := func() int64 {
		k, _, err := w.s.Rules.LookAt(ctx, by, rule)
		must(t, err)
		return k.EditedAt
	}
	must(t, w.s.Rules.Rewrite(ctx, by, rule, seen(), rulebook.Text{
		Title: "办法" + webtest.Hostile, Source: "公报", From: day.Must("2020-01-01"), Fields: []rulebook.Field{{Name: "limit", Value: "300000.00", Source: "第三条", Status: rulebook.Stated}},
		Conditions: []rulebook.Condition{
			{Rule: condition.Rule{Key: "kind", Text: "个体工商户" + webtest.Hostile, Expr: `kind == "individual"`}, Source: "第一条", Status: rulebook.Stated},
			{Rule: condition.Rule{Key: "limit", Text: "不超过限额", Expr: "amount <= limit"}, En: "Within the limit"},
			{Rule: condition.Rule{Key: "staff", Text: "有员工", Expr: "staff > 0"}},
		},
		Cases: []rulebook.Case{{Name: "合格", Facts: condition.Facts{"kind": "individual", "amount": 1, "staff": 1}, Eligible: true}, {Name: "不合格", Facts: condition.Facts{"kind": "firm", "amount": 1, "staff": 1}}},
	}))
	must(t, w.s.Rules.Publish(ctx, by, rule, seen()))
	clerk.Get(at).Want(200, "#rules-p tbody tr").Holds("个体工商户<script>", "不符合", "kind为“individual”", "缺：amount", "符合", "P-1", "有条件不符合")
	clerk.In("en").Get(at).Want(200).Holds("Does not hold", "Not told")
	w.as(reader, "嘉鱼县").Get(at).Want(404)
}

func TestAFounderOnHerPhone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	she, clerk := w.founder(), w.as(clerk, "咸安区")
	she.Get("/my/ventures").Want(200, ".zd-empty", "a[href='/my/ventures/new']", "a[href='/my/link']")
	p := she.Get("/my/ventures/new").Want(200, "select[name=org]", "input[name=founder]").Lacks(`name="code"`)
	she.Post("/my/ventures/new", p.Form(url.Values{"name": {""}})).Want(422, "[role=alert]")
	at := went(t, she.Post("/my/ventures/new", p.Form(url.Values{
		"name": {"我的茶坊" + webtest.Hostile}, "founder": {"周知夏"}, "industry": {"C"}, "category": {"returnee"}, "stage": {"started"}, "entity": {"none"}, "org": {w.Nodes["咸安区甲镇"].ID.String()},
	})))
	she.Get(at).Want(200, "form[action$='/confirm']", "#needs", "#share").Holds("等待核对", "<script>alert(1)</script>", "还没有机构看过")
	w.site.As(authz.Actor{City: w.City, User: "other"}).Get(at).Want(404)
	office := "/office" + at[len("/my"):]
	clerk.Get(office).Want(200, "form[action$='/take']", "a[href$='/return']").Holds("待核")
	back := clerk.Get(office+"/return").Want(200, "textarea[name=reason]")
	went(t, clerk.Post(office+"/return", back.Form(url.Values{"reason": {"请写明地址"}})))
	she.Get(at).Want(200).Holds("退回补充", "请写明地址")
	edit := she.Get(at+"/edit").Want(200, "input[name=address]")
	went(t, she.Post(at+"/edit", edit.Form(url.Values{"address": {"羊楼洞二号"}})))
	p = clerk.Get(office)
	went(t, clerk.Post(office+"/take", p.Form(nil)))
	she.Post(at+"/need", url.Values{"need": {"money"}, "text": {""}}).Want(422, "[role=alert]")
	went(t, she.Post(at+"/need", url.Values{"need": {"money"}, "text": {"缺周转"}, "amount": {"8万"}}))
	w.teller().Get("/office/shared-ventures").Want(200, ".zd-empty")
	she.Post(at+"/share", url.Values{"receiver": {""}, "purpose": {"loan"}, "months": {"12"}}).Want(422, "[role=alert]")
	went(t, she.Post(at+"/share", url.Values{"receiver": {w.bank.ID.String()}, "purpose": {"offer"}, "months": {"12"}}))
	list := w.teller().Get("/office/shared-ventures").Want(200, "table a[href^='/office/shared-ventures/']").Holds("我的茶坊").Lacks("周知夏")
	one := list.Find("table a[href^='/office/shared-ventures/']").AttrOr("href", "")
	w.teller().Get(one).Want(200, "#needs").Holds("80,000.00", "推荐金融产品").Lacks("周知夏").Lacks("羊楼洞二号")
	she.Get(at).Want(200, "form[action$='/withdraw']").Holds("咸安农商行", "有效至", "查看了档案")
	went(t, she.Post(at+"/withdraw", url.Values{"receiver": {w.bank.ID.String()}, "purpose": {"offer"}}))
	w.teller().Get(one).Want(404)
	w.teller().Get("/office/shared-ventures").Want(200, ".zd-empty")
	she.Get("/my/ventures").Want(200, "table a").Holds("已入库")
	she.In("en").Get(at).Want(200).Holds("In the library")
}

func TestAConsentOnPaper(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	officer := clerk
	clerk := w.as(officer, "咸安区")
	p := clerk.Get("/office/ventures/new")
	at := went(t, clerk.Post("/office/ventures/new", p.Form(url.Values{
		"name": {"茶坊"}, "founder": {"周知夏" + webtest.Hostile}, "industry": {"C15"}, "category": {"returnee"}, "stage": {"growing"}, "entity": {"none"}, "org": {w.Nodes["咸安区甲镇"].ID.String()},
	})))
	ask := clerk.Get(at).Want(200, "a[href$='/consent']").Find("a[href$='/consent']").AttrOr("href", "")
	clerk.Get(ask).Want(200, "input[type=file][name=paper]", "input[name=signed]", "select[name=receiver]").Holds("<script>alert(1)</script>")
	given := map[string]string{"signed": "1", "receiver": w.bank.ID.String(), "purpose": "loan", "months": "12"}
	clerk.Upload(ask, given, "paper", "a.txt", "no picture").Want(422, "[role=alert]").Holds("授权书照片：")
	clerk.Upload(ask, map[string]string{"signed": "1"}, "paper", "a.png", picture).Want(422, "[role=alert]", "input[name=signed][checked]")
	went(t, clerk.Upload(ask, given, "paper", webtest.Hostile+".png", picture))
	got := clerk.Get(at).Want(200, "#consents a[href^='/office/venture-consents/']", "#consents a[href*='/withdraw-for?']").Holds("书面授权，周知夏")
	paper := got.Find("#consents a[href^='/office/venture-consents/']").AttrOr("href", "")
	if a := clerk.Get(paper); a.Status != 200 || a.Header.Get("Content-Type") != "image/png" || a.Body != picture {
		t.Errorf("%d %v", a.Status, a.Header)
	}
	w.as(reader, "咸安区").Get(paper).Want(403)
	w.as(officer, "嘉鱼县").Get(paper).Want(404)
	w.teller().Get("/office/shared-ventures").Want(200, "table a[href^='/office/shared-ventures/']")
	back := got.Find("#consents a[href*='/withdraw-for?']").AttrOr("href", "")
	p = clerk.Get(back).Want(200, "textarea[name=said]", "input[name=receiver]")
	clerk.Post(at+"/withdraw-for", p.Form(nil)).Want(422, "[role=alert]")
	went(t, clerk.Post(at+"/withdraw-for", p.Form(url.Values{"said": {"来电"}})))
	w.teller().Get("/office/shared-ventures").Want(200, ".zd-empty")
}

func TestASpreadsheetFromLookToList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as(clerk, "咸安区")
	const at = "/office/ventures/import"
	clerk.Get("/office/ventures").Want(200, "a[href='"+at+"']")
	clerk.Get(at).Want(200, "input[type=file][name=file]", "input[name=what][value=check][checked]", "a[href='"+at+"/blank']")
	clerk.Get(at + "/blank").Want(200)
	table := "项目名称,创业者姓名,行业,县市区,类别,Stage,怪列\n" + webtest.Hostile + ",周知夏,C15,咸安区,返乡创业,成长,x\n竹艺,,农业,咸安区,没有的类,,\n"
	clerk.Upload(at, map[string]string{"what": "check"}, "file", "a.csv", table).Want(200, "#rows tbody tr:nth-child(2)").Holds("新建 1，修改 0，没有变化 0，有问题 1", "还没有写入", "创业者姓名：此项必填", "没有“没有的类”这一项", "这些列没有读：怪列", "<script>alert(1)</script>")
	clerk.In("en").Upload(at, map[string]string{"what": "check"}, "file", "a.csv", table).Want(200).Holds("is not one of the words")
	clerk.Get("/office/ventures").Want(200, ".zd-empty")
	clerk.Upload(at, map[string]string{"what": "write"}, "file", "a.csv", table).Want(200, "#rows").Holds("已写入：新建 1")
	clerk.Get("/office/ventures").Want(200, "#ventures tbody tr")
	again := "项目名称,负责人,行业,县市区\n" + webtest.Hostile + ",周知夏,C15,咸安区\n"
	went(t, clerk.Upload(at, map[string]string{"what": "write"}, "file", "a.csv", again))
	clerk.Upload(at, map[string]string{"what": "check"}, "file", "a.csv", "no table").Want(422, "[role=alert]")
	clerk.Upload(at, map[string]string{"what": ""}, "file", "a.csv", table).Want(422, "[role=alert]")
}

// picture begins as a PNG file does.
const picture = "\x89PNG\r\n\x1a\n and the rest"

func TestWhatTheCitySets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	city, county := w.as(clerk, "咸宁市"), w.as(clerk, "咸安区")
	p := city.Get("/office/priority-industries").Want(200, "input[name=name9]", "input[name=codes1]").Holds("未填写", "还没有填写清单")
	city.Post("/office/priority-industries", p.Form(url.Values{"from": {"2020-01-01"}, "source": {""}, "codes1": {"茶"}})).Want(422, "[role=alert]")
	went(t, city.Post("/office/priority-industries", p.Form(url.Values{"from": {"2099-01-01"}, "source": {"文件" + webtest.Hostile}, "name1": {"食品" + webtest.Hostile}, "codes1": {"C13 C15"}})))
	county.Get("/office/priority-industries").Want(200, "#lists").Holds("<script>alert(1)</script>").Lacks(`name="name1"`)
	p = city.Get("/office/industries").Want(200, "input[name=code]").Holds("精制茶加工", "未核实")
	city.Post("/office/industries", p.Form(url.Values{"code": {"C1"}})).Want(422, "[role=alert]")
	went(t, city.Post("/office/industries", p.Form(url.Values{"code": {"1539"}, "name": {"其他"}, "source": {"标准第 12 页"}})))
	county.Get("/office/industries").Want(200).Holds("标准第 12 页", "已核实").Lacks(`name="code"`)
	p = city.Get("/office/ventures/terms").Want(200, "input[name=fresh_days]").Holds("180")
	city.Post("/office/ventures/terms", p.Form(url.Values{"from": {"2020-01-01"}})).Want(422, "[role=alert]")
	went(t, city.Post("/office/ventures/terms", p.Form(url.Values{"from": {"2099-01-01"}, "fresh_days": {"90"}})))
	county.Get("/office/ventures/terms").Want(200).Holds("90").Lacks(`name="from"`)
}
