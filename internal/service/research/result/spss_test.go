package result

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"strings"
	"testing"
)

// What is written is read back by a reader that knows only the grammar of the syntax: each column has a variable, its labels
// are the form's, and coded values lead to the words that were said.
func TestWhatSPSSReads(t *testing.T) {
	t.Parallel()
	all := []Question{
		{Path: "stage", Label: "做到哪一步 'now'", Kind: One, Choices: []Choice{{"a", "还在想"}, {"b", "开'业\n了"}}},
		{Path: "k", Label: "缺什么", Kind: Many, Choices: []Choice{{"m", "资金"}, {"r", "场地"}}},
		{Path: "o", Label: "排", Kind: Rank, Choices: []Choice{{"x", "快"}, {"y", "省"}}},
		{Path: "n", Label: "多少", Kind: Number},
		{Path: "w", Label: "还想说", Kind: Words},
	}
	given := []Given{
		{Weight: 1.5, Values: map[string]string{"stage": "b", "k": "r", "o": "y x", "n": "3.5", "w": "=1+1, \"𠮷\"\n行"}},
		{Weight: 0.5, Values: map[string]string{"n": "多"}},
	}
	var data, syntax bytes.Buffer
	if err := WriteSPSS(&data, &syntax, "数据.csv", all, []string{"卷-1", "卷-2"}, given); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&data).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%v, %v", rows, err)
	}
	text := syntax.String()
	begin, end := strings.Index(text, "/VARIABLES=")+len("/VARIABLES="), strings.Index(text, "VARIABLE LABELS")
	var names []string
	for _, line := range strings.Split(strings.TrimSuffix(strings.TrimSpace(text[begin:end]), "."), "\n") {
		f := strings.Fields(line)
		if len(f) != 2 || !regexp.MustCompile(`^(A|F)\d+(\.\d+)?$`).MatchString(f[1]) {
			t.Errorf("variable %q", line)
		}
		names = append(names, f[0])
	}
	if strings.Join(names, ",") != strings.Join(rows[0], ",") {
		t.Errorf("the syntax reads %v, the file has %v", names, rows[0])
	}
	label := regexp.MustCompile(`(?m)^  (\S+) '((?:[^']|'')*)'\.?$`)
	labels := map[string]string{}
	section := ""
	for _, line := range strings.Split(text[end:], "\n") {
		if rest, ok := strings.CutPrefix(line, "VALUE LABELS "); ok {
			section = rest + "="
			continue
		}
		if m := label.FindStringSubmatch(line); m != nil {
			labels[section+m[1]] = strings.ReplaceAll(m[2], "''", "'")
		} else if strings.HasPrefix(line, "  ") {
			t.Errorf("not a label: %q", line)
		}
	}
	at := func(row int, name string) string {
		for i, n := range names {
			if n == name {
				return rows[row][i]
			}
		}
		return "?"
	}
	for _, c := range []struct{ got, want string }{
		{labels["q1"], "做到哪一步 'now'"},
		{labels["q1="+at(1, "q1")], "开'业 了"},
		{labels["q2_1="+at(1, "q2_1")], "否"},
		{labels["q2_2="+at(1, "q2_2")], "是"},
		{at(1, "q3_1"), "2"},
		{at(1, "q3_2"), "1"},
		{at(1, "q4"), "3.5"},
		{at(1, "q5"), "=1+1, \"𠮷\" 行"},
		{at(1, "weight"), "1.500000"},
		{at(2, "q1"), ""},
		{at(2, "q2_1"), ""},
		{at(2, "q4"), ""},
		{at(2, "serial"), "卷-2"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	if !strings.HasSuffix(text, "WEIGHT BY weight.\nEXECUTE.\n") || !strings.Contains(text, "/FILE='数据.csv'") {
		t.Error("the syntax does not end as it should")
	}
}
