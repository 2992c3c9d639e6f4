package lessonweb_test

import (
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/domain/lesson"
	"zhidian/internal/domain/lesson/lessonweb"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/testworld"
)

// From the page on which a plan is written, over the desk, to who uses and rates it; nothing typed becomes a part of a page.
func TestAPlanFromPageToPage(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	w, _ := testworld.Build(t, db)
	s := &lesson.Service{DB: db, Serials: w.Serials, Zone: webtest.Zone, Author: func(_ sqldb.Q, by authz.Actor) (org.ID, error) {
		if by.User == "author" {
			return w.Nodes["咸安区"].ID, nil
		}
		return "", nil
	}}
	site := webtest.Open(t, testworld.City, func(d *door.Doors) []web.Route {
		return lessonweb.Routes(s, d, func(class, plan string) string { return "/x/" + class + "/" + plan })
	}, lessonweb.Messages)
	as := func(user string) *webtest.Site { return site.As(authz.Actor{City: testworld.City, User: user}) }
	author, teacher, desk := as("author"), as("teacher"), site.As(w.Actor(t, authz.Role{Key: "clerk", Verbs: []authz.Verb{lesson.Review}}, "咸安区"))
	const library, queue = "/my/lessons", "/office/lessons"
	teacher.Get(library).Want(200, ".zd-empty").Holds("审核通过的志愿者").Lacks("提交审核")
	desk.Get(queue).Want(200, ".zd-empty")
	page := author.Get(library).Want(200, "#write form", "select[name=kind]").Keep("lesson-library")
	form := page.Form(url.Values{"title": {"防溺水" + webtest.Hostile}, "kind": {"safety"}, "age_from": {"9"}, "age_to": {"6"}, "minutes": {"40"}, "words": {"先讲故事。\n" + webtest.Hostile}})
	author.Post(library, form).Want(422, "[role=alert]", "textarea[name=words]").Holds("不能小于起始年龄")
	form.Set("age_to", "12")
	form.Set("_key", web.NewKey())
	sent := author.Post(library, form)
	if sent.Status != 303 {
		t.Fatalf("%d %s", sent.Status, sent.Body)
	}
	at := sent.Location
	teacher.Get(at).Want(404)
	author.Get(at).Want(200, "#again form").Holds("等待审核")
	before := strings.Replace(at, library, queue, 1)
	desk.Get(queue).Want(200, "table a[href='"+before+"']").Keep("lesson-queue")
	decide := func(f url.Values) *webtest.Answer {
		v, _ := desk.Get(before).Keep("lesson-before").Want(200, "#decide form").Find("input[name=_v]").Attr("value")
		f.Set("_v", v)
		f.Set("_key", web.NewKey())
		return desk.Post(before+"/decide", f)
	}
	decide(url.Values{"to": {"returned"}}).Want(422, "[role=alert]", "details[open]").Keep("lesson-judge")
	if got := decide(url.Values{"to": {"returned"}, "reason": {"写明时间"}}); got.Status != 303 {
		t.Fatalf("%d", got.Status)
	}
	again := author.Get(at).Want(200, "#again form").Holds("退回原因：写明时间").Keep("lesson-returned")
	f := again.Form(url.Values{})
	f.Set("title", "防溺水")
	f.Set("kind", "safety")
	if got := author.Post(at+"/send", f); got.Status != 303 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	if got := decide(url.Values{"to": {"approved"}}); got.Status != 303 {
		t.Fatalf("%d", got.Status)
	}
	const class = "01J00000000000000000000CAS"
	teacher.Get(library+"?kind=safety&age=10&class="+class).Want(200, "table a[href='"+at+"?class="+class+"']", "input[name=class][value='"+class+"']").Keep("lesson-found")
	teacher.Get(library+"?kind=mind").Want(200, ".zd-empty")
	if got := teacher.Get(library + "?kind=wrong"); got.Status < 400 {
		t.Error(got.Status)
	}
	teacher.Get(at+"?class="+class).Want(200, "a[href='/x/"+class+"/"+strings.TrimPrefix(at, library+"/")+"']").Lacks("提交评分")
	teacher.Post(at+"/rate", url.Values{"stars": {"5"}, "_key": {web.NewKey()}}).Want(422, "[role=alert]").Holds("用过这份教案的人")
	if err := db.Write(t.Context(), authz.Actor{City: testworld.City, User: "teacher"}, func(tx *sqldb.Tx) error {
		if err := lesson.Use(tx, lesson.ID(strings.TrimPrefix(at, library+"/")), timetable.ID("s")); err != nil {
			return err
		}
		return tx.Record(authz.Verb{Key: "test.use", Writes: lesson.Written}, "", act.Change{})
	}); err != nil {
		t.Fatal(err)
	}
	teacher.Get(at).Want(200, "#rate input[name=stars]").Keep("lesson-rate")
	if got := teacher.Post(at+"/rate", url.Values{"stars": {"4"}, "_key": {web.NewKey()}}); got.Status != 303 {
		t.Fatalf("%d", got.Status)
	}
	teacher.Get(at).Want(200, "#rate input[value='4'][checked]").Holds("4.0 分（1 人）", "用过 1 次")
	if got := teacher.Get(queue); got.Status != 403 {
		t.Errorf("anybody reads the queue: %d", got.Status)
	}
}
