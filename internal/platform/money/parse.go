package money

import (
	"math"
	"math/bits"
	"strings"

	"zhidian/internal/platform/errs"
)

// Parse reads an amount in yuan as people write it: 12345.67, 12,345.67, ¥300,000, 1.2万, 1.2万元, 3亿, −5, in half-width or full-width
// characters. What is finer than a fen is refused, not rounded; commas stand between groups of three or nowhere.
func Parse(text string) (Fen, error) {
	s := strings.ReplaceAll(plain(text), " ", "")
	s, negative := strings.CutPrefix(s, "-")
	if rest, found := strings.CutPrefix(s, "¥"); found {
		s = rest
		if after, minus := strings.CutPrefix(s, "-"); minus && !negative {
			s, negative = after, true
		}
	}
	s = strings.TrimSuffix(s, "元")
	places := 2
	if rest, found := strings.CutSuffix(s, "万"); found {
		s, places = rest, 6
	} else if rest, found := strings.CutSuffix(s, "亿"); found {
		s, places = rest, 10
	}
	n, err := decimal(s, places)
	if err != nil {
		return 0, err
	}
	if negative {
		n = -n
	}
	return Fen(n), nil
}

// plain turns full-width characters, the Chinese signs of yuan and the typographic minus into their plain forms.
func plain(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '￥':
			return '¥'
		case r == '−' || r == '－':
			return '-'
		case r == '　' || r == '\u00a0':
			return ' '
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '圆':
			return '元'
		}
		return r
	}, text))
}

// decimal reads an unsigned number, shifted left by so many decimal places, as an exact integer.
func decimal(s string, places int) (int64, error) {
	bad := errs.New(errs.Invalid, "money.format", nil)
	whole, fraction, _ := strings.Cut(s, ".")
	whole, ok := ungroup(whole)
	if !ok || whole == "" || strings.HasSuffix(s, ".") || !allDigits(whole) || !allDigits(fraction) {
		return 0, bad
	}
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > places {
		return 0, errs.New(errs.Invalid, "money.too_fine", nil)
	}
	var n uint64
	for _, c := range whole + fraction + strings.Repeat("0", places-len(fraction)) {
		hi, lo := bits.Mul64(n, 10)
		sum, carry := bits.Add64(lo, uint64(c-'0'), 0)
		if hi != 0 || carry != 0 || sum > math.MaxInt64 {
			return 0, tooLarge()
		}
		n = sum
	}
	return int64(n), nil
}

// ungroup takes the commas out of 12,345,678 and refuses 1,23,4.
func ungroup(s string) (string, bool) {
	groups := strings.Split(s, ",")
	for i, g := range groups[1:] {
		if len(g) != 3 || i == 0 && (len(groups[0]) == 0 || len(groups[0]) > 3) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }
