package densityweb_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/webtest"
)

// What a source wrote stays text on every page that shows it, in both languages, and the list goes on past its first page.
func TestHostileUnitsStayTextOnEveryPage(t *testing.T) {
	t.Parallel()
	b, s := browse(t, clerk, "咸宁市")
	s.employ(t, webtest.Hostile, 9)
	for i := range 55 {
		s.employ(t, fmt.Sprintf("快递站%02d", i), 3)
	}
	s.deliver(t, "2026-06-30", 1)
	href := ""
	for _, lang := range []string{"zh-CN", "en"} {
		b := b.In(lang)
		list := b.Get("/office/density/blind-spots?kind=unit_due").Want(http.StatusOK, "table#density-spots tbody tr", "select[name=kind] option[value=unit_due][selected]", "a[href='/office/density/blind-spots']")
		list.Holds(webtest.Hostile).Lacks("⟦", "<script>alert")
		if n := list.Find("table#density-spots tbody tr").Length(); n != 50 {
			t.Errorf("%d rows on a page", n)
		}
		next := list.Find("a[href*='after=']").AttrOr("href", "")
		more := b.Get(next).Want(http.StatusOK, "table#density-spots tbody tr")
		if n := more.Find("table#density-spots tbody tr").Length(); n != 6 {
			t.Errorf("%d rows on the last page", n)
		}
		b.Get("/office/density").Want(http.StatusOK, "ol.zd-rank li").Lacks("⟦", "<script>alert")
		b.Get("/office/density/units?kind=workplace").Want(http.StatusOK, "table#units tbody tr").Holds(webtest.Hostile).Lacks("⟦", "<script>alert")
		units := b.Get("/office/density/units?kind=workplace").Want(http.StatusOK)
		rest := units.Find("a[rel=next]").AttrOr("href", "")
		last := b.Get(rest).Want(http.StatusOK, "select[name=kind] option[value=workplace][selected]", "a[rel=prev][href='/office/density/units?kind=workplace']").Lacks("rel=\"next\"")
		if a, z := len(shown(units, "table#units")), len(shown(last, "table#units")); a != 50 || z != 6 || !strings.Contains(rest, "after=50") {
			t.Errorf("%d units, then %d at %s", a, z, rest)
		}
		if slices.Equal(shown(units, "table#units")[0], shown(last, "table#units")[0]) {
			t.Error("the second page begins as the first")
		}
		for _, odd := range []string{"-3", "x", "9999999999999999999"} {
			if n := len(shown(b.Get("/office/density/units?kind=workplace&after="+odd).Want(http.StatusOK), "table#units")); n != 50 {
				t.Errorf("after %s: %d units", odd, n)
			}
		}
		list.Find("table#density-spots a[href*='/blind-spots/']").EachWithBreak(func(_ int, e *goquery.Selection) bool {
			if strings.Contains(e.Text(), "<script>") {
				href = e.AttrOr("href", "")
			}
			return href == ""
		})
		b.Get(href).Want(http.StatusOK, "main h1", "form[action$='/assign']").Holds(webtest.Hostile).Lacks("⟦", "<script>alert")
	}
	// Its matter has the name as its title; what was typed with it stays text as well.
	desk := b.Get(href).Find("form[action$='/assign'] select[name=desk] option").First().AttrOr("value", "")
	fields := url.Values{"key": {web.NewKey()}, "desk": {desk}, "days": {"0"}, "text": {webtest.Hostile}}
	again := b.Post(href+"/assign", fields).Want(http.StatusUnprocessableEntity, "form[action$='/assign'] [aria-invalid=true], form[action$='/assign'] .invalid-feedback")
	again.Lacks("<script>alert")
	if again.Find("textarea[name=text]").Text() != webtest.Hostile {
		t.Errorf("what was typed is now %q", again.Find("textarea[name=text]").Text())
	}
	fields.Set("days", "10")
	fields.Set("key", web.NewKey())
	b.Post(href+"/assign", fields).Want(http.StatusSeeOther)
	fields.Set("key", web.NewKey())
	b.Post(href+"/assign", fields).Want(http.StatusUnprocessableEntity, "a[href*='/office/matters/']").Holds("刚才已被别人处理")
	b.Get("/office/density/blind-spots?state=assigned").Want(http.StatusOK, "table#density-spots tbody tr").Holds(webtest.Hostile)
	// An assigned one ends where matters end.
	for verb, status := range map[string]int{"visit": http.StatusConflict, "reopen": http.StatusConflict, "dismiss": http.StatusUnprocessableEntity} {
		b.Post(href+"/"+verb, url.Values{"key": {web.NewKey()}, "reason": {"已经搬走了"}}).Want(status).Holds("刚才已被别人处理")
	}
}

// The panel of a division leads into it, and to its people where the viewer may see them; the whole page without a script
// says the same as the panel.
func TestThePanelOfADivision(t *testing.T) {
	t.Parallel()
	b, s := browse(t, clerk, "咸安区")
	own, other := s.Nodes["咸安区"].ID.String(), s.Nodes["嘉鱼县"].ID.String()
	for _, lang := range []string{"zh-CN", "en"} {
		b := b.In(lang)
		page := b.Get("/office/density/cell?division="+own).Want(http.StatusOK, "main h3", "a[href*='place="+own+"']", "a[href*='/office/persons?']", "main table tbody tr")
		page.Holds("咸安区甲镇").Lacks("⟦", "嘉鱼县甲镇")
		b.Get("/office/density/cell?division="+other).Want(http.StatusOK, "main h3", "a[href*='place="+other+"']").Lacks("⟦", "/office/persons?")
	}
	reads := b.As(s.Actor(t, reader, "咸宁市"))
	reads.Get("/office/density/cell?division="+own).Want(http.StatusOK, "main h3").Lacks("/office/persons?", grouped(canary+1))
	for _, bad := range []string{"?division=x", "?division=00000000000000000000000000", "?cell=1_", "?side=250&cell=0_0", ""} {
		b.Get("/office/density/cell" + bad).Want(http.StatusNotFound)
	}
}

// Coverage says how far the fullest village is that nobody reaches, and keeps place and distance from page to page.
func TestCoverageKeepsWhatWasChosen(t *testing.T) {
	t.Parallel()
	b, s := browse(t, clerk, "咸宁市")
	county := s.Nodes["咸安区"].ID.String()
	for _, lang := range []string{"zh-CN", "en"} {
		b := b.In(lang)
		b.Get("/office/density/coverage?within=5000").Want(http.StatusOK, "table#density-coverage a[href$='place="+county+"&within=5000']").Lacks("⟦")
		b.Get("/office/density/coverage?within=5000&place="+county).Want(http.StatusOK, "form input[name=place][value='"+county+"']", "a[href='/office/density/coverage']").Lacks("⟦", "嘉鱼县")
	}
	b.Get("/office/density/coverage?within=1").Want(http.StatusOK, "select[name=within] option[value='2000'][selected]")
	b.As(s.Actor(t, reader, "咸宁市")).Get("/office/density/coverage").Want(http.StatusOK, "table#density-coverage tbody tr").Lacks("/office/density/units?place=")
}
