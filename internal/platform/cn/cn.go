// Package cn knows the numbers and code lists on Chinese papers: resident IDs, credit codes, mobile numbers, area codes, and how each is
// checked, written and masked.
package cn

import (
	"embed"
	"strings"

	"zhidian/internal/platform/errs"
)

// Messages holds the texts of this package's problems, one file for each language.
//
//go:embed messages
var Messages embed.FS

func invalid(key string) error { return errs.New(errs.Invalid, key, nil) }

// tidy prepares a number for checking as it comes from a form or a cell: full-width characters become plain, letters upper case, and
// blanks and the spreadsheet's text mark ' disappear.
func tidy(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r = r - '！' + '!'
		case r == ' ' || r == '　' || r == '\u00a0' || r == '\t' || r == '\u200b' || r == '\ufeff' || r == '\r' || r == '\n':
			return -1
		}
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}, strings.TrimPrefix(strings.TrimSpace(text), "'"))
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// number reads up to nine ASCII digits that have been checked.
func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
