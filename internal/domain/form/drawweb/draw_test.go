package drawweb_test

import (
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/web/webtest"
)

func typed(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// outline is the draft by names, as it is kept.
func outline(d form.Drawing) string {
	var all []string
	for _, q := range d.Read.Questions[1:] {
		all = append(all, d.Read.Path(q.Place))
	}
	return strings.Join(all, " ")
}

func TestAFormIsDrawnUpQuestionByQuestion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区")
	clerk.Get("/office/forms/new").Want(200, "#blank input[name=title]", "#blank select[name=org]")
	page := w.begin("青年需求", "both")
	clerk.Get(page+"/draw").Want(200, "#add button[name=kind][value=select_one]", ".zd-empty").Holds("还没有题目").Keep("draw-empty")

	w.add(page, "kind=text", typed("label0", "姓名", "label1", "Name", "required", "1", "class", "personal")).Want(303)
	w.add(page, "kind=select_one", typed("label0", "最需要什么", "label1", "Needs most", "choices", "资金 | Money\n场地 | Room", "class", "open")).Want(303)
	sent := w.add(page, "kind=integer", typed("label0", "要多少钱", "label1", "How much", "when", "tests", "test0", "q2:picked:c1", "limit", "bounds", "least", "1", "most", "５００", "do", "more")).Want(303)
	if !strings.Contains(sent.Location, "/question?after=q3") {
		t.Errorf("“save and add another” leads to %s", sent.Location)
	}
	w.add(page, "kind=group&after=q1", typed("label0", "近况", "label1", "Lately")).Want(303)
	w.add(page, "kind=date&into=group1", typed("label0", "开业日期", "label1", "Opened", "least", "2020-1-1")).Want(303)
	w.add(page, "kind=repeat", typed("label0", "合伙人", "label1", "Partners")).Want(303)
	w.add(page, "kind=text&into=repeat1", typed("label0", "手机", "label1", "Phone", "shape", "phone", "class", "sensitive")).Want(303)
	w.add(page, "kind=calculate", typed("label0", "双倍", "calculation", "${q3} * 2")).Want(303)
	w.add(page, "kind=note", typed("label0", "合计 ${calculate1}", "label1", "Sum ${calculate1}")).Want(303)
	d := w.drawn(page)
	if got := outline(d); got != "q1 group1 group1/q4 q2 q3 repeat1 repeat1/q5 calculate1 note1" {
		t.Fatalf("drawn are %s", got)
	}
	by := map[string]*survey.Question{}
	for _, q := range d.Read.Questions[1:] {
		by[q.Name] = q
	}
	if q := by["q1"]; q.Label[1] != "Name" || q.Required.Text != "true()" || q.Class != authz.Personal {
		t.Errorf("the first is %+v", q)
	}
	if q := by["q3"]; q.Relevant.Text != "${q2} = 'c1'" || q.Constraint.Text != ". >= 1 and . <= 500" {
		t.Errorf("the third is %+v %+v", q.Relevant, q.Constraint)
	}
	if by["q4"].Constraint.Text != ". >= '2020-01-01'" || by["q5"].Constraint.Text != "regex(., '^1[3-9][0-9]{9}$')" || by["q5"].Class != authz.Sensitive {
		t.Errorf("bounds are %s and %s", by["q4"].Constraint.Text, by["q5"].Constraint.Text)
	}
	if list := d.Read.Find("q2"); list == nil || list.Items[1].Value != "c2" || list.Items[1].Label[1] != "Room" {
		t.Errorf("choices are %+v", list)
	}

	shown := clerk.Get(page+"/draw").Want(200, "#draw li li button[data-zd-up]", "#last button[value=undo]", "#draw > ol > li:first-child button[data-zd-up][disabled]").
		Holds("1. 姓名", "2. 开业日期", "单选", "必填", "仅在“3. 最需要什么”选了“资金”时问", "敏感", "王干事", "加了“note1”").Keep("draw")
	if n := shown.Find("#draw li").Length(); n != 9 {
		t.Errorf("%d rows", n)
	}
	clerk.In("en").Get(page+"/draw").Want(200).Holds("1. Name", "Asked only if “3. Needs most” is “Money”", "One choice")

	// the question's page says what was drawn, and saying it again changes nothing
	clerk.Get(page+"/question?at=q3").Want(200, "input[name=when][value=tests][checked]", "select[name=test0] option[selected][value='q2:picked:c1']", "input[name=least][value='1']", "input[name=limit][value=bounds][checked]").Keep("draw-question")
	was := outline(d)
	w.add(page, "at=q3", nil).Want(303)
	if d = w.drawn(page); d.Read.Questions[5].Relevant.Text != "${q2} = 'c1'" || outline(d) != was {
		t.Errorf("saved again it is %+v", d.Read.Questions[5])
	}
	// another name is followed by formulas and texts
	w.add(page, "at=q3", typed("name", "money")).Want(303)
	if d = w.drawn(page); !strings.Contains(outline(d), "money repeat1") || d.Read.Questions[8].Calculate.Text != "${money} * 2" {
		t.Errorf("renamed: %s", outline(d))
	}

	w.press(page, "up:q2").Want(303)
	w.press(page, "up:group1/q2").Want(303)
	if got := outline(w.drawn(page)); !strings.HasPrefix(got, "q1 group1 group1/q2 group1/q4 money") {
		t.Errorf("moved: %s", got)
	}
	w.press(page, "remove:repeat1").Want(303)
	if got := outline(w.drawn(page)); strings.Contains(got, "repeat1") {
		t.Errorf("removed: %s", got)
	}
	w.press(page, "undo").Want(303)
	if got := outline(w.drawn(page)); !strings.Contains(got, "repeat1/q5") {
		t.Errorf("back: %s", got)
	}
	// what others look at is not removed, and it is said who does
	w.press(page, "remove:money").Want(422, "[role=alert]").Holds("“双倍”的计算公式", "没有叫“money”的题").Keep("draw-refused")

	// settings
	settings := clerk.Get(page+"/settings").Want(200, "input[name=title]", "input[name=language1][value='English (en)']").Keep("draw-settings")
	clerk.Post(page+"/settings", settings.Form(typed("title", "青年需求登记", "paged", "1", "language2", "土家语"))).Want(303)
	if d = w.drawn(page); d.Read.Title != "青年需求登记" || d.Read.Style != "pages" || len(d.Read.Languages) != 3 {
		t.Errorf("settings are %s %s %v", d.Read.Title, d.Read.Style, d.Read.Languages)
	}

	// it is tried, and nothing is kept
	tried := clerk.Get(page+"/try").Want(200, ".zd-handset form#sheet[data-zd-fill$='/try/form.json']").Keep("try")
	clerk.Get(page + "/try/form.json").Want(200)
	clerk.Post(page+"/try", tried.Form(typed("do", "submit"))).Want(422).Holds("必填")
	clerk.Post(page+"/try", tried.Form(typed("do", "submit", "/q1", "王小二", "step", "9"))).Want(200, "#tried").Holds("王小二", "什么也没有保存").Keep("tried")

	// and published: what was looked at, nothing else
	publish := clerk.Get(page + "/publish").Want(200).Form(nil)
	w.press(page, "down:q1").Want(303)
	clerk.Post(page+"/publish", publish).Want(422)
	clerk.Post(page+"/publish", clerk.Get(page+"/publish").Want(200).Form(nil)).Want(303)
	clerk.Get(page).Want(200, "a[href$='/draw']").Holds("网页上编写")
}

func TestWhatCannotBeIsToldAtItsField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.begin("登记", "one")
	w.add(page, "kind=text", typed("label0", "")).Want(422, "#f-label0[aria-invalid]").Holds("请写题目文字")
	w.add(page, "kind=select_one", typed("label0", "选", "choices", " \n")).Want(422, "#f-choices[aria-invalid]")
	w.add(page, "kind=select_one", typed("label0", "选", "choices", "甲\n甲")).Want(422, "#f-choices[aria-invalid]").Holds("“甲”写了两次")
	w.add(page, "kind=integer", typed("label0", "几", "least", "很多")).Want(422, "#f-least[aria-invalid]")
	w.add(page, "kind=integer", typed("label0", "几", "limit", "formula", "constraint", ". >")).Want(422, "#f-constraint[aria-invalid]").Holds("几")
	w.add(page, "kind=text", typed("label0", "问 ${nobody}")).Want(422, "#f-label0[aria-invalid]").Holds("nobody")
	w.add(page, "kind=text", typed("label0", "a", "when", "formula", "relevant", "${nobody} = 1")).Want(422, "#f-relevant[aria-invalid]")
	w.add(page, "kind=text", typed("label0", "a", "name", "两 个")).Want(422, "#f-name[aria-invalid]")
	w.add(page, "kind=calculate", typed("label0", "和")).Want(422, "#f-calculation[aria-invalid]")
	w.add(page, "kind=calculate", typed("label0", "和", "calculation", "${calculate1} + 1")).Want(422, "#f-calculation[aria-invalid]")
	if d := w.drawn(page); len(d.Read.Questions) != 1 || len(d.Steps) != 0 {
		t.Errorf("kept are %s", outline(d))
	}
	w.add(page, "kind=text", typed("label0", webtest.Hostile+strings.Repeat("很长的题目𠮷㛃😀", 200), "hint0", webtest.Hostile)).Want(303)
	w.add(page, "kind=integer&after=q1", typed("label0", "几", "when", "tests", "test0", "q1:same:")).Want(422).Holds("此项必填")
	s := w.as("咸安区")
	s.Get(page + "/draw").Want(200).Holds("很长的题目𠮷㛃😀").Keep("draw-hostile")
	s.Get(page + "/question?at=q1").Want(200).Holds(webtest.Hostile).Keep("draw-question-hostile")
	s.Get(page + "/question?at=gone").Want(404)
	s.Get(page + "/question?kind=osm").Want(404)
	s.Get(page+"/question").Want(200, "#add button[value=text]")
	s.Post(page+"/draw", typed("do", "burn", "seen", "1")).Want(404)
}

// Of two people at one form the second loses nothing of what she typed, and is told what the first has done.
func TestTwoDrawAtOneForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.begin("登记", "one")
	w.add(page, "kind=text", typed("label0", "姓名")).Want(303)
	w.add(page, "kind=text", typed("label0", "住址")).Want(303)
	s := w.as("咸安区")
	hers := s.Get(page + "/question?at=q2").Want(200)
	list := s.Get(page + "/draw").Want(200)
	w.add(page, "at=q1", typed("label0", "名字")).Want(303)

	back := s.Post(page+"/question", hers.Form(typed("label0", "家庭住址"))).Want(422, "#since").Holds("王干事", "“名字”的题目文字：姓名 → 名字")
	if got := back.Find("#f-label0").Text(); got != "家庭住址" {
		t.Errorf("what she typed is %q", got)
	}
	s.Post(page+"/question", back.Form(nil)).Want(303)
	s.Post(page+"/draw", list.Form(typed("do", "remove:q2"))).Want(422, "#since").Holds("姓名 → 名字", "家庭住址")
	if d := w.drawn(page); d.Read.Questions[1].Label[0] != "名字" || d.Read.Questions[2].Label[0] != "家庭住址" {
		t.Errorf("kept are %v %v", d.Read.Questions[1].Label, d.Read.Questions[2].Label)
	}
	// a question that somebody took away meanwhile comes back as a new one, with what was typed
	hers = s.Get(page + "/question?at=q2").Want(200)
	w.press(page, "remove:q2").Want(303)
	back = s.Post(page+"/question", hers.Form(typed("label0", "现住址"))).Want(422, "#since").Holds("删除了“家庭住址”")
	s.Post(page+"/question", back.Form(nil)).Want(303)
	if d := w.drawn(page); d.Read.Questions[2].Label[0] != "现住址" {
		t.Errorf("kept are %s", outline(d))
	}
}

const workbook = `
| survey   |                  |       |          |           |                       |            |             |          |           |           |
|          | type             | name  | label::中文 (zh) | label::English (en) | relevant  | appearance | parameters  | trigger  | calculation | media::image |
|          | text             | who   | 姓名     | Name      |                       |            |             |          |           | a.png     |
|          | select_one_from_file towns.csv | town | 乡镇 | Town |                   | minimal    | value=code  |          |           |           |
|          | geotrace         | way   | 路线     | Way       | count(${who}) > 0     |            |             |          |           |           |
|          | text             | when  | 何时     | When      |                       |            |             | ${who}   | now()     |           |
|          | select_multiple k | all  | 需要     | Needs     | ${who} != ''          |            |             |          |           |           |
| choices  |                  |       |          |           |                       |            |             |          |           |           |
|          | list_name        | name  | label::中文 (zh) | label::English (en) | area |          |             |          |           |           |
|          | k                | money | 资金     | Money     | a                     |            |             |          |           |           |
|          | k                | room  | 场地     | Room      | b                     |            |             |          |           |           |
| settings |                  |       |          |           |                       |            |             |          |           |           |
|          | form_title       | form_id | version |         |                       |            |             |          |           |           |
|          | 走访             | visit | 1        |           |                       |            |             |          |           |           |
`

// A form that came as a workbook is changed here, and what these pages do not know stays as it was.
func TestAWorkbookIsChangedHere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.upload(workbook)
	before := w.drawn(page).Read
	s := w.as("咸安区")
	s.Get(page+"/draw").Want(200).Holds("geotrace", "条件：count(${who}) > 0", "仅在“1. 姓名”填了时问")
	s.Get(page+"/question?at=who").Want(200, ".zd-kept-as").Holds("a.png")
	s.Get(page+"/question?at=way").Want(200, "input[name=when][value=formula][checked]")
	s.Get(page+"/question?at=all").Want(200, "input[name=when][value=tests][checked]", "select[name=test0] option[selected][value='who:filled:']")
	for _, at := range []string{"who", "town", "way", "when", "all"} {
		w.add(page, "at="+at, nil).Want(303)
	}
	if changes := survey.Diff(before, w.drawn(page).Read); len(changes) > 0 {
		t.Errorf("saved as they were, questions changed: %+v", changes)
	}
	after := w.drawn(page).Read
	if q := after.Questions[1]; q.Media["image"].In(0) != "a.png" {
		t.Errorf("the picture is %v", q.Media)
	}
	if q := after.Questions[2]; !q.FromFile || q.Parameters["value"] != "code" {
		t.Errorf("choices of a file are %+v", q)
	}
	if q := after.Questions[4]; len(q.Triggers) != 1 || after.Find("k").Items[1].Cells[0] != "b" {
		t.Errorf("triggers are %v, columns %v", q.Triggers, after.Find("k"))
	}
}

func TestOnlyWhoDrawsFormsUpSeesThesePages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.begin("登记", "one")
	for _, at := range []string{"/draw", "/question", "/settings", "/try"} {
		w.as("咸安区", form.Read).Get(page + at).Want(403)
		w.as("嘉鱼县").Get(page + at).Want(404)
	}
}
