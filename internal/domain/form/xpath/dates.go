package xpath

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	dayForm    = "2006-01-02"
	momentForm = "2006-01-02T15:04:05.000Z07:00"
)

var moment = regexp.MustCompile(`^(-?\d{4,6}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}(?::?\d{2})?)?)?$`)

// daysOf reads a day as whole days since 1970-01-01, a moment as days with their fraction in UTC.
func daysOf(text string) (float64, bool) {
	t, whole, ok := timeOf(text, time.UTC)
	if !ok {
		return 0, false
	}
	if whole {
		return math.Round(float64(t.Unix()) / 86400), true
	}
	return float64(t.UnixMilli()) / 86400_000, true
}

// timeOf reads a day or a moment; one without a zone is taken in the given one, and a day begins at its midnight in UTC.
func timeOf(text string, zone *time.Location) (t time.Time, whole, ok bool) {
	m := moment.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return t, false, false
	}
	d, err := time.Parse(dayForm, m[1])
	if err != nil || m[2] == "" {
		return d, true, err == nil
	}
	var hour, minute int
	var second float64
	if _, err := fmt.Sscanf(m[2][:5], "%d:%d", &hour, &minute); err != nil {
		return t, false, false
	}
	if len(m[2]) > 6 {
		second, _ = strconv.ParseFloat(m[2][6:], 64)
	}
	if hour > 24 || minute > 59 || second >= 61 {
		return t, false, false
	}
	at := zone
	if z := strings.ReplaceAll(m[3], ":", ""); z == "Z" {
		at = time.UTC
	} else if z != "" {
		n, _ := strconv.Atoi((z[1:] + "00")[:4])
		n = n/100*3600 + n%100*60
		if z[0] == '-' {
			n = -n
		}
		at = time.FixedZone("", n)
	}
	return time.Date(d.Year(), d.Month(), d.Day(), hour, minute, 0, int(math.Round(second*1000))*1e6, at), false, true
}

// dayFrom turns what date() is given into a day: a number counts days, a moment is cut. Nothing stays nothing.
func dayFrom(v Value) string {
	if v.is == Number {
		if math.IsNaN(v.num) || math.IsInf(v.num, 0) || math.Abs(v.num) > 3_000_000 {
			return ""
		}
		return time.Unix(int64(math.Floor(v.num))*86400, 0).UTC().Format(dayForm)
	}
	text := strings.TrimSpace(v.Text())
	if plainNumber.MatchString(text) {
		return dayFrom(numberOf(parseNumber(text)))
	}
	t, _, ok := timeOf(text, time.UTC)
	if !ok {
		return ""
	}
	return t.Format(dayForm)
}

// momentFrom turns what date-time() is given into a moment in a zone.
func momentFrom(v Value, zone *time.Location) string {
	t, ok := instant(v, zone)
	if !ok {
		return ""
	}
	return t.In(zone).Format(momentForm)
}

// instant reads a value as a moment; a day is its midnight in the zone.
func instant(v Value, zone *time.Location) (time.Time, bool) {
	if v.is == Number || plainNumber.MatchString(strings.TrimSpace(v.Text())) {
		n := v.Number()
		if math.IsNaN(n) || math.Abs(n) > 3_000_000 {
			return time.Time{}, false
		}
		return time.UnixMilli(int64(math.Round(n * 86400_000))), true
	}
	t, whole, ok := timeOf(v.Text(), zone)
	if whole {
		t = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
	}
	return t, ok
}

var (
	months = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
	days   = [...]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
)

// formatTime writes a moment by the letters of format-date().
func formatTime(t time.Time, form string) string {
	var b strings.Builder
	for i := 0; i < len(form); i++ {
		if form[i] != '%' || i+1 == len(form) {
			b.WriteByte(form[i])
			continue
		}
		i++
		switch form[i] {
		case '%':
			b.WriteByte('%')
		case 'Y':
			fmt.Fprintf(&b, "%04d", t.Year())
		case 'y':
			fmt.Fprintf(&b, "%02d", t.Year()%100)
		case 'm':
			fmt.Fprintf(&b, "%02d", int(t.Month()))
		case 'n':
			fmt.Fprintf(&b, "%d", int(t.Month()))
		case 'b':
			b.WriteString(months[t.Month()-1])
		case 'd':
			fmt.Fprintf(&b, "%02d", t.Day())
		case 'e':
			fmt.Fprintf(&b, "%d", t.Day())
		case 'H':
			fmt.Fprintf(&b, "%02d", t.Hour())
		case 'h':
			fmt.Fprintf(&b, "%d", t.Hour())
		case 'M':
			fmt.Fprintf(&b, "%02d", t.Minute())
		case 'S':
			fmt.Fprintf(&b, "%02d", t.Second())
		case '3':
			fmt.Fprintf(&b, "%03d", t.Nanosecond()/1e6)
		case 'a':
			b.WriteString(days[t.Weekday()])
		default:
			b.WriteByte('%')
			b.WriteByte(form[i])
		}
	}
	return b.String()
}
