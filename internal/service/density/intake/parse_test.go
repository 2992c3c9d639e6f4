package intake

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sheet/sheettest"
)

// The heads of exports as offices send them, each recognised as what it is.
func TestExportsAreRecognised(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]Kind{
		"序号,姓名,性别,民族,出生日期,身份证号,政治面貌,最高学历,手机号码,入团时间,团员编号,所在团支部名称,团内职务": Members,
		"姓名（必填）,公民身份证号,加入中国共青团时间,所在团支部全称（必填）,本人联系电话":                  Members,
		"姓名,身份证号,任职团组织,现任团内职务,联系电话":                                   Cadres,
		"组织标识,组织名称全称,组织类别名称,上级组织全称,所属单位名称,行业分类,统计用区划代码":               LeagueOrgs,
		"团组织名称,团组织类型,直属上级团组织,依托单位名称":                                  LeagueOrgs,
		"县（市、区）,乡镇（街道）,村（社区）,14-17周岁,18-22周岁,23-28周岁,29-35周岁,合计":      Youth,
		"村代码,14—17岁（人）,18—22岁（人）,23—28岁（人）,29—35岁（人）":                 Youth,
		"单位详细名称,统一社会信用代码,行业门类,行政区划代码,经度,纬度":                           Employers,
		"企业名称,统一社会信用代码,所属行业,区划代码,从业人员期末人数":                            Employers,
		"企业全称,统一代码,主要业务活动,所在区划代码":                                     Employers,
		"学校（机构）名称,学校办学类型,统一社会信用代码,区划代码":                               Schools,
		"站点,站点类型,具体地址,GPS经度,GPS纬度,可接待人数,区划代码":                         Sites,
	} {
		b, err := sheet.Open(saveFile(t, []byte(head+"\n")), sheet.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		best, err := Recognise(b)
		if err != nil {
			t.Errorf("%s: %v", head, err)
		}
		b.Close()
		if best.Kind != want || len(best.Mapping.missing(want)) > 0 {
			t.Errorf("%s: taken for %q without %v, wanted %s", head, best.Kind, best.Mapping.missing(best.Kind), want)
		}
	}
}

// No two fields of one kind claim the same head.
func TestAliasesAreUnambiguous(t *testing.T) {
	t.Parallel()
	for kind, all := range fields {
		owner := map[string]string{}
		for _, f := range all {
			for _, a := range f.Aliases {
				if other := owner[a]; other != "" && other != f.Name {
					t.Errorf("%s: %q is claimed by %s and %s", kind, a, other, f.Name)
				}
				owner[a] = f.Name
			}
		}
	}
}

func FuzzCells(f *testing.F) {
	for _, s := range []string{"2020-05", "2020年5月", "202005", "114.32°", "１１４．３２", "NaN", "1e999", "-0", "团支部", "  张　三 ", "阿·买买提", "\u00a0x", "1,234.0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, ok := readMonth(s); ok {
			if y, m, n := d.Date(); y < 1 || m < 1 || n != 1 {
				t.Fatalf("%q is the month %s", s, d)
			}
		}
		if v, ok := degreesOf(s); ok && (math.IsNaN(v) || math.IsInf(v, 0)) {
			t.Fatalf("%q is %f degrees", s, v)
		}
		if kind, ok := classOf(s); ok && !kind.IsLeague() {
			t.Fatalf("%q is of class %s", s, kind)
		}
		if utf8.ValidString(s) && (fold(fold(s)) != fold(s) || cleanName(cleanName(s)) != cleanName(s)) {
			t.Fatalf("%q is folded anew: %q %q", s, fold(s), cleanName(s))
		}
		odd(s)
		unitKind(s)
	})
}

func FuzzReport(f *testing.F) {
	f.Add([]byte(`{"kind":"members","mapping":{"columns":{"name":0},"titles":["姓名"]},"problems":[{"row":2,"column":-1,"key":"x"}]}`))
	f.Add([]byte(`{"name":"姓名"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := ReportOf(source.Delivery{Report: json.RawMessage(b)})
		r.Mapping.missing(r.Kind)
		for field := range saved(b) {
			r.Mapping.title(r.Mapping.column(field))
		}
	})
}

// FuzzRecognise reads whole files as the wizard does after the upload.
func FuzzRecognise(f *testing.F) {
	for _, bad := range sheettest.Bad([][]string{{"姓名", "身份证号码", "所在团支部"}, {"张三", "421202200002290005", "甲支部"}}) {
		if len(bad.Data) < 64<<10 {
			f.Add(bad.Data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := saveFile(t, data)
		b, err := sheet.Open(path, sheet.Limits{FileBytes: 1 << 20, UnzippedBytes: 1 << 24, StringBytes: 1 << 22, RecordBytes: 1 << 16})
		if err != nil {
			return
		}
		defer b.Close()
		g, err := Recognise(b)
		if err != nil {
			return
		}
		for field, at := range g.Mapping.Columns {
			if at < 0 || at >= len(g.Mapping.Titles) {
				t.Fatalf("%s stands in column %d of %d", field, at, len(g.Mapping.Titles))
			}
		}
	})
}

func saveFile(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
