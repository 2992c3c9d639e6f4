package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const goodForm = "| survey | | | |\n| | type | name | label |\n| | select_one yn | a | 是否 |\n| choices | | | |\n| | list_name | name | label |\n| | yn | y | 是 |\n"

func TestFormCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	good, bad := write("走访.md", goodForm), write("bad.md", strings.Replace(goodForm, "select_one yn", "select_one yns", 1)+"| | yn | n | |\n")

	code, out, _ := told(t, "form", "check", good)
	if code != exitOK || !strings.Contains(out, "走访") || !strings.Contains(out, "questions 1") {
		t.Errorf("a good form: %d %s", code, out)
	}
	code, out, _ = told(t, "form", "check", bad)
	if code != exitUsage || !strings.Contains(out, "survey, 第 3 行 row 3, A 列 column A (type): 没有选项表“yns”。是不是“yn”？ · There is no list “yns”. Is “yn” meant?") {
		t.Errorf("a bad form: %d %s", code, out)
	}
	code, out, _ = told(t, "form", "check", "--json", bad)
	var r formReport
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitUsage || r.OK || len(r.Errors) != 1 || len(r.Warnings) != 1 || r.Errors[0].Row != 3 {
		t.Errorf("as JSON: %d %+v, %v", code, r, err)
	}
	if code, _, _ = told(t, "form", "check", good, "--json"); code != exitOK {
		t.Errorf("a flag behind the file: %d", code)
	}
	for _, call := range [][]string{{"form"}, {"form", "check"}, {"form", "check", good, bad}, {"form", "check", filepath.Join(dir, "nowhere.xlsx")}, {"form", "check", write("empty.xlsx", "")}} {
		if code, out, _ := told(t, call...); code == exitOK || out != "" {
			t.Errorf("%q: %d %s", call, code, out)
		}
	}
}
