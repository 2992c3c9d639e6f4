package day

import (
	"database/sql/driver"
	"fmt"
	"math"
	"strings"

	"zhidian/internal/platform/errs"
)

// String gives the ISO date, as 2026-03-21, and nothing for no day.
func (d Day) String() string {
	if d == 0 {
		return ""
	}
	y, m, dom := d.Date()
	return string([]byte{ // a million lines hold two days each
		'0' + byte(y/1000), '0' + byte(y/100%10), '0' + byte(y/10%10), '0' + byte(y%10), '-',
		'0' + byte(m/10), '0' + byte(m%10), '-', '0' + byte(dom/10), '0' + byte(dom%10),
	})
}

// Chinese gives the date as office papers write it, as 2026年3月21日, and nothing for no day.
func (d Day) Chinese() string {
	if d == 0 {
		return ""
	}
	y, m, dom := d.Date()
	return fmt.Sprintf("%d年%d月%d日", y, m, dom)
}

// MarshalText gives the ISO date; JSON thus holds "2026-03-21", and "" for no day.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText takes an ISO date, or nothing for no day.
func (d *Day) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = 0
		return nil
	}
	got, ok := parseISO(string(text))
	if !ok {
		return errs.New(errs.Invalid, "day.format", nil)
	}
	*d = got
	return nil
}

// Value stores the ISO date as TEXT, and the empty text for no day: date columns are never NULL.
func (d Day) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads ISO TEXT; NULL and the empty text are no day.
func (d *Day) Scan(from any) error {
	switch v := from.(type) {
	case nil:
		*d = 0
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return fmt.Errorf("day: cannot read a date from a column of type %T", from)
}

// parseISO reads exactly 2006-01-02.
func parseISO(s string) (Day, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	y, ok1 := digits(s[:4])
	m, ok2 := digits(s[5:7])
	d, ok3 := digits(s[8:])
	if !ok1 || !ok2 || !ok3 {
		return 0, false
	}
	return civil(y, m, d)
}

// digits reads one to four ASCII digits.
func digits(s string) (int, bool) {
	if len(s) == 0 || len(s) > 4 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// Parse reads a date as people and spreadsheets write it: 2006-01-02, 2006/1/2, 2006.1.2, 20060102, 2006年1月2日, in half-width or
// full-width characters, with blanks around it or a midnight behind it. The year has four digits. Anything else is an error with the
// key day.format; a date that does not exist has the key day.no_such_day.
func Parse(text string) (Day, error) {
	y, m, d, ok := fields(halfWidth(text))
	if !ok {
		return 0, errs.New(errs.Invalid, "day.format", nil)
	}
	got, ok := civil(y, m, d)
	if !ok {
		return 0, errs.New(errs.Invalid, "day.no_such_day", errs.Args{"year": y, "month": m, "day": d})
	}
	return got, nil
}

func fields(s string) (y, m, d int, ok bool) {
	s = strings.TrimSpace(s)
	for _, midnight := range []string{" 00:00:00", "T00:00:00", " 0:00:00", " 00:00", " 0:00"} {
		if rest, found := strings.CutSuffix(s, midnight); found {
			s = rest
			break
		}
	}
	if len(s) == 8 && strings.Trim(s, "0123456789") == "" {
		y, _ = digits(s[:4])
		m, _ = digits(s[4:6])
		d, _ = digits(s[6:])
		return y, m, d, true
	}
	var parts []string
	if before, behind, found := strings.Cut(s, "年"); found {
		month, rest, hasMonth := strings.Cut(behind, "月")
		dom, hasDay := strings.CutSuffix(rest, "日")
		if !hasMonth || !hasDay {
			return 0, 0, 0, false
		}
		parts = []string{strings.TrimSpace(before), strings.TrimSpace(month), strings.TrimSpace(dom)}
	} else {
		for _, mark := range []string{"-", "/", "."} {
			if parts = strings.Split(s, mark); len(parts) == 3 {
				break
			}
		}
	}
	if len(parts) != 3 || len(parts[0]) != 4 || len(parts[1]) > 2 || len(parts[2]) > 2 {
		return 0, 0, 0, false
	}
	y, okY := digits(parts[0])
	m, okM := digits(parts[1])
	d, okD := digits(parts[2])
	return y, m, d, okY && okM && okD
}

// halfWidth turns full-width ASCII and the ideographic space into their plain forms.
func halfWidth(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '　':
			return ' '
		}
		return r
	}, s)
}

// FromExcel gives the date of a spreadsheet's serial number, in days; the fraction is the time of day and is dropped. A workbook counts
// from 1900 or, when date1904 is set in it, from 1904. Serial 60 of the 1900 system is 29 February 1900, which never was, and is refused
// like numbers outside 1 to 2958465 (ECMA-376 part 1, 18.17.4.1).
func FromExcel(serial float64, date1904 bool) (Day, error) {
	const latest = 2958465 // 9999-12-31
	whole := math.Floor(serial)
	if math.IsNaN(serial) || whole < 1 || whole > latest {
		return 0, errs.New(errs.Invalid, "day.serial", nil)
	}
	n := int(whole)
	var got Day
	switch {
	case date1904:
		got = Must("1904-01-01").AddDays(n)
	case n < 60:
		got = Must("1899-12-31").AddDays(n)
	case n > 60:
		got = Must("1899-12-30").AddDays(n)
	}
	if got == 0 {
		return 0, errs.New(errs.Invalid, "day.serial", nil)
	}
	return got, nil
}
