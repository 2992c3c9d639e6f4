package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhidian/solver/pairing/groups"
)

const (
	placeTable = "村,经度,纬度,语言,期次,需要人数,最多人数\n" +
		"马桥村,114.30,29.83,,第一期,6,12\n马桥村,114.30,29.83,,第二期,6,12\n" +
		"桂花村,114.50,29.90,土家语,第一期,5,6\n"
	groupTable = "团队,经度,纬度,人数,语言,不去的期次,去过,指定,不去\n" +
		"文学院,114.31,29.84,6,,,马桥村,,\n" +
		"医学院,114.31,29.84,5,土家语,第二期,,,\n" +
		"𠮷队,114.31,29.84,6,,,,马桥村@第一期,\n"
)

func TestPlanGroups(t *testing.T) {
	t.Parallel()
	code, stdout, stderr, dir := runPlan(t, "pair --groups @g.csv --places @v.csv", "g.csv", groupTable, "v.csv", placeTable)
	var got groupsReport
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 || stderr != "" {
		t.Fatal(code, stdout, stderr, err)
	}
	var stays []string
	for _, s := range got.Stays {
		stays = append(stays, s.Group+s.Place+s.Term)
	}
	if want := "文学院马桥村第一期 文学院马桥村第二期 医学院桂花村第一期 𠮷队马桥村第一期 𠮷队马桥村第二期"; strings.Join(stays, " ") != want {
		t.Fatal(stays)
	}
	if len(got.Idle) != 1 || got.Idle[0] != (stayReport{Group: "医学院", Term: "第二期"}) || got.Bound > got.Objective {
		t.Fatal(stdout)
	}
	answer := filepath.Join(dir, "r.json")
	if err := os.WriteFile(answer, []byte(stdout), 0o600); err != nil {
		t.Fatal(err)
	}
	check := "pair --groups " + dir + "/g.csv --places " + dir + "/v.csv --check " + answer
	if code, stdout, stderr, _ := runPlan(t, check); code != 0 || !strings.Contains(stdout, "holds") {
		t.Fatal(code, stdout, stderr)
	}
	if err := os.WriteFile(answer, []byte(strings.Replace(stdout, `"place":"桂花村"`, `"place":"马桥村"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr, _ := runPlan(t, check); code != 2 || !strings.Contains(stderr, "room for 12") {
		t.Fatal(code, stderr)
	}
}

func TestPlanGroupsNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ table, from, to, want string }{
		{"g", "人数", "大小", "第 1 行：人数：表头没有这一列"},
		{"g", "29.84,5", "29.84,0", "第 3 行：人数“0”超出范围"},
		{"g", "马桥村@第一期", "马桥村@第三期", "第 4 行：指定“马桥村@第三期”不是地点表里的期次"},
		{"g", "马桥村@第一期", "马桥@第一期", "第 4 行：指定“马桥@第一期”不在地点表里"},
		{"g", "马桥村@第一期", "桂花村@第一期", "第 4 行“桂花村@第一期”已指定，但技能"},
		{"g", "马桥村@第一期", "马桥村@第一期;桂花村@第一期", "第 4 行“桂花村@第一期”与另一处指定在同一期"},
		{"g", "文学院,114.31,29.84,6,,,马桥村,", "文学院,114.31,29.84,9,,,,马桥村@第一期", "与其他指定的团队一起超过最多人数"},
		{"v", "第二期,6", "第一期,6", "第 3 行：编号“马桥村”出现了两次"},
		{"v", "5,6\n", "5,六\n", "第 4 行：最多人数“六”应为整数"},
		{"v", "114.30,29.83,,第二期", "114.31,29.83,,第二期", "第 3 行：编号“马桥村”与前面各行的位置不同"},
	} {
		places, all := placeTable, groupTable
		if c.table == "g" {
			all = strings.Replace(all, c.from, c.to, 1)
		} else {
			places = strings.Replace(places, c.from, c.to, 1)
		}
		code, stdout, stderr, _ := runPlan(t, "pair --groups @g.csv --places @v.csv", "g.csv", all, "v.csv", places)
		if code != 2 || stdout != "" || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: %d %q", c.to, code, stderr)
		}
	}
}

func FuzzGroupFiles(f *testing.F) {
	f.Add(placeTable, groupTable)
	f.Add("id,x,y,need\na,1,2,3\n", "id,x,y,size,locked\ng,3,4,2,a\n")
	f.Fuzz(func(t *testing.T, places, all string) {
		files := newGroupFiles(groups.Weights{Missing: 10, Idle: 100})
		if files.readPlaces(strings.NewReader(places)) != nil || files.readGroups(strings.NewReader(all)) != nil {
			return
		}
		if len(files.group)*len(files.place) > 200 {
			return
		}
		s, err := groups.Solve(t.Context(), files.problem, groups.Options{Effort: 3})
		if err != nil {
			if files.fault("g", err) == err {
				t.Fatal(err)
			}
			return
		}
		if err := groups.Check(files.problem, s); err != nil {
			t.Fatal(err)
		}
	})
}
