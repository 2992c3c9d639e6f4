package form_test

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/form"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

// BenchmarkExport writes answers of 510 columns into a workbook. ZHIDIAN_ANSWERS says how many, 2,000 if nothing does:
// ZHIDIAN_ANSWERS=130000 go test ./internal/domain/form -run none -bench Export -benchtime 1x -timeout 30m
func BenchmarkExport(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("ZHIDIAN_ANSWERS"))
	if err != nil {
		n = 2_000
	}
	c := &town{t: b, dir: b.TempDir()}
	c.World, c.twin = testworld.Build(b, sqldbtest.SQLite(b, sqldb.Options{}))
	files, err := blob.New(b.TempDir(), c.Keys)
	if err != nil {
		b.Fatal(err)
	}
	c.s = &form.Service{DB: c.DB, Keys: c.Keys, Files: files, Serials: c.Serials, Zone: time.UTC, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
	ctx, by := b.Context(), c.Actor(b, clerk, "咸安区")
	text, answer := wide()
	v := c.upload(by, text)
	if err := c.s.Release(ctx, by, v.Form, 1, v.MadeAt); err != nil {
		b.Fatal(err)
	}
	for from := 0; from < n; from += 1000 {
		err := c.DB.Write(ctx, c.System(), func(tx *sqldb.Tx) error {
			for i := from; i < min(n, from+1000); i++ {
				if _, err := tx.Exec(`INSERT INTO answer (city, id, serial, form, version, org, content, state, at, edited_at) VALUES ($1, $2, $3, $4, 1, $5, $6, 'given', $7, $7)`,
					id.New[form.Answer](tx.Now().Add(time.Duration(i)*time.Millisecond)), fmt.Sprintf("卷-2026-%06d", i), v.Form, c.Nodes["咸安区甲镇"].ID, answer, tx.Now().UnixMicro()); err != nil {
					return err
				}
			}
			return tx.Record(form.Submit, "bench", act.Change{"from": from})
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for _, csv := range []bool{false, true} {
		b.Run(map[bool]string{false: "xlsx", true: "csv"}[csv], func(b *testing.B) {
			debug.FreeOSMemory()
			_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the most memory is counted from here
			before := held(b, "VmRSS:")
			for b.Loop() {
				made, err := c.s.Export(ctx, by, form.ExportAsk{Form: v.Form, CSV: csv, Words: words}, func(int64, int64) {})
				if err != nil || made.Answers != int64(n) {
					b.Fatal(made, err)
				}
				b.ReportMetric(float64(made.Bytes)/(1<<20), "MB")
			}
			b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N*n), "µs/answer")
			b.ReportMetric(held(b, "VmHWM:"), "peak-MB")
			b.ReportMetric(before, "before-MB") // the database that the benchmark has made in this process
		})
	}
}

// held is the memory that this process holds, or the most it has held, in MB.
func held(b *testing.B, what string) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("skipped: there is no /proc")
	}
	for line := range strings.Lines(string(status)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == what {
			kb, _ := strconv.ParseFloat(words[1], 64)
			return kb / 1024
		}
	}
	return 0
}

// wide is a form whose answers have 510 columns with those that say when and where, and an answer to all of it.
func wide() (text, answer string) {
	var b strings.Builder
	b.WriteString("| survey | | | |\n| | type | name | label |\n")
	all := map[string]string{}
	for i := range 505 - 12*4 {
		name := fmt.Sprintf("q%03d", i)
		kind, given := "text", fmt.Sprintf("答案 %d", i)
		switch {
		case i < 12:
			kind, given = "select_multiple k", "money room"
		case i%3 == 1:
			kind, given = "integer", strconv.Itoa(i*37)
		case i%3 == 2:
			kind, given = "select_one k", "room"
		}
		fmt.Fprintf(&b, "| | %s | %s | 第 %d 题 |\n", kind, name, i)
		all[name] = given
	}
	b.WriteString("| choices | | | |\n| | list_name | name | label |\n| | k | money | 资金 |\n| | k | room | 场地 |\n| | k | advice | 导师 |\n| | k | other | 其他 |\n")
	b.WriteString("| settings | | |\n| | form_title | form_id |\n| | 宽表 | wide |\n")
	given, _ := json.Marshal(all)
	return b.String(), string(given)
}
