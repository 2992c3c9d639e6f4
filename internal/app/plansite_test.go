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
		{"site --demand @f --candidates @f --sites 1", "x,y,weight\n0,0,1.5\n", "权重应为整数", "whole numbers"},
	} {
		code, stdout, stderr, _ := runPlan(t, c.args, "f", c.f)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.zh) || !strings.Contains(stderr, c.en) {
			t.Errorf("%s of %q: %d %q %q", c.args, c.f, code, stdout, stderr)
		}
	}
}
