package productweb_test

import (
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/rulebookweb"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/product"
	"zhidian/internal/service/startuploan/productweb"
	"zhidian/internal/testworld"
)

type world struct {
	*testworld.World
	t     testing.TB
	s     *product.Service
	site  *webtest.Site
	bank  org.Node
	today string
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	w := &world{t: t, s: &product.Service{DB: db, Zone: webtest.Zone}, today: day.Of(db.Now(), webtest.Zone).String()}
	w.World, _ = testworld.Build(t, db)
	var err error
	w.bank, err = (&org.Service{DB: db, Serials: w.Serials}).Create(t.Context(), w.System(), org.New{Kind: org.Bank, Name: "咸安农商行" + webtest.Hostile, Parent: w.Nodes["咸安区"].ID})
	if err != nil {
		t.Fatal(err)
	}
	w.site = webtest.Open(t, w.City, func(d *door.Doors) []web.Route { return productweb.Routes(w.s, d) }, productweb.Messages, rulebook.Messages, rulebookweb.Messages, policy.Messages, money.Messages)
	return w
}

func (w *world) as(at string, verbs ...authz.Verb) *webtest.Site {
	if verbs == nil {
		verbs = product.Verbs
	}
	return w.site.As(w.Actor(w.t, authz.Role{Key: "officer", Verbs: verbs}, at))
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// admit lets the bank in, by the pages.
func (w *world) admit(officer *webtest.Site) {
	w.t.Helper()
	officer.Post("/office/loans/banks/criteria", form("kind", "entry", "from", w.today, "items", "有专人\n有网点", "source", "会议纪要")).Want(303)
	at := "/office/loans/banks/" + w.bank.ID.String()
	p := officer.Get(at).Want(200, "input[name=kind][value=entry]", "input[name=met2]").Holds("有专人", "没有评审")
	officer.Post(at+"/review", p.Form(form("reviewer", "联席会议", "met1", "yes", "met2", "no", "verdict", "yes", "until", "2099-12-31"))).Want(422, "[role=alert]").Holds("说明：")
	officer.Post(at+"/review", p.Form(form("reviewer", "联席会议", "met1", "yes", "met2", "no", "why2", "年底前补"+webtest.Hostile, "verdict", "yes", "until", "2099-12-31", "note", "附条件准入"))).Want(303)
	officer.Get(at).Want(200).Holds("已准入", "联席会议", "年底前补", "附条件准入", "请先设定评审内容")
}

func TestAProductFromPageToPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	officer := w.as("咸宁市")
	officer.Get("/office/loans/products").Want(200, ".zd-empty", "a[href='/office/loans/products/new']").Holds("还没有产品")
	officer.Get("/office/loans/banks").Want(200, "#banks a", ".zd-empty", "form[action='/office/loans/banks/criteria']").Holds("没有评审过").Keep("loan-banks-empty")
	p := officer.Get("/office/loans/products/new").Want(200, "select[name=bank]", "input[name=kinds]", "input[name=methods]", "input[name=share_bank]", "textarea[name=papers]").Keep("loan-product-new")
	wrong := officer.Post("/office/loans/products/new", p.Form(form("bank", w.bank.ID.String(), "name", webtest.Hostile, "least", "很多", "share_bank", "40", "share_fund", "abc")))
	wrong.Want(422, "[role=alert]", "input[name=name][value*='<script>']", "input[name=share_bank][value='40']", "a[href='#f-least']").Holds("产品代号：")
	filled := form("bank", w.bank.ID.String(), "code", "QCD", "name", "青创贷"+webtest.Hostile, "name_en", "Youth loan", "area", "4212", "kinds", "individual", "kinds", "firm", "least", "1万元", "most", "30万元",
		"months_from", "6", "months_to", "36", "points", "150", "methods", "annuity", "basis", "360", "settle", "20", "guarantees", "company", "share_bank", "20", "share_guarantor", "70",
		"papers", "身份证\n营业执照", "papers_en", "ID card\nLicence", "apply_at", "城区支行"+webtest.Hostile, "from", "2026-01-01", "source", "协议第三条")
	officer.Post("/office/loans/products/new", p.Form(filled)).Want(422, "a[href='#f-shares']", "input[name=kinds][value=firm][checked]").Holds("合计应为 100%，现为 90.00%")
	filled.Set("share_government", "10")
	one := officer.Post("/office/loans/products/new", p.Form(filled)).Want(303).Location
	officer.Get(one).Want(200, "#shares", "form[action$='/publish']", "form[action$='/drop']", "form[action$='/confirm']").Holds("草稿", "LPR＋150bp", "等额本息", "城区支行", "营业执照", "1万元至30万元").Keep("loan-product-draft")
	officer.Post(one+"/publish", officer.Get(one).Form(nil)).Want(422, "[role=alert]").Holds("准入评审没有通过")
	p = officer.Get(one+"/edit").Want(200, "input[name=points][value='150']", "input[name=kinds][value=firm][checked]", "input[name=share_guarantor][value='70.00%']")
	officer.Post(one+"/edit", p.Form(form("share_bank", "30"))).Want(422, "input[name=methods][value=annuity][checked]")
	officer.Post(one+"/edit", p.Form(form("most", "25万元"))).Want(303)
	w.admit(officer)
	officer.Post(one+"/publish", form("_v", seen(officer, one))).Want(303)
	officer.Get(one).Want(200, "form[action$='/end']", "a[href^='/office/loans/products/new?as=']").Holds("可申请", "25万元").Lacks("/publish").Keep("loan-product")
	officer.In("en").Get(one).Want(200).Holds("Youth loan", "ID card", "Open to applications", "Equal instalments")
	officer.Get(one + "/edit").Want(409)
	next := officer.Get("/office/loans/products/new?as="+strings.TrimPrefix(one, "/office/loans/products/")).Want(200, "input[name=code][value=QCD]", "input[name=source][value='']")
	officer.Post("/office/loans/products/new", next.Form(form("from", "2027-01-01", "source", "新协议"))).Want(303)
	officer.Post(one+"/confirm", form("_v", seen(officer, one), "seen_in", "")).Want(422)
	officer.Post(one+"/confirm", form("_v", seen(officer, one), "seen_in", "协议原件"+webtest.Hostile)).Want(303)
	officer.Post(one+"/end", form("_v", seen(officer, one), "until", "2020-01-01")).Want(422).Holds("截止日应为今天或以后")
	officer.Post(one+"/end", form("_v", seen(officer, one), "until", "2099-12-31")).Want(303)
	officer.Get(one).Want(200).Holds("已核实", "2099年12月31日")
	officer.Get("/office/loans/products").Want(200, "#products a").Holds("可申请", "草稿").Keep("loan-products")
	officer.Get("/office/loans/banks").Want(200, "#criteria").Holds("已准入，有效到2099年12月31日").Keep("loan-banks")
	officer.Get("/office/loans/banks/" + w.bank.ID.String()).Want(200).Keep("loan-bank")

	reader := w.as("咸宁市", product.Read)
	reader.Get(one).Want(200).Lacks("/end\"", "/confirm", "?as=")
	reader.Get("/office/loans/products").Want(200).Lacks("/products/new")
	reader.Get("/office/loans/banks").Want(200).Lacks("/banks/criteria")
	reader.Get("/office/loans/banks/" + w.bank.ID.String()).Want(200).Lacks("/review\"")
	w.as("嘉鱼县").Get(one).Want(404)
	w.as("嘉鱼县").Get("/office/loans/banks/" + w.bank.ID.String()).Want(404)
	w.as("嘉鱼县").Get("/office/loans/products").Want(200, ".zd-empty")
}

// seen is the version of the edition that a page shows.
func seen(s *webtest.Site, page string) string {
	return s.Get(page).Find("input[name=_v]").AttrOr("value", "")
}
