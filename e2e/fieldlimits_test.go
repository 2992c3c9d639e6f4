package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/browser"
)

// looks keeps pictures of the page at both widths, light and dark.
func (v *visitor) looks(name string) {
	v.t.Helper()
	for w, at := range map[int64]string{phone: "390", desk: "1280"} {
		v.width(w)
		for _, theme := range []string{"light", "dark"} {
			eval[bool](v, `(() => { document.documentElement.dataset.bsTheme = '`+theme+`'; return new Promise((done) => setTimeout(() => done(true), 400)); })()`) // colours change by and by
			v.shoot(name + "-" + at + "-" + theme)
		}
	}
	eval[bool](v, `(() => { document.documentElement.dataset.bsTheme = 'light'; return true; })()`)
	v.width(phone)
}

// What stands in the way on a phone has its sentence: a position that is not allowed, a camera that gives nothing, storage that
// is full.
func TestWhatStandsInTheWayOnAPhone(t *testing.T) {
	t.Parallel()
	city := theDemo(t)
	s := city.line(t)
	person := s.visit(t)
	person.signIn("village")
	v := person.tab()
	v.open("/field")
	v.waits(offered+`('住户登记') && `+offered+`('入户走访')`, "the forms to be there")
	v.installed()
	v.looks("limits-home")

	// A position that is not allowed, a camera that gives nothing.
	call(v, browser.SetPermission, browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: "geolocation"}, Setting: browser.PermissionSettingDenied})
	v.begins("住户登记")
	v.click(`[data-zd-q=where] .zd-locate button, [data-zd-q=where] button`)
	v.waits(`document.body.innerText.includes('没有得到定位的许可')`, "the sentence about the position")
	eval[bool](v, `document.querySelector('input[name="file:door"]').dispatchEvent(new Event('cancel'))`)
	v.waits(`document.body.innerText.includes('没有拍到照片')`, "the sentence about the camera")
	v.looks("limits-form")

	// No room for the photograph, as the browser tells it.
	v.write(`input[name="/head"]`, "赵一凡")
	v.waits(`document.body.innerText.includes('已存在手机里')`, "the draft to be kept")
	eval[bool](v, `(() => { IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError'); }; return true; })()`)
	v.upload(`input[name="file:door"]`, photo(t))
	v.waits(`document.body.innerText.includes('手机存储满了')`, "the sentence about storage")
	v.shoot("limits-full")
}
