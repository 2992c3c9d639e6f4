package accountweb_test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/pquerna/otp/totp"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/account/accountweb"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

const (
	city   = "xianning"
	secret = "Osmanthus-7-tea"
)

func roles() map[string]authz.Role {
	return map[string]authz.Role{
		account.SystemAdmin:   {Key: account.SystemAdmin, Verbs: append([]authz.Verb{org.Read}, account.SystemVerbs...)},
		account.SecurityAdmin: {Key: account.SecurityAdmin, Verbs: append([]authz.Verb{org.Read}, account.SecurityVerbs...)},
		"clerk":               {Key: "clerk", Verbs: []authz.Verb{org.Read}},
	}
}

// roleNames are the names of the roles of these tests.
func roleNames() fs.FS {
	names := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"messages/zh-CN.json": names(`{"role.system_admin": "系统管理员", "role.security_admin": "安全管理员", "role.clerk": "受理岗"}`),
		"messages/en.json":    names(`{"role.system_admin": "system administrator", "role.security_admin": "security administrator", "role.clerk": "clerk"}`),
	}
}

func catalog(t testing.TB) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load([]fs.FS{
		accountweb.Messages, web.Messages, door.Messages, ui.Messages, sqldb.Messages, day.Messages, cn.Messages, page.Messages, roleNames(),
	}...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type site struct {
	*httptest.Server
	accounts *account.Service
	sms      *account.DemoSMS
	words    *i18n.Catalog
	org      map[string]org.Node
}

func newSite(t testing.TB) *site {
	t.Helper()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	s := &site{sms: &account.DemoSMS{Now: time.Now}, words: catalog(t), org: map[string]org.Node{}}
	s.accounts = &account.Service{DB: db, Keys: seal.Ephemeral("test"), Zone: time.FixedZone("CST", 8*3600), Roles: roles(), SMS: s.sms, Budget: 100, Issuer: "支点·咸宁"}
	orgs := org.Service{DB: db, Serials: &sqldb.Serials{DB: db}}
	for _, n := range []struct {
		name, parent string
		kind         org.Kind
	}{{"咸宁市", "", org.City}, {"咸安区", "咸宁市", org.County}, {"共青团咸安区委员会", "咸安区", org.LeagueBody}, {"嘉鱼县", "咸宁市", org.County}} {
		made, err := orgs.Create(t.Context(), authz.System(city), org.New{Kind: n.kind, Name: n.name, Parent: s.org[n.parent].ID})
		if err != nil {
			t.Fatal(err)
		}
		s.org[n.name] = made
	}
	for _, p := range []struct{ login, name, role, desk string }{
		{"sys", "周建国", account.SystemAdmin, "咸宁市"}, {"sec", "吴敏", account.SecurityAdmin, "咸宁市"}, {"wang", "王小雨", "clerk", "共青团咸安区委员会"},
	} {
		_, _, err := s.accounts.CreateFirst(t.Context(), city, account.First{
			Newcomer: account.Newcomer{Login: p.login, Name: p.name, Desk: s.org[p.desk].ID}, Role: p.role, Password: secret,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	assets, err := ui.ReadAssets(web.Dist())
	if err != nil {
		t.Fatal(err)
	}
	doors := &door.Doors{Assets: assets, City: "咸宁", Demo: true, Menu: []door.Entry{{Group: "accountweb.list", Label: "accountweb.list", Icon: "users", Href: "/office/accounts", Verb: account.Read}}}
	doors.Saved = func(r *web.Request) *ui.Saved {
		saved, err := accountweb.Saved(s.accounts, r)
		if err != nil {
			t.Error(err)
		}
		return saved
	}
	s.accounts.Lists = map[string]account.List{"/office/accounts": {Filters: []string{"state", "role"}, Verb: account.Read}}
	landing := func(pattern string, d web.Door) web.Route {
		return web.Route{Pattern: pattern, Door: d, Handle: func(w http.ResponseWriter, r *web.Request) error {
			return door.Show(w, r, ui.Bare, doors.Bare(r, "landed", r.Actor.Name), ui.Code(r.URL.Path))
		}}
	}
	srv, err := web.New(web.Config{
		Routes: append(accountweb.Routes(s.accounts, doors, page.NewCursors(make([]byte, 16)), s.sms),
			landing("GET /office/queue", web.Office), landing("GET /me", web.Field), landing("GET /my/data", web.Public)),
		Messages: s.words, Assets: web.Dist(), Rates: web.NoRates(), TempDir: t.TempDir(),
		City:     func(string) (string, *time.Location, bool) { return city, time.FixedZone("CST", 8*3600), true },
		Sessions: accountweb.Sessions{Accounts: s.accounts}, Tokens: accountweb.Tokens{Accounts: s.accounts},
		SignIn: "/sign-in", NewSecret: "/sign-in/new-password", SecondStep: "/sign-in/totp",
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewUnstartedServer(srv)
	return s
}

// browser is somebody with cookies.
type browser struct {
	t *testing.T
	*http.Client
	base string
	lang string
}

func (s *site) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, Client: &http.Client{Jar: jar}, base: s.URL, lang: "zh-CN"}
}

// shown is a page as its reader meets it.
type shown struct {
	*goquery.Document
	status int
	path   string
	text   string
}

func (b *browser) do(r *http.Request) shown {
	b.t.Helper()
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", b.lang)
	r.Header.Set("User-Agent", "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36")
	res, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return shown{doc, res.StatusCode, res.Request.URL.Path, doc.Text()}
}

func (b *browser) get(path string) shown {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.base+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

// send fills the form of a page that leads to action and sends it.
func (b *browser) send(from shown, action string, fields ...string) shown {
	b.t.Helper()
	form := from.Find(`form[method=post][action="` + action + `"]`)
	if form.Length() == 0 {
		b.t.Fatalf("%s has no form for %s: %s", from.path, action, from.text)
	}
	v := url.Values{}
	form.First().Find("input[type=hidden]").Each(func(_ int, in *goquery.Selection) { v.Set(in.AttrOr("name", ""), in.AttrOr("value", "")) })
	for i := 0; i < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.base+action, strings.NewReader(v.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b *browser) signIn(login string) shown {
	b.t.Helper()
	return b.send(b.get("/sign-in"), "/sign-in", "login", login, "password", secret)
}

func (s *shown) wants(t *testing.T, status int, path, text string) {
	t.Helper()
	if s.status != status || s.path != path || !strings.Contains(s.text, text) {
		t.Fatalf("%d %s, want %d %s with %q:\n%s", s.status, s.path, status, path, text, s.text)
	}
}

func start(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	s.Start()
	t.Cleanup(func() {
		s.Close()
		for k := range s.words.Unknown() {
			t.Errorf("no text for %s", k)
		}
	})
	return s
}

func TestStaffSignIn(t *testing.T) {
	t.Parallel()
	s := start(t)
	b := s.browser(t)
	p := b.get("/office/accounts")
	p.wants(t, 200, "/sign-in", "登录名")
	if got := p.Find(`input[name=next]`).AttrOr("value", ""); got != "/office/accounts" {
		t.Errorf("next is %q", got)
	}
	p = b.send(p, "/sign-in", "login", "sys", "password", "wrong")
	p.wants(t, 422, "/sign-in", "登录名或口令不对")
	if p.Find(`input[name=password]`).AttrOr("value", "") != "" || p.Find(`input[name=login]`).AttrOr("value", "") != "sys" {
		t.Error("the password is shown again, or the login is not")
	}
	p = b.send(p, "/sign-in", "login", "sys", "password", secret)
	p.wants(t, 200, "/office/accounts", "王小雨")
	p = b.get("/sign-in")
	p.wants(t, 200, "/office/queue", "周建国")
	p = b.get("/me/security")
	p.wants(t, 200, "/me/security", "Chrome · Windows")
	p = b.send(p, "/sign-out")
	p.wants(t, 200, "/sign-in", "已退出登录")
	p = b.get("/office/accounts")
	p.wants(t, 200, "/sign-in", "")
}

func TestEnrolAndSecondStep(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.accounts.RequireTOTP = true
	b := s.browser(t)
	p := b.signIn("wang")
	p.wants(t, 200, "/sign-in/totp", "完成绑定")
	key := p.Find(`input[name=secret]`).AttrOr("value", "")
	p = b.send(p, "/sign-in/totp", "code", "000000")
	p.wants(t, 422, "/sign-in/totp", "验证码不对")
	if again := p.Find(`input[name=secret]`).AttrOr("value", ""); again != key {
		t.Error("a wrong code changed the key")
	}
	code, err := totp.GenerateCode(key, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	p = b.send(p, "/sign-in/totp", "code", code)
	p.wants(t, 200, "/office/queue", "王小雨")
	other := s.browser(t)
	p = other.signIn("wang")
	p.wants(t, 200, "/sign-in/totp", "验证器")
	if p.Find(`input[name=secret]`).Length() > 0 {
		t.Error("the key is shown to who has enrolled")
	}
	half := other.get("/office/queue")
	half.wants(t, 200, "/sign-in/totp", "")
	next, err := totp.GenerateCode(key, time.Now().Add(30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	p = other.send(p, "/sign-in/totp", "code", code)
	p.wants(t, 422, "/sign-in/totp", "已用过")
	p = other.send(p, "/sign-in/totp", "code", next)
	p.wants(t, 200, "/office/queue", "王小雨")
}

func TestPhoneSignIn(t *testing.T) {
	t.Parallel()
	s := start(t)
	b := s.browser(t)
	p := b.get("/sign-in/phone")
	p = b.send(p, "/sign-in/phone", "phone", "1387")
	p.wants(t, 422, "/sign-in/phone", "手机")
	p = b.send(p, "/sign-in/phone", "phone", "138 7150 0000")
	p.wants(t, 200, "/sign-in/phone", "138****0000")
	p = b.send(p, "/sign-in/code", "code", "x")
	p.wants(t, 422, "/sign-in/code", "验证码不对")
	text := s.sms.Sent()[0].Text
	demo := b.get("/demo/codes")
	demo.wants(t, 200, "/demo/codes", text)
	if strings.Contains(demo.text, "13871500000") {
		t.Error("the whole number is shown")
	}
	p = b.send(p, "/sign-in/code", "code", text[len(text)-6:])
	p.wants(t, 200, "/me", "138****0000")
	p = b.get("/me/security")
	p.wants(t, 200, "/me/security", "本机")
	if p.Find(`form[action="/me/security/tokens"]`).Length() > 0 {
		t.Error("the public makes tokens")
	}
	p = b.get("/office/queue")
	if p.status != 403 {
		t.Errorf("the public at the office door: %d", p.status)
	}
}

var linkForm = regexp.MustCompile(`/invitation/[A-Za-z0-9_-]{43}`)

func TestInviteGrantSuspend(t *testing.T) {
	t.Parallel()
	s := start(t)
	sys, sec, zhao := s.browser(t), s.browser(t), s.browser(t)
	sys.signIn("sys")
	p := sys.get("/office/accounts/new")
	p = sys.send(p, "/office/accounts", "name", "赵敏", "login", "zhao.min", "find", "嘉鱼", "search", "1")
	p.wants(t, 200, "/office/accounts", "嘉鱼县")
	desk := p.Find(`input[type=radio][name=desk]`).AttrOr("value", "")
	p = sys.send(p, "/office/accounts", "name", "", "login", "ZHAO MIN", "find", "嘉鱼", "desk", desk)
	p.wants(t, 422, "/office/accounts", "必填")
	p = sys.send(p, "/office/accounts", "name", "赵敏", "login", "zhao.min", "desk", desk)
	p.wants(t, 200, "/office/accounts", "只显示这一次")
	link := linkForm.FindString(p.Find("input[readonly]").AttrOr("value", ""))
	id := strings.TrimPrefix(p.Find(`a[href^="/office/accounts/0"]`).AttrOr("href", ""), "/office/accounts/")

	p = zhao.get(link)
	p.wants(t, 200, link, "赵敏")
	p = zhao.send(p, link, "password", secret, "again", "other")
	p.wants(t, 422, link, "不一样")
	p = zhao.send(p, link, "password", secret, "again", secret)
	p.wants(t, 200, "/sign-in", "账号已启用")
	if p = zhao.get(link); p.status != 404 {
		t.Errorf("a used link: %d", p.status)
	}
	p = zhao.signIn("zhao.min")
	p.wants(t, 200, "/office/queue", "赵敏")
	if p = zhao.get("/office/accounts"); p.status != 403 && p.status != 404 {
		t.Errorf("an account without roles lists accounts: %d", p.status)
	}

	one := "/office/accounts/" + id
	if p = sys.get(one); p.Find(`form[action="`+one+`/grants"]`).Length() > 0 {
		t.Error("a system administrator is offered to grant")
	}
	sec.signIn("sec")
	p = sec.get(one)
	if p.Find(`a[href="`+one+`/reset"]`).Length() > 0 {
		t.Error("a security administrator is offered to reset")
	}
	p = sec.send(p, one+"/grants", "role", "clerk", "find", "咸安区", "search", "1")
	node := p.Find(`input[type=radio][name=org]`).AttrOr("value", "")
	p = sec.send(p, one+"/grants", "role", "clerk", "org", node, "from", "2026-13-01")
	p.wants(t, 422, one+"/grants", "")
	p = sec.send(p, one+"/grants", "role", "clerk", "org", node, "from", "2020-01-01")
	p.wants(t, 200, one, "角色已授予")
	action := p.Find(`form[action$="/revoke"]`).AttrOr("action", "")
	p = sec.send(p, action)
	p.wants(t, 200, one, "已收回")

	p = sys.send(sys.get(one+"/suspend"), one+"/suspend", "reason", "离岗")
	p.wants(t, 200, one, "账号已停用")
	if p = zhao.get("/office/queue"); p.path != "/sign-in" {
		t.Errorf("suspended and still at %s", p.path)
	}
	p = sys.send(sys.get(one), one+"/resume")
	p.wants(t, 200, one, "账号已恢复")
	p = sys.send(sys.get(one), one+"/must-change")
	p.wants(t, 200, one, "须更换口令")
	p = zhao.signIn("zhao.min")
	p.wants(t, 200, "/sign-in/new-password", "新口令")
	p = zhao.send(p, "/sign-in/new-password", "password", "Another-6-cups", "again", "Another-6-cups")
	p.wants(t, 200, "/office/queue", "新口令已保存")
	p = sys.send(sys.get(one+"/reset"), one+"/reset")
	p.wants(t, 200, one+"/reset", "只显示这一次")
}

// A security administrator signs somebody out of one device from the page of the account.
func TestSignOther(t *testing.T) {
	t.Parallel()
	s := start(t)
	sec, one, two := s.browser(t), s.browser(t), s.browser(t)
	for _, b := range []*browser{one, two} {
		b.signIn("wang")
	}
	sec.signIn("sec")
	wang := sec.get("/office/accounts").Find("a:contains(王小雨)").AttrOr("href", "")
	p := sec.get(wang)
	p.wants(t, 200, wang, "已登录的设备")
	if n := p.Find(`form[action="` + wang + `/sessions"]`).Length(); n != 2 {
		t.Fatalf("%d devices are listed", n)
	}
	p = sec.send(p, wang+"/sessions")
	p.wants(t, 200, wang, "所选设备上的登录已退出")
	live := 0
	for _, b := range []*browser{one, two} {
		if p := b.get("/me/security"); p.path == "/me/security" {
			live++
		}
	}
	if live != 1 {
		t.Errorf("%d of two devices are still signed in", live)
	}
	sys := s.browser(t)
	sys.signIn("sys")
	if p := sys.get(wang); strings.Contains(p.text, "已登录的设备") {
		t.Error("a system administrator sees the devices")
	}
}

func TestOwnSecurity(t *testing.T) {
	t.Parallel()
	s := start(t)
	b, other := s.browser(t), s.browser(t)
	b.signIn("wang")
	other.signIn("wang")
	p := b.get("/me/security")
	p = b.send(p, "/me/security/password", "old", "wrong", "password", "Another-6-cups", "again", "Another-6-cups")
	p.wants(t, 422, "/me/security/password", "原口令不对")
	p = b.send(p, "/me/security/tokens", "name", "统计报送", "days", "30", "own", secret)
	p.wants(t, 200, "/me/security/tokens", "只显示这一次")
	token := p.Find("input[readonly]").AttrOr("value", "")
	if len(token) != 43 {
		t.Fatal("no token shown")
	}
	p = b.get("/me/security")
	if p.Find("input[readonly]").Length() > 0 {
		t.Error("the token is shown twice")
	}
	end := p.Find(`form[action$="/end"]`).AttrOr("action", "")
	p = b.send(p, end)
	p.wants(t, 200, "/me/security", "接口口令已停用")
	p = b.send(p, "/me/security/password", "old", secret, "password", "Another-6-cups", "again", "Another-6-cups")
	p.wants(t, 200, "/me/security", "新口令已保存")
	if q := other.get("/me/security"); q.path != "/sign-in" {
		t.Errorf("another device is still at %s", q.path)
	}
	p = b.get("/me/security/totp")
	p.wants(t, 200, "/me/security/totp", "密钥")
	code, err := totp.GenerateCode(p.Find(`input[name=secret]`).AttrOr("value", ""), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	p = b.send(p, "/me/security/totp", "code", code)
	p.wants(t, 200, "/me/security", "已绑定动态口令")
}

// Hostile text in every field comes back as text, and English pages have words for everything.
func TestHostileAndEnglish(t *testing.T) {
	t.Parallel()
	s := start(t)
	b := s.browser(t)
	b.lang = "en"
	b.signIn("sys")
	for _, path := range []string{"/office/accounts", "/office/accounts?q=%3Cscript%3E&state=x&role=y&cursor=z", "/office/accounts/new", "/me/security", "/me/security/totp", "/demo/codes"} {
		p := b.get(path)
		if p.status >= 500 || p.Find("main script").Length() > 0 || strings.Contains(p.text, "⟦") {
			t.Errorf("%s: %d", path, p.status)
		}
	}
	evil := `"><script>alert(1)</script>`
	p := b.send(b.get("/office/accounts/new"), "/office/accounts", "name", evil, "login", evil, "find", evil, "desk", evil)
	if p.status != 422 || p.Find("main script").Length() > 0 {
		t.Errorf("hostile newcomer: %d", p.status)
	}
	for _, path := range []string{"/office/accounts/x", "/office/accounts/01234567890123456789012345/reset", "/invitation/x", "/invitation/%00"} {
		if p := b.get(path); p.status != 404 && p.status != 400 {
			t.Errorf("%s: %d", path, p.status)
		}
	}
}

// TestServe keeps the pages running for whoever wants to look at them: ZHIDIAN_LOOK=127.0.0.1:8391 go test -run TestServe
func TestServe(t *testing.T) {
	address := os.Getenv("ZHIDIAN_LOOK")
	if address == "" {
		t.Skip("ZHIDIAN_LOOK names no address")
	}
	s := newSite(t)
	if os.Getenv("ZHIDIAN_LOOK_TOTP") != "" {
		s.accounts.RequireTOTP = true
	}
	srv := &http.Server{Addr: address, Handler: s.Config.Handler, ReadHeaderTimeout: time.Second}
	fmt.Fprintln(os.Stderr, "looking at http://"+address)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	go func() {
		<-ctx.Done()
		_ = srv.Close()
	}()
	_, _ = io.WriteString(os.Stderr, "sys, sec, wang: "+secret+"\n")
	_ = srv.ListenAndServe()
}

// Without a way for text messages the page says so, and asks for nothing.
func TestPhoneSignInIsNotOffered(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.accounts.SMS = nil
	b := s.browser(t)
	p := b.get("/sign-in/phone")
	p.wants(t, 200, "/sign-in/phone", "未开通短信登录")
	if p.Find("input[name=phone]").Length() > 0 {
		t.Error("a number is asked for that nobody can be sent a code to")
	}
}
