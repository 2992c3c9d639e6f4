package fillweb_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/platform/web/webtest"
)

const needs = `
| survey   |                   |        |                       |                |          |                          |                                  |          |           |            |
|          | type              | name   | label                 | hint           | required | relevant                 | constraint                       | constraint_message | zd_class  | calculation |
|          | note              | hello  | **您好**，请[看说明](https://example.cn/) |                |          |                          |                                  |          |           |            |
|          | text              | who    | 姓名                  | 与身份证一致   | yes      |                          |                                  |          | personal  |            |
|          | integer           | age    | 年龄                  |                |          |                          | . >= 14 and . <= 35              | 请填 14 到 35 | |            |
|          | text              | phone  | 电话                  |                |          |                          | regex(., '1[0-9]{10}')           |          | sensitive |            |
|          | select_one k      | kind   | ${who}，您最需要什么  |                | yes      |                          |                                  |          |           |            |
|          | decimal           | sum    | 要多少（万元）        |                |          | ${kind} = 'money'        |                                  |          |           |            |
|          | select_multiple k | all    | 还有哪些              |                |          |                          |                                  |          |           |            |
|          | rank k            | order  | 排个次序              |                |          |                          |                                  |          |           |            |
|          | range             | happy  | 满意吗                |                |          |                          |                                  |          |           |            |
|          | date              | born   | 生日                  |                |          |                          |                                  |          |           |            |
|          | geopoint          | where  | 在哪里                |                |          |                          |                                  |          |           |            |
|          | acknowledge       | agree  | 我同意                |                |          |                          |                                  |          |           |            |
|          | text              | twice  | 年龄的两倍            |                |          |                          |                                  |          |           | ${age} * 2 |
|          | begin repeat      | child  | 孩子                  |                |          |                          |                                  |          |           |            |
|          | text              | name   | 名字                  |                |          |                          |                                  |          |           |            |
|          | end repeat        |        |                       |                |          |                          |                                  |          |           |            |
| choices  |                   |        |                       |                |          |                          |                                  |          |           |            |
|          | list_name         | name   | label                 |                |          |                          |                                  |          |           |            |
|          | k                 | money  | 资金                  |                |          |                          |                                  |          |           |            |
|          | k                 | room   | 场地                  |                |          |                          |                                  |          |           |            |
| settings |                   |        |                       |                |          |                          |                                  |          |           |            |
|          | form_title        | form_id | version              |                |          |                          |                                  |          |           |            |
|          | 创业者需求        | needs  | 1                     |                |          |                          |                                  |          |           |            |
`

func TestAFormIsFilledInWithoutScripts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, at := w.publish(needs)
	first := w.site.Get(at).Want(200, "input[name='/who'][type=text]", "input[name='/age'][inputmode=numeric]", "input[name='/kind'][type=radio]",
		"input[name='/all'][type=checkbox]", "select[name='/order']", "input[name='/happy'][type=radio][value='10']", "input[name='/born'][type=date]",
		"input[name='/agree'][type=checkbox]", "input[name='/child[1]/name']", "button[value='add:child']", "button[value='remove:child[1]']",
		"[data-zd-q='sum'][hidden] input[name=off][value=sum]", "button[value=submit]", "strong", "a[href='https://example.cn/']", "input[name=_key]", "noscript").
		Holds("创业者需求", "咸安区甲镇", "与身份证一致", "必填").Keep("fill")
	if n := first.Find(".zd-q:not([hidden]) .zd-req").Length(); n != 2 {
		t.Errorf("%d questions are marked as required", n)
	}
	if first.Find("[data-zd-q=phone][data-zd-sensitive]").Length() != 1 || first.Find("[data-zd-q=who][data-zd-sensitive]").Length() != 0 {
		t.Error("what a browser may keep is not marked")
	}

	// What is wrong stands beside its question, and nothing typed is lost.
	typed := url.Values{"/age": {"９９"}, "/phone": {"12"}, "/who": {""}, "/born": {"昨天"}, "/child[1]/name": {"𠮷㛃😀"}}
	wrong := w.site.Post(at, press(first, "submit", typed)).Want(422, ".zd-errs a[href='#f-q2']", "#f-q2[aria-invalid]", "#f-q3-err:not([hidden])").
		Holds("请填 14 到 35", "这一题必填", "这不是日期").Keep("fill-wrong")
	for field, value := range map[string]string{"/age": "99", "/phone": "12", "/born": "昨天", "/child[1]/name": "𠮷㛃😀"} {
		if got := wrong.Find("input[name='"+field+"']").AttrOr("value", ""); got != value {
			t.Errorf("%s: typed %q, shown again %q", field, value, got)
		}
	}

	// A question that the answers lead to is asked before anything is taken.
	more := w.site.Post(at, press(wrong, "submit", url.Values{"/who": {"王小二"}, "/age": {"20"}, "/phone": {""}, "/born": {"2006-01-02"}, "/kind": {"money"}})).
		Want(200, "[data-zd-q=sum]:not([hidden])").Holds("又多了 1 题", "王小二，您最需要什么", "40").Keep("fill-more")
	if len(w.answers(v.Form)) > 0 {
		t.Fatal("answers were taken too early")
	}

	// Repeats come and go.
	two := w.site.Post(at, press(more, "add:child", url.Values{"/sum": {"30"}})).Want(200, "input[name='/child[2]/name']", "input[name='/child[1]/name'][value='𠮷㛃😀']")
	one := w.site.Post(at, press(two, "remove:child[1]", url.Values{"/child[2]/name": {"小三"}})).Want(200, "input[name='/child[1]/name'][value=小三]")
	if one.Find("input[name='/child[2]/name']").Length() > 0 {
		t.Error("the repeat is still there")
	}

	sent := press(one, "submit", url.Values{"/order": {"room", "money"}, "/all": {"money", "room"}, "/agree": {"OK"}, "/happy": {"7"}})
	done := w.site.Post(at, sent).Want(200, ".zd-big-code#words", "[data-zd-draft-done]").Holds("卷-", "只显示这一次").Keep("receipt")
	again := w.site.Post(at, sent).Want(200)
	if a, b := done.Find(".zd-big-code").Text(), again.Find(".zd-big-code").Text(); a != b {
		t.Errorf("sent twice: %s and %s", a, b)
	}
	got := w.answers(v.Form)
	if len(got) != 1 {
		t.Fatalf("%d answers", len(got))
	}
	for name, want := range map[string]string{"who": "王小二", "age": "20", "kind": "money", "sum": "30", "all": "money room", "order": "room money", "happy": "7", "agree": "OK", "twice": "40", "born": "2006-01-02"} {
		if got[0].Content[name] != want {
			t.Errorf("%s is %q, not %q", name, got[0].Content[name], want)
		}
	}
	if child := got[0].Content["child"].([]any)[0].(map[string]any)["name"]; child != "小三" {
		t.Errorf("the child is %v", child)
	}
	w.site.In("en").Get(at).Want(200).Holds("Hand in", "Add one more")
}

const waiting = `
| survey   |           |         |        |                                |         |
|          | type      | name    | label  | calculation                    | trigger |
|          | text      | who     | 姓名   |                                |         |
|          | integer   | age     | 年龄   |                                |         |
|          | text      | greet   | 称呼   | concat(${who}, '，', ${age})   | ${age}  |
| settings |           |         |        |                                |         |
|          | form_title | form_id |       |                                |         |
|          | 称呼      | greets  |        |                                |         |
`

// What waits for a change is worked out at each step, also without scripts: the page says how it was drawn.
func TestWhatWaitsIsWorkedOutWithoutScripts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, at := w.publish(waiting)
	said := func(a *webtest.Answer, want, was string) {
		t.Helper()
		if got := a.Find("input[name='/greet']").AttrOr("value", ""); got != want {
			t.Errorf("says %q, not %q", got, want)
		}
		if got := a.Find("input[name='was:age']").AttrOr("value", "-"); got != was {
			t.Errorf("was drawn with %q, not %q", got, was)
		}
	}
	page := w.site.Get(at).Want(200, "input[type=hidden][name='was:age']").Keep("fill-waits")
	if page.Find("input[name='was:who'], input[name='was:greet']").Length() > 0 {
		t.Error("nothing waits for these")
	}
	page = w.site.Post(at, press(page, "go", url.Values{"/who": {"小二"}}))
	said(page, "", "")
	page = w.site.Post(at, press(page, "go", url.Values{"/age": {"２０"}}))
	said(page, "小二，20", "20")
	page = w.site.Post(at, press(page, "go", url.Values{"/greet": {"二哥"}, "/who": {"小三"}}))
	said(page, "二哥", "20")
	page = w.site.Post(at, press(page, "go", url.Values{"/age": {"很大"}})) // no answer, hence no change
	said(page, "二哥", "20")
	page = w.site.Post(at, press(page, "go", url.Values{"/age": {"20"}}))
	said(page, "二哥", "20")
	w.site.Post(at, press(page, "submit", url.Values{"/age": {"21"}})).Want(200, ".zd-receipt")
	if got := w.answers(v.Form); len(got) != 1 || got[0].Content["greet"] != "小三，21" {
		t.Errorf("answers are %+v", got)
	}
}

func TestAFormThatIsNotThereOrNotOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, at := w.publish(needs)
	w.site.Get("/f/unknown234").Want(404)
	w.site.Get("/f/unknown234/form.json").Want(404)
	json := w.site.Get(at + "/form.json?version=1").Want(200).Holds(`"questions"`)
	if json.Header.Get("ETag") == "" {
		t.Error("the form has no tag")
	}
	page := w.site.Get(at)
	w.site.Get(at + "/form.json?version=7").Want(404)
	if err := w.s.End(t.Context(), w.by, v.Form); err != nil {
		t.Fatal(err)
	}
	w.site.Get(at).Want(410, "a[href='/receipt']").Holds("创业者需求", "现在不接受填写").Keep("fill-closed")
	w.site.Post(at, press(page, "submit", nil)).Want(410)
	if err := w.s.Reopen(t.Context(), w.by, v.Form, 0); err != nil {
		t.Fatal(err)
	}
	if err := w.s.EndLink(t.Context(), w.by, v.Form, strings.TrimPrefix(at, "/f/")); err != nil {
		t.Fatal(err)
	}
	w.site.Get(at).Want(410).Holds("填写地址已停用")
}

// Answers go to the version that was shown, also when another was published meanwhile.
func TestAnswersGoToTheVersionThatWasShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, at := w.publish(needs)
	page := w.site.Get(at)
	w.publish(strings.Replace(needs, "| 姓名 ", "| 您的姓名 ", 1))
	w.site.Get(at).Want(200, "input[name=version][value='2']").Holds("您的姓名")
	w.site.Post(at, press(page, "submit", url.Values{"/who": {"旧"}, "/kind": {"room"}})).Want(200, ".zd-receipt")
	got := w.answers(v.Form)
	if len(got) != 1 || got[0].Version != 1 {
		t.Errorf("answers are %+v", got)
	}
}

const hostile = `
| survey   |              |      |                                            |                  |
|          | type         | name | label                                      | hint             |
|          | begin group  | g    | <script>alert(1)</script> [x](javascript:alert(1)) | <img src=x onerror=alert(1)> |
|          | text         | q    | '"><svg onload=alert(1)>                   | [y](https://a.cn/"onclick="z) |
|          | select_one k | k    | <b>粗</b>                                  |                  |
|          | end group    |      |                                            |                  |
| choices  |              |      |                                            |                  |
|          | list_name    | name | label                                      |                  |
|          | k            | "><i> | <script>alert(2)</script>                 |                  |
| settings |              |      |                                            |                  |
|          | form_title   | form_id |                                         |                  |
|          | <script>alert(3)</script> | hostile |                            |                  |
`

func TestHostileTextsStayTexts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, at := w.publish(hostile)
	page := w.site.Get(at).Want(200, "legend").Holds("<script>alert(1)</script>", "<b>粗</b>", "<script>alert(2)</script>").Lacks("<svg onload", "<img", "<script>alert", "onclick=\"")
	again := w.site.Post(at, press(page, "go", url.Values{"/g/q": {webtest.Hostile}, "/no/such": {"x"}, "repeat": {"g", "no/such"}, "find:x": {"y"}})).Want(200)
	if got := again.Find("input[name='/g/q']").AttrOr("value", ""); got != webtest.Hostile {
		t.Errorf("typed %q, shown again %q", webtest.Hostile, got)
	}
	for _, do := range []string{"add:", "add:g", "add:g/q", "add:no/such", "remove:", "remove:g", "remove:g[1]", "lang:7", "lang:-1", "next", "prev", "what"} {
		w.site.Post(at, press(page, do, url.Values{"step": {"-5"}, "version": {"1"}})).Want(200)
	}
	w.site.Post(at, press(page, "go", url.Values{"version": {"99"}})).Want(404)
}

func TestLongForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var b strings.Builder
	b.WriteString("| survey |\n| | type | name | label |\n")
	for k := range 200 {
		if k%50 == 0 {
			fmt.Fprintf(&b, "| | begin group | g%d | 第 %d 部分 |\n", k, k/50+1)
		}
		fmt.Fprintf(&b, "| | text | q%d | 第 %d 题 |\n", k, k)
		if k%50 == 49 {
			b.WriteString("| | end group | | |\n")
		}
	}
	b.WriteString("| | select_one many | village | 村 |\n| choices |\n| | list_name | name | label |\n")
	for k := range 20_000 {
		fmt.Fprintf(&b, "| | many | v%d | 第 %d 村 |\n", k, k)
	}
	b.WriteString("| settings |\n| | form_title | form_id |\n| | 很长的表 | long |\n")
	v, at := w.publish(b.String())
	first := w.site.Get(at).Want(200, "progress[max='5'][value='1']", "button[value=next]", ".zd-step:not([hidden]) input[name='/g0/q0']", ".zd-step[hidden] input[name='/g50/q50']").Keep("fill-long")
	if len(first.Body) > 400_000 {
		t.Errorf("the page has %d bytes", len(first.Body))
	}
	page := first
	for range 4 {
		page = w.site.Post(at, press(page, "next", url.Values{"/g0/q0": {"一"}})).Want(200, "button[value=prev]")
	}
	page.Want(200, "progress[value='5']", "button[value=submit]", ".zd-step:not([hidden]) input[type=search]").Holds("20,000")
	page = w.site.Post(at, press(page, "go", url.Values{"find:village": {"12345"}})).Want(200, "input[type=radio][value=v12345]")
	w.site.Post(at, press(page, "submit", url.Values{"/village": {"v12345"}})).Want(200, ".zd-receipt")
	if got := w.answers(v.Form); len(got) != 1 || got[0].Content["village"] != "v12345" || got[0].Content["g0"].(map[string]any)["q0"] != "一" {
		t.Errorf("answers are %+v", got)
	}
	_ = form.Answers
}
