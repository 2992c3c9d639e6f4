package cn

import "strings"

// Area is a checked statistical division code of twelve digits: province 2, city 2, county 2, township 3, village 3; 000000 behind is a
// higher level. Codes change every year and are dated attributes of a place, never its key. Only ParseArea makes one.
type Area string

// Level is how deep in the tree of divisions an area lies.
type Level string

const (
	Province Level = "province" // 省
	City     Level = "city"     // 市
	County   Level = "county"   // 县
	Township Level = "township" // 乡镇
	Village  Level = "village"  // 村
)

// ParseArea checks a code of 2, 4, 6, 9 or 12 digits and gives it with twelve. Cities without counties have townships right below them
// (东莞 441900), so a county part of 00 is accepted above a township; a village without a township is not.
func ParseArea(text string) (Area, error) {
	s := tidy(text)
	switch len(s) {
	case 2, 4, 6, 9, 12:
	default:
		return "", invalid("cn.area_format")
	}
	if !allDigits(s) {
		return "", invalid("cn.area_format")
	}
	s += strings.Repeat("0", 12-len(s))
	city, county, town, village := s[2:4] != "00", s[4:6] != "00", s[6:9] != "000", s[9:] != "000"
	if s[:2] < "11" || !city && (county || town) || village && !town {
		return "", invalid("cn.area_gap")
	}
	return Area(s), nil
}

// Level gives the level of the lowest part that is filled.
func (a Area) Level() Level {
	switch {
	case a[9:] != "000":
		return Village
	case a[6:9] != "000":
		return Township
	case a[4:6] != "00":
		return County
	case a[2:4] != "00":
		return City
	}
	return Province
}

// Parent gives the division one level up, empty above a province.
func (a Area) Parent() Area {
	switch a.Level() {
	case Village:
		return a[:9] + "000"
	case Township:
		return a[:6] + "000000"
	case County:
		return a[:4] + "00000000"
	case City:
		return a[:2] + "0000000000"
	}
	return ""
}

// Within tells whether a lies in b, or is b.
func (a Area) Within(b Area) bool {
	switch b.Level() {
	case Village:
		return a == b
	case Township:
		return a[:9] == b[:9]
	case County:
		return a[:6] == b[:6]
	case City:
		return a[:4] == b[:4]
	}
	return a[:2] == b[:2]
}

// Short gives the six digits by which people know provinces, cities and counties, and all twelve below.
func (a Area) Short() string {
	if a[6:] == "000000" {
		return string(a[:6])
	}
	return string(a)
}

// Kind gives the code of AreaKinds, which follows from the range the last part lies in: townships 001–099 街道, 100–199 镇, 200–299 乡,
// 400–599 farms, zones and the like; villages 001–199 居委会, 200–399 村委会, 400–499 and 500–599 units like these. Empty for other
// levels and ranges.
func (a Area) Kind() string {
	switch a.Level() {
	case Township:
		switch n := number(string(a[6:9])); {
		case n < 100:
			return "subdistrict"
		case n < 200:
			return "town"
		case n < 300:
			return "rural_township"
		case n >= 400 && n < 600:
			return "like_township"
		}
	case Village:
		switch n := number(string(a[9:])); {
		case n < 200:
			return "residents_committee"
		case n < 400:
			return "villagers_committee"
		case n < 500:
			return "like_residents"
		case n < 600:
			return "like_villagers"
		}
	}
	return ""
}
