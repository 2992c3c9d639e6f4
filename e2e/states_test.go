package e2e

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// hostile is what somebody types to see whether a page breaks.
const hostile = `<script>alert(1)</script>"'>{{7*7}}=HYPERLINK("http://x")名字特别特别长的一个青年之家一直写到行末也不停AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`

// state is a page as something has left it; does leads to one that answers a form and has no address.
type state struct {
	pictured
	does func(v *visitor)
}

// states are what pages answer: forms sent wrong, files refused, sessions ended, and a city where nothing is yet.
var states = []state{
	{pictured{"density-cell", "clerk", ""}, func(v *visitor) { v.cell() }},
	{pictured{"state-422-person", "clerk", ""}, func(v *visitor) {
		v.open(v.find("/office/orgs?q=%E5%9B%A2%E6%94%AF%E9%83%A8 > main table a[href*='/office/orgs/0'] > main a[href*='/office/persons?org='] > main a[href*='/office/persons/new']"))
		v.write("input[name=phone]", "138")
		v.write("input[name=number]", "421202199001010000")
		v.press("main form[action='/office/persons/new'] button[type=submit]")
	}},
	{pictured{"state-hostile-place", "clerk", ""}, func(v *visitor) {
		v.place(hostile)
	}},
	{pictured{"state-hostile-places", "clerk", "/office/places?q=script"}, nil},
	{pictured{"state-422-place", "clerk", ""}, func(v *visitor) {
		v.place("")
	}},
	{pictured{"state-409-stale", "clerk", ""}, func(v *visitor) {
		v.open(v.find("/office/places > main table a[href*='/office/places/0'] > main a[href$='/edit']"))
		eval[bool](v, `(async () => {
			const f = document.querySelector("main form[method=post]"), d = new URLSearchParams(new FormData(f));
			d.set('address', '咸宁大道 ' + Date.now()); d.set('_key', 'k' + Date.now() + 'abcdefgh');
			return (await fetch(f.action, {method: 'POST', body: d})).ok;
		})()`)
		v.write("input[name=address]", "淦河大道 7 号")
		v.press("main form[method=post] button[type=submit]")
	}},
	{pictured{"state-409-double", "clerk", ""}, func(v *visitor) {
		v.open(v.find("/office/queue?at=all > main a[href*='/office/matters/'] > main a[href$='/extend'], main a[href$='/pause'], main a[href$='/answer']"))
		v.press("main form[method=post] button[type=submit]")
	}},
	{pictured{"state-kept-ended", "clerk", ""}, func(v *visitor) {
		v.ended()
	}},
	{pictured{"state-kept-back", "clerk", ""}, func(v *visitor) {
		v.ended()
		v.again("clerk")
		v.press("main form[action='/kept-form'] button[type=submit]")
	}},
	{pictured{"state-404-office", "clerk", "/office/persons/01ARZ3NDEKTSV4RRFFQ69G5FAV"}, nil},
	{pictured{"state-sign-in-wrong", "", ""}, func(v *visitor) {
		v.open("/sign-in")
		v.write("input[name=login]", "clerk")
		v.write("input[name=password]", "not-the-password")
		v.press("main form[action='/sign-in'] button[type=submit]")
	}},
	{pictured{"state-code", "", ""}, func(v *visitor) {
		v.open("/sign-in/phone")
		v.write("input[name=phone]", fmt.Sprintf("139%08d", time.Now().UnixNano()/1000%100_000_000))
		v.press("main form[action='/sign-in/phone'] button[type=submit]")
	}},
	{pictured{"state-codes-sent", "", "/demo/codes"}, nil},
	{pictured{"state-link-wrong", "newcomer", ""}, func(v *visitor) {
		v.open("/my/link")
		v.write("input[name=number]", "421221199103090006")
		v.press("main form[action='/my/link'] button[type=submit]")
	}},
	{pictured{"state-calendar-made", "resident", ""}, func(v *visitor) {
		v.open("/my/calendar")
		v.press("main form[action='/my/calendar'] button[type=submit]")
	}},
	{pictured{"state-my-forms", "resident", "/my/forms"}, nil},
	{pictured{"state-receipt", "", "/receipt"}, nil},

	{pictured{"import-1-wrong", "clerk", ""}, func(v *visitor) {
		v.open("/office/imports/upload")
		file := filepath.Join(v.t.TempDir(), "团员.xlsx")
		if err := os.WriteFile(file, []byte("not a workbook"), 0o600); err != nil {
			v.t.Fatal(err)
		}
		v.upload("input[type=file]", file)
		v.press("main form[action='/office/imports/upload'] button[type=submit]")
	}},
	{pictured{"import-2-source", "clerk", ""}, func(v *visitor) {
		v.open("/office/imports/upload")
		v.upload("input[type=file]", youthTable(v.t, true))
		v.press("main form[action='/office/imports/upload'] button[type=submit]")
	}},
	{pictured{"import-3-columns", "clerk", ""}, func(v *visitor) {
		v.uploaded(true)
		v.open(strings.Split(v.at(), "?")[0] + "/columns")
	}},
	{pictured{"import-4-errors", "clerk", ""}, func(v *visitor) {
		v.uploaded(true)
	}},
	{pictured{"import-5-clean", "clerk", ""}, func(v *visitor) {
		v.uploaded(false)
	}},
	{pictured{"import-6-abandon", "clerk", ""}, func(v *visitor) {
		v.uploaded(false)
		v.press("main a[href$='/abandon']")
	}},
	{pictured{"import-7-shown", "clerk", ""}, func(v *visitor) {
		v.uploaded(false)
		v.press("main form[action$='/confirm'] button[type=submit]")
		v.waits(`document.querySelector('a[href$="/undo"]') !== null`, "the import to be shown")
	}},
	{pictured{"import-8-undo", "clerk", ""}, func(v *visitor) {
		v.open(v.find("/office/imports > main a[href*='/office/imports/']:not([href$='upload']) > main a[href$='/undo']"))
	}},
	{pictured{"jobs-some", "clerk", "/office/jobs"}, nil},
	{pictured{"job", "clerk", "/office/jobs > main table a[href*='/office/jobs/']"}, nil},
	{pictured{"matter-answer", "clerk", "/office/queue?at=all > main a[href*='/office/matters/'] > main a[href$='/answer']"}, nil},
	{pictured{"org-merge", "clerk", ""}, func(v *visitor) {
		v.open(v.find("/office/orgs?q=%E5%9B%A2%E6%94%AF%E9%83%A8 > main table a[href*='/office/orgs/0'] > main a[href$='/merge']"))
		v.write("input[name=find]", "团支部")
		v.press("main form[method=get] button[type=submit]")
	}},
	{pictured{"org-close", "clerk", "/office/orgs?q=%E5%9B%A2%E6%94%AF%E9%83%A8 > main table a[href*='/office/orgs/0'] > main a[href$='/close']"}, nil},
	{pictured{"person-double", "clerk", ""}, func(v *visitor) {
		v.twice()
		v.open(v.find("/office/persons/doubles > main table a[href*='/merge']"))
	}},
	{pictured{"doubles-some", "clerk", "/office/persons/doubles"}, nil},

	{pictured{"empty-queue", "empty", "/office/queue"}, nil},
	{pictured{"empty-notices", "empty", "/office/notices"}, nil},
	{pictured{"empty-jobs", "empty", "/office/jobs"}, nil},
	{pictured{"empty-imports", "empty", "/office/imports"}, nil},
	{pictured{"empty-density", "empty", "/office/density"}, nil},
	{pictured{"empty-spots", "empty", "/office/density/blind-spots"}, nil},
	{pictured{"empty-coverage", "empty", "/office/density/coverage"}, nil},
	{pictured{"empty-compare", "empty", "/office/density/compare"}, nil},
	{pictured{"empty-units", "empty", "/office/density/units"}, nil},
	{pictured{"empty-orgs", "empty", "/office/orgs"}, nil},
	{pictured{"empty-persons", "empty", "/office/persons"}, nil},
	{pictured{"empty-places", "empty", "/office/places"}, nil},
	{pictured{"empty-figures", "empty", "/figures"}, nil},

	{pictured{"state-totp", "empty", ""}, func(v *visitor) {
		v.open("/me/security")
		v.press("form[action='/sign-out'] button")
		v.password("clerk")
	}},
	{pictured{"state-429", "xianan", ""}, func(v *visitor) {
		eval[bool](v, `(async () => {
			for (let i = 0; i < 40; i++) {
				const all = await Promise.all(Array.from({length: 20}, () => fetch('/office/orgs?q=a').then(r => r.status)));
				if (all.includes(429)) return true;
			}
			return false;
		})()`)
		v.open("/office/orgs?q=a")
	}},
	{pictured{"state-500", "leader", ""}, func(v *visitor) {
		v.broken(func() { v.open("/office/notices") })
	}},
}

// states takes the pictures of a page that has no address: it stays in the window, which changes its width and theme.
func (v *visitor) states(dir string, p state) {
	v.t.Helper()
	for _, lang := range []string{"zh-CN", "en"} {
		v.cookie("lang", lang)
		v.cookie("zd-theme", "light")
		v.width(desk)
		p.does(v)
		for _, theme := range []string{"light", "dark"} {
			eval[bool](v, fmt.Sprintf(`(() => { document.documentElement.dataset.bsTheme = %q; return true; })()`, theme))
			for _, w := range []int64{desk, phone} {
				v.width(w)
				v.settles()
				name := fmt.Sprintf("%s-%d-%s-%s.png", p.name, w, theme, strings.ToLower(lang[:2]))
				if err := os.WriteFile(filepath.Join(dir, name), v.picture(w), 0o600); err != nil {
					v.t.Fatal(err)
				}
			}
		}
		v.width(desk)
	}
	v.cookie("lang", "zh-CN")
	v.complaints() // a page that answers with an error says so in the console
}

// cell opens what a hexagon of the map leads to.
func (v *visitor) cell() {
	v.t.Helper()
	v.open("/office/density")
	href := eval[string](v, `fetch(document.querySelector('[data-zd-map]').dataset.src)
		.then(r => r.text()).then(t => (t.match(/\/office\/density\/cell\?[^"\\]*(?:\\u0026[^"\\]*)*/) || [''])[0].replaceAll('\\u0026', '&'))`)
	v.open(href)
}

// place sends the form of a new place with a name.
func (v *visitor) place(name string) {
	v.t.Helper()
	v.open("/office/places/new?find=%E7%A4%BE%E5%8C%BA")
	eval[bool](v, fmt.Sprintf(`(() => { document.querySelector('input[name=name]').value = %q; document.querySelector('input[name=name]').maxLength = 500; return true; })()`, name))
	v.write("input[name=kind]", "青年之家")
	v.write("input[name=lon]", "114.322500")
	v.write("input[name=lat]", "29.841300")
	eval[bool](v, `(() => { document.querySelector('select[name=org]').selectedIndex = 1; return true; })()`)
	v.press("main form[action='/office/places/new'][method=post] button[type=submit]")
}

// ended sends a remark after the session has ended.
func (v *visitor) ended() {
	v.t.Helper()
	v.cookie("session", "")
	v.again("clerk")
	v.open(v.find("/office/density/blind-spots > main table a[href*='/blind-spots/']"))
	v.write("main form[action$='/assign'] textarea", "先和村支书通电话，问清楚为什么没有建团支部；下周五前回复。")
	v.cookie("session", "ended")
	v.press("main form[action$='/assign'] button[type=submit]")
}

// uploaded takes a file through the wizard until it has been checked.
func (v *visitor) uploaded(faults bool) {
	v.t.Helper()
	v.open("/office/imports/upload")
	v.upload("input[type=file]", youthTable(v.t, faults))
	v.press("main form[action='/office/imports/upload'] button[type=submit]")
	v.choose("input[name=as_of]", "2026-06-30")
	v.press("main form[action='/office/imports/new'] button[type=submit]")
	if v.has("main form[action$='/columns'] button[type=submit]") {
		v.press("main form[action$='/columns'] button[type=submit]")
	}
	v.waits(`document.querySelector("form[action$='/confirm']") !== null`, "the check to end")
}

// twice enters one person two times.
func (v *visitor) twice() {
	v.t.Helper()
	at := v.find("/office/orgs?q=%E5%9B%A2%E6%94%AF%E9%83%A8 > main table a[href*='/office/orgs/0'] > main a[href*='/office/persons?org='] > main a[href*='/office/persons/new']")
	for range 2 {
		v.open(at)
		v.write("input[name=name]", "欧阳重复")
		v.choose("input[name=born]", "2003-05-06")
		v.press("main form[action='/office/persons/new'] button[type=submit]")
	}
}

// broken lets somebody look while a table of the database is missing.
func (v *visitor) broken(look func()) {
	v.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(v.site.dir, "city.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		v.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("ALTER TABLE notice RENAME TO notice_away"); err != nil {
		v.t.Fatal(err)
	}
	look()
	if _, err := db.Exec("ALTER TABLE notice_away RENAME TO notice"); err != nil {
		v.t.Fatal(err)
	}
}

// emptyCity is a clerk in a city that has just been founded.
func emptyCity(t *testing.T) *visitor {
	t.Helper()
	s, link := newCity(t)
	v := s.lasting(t)
	dir := os.Getenv("ZHIDIAN_PICTURES")
	v.states(dir, state{pictured{name: "empty-invitation"}, func(v *visitor) { v.open(link) }})
	v.open(link)
	v.write("input[name=password]", demoPassword)
	v.write("input[name=again]", demoPassword)
	v.press("main form[action^='/invitation/'] button[type=submit]")
	v.password("clerk")
	v.states(dir, state{pictured{name: "empty-enrol"}, func(v *visitor) { v.open(v.at()) }})
	secret := eval[string](v, `document.querySelector('input[name=secret]').value`)
	v.write("input[name=code]", code(t, secret, time.Now()))
	v.press("main form[action='/sign-in/totp'] button[type=submit]")
	return v
}
