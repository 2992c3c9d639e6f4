package intake_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sheet/sheettest"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/density/intake"
)

// checked writes lines as a file in an encoding and gives the report of its check; nothing is taken in.
func (w *world) checked(t *testing.T, kind intake.Kind, name, text string, gbk bool) intake.Report {
	t.Helper()
	if gbk {
		var err error
		if text, err = simplifiedchinese.GBK.NewEncoder().String(text); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(w.dir, name+".csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := w.File(t.Context(), w.by, kind, name, path, asOf, intake.Options{Fineness: source.Point}, nil)
	if r.Counts.Rows == 0 {
		t.Fatalf("%s: %v", name, err)
	}
	if r.Counts.Bad > 0 && errs.KeyOf(err) != "intake.bad_rows" {
		t.Errorf("%s: bad rows were taken in: %v", name, err)
	}
	return r
}

// Each row is wrong in one way, and is named by it; rows that are right are not.
func TestWhatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sqldbtest.SQLite(t, sqldb.Options{}), "xn", 0.002)
	for _, x := range w.tables()[:3] {
		w.load(t, x, ".csv")
	}
	branch := w.branch()
	for _, c := range []struct {
		name string
		kind intake.Kind
		head string
		rows map[string]string // row to the one key, empty for none
	}{
		{"members", intake.Members, "姓名,性别,身份证号,入团年月,团员编号,所在团支部,民族,居住地代码", map[string]string{
			"好人,男,421202200002290005,2016-05,,B,汉族,":                       "",
			"科学,男,4.21202E+17,2016-05,,B,,":                                "cn.damaged_scientific",
			"末零,男,421202200002290000,2016-05,,B,,":                         "cn.damaged_rounded",
			"校验,男,421202200002290006,2016-05,,B,,":                         "cn.id_check",
			"短号,男,42120220000229,2016-05,,B,,":                             "cn.id_length",
			"无日,男,421202200102290003,2016-05,,B,,":                         "cn.id_date",
			",男,42122319911231000X,2006-05,,B,,":                           "intake.empty",
			"无部,男,42122319911231000X,2006-05,,没有的团支部,,":                    "intake.branch_unknown",
			"年份,男,421281199801150009,2018-05,201700000001,B,,":             "intake.number_year",
			"早入,男,421222201609010006,2026-05,202600000001,B,,":             "intake.joined_young",
			"族别,男,421224200806060000,2023-05,202300000001,B,火星族,":          "intake.code_unknown",
			strings.Repeat("长", 61) + ",男,421202199901010005,2016-05,,B,,": "*",
			"<script>alert(1)</script>,女,421221199902020003,2016-05,,B,,":  "*",
			"同号,女,421202200002290005,2016-05,,B,,":                         "intake.twice_in_file",
			"他乡,女,420106200003030007,2016-05,,B,,999999999999":             "*",
		}},
		{"youth", intake.Youth, "区划代码,14-17岁,18-22岁,23-28岁,29-35岁", map[string]string{
			"421202002223,1,2,3,4":  "",
			"421221106202,1,,3,4":   "intake.count_empty",
			"421202002224,1,-2,3,4": "*",
			"421299999999,1,2,3,4":  "intake.area_unknown",
			"42120200222,1,2,3,4":   "cn.area_format",
			"421202002000,1,2,3,4":  "intake.not_a_village",
		}},
		{"sites", intake.Sites, "名称,类别,区划代码,经度,纬度", map[string]string{
			"甲,青年之家,421202002223,114.32,29.84": "",
			"乙,青年之家,421202002223,29.84,114.32": "intake.swapped",
			"丙,青年之家,421202002223,116.40,39.91": "intake.off_map",
			"丁,青年之家,421202002223,999,29.84":    "*",
			"戊,青年之家,421202002223,东,29.84":      "intake.not_degrees",
		}},
	} {
		rows := make([]string, 0, len(c.rows))
		for r := range c.rows {
			rows = append(rows, r)
		}
		slices.SortFunc(rows, func(a, b string) int { // the good row first, so that its double is the one that is wrong
			if (c.rows[a] == "") != (c.rows[b] == "") {
				if c.rows[a] == "" {
					return -1
				}
				return 1
			}
			return strings.Compare(a, b)
		})
		report := w.checked(t, c.kind, c.name, c.head+"\n"+strings.ReplaceAll(strings.Join(rows, "\n"), ",B,", ","+branch+","), true)
		found := map[int][]string{}
		for _, p := range report.Problems {
			found[p.Row] = append(found[p.Row], p.Key)
		}
		for i, r := range rows {
			keys, want := found[i+2], c.rows[r]
			if want != "*" && (want == "" && len(keys) > 0 || want != "" && !slices.Contains(keys, want)) {
				t.Errorf("%s: %s: found %v, want %q", c.name, r, keys, want)
			}
		}
	}
}

// Positions in another system than the stated one are named where enough of them have a village to be held against;
// a few, or some that fit no system, are not.
func TestShiftedPositionsAreNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sqldbtest.SQLite(t, sqldb.Options{}), "xn", 0.002)
	var villages []demo.Division
	for _, d := range w.city.Divisions {
		if d.Level == "village" {
			villages = append(villages, d)
		}
	}
	for name, c := range map[string]struct {
		n     int
		crs   geo.CRS
		shift geo.CRS
	}{
		"as stated": {30, geo.WGS84, ""}, "of a map service": {30, geo.GCJ02, geo.GCJ02}, "of another": {30, geo.BD09, geo.BD09}, "too few": {19, geo.GCJ02, ""},
	} {
		text := "名称,类别,区划代码,经度,纬度\n"
		for i, v := range villages[:c.n] {
			p := geo.Convert(geo.Point{Lon: v.At.Lon, Lat: v.At.Lat}, geo.WGS84, c.crs)
			text += fmt.Sprintf("之家%d,青年之家,%s,%.6f,%.6f\n", i, v.Code, p.Lon, p.Lat)
		}
		if r := w.checked(t, intake.Sites, name, text, false); r.Shift != c.shift || r.Counts.Bad != 0 {
			t.Errorf("%s: seems %q, wanted %q: %+v", name, r.Shift, c.shift, r.Counts)
		}
	}
}

// Dates that Excel holds as numbers without a date's format are read for what they are.
func TestDatesAsSerials(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sqldbtest.SQLite(t, sqldb.Options{}), "xn", 0.002)
	for _, x := range w.tables()[:3] {
		w.load(t, x, ".csv")
	}
	path := filepath.Join(w.dir, "序列.xlsx")
	book := sheettest.XLSX(func(f *excelize.File) {
		for i, v := range []any{"姓名", "身份证号", "出生日期", "入团时间", "所在团支部", "张小支", "421202200002290005", 36585, 42491.5, w.branch()} {
			at, err := excelize.CoordinatesToCellName(i%5+1, i/5+1)
			if err = errors.Join(err, f.SetCellValue("Sheet1", at, v)); err != nil {
				t.Fatal(err)
			}
		}
	})
	if err := os.WriteFile(path, book, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := w.File(t.Context(), w.by, intake.Members, "序列", path, asOf, intake.Options{}, nil)
	if err != nil || r.Counts.Fresh != 1 || len(r.Problems) > 0 {
		t.Fatalf("%v %+v %+v", err, r.Counts, r.Problems)
	}
	if seen := visible(t, w.DB, "xn"); !strings.Contains(seen, day.Must("2016-05-01").String()) {
		t.Error("the day of joining is not 1 May 2016")
	}
}

// branch is the name of some branch of the city.
func (w *world) branch() string {
	for _, r := range w.city.Branches(asOf).Rows {
		if r[2] == "团支部" {
			return r[1]
		}
	}
	return ""
}
