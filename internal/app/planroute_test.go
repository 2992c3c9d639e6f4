package app

import (
	"encoding/json"
	"strings"
	"testing"
)

const smallVisits = `S

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0         0          0          0        100          0
    1      3         4          6          0         50          1
    2      0        10          6          0         50          1
`

func TestPlanRoute(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"", "--objective vehicles --round trunc1", "--seconds 0.2"} {
		if !strings.Contains(args, "seconds") {
			args += " --effort 200"
		}
		code, stdout, stderr, _ := runPlan(t, "route --solomon @v.txt "+args, "v.txt", smallVisits)
		var got struct {
			Objective, Bound float64
			Vehicles         int
			Rounds           int64
			Routes           [][]int32
		}
		if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 || stderr != "" {
			t.Fatalf("%s: %d %q %q %v", args, code, stdout, stderr, err)
		}
		if got.Objective != 30 || got.Vehicles != 2 || len(got.Routes) != 2 || got.Bound > 30 || got.Rounds < 200 {
			t.Errorf("%s: %s", args, stdout)
		}
		if code, held, stderr, _ := runPlan(t, "route --solomon @v.txt --check @a.json", "v.txt", smallVisits, "a.json", stdout); code != 0 || held != "{\"holds\":true}\n" {
			t.Errorf("%s: its own answer does not hold: %s", args, stderr)
		}
	}
}

func TestPlanRouteNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, from, to, zh, en string }{
		{"route", "", "", "请给出 --solomon、--chao", "give --solomon"},
		{"route --solomon @f --chao @f", "", "", "请给出 --solomon、--chao", "give --solomon"},
		{"route --solomon @f --round up", "", "", "--round 应为", "--round is"},
		{"route --solomon @f --objective teams", "", "", "--objective 应为", "--objective is"},
		{"route --solomon @f --seconds 0", "", "", "--seconds 应在", "--seconds is"},
		{"route --solomon @f", "    2      0", "    3      0", "第 12 行：客户“3”", `line 12: customer "3"`},
		{"route --solomon @f", "VEHICLE", "TEAM", "第 3 行：表头“TEAM”", `line 3: heading "TEAM"`},
		{"route --solomon @f", "10          6", "10          60", "2 号的需求超过", "above what a team carries"},
		{"route --solomon @f", "100          0", "15          0", "2 号即使直接往返", "back after its shift has ended"},
		{"route --solomon @f --effort 20", "  2         10", "  1         10", "1 号、2 号都只有同一队能去", "visit 1 and visit 2"},
	} {
		code, stdout, stderr, _ := runPlan(t, c.args, "f", strings.Replace(smallVisits, c.from, c.to, 1))
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.zh) || !strings.Contains(stderr, c.en) {
			t.Errorf("%s, %s: %d %q %q", c.args, c.to, code, stdout, stderr)
		}
	}
	for _, answer := range []string{`{"objective":30,"routes":[[1,2]]}`, `{"objective":30,"routes":[[1],[3]]}`, `{"objective":29,"routes":[[1],[2]]}`, `{"objective":10,"routes":[[1]]}`} {
		if code, stdout, stderr, _ := runPlan(t, "route --solomon @f --check @a", "f", smallVisits, "a", answer); code != exitUsage || stdout != "" || !strings.Contains(stderr, "does not hold") {
			t.Errorf("%s: %d %q %q", answer, code, stdout, stderr)
		}
	}
}

const smallScores = "n 5\nm 1\ntmax 10\n0 0 0\n0 2 4\n3 0 5\n9 9 50\n4 0 0\n"

func TestPlanRouteScores(t *testing.T) {
	t.Parallel()
	code, stdout, stderr, _ := runPlan(t, "route --chao @f --effort 200", "f", smallScores)
	var got struct {
		Objective, Bound float64
		Routes           [][]int32
	}
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 || stderr != "" {
		t.Fatalf("%d %q %q %v", code, stdout, stderr, err)
	}
	if got.Objective != 9 || got.Bound != 9 || len(got.Routes) != 1 || len(got.Routes[0]) != 2 {
		t.Error(stdout)
	}
	if code, held, stderr, _ := runPlan(t, "route --chao @f --check @a", "f", smallScores, "a", stdout); code != 0 || held != "{\"holds\":true}\n" {
		t.Errorf("its own answer does not hold: %s", stderr)
	}
	for _, answer := range []string{`{"objective":5,"routes":[[1,2]]}`, `{"objective":50,"routes":[[3]]}`, `{"objective":4,"routes":[[9]]}`, `{"objective":9,"routes":[[1],[2]]}`} {
		if code, stdout, stderr, _ := runPlan(t, "route --chao @f --check @a", "f", smallScores, "a", answer); code != exitUsage || stdout != "" || !strings.Contains(stderr, "does not hold") {
			t.Errorf("%s: %d %q %q", answer, code, stdout, stderr)
		}
	}
	if code, _, stderr, _ := runPlan(t, "route --chao @f", "f", strings.Replace(smallScores, "3 0 5", "3 0 x", 1)); code != exitUsage || !strings.Contains(stderr, "第 6 行：得分“x”") {
		t.Errorf("%d %q", code, stderr)
	}
}
