package casework

import (
	"context"
	"strconv"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Year is the holiday table of one year.
type Year struct {
	Year   int
	Origin string // the notice it was taken from; empty for the table that Zhidian is delivered with
	Table  []day.Exception
}

// Years gives the holiday tables in force: those that the city has entered and, for other years, those that Zhidian
// is delivered with. The oldest comes first.
func Years(q sqldb.Q) ([]Year, error) {
	type row struct {
		day.Exception
		origin string
	}
	rows, err := sqldb.All(q, func(s sqldb.Scan) (row, error) {
		var r row
		var off int64
		err := s(&r.Year, &r.Day, &off, &r.Name, &r.origin)
		r.Off = off == 1
		return r, err
	}, `SELECT year, day, off, name, origin FROM holiday WHERE city = $1 AND year > 0 ORDER BY year, day`)
	if err != nil {
		return nil, err
	}
	by := map[int]*Year{}
	own := map[int]bool{}
	add := func(e day.Exception, origin string) {
		if by[e.Year] == nil {
			by[e.Year] = &Year{Year: e.Year, Origin: origin}
		}
		by[e.Year].Table = append(by[e.Year].Table, e)
	}
	for _, r := range rows {
		own[r.Year] = true
		add(r.Exception, r.origin)
	}
	for _, e := range day.Holidays() {
		if !own[e.Year] {
			add(e, "")
		}
	}
	var all []Year
	for y := firstYear; y <= lastYear && len(all) < len(by); y++ {
		if by[y] != nil {
			all = append(all, *by[y])
		}
	}
	return all, nil
}

const firstYear, lastYear = 2000, 2100

// Calendar gives the working days as the tables in force count them.
func Calendar(q sqldb.Q) (*day.Calendar, error) {
	years, err := Years(q)
	if err != nil {
		return nil, err
	}
	var table []day.Exception
	for _, y := range years {
		table = append(table, y.Table...)
	}
	return day.NewCalendar(table)
}

// SetYear replaces the holiday table of one year by that of a notice. Due dates given before stay as they are.
func (s *Service) SetYear(ctx context.Context, by authz.Actor, y Year) error {
	return s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		root, err := org.Root(tx)
		if err != nil {
			return err
		}
		if err := by.Must(SetYear, root.Path); err != nil {
			return err
		}
		if err := y.check(tx); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM holiday WHERE city = $1 AND year = $2`, y.Year); err != nil {
			return err
		}
		if _, err := tx.Bulk(`INSERT INTO holiday (city, day, off, name, origin, year) VALUES ($1, $2, $3, $4, $5, $6)`,
			len(y.Table), func(i int) []any {
				e := y.Table[i]
				off := 0
				if e.Off {
					off = 1
				}
				return []any{e.Day, off, e.Name, y.Origin, y.Year}
			}); err != nil {
			return err
		}
		return tx.Record(SetYear, strconv.Itoa(y.Year), act.Change{"origin": y.Origin, "days": len(y.Table)})
	})
}

func (y Year) check(q sqldb.Q) error {
	var p errs.Problems
	p.Require(y.Year >= firstYear && y.Year <= lastYear, "year", "field.range", errs.Args{"min": firstYear, "max": lastYear})
	p.Require(y.Origin != "", "origin", "field.required", nil)
	p.Require(len(y.Table) > 0, "table", "field.required", nil)
	years, err := Years(q)
	if err != nil {
		return err
	}
	taken := map[day.Day]int{}
	for _, other := range years {
		if other.Year != y.Year {
			for _, e := range other.Table {
				taken[e.Day] = other.Year
			}
		}
	}
	for _, e := range y.Table {
		p.Require(e.Year == y.Year, "table", "casework.table_other_year", errs.Args{"day": e.Day, "year": y.Year})
		p.Require(taken[e.Day] == 0, "table", "casework.table_taken", errs.Args{"day": e.Day, "year": taken[e.Day]})
		taken[e.Day] = y.Year
	}
	return p.Err()
}
