package schedule

import (
	"math/bits"

	"zhidian/internal/platform/money"
)

// sum is Σ balance × rate × weight, exactly, 128 bits wide: with the limits of Check a hundredth of that is enough.
type sum struct{ hi, lo uint64 }

func (s *sum) add(balance money.Fen, rate money.Rate, weight int64) {
	hi, lo := bits.Mul64(uint64(balance)*uint64(rate), uint64(weight))
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, lo, 0)
	s.hi += hi + carry
}

// over divides and rounds once, half up.
func (s sum) over(den uint64) money.Fen {
	q, r := bits.Div64(s.hi, s.lo, den)
	if r >= den-r {
		q++
	}
	return money.Fen(q)
}

// of gives a share of an amount that is not below zero, rounded half up.
func (r Ratio) of(a money.Fen) money.Fen {
	var s sum
	s.hi, s.lo = bits.Mul64(uint64(a), uint64(r.Num))
	return s.over(uint64(r.Den))
}
