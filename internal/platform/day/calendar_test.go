package day

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
	"zhidian/internal/platform/errs"
)

func delivered(t interface{ Fatal(...any) }) *Calendar {
	c, err := NewCalendar(Holidays())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// span lists the days of "01-28–02-04" in a year, or the one day of "01-26".
func span(year, text string) []Day {
	from, to, found := strings.Cut(text, "–")
	if !found {
		to = from
	}
	var days []Day
	for d := Must(year + "-" + from); d <= Must(year+"-"+to); d++ {
		days = append(days, d)
	}
	return days
}

// The dates of domain.md §8.9, written apart from the embedded table.
func TestDeliveredTables(t *testing.T) {
	t.Parallel()
	c := delivered(t)
	for _, y := range []struct {
		year      string
		off, work []string
	}{
		{
			"2026",
			[]string{"01-01–01-03", "02-15–02-23", "04-04–04-06", "05-01–05-05", "06-19–06-21", "09-25–09-27", "10-01–10-07"},
			[]string{"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"},
		},
		{
			"2025",
			[]string{"01-01", "01-28–02-04", "04-04–04-06", "05-01–05-05", "05-31–06-02", "10-01–10-08"},
			[]string{"01-26", "02-08", "04-27", "09-28", "10-11"},
		},
	} {
		named := map[Day]bool{}
		for _, s := range y.off {
			for _, d := range span(y.year, s) {
				named[d] = true
				if c.Workday(d) {
					t.Errorf("%s should be off", d)
				}
			}
		}
		for _, s := range y.work {
			for _, d := range span(y.year, s) {
				named[d] = true
				if !c.Workday(d) {
					t.Errorf("%s should be worked", d)
				}
			}
		}
		for d := Must(y.year + "-01-01"); d <= Must(y.year+"-12-31"); d++ {
			e, listed := c.Exception(d)
			if listed != named[d] || listed && e.Name == "" {
				t.Errorf("%s: in the table %v (%q), in the notice %v", d, listed, e.Name, named[d])
			}
			weekend := d.Weekday() == 0 || d.Weekday() == 6
			if !listed && c.Workday(d) == weekend {
				t.Errorf("%s is an ordinary %s", d, d.Weekday())
			}
		}
	}
}

func TestWorkdaysAroundSpringFestival(t *testing.T) {
	t.Parallel()
	c := delivered(t)
	for _, x := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-02-13", 1, "2026-02-14"}, // a worked Saturday
		{"2026-02-14", 1, "2026-02-24"},
		{"2026-02-13", 5, "2026-02-27"},
		{"2026-02-24", -1, "2026-02-14"},
		{"2026-02-16", 0, "2026-02-24"},
		{"2026-03-03", 0, "2026-03-03"},
		{"2026-09-30", 1, "2026-10-08"},
	} {
		got, w := c.AddWorkdays(Must(x.from), x.n)
		if got != Must(x.want) || len(w) > 0 {
			t.Errorf("%s + %d: %s %v, want %s", x.from, x.n, got, w, x.want)
		}
	}
}

func TestAYearWithoutTableIsCountedAndWarned(t *testing.T) {
	t.Parallel()
	c := delivered(t)
	got, w := c.AddWorkdays(Must("2026-12-31"), 1)
	if got != Must("2027-01-01") || !slices.Equal(w, Warning{2027}) {
		t.Fatalf("%s %v", got, w)
	}
	p, warned := w.Problem()
	if !warned || p.Key != "day.no_holiday_table" || p.Args["years"] != "2027" {
		t.Fatalf("%v %v", p, warned)
	}
	if _, warned := Warning(nil).Problem(); warned {
		t.Fatal("warned of nothing")
	}
	if n, w := c.WorkdaysBetween(Must("2024-12-31"), Must("2025-01-02")); n != 1 || !slices.Equal(w, Warning{2024}) {
		t.Fatalf("%d %v", n, w)
	}
}

func TestEndsOfTheCalendar(t *testing.T) {
	t.Parallel()
	c := delivered(t)
	if d, w := c.AddWorkdays(0, 5); d != 0 || w != nil {
		t.Fatalf("no day plus five: %s %v", d, w)
	}
	if d, _ := c.AddWorkdays(last, 1); d != 0 {
		t.Fatalf("got %s", d)
	}
	if n, _ := c.WorkdaysBetween(0, last); n != 0 {
		t.Fatalf("got %d", n)
	}
}

func TestCountingUndoesAdding(t *testing.T) {
	t.Parallel()
	c := delivered(t)
	rapid.Check(t, func(t *rapid.T) {
		d := Day(rapid.Int32Range(int32(Must("2024-06-01")), int32(Must("2027-06-30"))).Draw(t, "d"))
		n := rapid.IntRange(-60, 60).Filter(func(n int) bool { return n != 0 }).Draw(t, "n")
		e, _ := c.AddWorkdays(d, n)
		if back, _ := c.WorkdaysBetween(d, e); !c.Workday(e) || back != n {
			t.Fatalf("%s + %d = %s, counted %d", d, n, e, back)
		}
	})
}

func TestContradictionInTheTable(t *testing.T) {
	t.Parallel()
	table := []Exception{{2026, Must("2026-10-01"), true, "国庆节"}, {2026, Must("2026-10-01"), false, "国庆节"}}
	if _, err := NewCalendar(table); len(errs.ProblemsOf(err)) != 1 {
		t.Fatalf("got %v", err)
	}
	if _, err := NewCalendar(append(table[:1:1], table[0])); err != nil {
		t.Fatalf("the same line twice is harmless: %v", err)
	}
}

func TestReadTableTellsAllThatIsWrong(t *testing.T) {
	t.Parallel()
	text := "\ufeffyear,date,kind,name\n# remark\n2027,2027-01-01,off,元旦\n2027,2027-13-01,off,x\n2027,2027-01-02,free,x\n2027\n2029,2027-05-01,off,x\n2027,2026-12-31,off,元旦\n"
	_, err := ReadTable(strings.NewReader(text))
	var got []string
	for _, p := range errs.ProblemsOf(err) {
		got = append(got, p.Field+" "+p.Key)
	}
	if want := []string{"4 day.table_date", "5 day.table_kind", "6 day.table_columns", "7 day.table_year"}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	table, err := ReadTable(strings.NewReader("2027,2026/12/31,off,元旦\n"))
	if err != nil || len(table) != 1 || table[0].Day != Must("2026-12-31") || table[0].Year != 2027 {
		t.Fatalf("%v %v", table, err)
	}
	if _, err := ReadTable(strings.NewReader("2027,\"2027-01-01,off\n")); errs.ProblemsOf(err)[0].Key != "day.table_csv" {
		t.Fatalf("got %v", err)
	}
	if _, err := ReadTable(iotest.ErrReader(io.ErrClosedPipe)); errs.KeyOf(err) != "day.table_unread" || !errors.Is(err, io.ErrClosedPipe) {
		t.Fatalf("got %v", err)
	}
	if _, err := ReadTable(strings.NewReader(strings.Repeat("x\n", 10000))); len(errs.ProblemsOf(err)) != maxTableProblems {
		t.Fatal("problems are not capped")
	}
	if _, err := ReadTable(strings.NewReader(strings.Repeat("2027,2027-01-01,off,x\n", maxTableRows+1))); errs.ProblemsOf(err)[0].Key != "day.table_long" {
		t.Fatal("length is not capped")
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add("year,date,kind,name\n2026,2026-01-01,off,元旦\n2026,2026-01-04,work,元旦\n")
	f.Add("\ufeff# 说明\n2026,2026-02-30,off,\"x\n")
	if b, err := os.ReadFile("holidays.csv"); err == nil {
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, s string) {
		table, err := ReadTable(strings.NewReader(s))
		if err != nil {
			if errs.KindOf(err) != errs.Invalid || table != nil {
				t.Fatalf("%v with %d rows", err, len(table))
			}
			return
		}
		for _, e := range table {
			if e.Day == 0 || e.Year < e.Day.Year() {
				t.Fatalf("accepted %+v", e)
			}
		}
		_, _ = NewCalendar(table)
	})
}
