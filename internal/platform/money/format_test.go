package money

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWriting(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fen                         Fen
		full, plain, short, capital string
	}{
		{0, "0.00", "0.00", "0元", "零元整"},
		{1, "0.01", "0.01", "0.01元", "壹分"},
		{50, "0.50", "0.50", "0.5元", "伍角整"},
		{1234567, "12,345.67", "12345.67", "1.23万元", "壹万贰仟叁佰肆拾伍元陆角柒分"},
		{1200000, "12,000.00", "12000.00", "1.2万元", "壹万贰仟元整"},
		{30000000, "300,000.00", "300000.00", "30万元", "叁拾万元整"},
		{-30000000, "-300,000.00", "-300000.00", "-30万元", "负叁拾万元整"},
		{999999, "9,999.99", "9999.99", "9,999.99元", "玖仟玖佰玖拾玖元玖角玖分"},
		{9999999999, "99,999,999.99", "99999999.99", "1亿元", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"},
		{120000000000, "1,200,000,000.00", "1200000000.00", "12亿元", "壹拾贰亿元整"},
		// the examples of the bank's rules for bills
		{140950, "1,409.50", "1409.50", "1,409.5元", "壹仟肆佰零玖元伍角整"},
		{600714, "6,007.14", "6007.14", "6,007.14元", "陆仟零柒元壹角肆分"},
		{1640902, "16,409.02", "16409.02", "1.64万元", "壹万陆仟肆佰零玖元零贰分"},
		{32504, "325.04", "325.04", "325.04元", "叁佰贰拾伍元零肆分"},
		{10001000100, "100,010,001.00", "100010001.00", "1亿元", "壹亿零壹万零壹元整"},
		{math.MinInt64, "-92,233,720,368,547,758.08", "-92233720368547758.08", "-922,337,203.69亿元", "负玖亿贰仟贰佰叁拾叁万柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌元零捌分"},
	} {
		if got := c.fen.String(); got != c.full {
			t.Errorf("%d in full: %s, want %s", c.fen, got, c.full)
		}
		if got := c.fen.Plain(); got != c.plain {
			t.Errorf("%d plain: %s, want %s", c.fen, got, c.plain)
		}
		if got := c.fen.Short(); got != c.short {
			t.Errorf("%d short: %s, want %s", c.fen, got, c.short)
		}
		if got := c.fen.Capital(); got != c.capital {
			t.Errorf("%d in capitals: %s, want %s", c.fen, got, c.capital)
		}
	}
}

func TestWrittenAmountsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := anyFen().Filter(func(a Fen) bool { return a != math.MinInt64 }).Draw(t, "a")
		for _, text := range []string{a.String(), a.Plain()} {
			if got, err := Parse(text); err != nil || got != a {
				t.Fatalf("%d → %s → %d %v", a, text, got, err)
			}
		}
		if got := readCapital(a.Capital()); got != a {
			t.Fatalf("%d → %s → %d", a, a.Capital(), got)
		}
		if strings.Contains(a.Capital(), "零零") {
			t.Fatalf("%s", a.Capital())
		}
	})
}

// readCapital reads an amount in capitals, written apart from Capital: digits and units from left to right.
func readCapital(s string) Fen {
	s, negative := strings.CutPrefix(s, "负")
	digits := map[rune]int64{'零': 0, '壹': 1, '贰': 2, '叁': 3, '肆': 4, '伍': 5, '陆': 6, '柒': 7, '捌': 8, '玖': 9}
	small := map[rune]int64{'拾': 10, '佰': 100, '仟': 1000}
	var above, wan, ones, digit, fen int64
	for _, r := range s {
		d, isDigit := digits[r]
		switch {
		case isDigit:
			digit = d
		case small[r] > 0:
			ones, digit = ones+digit*small[r], 0
		case r == '万':
			wan, ones, digit = wan+ones+digit, 0, 0
		case r == '亿':
			above, wan, ones, digit = (above+wan*10_000+ones+digit)*100_000_000, 0, 0, 0
		case r == '元':
			fen, digit = (above+wan*10_000+ones+digit)*100, 0
		case r == '角':
			fen, digit = fen+digit*10, 0
		case r == '分':
			fen, digit = fen+digit, 0
		}
	}
	if negative {
		return Fen(-fen)
	}
	return Fen(fen)
}

func TestShortIsNearEnough(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := Fen(rapid.Int64Range(-1e17, 1e17).Draw(t, "a"))
		read, err := Parse(a.Short())
		if err != nil {
			t.Fatalf("%d → %s: %v", a, a.Short(), err)
		}
		unit := Fen(1)
		switch {
		case strings.HasSuffix(a.Short(), "亿元"):
			unit = yi / 100
		case strings.HasSuffix(a.Short(), "万元"):
			unit = wan / 100
		}
		if off := read - a; off > unit/2 || off < -unit/2 {
			t.Fatalf("%d → %s is off by %d", a, a.Short(), off)
		}
	})
}
