package app

import (
	"path/filepath"
	"testing"

	"zhidian/internal/testworld"
)

// ofNight are the routes of the night school.
var ofNight = map[string]visit{
	"GET /night":                                {who: public, open: true},
	"GET /night/vote":                           {who: public, open: true},
	"GET /night/{id}":                           {who: public, of: "nightcourse", open: true},
	"GET /night/{id}/draw.json":                 {who: public, of: "nightcourse"},
	"GET /night/{id}/join":                      {who: signed, of: "nightcourse", open: true},
	"POST /night/{id}/join":                     {who: signed, of: "nightcourse", loose: true, form: words("agreed", "1")},
	"GET /my/night":                             {who: signed},
	"GET /my/night/vote":                        {who: signed, open: true},
	"POST /my/night/vote":                       {who: signed, loose: true, form: with(one("term", "nightterm"), "idea", "01J00000000000000000000IDE")},
	"POST /my/night/ideas":                      {who: signed, loose: true, form: with(one("term", "nightterm"), "title", "走查")},
	"GET /my/night/teach":                       {who: signed},
	"GET /my/night/lessons/{lesson}":            {who: signed, of: "nightlesson", own: true},
	"POST /my/night/lessons/{lesson}/{step}":    {who: signed, of: "nightlesson =mark", loose: true, also: []visit{{of: "nightlesson =close", loose: true}}},
	"GET /office/night/appeals":                 {who: "night.appeals"},
	"POST /office/night/appeals":                {who: "night.appeals", loose: true, form: with(one("lesson", "nightlesson"), "who", "01J00000000000000000000WHO", "to", "kept", "answer", "走查")},
	"GET /office/nightlessons/{lesson}":         {who: "night.attend", of: "nightlesson"},
	"POST /office/nightlessons/{lesson}/{step}": {who: "night.attend", of: "nightlesson =mark", loose: true, also: []visit{{of: "nightlesson =close", loose: true}}},
	"GET /my/night/{roll}/{turn}":               {who: signed, of: "nightroll =1", own: true},
	"POST /my/night/{roll}/{turn}/{step}":       {who: signed, of: "nightroll =1 =withdraw", also: []visit{{of: "nightroll =1 =swap", loose: true}, {of: "nightroll =1 =rate", loose: true}}},

	"GET /office/night":                                 {who: "night.read", open: true},
	"POST /office/night/rule":                           {who: "night.rule", top: true, loose: true, form: words("from", "2020-01-01", "votes", "3", "excuse", "24", "points", "3", "rate_days", "14")},
	"GET /office/night/new":                             {who: "night.term", open: true},
	"POST /office/night/new":                            {who: "night.term", form: with(one("org", "org"), "title", "走查", "mode", "first_come", "vote_from", "2027-05-01", "vote_from_at", "09:00", "vote_to", "2027-05-10", "vote_to_at", "09:00", "opens", "2027-06-01", "opens_at", "10:00", "closes", "2027-06-03", "closes_at", "18:00", "paper", "0", "first", "2027-07-01", "last", "2027-08-31", "most", "2", "offer", "24")},
	"GET /office/night/{id}":                            {who: "night.read", of: "nightterm"},
	"GET /office/night/{id}/figures":                    {who: "night.read", of: "nightterm"},
	"GET /office/night/{id}/proposal":                   {who: "night.read", of: "nightterm"},
	"POST /office/night/{id}/{step}":                    {who: "night.term", of: "nightterm =publish", loose: true, form: words("source", "走查")},
	"POST /office/night/{id}/ideas":                     {who: "night.judge", of: "nightterm", loose: true, form: words("title", "走查")},
	"POST /office/night/{id}/ideas/{idea}":              {who: "night.judge", of: "nightterm nightidea", loose: true, form: words("to", "accepted", "_v", "1")},
	"GET /office/night/{id}/course":                     {who: "night.course", of: "nightterm", narrow: true, ask: []string{"?find=x"}},
	"POST /office/night/{id}/course":                    {who: "night.course", of: "nightterm", cross: true, loose: true, form: with(one("place", "place"), "title", "走查", "teacher", "42120219900307001X", "lead", "走查", "agreed", "1", "age_from", "18", "age_to", "45", "places", "5", "fee", "0", "first", "2027-07-05", "starts", "19:00", "ends", "20:00", "lessons", "2")},
	"GET /office/nightcourses/{id}":                     {who: "night.read", of: "nightcourse"},
	"POST /office/nightcourses/{id}/enter":              {who: "night.enter", of: "nightcourse", loose: true, form: words("way", "paper", "number", "42120219900307001X", "agreed", "1")},
	"POST /office/nightcourses/{id}/{step}":             {who: "night.course", of: "nightcourse =resize", form: words("places", "6"), also: []visit{{of: "nightcourse =offer", loose: true}, {of: "nightcourse =cancel", loose: true}}},
	"POST /office/nightcourses/{id}/turn/{turn}/{step}": {who: "night.enter", of: "nightcourse =1 =withdraw", loose: true},
}

// evenings puts a term with an idea, and a course with somebody on its roll, into a village.
func (w *walkWorld) evenings(t *testing.T, c *testworld.World, county, village string) {
	t.Helper()
	term, idea, course, roll, at := noID(), noID(), noID(), noID(), c.Nodes[county+village].ID.String()
	put := func(query string, args ...any) {
		w.tables.put(t, filepath.Join(w.in.dir, dbFile), query, append([]any{c.City}, args...)...)
	}
	now := w.in.db.Now().UnixMicro()
	site := w.tables.one(t, "SELECT id FROM place WHERE city = ? AND org = ?", c.City, at)
	who := c.People[testworld.Canary(c.City, county, clearedIn[village])].String()
	put("INSERT INTO edition (city, id, service, org, title, mode, opens_at, closes_at, first_day, last_day, most, offer_min, state, made_by, made_at, edited_at) VALUES (?, ?, 'nightschool', ?, '走查学期', 'first_come', ?, ?, '2027-07-01', '2027-08-31', 2, 60, 'draft', 'x', 1, 1)", term, at, now, now+1e12)
	put("INSERT INTO night_term (city, edition, vote_from, vote_to, votes, excuse_h, most_points) VALUES (?, ?, ?, ?, 3, 24, 3)", term, now+5e11, now+1e12)
	put("INSERT INTO night_idea (city, id, edition, title, state, made_by, made_at, edited_at) VALUES (?, ?, ?, '走查课', 'proposed', 'x', 1, 1)", idea, term)
	put("INSERT INTO enrolment_roll (city, id, edition, serial, mode, places, turn, most, offer_min, opens_at, closes_at, paper_at, state) VALUES (?, ?, ?, ?, 'first_come', 5, 1, 2, 60, ?, ?, ?, 'open')", roll, term, "夜校-"+course, now, now+1e12, now+1e12)
	put("INSERT INTO enrolment (city, roll, turn, size, state, place, found, way, signer, made_by, made_at, moved_at) VALUES (?, ?, 1, 1, 'waiting', 1, 0, 'web', ?, 'x', 1, 1)", roll, who)
	put("INSERT INTO enrolment_member (city, roll, turn, no, person, edition) VALUES (?, ?, 1, 1, ?, ?)", roll, who, term)
	put("INSERT INTO night_course (city, id, serial, edition, org, place, title, teacher, lead, age_from, age_to, places, first_day, starts_min, ends_min, lessons, state, roll, made_by, made_at, edited_at) VALUES (?, ?, ?, ?, ?, ?, '走查课', ?, '走查', 18, 45, 5, '2027-07-05', 1140, 1200, 2, 'offered', ?, 'x', 1, 1)", course, "夜校-"+course, term, at, site, who, roll)
	put("INSERT INTO timetable_session (city, id, series, place, room, on_day, starts_at, ends_at, title, children, state, made_by, made_at, edited_at) VALUES (?, ?, ?, ?, '夜校', '2027-07-05', 1814864400000000, 1814868000000000, '走查课', 0, 'planned', 'x', 1, 1)", noID(), course, site)
}

// nightSubjects names what the night school has in each part of the world.
func (w *walkWorld) nightSubjects(t *testing.T) {
	t.Helper()
	for name, query := range map[string]string{
		"nightterm": "SELECT c.edition FROM night_course c WHERE c.city = ? AND c.org = ?", "nightcourse": "SELECT id FROM night_course WHERE city = ? AND org = ?", "nightroll": "SELECT roll FROM night_course WHERE city = ? AND org = ?",
		"nightlesson": "SELECT s.id FROM timetable_session s JOIN night_course c ON c.city = s.city AND c.id = s.series WHERE s.city = ? AND c.org = ?",
		"nightidea":   "SELECT i.id FROM night_idea i JOIN night_course c ON c.city = i.city AND c.edition = i.edition WHERE i.city = ? AND c.org = ?",
	} {
		at := func(c *testworld.World, village string) string {
			return w.tables.one(t, query, c.City, c.Nodes[village].ID.String())
		}
		w.subjects[name] = subject{a: at(w.city, villageA), above: at(w.city, countyA+"乙镇一村"), b: at(w.city, villageB), twin: at(w.twin, villageA), none: noID()}
	}
}
