package noticeweb_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/notice/noticeweb"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
)

type mailbox []notice.Mail

func (b *mailbox) Mail(_ context.Context, m notice.Mail) error { *b = append(*b, m); return nil }

// From choosing ways to the mail that comes, the link in it by which it comes no more, and the report.
func TestWaysFromPageToMail(t *testing.T) {
	t.Parallel()
	db, box := sqldbtest.SQLite(t, sqldb.Options{}), &mailbox{}
	post := &notice.Post{
		DB: db, City: "xianning", Keys: seal.Ephemeral("zhidian/test"), Zone: time.UTC, Origin: "https://x.example", Mailer: box,
		Kinds: []notice.Kind{{Key: "safety", Label: "l.safety", Why: "l.law", Prefixes: []string{"s."}}, {Key: "care", Label: "l.care", Prefixes: []string{"notice."}}},
		Say:   func(_, key string, args ...any) string { return strings.TrimSpace(key + " " + text(args)) },
	}
	words := fstest.MapFS{}
	for _, lang := range []string{"zh-CN", "en"} {
		words["messages/"+lang+".json"] = &fstest.MapFile{Data: []byte(`{"l.safety": "孩子安全", "l.law": "法律要求", "l.care": "托管班", "app.menu.manage": "管理"}`)}
	}
	s := &notice.Service{DB: db, Cursors: page.NewCursors([]byte("0123456789abcdef"))}
	site := webtest.Open(t, "xianning", func(d *door.Doors) []web.Route { return noticeweb.Routes(s, post, d) }, noticeweb.Messages, words)
	by := authz.Actor{City: "xianning", User: "a", Name: "周予安"}
	mine := site.As(by)
	mine.Get("/my/notices").Want(200, "a[href='/my/notices/ways']")
	page := mine.Get("/my/notices/ways").Want(200, "input[name=email]", "input[name=on][value=care][checked]", "#always li").Holds("法律要求").Keep("ways")
	mine.Post("/my/notices/ways", page.Form(url.Values{"email": {"nobody"}, "on": {"care"}})).Want(422, "[role=alert]", "input[name=email][value=nobody]").Holds("邮箱地址不对")
	send := func(fields url.Values) {
		t.Helper()
		fields.Set("_key", web.NewKey())
		if got := mine.Post("/my/notices/ways", fields); got.Status != 303 {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
	}
	send(url.Values{"email": {"a@x.example"}, "on": {"care"}})
	mine.Get("/my/notices/ways").Want(200).Holds("确认邮件已发往").Keep("ways-waits")
	if err := post.Run(t.Context()); err != nil || len(*box) != 1 {
		t.Fatal(*box, err)
	}
	path := func(text, after string) string {
		_, rest, _ := strings.Cut(text, "https://x.example"+after)
		return after + strings.Fields(rest)[0]
	}
	link := path((*box)[0].Text, "/my/notices/confirm/")
	mine.Get(link).Want(200, "form[action='"+link+"']")
	if got := site.As(authz.Actor{City: "xianning", User: "b"}).Post(link, url.Values{"_key": {web.NewKey()}}); got.Status != 404 {
		t.Errorf("another confirmed: %d", got.Status)
	}
	if got := mine.Post(link, url.Values{"_key": {web.NewKey()}}); got.Status != 303 {
		t.Errorf("%d", got.Status)
	}
	mine.Get("/my/notices/ways").Want(200).Holds("邮箱已确认").Keep("ways-holds")
	tell := func(once string) {
		t.Helper()
		err := db.Write(t.Context(), authz.System("xianning"), func(tx *sqldb.Tx) error {
			if err := notice.Send(tx, "a", once, "notice.new_matter", map[string]any{"serial": once}, "/x"); err != nil {
				return err
			}
			return tx.Record(authz.Verb{Key: "test.tell"}, "", act.Change{})
		})
		if err == nil {
			err = post.Run(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	tell("盲点-2026-00001")
	if len(*box) != 2 || strings.Contains((*box)[1].Text, "盲点") {
		t.Fatalf("%+v", *box)
	}
	mine.Get(path((*box)[1].Text, "/my/notices/"))
	off := path((*box)[1].Text, "/notices/off/")
	site.Get(off).Want(200, "form[action='"+off+"']").Holds("不再发送“托管班”").Keep("off")
	r := httptest.NewRequest(http.MethodPost, off, strings.NewReader("List-Unsubscribe=One-Click")) // as a program of e-mail does it
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	site.Post(off, url.Values{}).Want(200).Holds("已关闭“托管班”").Keep("off-done")
	if got := site.Post(off+"0", url.Values{}); got.Status != 404 {
		t.Errorf("a link that is not ours: %d", got.Status)
	}
	tell("盲点-2026-00002")
	if len(*box) != 2 {
		t.Errorf("%+v", *box)
	}
	mine.Get("/my/notices/ways").Want(200, "input[name=on][value=care]").Holds("邮箱已确认")
	if mine.Get("/my/notices/ways").Find("input[name=on][value=care][checked]").Length() > 0 {
		t.Error("the kind is on again")
	}
	if got := mine.Get("/office/sendings"); got.Status != 403 {
		t.Errorf("anybody reads the report: %d", got.Status)
	}
	officer := authz.Actor{City: "xianning", User: "s", Grants: []authz.Held{{Role: authz.Role{Key: "system", Verbs: []authz.Verb{notice.Report}}, At: "/"}}}
	site.As(officer).Get("/office/sendings").Want(200, "table tbody tr").Holds("邮箱确认", "已发出").Lacks("x.example").Keep("sendings")
}

func text(args []any) (all string) {
	for _, a := range args {
		if s, ok := a.(string); ok {
			all += s + " "
		}
	}
	return all
}
