package week

import (
	"slices"

	"zhidian/solver/routing"
	"zhidian/solver/text"
)

// Rates say what is worth how much of a way.
type Rates struct {
	Priority int64 // seconds, for each point of priority of a visit that is made
	Move     int64 // seconds, for each visit that stays with the team and on the day of an earlier plan
}

// Given is what an earlier plan gave a visit to.
type Given struct{ Team, Day string }

// Week is a problem whose places are the visits, in the order of their table, then where teams begin.
type Week struct {
	routing.Problem
	Visits []Visit
	Teams  []Team
	Days   []string
}

// TableError is a fault in one of the two tables.
type TableError struct {
	Visits bool
	Fault  error
}

func (e *TableError) Error() string { return e.Fault.Error() }

// Unwrap gives the fault.
func (e *TableError) Unwrap() error { return e.Fault }

// New makes a problem. Earlier plans that name visits, teams or days of no table are heeded as far as they are known. Errors
// are [TableError]s and, from ways, [WayError]s.
func New(visits []Visit, teams []Team, ways Ways, rates Rates, earlier map[string]Given) (*Week, error) {
	w := &Week{Visits: visits, Teams: teams}
	number, skills := map[string]int{}, map[string]int{}
	set := func(names []string, known map[string]int, add bool) (out routing.Set, ok bool) {
		for _, name := range names {
			k, found := known[name]
			if !found && !add {
				return 0, false
			}
			if !found {
				if k = len(known); k == 64 {
					return 0, false
				}
				known[name] = k
			}
			out |= 1 << k
		}
		return out, true
	}
	shiftOf := map[Given]int32{}
	n := len(visits)
	var places []Place
	for _, v := range visits {
		places = append(places, v.Place)
	}
	for i, t := range teams {
		has, ok := set(t.Skills, skills, true)
		if !ok {
			return nil, &TableError{false, t.row.Fault("skill", TooMany)}
		}
		if _, ok := set(t.Days, number, true); !ok {
			return nil, &TableError{false, t.row.Fault("day", TooMany)}
		}
		places = append(places, t.Place)
		at := int32(n + i)
		for _, day := range t.Days {
			if _, twice := shiftOf[Given{t.ID, day}]; twice {
				return nil, &TableError{false, t.row.Fault("day", Twice)}
			}
			s := routing.Shift{From: at, To: at, Open: t.From, Close: t.Until, Capacity: t.Most, Team: int32(i), Day: int32(number[day]), Skills: has, Persons: int32(t.Persons)}
			if t.LunchTakes > 0 {
				s.Lunch = routing.Lunch{From: t.LunchFrom, Until: t.LunchUntil, Takes: t.LunchTakes}
			}
			w.Shifts = append(w.Shifts, s)
			shiftOf[Given{t.ID, day}] = int32(len(w.Shifts))
		}
	}
	w.Days = make([]string, len(number))
	for name, k := range number {
		w.Days[k] = name
	}
	same := w.groups()
	w.Problem.Visits = make([]routing.Visit, len(places))
	for i, v := range visits {
		needs, ok := set(v.Skills, skills, true)
		if !ok {
			return nil, &TableError{true, v.row.Fault("skill", TooMany)}
		}
		days, ok := set(v.Days, number, false)
		if !ok {
			return nil, &TableError{true, v.row.Fault("day", Unknown)}
		}
		w.Problem.Visits[i] = routing.Visit{
			Demand: 1, Open: v.From, Close: v.Until, Service: v.Takes, Optional: v.Priority > 0, Prize: v.Priority * rates.Priority, Skills: needs,
			Persons: int32(v.Persons), Days: days, Same: same[i], Was: shiftOf[earlier[v.ID]], Move: rates.Move,
		}
	}
	if err := w.placed(ways, places); err != nil {
		return nil, err
	}
	for _, from := range places {
		row, err := ways.Seconds(from, places)
		if err != nil {
			return nil, err
		}
		w.Length = append(w.Length, row...)
	}
	return w, nil
}

// groups numbers visits that want the same team, from 1; 0 for those that do not care.
func (w *Week) groups() []int32 {
	index := map[string]int{}
	for i, v := range w.Visits {
		index[v.ID] = i
	}
	first := make([]int, len(w.Visits)) // of each group, by its members
	for i := range first {
		first[i] = i
	}
	for i, v := range w.Visits {
		if v.Same == "" {
			continue
		}
		a, b := first[i], first[index[v.Same]]
		for k := range first {
			if first[k] == a {
				first[k] = b
			}
		}
	}
	size := make([]int, len(first))
	for _, f := range first {
		size[f]++
	}
	same := make([]int32, len(first))
	for i, f := range first {
		if size[f] > 1 {
			same[i] = int32(f) + 1
		}
	}
	return same
}

// placed says which line has no place that its ways know.
func (w *Week) placed(ways Ways, places []Place) error {
	if _, crow := ways.(Straight); !crow {
		return nil
	}
	kind := slices.MaxFunc(places, func(a, b Place) int { return int(a.Kind - b.Kind) }).Kind
	for i, p := range places {
		trouble := NoPlace
		switch {
		case p.Kind == kind && kind != Named:
			continue
		case p.Kind != Named:
			trouble = TwoKinds
		}
		visit := i < len(w.Visits)
		var row text.Row
		if visit {
			row = w.Visits[i].row
		} else {
			row = w.Teams[i-len(w.Visits)].row
		}
		column := "lon"
		if kind == Metre {
			column = "x"
		}
		return &TableError{visit, row.Fault(column, trouble)}
	}
	return nil
}
