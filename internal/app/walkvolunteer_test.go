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

	"GET /office/volunteers/export":            {who: "volunteer.export", ask: []string{"?format=csv"}},
	"POST /office/volunteers/{id}/certificate": {who: "volunteer.certify", of: "volunteer", loose: true, form: words("first", "2026-01-01", "last", "2026-02-01", "head", "走", "handler", "查", "phone", "1")},
	"GET /office/certificates/{id}":            {who: "volunteer.read", of: "certificate"},
	"POST /office/certificates/{id}/revoke":    {who: "volunteer.certify", of: "certificate", form: words("reason", "走查")},
	"GET /my/certificates/{id}":                {who: signed, of: "certificate", own: true},
	"GET /verify/volunteer/{code}":             {who: public, of: "certified"},

	"GET /my/duties":                         {who: signed},
	"POST /my/duties/{id}/{step}":            {who: signed, of: "duty =in", loose: true, form: words("client", "01J00000000000000000000CLI"), also: []visit{{of: "duty =out", loose: true, form: words("client", "01J00000000000000000000CLI")}, {of: "duty =vouch", loose: true, form: one("who", "person")}}},
	"GET /office/pairs/{id}/duties":          {who: "volunteer.read", of: "term"},
	"POST /office/pairs/{id}/duties/{step}":  {who: "volunteer.roster", of: "term =plan", loose: true, form: words("group", "01J00000000000000000000GRP", "title", "走查", "on", "2027-07-05", "starts", "09:00", "ends", "10:00", "needed", "1"), also: []visit{{of: "term =fill", loose: true, form: words("group", "01J00000000000000000000GRP")}}},
	"GET /office/duties/odd":                 {who: "volunteer.read"},
	"GET /office/duties/{id}":                {who: "volunteer.read", of: "duty"},
	"POST /office/duties/{id}/roster/{step}": {who: "volunteer.roster", of: "duty =cancel", also: []visit{{of: "duty =substitute", loose: true, form: words("_v", "1")}}},
	"POST /office/duties/{id}/hours/{step}":  {who: "volunteer.confirm", of: "duty =confirm", loose: true, form: with(one("who", "person"), "reason", "走查"), also: []visit{{of: "duty =correct", loose: true, form: with(one("who", "person"), "reason", "走查", "from", "09:00", "to", "10:00")}}},
	"GET /office/pairs":                      {who: "volunteer.read", open: true},
	"POST /office/pairs":                     {who: "volunteer.pair", form: with(one("org", "org"), "title", "走查", "first", "2027-07-01", "last", "2027-08-01", "reach", "0")},
	"GET /office/pairs/{id}":                 {who: "volunteer.read", of: "term", ask: []string{"?find=x"}},
	"GET /office/pairs/{id}/map.json":        {who: "volunteer.read", of: "term"},
	"POST /office/pairs/{id}/approve":        {who: "volunteer.approve", of: "term", form: words("_v", "1")},
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
	session := noID()
	put("INSERT INTO timetable_session (city, id, series, place, room, on_day, starts_at, ends_at, title, children, state, made_by, made_at, edited_at) VALUES (?, ?, 'volunteer/x', ?, '走查队', '2027-07-06', 1814864400000000, 1814868000000000, '走查服务', 1, 'planned', 'x', 1, 1)", session, site)
	put("INSERT INTO timetable_leader (city, session, person) SELECT city, ?2, person FROM volunteer WHERE city = ?1 AND id = ?3", session, which)
	put("INSERT INTO volunteer_duty (city, session, term, grp, needed, title, place) VALUES (?, ?, ?, ?, 2, '走查服务', ?)", session, term, group, site)
	put("INSERT INTO volunteer_certificate (city, id, serial, code, volunteer, person, org, first_day, last_day, minutes, times, content, head, handler, phone, issued_by, issued_at) SELECT city, ?2, ?3, ?4, id, person, org, '2026-01-01', '2026-02-01', 60, 1, '走查', '走', '查', '1', 'x', 1 FROM volunteer WHERE city = ?1 AND id = ?5", group, "志证-"+group, group, which)
	put("INSERT INTO volunteer_pair (city, term, grp, place, locked, metres, size, known) VALUES (?, ?, ?, ?, 0, 1, 1, 0)", term, group, site)
}

// volunteerSubjects names the volunteers in each part of the world.
func (w *walkWorld) volunteerSubjects(t *testing.T) {
	t.Helper()
	for name, query := range map[string]string{
		"volunteer": "SELECT id FROM volunteer WHERE city = ? AND org = ?", "term": "SELECT id FROM volunteer_term WHERE city = ? AND org = ?", "certificate": "SELECT id FROM volunteer_certificate WHERE city = ? AND org = ?",
		"certified": "SELECT code FROM volunteer_certificate WHERE city = ? AND org = ?",
		"duty":      "SELECT d.session FROM volunteer_duty d JOIN volunteer_term t ON t.city = d.city AND t.id = d.term WHERE d.city = ? AND t.org = ?",
	} {
		at := func(c *testworld.World, village string) string {
			return w.tables.one(t, query, c.City, c.Nodes[village].ID.String())
		}
		w.subjects[name] = subject{a: at(w.city, villageA), above: at(w.city, countyA+"乙镇一村"), b: at(w.city, villageB), twin: at(w.twin, villageA), none: noID()}
	}
}
