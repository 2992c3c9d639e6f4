package day

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"zhidian/internal/platform/errs"
)

// Exception is one line of a holiday table: a day that is off although a weekday, or worked although a weekend.
type Exception struct {
	Year int // of the notice, which may name days of the December before
	Day  Day
	Off  bool
	Name string // of the holiday, as 春节
}

// Calendar knows the working days: Monday to Friday, but for the exceptions in its table. It does not change once made.
type Calendar struct {
	exceptions map[Day]Exception
	years      map[int]bool
}

// NewCalendar makes a calendar of a table. A day that stands twice and differently in it is an error; a later notice replaces an
// earlier one by replacing its rows.
func NewCalendar(table []Exception) (*Calendar, error) {
	c := &Calendar{exceptions: make(map[Day]Exception, len(table)), years: map[int]bool{}}
	var problems errs.Problems
	for _, e := range table {
		if old, twice := c.exceptions[e.Day]; twice && old.Off != e.Off {
			problems.Add(e.Day.String(), "day.table_twice", errs.Args{"day": e.Day})
			continue
		}
		c.exceptions[e.Day] = e
		c.years[e.Year] = true
	}
	return c, problems.Err()
}

// Covers tells whether the table of a year has been entered. Without it weekends alone are off.
func (c *Calendar) Covers(year int) bool { return c.years[year] }

// Workday tells whether people work on a day.
func (c *Calendar) Workday(d Day) bool {
	if e, ok := c.exceptions[d]; ok {
		return !e.Off
	}
	w := d.Weekday()
	return w != time.Saturday && w != time.Sunday
}

// Exception gives the table's line for a day, for a calendar page.
func (c *Calendar) Exception(d Day) (Exception, bool) {
	e, ok := c.exceptions[d]
	return e, ok
}

// Warning lists the years, in order, that were counted without a holiday table. Empty is good.
type Warning []int

// Problem gives the warning for a page, and false when there is nothing to warn of.
func (w Warning) Problem() (errs.Problem, bool) {
	if len(w) == 0 {
		return errs.Problem{}, false
	}
	years := make([]string, len(w))
	for i, y := range w {
		years[i] = strconv.Itoa(y)
	}
	return errs.Problem{Key: "day.no_holiday_table", Args: errs.Args{"years": strings.Join(years, ", ")}}, true
}

func (c *Calendar) warn(a, b Day) Warning {
	var w Warning
	for y := min(a, b).Year(); y <= max(a, b).Year(); y++ {
		if y > 0 && !c.Covers(y) {
			w = append(w, y)
		}
	}
	return slices.Clip(w)
}

// AddWorkdays gives the nth working day after d, or before it for n < 0; d itself does not count. For n = 0 it is d, or the next working
// day when d is off: the rule for a due date that falls on a holiday. Past the year 9999 it is no day.
func (c *Calendar) AddWorkdays(d Day, n int) (Day, Warning) {
	if d == 0 {
		return 0, nil
	}
	got, step := d, 1
	if n < 0 {
		step, n = -1, -n
	}
	if n == 0 {
		for got != 0 && !c.Workday(got) {
			got = got.AddDays(1)
		}
	}
	for n > 0 && got != 0 {
		if got = got.AddDays(step); got != 0 && c.Workday(got) {
			n--
		}
	}
	if got == 0 {
		return 0, nil
	}
	return got, c.warn(d, got)
}

// WorkdaysBetween counts the working days after from up to and with to, negative when to is earlier; it undoes AddWorkdays.
// Either day missing, it is 0.
func (c *Calendar) WorkdaysBetween(from, to Day) (int, Warning) {
	if from == 0 || to == 0 {
		return 0, nil
	}
	n := 0
	for d := from + 1; d <= to; d++ {
		if c.Workday(d) {
			n++
		}
	}
	for d := from - 1; d >= to; d-- {
		if c.Workday(d) {
			n--
		}
	}
	return n, c.warn(from, to)
}
