package e2e

import (
	"database/sql"
	"errors"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the demo's database is asked for the address of a form
)

// aForm is the address of a form of the demo, as somebody has it from a poster.
func (s *site) aForm(t *testing.T) string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "city.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var slug string
	if err := db.QueryRow("SELECT slug FROM form_link ORDER BY name LIMIT 1").Scan(&slug); err != nil {
		t.Fatal(err)
	}
	return "/f/" + slug
}

// live waits until the page's script has taken over.
func (v *visitor) live() {
	v.t.Helper()
	v.waits(`document.querySelector('form[data-zd-live]') !== null`, "the form to be live")
}

func (v *visitor) shows(path string, want bool) {
	v.t.Helper()
	if got := eval[bool](v, `(() => { const e = document.querySelector('[data-zd-q="`+path+`"]'); return e !== null && e.offsetParent !== null; })()`); got != want {
		v.t.Errorf("%s is shown: %v, want %v", path, got, want)
	}
}

// tap presses a choice, as a thumb does on its label.
func (v *visitor) tap(field, value string) {
	v.t.Helper()
	eval[bool](v, `(() => { document.querySelector('input[name="`+field+`"][value="`+value+`"]').click(); return true; })()`)
}

// photo is a photograph as large as phones take them.
func photo(t *testing.T) string {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 4000, 3000))
	for i := range m.Pix {
		m.Pix[i] = uint8(i/4000/12) ^ uint8(i%4000/16)
	}
	at := filepath.Join(t.TempDir(), "门面.jpg")
	f, err := os.Create(at)
	if err == nil {
		err = errors.Join(jpeg.Encode(f, m, &jpeg.Options{Quality: 95}), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// A founder fills a form in on a phone: questions come and go as she answers, a mistake is told beside its question, and with
// her receipt she finds her answers again.
func TestAFounderFillsAFormInOnAPhone(t *testing.T) {
	t.Parallel()
	s := theDemo(t)
	v := s.visit(t)
	v.width(phone)
	at := s.aForm(t)
	v.open(at)
	v.good()
	v.live()

	v.shows("who/opened", false)
	v.tap("/who/stage", "open")
	v.shows("who/opened", true)
	v.tap("/who/stage", "idea")
	v.shows("who/opened", false)
	v.write(`input[name="/who/name"]`, "王小二𠮷")
	v.write(`input[name="/who/phone"]`, "138")
	v.write(`input[name="/who/age"]`, "99")
	eval[bool](v, `(() => { document.activeElement.blur(); return true; })()`)
	v.reads("请填 14 到 60")
	v.reads("请填 11 位手机号")
	v.good()
	v.write(`input[name="/who/phone"]`, "13800000000")
	v.write(`input[name="/who/age"]`, "23")

	v.tap("/needs/kinds", "money")
	v.shows("needs/money", true)
	v.reads("王小二𠮷，大约缺多少资金")
	v.tap("/needs/kinds", "room")
	v.tap("/needs/county", "jiayu")
	v.reads("潘家湾电商园")
	if strings.Contains(v.words(), "咸安青创园") {
		t.Error("places of another county are offered")
	}

	// a photograph is made smaller before it is sent, and a signature is written with a finger
	v.upload(`input[name="file:needs/photo"]`, photo(t))
	v.waits(`(document.querySelector('input[name="file:needs/photo"]').files[0] || {}).size < 400000`, "the photograph to be smaller")
	v.reads("门面.jpg")
	eval[bool](v, `(() => {
		const c = document.querySelector('[data-zd-sign] canvas'), at = c.getBoundingClientRect();
		const pen = (kind, x, y) => c.dispatchEvent(new PointerEvent(kind, { bubbles: true, pointerId: 1, clientX: at.x + x, clientY: at.y + y }));
		c.setPointerCapture = () => {};
		pen('pointerdown', 20, 20); pen('pointermove', 120, 60); pen('pointerup', 120, 60);
		return true; })()`)
	v.waits(`document.querySelector('input[name="file:sign"]').files.length === 1`, "the signature to be there")
	v.good()

	// sent with a mistake, it comes back as it was
	v.press("form[data-zd-fill] button[value=submit]")
	v.reads("这一题必填")
	v.live()
	v.good()
	if got := eval[string](v, `document.querySelector('input[name="/who/name"]').value`); got != "王小二𠮷" {
		t.Fatalf("what was typed is %q", got)
	}
	if kept := eval[int](v, `document.querySelectorAll('.zd-kept').length`); kept != 2 {
		t.Errorf("%d files were kept", kept)
	}
	v.reads("门面.jpg")
	v.reads("signature.png")
	v.write(`input[name="/needs/money"]`, "30")
	v.tap("/agree", "OK")
	v.press("form[data-zd-fill] button[value=submit]")
	v.reads("已收到您的答案")
	v.good()
}
