package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
)

// applied is the first half of a loan's story, and gives the application that was approved: a founder applies on her phone, the township
// looks at her shop where there is no network, and each desk acts from its own screen, four of them at the same time.
func (s *site) applied(t *testing.T) (id string) {
	t.Helper()
	league := s.visit(t)
	league.signIn("clerk")
	league.withoutNotice()

	founder, town := s.visit(t), s.visit(t)
	founder.width(phone)
	founder.byPhone("13800008078")
	town.signIn("town")
	founder.proposes()
	town.open("/office/ventures?state=draft")
	town.open(town.linkTo("桂花里冷链"))
	town.good()
	town.enter("main form[action$='/take'] button[type=submit]")
	id = founder.applies(t)

	// the township takes it in, and looks at the shop without network
	town.sits("intake", "桂花里冷链")
	town.good()
	town.enter("main form[action$='/pass'] button[type=submit]")
	s.surveys(t, "桂花里冷链")

	bank, second, hr, guarantor, finance, county := s.visit(t), s.visit(t), s.visit(t), s.visit(t), s.visit(t), s.visit(t)
	bank.signIn("bank")
	bank.sits("survey", "桂花里冷链")
	bank.good()
	bank.press("main a[href*='/survey/']")
	bank.reads("冷库一间")
	bank.good()
	bank.sits("survey", "桂花里冷链")
	bank.tap("verdict", "adopted")
	bank.enter("main form[action$='/adopt'] button[type=submit]")
	county.signIn("xianan")
	county.sits("league", "桂花里冷链")
	county.good()
	county.tap("flag", "1")
	county.enter("main form[action$='/pass'] button[type=submit]")

	// four desks have it before them at once, and the bank's takes two
	hr.signIn("hr")
	guarantor.signIn("guarantor")
	finance.signIn("finance")
	desks := []struct {
		v    *visitor
		desk string
	}{{hr, "hr"}, {guarantor, "guarantor"}, {finance, "finance"}, {bank, "bank"}}
	for _, d := range desks {
		d.v.sits(d.desk, "桂花里冷链")
		d.v.good()
	}
	bank.write("input[name=rate]", "4.35")
	for _, d := range desks {
		d.v.enter("main form[action$='/pass'] button[type=submit]")
	}
	second.signIn("bank2")
	second.sits("bank", "桂花里冷链")
	second.good()
	second.enter("main form[action$='/second'] button[type=submit]")

	founder.open("/my/loans/" + id)
	founder.reads("已同意，待签约")
	founder.good()
	for _, v := range []*visitor{league, founder, town, bank, second, hr, guarantor, finance, county} {
		for _, c := range v.complaints() {
			t.Errorf("the browser says: %s", c)
		}
	}
	return id
}

// linkTo is the address of a table's line that says something.
func (v *visitor) linkTo(words string) string {
	v.t.Helper()
	href := eval[string](v, fmt.Sprintf(`(() => { for (const r of document.querySelectorAll('main table tr')) if (r.textContent.includes(%q)) return r.querySelector('a').getAttribute('href'); return ''; })()`, words))
	if href == "" {
		v.t.Fatalf("%s lists no %s:\n%s", v.at(), words, v.words())
	}
	return href
}

// sits opens an application from a desk's queue.
func (v *visitor) sits(desk, name string) {
	v.t.Helper()
	v.open("/office/loans/queue?desk=" + desk)
	v.open(v.linkTo(name))
}

// withoutNotice lets the county's applications go their way without the notice, which takes working days.
func (v *visitor) withoutNotice() {
	v.t.Helper()
	v.open("/office/loans/way")
	named := func(field, name string) {
		v.choose("select[name="+field+"]", eval[string](v, fmt.Sprintf(`[...document.querySelector('select[name=%s]').options].find(o => o.text.startsWith(%q)).value`, field, name)))
	}
	named("county", "咸安区")
	named("org_hr", "咸安区人力资源")
	named("org_finance", "咸安区财政局")
	v.click("input[name=four_bank]")
	v.write("input[name=turn_notice]", "")
	v.write("input[name=days_notice]", "")
	v.write("input[name=source]", "区青创贷联席会议纪要（演示）")
	v.press("main form[action='/office/loans/way'] button[type=submit]")
	v.reads("区青创贷联席会议纪要")
}

// proposes enters a founder's venture.
func (v *visitor) proposes() {
	v.t.Helper()
	v.open("/my/ventures/new")
	v.good()
	v.width(phone)
	v.write("input[name=name]", "桂花里冷链")
	for field, value := range map[string]string{"founder": "林桂枝", "address": "汀泗桥镇正街 8 号", "staff": "3"} {
		if v.has("input[name=" + field + "]") {
			v.write("input[name="+field+"]", value)
		}
	}
	for _, field := range []string{"industry", "category", "stage", "entity", "org"} {
		v.choose("select[name="+field+"]", eval[string](v, fmt.Sprintf(`(() => {
			const all = [...document.querySelector('select[name=%s]').options].filter(o => o.value !== '');
			return (all.find(o => o.text.includes('汀泗桥')) ?? all[0]).value;
		})()`, field)))
	}
	v.choose("input[name=began]", "2024-03-01")
	v.enter("main form[data-zd-once] button[type=submit]")
	if strings.HasSuffix(v.at(), "/new") {
		v.t.Fatalf("the venture was not taken:\n%s", v.words())
	}
}

// applies fills an application in on the phone, step by step, and hands it in.
func (v *visitor) applies(t *testing.T) (id string) {
	t.Helper()
	number, err := cn.SyntheticID("421003", day.Must("1996-08-19"))
	if err != nil {
		t.Fatal(err)
	}
	next := func(step string) {
		t.Helper()
		v.good()
		v.width(phone)
		v.enter("main form[action$='/" + step + "'] button[type=submit]")
	}
	v.open("/my/loans")
	next("loans")
	id = strings.Split(v.at(), "/")[3]
	v.write("input[name=amount]", "10万")
	v.write("input[name=months]", "24")
	v.write("textarea[name=purpose]", "添一间冷库，赶下半年的订单")
	v.choose("select[name=method]", "quarterly-interest")
	v.choose("select[name=guarantee]", "waived")
	v.choose("select[name=bank]", eval[string](v, `[...document.querySelector('select[name=bank]').options].find(o => o.text.startsWith('咸安')).value`))
	next("money")
	v.write("input[name=earlier]", "0")
	next("business")
	v.write("input[name=name]", "林桂枝")
	v.write("input[name=number]", string(number))
	v.tap("sex", "2")
	v.choose("select[name=marital]", "single")
	v.choose("select[name=group]", "07")
	v.click("input[name=agreed]")
	next("people")
	v.press("main a.btn[href$='/debts']")
	v.click("input[name=who]")
	next("debtless")
	scan := photo(t)
	for wanted := `document.body.innerText.split('：还没传').length - 1`; ; { // the page takes each answer in where it stands
		left := eval[int](v, wanted)
		if left == 0 {
			break
		}
		v.upload("input[name=file]", scan)
		v.click("main form[action$='/papers'] button[type=submit]")
		v.waits(fmt.Sprintf("%s === %d", wanted, left-1), "the paper to be there")
	}
	v.good()
	v.width(phone)
	v.press("main a.btn[href$='/submit']")
	v.click("input[name=agreed]")
	next("submit")
	v.reads("已提交")
	return id
}

// surveys is the township's secretary, who fills the survey in where there is no network and sends it when she is back.
func (s *site) surveys(t *testing.T, name string) {
	t.Helper()
	wire := s.line(t)
	browser := wire.visit(t)
	browser.signIn("town")
	v := browser.tab()
	v.open("/field")
	v.waits(offered+`('青创贷贷前调查')`, "the survey to be there")
	v.installed()
	v.network(wire, false)
	v.begins("青创贷贷前调查")
	eval[bool](v, fmt.Sprintf(`(() => { [...document.querySelectorAll('[data-zd-choices="which/application"] label')].find(l => l.innerText.includes(%q)).click(); return true; })()`, name))
	v.choose(`input[name="/which/visited"]`, day.Of(time.Now(), time.FixedZone("CST", 8*3600)).String())
	v.shoot("survey-1")
	v.click(`[data-zd-turn="1"]`)
	v.waits(`document.querySelector('[data-zd-q="site/open"]').offsetParent !== null`, "what is seen at the shop")
	v.tap("/site/open", "yes")
	v.upload(`input[name="file:site/front"]`, photo(t))
	v.waits(`document.querySelector('.zd-shots img') !== null`, "the photograph to be kept")
	v.write(`input[name="/site/staff"]`, "3")
	v.write(`textarea[name="/site/stock"]`, "冷库一间，货架六组。")
	v.shoot("survey-2")
	v.click(`[data-zd-turn="1"]`)
	v.waits(`document.querySelector('[data-zd-q="money/words"]').offsetParent !== null`, "what she says of money")
	v.write(`input[name="/money/income"]`, "26000")
	v.click(`.zd-turn [type=submit]`)
	v.unsent(1)
	v.network(wire, true)
	v.unsent(0)
	for _, c := range v.complaints() {
		t.Errorf("the browser says: %s", c)
	}
}
