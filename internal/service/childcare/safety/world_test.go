package safety_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/safety"
	"zhidian/internal/testworld"
)

var (
	zone    = time.FixedZone("CST", 8*3600)
	today   = day.Must("2026-07-06") // a Monday
	teacher = authz.Role{Key: "teacher", Sees: authz.Sensitive, Verbs: []authz.Verb{childcare.Read, safety.Tell}}
	guard   = authz.Role{Key: "guard", Sees: authz.Sensitive, Verbs: slices.Concat(safety.Verbs, []authz.Verb{casework.Read, casework.Answer, casework.Close, casework.Remark})}
	roles   = map[string]authz.Role{"teacher": teacher, "guard": guard}
)

const home = "咸安区甲镇一村"

// town is the small city with one class and one child in it. Two hold the right to act in the county, one in the city; the twin is
// touched by nothing.
type town struct {
	*testworld.World
	t      testing.TB
	s      *safety.Service
	people *person.Service
	class  childcare.ID
	mum    person.ID
	kid    person.ID
	staff  map[string]account.ID
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
				err := q.Row(`SELECT (SELECT COUNT(*) FROM care_report WHERE city = $1) + (SELECT COUNT(*) FROM care_report_step WHERE city = $1) + (SELECT COUNT(*) FROM matter_reader WHERE city = $1)`).Scan(&n)
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
	c.s = &safety.Service{
		DB: db, Keys: c.Keys, Zone: zone, Matters: &casework.Service{DB: db, Serials: c.Serials, Zone: zone, Cursors: page.NewCursors([]byte("sixteen random bytes"))},
		Accounts: &account.Service{DB: db, Keys: c.Keys, Zone: zone, Roles: roles}, Say: func(key string, args ...any) string { return key + fmt.Sprint(args...) },
	}
	c.people = &person.Service{DB: db, Keys: c.Keys, Zone: zone}
	places := &place.Service{DB: db, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
	at := c.Nodes[home]
	site, err := places.Create(ctx, by, place.Given{Org: at.ID, Kind: "青年之家", Name: "甲镇青年之家", At: *at.At, CRS: "wgs84", Fineness: "point", Capacity: 40})
	must(t, err)
	made, err := care.AddSeason(ctx, by, childcare.Season{Kind: "summer", Largest: 40, PerAdult: 10, Edition: edition.Edition{
		Org: c.Nodes["咸安区"].ID, Title: "暑期", Mode: edition.FirstCome, Opens: c.now.Add(-time.Hour).UnixMicro(), Closes: c.now.AddDate(0, 0, 5).UnixMicro(), First: today, Last: today.AddDays(30), Most: 2, OfferFor: 60,
	}})
	must(t, err)
	must(t, care.PublishSeason(ctx, by, made, ""))
	c.class, err = care.ProposeClass(ctx, c.Actor(t, authz.Role{Key: "clerk", Verbs: childcare.Verbs}, "咸安区"), childcare.Class{Edition: made, Place: site, Title: "岔路口班", Hours: "8–17", AgeFrom: 6, AgeTo: 12, Places: 3, Adults: 1, Lead: "乔以恒"})
	must(t, err)
	check := place.Check{On: day.Must("2026-06-18"), Until: day.Must("2026-08-31"), Inspector: "乔以恒"}
	for _, item := range childcare.CheckItems {
		check.Items = append(check.Items, place.CheckItem{Item: item, Passed: true})
	}
	must(t, care.CheckSite(ctx, by, c.class, check))
	must(t, care.OfferClass(ctx, by, c.class))
	c.mum, c.kid = c.person("周某", "1990-01-01"), c.person("周小一", "2018-03-01")
	_, err = c.people.Entrust(ctx, by, person.Guardianship{Child: c.kid, Adult: c.mum, Relation: "5", From: day.Must("2020-01-01")})
	must(t, err)
	_, err = care.SignUp(ctx, authz.Actor{City: c.City, User: c.mum.String(), Person: c.mum.String(), Grants: []authz.Held{}}, childcare.Joining{Class: c.class, Children: []person.ID{c.kid}, Agreed: true})
	must(t, err)
	c.staff = map[string]account.ID{}
	for name, at := range map[string][2]string{"teacher": {"teacher", home}, "county1": {"guard", "咸安区"}, "county2": {"guard", "咸安区"}, "city": {"guard", "咸宁市"}, "neighbour": {"guard", "嘉鱼县"}} {
		c.staff[name] = c.account(name, at[0], at[1])
	}
	c.now = today.Start(zone).Add(9 * time.Hour)
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

// account puts a member of staff with a role at a node.
func (c *town) account(name, role, at string) account.ID {
	c.t.Helper()
	made := id.New[account.Account](c.now)
	must(c.t, c.DB.Write(c.t.Context(), c.System(), func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(`INSERT INTO account (city, id, kind, name, state, made_at) VALUES ($1, $2, 'staff', $3, 'active', 1)`, made, name); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO role_grant (city, id, account, role, org, from_day, made_by) VALUES ($1, $2, $2, $3, $4, '2020-01-01', 'test')`, made, role, c.Nodes[at].ID); err != nil {
			return err
		}
		return tx.Record(authz.Verb{Key: "test.put", Writes: "account role_grant"}, "", act.Change{})
	}))
	return made
}

// as is one of the staff.
func (c *town) as(name string) authz.Actor {
	role, at := guard, map[string]string{"county1": "咸安区", "county2": "咸安区", "city": "咸宁市", "neighbour": "嘉鱼县", "teacher": home}[name]
	if name == "teacher" {
		role = teacher
	}
	a := c.Actor(c.t, role, at)
	a.User = c.staff[name].String()
	return a
}

var sent int

// told is a report as a phone whose clock is right sends it now.
func (c *town) told(kind safety.Kind, code string, severity int64, words string) safety.Sent {
	sent++
	ms := c.now.UnixMilli()
	return safety.Sent{Protocol: 1, ID: fmt.Sprintf("%020d", sent), Class: c.class, Child: c.kid, Kind: kind, Code: code, Severity: severity, Words: words, MadeAt: ms, SentAt: ms}
}

// report sends a report and gives it as the first of the county finds it.
func (c *town) report(x safety.Sent) safety.Row {
	c.t.Helper()
	got, err := c.s.Report(c.t.Context(), c.as("teacher"), "phone", x)
	must(c.t, err)
	for _, r := range c.listed("county1") {
		if r.Serial == got.Serial {
			return r
		}
	}
	c.t.Fatalf("%+v is not before the county", got)
	return safety.Row{}
}

func (c *town) listed(name string) []safety.Row {
	c.t.Helper()
	all, _, err := c.s.List(c.t.Context(), c.as(name))
	must(c.t, err)
	return all
}

func (c *town) do(name string, of safety.ID, kind safety.StepKind, said safety.Said) error {
	return c.s.Do(c.t.Context(), c.as(name), of, safety.Step{Kind: kind, Said: said})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKey(t testing.TB, err error, key string) {
	t.Helper()
	if errs.KeyOf(err) == key || slices.ContainsFunc(errs.ProblemsOf(err), func(p errs.Problem) bool { return p.Key == key }) {
		return
	}
	t.Errorf("got %v, want %q", err, key)
}

// stored gives everything that the tables of reports and of matters hold, as text.
func (c *town) stored() string {
	c.t.Helper()
	var b strings.Builder
	must(c.t, c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) error {
		for _, query := range []string{`SELECT title FROM matter WHERE city = $1`, `SELECT text FROM matter_note WHERE city = $1`, `SELECT args FROM notice WHERE city = $1`, `SELECT change FROM act_content WHERE city = $1`} {
			all, err := sqldb.All(q, func(s sqldb.Scan) (string, error) { var x string; return x, s(&x) }, query)
			if err != nil {
				return err
			}
			b.WriteString(strings.Join(all, "\n"))
		}
		return nil
	}))
	return b.String()
}
