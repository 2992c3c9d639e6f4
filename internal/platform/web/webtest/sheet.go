package webtest

import (
	"os"
	"path/filepath"

	"zhidian/internal/platform/sheet"
)

// Lines reads an answer that is a workbook: the texts of its first sheet, heads included.
func (a *Answer) Lines() (rows [][]string) {
	a.t.Helper()
	path := filepath.Join(a.t.TempDir(), "f.xlsx")
	if err := os.WriteFile(path, []byte(a.Body), 0o600); err != nil {
		a.t.Fatal(err)
	}
	b, err := sheet.Open(path, sheet.Limits{})
	if err != nil {
		a.t.Fatalf("%d: %v: %.200s", a.Status, err, a.Body)
	}
	defer b.Close()
	for r, err := range b.Rows(b.Sheets()[0].Name) {
		if err != nil {
			a.t.Fatal(err)
		}
		var row []string
		for i := range r.Cells {
			row = append(row, r.Text(i))
		}
		rows = append(rows, row)
	}
	return rows
}
