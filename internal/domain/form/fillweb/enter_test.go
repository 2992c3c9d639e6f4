package fillweb_test

import (
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/platform/authz"
)

func TestStaffFillsInForSomebody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, _ := w.publish(needs)
	page := "/office/forms/" + v.Form.String() + "/enter"
	as := func(at string, verbs ...authz.Verb) authz.Actor {
		return w.Actor(t, authz.Role{Key: "x", Verbs: verbs, Sees: authz.Sensitive}, at)
	}
	staff, township := w.site.As(w.by), w.site.As(as("咸安区甲镇", form.Enter))
	staff.Get(page).Want(200, "#where a").Keep("enter-where")
	found := staff.Get(page+"?find="+url.QueryEscape("甲镇")).Want(200, "#where a:contains('甲镇')")
	at := ""
	for _, a := range found.Find("#where a").EachIter() {
		if strings.TrimSpace(a.Text()) == w.Nodes["咸安区甲镇"].Name {
			at = a.AttrOr("href", "")
		}
	}
	sheet := staff.Get(at).Want(200, "form[data-zd-fill^='/office/']", "input[name='/who']", "form[data-zd-draft^='enter/']").Keep("enter")
	staff.Get(at + "/form.json?version=1").Want(200).Holds("\"questions\"")
	staff.Post(at, press(sheet, "submit", url.Values{"/age": {"5"}, "/kind": {"room"}})).Want(422, ".zd-errs")
	done := staff.Post(at, press(sheet, "submit", url.Values{"/who": {"王"}, "/kind": {"room"}})).Want(200, ".zd-receipt", "#words", "a[href='"+at+"']").Keep("enter-receipt")
	got := w.answers(v.Form)
	if len(got) != 1 || got[0].EnteredBy != w.by.User || got[0].Account != "" || got[0].Org != w.Nodes["咸安区甲镇"].ID {
		t.Fatalf("answers are %+v", got)
	}
	w.site.Post("/receipt", url.Values{"serial": {got[0].Serial}, "words": {done.Find("#words").Text()}}).Want(200, ".zd-receipt")

	township.Get(at).Want(200)
	township.Get(page + "/" + w.Nodes["咸安区乙镇"].ID.String()).Want(404)
	staff.Get(page + "/" + w.Nodes["嘉鱼县"].ID.String()).Want(404)
	w.site.As(as("嘉鱼县", form.Enter)).Get(page).Want(404)
	w.site.As(as("咸安区", form.Read)).Get(page).Want(403)
	w.site.As(as("咸安区", form.Read)).Post(at, press(sheet, "submit", nil)).Want(403)
	if err := w.s.End(t.Context(), w.by, v.Form); err != nil {
		t.Fatal(err)
	}
	staff.Get(at).Want(410)
	staff.Post(at, press(sheet, "submit", nil)).Want(410)
	staff.In("en").Get(page).Want(410)
}
