package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhidian/internal/app/demo"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sheet"
)

// TestAClerksMorning is the main job of the service from end to end: a spreadsheet with errors comes in, is put right,
// shows on the map, and a place where the league is missing is given to somebody; the auditor finds it all in the log.
func TestAClerksMorning(t *testing.T) {
	t.Parallel()
	s := theDemo(t)
	v := s.visit(t)

	// with both factors
	v.open("/sign-in")
	v.good()
	v.signIn("colleague") // who has a second factor from here on, as nobody else's story may
	secret := v.enrol()
	v.good()
	v.press("form[action='/sign-out'] button")
	v.password("colleague")
	if at := v.at(); !strings.HasPrefix(at, "/sign-in/totp") {
		t.Fatalf("the second factor is not asked: %s", at)
	}
	v.good()
	v.write("input[name=code]", code(t, secret, time.Now().Add(30*time.Second)))
	v.press("main form[action='/sign-in/totp'] button[type=submit]")
	if at := v.at(); at != "/office/queue" {
		t.Fatalf("after signing in: %s\n%s", at, v.words())
	}
	v.good()

	// a file with errors is refused, row by row
	v.send(youthTable(t, true))
	v.reads("-3")
	v.good()
	v.reads("人数不能是负数")
	v.reads("没有这个区划代码")

	// put right, it is taken in
	v.send(youthTable(t, false))
	v.enter("main form[action$='/confirm'] button[type=submit]")
	v.waits(`document.body.innerText.includes('已生效') || document.querySelector('a[href$="/undo"], form[action$="/undo"]') !== null`, "the import to be shown")
	v.good()

	// the map, and where the league is missing
	v.open("/office/density")
	v.settles()
	v.good()
	v.open("/office/density/blind-spots")
	v.good()
	v.press("main table a[href*='/blind-spots/']")
	v.good()
	spot := v.at()
	v.press("main form[action$='/assign'] button[type=submit]")
	if at := v.at(); at != spot {
		t.Fatalf("after assigning: %s\n%s", at, v.words())
	}
	v.good()
	if !v.has("main a[href*='/office/matters/']") {
		t.Fatalf("the blind spot does not lead to its matter:\n%s", v.words())
	}
	v.press("main a[href*='/office/matters/']")
	v.good()

	audited(t, s, filepath.Base(spot))
	refused(t, s, v)
}

// send takes a file through the wizard until it has been checked, without the mouse but for the choice of the file.
func (v *visitor) send(file string) {
	v.t.Helper()
	v.open("/office/imports")
	v.good()
	v.open("/office/imports/upload")
	v.good()
	v.upload("input[type=file]", file)
	v.enter("main form[action='/office/imports/upload'] button[type=submit]")
	v.good()
	v.choose("input[name=as_of]", "2026-06-30")
	v.enter("main form[action='/office/imports/new'] button[type=submit]")
	v.good()
	if v.has("main form[action$='/columns'] button[type=submit]") {
		v.enter("main form[action$='/columns'] button[type=submit]")
	}
	v.waits(`document.querySelector("form[action$='/confirm']") !== null`, "the check to end")
}

// youthTable writes the count of young people per village for the next quarter, with three faults or none.
func youthTable(t *testing.T, faults bool) string {
	t.Helper()
	c, err := demo.Make(0.02)
	if err != nil {
		t.Fatal(err)
	}
	table := c.Youth(0.02, day.Must("2026-06-30"), 2)
	if faults {
		table.Rows[3][4] = "-3"
		table.Rows[5][3] = "421299999999"
		table.Rows[7][5] = "二十五个"
	}
	path := filepath.Join(t.TempDir(), table.File+".xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	columns := make([]sheet.OutColumn, len(table.Head))
	for i, h := range table.Head {
		columns[i] = sheet.OutColumn{Title: h, Text: true}
	}
	w, err := sheet.NewWriter(f, sheet.XLSX, table.Name, columns)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range table.Rows {
		row := make([]any, len(r))
		for i, cell := range r {
			row[i] = cell
		}
		if err := w.Write(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// audited lets the auditor find the act upon a subject on the pages of the log, and the command verify the whole log.
func audited(t *testing.T, s *site, subject string) {
	t.Helper()
	v := s.visit(t)
	v.signIn("audit")
	v.good()
	v.open("/office/log?subject=" + subject)
	v.reads("交办盲区")
	v.good()
	v.press("main table a[href*='/office/log/']")
	v.good()
	v.open("/log")
	v.good()
	code, out := tell(t, "verify", "--data", s.dir)
	if code != 0 {
		t.Fatalf("verify: %d\n%s", code, out)
	}
}

// refused sends a stranger, and a clerk of another city with her own session, to where they have no business.
func refused(t *testing.T, s *site, clerk *visitor) {
	t.Helper()
	places := []string{clerk.at(), "/office/density", "/office/imports", "/office/log", "/office/density/table.xlsx"}
	stranger := s.visit(t)
	twin, link := newCity(t)
	neighbour := twin.visit(t)
	neighbour.open(link)
	neighbour.good()
	neighbour.write("input[name=password]", demoPassword)
	neighbour.write("input[name=again]", demoPassword)
	neighbour.press("main form[action^='/invitation/'] button[type=submit]")
	neighbour.password("clerk")
	secret := eval[string](neighbour, `document.querySelector('input[name=secret]').value`)
	neighbour.good()
	neighbour.write("input[name=code]", code(t, secret, time.Now()))
	neighbour.press("main form[action='/sign-in/totp'] button[type=submit]")
	neighbour.open("/office/density")
	if at := neighbour.at(); at != "/office/density" {
		t.Fatalf("the clerk of the other city is not at home there: %s\n%s", at, neighbour.words())
	}
	neighbour.good()
	for name, v := range map[string]*visitor{"stranger": stranger, "clerk of another city": neighbour} {
		v.site = s // cookies of one host go to all its ports
		for _, at := range places {
			v.open(at)
			if got := v.at(); !strings.HasPrefix(got, "/sign-in") {
				t.Errorf("%s at %s: stands at %s\n%s", name, at, got, v.words())
			}
		}
		v.good()
	}
}
