package venture

import (
	"context"
	"fmt"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
)

// Wording says what a spreadsheet's columns are called and what its words mean. Pages know it in both languages; here it is
// only names of columns, and for some of them the key of each word.
type Wording struct {
	Fields []sheet.Field
	Words  map[string]map[string]string
}

// Columns are the names of what is read from a spreadsheet; the first three must be there.
var Columns = []string{
	"name", "founder", "industry", "org", "county", "town", "serial", "about", "category", "stage", "entity", "credit", "address", "began", "staff", "revenue", "revenue_year",
}

// MostRows is how many dossiers one spreadsheet may hold: what is entered is one act.
const MostRows = 2000

// Outcome is what becomes of a row.
type Outcome string

// The outcomes.
const (
	RowNew     Outcome = "new"
	RowChanged Outcome = "changed"
	RowSame    Outcome = "same"
	RowBad     Outcome = "bad"
)

// SheetRow is one row of a spreadsheet with what is found in it.
type SheetRow struct {
	No       int // as Excel counts
	Name     string
	Outcome  Outcome
	Problems []errs.Problem
	is       Venture // that it corrects; its ID is zero where it opens one
	founder  string
}

// Sheet is a spreadsheet as it was read, and what becomes of it.
type Sheet struct {
	Rows    []SheetRow
	Counts  map[Outcome]int
	Unknown []string // titles of columns that nobody reads
}

// ReadSheet tells what would become of a spreadsheet, and writes nothing.
func (s *Service) ReadSheet(ctx context.Context, by authz.Actor, book *sheet.Book, w Wording) (got Sheet, err error) {
	if err := by.MustSomewhere(Create); err != nil {
		return got, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		got, err = s.judge(q, by, book, w)
		return err
	})
	return got, err
}

// TakeSheet enters the good rows of a spreadsheet and leaves the bad ones out, in one act with a line for each dossier. Handed in
// again it changes nothing: a row is the dossier with its credit code, its serial number, or its name, place and founder.
func (s *Service) TakeSheet(ctx context.Context, by authz.Actor, book *sheet.Book, w Wording) (got Sheet, err error) {
	if got, err = s.ReadSheet(ctx, by, book, w); err != nil {
		return got, err
	}
	if got.Counts[RowNew]+got.Counts[RowChanged] == 0 {
		return got, nil
	}
	year := day.Of(s.DB.Now(), s.Zone).Year()
	serial, err := s.Serials.Next(ctx, by.City, fmt.Sprintf("venture.%d", year), int64(len(got.Rows)))
	if err != nil {
		return got, err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if got, err = s.judge(tx, by, book, w); err != nil {
			return err
		}
		for i, r := range got.Rows {
			if r.Outcome != RowNew && r.Outcome != RowChanged {
				continue
			}
			if err := enter(tx, by, r, fmt.Sprintf("项目-%d-%05d", year, serial+int64(i))); err != nil {
				return err
			}
		}
		if got.Counts[RowNew]+got.Counts[RowChanged] == 0 { // another process has just entered all of it
			return tx.Record(Create, "", act.Change{"rows": 0})
		}
		return nil
	})
	return got, sqldb.Done(err)
}

// enter writes one row.
func enter(tx *sqldb.Tx, by authz.Actor, r SheetRow, serial string) error {
	v, now := r.is, tx.Now().UnixMicro()
	v.ConfirmedAt, v.ConfirmedBy = now, by.User
	if r.Outcome == RowChanged {
		if err := put(tx, v, v.EditedAt); err != nil {
			return err
		}
		return tx.Record(Edit, v.ID.String(), act.Change{"row": r.No, "org": v.Org, "facts": v.Facts.change()})
	}
	v.ID, v.Serial, v.State, v.EditedAt, v.MadeBy, v.MadeAt = id.New[Venture](tx.Now()), serial, Known, now, by.User, now
	if err := insert(tx, v, []Founder{{No: 1, Name: r.founder, Lead: true}}); err != nil {
		return err
	}
	return tx.Record(Create, v.ID.String(), act.Change{"row": r.No, "serial": serial, "org": v.Org, "facts": v.Facts.change()})
}

// judge reads a spreadsheet row by row.
func (s *Service) judge(q sqldb.Q, by authz.Actor, book *sheet.Book, w Wording) (got Sheet, err error) {
	got.Counts = map[Outcome]int{}
	name := book.Sheets()[0].Name
	head, err := book.Head(name, 20)
	if err != nil {
		return got, err
	}
	m, problems := sheet.FindHeader(head, w.Fields)
	if len(problems) > 0 {
		var p errs.Problems
		for _, x := range problems {
			p.Add("file", x.Key, x.Args)
		}
		return got, p.Err()
	}
	for _, c := range m.Unknown {
		got.Unknown = append(got.Unknown, c.Title)
	}
	r, err := s.reader(q, by, m, w)
	if err != nil {
		return got, err
	}
	for row, err := range book.Rows(name) {
		if err != nil {
			return got, err
		}
		if row.Number <= m.HeaderRow {
			continue
		}
		if len(got.Rows) == MostRows {
			var p errs.Problems
			p.Add("file", "venture.sheet_long", errs.Args{"max": MostRows})
			return got, p.Err()
		}
		one, err := r.read(row)
		if err != nil {
			return got, err
		}
		got.Rows = append(got.Rows, one)
		got.Counts[one.Outcome]++
	}
	return got, nil
}
