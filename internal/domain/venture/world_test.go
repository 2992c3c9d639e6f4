package venture_test

import (
	"testing"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

var (
	zone  = time.FixedZone("CST", 8*3600)
	clerk = authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: append([]authz.Verb{person.Read}, venture.Verbs...)}
	bank  = authz.Role{Key: "handler", Verbs: []authz.Verb{venture.Shared}}
)

// town is the small city with ventures and a bank, and its twin.
type town struct {
	*testworld.World
	t    testing.TB
	s    *venture.Service
	bank org.Node
	now  time.Time
}

// each runs a test on both engines, with a clock that the test turns.
func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &town{t: t, now: time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)}
			db := open(t, sqldb.Options{Clock: func() time.Time { c.now = c.now.Add(time.Millisecond); return c.now }})
			c.World, _ = testworld.Build(t, db)
			files, err := blob.New(t.TempDir(), c.Keys)
			must(t, err)
			t.Cleanup(func() { _ = files.Close() })
			c.s = &venture.Service{DB: db, Keys: c.Keys, Serials: c.Serials, Cursors: page.NewCursors([]byte("sixteen random bytes")), Zone: zone, Files: files}
			c.bank, err = (&org.Service{DB: db, Serials: c.Serials}).Create(t.Context(), c.System(), org.New{Kind: org.Bank, Name: "咸安农商行", Parent: c.Nodes["咸安区"].ID})
			must(t, err)
			test(t, c)
		})
	}
}

// given is a tea workshop in a village.
func (c *town) given(at, name string) venture.Given {
	return venture.Given{Org: c.Nodes[at].ID, Founder: "周知夏", Facts: venture.Facts{
		Name: name, About: "做青砖茶", Entity: "firm", Industry: "C1530", Category: "returnee", Stage: "growing", Address: "羊楼洞一号", Staff: 6, Revenue: money.Fen(820_000_00), RevenueYear: 2025,
	}}
}

func (c *town) create(at, name string) venture.ID {
	c.t.Helper()
	made, err := c.s.Create(c.t.Context(), c.System(), c.given(at, name))
	must(c.t, err)
	return made
}

// propose lets a founder enter a venture from her account and an officer take it in.
func (c *town) propose(account, at, name string) venture.ID {
	c.t.Helper()
	made, err := c.s.Propose(c.t.Context(), c.founder(account), c.given(at, name))
	must(c.t, err)
	must(c.t, c.s.Take(c.t.Context(), c.System(), made, c.find(made).EditedAt))
	return made
}

func (c *town) founder(account string) authz.Actor { return authz.Actor{City: c.City, User: account} }

// teller works at the desk of a bank.
func (c *town) teller(at org.Node) authz.Actor {
	return authz.Actor{City: c.City, User: "teller", DeskID: at.ID.String(), Grants: []authz.Held{{Role: bank, At: at.Path}}}
}

func (c *town) find(which venture.ID) (v venture.Venture) {
	c.t.Helper()
	must(c.t, c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) (err error) { v, err = venture.Find(q, which); return err }))
	return v
}

func (c *town) names(by authz.Actor, f venture.Filter) (all []string) {
	c.t.Helper()
	f.Size = 2
	for cursor := ""; ; {
		got, err := c.s.List(c.t.Context(), by, f, cursor)
		must(c.t, err)
		for _, r := range got.Items {
			all = append(all, r.Name)
		}
		if cursor = got.Next; cursor == "" {
			return all
		}
	}
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
