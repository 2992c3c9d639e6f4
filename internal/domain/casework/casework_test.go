package casework

import (
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
)

func TestProcess(t *testing.T) {
	t.Parallel()
	if err := Process.Check(); err != nil {
		t.Fatal(err)
	}
}

// Whatever steps are taken, a matter under way has a desk and a due date, an answered one its answer.
func TestEveryPathKeepsDeskDueAndAnswer(t *testing.T) {
	t.Parallel()
	cal, err := day.NewCalendar(day.Holidays())
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		today := day.Must("2026-01-05")
		m := Matter{State: Open, Desk: "a", Due: today.AddDays(3)}
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			moves := Process.Next(m.State)
			move := moves[rapid.IntRange(0, len(moves)-1).Draw(r, "move")]
			step := Step{
				Reason: rapid.SampledFrom([]string{"", "原因"}).Draw(r, "reason"), Answer: rapid.SampledFrom([]string{"", "答复"}).Draw(r, "answer"),
				Desk: rapid.SampledFrom([]org.ID{"", "a", "b"}).Draw(r, "desk"), Due: m.Due.AddDays(rapid.IntRange(-2, 9).Draw(r, "due")),
				Days: rapid.IntRange(0, 3).Draw(r, "days"),
			}
			next, err := m.apply(move, step, today, 1, cal)
			if err != nil {
				if errs.KindOf(err) != errs.Invalid {
					r.Fatalf("%v", err)
				}
				continue
			}
			if next.Desk.IsZero() || next.Due.IsZero() || next.Due < m.Due && move.Verb != Reopen {
				r.Fatalf("%s: %+v from %+v", move.Verb.Key, next, m)
			}
			if next.State == Answered && next.Answer == "" || (next.State == Paused) != (next.PausedOn != 0) || (next.State == Closed) != (next.ClosedAt != 0) {
				r.Fatalf("%s: %+v", move.Verb.Key, next)
			}
			if m.State == Open && next.State == Paused {
				m = next
				later := today.AddDays(rapid.IntRange(0, 20).Draw(r, "pause"))
				resume, _ := Process.Allowed(Paused, Resume)
				back, err := m.apply(resume, Step{}, later, 2, cal)
				if err != nil {
					r.Fatal(err)
				}
				left, _ := cal.WorkdaysBetween(today, m.Due)
				after, _ := cal.WorkdaysBetween(later, back.Due)
				if m.Due >= today && (back.Due < later || cal.Workday(m.Due) && cal.Workday(later) && left != after) {
					r.Fatalf("%d working days were left, after the pause %d", left, after)
				}
				m, today = back, later
				continue
			}
			m = next
			today = today.AddDays(rapid.IntRange(0, 4).Draw(r, "later"))
		}
	})
}

func TestNewIsChecked(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]New{
		"kind": {Kind: "x", Title: "t", Days: 3}, "title": {Kind: Task, Days: 3}, "days": {Kind: Task, Title: "t", Days: 0},
	} {
		problems := errs.ProblemsOf(n.check())
		if len(problems) != 1 || problems[0].Field != name {
			t.Errorf("%s: %v", name, problems)
		}
	}
}
