package formweb_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/webtest"
)

func TestAnswersInTheOffice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page, clerk := w.open(), w.as("咸安区")
	clerk.Get(page+"/answers").Want(200, ".zd-empty").Holds("还没有答卷").Keep("answers-empty")
	got := w.answer(page, answered)
	hostile, err := json.Marshal(map[string]any{"who": webtest.Hostile, "partner": []any{map[string]string{"called": webtest.Hostile + "𠮷㛃"}}})
	if err != nil {
		t.Fatal(err)
	}
	w.answer(page, string(hostile))
	clerk.Get(page).Want(200, "a[href$='/answers']")
	list := clerk.Get(page+"/answers").Want(200, "#answers a[href^='/office/answers/']", "a[href$='/export']", "a[href*='state=withdrawn']").Holds(got.Serial, "地址：政务大厅", "咸安区").Keep("answers")
	if n := list.Find("#answers tbody tr").Length(); n != 2 {
		t.Errorf("%d answers are listed", n)
	}
	clerk.Get(page+"/answers?state=withdrawn").Want(200, ".zd-empty")
	clerk.Get(page+"/answers?org="+w.Nodes["咸安区甲镇"].ID.String()).Want(200, ".zd-empty").Holds("只列计入")
	clerk.Get(page + "/answers?org=" + w.Nodes["嘉鱼县"].ID.String()).Want(404)
	w.as("嘉鱼县").Get(page + "/answers").Want(404)
	w.as("咸安区", form.Read).Get(page + "/answers").Want(403)

	one := "/office/answers/" + got.ID.String()
	clerk.Get(one).Want(200, "#answer dl", "h1").Holds("王小二", "13800000000", "资金、场地", "合伙人（第 2 个）", "小张", "无权查看").Lacks("鹊密").Keep("answer")
	w.as("嘉鱼县").Get(one).Want(404)
	lesser := w.Actor(t, authz.Role{Key: "lesser", Verbs: form.Verbs, Sees: authz.Personal}, "咸安区")
	w.site.As(lesser).Get(one).Want(200).Holds("王小二", "无权查看").Lacks("13800000000", "鹊密")
	first, _ := list.Find("#answers tbody a[href^='/office/answers/']").Attr("href")
	clerk.Get(first).Want(200).Holds(webtest.Hostile, "没有作答").Keep("answer-hostile")
	clerk.In("en").Get(one).Want(200).Holds("Handed in")
}

func TestAnswersAreTakenAwayAsAJob(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page, clerk := w.open(), w.as("咸安区")
	w.answer(page, answered)
	ask := clerk.Get(page+"/export").Want(200, "input[name=format][value=xlsx][checked]", "input[name=choices]").Lacks("id=\"exports\"").Keep("export")
	clerk.Post(page+"/export", ask.Form(url.Values{"format": {"pdf"}})).Want(422)
	clerk.Post(page+"/export", ask.Form(nil)).Want(303)
	clerk.Get(page+"/export").Want(200, "[data-zd-poll]").Holds("导出答卷").Keep("export-runs")
	if err := w.jobs.Work(t.Context(), w.City); err != nil {
		t.Fatal(err)
	}
	done := clerk.Get(page+"/export").Want(200, "#exports a[href^='/office/exports/']").Holds("只有您能下载").Keep("export-done")
	file, _ := done.Find("#exports a").Attr("href")
	if got := clerk.Get(file).Want(200); !strings.HasPrefix(got.Body, "PK") || !strings.Contains(got.Header.Get("Content-Disposition"), "xlsx") {
		t.Errorf("%v", got.Header)
	}
	w.as("嘉鱼县").Get(file).Want(404)
	lesser := w.as("咸安区", slices.DeleteFunc(slices.Clone(form.Verbs), func(v authz.Verb) bool { return v == form.Download })...)
	for _, path := range []string{file, page + "/export"} {
		lesser.Get(path).Want(403)
	}
	lesser.Post(page+"/export", url.Values{"_key": {web.NewKey()}}).Want(403)
	if lesser.Get(page+"/answers").Want(200).Find("a[href$='/export']").Length() > 0 {
		t.Error("taking away is offered to who may not")
	}
}

const shops = `
| survey   |              |       |        |           |
|          | type         | name  | label  | zd_class  |
|          | image        | shop  | 店面   |           |
|          | image        | card  | 证件   | sensitive |
| settings |              |       |        |           |
|          | form_title   | form_id |      |           |
|          | 走访         | visit |        |           |
`

func TestPhotographsInTheOffice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page, clerk := w.opened(shops), w.as("咸安区")
	which, err := id.Parse[form.Form](strings.TrimPrefix(page, "/office/forms/"))
	if err != nil {
		t.Fatal(err)
	}
	kept := func(question string) string {
		at := filepath.Join(t.TempDir(), question)
		var b bytes.Buffer
		if err := errors.Join(png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))), os.WriteFile(at, b.Bytes(), 0o600)); err != nil {
			t.Fatal(err)
		}
		value, err := w.s.KeepFile(t.Context(), w.City, which, &survey.Question{Name: question, Kind: survey.Image}, at, question+webtest.Hostile+".png")
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	answers, err := json.Marshal(map[string]string{"shop": kept("shop"), "card": kept("card")})
	if err != nil {
		t.Fatal(err)
	}
	got := w.answer(page, string(answers))
	one := "/office/answers/" + got.ID.String()
	all := clerk.Get(one).Want(200, "#answer img[src*='/files/']", "#answer a[download][href*='/files/']").Keep("answer-photo")
	if n, m := all.Find("#answer img").Length(), all.Find("#answer a[download]").Length(); n != 1 || m != 2 {
		t.Errorf("%d pictures, %d links", n, m)
	}
	shop, _ := all.Find("#answer img").Attr("src")
	card, _ := all.Find("#answer a[download]").Eq(1).Attr("href")
	if a := clerk.Get(card).Want(200); a.Header.Get("Content-Type") != "image/png" || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") || a.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("it comes as %v", a.Header)
	}
	lesser := w.site.As(w.Actor(t, authz.Role{Key: "lesser", Verbs: form.Verbs, Sees: authz.Personal}, "咸安区"))
	lesser.Get(one).Want(200, "#answer img").Holds("无权查看").Lacks("card")
	lesser.Get(shop).Want(200)
	lesser.Get(card).Want(404)
	w.as("嘉鱼县").Get(shop).Want(404)
	w.as("咸安区", form.Read).Get(shop).Want(403)
	clerk.Get(one + "/files/x").Want(404)
}
