package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// pictured is one page that is looked at. Who names the demo account that looks; empty: a stranger. An address may name
// what the page before it holds: see visitor.find.
type pictured struct{ name, who, path string }

var pages = []pictured{
	{"home", "", "/"},
	{"privacy", "", "/privacy"},
	{"absent", "", "/no-such-page"},
	{"figures", "", "/figures"},
	{"log-public", "", "/log"},
	{"sign-in", "", "/sign-in"},
	{"sign-in-phone", "", "/sign-in/phone"},
	{"codes", "", "/demo/codes"},
	{"my-data-stranger", "", "/my/data"},
	{"my-data-none", "newcomer", "/my/data"},
	{"my-link", "newcomer", "/my/link"},
	{"my-data", "resident", "/my/data"},
	{"my-child", "resident", "/my/data > main a[href*='/my/data?of=']"},
	{"fill", "", "{form}"},

	{"queue", "clerk", "/office/queue"},
	{"matter", "clerk", "/office/queue?at=all > main a[href*='/office/matters/']"},
	{"matter-pass", "clerk", "/office/queue?at=all > main a[href*='/office/matters/'] > main a[href$='/pass']"},
	{"notices", "clerk", "/office/notices"},
	{"jobs", "clerk", "/office/jobs"},
	{"density", "clerk", "/office/density"},
	{"density-ratio", "clerk", "/office/density?layer=ratio"},
	{"density-county", "clerk", "/office/density > main table a[href*='place=']"},
	{"compare", "clerk", "/office/density/compare"},
	{"density-coverage", "clerk", "/office/density/coverage"},
	{"density-score", "clerk", "/office/density?layer=score&side=0&level=township"},
	{"density-units", "clerk", "/office/density/units"},
	{"spots", "clerk", "/office/density/blind-spots"},
	{"spot", "clerk", "/office/density/blind-spots > main table a[href*='/blind-spots/']"},
	{"boundaries", "clerk", "/office/density/boundaries"},
	{"imports", "clerk", "/office/imports"},
	{"upload", "clerk", "/office/imports/upload"},
	{"import", "clerk", "/office/imports > main a[href*='/office/imports/']:not([href$='upload'])"},
	{"orgs", "clerk", "/office/orgs"},
	{"orgs-found", "clerk", "/office/orgs?q=%E5%9B%A2%E6%94%AF%E9%83%A8"},
	{"org", "clerk", "/office/orgs > main .zd-panel header a[href*='/office/orgs/0']"},
	{"org-new", "clerk", "/office/orgs > main a[href$='/new']"},
	{"org-below", "clerk", "/office/orgs > main .zd-tree ul ul a"},
	{"org-move", "clerk", "/office/orgs?q=%E5%9B%A2%E6%94%AF%E9%83%A8 > main table a[href*='/office/orgs/0'] > main a[href$='/move']"},
	{"persons", "clerk", "/office/persons"},
	{"person", "clerk", "/office/persons > main table a[href*='/office/persons/0']"},
	{"person-edit", "clerk", "/office/persons > main table a[href*='/office/persons/0'] > main a[href$='/edit']"},
	{"person-merge", "clerk", "/office/persons > main table a[href*='/office/persons/0'] > main a[href$='/merge']"},
	{"person-show", "clerk", "/office/persons > main table a[href*='/office/persons/0'] > main a[href*='/show']"},
	{"person-new", "clerk", "/office/persons/new"},
	{"doubles", "clerk", "/office/persons/doubles"},
	{"places", "clerk", "/office/places"},
	{"place", "clerk", "/office/places > main table a[href*='/office/places/0']"},
	{"place-edit", "clerk", "/office/places > main table a[href*='/office/places/0'] > main a[href$='/edit']"},
	{"place-new", "clerk", "/office/places/new?find=%E7%A4%BE%E5%8C%BA"},
	{"studies", "clerk", "/office/studies"},
	{"study", "clerk", "/office/studies > main table a[href*='/office/studies/0']"},
	{"study-plan", "clerk", "/office/studies > main table a[href*='/office/studies/0'] > main a[href$='/plan']"},
	{"study-proposals", "clerk", "/office/studies > main table a[href*='/office/studies/0'] > main a[href$='/proposals']"},
	{"study-cross", "clerk", "/office/studies > main table a[href*='/office/studies/0'] > main a[href$='/cross']"},
	{"study-new", "clerk", "/office/studies/new"},
	{"bank", "clerk", "/office/studies/bank"},
	{"meetings", "clerk", "/office/meetings"},
	{"meeting", "clerk", "/office/meetings > main table a[href*='/office/meetings/0']"},
	{"meeting-new", "clerk", "/office/meetings/new"},
	{"voices", "clerk", "/office/voices?state=answered"},
	{"voice", "clerk", "/office/voices > main table a[href*='/office/voices/0']"},
	{"voice-new", "clerk", "/office/studies > main table a[href*='/office/studies/0'] > main a[href$='/proposals'] > main table a[href*='/office/voices/new']"},
	{"voice-terms", "clerk", "/office/voices/terms"},
	{"ventures", "clerk", "/office/ventures"},
	{"venture-one", "clerk", "/office/ventures?need=money > main table a[href*='/office/ventures/0']"},
	{"venture-edit", "clerk", "/office/ventures?need=money > main table a[href*='/office/ventures/0'] > main a[href$='/edit']"},
	{"venture-new", "clerk", "/office/ventures/new"},
	{"venture-honour", "clerk", "/office/ventures > main table a[href*='/office/ventures/0'] > main a[href$='/honour']"},
	{"venture-raise", "clerk", "/office/ventures?need=space > main table a[href*='/office/ventures/0'] > main a[href*='/office/venture-needs/']"},
	{"venture-match", "clerk", "/office/ventures > main table a[href*='/office/ventures/0'] > main a[href$='/match']"},
	{"venture-terms", "clerk", "/office/ventures/terms"},
	{"venture-priority", "clerk", "/office/priority-industries"},
	{"venture-industries", "clerk", "/office/industries"},
	{"venture-shared", "bank", "/office/shared-ventures"},
	{"venture-shared-one", "bank", "/office/shared-ventures > main table a[href*='/office/shared-ventures/0']"},
	{"loans", "", "/loans"},
	{"rules", "clerk", "/office/rules"},
	{"rules-one", "clerk", "/office/rules > main table a[href*='/office/rules/0']"},
	{"loan-products", "clerk", "/office/loans/products"},
	{"loan-product", "clerk", "/office/loans/products > main table a[href*='/office/loans/products/0']"},
	{"loan-product-new", "clerk", "/office/loans/products/new"},
	{"loan-banks", "clerk", "/office/loans/banks"},
	{"loan-bank", "clerk", "/office/loans/banks > main table a[href*='/office/loans/banks/0']"},
	{"my-loans", "resident", "/my/loans"},
	{"my-loan-money", "resident", "/my/loans > main table a[href$='/money']"},
	{"my-loan-business", "resident", "/my/loans > main table a[href$='/money'] > main a[href$='/business']"},
	{"my-loan-people", "resident", "/my/loans > main table a[href$='/money'] > main a[href$='/people']"},
	{"my-loan-debts", "resident", "/my/loans > main table a[href$='/money'] > main a[href$='/debts']"},
	{"my-loan-papers", "resident", "/my/loans > main table a[href$='/money'] > main a[href$='/papers']"},
	{"my-loan-submit", "resident", "/my/loans > main table a[href$='/money'] > main a[href$='/submit']"},
	{"my-loan-returned", "resident", "/my/loans > main table a:not([href$='/money'])"},
	{"loan-queue", "bank", "/office/loans/queue?desk=bank"},
	{"loan-queue-intake", "clerk", "/office/loans/queue?desk=intake"},
	{"loan-at-bank", "bank", "/office/loans/queue?desk=bank > main table a[href*='/applications/']"},
	{"loan-at-survey", "bank", "/office/loans/queue?desk=survey > main table a[href*='/applications/']"},
	{"loan-at-hr", "hr", "/office/loans/queue > main table a[href*='/applications/']"},
	{"loan-at-league", "xianan", "/office/loans/queue?desk=league > main table a[href*='/applications/']"},
	{"loan-survey", "bank2", "/office/loans/queue?desk=survey&light=overdue > main table a[href*='/applications/'] > main a[href*='/survey/']"},
	{"loan-applications", "clerk", "/office/loans/applications"},
	{"loan-approved", "clerk", "/office/loans/applications?state=approved > main table a[href*='/applications/']"},
	{"loan-enter", "clerk", "/office/loans/applications/new"},
	{"loan-way", "clerk", "/office/loans/way"},
	{"loan-records", "clerk", "/office/records"},
	{"lend-loans", "bank", "/office/loans/contracts"},
	{"lend-one", "bank", "/office/loans/contracts?overdue=1 > main table a[href*='/office/loans/contracts/0']"},
	{"lend-step", "bank", "/office/loans/contracts?state=open > main table a[href*='/office/loans/contracts/0'] > main a[href$='/prepay']"},
	{"lend-new", "bank", "/office/loans/contracts/new"},
	{"lend-terms", "clerk", "/office/loans/contracts/terms"},
	{"lend-files", "clerk", "/office/loans/files"},
	{"lend-file-checked", "clerk", "/office/loans/files > main table a[href*='/office/loans/files/0']"},
	{"lend-file-used", "bank", "/office/loans/files > main table a[href*='/office/loans/files/0']"},
	{"lend-titles", "clerk", "/office/loans/files > main a[href*='/office/loans/files/titles/']"},
	{"lend-claims", "bank", "/office/loans/claims"},
	{"lend-claims-hr", "hr", "/office/loans/claims"},
	{"lend-claim", "clerk", "/office/loans/claims?state=draft > main table a[href*='/office/loans/claims/0']"},
	{"lend-correction", "hr", "/office/loans/claims?state=filed > main table a[href*='/office/loans/claims/0']"},
	{"lend-claim-finance", "finance", "/office/loans/claims?state=reviewed > main table a[href*='/office/loans/claims/0'] > main a[href$='/approve']"},
	{"lend-claim-arrive", "bank", "/office/loans/claims?state=paid > main table a[href*='/office/loans/claims/0'] > main a[href$='/arrive']"},
	{"lend-claim-new", "bank", "/office/loans/claims/new"},
	{"lend-figures", "clerk", "/office/loans/figures"},
	{"lend-figures-group", "xianan", "/office/loans/figures?by=group"},
	{"lend-open", "", "/open/loans"},
	{"visits", "clerk", "/office/loans/visits"},
	{"visit", "clerk", "/office/loans/visits > main table a[href*='/office/loans/visits/0']"},
	{"my-loan-checks", "resident", "/my/loan-checks"},
	{"outreach", "", "/outreach"},
	{"outreach-one", "", "/outreach > main a[href*='/outreach/0']"},
	{"outreach-list", "clerk", "/office/outreach"},
	{"outreach-event", "clerk", "/office/outreach > main table a[href*='/office/outreach/0']"},
	{"outreach-door", "clerk", "/office/outreach > main table a[href*='/office/outreach/0'] > main a[href$='/door']"},
	{"outreach-new", "clerk", "/office/outreach/new"},
	{"lesson-library", "clerk", "/my/lessons"},
	{"lesson-library-resident", "resident", "/my/lessons"},
	{"lesson-queue", "clerk", "/office/lessons"},
	{"my-notices", "resident", "/my/notices"},
	{"my-notice-ways", "resident", "/my/notices/ways"},
	{"sendings", "system", "/office/sendings"},
	{"my-calendar", "resident", "/my/calendar"},
	{"care", "", "/care"},
	{"care-class", "", "/care > main table a[href*='/care/0']"},
	{"care-full", "", "/care > main table tr:has(.zd-state.soon) a[href*='/care/0']"},
	{"care-join", "resident", "/care > main table a[href*='/care/0'] > main a[href$='/join']"},
	{"my-care", "resident", "/my/care"},
	{"my-care-one", "resident", "/my/care > main a[href*='/my/care/0']"},
	{"my-care-health", "resident", "/my/care > main a[href*='/my/care/0'] > main a[href$='/health']"},
	{"my-care-day", "resident", "/my/care > main a[href*='/my/care/0'] > main a[href$='/day']"},
	{"care-seasons", "clerk", "/office/care"},
	{"care-season", "clerk", "/office/care > main table a[href*='/office/care/0']"},
	{"care-desk", "clerk", "/office/care > main table a[href*='/office/care/0'] > main table a[href*='/office/classes/0']"},
	{"night", "", "/night"},
	{"night-vote", "", "/night/vote"},
	{"night-course", "", "/night > main table a[href*='/night/0']"},
	{"my-night", "resident", "/my/night"},
	{"my-night-vote", "resident", "/my/night/vote"},
	{"my-night-seat", "resident", "/my/night > main a[href*='/my/night/0']"},
	{"night-terms", "clerk", "/office/night"},
	{"night-term", "clerk", "/office/night > main table a[href*='/office/night/0']"},
	{"night-figures", "clerk", "/office/night > main table tr:last-child a[href*='/office/night/0'] > main a[href$='/figures']"},
	{"night-proposal", "clerk", "/office/night > main table a[href*='/office/night/0'] > main a[href$='/proposal']"},
	{"night-term-new", "clerk", "/office/night/new"},
	{"night-course-new", "clerk", "/office/night > main table a[href*='/office/night/0'] > main a[href$='/course']"},
	{"night-desk", "clerk", "/office/night > main table tr:last-child a[href*='/office/night/0'] > main table a[href*='/office/nightcourses/0']"},
	{"my-volunteer", "resident", "/my/volunteer"},
	{"my-group", "volunteer", "/my/volunteer"},
	{"my-duties", "volunteer", "/my/duties"},
	{"my-certificate", "mate", "/my/duties > main a[href*='/my/certificates/']"},
	{"volunteers", "clerk", "/office/volunteers"},
	{"volunteer", "clerk", "/office/volunteers?state=admitted > main table a[href*='/office/volunteers/0']"},
	{"pairs", "clerk", "/office/pairs"},
	{"pairs-term", "clerk", "/office/pairs > main table a[href*='/office/pairs/0']"},
	{"duties", "clerk", "/office/pairs > main table a[href*='/office/pairs/0'] > main a[href$='/duties']"},
	{"duty", "clerk", "/office/pairs > main table a[href*='/office/pairs/0'] > main a[href$='/duties'] > main table a[href*='/office/duties/0']"},
	{"duties-odd", "clerk", "/office/duties/odd"},
	{"safety", "xianan", "/office/safety"},
	{"safety-seen", "xianan", "/office/safety > main table a[href*='/office/safety/0']"},
	{"safety-tell", "teacher", "/office/care > main table tr:last-child a[href*='/office/care/0'] > main table a[href*='/office/classes/0'] > main a[href$='/report']"},
	{"class-term", "teacher", "/office/care > main table tr:last-child a[href*='/office/care/0'] > main table a[href*='/office/classes/0']"},
	{"class-timetable", "teacher", "/office/care > main table tr:last-child a[href*='/office/care/0'] > main table a[href*='/office/classes/0'] > main a[href$='/timetable']"},
	{"class-closing", "teacher", "/office/care > main table tr:last-child a[href*='/office/care/0'] > main table a[href*='/office/classes/0'] > main a[href$='/timetable'] > main a[href$='/closing']"},
	{"class-photos", "teacher", "/office/care > main table tr:last-child a[href*='/office/care/0'] > main table a[href*='/office/classes/0'] > main a[href$='/photos']"},
	{"class-day", "teacher", "/field/class"},
	{"my-ventures", "resident", "/my/ventures"},
	{"my-venture-one", "resident", "/my/ventures > main table a[href*='/my/ventures/0']"},
	{"my-venture-edit", "resident", "/my/ventures > main table a[href*='/my/ventures/0'] > main a[href$='/edit']"},
	{"my-venture-new", "resident", "/my/ventures/new"},
	{"follow", "", "/voice"},
	{"publications", "", "/studies"},
	{"forms", "clerk", "/office/forms"},
	{"form", "clerk", "/office/forms > main table a[href*='/office/forms/0']"},
	{"form-new", "clerk", "/office/forms/new"},
	{"form-draw", "clerk", "/office/forms > main table a[href*='/office/forms/0'] > main a[href$='/draw']"},
	{"form-question", "clerk", "/office/forms > main table a[href*='/office/forms/0'] > main a[href$='/draw'] > #draw li li a[href*='/question?at']"},
	{"form-add", "clerk", "/office/forms > main table a[href*='/office/forms/0'] > main a[href$='/draw'] > #draw a[href*='/question?after']"},
	{"form-settings", "clerk", "/office/forms > main table a[href*='/office/forms/0'] > main a[href$='/draw'] > main a[href$='/settings']"},
	{"form-try", "clerk", "/office/forms > main table a[href*='/office/forms/0'] > main a[href$='/draw'] > main a[href$='/try']"},
	{"form-upload", "clerk", "/office/forms > main table a[href*='/office/forms/0'] > main a[href$='/upload']"},
	{"form-link", "clerk", "/office/forms > main table a[href*='/office/forms/0'] > main a[href$='/link']"},
	{"form-poster", "clerk", "/office/forms > main table a[href*='/office/forms/0'] > main a[href*='/links/']"},
	{"form-end", "clerk", "/office/forms > main table a[href*='/office/forms/0'] > main a[href$='/end']"},
	{"form-answers", "clerk", "/office/forms?q=%E9%9C%80%E6%B1%82 > main table a[href*='/office/forms/0'] > main a[href$='/answers']"},
	{"form-answer", "clerk", "/office/forms?q=%E9%9C%80%E6%B1%82 > main table a[href*='/office/forms/0'] > main a[href$='/answers'] > main table a[href*='/office/answers/']"},
	{"form-enter-where", "clerk", "/office/forms > main table a[href*='/office/forms/0'] > main a[href$='/enter']"},
	{"form-enter", "clerk", "/office/forms > main table a[href*='/office/forms/0'] > main a[href$='/enter'] > #where a"},
	{"form-export", "clerk", "/office/forms > main table a[href*='/office/forms/0'] > main a[href$='/answers'] > main a[href$='/export']"},
	{"security", "clerk", "/me/security"},
	{"enrol", "clerk", "/me/security/totp"},

	{"density-reader", "leader", "/office/density"},
	{"queue-reader", "leader", "/office/queue"},
	{"density-village", "village", "/office/density"},
	{"persons-village", "village", "/office/persons"},
	{"accounts", "system", "/office/accounts"},
	{"account-new", "system", "/office/accounts/new"},
	{"account-system", "system", "/office/accounts > main table a[href*='/office/accounts/0']"},
	{"calendar", "system", "/office/calendar"},
	{"account-security", "security", "/office/accounts > main table a[href*='/office/accounts/0']"},
	{"retention", "security", "/office/retention"},
	{"retention-hold", "security", "/office/retention/holds"},
	{"log", "audit", "/office/log"},
	{"act", "audit", "/office/log > main table a[href*='/office/log/0']"},
	{"denied", "audit", "/office/density"},
}

// wanted tells whether a page is asked for: by a part of its name, or by several with commas between.
func wanted(name, only string) bool {
	return slices.ContainsFunc(strings.Split(only, ","), func(part string) bool { return strings.Contains(name, part) })
}

// TestPictures takes four pictures at each width of every page, for people to look at: ZHIDIAN_PICTURES=DIR go test ./e2e -run Pictures.
func TestPictures(t *testing.T) {
	dir := os.Getenv("ZHIDIAN_PICTURES")
	if dir == "" {
		t.Skip("skipped: pictures are taken where ZHIDIAN_PICTURES names a folder")
	}
	s := theDemo(t)
	visitors := map[string]*visitor{}
	only := os.Getenv("ZHIDIAN_PICTURES_ONLY")
	all := slices.Clone(states)
	for i, p := range pages {
		all = slices.Insert(all, i, state{pictured: p})
	}
	for _, p := range all {
		if !wanted(p.name, only) {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			v := visitors[p.who]
			if v == nil {
				v = s.looks(t, p.who)
				visitors[p.who] = v
			}
			v.t = t
			if p.does != nil {
				v.states(dir, p)
			} else {
				v.pictures(dir, p.pictured)
			}
		})
	}
	for _, v := range visitors {
		v.stop()
	}
}

// looks gives who looks at a page.
func (s *site) looks(t *testing.T, who string) *visitor {
	t.Helper()
	if who == "empty" {
		return emptyCity(t)
	}
	v := s.lasting(t)
	switch who {
	case "":
	case "newcomer":
		v.byPhone("13800008009")
	case "resident":
		v.byPhone(residentPhone)
		v.prove(residentPaper)
	case "volunteer": // who leads a group
		v.byPhone("13900040000")
	case "mate": // who has a certificate
		v.byPhone("13900040001")
	default:
		v.signIn(who)
	}
	return v
}

// pictures takes the pictures of a page that has an address.
func (v *visitor) pictures(dir string, p pictured) {
	v.t.Helper()
	path := p.path
	if path == "{form}" {
		path = v.site.aForm(v.t)
	}
	path = v.find(path)
	if path == "" {
		v.t.Fatalf("nothing leads to %s", p.path)
	}
	for _, lang := range []string{"zh-CN", "en"} {
		for _, theme := range []string{"light", "dark"} {
			v.cookie("lang", lang)
			v.cookie("zd-theme", theme)
			for _, w := range []int64{desk, phone} {
				v.width(w)
				if status := v.open(path); status >= 500 {
					v.t.Errorf("%s: %d", path, status)
				}
				v.settles()
				name := fmt.Sprintf("%s-%d-%s-%s.png", p.name, w, theme, strings.ToLower(lang[:2]))
				if err := os.WriteFile(filepath.Join(dir, name), v.picture(w), 0o600); err != nil {
					v.t.Fatal(err)
				}
			}
		}
	}
	v.cookie("lang", "zh-CN")
	v.cookie("zd-theme", "light")
	for _, c := range v.complaints() {
		v.t.Errorf("the browser says: %s", c)
	}
}

// picture is the whole page, in a window as high as the page is, so that maps are drawn for it.
func (v *visitor) picture(w int64) []byte {
	v.t.Helper()
	tall := max(eval[int64](v, `document.documentElement.scrollHeight`), high)
	call(v, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: w, Height: tall, DeviceScaleFactor: 1, Mobile: w < 600})
	v.settles()
	return run(v, chromedp.CaptureScreenshot())
}

// find gives the address of a page: "/office/orgs > a[href*='/office/orgs/']" is the first such link on the page before.
func (v *visitor) find(path string) string {
	v.t.Helper()
	steps := strings.Split(path, " > ")
	at := steps[0]
	for _, link := range steps[1:] {
		v.open(at)
		at = eval[string](v, fmt.Sprintf(`(() => { const e = document.querySelector(%q); return e ? e.getAttribute('href') : ''; })()`, link))
		if at == "" {
			return ""
		}
	}
	return at
}

// settles waits until fonts and maps have been drawn.
func (v *visitor) settles() {
	v.t.Helper()
	if v.has("[data-zd-map]") {
		v.waits(`[...document.querySelectorAll('[data-zd-map]')].every(e => Number(e.dataset.zdDrawn) > 0 || e.dataset.zdDrawn === '0' && document.querySelector('.zd-empty'))`, "the map to be drawn")
	}
	v.waits(`document.readyState === 'complete' && document.fonts.status === 'loaded' && !document.querySelector('[aria-busy=true]')`, "the page to be drawn")
	eval[bool](v, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
}
