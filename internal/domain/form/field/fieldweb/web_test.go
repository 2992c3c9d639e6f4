package fieldweb_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/field/fieldweb"
	"zhidian/internal/domain/form/fillweb"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/testworld"
)

var clerk = authz.Role{Key: "clerk", Verbs: append(append([]authz.Verb{}, form.Verbs...), field.Verbs...), Sees: authz.Sensitive}

type world struct {
	*testworld.World
	t     testing.TB
	s     *field.Service
	site  *webtest.Site
	by    authz.Actor
	which form.ID
}

// newWorld is a form that makes records, given to whoever holds the role of clerk.
func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t}
	db := sqldbtest.SQLite(t, sqldb.Options{})
	w.World, _ = testworld.Build(t, db)
	files, err := blob.New(t.TempDir(), seal.Ephemeral("zhidian/test"))
	if err != nil {
		t.Fatal(err)
	}
	forms := &form.Service{DB: db, Keys: w.Keys, Files: files, Serials: w.Serials, Zone: webtest.Zone, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
	w.s = &field.Service{DB: db, Keys: w.Keys, Forms: forms, Zone: webtest.Zone, Temp: t.TempDir()}
	w.by = w.Actor(t, clerk, "咸安区")
	names := func(_ *web.Request, ids []string) (map[string]string, error) {
		named := map[string]string{}
		for _, id := range ids {
			named[id] = webtest.Hostile
		}
		return named, nil
	}
	workers := func(*web.Request, org.Node) ([]fieldweb.Worker, error) {
		return []fieldweb.Worker{{ID: "worker", Name: webtest.Hostile, Desk: "甲镇"}}, nil
	}
	w.site = webtest.Open(t, w.City, func(d *door.Doors) []web.Route {
		return fieldweb.Routes(w.s, d, names, workers, []fieldweb.Role{{Key: "clerk", Label: "fieldweb.tasks"}})
	}, fieldweb.Messages, field.Messages, form.Messages, fillweb.Messages, blob.Messages)
	path := filepath.Join(t.TempDir(), "f.csv")
	text := "survey,,,,\n,type,name,label,save_to\n,text,head,户主,head\n,begin repeat,child,孩子,\n,text,name,姓名,\n,end repeat,,,\nentities,,\n,list_name,label\n,homes,${head}\nsettings,,\n,form_title,form_id\n,住户登记,homes\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	v, faults, err := forms.Upload(t.Context(), w.by, w.Nodes["咸安区"].ID, path, "f.csv")
	if err != nil || survey.Failed(faults) {
		t.Fatal(err, faults)
	}
	if err := forms.Release(t.Context(), w.by, v.Form, v.Seq, v.MadeAt); err != nil {
		t.Fatal(err)
	}
	w.which = v.Form
	return w
}

func (w *world) tasks() string { return "/office/forms/" + w.which.String() + "/field" }

func (w *world) send(id, head string, behind int64) {
	w.t.Helper()
	b, err := json.Marshal(map[string]any{"head": head})
	if err != nil {
		w.t.Fatal(err)
	}
	now := w.DB.Now().UnixMilli() - behind
	f := field.Filled{Protocol: 1, ID: id, Form: w.which, Version: 1, Org: w.Nodes["咸安区"].ID, Answers: b, MadeAt: now, SentAt: now}
	if _, err := w.s.Receive(w.t.Context(), w.by, "0123456789ABCDEF", f); err != nil {
		w.t.Fatal(err)
	}
}

func TestAFormIsGivenOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.site.As(w.by)
	in.Get(w.tasks()).Want(200, "#give", "select[name=to]").Holds("还没有交给谁", webtest.Hostile).Keep("field-tasks-empty")
	in.Post(w.tasks(), url.Values{"org": {w.Nodes["咸安区"].ID.String()}, "due": {"2020-01-01"}}).Want(422, ".zd-errs").Holds("日期已经过去")
	in.Post(w.tasks(), url.Values{"org": {w.Nodes["咸安区"].ID.String()}, "to": {"role:clerk"}, "target": {"3"}, "note": {webtest.Hostile}}).Want(303)
	w.send("0123456789ABCDEFGH", "甲", 0)
	a := in.Get(w.tasks()).Want(200, "#progress", "form[action$='/end']").Holds("每人要 3 份", webtest.Hostile).Keep("field-tasks")
	in.Post(a.Find("form[action$='/end']").AttrOr("action", ""), url.Values{}).Want(303)
	in.Get(w.tasks()).Want(200).Holds("结束")
	in.In("en").Get(w.tasks()).Want(200).Holds("ended")
	w.site.As(w.Actor(t, clerk, "嘉鱼县")).Get(w.tasks()).Want(404)
}

func TestRecordsAreSeenAndSettled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.site.As(w.by)
	in.Get("/office/records").Want(200).Holds("还没有名单").Keep("records-empty")
	in.Post(w.tasks(), url.Values{"org": {w.Nodes["咸安区"].ID.String()}, "to": {"role:clerk"}}).Want(303)
	w.send("0123456789ABCDEFGH", webtest.Hostile, 86_400_000*400)
	list := in.Get("/office/records").Want(200, "#records, table", "input[type=search][placeholder='按名称查找']").Holds(webtest.Hostile, "住户登记").Keep("records")
	in.Get("/office/records?q=%E6%B2%A1%E6%9C%89").Want(200).Holds("没有找到")
	at := list.Find("a[href^='/office/records/']").AttrOr("href", "")
	one := in.Get(at).Want(200, "#says", "#versions").Holds(webtest.Hostile, "慢 400 天").Keep("record")
	if said := one.Find("#says").Text(); !strings.Contains(said, "户主") || strings.Contains(said, "head") {
		t.Errorf("properties are not called as people call them: %s", said)
	}
	in.Post(at, url.Values{"heads": {"x"}}).Want(409)
	w.site.As(w.Actor(t, clerk, "嘉鱼县")).Get(at).Want(404)
}

// What a guest has said and taken back is decided by whoever decides about disputes.
func TestWhatWasTakenBackIsSettled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.site.As(w.by)
	l, err := w.s.Forms.AddLink(t.Context(), w.by, w.which, w.Nodes["咸安区"].ID, "x", 0)
	if err != nil {
		t.Fatal(err)
	}
	nobody := authz.Actor{City: w.City}
	got, err := w.s.Forms.Submit(t.Context(), nobody, form.Given{Slug: l.Slug, Answers: []byte(`{"head":"甲"}`)})
	if err != nil {
		t.Fatal(err)
	}
	own, err := w.s.Forms.Mine(t.Context(), nobody, got.Serial, got.Words)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.s.Forms.Withdraw(t.Context(), nobody, got.Serial, got.Words, own.EditedAt); err != nil {
		t.Fatal(err)
	}
	at := in.Get("/office/records").Want(200).Holds("待选定").Find("a[href^='/office/records/']").AttrOr("href", "")
	page := in.Get(at).Want(200, "#settle", "input[name='pick.head'][value='-']", "input[name='pick.label'][value='-']").Holds("已被本人撤回", "去掉，恢复成答卷以前的内容").Keep("record-withdrawn")
	heads := page.Find("input[name=heads]").AttrOr("value", "")
	in.Post(at, url.Values{"heads": {heads}, "pick.head": {"-"}}).Want(422)
	in.Post(at, url.Values{"heads": {heads}, "pick.head": {"-"}, "pick.label": {"-"}}).Want(303)
	in.Get("/office/records").Want(200).Lacks("甲")
	in.In("en").Get(at).Want(200).Holds("taken back")
}

func TestAPhonesFileThatIsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.site.As(w.by)
	in.Get("/office/field/import").Want(200, "input[type=file]").Keep("field-import")
	in.Upload("/office/field/import", nil, "file", "x.zdout", "{}\n").Want(422, ".zd-errs").Holds("不是手机导出的外勤文件")
	in.Upload("/office/field/import", nil, "other", "x.zdout", "x").Want(422).Holds("请选择文件")
}

func TestThePackHoldsWhatIsNeeded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.site.As(w.by)
	in.Post(w.tasks(), url.Values{"org": {w.Nodes["咸安区"].ID.String()}, "to": {"role:clerk"}}).Want(303)
	got, err := w.s.Pack(t.Context(), w.by, "0123456789ABCDEF", 0)
	if err != nil || len(got.Jobs) != 1 {
		t.Fatal(got, err)
	}
	if got.Jobs[0].Form.ID != w.which || got.Jobs[0].At.ID != w.Nodes["咸安区"].ID {
		t.Errorf("%+v", got.Jobs[0])
	}
	a := in.Send("/field/open", `{"device":"0123456789ABCDEF","now":1}`)
	for _, part := range []string{`data-zd-q=\"child[1]\"`, `name=\"/child[1]/name\"`, `data-zd-carried`, `"own_key"`, `"pack_key"`} {
		if !strings.Contains(a, part) {
			t.Errorf("the pack lacks %s", part)
		}
	}
}

// What a phone loads before it works without network: 400 KB packed are allowed.
func TestTheFirstInstall(t *testing.T) {
	t.Parallel()
	assets, err := ui.ReadAssets(web.Dist())
	if err != nil {
		t.Fatal(err)
	}
	if !assets.Built() {
		if strings.Contains(os.Getenv("ZHIDIAN_REQUIRE"), "chromium") {
			t.Fatal("scripts are not built; run make assets")
		}
		t.Skip("skipped: scripts are not built; run make assets")
	}
	w := newWorld(t)
	shell := w.site.Get("/field").Want(200, "[data-zd-field]")
	worker := w.site.Get("/field/sw.js")
	if worker.Status != http.StatusOK || worker.Header.Get("Service-Worker-Allowed") != "/field" {
		t.Fatalf("%d %v", worker.Status, worker.Header)
	}
	total := packed(t, []byte(shell.Body)) + packed(t, []byte(worker.Body))
	for _, u := range fieldweb.Installed(assets) {
		b, err := fs.ReadFile(web.Dist(), strings.TrimPrefix(u, ui.AssetsPath))
		if err != nil {
			t.Fatal(err)
		}
		total += packed(t, b)
	}
	t.Logf("%d bytes", total)
	if total > 400_000 {
		t.Errorf("the first install is %d bytes", total)
	}
	if strings.Contains(shell.Body, w.by.Name) {
		t.Error("the page that every phone keeps names somebody")
	}
}

func packed(t *testing.T, b []byte) int {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}
