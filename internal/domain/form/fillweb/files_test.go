package fillweb_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/web/webtest"
)

const pictured = `
| survey   |              |       |        |           |          |            |            |
|          | type         | name  | label  | zd_class  | required | appearance | relevant   |
|          | begin group  | one   | 一     |           |          |            |            |
|          | text         | who   | 姓名   |           | yes      |            |            |
|          | image        | shop  | 店面   |           | yes      |            |            |
|          | end group    |       |        |           |          |            |            |
|          | begin group  | two   | 二     |           |          |            |            |
|          | image        | sign  | 签名   | sensitive |          | signature  |            |
|          | image        | face  | 自拍   |           |          | new-front  |            |
|          | audio        | voice | 录音   |           |          |            |            |
|          | file         | paper | 材料   |           |          |            |            |
|          | text         | seen  | 拍了吗 |           |          |            | ${shop} != '' |
|          | end group    |       |        |           |          |            |            |
| settings |              |       |        |           |          |            |            |
|          | form_title   | form_id | style |          |          |            |            |
|          | 走访         | visit | pages  |           |          |            |            |
`

func photo(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// hands sends a page with a file, and a button pressed.
func hands(site *webtest.Site, at string, page *webtest.Answer, do string, typed url.Values, field, name, content string) *webtest.Answer {
	fields := map[string]string{}
	for key, values := range press(page, do, typed) {
		fields[key] = values[0]
	}
	return site.Upload(at, fields, "file:"+field, name, content)
}

func TestPhotographsAreHandedInStepByStep(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, at := w.publish(pictured)
	page := w.site.Get(at).Want(200, "form[enctype='multipart/form-data']", "input[type=file][name='file:one/shop'][accept*='image/jpeg'][data-zd-photo]",
		"input[name='file:two/face'][capture=user]", "[data-zd-sign][hidden] canvas", "input[name='file:two/voice'][accept='audio/*']", "input[name='file:two/paper'][accept*='.csv']").
		Holds("每张不超过 20 MB", "会自动去掉", "docx").Keep("fill-files")
	who := url.Values{"/one/who": {"王小二"}}

	// What is wrong with a file is told at its question, and nothing that was typed is lost.
	wrong := hands(w.site, at, page, "next", who, "one/shop", "a.jpg", "<html><script>").Want(422, ".zd-errs", ".zd-q.bad[data-zd-q='one/shop']", "input[name='/one/who'][value=王小二]").Holds("可以上传：jpg, png, webp", "jpg").Keep("fill-file-wrong")
	hands(w.site, at, wrong, "next", nil, "one/shop", "a.jpg", "").Want(422).Holds("文件是空的")
	hands(w.site, at, wrong, "next", nil, "one/shop", "a.jpg", photo(t)[:300]).Want(422).Holds("不完整或已损坏")
	hands(w.site, at, wrong, "next", nil, "one/shop", "a.jpg", photo(t)[:200]+strings.Repeat("x", 21<<20)).Want(422).Holds("超过 20 MB")
	hands(w.site, at, wrong, "next", nil, "one/who", "a.jpg", photo(t)).Want(422)
	hands(w.site, at, wrong, "next", nil, "no/such[3]", "a.jpg", photo(t)).Want(422)
	w.site.Post(at, press(wrong, "next", url.Values{"/one/shop": {webtest.Hostile}})).Want(422)

	// It stays from step to step, can be taken away, and is part of the answers.
	second := hands(w.site, at, wrong, "next", nil, "one/shop", "店面<b>.jpg", photo(t)).Want(200, "progress[value='2']", "input[type=hidden][name='/one/shop'][value$='.jpg']").Keep("fill-file-kept")
	gone := w.site.Post(at, press(second, "drop:one/shop", nil)).Want(200, "input[name='/one/shop'][value='']")
	w.site.Post(at, press(gone, "submit", nil)).Want(422).Holds("必填")
	sent := hands(w.site, at, second, "submit", url.Values{"/two/seen": {"拍了"}}, "two/sign", "signature.png.jpg", photo(t)).Want(200, ".zd-receipt")
	got := w.answers(v.Form)
	if len(got) != 1 {
		t.Fatalf("%d answers", len(got))
	}
	shop, _ := got[0].Content["one"].(map[string]any)["shop"].(string)
	sign, _ := got[0].Content["two"].(map[string]any)["sign"].(string)
	if _, name := form.FileNamed(shop); name != "店面<b>.jpg" || !strings.HasSuffix(sign, "-signature.png.jpg") {
		t.Errorf("answers are %v", got[0].Content)
	}

	// Whoever has the receipt sees and fetches them, corrects one, and nobody else does.
	code := sent.Find(".zd-big-code")
	mine := url.Values{"serial": {code.First().Text()}, "words": {sent.Find("#words").Text()}}
	seen := w.site.Post("/receipt", mine).Want(200, "button[form=open][value^='open:']", "form#open").Holds("店面<b>.jpg").Keep("seen-files")
	which, _ := form.FileNamed(shop)
	open := url.Values{"do": {"open:" + which.String()}, "serial": mine["serial"], "words": mine["words"]}
	if a := w.site.Post("/receipt", open).Want(200); a.Header.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") || !strings.HasPrefix(a.Body, "\xff\xd8") {
		t.Errorf("the file comes as %v", a.Header)
	}
	open.Set("do", "open:"+strings.Repeat("0", 26))
	w.site.Post("/receipt", open).Want(404)
	open.Set("do", "open:x")
	w.site.Post("/receipt", open).Want(404)
	edit := w.site.Post("/receipt", press(seen, "edit", nil)).Want(200, "input[name='/one/shop'][value$='.jpg']").Holds("店面<b>.jpg")
	hands(w.site, "/receipt", edit, "submit", nil, "one/shop", "新.jpg", photo(t)).Want(200).Holds("已按您修改的内容保存", "新.jpg", "signature.png.jpg").Lacks("店面&lt;b>", "店面<b>")
	w.site.In("en").Get(at).Want(200).Holds("Place and time noted in it are taken out")
}

func TestFilesOfAnAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, at := w.publish(pictured)
	me, other := w.site.As(authz.Actor{City: w.City, User: "me"}), w.site.As(authz.Actor{City: w.City, User: "other"})
	more := hands(me, at, me.Get(at), "submit", url.Values{"/one/who": {"王"}}, "one/shop", "a.jpg", photo(t)).Want(200).Holds("又多了 1 题")
	done := me.Post(at, press(more, "submit", nil)).Want(200, ".zd-receipt")
	page := "/my/forms/" + url.PathEscape(done.Find(".zd-big-code").First().Text())
	button, _ := me.Get(page).Want(200, "button[form=open]").Find("button[form=open]").Attr("value")
	me.Post(page, url.Values{"do": {button}}).Want(200)
	other.Post(page, url.Values{"do": {button}}).Want(404)
}
