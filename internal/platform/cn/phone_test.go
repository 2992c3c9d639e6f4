package cn

import (
	"testing"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
)

func TestPhones(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"13800000000", "138 0000 0000", "138-0000-0000", "+8613800000000", "+86 138 0000 0000", "008613800000000", "8613800000000",
		"１３８００００００００", "(+86)13800000000",
	} {
		p, err := ParsePhone(text)
		if err != nil || p != "+8613800000000" || p.National() != "13800000000" || p.Masked() != "138****0000" {
			t.Errorf("%q: %q %v", text, p, err)
		}
	}
	for text, key := range map[string]string{
		"": "cn.phone_empty", "12800000000": "cn.phone", "1380000000": "cn.phone", "138000000000": "cn.phone", "0715-8255555": "cn.phone",
		"1380000000x": "cn.phone", "1.38E+10": "cn.damaged_scientific", "+85213800000": "cn.phone", "23800000000": "cn.phone",
	} {
		if p, err := ParsePhone(text); errs.KeyOf(err) != key || p != "" {
			t.Errorf("%q: %q %v, want %s", text, p, err, key)
		}
	}
	if got := Phone("12").Masked(); got != "**" {
		t.Errorf("a broken number shows %s", got)
	}
}

func FuzzParsePhone(f *testing.F) {
	for _, s := range []string{"13800000000", "+86 138-0000-0000", "1.38E+10", "86", "－－"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePhone(s)
		if err != nil {
			return
		}
		if again, err := ParsePhone(string(p)); err != nil || again != p || len(p) != 14 || len(p.Masked()) != 11 {
			t.Fatalf("%q: %q %q %v", s, p, again, err)
		}
	})
}

func TestMasks(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"张三丰": "张**", "张三": "张*", "欧阳修": "欧阳*", "欧阳": "欧*", "诸葛孔明": "诸葛**", "司徒美堂": "司徒**", "张": "*", "": "", "  ": "",
		"阿依古丽·买买提": "阿***·***", "John Smith": "J*** S****", "𠮷田": "𠮷*", " 李四 ": "李*", "陈ABC": "陈***",
	} {
		if got := MaskName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	for number, want := range map[string]string{"421202200002290005": "4****************5", "E12345678": "E*******8", "123": "***", "": ""} {
		if got := MaskID(number); got != want {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
	}
	if id, _ := ParseResidentID("11010519491231002X"); id.Masked() != "1****************X" {
		t.Errorf("masked %s", id.Masked())
	}
}

func FuzzMaskName(f *testing.F) {
	for _, s := range []string{"张三丰", "欧阳修", "阿依古丽·买买提", "John Smith", "··", " a", "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		MaskName(s)
		MaskID(s)
		surname, given := SplitName(s)
		if len([]rune(surname))+len([]rune(given)) != len([]rune(s)) {
			t.Fatalf("%q: %q + %q", s, surname, given)
		}
	})
}

func TestMemberNumbers(t *testing.T) {
	t.Parallel()
	n, err := ParseMemberNumber(" 201842001234 ")
	if err != nil || n.Year() != 2018 || !n.Fits(day.Must("2018-05-04")) || n.Fits(day.Must("2019-05-04")) || !n.Fits(0) {
		t.Fatalf("%q %v", n, err)
	}
	for text, key := range map[string]string{
		"": "cn.member_empty", "20184200123": "cn.member_format", "2018420012345": "cn.member_format", "20184200123X": "cn.member_format",
		"2.01842E+11": "cn.damaged_scientific", "192142001234": "cn.member_year", "999942001234": "cn.member_year",
	} {
		if got, err := ParseMemberNumber(text); errs.KeyOf(err) != key || got != "" {
			t.Errorf("%q: %q %v, want %s", text, got, err, key)
		}
	}
}

func FuzzParseMemberNumber(f *testing.F) {
	f.Add("201842001234")
	f.Add("2.01842E+11")
	f.Fuzz(func(t *testing.T, s string) {
		if n, err := ParseMemberNumber(s); err == nil && (len(n) != 12 || n.Year() < foundedIn) {
			t.Fatalf("%q: %q", s, n)
		}
	})
}
