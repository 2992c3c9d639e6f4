package startuploanweb_test

import (
	"net/url"
	"slices"
	"testing"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/startuploan"
)

// A founder without a venture is told what to do first; whoever is not signed in signs in first.
func TestNobodyHasApplied(t *testing.T) {
	t.Parallel()
	c := found(t)
	c.site.As(her).Get("/my/loans").Want(200, ".zd-empty", "a[href='/my/ventures/new']")
	c.site.Get("/my/loans").Want(303)
	c.site.As(her).Post("/my/loans", url.Values{"venture": {"x"}, "kind": {"loan"}}).Want(422, "[role=alert]")
}

// A draft leads from step to step: what is typed wrong stays where it was typed, what is missing is told at the end, and nobody else
// finds it.
func TestADraftIsFilledIn(t *testing.T) {
	t.Parallel()
	c := found(t)
	which := c.begun("洞天" + webtest.Hostile)
	top, own := "/my/loans/"+which.String(), c.site.As(her)
	own.Get("/my/loans").Want(200, "table a[href='"+top+"/money']", "form[action='/my/loans'] input[name=venture]").Holds("草稿").Lacks(webtest.Hostile)
	for _, step := range []string{"money", "business", "people", "debts", "papers", "submit"} {
		own.Get(top+"/"+step).Want(200, ".zd-wizard", "main form").Lacks(webtest.Hostile)
		c.site.As(authz.Actor{City: her.City, User: "him"}).Get(top + "/" + step).Want(404)
		c.site.As(c.role("clerk", "咸安区", startuploan.Read, startuploan.Enter)).Get("/office/loans/applications/" + which.String() + "/fill/" + step).Want(409)
	}
	own.Get(top + "/vanish").Want(404)
	own.Get(top+"/submit").Want(200, ".finding-missing", "button[disabled], [aria-disabled=true]").Holds("填写申请金额")

	money := own.Get(top + "/money")
	own.Post(top+"/money", money.Form(url.Values{"kind": {"individual"}, "amount": {"二十万"}, "purpose": {"买机器" + webtest.Hostile}})).Want(422, "[role=alert] a[href='#f-amount']", "input[name=amount][value='二十万']").Lacks(webtest.Hostile)
	own.Post(top+"/money", money.Form(url.Values{"kind": {"individual"}, "amount": {"20万"}, "months": {"24"}, "method": {"quarterly-interest"}, "guarantee": {"waived"}, "bank": {c.bank.ID.String()}, "purpose": {"买机器"}})).Want(303)
	own.Post(top+"/money", money.Form(url.Values{"_key": {web.NewKey()}, "kind": {"individual"}, "amount": {"30万"}})).Want(422, "input[name=amount][value='30万']") // over what was read before

	code, err := cn.SyntheticCreditCode("92", "421202", 17)
	must(t, err)
	own.Post(top+"/try-money", url.Values{"kind": {"individual"}, "amount": {"30万"}, "months": {"很久"}}).Want(200, ".finding-stops").Holds("30万元", "期限").Lacks("<html", webtest.Hostile)
	own.Post(top+"/try-people", url.Values{}).Want(404)
	c.site.As(authz.Actor{City: her.City, User: "him"}).Post(top+"/try-money", url.Values{"amount": {"30万"}}).Want(404)
	if a := c.find(which); a.Amount != 20_000_000 {
		t.Errorf("what was only tried is kept: %s", a.Amount)
	}

	business := own.Get(top + "/business")
	own.Post(top+"/business", business.Form(url.Values{"credit": {"91421202MA4900001X"}})).Want(422, "#f-credit", "[role=alert]")
	own.Post(top+"/business", business.Form(url.Values{"industry": {"C1530"}, "credit": {string(code)}})).Want(303)

	people := own.Get(top + "/people")
	own.Post(top+"/people", people.Form(url.Values{"role": {"applicant"}, "name": {"周知夏" + webtest.Hostile}, "number": {"42100219900506001"}, "sex": {"2"}})).Want(422, "#f-number").Lacks(webtest.Hostile)
	own.Post(top+"/people", people.Form(url.Values{"role": {"applicant"}, "name": {"周知夏" + webtest.Hostile}, "number": {number("1990-05-06")}, "sex": {"2"}, "marital": {"single"}, "group": {"07"}, "agreed": {"1"}})).Want(303)
	own.Get(top+"/people?party=1").Want(200, "input[name=number]").Lacks(webtest.Hostile, number("1990-05-06"))

	debts := own.Get(top + "/debts")
	own.Post(top+"/debts", debts.Form(url.Values{"party": {"1"}, "debt": {"housing"}, "lender": {"某行"}, "owed": {"-5"}})).Want(422, "#f-owed")
	own.Post(top+"/debtless", debts.Form(url.Values{"who": {"1"}})).Want(303)

	papers := own.Get(top + "/papers")
	version := papers.Find("input[name=_v]").AttrOr("value", "")
	own.Upload(top+"/papers", map[string]string{"_v": version, "paper": "id_card"}, "file", "身份证.exe", "MZ...").Want(422, "[role=alert]")
	for _, kind := range []string{"id_card", "household", "license", "group_proof"} {
		papers = own.Get(top+"/papers").Want(200, "select[name=paper] option[selected][value="+kind+"]")
		own.Upload(top+"/papers", map[string]string{"_key": web.NewKey(), "_v": papers.Find("input[name=_v]").AttrOr("value", ""), "paper": kind}, "file", "照片"+webtest.Hostile+".png", string(picture())).Want(303)
	}
	own.Get(top+"/papers").Want(200, "#papers tbody tr:nth-child(4)").Lacks(webtest.Hostile)

	last := own.Get(top+"/submit").Want(200, "button[type=submit]", "input[name=agreed]").Lacks("finding-missing")
	own.Post(top+"/submit", last.Form(nil)).Want(422, "#f-agreed")
	own.Post(top+"/submit", last.Form(url.Values{"_key": {web.NewKey()}, "agreed": {"1"}})).Want(303)
	own.Get(top).Want(200, ".zd-line li.now", "form[action='"+top+"/withdraw']").Holds("办理中", "受理").Lacks(webtest.Hostile)
	own.Post(top+"/money", own.Get(top+"/money").Form(nil)).Want(422, "[role=alert]")
	own.Post(top+"/withdraw", own.Get(top).Form(url.Values{"reason": {"不贷了"}})).Want(303)
	own.Get(top).Want(200).Holds("不贷了").Lacks("/withdraw")
}

// At the counter a clerk begins by the serial number of the dossier, and sees what is still to be filled in.
func TestTheCounter(t *testing.T) {
	t.Parallel()
	c := found(t)
	c.begun("洞天茶坊")
	clerk := c.site.As(c.role("clerk", "咸安区", startuploan.Read, startuploan.Enter, venture.Read))
	clerk.Get(list+"/new").Want(200, "input[name=venture]", "input[name=kind]")
	clerk.Post(list+"/new", url.Values{"venture": {"项目-2026-99999" + webtest.Hostile}, "kind": {"individual"}}).Want(422, "#f-venture").Lacks(webtest.Hostile)
	var serial string
	must(t, c.DB.Read(t.Context(), c.City, func(q *sqldb.Rx) error {
		return q.Row(`SELECT serial FROM venture WHERE city = $1`).Scan(&serial)
	}))
	made := clerk.Post(list+"/new", url.Values{"venture": {serial}, "kind": {"individual"}}).Want(303)
	clerk.Get(made.Location).Want(200, "input[name=amount]", "form[action$='/fill/money']")
	clerk.Get(list+"?state=draft").Want(200, "#loans a[href$='/fill/money']")
	c.site.As(her).Get("/my/loans").Want(200).Lacks(made.Location)
	c.site.As(c.role("other", "嘉鱼县", startuploan.Read, startuploan.Enter, venture.Read)).Get(made.Location).Want(404)
}

// Conditions of the version in force are told while one types, in the words of the book.
func TestConditionsAreToldInTheirOwnWords(t *testing.T) {
	t.Parallel()
	c := found(t, func(b rulebook.Book) rulebook.Book { // as if the old rules went on
		b = slices.DeleteFunc(b, func(v rulebook.Version) bool { return v.Key == "HB-2025" })
		for i := range b {
			if b[i].Key == "HB-QCD-2023/24" {
				b[i].Until = 0
			}
		}
		return b
	})
	which := c.begun("洞天")
	at := "/my/loans/" + which.String() + "/try-money"
	c.site.As(her).Post(at, url.Values{"kind": {"individual"}, "amount": {"60万"}, "months": {"24"}}).Want(200, ".finding-stops", ".finding-holds").Holds("不符合：金额不超过额度", "应改为", "期限不超过规定")
	c.site.As(her).In("en").Post(at, url.Values{"kind": {"individual"}, "amount": {"600000"}, "months": {"24"}}).Want(200, ".finding-stops").Holds("Not kept: The amount is within the limit")
}
