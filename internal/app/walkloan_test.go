package app

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/internal/testworld"
)

// ofLending are the routes of loans that were signed.
var ofLending = map[string]visit{
	// loans that were signed
	"GET /office/loans/contracts":        {who: "lending.read", ask: []string{"?org={county}", "?state=open", "?overdue=1&class=normal&method=annuity&year=2025", "?q=" + url.QueryEscape("鹳")}},
	"GET /office/loans/contracts/export": {who: "lending.export", ask: []string{"?state=open"}},
	"GET /office/loans/contracts/new":    {who: "lending.sign", open: true},
	"POST /office/loans/contracts/new":   {who: "lending.sign", loose: true, form: with(both("org", "bank", "org"), loanWords...)},
	"GET /office/loans/contracts/terms":  {who: "lending.read"},
	"POST /office/loans/contracts/terms": {who: "lending.terms", top: true, loose: true, form: words("from", "2020-01-01")},
	"GET /office/loans/contracts/{id}":   {who: "lending.read", of: "loan"},
	"GET /office/loans/contracts/{id}/{step}": {who: "lending.read", of: "loan =draw", narrow: true, also: []visit{
		{of: "loan =exclude", narrow: true}, {of: "loan =class", narrow: true}, {of: "loan =reverse", narrow: true}, {of: "loan =nothing", narrow: true},
	}},
	"POST /office/loans/contracts/{id}/{step}": {who: "lending.read", of: "loan =draw", needs: "lending.pay", loose: true, form: words("on", "2025-01-15", "amount", "1", "_v", "1"), also: []visit{
		{of: "loan =class", needs: "lending.mark", loose: true, form: words("on", "2025-02-15", "class", "mention", "_v", "1")},
		{of: "loan =compensate", needs: "lending.cover", loose: true, form: words("on", "2025-02-15", "amount", "1", "_v", "1")},
		{of: "loan =reverse", needs: "lending.reverse", loose: true, form: words("no", "1", "reason", "走查", "_v", "1")},
	}},

	// what banks say
	"GET /office/loans/files":                {who: "bankfile.read"},
	"POST /office/loans/files":               {who: "bankfile.check", file: "借据号,贷款余额\n走,1\n", loose: true, form: with(one("bank", "lender"), "on", "2025-06-30")},
	"GET /office/loans/files/titles/{bank}":  {who: "bankfile.title", of: "lender"},
	"POST /office/loans/files/titles/{bank}": {who: "bankfile.title", of: "lender", form: words("title_number", "走查")},
	"GET /office/loans/files/{id}":           {who: "bankfile.read", of: "bankfile"},
	"POST /office/loans/files/{id}/{step}": {who: "bankfile.read", of: "bankfile =drop", needs: "bankfile.drop", loose: true, form: words("_v", "1"), also: []visit{
		{of: "bankfile =apply", needs: "bankfile.apply", loose: true, form: words("_v", "1")},
	}},

	// what banks claim
	"GET /office/loans/claims":                {who: "claim.read", ask: []string{"?state=draft"}},
	"GET /office/loans/claims/new":            {who: "claim.make"},
	"POST /office/loans/claims/new":           {who: "claim.make", loose: true, form: with(one("bank", "lender"), "to", "2025-06-21")},
	"GET /office/loans/claims/{id}":           {who: "claim.read", of: "claim"},
	"GET /office/loans/claims/{id}/pack.xlsx": {who: "claim.take", of: "claim"},
	"POST /office/loans/claims/{id}/correct":  {who: "claim.make", of: "claim", loose: true},
	"GET /office/loans/claims/{id}/{step}":    {who: "claim.read", of: "claim =file", narrow: true, also: []visit{{of: "claim =pay", narrow: true}, {of: "claim =nothing", narrow: true}}},
	"POST /office/loans/claims/{id}/{step}": {who: "claim.read", of: "claim =file", needs: "claim.file", loose: true, form: words("_v", "1"), also: []visit{
		{of: "claim =withdraw", needs: "claim.withdraw", loose: true, form: words("_v", "1", "note", "走查")},
		{of: "claim =review", needs: "claim.review", loose: true, form: words("_v", "1")},
	}},
}

// ofFollowing are the routes of what became of businesses: an office's, and a founder's own.
var ofFollowing = map[string]visit{
	"GET /office/loans/visits":                      {who: "loanvisit.read", ask: []string{"?view=all", "?view=silent&org={county}", "?view=gone", "?view=out"}},
	"GET /office/loans/visits/export":               {who: "loanvisit.export", ask: []string{"?view=all", "?view=silent&org={county}"}},
	"POST /office/loans/visits/send":                {who: "loanvisit.send", loose: true, form: with(one("loan", "loan"), "due", "2099-01-01")},
	"GET /office/loans/visits/terms":                {who: "loanvisit.read"},
	"POST /office/loans/visits/terms":               {who: "loanvisit.terms", top: true, loose: true, form: words("from", "2020-01-01", "first", "3", "every", "12", "until", "36", "source", "走查")},
	"GET /office/loans/visits/{id}":                 {who: "loanvisit.read", of: "loan"},
	"POST /office/loans/visits/{id}/enter":          {who: "loanvisit.enter", of: "loan", loose: true, form: words("on", "2025-06-01", "state", "trading", "founders", "1", "_v", "0")},
	"POST /office/loans/visits/{id}/withdraw":       {who: "loanvisit.withdraw", of: "loan", loose: true, form: words("no", "1", "reason", "走查")},
	"GET /office/loans/visits/{id}/answer/{answer}": {who: "loanvisit.read", of: "loan =nothing", narrow: true},
	"GET /my/loan-checks":                           {who: signed},
	"GET /my/loan-checks/{id}":                      {who: signed, of: "loan", own: true},
	"POST /my/loan-checks/{id}":                     {who: signed, of: "loan", own: true, loose: true, form: words("state", "trading", "founders", "1")},
}

// loanWords are the fields of a loan on its form, but for bank and home.
var loanWords = []string{
	"number", "走查", "borrower", "走查", "kind", "individual", "principal", "10000", "rate", "4.5", "signed", "2025-01-10", "from", "2025-01-15", "to", "2026-01-15",
	"method", "annuity", "count", "calendar", "basis", "360", "penalty", "150",
}

// loanSubjects names what loans, and what events about them, there are in each part of the world.
func (w *walkWorld) loanSubjects(t *testing.T) {
	t.Helper()
	for name, query := range map[string]string{
		"loan":     "SELECT id FROM loan_contract WHERE city = ? AND org = ?",
		"lender":   "SELECT bank FROM loan_contract WHERE city = ? AND org = ?",
		"bankfile": "SELECT f.id FROM loan_file f JOIN loan_contract c ON c.city = f.city AND c.bank = f.bank WHERE c.city = ? AND c.org = ?",
		"claim":    "SELECT b.id FROM loan_batch b JOIN loan_contract c ON c.city = b.city AND c.bank = b.bank WHERE c.city = ? AND c.org = ?",
	} {
		at := func(c *testworld.World, village string) string {
			return w.tables.one(t, query, c.City, c.Nodes[village].ID.String())
		}
		w.subjects[name] = subject{a: at(w.city, villageA), above: at(w.city, countyA+"乙镇一村"), b: at(w.city, villageB), twin: at(w.twin, villageA), none: noID()}
	}
	w.eventSubjects(t)
}

// loan is lent by a bank in a village to somebody there, whose name is a canary, and the bank has drawn up a claim.
func (w *walkWorld) loan(t *testing.T, c *testworld.World, county, village string, i int) {
	t.Helper()
	ctx, by := t.Context(), authz.System(c.City)
	bank, err := w.svc.orgs.Create(ctx, by, org.New{Kind: org.Bank, Name: "借据银行", Parent: c.Nodes[county+village].ID})
	if err != nil {
		t.Fatal(err)
	}
	from := day.Must("2025-01-15")
	made, err := w.svc.lending.Loans.Sign(ctx, by, contract.New{Paper: contract.Paper{
		Number: "走" + village, Bank: bank.ID, Org: c.Nodes[county+village].ID, Borrower: loanCanary(c.City, i, village), Kind: policy.Individual, Group: "04",
		Principal: 100_000 * money.Yuan, Rate: 40_000, Signed: from, From: from, To: from.AddMonths(36), Method: schedule.QuarterlyInterest, Count: schedule.Actual, Basis: 360, Penalty: 150,
	}})
	if err == nil {
		var p contract.Page
		if p, err = w.svc.lending.Loans.Look(ctx, by, made); err == nil {
			err = w.svc.lending.Loans.Enter(ctx, by, made, p.EditedAt, contract.Event{Kind: contract.Draw, Day: from, Amount: 100_000 * money.Yuan})
		}
	}
	if err == nil {
		err = w.svc.after.Begin(ctx, c.City)
	}
	if err == nil {
		_, err = w.svc.lending.Claims.Make(ctx, by, bank.ID, day.Must("2025-06-21"))
	}
	if err == nil {
		path := filepath.Join(t.TempDir(), "file.csv")
		if err = os.WriteFile(path, []byte("借据号,贷款余额\n走"+village+",90000\n"), 0o600); err == nil {
			_, err = w.svc.lending.Files.Check(ctx, by, bank.ID, day.Must("2025-06-30"), path, "file.csv")
		}
	}
	if err != nil {
		t.Fatalf("loan: %v %v", err, errs.ProblemsOf(err))
	}
}

// loanCanary is the name of a village's borrower.
func loanCanary(city string, county int, village string) string {
	return fmt.Sprintf("鹳%s%d%s鹳", city, county, village)
}

// ofFigures are the routes of their figures.
var ofFigures = map[string]visit{
	"GET /office/loans/figures":        {who: "lending.read", ask: []string{"?by=bank", "?by=industry", "?by=group", "?by=quarter", "?on=2025-12-31"}},
	"GET /office/loans/fund":           {who: "loan.fund"},
	"POST /office/loans/fund":          {who: "loan.fund"},
	"GET /office/loans/figures/report": {who: "lending.export", narrow: true, ask: []string{"?span=week&on=2025-03-01", "?span=quarter&on=2025-03-01"}},
	"GET /open/loans":                  {who: public},
}
