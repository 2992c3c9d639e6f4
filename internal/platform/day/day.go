// Package day is the calendar on the office wall: dates without a clock, ages, and the working days of the State Council's holiday table.
package day

import (
	"embed"
	"time"

	"zhidian/internal/platform/errs"
)

// Messages holds the texts of this package's problems, one file for each language.
//
//go:embed messages
var Messages embed.FS

// Day is a civil date without time zone. Its number counts days, 1 being 1 January of the year 1 (Gregorian), so days compare
// with < and are map keys. Zero is "no day" and sorts before all others.
type Day int32

const (
	first Day = 1       // 0001-01-01
	last  Day = 3652059 // 9999-12-31
)

const (
	epoch       Day = 719163 // 1970-01-01
	secondsADay     = 24 * 60 * 60
)

// New gives the Day of a year, month and day of the month; a date that does not exist, as 30 February, is an error.
func New(year int, month time.Month, dom int) (Day, error) {
	d, ok := civil(year, int(month), dom)
	if !ok {
		return 0, errs.New(errs.Invalid, "day.no_such_day", errs.Args{"year": year, "month": int(month), "day": dom})
	}
	return d, nil
}

// Must reads an ISO date such as 2026-03-21 and panics when it is none. It is for dates written in code and tests.
func Must(iso string) Day {
	d, ok := parseISO(iso)
	if !ok {
		panic("day.Must: not an ISO date: " + iso)
	}
	return d
}

// Of gives the Day on which an instant falls at a place.
func Of(t time.Time, loc *time.Location) Day {
	y, m, d := t.In(loc).Date()
	got, _ := civil(y, int(m), d)
	return got
}

// civil gives the Day of a date between the years 1 and 9999, and false when there is no such date.
func civil(year, month, dom int) (Day, bool) {
	if year < 1 || year > 9999 || month < 1 || month > 12 || dom < 1 || dom > lengthOf(year, month) {
		return 0, false
	}
	return number(year, month, dom), true
}

// number counts the days up to a date that exists, in years that begin in March, so that the leap day is the last. Schedules of loans ask for
// millions of dates: it takes a fifth of what time.Date does.
func number(year, month, dom int) Day {
	if month < 3 {
		year, month = year-1, month+12
	}
	return Day(365*year + year/4 - year/100 + year/400 + (153*month-457)/5 + dom - 306)
}

func (d Day) time() time.Time { return time.Unix(int64(d-epoch)*secondsADay, 0).UTC() }

func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// lengthOf gives the number of days of a month.
func lengthOf(year, month int) int {
	switch month {
	case 2:
		if leap(year) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// IsZero tells whether d is no day.
func (d Day) IsZero() bool { return d == 0 }

// Date gives year, month and day of the month; zeros for no day.
func (d Day) Date() (year int, month time.Month, dom int) {
	if d == 0 {
		return 0, 0, 0
	}
	return d.time().Date()
}

// Year gives the year, 0 for no day.
func (d Day) Year() int {
	y, _, _ := d.Date()
	return y
}

// Weekday gives the day of the week. It is meaningless for no day.
func (d Day) Weekday() time.Weekday { return time.Weekday(d % 7) }

// Start gives the first instant of the day at a place, for queries on columns that hold instants.
func (d Day) Start(loc *time.Location) time.Time {
	y, m, dom := d.Date()
	return time.Date(y, m, dom, 0, 0, 0, 0, loc)
}

// AddDays gives the day n days later, earlier for n < 0. No day stays no day, and a result outside the years 1 to 9999 is no day.
func (d Day) AddDays(n int) Day {
	if d == 0 {
		return 0
	}
	return within(int64(d) + int64(n))
}

func within(n int64) Day {
	if n < int64(first) || n > int64(last) {
		return 0
	}
	return Day(n)
}

// Sub gives the number of days from e to d: positive when d is later. Days of interest are counted so, the first and not the last.
func (d Day) Sub(e Day) int { return int(d) - int(e) }

// AddMonths gives the same day of the month n months later, the last of the month where there is none: 31 January plus one month
// is 28 or 29 February. A result outside the years 1 to 9999 is no day.
func (d Day) AddMonths(n int) Day {
	if d == 0 || n > 12*9999 || n < -12*9999 {
		return 0
	}
	y, m, dom := d.Date()
	months := y*12 + int(m) - 1 + n
	if months < 12 {
		return 0
	}
	year, month := months/12, months%12+1
	got, _ := civil(year, month, min(dom, lengthOf(year, month)))
	return got
}

// EndOfYear gives 31 December of the day's year.
func (d Day) EndOfYear() Day {
	got, _ := civil(d.Year(), 12, 31)
	return got
}
