package cn

import "strings"

// CreditCode is a checked unified social credit code of 18 characters (GB 32100-2015): registering department, kind of organisation, six
// of area, nine of organisation code, one check character. Only ParseCreditCode and SyntheticCreditCode make one.
type CreditCode string

// creditAlphabet are the characters of a credit code; a character's value is its place. I, O, S, V and Z are left out.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// ParseCreditCode checks a credit code and gives it in upper case. Codes that a spreadsheet damaged, of wrong length, with characters
// outside the alphabet, or with a wrong check character are refused, each under its own key.
func ParseCreditCode(text string) (CreditCode, error) {
	s := tidy(text)
	switch {
	case s == "":
		return "", invalid("cn.credit_empty")
	case scientific(s):
		return "", invalid("cn.damaged_scientific")
	case len(s) != 18:
		return "", invalid("cn.credit_length")
	case strings.Trim(s, creditAlphabet) != "":
		return "", invalid("cn.credit_characters")
	case !allDigits(s[2:8]):
		return "", invalid("cn.credit_area")
	case creditCheck(s) != s[17]:
		if allDigits(s) && strings.HasSuffix(s, "000") {
			return "", invalid("cn.damaged_rounded")
		}
		return "", invalid("cn.credit_check")
	}
	return CreditCode(s), nil
}

// creditCheck gives the check character of the first 17: (31 − Σ value × 3^(i−1)) mod 31, which is 0 where the sum is a multiple of 31.
func creditCheck(s string) byte {
	sum, weight := 0, 1
	for i := range 17 {
		sum += strings.IndexByte(creditAlphabet, s[i]) * weight
		weight = weight * 3 % 31
	}
	return creditAlphabet[(31-sum%31)%31]
}

// Kind gives the first two characters: registering department and kind, to be read with CreditKinds.
func (c CreditCode) Kind() string { return string(c[:2]) }

// Department gives the first character, to be read with CreditDepartments.
func (c CreditCode) Department() string { return string(c[:1]) }

// Area gives the six digits of the registering office.
func (c CreditCode) Area() string { return string(c[2:8]) }

// Organisation gives the nine characters of the organisation code inside.
func (c CreditCode) Organisation() string { return string(c[8:17]) }

// InnerHolds tells whether the organisation code inside passes its own check (GB 11714). Where the outer check holds and this does not,
// the code was perhaps given out so: a reason to ask, not to refuse.
func (c CreditCode) InnerHolds() bool { return orgCheck(string(c[8:16])) == c[16] }

// ParseOrgCode checks an organisation code (GB 11714-1997), eight characters and a check character with or without a dash between, and
// gives its nine characters.
func ParseOrgCode(text string) (string, error) {
	s := tidy(text)
	if len(s) == 10 && s[8] == '-' {
		s = s[:8] + s[9:]
	}
	if len(s) != 9 || strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "", invalid("cn.org_format")
	}
	if orgCheck(s[:8]) != s[8] {
		return "", invalid("cn.org_check")
	}
	return s, nil
}

// orgCheck gives 11 − Σ value × weight mod 11, where 10 is written X and 11 is written 0; A is 10 and Z is 35.
func orgCheck(body string) byte {
	const weights = "\x03\x07\x09\x0a\x05\x08\x04\x02"
	sum := 0
	for i := range len(weights) {
		value := int(body[i] - '0')
		if body[i] >= 'A' {
			value = int(body[i]-'A') + 10
		}
		sum += value * int(weights[i])
	}
	return "0X987654321"[sum%11]
}
