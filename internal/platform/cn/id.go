package cn

import (
	"strings"
	"time"

	"zhidian/internal/platform/day"
)

// ResidentID is a checked citizen number of 18 characters (GB 11643-1999): six of area, eight of birth, three of sequence, one check
// character. The residence permits of people from Hong Kong, Macao and Taiwan and the permanent residence card of foreigners issued
// since 2023 follow the same rule. Only ParseResidentID and SyntheticID make one.
type ResidentID string

// IDKind says which paper a number of this form belongs to.
type IDKind string

const (
	Citizen            IDKind = "citizen"             // 居民身份证
	HongKongPermit     IDKind = "hongkong_permit"     // 港澳台居民居住证, area 810000
	MacaoPermit        IDKind = "macao_permit"        // area 820000
	TaiwanPermit       IDKind = "taiwan_permit"       // area 830000
	ForeignerPermanent IDKind = "foreigner_permanent" // 外国人永久居留身份证, begins with 9
)

// provinces are the first two digits that citizens' numbers may have (GB/T 2260). The other four are not looked up: the codes of
// dissolved counties live on in their people's numbers.
const provinces = " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 "

// ParseResidentID checks a number and gives it in its one form, with X upper case. Refused are, each under its own key: numbers that a
// spreadsheet damaged, wrong length, the 15 digits of the first generation, unknown provinces, birth dates that do not exist, and wrong
// check characters.
func ParseResidentID(text string) (ResidentID, error) {
	s := tidy(text)
	damage := Damaged(text)
	switch {
	case s == "":
		return "", invalid("cn.id_empty")
	case damage != Whole && damage != Doubtful:
		return "", damageError(damage)
	case len(s) == 15 && allDigits(s):
		return "", invalid("cn.id_first_generation")
	case len(s) != 18:
		return "", invalid("cn.id_length")
	case !allDigits(s[:17]) || !allDigits(s[17:]) && s[17] != 'X':
		return "", invalid("cn.id_characters")
	}
	id := ResidentID(s)
	switch {
	case id.Kind() == "":
		return "", invalid("cn.id_area")
	case id.Born() == 0:
		return "", invalid("cn.id_date")
	case idCheck(s) != s[17]:
		return "", invalid("cn.id_check")
	}
	return id, nil
}

// idCheck gives the check character of the first 17 digits: Σ digit × weight mod 11, read off "10X98765432" (ISO 7064 MOD 11-2).
func idCheck(s string) byte {
	const weights = "\x07\x09\x0a\x05\x08\x04\x02\x01\x06\x03\x07\x09\x0a\x05\x08\x04\x02"
	sum := 0
	for i := range len(weights) {
		sum += int(s[i]-'0') * int(weights[i])
	}
	return "10X98765432"[sum%11]
}

// Kind gives the paper the number belongs to.
func (id ResidentID) Kind() IDKind {
	switch area := id.Area(); {
	case area == "810000":
		return HongKongPermit
	case area == "820000":
		return MacaoPermit
	case area == "830000":
		return TaiwanPermit
	case strings.HasPrefix(area, "9"):
		return ForeignerPermanent
	case strings.Contains(provinces, " "+area[:2]+" "):
		return Citizen
	}
	return ""
}

// Area gives the six digits of the county where the number was issued, perhaps one that no longer exists. It is not where a person lives.
func (id ResidentID) Area() string { return string(id[:6]) }

// Born gives the birth date.
func (id ResidentID) Born() day.Day {
	y, m, d := number(string(id[6:10])), number(string(id[10:12])), number(string(id[12:14]))
	if y < 1800 {
		return 0
	}
	born, err := day.New(y, time.Month(m), d)
	if err != nil {
		return 0
	}
	return born
}

// Sequence gives the three digits that tell people of one area and birth date apart.
func (id ResidentID) Sequence() string { return string(id[14:17]) }

// Synthetic tells whether the number is made up: sequence 000 is never issued, and all people of a demo city have it.
func (id ResidentID) Synthetic() bool { return id.Sequence() == "000" }

// Sex gives the code of GB/T 2261.1, "1" male for an odd sequence and "2" female for an even one; a synthetic number says nothing.
// A person's sex is a field of its own; a mismatch with the number is a reason to ask, not to refuse.
func (id ResidentID) Sex() (code string, ok bool) {
	switch {
	case id.Synthetic():
		return "", false
	case (id[16]-'0')%2 == 1:
		return "1", true
	}
	return "2", true
}

// Masked shows the first and the last character only. Area and birth date are themselves personal details, so no more is left than two
// people need to agree on which paper is meant.
func (id ResidentID) Masked() string { return MaskID(string(id)) }
