package cn

import "zhidian/internal/platform/day"

// MemberNumber is the number of a league member's admission (发展团员编号): twelve digits, the first four the year of joining. It has been
// required of those who joined since 2017. Only ParseMemberNumber makes one.
type MemberNumber string

// foundedIn is the year the League was founded; nobody joined before.
const foundedIn = 1922

// ParseMemberNumber checks form and year. Whether the year is that of joining is for Fits, whether it is yet to come for the caller, who
// knows the date.
func ParseMemberNumber(text string) (MemberNumber, error) {
	s := tidy(text)
	switch {
	case s == "":
		return "", invalid("cn.member_empty")
	case scientific(s):
		return "", invalid("cn.damaged_scientific")
	case len(s) != 12 || !allDigits(s):
		return "", invalid("cn.member_format")
	case number(s[:4]) < foundedIn || number(s[:4]) > 2100:
		return "", invalid("cn.member_year")
	}
	return MemberNumber(s), nil
}

// Year gives the year of joining.
func (n MemberNumber) Year() int { return number(string(n[:4])) }

// Fits tells whether the number belongs to somebody who joined on a day; an unknown day fits.
func (n MemberNumber) Fits(joined day.Day) bool { return joined == 0 || joined.Year() == n.Year() }
