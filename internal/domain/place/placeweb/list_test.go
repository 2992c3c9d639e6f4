package placeweb_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/web/webtest"
)

// The list goes on past its page and back, and its file holds all of it in the same order.
func TestPlacesGoOnPastThePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 55 {
		w.put("咸安区甲镇一村", fmt.Sprintf("青年之家%02d", i))
	}
	w.put("咸安区乙镇一村", "=1+1"+webtest.Hostile)
	w.put("嘉鱼县甲镇一村", "嘉鱼青年之家")
	clerk := w.as("咸安区")
	names := func(a *webtest.Answer) (all []string) {
		a.Find("#places tbody td.t a").Each(func(_ int, e *goquery.Selection) { all = append(all, strings.TrimSpace(e.Text())) })
		return all
	}
	first := clerk.Get("/office/places").Want(200, "a[rel=next]").Holds("共 56 条", "导出 56 条").Lacks(`rel="prev"`)
	second := clerk.Get(first.Find("a[rel=next]").AttrOr("href", "")).Want(200, "a[rel=prev]").Lacks(`rel="next"`)
	if a, b := len(names(first)), len(names(second)); a != 50 || b != 6 {
		t.Fatalf("%d and %d on the pages", a, b)
	}
	back := clerk.Get(second.Find("a[rel=prev]").AttrOr("href", "")).Want(200)
	if !slices.Equal(names(back), names(first)) {
		t.Error("back is another page")
	}
	all := append(names(first), names(second)...)
	var got []string
	for _, row := range clerk.Get("/office/places/export").Want(200).Lines()[1:] {
		got = append(got, row[0])
	}
	if !slices.Equal(got, all) {
		t.Errorf("the pages list %q, the file %q", all, got)
	}
	filtered := clerk.Get("/office/places?q=%E9%9D%92%E5%B9%B4%E4%B9%8B%E5%AE%B61").Want(200, "a[href='/office/places']").Holds("共 10 条", "导出 10 条")
	if n := len(clerk.Get(filtered.Find("a[download][href*='/export']").AttrOr("href", "")).Want(200).Lines()); n != 11 {
		t.Errorf("the file of ten has %d lines", n)
	}
	clerk.Get("/office/places?q=%E6%B2%A1%E6%9C%89").Want(200, ".zd-empty", "button[disabled]").Holds("换一个条件再看")
	if a := clerk.Get("/office/places?from=nonsense"); a.Status >= 500 || a.Status == 200 {
		t.Errorf("a place in the list that is none: %d", a.Status)
	}
}

// What a place cannot be is said at its field, in both languages, with all else as it was typed; and nothing is written.
func TestAPlaceIsRefusedAtItsFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区", append([]authz.Verb{org.Read}, place.Verbs...)...)
	const ask = "/office/places/new?find=%E7%94%B2%E9%95%87%E4%B8%80%E6%9D%91"
	good := url.Values{"org": {w.Nodes["咸安区甲镇一村"].ID.String()}, "kind": {"青年驿站"}, "name": {"甲镇青年驿站"}, "lon": {"114.05"}, "lat": {"29.8"}, "crs": {"wgs84"}, "fineness": {"point"}, "capacity": {"30"}}
	for _, lang := range []string{"zh-CN", "en"} {
		for _, x := range []struct{ field, value string }{
			{"name", ""}, {"name", strings.Repeat("长", 121)}, {"name", "看不见\u202e的"}, {"kind", ""}, {"lon", "东经114"}, {"lon", "0"}, {"lat", ""}, {"capacity", "-1"}, {"capacity", "1.5"},
		} {
			form := clerk.In(lang).Get(ask).Want(200)
			typed := url.Values{}
			for k, v := range good {
				typed[k] = v
			}
			typed.Set(x.field, x.value)
			refused := clerk.In(lang).Post("/office/places/new", form.Form(typed))
			if refused.Status != 422 || refused.Find("#f-"+x.field+"[aria-invalid=true]").Length() != 1 || refused.Find("[role=alert] li").Length() != 1 {
				t.Errorf("%s: %s %q: %d %s", lang, x.field, x.value, refused.Status, refused.Find("[role=alert]").Text())
			}
			refused.Lacks("⟦")
			if x.field != "name" && refused.Find("input[name=name]").AttrOr("value", "") != "甲镇青年驿站" {
				t.Errorf("%s is wrong, and the name typed is gone", x.field)
			}
		}
	}
	typed := url.Values{}
	for k, v := range good {
		typed[k] = v
	}
	typed.Set("org", w.Nodes["嘉鱼县甲镇一村"].ID.String())
	if a := clerk.Post("/office/places/new", clerk.Get(ask).Form(typed)); a.Status != 404 && a.Status != 422 {
		t.Errorf("a place in another county: %d", a.Status)
	}
	clerk.Get("/office/places").Want(200, ".zd-empty").Lacks("甲镇青年驿站")
}

// The questions of a form go along with it, so that a form whose session has ended is shown under them.
func TestAFormSaysItsQuestions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸安区", append([]authz.Verb{org.Read}, place.Verbs...)...)
	page := clerk.Get("/office/places/new?find=%E7%94%B2%E9%95%87%E4%B8%80%E6%9D%91").Want(200)
	asked := map[string]string{}
	page.Find("main form[method=post] input[name=_asked]").Each(func(_ int, e *goquery.Selection) {
		name, rest, _ := strings.Cut(e.AttrOr("value", ""), "\t")
		asked[name] = rest
	})
	if asked["name"] != "名称" || !strings.HasPrefix(asked["crs"], "坐标系\t") || !strings.Contains(asked["crs"], "\twgs84\tWGS-84（手机定位）") {
		t.Errorf("asked: %q", asked)
	}
	if n := page.Find("main form[method=get] input[name=_asked]").Length(); n > 0 {
		t.Errorf("%d questions in a form that goes into the address", n)
	}
}
