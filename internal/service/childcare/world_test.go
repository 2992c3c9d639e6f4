package childcare_test

import (
	"slices"
	"testing"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/childcare"
	"zhidian/internal/testworld"
)

var (
	zone  = time.FixedZone("CST", 8*3600)
	clerk = authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: slices.Concat([]authz.Verb{org.Read}, childcare.Verbs)}
	opens = time.Date(2026, 6, 27, 2, 0, 0, 0, time.UTC)
)

// town is the small city with one site that was checked, and its twin, which nothing may touch.
type town struct {
	*testworld.World
	t      testing.TB
	s      *childcare.Service
	people *person.Service
	twin   *testworld.World
	site   place.ID
	now    time.Time
}

// each runs a test on both engines, with a clock that the test turns.
func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &town{t: t, now: opens.Add(-48 * time.Hour)}
			db := open(t, sqldb.Options{Clock: func() time.Time { c.now = c.now.Add(time.Millisecond); return c.now }})
			c.World, c.twin = testworld.Build(t, db)
			c.s = &childcare.Service{DB: db, Keys: c.Keys, Serials: c.Serials, Zone: zone}
			c.people = &person.Service{DB: db, Keys: c.Keys, Zone: zone, After: enrolment.After(c.s.Joined)}
			places := &place.Service{DB: db, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
			at := c.Nodes["咸安区甲镇一村"]
			made, err := places.Create(t.Context(), c.System(), place.Given{Org: at.ID, Kind: "青年之家", Name: "甲镇青年之家", At: *at.At, CRS: "wgs84", Fineness: "point", Capacity: 40})
			must(t, err)
			c.site = made
			test(t, c)
			must(t, db.Read(t.Context(), c.twin.City, func(q *sqldb.Rx) error {
				var n int
				defer func() {
					if n > 0 {
						t.Errorf("the twin city has %d rows", n)
					}
				}()
				return q.Row(`SELECT COUNT(*) FROM (SELECT id FROM care_class WHERE city = $1 UNION ALL SELECT roll FROM enrolment WHERE city = $1 UNION ALL SELECT id FROM edition WHERE city = $1) x`).Scan(&n)
			}))
		})
	}
}

func (c *town) clerk() authz.Actor { return c.Actor(c.t, clerk, "咸安区") }

// season publishes a season, open for two days from opens on.
func (c *town) season(mode edition.Mode) edition.ID {
	c.t.Helper()
	by := c.System()
	x := childcare.Season{Kind: "summer", Largest: 40, PerAdult: 10, Groups: []edition.Group{{No: 1, Label: "留守、困境、新就业群体家庭", Points: 10}}}
	x.Edition = edition.Edition{
		Org: c.Nodes["咸安区"].ID, Title: "2026 年暑期", Mode: mode, Opens: opens.UnixMicro(), Closes: opens.Add(48 * time.Hour).UnixMicro(), Paper: 120,
		First: day.Must("2026-07-06"), Last: day.Must("2026-08-14"), Quota: 100, Most: 2, OfferFor: 24 * 60,
	}
	made, err := c.s.AddSeason(c.t.Context(), by, x)
	must(c.t, err)
	must(c.t, c.s.PublishSeason(c.t.Context(), by, made, "6 月 30 日福彩 3D 开奖号码"))
	return made
}

// class offers a class of so many places at the site, which passes its check.
func (c *town) class(season edition.ID, places int64) childcare.ID {
	c.t.Helper()
	made := c.propose(season, places)
	must(c.t, c.s.CheckSite(c.t.Context(), c.System(), made, passing()))
	must(c.t, c.s.OfferClass(c.t.Context(), c.clerk(), made))
	return made
}

func (c *town) propose(season edition.ID, places int64) childcare.ID {
	c.t.Helper()
	made, err := c.s.ProposeClass(c.t.Context(), c.clerk(), childcare.Class{
		Edition: season, Place: c.site, Title: "岔路口社区暑期托管班", Hours: "周一至周五 08:00–17:30", AgeFrom: 6, AgeTo: 12, Places: places, Adults: 4, Lead: "乔以恒",
	})
	must(c.t, err)
	return made
}

func passing() place.Check {
	k := place.Check{On: day.Must("2026-06-18"), Until: day.Must("2026-08-31"), Inspector: "乔以恒"}
	for _, item := range childcare.CheckItems {
		k.Items = append(k.Items, place.CheckItem{Item: item, Passed: true})
	}
	return k
}

// family makes a parent with an account, and children for whom she speaks, born on some days.
func (c *town) family(name string, born ...string) (parent authz.Actor, kids []person.ID) {
	c.t.Helper()
	ctx, by := c.t.Context(), c.System()
	add := func(name, born string) (made person.ID) {
		must(c.t, c.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
			ids, err := person.Add(tx, c.Keys, []person.New{{Home: c.Nodes["咸安区甲镇一村"].ID, Name: name, Born: day.Must(born)}})
			if err != nil {
				return err
			}
			made = ids[0]
			return tx.Record(person.Create, made.String(), act.Change{})
		}))
		return made
	}
	adult := add(name, "1990-01-01")
	for i, b := range born {
		kid := add(name+"的孩子"+string(rune('甲'+i)), b)
		_, err := c.people.Entrust(ctx, by, person.Guardianship{Child: kid, Adult: adult, Relation: "5", From: day.Must("2020-01-01")})
		must(c.t, err)
		kids = append(kids, kid)
	}
	return authz.Actor{City: c.City, User: adult.String(), Person: adult.String(), Grants: []authz.Held{}}, kids
}

func (c *town) join(by authz.Actor, class childcare.ID, kids ...person.ID) childcare.Joined {
	c.t.Helper()
	got, err := c.s.SignUp(c.t.Context(), by, childcare.Joining{Class: class, Children: kids, Agreed: true})
	must(c.t, err)
	return got
}

func (c *town) state(by authz.Actor, k enrolment.Key) enrolment.State {
	c.t.Helper()
	f, err := c.s.One(c.t.Context(), by, k)
	must(c.t, err)
	return f.State
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
