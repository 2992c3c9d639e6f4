package day

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
	"zhidian/internal/platform/errs"
)

func TestParseReadsWhatPeopleWrite(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"2006-01-02", "2006-1-2", "2006/1/2", "2006/01/02", "20060102", "2006年1月2日", "2006年01月02日", "2006 年 1 月 2 日", "2006.1.2",
		" 2006-01-02 ", "２００６－０１－０２", "２００６／１／２", "　2006.01.02", "2006-01-02 00:00:00", "2006-01-02T00:00:00", "2006/1/2 0:00",
	} {
		if got, err := Parse(text); err != nil || got != Must("2006-01-02") {
			t.Errorf("%q: %s %v", text, got, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, key := range map[string]string{
		"":                    "day.format",
		"06-1-2":              "day.format",
		"2006-1/2":            "day.format",
		"2006年1月":             "day.format",
		"2006年1月2":            "day.format",
		"1/2/2006":            "day.format",
		"2006-001-2":          "day.format",
		"2006-01-02 13:00:00": "day.format",
		"45292":               "day.format",
		"明天":                  "day.format",
		"2026-02-30":          "day.no_such_day",
		"20261301":            "day.no_such_day",
		"0000-01-01":          "day.no_such_day",
	} {
		if got, err := Parse(text); errs.KeyOf(err) != key || errs.KindOf(err) != errs.Invalid {
			t.Errorf("%q: %s %v, want %s", text, got, err, key)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2006-01-02", "2006年1月2日", "20060102", "2006.1.2", "9999/12/31", "年月日", "２００６－１－２", "2006-01-02 00:00:00", "\xff年"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := Parse(s)
		if err != nil {
			if d != 0 || errs.KeyOf(err) == "" {
				t.Fatalf("%q: %s with %v", s, d, err)
			}
			return
		}
		for _, text := range []string{d.String(), d.Chinese()} {
			if again, err := Parse(text); err != nil && d.Year() >= 1000 || again != d && d.Year() >= 1000 {
				t.Fatalf("%q → %s → %q → %s %v", s, d, text, again, err)
			}
		}
	})
}

func TestExcelSerials(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		serial   float64
		date1904 bool
		want     string
	}{
		{1, false, "1900-01-01"},
		{59, false, "1900-02-28"},
		{60, false, ""},
		{61, false, "1900-03-01"},
		{36526, false, "2000-01-01"},
		{45292, false, "2024-01-01"},
		{45292.75, false, "2024-01-01"},
		{43830, true, "2024-01-01"},
		{2958465, false, "9999-12-31"},
		{2958466, false, ""},
		{2958465, true, ""},
		{0, false, ""},
		{-3, false, ""},
		{math.NaN(), false, ""},
		{math.Inf(1), false, ""},
		{4.21202e17, false, ""},
	} {
		got, err := FromExcel(c.serial, c.date1904)
		if got.String() != c.want || (err == nil) != (c.want != "") || err != nil && errs.KeyOf(err) != "day.serial" {
			t.Errorf("%v: %q %v, want %q", c.serial, got, err, c.want)
		}
	}
}

func TestStoredAndSentAsISOText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.OneOf(anyDay(), rapid.Just(Day(0))).Draw(t, "d")
		stored, err := d.Value()
		if err != nil {
			t.Fatal(err)
		}
		var fromDB, fromBytes, fromJSON Day = 1, 1, 1
		if err := fromDB.Scan(stored); err != nil || fromDB != d {
			t.Fatalf("%s stored as %v read as %s %v", d, stored, fromDB, err)
		}
		if err := fromBytes.Scan([]byte(d.String())); err != nil || fromBytes != d {
			t.Fatalf("%s from bytes: %s %v", d, fromBytes, err)
		}
		sent, err := json.Marshal(d)
		if err != nil || string(sent) != `"`+d.String()+`"` {
			t.Fatalf("sent as %s %v", sent, err)
		}
		if err := json.Unmarshal(sent, &fromJSON); err != nil || fromJSON != d {
			t.Fatalf("%s: %s %v", sent, fromJSON, err)
		}
	})
}

func TestScanRefuses(t *testing.T) {
	t.Parallel()
	for _, from := range []any{"2006/1/2", "2006-02-30", "2006-1-02", int64(5), time.Now()} {
		d := Day(7)
		if err := d.Scan(from); err == nil || d != 7 {
			t.Errorf("%v: read as %s", from, d)
		}
	}
}
