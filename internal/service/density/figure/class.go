package figure

import (
	"math"
	"slices"
)

// Steps are the least values of the classes q1, q2 … of a map; q0 is nought.
type Steps []float64

// YouthSteps are those of the youth layer: 5–49, 50–149, 150–399, 400–999 and 1,000 or more in a cell. They are fixed, so that
// two dates and two cities can be laid side by side.
func YouthSteps() Steps { return Steps{5, 50, 150, 400, 1000} }

// StepsFor makes steps for other layers: as many cells in each class as round borders (1, 2 or 5 with noughts) allow.
// Equal borders fall together, so there may be fewer than five classes.
func StepsFor(values []float64) Steps {
	above := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return !(v >= 1e-9) || math.IsInf(v, 0) })
	slices.Sort(above)
	var s Steps
	for k := range 5 {
		if len(above) == 0 {
			break
		}
		v := roundDown(above[k*len(above)/5])
		if len(s) == 0 || v > s[len(s)-1] {
			s = append(s, v)
		}
	}
	return s
}

// roundDown gives the largest of 1, 2, 5, 10, 20 … (and of 0.5, 0.2 …) that is not above v.
func roundDown(v float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(v)))
	if unit > v {
		unit /= 10 // the logarithm of 999.9999999999999 is 3
	}
	for _, m := range []float64{10, 5, 2} {
		if m*unit <= v {
			return m * unit
		}
	}
	return unit
}

// Of gives the class of a value: 0 for nought, otherwise the highest step that it reaches, 1 at least.
func (s Steps) Of(v float64) int {
	if v <= 0 {
		return 0
	}
	for k := len(s) - 1; k > 0; k-- {
		if v >= s[k] {
			return k + 1
		}
	}
	return 1
}

// Step is one line of a legend.
type Step struct {
	Class    int     // q0 … q5
	From, To float64 // To is the next step's From, +Inf for the last
	Cells    int
}

// Legend is what a map's colours mean and how many cells have each.
type Legend struct {
	Steps  []Step // from the highest down, nought last
	Hidden int    // hatched
	Absent int    // not reported
}

// LegendOf counts cells by class.
func LegendOf(s Steps, heaps []Heap) Legend {
	l := Legend{Steps: make([]Step, len(s)+1)}
	row := func(class int) *Step { return &l.Steps[len(s)-class] }
	for k, from := range s {
		*row(k + 1) = Step{Class: k + 1, From: from, To: math.Inf(1)}
		if k+1 < len(s) {
			row(k + 1).To = s[k+1]
		}
	}
	for _, h := range heaps {
		switch {
		case h.State == Absent:
			l.Absent++
		case h.State.Hidden():
			l.Hidden++
		default:
			class := min(s.Of(float64(h.N)), len(s))
			row(class).Cells++
			if class == 1 {
				row(1).From = min(row(1).From, float64(h.N))
			}
		}
	}
	return l
}
