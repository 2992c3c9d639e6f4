package app

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/platform/authz"
	"zhidian/internal/service/startuploan/bankfile"
	"zhidian/internal/service/startuploan/claim"
	"zhidian/internal/service/startuploan/contract"
)

// Every right over loans, files and claims is held by the roles named here and by no other: who decides on a subsidy never drew it up,
// the league decides on no money, and nobody takes loans over from another register.
func TestWhoMayLend(t *testing.T) {
	t.Parallel()
	const bank, both = "loan_bank", "clerk loan_bank"
	want := map[authz.Verb]string{
		contract.Read: both, contract.Sign: both, contract.Pay: both, contract.Mark: both, contract.Cover: both, contract.Reverse: both, contract.Export: both,
		contract.SetTerms: "clerk", contract.Load: "",
		bankfile.Read: both, bankfile.Check: both, bankfile.Apply: both, bankfile.Drop: both, bankfile.Title: both,
		claim.Read: "clerk loan_bank loan_finance loan_hr", claim.Take: "clerk loan_bank loan_finance loan_hr",
		claim.Make: bank, claim.File: bank, claim.Withdraw: bank, claim.Arrive: bank,
		claim.Review: "loan_hr", claim.Return: "loan_finance loan_hr", claim.Approve: "loan_finance", claim.Pay: "loan_finance",
	}
	for _, v := range slices.Concat(contract.Verbs, bankfile.Verbs, claim.Verbs) {
		if _, told := want[v]; !told {
			t.Errorf("%s: say here who holds it", v.Key)
		}
	}
	roles := Roles()
	for v, names := range want {
		var have []string
		for _, key := range slices.Sorted(maps.Keys(roles)) {
			if slices.Contains(roles[key].Verbs, v) {
				have = append(have, key)
			}
		}
		if got := strings.Join(have, " "); got != names {
			t.Errorf("%s is held by %q, want %q", v.Key, got, names)
		}
	}
}
