package xpath

import (
	"math"
	"strconv"
	"strings"
	"time"
)

var dateFunctions = map[string]function{
	"today": {0, 0, String, func(e *Env, _ []Value) Value { return textOf(e.Form.Now().Format(dayForm)) }, nil},
	"now":   {0, 0, String, func(e *Env, _ []Value) Value { return textOf(e.Form.Now().Format(momentForm)) }, nil},
	"date":  {1, 1, String, func(_ *Env, a []Value) Value { return textOf(dayFrom(a[0])) }, nil},
	"date-time": {1, 1, String, func(e *Env, a []Value) Value {
		return textOf(momentFrom(a[0], e.zone()))
	}, nil},
	"decimal-date-time": {1, 1, Number, func(e *Env, a []Value) Value {
		if t, ok := instant(a[0], e.zone()); ok {
			return numberOf(float64(t.UnixMilli()) / 86400_000)
		}
		return numberOf(math.NaN())
	}, nil},
	"decimal-time":     {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(decimalTime(a[0].Text())) }, nil},
	"format-date":      {2, 2, String, formatted, nil},
	"format-date-time": {2, 2, String, formatted, nil},
}

func (e *Env) zone() *time.Location { return e.Form.Now().Location() }

// formatted writes a day or a moment by letters; nothing gives nothing.
func formatted(e *Env, a []Value) Value {
	t, ok := instant(a[0], e.zone())
	if !ok {
		return textOf("")
	}
	return textOf(formatTime(t.In(e.zone()), a[1].Text()))
}

// decimalTime gives a time of day as a part of the day.
func decimalTime(text string) float64 {
	parts := strings.SplitN(text, ":", 3)
	if len(parts) < 2 {
		return math.NaN()
	}
	hour, err1 := strconv.Atoi(parts[0])
	minute, err2 := strconv.Atoi(parts[1])
	second := 0.0
	if len(parts) == 3 {
		digits := parts[2]
		if i := strings.IndexAny(digits, "Z+-"); i >= 0 {
			digits = digits[:i]
		}
		second = toNumber(digits)
	}
	if err1 != nil || err2 != nil || hour < 0 || hour > 24 || minute < 0 || minute > 59 {
		return math.NaN()
	}
	return (float64(hour)*3600 + float64(minute)*60 + second) / 86400
}
