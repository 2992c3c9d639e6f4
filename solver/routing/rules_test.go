package routing

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// toy is a street: a depot at 0 and visits at 10, 20 and 30, a unit of time for each of way, one team for a day of 200.
func toy() Problem {
	p := Problem{Visits: make([]Visit, 4), Shifts: []Shift{{Close: 200, Capacity: 9}}}
	for i := range 4 {
		if i > 0 {
			p.Visits[i].Close = 200
		}
		for j := range 4 {
			p.Length = append(p.Length, int64(max(i-j, j-i)*10))
		}
	}
	return p
}

// TestRules isolates one rule each: what the plan is without it, and with it.
func TestRules(t *testing.T) {
	t.Parallel()
	twice := func(p *Problem) {
		p.Shifts = []Shift{p.Shifts[0], p.Shifts[0]}
		p.Shifts[1].Team = 1
	}
	for name, c := range map[string]struct {
		rule  func(p *Problem)
		costs int64
		holds func(s Solution, by []int32) bool // by is the shift of each visit, −1 for none
	}{
		"none":        {func(*Problem) {}, 60, func(s Solution, by []int32) bool { return len(s.Routes) == 1 }},
		"time window": {func(p *Problem) { p.Visits[1].Open, p.Visits[3].Close = 60, 30 }, 60, func(s Solution, by []int32) bool { return slices.Index(s.Routes[0], 1) == 2 }},
		"service":     {func(p *Problem) { twice(p); p.Visits[1].Service, p.Visits[3].Service = 100, 100 }, 80, func(s Solution, by []int32) bool { return by[1] != by[3] }},
		"capacity":    {func(p *Problem) { twice(p); p.Visits[1].Demand, p.Visits[3].Demand = 5, 5 }, 80, func(s Solution, by []int32) bool { return by[1] != by[3] }},
		"skill":       {func(p *Problem) { twice(p); p.Shifts[1].Skills, p.Visits[2].Skills = 2, 2 }, 60, func(s Solution, by []int32) bool { return by[2] == 1 }},
		"two persons": {func(p *Problem) { twice(p); p.Shifts[1].Persons, p.Visits[2].Persons = 2, 2 }, 60, func(s Solution, by []int32) bool { return by[2] == 1 }},
		"day":         {func(p *Problem) { twice(p); p.Shifts[1].Day, p.Visits[2].Days = 3, 1<<3 }, 60, func(s Solution, by []int32) bool { return by[2] == 1 }},
		"optional":    {func(p *Problem) { p.Visits[3].Optional, p.Visits[3].Prize = true, 19 }, 59, func(s Solution, by []int32) bool { return by[3] < 0 && slices.Equal(s.Left, []int32{3}) }},
		"worth it":    {func(p *Problem) { p.Visits[3].Optional, p.Visits[3].Prize = true, 21 }, 60, func(s Solution, by []int32) bool { return by[3] == 0 && s.Left == nil }},
		"stays":       {func(p *Problem) { twice(p); p.Visits[2].Was, p.Visits[2].Move = 2, 50 }, 60, func(s Solution, by []int32) bool { return by[2] == 1 }},
		"moves": {func(p *Problem) {
			twice(p)
			p.Visits[2].Was, p.Visits[2].Move, p.Shifts[1].Capacity, p.Visits[2].Demand = 2, 50, 0, 1
		}, 110, func(s Solution, by []int32) bool { return by[2] == 0 }},
		"other depot": {func(p *Problem) { twice(p); p.Shifts[1].From, p.Shifts[1].To = 3, 3 }, 40, func(s Solution, by []int32) bool { return by[3] < 0 }},
		"one way":     {func(p *Problem) { p.Shifts[0].To = 3 }, 30, func(s Solution, by []int32) bool { return slices.Equal(s.Routes[0], []int32{1, 2}) }},
		"lunch": {func(p *Problem) {
			p.Shifts[0].Lunch = Lunch{From: 5, Until: 5, Takes: 100}
			p.Visits[2].Close, p.Visits[3].Open = 140, 140
		}, 60, func(s Solution, by []int32) bool { return len(s.Routes) == 1 }},
		"no lunch":    {func(p *Problem) { twice(p); p.Shifts[0].Lunch = Lunch{From: 5, Until: 5, Takes: 150} }, 60, func(s Solution, by []int32) bool { return by[3] == 1 }},
		"other times": {func(p *Problem) { twice(p); p.Time = slices.Clone(p.Length); p.Time[1*4+2], p.Time[2*4+1] = 190, 190 }, 60, func(s Solution, by []int32) bool { return len(s.Routes) == 1 }},
		"few shifts": {func(p *Problem) {
			p.Shifts = append(p.Shifts, p.Shifts[0])
			p.Fewest = true
			p.Length[0*4+1], p.Length[1*4] = 1, 1
		}, 51, func(s Solution, by []int32) bool { return len(s.Routes) == 1 }},
		"the same one": {func(p *Problem) {
			twice(p)
			p.Shifts[1].Skills, p.Visits[1].Skills = 2, 2
			p.Visits[1].Same, p.Visits[3].Same = 1, 1
		}, 60, func(s Solution, by []int32) bool { return by[1] == 1 && by[3] == 1 }},
	} {
		p := toy()
		c.rule(&p)
		s, err := Solve(context.Background(), p, Options{Effort: 2000})
		if err != nil || Check(p, s) != nil {
			t.Errorf("%s: %v %v", name, err, Check(p, s))
			continue
		}
		by := []int32{-1, -1, -1, -1}
		for k, route := range s.Routes {
			for _, v := range route {
				by[v] = s.Shifts[k]
			}
		}
		if s.Objective != c.costs || !c.holds(s, by) {
			t.Errorf("%s: costs %d instead of %d: %v by %v", name, s.Objective, c.costs, s.Routes, s.Shifts)
		}
	}
}

func TestRulesThatCannotBeKept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule         func(p *Problem)
		why          Reason
		visit, other int32
	}{
		"skill":   {func(p *Problem) { p.Visits[2].Skills = 1 }, Unskilled, 2, -1},
		"persons": {func(p *Problem) { p.Visits[2].Persons = 2 }, TooFew, 2, -1},
		"day":     {func(p *Problem) { p.Visits[2].Days = 2 }, OtherDay, 2, -1},
		"lunch":   {func(p *Problem) { p.Shifts[0].Lunch = Lunch{From: 0, Until: 50, Takes: 150} }, AtLunch, 3, -1},
		"pair":    {func(p *Problem) { p.Visits[1].Service, p.Visits[3].Service = 80, 80 }, Apart, 1, 3},
		"same": {func(p *Problem) {
			p.Shifts = append(p.Shifts, p.Shifts[0])
			p.Shifts[1].Team, p.Shifts[1].Day = 1, 1
			p.Visits[1].Same, p.Visits[3].Same, p.Visits[1].Days, p.Visits[3].Days = 1, 1, 1, 2
		}, Divided, 1, 3},
	} {
		p := toy()
		c.rule(&p)
		var none *InfeasibleError
		if _, err := Solve(context.Background(), p, Options{Effort: 50}); !errors.As(err, &none) || none.Why != c.why || none.Other != c.other || min(none.Visit, max(none.Other, none.Visit)) != c.visit && none.Visit != c.visit {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	p := toy()
	p.Shifts = append(p.Shifts, p.Shifts[0])
	p.Shifts[1].Team, p.Shifts[1].Skills = 1, 1
	p.Visits[2].Skills = 1
	p.Visits[3].Optional, p.Visits[3].Prize = true, 5
	s, err := Solve(context.Background(), p, Options{Effort: 500})
	if err != nil {
		t.Fatal(err)
	}
	choices := Explain(p, s)
	want := []Choice{
		{Visit: 1, Shift: 1, Extra: 0, Other: 0, More: 20, Able: 2},
		{Visit: 2, Shift: 1, Extra: 20, Other: -1, More: choices[1].More, Able: 1, Why: Unskilled},
		{Visit: 3, Shift: -1, Other: 1, More: 20, Able: 2, Why: Dear},
	}
	if !slices.Equal(choices, want) {
		t.Errorf("%+v", choices)
	}
}
