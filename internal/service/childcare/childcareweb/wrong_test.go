package childcareweb_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/childcareweb"
	"zhidian/internal/testworld"
)

// What families and clerks get wrong at sign-up is said to them, and never counts twice: a second too early or too late, a button
// tapped twice, one child by both parents, twins whose numbers differ by a digit, a passport in the place of an ID, an offer that
// has run out.
func TestWhatGoesWrongAtSignUp(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	opens := time.Date(2026, 6, 27, 2, 0, 0, 0, time.UTC) // 10:00 there
	now := opens.Add(-time.Hour)
	db := sqldbtest.SQLite(t, sqldb.Options{Clock: func() time.Time { return now }})
	w, _ := testworld.Build(t, db)
	s := &childcare.Service{DB: db, Keys: w.Keys, Serials: w.Serials, Zone: webtest.Zone}
	site := webtest.Open(t, testworld.City, func(d *door.Doors) []web.Route { return childcareweb.Routes(s, d) }, edition.Messages, enrolment.Messages, childcareweb.Messages)
	desk := w.Actor(t, clerk, "咸安区")
	desk.User = w.Nodes["咸安区"].ID.String()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	at := w.Nodes["咸安区甲镇一村"]
	places := &place.Service{DB: db, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
	where, err := places.Create(ctx, w.System(), place.Given{Org: at.ID, Kind: "青年之家", Name: "青年之家", At: *at.At, CRS: "wgs84", Fineness: "point", Capacity: 40})
	must(err)
	season, err := s.AddSeason(ctx, w.System(), childcare.Season{Kind: "summer", Largest: 40, PerAdult: 10, Edition: edition.Edition{
		Org: w.Nodes["咸安区"].ID, Title: "暑期", Mode: edition.FirstCome, Opens: opens.UnixMicro(), Closes: opens.Add(time.Hour).UnixMicro(), First: day.Must("2026-07-06"), Last: day.Must("2026-08-14"), Most: 2, OfferFor: 30,
	}})
	must(err)
	must(s.PublishSeason(ctx, w.System(), season, ""))
	class, err := s.ProposeClass(ctx, desk, childcare.Class{Edition: season, Place: where, Title: "岔路口班", Hours: "8–17", AgeFrom: 6, AgeTo: 12, Places: 4, Adults: 4, Lead: "乔"})
	must(err)
	check := place.Check{On: day.Must("2026-06-18"), Until: day.Must("2026-08-31"), Inspector: "乔"}
	for _, item := range childcare.CheckItems {
		check.Items = append(check.Items, place.CheckItem{Item: item, Passed: true})
	}
	must(s.CheckSite(ctx, w.System(), class, check))
	must(s.OfferClass(ctx, desk, class))

	// A mother of twins who were born on 29 February and whose numbers differ in one digit before the check digit, and their father.
	number := func(sequence, born string) string {
		id, err := cn.SyntheticID("42120"+sequence, day.Must(born))
		must(err)
		return string(id)
	}
	paper := func(number string) []person.Paper { return []person.Paper{{Kind: person.ResidentID, Number: number}} }
	mumID, dadID, one, two := number("1", "1990-01-01"), number("2", "1989-01-01"), number("1", "2016-02-29"), number("2", "2016-02-29")
	home := at.ID
	var ids []person.ID
	must(db.Write(ctx, w.System(), func(tx *sqldb.Tx) (err error) {
		ids, err = person.Add(tx, w.Keys, []person.New{
			{Home: home, Name: "妈妈", Born: day.Must("1990-01-01"), Papers: paper(mumID)},
			{Home: home, Name: "爸爸", Born: day.Must("1989-01-01"), Papers: paper(dadID)},
			{Home: home, Name: "大双", Born: day.Must("2016-02-29"), Papers: paper(one)},
			{Home: home, Name: "小双", Born: day.Must("2016-02-29"), Papers: paper(two)},
		})
		if err != nil {
			return err
		}
		return tx.Record(person.Create, ids[0].String(), act.Change{})
	}))
	people := &person.Service{DB: db, Keys: w.Keys, Zone: webtest.Zone}
	for _, adult := range ids[:2] {
		for _, child := range ids[2:] {
			_, err := people.Entrust(ctx, w.System(), person.Guardianship{Child: child, Adult: adult, Relation: "5", From: day.Must("2016-03-01")})
			must(err)
		}
	}
	as := func(who person.ID) authz.Actor {
		return authz.Actor{City: w.City, User: who.String(), Person: who.String(), Grants: []authz.Held{}}
	}
	mum, dad := as(ids[0]), as(ids[1])
	join := "/care/" + class.String() + "/join"
	form := func(kids ...person.ID) url.Values {
		f := url.Values{"agreed": {"1"}, "_key": {web.NewKey()}}
		for _, kid := range kids {
			f.Add("child", kid.String())
		}
		return f
	}

	now = opens.Add(-time.Second)
	site.As(mum).Post(join, form(ids[2])).Want(422, "[role=alert]").Holds("10:00")
	now = opens
	first := form(ids[2])
	placed := site.As(mum).Post(join, first).Want(303).Location
	if again := site.As(mum).Post(join, first).Want(303).Location; again != placed {
		t.Errorf("tapped twice: %s and %s", placed, again)
	}
	site.As(dad).Post(join, form(ids[2])).Want(422, "[role=alert]").Holds("已经报过名", "序号 1")
	site.As(dad).Post(join, form(ids[3])).Want(303) // the other twin
	roll := func() int64 {
		v, err := s.AtDesk(ctx, desk, class)
		must(err)
		return v.Roll.Held
	}
	if got := roll(); got != 2 {
		t.Errorf("%d places are taken by two children", got)
	}

	enter := "/office/classes/" + class.String() + "/enter"
	typed := func(signer, children string) url.Values {
		return url.Values{"way": {"paper"}, "signer": {signer}, "children": {children}, "agreed": {"1"}, "_key": {web.NewKey()}}
	}
	site.As(desk).Post(enter, typed(mumID, "E12345678")).Want(422, "[role=alert]").Holds("E12345678")
	site.As(desk).Post(enter, typed(mumID, one[:17]+"0")).Want(422, "[role=alert]")
	site.As(desk).Post(enter, typed(mumID, one)).Want(422, "[role=alert]").Holds("已经报过名")
	site.As(desk).Post(enter, typed(one, two)).Want(422, "[role=alert]") // a child signs for her brother

	// The class is full; who waits is offered a place that runs out.
	others, kids := family(t, w, "邻居", 2)
	site.As(others).Post(join, form(kids...)).Want(303)
	late, kid := family(t, w, "晚到", 1)
	waits := site.As(late).Post(join, form(kid...)).Want(303).Location
	now = opens.Add(2 * time.Minute)
	site.As(mum).Post(placed+"/withdraw", url.Values{}).Want(303)
	site.As(late).Get(waits).Want(200, ".zd-offer")
	now = opens.Add(40 * time.Minute)
	site.As(late).Post(waits+"/accept", url.Values{}).Want(422, "[role=alert]").Holds("确认时间已过")
	must(s.CatchUp(ctx, w.City))
	if got := roll(); got != 3 {
		t.Errorf("%d places are taken after an offer ran out", got)
	}
	now = opens.Add(time.Hour)
	if late := site.As(mum).Post(join, form(ids[2])).Want(422, "[role=alert]"); !strings.Contains(late.Body, "截止") {
		t.Errorf("a second too late: %s", late.Body)
	}
}
