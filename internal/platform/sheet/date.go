package sheet

import (
	"math"
	"strings"
	"time"
)

// isDateFormat tells whether a number format shows a day or a time of day. Built-in numbers are those of ECMA-376 18.8.30,
// with 27–36 and 50–58 as dates in the Chinese edition.
func isDateFormat(id int, code string) bool {
	switch {
	case code != "":
		return isDateCode(code)
	case id >= 14 && id <= 22, id >= 27 && id <= 36, id == 45, id == 47, id >= 50 && id <= 58:
		return true
	}
	return false
}

// isDateCode reads a custom format: literals, colours and conditions do not count, elapsed time [h] is a number.
func isDateCode(code string) bool {
	code, _, _ = strings.Cut(code, ";")
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return false
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return false
			}
			if in := strings.ToLower(code[i+1 : i+end]); in != "" && strings.Trim(in, "hms") == "" {
				return false
			}
			i += end
		case 'G', 'g':
			if len(code) >= i+7 && strings.EqualFold(code[i:i+7], "general") {
				i += 6
			}
		case 'y', 'Y', 'm', 'M', 'd', 'D', 'h', 'H', 's', 'S':
			return true
		}
	}
	return false
}

// dateCell turns Excel's serial day into ISO text, to the second. Serials that are no day of the calendar stay numbers:
// negative ones, those after 9999, and 60, the 29 February 1900 that never was.
func dateCell(v float64, from1904 bool) Cell {
	c := numberCell(v)
	if c.Kind != Number || v < 0 || v >= 2958466 {
		return c
	}
	seconds := int64(math.Round(v * 86400))
	day, second := seconds/86400, seconds%86400
	clock := time.Unix(second, 0).UTC().Format("15:04:05")
	if day == 0 && !from1904 {
		c.Kind, c.Text = Date, clock
		return c
	}
	start := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case from1904:
		start = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case day == 60:
		return c
	case day < 60:
		day++
	}
	d := start.AddDate(0, 0, int(day))
	if d.Year() > 9999 {
		return c
	}
	c.Kind, c.Text = Date, d.Format(time.DateOnly)
	if second != 0 {
		c.Text += "T" + clock
	}
	return c
}

// numeric makes a number or a date of a value under a format.
func numeric(v float64, date, from1904 bool) Cell {
	if date {
		return dateCell(v, from1904)
	}
	return numberCell(v)
}
