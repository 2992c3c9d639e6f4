package densityweb_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/service/density"
)

// A page offers what its reader may do, and nothing else.
func TestPagesOfferWhatTheReaderMayDo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.fill(t)
	all := s.Actor(t, clerk, "咸宁市")
	spots, err := s.s.Spots(context.Background(), all, density.SpotFilter{Limit: 50})
	if err != nil || len(spots.Rows) == 0 {
		t.Fatalf("%d blind spots: %v", len(spots.Rows), err)
	}
	spot := "/office/density/blind-spots/" + spots.Rows[0].ID.String()
	without := func(verb authz.Verb) authz.Actor {
		role := clerk
		role.Verbs = slices.DeleteFunc(slices.Clone(role.Verbs), func(v authz.Verb) bool { return v.Key == verb.Key })
		return s.Actor(t, role, "咸宁市")
	}
	offers := func(form string) {
		t.Helper()
		if body := s.get(t, spot).Body.String(); !strings.Contains(body, "/"+form+`"`) {
			t.Errorf("%s is not offered to who may: %s", form, body)
		}
	}
	refuses := func(form string) {
		t.Helper()
		if w := s.get(t, spot); w.Code != 200 || strings.Contains(w.Body.String(), "/"+form+`"`) {
			t.Errorf("%d, and %s is offered to who may not", w.Code, form)
		}
	}
	for form, verb := range map[string]authz.Verb{"assign": density.Assign, "visit": density.Visit, "dismiss": density.Dismiss} {
		s.actor = all
		offers(form)
		s.actor = without(verb)
		refuses(form)
	}
	if err := s.s.Visit(context.Background(), all, spots.Rows[0].ID); err != nil {
		t.Fatal(err)
	}
	s.actor = all
	offers("reopen")
	s.actor = without(density.Reopen)
	refuses("reopen")

	panel := "/office/density/cell?division=" + s.Nodes["咸安区"].ID.String()
	people := "/office/persons?"
	for name, c := range map[string]struct {
		by   authz.Actor
		list bool
	}{"a clerk of the city": {all, true}, "a clerk of another county": {s.Actor(t, clerk, "嘉鱼县"), false}, "without lists": {without(person.Read), false}} {
		s.actor = c.by
		if w := s.get(t, panel); w.Code != 200 || strings.Contains(w.Body.String(), people) != c.list {
			t.Errorf("%s: %d, leads to the list: %v", name, w.Code, !c.list)
		}
	}
}
