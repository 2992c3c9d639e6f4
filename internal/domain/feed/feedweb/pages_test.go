package feedweb_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/feed"
	"zhidian/internal/domain/feed/feedweb"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/ical/icaltest"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
)

// From the page on which an address is made to the program that reads it, and back.
func TestACalendarFromPageToPhone(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	mum := authz.Actor{City: "xianning", User: "mum", Person: "p"}
	at := time.Date(2026, 7, 6, 0, 30, 0, 0, time.UTC).UnixMicro()
	lesson := feed.Event{UID: "a@x", Kind: "care", Title: "写作业，致电13871500000；" + webtest.Hostile, Place: "甲镇青年之家", Link: "/my/care", Starts: at, Ends: at + 3600e6, MadeAt: at, ChangedAt: at + 1500e3}
	off := lesson
	off.UID, off.Cancelled = "b@x", true
	s := &feed.Service{
		DB: db, Zone: webtest.Zone, Actor: func(context.Context, string, string) (authz.Actor, error) { return mum, nil },
		Sources: []feed.Source{func(sqldb.Q, authz.Actor, int64, int64) ([]feed.Event, error) { return []feed.Event{lesson, off}, nil }},
	}
	site := webtest.Open(t, "xianning", func(d *door.Doors) []web.Route { return feedweb.Routes(s, d) }, feedweb.Messages)
	site.As(authz.Actor{City: "xianning", User: "new"}).Get("/my/calendar").Want(200, "a[href='/my/data']")
	page := site.As(mum).Get("/my/calendar").Want(200, "form[action='/my/calendar']").Lacks("webcal").Keep("calendar-none")
	made := site.As(mum).Post("/my/calendar", page.Form(url.Values{})).Want(200, "#shown input[readonly]", "#feeds li", "a[href^='webcal://']").Keep("calendar-made")
	address, _ := made.Find("#shown input").Attr("value")
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(u.Path, "/calendar/") {
		t.Fatalf("%q %v", address, err)
	}
	site.As(mum).Get("/my/calendar").Want(200, "#feeds li").Lacks("webcal", strings.TrimPrefix(u.Path, "/calendar/")).Holds("还没有被读取过")

	got := site.Get(u.Path)
	if got.Status != 200 || got.Header.Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.HasPrefix(got.Header.Get("Cache-Control"), "private") {
		t.Fatalf("%d %v", got.Status, got.Header)
	}
	head, all := icaltest.Parse(t, []byte(got.Body))
	if head["NAME"] != "支点日程" || len(all) != 2 || !strings.HasPrefix(all[0]["SUMMARY"], "托管班：写作业，致电…；") || all[0]["SEQUENCE"] != "2" || all[0]["LOCATION"] != "甲镇青年之家" {
		t.Errorf("%v %v", head, all)
	}
	if all[1]["STATUS"] != "CANCELLED" || !strings.HasPrefix(all[1]["SUMMARY"], "已取消：") {
		t.Errorf("%v", all[1])
	}
	ask := func(tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, u.Path, nil)
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		return w
	}
	tag := got.Header.Get("ETag")
	if w := ask(`"other", W/` + tag); w.Code != 304 || w.Body.Len() > 0 {
		t.Errorf("what is known already: %d", w.Code)
	}
	lesson.ChangedAt += 10e6
	if w := ask(tag); w.Code != 200 || w.Header().Get("ETag") == tag {
		t.Errorf("what has changed: %d", w.Code)
	}
	for _, path := range []string{strings.TrimSuffix(u.Path, ".ics"), "/calendar/none.ics", "/calendar/" + strings.Repeat("A", 43) + ".ics"} {
		if got := site.Get(path); got.Status != 404 {
			t.Errorf("%s: %d", path, got.Status)
		}
	}
	page = site.As(mum).Get("/my/calendar").Want(200, "#feeds form").Holds("最近一次读取").Keep("calendar-read")
	end, _ := page.Find("#feeds form").Attr("action")
	if got := site.As(authz.Actor{City: "xianning", User: "dad"}).Post(end, url.Values{"_key": {web.NewKey()}}); got.Status != 404 {
		t.Errorf("another revoked it: %d", got.Status)
	}
	if got := site.As(mum).Post(end, url.Values{"_key": {web.NewKey()}}); got.Status != 303 {
		t.Errorf("%d", got.Status)
	}
	if got := site.Get(u.Path); got.Status != 404 {
		t.Errorf("it is read after it was revoked: %d", got.Status)
	}
	for range feed.Most {
		site.As(mum).Post("/my/calendar", url.Values{"_key": {web.NewKey()}}).Want(200, "#shown")
	}
	site.As(mum).Post("/my/calendar", url.Values{"_key": {web.NewKey()}}).Want(422, "[role=alert]").Holds("最多就是 5 个")
}
