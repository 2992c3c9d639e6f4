package cn

import "strings"

// Phone is a mobile number of mainland China in E.164, as +8613800000000. Only ParsePhone makes one.
type Phone string

// ParsePhone reads a mobile number with or without +86, 0086 or 86, and with blanks or dashes between: eleven digits from 13 to 19.
// Landlines are no Phone: no code can be sent to them.
func ParsePhone(text string) (Phone, error) {
	s := tidy(text)
	if s == "" {
		return "", invalid("cn.phone_empty")
	}
	if scientific(s) {
		return "", invalid("cn.damaged_scientific")
	}
	s = strings.NewReplacer("-", "", "－", "", "–", "", "(", "", ")", "").Replace(s)
	for _, prefix := range []string{"+86", "0086", "86"} {
		if rest, found := strings.CutPrefix(s, prefix); found && len(rest) == 11 {
			s = rest
			break
		}
	}
	if len(s) != 11 || !allDigits(s) || s[0] != '1' || s[1] < '3' {
		return "", invalid("cn.phone")
	}
	return Phone("+86" + s), nil
}

// National gives the eleven digits people dial.
func (p Phone) National() string { return strings.TrimPrefix(string(p), "+86") }

// Masked shows the first three and the last four digits, as 138****0000.
func (p Phone) Masked() string {
	n := p.National()
	if len(n) != 11 {
		return stars(len(n))
	}
	return n[:3] + "****" + n[7:]
}
