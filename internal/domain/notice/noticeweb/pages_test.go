package noticeweb_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/notice/noticeweb"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
)

func TestNoticePage(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	s := &notice.Service{DB: db, Cursors: page.NewCursors([]byte("0123456789abcdef"))}
	site := webtest.Open(t, "xianning", func(d *door.Doors) []web.Route { return noticeweb.Routes(s, &notice.Post{}, d) }, noticeweb.Messages)
	mine, other := site.As(authz.Actor{City: "xianning", User: "a", Name: "周予安"}), site.As(authz.Actor{City: "xianning", User: "b"})
	mine.Get("/office/notices").Want(200, ".zd-empty").Holds("没有通知")
	err := db.Write(t.Context(), authz.System("xianning"), func(tx *sqldb.Tx) error {
		for once, link := range map[string]string{"盲点-2026-00001": "/office/queue", "盲点-2026-00002": "https://evil.example/", webtest.Hostile: ""} {
			if err := notice.Send(tx, "a", once, "notice.new_matter", map[string]any{"serial": once}, link); err != nil {
				return err
			}
		}
		if err := notice.Send(tx, "a", "gone", "gone.message", nil, ""); err != nil {
			return err
		}
		return tx.Record(authz.Verb{Key: "test.tell"}, "", act.Change{})
	})
	if err != nil {
		t.Fatal(err)
	}
	p := mine.Get("/office/notices").Want(200, "table tbody tr").Holds("盲点-2026-00001 已分到您的岗位", "有一项办理进展", "未读").Keep("notices")
	other.Get("/office/notices").Want(200, ".zd-empty")
	p.Find("table a").Each(func(_ int, a *goquery.Selection) {
		href, _ := a.Attr("href")
		if got := mine.Get(href); got.Status != 303 || got.Location != "/office/queue" && got.Location != "/office/notices" {
			t.Errorf("%s leads to %d %s", href, got.Status, got.Location)
		}
		if got := other.Get(href); got.Status != 404 {
			t.Errorf("another opens it: %d", got.Status)
		}
	})
	if text := mine.Get("/office/notices").Want(200).Find("table").Text(); !strings.Contains(text, "已读") || strings.Contains(text, "未读") {
		t.Errorf("after opening: %s", text)
	}
	if got := mine.Post("/office/notices/read", url.Values{}); got.Status != 303 {
		t.Errorf("%d", got.Status)
	}
}
