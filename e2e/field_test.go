package e2e

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// tab opens one more page in a visitor's browser, which may be closed without closing the others.
func (v *visitor) tab() *visitor {
	v.t.Helper()
	ctx, stop := chromedp.NewContext(v.ctx)
	other := &visitor{t: v.t, site: v.site, ctx: ctx, stop: stop, seen: map[string]bool{}}
	if err := chromedp.Listen(ctx, other.hear); err != nil {
		v.t.Fatal(err)
	}
	other.width(phone)
	return other
}

// network takes the network away from a page and from whatever works behind it, or gives it back.
func (v *visitor) network(l *line, on bool) {
	v.t.Helper()
	l.set(on)
	call(v, network.Enable, network.EnableParams{})
	call(v, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: !on, DownloadThroughput: -1, UploadThroughput: -1})
	if v.at() == "blank" { // nothing is open yet that could notice
		return
	}
	v.waits(fmt.Sprintf("navigator.onLine === %v", on), "the browser to notice")
}

// shoot keeps a picture where ZHIDIAN_PICTURES names a folder.
func (v *visitor) shoot(name string) {
	v.t.Helper()
	into := os.Getenv("ZHIDIAN_FIELD_PICTURES")
	if into == "" {
		return
	}
	png := run(v, chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(into, name+".png"), png, 0o600); err != nil {
		v.t.Fatal(err)
	}
}

// installed waits until the page works without network.
func (v *visitor) installed() {
	v.t.Helper()
	v.waits(`navigator.serviceWorker.controller !== null || (navigator.serviceWorker.ready.then(() => { window.zdReady = true }), window.zdReady === true)`, "the service worker")
}

// count asks the demo's database.
func (s *site) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "city.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (v *visitor) click(selector string) {
	v.t.Helper()
	eval[bool](v, fmt.Sprintf(`(() => { document.querySelector(%q).click(); return true; })()`, selector))
}

// offered tells whether the list has a form of that title to be filled in.
const offered = `(title => [...document.querySelectorAll('li')].some(l => l.textContent.includes(title) && l.querySelector('[data-zd-begin]')))`

// begins presses "fill in" at a form of the list, at the moment at which work in the background has the list drawn anew.
func (v *visitor) begins(title string) {
	v.t.Helper()
	eval[bool](v, fmt.Sprintf(`(() => {
		navigator.serviceWorker.dispatchEvent(new MessageEvent('message', {data: 'sent'}));
		[...document.querySelectorAll('li')].find(l => l.textContent.includes(%q)).querySelector('[data-zd-begin]').click();
		return true;
	})()`, title))
	v.live()
}

// household fills a household in, with a photograph, and lays it aside to be sent.
func (v *visitor) household(head, people, photo string) {
	v.t.Helper()
	v.begins("住户登记")
	v.write(`input[name="/head"]`, head)
	v.write(`input[name="/group"]`, "四组")
	v.write(`input[name="/people"]`, people)
	v.upload(`input[name="file:door"]`, photo)
	v.waits(`document.querySelector('.zd-shots img') !== null`, "the photograph to be kept")
	v.shoot("form")
	v.click(`.zd-turn [type=submit]`)
}

// unsent waits until so many forms are not sent.
func (v *visitor) unsent(n int) {
	v.t.Helper()
	v.waits(fmt.Sprintf(`document.querySelector('[data-zd-unsent="%d"]') !== null`, n), fmt.Sprintf("%d to be unsent", n))
}

// visits tells that a household has so many people now.
func (v *visitor) visits(home, people string) {
	v.t.Helper()
	v.begins("入户走访")
	v.shoot("visit-1")
	eval[bool](v, fmt.Sprintf(`(() => { [...document.querySelectorAll('[data-zd-choices="who/home"] label')].find(l => l.innerText.includes(%q)).click(); return true; })()`, home))
	v.waits(`document.body.innerText.includes('上次登记')`, "what was known of the household")
	v.write(`input[name="/who/people"]`, people)
	v.shoot("visit-2")
	v.click(`[data-zd-turn="1"]`)
	v.waits(`document.querySelector('[data-zd-q="talk/words"]').offsetParent !== null`, "the second step")
	v.tap("/talk/needs", "work")
	v.click(`[data-zd-series="talk/job"] .zd-add`)
	v.waits(`document.querySelector('[name="/talk/job[2]/name"]') !== null`, "one more to be asked for")
	v.write(`[name="/talk/job[1]/name"]`, "周小满")
	v.click(`[data-zd-q="talk/job[2]"] > .btn-quiet`)
	v.waits(`document.querySelector('[name="/talk/job[2]/name"]') === null`, "the second to go")
	v.shoot("visit-3")
	if got := eval[string](v, `document.querySelector('[name="/talk/job[1]/name"]').value`); got != "周小满" {
		v.t.Errorf("after one was taken out the other says %q", got)
	}
	v.click(`.zd-turn [type=submit]`)
}

// later lets the pack's day be over, as if the phone had lain in a drawer.
func (v *visitor) later() {
	v.t.Helper()
	eval[bool](v, `new Promise((done, fail) => {
		const asked = indexedDB.open('zd-field', 1);
		asked.onerror = () => fail(asked.error);
		asked.onsuccess = () => {
			const meta = asked.result.transaction('meta', 'readwrite').objectStore('meta');
			meta.get('who').onsuccess = (e) => { const who = e.target.result; who.until = Date.now() - 1; meta.put(who, 'who').onsuccess = () => done(true); };
		};
	})`)
}

// holds tells whether the phone keeps something under a name.
func (v *visitor) holds(key string) bool {
	v.t.Helper()
	return eval[bool](v, fmt.Sprintf(`new Promise((done) => { indexedDB.open('zd-field', 1).onsuccess = (e) => { e.target.result.transaction('meta').objectStore('meta').get(%q).onsuccess = (g) => done(g.target.result !== undefined); }; })`, key))
}

// A village secretary fills forms in where there is no network, her browser is closed, a day goes by, and somebody else has
// changed what she changed: all arrives once, and the office decides.
func TestAVillageSecretaryGoesWhereThereIsNoNetwork(t *testing.T) {
	t.Parallel()
	city := theDemo(t)
	s := city.line(t)
	const answers = `SELECT COUNT(*) FROM field_answer`
	before := s.count(t, answers)
	pictures := photo(t)
	browser := s.visit(t)
	browser.signIn("village")
	v := browser.tab()
	v.open("/field")
	v.waits(offered+`('住户登记') && `+offered+`('入户走访')`, "the forms to be there")
	v.installed()
	v.shoot("home")
	v.good()
	v.width(phone)

	v.network(s, false)
	v.household("赵一凡", "3", pictures)
	v.unsent(1)
	v.household("钱㛃", "5", pictures)
	v.unsent(2)
	v.shoot("home-offline")
	for _, c := range v.complaints() {
		t.Errorf("the browser says: %s", c)
	}
	v.stop()

	// The browser was closed, and a day is over: without network nothing but the number is to be seen.
	v = browser.tab()
	v.network(s, false)
	v.open("/field")
	v.unsent(2)
	v.later()
	v.open("/field")
	v.unsent(2)
	v.reads("还有 2 份没有发出")
	v.shoot("home-locked")
	if v.holds("pack") || v.holds("who") {
		t.Error("what was taken along is still there after a day")
	}
	if got := s.count(t, answers); got != before {
		t.Fatalf("%d answers have come without network", got-before)
	}

	// With network she signs in again, and all is sent by itself.
	call(v, network.ClearBrowserCookies, cdp.Empty{})
	v.cookie("lang", "zh-CN")
	v.network(s, true)
	v.open("/field")
	v.waits(`document.querySelector('a[href^="/sign-in"]') !== null`, "the way to sign in")
	v.press(`a[href^="/sign-in"]`)
	v.write("input[name=login]", "village")
	v.write("input[name=password]", demoPassword)
	v.press("main form[action='/sign-in'] button[type=submit]")
	v.waits(`document.querySelectorAll('[data-zd-item=sent]').length === 2`, "both receipts")
	v.unsent(0)
	v.shoot("home-sent")
	if got := s.count(t, answers); got != before+2 {
		t.Fatalf("%d answers have come, want 2", got-before)
	}
	if got := s.count(t, `SELECT COUNT(*) FROM answer_file f JOIN field_answer x ON x.answer = f.answer`); got < 2 {
		t.Errorf("%d photographs have come", got)
	}

	// Two phones visit one household, each without network, and send twice.
	second := city.line(t)
	other := second.visit(t)
	other.signIn("village")
	w := other.tab()
	w.open("/field")
	w.waits(offered+`('住户登记') && `+offered+`('入户走访')`, "the forms to be there")
	w.installed()
	v.click(`.zd-tile:nth-of-type(2)`)
	v.waits(offered+`('住户登记') && `+offered+`('入户走访')`, "the forms to be there")
	wire := map[*visitor]*line{v: s, w: second}
	for i, one := range []*visitor{v, w} {
		one.network(wire[one], false)
		one.visits("余大成", fmt.Sprint(6+i))
		one.unsent(1)
	}
	for range 2 {
		for _, one := range []*visitor{v, w} {
			one.network(wire[one], true)
			one.unsent(0)
			one.network(wire[one], false)
		}
	}
	if got := s.count(t, answers); got != before+4 {
		t.Fatalf("%d answers have come, want 4", got-before)
	}

	// The office is asked, sees both, and decides.
	clerk := city.visit(t)
	clerk.signIn("clerk")
	clerk.open("/office/records")
	clerk.open("/office/records?state=disputed&list=" + eval[string](clerk, `[...document.querySelectorAll('select[name=list] option')].find(o => o.textContent.includes('住户登记')).value`))
	clerk.good()
	clerk.shoot("records")
	clerk.press("main table a[href*='/office/records/']")
	clerk.reads("余朝晖")
	clerk.good()
	clerk.shoot("record")
	for range 60 { // a loop makes it a matter
		if clerk.has("main a[href*='/office/matters/']") {
			break
		}
		time.Sleep(time.Second)
		clerk.open(clerk.at())
	}
	if !clerk.has("main a[href*='/office/matters/']") {
		t.Error("nobody is asked to decide")
	}
	clerk.tap("pick.people", eval[string](clerk, `document.querySelector('input[name="pick.people"]').value`))
	clerk.enter("main form[action*='/office/records/'] button[type=submit]")
	clerk.reads("已选定")
	clerk.good()
	if got := s.count(t, `SELECT COUNT(*) FROM record WHERE disputed <> ''`); got != 0 {
		t.Errorf("%d records are in dispute", got)
	}
}
