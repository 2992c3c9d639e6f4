package app

import (
	"encoding/json"
	"strings"
	"testing"
)

const smallGraph = "4 3 1\n1 2 1\n2 3 1\n3 4 5\n"

func TestPlanSiteProvesTheBest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args, want string
		files      []string
	}{
		{"site --orlib @g.txt", `{"bound":8,"gap":0,"loss":[-1],"objective":8,"open":[2],"proved":true,"seed":0,"serve":[2,2,2,2]}`, []string{"g.txt", smallGraph}},
		{"site --orlib @g.txt --sites 2", `{"bound":2,"gap":0,"loss":[16,6],"objective":2,"open":[2,4],"proved":true,"seed":0,"serve":[2,2,2,4]}`, []string{"g.txt", smallGraph}},
		{"site --orlib @g.txt --sites 2 --fixed @f.txt --seed 3", `{"bound":3,"gap":0,"loss":[15,7],"objective":3,"open":[1,4],"proved":true,"seed":3,"serve":[1,1,1,4]}`, []string{"g.txt", smallGraph, "f.txt", "1\n"}},
		{
			"site --demand @d.csv --candidates @c.csv --sites 1", `{"bound":1000,"gap":0,"loss":[-1],"objective":1000,"open":[1],"proved":true,"seed":0,"serve":[1,1]}`,
			[]string{"d.csv", "x,y,weight\n0,0,1\n300,400,2\n", "c.csv", "x,y\n0,0\n300,800\n"},
		},
	} {
		code, stdout, stderr, _ := runPlan(t, c.args, c.files...)
		var got map[string]any
		if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 || stderr != "" {
			t.Fatalf("%s: %d %q %q %v", c.args, code, stdout, stderr, err)
		}
		delete(got, "seconds")
		delete(got, "cpu_seconds")
		if have, _ := json.Marshal(got); string(have) != c.want {
			t.Errorf("%s: %s, want %s", c.args, have, c.want)
		}
	}
}

func TestPlanSiteChecksAnAnswerMadeElsewhere(t *testing.T) {
	t.Parallel()
	for answer, holds := range map[string]bool{
		`{"objective":2,"open":[4,2]}`: true, `{"objective":8,"open":[2]}`: false, `{"objective":1,"open":[2,4]}`: false,
		`{"objective":2,"open":[2,5]}`: false, `{"objective":2,"open":[2,2]}`: false, `nothing`: false,
	} {
		code, stdout, stderr, _ := runPlan(t, "site --orlib @g.txt --sites 2 --check @a.json", "g.txt", smallGraph, "a.json", answer)
		if (code == 0) != holds || holds != (stdout == "{\"holds\":true}\n") || !holds && code != exitUsage || holds != (stderr == "") {
			t.Errorf("%s: %d %q %q", answer, code, stdout, stderr)
		}
	}
}

const smallTSP = "NAME : t\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n5 0 0\n7 3 4\n9 100 0\nEOF\n"

const smallShared = "1 99\n3 2 5\n1 0 0 3\n2 3 4 3\n3 6 8 2\n"

func TestPlanSiteOnThePlaneAndWithCapacities(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, file, want string }{
		{"site --tsp @f --sites 2", smallTSP, `"objective":5,"bound":5,"gap":0,"proved":true`},
		{"site --tsp @f --sites 2 --fixed @n --effort 1", smallTSP, `"open":[7,9],"serve":[7,7,9],"loss":[192,97]`},
		{"site --orlib-cap @f", smallShared, `"objective":5,"bound":5,"gap":0,"proved":true`},
		{"site --orlib-cap @f --sites 3 --seconds 9 --effort 20", smallShared, `"open":[1,2,3],"serve":[1,2,3],"used":[3,3,2]`},
	} {
		code, stdout, stderr, _ := runPlan(t, c.args, "f", c.file, "n", "7")
		if code != 0 || stderr != "" || !strings.Contains(stdout, c.want) {
			t.Errorf("%s: %d %q %q", c.args, code, stdout, stderr)
		}
		if code, held, stderr, _ := runPlan(t, c.args+" --check @a", "f", c.file, "n", "7", "a", stdout); code != 0 || held != "{\"holds\":true}\n" {
			t.Errorf("%s: its own answer does not hold: %q", c.args, stderr)
		}
	}
	for _, answer := range []string{`{"objective":5,"open":[1,3],"serve":[1,1,3]}`, `{"objective":5,"open":[1,3]}`, `{"objective":4,"open":[1,3],"serve":[1,3,3]}`} {
		if code, stdout, stderr, _ := runPlan(t, "site --orlib-cap @f --check @a", "f", smallShared, "a", answer); code != exitUsage || stdout != "" || !strings.Contains(stderr, "does not hold") {
			t.Errorf("%s: %d %q %q", answer, code, stdout, stderr)
		}
	}
	if code, _, stderr, _ := runPlan(t, "site --tsp @f --sites 2 --check @a", "f", smallTSP, "a", `{"objective":5,"open":[5]}`); code != exitUsage || !strings.Contains(stderr, "does not hold") {
		t.Errorf("%d %q", code, stderr)
	}
}

func TestPlanSiteNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, f, zh, en string }{
		{"site", "", "请给出", "give --orlib"},
		{"site --demand @f", "", "请给出", "give --orlib"},
		{"site --demand @f --candidates @f", "", "缺少 --sites", "is missing"},
		{"site --orlib @f", "3 1 1\n1 4 2\n", "第 2 行：节点“4”超出范围，应为 1 至 3", "must be from 1 to 3"},
		{"site --orlib @f --sites 9", smallGraph, "--sites 应为 1 至 4", "up to all candidates"},
		{"site --orlib @f --sites 1 --fixed @f", "1 0 1", "“0”超出范围", "must be from 1 to 1"},
		{"site --orlib @f", "2 0 1\n", "无解", "served by nobody"},
		{"site --tsp @f", smallTSP, "缺少 --sites", "is missing"},
		{"site --tsp @f --sites 4", smallTSP, "--sites 应为 1 至 3", "up to all candidates"},
		{"site --tsp @f --sites 1", "1 2 3\n1 4 5\n", "第 2 行：节点“1”", "second point"},
		{"site --tsp @f --sites 1", "EDGE_WEIGHT_TYPE: GEO\n", "第 1 行", "EUC_2D"},
		{"site --orlib-cap @f", "1 9\n2 1 5\n1 0 0 3", "第 3 行：点", "file ends"},
		{"site --orlib-cap @f", "1 9\n2 1 5\n1 0 0 3\n2 0 0 3", "需求合计 6，超过最大几处的容量之和 5", "demands of 6"},
		{"site --orlib-cap @f", "1 9\n2 1 5\n1 0 0 3\n2 0 0 6", "第 2 个需求", "demand 2 fits nowhere"},
		{"site --demand @f --candidates @f --sites 1", "x,y,weight\n0,0,1.5\n", "权重应为整数", "whole numbers"},
	} {
		code, stdout, stderr, _ := runPlan(t, c.args, "f", c.f)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.zh) || !strings.Contains(stderr, c.en) {
			t.Errorf("%s of %q: %d %q %q", c.args, c.f, code, stdout, stderr)
		}
	}
}
