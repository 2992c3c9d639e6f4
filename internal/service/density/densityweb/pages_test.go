package densityweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/density"
	"zhidian/internal/service/density/coverage"
	"zhidian/internal/service/density/densityweb"
	"zhidian/internal/testworld"
)

// browse opens the pages of a filled city as a role at the city.
func browse(t *testing.T, role authz.Role, at string) (*webtest.Site, *site) {
	t.Helper()
	w, _ := testworld.Build(t, sqldbtest.SQLite(t, sqldb.Options{}))
	s := &site{World: w}
	s.s = &density.Service{DB: w.DB, Matters: &casework.Service{DB: w.DB, Serials: w.Serials, Cursors: page.NewCursors([]byte("0123456789abcdef")), Zone: time.UTC}}
	s.fill(t)
	b := webtest.Open(t, w.City, func(doors *door.Doors) []web.Route {
		doors.Menu = densityweb.Menu
		return densityweb.Routes(s.s, &org.Service{DB: w.DB, Serials: w.Serials}, doors)
	}, geo.Messages, coverage.Messages, densityweb.Messages)
	return b.As(s.Actor(t, role, at)), s
}

func TestTheOverviewLeadsToEveryFigureItShows(t *testing.T) {
	t.Parallel()
	b, _ := browse(t, clerk, "咸宁市")
	for _, lang := range []string{"zh-CN", "en"} {
		a := b.In(lang).Get("/office/density").Want(http.StatusOK,
			"[data-zd-map]", "table#density-table tbody tr", "a[href*='side=1000']", "a[href*='layer=score']", "a[href*='/blind-spots/']",
			"a[href*='/office/density/units?place=']", "a[href*='/office/persons?org=']", "a[href$='.xlsx'], a[href*='table.xlsx']", "a[href*='map.geojson']",
			"select[name=delivery] option[selected]")
		a.Lacks("⟦", "<b>表")
		if a.Find("a[href*='side=250'], a[href*='side=500']").Length() > 0 {
			t.Error("hexagons finer than the source are offered")
		}
	}
	a := b.Get("/office/density?layer=score&side=0&level=township").Want(http.StatusOK, ".zd-help")
	a.Holds("聚集评分 =", "新兴领域一项没有计入")
}

// The page says where the number of people in new sectors comes from.
func TestTheScoreSaysWhoseNumbersItTook(t *testing.T) {
	t.Parallel()
	b, s := browse(t, clerk, "咸宁市")
	orgs := &org.Service{DB: s.DB, Serials: s.Serials}
	for i, village := range []string{"咸安区甲镇一村", "嘉鱼县甲镇一村"} {
		staff := int64(40 + 30*i)
		if _, err := orgs.Create(t.Context(), s.System(), org.New{Kind: org.Company, Name: "某快递公司" + village, Parent: s.Nodes[village].ID, Industry: "快递服务", Staff: &staff}); err != nil {
			t.Fatal(err)
		}
	}
	s.deliver(t, "2026-06-30", 3)
	b.Get("/office/density?layer=score&side=2000").Want(http.StatusOK).Holds("新兴领域按企业名录填报的职工人数计（2 家）")
	b.In("en").Get("/office/density?layer=score&side=2000").Want(http.StatusOK).Holds("numbers of staff that employers gave (2 of them)")
}

func TestAReaderIsToldNothingOfHiddenFigures(t *testing.T) {
	t.Parallel()
	b, _ := browse(t, reader, "咸宁市")
	a := b.Get("/office/density?level=village").Want(http.StatusOK, "table#density-table tbody tr")
	a.Holds("不显示", "只有能看名单的岗位可以看")
	a.Lacks("少于 5</", "连带隐去", "/office/density/units?place=", "/office/persons?org=")
	b.Get("/office/density/units").Want(http.StatusOK).Holds("只有能看名单的岗位可以看")
	b.Get("/office/density/blind-spots").Want(http.StatusOK).Holds("没有符合条件的盲区")
	b.Get("/office/density/compare").Want(http.StatusOK).Holds("还不能对比")
}

func TestUnitsThatAreDueAreListed(t *testing.T) {
	t.Parallel()
	b, s := browse(t, clerk, "咸宁市")
	a := b.Get("/office/density/units?all=1").Want(http.StatusOK, "table#units-shares tbody tr", "select[name=kind]", "select[name=all] option[value='1'][selected]")
	a.Holds("缺工作单位", "去导入")
	if n := a.Find("table#units-shares tbody tr").Length(); n != 3 {
		t.Errorf("%d kinds of unit", n)
	}
	for _, kind := range coverage.Kinds() {
		b.Get("/office/density/units?kind="+string(kind)).Want(http.StatusOK, "select[name=kind] option[value="+string(kind)+"][selected]")
	}
	b.Get("/office/density/units?kind=x").Want(http.StatusNotFound)
	b.Get("/office/density/units?place="+s.Nodes["嘉鱼县"].ID.String()).Want(http.StatusOK, "a[href='/office/density/units']")
	b.In("en").Get("/office/density/units").Want(http.StatusOK).Holds("Units due an organisation").Lacks("⟦")
}

func TestCoverageSaysWhichFileIsMissing(t *testing.T) {
	t.Parallel()
	b, _ := browse(t, clerk, "咸宁市")
	a := b.Get("/office/density/coverage?within=3000").Want(http.StatusOK, "table#density-coverage tbody tr", "select[name=within] option[value='3000'][selected]", "a[href='/office/imports']")
	a.Holds("缺青年活动阵地台账", "缺企业名录", "估计")
	if n := a.Find("table#density-coverage a[href*='/office/density/units?place=']").Length(); n < 3 {
		t.Errorf("%d rates lead to their lists", n)
	}
	b.Get("/office/density/coverage?kind=x").Want(http.StatusNotFound)
}

func TestABlindSpotIsHandledOnItsPage(t *testing.T) {
	t.Parallel()
	b, _ := browse(t, clerk, "咸宁市")
	list := b.Get("/office/density/blind-spots").Want(http.StatusOK, "table#density-spots tbody tr")
	var hrefs []string
	list.Find("table#density-spots a[href*='/blind-spots/']").Each(func(_ int, e *goquery.Selection) {
		href := e.AttrOr("href", "")
		if len(hrefs) == 0 || hrefs[len(hrefs)-1] != href {
			hrefs = append(hrefs, href)
		}
	})
	if len(hrefs) < 3 {
		t.Fatalf("%d blind spots", len(hrefs))
	}
	post := func(href, verb string, fields url.Values) *webtest.Answer {
		if fields == nil {
			fields = url.Values{}
		}
		fields.Set("key", web.NewKey())
		return b.Post(href+"/"+verb, fields)
	}
	// To visit, and back.
	b.Get(hrefs[0]).Want(http.StatusOK, "form[action$='/visit']", "form[action$='/dismiss'] textarea[required]", "form[action$='/assign'] select[name=desk] option")
	post(hrefs[0], "visit", nil).Want(http.StatusSeeOther)
	b.Get(hrefs[0]).Want(http.StatusOK, "form[action$='/reopen']").Holds("已列入走访")
	post(hrefs[0], "reopen", nil).Want(http.StatusSeeOther)
	// Dismissed only with a reason, which stays and is text.
	again := post(hrefs[1], "dismiss", url.Values{"reason": {"短"}}).Want(http.StatusUnprocessableEntity, "form[action$='/dismiss'] [aria-invalid=true], form[action$='/dismiss'] .invalid-feedback")
	again.Holds("至少 4 个字")
	post(hrefs[1], "dismiss", url.Values{"reason": {webtest.Hostile + "已经搬走"}}).Want(http.StatusSeeOther)
	b.Get(hrefs[1]).Want(http.StatusOK, "form[action$='/reopen']").Holds("已经搬走")
	b.Get("/office/density/blind-spots?state=dismissed").Want(http.StatusOK, "table#density-spots tbody tr")
	// Assigned as a matter; nothing typed is lost.
	open := b.Get(hrefs[2])
	desk := open.Find("form[action$='/assign'] select[name=desk] option").First().AttrOr("value", "")
	bad := post(hrefs[2], "assign", url.Values{"desk": {desk}, "days": {"很快"}, "text": {"请先走访"}}).Want(http.StatusUnprocessableEntity)
	if !strings.Contains(bad.Find("textarea[name=text]").Text(), "请先走访") {
		t.Error("what was typed is lost")
	}
	post(hrefs[2], "assign", url.Values{"desk": {desk}, "days": {"10"}, "text": {"请先走访"}}).Want(http.StatusSeeOther)
	b.Get(hrefs[2]).Want(http.StatusOK, "a[href*='/office/matters/']").Holds("已交办")
	post(hrefs[2], "visit", nil).Want(http.StatusConflict)
}

func TestThePublicPageHasCountiesAlone(t *testing.T) {
	t.Parallel()
	b, s := browse(t, clerk, "咸宁市")
	a := b.Get("/figures").Want(http.StatusOK, "table#figures tbody tr")
	if n := a.Find("table#figures tbody tr").Length(); n != len(testworld.Counties)+1 {
		t.Errorf("%d rows", n)
	}
	a.Lacks(s.Nodes["咸安区甲镇"].Name+"<", "/office/persons")
}
