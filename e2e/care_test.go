package e2e

import (
	"errors"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/document"
	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/field/fieldweb"
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
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/childcareweb"
	"zhidian/internal/service/childcare/safety"
	"zhidian/internal/service/childcare/safety/safetyweb"
	"zhidian/internal/service/childcare/term"
	"zhidian/internal/service/childcare/term/termweb"
	"zhidian/internal/testworld"
)

// classWorld is a class on one of its days, as its teacher sees it, and families who want places in it.
type classWorld struct {
	*testworld.World
	where          place.ID // where it is held
	care           *childcare.Service
	class          childcare.ID
	teacher        *site
	serve          func(authz.Actor) *site
	family         func(parent string, children ...string) (authz.Actor, []person.ID)
	join           func(by authz.Actor, children ...person.ID) enrolment.Key
	came           func(child person.ID) // the teacher signs a child in
	lines, reports func() int
}

// newClassWorld makes a class with so many places, for which people sign up from a moment on.
func newClassWorld(t *testing.T, places int64, opens time.Time) classWorld {
	t.Helper()
	return newClassWorldAt(t, places, opens, time.Now)
}

// newClassWorldAt is newClassWorld by another clock.
func newClassWorldAt(t *testing.T, places int64, opens time.Time, now func() time.Time) classWorld {
	t.Helper()
	ctx, db := t.Context(), sqldbtest.SQLite(t, sqldb.Options{Clock: now})
	w, _ := testworld.Build(t, db)
	zone, by, home := webtest.Zone, w.System(), w.Nodes["咸安区甲镇一村"]
	today := day.Of(now(), zone)
	forms := &form.Service{DB: db, Keys: w.Keys, Serials: w.Serials, Zone: zone, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
	care := &childcare.Service{DB: db, Keys: w.Keys, Serials: w.Serials, Zone: zone}
	s := &term.Service{
		DB: db, Care: care, Zone: zone, Matters: &casework.Service{DB: db, Serials: w.Serials, Zone: zone}, Accounts: &account.Service{DB: db, Keys: w.Keys, Zone: zone},
		Say: func(key string, _ ...any) string { return key },
	}
	guard := &safety.Service{DB: db, Keys: w.Keys, Matters: s.Matters, Accounts: s.Accounts, Zone: zone, Say: s.Say}
	seen := webtest.Open(t, testworld.City, func(d *door.Doors) []web.Route {
		return slices.Concat(termweb.Routes(s, d), safetyweb.Routes(guard, d, nil), childcareweb.Routes(care, d), fieldweb.Routes(&field.Service{DB: db, Keys: w.Keys, Forms: forms, Zone: zone}, d, nil, nil, nil, termweb.Screen))
	}, edition.Messages, enrolment.Messages, timetable.Messages, childcareweb.Messages, safetyweb.Messages, termweb.Messages, fieldweb.Messages, field.Messages, form.Messages, document.Messages)
	must := func(all ...error) {
		t.Helper()
		if err := errors.Join(all...); err != nil {
			t.Fatal(err)
		}
	}
	add := func(name, born string) (made person.ID) {
		must(db.Write(ctx, by, func(tx *sqldb.Tx) error {
			ids, err := person.Add(tx, w.Keys, []person.New{{Home: home.ID, Name: name, Born: day.Must(born)}})
			if err != nil {
				return err
			}
			made = ids[0]
			return tx.Record(person.Create, made.String(), act.Change{})
		}))
		return made
	}
	lead := add("乔以恒", "1990-01-01")
	checks := &clearance.Service{DB: db, Keys: w.Keys, Zone: zone}
	must(checks.SetRule(ctx, by, clearance.Rule{Kind: clearance.Check, From: day.Must("2020-01-01"), Needed: true, Source: "试"}))
	_, err := checks.Enter(ctx, by, clearance.Paper{Person: lead, Org: home.ID, Kind: clearance.Check, Result: clearance.Passed, On: today.AddDays(-1), Until: today.AddDays(300), Issuer: "市公安局"})
	must(err)
	where, err := (&place.Service{DB: db, Cursors: forms.Cursors}).Create(ctx, by, place.Given{Org: home.ID, Kind: "青年之家", Name: "青年之家", At: *home.At, CRS: "wgs84", Fineness: "point", Capacity: 40})
	must(err)
	season, err := care.AddSeason(ctx, by, childcare.Season{Kind: "summer", Largest: 40, PerAdult: 10, Edition: edition.Edition{
		Org: w.Nodes["咸安区"].ID, Title: "暑期", Mode: edition.FirstCome, Opens: opens.UnixMicro(), Closes: now().Add(48 * time.Hour).UnixMicro(), First: today.AddDays(-1), Last: today.AddDays(30), Most: 2, OfferFor: 60,
	}})
	must(err, care.PublishSeason(ctx, by, season, ""))
	clerk := w.Actor(t, authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: slices.Concat(childcare.Verbs, term.Verbs)}, "咸安区")
	class, err := care.ProposeClass(ctx, clerk, childcare.Class{Edition: season, Place: where, Title: "岔路口社区托管班", Hours: "8–17", AgeFrom: 6, AgeTo: 12, Places: places, Adults: 1, Lead: "乔以恒"})
	must(err)
	check := place.Check{On: today.AddDays(-2), Until: today.AddDays(60), Inspector: "检查人"}
	for _, item := range childcare.CheckItems {
		check.Items = append(check.Items, place.CheckItem{Item: item, Passed: true})
	}
	nine := today.Start(zone).Add(9 * time.Hour)
	must(care.CheckSite(ctx, by, class, check), care.OfferClass(ctx, by, class), s.AddLesson(ctx, by, class, term.Given{
		Title: "手工课", Starts: nine.UnixMicro(), Ends: nine.Add(time.Hour).UnixMicro(), Topics: []term.Topic{"activity"}, Leaders: []person.ID{lead},
	}, 0))
	teacher := w.Actor(t, authz.Role{Key: "teacher", Sees: authz.Sensitive, Verbs: []authz.Verb{childcare.Read, childcare.Names, term.Attend, safety.Tell}}, home.Name)
	teacher.User = lead.String()
	serve := func(a authz.Actor) *site {
		server := httptest.NewServer(seen.As(a))
		t.Cleanup(server.Close)
		return &site{url: server.URL}
	}
	rows := func(table string) func() int {
		return func() (n int) {
			must(db.Read(ctx, w.City, func(q *sqldb.Rx) error { return q.Row(`SELECT COUNT(*) FROM ` + table + ` WHERE city = $1`).Scan(&n) }))
			return n
		}
	}
	people := &person.Service{DB: db, Keys: w.Keys, Zone: zone}
	family := func(parent string, children ...string) (authz.Actor, []person.ID) {
		adult := add(parent, "1990-01-01")
		var kids []person.ID
		for _, name := range children {
			kid := add(name, today.AddMonths(-12*8).String())
			_, err := people.Entrust(ctx, by, person.Guardianship{Child: kid, Adult: adult, Relation: "5", From: day.Must("2010-01-01")})
			must(err)
			kids = append(kids, kid)
		}
		return authz.Actor{City: w.City, User: adult.String(), Person: adult.String(), Grants: []authz.Held{}}, kids
	}
	join := func(by authz.Actor, children ...person.ID) enrolment.Key {
		got, err := care.SignUp(ctx, by, childcare.Joining{Class: class, Children: children, Agreed: true})
		must(err)
		return got.Key
	}
	came := func(child person.ID) {
		at := now().UnixMilli()
		_, err := s.Receive(ctx, teacher, "phone", term.Sent{Protocol: 1, ID: "came-" + child.String(), Class: class, Child: child, What: timetable.In, MadeAt: at, SentAt: at})
		must(err)
	}
	return classWorld{
		World: w, where: where, came: came, care: care, class: class, teacher: serve(teacher), serve: serve, family: family, join: join, lines: rows("timetable_presence"), reports: rows("care_report"),
	}
}

// A teacher signs a child in without network; a grandmother who is not on the list is refused; the mother reads the day and names her, and
// then she fetches the child. Everything arrives once.
func TestATeacherStandsBeforeHerClassWithoutNetwork(t *testing.T) {
	t.Parallel()
	c := newClassWorld(t, 9, time.Now().Add(-time.Hour))
	parent, kids := c.family("周妈妈", "周小满")
	mine := childcare.MyURL(c.join(parent, kids...)) + "/day"
	s := c.teacher.line(t)
	browser := s.visit(t)
	v := browser.tab()
	v.open("/field/class")
	v.waits(`document.querySelectorAll('[data-zd-child]').length === 1`, "the list of the day")
	v.installed()
	v.open("/field/class") // the page as the phone keeps it
	v.waits(`document.querySelectorAll('[data-zd-child]').length === 1`, "the list of the day")
	v.shoot("class")

	v.network(s, false)
	v.click(`[data-zd-act=do_in]`)
	v.unsent(1)
	v.click(`[data-zd-act=do_out]`)
	v.waits(`document.querySelectorAll('[data-zd-with]').length === 1`, "those who may fetch her")
	v.shoot("class-leaving")
	v.write(`[id^="words-"]`, "自称奶奶")
	v.click(`[data-zd-refuse]`)
	v.unsent(2)
	v.reads("有 1 次没有交接")
	v.click(`[data-zd-child] [data-zd-tell]`) // and what the law obliges her to report asks for a kind and nothing else
	v.waits(`document.querySelector('[data-zd-kind=duty]') !== null`, "the kinds of report")
	v.click(`[data-zd-kind=duty]`)
	v.waits(`document.querySelector('#tell-code') !== null`, "the situations")
	v.choose("#tell-code", "injuries")
	v.shoot("class-duty")
	v.click(`#tell-send`)
	v.unsent(3)
	v.shoot("class-offline")
	if n := c.lines(); n != 0 {
		t.Fatalf("%d lines have come without network", n)
	}
	v.stop()

	// The browser was closed; with network all is sent by itself.
	v = browser.tab()
	v.network(s, true)
	v.open("/field/class")
	v.unsent(0)
	if n := c.lines(); n != 2 {
		t.Fatalf("%d lines have come, want 2", n)
	}
	if n := c.reports(); n != 1 {
		t.Fatalf("%d reports have come, want 1", n)
	}

	mum := c.serve(parent).visit(t)
	mum.width(phone)
	mum.open(mine)
	mum.reads("手工课")
	mum.reads("自称奶奶")
	mum.shoot("day")
	mum.click(`details:has(form[action$='/collectors']) summary`)
	mum.write("input[name=name]", "周奶奶")
	mum.write("input[name=relation]", "奶奶")
	mum.press("main form[action$='/collectors'] button[type=submit]")
	mum.reads("周奶奶")

	v.open("/field/class")
	v.waits(`document.querySelector('[data-zd-act=do_out]') !== null`, "the child to be there")
	v.waits(`navigator.onLine`, "the network")
	v.waits(`(() => { const b = document.querySelector('[data-zd-act=do_out]'); if (!document.querySelector('[data-zd-with]')) b?.click(); return document.querySelectorAll('[data-zd-with]').length === 2; })()`, "the grandmother to be on the list")
	eval[bool](v, `(() => { [...document.querySelectorAll('[data-zd-with]')].find(b => b.innerText.includes('周奶奶')).click(); return true; })()`)
	v.waits(`document.body.innerText.includes('已接走')`, "the child to be gone")
	v.unsent(0)
	mum.open(mine)
	mum.reads("由周奶奶接走")
	if n := c.lines(); n != 3 {
		t.Errorf("%d lines have come, want 3", n)
	}
}

// A mother is there at the opening with two children, when one place is left: both wait, and nobody is parted. A family that has second
// thoughts lets both in. Then the teacher, without network, signs one of them in and refuses a grandmother who is not on the list, and the
// mother reads the day.
func TestTwoSiblingsGetTheirPlacesTogether(t *testing.T) {
	t.Parallel()
	opens := time.Now().Add(8 * time.Second)
	c := newClassWorld(t, 3, opens)
	parent, _ := c.family("余妈妈", "余大满", "余小满")
	other, one := c.family("汪妈妈", "汪一诺")
	third, two := c.family("雷妈妈", "雷子墨")
	class := "/care/" + c.class.String()

	mum := c.serve(parent).visit(t)
	mum.width(phone)
	mum.open(class)
	mum.good()
	for !mum.has("main a[href$='/join']") { // she looks again until it is open
		if time.Since(opens) > patience {
			t.Fatal("it does not open")
		}
		mum.open(class)
	}
	left := c.join(other, one...)
	c.join(third, two...)
	mum.open(class)
	mum.enter("main a[href$='/join']")
	mum.reads("余大满")
	mum.good()
	mum.click(`input[name=child]`)
	eval[bool](mum, `(() => { const all = document.querySelectorAll('input[name=child]'); all[1].click(); return all.length === 2; })()`)
	mum.click(`input[name=agreed]`)
	mum.enter("main form button[type=submit]")
	mum.reads("排队候补")
	mum.reads("第 1 位")
	mum.good()
	mum.shoot("siblings-wait")
	mine := mum.at()

	// One family has second thoughts; nothing of it needs anybody at a desk.
	leaver := c.serve(other).visit(t)
	leaver.width(phone)
	leaver.open(childcare.MyURL(left))
	leaver.reads("已录取")
	leaver.click("details:has(form[action$='/withdraw']) summary")
	leaver.enter("main form[action$='/withdraw'] button[type=submit]")
	leaver.reads("已退出")

	mum.open("/my/care")
	mum.reads("有名额，待确认")
	mum.press("main a[href='" + mine + "']")
	mum.good()
	mum.shoot("siblings-offer")
	mum.enter("main form[action$='/accept'] button[type=submit]")
	mum.reads("已录取")
	mum.reads("余小满")

	wire := c.teacher.line(t)
	browser := wire.visit(t)
	v := browser.tab()
	v.open("/field/class")
	v.waits(`document.querySelectorAll('[data-zd-child]').length === 3`, "the list of the day")
	v.installed()
	v.open("/field/class")
	v.waits(`document.querySelectorAll('[data-zd-child]').length === 3`, "the list of the day")
	v.network(wire, false)
	child := func(name string) string {
		return `[...document.querySelectorAll('[data-zd-child]')].find(c => c.innerText.includes('` + name + `'))`
	}
	eval[bool](v, `(() => { `+child("余小满")+`.querySelector('[data-zd-act=do_in]').click(); return true; })()`)
	v.unsent(1)
	eval[bool](v, `(() => { `+child("余小满")+`.querySelector('[data-zd-act=do_out]').click(); return true; })()`)
	v.waits(`document.querySelectorAll('[data-zd-with]').length === 1`, "those who may fetch her")
	v.write(`[id^="words-"]`, "自称外婆")
	v.click(`[data-zd-refuse]`)
	v.unsent(2)
	v.network(wire, true)
	v.open("/field/class")
	v.unsent(0)
	if n := c.lines(); n != 2 {
		t.Fatalf("%d lines have come, want 2", n)
	}

	mum.open(mine + "/day")
	mum.reads("自称外婆")
	mum.good()
	mum.shoot("siblings-day")
}
