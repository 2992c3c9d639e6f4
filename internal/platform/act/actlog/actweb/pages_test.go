package actweb_test

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/act/actlog"
	"zhidian/internal/platform/act/actlog/actweb"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
)

var (
	read = authz.Verb{Key: "log.read"}
	move = authz.Verb{Key: "org.move"}
)

type world struct {
	t      testing.TB
	db     *sqldb.DB
	signer note.Signer
	key    string
	site   *webtest.Site
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, db: sqldbtest.SQLite(t, sqldb.Options{})}
	secret, key, err := act.NewKey("xianning")
	if err != nil {
		t.Fatal(err)
	}
	w.key = key
	if w.signer, err = note.NewSigner(secret); err != nil {
		t.Fatal(err)
	}
	w.site = webtest.Open(t, "xianning", func(d *door.Doors) []web.Route {
		return actweb.Routes(w.db, d, read, func() string { return key }, nil)
	}, actweb.Messages, act.Messages)
	return w
}

func (w *world) as(verbs ...authz.Verb) *webtest.Site { return w.asWhoSees(authz.Open, verbs...) }

func (w *world) asWhoSees(c authz.Class, verbs ...authz.Verb) *webtest.Site {
	return w.site.As(authz.Actor{City: "xianning", User: string(id.New[world](w.db.Now())), Name: "审计员", Grants: []authz.Held{{Role: authz.Role{Key: "a", Verbs: verbs, Sees: c}, At: "1/"}}})
}

func (w *world) act(city, subject, text string) {
	w.t.Helper()
	if err := w.db.Note(w.t.Context(), authz.System(city), move, subject, act.Change{"reason": text}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) seal() {
	w.t.Helper()
	if _, err := actlog.Seal(w.t.Context(), w.db, "xianning", w.signer); err != nil {
		w.t.Fatal(err)
	}
}

func TestLogPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	auditor := w.as(read)
	auditor.Get("/office/log").Want(200, ".zd-empty").Holds("没有符合条件的记录")
	for range 60 {
		w.act("xianning", "夜校-2026-00017", webtest.Hostile)
	}
	w.act("twin", "孪城-2026-00001", "孪生城市")
	p := auditor.Get("/office/log").Want(200, "table tbody tr", "a[href*='before=']").Holds("夜校-2026-00017", "系统", "待封存").Lacks("孪城-2026-00001").Keep("log")
	if n := p.Find("table tbody tr").Length(); n != 50 {
		t.Errorf("%d rows", n)
	}
	next, _ := p.Find("a[href*='before=']").Attr("href")
	if n := auditor.Get(next).Want(200).Find("table tbody tr").Length(); n != 10 {
		t.Errorf("%d rows on the second page", n)
	}
	auditor.Get("/office/log?verb=org.move&subject="+url.QueryEscape("夜校-2026-00018")).Want(200, ".zd-empty")
	auditor.Get("/office/log?until=2020-01-01").Want(200, ".zd-empty")
	auditor.Get("/office/log?from=2020-13-41&actor=system").Want(200, "table")
	auditor.Get("/office/log?before=x").Want(404)

	one, _ := p.Find("table a[href^='/office/log/']").First().Attr("href")
	auditor.Get(one).Want(200, "pre").Holds(`"reason"`, "个字，不显示", "待封存", "几秒后封存").Lacks("alert(1)").Keep("log-one")
	w.asWhoSees(authz.Personal, read).Get(one).Want(200, "pre").Holds(`<script>`).Lacks("<script>alert")
	auditor.Get(one + "/proof").Want(409)
	w.seal()
	auditor.Get(one).Want(200, "a[href$='/proof']")
	proof := auditor.Get(one + "/proof").Want(200)
	if p, err := act.VerifyProof([]byte(proof.Body), w.key); err != nil || p.Content != nil {
		t.Errorf("the auditor's proof: content %v, %v", p.Content, err)
	}
	proof = w.asWhoSees(authz.Personal, read).Get(one + "/proof").Want(200)
	if p, err := act.VerifyProof([]byte(proof.Body), w.key); err != nil || p.Content == nil {
		t.Errorf("the proof with its content: %v, %v", p.Content, err)
	}
	auditor.Get("/office/log?verb=log.export").Want(200).Holds("导出一条记录的证明")
	last, _ := auditor.Get("/office/log?verb=org.move").Find("table a[href^='/office/log/']").First().Attr("href")
	withhold := authz.Verb{Key: "test.withhold", Writes: "act_content"}
	if err := w.db.Write(t.Context(), authz.System("xianning"), func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(`DELETE FROM act_content WHERE city = $1 AND act = $2`, strings.TrimPrefix(last, "/office/log/")); err != nil {
			return err
		}
		return tx.Record(withhold, "", act.Change{})
	}); err != nil {
		t.Fatal(err)
	}
	auditor.Get(last).Want(200).Holds("内容已按保存期限销毁").Lacks("alert(1)")
	for _, path := range []string{"/office/log", one, one + "/proof"} {
		if a := w.as(move).Get(path); a.Status != 403 && a.Status != 404 {
			t.Errorf("%s is open to everybody: %d", path, a.Status)
		}
	}
}

func TestPublicPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.site.Get("/log").Want(200).Holds("还没有办理记录", w.key)
	w.act("xianning", "", "x")
	w.seal()
	w.act("xianning", "", "x")
	w.seal()
	p := w.site.Get("/log").Want(200, "pre#head", "a[href='/log/heads.txt']").Keep("log-public")
	keys, err := act.Keys(w.key)
	if err != nil {
		t.Fatal(err)
	}
	h, err := act.OpenHead(p.Find("#head").Text(), keys)
	if err != nil || h.Size != 3 {
		t.Errorf("%+v, %v", h, err)
	}
	file := w.site.Get("/log/heads.txt").Want(200)
	report, err := actlog.VerifyData(t.Context(), w.db, "xianning", keys, strings.NewReader(file.Body))
	if err != nil || !report.Sound() || report.Kept < 2 || report.Witnessed != 2 {
		t.Errorf("%+v, %v", report, err)
	}
}
