package app

import (
	"encoding/json"
	"math"
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

const (
	villages = "编号,x,y,人数\n甲,0,0,10\n乙,1000,0,20\n丙,2000,0,30\n丁,9000,0,5\n"
	schools  = "编号,x,y,费用\n101,0,0,4\n102,1000,0,5\nA3,2000,0,6\n104,9000,0,9\n"
)

func TestPlanSiteFromTables(t *testing.T) {
	t.Parallel()
	const call = "site --demand @d.csv --candidates @c.csv --sites "
	for _, c := range []struct{ args, want string }{
		{"1", `"open":["A3"],"serve":["A3","A3","A3","A3"],"loss":[-1]`},
		{"2", `"open":["A3",104],"serve":["A3","A3","A3",104]`},
		{"2 --fixed @f.csv", `"open":[101,"A3"]`},
		{"1 --cover 1000", `"objective":60,"bound":60,"gap":0,"proved":true`},
		{"2 --cover 500", `"objective":50,"bound":50`},
		{"4 --budget 10", `"open":[101,"A3"]`},
		{"2 --cover 1000 --budget 14", `"objective":65,"bound":65`},
		{"1 --what-if open=104", `"open":["A3",104],"serve":["A3","A3","A3",104],"loss":[420000,35000],"what_if":{"before":75000,"at_once":40000,"objective":40000`},
		{"2 --what-if close=104", `"open":["A3"],"serve":["A3","A3","A3","A3"],"loss":[-1],"what_if":{"before":40000,"at_once":75000,"objective":75000`},
		{"1 --what-if move=A3:101", `"open":[101]`},
		{"1 --why 102", `"why":{"site":102,"zh":"未开设 102：另外加开可省 30000（40.00 %）；处数不变时最好替换 A3，总路程变化 +5000"`},
		{"2 --why A3", `服务 3 个需求点，合计 60 人；关掉它，总路程增加`},
		{"1 --why A3", `有人就没有去处`},
		{"1 --fixed @f.csv --why 104", `都是必须保留的`},
		{"2 --forbidden @p.csv", `"open":[102,104],"serve":[102,102,102,104]`},
	} {
		code, stdout, stderr, _ := runPlan(t, call+c.args, "d.csv", villages, "c.csv", schools, "f.csv", "编号\n101\n", "p.csv", pairs)
		if code != 0 || stderr != "" || !strings.Contains(stdout, c.want) {
			t.Errorf("%s: %d %q %q, want %s", c.args, code, stdout, stderr, c.want)
		}
		if strings.Contains(c.args, "what-if") {
			continue
		}
		if code, held, stderr, _ := runPlan(t, call+c.args+" --check @a", "d.csv", villages, "c.csv", schools, "f.csv", "101", "p.csv", pairs, "a", stdout); code != 0 || held != "{\"holds\":true}\n" {
			t.Errorf("%s: its own answer does not hold: %q", c.args, stderr)
		}
	}
	for args, want := range map[string]string{
		"4 --forbidden @p.csv": "“9”不是需求点的编号", "1 --forbidden @f.csv": "表头", "1 --forbidden @n.csv": "没有可用的地点",
	} {
		code, stdout, stderr, _ := runPlan(t, call+args, "d.csv", villages, "c.csv", schools, "f.csv", "编号\n101\n", "p.csv", "需求,候选\n9,101\n", "n.csv", "需求,候选\n甲,101\n甲,102\n甲,A3\n甲,104\n")
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) {
			t.Errorf("%s: %d %q %q", args, code, stdout, stderr)
		}
	}
	full := "lon,lat,capacity\n114.30,29.8,2\n114.31,29.8,2\n"
	code, stdout, stderr, _ := runPlan(t, "site --demand @d --candidates @c --sites 2", "d", packed(t, "lon,lat\n114.30,29.8\n114.30,29.8\n114.30,29.8\n"), "c", full)
	if code != 0 || !strings.Contains(stdout, `"open":[1,2]`) || !strings.Contains(stdout, `"used":[2,1]`) {
		t.Errorf("capacities: %d %q %q", code, stdout, stderr)
	}
}

// pairs keep the first village from the school that is nearest.
const pairs = "需求,候选\n甲,A3\n"

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
		{"site --orlib @f --sites 1 --fixed @f", "1 0 1", "“0”不是候选地点", "no candidate"},
		{"site --orlib @f", "2 0 1\n", "无解", "served by nobody"},
		{"site --demand @f --candidates @f --sites 1", "x,y\n", "没有数据行", "no line of data"},
		{"site --demand @f --candidates @f --sites 1", "a,b\n1,2\n", "表头", "id"},
		{"site --demand @f --candidates @f --sites 1", "编号,b\n1,2\n", "表头没有 lon,lat", "no columns lon,lat"},
		{"site --demand @f --candidates @f --sites 1", "x,y,lon,lat\n1,2,3,4\n", "只留一种", "keep one pair"},
		{"site --demand @f --candidates @f --sites 1", "编号,x,y\n7,1,2\n7,3,4\n", "第 3 行：编号“7”", "line 3"},
		{"site --demand @f --candidates @f --sites 1", "经度,纬度\n200,2\n", "第 2 行：经度“200”超出范围", "from -180 to 180"},
		{"site --demand @f --candidates @f --sites 1 --budget 5", "x,y\n1,2\n", "--budget 需要", "needs a column cost"},
		{"site --demand @f --candidates @f --sites 1 --budget 5", "x,y,费用\n1,2,6\n", "预算不够", "without a site"},
		{"site --demand @f --candidates @f --sites 1 --budget -5", "x,y,费用\n1,2,6\n", "参数不对", "wrong argument"},
		{"site --demand @f --candidates @f --sites 1 --cover 5", "x,y,容量\n1,2,6\n", "不能再用", "with a column capacity"},
		{"site --demand @f --candidates @f --sites 1", "x,y,容量,人数\n1,2,6,7\n", "第 1 个需求比任何一处的容量都大", "fits nowhere"},
		{"site --demand @f --candidates @f --sites 1 --what-if open=9", "x,y\n1,2\n", "“9”不是候选地点", "names no candidate"},
		{"site --demand @f --candidates @f --sites 1 --what-if open=1", "x,y\n1,2\n", "只能关掉开着的", "a closed one to open"},
		{"site --demand @f --candidates @f --sites 1 --what-if close=1", "x,y\n1,2\n", "至少要留一处", "from 1 site"},
		{"site --demand @f --candidates @f --sites 1 --what-if shut=1", "x,y\n1,2\n", "应写成 open", "is open=ID"},
		{"site --demand @f --candidates @f --sites 1 --what-if open=1:2", "x,y\n1,2\n", "应写成 open", "is open=ID"},
		{"site --demand @f --candidates @f --sites 1 --why 3", "x,y\n1,2\n", "--why：", "--why names"},
		{"site --orlib @f --why 3", smallGraph, "与 --demand", "go with --demand"},
		{"site --tsp @f", smallTSP, "缺少 --sites", "is missing"},
		{"site --tsp @f --sites 4", smallTSP, "--sites 应为 1 至 3", "up to all candidates"},
		{"site --tsp @f --sites 1", "1 2 3\n1 4 5\n", "第 2 行：节点“1”", "second point"},
		{"site --tsp @f --sites 1", "EDGE_WEIGHT_TYPE: GEO\n", "第 1 行", "EUC_2D"},
		{"site --orlib-cap @f", "1 9\n2 1 5\n1 0 0 3", "第 3 行：点", "file ends"},
		{"site --orlib-cap @f", "1 9\n2 1 5\n1 0 0 3\n2 0 0 3", "需求合计 6，超过最大几处的容量之和 5", "demands of 6"},
		{"site --orlib-cap @f", "1 9\n2 1 5\n1 0 0 3\n2 0 0 6", "第 2 个需求", "demand 2 fits nowhere"},
		{"site --demand @f --candidates @f --sites 1", "x,y,weight\n0,0,1.5\n", "权重“1.5”应为整数", "whole number"},
	} {
		code, stdout, stderr, _ := runPlan(t, c.args, "f", c.f)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.zh) || !strings.Contains(stderr, c.en) {
			t.Errorf("%s of %q: %d %q %q", c.args, c.f, code, stdout, stderr)
		}
	}
}

func FuzzPlaces(f *testing.F) {
	f.Add("id,lon,lat,人数\na,114.1,30.2,5\nb,114.2,30.3,0\n")
	f.Add("x,y,容量,费用\n1,2,3,4\n-5,6.5,7,8\n")
	f.Fuzz(func(t *testing.T, table string) {
		p, err := placesIn(strings.NewReader(table), "table")
		if err != nil {
			return
		}
		n := len(p.x)
		for _, column := range []int{len(p.y), len(p.weight), len(p.capacity), len(p.cost), len(p.names)} {
			if column != n && column != 0 || n == 0 {
				t.Fatalf("%d rows, a column of %d", n, column)
			}
		}
		for i := range p.x {
			if most := 21e6; !(math.Abs(p.x[i]) <= most && math.Abs(p.y[i]) <= most) || p.earth && !(math.Abs(p.y[i]) <= 90) {
				t.Fatal(p.x[i], p.y[i])
			}
		}
	})
}
