package caseworkweb_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"zhidian/internal/domain/casework"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/web/webtest"
)

// The file holds what is listed, over all its pages, in the order of the list, and names stay as they are.
func TestTheFileIsTheQueue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range casework.PageSize + 3 {
		w.open("砖茶厂没有团支部 "+string(rune('甲'+i)), 1+i)
	}
	w.open("=HYPERLINK(1)"+webtest.Hostile, 2)
	paused := w.open("等补正的一件", 2)
	if err := w.s.Pause(t.Context(), authz.System("xianning"), paused.ID, "等补正"); err != nil {
		t.Fatal(err)
	}
	clerk := w.as("咸安区")
	for _, ask := range []string{"", "?light=paused", "?kind=blind_spot&q=%E7%A0%96%E8%8C%B6"} {
		var want []string
		first := clerk.Get("/office/queue"+ask).Want(200, "a[download][href*='/office/queue/export']")
		for page := first; ; {
			page.Find("table.zd-queue tbody td.t a").Each(func(_ int, e *goquery.Selection) { want = append(want, strings.TrimSpace(e.Text())) })
			next := page.Find("a[rel=next]").AttrOr("href", "")
			if next == "" {
				break
			}
			page = clerk.Get(next).Want(200)
		}
		file := clerk.Get(first.Find("a[download]").AttrOr("href", "")).Want(200).Lines()
		var got []string
		for _, row := range file[1:] {
			got = append(got, row[2])
		}
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%q lists %q, its file %q", ask, want, got)
		}
	}
	if got := w.as("嘉鱼县").Get("/office/queue/export?at=all").Want(200).Lines(); len(got) != 1 {
		t.Errorf("another county is given %q", got)
	}
	w.as("咸安区", casework.PassOn).Get("/office/queue/export").Want(403)
}

// What may be pressed follows the state of a matter, and what was on the page a moment ago is refused by name.
func TestButtonsFollowTheState(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区")
	at := "/office/matters/" + w.open("砖茶厂没有团支部", 3).ID.String()
	steps := []string{"answer", "pass", "pause", "resume", "extend", "close", "reopen"}
	offered := func() (have []string) {
		page := clerk.Get(at).Want(200)
		for _, s := range steps {
			if page.Find("a[href='"+at+"/"+s+"']").Length() > 0 {
				have = append(have, s)
			}
		}
		return have
	}
	take := func(step string, typed url.Values) {
		t.Helper()
		form := clerk.Get(at + "/" + step).Want(200)
		if a := clerk.Post(at+"/"+step, form.Form(typed)); a.Status != 303 {
			t.Fatalf("%s: %d %s", step, a.Status, a.Text())
		}
	}
	for _, x := range []struct {
		step  string
		typed url.Values
		then  []string
	}{
		{"", nil, []string{"answer", "pass", "pause", "extend", "close"}},
		{"pause", url.Values{"reason": {"等补正"}}, []string{"pass", "resume", "close"}},
		{"resume", nil, []string{"answer", "pass", "pause", "extend", "close"}},
		{"answer", url.Values{"answer": {"已建支部"}}, []string{"close", "reopen"}},
		{"close", nil, []string{"reopen"}},
	} {
		if x.step != "" {
			take(x.step, x.typed)
		}
		if got := offered(); !slices.Equal(got, x.then) {
			t.Errorf("after %q: %v, want %v", x.step, got, x.then)
		}
		for _, s := range steps {
			if want := map[bool]int{true: 200, false: 409}[slices.Contains(x.then, s)]; clerk.Get(at+"/"+s).Status != want {
				t.Errorf("after %q the page of %s does not answer %d", x.step, s, want)
			}
		}
	}
}

// Every step says at its field what it does not take, keeps what was typed, and does nothing.
func TestStepsRefuseAtTheField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区")
	m := w.open("砖茶厂没有团支部", 3)
	at := "/office/matters/" + m.ID.String()
	for _, x := range []struct {
		step, field string
		typed       url.Values
	}{
		{"extend", "due", url.Values{"due": {m.Due.AddDays(-1).String()}, "reason": {webtest.Hostile}}},
		{"extend", "due", url.Values{"due": {"2026-02-30"}, "reason": {"等材料"}}},
		{"extend", "due", url.Values{"due": {""}, "reason": {"等材料"}}},
		{"extend", "reason", url.Values{"due": {"2099-01-04"}, "reason": {" "}}},
		{"pause", "reason", url.Values{"reason": {""}}},
		{"answer", "answer", url.Values{"answer": {"\t\n"}}},
		{"answer", "answer", url.Values{"answer": {strings.Repeat("长", 2001)}}},
	} {
		form := clerk.Get(at + "/" + x.step).Want(200)
		refused := clerk.Post(at+"/"+x.step, form.Form(x.typed)).Want(422, "[role=alert]", "#f-"+x.field+"[aria-invalid=true]")
		if want := x.typed.Get("reason"); strings.TrimSpace(want) != "" && refused.Find("textarea[name=reason]").Text() != want {
			t.Errorf("%s: the reason typed is now %q", x.step, refused.Find("textarea[name=reason]").Text())
		}
	}
	pass := clerk.Get(at+"/pass?find=%E5%98%89%E9%B1%BC").Want(200, "input[name=desk]")
	clerk.Post(at+"/pass", pass.Form(url.Values{"desk": {"01ARZ3NDEKTSV4RRFFQ69G5FAV"}, "reason": {"属嘉鱼县"}})).Want(404)
	if text := clerk.Get(at).Want(200).Text(); strings.Contains(text, "等材料") || !strings.Contains(text, "办理中") {
		t.Errorf("something was done: %s", text)
	}
}

// Picked matters are passed on together: fifty at most, nothing without a pick, and no address that is no matter.
func TestPickedMattersArePassedTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区")
	var ids []string
	for range 3 {
		ids = append(ids, w.open("砖茶厂没有团支部", 3).ID.String())
	}
	if none := clerk.Post("/office/queue/pass", url.Values{}); none.Status != 303 || none.Location != "/office/queue" {
		t.Errorf("nothing picked: %d to %s", none.Status, none.Location)
	}
	for _, bad := range []url.Values{{"id": {"x"}}, {"id": {ids[0], "../../me"}}} {
		if a := clerk.Post("/office/queue/pass", bad); a.Status != 404 && a.Status != 422 {
			t.Errorf("%v: %d to %s", bad, a.Status, a.Location)
		}
	}
	many := url.Values{"id": slices.Repeat(ids, 30)}
	to := clerk.Post("/office/queue/pass", many).Location
	if n := strings.Count(to, "more="); n != 49 {
		t.Errorf("%d beside the first", n)
	}
	form := clerk.Get("/office/matters/"+ids[0]+"/pass?more="+ids[1]+"&more="+ids[2]+"&find=%E5%98%89%E9%B1%BC").Want(200, "input[name=desk]").Holds("共 3 件")
	fields := form.Form(url.Values{"desk": {w.orgs["共青团嘉鱼县委员会"].ID.String()}, "reason": {"属嘉鱼县"}, "more": ids[1:]})
	if a := clerk.Post("/office/matters/"+ids[0]+"/pass", fields); a.Status != 303 {
		t.Fatalf("%d: %s", a.Status, a.Text())
	}
	if n := w.as("嘉鱼县").Get("/office/queue").Want(200).Find("input[name=id]").Length(); n != 3 {
		t.Errorf("%d of 3 have come to the other desk", n)
	}
}
