package result

import (
	"math"
	"strings"
)

// heads counts whose rows they are: somebody with six children is one person, however many of her rows are alike.
func (t *Table) heads(all []Given, groups []Group) {
	at := map[string]int{}
	for i, r := range t.Rows {
		at[r.Value] = i
	}
	last := make([]int, len(t.Rows)) // by row: the person who was counted last, from 1
	before := 0
	for _, g := range all {
		if g.Of+1 != before {
			t.People++
			before = g.Of + 1
		}
		for _, value := range chosen(t.Kind, strings.TrimSpace(g.Values[t.Path]), groups) {
			if i, there := at[value]; there && last[i] != before {
				t.Rows[i].People++
				last[i] = before
			}
		}
	}
}

// people is how many people a line of a table stands for.
func (t Table) people(r Row) int64 {
	if t.Within != "" {
		return r.People
	}
	return r.Count
}

// coarse gives figures of a delicate question: a quartile is somebody's own number, so there must be a threshold of people on
// each side of it, and two digits are enough to tell.
func (t Table) coarse() *Figures {
	f := t.Figures
	if f == nil || t.Answered < 4*Threshold {
		return nil
	}
	return &Figures{Mean: twoDigits(f.Mean), Q1: twoDigits(f.Q1), Median: twoDigits(f.Median), Q3: twoDigits(f.Q3)}
}

func twoDigits(x float64) float64 {
	if x == 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(x)))-1)
	return math.Round(x/unit) * unit
}
