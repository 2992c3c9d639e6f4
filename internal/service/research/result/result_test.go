package result

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

var stage = Question{Path: "stage", Label: "做到哪一步", Kind: One, Choices: []Choice{{"a", "想"}, {"b", "备"}, {"c", "开"}}}

func answers(q string, said ...string) (all []Given) {
	for _, s := range said {
		all = append(all, Given{Weight: 1, Values: map[string]string{q: s}})
	}
	return all
}

func TestCount(t *testing.T) {
	t.Parallel()
	got := Count(stage, answers("stage", "a", "a", "b", "", "z"), nil)
	if got.Asked != 5 || got.Answered != 4 || got.Unanswered != 1 || got.Rows[0].Count != 2 || got.Rows[0].Share != 0.5 || got.Rows[2].Count != 0 || got.Rows[3].Label != "z" {
		t.Errorf("%+v", got)
	}
	got = Count(Question{Path: "k", Kind: Many, Choices: stage.Choices}, answers("k", "a b", "b b", "c"), nil)
	if got.Rows[0].Count != 1 || got.Rows[1].Count != 2 || got.Rows[1].Share != 2.0/3 {
		t.Errorf("several: %+v", got.Rows)
	}
	got = Count(Question{Path: "o", Kind: Rank, Choices: stage.Choices}, answers("o", "c a b", "a c b"), nil)
	if got.Rows[0].Rank != 1.5 || got.Rows[1].Rank != 3 || got.Rows[2].Rank != 1.5 {
		t.Errorf("ranked: %+v", got.Rows)
	}
	got = Count(Question{Path: "n", Kind: Number}, answers("n", "1", "2", "3", "4", "100"), nil)
	if f := got.Figures; f == nil || f.Mean != 22 || f.Median != 3 || f.Q1 != 2 || f.Q3 != 4 {
		t.Errorf("numbers: %+v", f)
	}
	if Count(Question{Path: "n", Kind: Number}, answers("n", "1", "2", "3", "4"), nil).Figures != nil {
		t.Error("the mean of four tells of four")
	}
	got = Count(Question{Path: "w", Kind: Words}, answers("w", "贷款利息高", "招人难", "融资和贷款", "𠮷"), []Group{{"融资", []string{"贷款", "利息"}}, {"用工", []string{"招人", ""}}})
	if got.Rows[0].Count != 2 || got.Rows[1].Count != 1 || got.Answered != 4 {
		t.Errorf("words: %+v", got.Rows)
	}
}

func TestWeights(t *testing.T) {
	t.Parallel()
	// half are wanted from each; three quarters came from the first
	got := Weights([]Cell{{50, 75}, {50, 25}}, 5)
	if math.Abs(got[0]-2.0/3) > 1e-9 || math.Abs(got[1]-2) > 1e-9 {
		t.Errorf("%v", got)
	}
	rapid.Check(t, func(r *rapid.T) {
		cells := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) Cell {
			return Cell{rapid.Int64Range(0, 50).Draw(r, "target"), rapid.Int64Range(0, 50).Draw(r, "got")}
		}), 1, 8).Draw(r, "cells")
		sum, n, all := 0.0, int64(0), []Given(nil)
		for i, w := range Weights(cells, 4) {
			if cells[i].Got == 0 != (w == 0) {
				r.Fatalf("cell %d of %v weighs %v", i, cells, w)
			}
			sum, n = sum+w*float64(cells[i].Got), n+cells[i].Got
			for range cells[i].Got {
				all = append(all, Given{Weight: w})
			}
		}
		if math.Abs(sum-float64(n)) > 1e-6 {
			r.Fatalf("%v: the weights sum to %v of %d", cells, sum, n)
		}
		if e := Effective(all); e > float64(n)+1e-6 {
			r.Fatalf("%v tell more than %d", e, n)
		}
	})
	if Empty([]Cell{{5, 0}, {0, 0}, {5, 1}}) != 1 {
		t.Error("empty cells")
	}
}

func TestCrossingAgainstPublishedValues(t *testing.T) {
	t.Parallel()
	a, b := Question{Path: "a", Choices: []Choice{{"x", ""}, {"y", ""}}}, Question{Path: "b", Choices: []Choice{{"u", ""}, {"v", ""}}}
	var all []Given
	for pair, n := range map[[2]string]int{{"x", "u"}: 20, {"x", "v"}: 30, {"y", "u"}: 30, {"y", "v"}: 20} {
		for range n {
			all = append(all, Given{Weight: 1, Values: map[string]string{"a": pair[0], "b": pair[1]}})
		}
	}
	c := Cross(a, b, all)
	if math.Abs(c.Chi2-4) > 1e-9 || c.Freedom != 1 || math.Abs(c.P-0.0455003) > 1e-6 || math.Abs(c.V-0.2) > 1e-9 || c.Caution || c.N != 100 {
		t.Errorf("%+v", c)
	}
	// critical values of the χ² table at 5 % and 1 %
	for _, x := range []struct {
		df, chi2, p float64
	}{{1, 3.841, .05}, {2, 5.991, .05}, {4, 9.488, .05}, {10, 18.307, .05}, {1, 6.635, .01}, {5, 15.086, .01}, {30, 43.773, .05}} {
		if got := tail(x.df/2, x.chi2/2); math.Abs(got-x.p) > 2e-5 {
			t.Errorf("df %v, χ² %v: %v", x.df, x.chi2, got)
		}
	}
	if !Cross(a, b, all[:3]).Caution && len(Cross(a, b, all[:3]).Rows) > 1 {
		t.Error("three people are no caution")
	}
}

// Whatever is released of a question with one choice, each small group may be anything from 0 to 4: other counts of the
// hidden groups with the same sum are as good.
func TestNothingReleasedNarrowsASmallGroup(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var said []string
		for i := range rapid.IntRange(2, 6).Draw(r, "choices") {
			for range rapid.IntRange(0, 12).Draw(r, "n") {
				said = append(said, fmt.Sprint(i))
			}
		}
		for range rapid.IntRange(0, 6).Draw(r, "silent") {
			said = append(said, "")
		}
		q := Question{Path: "q", Kind: One}
		for i := range 6 {
			q.Choices = append(q.Choices, Choice{fmt.Sprint(i), ""})
		}
		whole := Count(q, answers("q", said...), nil)
		got := whole.Release()
		if got.Asked == 0 {
			return // nothing is released
		}
		hidden, sum := 0, got.Asked
		for i, row := range got.Rows {
			if !row.Hidden {
				sum -= row.Count
				if row.Count < Threshold || row.Count != whole.Rows[i].Count {
					r.Fatalf("%d is shown as %d", whole.Rows[i].Count, row.Count)
				}
				continue
			}
			hidden++
			if row.Count != 0 || row.Share != 0 {
				r.Fatalf("a hidden row tells %+v", row)
			}
		}
		if got.NoneHidden {
			hidden++
		} else {
			sum -= got.Unanswered
			if got.Unanswered > 0 && got.Unanswered < Threshold {
				r.Fatalf("%d silent are shown", got.Unanswered)
			}
		}
		// an attacker knows the sum of the hidden: with two groups and a sum of 5 each can be 0 and can be 4
		if hidden > 0 && (hidden < 2 || sum < Threshold) {
			r.Fatalf("%d hidden sum to %d: %+v", hidden, sum, got)
		}
	})
}

// Of a released crossing each small count may be 0 and may be 4 while all sums and all shown counts stay.
func TestNothingReleasedNarrowsASmallCrossing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rows, columns := rapid.IntRange(2, 4).Draw(r, "rows"), rapid.IntRange(2, 4).Draw(r, "columns")
		var all []Given
		for i := range rows {
			for k := range columns {
				for range rapid.IntRange(0, 15).Draw(r, "n") {
					all = append(all, Given{Values: map[string]string{"a": fmt.Sprint(i), "b": fmt.Sprint(k)}})
				}
			}
		}
		whole := Cross(Question{Path: "a"}, Question{Path: "b"}, all)
		kept := whole.large()
		got := whole.Release()
		if got.None {
			return
		}
		for i, line := range kept.Counts {
			for k, n := range line {
				if !got.Hidden[i][k] {
					if small(n) || got.Counts[i][k] != n {
						r.Fatalf("%d is shown", n)
					}
					continue
				}
				if got.Counts[i][k] != 0 {
					r.Fatal("a hidden count is told")
				}
				if small(n) && (!reaches(kept, got, i, k, -n) || !reaches(kept, got, i, k, Threshold-1-n)) {
					r.Fatalf("%d at %d,%d is narrowed in %v %v", n, i, k, kept.Counts, got.Hidden)
				}
			}
		}
	})
}

// reaches looks for a rectangle of hidden counts along which one may change by d.
func reaches(kept, got Crossing, i, k int, d int64) bool {
	if d == 0 {
		return true
	}
	for j := range kept.Rows {
		for l := range kept.Columns {
			if j != i && l != k && got.Hidden[i][l] && got.Hidden[j][k] && got.Hidden[j][l] &&
				kept.Counts[i][l]-d >= 0 && kept.Counts[j][k]-d >= 0 && kept.Counts[j][l]+d >= 0 {
				return true
			}
		}
	}
	return false
}

func TestWordsAreProposed(t *testing.T) {
	t.Parallel()
	if words := Cut("店里缺流动资金，想申请青创贷，贷款手续太复杂"); !slices.Contains(words, "青创贷") || !slices.Contains(words, "贷款") {
		t.Errorf("%v", words)
	}
	var texts []string
	for i := range 8 {
		texts = append(texts, fmt.Sprintf("贷款手续复杂，手续%d，想参加展销", i))
	}
	got := Propose(texts, []Group{{"融资", []string{"贷款"}}}, Cut, 10)
	if len(got) == 0 || !slices.Contains(got, Frequent{"手续", 8}) || slices.ContainsFunc(got, func(f Frequent) bool { return f.Word == "贷款" }) {
		t.Errorf("%v", got)
	}
	if got := Propose(texts[:3], nil, Cut, 10); len(got) != 0 {
		t.Errorf("words of three people: %v", got)
	}
}

func FuzzCut(f *testing.F) {
	for _, s := range []string{"", "𠮷㛃", "贷款 loan 12", "\x00\xff", "，。！？"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n := 0
		for _, w := range Cut(text) {
			n += len(w)
		}
		if n > 4*len(text)+8 {
			t.Errorf("%d bytes became %d", len(text), n)
		}
	})
}

// Shares of a crossing are of the row, by weights; where a count is hidden its row tells no shares.
func TestCrossingsAreWeighed(t *testing.T) {
	t.Parallel()
	a := Question{Path: "a", Kind: One, Choices: []Choice{{"x", "X"}, {"y", "Y"}}}
	b := Question{Path: "b", Kind: One, Choices: []Choice{{"p", "P"}, {"q", "Q"}}}
	var all []Given
	add := func(n int, weight float64, x, y string) {
		for range n {
			all = append(all, Given{Weight: weight, Values: map[string]string{"a": x, "b": y}})
		}
	}
	add(10, 1, "x", "p")
	add(10, 3, "x", "q")
	add(8, 1, "y", "p")
	add(24, 1, "y", "q")
	c := Cross(a, b, all)
	if c.Counts[0][0] != 10 || c.Shares[0][0] != 0.25 || c.Shares[0][1] != 0.75 || c.Shares[1][0] != 0.25 {
		t.Errorf("%v %v", c.Counts, c.Shares)
	}
	if r := c.Release(); r.None || r.Shares[0][1] != 0.75 {
		t.Errorf("%+v", r)
	}
	add(2, 1, "z", "p")
	add(9, 1, "z", "q")
	for i, line := range Cross(a, b, all).Release().Hidden {
		if hidden, told := line[0] || line[1], Cross(a, b, all).Release().Shares[i] != nil; hidden == told {
			t.Errorf("row %d: hidden %v, told %v", i, hidden, told)
		}
	}
}

func TestFiguresOfDelicateNumbersAreCoarse(t *testing.T) {
	t.Parallel()
	for x, want := range map[float64]float64{0: 0, 12345: 12000, 0.0678: 0.068, -987: -990, 5: 5} {
		if got := twoDigits(x); got != want {
			t.Errorf("%v is told as %v, not %v", x, got, want)
		}
	}
	var all []Given
	for i := range 19 {
		all = append(all, Given{Weight: 1, Values: map[string]string{"n": strconv.Itoa(1000 + i)}})
	}
	q := Question{Path: "n", Kind: Number, Delicate: true}
	if got := Count(q, all, nil).Release().Figures; got != nil {
		t.Errorf("of 19 people figures are told: %+v", got)
	}
	if got := Count(q, append(all, all[0]), nil).Release().Figures; got == nil || got.Median != 1000 {
		t.Errorf("of 20 people figures are %+v", got)
	}
}
