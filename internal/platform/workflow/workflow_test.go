package workflow

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
)

type state string

var (
	open   = authz.Verb{Key: "matter.open"}
	assign = authz.Verb{Key: "matter.assign"}
	note   = authz.Verb{Key: "matter.note"}
	answer = authz.Verb{Key: "matter.answer"}
	reopen = authz.Verb{Key: "matter.reopen"}
)

func matters() Table[state] {
	return Table[state]{
		Moves: []Move[state]{
			{From: []state{""}, To: "new", Verb: open, Label: "matter.do_open"},
			{From: []state{"new", "working"}, To: "working", Verb: assign, Label: "matter.do_assign", Needs: Needs{Desk: true}},
			{From: []state{"working"}, To: "working", Verb: note, Label: "matter.do_note"},
			{From: []state{"working"}, To: "answered", Verb: answer, Label: "matter.do_answer", Needs: Needs{Answer: true}},
			{From: []state{"answered"}, To: "working", Verb: reopen, Label: "matter.do_reopen", Needs: Needs{Reason: true}},
		},
		Final: []state{"answered"},
	}
}

func TestMovesOfATable(t *testing.T) {
	t.Parallel()
	m := matters()
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	if got := m.States(); len(got) != 3 || got[0] != "new" || got[2] != "answered" {
		t.Fatalf("states %v", got)
	}
	if got := m.Next("working"); len(got) != 3 || got[0].Verb != assign || got[2].Verb != answer {
		t.Fatalf("next %v", got)
	}
	for _, c := range []struct {
		at   state
		verb authz.Verb
		to   state
	}{
		{"", open, "new"},
		{"new", assign, "working"},
		{"answered", reopen, "working"},
		{"new", answer, ""},
		{"answered", note, ""},
		{"unheard of", open, ""},
		{"working", authz.Verb{}, ""},
	} {
		got, ok := m.Allowed(c.at, c.verb)
		if got.To != c.to || ok != (c.to != "") {
			t.Errorf("%s at %q leads to %q", c.verb.Key, c.at, got.To)
		}
	}
	if got, _ := m.Allowed("answered", reopen); !got.Needs.Reason {
		t.Error("the reason is forgotten")
	}
	if !m.IsFinal("answered") || m.IsFinal("new") {
		t.Error("wrong about the end")
	}
}

func TestCheckNamesEveryFault(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(*Table[state]){
		`state "working" cannot be reached`: func(m *Table[state]) {
			m.Moves = append(m.Moves[:1:1], m.Moves[2:]...)
		},
		`state "lost" has no way to a final state`: func(m *Table[state]) {
			m.Moves = append(m.Moves, Move[state]{From: []state{"new"}, To: "lost", Verb: note, Label: "x"})
		},
		`no final state is named`: func(m *Table[state]) { m.Final = nil },
		`state "gone" cannot be reached`: func(m *Table[state]) {
			m.Final = append(m.Final, "gone")
		},
		`matter.note has two moves at "working"`: func(m *Table[state]) {
			m.Moves = append(m.Moves, Move[state]{From: []state{"working"}, To: "new", Verb: note, Label: "x"})
		},
		`move 0 to "new" lacks`: func(m *Table[state]) { m.Moves[0].Label = "" },
		`move 1 to "working" lacks`: func(m *Table[state]) {
			m.Moves[1].Verb = authz.Verb{}
		},
		`move 2 to "working" lacks`: func(m *Table[state]) { m.Moves[2].From = nil },
		`move 3 to "" lacks`:        func(m *Table[state]) { m.Moves[3].To = "" },
	} {
		m := matters()
		spoil(&m)
		if err := m.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s, got %v", want, err)
		}
	}
}

// However a matter walks, it stays in the states of a table that passed Check.
func TestAnyWalkStaysInTheTable(t *testing.T) {
	t.Parallel()
	m := matters()
	rapid.Check(t, func(t *rapid.T) {
		at := state("")
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			next := m.Next(at)
			if len(next) == 0 {
				t.Fatalf("stuck at %q", at)
			}
			move := rapid.SampledFrom(next).Draw(t, "move")
			if got, ok := m.Allowed(at, move.Verb); !ok || got.To != move.To {
				t.Fatalf("Next and Allowed disagree at %q", at)
			}
			at = move.To
		}
	})
}

func TestClocksAndLights(t *testing.T) {
	t.Parallel()
	c, err := day.NewCalendar(day.Holidays())
	if err != nil {
		t.Fatal(err)
	}
	// 2026-10-01 to 10-07 are off and Saturday 10-10 is worked (State Council's notice for 2026).
	due, warning := Due(day.Must("2026-09-30"), 3, c)
	if due != day.Must("2026-10-10") || len(warning) != 0 {
		t.Fatalf("due %s, %v", due, warning)
	}
	today := day.Must("2026-09-30")
	for _, x := range []struct {
		due    day.Day
		paused bool
		want   Light
	}{
		{day.Must("2026-09-29"), false, Overdue},
		{day.Must("2026-09-30"), false, Today},
		{day.Must("2026-10-01"), false, Soon},
		{day.Must("2026-10-10"), false, Soon},
		{day.Must("2026-10-11"), false, Later},
		{day.Must("2026-09-29"), true, Paused},
		{0, false, Paused},
	} {
		if got := LightAt(today, x.due, x.paused, c); got != x.want {
			t.Errorf("%s (paused %v): %s, want %s", x.due, x.paused, got, x.want)
		}
	}
}
