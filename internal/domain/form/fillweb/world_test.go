package fillweb_test

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/fillweb"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xlsform"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/testworld"
)

var clerk = authz.Role{Key: "clerk", Verbs: form.Verbs, Sees: authz.Sensitive}

type world struct {
	*testworld.World
	t      testing.TB
	s      *form.Service
	site   *webtest.Site
	beside map[string]string // files that lie beside forms that are published, by name
	by     authz.Actor
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	w := &world{t: t}
	w.World, _ = testworld.Build(t, db)
	files, err := blob.New(t.TempDir(), seal.Ephemeral("zhidian/test"))
	if err != nil {
		t.Fatal(err)
	}
	w.s = &form.Service{DB: db, Keys: w.Keys, Files: files, Serials: w.Serials, Zone: webtest.Zone, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
	w.by = w.Actor(t, clerk, "咸安区")
	w.site = webtest.Open(t, w.City, func(d *door.Doors) []web.Route { return fillweb.Routes(w.s, d) }, fillweb.Messages, form.Messages, blob.Messages)
	return w
}

// publish lets a form be filled in, and gives its address.
func (w *world) publish(text string) (form.Version, string) {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "form.md")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return w.release(path)
}

func (w *world) release(path string) (form.Version, string) {
	w.t.Helper()
	if _, faults, err := xlsform.Read(path, path); err != nil || survey.Failed(faults) {
		w.t.Fatal(err, faults)
	}
	v, faults, err := w.s.Upload(w.t.Context(), w.by, w.Nodes["咸安区"].ID, path, path)
	if err != nil || survey.Failed(faults) {
		w.t.Fatal(err, faults)
	}
	for name, content := range w.beside {
		at := filepath.Join(w.t.TempDir(), "beside")
		if err := os.WriteFile(at, []byte(content), 0o600); err != nil {
			w.t.Fatal(err)
		}
		if _, err := w.s.Attach(w.t.Context(), w.by, v.Form, at, name); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := w.s.Release(w.t.Context(), w.by, v.Form, v.Seq, v.MadeAt); err != nil {
		w.t.Fatal(err)
	}
	l, err := w.s.AddLink(w.t.Context(), w.by, v.Form, w.Nodes["咸安区甲镇"].ID, "甲镇", 0)
	if err != nil {
		w.t.Fatal(err)
	}
	return v, "/f/" + l.Slug
}

// answers are the given answers to a form, the newest first.
func (w *world) answers(of form.ID) []form.Shown {
	w.t.Helper()
	list, err := w.s.List(w.t.Context(), w.by, form.Filter{Form: of}, "")
	if err != nil {
		w.t.Fatal(err)
	}
	var all []form.Shown
	for _, a := range list.Items {
		v, err := w.s.View(w.t.Context(), w.by, a.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// press is a page with one of its buttons pressed, and more typed.
func press(a *webtest.Answer, do string, typed url.Values) url.Values {
	fields := a.Form(typed)
	fields.Set("do", do)
	for _, many := range []string{"repeat", "off"} { // a name that stands on the page many times
		fields.Del(many)
		for _, e := range a.Find("main form[method=post] input[name=" + many + "]").EachIter() {
			fields.Add(many, e.AttrOr("value", ""))
		}
	}
	return fields
}
