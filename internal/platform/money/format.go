package money

import (
	"strconv"
	"strings"
)

// magnitude gives the sign and the amount without it; it holds for the smallest Fen too.
func (a Fen) magnitude() (sign string, fen uint64) {
	if a < 0 {
		return "-", -uint64(a)
	}
	return "", uint64(a)
}

// String gives yuan with two decimals and commas, as 12,345.67.
func (a Fen) String() string {
	sign, fen := a.magnitude()
	return sign + grouped(fen/100) + "." + twoDigits(fen%100)
}

// Plain gives yuan with two decimals and no commas, as 12345.67, for spreadsheets and interfaces.
func (a Fen) Plain() string {
	sign, fen := a.magnitude()
	return sign + strconv.FormatUint(fen/100, 10) + "." + twoDigits(fen%100)
}

func twoDigits(n uint64) string {
	if n < 10 {
		return "0" + strconv.FormatUint(n, 10)
	}
	return strconv.FormatUint(n, 10)
}

func grouped(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

const (
	wan = 10_000 * 100      // fen in 1 万元
	yi  = 100_000_000 * 100 // fen in 1 亿元
)

// Short gives the amount for headlines and charts in Chinese, in 元, 万元 or 亿元 with at most two decimals, rounded half up: 30万元,
// 1.23亿元. It is for reading only; papers and files carry String.
func (a Fen) Short() string {
	sign, fen := a.magnitude()
	switch {
	case rounded(fen, wan/100)*(wan/100) >= yi:
		return sign + hundredths(rounded(fen, yi/100)) + "亿元"
	case fen >= wan:
		return sign + hundredths(rounded(fen, wan/100)) + "万元"
	}
	return sign + hundredths(fen) + "元"
}

func rounded(n, unit uint64) uint64 { return n/unit + n%unit/((unit+1)/2) }

// hundredths writes n/100 without needless zeros.
func hundredths(n uint64) string {
	s := grouped(n / 100)
	if n%100 == 0 {
		return s
	}
	return s + "." + strings.TrimSuffix(twoDigits(n%100), "0")
}

var capitals = [...]string{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}

// Capital gives the amount in the characters of cheques and receipts, as 壹万贰仟叁佰肆拾伍元陆角柒分; without fen it ends in 整. Zeros
// follow the People's Bank's rules for bills (支付结算办法, annex 1): a run of zeros is one 零, and 零 stands before fen without jiao.
func (a Fen) Capital() string {
	sign, fen := a.magnitude()
	if fen == 0 {
		return "零元整"
	}
	if sign != "" {
		sign = "负"
	}
	yuan, jiao, cents := fen/100, fen/10%10, fen%10
	var b strings.Builder
	b.WriteString(sign)
	if yuan > 0 {
		b.WriteString(capitalWhole(yuan) + "元")
	}
	switch {
	case jiao > 0:
		b.WriteString(capitals[jiao] + "角")
	case cents > 0 && yuan > 0:
		b.WriteString("零")
	}
	if cents > 0 {
		b.WriteString(capitals[cents] + "分")
	} else {
		b.WriteString("整")
	}
	return b.String()
}

// capitalWhole writes n > 0, split at 亿 and 万; a part that follows begins with 零 when its highest place is empty.
func capitalWhole(n uint64) string {
	for _, u := range []struct {
		size uint64
		name string
	}{{100_000_000, "亿"}, {10_000, "万"}, {1000, "仟"}, {100, "佰"}, {10, "拾"}} {
		if n < u.size {
			continue
		}
		head := capitalWhole(n/u.size) + u.name
		rest := n % u.size
		switch {
		case rest == 0:
			return head
		case rest < u.size/10:
			return head + "零" + capitalWhole(rest)
		}
		return head + capitalWhole(rest)
	}
	return capitals[n]
}
