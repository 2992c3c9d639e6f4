package fillweb_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/platform/web/webtest"
)

const surroundings = `
| survey   |                               |        |        |                    |             |              |              |
|          | type                          | name   | label  | choice_filter      | media::image | media::audio | calculation  |
|          | select_one_from_file counties.csv | county | 县 |                    | map.png     | hello.mp3    |              |
|          | select_one_from_file towns.csv | town  | 乡镇   | county = ${county} |             |              |              |
|          | select_one_from_file villages.csv | village | 村 |                   |             |              |              |
|          | select_one k                  | pet    | 喜欢   |                    |             |              |              |
|          | note                          | tel    | 电话 ${number} |            |             |              |              |
|          | calculate                     | number |        |                    |             |              | pulldata('towns', 'tel', 'name', ${town}) |
| choices  |                               |        |        |                    |             |              |              |
|          | list_name                     | name   | label  | image              |             |              |              |
|          | k                             | cat    | 猫     | cat.png            |             |              |              |
|          | k                             | dog    | 狗     |                    |             |              |              |
| settings |                               |        |        |                    |             |              |              |
|          | form_title                    | form_id | version |                  |             |              |              |
|          | 附件                          | files  | 1      |                    |             |              |              |
`

// dot is the smallest picture.
const dot = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"

// Choices in files and pictures beside questions, without scripts: 20,000 villages are searched, and none of them stands on the
// page before.
func TestWhatLiesBesideAForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var towns, villages strings.Builder
	towns.WriteString("name,label,county,tel\n")
	for i := range 2_000 {
		fmt.Fprintf(&towns, "t%d,乡镇%d,c%d,0715-%d\n", i, i, i%400, i)
	}
	villages.WriteString("name,label\n")
	for i := range 20_000 {
		fmt.Fprintf(&villages, "v%d,%d 号村𠮷%s\n", i, i, map[bool]string{true: webtest.Hostile}[i == 7])
	}
	w.beside = map[string]string{"counties.csv": "name,label\nc1,咸安区\nc2,嘉鱼县\n", "towns.csv": towns.String(), "villages.csv": villages.String(), "map.png": dot, "cat.png": dot, "hello.mp3": "ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00" + strings.Repeat("\x00", 400)}
	v, at := w.publish(surroundings)
	first := w.site.Get(at).Want(200, "[data-zd-q=county] img.zd-beside, [data-zd-q=county] .zd-beside img", "[data-zd-q=county] audio[controls]", "[data-zd-q=pet] label img", "[data-zd-seek=village]").Keep("beside")
	if len(first.Body) > 60_000 {
		t.Errorf("the page has %d bytes", len(first.Body))
	}
	src, _ := first.Find("[data-zd-q=county] .zd-beside img").Attr("src")
	if got := w.site.Get(src).Want(200); got.Body != dot || got.Header.Get("Content-Type") != "image/png" {
		t.Errorf("%s is %d bytes of %s", src, len(got.Body), got.Header.Get("Content-Type"))
	}
	w.site.Get(at + "/files/1/towns.csv").Want(404)
	w.site.Get(at + "/files/2/map.png").Want(404)
	w.site.Get("/office/forms/" + v.Form.String() + "/files/1/map.png").Want(303)
	w.site.As(w.by).Get("/office/forms/" + v.Form.String() + "/files/1/map.png").Want(200)

	next := w.site.Post(at, press(first, "go", url.Values{"/county": {"c1"}, "find:village": {"19999"}})).Want(200, "[data-zd-q=town] input[value=t401]", "[data-zd-q=village] input[value=v19999]").
		Holds("乡镇1", "19999 号村𠮷").Lacks("乡镇2<", "19998 号村").Keep("beside-found")
	w.site.Post(at, press(next, "go", url.Values{"find:village": {"alert"}})).Want(200, "[data-zd-q=village] input[value=v7]").Holds(webtest.Hostile)
	next = w.site.Post(at, press(next, "go", url.Values{"/town": {"t401"}, "/village": {"v19999"}})).Want(200).Holds("0715-401")
	w.site.Post(at, press(next, "submit", url.Values{"/town": {"t2"}})).Want(422).Holds("不在")
	w.site.Post(at, press(next, "submit", nil)).Want(200, ".zd-receipt")
	if all := w.answers(v.Form); len(all) != 1 || all[0].Content["number"] != "0715-401" || all[0].Content["village"] != "v19999" {
		t.Errorf("kept are %+v", all)
	}
}
