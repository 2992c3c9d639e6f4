package ical_test

import (
	"strings"
	"testing"
	"time"

	"zhidian/internal/platform/ical"
	"zhidian/internal/platform/ical/icaltest"
)

var morning = time.Date(2026, 7, 6, 8, 30, 0, 0, time.FixedZone("CST", 8*3600))

func TestACalendarIsReadByAStrictReader(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("作业辅导，安全自护；", 20)
	c := ical.Calendar{Name: "支点, 日历; 一", Maker: "-//Zhidian//ZH", Ask: time.Hour, Events: []ical.Event{
		{UID: "a@x", Title: long, Place: "甲镇\\青年之家\r\nEND:VEVENT", URL: "https://x.example/my/duties", Starts: morning, Ends: morning.Add(time.Hour), Changed: morning, Moves: 3},
		{UID: "b@x", Title: "二\u2028三\x00", Starts: morning, Ends: morning.Add(time.Hour), Changed: morning, Cancelled: true},
	}}
	head, all := icaltest.Parse(t, c.Write())
	if head["NAME"] != "支点, 日历; 一" || head["REFRESH-INTERVAL"] != "PT60M" {
		t.Errorf("%v", head)
	}
	if len(all) != 2 || all[0]["SUMMARY"] != long || all[0]["LOCATION"] != "甲镇\\青年之家\nEND:VEVENT" || all[0]["DTSTART"] != "20260706T003000Z" || all[0]["SEQUENCE"] != "3" {
		t.Errorf("%v", all)
	}
	if all[1]["STATUS"] != "CANCELLED" || all[1]["SUMMARY"] != "二\n三" {
		t.Errorf("%v", all[1])
	}
}

func TestAnEmptyCalendarIsOne(t *testing.T) {
	t.Parallel()
	if _, all := icaltest.Parse(t, ical.Calendar{Name: "x", Maker: "y"}.Write()); len(all) != 0 {
		t.Error(all)
	}
}

// Whatever stands in a title, the reader gets one event with that title.
func FuzzTitle(f *testing.F) {
	f.Add("写作业")
	f.Add("a\r\nEND:VCALENDAR\\;,")
	f.Fuzz(func(t *testing.T, title string) {
		c := ical.Calendar{Name: "x", Maker: "y", Events: []ical.Event{{UID: "a", Title: "." + title, Starts: morning, Ends: morning.Add(time.Hour), Changed: morning}}}
		if _, all := icaltest.Parse(t, c.Write()); len(all) != 1 {
			t.Fatalf("%d events", len(all))
		}
	})
}
