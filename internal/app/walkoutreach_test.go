package app

import (
	"testing"
	"time"

	"zhidian/internal/platform/authz"
	"zhidian/internal/service/outreach"
	"zhidian/internal/testworld"
)

// ofOutreach are the routes of events: everybody's, a guest's own, and those of a place.
var ofOutreach = map[string]visit{
	"GET /outreach":                                  {who: public},
	"GET /outreach/answers":                          {who: public},
	"GET /outreach/{id}":                             {who: public, of: "event", open: true},
	"POST /outreach/{id}":                            {who: public, of: "event", loose: true, own: true, form: words("name", "走查人", "phone", "13900000000")},
	"POST /outreach/{id}/{step}":                     {who: public, of: "event =leave", loose: true, own: true},
	"GET /outreach/ticket/{words}":                   {who: public, of: "=nothing"},
	"POST /outreach/ticket/{words}/{step}":           {who: public, of: "=nothing =leave", loose: true, own: true},
	"GET /my/outreach":                               {who: signed},
	"GET /office/outreach":                           {who: "outreach.read", ask: []string{"?view=all", "?view=draft&kind=campus", "?view=past"}},
	"GET /office/outreach/export":                    {who: "outreach.export", ask: []string{"?view=all"}},
	"GET /office/outreach/new":                       {who: "outreach.hold"},
	"POST /office/outreach/new":                      {who: "outreach.hold", form: with(one("org", "org"), eventWords...)},
	"GET /office/outreach/{id}":                      {who: "outreach.read", of: "event"},
	"GET /office/outreach/{id}/edit":                 {who: "outreach.hold", of: "event"},
	"POST /office/outreach/{id}/edit":                {who: "outreach.hold", of: "event", loose: true, form: words(eventWords...)},
	"POST /office/outreach/{id}/publish":             {who: "outreach.hold", of: "event", loose: true},
	"POST /office/outreach/{id}/cancel":              {who: "outreach.hold", of: "event", loose: true, form: words("reason", "走查理由")},
	"GET /office/outreach/{id}/door":                 {who: "outreach.door", of: "event"},
	"POST /office/outreach/{id}/door":                {who: "outreach.door", of: "event", loose: true, form: words("no", "1", "do", "come")},
	"POST /office/outreach/{id}/heard":               {who: "outreach.door", of: "event", loose: true, form: words("text", "走查问题")},
	"GET /office/outreach/{id}/questions/{question}": {who: "outreach.read", of: "event question", open: true},
	"POST /office/outreach/{id}/questions/{question}/{step}": {who: "outreach.read", of: "event question =show", needs: "outreach.answer", loose: true, form: words("text", "走查问题", "answer", "走查答复"), also: []visit{
		{of: "event question =give", needs: "outreach.give", loose: true, form: with(one("desk", "county"), "days", "5")},
		{of: "event question =drop", needs: "outreach.answer", loose: true},
	}},
}

// eventWords are the fields of an event on its form, but for who holds it.
var eventWords = []string{"kind", "campus", "title", "走查宣讲", "place", "走查地点", "on", "2027-05-04", "starts", "14:00", "ends", "16:00", "seats", "30", "_v", "1"}

// event is held by a village, with a guest whose name is a canary, and a question.
func (w *walkWorld) event(t *testing.T, c *testworld.World, county, village string, i int) {
	t.Helper()
	ctx, by := t.Context(), authz.System(c.City)
	starts := w.svc.db.Now().Add(14 * 24 * time.Hour)
	made, err := w.svc.reach.Draw(ctx, by, outreach.Given{
		Org: c.Nodes[county+village].ID, Kind: "community", Title: "走查宣讲", Place: "走查地点", Starts: starts.UnixMicro(), Ends: starts.Add(time.Hour).UnixMicro(), Closes: starts.UnixMicro(),
	})
	if err == nil {
		err = w.svc.reach.Publish(ctx, by, made)
	}
	if err == nil {
		_, err = w.svc.reach.SignUp(ctx, authz.Actor{City: c.City}, made, outreach.SigningUp{Name: loanCanary(c.City, i, village), Phone: "13900000001"})
	}
	if err == nil {
		err = w.svc.reach.Heard(ctx, by, made, "走查问题")
	}
	if err != nil {
		t.Fatalf("event: %v", err)
	}
}

// eventSubjects names the events of each part of the world.
func (w *walkWorld) eventSubjects(t *testing.T) {
	t.Helper()
	for name, query := range map[string]string{
		"event":    "SELECT id FROM outreach_event WHERE city = ? AND org = ?",
		"question": "SELECT q.id FROM outreach_question q JOIN outreach_event e ON e.city = q.city AND e.id = q.event WHERE e.city = ? AND e.org = ?",
	} {
		at := func(c *testworld.World, village string) string {
			return w.tables.one(t, query, c.City, c.Nodes[village].ID.String())
		}
		w.subjects[name] = subject{a: at(w.city, villageA), above: at(w.city, countyA+"乙镇一村"), b: at(w.city, villageB), twin: at(w.twin, villageA), none: noID()}
	}
}
