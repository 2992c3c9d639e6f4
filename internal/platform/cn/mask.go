package cn

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// doubleSurnames are the surnames of two characters in common use.
var doubleSurnames = []string{
	"欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛", "尉迟", "公羊", "赫连", "澹台", "皇甫", "宗政",
	"濮阳", "公冶", "太叔", "申屠", "公孙", "慕容", "仲孙", "钟离", "长孙", "宇文", "司徒", "鲜于", "司空", "闾丘", "子车", "亓官", "司寇", "巫马",
	"公西", "壤驷", "公良", "漆雕", "乐正", "宰父", "谷梁", "拓跋", "夹谷", "轩辕", "令狐", "段干", "百里", "呼延", "东郭", "南门", "羊舌", "微生",
	"梁丘", "左丘", "东门", "西门", "南荣", "第五", "单于", "完颜", "耶律", "纳兰",
}

// SplitName parts a Chinese name into surname and given name. A name of two characters has a surname of one.
func SplitName(name string) (surname, given string) {
	runes := []rune(name)
	if len(runes) > 2 && slices.Contains(doubleSurnames, string(runes[:2])) {
		return string(runes[:2]), string(runes[2:])
	}
	if len(runes) == 0 {
		return "", ""
	}
	return string(runes[:1]), string(runes[1:])
}

// MaskName keeps the surname and hides the rest: 张三丰 is 张**, 欧阳修 is 欧阳*, 阿依古丽·买买提 is 阿***·***, John Smith is J*** S****.
// A name of one character is hidden whole.
func MaskName(name string) string {
	name = strings.TrimSpace(name)
	if utf8.RuneCountInString(name) <= 1 {
		return stars(utf8.RuneCountInString(name))
	}
	if !strings.ContainsFunc(name, isJoint) && !strings.ContainsFunc(name, latin) {
		surname, given := SplitName(name)
		return surname + stars(utf8.RuneCountInString(given))
	}
	var b strings.Builder
	keep := true
	for i, r := range name {
		switch {
		case isJoint(r):
			b.WriteRune(r)
			keep = latin(firstRune(name[i+utf8.RuneLen(r):]))
		case keep:
			b.WriteRune(r)
			keep = false
		default:
			b.WriteByte('*')
		}
	}
	return b.String()
}

func isJoint(r rune) bool { return r == '·' || r == '•' || r == '．' || r == ' ' }

func latin(r rune) bool { return r < 0x250 && unicode.IsLetter(r) }

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// MaskID shows the first and the last character of any number on a paper, as 4***************5; short ones are hidden whole.
func MaskID(number string) string {
	runes := []rune(number)
	if len(runes) < 5 {
		return stars(len(runes))
	}
	return string(runes[0]) + stars(len(runes)-2) + string(runes[len(runes)-1])
}

func stars(n int) string { return strings.Repeat("*", n) }
