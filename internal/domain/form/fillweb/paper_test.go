package fillweb_test

import (
	"fmt"
	"strings"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/web/webtest"
)

// visit holds every kind of field that paper knows.
const visit = `
| survey   |                   |         |                  |                    |            |       |          |               |                             |            |            |            |             |
|          | type              | name    | label::中文 (zh) | label::English (en) | hint::中文 (zh) | guidance_hint::中文 (zh) | required | appearance | relevant            | constraint | calculation | repeat_count | readonly |
|          | note              | hello   | **您好**，请如实填 | Hello            |            |       |          |               |                             |            |            |            |             |
|          | begin group       | base    | 基本情况         | About you           |            |       |          |               |                             |            |            |            |             |
|          | text              | who     | 姓名             | Name                | 与证件一致 | 写正楷 | yes      |               |                             | string-length(.) <= 10 |  |          |             |
|          | text              | paper   | 身份证号         | ID number           |            |       |          |               |                             |            |            |            |             |
|          | text              | phone   | 联系电话         | Telephone           |            |       |          |               |                             | regex(., '^1[0-9]{10}$') |   |     |             |
|          | date              | born    | 出生日期         | Born                |            |       |          |               |                             |            |            |            |             |
|          | date              | joined  | 入团年月         | Joined              |            |       |          | month-year    |                             |            |            |            |             |
|          | dateTime          | met     | 走访时间         | Visited             |            |       |          |               |                             |            |            |            |             |
|          | integer           | age     | 年龄             | Age                 |            |       |          |               |                             |            |            |            |             |
|          | calculate         | twice   |                  |                     |            |       |          |               |                             |            | ${age} * 2 |            |             |
|          | text              | told    | 合计 ${twice}，年龄 ${age} | Sum       |            |       |          |               |                             |            | ${twice}   |            |             |
|          | end group         |         |                  |                     |            |       |          |               |                             |            |            |            |             |
|          | select_one k      | kind    | 最需要什么       | Needs most          |            |       |          |               |                             |            |            |            |             |
|          | decimal           | sum     | 要多少           | How much            |            |       |          |               | ${kind} = 'money'           |            |            |            |             |
|          | begin group       | more    | 贷款             | Loan                |            |       |          |               | selected(${kind}, 'money') and (${age} >= 18 or ${who} != '') | | |  |             |
|          | select_multiple k or_other | all | 还有哪些       | What else           |            |       |          |               |                             |            |            |            |             |
|          | text              | why     | 说说理由         | Why                 |            |       |          | multiline     | count-selected(${all}) > 1  |            |            |            |             |
|          | end group         |         |                  |                     |            |       |          |               |                             |            |            |            |             |
|          | rank k            | order   | 排个次序         | Order               |            |       |          |               | not(selected(${all}, 'room')) |          |            |            |             |
|          | range             | happy   | 满意吗           | Content             |            |       |          |               |                             |            |            |            |             |
|          | geopoint          | where   | 在哪里           | Where               |            |       |          |               |                             |            |            |            |             |
|          | image             | shop    | 店面照片         | Shop                |            |       |          |               |                             |            |            |            |             |
|          | image             | hand    | 本人签字         | Sign                |            |       |          | signature     |                             |            |            |            |             |
|          | acknowledge       | agree   | 我同意           | I agree             |            |       |          |               |                             |            |            |            |             |
|          | begin repeat      | child   | 家庭成员         | Family              |            |       |          |               |                             |            |            |            |             |
|          | text              | called  | 称呼             | Called              |            |       |          |               |                             |            |            |            |             |
|          | select_one k      | needs   | 需要             | Needs               |            |       |          |               |                             |            |            |            |             |
|          | end repeat        |         |                  |                     |            |       |          |               |                             |            |            |            |             |
|          | begin repeat      | firm    | 企业             | Firm                |            |       |          |               |                             |            |            | 3          |             |
|          | text              | story   | 经过             | Story               |            |       |          | multiline     |                             |            |            |            |             |
|          | begin repeat      | year    | 年度             | Year                |            |       |          |               |                             |            |            |            |             |
|          | integer           | income  | 收入             | Income              |            |       |          |               |                             |            |            |            |             |
|          | end repeat        |         |                  |                     |            |       |          |               |                             |            |            |            |             |
|          | end repeat        |         |                  |                     |            |       |          |               |                             |            |            |            |             |
| choices  |                   |         |                  |                     |            |       |          |               |                             |            |            |            |             |
|          | list_name         | name    | label::中文 (zh) | label::English (en) |            |       |          |               |                             |            |            |            |             |
|          | k                 | money   | 资金             | Money               |            |       |          |               |                             |            |            |            |             |
|          | k                 | room    | 场地             | Room                |            |       |          |               |                             |            |            |            |             |
| settings |                   |         |                  |                     |            |       |          |               |                             |            |            |            |             |
|          | form_title        | form_id | version          |                     |            |       |          |               |                             |            |            |            |             |
|          | 青年创业走访登记表 | visit  | 2026a            |                     |            |       |          |               |                             |            |            |            |             |
`

func paperOf(v form.Version) string {
	return "/office/forms/" + v.Form.String() + "/versions/1/paper"
}

// asked is the selector of a question on paper.
func asked(name string) string { return ".zd-a4 [data-zd-asked='" + name + "']" }

func TestAFormOnPaper(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, at := w.publish(visit)
	staff := w.site.As(w.by)
	got := staff.Get(paperOf(v)).Want(200, "button[data-zd-print]", ".zd-a4[lang=zh] header .zd-qr svg", ".zd-a4 .keyed dd", ".zd-a4 .ends .seal", ".zd-a4 .zd-told strong",
		asked("who")+" .rule.half", asked("hand")+" .frame", asked("shop")+" .box", asked("where")+" .rule", asked("all_other")+" .rule").
		Holds("青年创业走访登记表", "第 1 版 (2026a)", "与证件一致", "写正楷", "必填", "单选", "可多选", at, "扫码填写",
			"仅在第 8 题选“资金”时填写", "仅在第 8 题选“资金”，并且（第 7 题不小于 18，或者第 1 题已填）时填写",
			"填写条件：count-selected(第 10 题) > 1", "仅在第 10 题没有选“场地”时填写").Lacks("合计", "${").Keep("paper")
	for selector, want := range map[string]int{
		asked("paper") + " .run .box": 18, asked("phone") + " .run .box": 11, asked("born") + " .run .box": 8, asked("joined") + " .run .box": 6, asked("met") + " .run .box": 12,
		asked("kind") + " .ticks .box": 2, asked("all") + " .ticks .box": 3, asked("order") + " .box": 2, asked("happy") + " .box": 10,
		asked("why") + " > .rule": 4, asked("why") + " .line .rule": 0, asked("kind") + " .ahead": 1,
		".zd-a4 .entries:has([data-zd-asked=called]) tbody tr": 5, ".zd-a4 .entries:has([data-zd-asked=called]) td .box": 10,
		".zd-a4 .copy": 3, ".zd-a4 .copy .entries tbody tr": 9, ".zd-a4 .no:contains('21.')": 3,
		".zd-a4 input": 0, ".zd-a4 button": 0,
	} {
		if n := got.Find(selector).Length(); n != want {
			t.Errorf("%d of %s, not %d", n, selector, want)
		}
	}
	if words := got.Find(asked("kind") + " .ahead").Text(); words != "→ 第 9 题" {
		t.Errorf("the first choice leads on: %s", words)
	}
	staff.Get(paperOf(v)+"?language=1&link=none").Want(200, ".zd-a4[lang=en]").Holds("Needs most", "Money", "Only if “Money” is ticked in question 8").Lacks("最需要什么", "仅在").Keep("paper-english")
	staff.In("en").Get(paperOf(v)).Want(200, ".zd-a4[lang=en]").Holds("tick one", "Laid out for A4")
	staff.Get(paperOf(v) + "?link=nothing").Want(404)
	staff.Get("/office/forms/" + v.Form.String() + "/versions/2/paper").Want(404)
	staff.Get("/office/forms/" + v.Form.String() + "/versions/x/paper").Want(404)
	w.site.As(w.Actor(t, authz.Role{Key: "x", Verbs: []authz.Verb{form.Read}}, "咸安区")).Get(paperOf(v)).Want(200)
	w.site.As(w.Actor(t, authz.Role{Key: "x", Verbs: []authz.Verb{form.Enter}}, "咸安区")).Get(paperOf(v)).Want(403)
	w.site.As(w.Actor(t, clerk, "嘉鱼县")).Get(paperOf(v)).Want(404)
	if err := w.s.End(t.Context(), w.by, v.Form); err != nil {
		t.Fatal(err)
	}
	staff.Get(paperOf(v)).Want(200, ".zd-a4 .keyed").Lacks(at)
}

// A form that asks nothing by hand, one whose words are hostile, and one with long lists and deep repeats, come out on paper all the same.
func TestOddFormsOnPaper(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.site.As(w.by)
	empty, _ := w.publish("| survey | | | | |\n| | type | name | label | calculation |\n| | text | sum | Sum | 1 + 1 |\n| settings | |\n| | form_id |\n| | none |\n")
	staff.Get(paperOf(empty)).Want(200, ".zd-a4 .ends").Holds("还没有题目").Keep("paper-empty")

	var b strings.Builder
	b.WriteString("| survey | | | | | |\n| | type | name | label | hint | relevant |\n")
	for i := range 6 {
		fmt.Fprintf(&b, "| | begin repeat | r%d | 第 %d 层 | | |\n| | text | t%d | %s 𠮷㛃😀%s | %s | |\n", i, i, i, webtest.Hostile, strings.Repeat("长", 90), webtest.Hostile)
	}
	b.WriteString(strings.Repeat("| | end repeat | | | | |\n", 6))
	b.WriteString("| | select_one few | few | " + webtest.Hostile + " | | |\n| | text | after | 然后 | | ${few} = 'a' |\n| | select_one many | many | 选一个 | | |\n| | select_one_from_file towns.csv | town | 乡镇 | | |\n")
	b.WriteString("| choices | | | |\n| | list_name | name | label |\n| | few | a | " + webtest.Hostile + " |\n")
	for i := range 300 {
		fmt.Fprintf(&b, "| | many | c%d | 选项 %d |\n", i, i)
	}
	b.WriteString("| settings | | |\n| | form_title | form_id |\n| | " + webtest.Hostile + " | odd |\n")
	w.beside = map[string]string{"towns.csv": "name,label\n1,甲镇\n"}
	odd, _ := w.publish(b.String())
	got := staff.Get(paperOf(odd)).Want(200, asked("few")+" .box", asked("many")+" .rule", asked("town")+" .rule").
		Holds(webtest.Hostile, "写选项名称，共 300 项", "写选项名称").Keep("paper-odd")
	if n := got.Find(asked("t5")).Length(); n < 1 || n > 8 {
		t.Errorf("the innermost question stands there %d times", n)
	}
	if n := got.Find(asked("many") + " .box").Length(); n != 0 {
		t.Errorf("%d boxes of a list that is too long", n)
	}
}
