package orgweb_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/webtest"
)

// The file is the tree below what is opened, as far as the reader may see: kinds in words, the one above by its name, and what
// looks like a formula still a text.
func TestTheFileIsTheTreeBelow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const formula = "=1+1有限公司"
	if _, err := w.s.Create(t.Context(), authz.System("xianning"), org.New{Kind: org.Company, Name: formula, Parent: w.orgs["甲镇"].ID, Industry: "食品", Opened: day.Must("2019-03-01")}); err != nil {
		t.Fatal(err)
	}
	clerk := w.as("咸安区")
	page := clerk.Get("/office/orgs?open="+w.orgs["甲镇"].ID.String()).Want(200, "a[download][href*='/export']")
	href := page.Find("a[download][href*='/export']").AttrOr("href", "")
	page.Holds("导出 3 条")
	got := clerk.Get(href).Want(200).Lines()
	if len(got) != 1+3 {
		t.Fatalf("%d lines: %q", len(got), got)
	}
	rows := map[string][]string{}
	for _, row := range got[1:] {
		rows[row[0]] = row
	}
	if r := rows[formula]; r == nil || !slices.Equal(r[1:5], []string{"企业", "甲镇", "食品", "2019-03-01"}) {
		t.Errorf("the company's line is %q", r)
	}
	if r := rows["一村"]; r == nil || r[6] != "114.3225" || r[7] != "29.8413" {
		t.Errorf("the village's line is %q", r)
	}
	all := clerk.Get("/office/orgs/export").Want(200).Lines()
	for _, row := range all {
		if row[0] == "嘉鱼县" || row[0] == "咸宁市" {
			t.Errorf("beyond the reader's scope: %q", row)
		}
	}
	if n := len(all); n != 1+8 {
		t.Errorf("%d lines of the reader's whole scope", n)
	}
	clerk.Get("/office/orgs/export?open=" + w.orgs["嘉鱼县"].ID.String()).Want(404)
	if head := clerk.In("en").Get(href).Want(200).Lines()[0]; head[0] != "Name" {
		t.Errorf("the heads are %q", head)
	}
}

// While somebody searches, the file of the tree is not offered beside what was found, and one press leads back to the tree.
func TestASearchLeadsBackToTheTree(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区")
	open := "open=" + w.orgs["甲镇"].ID.String()
	found := clerk.Get("/office/orgs?q=%E6%9D%91&"+open).Want(200, "table a[href*='"+w.orgs["一村"].ID.String()+"']", "input[name=q][value='村']", "a[href='/office/orgs?"+open+"']")
	found.Lacks("/office/orgs/export")
	if n := found.Find("table tbody tr").Length(); n != 1 {
		t.Errorf("%d found", n)
	}
	clerk.Get("/office/orgs?"+open).Want(200, "a[href*='/office/orgs/export']")
	hostile := clerk.Get("/office/orgs?q="+url.QueryEscape(webtest.Hostile)).Want(200, "table td.t a")
	if got := hostile.Find("main input[name=q]").AttrOr("value", ""); got != webtest.Hostile {
		t.Errorf("sought %q, the box holds %q", webtest.Hostile, got)
	}
}

// Nobody merges into the first of several by oversight: one is chosen beforehand only where nothing else was found.
func TestOfSeveralNoneIsChosen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区")
	for _, x := range []struct{ step, field string }{{"merge", "into"}, {"move", "parent"}} {
		ask := func(words string) *webtest.Answer {
			return clerk.Get(w.url("一中团支部", x.step)+"?find="+url.QueryEscape(words)).Want(200, "input[name="+x.field+"]")
		}
		several := ask("镇")
		if n := several.Find("input[name=" + x.field + "]").Length(); n != 2 {
			t.Fatalf("%s: %d to choose from", x.step, n)
		}
		if several.Find("input[name="+x.field+"][checked]").Length() > 0 {
			t.Errorf("%s: one of several is chosen beforehand", x.step)
		}
		typed := url.Values{"reason": {"撤并"}, "on": {"2026-06-24"}, "sure": {"1"}}
		refused := clerk.Post(w.url("一中团支部", x.step), several.Form(typed)).Want(422)
		if text := refused.Find("[role=alert]").Text(); !strings.Contains(text, "必填") {
			t.Errorf("%s without a choice: %s", x.step, text)
		}
		if ask("甲镇").Find("input[name="+x.field+"][checked]").Length() != 1 {
			t.Errorf("%s: the only one found is not chosen", x.step)
		}
	}
}

// A reader of one organisation finds its numbers and history, and of the steps only those of an organisation in use.
func TestAClosedOneIsHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区")
	at := w.url("一中团支部", "")
	form := clerk.Get(at + "/close").Want(200)
	moved(t, clerk.Post(at+"/close", form.Form(url.Values{"on": {"2026-06-24"}, "reason": {webtest.Hostile}, "sure": {"1"}})))
	closed := clerk.Get(at).Want(200).Holds(webtest.Hostile, "2026年6月24日 撤销")
	for _, step := range []string{"new", "rename", "move", "merge", "close"} {
		if closed.Find("a[href$='/"+step+"']").Length() > 0 {
			t.Errorf("%s is offered of a closed one", step)
		}
	}
	for step, typed := range map[string]url.Values{
		"rename": {"name": {"又一个"}, "reason": {"改"}}, "close": {"on": {"2026-06-25"}, "reason": {"再撤"}, "sure": {"1"}}, "new": {"kind": {"league_branch"}, "name": {"下级"}},
	} {
		typed.Set("_key", web.NewKey())
		if a := clerk.Post(at+"/"+step, form.Form(typed)); a.Status == 303 {
			t.Errorf("%s of a closed one is done", step)
		}
	}
	clerk.Get(at).Want(200).Lacks("又一个")
	clerk.Get("/office/orgs?q=%E4%B8%80%E4%B8%AD%E5%9B%A2").Want(200).Holds("2026年6月24日 撤销")
}
