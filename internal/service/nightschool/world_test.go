package nightschool_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/nightschool"
	"zhidian/internal/testworld"
)

const (
	county = "咸安区"
	home   = "咸安区甲镇一村"
)

var (
	zone  = time.FixedZone("CST", 8*3600)
	votes = time.Date(2026, 8, 3, 1, 0, 0, 0, time.UTC)  // voting begins, for a week
	opens = time.Date(2026, 8, 20, 2, 0, 0, 0, time.UTC) // sign-up begins, for two days
	clerk = authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: nightschool.Verbs}
)

// town is the small city with one site, and its twin, which nothing may touch.
type town struct {
	*testworld.World
	t      testing.TB
	s      *nightschool.Service
	people *person.Service
	clear  *clearance.Service
	site   place.ID
	now    time.Time
	papers int
}

func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &town{t: t, now: votes.Add(time.Hour)}
			db := open(t, sqldb.Options{Clock: func() time.Time { return c.now }})
			var twin *testworld.World
			c.World, twin = testworld.Build(t, db)
			c.s = &nightschool.Service{DB: db, Keys: c.Keys, Serials: c.Serials, Zone: zone}
			c.people = &person.Service{DB: db, Keys: c.Keys, Zone: zone, After: enrolment.After(c.s.Joined)}
			c.clear = &clearance.Service{DB: db, Keys: c.Keys, Zone: zone}
			places := &place.Service{DB: db, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
			at := c.Nodes[home]
			var err error
			c.site, err = places.Create(t.Context(), c.System(), place.Given{Org: at.ID, Kind: "青年之家", Name: "甲镇青年之家", At: *at.At, CRS: "wgs84", Fineness: "point", Capacity: 40})
			c.must(err)
			test(t, c)
			for _, table := range []string{"night_rule", "night_term", "night_idea", "night_vote", "night_course", "night_swap", "night_feedback", "enrolment"} {
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

// somebody is a person born on a day who is signed in, and her ID number.
func (c *town) somebody(name, born string) (authz.Actor, string) {
	c.t.Helper()
	c.papers++
	number := resident(day.Must(born), c.papers)
	var made person.ID
	c.must(c.DB.Write(c.t.Context(), c.System(), func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, c.Keys, []person.New{{Home: c.Nodes[home].ID, Name: name, Born: day.Must(born), Papers: []person.Paper{{Kind: person.ResidentID, Number: number}}}})
		if err != nil {
			return err
		}
		made = ids[0]
		return tx.Record(person.Create, made.String(), act.Change{})
	}))
	return authz.Actor{City: c.City, User: made.String(), Person: made.String(), Grants: []authz.Held{}}, number
}

// resident is a valid ID number of somebody born on a day.
func resident(born day.Day, n int) string {
	y, m, d := born.Date()
	text := fmt.Sprintf("421202%04d%02d%02d%03d", y, m, d, n)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(text[i]-'0')
	}
	return text + string("10X98765432"[sum%11])
}

func (c *town) term(mode edition.Mode, most int64) edition.ID {
	c.t.Helper()
	made, err := c.s.AddTerm(c.t.Context(), c.desk(), c.aTerm(mode, most))
	c.must(err)
	return made
}

func (c *town) aTerm(mode edition.Mode, most int64) nightschool.Term {
	return nightschool.Term{VoteFrom: votes.UnixMicro(), VoteTo: votes.AddDate(0, 0, 7).UnixMicro(), Edition: edition.Edition{
		Org: c.Nodes[county].ID, Title: "2026 年秋季", Mode: mode, Opens: opens.UnixMicro(), Closes: opens.AddDate(0, 0, 2).UnixMicro(), Paper: 60,
		First: day.Must("2026-09-01"), Last: day.Must("2026-12-31"), Most: most, OfferFor: 24 * 60,
	}}
}

func (c *town) idea(term edition.ID, title string) nightschool.IdeaID {
	c.t.Helper()
	made, err := c.s.ProposeAtDesk(c.t.Context(), c.desk(), nightschool.Idea{Term: term, Title: title})
	c.must(err)
	return made
}

// aCourse is on Tuesdays, eight times.
func (c *town) aCourse(term edition.ID, title string, places int64) nightschool.Course {
	return nightschool.Course{Term: term, Place: c.site, Title: title, Lead: title + "老师", AgeFrom: 18, AgeTo: 45, Places: places, First: day.Must("2026-09-01"), Starts: 19 * 60, Ends: 20*60 + 30, Lessons: 8}
}

// offered publishes the term and offers a course in a room of its own.
func (c *town) offered(term edition.ID, title string, places int64) nightschool.ID {
	c.t.Helper()
	_, number := c.somebody(title+"老师", "1980-01-01")
	x := c.aCourse(term, title, places)
	x.Room = title
	made, err := c.s.AddCourse(c.t.Context(), c.desk(), x, number, true)
	c.must(err)
	if err := c.s.PublishTerm(c.t.Context(), c.desk(), term, "福彩 3D"); err != nil && errs.KeyOf(err) != "edition.not_draft" {
		c.t.Fatal(err)
	}
	c.must(c.s.OfferCourse(c.t.Context(), c.desk(), made))
	return made
}

func (c *town) join(by authz.Actor, which nightschool.ID) nightschool.Signed {
	c.t.Helper()
	got, err := c.s.SignUp(c.t.Context(), by, which, true)
	c.must(err)
	return got
}

func (c *town) own(by authz.Actor, k enrolment.Key) nightschool.Seat {
	c.t.Helper()
	got, err := c.s.Own(c.t.Context(), by, k)
	c.must(err)
	return got
}

func (c *town) titles(term edition.ID) (all []string) {
	c.t.Helper()
	got, err := c.s.AtDesk(c.t.Context(), c.desk(), term)
	c.must(err)
	for _, x := range got.Ideas {
		if x.State == nightschool.Accepted {
			all = append(all, fmt.Sprintf("%s %d", x.Title, x.Votes))
		}
	}
	slices.Sort(all)
	return all
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
