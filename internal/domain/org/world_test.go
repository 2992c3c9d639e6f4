package org_test

import (
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

const (
	city = "xianning"
	twin = "twin"
)

var clerk = authz.Role{Key: "clerk", Verbs: org.Verbs}

// world is a small tree: two counties with two townships each, two villages in each, and a school with a branch.
type world struct {
	t    testing.TB
	s    *org.Service
	city string
	ids  map[string]org.ID
}

func newWorld(t testing.TB, db *sqldb.DB, city string) *world {
	w := &world{t: t, s: &org.Service{DB: db, Serials: &sqldb.Serials{DB: db}}, city: city, ids: map[string]org.ID{}}
	w.add("", org.City, "咸宁市")
	for _, county := range []string{"咸安区", "嘉鱼县"} {
		w.add("咸宁市", org.County, county)
		w.add(county, org.School, county+"一中")
		w.add(county+"一中", org.LeagueBranch, county+"一中团支部")
		for _, town := range []string{"甲镇", "乙镇"} {
			w.add(county, org.Township, county+town)
			w.add(county+town, org.Village, county+town+"一村")
			w.add(county+town, org.Village, county+town+"二村")
		}
	}
	return w
}

func (w *world) add(parent string, kind org.Kind, name string) org.Node {
	w.t.Helper()
	n, err := w.s.Create(w.t.Context(), authz.System(w.city), org.New{Kind: kind, Name: name, Parent: w.ids[parent]})
	if err != nil {
		w.t.Fatalf("%s: %v", name, err)
	}
	w.ids[name] = n.ID
	return n
}

func (w *world) node(name string) org.Node { return w.get(w.ids[name]) }

func (w *world) get(id org.ID) (n org.Node) {
	w.t.Helper()
	w.read(func(q *sqldb.Rx) (err error) { n, err = org.Find(q, id); return err })
	return n
}

func (w *world) read(fn func(q *sqldb.Rx) error) {
	w.t.Helper()
	if err := w.s.DB.Read(w.t.Context(), w.city, fn); err != nil {
		w.t.Fatal(err)
	}
}

// actor holds the clerk's role at some nodes.
func (w *world) actor(at ...string) authz.Actor {
	a := authz.Actor{City: w.city, User: string(id.New[org.Node](w.s.DB.Now())), Name: "测试员"}
	for _, name := range at {
		a.Grants = append(a.Grants, authz.Held{Role: clerk, At: w.node(name).Path})
	}
	return a
}

// all gives the whole tree.
func (w *world) all() (nodes []org.Node) {
	w.t.Helper()
	w.read(func(q *sqldb.Rx) (err error) { nodes, err = org.Subtree(q, authz.Scope{All: true}); return err })
	return nodes
}

func (w *world) names(in authz.Scope) map[string]bool {
	w.t.Helper()
	got := map[string]bool{}
	w.read(func(q *sqldb.Rx) error {
		nodes, err := org.Subtree(q, in)
		for _, n := range nodes {
			got[n.Name] = true
		}
		return err
	})
	return got
}

func wantKey(t testing.TB, err error, key string) {
	t.Helper()
	if errs.KeyOf(err) != key {
		t.Errorf("got %v, want %q", err, key)
	}
}
