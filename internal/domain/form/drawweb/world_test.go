package drawweb_test

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/drawweb"
	"zhidian/internal/domain/form/fillweb"
	"zhidian/internal/domain/form/formweb"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/org/orgweb"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/job"
	"zhidian/internal/platform/job/jobweb"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/testworld"
)

type world struct {
	*testworld.World
	t    testing.TB
	s    *form.Service
	site *webtest.Site
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t}
	db := sqldbtest.SQLite(t, sqldb.Options{})
	w.World, _ = testworld.Build(t, db)
	files, err := blob.New(t.TempDir(), w.Keys)
	if err != nil {
		t.Fatal(err)
	}
	w.s = &form.Service{DB: db, Keys: w.Keys, Files: files, Serials: w.Serials, Zone: time.FixedZone("", 8*3600), Cursors: page.NewCursors([]byte("sixteen random bytes"))}
	names := func(_ *web.Request, ids []string) (map[string]string, error) {
		all := map[string]string{}
		for _, x := range ids {
			all[x] = "王干事"
		}
		return all, nil
	}
	w.site = webtest.Open(t, w.City, func(d *door.Doors) []web.Route {
		all := append(formweb.Routes(w.s, &job.Service{DB: db}, d, names, nil), fillweb.Routes(w.s, d)...)
		return append(all, drawweb.Routes(w.s, d, names)...)
	},
		drawweb.Messages, fillweb.Messages, formweb.Messages, form.Messages, job.Messages, jobweb.Messages, orgweb.Messages, blob.Messages, sheet.Messages, sqldb.Messages, seal.Messages)
	return w
}

func (w *world) as(at string, verbs ...authz.Verb) *webtest.Site {
	if verbs == nil {
		verbs = append([]authz.Verb{org.Read}, form.Verbs...)
	}
	by := w.Actor(w.t, authz.Role{Key: "clerk", Verbs: verbs, Sees: authz.Sensitive}, at)
	by.DeskID = w.Nodes[at].ID.String()
	return w.site.As(by)
}

// begin makes a form and gives its page.
func (w *world) begin(title, languages string) string {
	w.t.Helper()
	a := w.as("咸安区").Post("/office/forms/blank", url.Values{"org": {w.Nodes["咸安区"].ID.String()}, "title": {title}, "languages": {languages}, "_key": {web.NewKey()}}).Want(303)
	return filepath.Dir(a.Location)
}

// add writes a question through its page and gives the answer to it.
func (w *world) add(page, query string, typed url.Values) *webtest.Answer {
	w.t.Helper()
	s := w.as("咸安区")
	return s.Post(page+"/question", s.Get(page+"/question?"+query).Want(200).Form(typed))
}

// press presses a button of the designer's page.
func (w *world) press(page, do string) *webtest.Answer {
	w.t.Helper()
	s := w.as("咸安区")
	return s.Post(page+"/draw", s.Get(page+"/draw").Want(200).Form(url.Values{"do": {do}}))
}

// upload hands a workbook in and gives the form's page.
func (w *world) upload(text string) string {
	w.t.Helper()
	at := filepath.Join(w.t.TempDir(), "x.md")
	if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	v, faults, err := w.s.Upload(w.t.Context(), w.System(), w.Nodes["咸安区"].ID, at, "x.md")
	if err != nil || survey.Failed(faults) {
		w.t.Fatal(err, faults)
	}
	return "/office/forms/" + v.Form.String()
}

// drawn reads the draft behind a page.
func (w *world) drawn(page string) form.Drawing {
	w.t.Helper()
	which, err := id.Parse[form.Form](filepath.Base(page))
	if err != nil {
		w.t.Fatal(err)
	}
	d, err := w.s.Drawing(w.t.Context(), w.System(), which)
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}
