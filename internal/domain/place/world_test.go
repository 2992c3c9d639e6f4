package place_test

import (
	"testing"

	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

var clerk = authz.Role{Key: "clerk", Verbs: place.Verbs}

// town is the small city with a service of places.
type town struct {
	*testworld.World
	t    testing.TB
	s    *place.Service
	twin *testworld.World
}

func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		c := &town{t: t, s: &place.Service{DB: db, Cursors: page.NewCursors([]byte("sixteen random bytes"))}}
		c.World, c.twin = testworld.Build(t, db)
		test(t, c)
	})
}

// given is a youth home in a village, right at the village's own position.
func (c *town) given(village, name string) place.Given {
	n := c.Nodes[village]
	return place.Given{Org: n.ID, Kind: "青年之家", Name: name, At: *n.At, CRS: geo.WGS84, Fineness: "point", Capacity: 40}
}

func (c *town) create(by authz.Actor, g place.Given) place.ID {
	c.t.Helper()
	made, err := c.s.Create(c.t.Context(), by, g)
	if err != nil {
		c.t.Fatal(err)
	}
	return made
}

func (c *town) find(which place.ID) (p place.Place) {
	c.t.Helper()
	err := c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) (err error) {
		p, err = place.Find(q, which)
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return p
}

func (c *town) names(by authz.Actor, f place.Filter) (all []string) {
	c.t.Helper()
	cursor := ""
	for {
		got, err := c.s.List(c.t.Context(), by, f, cursor)
		if err != nil {
			c.t.Fatal(err)
		}
		for _, r := range got.Items {
			all = append(all, r.Name)
		}
		if cursor = got.Next; cursor == "" {
			return all
		}
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
