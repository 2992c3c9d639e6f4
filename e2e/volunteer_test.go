package e2e

import (
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhidian/internal/app"
	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/clearance/clearanceweb"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/certificate"
	"zhidian/internal/service/volunteering/duty"
	"zhidian/internal/service/volunteering/pairing"
	"zhidian/internal/service/volunteering/volunteeringweb"
)

// storyClock is a clock that goes on by itself and can be put forward, so that a morning passes in some seconds.
type storyClock struct {
	from, began time.Time
	skipped     atomic.Int64 // nanoseconds
}

func (c *storyClock) now() time.Time {
	return c.from.Add(time.Since(c.began) + time.Duration(c.skipped.Load()))
}

// reach puts the clock forward to so long after the day began.
func (c *storyClock) reach(after time.Duration) {
	c.skipped.Add(int64(day.Of(c.from, webtest.Zone).Start(webtest.Zone).Add(after).Sub(c.now())))
}

// aidWorld is a county with a class of children, the desks of its volunteers, and a student who leads a group.
type aidWorld struct {
	classWorld
	clock            *storyClock
	today            day.Day
	volunteers       volunteeringweb.Services
	checks           *clearance.Service
	desk, other, led *site // who plans, who approves, and who leads the group
	serve            func(authz.Actor) *site
}

func newAidWorld(t *testing.T) aidWorld {
	t.Helper()
	ctx, zone := t.Context(), webtest.Zone
	clock := &storyClock{began: time.Now()}
	clock.from = day.Of(clock.began, zone).Start(zone).Add(8 * time.Hour)
	c := aidWorld{classWorld: newClassWorldAt(t, 9, clock.from.Add(-time.Hour), clock.now), clock: clock, today: day.Of(clock.from, zone)}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	duties := &duty.Service{DB: c.DB, Zone: zone, Children: app.ChildrenThere}
	c.volunteers = volunteeringweb.Services{
		Volunteers: &volunteering.Service{DB: c.DB, Serials: c.Serials, Cursors: page.NewCursors([]byte("sixteen random bytes")), Zone: zone},
		Pairs:      &pairing.Service{DB: c.DB, Zone: zone}, Duties: duties,
		Certificates: &certificate.Service{DB: c.DB, Keys: c.Keys, Serials: c.Serials, Duties: duties, Zone: zone},
	}
	c.checks = &clearance.Service{DB: c.DB, Keys: c.Keys, Zone: zone}
	seen := webtest.Open(t, c.City, func(d *door.Doors) []web.Route {
		return slices.Concat(volunteeringweb.Routes(c.volunteers, d), clearanceweb.Routes(c.checks, d))
	}, timetable.Messages, clearanceweb.Messages, volunteeringweb.Messages)
	seen.By(clock.now)
	c.serve = func(a authz.Actor) *site {
		as := seen
		if a.User != "" {
			as = seen.As(a)
		}
		server := httptest.NewServer(as)
		t.Cleanup(server.Close)
		return &site{url: server.URL}
	}
	at := func(role authz.Role, user string) *site {
		a := c.Actor(t, role, "咸安区")
		a.User = c.Nodes[user].ID.String()
		return c.serve(a)
	}
	c.desk = at(authz.Role{Key: "aid", Sees: authz.Sensitive, Verbs: slices.Concat([]authz.Verb{pairing.Plan}, volunteering.Verbs, duty.Verbs, certificate.Verbs, clearance.Verbs)}, "咸安区")
	c.other = at(authz.Role{Key: "head", Sees: authz.Sensitive, Verbs: []authz.Verb{volunteering.Read, pairing.Approve}}, "咸宁市")

	by := c.System()
	must(c.checks.SetRule(ctx, by, clearance.Rule{Kind: clearance.Training, From: day.Must("2020-01-01"), Needed: true, Source: "试"}))
	lead, _ := c.young(t, "简书航", "2003-04-05")
	s := c.volunteers.Volunteers
	made, err := s.Apply(ctx, lead, volunteering.Volunteer{Org: c.Nodes["咸安区"].ID, Free: volunteering.SetOf(volunteering.Times, volunteering.Times)}, true)
	must(err)
	mine, err := s.Mine(ctx, lead)
	must(err)
	must(s.Decide(ctx, by, made, mine.EditedAt, volunteering.Admitted, ""))
	for _, kind := range []clearance.Kind{clearance.Check, clearance.Training} {
		_, err := c.checks.Enter(ctx, by, clearance.Paper{Person: person.ID(lead.Person), Org: c.Nodes["咸安区"].ID, Kind: kind, Result: clearance.Passed, On: c.today.AddDays(-9), Until: c.today.AddDays(90), Issuer: "区团委"})
		must(err)
	}
	_, err = s.Found(ctx, lead, volunteering.Group{Name: "小教 2401 班", Kind: "class", Org: c.Nodes["咸安区"].ID, Most: 9})
	must(err)
	c.led = c.serve(lead)
	return c
}

// young is somebody who has proved who she is, with the number of her ID.
func (c *aidWorld) young(t *testing.T, name, born string) (by authz.Actor, number string) {
	t.Helper()
	paper, err := cn.SyntheticID("421202", day.Must(born))
	if err != nil {
		t.Fatal(err)
	}
	var made person.ID
	if err := c.DB.Write(t.Context(), c.System(), func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, c.Keys, []person.New{{Home: c.Nodes["咸安区"].ID, Name: name, Born: day.Must(born), Papers: []person.Paper{{Kind: person.ResidentID, Number: string(paper)}}}})
		if err != nil {
			return err
		}
		made = ids[0]
		return tx.Record(person.Create, made.String(), act.Change{})
	}); err != nil {
		t.Fatal(err)
	}
	return authz.Actor{City: c.City, User: made.String(), Person: made.String(), Grants: []authz.Held{}}, string(paper)
}

// A student applies on her phone, is admitted, checked and trained, goes with a group to a class of children, signs in at the door and
// out, and her leader confirms it. The certificate is checked by a stranger, who reads neither her name nor her number whole.
func TestAMorningOfServiceIsCertified(t *testing.T) {
	t.Parallel()
	needBrowser(t)
	c := newAidWorld(t)
	parent, kids := c.family("余妈妈", "余大满", "余小满")
	c.join(parent, kids...)
	her, number := c.young(t, "温一苇", "2004-05-06")
	onPhone := func(s *site) *visitor {
		v := s.visit(t)
		v.width(phone)
		return v
	}
	she, lead, desk, head := onPhone(c.serve(her)), onPhone(c.led), onPhone(c.desk), onPhone(c.other)
	looked := func(v *visitor) { // and the window is a phone's again
		t.Helper()
		v.good()
		v.width(phone)
	}

	she.open("/my/volunteer")
	looked(she)
	she.pick("select[name=org]", "咸安区")
	she.tap("skill", "homework")
	she.tap("free", "week_am")
	she.tap("free", "end_am")
	she.click("input[name=agreed]")
	she.enter("main form[action='/my/volunteer'] button[type=submit]")
	she.reads("待审核")
	looked(she)
	she.shoot("aid-applied")

	desk.open("/office/volunteers?state=applied")
	looked(desk)
	desk.open(desk.linkTo("温一苇"))
	looked(desk)
	desk.shoot("aid-desk")
	hers := desk.at()
	desk.enter("main #decide form:has(input[name=to][value=admitted]) button[type=submit]")
	desk.reads("已录用")
	she.open("/my/volunteer")
	she.reads("岗前培训")
	she.shoot("aid-admitted")

	// The result of the police's check and of the training, by the number of her ID the first time.
	desk.open(hers)
	desk.press("main a[href='/office/clearances/new']")
	looked(desk)
	desk.write("input[name=number]", number)
	desk.paper("check", c.today.AddDays(300).String(), "咸安区公安分局")
	desk.enter("main form[action='/office/clearances/new'] button[type=submit]")
	desk.reads("温一苇")
	looked(desk)
	desk.shoot("aid-papers")
	desk.paper("training", c.today.AddDays(300).String(), "区志愿者培训班")
	desk.enter("main form[action$='/renew'] button[type=submit]")
	desk.open(hers)
	if desk.has("#gaps") {
		t.Fatalf("something is still missing:\n%s", desk.words())
	}

	lead.open("/my/volunteer")
	looked(lead)
	lead.shoot("aid-group")
	she.open("/my/volunteer")
	she.reads("条件齐了")
	she.write("input[name=code]", eval[string](lead, `document.querySelector('main .zd-code').textContent`))
	she.enter("main form[action='/my/volunteer/group/join'] button[type=submit]")
	she.reads("小教 2401 班")

	desk.open("/office/pairs")
	looked(desk)
	desk.write("input[name=title]", "暑期结对")
	desk.pick("select[name=org]", "咸安区")
	desk.choose("input[name=first]", c.today.String())
	desk.choose("input[name=last]", c.today.AddDays(30).String())
	desk.enter("main #begin form button[type=submit]")
	term := desk.at()
	desk.pick("select[name=place]", "青年之家")
	desk.write("input[name=people]", "2")
	desk.write("input[name=room]", "4")
	desk.tap("asks", "homework")
	desk.enter("main form[action$='/want'] button[type=submit]")
	desk.enter("main form[action$='/propose'] button[type=submit]")
	desk.reads("小教 2401 班")
	looked(desk)
	desk.shoot("aid-pairs")
	desk.reads("等有批准权的同事批准")
	if desk.has("#approve") {
		t.Error("who plans approves")
	}
	head.open(term)
	head.reads("小教 2401 班")
	looked(head)
	head.enter("main form[action$='/approve'] button[type=submit]")
	head.reads("已批准")

	desk.open(term)
	desk.press("main a[href$='/duties']")
	looked(desk)
	desk.shoot("aid-duties")
	desk.pick("#plan select[name=group]", "小教 2401 班")
	desk.write("input[name=title]", "课业辅导")
	desk.choose("input[name=on]", c.today.String())
	desk.write("input[name=starts]", "09:30")
	desk.write("input[name=ends]", "11:30")
	desk.enter("main form[action$='/plan'] button[type=submit]")
	desk.reads("课业辅导")
	desk.pick("#fill select[name=group]", "小教 2401 班")
	desk.enter("main form[action$='/fill'] button[type=submit]")
	desk.reads("2 / 2 人")
	desk.reads("温一苇")
	desk.shoot("aid-filled")

	she.open("/my/duties")
	she.reads("课业辅导")
	if she.has("main form[action$='/in']") {
		t.Error("she may sign in long before it begins")
	}
	c.clock.reach(9*time.Hour + 20*time.Minute)
	for _, kid := range kids {
		c.came(kid)
	}
	she.open("/my/duties")
	looked(she)
	she.shoot("aid-door")
	she.enter("main form[action$='/in'] button[type=submit]")
	she.reads("到岗 09:2")
	c.clock.reach(11*time.Hour + 40*time.Minute)
	she.open("/my/duties")
	she.enter("main form[action$='/out'] button[type=submit]")
	she.reads("离岗 11:4")

	lead.open("/my/duties")
	lead.reads("在场孩子 2 人")
	looked(lead)
	lead.shoot("aid-vouch")
	lead.enter("main form[action$='/vouch'] button[type=submit]")
	lead.reads("计 2 小时 0 分")
	she.open("/my/duties")
	she.reads("2 小时 0 分")

	desk.open(hers)
	looked(desk)
	desk.click("#certificates summary")
	desk.choose("input[name=first]", c.today.String())
	desk.choose("input[name=last]", c.today.String())
	desk.write("input[name=head]", "周主任")
	desk.write("input[name=handler]", "陈经办")
	desk.write("input[name=phone]", "0715-8235000")
	desk.enter("main form[action$='/certificate'] button[type=submit]")
	desk.reads("志愿服务记录证明")
	looked(desk)

	she.open("/my/duties")
	she.press("main a[href^='/my/certificates/']")
	looked(she)
	she.shoot("aid-paper")
	she.reads(number)
	_, address, ok := strings.Cut(eval[string](she, `document.querySelector('#check a').textContent`), "/verify/")
	if !ok {
		t.Fatalf("no address to check it at:\n%s", she.words())
	}
	stranger := onPhone(c.serve(authz.Actor{}))
	stranger.open("/verify/" + address)
	stranger.reads("真实有效")
	stranger.reads("2.0 小时")
	looked(stranger)
	stranger.shoot("aid-stranger")
	if source := eval[string](stranger, `document.documentElement.outerHTML`); strings.Contains(source, number) || strings.Contains(source, number[6:14]) || strings.Contains(source, "温一苇") {
		t.Errorf("a stranger reads who she is:\n%s", stranger.words())
	}
	for _, v := range []*visitor{she, lead, desk, head, stranger} {
		for _, said := range v.complaints() {
			t.Errorf("the browser says: %s", said)
		}
	}
}

// pick picks the option of a list that says something.
func (v *visitor) pick(selector, words string) {
	v.t.Helper()
	v.choose(selector, eval[string](v, `[...document.querySelector("`+selector+`").options].find(o => o.text.includes("`+words+`")).value`))
}

// paper fills in that somebody has passed.
func (v *visitor) paper(kind, until, issuer string) {
	v.t.Helper()
	v.choose("select[name=kind]", kind)
	v.tap("result", "passed")
	v.choose("input[name=until]", until)
	v.write("input[name=issuer]", issuer)
}
