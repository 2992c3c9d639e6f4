package personweb_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/testworld"
)

// without is a clerk of 咸安 but for one right.
func (w *world) without(verb authz.Verb) *webtest.Site {
	role := clerk
	role.Verbs = slices.DeleteFunc(slices.Clone(role.Verbs), func(v authz.Verb) bool { return v.Key == verb.Key })
	return w.as(role, "咸安区")
}

// A person's page offers what its reader may do, and nothing else; who is led to a step all the same is refused.
func TestPagesOfferWhatTheReaderMayDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, by := t.Context(), w.Actor(t, clerk, "咸安区")
	var child person.ID
	err := w.DB.Write(ctx, w.System(), func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, w.Keys, []person.New{{Home: w.Nodes["咸安区甲镇一村"].ID, Name: "小雀", Born: day.Must("2018-05-01")}})
		if err != nil {
			return err
		}
		child = ids[0]
		return tx.Record(person.Create, "", act.Change{})
	})
	if err != nil {
		t.Fatal(err)
	}
	guard, err := w.s.Entrust(ctx, by, person.Guardianship{Child: child, Adult: w.first(0), Relation: "5", From: day.Must("2025-01-01")})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.s.Join(ctx, by, w.first(2), w.first(1), "同一人"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.s.Unmask(ctx, by, w.first(0), person.ResidentID, "核对入团材料"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		verb  authz.Verb
		of    person.ID
		holds string // on the page of who may
		leads string // where that leads to
	}{
		{person.Edit, w.first(0), "/edit\"", w.url(w.first(0), "edit")},
		{person.Edit, w.first(0), "/paper\"", w.url(w.first(0), "paper")},
		{person.Edit, w.first(0), "核对入团材料", ""}, // what was done with her
		{person.Guard, child, "/guard\"", w.url(child, "guard")},
		{person.Guard, child, "/relieve?which=", w.url(child, "relieve") + "?which=" + guard.String()},
		{person.Merge, w.first(1), "/merge\"", w.url(w.first(1), "merge")},
		{person.Merge, w.first(1), "/part\"", w.url(w.first(2), "part")},
		{person.Reveal, w.first(0), "/show?what=", w.url(w.first(0), "show") + "?what=resident_id"},
	} {
		if a := w.as(clerk, "咸安区").Get(w.url(c.of, "")).Want(200); !strings.Contains(a.Body, c.holds) {
			t.Errorf("with %s there is no %s", c.verb.Key, c.holds)
		}
		if a := w.without(c.verb).Get(w.url(c.of, "")).Want(200); strings.Contains(a.Body, c.holds) {
			t.Errorf("without %s there is %s", c.verb.Key, c.holds)
		}
		if c.leads != "" {
			w.as(clerk, "咸安区").Get(c.leads).Want(200)
			w.without(c.verb).Get(c.leads).Want(403)
		}
	}
	w.as(clerk, "咸安区").Get("/office/persons/new?org=" + w.Nodes["咸安区甲镇一村"].ID.String()).Want(200)
	w.as(clerk, "咸安区").Get("/office/persons/new?org=" + w.Nodes["嘉鱼县甲镇一村"].ID.String()).Want(404)
	w.without(person.Create).Get("/office/persons/new?org=" + w.Nodes["咸安区甲镇一村"].ID.String()).Want(403)
	w.without(person.Read).Get("/office/persons").Want(403)
	w.without(person.Read).Post("/office/persons/find", url.Values{"q": {testworld.CanaryID(w.City, 0, 0)}}).Want(403)
}
