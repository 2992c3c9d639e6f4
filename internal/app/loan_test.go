package app

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func runLoan(t *testing.T, args string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Main(context.Background(), append([]string{"loan"}, strings.Fields(args)...), strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

type loanPeriod struct {
	From, To, Status             string
	Days                         int
	Principal, Interest, Subsidy int64
	Province, Local              *int64
	Slices                       []struct{ Interest, Subsidy, Province, Local int64 }
}

type loanPlan struct {
	Periods []loanPeriod
	Total   loanPeriod
	Policy  string
	Notes   []struct{ Key, Zh, En string }
}

func mustPlan(t *testing.T, args string) (p loanPlan) {
	t.Helper()
	code, stdout, stderr := runLoan(t, "schedule "+args+" --json")
	if err := json.Unmarshal([]byte(stdout), &p); code != 0 || err != nil || stderr != "" {
		t.Fatalf("%s: %d %v %s %s", args, code, err, stdout, stderr)
	}
	return p
}

const loanB = "--principal 300000 --rate 4.50 --from 2026-01-15 --to 2029-01-15 --basis 360 --policy HB-QCD-2023/24 "

// TestLoanExamples goes through the worked examples as anybody would at a prompt.
func TestLoanExamples(t *testing.T) {
	t.Parallel()
	a := mustPlan(t, "--principal 100000 --rate 5.15 --lpr 3.65 --from 2023-01-15 --to 2024-01-15 --method quarterly-interest --count calendar --policy N-2020")
	if a.Total.Interest != 515_000 || a.Total.Subsidy != 300_000 || a.Total.Province != nil || a.Total.Local != nil {
		t.Errorf("A: %+v", a.Total)
	}
	b := mustPlan(t, loanB+"--method quarterly-interest --count actual --day 20")
	first, total := b.Periods[0], b.Total
	if len(b.Periods) != 13 || first.To != "2026-03-21" || first.Days != 65 || first.Interest != 243_750 || *first.Province != 85_313 || *first.Local != 36_562 ||
		total.Days != 1096 || total.Interest != 4_110_000 || total.Subsidy != 2_055_000 || b.Policy != "HB-QCD-2023/24" {
		t.Errorf("B: %+v %+v", first, total)
	}
	c := mustPlan(t, loanB+"--method quarterly-interest --day 20 --prepay 2026-05-10:100000").Periods[1]
	if c.Interest != 292_500 || c.Subsidy != 146_250 || c.Principal != 10_000_000 {
		t.Errorf("C: %+v", c)
	}
	d := mustPlan(t, loanB+"--method annuity")
	if d.Periods[0].Principal != 779_908 || d.Periods[35].Principal+d.Periods[35].Interest != 892_399 || d.Total.Interest != 2_126_679 {
		t.Errorf("D: %+v", d.Total)
	}
	d = mustPlan(t, loanB+"--method equal-principal")
	if d.Periods[0].Principal+d.Periods[0].Interest != 945_833 || d.Periods[35].Principal != 833_345 || d.Total.Interest != 2_081_250 {
		t.Errorf("D: %+v", d.Total)
	}
	e := mustPlan(t, loanB+"--method quarterly-interest --day 20 --paid 2029-02-14").Periods[13]
	if e.Days != 30 || e.Interest != 168_750 || e.Subsidy != 0 || e.Status != "overdue" {
		t.Errorf("E: %+v", e)
	}
	f := mustPlan(t, "--principal 480万 --kind firm --rate 4.45 --from 2024-03-21 --to 2024-06-21 --method quarterly-interest --day 20 --policy HB-QCD-2023/24").Periods[0]
	if f.Interest != 5_458_667 || f.Subsidy != 2_729_334 || len(f.Slices) != 2 || f.Slices[0].Province != 1_592_112 || f.Slices[1].Local != 227_444 {
		t.Errorf("F: %+v", f)
	}
	h := mustPlan(t, loanB+"--method quarterly-interest --day 20 --extend 2030-01-15")
	if h.Total.Subsidy != 2_055_000 || h.Periods[13].Status != "extended" || h.Periods[13].From != "2029-01-15" {
		t.Errorf("H: %+v", h.Total)
	}
	if code, stdout, stderr := runLoan(t, "limit --partners 3 --policy HB-QCD-2023/24 --json"); code != 0 || !strings.Contains(stdout, `"limit":99000000`) {
		t.Error("G:", code, stdout, stderr)
	}
}

func TestLoanNotes(t *testing.T) {
	t.Parallel()
	p := mustPlan(t, loanB+"--method annuity")
	if len(p.Notes) != 1 || p.Notes[0].Key != "app.loan.lpr_unverified" || p.Notes[0].Zh == "" || p.Notes[0].En == p.Notes[0].Zh {
		t.Errorf("%+v", p.Notes)
	}
	if p = mustPlan(t, loanB+"--method annuity --lpr 3.00"); len(p.Notes) != 0 {
		t.Errorf("%+v", p.Notes)
	}
	if p = mustPlan(t, strings.Replace(loanB, "4.50", "LPR+150bp", 1)+"--method annuity --lpr 3.00"); p.Total.Interest != 2_126_679 {
		t.Errorf("%+v", p.Total)
	}
	if code, stdout, _ := runLoan(t, "schedule "+loanB+"--method quarterly-interest --day 20"); code != 0 || !strings.Contains(stdout, "41,100.00") {
		t.Error(code, stdout)
	}
}

func TestLoanNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for args, want := range map[string][2]string{
		"schedule " + strings.Replace(loanB, "--policy HB-QCD-2023/24", "", 1) + "--method annuity": {"未填写：HB-2025", "not filled: "},
		"schedule " + loanB + "--method annuity --policy HB-2025":                                   {"未填写：HB-2025", "not filled: "},
		"schedule " + loanB + "--method annuity --policy HB-1":                                      {"没有政策版本 HB-1", "no policy version HB-1"},
		"schedule " + loanB + "--method annuity --lpr 2.90":                                         {"超过上限 4.40%", "above the cap"},
		"schedule " + loanB + "--method annuity --to 2029-01-16":                                    {"超过规定的 36 个月", "longer than the 36 months"},
		"schedule " + loanB + "--method weekly":                                                     {"没有这种还款方式", "no such method"},
		"schedule " + loanB + "--method annuity --day 40":                                           {"结息日", "settlement day"},
		"schedule " + loanB + "--method annuity --prepay 2026-05-10":                                {"日期:金额", "DATE:AMOUNT"},
		"schedule " + loanB + "--method annuity --prepay 2026-13-10:1":                              {"不是日期", "not a date"},
		"schedule " + loanB + "--method annuity --prepay 2026-05-10:300001":                         {"超过了当日的贷款余额", "more than what is owed"},
		"schedule " + loanB + "--method annuity --draw 2026-05-10:-1":                               {"金额应大于 0", "above 0"},
		"schedule " + loanB + "--method annuity --kind widow":                                       {"借款人应为", "borrower is"},
		"schedule " + loanB + "--method annuity --principal x":                                      {"金额看不懂", "not an amount"},
		"schedule " + loanB + "--method annuity --rate x":                                           {"利率", "not a rate"},
		"schedule " + loanB + "--method annuity --basis 366":                                        {"360 或 365", "360 or 365"},
		"schedule " + loanB + "--method annuity --extend 2028-01-01":                                {"展期", "extension"},
		"schedule " + loanB + "--method annuity --wrong":                                            {"参数不对", "wrong argument"},
		"schedule " + loanB: {"缺少 --method", "is missing"},
		"schedule --principal 1 --kind firm --rate 4 --from 2017-01-01 --to 2018-01-01 --method annuity": {"基准利率", "benchmark"},
		"limit --partners 1000 --policy N-2023":                                                          {"合伙人", "partners"},
		"limit":                                                                                          {"--policy", "name the version"},
		"limit --policy N-2016 --partners 3":                                                             {"未填写：N-2016", "not filled: "},
	} {
		code, stdout, stderr := runLoan(t, args)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, want[0]) || !strings.Contains(stderr, want[1]) {
			t.Errorf("%s: %d %q %q", args, code, stdout, stderr)
		}
	}
	for _, args := range []string{"--help", "schedule --help", "limit --help"} {
		if code, stdout, _ := runLoan(t, args); code != 0 || !strings.Contains(stdout, "用法 Usage") {
			t.Error(args, code)
		}
	}
	if code, _, stderr := runLoan(t, ""); code != exitUsage || stderr == "" {
		t.Error(code)
	}
}

func TestLoanAudit(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pack.xlsx")
	if code, _, stderr := runLoan(t, "pack --example "+file); code != 0 {
		t.Fatal(stderr)
	}
	if code, _, stderr := runLoan(t, "pack --example "+file); code != exitUsage || !strings.Contains(stderr, "不会被覆盖") {
		t.Error(code, stderr)
	}
	code, stdout, stderr := runLoan(t, "audit "+file+" --json")
	var out struct {
		OK       bool
		Lines    int
		Findings []struct{ Kind, Zh, En string }
	}
	if err := json.Unmarshal([]byte(stdout), &out); err != nil || code != 0 || !out.OK || out.Lines == 0 {
		t.Fatal(code, stdout, stderr, err)
	}
	f, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellStr("明细", "H2", "4.95%"); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	code, stdout, _ = runLoan(t, "audit --json --pack "+file)
	if err := json.Unmarshal([]byte(stdout), &out); err != nil || code != exitFailed || out.OK || len(out.Findings) != 1 || out.Findings[0].Kind != "rate" ||
		!strings.Contains(out.Findings[0].Zh, "4.95%") || !strings.Contains(out.Findings[0].En, "contract") {
		t.Error(code, stdout, err)
	}
	if code, stdout, _ := runLoan(t, "audit "+file); code != exitFailed || !strings.Contains(stdout, "rate: 第 2 行 J001") {
		t.Error(code, stdout)
	}
	if err := f.SetCellStr("贷款", "K2", "4.95"); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"audit " + file:       "“贷款”表第 2 行“年利率”",
		"audit /nowhere.xlsx": "打不开文件",
		"audit":               "请写明一个审计包文件",
		"audit " + os.Args[0]: "zhidian loan audit: ",
		"pack":                "--example",
	} {
		if code, stdout, stderr := runLoan(t, args); code != exitUsage || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("%s: %d %q %q", args, code, stdout, stderr)
		}
	}
}
