package formweb_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xlsform"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/webtest"
)

// read reads a workbook that a page has sent.
func read(t *testing.T, body string) (*survey.Form, []survey.Fault) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.xlsx")
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	f, faults, err := xlsform.Read(path, "x.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	return f, faults
}

func TestTheListOfForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区")
	clerk.Get("/office/forms").Want(200, ".zd-empty a[href$='/forms/new']", ".zd-empty a[href$='/example.xlsx']").Holds("XLSForm").Keep("forms-empty")
	w.as("咸安区", form.Read).Get("/office/forms").Want(200, ".zd-empty").Lacks("/forms/new")
	w.open()
	w.upload("咸安区", strings.NewReplacer("创业者需求", webtest.Hostile, "| needs ", "| hostile ").Replace(needs))
	w.upload("嘉鱼县", strings.NewReplacer("创业者需求", "嘉鱼的表", "| needs ", "| jiayu ").Replace(needs))
	clerk.Get("/office/forms").Want(200, "#forms a[href*='/office/forms/']", "select[name=state]", "input[name=q]").Holds("创业者需求", webtest.Hostile, "填写中", "草稿").Lacks("嘉鱼的表").Keep("forms")
	clerk.Get("/office/forms?state=draft").Want(200).Holds(webtest.Hostile).Lacks("创业者需求</a>")
	clerk.Get("/office/forms?q="+url.QueryEscape("100%")).Want(200, ".zd-empty").Holds("没有符合条件")
	clerk.Get("/office/forms?q=needs").Want(200).Holds("创业者需求").Lacks("hostile")
	clerk.Get("/office/forms?org=" + w.Nodes["嘉鱼县"].ID.String()).Want(404)
	clerk.In("en").Get("/office/forms").Want(200).Holds("Forms", "Waiting")
}

func TestTheExampleIsAFormWithoutFaults(t *testing.T) {
	t.Parallel()
	f, faults := read(t, newWorld(t).as("咸安区").Get("/office/forms/example.xlsx").Want(200).Body)
	if len(faults) > 0 || len(f.Questions) != 10 || f.Title != "青年创业需求登记（示例）" {
		t.Errorf("%d questions, %v", len(f.Questions), faults)
	}
}

func TestAWorkbookWithMistakesIsShownAndNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区")
	clerk.Get("/office/forms/new").Want(200, "input[type=file]", "select[name=org] option[selected]").Holds("咸安区").Keep("form-new")
	clerk.Get("/office/forms/new?find="+url.QueryEscape("甲镇一村")).Want(200, "select[name=org]").Holds("咸安区甲镇一村").Lacks("嘉鱼县甲镇一村")
	bad := strings.NewReplacer("| select_multiple k ", "| select_multiple kk ", "| phone ", "| who   ", "${wants}", "${want}", "| settings |", "| x |", "| 称呼 ", "| "+webtest.Hostile).Replace(needs)
	fields := map[string]string{"org": w.Nodes["咸安区"].ID.String(), "_key": web.NewKey()}
	got := clerk.Upload("/office/forms/new", fields, "file", webtest.Hostile+".md", bad).Want(422, "#faults", "a[download][href^='data:']", "input[type=file]").
		Holds("没有保存", "没有选项表“kk”", "名称“who”", "want").Keep("form-faults")
	rows := got.Find("#faults tbody tr")
	if rows.Length() < 3 || !strings.Contains(rows.First().Text(), "错误") {
		t.Errorf("%d rows, first %q", rows.Length(), rows.First().Text())
	}
	link, _ := got.Find("a[download]").Attr("href")
	_, data, _ := strings.Cut(link, "base64,")
	marked, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		t.Fatal(err)
	}
	f, faults := read(t, string(marked))
	if !survey.Failed(faults) || len(f.Questions) != 8 {
		t.Errorf("the marked-up copy reads as %d questions, %v", len(f.Questions), faults)
	}
	for _, f := range faults {
		if f.Key == "xlsform.column_unknown" {
			t.Errorf("the column of marks is taken for %v", f)
		}
	}
	clerk.Get("/office/forms").Want(200, ".zd-empty")
	for name, content := range map[string]string{"empty": "", "no form": "\x00\x01\x02 nothing", "a picture": "\x89PNG\r\n\x1a\n"} {
		clerk.Upload("/office/forms/new", fields, "file", name, content).Want(422, "[role=alert]")
	}
	clerk.Upload("/office/forms/new", map[string]string{"org": w.Nodes["嘉鱼县"].ID.String()}, "file", "a.md", needs).Want(404)
	clerk.Upload("/office/forms/new", map[string]string{"org": "none"}, "file", "a.md", needs).Want(422)
}

func TestAFormFromUploadToPublishedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区")
	page := w.upload("咸安区", strings.Replace(needs, "| 合伙人 ", "|    ", 1))
	clerk.Get(page).Want(200, "#waiting", "#waiting a[href$='/publish']", "#faults", "#versions a[href$='/versions/1']").Holds("第 1 版待发布", "没有标题", "王干事").Keep("form-draft")
	w.step(clerk, page, "publish", nil).Want(303)
	clerk.Get(page).Want(200, "a[href$='/end']", "#addresses").Holds("填写中", "还没有填写地址").Lacks("id=\"waiting\"")
	clerk.Get(page + "/publish").Want(404)

	next := strings.NewReplacer("| 电话 ", "| 手机 ", "| integer       | sum    | 金额     |           | selected(${wants}, 'money') | |", "| decimal       | total    | 金额     |           | | |", "| 场地 ", "| 场所 ").Replace(needs)
	a := clerk.Upload(page+"/upload", nil, "file", "需求2.md", next)
	if a.Status != 303 {
		a.Want(303)
	}
	clerk.Get(page).Want(200, "#changes").Holds("修改", "题目文字", "电话", "手机", "增加", "删除", "total", "sum", "场所").Keep("form-changes")
	ask := clerk.Get(page+"/publish").Want(200, "#changes", "input[name=seq][value='2']").Holds("删去的题").Keep("form-publish")
	clerk.Post(page+"/publish", ask.Form(nil)).Want(303)
	clerk.Post(page+"/publish", ask.Form(url.Values{"_key": {web.NewKey()}})).Want(422).Holds("刚刚被别人改过")
	clerk.Get(page + "/versions/9").Want(404)
	f, faults := read(t, clerk.Get(page+"/versions/2").Want(200).Body)
	if survey.Failed(faults) || len(f.Questions) != 8 || f.ID != "needs" {
		t.Errorf("version 2 is %+v, %v", f, faults)
	}
	clerk.Upload(page+"/upload", nil, "file", "other.md", strings.Replace(needs, "| needs ", "| other ", 1)).Want(422).Holds("像是另一份表单")
	clerk.Upload(page+"/upload", nil, "file", "空白.md", strings.Replace(needs, "| needs ", "|       ", 1)).Want(303)
}

func TestAFormEndsAndOpensAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page, clerk := w.open(), w.as("咸安区")
	w.step(clerk, page, "end", nil).Want(303)
	clerk.Get(page).Want(200, "a[href$='/reopen']").Holds("已结束").Lacks("/end\"")
	w.step(clerk, page, "reopen", url.Values{"closes": {"2020-01-01"}}).Want(422).Holds("已经过去").Keep("form-reopen-wrong")
	w.step(clerk, page, "reopen", url.Values{"closes": {"2099-01-01"}}).Want(303)
	clerk.Get(page).Want(200).Holds("填写中", "2099年1月1日")
	clerk.Get(page+"/reopen").Want(200, "input[name=closes][value='2099-01-01']").Holds("改截止日")
	clerk.Get(page + "/fly").Want(404)
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page, clerk := w.open(), w.as("咸安区")
	clerk.Get(page+"/link").Want(200, "select[name=org]", "input[name=name]").Keep("form-link")
	w.step(clerk, page, "link", url.Values{"name": {""}, "until": {"昨天"}}).Want(422, "[aria-invalid=true]")
	w.step(clerk, page, "link", url.Values{"org": {w.Nodes["嘉鱼县"].ID.String()}, "name": {"x"}}).Want(404)
	w.step(clerk, page, "link", url.Values{"org": {w.Nodes["咸安区"].ID.String()}, "name": {webtest.Hostile}, "until": {"2099-02-01"}}).Want(303)
	got := clerk.Get(page).Want(200, ".zd-doc a[href$='/versions/1/paper']", "#versions a[href$='/versions/1/paper']", "#links .zd-qr svg path", "#links a[href^='/f/']", "#links a[href*='/links/']").Holds("政务大厅", webtest.Hostile).Keep("form-one")
	poster, _ := got.Find("#links a[href*='/links/']").Attr("href")
	clerk.Get(poster).Want(200, ".zd-poster .zd-qr svg").Holds("扫一扫", "/f/").Keep("form-poster")
	clerk.Get(page + "/links/none").Want(404)
	end, _ := got.Find("#links a[href*='unlink']").Attr("href")
	ask := clerk.Get(end).Want(200, "input[name=slug]").Keep("form-unlink")
	clerk.Post(page+"/unlink", ask.Form(nil)).Want(303)
	clerk.Get(page).Want(200).Holds("停用")
	w.as("嘉鱼县").Get(poster).Want(404)
}

// A form's page offers what its reader may do, and nothing else; who is led to a step all the same is refused.
func TestPagesOfFormsOfferWhatTheReaderMayDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.open()
	w.as("咸安区").Upload(page+"/upload", nil, "file", "x.md", needs).Want(303)
	w.as("嘉鱼县").Get(page).Want(404)
	for step, verb := range map[string]authz.Verb{"publish": form.Publish, "end": form.Shut, "reopen": form.Shut, "link": form.Share, "upload": form.Design} {
		link := "a[href='" + page + "/" + step + "']"
		lesser := w.as("咸安区", slices.DeleteFunc(slices.Clone(form.Verbs), func(v authz.Verb) bool { return v == verb })...)
		w.as("咸安区").Get(page).Want(200, link)
		if lesser.Get(page).Want(200).Find(link).Length() > 0 {
			t.Errorf("%s is offered to who may not", step)
		}
		lesser.Get(page + "/" + step).Want(403)
		w.as("嘉鱼县").Get(page + "/" + step).Want(404)
	}
	if n := w.as("咸安区", form.Read).Get(page).Want(200).Find("a[href*='unlink']").Length(); n > 0 {
		t.Error("ending an address is offered to a reader")
	}
}

// Two hundred questions, each with hostile words, stay words.
func TestALongHostileForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var b strings.Builder
	b.WriteString("| survey | | | |\n| | type | name | label |\n")
	for i := range 200 {
		fmt.Fprintf(&b, "| | text | q%d | %s 𠮷㛃 %d |\n", i, webtest.Hostile, i)
	}
	b.WriteString("| settings | | |\n| | form_title | form_id |\n| | " + webtest.Hostile + " | long |\n")
	page := w.upload("咸安区", b.String())
	clerk := w.as("咸安区")
	w.step(clerk, page, "publish", nil).Want(303)
	clerk.Upload(page+"/upload", nil, "file", "x.md", strings.ReplaceAll(b.String(), "𠮷㛃", "改")).Want(303)
	clerk.Get(page).Want(200, "#changes tbody tr:nth-child(200)").Holds(webtest.Hostile, "200 处不同")
}

func TestFilesBesideAForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区")
	page := w.upload("咸安区", strings.NewReplacer("| integer       | sum ", "| select_one_from_file towns.csv | sum ").Replace(needs))
	clerk.Get(page).Want(200, "#beside a[href$='/files']", "#beside .zd-state.bad").Holds("还缺 1 个文件", "towns.csv", "survey 表第 6 行").Keep("form-lacks")
	w.step(clerk, page, "publish", nil).Want(422).Holds("第 6 行用到的文件“towns.csv”还没有上传")
	clerk.Get(page+"/files").Want(200, "input[type=file][multiple]", "#files").Holds("缺少").Keep("form-files")
	fields := map[string]string{"_key": web.NewKey()}
	clerk.Upload(page+"/files", fields, "file", "towns.csv", "name,label\n").Want(422, "[role=alert]").Holds("没有选项")
	clerk.Upload(page+"/files", fields, "file", "<b>𠮷.exe", "MZ").Want(422, "[role=alert]").Holds("<b>𠮷.exe")
	clerk.Upload(page+"/files", fields, "other", "", "").Want(422, "[role=alert]")
	clerk.Upload(page+"/files", map[string]string{"_key": web.NewKey()}, "file", "towns.csv", "name,label\n1,甲镇\n2,乙镇\n").Want(303)
	clerk.Get(page+"/files").Want(200, "button[name=drop][value='towns.csv']").Holds("2 项", "已上传")
	w.step(clerk, page, "publish", nil).Want(303)
	clerk.Upload(page+"/files", map[string]string{"_key": web.NewKey(), "drop": "towns.csv"}, "file", "", "").Want(303)
	clerk.Get(page).Want(200, "#waiting").Holds("还缺 1 个文件")
	w.as("咸安区", form.Read).Get(page + "/files").Want(403)
	w.as("嘉鱼县").Get(page + "/files").Want(404)
}

// TestRecordsStandInForAFile publishes a form that chooses among what another has saved: there is nothing to upload.
func TestRecordsStandInForAFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区")
	homes := w.upload("咸安区", `
| survey   |           |            |       |         |
|          | type      | name       | label | save_to |
|          | text      | head       | 户主  | head    |
| entities |           |            |       |         |
|          | list_name | label      |       |         |
|          | towns     | ${head}    |       |         |
| settings |           |            |       |         |
|          | form_id   | form_title |       |         |
|          | homes     | 住户登记   |       |         |
`)
	w.step(clerk, homes, "publish", nil).Want(303)
	page := w.upload("咸安区", strings.NewReplacer("| integer       | sum ", "| select_one_from_file towns.csv | sum ").Replace(needs))
	clerk.Get(page).Want(200, "#beside .zd-state.ok").Holds("towns.csv", "取自名单“住户登记”").Lacks("还缺")
	clerk.Get(page + "/files").Want(200).Holds("取自名单“住户登记”")
	w.step(clerk, page, "publish", nil).Want(303)
}

func TestAnAddressTakesSoManyOfAPhone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page, clerk := w.open(), w.as("咸安区")
	href, _ := clerk.Get(page).Want(200, "#links a[href*='/limit?slug=']").Find("#links a[href*='/limit?slug=']").Attr("href")
	asked := clerk.Get(href).Want(200, "input[name=per_phone]").Keep("form-limit")
	clerk.Post(page+"/limit", asked.Form(url.Values{"per_phone": {"-1"}})).Want(422, "#f-per_phone[aria-invalid]")
	clerk.Post(page+"/limit", asked.Form(url.Values{"per_phone": {"２"}})).Want(303)
	clerk.Get(page).Want(200).Holds("每天 2 份")
	clerk.Get(href).Want(200, "input[name=per_phone][value='2']")
	clerk.Get(page + "/limit?slug=gone").Want(404)
}
