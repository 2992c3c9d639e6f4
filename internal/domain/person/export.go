package person

import (
	"context"
	"io"
	"strconv"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
)

// Words are what an export is headed with, and how it names codes.
type Words struct {
	Sheet   string
	Columns [8]string // name, sex, born, organisation, standing, phone, resident ID, id
	Lang    string    // of codes
}

// Sheet writes the persons that a filter chooses within the scope of the Export verb as xlsx, masked as the viewer's
// lists are; ID numbers are masked but for those who see sealed fields. The log then says how many went out.
func (s *Service) Sheet(ctx context.Context, by authz.Actor, f Filter, w io.Writer, words Words) (int, error) {
	if err := by.MustSomewhere(Export); err != nil {
		return 0, err
	}
	columns := make([]sheet.OutColumn, len(words.Columns))
	for i, t := range words.Columns {
		columns[i] = sheet.OutColumn{Title: t, Text: true}
	}
	out, err := sheet.NewWriter(w, sheet.XLSX, words.Sheet, columns)
	if err != nil {
		return 0, err
	}
	n := 0
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		k, err := s.ask(q, by, Export, f)
		if err != nil {
			return err
		}
		for cursor := ""; ; {
			p, err := s.Cursors.Read(k.list(), cursor)
			if err != nil {
				return err
			}
			rows, next, err := s.exportPage(q, k, p)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if err := s.exportRow(q, by, r, words, out); err != nil {
					return err
				}
			}
			n += len(rows)
			if cursor = next; cursor == "" {
				return nil
			}
		}
	})
	if err != nil {
		return n, err
	}
	if err := s.DB.Note(ctx, by, Export, "", act.Change{"rows": n, "tie": string(f.Tie), "at": string(f.At)}); err != nil {
		return n, err
	}
	return n, out.Close()
}

// exportPage reads the next rows of an export and the cursor behind them.
func (s *Service) exportPage(q sqldb.Q, k question, p page.Position) ([]Row, string, error) {
	const size = 1000
	rows, err := k.rows(q, p, page.Limit(size))
	cut := page.Cut(s.Cursors, p, rows, size, func(r Row) []any { return r.order })
	return cut.Items, cut.Next, err
}

func (s *Service) exportRow(q sqldb.Q, by authz.Actor, r Row, words Words, out *sheet.Writer) error {
	rows, err := group(q, r.ID)
	if err != nil {
		return err
	}
	open, err := s.openPapers(q, rows)
	if err != nil {
		return err
	}
	number := ""
	for _, h := range open {
		if h.Paper.Kind == ResidentID && number == "" {
			number = h.Paper.Number
		}
	}
	if !by.Sees(authz.Sealed, Export, r.At) {
		number = cn.MaskID(number)
	}
	if !by.Sees(authz.Personal, Export, r.At) {
		number = ""
	}
	r.mask(by, Export)
	born := r.Born.String()
	if born == "" && r.Year > 0 {
		born = strconv.Itoa(r.Year)
	}
	return out.Write(r.Name, cn.Sex.Name(r.Sex, words.Lang), born, r.HomeName, cn.Political.Name(r.Standing, words.Lang), r.PhoneTail, number, r.ID.String())
}
