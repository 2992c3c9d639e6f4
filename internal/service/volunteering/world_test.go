package volunteering_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"zhidian/internal/domain/clearance"
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
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/certificate"
	"zhidian/internal/service/volunteering/duty"
	"zhidian/internal/service/volunteering/pairing"
	"zhidian/internal/testworld"
)

var (
	zone  = time.FixedZone("CST", 8*3600)
	today = day.Must("2026-07-06") // a Monday
	clerk = authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: slices.Concat(volunteering.Verbs, pairing.Verbs, duty.Verbs, certificate.Verbs)}
)

const (
	county = "咸安区"
	home   = "咸安区甲镇一村"
)

// town is the small city on a Monday in July, which asks of adults a record check alone; the twin is touched by nothing.
type town struct {
	*testworld.World
	t      testing.TB
	s      *volunteering.Service
	pairs  *pairing.Service
	duty   *duty.Service
	papers *certificate.Service
	clear  *clearance.Service
	people *person.Service
	site   place.ID
	there  int64 // children who are written down at any site
	now    time.Time
}

func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &town{t: t, now: today.Start(zone).Add(8 * time.Hour)}
			db := open(t, sqldb.Options{Clock: func() time.Time { c.now = c.now.Add(time.Millisecond); return c.now }})
			var twin *testworld.World
			c.World, twin = testworld.Build(t, db)
			c.s = &volunteering.Service{DB: db, Serials: c.Serials, Zone: zone, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
			c.pairs = &pairing.Service{DB: db, Zone: zone}
			c.duty = &duty.Service{DB: db, Zone: zone, Children: func(sqldb.Q, place.ID, day.Day, int64, int64) (int64, error) { return c.there, nil }}
			c.papers = &certificate.Service{DB: db, Keys: c.Keys, Serials: c.Serials, Duties: c.duty, Zone: zone}
			c.clear = &clearance.Service{DB: db, Keys: c.Keys, Zone: zone}
			c.people = &person.Service{DB: db, Keys: c.Keys, Zone: zone, After: c.joined}
			c.must(c.clear.SetRule(t.Context(), c.System(), clearance.Rule{Kind: clearance.Check, From: day.Must("2020-01-01"), Needed: true, Source: "试"}))
			places := &place.Service{DB: db, Cursors: c.s.Cursors}
			at := c.Nodes[home]
			var err error
			c.site, err = places.Create(t.Context(), c.System(), place.Given{Org: at.ID, Kind: "青年之家", Name: "甲镇青年之家", At: *at.At, CRS: "wgs84", Fineness: "point", Capacity: 40})
			c.must(err)
			test(t, c)
			for _, table := range []string{"volunteer", "volunteer_group", "volunteer_member", "volunteer_term", "volunteer_need", "volunteer_pair", "volunteer_ban", "volunteer_duty", "volunteer_day", "volunteer_hours", "volunteer_certificate"} {
				c.must(db.Read(t.Context(), twin.City, func(q *sqldb.Rx) error {
					var n int
					err := q.Row(`SELECT COUNT(*) FROM ` + table + ` WHERE city = $1`).Scan(&n)
					if n > 0 {
						t.Errorf("the twin city has %d rows of %s", n, table)
					}
					return err
				}))
			}
		})
	}
}

func (c *town) desk() authz.Actor { return c.Actor(c.t, clerk, county) }

// somebody is a person born on a day who is signed in.
func (c *town) somebody(name, born string) authz.Actor {
	c.t.Helper()
	var made person.ID
	c.must(c.DB.Write(c.t.Context(), c.System(), func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, c.Keys, []person.New{{Home: c.Nodes[home].ID, Name: name, Born: day.Must(born)}})
		if err != nil {
			return err
		}
		made = ids[0]
		return tx.Record(person.Create, made.String(), act.Change{})
	}))
	return authz.Actor{City: c.City, User: made.String(), Person: made.String(), Grants: []authz.Held{}}
}

// asking is an application to the county, for every time.
func (c *town) asking(skills ...string) volunteering.Volunteer {
	return volunteering.Volunteer{Org: c.Nodes[county].ID, Skills: volunteering.SetOf(volunteering.Skills, skills), Free: volunteering.SetOf(volunteering.Times, volunteering.Times)}
}

func (c *town) apply(by authz.Actor, skills ...string) volunteering.ID {
	c.t.Helper()
	made, err := c.s.Apply(c.t.Context(), by, c.asking(skills...), true)
	c.must(err)
	return made
}

// admitted is somebody who has applied and was admitted; checked for so many days from today on, 0 for not at all.
func (c *town) admitted(name string, days int, skills ...string) (authz.Actor, volunteering.ID) {
	c.t.Helper()
	by := c.somebody(name, "2004-05-06")
	made := c.apply(by, skills...)
	c.must(c.s.Decide(c.t.Context(), c.desk(), made, c.version(by), volunteering.Admitted, ""))
	if days > 0 {
		c.checked(by, days)
	}
	return by, made
}

func (c *town) checked(by authz.Actor, days int) {
	c.t.Helper()
	_, err := c.clear.Enter(c.t.Context(), c.System(), clearance.Paper{
		Person: person.ID(by.Person), Org: c.Nodes[county].ID, Kind: clearance.Check, Result: clearance.Passed, On: today, Until: today.AddDays(days), Issuer: "市公安局",
	})
	c.must(err)
}

func (c *town) mine(by authz.Actor) volunteering.Mine {
	c.t.Helper()
	got, err := c.s.Mine(c.t.Context(), by)
	c.must(err)
	return got
}

func (c *town) version(by authz.Actor) int64 { return c.mine(by).EditedAt }

// group is one of so many people, all admitted and checked, who set out from the county; the leader first.
func (c *town) group(name string, n int, skills ...string) (g volunteering.GroupID, all []authz.Actor) {
	c.t.Helper()
	for i := range n {
		by, _ := c.admitted(fmt.Sprintf("%s%d", name, i), 60, skills...)
		if all = append(all, by); i == 0 {
			made, err := c.s.Found(c.t.Context(), by, volunteering.Group{Name: name, Kind: "class", Org: c.Nodes[county].ID, Most: int64(max(n, 2))})
			c.must(err)
			g = made
			continue
		}
		_, err := c.s.JoinGroup(c.t.Context(), by, c.mine(all[0]).Group.Code)
		c.must(err)
	}
	return g, all
}

func (c *town) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *town) wantKey(err error, key string) {
	c.t.Helper()
	if errs.KeyOf(err) == key {
		return
	}
	for _, p := range errs.ProblemsOf(err) {
		if p.Key == key {
			return
		}
	}
	c.t.Errorf("got %v, want %q", err, key)
}

// joined is what the program does when persons are joined.
func (c *town) joined(tx *sqldb.Tx, rows []person.ID) error {
	if _, err := timetable.Join(tx, rows); err != nil {
		return err
	}
	if err := tx.Record(authz.Verb{Key: "test.joined", Writes: "timetable_leader"}, "", act.Change{}); err != nil {
		return err
	}
	if err := c.s.After(tx, rows); err != nil {
		return err
	}
	return c.duty.After(tx, rows)
}
