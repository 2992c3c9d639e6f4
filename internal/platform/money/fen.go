// Package money counts in whole fen and rates in whole millionths, so that every sum can be recomputed to the last fen.
package money

import (
	"embed"
	"math"

	"zhidian/internal/platform/errs"
)

// Messages holds the texts of this package's problems, one file for each language.
//
//go:embed messages
var Messages embed.FS

// Fen is an amount of renminbi in hundredths of a yuan. Add, Sub and the other methods refuse what does not fit; + and - do not look.
type Fen int64

// Yuan is 100 fen.
const Yuan Fen = 100

func tooLarge() error { return errs.New(errs.Invalid, "money.too_large", nil) }

// Add gives a + b.
func (a Fen) Add(b Fen) (Fen, error) {
	c := a + b
	if (c > a) != (b > 0) && b != 0 {
		return 0, tooLarge()
	}
	return c, nil
}

// Sub gives a − b.
func (a Fen) Sub(b Fen) (Fen, error) {
	c := a - b
	if (c < a) != (b > 0) && b != 0 {
		return 0, tooLarge()
	}
	return c, nil
}

// Times gives n × a.
func (a Fen) Times(n int64) (Fen, error) {
	c := a * Fen(n)
	if a != 0 && (int64(c/a) != n || a == -1 && n == math.MinInt64) {
		return 0, tooLarge()
	}
	return c, nil
}

// Sum adds amounts.
func Sum(amounts ...Fen) (Fen, error) {
	var total Fen
	for _, a := range amounts {
		var err error
		if total, err = total.Add(a); err != nil {
			return 0, err
		}
	}
	return total, nil
}
