package money

import (
	"math/big"
	"strconv"
	"strings"

	"zhidian/internal/platform/errs"
)

// Rate is a share or a yearly rate of interest in millionths: 4.50% is 45,000, one basis point is 100.
type Rate int64

const (
	Percent    Rate = 10_000
	BasisPoint Rate = 100
	One        Rate = 1_000_000
)

// ParseRate reads 4.5%, 0.45‰ or 150bp, in half-width or full-width characters. A bare number is refused, for 4.5 and 0.045 are both
// written for the same rate; finer than a millionth is refused too.
func ParseRate(text string) (Rate, error) {
	s := strings.ToLower(strings.ReplaceAll(plain(text), " ", ""))
	s, negative := strings.CutPrefix(s, "-")
	for _, unit := range []struct {
		mark   string
		places int
	}{{"%", 4}, {"‰", 3}, {"bp", 2}, {"个基点", 2}} {
		digits, found := strings.CutSuffix(s, unit.mark)
		if !found {
			continue
		}
		n, err := decimal(digits, unit.places)
		switch errs.KeyOf(err) {
		case "money.format":
			return 0, errs.New(errs.Invalid, "money.rate_format", nil)
		case "money.too_fine":
			return 0, errs.New(errs.Invalid, "money.rate_too_fine", nil)
		}
		if err != nil {
			return 0, err
		}
		if negative {
			n = -n
		}
		return Rate(n), nil
	}
	return 0, errs.New(errs.Invalid, "money.rate_format", nil)
}

// String gives the rate in percent with two to four decimals, as 4.50% or 3.4567%.
func (r Rate) String() string {
	sign, n := Fen(r).magnitude()
	fraction := strconv.FormatUint(n%uint64(Percent)+uint64(Percent), 10)[1:]
	fraction = fraction[:2] + strings.TrimRight(fraction[2:], "0")
	return sign + strconv.FormatUint(n/uint64(Percent), 10) + "." + fraction + "%"
}

// Part gives a share of the amount, rounded once, half up: 50% of 1,218.75 is 609.38.
func (a Fen) Part(share Rate) (Fen, error) {
	return halfUp(new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(int64(share))), big.NewInt(int64(One)))
}

// Segment is a stretch of days on which balance and yearly rate stay the same. The first day counts and the last does not (算头不算尾);
// by whole months, a month is 30 days on a base of 360.
type Segment struct {
	Balance Fen
	Rate    Rate
	Days    int
}

// Interest gives Σ balance × rate × days ÷ base over the segments of one period, exactly, and rounds the sum once, half up to the fen.
// Base is the days of the contract's year, 360, 365 or 366. A negative sum rounds as its mirror image, so that a reversal cancels.
func Interest(base int, segments ...Segment) (Fen, error) {
	if base != 360 && base != 365 && base != 366 {
		return 0, errs.New(errs.Invalid, "money.base", errs.Args{"base": base})
	}
	sum, term := new(big.Int), new(big.Int)
	for _, s := range segments {
		if s.Days < 0 {
			return 0, errs.New(errs.Invalid, "money.days", nil)
		}
		term.Mul(big.NewInt(int64(s.Balance)), big.NewInt(int64(s.Rate)))
		sum.Add(sum, term.Mul(term, big.NewInt(int64(s.Days))))
	}
	return halfUp(sum, big.NewInt(int64(One)*int64(base)))
}

// halfUp gives n ÷ d rounded to the nearest integer, halves away from zero; d > 0.
func halfUp(n, d *big.Int) (Fen, error) {
	twice := new(big.Int).Abs(n)
	twice.Lsh(twice, 1).Add(twice, d)
	q := twice.Quo(twice, new(big.Int).Lsh(d, 1))
	if n.Sign() < 0 {
		q.Neg(q)
	}
	if !q.IsInt64() {
		return 0, tooLarge()
	}
	return Fen(q.Int64()), nil
}
