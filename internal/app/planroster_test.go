package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhidian/solver/pairing/roster"
)

const (
	peopleTable = "编号,经度,纬度,技能,性别,最多,有空,去过\n" +
		"张一,114.32,29.85,急救;英语,女,3,2026-07-06 08:00/2026-07-06 18:00,桂花小学\n" +
		"李二,114.33,29.86,英语,男,3,,\n" +
		"王三,114.40,29.80,急救,女,2,2026-07-06 08:00/2026-07-06 12:00；2026/7/7 8:00/2026-07-07 18:00,\n" +
		"𠮷四,114.31,29.84,,男,2,,马桥村\n"
	slotTable = "编号,班点,经度,纬度,开始,结束,人数,技能,其中女,指定,不排\n" +
		"桂花上午,桂花小学,114.33,29.85,2026-07-06 08:30,2026-07-06 11:30,2,急救:1,,,\n" +
		"桂花下午,桂花小学,114.33,29.85,2026-07-06 14:00,2026-07-06 17:00,1,,1,,\n" +
		"马桥上午,马桥村,114.30,29.83,2026-07-06 08:30,2026-07-06 11:30,1,,,,李二\n" +
		"马桥次日,马桥村,114.30,29.83,2026-07-07 08:30,2026-07-07 11:30,2,,,王三,\n"
)

func TestPlanRoster(t *testing.T) {
	t.Parallel()
	code, stdout, stderr, dir := runPlan(t, "pair --people @p.csv --slots @s.csv", "p.csv", peopleTable, "s.csv", slotTable)
	var got rosterReport
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 || stderr != "" {
		t.Fatal(code, stdout, stderr, err)
	}
	if !got.Proved || len(got.Duties) != 6 || len(got.Empty) != 0 || got.Duties[0] != (dutyReport{"张一", "桂花上午", 1}) {
		t.Fatal(stdout)
	}
	answer := filepath.Join(dir, "r.json")
	if err := os.WriteFile(answer, []byte(stdout), 0o600); err != nil {
		t.Fatal(err)
	}
	check := "pair --people " + dir + "/p.csv --slots " + dir + "/s.csv --check " + answer
	if code, stdout, stderr, _ := runPlan(t, check); code != 0 || !strings.Contains(stdout, "holds") {
		t.Fatal(code, stdout, stderr)
	}
	if err := os.WriteFile(answer, []byte(strings.Replace(stdout, "张一", "李二", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr, _ := runPlan(t, check); code != 2 || !strings.Contains(stderr, "lacks a skill") {
		t.Fatal(code, stderr)
	}
}

// TestPlanRosterStepsIn: 张一 cannot come; 王三 has her skill and is free in the morning, in the afternoon no woman is.
func TestPlanRosterStepsIn(t *testing.T) {
	t.Parallel()
	code, stdout, stderr, _ := runPlan(t, "pair --people @p.csv --slots @s.csv --withdraw 张一", "p.csv", peopleTable, "s.csv", slotTable)
	var got rosterReport
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 {
		t.Fatal(code, stdout, stderr, err)
	}
	if len(got.Taken) != 1 || got.Taken[0] != (dutyReport{"王三", "桂花上午", 1}) || len(got.Given) != 2 {
		t.Fatal(stdout)
	}
	if len(got.Empty) != 1 || got.Empty[0] != (emptyReport{Slot: "桂花下午", Seat: 1, Count: 1, Unfit: 3, NotFree: 1}) {
		t.Fatal(stdout)
	}
}

func TestPlanRosterNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ table, from, to, want string }{
		{"p", "编号,", "号,", "第 1 行：编号：表头没有这一列"},
		{"p", "李二", "张一", "第 3 行：编号“张一”出现了两次"},
		{"p", "急救,女", "急救,妇", "第 4 行：性别“妇”应为 女 或 男"},
		{"p", "114.40", "东", "第 4 行：经度“东”应为数字"},
		{"p", "08:00/2026-07-06 18:00", "08:00", "第 2 行：可服务时间“2026-07-06 08:00”不是时间段"},
		{"p", "男,3", "男,-1", "第 3 行：最多次数“-1”超出范围"},
		{"s", "2026-07-06 14:00", "下午两点", "第 3 行：开始“下午两点”不是时间"},
		{"s", "2,急救:1", "2,急救:3", "第 2 行：所需技能“急救:3”超过了这一场的人数"},
		{"s", "李二", "赵五", "第 4 行：不排“赵五”不在人员表里"},
		{"s", "王三", "张一", "第 5 行“张一”已指定，但那时没有空"},
		{"s", "马桥村,114.30,29.83,2026-07-07", "马桥村,114.31,29.83,2026-07-07", "第 5 行：地点“马桥村”与前面各行的位置不同"},
		{"s", "经度,纬度", "x,y", "一个是经纬度，一个是平面米"},
	} {
		people, slots := peopleTable, slotTable
		if c.table == "p" {
			people = strings.Replace(people, c.from, c.to, 1)
		} else {
			slots = strings.Replace(slots, c.from, c.to, 1)
		}
		code, stdout, stderr, _ := runPlan(t, "pair --people @p.csv --slots @s.csv", "p.csv", people, "s.csv", slots)
		if code != 2 || stdout != "" || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: %d %q", c.to, code, stderr)
		}
	}
	if code, _, stderr, _ := runPlan(t, "pair --people @p.csv --slots @s.csv --even -3", "p.csv", peopleTable, "s.csv", slotTable); code != 2 || !strings.Contains(stderr, "--even") {
		t.Error(code, stderr)
	}
}

func FuzzRosterFiles(f *testing.F) {
	f.Add(peopleTable, slotTable)
	f.Add("id,x,y\na,1,2\n", "id,x,y,needs\ns,3,4,a:1\n")
	f.Fuzz(func(t *testing.T, people, slots string) {
		files := newRosterFiles("p", "s", roster.Weights{Empty: 100})
		if files.readPeople(strings.NewReader(people)) != nil || files.readSlots(strings.NewReader(slots)) != nil {
			return
		}
		if len(files.person)*len(files.slot) > 1000 {
			return
		}
		s, err := roster.Solve(t.Context(), files.problem, roster.Options{})
		if err == nil {
			err = roster.Check(files.problem, s)
		} else if files.fault(err) == err {
			t.Fatal(err)
		} else {
			err = nil
		}
		if err != nil {
			t.Fatal(err)
		}
	})
}
