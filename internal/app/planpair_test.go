package app

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// runPlan runs a planner over files given as name, text, name, text; @ in args is their folder.
func runPlan(t *testing.T, args string, files ...string) (code int, stdout, stderr, dir string) {
	t.Helper()
	dir = t.TempDir()
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs bytes.Buffer
	code = Main(context.Background(), append([]string{"plan"}, strings.Fields(strings.ReplaceAll(args, "@", dir+"/"))...), strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String(), dir
}

func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const (
	smallTable   = "2\n4 1\n2 3\n"
	smallNetwork = "p min 3 3\nn 1 2\nn 3 -2\na 1 2 0 1 1\na 2 3 0 5 1\na 1 3 0 5 3\n"
)

func TestPlanPairProvesTheBest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, name, text, want string }{
		{"pair --orlib-assign @a.txt --seed 7", "a.txt", smallTable, `{"assign":[2,1],"bound":3,"gap":0,"objective":3,"proved":true,"seed":7}`},
		{"pair --orlib-assign @a.gz", "a.gz", packed(t, smallTable), `{"assign":[2,1],"bound":3,"gap":0,"objective":3,"proved":true,"seed":0}`},
		{"pair --dimacs @n.min --flows", "n.min", smallNetwork, `{"bound":5,"flow":[1,1,1],"gap":0,"objective":5,"proved":true,"seed":0}`},
		{"pair --dimacs @n.min", "n.min", smallNetwork, `{"bound":5,"gap":0,"objective":5,"proved":true,"seed":0}`},
	} {
		code, stdout, stderr, _ := runPlan(t, c.args, c.name, c.text)
		var got map[string]any
		if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 || stderr != "" {
			t.Fatalf("%s: %d %q %q %v", c.args, code, stdout, stderr, err)
		}
		for _, name := range []string{"seconds", "cpu_seconds"} {
			if _, ok := got[name].(float64); !ok {
				t.Errorf("%s: no %s in %s", c.args, name, stdout)
			}
			delete(got, name)
		}
		if have, _ := json.Marshal(got); string(have) != c.want {
			t.Errorf("%s: %s, want %s", c.args, have, c.want)
		}
	}
}

func TestPlanPairChecksAnAnswerMadeElsewhere(t *testing.T) {
	t.Parallel()
	for answer, holds := range map[string]bool{
		`{"objective":3,"assign":[2,1]}`: true, `{"objective":7,"assign":[1,2]}`: true,
		`{"objective":2,"assign":[2,1]}`: false, `{"objective":3,"assign":[2,2]}`: false, `{"objective":3,"assign":[0,1]}`: false, `[]`: false,
	} {
		code, stdout, stderr, _ := runPlan(t, "pair --orlib-assign @a.txt --check @answer.json", "a.txt", smallTable, "answer.json", answer)
		if (code == 0) != holds || holds != (stdout == "{\"holds\":true}\n") || !holds && code != exitUsage || holds != (stderr == "") {
			t.Errorf("%s: %d %q %q", answer, code, stdout, stderr)
		}
	}
	code, _, stderr, _ := runPlan(t, "pair --dimacs @n.min --check @answer.json", "n.min", smallNetwork, "answer.json", `{"objective":4,"flow":[2,2,0]}`)
	if code != exitUsage || !strings.Contains(stderr, "arc 0 carries 2") {
		t.Error(code, stderr)
	}
}

func TestPlanPairNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, file, zh, en string }{
		{"pair", "", "请给出", "give one of"},
		{"pair --orlib-assign @f --dimacs @f", "", "请给出", "give one of"},
		{"pair --nonsense", "", "参数不对", "wrong argument"},
		{"pair --orlib-assign @none", "", "打不开", "cannot open"},
		{"pair --orlib-assign @f", "2\n1 2\n3 x\n", "第 3 行：费用“x”应为整数", `line 3: cost "x" must be a whole number`},
		{"pair --orlib-assign @f", "2\n1 2\n3", "第 3 行：费用缺失", "line 3: cost is missing"},
		{"pair --orlib-assign @f", "\x1f\x8bno", "压缩文件已损坏", "packed file is damaged"},
		{"pair --dimacs @f", packed(t, smallNetwork)[:40], "压缩文件已损坏", "packed file is damaged"},
		{"pair --dimacs @f", "p min 2 1\na 1 3 0 1 1", "第 2 行：节点“3”超出范围，应为 1 至 2", "must be from 1 to 2"},
		{"pair --dimacs @f", "p min 2 1\nn 1 1\na 1 2 0 1 1", "合计不为 0", "does not sum to 0"},
		{"pair --dimacs @f", "p min 2 1\nn 1 2\nn 2 -2\na 1 2 0 1 1", "无解，第 1 号等 2 个节点", "2 nodes supply or need finds no way"},
		{"pair --dimacs @f", "p min 2 2\na 1 2 0 -1 -3\na 2 1 0 -1 1", "条弧在一个费用为负", "lies on a cycle of negative cost"},
		{"pair --dimacs @f", "a 1 2", "之前应有一行", "comes first and once"},
		{"pair --dimacs @f", "p max 1 1", "应为 min", "must be min"},
		{"pair --dimacs @f", "p min 1 0\nn 1 0\nn 1 0", "第二个供应量", "has one already"},
		{"pair --dimacs @f", "p min 1 0\nx", "不是行首应有的", "c, p, n and a may"},
		{"pair --dimacs @f", "p min 1 1\na 1 1 5 3 0", "下限大于上限", "above its upper one"},
		{"pair --dimacs @f", "p min 1 2\na 1 1 0 3 0", "与 p 行所写不同", "as many as the heading"},
	} {
		code, stdout, stderr, _ := runPlan(t, c.args, "f", c.file)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.zh) || !strings.Contains(stderr, c.en) {
			t.Errorf("%s of %q: %d %q %q", c.args, c.file, code, stdout, stderr)
		}
	}
}
