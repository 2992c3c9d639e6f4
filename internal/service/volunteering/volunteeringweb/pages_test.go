package volunteeringweb_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/certificate"
	"zhidian/internal/service/volunteering/duty"
	"zhidian/internal/service/volunteering/pairing"
	"zhidian/internal/service/volunteering/volunteeringweb"
	"zhidian/internal/testworld"
)

// stage is a small city with these pages.
type stage struct {
	*testworld.World
	t        *testing.T
	s        *volunteering.Service
	pairs    *pairing.Service
	duty     *duty.Service
	papers   *certificate.Service
	children int64
	site     *webtest.Site
	clear    *clearance.Service
	today    day.Day
	desk     authz.Actor
}

func open(t *testing.T) *stage {
	t.Helper()
	c := &stage{t: t, today: day.Of(time.Now(), webtest.Zone)}
	db := sqldbtest.SQLite(t, sqldb.Options{})
	c.World, _ = testworld.Build(t, db)
	c.s = &volunteering.Service{DB: db, Serials: c.Serials, Cursors: page.NewCursors([]byte("sixteen random bytes")), Zone: webtest.Zone}
	c.pairs = &pairing.Service{DB: db, Zone: webtest.Zone}
	c.duty = &duty.Service{DB: db, Zone: webtest.Zone, Children: func(sqldb.Q, place.ID, day.Day, int64, int64) (int64, error) { return c.children, nil }}
	c.papers = &certificate.Service{DB: db, Keys: c.Keys, Serials: c.Serials, Duties: c.duty, Zone: webtest.Zone}
	c.clear = &clearance.Service{DB: db, Keys: c.Keys, Zone: webtest.Zone}
	c.site = webtest.Open(t, testworld.City, func(d *door.Doors) []web.Route {
		return volunteeringweb.Routes(volunteeringweb.Services{Volunteers: c.s, Pairs: c.pairs, Duties: c.duty, Certificates: c.papers}, d)
	}, timetable.Messages, volunteeringweb.Messages)
	c.desk = c.Actor(t, authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: slices.Concat(volunteering.Verbs, pairing.Verbs, duty.Verbs, certificate.Verbs)}, "咸安区")
	c.desk.User = c.Nodes["咸安区"].ID.String()
	return c
}

func (c *stage) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *stage) somebody(name string) authz.Actor {
	c.t.Helper()
	var made person.ID
	c.must(c.DB.Write(c.t.Context(), c.System(), func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, c.Keys, []person.New{{Home: c.Nodes["咸安区甲镇一村"].ID, Name: name, Born: day.Must("2004-05-06")}})
		if err != nil {
			return err
		}
		made = ids[0]
		return tx.Record(person.Create, made.String(), act.Change{})
	}))
	return authz.Actor{City: c.City, User: made.String(), Person: made.String(), Grants: []authz.Held{}}
}

func (c *stage) post(by authz.Actor, to string, f url.Values) {
	c.t.Helper()
	f.Set("_key", web.NewKey())
	if got := c.site.As(by).Post(to, f); got.Status != 303 {
		c.t.Fatalf("%s: %d %s", to, got.Status, got.Body)
	}
}

// From the phone of whoever applies to her desk and back, with nothing that was typed becoming a part of a page.
func TestAnApplicationFromPageToPage(t *testing.T) {
	t.Parallel()
	c := open(t)
	by, mate := c.somebody("乔以恒"+webtest.Hostile), c.somebody("温一苇")
	const mine, desk = "/my/volunteer", "/office/volunteers"
	c.site.As(authz.Actor{City: c.City, User: "nobody", Grants: []authz.Held{}}).Get(mine).Want(200, ".zd-empty a[href='/my/data']")
	c.site.As(c.desk).Get(desk).Want(200, ".zd-empty")
	f := c.site.As(by).Get(mine).Want(200, "input[name=skill]", "input[name=free]", "select[name=org]").Lacks("移出").Keep("volunteer-new")
	sent := f.Form(url.Values{"org": {c.Nodes["咸安区"].ID.String()}, "skill": {"homework", "dialect"}, "says": {webtest.Hostile}})
	c.site.As(by).Post(mine, sent).Want(422, "[role=alert]", "input[name=skill][value=dialect][checked]").Holds("有空的时间")
	sent.Set("free", "end_am")
	sent.Set("_key", web.NewKey())
	c.site.As(by).Post(mine, sent).Want(422, "[role=alert]").Holds("请先同意")
	sent.Set("agreed", "1")
	c.post(by, mine, sent)
	c.site.As(by).Get(mine).Want(200, "#mine", "input[name=code]").Holds("待审核", "还没有定上岗条件")
	c.must(c.clear.SetRule(t.Context(), c.System(), clearance.Rule{Kind: clearance.Check, From: day.Must("2020-01-01"), Needed: true, Source: "试"}))
	c.site.As(by).Get(mine).Want(200, "#gaps li").Holds("从业查询").Keep("volunteer-applied")

	list := c.site.As(c.desk).Get(desk+"?state=applied&skill=dialect").Want(200, "table a[href^='/office/volunteers/0']").Holds("乔以恒", "缺 1 项").Keep("volunteer-list")
	if got := c.site.As(c.desk).Get(desk + "?state=wrong"); got.Status < 400 {
		t.Error(got.Status)
	}
	_ = list
	who, err := c.s.Mine(t.Context(), by)
	c.must(err)
	one := desk + "/" + who.ID.String()
	detail := c.site.As(c.desk).Get(one).Want(200, "#decide form[action$='/decide']", "#gaps li").Keep("volunteer-one")
	c.site.As(c.desk).Post(one+"/decide", detail.Form(url.Values{"to": {"refused"}, "note": {""}})).Want(422, "[role=alert]")
	c.post(c.desk, one+"/decide", detail.Form(url.Values{"to": {"admitted"}}))
	c.site.As(c.desk).Get(one).Want(200).Holds("已录用")
	lesser := c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{volunteering.Read}}, "咸安区")
	lesser.User = c.desk.User
	c.site.As(lesser).Get(one).Want(200).Lacks("乔以恒", "/decide")
	c.site.As(c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{volunteering.Read}}, "嘉鱼县")).Get(one).Want(404)

	found := c.site.As(by).Get(mine).Form(url.Values{"name": {"小教 1 班<b>\"&"}, "kind": {"class"}, "home": {c.Nodes["咸安区"].ID.String()}, "most": {"99"}})
	c.site.As(by).Post(mine+"/group/found", found).Want(422, "[role=alert]")
	found.Set("most", "5")
	c.post(by, mine+"/group/found", found)
	led, err := c.s.Mine(t.Context(), by)
	c.must(err)
	c.site.As(by).Get(mine).Want(200, "#members li").Holds(led.Group.Code, "队长")
	c.must(func() error {
		_, err := c.s.Apply(t.Context(), mate, volunteering.Volunteer{Org: c.Nodes["咸安区"].ID, Free: 1}, true)
		return err
	}())
	c.site.As(mate).Post(mine+"/group/join", url.Values{"code": {"WRONG"}, "_key": {web.NewKey()}}).Want(422, "[role=alert]").Holds("没有这个口令")
	c.post(mate, mine+"/group/join", url.Values{"code": {led.Group.Code}})
	c.site.As(mate).Get(mine).Want(200, "form[action$='/part']").Lacks(led.Group.Code, "乔以恒"+"<")
	c.site.As(by).Get(mine).Want(200, "#members form[action$='/part']").Holds("温一苇", "条件未齐").Keep("volunteer-group")
	c.site.As(by).In("en").Get(mine).Want(200).Holds("Local dialect")
	if got := c.site.As(by).Post(mine+"/group/nothing", url.Values{"_key": {web.NewKey()}}); got.Status != 404 {
		t.Error(got.Status)
	}
}

// A term from what a site wants to approved pairs, on the page of its desk, with the same in a table and on the map.
func TestPairsFromPageToPage(t *testing.T) {
	t.Parallel()
	c := open(t)
	lead, mate := c.somebody("乔以恒"), c.somebody("温一苇")
	for _, by := range []authz.Actor{lead, mate} {
		c.must(func() error {
			_, err := c.s.Apply(t.Context(), by, volunteering.Volunteer{Org: c.Nodes["咸安区"].ID, Free: 1, Skills: volunteering.SetOf(volunteering.Skills, []string{"dialect", "art"})}, true)
			return err
		}())
	}
	_, err := c.s.Found(t.Context(), lead, volunteering.Group{Name: "小教<b>\"&", Kind: "class", Org: c.Nodes["咸安区"].ID, Most: 9})
	c.must(err)
	mine, err := c.s.Mine(t.Context(), lead)
	c.must(err)
	_, err = c.s.JoinGroup(t.Context(), mate, mine.Group.Code)
	c.must(err)
	places := &place.Service{DB: c.DB, Cursors: c.s.Cursors}
	at := c.Nodes["咸安区甲镇一村"]
	site, err := places.Create(t.Context(), c.System(), place.Given{Org: at.ID, Kind: "青年之家", Name: "岔路口" + webtest.Hostile, At: *at.At, CRS: "wgs84", Fineness: "point", Capacity: 40})
	c.must(err)

	const list = "/office/pairs"
	f := c.site.As(c.desk).Get(list).Want(200, ".zd-empty", "#begin select[name=org]").Form(url.Values{"title": {"暑期<b>\"&"}, "org": {c.Nodes["咸安区"].ID.String()}, "first": {c.today.String()}, "last": {c.today.AddDays(-3).String()}})
	c.site.As(c.desk).Post(list, f).Want(422, "[role=alert]").Holds("结束不早于开始")
	f.Set("last", c.today.AddDays(40).String())
	c.post(c.desk, list, f)
	all, _, err := c.pairs.Terms(t.Context(), c.desk)
	c.must(err)
	one := list + "/" + all[0].ID.String()
	empty := c.site.As(c.desk).Get(one).Want(200, ".zd-empty", "#want select[name=place]").Lacks("id=\"propose\"")
	want := empty.Form(url.Values{"place": {site.String()}, "people": {"5"}, "room": {"4"}, "asks": {"art"}})
	c.site.As(c.desk).Post(one+"/want", want).Want(422, "[role=alert]")
	want.Set("room", "8")
	c.post(c.desk, one+"/want", want)
	c.site.As(c.desk).Get(one).Want(200, "#homes form[action$='/settle']", "#propose", "[data-zd-map]").Holds("缺 5", "小教")
	c.post(c.desk, one+"/propose", url.Values{})
	c.site.As(c.desk).Get(one).Want(200, "table#pairs form[action$='/forbid']", "#approve").Holds("公里", "会美术手工", "当地方言").Lacks("id=\"homes\"").Keep("pairs")
	group := mine.Group.ID.String()
	c.post(c.desk, one+"/settle", url.Values{"group": {group}, "place": {site.String()}})
	c.site.As(c.desk).Get(one).Want(200, "table#pairs form[action$='/free']").Holds("已锁定")
	c.post(c.desk, one+"/free", url.Values{"group": {group}})
	c.site.As(c.desk).Post(one+"/nothing", url.Values{"_key": {web.NewKey()}}).Want(404)
	drawn := c.site.As(c.desk).Get(one + "/map.json")
	if drawn.Status != 200 || !strings.Contains(drawn.Body, "LineString") || !strings.Contains(drawn.Body, "岔路口") {
		t.Errorf("%d %s", drawn.Status, drawn.Body)
	}
	lesser := c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{volunteering.Read}}, "咸安区")
	lesser.User = c.desk.User
	c.site.As(lesser).Get(one).Want(200, "table#pairs").Lacks("/forbid", "/approve")
	c.post(c.desk, one+"/approve", c.site.As(c.desk).Get(one).Form(url.Values{}))
	c.site.As(c.desk).Get(one).Want(200, "table#pairs").Holds("已批准").Lacks("/forbid", "/propose")
	c.site.As(c.desk).In("en").Get(one).Want(200).Holds("Approved", "km away")
}

// A duty from its planning to a certificate that a stranger checks on a phone.
func TestServiceFromPageToPage(t *testing.T) {
	t.Parallel()
	c := open(t)
	lead, mate := c.somebody("乔以恒"+webtest.Hostile), c.somebody("温一苇")
	c.must(c.clear.SetRule(t.Context(), c.System(), clearance.Rule{Kind: clearance.Check, From: day.Must("2020-01-01"), Needed: true, Source: "试"}))
	for _, by := range []authz.Actor{lead, mate} {
		v, err := c.s.Apply(t.Context(), by, volunteering.Volunteer{Org: c.Nodes["咸安区"].ID, Free: 63}, true)
		c.must(err)
		m, err := c.s.Mine(t.Context(), by)
		c.must(err)
		c.must(c.s.Decide(t.Context(), c.desk, v, m.EditedAt, volunteering.Admitted, ""))
		_, err = c.clear.Enter(t.Context(), c.System(), clearance.Paper{Person: person.ID(by.Person), Org: c.Nodes["咸安区"].ID, Kind: clearance.Check, Result: clearance.Passed, On: c.today.AddDays(-1), Until: c.today.AddDays(60), Issuer: "市公安局"})
		c.must(err)
	}
	group, err := c.s.Found(t.Context(), lead, volunteering.Group{Name: "小教<b>\"&", Kind: "class", Org: c.Nodes["咸安区"].ID, Most: 9})
	c.must(err)
	mine, err := c.s.Mine(t.Context(), lead)
	c.must(err)
	_, err = c.s.JoinGroup(t.Context(), mate, mine.Group.Code)
	c.must(err)
	places := &place.Service{DB: c.DB, Cursors: c.s.Cursors}
	at := c.Nodes["咸安区甲镇一村"]
	site, err := places.Create(t.Context(), c.System(), place.Given{Org: at.ID, Kind: "青年之家", Name: "岔路口", At: *at.At, CRS: "wgs84", Fineness: "point", Capacity: 40})
	c.must(err)
	term, err := c.pairs.Begin(t.Context(), c.desk, pairing.Term{Org: c.Nodes["咸安区"].ID, Title: "暑期", First: c.today.AddDays(-3), Last: c.today.AddDays(30)})
	c.must(err)
	c.must(c.pairs.Want(t.Context(), c.desk, term, pairing.Need{Place: site, People: 2, Room: 4}))
	c.must(c.pairs.Propose(t.Context(), c.desk, term))
	v, err := c.pairs.View(t.Context(), c.desk, term)
	c.must(err)
	c.must(c.pairs.Approved(t.Context(), c.desk, term, v.EditedAt))

	list := "/office/pairs/" + term.String() + "/duties"
	c.site.As(c.desk).Get("/office/pairs/"+term.String()).Want(200, "a[href='"+list+"']")
	f := c.site.As(c.desk).Get(list).Want(200, ".zd-empty", "#plan", "#fill").Form(url.Values{"group": {group.String()}, "title": {"课业辅导" + webtest.Hostile}, "on": {c.today.String()}, "starts": {"八点"}, "ends": {"23:59"}, "needed": {"2"}})
	c.site.As(c.desk).Post(list+"/plan", f).Want(422, "[role=alert]").Holds("08:30")
	hour := time.Now().In(webtest.Zone).Hour()
	f.Set("starts", fmt.Sprintf("%02d:00", hour))
	f.Set("ends", fmt.Sprintf("%02d:59", min(hour+3, 23)))
	c.post(c.desk, list+"/plan", f)
	c.post(c.desk, list+"/fill", url.Values{"group": {group.String()}})
	got, err := c.duty.OfTerm(t.Context(), c.desk, term, group)
	c.must(err)
	one := "/office/duties/" + got.Lines[0].ID.String()
	c.site.As(c.desk).Get(list).Want(200, "table#duties a[href='"+one+"']").Holds("2 / 2 人", "温一苇").Keep("duties")
	c.site.As(mate).Get("/my/duties").Want(200, "form[action$='/in']").Holds("岔路口").Lacks("乔以恒").Keep("duty-mine")
	my := "/my/duties/" + got.Lines[0].ID.String()
	c.post(mate, my+"/in", url.Values{"client": {web.NewKey()}})
	c.site.As(mate).Get("/my/duties").Want(200, "form[action$='/out']").Holds("到岗")
	c.post(mate, my+"/out", url.Values{"client": {web.NewKey()}})
	c.site.As(lead).Post(my+"/vouch", url.Values{"who": {mate.Person}, "_key": {web.NewKey()}}).Want(422, "[role=alert]").Holds("请单位确认")
	c.children = 5
	c.site.As(lead).Get("/my/duties").Want(200, "form[action$='/vouch']").Holds("温一苇", "在场孩子 5 人").Keep("duty-lead")
	c.site.As(c.desk).Get(one).Want(200, "#servers form[action$='/confirm']", "#servers form[action$='/correct']").Holds("到岗").Keep("duty")
	d := got.Lines[0]
	c.must(c.duty.Correct(t.Context(), c.desk, d.ID, person.ID(mate.Person), d.Starts, min(d.Starts+int64(66*time.Minute/time.Microsecond), d.Ends), "整点开始"+webtest.Hostile))
	c.site.As(c.desk).Get(one).Want(200, "#rows li").Holds("整点开始")
	c.site.As(c.desk).Get("/office/duties/odd").Want(200)
	lesser := c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{volunteering.Read}}, "咸安区")
	lesser.User = c.desk.User
	c.site.As(lesser).Get(one).Want(200).Lacks("温一苇", "/confirm", "/substitute")

	who, err := c.s.Mine(t.Context(), mate)
	c.must(err)
	page := "/office/volunteers/" + who.ID.String()
	issue := c.site.As(c.desk).Get(page).Want(200, "#certificates form[action$='/certificate']").Form(url.Values{"first": {c.today.String()}, "last": {c.today.String()}, "head": {"周主任"}, "handler": {"陈经办"}, "phone": {""}})
	c.site.As(c.desk).Post(page+"/certificate", issue).Want(422, "[role=alert]").Holds("单位电话")
	issue.Set("phone", "0715-8235000")
	issue.Set("remarks", webtest.Hostile)
	c.post(c.desk, page+"/certificate", issue)
	all, err := c.papers.Mine(t.Context(), mate)
	c.must(err)
	c.site.As(c.desk).Get("/office/certificates/"+all[0].ID.String()).Want(200, "#check svg", "#revoke", ".zd-sign").Holds(all[0].Serial, "课业辅导").Keep("certificate")
	c.site.As(mate).Get("/my/certificates/"+all[0].ID.String()).Want(200, "#check svg").Holds("温一苇").Lacks("id=\"revoke\"")
	c.site.As(lead).Get("/my/certificates/" + all[0].ID.String()).Want(404)
	verify := "/verify/volunteer/" + all[0].Code
	c.site.Get(verify).Want(200, ".zd-state.ok").Holds("真实有效", all[0].Serial).Lacks("温一苇").Keep("certificate-verify")
	c.site.Get("/verify/volunteer/NOSUCHCODE").Want(404)
	c.post(c.desk, "/office/certificates/"+all[0].ID.String()+"/revoke", url.Values{"reason": {"时长有误"}})
	c.site.Get(verify).Want(200, ".zd-state.bad").Holds("已作废").Lacks("时长有误")
	if out := c.site.As(c.desk).Get("/office/volunteers/export?format=csv"); out.Status != 200 || !strings.Contains(out.Body, "温一苇") {
		t.Errorf("%d %s", out.Status, out.Body)
	}
	c.site.As(mate).In("en").Get("/my/duties").Want(200).Holds("Hours served")
}
