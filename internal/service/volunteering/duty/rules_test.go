package duty

import (
	"slices"
	"testing"
	"time"

	"zhidian/internal/domain/timetable"
	"zhidian/internal/service/volunteering"
)

var shanghai = time.FixedZone("CST", 8*3600)

func moment(t *testing.T, text string) int64 {
	t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04", text, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return when.UnixMicro()
}

func TestADutyWantsEveryTimeThatItTakesAPartOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		want     []string
	}{
		{"2026-07-15 09:00", "2026-07-15 11:30", []string{"week_am"}},
		{"2026-07-15 09:00", "2026-07-15 12:00", []string{"week_am"}},
		{"2026-07-15 09:00", "2026-07-15 12:01", []string{"week_am", "week_pm"}},
		{"2026-07-15 11:00", "2026-07-15 19:00", []string{"week_am", "week_pm", "week_eve"}},
		{"2026-07-18 14:00", "2026-07-18 18:00", []string{"end_pm"}},
		{"2026-07-19 18:00", "2026-07-19 20:00", []string{"end_eve"}},
	} {
		got := wants(timetable.Session{Starts: moment(t, c.from), Ends: moment(t, c.to)}, shanghai)
		if want := volunteering.SetOf(volunteering.Times, c.want); got != want {
			t.Errorf("%s to %s: %b, want %b", c.from, c.to, got, want)
		}
	}
}

func TestWhatIsOddOfADutyThatIsOver(t *testing.T) {
	t.Parallel()
	d := Duty{Session: timetable.Session{Starts: moment(t, "2026-07-15 09:00"), Ends: moment(t, "2026-07-15 11:00")}}
	in, out := moment(t, "2026-07-15 08:55"), moment(t, "2026-07-15 11:02")
	there := timetable.Standing{In: in, Out: out}
	counted := Hours{No: 1, Minutes: 120}
	next, later := moment(t, "2026-07-15 12:00"), moment(t, "2026-07-19 12:00")
	for name, c := range map[string]struct {
		x             Server
		children, now int64
		want          []string
	}{
		"while it goes on":            {Server{}, 0, d.Ends, nil},
		"as it should be":             {Server{Standing: there, Hours: counted}, 20, later, nil},
		"not confirmed yet":           {Server{Standing: there}, 20, next, nil},
		"not confirmed":               {Server{Standing: there}, 20, later, []string{"unconfirmed"}},
		"never came":                  {Server{}, 20, next, []string{"no_in"}},
		"a quarter of an hour late":   {Server{Standing: timetable.Standing{In: d.Starts + unseen, Out: out}, Hours: counted}, 20, next, nil},
		"later":                       {Server{Standing: timetable.Standing{In: d.Starts + unseen + 1, Out: out}, Hours: counted}, 20, next, []string{"late"}},
		"gone early":                  {Server{Standing: timetable.Standing{In: in, Out: d.Ends - unseen - 1}, Hours: counted}, 20, next, []string{"early"}},
		"never went":                  {Server{Standing: timetable.Standing{In: in}, Hours: counted}, 20, next, []string{"no_out"}},
		"no children, and it counted": {Server{Standing: there, Hours: counted}, 0, next, []string{"no_children"}},
		"corrected and not cleared":   {Server{Standing: there, Hours: Hours{No: 2, Minutes: 60}, Lacks: true}, 20, next, []string{"corrected", "not_cleared"}},
	} {
		if got := odd(c.x, d, c.children, c.now); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
