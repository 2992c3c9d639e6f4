package sheet

import (
	"math"
	"strings"
	"testing"

	"zhidian/internal/platform/sheet/sheettest"
)

// FuzzOpen takes whole files, whatever they claim to be.
func FuzzOpen(f *testing.F) {
	for _, bad := range sheettest.Bad([][]string{{"姓名", "身份证号码"}, {"张三", "421202200002290005"}}) {
		if len(bad.Data) < 64<<10 {
			f.Add(bad.Data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) { drain(t, data) })
}

func FuzzFindHeader(f *testing.F) {
	f.Add("姓名（必填）\t身份证号\n张三\t1", 2)
	f.Add("\t基本\t\n姓名\t身份\t证号", 3)
	fields := []Field{{Name: "name", Aliases: []string{"姓名"}, Required: true}, {Name: "id", Aliases: []string{"身份证号", "基本身份"}, Required: true}, {Name: "phone", Aliases: []string{"电话"}}}
	f.Fuzz(func(t *testing.T, text string, across int) {
		var rows []Row
		for i, line := range strings.Split(text, "\n") {
			r := Row{Number: i + 1}
			for _, s := range strings.Split(line, "\t") {
				r.Cells = append(r.Cells, Cell{Kind: Text, Text: s, Across: across})
			}
			rows = append(rows, r)
		}
		m, problems := FindHeader(rows, fields)
		if len(problems) == 0 && (m.HeaderRow < 1 || m.HeaderRow > len(rows)) {
			t.Fatalf("the header is row %d of %d", m.HeaderRow, len(rows))
		}
		for name, at := range m.Columns {
			if at < 0 {
				t.Fatalf("%s stands in column %d", name, at)
			}
		}
	})
}

func FuzzDates(f *testing.F) {
	f.Add(164, `yyyy"年"m"月"d"日"`, 42491.5)
	f.Add(14, "", -1.0)
	f.Add(0, `[Red]0.00;"day"`, math.Inf(1))
	f.Fuzz(func(t *testing.T, id int, code string, v float64) {
		for _, from1904 := range []bool{false, true} {
			if c := numeric(v, isDateFormat(id, code), from1904); c.Kind == Date && len(c.Text) < 8 {
				t.Fatalf("%v in %q is %q", v, code, c.Text)
			}
		}
	})
}
