package fillweb_test

import (
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/web/webtest"
)

// hand fills a form in and gives the number and the words of its receipt.
func (w *world) hand(site *webtest.Site, at string, typed url.Values) (serial, words string) {
	w.t.Helper()
	done := site.Post(at, press(site.Get(at), "submit", typed)).Want(200, ".zd-receipt")
	code := done.Find(".zd-big-code")
	return code.First().Text(), done.Find("#words").Text()
}

func TestAnAnswerIsFoundByItsReceipt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, at := w.publish(needs)
	serial, words := w.hand(w.site, at, url.Values{"/who": {webtest.Hostile}, "/kind": {"room"}, "/phone": {"13800000000"}})
	w.site.Get("/receipt").Want(200, "input[name=serial]", "input[name=words]").Lacks(serial, words).Keep("receipt-find")
	w.site.Post("/receipt", url.Values{"serial": {serial}}).Want(422, ".zd-errs")
	w.site.Post("/receipt", url.Values{"serial": {serial}, "words": {"AAAA-BBBB-CCCC"}}).Want(422, ".zd-errs").Holds("编号或凭证不对").Lacks("13800000000")
	mine := url.Values{"serial": {strings.ToLower(serial)}, "words": {strings.ToLower(strings.ReplaceAll(words, "-", ""))}}
	seen := w.site.Post("/receipt", mine).Want(200, "dl.zd-said", "button[value=edit]", "button[value=withdraw]").Holds("13800000000", "场地", webtest.Hostile, "没有填").Keep("seen")

	edit := w.site.Post("/receipt", press(seen, "edit", nil)).Want(200, "input[name='/phone'][value='13800000000']", "input[name='/kind'][value=room][checked]", "form[data-zd-fill]").Keep("correct")
	if edit.Find("form[data-zd-draft]").Length() > 0 {
		t.Error("a correction is kept in the browser")
	}
	wrong := w.site.Post("/receipt", press(edit, "submit", url.Values{"/age": {"5"}})).Want(422, ".zd-errs").Holds("请填 14 到 35")
	sent := press(wrong, "submit", url.Values{"/age": {"25"}, "/who": {"王二"}})
	w.site.Post("/receipt", sent).Want(200).Holds("已按您修改的内容保存", "王二", "25").Keep("corrected")
	if got := w.answers(v.Form); len(got) != 1 || got[0].Content["who"] != "王二" {
		t.Errorf("answers are %+v", got)
	}
	stale := press(edit, "submit", url.Values{"_key": {"another-key-of-the-page"}})
	w.site.Post("/receipt", stale).Want(422).Holds("刚刚被别人改过")

	seen = w.site.Post("/receipt", mine)
	sure := w.site.Post("/receipt", press(seen, "withdraw", nil)).Want(200, "button[value=withdraw-sure]").Holds(serial).Keep("withdraw")
	w.site.Post("/receipt", press(sure, "withdraw-sure", nil)).Want(200).Holds("您已撤回").Lacks("13800000000", "王二")
	if got := w.answers(v.Form); len(got) != 0 {
		t.Errorf("answers are %+v", got)
	}
	w.site.In("en").Get("/receipt").Want(200).Holds("Find my answers")
}

func TestAnswersOfAnAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, at := w.publish(needs)
	me, other := w.site.As(authz.Actor{City: w.City, User: "me"}), w.site.As(authz.Actor{City: w.City, User: "other"})
	me.Get("/my/forms").Want(200, ".zd-empty").Keep("mine-empty")
	serial, words := w.hand(me, at, url.Values{"/who": {"王小二"}, "/kind": {"room"}})
	if words != "" {
		t.Error("an account needs no words")
	}
	page := "/my/forms/" + url.PathEscape(serial)
	me.Get("/my/forms").Want(200, "#mine a[href='"+page+"']").Holds("创业者需求", "可以修改").Keep("mine")
	other.Get("/my/forms").Want(200).Lacks(serial)
	other.Get(page).Want(404)
	w.site.Get(page).Want(303)
	w.site.Post(page, url.Values{"do": {"withdraw-sure"}}).Want(401)
	edit := me.Post(page, press(me.Get(page).Want(200, "button[value=edit]"), "edit", nil)).Want(200, "input[name='/who'][value=王小二]")
	if a := me.Post(page, press(edit, "submit", url.Values{"/who": {"王二"}})); a.Status != 303 || a.Location != page {
		t.Fatalf("%d to %s", a.Status, a.Location)
	}
	me.Get(page).Want(200).Holds("王二")
	if err := w.s.End(t.Context(), w.by, v.Form); err != nil {
		t.Fatal(err)
	}
	closed := me.Get(page).Want(200).Holds("不能再修改").Lacks("value=\"edit\"")
	me.Post(page, press(closed, "edit", nil)).Want(409).Holds("现在不接受填写")
	me.Post(page, press(edit, "submit", nil)).Want(409)
	me.Get("/my/forms").Want(200).Holds("已截止")
}
