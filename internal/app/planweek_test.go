package app

import (
	"encoding/json"
	"strings"
	"testing"
)

const (
	weekVisitTable = "编号,x,y,分钟,最早,最晚,技能,人数,日子,优先级,同一队\n" +
		"张家,1000,0,30,,,,,,,\n" +
		"李家,2000,0,20,9:00,10:00,急救,,,,\n" +
		"王家,0,3000,20,,,,2,,,\n" +
		"赵家,0,4000,20,,,,,周二,,王家\n" +
		"钱家,-900000,0,20,,,,,,1,\n"
	weekTeamTable = "编号,x,y,上班,下班,日子,技能,人数,午饭分钟\n" +
		"一队,0,0,8:00,12:00,周一,急救,1,\n" +
		"二队,0,0,8:30,17:00,周一；周二,,2,60\n"
)

func TestPlanRouteForTeams(t *testing.T) {
	t.Parallel()
	code, stdout, stderr, _ := runPlan(t, "route --visits @v.csv --teams @t.csv --effort 2000", "v.csv", weekVisitTable, "t.csv", weekTeamTable)
	var got weekReport
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 || stderr != "" {
		t.Fatalf("%d %q %q %v", code, stdout, stderr, err)
	}
	of := map[string]string{}
	for _, r := range got.Routes {
		for _, v := range r.Visits {
			of[v.ID] = r.Team + r.Day
			if v.Why == "" || v.WhyEn == "" || v.Begin < v.Arrive || v.End < v.Begin {
				t.Errorf("%+v", v)
			}
		}
		if r.Team == "二队" && (r.Lunch < "11:30" || r.Lunch > "13:00") {
			t.Errorf("lunch at %s", r.Lunch)
		}
	}
	if of["李家"] != "一队周一" || of["张家"] != "一队周一" || !strings.HasPrefix(of["王家"], "二队") || of["赵家"] != "二队周二" {
		t.Error(stdout)
	}
	if len(got.Left) != 1 || got.Left[0].ID != "钱家" || !strings.Contains(got.Left[0].Why, "赶不上") {
		t.Errorf("%+v", got.Left)
	}
	if !strings.Contains(stdout, "只有这一队这一天能去") {
		t.Error(stdout)
	}
	if code, held, stderr, _ := runPlan(t, "route --visits @v.csv --teams @t.csv --check @a.json", "v.csv", weekVisitTable, "t.csv", weekTeamTable, "a.json", stdout); code != 0 || held != "{\"holds\":true}\n" {
		t.Errorf("its own answer does not hold: %s", stderr)
	}
	for _, spoil := range [][2]string{{"一队", "二队"}, {`"id":"李家"`, `"id":"孙家"`}, {`"id":"李家"`, `"id":"张家"`}, {`"objective":`, `"objective":1`}} {
		if code, _, stderr, _ := runPlan(t, "route --visits @v.csv --teams @t.csv --check @a.json", "v.csv", weekVisitTable, "t.csv", weekTeamTable, "a.json", strings.Replace(stdout, spoil[0], spoil[1], 1)); code != exitUsage || !strings.Contains(stderr, "does not hold") {
			t.Errorf("%v: %d %s", spoil, code, stderr)
		}
	}
}

func TestPlanRouteStaysNearAnEarlierPlan(t *testing.T) {
	t.Parallel()
	const earlier = `{"routes":[{"team":"二队","day":"周一","visits":[{"id":"张家"},{"id":"孙家"}]},{"team":"九队","visits":[{"id":"李家"}]}]}`
	for keep, want := range map[string]string{"30": "二队周一", "0": "一队周一"} {
		code, stdout, stderr, _ := runPlan(t, "route --visits @v.csv --teams @t.csv --effort 2000 --near @e.json --keep "+keep, "v.csv", weekVisitTable, "t.csv", weekTeamTable, "e.json", earlier)
		var got weekReport
		if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 {
			t.Fatal(code, stderr, err)
		}
		for _, r := range got.Routes {
			for _, v := range r.Visits {
				if v.ID == "张家" && (r.Team+r.Day != want || (keep == "0") != strings.Contains(v.Why, "原计划是二队（周一）")) {
					t.Errorf("--keep %s: %s%s, %s", keep, r.Team, r.Day, v.Why)
				}
			}
		}
	}
}

func TestPlanRouteByMatrixAndByRoads(t *testing.T) {
	t.Parallel()
	const visits, teams = "id,minutes,place\na,10,A\nb,10,B\n", "id,depot\nt,D\n"
	for _, c := range []struct {
		flag, table string
		seconds     int64
	}{
		{"--roads", "from,to,seconds\nD,A,60\nA,B,60\nB,C,60\nC,D,60\n", 240},
		{"--matrix", "起点,终点,秒\nD,A,60\nA,D,600\nA,B,60\nB,A,60\nB,D,200\nD,B,60\n", 320},
	} {
		code, stdout, stderr, _ := runPlan(t, "route --visits @v --teams @t --effort 100 "+c.flag+" @m", "v", visits, "t", teams, "m", c.table)
		var got weekReport
		if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 || got.planned.Objective != c.seconds {
			t.Errorf("%s: %d %q %q", c.flag, code, stdout, stderr)
		}
	}
	for _, c := range []struct{ flag, table, zh, en string }{
		{"--matrix", "from,to,seconds\nD,A,60\nA,D,60\nA,B,60\nB,A,60\n", "从“B”到“D”没有路", `no way from "B" to "D"`},
		{"--roads", "from,to,seconds\nD,A,60\nA,D,60\n", "没有地点“B”", "in no line"},
		{"--roads", "from,to,seconds\nD,A,x\n", "第 2 行：秒“x”应为整数", "line 2: seconds"},
		{"--roads", "from,to,seconds\nD,,1\n", "第 2 行：终点是空的", "is empty"},
	} {
		code, stdout, stderr, _ := runPlan(t, "route --visits @v --teams @t --effort 100 "+c.flag+" @m", "v", visits, "t", teams, "m", c.table)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.zh) || !strings.Contains(stderr, c.en) {
			t.Errorf("%s %q: %d %q", c.flag, c.table, code, stderr)
		}
	}
}

func TestPlanRouteForTeamsNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ table, from, to, zh, en string }{
		{"v", "张家,1000", "张家,", "第 2 行：横坐标是空的", "line 2: x is empty"},
		{"v", "9:00,10:00", "9:00,8:00", "第 3 行：结束“8:00”早于开始", "before the beginning"},
		{"v", "9:00,10:00", "9点,10:00", "第 3 行：开始“9点”应为时刻", "no time of day"},
		{"v", "李家,2000", "张家,2000", "第 3 行：编号“张家”出现了两次", "twice"},
		{"v", ",王家", ",孙家", "第 5 行：同一队“孙家”不在表中", "is not there"},
		{"v", "周二", "周三", "第 5 行：日子“周三”不在表中", "is not there"},
		{"v", "编号,x", "号,x", "编号：表头没有这一列", "no column"},
		{"v", ",1,", ",10,", "第 6 行：优先级“10”超出范围", "priority"},
		{"v", "9:00,10:00", "7:00,7:30", "第 3 行“李家”即使直接前往也赶不上", "line 3 (李家)"},
		{"v", "急救", "木工", "第 3 行“李家”要求的技能没有队具备", "line 3 (李家)"},
		{"v", "张家,1000,0,30,,,,,", "张家,1000,0,200,8:00,10:30,急救,,", "第 2 行“张家”、第 3 行“李家”都只有同一队能去", "line 2 (张家) and line 3 (李家)"},
		{"t", "二队,0,0", "二队,,", "第 3 行：横坐标缺失", "needed to know where"},
		{"t", "周一；周二", "周一；周一", "第 3 行：日子“周一；周一”出现了两次", "twice"},
		{"t", "周一；周二,,2", "周一；周二,,0", "第 3 行：人数“0”超出范围", "persons"},
		{"t", "一队,0,0,8:00,12:00,周一,急救,1,\n二队,0,0,8:30,17:00,周一；周二,,2,60\n", "", "第 2 行：队缺失", "team is missing"},
	} {
		v, teams := weekVisitTable, weekTeamTable
		if c.table == "v" {
			v = strings.Replace(v, c.from, c.to, 1)
		} else {
			teams = strings.Replace(teams, c.from, c.to, 1)
		}
		code, stdout, stderr, _ := runPlan(t, "route --visits @v --teams @t --effort 50", "v", v, "t", teams)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.zh) || !strings.Contains(stderr, c.en) {
			t.Errorf("%s: %d %q %q", c.to, code, stdout, stderr)
		}
	}
	for _, args := range []string{"--speed 0", "--detour 0.5", "--keep -1", "--matrix @v --roads @v"} {
		if code, _, stderr, _ := runPlan(t, "route --visits @v --teams @t "+args, "v", weekVisitTable, "t", weekTeamTable); code != exitUsage || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: %d %q", args, code, stderr)
		}
	}
}
