package productweb_test

import (
	"testing"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/startuploan/policy"
)

// rules takes in what comes with the program; named, the guide's rules are the city's own and in force.
func (w *world) rules(named bool) {
	w.t.Helper()
	s := &rulebook.Service{DB: w.s.DB, Products: []rulebook.Product{{Key: policy.Product, Facts: policy.Facts}}}
	book, quotes, err := policy.Shipped()
	if err != nil {
		w.t.Fatal(err)
	}
	if named {
		v, err := book.Find(policy.Product, "HB-QCD-2023/24")
		if err != nil {
			w.t.Fatal(err)
		}
		v.Key, v.Area, v.From, v.Until = "XN-2026", "4212", day.Must("2026-01-01"), 0
		v.Title += webtest.Hostile
		for i := range book {
			if book[i].Key == "HB-2025" {
				book = append(book[:i], book[i+1:]...)
				break
			}
		}
	}
	if err := s.TakeIn(w.t.Context(), authz.System(w.City), book, quotes); err != nil {
		w.t.Fatal(err)
	}
}

// offer publishes the bank's product, by the pages.
func (w *world) offer() {
	w.t.Helper()
	officer := w.as("咸宁市")
	w.admit(officer)
	p := officer.Get("/office/loans/products/new")
	one := officer.Post("/office/loans/products/new", p.Form(form("bank", w.bank.ID.String(), "code", "QCD", "name", "青创贷", "name_en", "Youth loan", "area", "4212", "kinds", "individual", "least", "1万元", "most", "30万元",
		"months_from", "6", "months_to", "36", "points", "150", "methods", "annuity", "basis", "360", "settle", "20", "guarantees", "company", "share_bank", "100",
		"papers", "身份证\n营业执照"+webtest.Hostile, "papers_en", "ID card\nLicence", "apply_at", "城区支行", "from", "2026-01-01", "source", "协议第三条"))).Want(303).Location
	officer.Post(one+"/publish", form("_v", seen(officer, one))).Want(303)
}

// A stranger on a phone answers some questions and sees rule by rule what she could get, what would have to change, what to bring and
// where to go. Nothing is written.
func TestWhatCanIGet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.site.Get("/loans").Want(200, "input[name=age]", "select[name=county]", "select[name=group]", "input[name=kind]", ".zd-empty").Holds("回答不保存", "现在没有可以申请的产品").Lacks("id=\"result\"")
	w.site.Post("/loans", form("kind", "individual")).Want(200, "#result").Holds("没有", "请向受理窗口询问")
	w.rules(true)
	w.offer()
	w.site.Get("/loans").Want(200, "details.zd-more summary", "select[name=industry] option[value=K70]").Holds("青创贷", "营业执照", "城区支行").Keep("loans")
	good := form("kind", "individual", "county", w.Nodes["咸安区"].ID.String(), "age", "28", "group", "05", "industry", "C15", "amount", "20万", "months", "36", "open_loans", "0", "earlier_loans", "0",
		"overdue_before", "no", "good_credit", "yes", "dishonest", "no", "prize", "yes", "pool", "no")
	w.site.Post("/loans", good).Want(200, "#rules-XN-2026-held", "article[data-answer=yes]", "input[name=age][value='28']", "option[value='05'][selected]").
		Holds("按您所说，符合条件", "年龄（周岁） 28", "年龄上限（周岁，含） 45（XN-2026）", "身份证", "LPR 3.00%（未核实）为 4.50%", "不属优先").Keep("loans-yes")
	bad := form()
	for k, v := range good {
		bad[k] = v
	}
	bad.Set("age", "46")
	bad.Set("amount", "31万")
	bad.Set("industry", "K70")
	w.site.Post("/loans", bad).Want(200, "#rules-XN-2026 tbody tr", "details.zd-more #rules-XN-2026-held", "article[data-answer=no]").Holds("有条件不符合", "年龄（周岁）不超过 45", "申请金额不超过 30万元", "规定未核实，须看材料", "行业代码不属于 E、K70").Keep("loans-no")
	bad.Set("age", "很大"+webtest.Hostile)
	w.site.Post("/loans", bad).Want(422, "[role=alert]", "input[name=age][value*='<script>']", "a[href='#f-age']").Lacks("data-answer")
	w.site.In("en").Post("/loans", good).Want(200).Holds("By what you say, you qualify", "Youth loan", "ID card", "Age (full years) 28", "Not above the age limit")
	w.site.Post("/loans", form("kind", "firm", "county", "outside", "staff", "18", "new_hires", "1")).Want(200, "article[data-answer=no]").Holds("在湖北经营", "一年内新招用重点群体人数至少 2", "没有说明")
}

// Where the policy's text is not known the answer is "not filled", and what was in force before is shown as that.
func TestNotFilled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.rules(false)
	w.offer()
	w.site.Post("/loans", form("kind", "individual", "age", "30", "amount", "20万", "months", "12")).Want(200, "#rules-HB-QCD-2023\\/24", "article[data-answer=doubt]").
		Holds("未填写：HB-2025", "现已不适用", "须由受理单位看材料").Keep("loans-not-filled")
}
