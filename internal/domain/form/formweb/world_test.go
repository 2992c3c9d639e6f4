package formweb_test

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/formweb"
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

const needs = `
| survey   |               |        |          |           |            |          |
|          | type          | name   | label    | zd_class  | relevant   | required |
|          | text          | who    | 姓名     | personal  |            | yes      |
|          | text          | phone  | 电话     | sensitive |            |          |
|          | select_multiple k | wants | 需要   |           |            |          |
|          | integer       | sum    | 金额     |           | selected(${wants}, 'money') | |
|          | begin repeat  | partner | 合伙人  |           |            |          |
|          | text          | called | 称呼     |           |            |          |
|          | text          | number | 证件     | sealed    |            |          |
|          | end repeat    |        |          |           |            |          |
| choices  |               |        |          |           |            |          |
|          | list_name     | name   | label    |           |            |          |
|          | k             | money  | 资金     |           |            |          |
|          | k             | room   | 场地     |           |            |          |
| settings |               |        |          |           |            |          |
|          | form_title    | form_id | version |           |            |          |
|          | 创业者需求    | needs  | 1        |           |            |          |
`

type world struct {
	*testworld.World
	t    testing.TB
	s    *form.Service
	site *webtest.Site
	jobs *job.Service
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
	w.jobs = &job.Service{DB: db, Handlers: w.s.Handlers(), Actor: func(context.Context, string, string) (authz.Actor, error) { return w.actor("咸安区"), nil }}
	names := func(_ *web.Request, ids []string) (map[string]string, error) {
		all := map[string]string{}
		for _, x := range ids {
			all[x] = "王干事"
		}
		return all, nil
	}
	w.site = webtest.Open(t, w.City, func(d *door.Doors) []web.Route {
		return append(formweb.Routes(w.s, w.jobs, d, names), jobweb.Routes(db, d)...)
	},
		formweb.Messages, form.Messages, job.Messages, jobweb.Messages, orgweb.Messages, blob.Messages, sheet.Messages, sqldb.Messages, seal.Messages)
	return w
}

func (w *world) actor(at string, verbs ...authz.Verb) authz.Actor {
	if verbs == nil {
		verbs = append([]authz.Verb{org.Read}, form.Verbs...)
	}
	by := w.Actor(w.t, authz.Role{Key: "clerk", Verbs: verbs, Sees: authz.Sensitive}, at)
	by.DeskID = w.Nodes[at].ID.String()
	return by
}

func (w *world) as(at string, verbs ...authz.Verb) *webtest.Site {
	return w.site.As(w.actor(at, verbs...))
}

// upload hands a workbook in for a county and gives where the browser is sent.
func (w *world) upload(at, text string) string {
	w.t.Helper()
	a := w.as(at).Upload("/office/forms/new", map[string]string{"org": w.Nodes[at].ID.String(), "_key": web.NewKey()}, "file", "需求.md", text)
	if a.Status != 303 {
		a.Want(303)
		w.t.FailNow()
	}
	return a.Location
}

// step sends the form of a step.
func (w *world) step(s *webtest.Site, form, step string, typed url.Values) *webtest.Answer {
	w.t.Helper()
	return s.Post(form+"/"+step, s.Get(form+"/"+step).Want(200).Form(typed))
}

// open is a form that is filled in, with an address, and its page.
func (w *world) open() string {
	w.t.Helper()
	return w.opened(needs)
}

// opened is open for another form.
func (w *world) opened(text string) string {
	w.t.Helper()
	page, clerk := w.upload("咸安区", text), w.as("咸安区")
	w.step(clerk, page, "publish", nil).Want(303)
	w.step(clerk, page, "link", url.Values{"org": {w.Nodes["咸安区"].ID.String()}, "name": {"政务大厅"}}).Want(303)
	return page
}

// answer hands in answers to an open form through its first address.
func (w *world) answer(page, answers string) form.Receipt {
	w.t.Helper()
	which, err := id.Parse[form.Form](strings.TrimPrefix(page, "/office/forms/"))
	if err != nil {
		w.t.Fatal(err)
	}
	look, err := w.s.Look(w.t.Context(), w.System(), which)
	if err != nil {
		w.t.Fatal(err)
	}
	got, err := w.s.Submit(w.t.Context(), authz.Actor{City: w.City}, form.Given{Slug: look.Links[0].Slug, Answers: json.RawMessage(answers)})
	if err != nil {
		w.t.Fatal(err)
	}
	return got
}

const answered = `{"who":"王小二","phone":"13800000000","wants":"money room","sum":"30","partner":[{"called":"小李","number":"鹊密1"},{"called":"小张"}]}`
