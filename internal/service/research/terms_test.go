package research

import (
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/domain/casework"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
)

func calendar(t *testing.T) *day.Calendar {
	t.Helper()
	cal, err := day.NewCalendar(day.Holidays())
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

func TestTheRuleOfLevels(t *testing.T) {
	t.Parallel()
	cal, terms := calendar(t), Terms{AnswerDays: 10, LateDays: 2, Unsolved: 2, JudgeDays: 3, ReopenDays: 5}
	friday := day.Must("2026-11-20")
	for name, c := range map[string]struct {
		f     Facts
		today string
		want  authz.Verb
	}{
		"in time":                        {Facts{State: casework.Open, Due: friday}, "2026-11-20", authz.Verb{}},
		"late, within grace":             {Facts{State: casework.Open, Due: friday}, "2026-11-24", authz.Verb{}},
		"late":                           {Facts{State: casework.Open, Due: friday}, "2026-11-25", LiftedLate},
		"late at the top":                {Facts{State: casework.Open, Due: friday, Top: true}, "2026-12-25", authz.Verb{}},
		"late, but the clock stands":     {Facts{State: casework.Paused, Due: friday}, "2026-12-25", authz.Verb{}},
		"once not solved":                {Facts{State: casework.Open, Due: friday, Unsolved: 1}, "2026-11-20", authz.Verb{}},
		"twice not solved":               {Facts{State: casework.Open, Due: friday, Unsolved: 2}, "2026-11-20", LiftedUnsolved},
		"twice not solved at the top":    {Facts{State: casework.Open, Due: friday, Unsolved: 9, Top: true}, "2026-11-20", authz.Verb{}},
		"twice, and answered once more":  {Facts{State: casework.Answered, Due: friday, Unsolved: 2, Answered: friday}, "2026-11-20", authz.Verb{}},
		"nobody says whether it is done": {Facts{State: casework.Answered, Due: friday, Answered: friday}, "2026-11-25", authz.Verb{}},
		"nobody has said":                {Facts{State: casework.Answered, Due: friday, Answered: friday}, "2026-11-26", Lapsed},
		"closed":                         {Facts{State: casework.Closed, Due: friday, Answered: friday, Unsolved: 2}, "2027-11-26", authz.Verb{}},
	} {
		if got := terms.Next(c.f, day.Must(c.today), cal); got != c.want {
			t.Errorf("%s: %q, want %q", name, got.Key, c.want.Key)
		}
	}
	if !terms.MayReopen(friday, day.Must("2026-11-27"), cal) || terms.MayReopen(friday, day.Must("2026-11-30"), cal) {
		t.Error("five working days after a Friday end on the next")
	}
	if got := Delivered.Next(Facts{State: casework.Open, Due: friday}, day.Must("2026-11-21"), cal); got != LiftedLate {
		t.Errorf("without grace the day after the due date goes up, even a Saturday: %q", got.Key)
	}
}

// What is at the top, paused or closed never goes up; and nothing goes up that is neither late nor unsolved.
func TestNothingGoesUpWithoutCause(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	rapid.Check(t, func(r *rapid.T) {
		today := day.Must("2026-06-01").AddDays(rapid.IntRange(0, 60).Draw(r, "today"))
		terms := Terms{AnswerDays: 5, LateDays: rapid.IntRange(0, 5).Draw(r, "late"), Unsolved: rapid.IntRange(1, 3).Draw(r, "times"), JudgeDays: 5, ReopenDays: 5}
		f := Facts{
			State: rapid.SampledFrom([]casework.State{casework.Open, casework.Paused, casework.Answered, casework.Closed}).Draw(r, "state"),
			Due:   day.Must("2026-07-01"), Answered: day.Must("2026-06-20"), Unsolved: rapid.IntRange(0, 4).Draw(r, "unsolved"), Top: rapid.Bool().Draw(r, "top"),
		}
		got := terms.Next(f, today, cal)
		up := got == LiftedLate || got == LiftedUnsolved
		if up && (f.Top || f.State != casework.Open || f.Unsolved < terms.Unsolved && today <= f.Due) {
			r.Fatalf("%s on %s with %+v", got.Key, today, f)
		}
		if got == Lapsed && f.State != casework.Answered {
			r.Fatalf("%+v was closed", f)
		}
	})
}

func TestTermsHoldFromTheirDay(t *testing.T) {
	t.Parallel()
	all := []Terms{{From: day.Must("2026-01-01"), AnswerDays: 7}, {From: day.Must("2027-01-01"), AnswerDays: 5}}
	for on, want := range map[string]int{"2025-12-31": Delivered.AnswerDays, "2026-01-01": 7, "2026-12-31": 7, "2027-06-01": 5} {
		if got := On(all, day.Must(on)).AnswerDays; got != want {
			t.Errorf("%s: %d", on, got)
		}
	}
	if got := errs.ProblemsOf((Terms{}).check(day.Must("2026-01-01"))); len(got) != 5 {
		t.Errorf("of empty terms %v", got)
	}
}
