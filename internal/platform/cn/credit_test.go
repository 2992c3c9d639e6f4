package cn

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
	"zhidian/internal/platform/errs"
)

// The codes of domain.md §8.2.
func TestCreditCodes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ code, kind, area, org, zh string }{
		{"91350100M000100Y43", "91", "350100", "M000100Y4", "企业"},
		{"914212020000000197", "91", "421202", "000000019", "企业"},
		{"92421281000000027C", "92", "421281", "000000027", "个体工商户"},
		{"934212230000000354", "93", "421223", "000000035", "农民专业合作社"},
		{"534200000000000432", "53", "420000", "000000043", "基金会"},
		{"51421200000000051R", "51", "421200", "000000051", "社会团体"},
	} {
		got, err := ParseCreditCode(" " + strings.ToLower(c.code))
		if err != nil {
			t.Errorf("%s: %v", c.code, err)
			continue
		}
		if string(got) != c.code || got.Kind() != c.kind || got.Area() != c.area || got.Organisation() != c.org || !got.InnerHolds() {
			t.Errorf("%s: %s %s %s %s, inner %v", c.code, got, got.Kind(), got.Area(), got.Organisation(), got.InnerHolds())
		}
		if name := CreditKinds.Name(got.Kind(), "zh-CN"); name != c.zh {
			t.Errorf("%s is a %s, want %s", c.code, name, c.zh)
		}
		if org, err := ParseOrgCode(c.org[:8] + "-" + c.org[8:]); err != nil || org != c.org {
			t.Errorf("%s inside: %s %v", c.org, org, err)
		}
	}
}

func TestSumOf31IsCheckedByZero(t *testing.T) {
	t.Parallel()
	found := false
	for serial := 1; serial < 200 && !found; serial++ {
		code, err := SyntheticCreditCode("91", "421202", serial)
		if err != nil {
			t.Fatal(err)
		}
		sum, weight := 0, 1
		for i := range 17 {
			sum += strings.IndexByte(creditAlphabet, code[i]) * weight
			weight = weight * 3 % 31
		}
		if sum%31 == 0 {
			found = true
			if code[17] != '0' {
				t.Fatalf("%s has a sum that is a multiple of 31", code)
			}
		}
	}
	if !found {
		t.Fatal("no code with such a sum among 200")
	}
}

func TestCreditCodesRefused(t *testing.T) {
	t.Parallel()
	for text, key := range map[string]string{
		"":                   "cn.credit_empty",
		"91350100M000100Y4":  "cn.credit_length",
		"91350100M000100Y4I": "cn.credit_characters",
		"91350100MO00100Y43": "cn.credit_characters",
		"9135A100M000100Y43": "cn.credit_area",
		"91350100M000100Y44": "cn.credit_check",
		"9.14212E+17":        "cn.damaged_scientific",
		"914212020000000000": "cn.damaged_rounded",
		"注册号4212020000":      "cn.credit_length",
	} {
		if got, err := ParseCreditCode(text); errs.KeyOf(err) != key || got != "" {
			t.Errorf("%q: %q %v, want %s", text, got, err, key)
		}
	}
	for text, key := range map[string]string{"": "cn.org_format", "00000001": "cn.org_format", "0000000-19": "cn.org_format", "000000018": "cn.org_check"} {
		if got, err := ParseOrgCode(text); errs.KeyOf(err) != key || got != "" {
			t.Errorf("%q: %q %v, want %s", text, got, err, key)
		}
	}
}

func TestSyntheticCreditCodes(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct {
		kind, area string
		serial     int
	}{
		"914212020000000197": {"91", "421202", 1},
		"92421281000000027C": {"92", "421281", 2},
		"934212230000000354": {"93", "421223", 3},
		"534200000000000432": {"53", "420000", 4},
		"51421200000000051R": {"51", "421200", 5},
	} {
		got, err := SyntheticCreditCode(c.kind, c.area, c.serial)
		if err != nil || string(got) != want {
			t.Errorf("%v: %s %v, want %s", c, got, err, want)
		}
	}
	for _, bad := range [][2]string{{"9", "421202"}, {"9I", "421202"}, {"91", "42120"}, {"91", "42120X"}} {
		if _, err := SyntheticCreditCode(bad[0], bad[1], 1); errs.KeyOf(err) != "cn.synthetic" {
			t.Errorf("%v: %v", bad, err)
		}
	}
	for _, serial := range []int{0, -1, 10_000_000} {
		if _, err := SyntheticCreditCode("91", "421202", serial); errs.KeyOf(err) != "cn.synthetic" {
			t.Errorf("%d: %v", serial, err)
		}
	}
}

func TestOneSlipInACreditCodeIsAlwaysFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code, err := SyntheticCreditCode("91", "421202", rapid.IntRange(1, 9_999_999).Draw(t, "serial"))
		if err != nil || !code.InnerHolds() {
			t.Fatalf("%s %v", code, err)
		}
		wrong := []byte(code)
		i := rapid.IntRange(0, 17).Draw(t, "place")
		wrong[i] = rapid.SampledFrom([]byte(creditAlphabet)).Draw(t, "character")
		if _, err := ParseCreditCode(string(wrong)); (err == nil) != (string(wrong) == string(code)) {
			t.Fatalf("%s for %s: %v", wrong, code, err)
		}
	})
}

func FuzzParseCreditCode(f *testing.F) {
	for _, s := range []string{"91350100M000100Y43", "914212020000000197", "9.14E+17", "００", "51421200000000051r"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, err := ParseCreditCode(s)
		if err != nil {
			if code != "" || errs.KindOf(err) != errs.Invalid {
				t.Fatalf("%q: %q %v", s, code, err)
			}
		} else if again, err := ParseCreditCode(string(code)); err != nil || again != code {
			t.Fatalf("%q: %q %v", s, again, err)
		}
		if org, err := ParseOrgCode(s); err == nil && len(org) != 9 {
			t.Fatalf("%q: %q", s, org)
		}
	})
}
