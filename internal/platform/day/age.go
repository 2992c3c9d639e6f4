package day

import "zhidian/internal/platform/errs"

// Counting says on which day a year of age is complete. It is a column of the row that states an age gate, never a habit of the code.
type Counting string

const (
	BirthdayCounts Counting = "birthday"  // N years old on the Nth birthday
	DayAfter       Counting = "day_after" // N years old on the day after it, as criminal and child-protection law count 周岁
)

// Birthday gives the Nth birthday. Who was born on 29 February has it on 1 March in common years.
func (d Day) Birthday(n int) Day {
	y, m, dom := d.Date()
	if d == 0 {
		return 0
	}
	if m == 2 && dom == 29 && !leap(y+n) {
		m, dom = 3, 1
	}
	got, _ := civil(y+n, int(m), dom)
	return got
}

// Reaches gives the day from which a person born on d is n years old. With DayAfter this is the day after the birthday, so the 14th
// birthday itself still counts as under 14; for 29 February in a common year it is 2 March, the reading that protects a child longer.
func (d Day) Reaches(n int, c Counting) Day {
	b := d.Birthday(n)
	if c == DayAfter && n > 0 {
		return b.AddDays(1)
	}
	return b
}

// Age gives the complete years on a day of a person born on d, and -1 when either day is missing or the person is not yet born.
func (d Day) Age(on Day, c Counting) int {
	if d == 0 || on < d {
		return -1
	}
	years := on.Year() - d.Year()
	if years > 0 && on < d.Reaches(years, c) {
		years--
	}
	return years
}

// Reference says on which day an age gate is judged.
type Reference string

const (
	OnTheDay  Reference = "day"      // the day the act names: today, the snapshot, arrival, application, the contest's reference date
	OnYearEnd Reference = "year_end" // 31 December of that day's year
)

// Gate is one row of the table of age gates: who is of the age, in complete years, both ends included. The numbers come from the
// rulebook, for there is no single "youth": league member, youth, contest and loan each have a gate of their own.
type Gate struct {
	Min       int // 0 for none
	Max       int // 0 for none
	Counting  Counting
	Reference Reference
}

// judged gives the day on which the gate is judged.
func (g Gate) judged(on Day) Day {
	if g.Reference == OnYearEnd {
		return on.EndOfYear()
	}
	return on
}

// Admits tells whether a person born on a day is of the age; a missing birth date never is.
func (g Gate) Admits(born, on Day) bool {
	age := born.Age(g.judged(on), g.Counting)
	return age >= g.Min && age >= 0 && (g.Max == 0 || age <= g.Max)
}

// Check is Admits with the reason: too young (and from which day on not), too old, or born when is unknown.
func (g Gate) Check(born, on Day) error {
	ref := g.judged(on)
	age := born.Age(ref, g.Counting)
	switch {
	case born == 0:
		return errs.New(errs.Invalid, "day.birth_unknown", nil)
	case age < 0:
		return errs.New(errs.Invalid, "day.not_yet_born", errs.Args{"on": ref})
	case age < g.Min:
		return errs.New(errs.Invalid, "day.too_young", errs.Args{"min": g.Min, "on": ref, "from": born.Reaches(g.Min, g.Counting)})
	case g.Max > 0 && age > g.Max:
		return errs.New(errs.Invalid, "day.too_old", errs.Args{"max": g.Max, "on": ref, "since": born.Reaches(g.Max+1, g.Counting)})
	}
	return nil
}

// Births gives the first and last birth date that the gate admits, for a condition in SQL; from is no day when there is no upper age.
func (g Gate) Births(on Day) (from, to Day) {
	ref := g.judged(on)
	if to = g.latest(ref, g.Min); to == 0 {
		return 0, 0
	}
	if g.Max > 0 {
		if youngestTooOld := g.latest(ref, g.Max+1); youngestTooOld > 0 {
			from = youngestTooOld.AddDays(1)
		}
	}
	return from, to
}

// latest gives the last birth date of people who are n years old on a day.
func (g Gate) latest(on Day, n int) Day {
	if g.Counting == DayAfter && n > 0 {
		on = on.AddDays(-1)
	}
	return on.AddMonths(-12 * n)
}
