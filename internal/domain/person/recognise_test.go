package person_test

import (
	"testing"
	"unicode/utf8"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/pinyin"

	"pgregory.net/rapid"
)

func TestRecognise(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]person.Sought{
		"":                           {},
		"  　":                        {},
		"1234":                       {By: person.ByTail, Text: "1234"},
		"１２３４":                       {By: person.ByTail, Text: "1234"},
		"11010519491231002x":         {By: person.ByPaper, Paper: person.ResidentID, Text: "11010519491231002X"},
		"110105 19491231 002X":       {By: person.ByPaper, Paper: person.ResidentID, Text: "11010519491231002X"},
		"201800000001":               {By: person.ByPaper, Paper: person.LeagueNumber, Text: "201800000001"},
		"g11010519491231002x":        {By: person.ByPaper, Paper: person.StudentID, Text: "G11010519491231002X"},
		"e12345678":                  {By: person.ByPaper, Paper: person.Passport, Text: "E12345678"},
		"138 0000 1234":              {By: person.ByPhone, Text: "+8613800001234"},
		"+86 13800001234":            {By: person.ByPhone, Text: "+8613800001234"},
		"zs":                         {By: person.ByInitials, Text: "zs"},
		"ZS":                         {By: person.ByInitials, Text: "zs"},
		"aygl":                       {By: person.ByInitials, Text: "aygl"},
		"zhang s":                    {By: person.ByPinyin, Text: "zhangs"},
		"xi'an":                      {By: person.ByPinyin, Text: "xian"},
		"lv":                         {By: person.ByPinyin, Text: "lv"},
		"John":                       {By: person.ByName, Text: "John"},
		"张":                          {By: person.ByName, Text: "张"},
		" 张三 ":                       {By: person.ByName, Text: "张三"},
		"𠮷":                          {By: person.ByName, Text: "𠮷"},
		"😀":                          {By: person.ByName, Text: "😀"},
		"阿依古丽·买买提":                   {By: person.ByName, Text: "阿依古丽·买买提"},
		"110105194912310020":         {By: person.ByName, Text: "110105194912310020"}, // a wrong check character finds nobody
		"01ARZ3NDEKTSV4RRFFQ69G5FAV": {By: person.ByID, Text: "01ARZ3NDEKTSV4RRFFQ69G5FAV"},
	} {
		if got := person.Recognise(text); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

// Whatever beginning of somebody's pinyin is typed, she is in the range that is searched.
func TestEveryBeginningOfPinyinIsInTheRange(t *testing.T) {
	t.Parallel()
	name := rapid.Custom(func(t *rapid.T) string {
		return string(rapid.SliceOfN(rapid.RuneFrom([]rune("张王李赵西安先方案范干昂恩女绿儿二鱼欧阳诸葛庄双闯哦熊窘")), 1, 4).Draw(t, "name"))
	})
	rapid.Check(t, func(t *rapid.T) {
		r := pinyin.Readings(name.Draw(t, "n"))[0]
		typed := r.Full[:rapid.IntRange(1, len(r.Full)).Draw(t, "typed")]
		got, ok := person.InitialsOf(typed)
		if !ok {
			t.Skip("not parted", typed)
		}
		if len(got) > len(r.Initials) || r.Initials[:len(got)] != got {
			t.Fatalf("%s typed of %s: searched %q, is %q", typed, r.Full, got, r.Initials)
		}
	})
}

func FuzzRecognise(f *testing.F) {
	for _, s := range []string{"张三", "zhangsan", "13800001234", "11010519491231002X", "\x00\xff", "İ", "ﷺ", "１３８"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := person.Recognise(text)
		if got.By == person.ByNothing != (got.Text == "") {
			t.Fatalf("%q: %+v", text, got)
		}
		if utf8.ValidString(text) && !utf8.ValidString(got.Text) {
			t.Fatalf("%q became %q", text, got.Text)
		}
	})
}
