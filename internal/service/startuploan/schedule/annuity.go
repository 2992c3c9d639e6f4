package schedule

import (
	"math/big"

	"zhidian/internal/platform/money"
)

// factor is the exact instalment of one fen: m·(1+m)^n ÷ ((1+m)^n − 1).
type factor struct{ num, den, twice *big.Int }

type factorOf struct {
	rate money.Rate
	n    int
}

// factors remembers those already worked out: a bank has few rates and terms.
type factors struct {
	known   map[factorOf]factor
	p, x, y big.Int // kept, so that no memory is asked for
}

const mostFactors = 1024

// annuity gives the instalment of n equal monthly ones, rounded half up.
func (f *factors) annuity(principal money.Fen, rate money.Rate, n int) money.Fen {
	if rate == 0 {
		return roundDiv(principal, n)
	}
	key := factorOf{rate, n}
	k, ok := f.known[key]
	if !ok {
		if f.known == nil || len(f.known) >= mostFactors {
			f.known = make(map[factorOf]factor)
		}
		k = newFactor(rate, n)
		f.known[key] = k
	}
	// (2·P·num + den) ÷ (2·den)
	f.x.Mul(f.p.SetInt64(2*int64(principal)), k.num)
	f.y.Quo(f.x.Add(&f.x, k.den), k.twice)
	return money.Fen(f.y.Int64())
}

func newFactor(rate money.Rate, n int) factor {
	year := big.NewInt(12 * int64(money.One)) // m = rate ÷ year
	r := big.NewInt(int64(rate))
	grown := new(big.Int).Exp(new(big.Int).Add(year, r), big.NewInt(int64(n)), nil)
	base := new(big.Int).Exp(year, big.NewInt(int64(n)), nil)
	den := new(big.Int).Mul(year, new(big.Int).Sub(grown, base))
	return factor{num: new(big.Int).Mul(grown, r), den: den, twice: new(big.Int).Lsh(den, 1)}
}

// roundDiv gives a ÷ n, half up.
func roundDiv(a money.Fen, n int) money.Fen {
	return (2*a + money.Fen(n)) / (2 * money.Fen(n))
}
