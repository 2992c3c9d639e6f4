package money

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
	"zhidian/internal/platform/errs"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		amount Fen
		shares []int64
		want   []Fen
	}{
		{100, []int64{1, 1, 1}, []Fen{34, 33, 33}},
		{-100, []int64{1, 1, 1}, []Fen{-34, -33, -33}},
		{101, []int64{40, 30, 20, 10}, []Fen{41, 30, 20, 10}}, // the 4321 of risk sharing
		{1, []int64{0, 1, 2}, []Fen{0, 0, 1}},
		{0, []int64{3, 7}, []Fen{0, 0}},
		{math.MaxInt64, []int64{math.MaxInt64, math.MaxInt64}, []Fen{1 << 62, 1<<62 - 1}},
		{math.MinInt64, []int64{1}, []Fen{math.MinInt64}},
	} {
		if got, err := c.amount.Split(c.shares...); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%d by %v: %v %v, want %v", c.amount, c.shares, got, err, c.want)
		}
	}
	for _, shares := range [][]int64{nil, {0, 0}, {1, -1}} {
		if got, err := Fen(100).Split(shares...); errs.KeyOf(err) != "money.shares" || got != nil {
			t.Errorf("%v: %v %v", shares, got, err)
		}
	}
}

func TestSplitSumsExactlyAndIsFairToAFen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amount := Fen(rapid.Int64Range(-1e15, 1e15).Draw(t, "amount"))
		shares := rapid.SliceOfN(rapid.Int64Range(0, 1000), 1, 12).Filter(func(s []int64) bool { return slices.Max(s) > 0 }).Draw(t, "shares")
		parts, err := amount.Split(shares...)
		if err != nil {
			t.Fatal(err)
		}
		if sum, _ := Sum(parts...); sum != amount {
			t.Fatalf("%v sums to %d, not %d", parts, sum, amount)
		}
		var whole int64
		for _, s := range shares {
			whole += s
		}
		for i, p := range parts {
			// |part × whole − amount × share| < whole, that is: less than one fen from the exact share
			if off := int64(p)*whole - int64(amount)*shares[i]; off >= whole || off <= -whole {
				t.Fatalf("part %d of %v is %d", i, shares, p)
			}
			if shares[i] == 0 && p != 0 {
				t.Fatalf("a share of nothing got %d", p)
			}
		}
	})
}
