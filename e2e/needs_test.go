package e2e

import (
	"regexp"
	"strings"
	"testing"
)

// A founder's need goes to a bank, whose answers twice do not solve it; it goes up to the county, which solves it. She
// has no account and follows it on her phone by the receipt of the form; officers sit at desks.
func TestAFoundersNeedIsSolvedInTheEnd(t *testing.T) {
	t.Parallel()
	s := theDemo(t)
	founder, clerk, bank, county := s.visit(t), s.visit(t), s.visit(t), s.visit(t)
	founder.width(phone)
	serial, words := founder.answers(s.aForm(t))

	// before anybody has read it, her page says so
	founder.follows(serial, words)
	founder.reads("还没有转办")
	founder.good()
	founder.width(phone)

	// the clerk makes a matter of it, on the bank's desk
	clerk.signIn("clerk")
	clerk.open("/office/forms")
	clerk.open(eval[string](clerk, `(() => { for (const a of document.querySelectorAll('main table a[href^="/office/forms/"]')) if (a.textContent.includes('青年创业者需求')) return a.getAttribute('href'); return ''; })()`))
	clerk.press("main a[href$='/answers']")
	clerk.press("main table a[href^='/office/answers/']")
	clerk.reads(serial)
	clerk.good()
	clerk.press("main a[href^='/office/voices/new']")
	clerk.good()
	clerk.choose("select[name=question]", "needs/money")
	clerk.write("input[name=find]", "农村商业银行")
	clerk.enter("main form[method=get] button[type=submit]")
	clerk.write("input[name=title]", "茶饮店缺流动资金三十万元")
	clerk.write("textarea[name=text]", "已开业，需三十万元流动资金，想问青创贷。")
	clerk.good()
	clerk.press("main form[action='/office/voices/new'][method=post] button[type=submit]")
	clerk.reads("咸安农村商业银行")
	voice := clerk.at()
	if strings.HasPrefix(voice, "/office/voices/new") {
		t.Fatalf("it was not raised:\n%s", clerk.words())
	}
	clerk.good()
	clerk.open("/office/voices")
	clerk.good()

	bank.signIn("bank")
	bank.replies("茶饮店缺流动资金三十万元", "请带身份证到柜台咨询。")
	founder.judges(serial, words, "unsolved", "柜台说没有这个产品。")
	founder.reads("办理中")
	bank.replies("茶饮店缺流动资金三十万元", "已转信贷部，请等通知。")
	founder.judges(serial, words, "unsolved", "等了没有消息。")
	founder.reads("交上一级")
	founder.good()

	// the bank has it no more, the county has
	bank.open("/office/queue")
	if strings.Contains(bank.words(), "茶饮店缺流动资金") {
		t.Error("it still lies with the bank")
	}
	county.signIn("xianan")
	county.replies("茶饮店缺流动资金三十万元", "已与银行、人社局商定，青创贷三十万元本周发放。")
	founder.judges(serial, words, "solved", "钱到账了。")
	founder.reads("已办结")

	clerk.open(voice)
	clerk.reads("钱到账了")
	clerk.reads("已办结")
	clerk.press("main a[href^='/office/matters/']")
	for _, line := range []string{"本人表示没解决", "多次没解决，交上一级", "本人表示已解决", "办结"} {
		clerk.reads(line)
	}
	clerk.good()
	for _, v := range []*visitor{founder, clerk, bank, county} {
		for _, c := range v.complaints() {
			t.Errorf("the browser says: %s", c)
		}
	}
}

// answers fills the demo's form in and gives the number and the words of the receipt.
func (v *visitor) answers(form string) (serial, words string) {
	v.t.Helper()
	v.open(form)
	v.live()
	v.tap("/who/stage", "idea")
	v.write(`input[name="/who/name"]`, "宋知遥")
	v.write(`input[name="/who/phone"]`, "13800000077")
	v.tap("/needs/kinds", "money")
	v.write(`input[name="/needs/money"]`, "30")
	v.tap("/agree", "OK")
	v.press("form[data-zd-fill] button[value=submit]")
	v.reads("已收到您的答案")
	text := v.words()
	serial, words = regexp.MustCompile(`卷-\d{4}-\d{5}`).FindString(text), regexp.MustCompile(`[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}`).FindString(text)
	if serial == "" || words == "" {
		v.t.Fatalf("no receipt:\n%s", text)
	}
	return serial, words
}

// follows looks at what became of an answer, by its receipt.
func (v *visitor) follows(serial, words string) {
	v.t.Helper()
	v.open("/")
	v.press("main a[href='/voice']")
	v.good()
	v.width(phone)
	v.write("input[name=serial]", serial)
	v.write("input[name=words]", words)
	v.press("main form[action='/voice'] button[type=submit]")
}

// judges says whether an answer has helped.
func (v *visitor) judges(serial, words, verdict, said string) {
	v.t.Helper()
	v.follows(serial, words)
	v.reads("已答复，请评价")
	v.write("textarea[name=said]", said)
	v.press("main form[action='/voice'] button[value=" + verdict + "]")
	v.reads("已收到您的评价")
}

// replies answers a matter from the queue.
func (v *visitor) replies(title, answer string) {
	v.t.Helper()
	v.open("/office/queue")
	v.reads(title)
	link := eval[string](v, `(() => { for (const a of document.querySelectorAll('main table a[href^="/office/matters/"]')) if (a.textContent.includes("`+title+`")) return a.getAttribute('href'); return ''; })()`)
	v.open(link + "/answer")
	v.good()
	v.write("textarea[name=answer]", answer)
	v.press("main form[action$='/answer'] button[type=submit]")
	v.reads(answer)
}
