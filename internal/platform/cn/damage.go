package cn

import "strings"

// Damage says what a spreadsheet did to a long number. Spreadsheets keep 15 digits of a number and show long ones in scientific form,
// so an ID that was typed into a number cell is lost; it can only be asked for again.
type Damage string

const (
	Whole      Damage = ""
	Scientific Damage = "scientific" // 4.21202E+17: at most a handful of digits are left
	Rounded    Damage = "rounded"    // 421202200002290000: the last three of 18 digits became 0 and the check character disproves it
	Doubtful   Damage = "doubtful"   // ends in 000 too, but passes its check, as one whole number in some 1,100 does and one rounded in 11
)

// Damaged tells whether a resident ID was ruined by a spreadsheet. Doubtful numbers are accepted one by one; an importer that finds a
// damaged number in a column should refuse the doubtful ones of that column as well.
func Damaged(text string) Damage {
	s := tidy(text)
	if scientific(s) {
		return Scientific
	}
	if whole, fraction, found := strings.Cut(s, "."); found && len(whole) == 18 && allDigits(whole) && strings.Trim(fraction, "0") == "" {
		return Rounded
	}
	if len(s) != 18 || !allDigits(s) || !strings.HasSuffix(s, "000") {
		return Whole
	}
	if idCheck(s) == s[17] {
		return Doubtful
	}
	return Rounded
}

// scientific tells whether a cell shows a number as 4.21202E+17.
func scientific(s string) bool {
	mantissa, exponent, found := strings.Cut(s, "E")
	exponent = strings.TrimPrefix(exponent, "+")
	if !found || exponent == "" || len(exponent) > 2 || !allDigits(exponent) {
		return false
	}
	whole, fraction, dot := strings.Cut(mantissa, ".")
	return len(whole) == 1 && allDigits(whole) && allDigits(fraction) && dot == (fraction != "")
}

// damageError gives the refusal of a damaged number, nil for whole and doubtful ones.
func damageError(d Damage) error {
	switch d {
	case Scientific:
		return invalid("cn.damaged_scientific")
	case Rounded:
		return invalid("cn.damaged_rounded")
	}
	return nil
}
