package loanaudit_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/service/loanaudit"
	"zhidian/internal/service/startuploan/pack"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
)

// written gives a pack as a workbook that can be changed.
func written(t testing.TB, p *pack.Pack) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func example(t testing.TB) *excelize.File {
	t.Helper()
	p, err := pack.Example()
	if err != nil {
		t.Fatal(err, errs.ProblemsOf(err))
	}
	return written(t, p)
}

func audited(t testing.TB, f *excelize.File) (*loanaudit.Report, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "pack.xlsx")
	if err := f.SaveAs(file); err != nil {
		t.Fatal(err)
	}
	return audit(t, file)
}

func audit(t testing.TB, file string) (*loanaudit.Report, error) {
	t.Helper()
	book, err := sheet.Open(file, sheet.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	return loanaudit.Audit(book)
}

// workbook finds cells by loan and title.
type workbook struct {
	t *testing.T
	*excelize.File
}

// row gives the nth row, from 0, of a loan in a sheet, as Excel counts it.
func (w *workbook) row(name, loan string, nth int) int {
	w.t.Helper()
	rows, err := w.GetRows(name)
	if err != nil {
		w.t.Fatal(err)
	}
	for i, r := range rows {
		if len(r) > 0 && r[0] == loan {
			if nth == 0 {
				return i + 1
			}
			nth--
		}
	}
	w.t.Fatalf("%s has no such row of %s", name, loan)
	return 0
}

func (w *workbook) cell(name string, row int, title string) string {
	w.t.Helper()
	rows, err := w.GetRows(name)
	if err != nil {
		w.t.Fatal(err)
	}
	i := slices.Index(rows[0], title)
	if i < 0 {
		w.t.Fatalf("%s has no %s", name, title)
	}
	at, _ := excelize.CoordinatesToCellName(i+1, row)
	return at
}

func (w *workbook) get(name string, row int, title string) string {
	w.t.Helper()
	s, err := w.GetCellValue(name, w.cell(name, row, title))
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *workbook) set(name string, row int, title, value string) {
	w.t.Helper()
	if err := w.SetCellStr(name, w.cell(name, row, title), value); err != nil {
		w.t.Fatal(err)
	}
}

// more adds fen to an amount.
func (w *workbook) more(name string, row int, title string, fen money.Fen) {
	w.t.Helper()
	a, err := money.Parse(w.get(name, row, title))
	if err != nil {
		w.t.Fatal(err)
	}
	w.set(name, row, title, (a + fen).Plain())
}

// total writes the sum of the lines into the batch, as somebody who cheats would.
func (w *workbook) total() {
	w.t.Helper()
	rows, _ := w.GetRows(lines)
	sum := money.Fen(0)
	for i := range rows[1:] {
		a, err := money.Parse(w.get(lines, i+2, "贴息"))
		if err != nil {
			w.t.Fatal(err)
		}
		sum += a
	}
	w.set("批次", 6, "内容", sum.Plain())
}

const lines = "明细"

func TestARightPackIsRight(t *testing.T) {
	t.Parallel()
	r, err := audited(t, example(t))
	if err != nil {
		t.Fatal(err, errs.ProblemsOf(err))
	}
	if !r.OK() || r.Loans != 10 || r.Lines < 18 || r.Claimed == 0 || r.Claimed != r.Right {
		t.Errorf("%+v", r)
	}
}

// TestPlantedErrorsAreFound plants each error alone, and makes the sums agree with it.
func TestPlantedErrorsAreFound(t *testing.T) {
	t.Parallel()
	for kind, plant := range map[loanaudit.Kind]func(w *workbook) (row int){
		loanaudit.Day: func(w *workbook) int { // a day more: of days, interest and subsidy
			row := w.row(lines, "J004", 1)
			w.set(lines, row, "天数", "32")
			w.more(lines, row, "利息", 3708)
			w.more(lines, row, "贴息", 1854)
			return row
		},
		loanaudit.Rate: func(w *workbook) int {
			row := w.row(lines, "J001", 0)
			w.set(lines, row, "年利率", "4.95%")
			w.more(lines, row, "利息", 34500)
			w.more(lines, row, "贴息", 17250)
			return row
		},
		loanaudit.Slice: func(w *workbook) int { // everything at 70:30
			row := w.row(lines, "J005", 0)
			w.set(lines, row, "计息本金×天数", "4800000.00×92")
			w.set(lines, row, "利息", "54586.67")
			w.set(lines, row, "贴息", "27293.34")
			if err := w.RemoveRow(lines, row+1); err != nil {
				w.t.Fatal(err)
			}
			return row
		},
		loanaudit.Split: func(w *workbook) int {
			row := w.row(lines, "J006", 0)
			w.more(lines, row, "省级", 1)
			w.more(lines, row, "市县", -1)
			return row
		},
		loanaudit.Version: func(w *workbook) int {
			row := w.row(lines, "J003", 0)
			w.set(lines, row, "政策版本", "N-2023")
			return row
		},
		loanaudit.Duplicate: func(w *workbook) int { // the days of an earlier batch again
			row := w.row(lines, "J002", 0)
			if err := w.SetSheetRow("往批", "A3", &[]any{"J002", w.get(lines, row, "起"), w.get(lines, row, "止"), "示例-2025-2"}); err != nil {
				w.t.Fatal(err)
			}
			return row
		},
		loanaudit.Extension: func(w *workbook) int {
			row := w.row(lines, "J007", 1)
			w.set(lines, row, "贴息", "1000.00")
			return row
		},
		loanaudit.Overdue: func(w *workbook) int {
			row := w.row(lines, "J008", 1)
			w.set(lines, row, "贴息", "500.00")
			return row
		},
		loanaudit.Cap: func(w *workbook) int { // 320,000 where 300,000 is the limit
			row := w.row(lines, "J009", 0)
			w.set(lines, row, "计息本金×天数", "320000.00×92")
			w.more(lines, row, "利息", 22744)
			w.more(lines, row, "贴息", 11372)
			return row
		},
		loanaudit.Rounding: func(w *workbook) int { // cut off instead of rounded
			row := w.row(lines, "J005", 0)
			w.more(lines, row, "贴息", -1)
			return row
		},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := &workbook{t: t, File: example(t)}
			row := plant(w)
			w.total()
			r, err := audited(t, w.File)
			if err != nil {
				t.Fatal(err, errs.ProblemsOf(err))
			}
			if len(r.Findings) != 1 || r.Findings[0].Kind != kind || r.Findings[0].Row != row {
				t.Errorf("%+v, want %s at row %d", r.Findings, kind, row)
			}
		})
	}
}

// TestOtherErrors are those that a pack may have beside the ten.
func TestOtherErrors(t *testing.T) {
	t.Parallel()
	for kind, plant := range map[loanaudit.Kind]func(w *workbook){
		loanaudit.Total:      func(w *workbook) { w.set("批次", 6, "内容", "1.00") },
		loanaudit.Interest:   func(w *workbook) { w.more(lines, w.row(lines, "J001", 0), "利息", 100) },
		loanaudit.LPR:        func(w *workbook) { w.set(lines, w.row(lines, "J001", 0), "LPR", "3.65%") },
		loanaudit.Unknown:    func(w *workbook) { w.set(lines, w.row(lines, "J001", 0), "借据号", "J999") },
		loanaudit.Duplicate:  func(w *workbook) { w.set(lines, w.row(lines, "J005", 1), "段", "1") },
		loanaudit.Cap:        func(w *workbook) { w.set("贷款", w.row("贷款", "J001", 0), "年利率", "5.10%") },
		loanaudit.Slice:      func(w *workbook) { w.set("资金", w.row("资金", "J001", 1), "还款", "100001.00") },
		loanaudit.NotFilled:  func(w *workbook) { w.set("贷款", w.row("贷款", "J001", 0), "放款日", "2025-09-10") },
		loanaudit.Unverified: func(w *workbook) { w.set("LPR", 7, "状态", "unverified") },
		loanaudit.Window:     func(w *workbook) { w.set("批次", 5, "内容", "2025-09-20") },
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := &workbook{t: t, File: example(t)}
			plant(w)
			r, err := audited(t, w.File)
			if err != nil {
				t.Fatal(err, errs.ProblemsOf(err))
			}
			if !slices.ContainsFunc(r.Findings, func(f loanaudit.Finding) bool { return f.Kind == kind }) {
				t.Errorf("%+v", r.Findings)
			}
		})
	}
}

func TestWhatCannotBeReadIsNamedCellByCell(t *testing.T) {
	t.Parallel()
	for name, plant := range map[string]func(w *workbook){
		"loanaudit.sheet":  func(w *workbook) { _ = w.DeleteSheet("资金") },
		"loanaudit.column": func(w *workbook) { w.set("贷款", 1, "年利率", "利率") },
		"loanaudit.batch":  func(w *workbook) { w.set("批次", 2, "项目", "号") },
		"loanaudit.cell":   func(w *workbook) { w.set("贷款", 2, "年利率", "4.45") },
	} {
		w := &workbook{t: t, File: example(t)}
		plant(w)
		_, err := audited(t, w.File)
		p := errs.ProblemsOf(err)
		if len(p) == 0 || p[0].Key != name {
			t.Errorf("%s: %v %v", name, err, p)
		}
	}
}

// TestTwoWaysAgree holds the audit against the service on loans of every sort: neither has read the other's code.
func TestTwoWaysAgree(t *testing.T) {
	t.Parallel()
	book, quotes, err := policy.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for i := range book {
		for j := range book[i].Fields {
			book[i].Fields[j].Status, book[i].Fields[j].Source = rulebook.Confirmed, "x"
		}
	}
	for i := range quotes {
		quotes[i].Status = rulebook.Confirmed
	}
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		p := &pack.Pack{Batch: pack.Batch{Number: "1", Bank: "b"}, Book: book, Quotes: quotes}
		start := day.Must("2020-04-20").AddDays(rapid.IntRange(0, 1900).Draw(rt, "quarter"))
		p.Batch.From, p.Batch.To = start, start.AddMonths(3)
		for i := range rapid.IntRange(1, 4).Draw(rt, "loans") {
			p.Loans = append(p.Loans, anyLoan(rt, strconv.Itoa(i), start))
		}
		if err := p.Compute(); err != nil {
			if errs.KindOf(err) != errs.Invalid {
				rt.Fatal(err)
			}
			rt.Skip() // more repaid than owed, or the like
		}
		file := filepath.Join(dir, "p.xlsx")
		out, err := os.Create(file)
		if err != nil {
			rt.Fatal(err)
		}
		if err := p.Write(out); err != nil {
			rt.Fatal(err)
		}
		out.Close()
		r, err := audit(t, file)
		if err != nil {
			rt.Fatal(err, errs.ProblemsOf(err))
		}
		if !r.OK() || r.Lines != len(p.Lines()) {
			rt.Fatalf("%+v\n%+v", r.Findings, p.Lines())
		}
	})
}

// anyLoan draws a loan that runs in a quarter.
func anyLoan(t *rapid.T, number string, quarter day.Day) pack.Loan {
	l := pack.Loan{Number: number, Area: rapid.SampledFrom([]string{"421202", "430100"}).Draw(t, "area"), Borrower: policy.Borrower{
		Kind: rapid.SampledFrom([]policy.Kind{policy.Individual, policy.Firm, policy.Partnership}).Draw(t, "kind"), Partners: 2, Poor: true,
	}, Loan: schedule.Loan{
		Principal: money.Fen(rapid.Int64Range(100_000, 600_000_000).Draw(t, "principal")),
		Rate:      money.Rate(rapid.Int64Range(20_000, 45_000).Draw(t, "rate")),
		Method:    rapid.SampledFrom(schedule.Methods).Draw(t, "method"),
		Count:     rapid.SampledFrom([]schedule.Count{schedule.Actual, schedule.Calendar}).Draw(t, "count"),
		Basis:     rapid.SampledFrom([]int{360, 365}).Draw(t, "basis"),
		Settle:    rapid.SampledFrom([]int{0, 0, 20, 28, 31}).Draw(t, "settle"),
		Penalty:   schedule.Ratio{Num: 140, Den: 100},
	}}
	months := rapid.IntRange(1, 24).Draw(t, "months")
	l.From = max(day.Must("2020-04-20"), quarter.AddDays(-rapid.IntRange(0, months*30).Draw(t, "before")))
	l.To = l.From.AddMonths(months).AddDays(-rapid.IntRange(0, 20).Draw(t, "short"))
	if l.Method != schedule.Annuity && l.Method != schedule.EqualPrincipal && rapid.Bool().Draw(t, "extend") {
		l.Extended = l.To.AddDays(rapid.IntRange(1, 200).Draw(t, "extension"))
	}
	if rapid.Bool().Draw(t, "late") {
		l.Paid = l.End().AddDays(rapid.IntRange(1, 80).Draw(t, "paid"))
	}
	for range rapid.IntRange(0, 3).Draw(t, "moves") {
		m := schedule.Move{Day: l.From.AddDays(rapid.IntRange(1, max(1, l.To.Sub(l.From)-1)).Draw(t, "move")), Amount: l.Principal / 7}
		if rapid.Bool().Draw(t, "back") {
			m.Amount = -m.Amount
		}
		l.Moves = append(l.Moves, m)
	}
	slices.SortStableFunc(l.Moves, func(a, b schedule.Move) int { return int(a.Day) - int(b.Day) })
	if rapid.Bool().Draw(t, "excluded") {
		from := quarter.AddDays(rapid.IntRange(0, 60).Draw(t, "stop"))
		l.Excluded = []schedule.Span{{From: from, To: from.AddDays(9), Reason: "挪用"}}
	}
	return l
}
