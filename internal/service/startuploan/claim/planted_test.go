package claim_test

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/service/loanaudit"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
)

// packed is the audit pack of a batch as a workbook that can be tampered with.
type packed struct {
	*excelize.File
	t testing.TB
}

const packLines = "明细"

// at gives the cell under a title in the nth row, from 0, of a loan.
func (w *packed) at(name, loan string, nth int, title string) (cell string, row int) {
	w.t.Helper()
	rows, err := w.GetRows(name)
	must(w.t, err)
	for i, r := range rows {
		if len(r) == 0 || r[0] != loan {
			continue
		}
		if nth--; nth < 0 {
			cell, err := excelize.CoordinatesToCellName(slices.Index(rows[0], title)+1, i+1)
			must(w.t, err)
			return cell, i + 1
		}
	}
	w.t.Fatalf("%s has no such row of %s", name, loan)
	return "", 0
}

func (w *packed) set(loan string, nth int, title, value string) int {
	w.t.Helper()
	cell, row := w.at(packLines, loan, nth, title)
	must(w.t, w.SetCellStr(packLines, cell, value))
	return row
}

func (w *packed) get(loan string, nth int, title string) string {
	w.t.Helper()
	cell, _ := w.at(packLines, loan, nth, title)
	text, err := w.GetCellValue(packLines, cell)
	must(w.t, err)
	return text
}

// more adds fen to an amount of a line.
func (w *packed) more(loan string, nth int, title string, fen money.Fen) int {
	w.t.Helper()
	a, err := money.Parse(w.get(loan, nth, title))
	must(w.t, err)
	return w.set(loan, nth, title, (a + fen).Plain())
}

// agree makes the batch's sum agree with its lines, as somebody who cheats would.
func (w *packed) agree() {
	w.t.Helper()
	rows, err := w.GetRows(packLines)
	must(w.t, err)
	at, sum := slices.Index(rows[0], "贴息"), money.Fen(0)
	for _, r := range rows[1:] {
		a, err := money.Parse(r[at])
		must(w.t, err)
		sum += a
	}
	must(w.t, w.SetCellStr("批次", "B6", sum.Plain()))
}

// Each of the ten errors, planted alone into the pack of a batch as it is stored, is found at its row, and nothing else is.
func TestErrorsPlantedIntoAStoredBatchAreFound(t *testing.T) {
	plants := map[loanaudit.Kind]func(w *packed) (row int){
		loanaudit.Day: func(w *packed) int {
			w.set("J006", 0, "天数", "32")
			w.more("J006", 0, "利息", 3708)
			return w.more("J006", 0, "贴息", 1854)
		},
		loanaudit.Rate: func(w *packed) int {
			w.set("J001", 0, "年利率", "4.95%")
			w.more("J001", 0, "利息", 30000)
			return w.more("J001", 0, "贴息", 15000)
		},
		loanaudit.Slice: func(w *packed) int { // everything in one slice
			w.set("J003", 0, "计息本金×天数", "4800000.00×92")
			w.set("J003", 0, "利息", "54586.67")
			row := w.set("J003", 0, "贴息", "27293.34")
			must(w.t, w.RemoveRow(packLines, row+1))
			return row
		},
		loanaudit.Split: func(w *packed) int {
			w.more("J004", 0, "省级", 1)
			return w.more("J004", 0, "市县", -1)
		},
		loanaudit.Version:   func(w *packed) int { return w.set("J002", 0, "政策版本", "N-2023") },
		loanaudit.Extension: func(w *packed) int { return w.set("J009", 1, "贴息", "1000.00") },
		loanaudit.Overdue:   func(w *packed) int { return w.set("J012", 1, "贴息", "500.00") },
		loanaudit.Cap: func(w *packed) int {
			w.set("J011", 0, "计息本金×天数", "320000.00×92")
			w.more("J011", 0, "利息", 22744)
			return w.more("J011", 0, "贴息", 11372)
		},
		loanaudit.Rounding: func(w *packed) int { return w.more("J003", 0, "贴息", -1) },
		loanaudit.Duplicate: func(w *packed) int { // the batch before has claimed these days already
			from, _ := w.at("往批", "J001", 0, "起")
			to, _ := w.at("往批", "J001", 0, "止")
			must(w.t, w.SetCellStr("往批", from, w.get("J001", 0, "起")))
			must(w.t, w.SetCellStr("往批", to, w.get("J001", 0, "止")))
			_, row := w.at(packLines, "J001", 0, "起")
			return row
		},
	}
	each(t, func(t *testing.T, c *town) {
		c.quarter()
		c.loan("J011", policy.Individual, 32*wan, "2024-02-01", 36, schedule.QuarterlyInterest)
		late := c.loan("J012", policy.Individual, 10*wan, "2024-05-02", 12, schedule.QuarterlyInterest)
		c.enter(late, contract.Event{Kind: contract.Arrears, Day: day.Must("2025-05-02")})
		c.make("2025-03-21")
		p, _, err := c.s.Pack(t.Context(), c.System(), c.make("2025-06-21"))
		must(t, err)
		var clean bytes.Buffer
		must(t, p.Write(&clean))
		file := filepath.Join(t.TempDir(), "pack.xlsx")
		for kind, plant := range plants {
			f, err := excelize.OpenReader(bytes.NewReader(clean.Bytes()))
			must(t, err)
			row := plant(&packed{f, t})
			(&packed{f, t}).agree()
			must(t, f.SaveAs(file))
			book, err := sheet.Open(file, sheet.Limits{})
			must(t, err)
			r, err := loanaudit.Audit(book)
			must(t, err)
			must(t, book.Close())
			if len(r.Findings) != 1 || r.Findings[0].Kind != kind || r.Findings[0].Row != row {
				t.Errorf("%+v, want %s at row %d", r.Findings, kind, row)
			}
		}
	})
}
