package e2e

import (
	"database/sql"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// firstDue is the day on which the story's loan falls overdue: within a quarter that the demo's bank has drawn up and not filed.
var firstDue = time.Date(2025, 11, 25, 0, 0, 0, 0, time.UTC)

// What a founder has applied for is approved, signed and paid out by the bank. Its file says of another loan that it is overdue, the quarter
// is claimed without those days, desks pass it from their own screens, and whoever takes the pack away recomputes it with the program alone.
func TestALoanFromTheApplicationToTheAudit(t *testing.T) {
	t.Parallel()
	s := theDemo(t)
	bank, hr, finance, league := s.visit(t), s.visit(t), s.visit(t), s.visit(t)
	today := time.Now().In(time.FixedZone("CST", 8*3600))
	days := int(time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC).Sub(firstDue).Hours() / 24)
	iso := func(d time.Time) string { return d.Format(time.DateOnly) }

	approved := s.applied(t)
	bank.signIn("bank")
	bank.open("/office/loans/applications/" + approved)
	bank.press("main a[href*='/contracts/new']")
	bank.good()
	bank.signs(map[string]string{"number": "2026QCD900001", "principal": "50000", "rate": "4.35", "signed": iso(today), "from": iso(today), "to": iso(today.AddDate(0, 6, 0))})
	bank.press("main a[href$='/draw']")
	bank.press("main form[action$='/draw'] button[type=submit]")
	bank.reads("在贷")
	bank.good()

	// a loan that is older than the register, of the time whose rules are known
	bank.open("/office/loans/contracts/new")
	bank.write("input[name=borrower]", "沈既白")
	for _, field := range []string{"bank", "org"} {
		bank.choose("select[name="+field+"]", eval[string](bank, fmt.Sprintf(`[...document.querySelector('select[name=%s]').options].find(o => o.text.startsWith('咸安')).value`, field)))
	}
	bank.signs(map[string]string{"number": "2025QCD900002", "principal": "300000", "rate": "4.3", "signed": "2025-06-02", "from": "2025-06-02", "to": "2028-06-02"})
	bank.press("main a[href$='/draw']")
	bank.press("main form[action$='/draw'] button[type=submit]")
	loan := bank.at()

	// the bank's file: everything as it is, but for one
	file := s.bankFile(t, "2025QCD900002", days)
	bank.open("/office/loans/files")
	bank.choose("select[name=bank]", eval[string](bank, `[...document.querySelector('select[name=bank]').options].find(o => o.text.startsWith('咸安')).value`))
	bank.choose("input[name=on]", iso(today))
	bank.upload("input[name=file]", file)
	bank.press("main form[action='/office/loans/files'] button[type=submit]")
	bank.reads("新出现逾期")
	bank.good()
	bank.press("main form[action$='/apply'] button[type=submit]")
	bank.reads("已入账")
	bank.open(loan)
	bank.reads("逾期")

	// the quarter that was a draft is drawn up again, with the loan and without the days of its arrears
	bank.open("/office/loans/claims?state=draft")
	bank.press("main table a[href^='/office/loans/claims/0']")
	bank.press("main a[href$='/withdraw']")
	bank.write("textarea[name=note]", "补登一笔贷款，重新汇总")
	bank.press("main form[action$='/withdraw'] button[type=submit]")
	bank.open("/office/loans/claims/new")
	bank.choose("select[name=bank]", eval[string](bank, `[...document.querySelector('select[name=bank]').options].find(o => o.text.startsWith('咸安')).value`))
	bank.choose("input[name=to]", "2025-12-21")
	bank.press("main form[action='/office/loans/claims/new'] button[type=submit]")
	batch := bank.at()
	if got, want := s.count(t, `SELECT excluded FROM loan_line WHERE batch = ? AND number = '2025QCD900002'`, batch[strings.LastIndex(batch, "/")+1:]), 26; got != want {
		t.Errorf("%d days are left out, want %d", got, want)
	}
	bank.good()
	bank.moves(batch, "file")
	hr.signIn("hr")
	hr.open("/office/loans/claims?state=filed")
	hr.good()
	hr.moves(batch, "review")
	finance.signIn("finance")
	finance.moves(batch, "approve")
	finance.moves(batch, "pay", "on", iso(today), "ref", "财社拨90001")
	bank.moves(batch, "arrive", "on", iso(today), "ref", "回单90001")
	bank.reads("已到账")
	bank.good()

	league.signIn("clerk")
	league.open(batch)
	pack := league.takes("main a[href$='/pack.xlsx']")
	if code, out := tell(t, "loan", "audit", pack); code != 0 {
		t.Errorf("the audit of what was downloaded: %d\n%s", code, out)
	}
	for _, v := range []*visitor{bank, hr, finance, league} {
		for _, c := range v.complaints() {
			t.Errorf("the browser says: %s", c)
		}
	}
}

// signs fills in what was signed and enters the loan.
func (v *visitor) signs(fields map[string]string) {
	v.t.Helper()
	for name, value := range fields {
		v.choose("input[name="+name+"]", value)
	}
	v.press("main form[action='/office/loans/contracts/new'] button[type=submit]")
	if strings.HasSuffix(v.at(), "/new") {
		v.t.Fatalf("the loan was not entered:\n%s", v.words())
	}
}

// moves takes a claim one step on, with what the step asks for.
func (v *visitor) moves(batch, step string, fields ...string) {
	v.t.Helper()
	v.open(batch)
	v.press("main a[href$='/" + step + "']")
	for i := 0; i < len(fields); i += 2 {
		v.choose("input[name="+fields[i]+"]", fields[i+1])
	}
	v.press("main form[action$='/" + step + "'] button[type=submit]")
	if strings.HasSuffix(v.at(), step) {
		v.t.Fatalf("%s was not done:\n%s", step, v.words())
	}
}

// takes downloads what a link leads to, and gives the file.
func (v *visitor) takes(selector string) string {
	v.t.Helper()
	text := eval[string](v, fmt.Sprintf(`fetch(document.querySelector(%q).href).then(r => r.blob()).then(b => new Promise(done => {
		const f = new FileReader();
		f.onload = () => done(f.result.split(',')[1]);
		f.readAsDataURL(b);
	}))`, selector))
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		v.t.Fatal(err)
	}
	file := filepath.Join(v.t.TempDir(), "pack.xlsx")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		v.t.Fatal(err)
	}
	return file
}

// bankFile is what the demo's bank knows of its loans: as the register has them, but for one that is overdue for so many days.
func (s *site) bankFile(t *testing.T, overdue string, days int) string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "city.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT c.number, c.balance FROM loan_contract c JOIN org b ON b.city = c.city AND b.id = c.bank WHERE b.name LIKE '咸安农村商业银行%' AND c.balance > 0`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	text := "借据号,贷款余额,逾期天数\n"
	for rows.Next() {
		var number, late string
		var fen int64
		if err := rows.Scan(&number, &fen); err != nil {
			t.Fatal(err)
		}
		if number == overdue {
			late = strconv.Itoa(days)
		}
		text += fmt.Sprintf("%s,%d.%02d,%s\n", number, fen/100, fen%100, late)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "余额.csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
