package day

import (
	"testing"

	"pgregory.net/rapid"
	"zhidian/internal/platform/errs"
)

func TestAgeByBothCountings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		born, on string
		counting Counting
		want     int
	}{
		{"2012-05-10", "2026-05-09", BirthdayCounts, 13},
		{"2012-05-10", "2026-05-10", BirthdayCounts, 14},
		{"2012-05-10", "2026-05-10", DayAfter, 13}, // §5.6: on the 14th birthday still under 14
		{"2012-05-10", "2026-05-11", DayAfter, 14},
		{"2012-02-29", "2026-02-28", BirthdayCounts, 13},
		{"2012-02-29", "2026-03-01", BirthdayCounts, 14}, // 29 February: 1 March in common years
		{"2012-02-29", "2026-03-01", DayAfter, 13},
		{"2012-02-29", "2026-03-02", DayAfter, 14},
		{"2012-02-29", "2028-02-28", BirthdayCounts, 15},
		{"2012-02-29", "2028-02-29", BirthdayCounts, 16},
		{"2012-02-29", "2028-03-01", DayAfter, 16},
		{"2012-05-10", "2012-05-10", BirthdayCounts, 0},
		{"2012-05-10", "2012-05-10", DayAfter, 0},
		{"2012-05-10", "2012-05-09", BirthdayCounts, -1},
		{"2012-12-31", "2013-01-01", DayAfter, 0},
		{"2012-12-31", "2014-01-01", DayAfter, 1},
	} {
		if got := Must(c.born).Age(Must(c.on), c.counting); got != c.want {
			t.Errorf("born %s on %s by %s: %d, want %d", c.born, c.on, c.counting, got, c.want)
		}
	}
	if Day(0).Age(Must("2026-01-01"), BirthdayCounts) != -1 || Must("2026-01-01").Age(0, BirthdayCounts) != -1 {
		t.Fatal("a missing day has an age")
	}
}

// The table of domain.md §7.4; in the product these are rows of the rulebook.
var (
	member    = Gate{Min: 14, Max: 28, Counting: BirthdayCounts, Reference: OnTheDay}
	youth     = Gate{Min: 14, Max: 35, Counting: BirthdayCounts, Reference: OnTheDay}
	ratioBase = Gate{Min: 14, Max: 28, Counting: BirthdayCounts, Reference: OnYearEnd}
	contest   = Gate{Max: 35, Counting: BirthdayCounts, Reference: OnTheDay}
	hostel    = Gate{Min: 18, Max: 35, Counting: BirthdayCounts, Reference: OnTheDay}
	loan      = Gate{Max: 45, Counting: BirthdayCounts, Reference: OnTheDay}
	child     = Gate{Max: 13, Counting: DayAfter, Reference: OnTheDay}
	leftAlone = Gate{Max: 15, Counting: DayAfter, Reference: OnTheDay}
	minor     = Gate{Max: 17, Counting: DayAfter, Reference: OnTheDay}
)

func TestGatesOfTheTable(t *testing.T) {
	t.Parallel()
	on := "2026-06-30"
	for _, c := range []struct {
		name string
		gate Gate
		born string
		want bool
	}{
		{"member of 14 today", member, "2012-06-30", true},
		{"member of 13", member, "2012-07-01", false},
		{"member of 28 on the last day", member, "1997-07-01", true},
		{"member of 29 today", member, "1997-06-30", false},
		{"youth of 35", youth, "1990-07-01", true},
		{"youth of 36", youth, "1990-06-30", false},
		{"ratio counts who turns 14 this year", ratioBase, "2012-12-31", true},
		{"ratio does not count who turns 29 this year", ratioBase, "1997-12-31", false},
		{"contest of 35", contest, "1990-07-01", true},
		{"hostel of 17", hostel, "2008-07-01", false},
		{"loan of 45 on the last day", loan, "1980-07-01", true},
		{"loan of 46", loan, "1980-06-30", false},
		{"child on the 14th birthday", child, "2012-06-30", true},
		{"child the day after", child, "2012-06-29", false},
		{"left alone on the 16th birthday", leftAlone, "2010-06-30", true},
		{"minor the day after the 18th birthday", minor, "2008-06-29", false},
	} {
		if got := c.gate.Admits(Must(c.born), Must(on)); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		if err := c.gate.Check(Must(c.born), Must(on)); (err == nil) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestGateTellsWhy(t *testing.T) {
	t.Parallel()
	on := Must("2026-06-30")
	for _, c := range []struct {
		born      Day
		key, name string
		want      Day
	}{
		{Must("2012-07-01"), "day.too_young", "from", Must("2026-07-01")},
		{Must("1990-01-01"), "day.too_old", "since", Must("2019-01-01")},
		{Must("2027-01-01"), "day.not_yet_born", "on", on},
		{0, "day.birth_unknown", "", 0},
	} {
		err := member.Check(c.born, on)
		if errs.KeyOf(err) != c.key {
			t.Errorf("%s: %v, want %s", c.born, err, c.key)
			continue
		}
		if c.name != "" && err.(*errs.Error).Args[c.name] != c.want {
			t.Errorf("%s: %v, want %s %s", c.born, err.(*errs.Error).Args, c.name, c.want)
		}
	}
}

func TestBirthsIsTheGateAsTwoDates(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := Gate{
			Min:       rapid.IntRange(0, 40).Draw(t, "min"),
			Counting:  rapid.SampledFrom([]Counting{BirthdayCounts, DayAfter}).Draw(t, "counting"),
			Reference: rapid.SampledFrom([]Reference{OnTheDay, OnYearEnd}).Draw(t, "reference"),
		}
		if rapid.Bool().Draw(t, "bounded") {
			g.Max = g.Min + rapid.IntRange(1, 30).Draw(t, "span")
		}
		on := usualDay().Draw(t, "on")
		if rapid.Bool().Draw(t, "leap") {
			on = Must(rapid.SampledFrom([]string{"2024-02-29", "2024-02-28", "2024-03-01", "2025-02-28", "2025-03-01", "2025-03-02"}).Draw(t, "edge"))
		}
		from, to := g.Births(on)
		near := rapid.SampledFrom([]Day{from, to}).Draw(t, "end")
		if near == 0 {
			near = to
		}
		born := near.AddDays(rapid.IntRange(-400, 400).Draw(t, "off"))
		if got, want := from <= born && born <= to, g.Admits(born, on); got != want {
			t.Fatalf("%+v on %s: born %s is %v by dates %s…%s, %v by age", g, on, born, got, from, to, want)
		}
	})
}

func TestAgeGrowsByOneADay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		born, c := usualDay().Draw(t, "born"), rapid.SampledFrom([]Counting{BirthdayCounts, DayAfter}).Draw(t, "counting")
		n := rapid.IntRange(1, 100).Draw(t, "n")
		at := born.Reaches(n, c)
		if born.Age(at, c) != n || born.Age(at-1, c) != n-1 {
			t.Fatalf("born %s reaches %d on %s but is %d, the day before %d", born, n, at, born.Age(at, c), born.Age(at-1, c))
		}
	})
}
