package app

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

const lotteryCSV = "receipt,group,family\nA-1,1,\nA-2,2,A-2\nA-3,2,A-2\nA-4,2,\n"

// TestPlanLottery goes the way of an operator from the seed to the draw, and then that of a reader.
func TestPlanLottery(t *testing.T) {
	t.Parallel()
	code, hash, stderr, dir := runPlan(t, "lottery --new-seed @seed")
	if code != 0 || !strings.HasPrefix(hash, `{"seed_hash":"`) {
		t.Fatal(code, hash, stderr)
	}
	seed, err := os.ReadFile(dir + "/seed")
	if err != nil || len(seed) != 65 {
		t.Fatal(len(seed), err)
	}
	if info, _ := os.Stat(dir + "/seed"); info.Mode().Perm() != 0o600 {
		t.Error("others may read the seed", info.Mode())
	}
	if code, _, stderr, _ := runPlan(t, "lottery --new-seed "+dir+"/seed"); code != exitUsage || !strings.Contains(stderr, "不会被覆盖") {
		t.Error(code, stderr)
	}
	code, closed, stderr, _ := runPlan(t, "lottery --entries @e.csv --places 2 --edition 温泉街道暑期托管班 --source 福彩3D --seed-file @seed", "e.csv", lotteryCSV, "seed", string(seed))
	if code != 0 || strings.Contains(closed, strings.TrimSpace(string(seed))) || !strings.Contains(closed, strings.Trim(hash, "{}\n")) {
		t.Fatal(code, closed, stderr)
	}
	code, drawn, stderr, _ := runPlan(t, "lottery --closed @c.json --seed-file @seed --public 512", "c.json", closed, "seed", string(seed))
	if code != 0 {
		t.Fatal(stderr)
	}
	code, said, stderr, _ := runPlan(t, "lottery --check @d.json", "d.json", drawn)
	var found struct {
		Holds           bool
		Placed, Waiting int
	}
	if err := json.Unmarshal([]byte(said), &found); err != nil || code != 0 || !found.Holds || found.Placed != 2 || found.Waiting != 2 {
		t.Fatal(code, said, stderr, err)
	}
	for _, c := range []struct{ change, by, zh string }{
		{`"places":2`, `"places":3`, "公布后被改动过"},
		{`"public":"512"`, `"public":"513"`, "结果不成立"},
		{`"receipt":"A-4"`, `"receipt":"A-5"`, "公布后被改动过"},
	} {
		code, stdout, stderr, _ := runPlan(t, "lottery --check @d.json", "d.json", strings.Replace(drawn, c.change, c.by, 1))
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, c.zh) {
			t.Errorf("%s: %d %q %q", c.by, code, stdout, stderr)
		}
	}
	if code, _, stderr, _ := runPlan(t, "lottery --closed @c.json --seed-file @seed --public 512", "c.json", closed, "seed", strings.Repeat("0", 64)); code != exitUsage || !strings.Contains(stderr, "与公布的哈希不符") {
		t.Error(code, stderr)
	}
}

func TestPlanLotteryNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	seed := strings.Repeat("0", 64)
	const call = "lottery --entries @e.csv --places 2 --edition 班 --source 福彩 --seed-file @seed"
	for _, c := range []struct{ args, csv, seed, zh, en string }{
		{"lottery", "", "", "之一", "give one of"},
		{"lottery --check @e.csv --closed @e.csv", "", "", "之一", "give one of"},
		{call, lotteryCSV, "12", "64 位十六进制", "64 hexadecimal"},
		{call, "name,group\n", seed, "第 1 行：列名", "columns are"},
		{call, "receipt,group\nA\n", seed, "第 2 行：列数", "line 2"},
		{call, "receipt,group\nA,1\nB,x\n", seed, "第 3 行：组别“x”", "line 3"},
		{call, "receipt,group\nA,1\nA,1\n", seed, "第 2 条“A”：回执号重复", "there twice"},
		{call, "receipt,group,family\nA,1,B\n", seed, "同家第一人", "receipt of an entry"},
		{call, "receipt,group\n", seed, "1 至 1000000 条", "1,000,000 entries"},
		{strings.Replace(call, "--places 2", "", 1), lotteryCSV, seed, "--places", "places"},
		{"lottery --check @e.csv", "{}", seed, "公布后被改动过", "not the one"},
		{"lottery --check @e.csv", "[]", seed, "不是规划命令输出的", "not JSON as planners"},
	} {
		code, stdout, stderr, _ := runPlan(t, c.args, "e.csv", c.csv, "seed", c.seed)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.zh) || !strings.Contains(stderr, c.en) {
			t.Errorf("%s of %q: %d %q %q", c.args, c.csv, code, stdout, stderr)
		}
	}
}
