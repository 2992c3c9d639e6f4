package cn

import (
	"fmt"
	"strings"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
)

// SyntheticID makes the one number of an area and birth date that belongs to nobody: sequence 000. It is for demo cities and tests.
func SyntheticID(area string, born day.Day) (ResidentID, error) {
	y, m, d := born.Date()
	s := fmt.Sprintf("%s%04d%02d%02d000", area, y, m, d)
	if len(area) != 6 || !allDigits(s) || len(s) != 17 {
		return "", errs.New(errs.Invalid, "cn.synthetic", nil)
	}
	return ParseResidentID(s + string(idCheck(s)))
}

// SyntheticCreditCode makes a check-valid credit code whose organisation number is a small serial, 1 to 9,999,999, that no office ever
// gave out. Kind is the first two characters, as 91 for a company or 51 for a social organisation. It is for demo cities and tests.
func SyntheticCreditCode(kind, area string, serial int) (CreditCode, error) {
	if len(kind) != 2 || strings.Trim(kind, creditAlphabet) != "" || len(area) != 6 || !allDigits(area) || serial < 1 || serial > 9_999_999 {
		return "", errs.New(errs.Invalid, "cn.synthetic", nil)
	}
	body := fmt.Sprintf("%08d", serial)
	check := orgCheck(body)
	s := kind + area + body + string(check)
	return ParseCreditCode(s + string(creditCheck(s)))
}
