package intakeweb_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/job"
	"zhidian/internal/platform/job/jobweb"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/density/intake"
	"zhidian/internal/service/density/intake/intakeweb"
)

// desk is a clerk's browser at a small city's office.
type desk struct {
	t      *testing.T
	url    string
	client *http.Client
	jobs   *job.Service
	db     *sqldb.DB
	actor  authz.Actor
	cat    *i18n.Catalog
	dir    string // of the files that are kept, and of those that arrive

	signedOut atomic.Bool
}

type sessions struct {
	actor     *authz.Actor
	signedOut *atomic.Bool
}

func (s sessions) Find(context.Context, string, [32]byte, time.Time) (web.Session, error) {
	if s.signedOut.Load() {
		return web.Session{}, errs.New(errs.Absent, "errs.absent", nil)
	}
	return web.Session{Actor: *s.actor, Phase: web.Whole, Staff: true}, nil
}

func newDesk(t *testing.T, db *sqldb.DB) *desk {
	t.Helper()
	dir := t.TempDir()
	keys := seal.Ephemeral("zhidian/xn")
	files, err := blob.New(filepath.Join(dir, "files"), keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	serials := &sqldb.Serials{DB: db}
	s := &intake.Service{
		DB: db, Serials: serials, Keys: keys, Files: files, Sources: &source.Service{DB: db, Serials: serials}, Limits: sheet.DefaultLimits,
	}
	system := authz.System("xn")
	var root org.Node
	if _, err := serials.Next(t.Context(), "xn", "org", 5); err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), system, func(tx *sqldb.Tx) error {
		var up org.Node
		no := int64(1)
		for _, n := range []org.New{
			{Kind: org.City, Name: "咸宁市", Codes: []org.Code{{Scheme: "stat", Code: "421200000000"}}},
			{Kind: org.County, Name: "咸安区", Codes: []org.Code{{Scheme: "stat", Code: "421202000000"}}},
			{Kind: org.Township, Name: "温泉街道", Codes: []org.Code{{Scheme: "stat", Code: "421202001000"}}},
			{Kind: org.Village, Name: "白鹤村", Codes: []org.Code{{Scheme: "stat", Code: "421202001001"}}},
			{Kind: org.LeagueBranch, Name: "白鹤村团支部"},
		} {
			n.Parent = up.ID
			made, err := org.Add(tx, up, no, []org.New{n})
			if err != nil {
				return err
			}
			if no == 1 {
				root = made[0]
			}
			up = made[0]
			no++
		}
		return tx.Record(org.Create, "", act.Change{"orgs": no})
	})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, db: db, dir: dir}
	verbs := append([]authz.Verb{org.Read}, append(source.Verbs, intake.Verbs...)...)
	d.actor = authz.Actor{City: "xn", User: "01KA0000000000000000000001", Name: "王干事", Grants: []authz.Held{{Role: authz.Role{Key: "clerk", Verbs: verbs}, At: root.Path}}}
	d.jobs = &job.Service{DB: db, Handlers: s.Handlers(), Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Actor: func(context.Context, string, string) (authz.Actor, error) { return d.actor, nil }}
	cat, err := i18n.Load(web.Messages, sqldb.Messages, ui.Messages, door.Messages, sheet.Messages, cn.Messages, day.Messages, blob.Messages,
		source.Messages, job.Messages, jobweb.Messages, intake.Messages, intakeweb.Messages)
	if err != nil {
		t.Fatal(err)
	}
	d.cat = cat
	assets, err := ui.ReadAssets(web.Dist())
	if err != nil {
		t.Fatal(err)
	}
	arriving := filepath.Join(dir, "arriving")
	if err := os.Mkdir(arriving, 0o700); err != nil {
		t.Fatal(err)
	}
	doors := &door.Doors{Assets: assets, City: "咸宁"}
	srv, err := web.New(web.Config{
		Messages: cat, Sessions: sessions{&d.actor, &d.signedOut}, TempDir: arriving, Rates: web.NoRates(), Assets: web.Dist(), Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		City:   func(string) (string, *time.Location, bool) { return "xn", time.UTC, true },
		Routes: append(intakeweb.Routes(s, d.jobs, doors), jobweb.Routes(db, doors)...),
	})
	if err != nil {
		t.Fatal(err)
	}
	token, _ := web.NewToken()
	listening := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "session", Value: token})
		srv.ServeHTTP(w, r)
	}))
	t.Cleanup(listening.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	d.url, d.client = listening.URL, &http.Client{Jar: jar}
	return d
}

func (d *desk) answer(r *http.Response, err error) (*goquery.Document, string) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
	defer r.Body.Close()
	page, err := goquery.NewDocumentFromReader(r.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	if r.StatusCode >= 400 && r.StatusCode != http.StatusUnprocessableEntity {
		d.t.Fatalf("%s: %d %s", r.Request.URL, r.StatusCode, strings.Join(strings.Fields(page.Find("main").Text()), " "))
	}
	if text := page.Text(); strings.Contains(text, "⟦") {
		d.t.Errorf("%s: a text is missing: %.200s", r.Request.URL, text[strings.Index(text, "⟦"):])
	}
	return page, r.Request.URL.RequestURI()
}

func (d *desk) get(path string) *goquery.Document {
	d.t.Helper()
	r, err := d.client.Get(d.url + path)
	page, _ := d.answer(r, err)
	return page
}

func (d *desk) post(path string, v url.Values) (*goquery.Document, string) {
	d.t.Helper()
	r, err := d.client.PostForm(d.url+path, v)
	return d.answer(r, err)
}

// upload sends a file and gives the page that follows.
func (d *desk) upload(name, content string) (*goquery.Document, string) {
	d.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	w, err := m.CreateFormFile("file", name)
	if err != nil {
		d.t.Fatal(err)
	}
	_, _ = io.WriteString(w, content)
	m.Close()
	r, err := d.client.Post(d.url+"/office/imports/upload", m.FormDataContentType(), &body)
	return d.answer(r, err)
}

// send fills the page's form whose action ends in what, as a browser would, and sends it.
func (d *desk) send(page *goquery.Document, what string, fill url.Values) (*goquery.Document, string) {
	d.t.Helper()
	action, v := d.filled(page, what)
	for name, all := range fill {
		v[name] = all
	}
	return d.post(action, v)
}

// filled gives where the form leads and what it would send as it stands.
func (d *desk) filled(page *goquery.Document, what string) (action string, v url.Values) {
	d.t.Helper()
	form := page.Find(`form[action$="` + what + `"]`).First()
	if form.Length() == 0 {
		d.t.Fatalf("no form to %s on the page: %.400s", what, strings.Join(strings.Fields(page.Find("main").Text()), " "))
	}
	v = url.Values{}
	form.Find("input, select, textarea").Each(func(_ int, in *goquery.Selection) {
		name, _ := in.Attr("name")
		value, _ := in.Attr("value")
		kind, _ := in.Attr("type")
		_, checked := in.Attr("checked")
		switch {
		case name == "":
		case goquery.NodeName(in) == "select":
			value, _ = in.Find("option[selected]").Attr("value")
			v.Set(name, value)
		case (kind == "radio" || kind == "checkbox") && !checked:
		default:
			v.Set(name, value)
		}
	})
	action, _ = form.Attr("action")
	return action, v
}

func (d *desk) work() {
	d.t.Helper()
	if err := d.jobs.Work(d.t.Context(), "xn"); err != nil {
		d.t.Fatal(err)
	}
}

const members = "\ufeff姓名,性别,身份证号码,入团年月,所在团支部,民族\n" +
	"张小支,男,421202200002290005,2016-05,白鹤村团支部,汉族\n" +
	"李小点,女,421281199801150009,2014-05,白鹤村团支部,汉族\n" +
	"<b>坏</b>,男,4.21202E+17,2016-05,没有的团支部,汉族\n"

var delivery = regexp.MustCompile(`^/office/imports/(\d+)$`)

func TestTheWizard(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		if page := d.get("/office/imports"); page.Find(`a[href="/office/imports/upload"]`).Length() == 0 {
			t.Error("an empty list does not lead to the upload")
		}
		page, at := d.upload("团员 导出.csv", members)
		if !strings.HasPrefix(at, "/office/imports/new?") || !strings.Contains(page.Find("main").Text(), "看来是团员") {
			t.Fatalf("after the upload: %s %s", at, page.Find("main").Text())
		}
		if page, _ := d.send(page, "/office/imports/new", url.Values{"as_of": {"昨天"}}); page.Find("[aria-invalid=true], .is-invalid").Length() < 2 {
			t.Error("a wrong day and a missing name are not said beside their fields")
		}
		page, at = d.send(page, "/office/imports/new", url.Values{"as_of": {"2026-06-30"}, "source_name": {"智慧团建团员"}})
		if !strings.HasSuffix(at, "/columns") || page.Find(`select[name="c_id"] option[selected]`).Text() != "C · 身份证号码" {
			t.Fatalf("columns: %s %q", at, page.Find(`select[name="c_id"] option[selected]`).Text())
		}
		if page, _ := d.send(page, "/columns", url.Values{"c_id": {""}}); page.Find(".zd-faults, [role=alert]").Length() == 0 {
			t.Error("a missing column is not said")
		}
		page, at = d.send(page, "/columns", nil)
		if !delivery.MatchString(at) || page.Find("[data-zd-poll]").Length() != 1 {
			t.Fatalf("the check does not show its progress at %s", at)
		}
		d.work()
		page = d.get(at)
		text := page.Find("main").Text()
		if !strings.Contains(text, "科学计数") || !strings.Contains(text, "没有找到这个团组织") || page.Find("#problems").Length() != 1 {
			t.Fatalf("the check's page: %s", text)
		}
		if page.Find("main b").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Text() == "坏" }).Length() > 0 {
			t.Error("markup from the file came alive")
		}
		r, err := d.client.Get(d.url + at + "/marked.xlsx")
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := io.ReadAll(r.Body); r.StatusCode != http.StatusOK || !bytes.HasPrefix(b, []byte("PK")) {
			t.Errorf("the marked-up file: %d, %d bytes", r.StatusCode, len(b))
		}
		r.Body.Close()
		r, err = d.client.PostForm(d.url+at+"/confirm", url.Values{"_key": {web.NewKey()}})
		if err != nil || r.StatusCode != http.StatusUnprocessableEntity && r.StatusCode != http.StatusBadRequest {
			t.Errorf("bad rows without consent: %d %v", r.StatusCode, err)
		}
		r.Body.Close()
		d.send(page, "/confirm", url.Values{"good": {"1"}})
		d.send(page, "/confirm", url.Values{"good": {"1"}}) // sent twice
		d.work()
		if page = d.get(at); !strings.Contains(page.Find("main").Text(), "生效") {
			t.Fatalf("after the import: %s", page.Find("main").Text())
		}
		if page.Find("#fresh-rows tbody tr").Length() == 0 || strings.Contains(page.Find("#fresh-rows thead").Text(), "不同之处") {
			t.Errorf("new rows, which differ in everything, are shown under %s", page.Find("#fresh-rows thead").Text())
		}
		if page := d.get("/office/jobs"); page.Find(`a[href^="/office/jobs/"]`).Length() != 2 {
			t.Errorf("my jobs: %s", page.Find("main").Text())
		}
		if page := d.get("/office/imports"); !strings.Contains(page.Find("main").Text(), "2026年6月30日") {
			t.Error("the list does not say as of which day the source stands")
		}
		ask := d.get(at + "/undo")
		if page, _ := d.send(ask, "/undo", nil); !strings.Contains(page.Find("main").Text(), "已撤销") {
			t.Errorf("after the undo: %s", page.Find("main").Text())
		}
	})
}

func TestFilesThatAreNoTables(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sqldbtest.SQLite(t, sqldb.Options{}))
	for name, c := range map[string]struct{ content, says string }{
		"empty":     {"", "0 字节"},
		"a picture": {"\x89PNG\r\n\x1a\n", "图片"},
		"a pdf":     {"%PDF-1.7\n", "PDF"},
		"no rows":   {"\n\n\n", "没有任何"},
	} {
		page, at := d.upload("文件.xlsx", c.content)
		if text := page.Find("main").Text(); at != "/office/imports/upload" || !strings.Contains(text, c.says) {
			t.Errorf("%s: %s %s", name, at, strings.Join(strings.Fields(text), " "))
		}
	}
	page, at := d.upload("通讯录.csv", "甲,乙\n1,2\n")
	if !strings.HasPrefix(at, "/office/imports/new?") || !strings.Contains(page.Find("main").Text(), "没有认出") {
		t.Errorf("a table of an unknown kind: %s", at)
	}
}
