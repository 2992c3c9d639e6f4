package accountweb_test

import (
	"strings"
	"testing"

	"zhidian/internal/platform/authz"
)

// A reader names the filters that are set, finds them above the list, and deletes them; words that she sought are not kept.
func TestAListKeepsItsReadersViews(t *testing.T) {
	t.Parallel()
	s := start(t)
	b := s.browser(t)
	b.signIn("sys")
	const save, one = "/office/views", "/office/accounts?role=clerk&state=active"
	if p := b.get("/office/accounts"); p.Find(".zd-saved").Length() > 0 {
		t.Error("a list without filters and views offers some")
	}
	if p := b.get("/office/accounts?q=wang"); p.Find(".zd-saved").Length() > 0 {
		t.Error("words alone are offered to be kept")
	}
	p := b.get("/office/accounts?state=active&q=" + "wang" + "&role=clerk&after=")
	if got := p.Find(".zd-saved input[name=address]").AttrOr("value", ""); got != one || !strings.Contains(p.Find(".zd-saved").Text(), "搜索词可能含个人信息") {
		t.Fatalf("kept would be %q: %s", got, p.Find(".zd-saved").Text())
	}
	again := b.send(p, save, "name", "王 13800138000")
	again.wants(t, 422, save, "名称里不要写证件号码或手机号")
	if got := again.Find("a.btn[href='" + one + "']").Length(); got != 1 || again.Find("input[name=name]").AttrOr("value", "") != "王 13800138000" {
		t.Errorf("%d ways back, or what was typed is lost: %s", got, again.text)
	}
	const hostile = `<b>"甲"</b>`
	p = b.send(again, save, "name", hostile)
	p.wants(t, 200, "/office/accounts", "已保存")
	link := p.Find(".zd-saved li a[aria-current]")
	if link.Text() != hostile || link.AttrOr("href", "") != one || p.Find(".zd-saved details").Length() > 0 {
		t.Fatalf("saved: %s", p.Find(".zd-saved").Text())
	}
	p = b.get("/office/accounts")
	if p.Find(".zd-saved li a[aria-current]").Length() > 0 || p.Find(".zd-saved li a[href='"+one+"']").Length() != 1 {
		t.Error("the view is not above the plain list")
	}
	other := s.browser(t)
	other.signIn("sec")
	if p := other.get("/office/accounts"); p.Find(".zd-saved").Length() > 0 {
		t.Error("somebody else sees it")
	}
	drop := p.Find(".zd-saved li form").AttrOr("action", "")
	p = b.send(p, drop)
	p.wants(t, 200, "/office/accounts", "保存的筛选已删除")
	if p.Find(".zd-saved").Length() > 0 {
		t.Error("the view is still there")
	}
	for _, address := range []string{"https://example.com/?state=active", "/office/accounts?q=wang", "/office/log?verb=x", ""} {
		from := b.get(one)
		p := b.send(from, save, "name", "甲", "address", address)
		p.wants(t, 422, save, "只能保存列表自己的筛选条件")
		if strings.Contains(p.Find("a.btn").Last().AttrOr("href", ""), "example") {
			t.Errorf("%s: the way back leads away", address)
		}
	}
	b.lang = "en"
	if p := b.get(one); !strings.Contains(p.text, "Save these filters") {
		t.Error("not in English")
	}
	if all, err := s.accounts.Views(t.Context(), authz.Actor{City: city, User: "nobody"}, "/office/accounts"); err != nil || len(all) > 0 {
		t.Errorf("%v, %v", all, err)
	}
}
