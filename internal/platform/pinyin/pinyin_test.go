package pinyin

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func fulls(list []Reading) []string {
	var out []string
	for _, r := range list {
		out = append(out, r.Full)
	}
	return out
}

func TestNamesOfPeople(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, full, initials string }{
		{"张三", "zhangsan", "zs"},
		{"单雄信", "shanxiongxin", "sxx"},
		{"仇英", "qiuying", "qy"},
		{"解缙", "xiejin", "xj"},
		{"曾国藩", "zengguofan", "zgf"},
		{"查良镛", "zhaliangyong", "zly"},
		{"盖叫天", "gejiaotian", "gjt"},
		{"区志伟", "ouzhiwei", "ozw"},
		{"朴树", "piaoshu", "ps"},
		{"任贤", "renxian", "rx"},
		{"华罗庚", "hualuogeng", "hlg"},
		{"纪昀", "jiyun", "jy"},
		{"覃勇", "qinyong", "qy"},
		{"尉迟恭", "yuchigong", "ycg"},
		{"万俟卨", "moqixie", "mqx"},
		{"欧阳修", "ouyangxiu", "oyx"},
		{"司马光", "simaguang", "smg"},
		{"诸葛亮", "zhugeliang", "zgl"},
		{"上官婉儿", "shangguanwaner", "sgwe"},
		{"夏侯惇", "xiahoudun", "xhd"},
		{"单于丹", "chanyudan", "cyd"},
		{"吕布", "lvbu", "lb"},
		{"𠮷田", "jitian", "jt"},
		{"李㛃", "lijie", "lj"},
		{" 张 三 ", "zhangsan", "zs"},
		{"John Smith", "johnsmith", "js"},
		{"阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"},
		{"ＡＢＣ张", "abczhang", "az"},
	} {
		got := Readings(c.name)
		if len(got) == 0 || got[0] != (Reading{c.full, c.initials}) {
			t.Errorf("%s: %v, want %s %s", c.name, got, c.full, c.initials)
		}
	}
	if got := fulls(Readings("覃勇")); !slices.Contains(got, "tanyong") {
		t.Errorf("覃 is read %v", got)
	}
	if Readings("") != nil || Readings(" ·") != nil {
		t.Error("nothing has a reading")
	}
}

// The places of domain.md §8.8.
func TestNamesOfPlaces(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]Reading{
		"隽水镇": {"junshuizhen", "jsz"}, "簰洲湾": {"paizhouwan", "pzw"}, "牌洲湾镇": {"paizhouwanzhen", "pzwz"}, "大畈镇": {"dafanzhen", "dfz"},
		"高枧乡": {"gaojianxiang", "gjx"}, "闯王镇": {"chuangwangzhen", "cwz"}, "蒲圻街道": {"puqijiedao", "pqjd"}, "厦铺镇": {"shapuzhen", "spz"},
		"解放路社区": {"jiefanglushequ", "jflsq"}, "3号楼A座": {"3haolouazuo", "3hlaz"}, "赤壁市": {"chibishi", "cbs"}, "通城县": {"tongchengxian", "tcx"},
	} {
		if got := PlaceReadings(name); len(got) == 0 || got[0] != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if got := fulls(Readings("厦铺镇")); !slices.Equal(got, []string{"shapuzhen", "xiapuzhen"}) {
		t.Errorf("厦铺镇 is read %v", got)
	}
}

func TestVariantsOfWriting(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"牌洲湾镇": {"牌洲湾镇", "簰洲湾镇"}, "簰洲湾": {"簰洲湾", "牌洲湾"}, "𠮷祥": {"𠮷祥", "吉祥"}, "张三": {"张三"}, "": {""},
	} {
		if got := Variants(name); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestOrderOfTheTelephoneBook(t *testing.T) {
	t.Parallel()
	want := []string{"阿宝", "李安", "李四", "连战", "欧阳修", "单雄信", "张三"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b string) int { return strings.Compare(SortKey(a), SortKey(b)) })
	if !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
}

func check(t interface{ Fatalf(string, ...any) }, name string) {
	for _, list := range [][]Reading{Readings(name), PlaceReadings(name)} {
		if len(list) > MaxReadings {
			t.Fatalf("%q has %d readings", name, len(list))
		}
		for i, r := range list {
			if r.Full == "" || r.Initials == "" || len(r.Initials) > len(r.Full) || slices.Contains(list[:i], r) || !utf8.ValidString(r.Full) {
				t.Fatalf("%q: %q", name, list)
			}
		}
	}
	if Variants(name)[0] != name || !strings.HasSuffix(SortKey(name), name) {
		t.Fatalf("%q is lost", name)
	}
}

func TestAnyNameGetsFewAndDistinctReadings(t *testing.T) {
	t.Parallel()
	han := rapid.RuneFrom([]rune("单长重行朝乐曾张三厦铺尉迟万俟区查隽水𠮷㛃龘·aB3 "))
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.StringOfN(han, 0, 20, -1).Draw(t, "name"))
		check(t, rapid.String().Draw(t, "text"))
	})
}

// Every reading of the tables is plain letters, and every common character of the dictionary spells as letters.
func TestTablesSpellInLetters(t *testing.T) {
	t.Parallel()
	letters := func(where, s string) {
		if s == "" || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("%s: %q", where, s)
		}
	}
	for _, m := range []map[rune][]string{surnames, polyphones} {
		for r, options := range m {
			for _, o := range options {
				letters(string(r), o)
			}
		}
	}
	for _, m := range []map[rune][]word{doubleSurnames, places} {
		for _, list := range m {
			for _, w := range list {
				if len(w.syllables) != utf8.RuneCountInString(w.text) {
					t.Errorf("%s has %d syllables", w.text, len(w.syllables))
				}
			}
		}
	}
	for r := rune(firstCommon); r <= 0x9FA5; r++ {
		for _, o := range readingsOf(r) {
			letters(string(r), o)
		}
	}
}

func FuzzReadings(f *testing.F) {
	for _, s := range []string{"张三", "尉迟恭", "厦铺镇", "𠮷㛃", "A1·", "\xff单", "（区）"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if utf8.ValidString(s) {
			check(t, s)
		} else {
			Readings(s)
			SortKey(s)
		}
	})
}

var sample = []string{"张三", "李小明", "欧阳修", "单雄信", "王建国", "刘长乐", "陈思雨", "周杰"}

func BenchmarkReadings(b *testing.B) {
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		Readings(sample[i%len(sample)])
		i++
	}
}

func BenchmarkSortKey(b *testing.B) {
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		SortKey(sample[i%len(sample)])
		i++
	}
}
