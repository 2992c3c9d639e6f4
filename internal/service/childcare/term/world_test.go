package term_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/term"
	"zhidian/internal/testworld"
)

var (
	zone    = time.FixedZone("CST", 8*3600)
	today   = day.Must("2026-07-06") // a Monday, the season's first day
	teacher = authz.Role{Key: "teacher", Sees: authz.Sensitive, Verbs: []authz.Verb{childcare.Read, childcare.Names, term.Attend}}
	clerk   = authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: slices.Concat(childcare.Verbs, term.Verbs)}
)

const home = "咸安区甲镇一村"

// town is the small city with one class of three places in which two children of one family are placed, on its first morning; the
// twin is touched by nothing.
type town struct {
	*testworld.World
	t      testing.TB
	s      *term.Service
	clear  *clearance.Service
	people *person.Service
	class  childcare.ID
	mum    authz.Actor
	kids   []person.ID
	key    enrolment.Key
	lead   person.ID
	now    time.Time
}

func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &town{t: t, now: today.AddDays(-10).Start(zone)}
			db := open(t, sqldb.Options{Clock: func() time.Time { c.now = c.now.Add(time.Millisecond); return c.now }})
			var twin *testworld.World
			c.World, twin = testworld.Build(t, db)
			c.build()
			test(t, c)
			must(t, db.Read(t.Context(), twin.City, func(q *sqldb.Rx) error {
				var n int
				err := q.Row(`SELECT (SELECT COUNT(*) FROM timetable_session WHERE city = $1) + (SELECT COUNT(*) FROM timetable_presence WHERE city = $1) + (SELECT COUNT(*) FROM care_collector WHERE city = $1)`).Scan(&n)
				if n > 0 {
					t.Errorf("the twin city has %d rows", n)
				}
				return err
			}))
		})
	}
}

func (c *town) build() {
	t, ctx, by, db := c.t, c.t.Context(), c.System(), c.DB
	care := &childcare.Service{DB: db, Keys: c.Keys, Serials: c.Serials, Zone: zone}
	c.s = &term.Service{
		DB: db, Care: care, Zone: zone, Matters: &casework.Service{DB: db, Serials: c.Serials, Zone: zone}, Accounts: &account.Service{DB: db, Keys: c.Keys, Zone: zone},
		Say: func(key string, args ...any) string { return key + fmt.Sprint(args...) },
	}
	c.clear = &clearance.Service{DB: db, Keys: c.Keys, Zone: zone}
	c.people = &person.Service{DB: db, Keys: c.Keys, Zone: zone}
	must(t, c.clear.SetRule(ctx, by, clearance.Rule{Kind: clearance.Check, From: day.Must("2020-01-01"), Needed: true, Source: "试"}))
	places := &place.Service{DB: db, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
	at := c.Nodes[home]
	site, err := places.Create(ctx, by, place.Given{Org: at.ID, Kind: "青年之家", Name: "甲镇青年之家", At: *at.At, CRS: "wgs84", Fineness: "point", Capacity: 40})
	must(t, err)
	season := childcare.Season{Kind: "summer", Largest: 40, PerAdult: 10, Edition: edition.Edition{
		Org: c.Nodes["咸安区"].ID, Title: "暑期", Mode: edition.FirstCome, Opens: c.now.Add(-time.Hour).UnixMicro(), Closes: c.now.AddDate(0, 0, 5).UnixMicro(), First: today, Last: today.AddDays(30), Most: 2, OfferFor: 60,
	}}
	made, err := care.AddSeason(ctx, by, season)
	must(t, err)
	must(t, care.PublishSeason(ctx, by, made, ""))
	proposer := c.Actor(t, clerk, "咸安区")
	c.class, err = care.ProposeClass(ctx, proposer, childcare.Class{Edition: made, Place: site, Title: "岔路口班", Hours: "8–17", AgeFrom: 6, AgeTo: 12, Places: 3, Adults: 1, Lead: "乔以恒"})
	must(t, err)
	check := place.Check{On: day.Must("2026-06-18"), Until: day.Must("2026-08-31"), Inspector: "乔以恒"}
	for _, item := range childcare.CheckItems {
		check.Items = append(check.Items, place.CheckItem{Item: item, Passed: true})
	}
	must(t, care.CheckSite(ctx, by, c.class, check))
	must(t, care.OfferClass(ctx, by, c.class))
	c.mum, c.kids = c.family("周", 2)
	joined, err := care.SignUp(ctx, c.mum, childcare.Joining{Class: c.class, Children: c.kids, Agreed: true})
	must(t, err)
	c.key = joined.Key
	c.lead = c.adult("乔以恒", 20)
	c.now = today.Start(zone).Add(8 * time.Hour)
}

func (c *town) person(name, born string) (made person.ID) {
	c.t.Helper()
	must(c.t, c.DB.Write(c.t.Context(), c.System(), func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, c.Keys, []person.New{{Home: c.Nodes[home].ID, Name: name, Born: day.Must(born)}})
		if err != nil {
			return err
		}
		made = ids[0]
		return tx.Record(person.Create, made.String(), act.Change{})
	}))
	return made
}

func (c *town) family(name string, n int) (authz.Actor, []person.ID) {
	c.t.Helper()
	adult := c.person(name, "1990-01-01")
	var kids []person.ID
	for i := range n {
		kid := c.person(fmt.Sprintf("%s小%d", name, i), "2018-03-01")
		_, err := c.people.Entrust(c.t.Context(), c.System(), person.Guardianship{Child: kid, Adult: adult, Relation: "5", From: day.Must("2020-01-01")})
		must(c.t, err)
		kids = append(kids, kid)
	}
	return authz.Actor{City: c.City, User: adult.String(), Person: adult.String(), Grants: []authz.Held{}}, kids
}

// adult adds somebody whose check holds for so many days after the season's first.
func (c *town) adult(name string, days int) person.ID {
	c.t.Helper()
	who := c.person(name, "1995-01-01")
	_, err := c.clear.Enter(c.t.Context(), c.System(), clearance.Paper{
		Person: who, Org: c.Nodes[home].ID, Kind: clearance.Check, Result: clearance.Passed, On: day.Must("2026-06-01"), Until: today.AddDays(days), Issuer: "市公安局",
	})
	must(c.t, err)
	return who
}

func (c *town) clerk() authz.Actor { return c.Actor(c.t, clerk, "咸安区") }

func (c *town) teacher() authz.Actor { return c.Actor(c.t, teacher, home) }

// given is a lesson on a day after the season's first, from an hour on.
func (c *town) given(days, hour int, topics ...term.Topic) term.Given {
	from := today.AddDays(days).Start(zone).Add(time.Duration(hour) * time.Hour)
	if len(topics) == 0 {
		topics = []term.Topic{"homework"}
	}
	return term.Given{Title: "写作业", Starts: from.UnixMicro(), Ends: from.Add(90 * time.Minute).UnixMicro(), Topics: topics, Leaders: []person.ID{c.lead}}
}

// sent is a line as a phone whose clock is right sends it now.
func (c *town) sent(id string, child person.ID, what string) term.Sent {
	ms := c.now.UnixMilli()
	return term.Sent{Protocol: 1, ID: strings.Repeat("0", 20) + id, Class: c.class, Child: child, What: timetable.What(what), MadeAt: ms, SentAt: ms}
}

func (c *town) matters(key string) (all []casework.Matter) {
	c.t.Helper()
	must(c.t, c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) error {
		about, err := casework.About(q, "care/"+c.class.String())
		for _, m := range about {
			if strings.HasPrefix(m.Title, key) {
				all = append(all, m)
			}
		}
		return err
	}))
	return all
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKey(t testing.TB, err error, key string) {
	t.Helper()
	if errs.KeyOf(err) == key {
		return
	}
	for _, p := range errs.ProblemsOf(err) {
		if p.Key == key {
			return
		}
	}
	t.Errorf("got %v, want %q", err, key)
}
