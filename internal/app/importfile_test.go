package app

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/sheet/sheettest"
)

// The command takes and refuses the same files as the wizard, names each fault in both languages, and changes nothing
// where it refuses.
func TestBadFilesAtTheCommand(t *testing.T) {
	t.Parallel()
	dir := small(t)
	cat, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	says := func(lang i18n.Lang, key string) string {
		text := cat.Printer(lang).T(key)
		for _, end := range []string{"{", "⟦"} {
			if at := strings.Index(text, end); at >= 0 {
				text = text[:at]
			}
		}
		return text
	}
	table := [][]string{{"企业名称", "区划代码", "所属行业"}, {"甲公司", "421202002223", "农业"}, {"乙公司", "421202002223", "农业"}}
	for i, f := range sheettest.Bad(table) {
		if f.Refused+f.Bad == "" && len(f.Notes) == 0 && f.What != "xls" {
			continue // the wizard's tests take them; here each costs a count of all figures
		}
		path := filepath.Join(t.TempDir(), f.Name)
		if err := os.WriteFile(path, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, e := told(t, "import", "--data", dir, "--kind", "employers", "--source", fmt.Sprint("来源", i), "--file", path)
		for _, key := range append(append([]string{f.Refused, f.Bad}, f.Notes...), "") {
			if key == "" {
				continue
			}
			for _, lang := range i18n.Langs() {
				if !strings.Contains(e, says(lang, key)) {
					t.Errorf("%s: wanted %q: %d %s", f.What, says(lang, key), code, e)
				}
			}
		}
		if f.Refused+f.Bad != "" {
			if code != exitUsage || out != "" {
				t.Errorf("%s: %d %s", f.What, code, out)
			}
			continue
		}
		var told struct{ Rows, Bad int }
		if err := json.Unmarshal([]byte(out), &told); code != exitOK || err != nil || told.Rows != 2 || told.Bad != 0 {
			t.Errorf("%s: %d %v %+v %s", f.What, code, err, told, e)
		}
	}
	bare := filepath.Join(t.TempDir(), "名单.csv")
	if err := os.WriteFile(bare, []byte("企业名称,地址\n甲,一路\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, args := range map[string][]string{
		"no such file": {"--kind", "youth", "--source", "人数", "--file", bare + "x"},
		"no precision": {"--kind", "youth", "--source", "人数", "--file", bare, "--precision", "street"},
		"--source":     {"--kind", "youth", "--file", bare},
		"14-17岁":       {"--kind", "youth", "--source", "人数", "--file", bare},
		"Name folder":  {"--kind", "fish", "--source", "人数", "--file", bare},
		"BD-09":        {"--kind", "youth", "--source", "人数", "--file", bare, "--crs", "mars"},
		"2026":         {"--kind", "youth", "--source", "人数", "--file", bare, "--as-of", "昨天"},
	} {
		code, _, e := told(t, append([]string{"import", "--data", dir}, args...)...)
		if code != exitUsage || !strings.Contains(e, what) {
			t.Errorf("%s: %d %s", what, code, e)
		}
	}
}
