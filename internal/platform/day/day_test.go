package day

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func anyDay() *rapid.Generator[Day] {
	return rapid.Custom(func(t *rapid.T) Day { return Day(rapid.Int32Range(int32(first), int32(last)).Draw(t, "day")) })
}

// usualDay draws days of lives and contracts, where sums stay inside the calendar.
func usualDay() *rapid.Generator[Day] {
	return rapid.Custom(func(t *rapid.T) Day {
		return Day(rapid.Int32Range(int32(Must("1900-01-01")), int32(Must("2150-12-31"))).Draw(t, "day"))
	})
}

func TestBoundsAreWhatTheyClaim(t *testing.T) {
	t.Parallel()
	if first.String() != "0001-01-01" || last.String() != "9999-12-31" || epoch.String() != "1970-01-01" {
		t.Fatalf("%s %s %s", first, last, epoch)
	}
	if Must("0001-01-01") != first || Must("9999-12-31") != last {
		t.Fatal("reading and writing the bounds disagree")
	}
	if !Day(0).IsZero() || Day(0).Year() != 0 || Day(0).String() != "" || Day(0).Chinese() != "" {
		t.Fatal("no day has no text")
	}
}

func TestCalendarIsTheOneOfTheStandardLibrary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDay().Draw(t, "d")
		y, m, dom := d.Date()
		again, err := New(y, m, dom)
		if err != nil || again != d {
			t.Fatalf("%d → %d-%d-%d → %d %v", d, y, m, dom, again, err)
		}
		want := time.Date(y, m, dom, 0, 0, 0, 0, time.UTC)
		if d.Weekday() != want.Weekday() || d.String() != want.Format(time.DateOnly) {
			t.Fatalf("%s is a %s, want %s %s", d, d.Weekday(), want.Format(time.DateOnly), want.Weekday())
		}
	})
}

func TestEveryDateHasItsNumber(t *testing.T) {
	t.Parallel()
	for d := first; d <= last; d++ {
		y, m, dom := d.Date()
		if got := number(y, int(m), dom); got != d {
			t.Fatalf("%d-%d-%d: %d, want %d", y, m, dom, got, d)
		}
	}
}

func TestDatesThatDoNotExist(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]int{{2025, 2, 29}, {1900, 2, 29}, {2026, 4, 31}, {2026, 0, 1}, {2026, 13, 1}, {2026, 1, 0}, {0, 1, 1}, {10000, 1, 1}} {
		if d, err := New(c[0], time.Month(c[1]), c[2]); err == nil {
			t.Errorf("%v gave %s", c, d)
		}
	}
	for _, c := range [][3]int{{2024, 2, 29}, {2000, 2, 29}} {
		if _, err := New(c[0], time.Month(c[1]), c[2]); err != nil {
			t.Errorf("%v: %v", c, err)
		}
	}
}

func TestOfIsTheDayOnTheWallThere(t *testing.T) {
	t.Parallel()
	china := time.FixedZone("CST", 8*3600)
	night := time.Date(2026, 3, 20, 16, 0, 0, 0, time.UTC)
	if got := Of(night, china); got != Must("2026-03-21") {
		t.Fatalf("got %s", got)
	}
	if got := Of(night.Add(-time.Second), china); got != Must("2026-03-20") {
		t.Fatalf("got %s", got)
	}
	if got := Must("2026-03-21").Start(china); !got.Equal(night) {
		t.Fatalf("starts %s", got)
	}
}

func TestDaysOfInterest(t *testing.T) {
	t.Parallel()
	// domain.md §1.6 example B: quarterly settlement periods of a three-year loan.
	for _, c := range []struct {
		from, to string
		want     int
	}{
		{"2026-01-15", "2026-03-21", 65},
		{"2026-03-21", "2026-06-21", 92},
		{"2026-06-21", "2026-09-21", 92},
		{"2026-09-21", "2026-12-21", 91},
		{"2028-12-21", "2029-01-15", 25},
		{"2026-01-15", "2029-01-15", 1096},
	} {
		if got := Must(c.to).Sub(Must(c.from)); got != c.want {
			t.Errorf("%s to %s: %d, want %d", c.from, c.to, got, c.want)
		}
	}
}

func TestAddMonthsIsClamped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-31", 1, "2026-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2026-03-31", -1, "2026-02-28"},
		{"2026-01-15", 36, "2029-01-15"},
		{"2026-12-31", 2, "2027-02-28"},
		{"2024-02-29", 12, "2025-02-28"},
		{"0001-01-01", -1, ""},
		{"9999-12-01", 1, ""},
		{"2026-01-01", 1 << 40, ""},
	} {
		if got := Must(c.from).AddMonths(c.n).String(); got != c.want {
			t.Errorf("%s + %d: %q, want %q", c.from, c.n, got, c.want)
		}
	}
}

func TestSumsStayInsideTheCalendar(t *testing.T) {
	t.Parallel()
	if last.AddDays(1) != 0 || first.AddDays(-1) != 0 || Day(0).AddDays(5) != 0 || Day(0).AddMonths(5) != 0 {
		t.Fatal("outside the calendar there is no day")
	}
	rapid.Check(t, func(t *rapid.T) {
		d, n := usualDay().Draw(t, "d"), rapid.IntRange(-40000, 40000).Draw(t, "n")
		if e := d.AddDays(n); e.Sub(d) != n || e.AddDays(-n) != d {
			t.Fatalf("%s + %d = %s", d, n, e)
		}
		months := rapid.IntRange(-600, 600).Draw(t, "months")
		e := d.AddMonths(months)
		if (e.Year()-d.Year())*12+int(month(e))-int(month(d)) != months {
			t.Fatalf("%s + %d months = %s", d, months, e)
		}
	})
}

func month(d Day) time.Month {
	_, m, _ := d.Date()
	return m
}

func TestMustPanicsOnRubbish(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Fatal("no panic")
		}
	}()
	Must("2026-3-1")
}
