// Package workflow states which steps a matter may take, from which state to which, and by when each is due.
package workflow

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
)

// Move is one step of a process.
type Move[S ~string] struct {
	From  []S        // any of these; a new matter comes from ""
	To    S          // may be one of From, for a step that changes no state, such as a note
	Verb  authz.Verb // who may take it
	Label string     // message on its button
	Needs Needs
}

// Needs is what a step asks for besides the right to take it.
type Needs struct {
	Reason bool // words why
	Desk   bool // who takes over
	Answer bool // the answer to whoever raised the matter
}

// Table is a process: all its moves, and the states that end it.
type Table[S ~string] struct {
	Moves []Move[S]
	Final []S
}

// Next lists the moves that start at a state, in the order of the table.
func (t Table[S]) Next(state S) []Move[S] {
	var next []Move[S]
	for _, m := range t.Moves {
		if slices.Contains(m.From, state) {
			next = append(next, m)
		}
	}
	return next
}

// Allowed gives the move that a verb makes at a state; false when it makes none.
func (t Table[S]) Allowed(state S, verb authz.Verb) (Move[S], bool) {
	for _, m := range t.Moves {
		if m.Verb == verb && slices.Contains(m.From, state) {
			return m, true
		}
	}
	return Move[S]{}, false
}

// IsFinal tells whether a matter in the state is closed, unless a move reopens it.
func (t Table[S]) IsFinal(state S) bool { return slices.Contains(t.Final, state) }

// States lists every state in the order in which the table names them, without "".
func (t Table[S]) States() []S {
	var all []S
	add := func(s S) {
		if s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	for _, m := range t.Moves {
		for _, s := range m.From {
			add(s)
		}
		add(m.To)
	}
	for _, s := range t.Final {
		add(s)
	}
	return all
}

// Check finds faults in the table, all at once, for a test beside it: a state that cannot be reached from "" or has no way to an
// end, an end that is no state, a state without a way on that is not called final, two moves of one verb at one state,
// a move without verb, label or start.
func (t Table[S]) Check() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("workflow: "+format, args...)) }
	type step struct {
		from S
		verb string
	}
	seen := map[step]bool{}
	for i, m := range t.Moves {
		if m.Verb.IsZero() || m.Label == "" || m.To == "" || len(m.From) == 0 {
			fault("move %d to %q lacks its start, end, verb or label", i, m.To)
		}
		for _, from := range m.From {
			if s := (step{from, m.Verb.Key}); seen[s] {
				fault("%s has two moves at %q", m.Verb.Key, from)
			} else {
				seen[s] = true
			}
		}
	}
	if len(t.Final) == 0 {
		fault("no final state is named")
	}
	reached := t.closure([]S{""}, func(m Move[S], known []S) []S {
		if slices.ContainsFunc(m.From, func(s S) bool { return slices.Contains(known, s) }) {
			return []S{m.To}
		}
		return nil
	})
	ends := t.closure(t.Final, func(m Move[S], known []S) []S {
		if slices.Contains(known, m.To) {
			return m.From
		}
		return nil
	})
	for _, s := range t.States() {
		if !slices.Contains(reached, s) {
			fault("state %q cannot be reached", s)
		}
		if !slices.Contains(ends, s) {
			fault("state %q has no way to a final state", s)
		}
	}
	return errors.Join(faults...)
}

// closure adds to the states what the moves give, until nothing is new.
func (t Table[S]) closure(known []S, gives func(Move[S], []S) []S) []S {
	known = slices.Clone(known)
	for grown := true; grown; {
		grown = false
		for _, m := range t.Moves {
			for _, s := range gives(m, known) {
				if !slices.Contains(known, s) {
					known, grown = append(known, s), true
				}
			}
		}
	}
	return known
}

// Calendar counts working days; day.Calendar is one.
type Calendar interface {
	AddWorkdays(d day.Day, n int) (day.Day, day.Warning)
}

// Due is the last day of a clock of n working days that starts on a day; the day it starts does not count.
func Due(start day.Day, n int, c Calendar) (day.Day, day.Warning) { return c.AddWorkdays(start, n) }

// Light says how urgent a matter is. Lists sort by it, the most urgent first.
type Light uint8

const (
	Overdue Light = iota // the day has passed
	Today                // due today
	Soon                 // due within the next three working days
	Later                // due after that
	Paused               // the clock stands still, or there is none
)

// SoonWithin is how many working days ahead a matter counts as due soon.
const SoonWithin = 3

// String is the light's name for styles and messages.
func (l Light) String() string { return [...]string{"overdue", "today", "soon", "later", "paused"}[l] }

// LightAt gives the light of a matter on a day. A matter without a due day counts as paused.
func LightAt(today, due day.Day, paused bool, c Calendar) Light {
	if paused || due.IsZero() {
		return Paused
	}
	switch cmp.Compare(due, today) {
	case -1:
		return Overdue
	case 0:
		return Today
	}
	if limit, _ := c.AddWorkdays(today, SoonWithin); due <= limit {
		return Soon
	}
	return Later
}
