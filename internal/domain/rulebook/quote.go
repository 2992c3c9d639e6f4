package rulebook

import (
	"encoding/csv"
	"io"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
)

// Quote is a rate that somebody publishes from time to time, as the LPR for one year, and its days.
type Quote struct {
	Series string
	From   day.Day
	Until  day.Day // the last day, none for the newest
	Rate   money.Rate
	Source string
	Status Status
}

// Quotes are the rows of some series.
type Quotes []Quote

// earliest is before anything that this book could hold.
var earliest = day.Must("1949-10-01")

// Check gives what is wrong: days, and rows of one series that overlap.
func (q Quotes) Check() error {
	var p errs.Problems
	for i, a := range q {
		args := errs.Args{"series": a.Series, "day": a.From}
		p.Require(a.From >= earliest && (a.Until.IsZero() || a.Until >= a.From) && a.Series != "" && a.Status.Known(), a.Series, "rulebook.quote", args)
		for _, b := range q[:i] {
			if a.Series == b.Series && (a.Until.IsZero() || b.From <= a.Until) && (b.Until.IsZero() || a.From <= b.Until) {
				p.Add(a.Series, "rulebook.quote_overlap", errs.Args{"series": a.Series, "a": b.From, "b": a.From})
			}
		}
	}
	return p.Err()
}

// At gives the row of a series in force on a day.
func (q Quotes) At(series string, on day.Day) (Quote, error) {
	for _, a := range q {
		if a.Series == series && a.From <= on && (a.Until.IsZero() || on <= a.Until) {
			return a, nil
		}
	}
	return Quote{}, errs.New(errs.Absent, "rulebook.no_quote", errs.Args{"series": series, "day": on})
}

// ReadQuotes reads the csv series,from,until,rate,status,source with its heading.
func ReadQuotes(r io.Reader) (Quotes, error) {
	c := csv.NewReader(r)
	c.FieldsPerRecord = 6
	rows, err := c.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, errs.Wrap(err, errs.Invalid, "rulebook.quote_file", nil)
	}
	var all Quotes
	for _, row := range rows[1:] {
		q := Quote{Series: row[0], Status: Status(row[4]), Source: row[5]}
		if q.From, err = day.Parse(row[1]); err != nil {
			return nil, err
		}
		if row[2] != "" {
			if q.Until, err = day.Parse(row[2]); err != nil {
				return nil, err
			}
		}
		if q.Rate, err = money.ParseRate(row[3]); err != nil {
			return nil, err
		}
		all = append(all, q)
	}
	return all, all.Check()
}
