package i18n

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
)

// Int writes a whole number with a comma between thousands: 1,904.
func (p *Printer) Int(n int64) string {
	s := strconv.FormatInt(n, 10)
	digits, sign := strings.TrimPrefix(s, "-"), ""
	if len(digits) < len(s) {
		sign = "-"
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Percent writes a share given in millionths with one decimal, half up: 123,450 is 12.3%.
func (p *Printer) Percent(millionths int64) string {
	sign, m := "", millionths
	if m < 0 {
		sign, m = "-", -m
	}
	tenths := (m + 500) / 1000
	if tenths == 0 {
		sign = ""
	}
	return sign + p.Int(tenths/10) + "." + strconv.FormatInt(tenths%10, 10) + "%"
}

// Money writes a sum: 1,234.50 元, CNY 1,234.50.
func (p *Printer) Money(sum money.Fen) string {
	if p.lang == En {
		return "CNY " + sum.String()
	}
	return sum.String() + " 元"
}

// Size writes a length in bytes as people know it from their folders: 1.5 MB.
func (p *Printer) Size(bytes int64) string {
	units := [...]string{"B", "KB", "MB", "GB", "TB"}
	n, unit := bytes*10, 0
	for n >= 10240 && unit < len(units)-1 {
		n = (n + 512) / 1024
		unit++
	}
	if n%10 == 0 || n >= 1000 {
		return p.Int(n/10) + " " + units[unit]
	}
	return p.Int(n/10) + "." + strconv.FormatInt(n%10, 10) + " " + units[unit]
}

// Date writes a day out: 2026年3月5日, 5 March 2026. A zero day is a dash.
func (p *Printer) Date(d day.Day) string {
	if d.IsZero() {
		return "—"
	}
	year, month, dom := d.Date()
	if p.lang == En {
		return fmt.Sprintf("%d %s %d", dom, month, year)
	}
	return fmt.Sprintf("%d年%d月%d日", year, month, dom)
}

// Time writes day, hour and minute in the printer's zone. A zero time is a dash.
func (p *Printer) Time(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	t = t.In(p.zone)
	if p.lang == En {
		return t.Format("2 January 2006, 15:04")
	}
	return t.Format("2006年1月2日 15:04")
}

// Clock writes hour and minute in the printer's zone.
func (p *Printer) Clock(t time.Time) string { return t.In(p.zone).Format("15:04") }

// value writes a value inside a message according to its type. Text from people loses what could break the line
// or turn its direction; a type that nobody provided for is a fault to be counted, not something to be dumped.
func (p *Printer) value(v any, key, name string) string {
	switch v := v.(type) {
	case string:
		return clean(v)
	case Key:
		return p.T(string(v))
	case time.Time:
		return p.Time(v)
	case day.Day:
		return p.Date(v)
	case error:
		return p.Error(v)
	case money.Fen:
		return p.Money(v)
	case fmt.Stringer:
		return clean(v.String())
	}
	r := reflect.ValueOf(v)
	if r.CanInt() && (name == "year" || strings.HasSuffix(name, "_year")) {
		return strconv.FormatInt(r.Int(), 10) // 2026, not 2,026
	}
	switch r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return p.Int(r.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return p.Int(int64(r.Uint()))
	case reflect.Float32, reflect.Float64:
		return strconv.FormatFloat(r.Float(), 'f', -1, 64)
	case reflect.String:
		return clean(r.String())
	}
	return p.c.miss(key + "{" + name + "}")
}

func isOne(v any) bool {
	r := reflect.ValueOf(v)
	return r.CanInt() && r.Int() == 1 || r.CanUint() && r.Uint() == 1
}

func clean(s string) string {
	if strings.IndexFunc(s, disturbs) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if disturbs(r) {
			return ' '
		}
		return r
	}, s)
}

// disturbs tells of control characters, marks that turn the direction of writing, and broken bytes.
func disturbs(r rune) bool {
	return unicode.IsControl(r) || r == unicode.ReplacementChar || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}
