package app

import (
	"errors"
	"testing"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/safety"
	"zhidian/internal/service/childcare/term"
	"zhidian/internal/testworld"
)

// careSubjects names what child care has in each part of the world.
func (w *walkWorld) careSubjects(t *testing.T) {
	t.Helper()
	for name, query := range map[string]string{
		"season": "SELECT id FROM edition WHERE city = ? AND org = ?",
		"class":  "SELECT id FROM care_class WHERE city = ? AND org = ?",
		"lesson": "SELECT s.id FROM timetable_session s JOIN care_class c ON c.city = s.city AND c.id = s.series WHERE s.city = ? AND c.org = ?",
		"report": "SELECT r.id FROM care_report r JOIN care_class c ON c.city = r.city AND c.id = r.class WHERE r.city = ? AND c.org = ?",
		"roll":   "SELECT roll FROM care_class WHERE city = ? AND org = ?",
	} {
		at := func(c *testworld.World, village string) string {
			return w.tables.one(t, query, c.City, c.Nodes[village].ID.String())
		}
		w.subjects[name] = subject{a: at(w.city, villageA), above: at(w.city, countyA+"乙镇一村"), b: at(w.city, villageB), twin: at(w.twin, villageA), none: noID()}
	}
}

// season puts a draft of a season into a village.
func (w *walkWorld) season(t *testing.T, c *testworld.World, county, village string) {
	t.Helper()
	if _, err := w.svc.care.AddSeason(t.Context(), authz.System(c.City), w.summer(c.Nodes[county+village])); err != nil {
		t.Fatalf("season: %v", err)
	}
}

func (w *walkWorld) summer(at org.Node) childcare.Season {
	now := w.in.db.Now()
	return childcare.Season{Kind: "summer", Largest: 40, PerAdult: 10, Edition: edition.Edition{
		Org: at.ID, Title: "走查暑期", Mode: edition.FirstCome, Opens: now.UnixMicro(), Closes: now.AddDate(0, 1, 0).UnixMicro(), First: day.Must("2027-07-05"), Last: day.Must("2027-08-13"), Most: 2, OfferFor: 60,
	}}
}

// classes publishes a season for the whole city and offers a class in each village that has a site.
func (w *walkWorld) classes(t *testing.T, c *testworld.World) {
	t.Helper()
	ctx, by := t.Context(), authz.System(c.City)
	made, err := w.svc.care.AddSeason(ctx, by, w.summer(c.Nodes["咸宁市"]))
	if err == nil {
		err = w.svc.care.PublishSeason(ctx, by, made, "")
	}
	if err != nil {
		t.Fatalf("season: %v", err)
	}
	other := by
	other.User = noID()
	other.Grants = []authz.Held{{Role: authz.Role{Key: "clerk", Verbs: childcare.Verbs}, At: c.Nodes["咸宁市"].Path}}
	for _, county := range testworld.Counties {
		for _, village := range mattersIn {
			site := w.tables.one(t, "SELECT id FROM place WHERE city = ? AND org = ?", c.City, c.Nodes[county+village].ID.String())
			class, err := w.svc.care.ProposeClass(ctx, other, childcare.Class{
				Edition: made, Place: place.ID(site), Title: "走查托管班", Hours: "8–17", AgeFrom: 6, AgeTo: 12, Places: 10, Adults: 2, Lead: "负责人",
			})
			if err != nil {
				t.Fatalf("class: %v", err)
			}
			found := place.Check{On: day.Must("2027-01-01"), Until: day.Must("2027-12-31"), Inspector: "检查人"}
			for _, item := range childcare.CheckItems {
				found.Items = append(found.Items, place.CheckItem{Item: item, Passed: true})
			}
			if err := errors.Join(w.svc.care.CheckSite(ctx, by, class, found), w.svc.care.OfferClass(ctx, by, class)); err != nil {
				t.Fatalf("class: %v", err)
			}
			starts := day.Must("2027-07-06").Start(w.svc.term.Zone).Add(9 * time.Hour)
			if err := w.svc.term.AddLesson(ctx, by, class, term.Given{
				Title: "走查课", Starts: starts.UnixMicro(), Ends: starts.Add(time.Hour).UnixMicro(), Topics: term.Topics,
				Leaders: []person.ID{c.People[testworld.Canary(c.City, county, clearedIn[village])]},
			}, 0); err != nil {
				t.Fatalf("lesson: %v", err)
			}
			now := w.in.db.Now().UnixMilli()
			if _, err := w.svc.safety.Report(ctx, by, "", safety.Sent{
				Protocol: 1, ID: class.String(), Class: class, Kind: safety.Seen, Code: "mood", Words: reportCanary(c.City, county, village), MadeAt: now, SentAt: now,
			}); err != nil {
				t.Fatalf("report: %v", err)
			}
		}
	}
}

// reportCanary is what was told in confidence of the class in a village.
func reportCanary(city, county, village string) string { return "所见" + city + county + village }
