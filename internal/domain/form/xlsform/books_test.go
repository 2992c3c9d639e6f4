package xlsform

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/sheet/sheettest"
)

// What people leave in a workbook is told at its cell, or does no harm.
func TestWhatPeopleLeaveInWorkbooks(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"type", "name", "label"}, {"text", "𠮷野", "㛃 的姓名😀"}, {"integer", "age", "年龄"}}
	fill := func(f *excelize.File) { sheettest.Fill(f, "survey", 1, rows) }
	for name, c := range map[string]struct {
		book []byte
		want string
		fine bool
	}{
		"macros": {sheettest.Repack(sheettest.XLSX(fill), map[string]string{"xl/vbaProject.bin": "Attribute VB_Name"}), "sheet.macro", true},
		"merged header cells": {sheettest.XLSX(func(f *excelize.File) {
			fill(f)
			if err := f.MergeCell("survey", "B1", "C1"); err != nil {
				t.Error(err)
			}
		}), "xlsform.merged_header", false},
		"a formula in a cell": {sheettest.XLSX(func(f *excelize.File) {
			fill(f)
			if err := f.SetCellFormula("survey", "D2", `HYPERLINK("https://example.org","x")`); err != nil {
				t.Error(err)
			}
		}), "", true},
	} {
		file := filepath.Join(t.TempDir(), "form.xlsx")
		if err := os.WriteFile(file, c.book, 0o600); err != nil {
			t.Fatal(err)
		}
		form, faults, err := Read(file, "")
		if err != nil || survey.Failed(faults) == c.fine {
			t.Errorf("%s: %v %v", name, faults, err)
			continue
		}
		if c.want != "" && !slices.ContainsFunc(faults, func(f survey.Fault) bool { return f.Key == c.want }) {
			t.Errorf("%s: %v, not %s", name, faults, c.want)
		}
		if c.fine && form.Questions[1].Name != "𠮷野" {
			t.Errorf("%s: the first question is %q", name, form.Questions[1].Name)
		}
	}
}
