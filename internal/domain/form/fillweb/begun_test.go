package fillweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/platform/authz"
)

const family = `
| survey   |              |        |        |           |
|          | type         | name   | label  | zd_class  |
|          | text         | who    | 姓名   |           |
|          | text         | ill    | 病史   | sensitive |
|          | begin repeat | child  | 孩子   |           |
|          | text         | called | 称呼   |           |
|          | end repeat   |        |        |           |
| settings |              |        |        |           |
|          | form_title   | form_id | version |         |
|          | 家庭         | family | 1      |           |
`

// Somebody with an account begins on one device and goes on at another, also with a repeat that she has added.
func TestWhatWasBegunComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, at := w.publish(family)
	me := authz.Actor{City: w.City, User: "me"}
	phone, desk := w.site.As(me), w.site.As(me)
	first := phone.Get(at).Want(200, "form[data-zd-keeps]").Lacks("data-zd-draft", "id=\"begun\"")
	w.site.Get(at).Want(200, "form[data-zd-draft]").Lacks("data-zd-keeps")
	added := phone.Post(at, press(first, "add:child", url.Values{"/who": {"王小二𠮷"}, "/ill": {"鹊密"}, "/child[1]/called": {"大"}})).Want(200)
	phone.Post(at, press(added, "keep", url.Values{"/child[2]/called": {"小"}})).Want(204)

	back := desk.Get(at).Want(200, "#begun button[value=anew]", "input[name='/who'][value='王小二𠮷']", "input[name='/ill'][value='鹊密']", "input[name='/child[2]/called'][value='小']").Keep("begun")
	desk.Get("/my/forms").Want(200, "#begun a[href='"+at+"']").Holds("家庭", "接着填").Keep("mine-begun")
	w.site.As(authz.Actor{City: w.City, User: "other"}).Get(at).Want(200).Lacks("王小二", "鹊密")
	w.site.Get(at).Want(200).Lacks("王小二", "鹊密")

	desk.Post(at, press(back, "submit", nil)).Want(200, ".zd-receipt")
	if all := w.answers(v.Form); len(all) != 1 || len(all[0].Content["child"].([]any)) != 2 {
		t.Errorf("kept are %+v", all)
	}
	phone.Get(at).Want(200).Lacks("王小二", "id=\"begun\"")
	phone.Post(at, press(phone.Get(at), "keep", url.Values{"/who": {"李"}})).Want(204)
	phone.Post(at, press(phone.Get(at), "anew", nil)).Want(303)
	phone.Get(at).Want(200).Lacks("李")
}

// An address that takes so many answers of a phone in a day says so, before and after.
func TestAPhoneIsToldThatItHasAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, at := w.publish(family)
	if err := w.s.LimitLink(t.Context(), w.by, v.Form, strings.TrimPrefix(at, "/f/"), 1); err != nil {
		t.Fatal(err)
	}
	first := w.site.Get(at).Want(200)
	cookies := (&http.Response{Header: first.Header}).Cookies()
	if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].MaxAge != 24*3600 {
		t.Fatalf("the browser is given %v", cookies)
	}
	// a browser without the mark is asked to press again
	w.site.Post(at, press(first, "submit", url.Values{"/who": {"王"}})).Want(422).Holds("请再按一次")
	mine := w.site.Holding(cookies[0].Name, cookies[0].Value)
	mine.Post(at, press(mine.Get(at), "submit", url.Values{"/who": {"王"}})).Want(200, ".zd-receipt")
	mine.Post(at, press(first, "submit", url.Values{"/who": {"李"}, "_key": {"another-key-of-the-page"}})).Want(422).Holds("今天已经交了 1 份")
	mine.Get(at).Want(410).Holds("今天已经交了 1 份").Keep("spent")
	w.site.Holding(cookies[0].Name, "made-up").Get(at).Want(200)
	if all := w.answers(v.Form); len(all) != 1 {
		t.Errorf("%d answers", len(all))
	}
}
