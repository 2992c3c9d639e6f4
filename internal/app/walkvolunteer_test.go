package app

import (
	"path/filepath"
	"testing"

	"zhidian/internal/testworld"
)

// ofVolunteers are the routes of volunteers.
var ofVolunteers = map[string]visit{
	"GET /my/volunteer":                   {who: signed, open: true},
	"POST /my/volunteer":                  {who: signed, loose: true, form: with(one("org", "county"), "free", "end_am", "agreed", "1")},
	"POST /my/volunteer/group/{step}":     {who: signed, of: "=join", loose: true, form: words("code", "NONE"), also: []visit{{of: "=leave", loose: true}, {of: "=end", loose: true}, {of: "=part", loose: true, form: one("who", "volunteer")}, {of: "=found", loose: true, form: with(one("home", "county"), "name", "走查", "kind", "class", "most", "9")}}},
	"GET /office/volunteers":              {who: "volunteer.read", ask: []string{"?state=applied", "?skill=homework"}},
	"GET /office/volunteers/{id}":         {who: "volunteer.read", of: "volunteer"},
	"POST /office/volunteers/{id}/decide": {who: "volunteer.admit", of: "volunteer", form: words("to", "admitted", "_v", "1")},

	"GET /office/pairs":               {who: "volunteer.read", open: true},
	"POST /office/pairs":              {who: "volunteer.pair", form: with(one("org", "org"), "title", "走查", "first", "2027-07-01", "last", "2027-08-01", "reach", "0")},
	"GET /office/pairs/{id}":          {who: "volunteer.read", of: "term", ask: []string{"?find=x"}},
	"GET /office/pairs/{id}/map.json": {who: "volunteer.read", of: "term"},
	"POST /office/pairs/{id}/approve": {who: "volunteer.approve", of: "term", form: words("_v", "1")},
	"POST /office/pairs/{id}/{step}": {who: "volunteer.pair", of: "term =want", form: with(one("place", "place"), "people", "3", "room", "9"), also: []visit{
		{of: "term =drop", form: one("place", "place")},
		{of: "term =propose", loose: true},
		{of: "term =settle", loose: true, form: with(one("place", "place"), "group", "01J00000000000000000000GRP")},
		{of: "term =forbid", loose: true, form: with(one("place", "place"), "group", "01J00000000000000000000GRP")},
		{of: "term =free", loose: true, form: words("group", "01J00000000000000000000GRP")},
	}},
}

// volunteer lets somebody of a village have applied there.
func (w *walkWorld) volunteer(t *testing.T, c *testworld.World, county, village string) {
	t.Helper()
	which, group, term, at := noID(), noID(), noID(), c.Nodes[county+village].ID.String()
	put := func(query string, args ...any) {
		w.tables.put(t, filepath.Join(w.in.dir, dbFile), query, append([]any{c.City}, args...)...)
	}
	site := w.tables.one(t, "SELECT id FROM place WHERE city = ? AND org = ?", c.City, at)
	put("INSERT INTO volunteer (city, id, serial, person, org, skills, free, says, state, made_at, edited_at) VALUES (?, ?, ?, ?, ?, 1, 1, '走查', 'applied', 1, 1)",
		which, "志愿-"+which, c.People[testworld.Canary(c.City, county, clearedIn[village])].String(), at)
	put("INSERT INTO volunteer_group (city, id, serial, name, kind, org, leader, code, most, members, made_at, edited_at) VALUES (?, ?, ?, '走查队', 'class', ?, ?, ?, 9, 1, 1, 1)", group, group, at, which, group)
	put("INSERT INTO volunteer_member (city, grp, volunteer, joined_at) VALUES (?, ?, ?, 1)", group, which)
	put("INSERT INTO volunteer_term (city, id, org, title, first_day, last_day, reach, state, made_by, made_at, edited_at) VALUES (?, ?, ?, '走查期', '2027-07-01', '2027-08-01', 0, 'draft', 'x', 1, 1)", term, at)
	put("INSERT INTO volunteer_need (city, term, place, people, room, asks) VALUES (?, ?, ?, 3, 9, 0)", term, site)
	put("INSERT INTO volunteer_pair (city, term, grp, place, locked, metres, size, known) VALUES (?, ?, ?, ?, 0, 1, 1, 0)", term, group, site)
}

// volunteerSubjects names the volunteers in each part of the world.
func (w *walkWorld) volunteerSubjects(t *testing.T) {
	t.Helper()
	for name, table := range map[string]string{"volunteer": "volunteer", "term": "volunteer_term"} {
		at := func(c *testworld.World, village string) string {
			return w.tables.one(t, "SELECT id FROM "+table+" WHERE city = ? AND org = ?", c.City, c.Nodes[village].ID.String())
		}
		w.subjects[name] = subject{a: at(w.city, villageA), above: at(w.city, countyA+"乙镇一村"), b: at(w.city, villageB), twin: at(w.twin, villageA), none: noID()}
	}
}
