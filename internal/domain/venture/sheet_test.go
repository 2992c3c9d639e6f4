package venture_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sheet"
)

// wording is that of the tests: columns by their keys, a word for each category.
var wording = func() venture.Wording {
	w := venture.Wording{Words: map[string]map[string]string{"category": {"返乡创业": "returnee"}, "stage": {"成长": "growing"}, "entity": {"公司": "firm", "个体工商户": "individual"}}}
	for _, c := range venture.Columns {
		w.Fields = append(w.Fields, sheet.Field{Name: c, Aliases: []string{c}, Required: c == "name"})
	}
	return w
}()

// book opens a table.
func book(t testing.TB, lines ...string) *sheet.Book {
	t.Helper()
	path := filepath.Join(t.TempDir(), "项目.csv")
	must(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	b, err := sheet.Open(path, sheet.DefaultLimits)
	must(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

const titles = "name,founder,industry,county,town,category,stage,entity,credit,staff,revenue,revenue_year,began,address"

func TestASpreadsheetIsLookedAtAndThenEntered(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸安区")
		lines := []string{
			titles,
			"茶坊,周知夏,C1530,咸安区,咸安区甲镇,返乡创业,成长,公司,91421202MA0000000D,6,82万,2025,2023-05-01,羊楼洞一号",
			"竹艺,李雨,农业,咸安区,,,,,,,,,,",
			"云母,王一,30,嘉鱼县,,返乡创业,成长,公司,,2,,,,",                        // another county
			"坏,,X9,无此县,,没有这类,成长,公司,914212020000000198,二,-5,2025,明年,", // all of it wrong
			"茶坊二,周知夏,C15,咸安区,,,,,91421202MA0000000D,,,,,",            // the code of the first row
		}
		got, err := c.s.ReadSheet(ctx, by, book(t, lines...), wording)
		must(t, err)
		if got.Counts[venture.RowNew] != 2 || got.Counts[venture.RowBad] != 3 || got.Rows[0].No != 2 {
			t.Fatalf("%v: %+v", got.Counts, got.Rows)
		}
		var keys []string
		for _, p := range got.Rows[3].Problems {
			keys = append(keys, p.Field)
		}
		for _, field := range []string{"founder", "industry", "org", "category", "credit", "staff", "revenue", "began"} {
			if !strings.Contains(" "+strings.Join(keys, " ")+" ", " "+field+" ") {
				t.Errorf("nothing is said of %s: %v", field, got.Rows[3].Problems)
			}
		}
		if got.Rows[2].Problems[0].Key != "venture.sheet_elsewhere" || got.Rows[4].Problems[0].Key != "venture.sheet_twice" {
			t.Errorf("%v, %v", got.Rows[2].Problems, got.Rows[4].Problems)
		}
		if n := c.names(by, venture.Filter{}); len(n) != 0 {
			t.Fatalf("looking wrote %v", n)
		}
		if got, err = c.s.TakeSheet(ctx, by, book(t, lines...), wording); err != nil || got.Counts[venture.RowNew] != 2 {
			t.Fatalf("%v, %v", got.Counts, err)
		}
		tea := venture.Filter{Words: "91421202MA0000000D"}
		row, err := c.s.List(ctx, by, tea, "")
		must(t, err)
		if v := row.Items[0]; v.Name != "茶坊" || v.Staff != 6 || v.Revenue != 820_000_00 || v.Industry != "C1530" || v.Lead != "周知夏" || v.At.Name != "咸安区甲镇" || v.Began.String() != "2023-05-01" {
			t.Errorf("%+v", v)
		}
		bamboo, err := c.s.List(ctx, by, venture.Filter{Words: "竹艺"}, "")
		if err != nil || bamboo.Items[0].Category != "other" || bamboo.Items[0].Entity != "none" || bamboo.Items[0].Industry != "A01" {
			t.Errorf("%+v, %v", bamboo.Items, err)
		}
		// the same table again changes nothing; one cell changes one dossier, and an empty one leaves what is there
		if got, err = c.s.TakeSheet(ctx, by, book(t, lines...), wording); err != nil || got.Counts[venture.RowSame] != 2 || got.Counts[venture.RowNew] != 0 {
			t.Errorf("%v, %v", got.Counts, err)
		}
		if got, err = c.s.TakeSheet(ctx, by, book(t, titles, "茶坊改名,,,,,,,,91421202MA0000000D,9,,,,"), wording); err != nil || got.Counts[venture.RowChanged] != 1 {
			t.Errorf("%v, %v", got.Counts, err)
		}
		if row, err = c.s.List(ctx, by, tea, ""); err != nil || row.Items[0].Name != "茶坊改名" || row.Items[0].Staff != 9 || row.Items[0].Revenue != 820_000_00 || len(row.Items) != 1 {
			t.Errorf("%+v, %v", row.Items, err)
		}
		// of another county's dossier nothing is told but that the code is taken
		got, err = c.s.ReadSheet(ctx, c.Actor(t, clerk, "嘉鱼县"), book(t, titles, "茶坊,谁,C15,嘉鱼县,,,,,91421202MA0000000D,,,,,"), wording)
		must(t, err)
		if p := got.Rows[0].Problems; len(p) != 1 || p[0].Key != "venture.credit_taken" {
			t.Errorf("%v", p)
		}
	})
}

func TestSpreadsheetsThatAreNone(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸安区")
		_, err := c.s.ReadSheet(ctx, by, book(t, "a,b", "1,2"), wording)
		wantKey(t, err, "sheet.header_missing")
		_, err = c.s.ReadSheet(ctx, c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{venture.Read}}, "咸安区"), book(t, titles), wording)
		wantKey(t, err, "errs.denied")
		_, err = c.s.TakeSheet(ctx, c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{venture.Read}}, "咸安区"), book(t, titles), wording)
		wantKey(t, err, "errs.denied")
		long := []string{titles}
		for range venture.MostRows + 1 {
			long = append(long, "竹艺,李雨,农业,咸安区,,,,,,,,,,")
		}
		_, err = c.s.ReadSheet(ctx, by, book(t, long...), wording)
		wantKey(t, err, "venture.sheet_long")
	})
}
