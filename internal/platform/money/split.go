package money

import (
	"math/big"
	"slices"

	"zhidian/internal/platform/errs"
)

// Split divides an amount by shares so that the parts sum to it exactly: each gets its share rounded towards zero, and the fen left over
// go one each to the largest remainders, the earlier of equals first. Shares are not negative and not all zero.
func (a Fen) Split(shares ...int64) ([]Fen, error) {
	whole := new(big.Int)
	for _, s := range shares {
		if s < 0 {
			return nil, errs.New(errs.Invalid, "money.shares", nil)
		}
		whole.Add(whole, big.NewInt(s))
	}
	if whole.Sign() == 0 {
		return nil, errs.New(errs.Invalid, "money.shares", nil)
	}
	parts := make([]Fen, len(shares))
	rests := make([]*big.Int, len(shares))
	order := make([]int, len(shares))
	left := a
	for i, s := range shares {
		exact := new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(s))
		q, r := exact.QuoRem(exact, whole, new(big.Int))
		parts[i], rests[i], order[i] = Fen(q.Int64()), r.Abs(r), i
		left -= parts[i]
	}
	slices.SortStableFunc(order, func(i, j int) int { return rests[j].Cmp(rests[i]) })
	one := Fen(1)
	if left < 0 {
		one = -1
	}
	for _, i := range order {
		if left == 0 {
			break
		}
		parts[i] += one
		left -= one
	}
	return parts, nil
}
