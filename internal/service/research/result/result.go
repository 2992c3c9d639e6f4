// Package result counts what was answered in a study: tables by question, weights, crossings of two questions, and what of
// them may be shown to everybody.
package result

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Kind is how a question is counted.
type Kind string

// The kinds.
const (
	One    Kind = "one"    // one choice
	Many   Kind = "many"   // several choices
	Rank   Kind = "rank"   // choices in an order
	Number Kind = "number" // a number
	Words  Kind = "words"  // open words, counted by groups of words
)

// Choice is one answer that may be given.
type Choice struct{ Value, Label string }

// Question is what is counted.
type Question struct {
	Path, Label string
	Kind        Kind
	Choices     []Choice
	Within      string // label of the repeat whose rows are counted, empty of a question that is asked once
	Delicate    bool   // shown as it is published, and never otherwise
}

// Given is one person's answers by the paths of questions, or one row of a repeat in them. Weight is 1 without weights.
type Given struct {
	Weight float64
	Values map[string]string
	Of     int // of a row: which person's it is
}

// Row is one line of a table. Hidden rows have no figures.
type Row struct {
	Value, Label string
	Count        int64
	People       int64   // of rows of a repeat: how many people's they are
	Share        float64 // of those who answered, by weights, from 0 to 1
	Rank         float64 // mean place of a ranked choice, 0 where nobody ranked it
	Hidden       bool
}

// Figures sums numbers up, by weights.
type Figures struct {
	Mean, Q1, Median, Q3 float64
}

// Table is one question counted. Unanswered is one of its parts: with the rows of a single choice it sums to Asked. Within a
// repeat all of these are rows, of so many people.
type Table struct {
	Question
	Asked, Answered int64
	Unanswered      int64
	People          int64
	NoneHidden      bool // how many did not answer is not shown, nor then how many did
	Rows            []Row
	Figures         *Figures // of numbers; nil where too few answered
}

// Count counts one question. Groups are those of open words.
func Count(q Question, all []Given, groups []Group) Table {
	t := Table{Question: q, Asked: int64(len(all))}
	if q.Kind == Words {
		q.Choices = nil
		for _, g := range groups {
			q.Choices = append(q.Choices, Choice{g.Name, g.Name})
		}
	}
	at := map[string]int{}
	for _, c := range q.Choices {
		at[c.Value] = len(t.Rows)
		t.Rows = append(t.Rows, Row{Value: c.Value, Label: c.Label})
	}
	weights, places, total := make([]float64, len(t.Rows)), make([]float64, len(t.Rows)), 0.0
	var numbers []weighed
	for _, g := range all {
		said := strings.TrimSpace(g.Values[q.Path])
		if said == "" {
			t.Unanswered++
			continue
		}
		t.Answered++
		total += g.Weight
		if q.Kind == Number {
			if x, err := strconv.ParseFloat(said, 64); err == nil {
				numbers = append(numbers, weighed{x, g.Weight})
			}
			continue
		}
		for place, value := range chosen(q.Kind, said, groups) {
			i, there := at[value]
			if !there { // an answer to an earlier version, or typed beside the choices
				i = len(t.Rows)
				at[value] = i
				t.Rows, weights, places = append(t.Rows, Row{Value: value, Label: value}), append(weights, 0), append(places, 0)
			}
			t.Rows[i].Count++
			weights[i] += g.Weight
			places[i] += float64(place+1) * g.Weight
		}
	}
	for i := range t.Rows {
		if total > 0 {
			t.Rows[i].Share = weights[i] / total
		}
		if q.Kind == Rank && weights[i] > 0 {
			t.Rows[i].Rank = places[i] / weights[i]
		}
	}
	if len(numbers) >= Threshold {
		t.Figures = figures(numbers)
	}
	if q.Within != "" {
		t.heads(all, groups)
	}
	return t
}

// chosen gives the choices of an answer, each once, in their order.
func chosen(k Kind, said string, groups []Group) []string {
	switch k {
	case One:
		return []string{said}
	case Words:
		return Match(said, groups)
	}
	var all []string
	for _, v := range strings.Fields(said) {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

type weighed struct{ x, w float64 }

// figures sums numbers up. A quartile is the least number that at least that share of the weight does not exceed.
func figures(all []weighed) *Figures {
	slices.SortFunc(all, func(a, b weighed) int { return cmp.Compare(a.x, b.x) })
	sum, total := 0.0, 0.0
	for _, n := range all {
		sum, total = sum+n.x*n.w, total+n.w
	}
	at := func(share float64) float64 {
		run := 0.0
		for _, n := range all {
			if run += n.w; run >= share*total-1e-9 {
				return n.x
			}
		}
		return all[len(all)-1].x
	}
	return &Figures{Mean: sum / total, Q1: at(0.25), Median: at(0.5), Q3: at(0.75)}
}

// Cell is a part of those who are asked: how many are wanted and how many have answered.
type Cell struct{ Target, Got int64 }

// Weights gives each cell's weight, so that answered cells count as much as their targets say (事后分层). Weights are trimmed to
// between 1/most and most before they are brought to a mean of 1, so that few people never speak for many. Cells without
// a target weigh 1; empty cells cannot be made up for and are told by Empty.
func Weights(cells []Cell, most float64) []float64 {
	var target, got int64
	for _, c := range cells {
		if c.Got > 0 && c.Target > 0 {
			target, got = target+c.Target, got+c.Got
		}
	}
	out := make([]float64, len(cells))
	sum := 0.0
	for i, c := range cells {
		switch {
		case c.Got == 0:
			continue
		case c.Target == 0 || target == 0:
			out[i] = 1
		default:
			w := float64(c.Target) / float64(target) * float64(got) / float64(c.Got)
			out[i] = min(max(w, 1/most), most)
		}
		sum += out[i] * float64(c.Got)
	}
	var n int64
	for _, c := range cells {
		n += c.Got
	}
	if sum > 0 {
		for i := range out {
			out[i] *= float64(n) / sum
		}
	}
	return out
}

// Empty counts the cells that are wanted and from which nobody has answered.
func Empty(cells []Cell) (n int) {
	for _, c := range cells {
		if c.Target > 0 && c.Got == 0 {
			n++
		}
	}
	return n
}

// Effective is how many people drawn without weights would tell as much (Kish): (Σw)² / Σw².
func Effective(all []Given) float64 {
	sum, squares := 0.0, 0.0
	for _, g := range all {
		sum, squares = sum+g.Weight, squares+g.Weight*g.Weight
	}
	if squares == 0 {
		return 0
	}
	return sum * sum / squares
}

// Crossing is two questions of one choice each, counted together among those who answered both. χ² counts people, without weights.
type Crossing struct {
	A, B    Question
	Rows    []Choice
	Columns []Choice
	Counts  [][]int64
	Shares  [][]float64 // of its row, by weights, from 0 to 1; nil of a row that is not shown whole
	Hidden  [][]bool
	N       int64
	Chi2    float64 // Pearson's χ²
	Freedom int
	P       float64
	V       float64 // Cramér's V, from 0 to 1
	Caution bool    // more than a fifth of the expected counts are below 5, or one below 1: χ² says little
	None    bool    // too few to show anything

	weights [][]float64
}

// Cross counts two questions together. Rows and columns that nobody chose are left out.
func Cross(a, b Question, all []Given) Crossing {
	c := Crossing{A: a, B: b}
	count, weight := map[[2]string]int64{}, map[[2]string]float64{}
	ra, rb := map[string]bool{}, map[string]bool{}
	for _, g := range all {
		x, y := g.Values[a.Path], g.Values[b.Path]
		if x == "" || y == "" {
			continue
		}
		count[[2]string{x, y}]++
		weight[[2]string{x, y}] += g.Weight
		ra[x], rb[y] = true, true
		c.N++
	}
	c.Rows, c.Columns = used(a, ra), used(b, rb)
	for _, x := range c.Rows {
		line, weights := make([]int64, len(c.Columns)), make([]float64, len(c.Columns))
		for k, y := range c.Columns {
			line[k], weights[k] = count[[2]string{x.Value, y.Value}], weight[[2]string{x.Value, y.Value}]
		}
		c.Counts, c.weights, c.Hidden = append(c.Counts, line), append(c.weights, weights), append(c.Hidden, make([]bool, len(line)))
	}
	c.share()
	c.test()
	return c
}

// share works out which share of its row each count is.
func (c *Crossing) share() {
	c.Shares = make([][]float64, len(c.weights))
	for i, line := range c.weights {
		sum := 0.0
		for _, w := range line {
			sum += w
		}
		c.Shares[i] = make([]float64, len(line))
		for k, w := range line {
			if sum > 0 {
				c.Shares[i][k] = w / sum
			}
		}
	}
}

func used(q Question, there map[string]bool) (all []Choice) {
	for _, x := range q.Choices {
		if there[x.Value] {
			all = append(all, x)
			delete(there, x.Value)
		}
	}
	for _, v := range slices.Sorted(maps.Keys(there)) {
		all = append(all, Choice{v, v})
	}
	return all
}

func (c *Crossing) test() {
	c.P = 1
	if len(c.Rows) < 2 || len(c.Columns) < 2 {
		return
	}
	rows, columns := make([]int64, len(c.Rows)), make([]int64, len(c.Columns))
	for i, line := range c.Counts {
		for k, n := range line {
			rows[i] += n
			columns[k] += n
		}
	}
	low := 0
	for i, line := range c.Counts {
		for k, n := range line {
			expected := float64(rows[i]) * float64(columns[k]) / float64(c.N)
			d := float64(n) - expected
			c.Chi2 += d * d / expected
			if expected < 5 {
				low++
			}
			c.Caution = c.Caution || expected < 1
		}
	}
	c.Caution = c.Caution || 5*low > len(c.Rows)*len(c.Columns)
	c.Freedom = (len(c.Rows) - 1) * (len(c.Columns) - 1)
	c.V = math.Sqrt(c.Chi2 / float64(c.N) / float64(min(len(c.Rows), len(c.Columns))-1))
	c.P = tail(float64(c.Freedom)/2, c.Chi2/2)
}

// tail is the regularised upper incomplete gamma function Q(a, x), by its series or its continued fraction.
func tail(a, x float64) float64 {
	if x <= 0 {
		return 1
	}
	lg, _ := math.Lgamma(a)
	front := math.Exp(-x + a*math.Log(x) - lg)
	if x < a+1 {
		sum, term := 1/a, 1/a
		for n := 1.0; n < 1000 && term > sum*1e-15; n++ {
			term *= x / (a + n)
			sum += term
		}
		return 1 - front*sum
	}
	b, c := x+1-a, 1e300
	d := 1 / b
	h := d
	for i := 1.0; i < 1000; i++ {
		an := -i * (i - a)
		b += 2
		if d = an*d + b; math.Abs(d) < 1e-300 {
			d = 1e-300
		}
		if c = b + an/c; math.Abs(c) < 1e-300 {
			c = 1e-300
		}
		d = 1 / d
		h *= d * c
		if math.Abs(d*c-1) < 1e-15 {
			break
		}
	}
	return front * h
}
