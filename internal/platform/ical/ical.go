// Package ical writes calendars as other programs read them (RFC 5545): times in UTC, so that no zone need be told.
package ical

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// MediaType is what a calendar is sent as.
const MediaType = "text/calendar; charset=utf-8"

// Event is something with a beginning and an end.
type Event struct {
	UID       string // the same for ever
	Title     string
	Place     string // may be empty
	URL       string // may be empty
	Starts    time.Time
	Ends      time.Time
	Changed   time.Time // when it was last changed
	Moves     int64     // grows with every change
	Cancelled bool
}

// Calendar is events under a name.
type Calendar struct {
	Name   string
	Maker  string        // the program that writes it, as in "-//Zhidian//ZH"
	Ask    time.Duration // how long a reader should wait before it asks again
	Events []Event
}

// Write gives the calendar as text.
func (c Calendar) Write() []byte {
	var w writer
	w.line("BEGIN", "VCALENDAR")
	w.line("VERSION", "2.0")
	w.line("PRODID", text(c.Maker))
	w.line("CALSCALE", "GREGORIAN")
	w.line("METHOD", "PUBLISH")
	w.line("NAME", text(c.Name))
	w.line("X-WR-CALNAME", text(c.Name)) // readers older than RFC 7986 know only this one
	minutes := "PT" + strconv.Itoa(max(1, int(c.Ask.Minutes()))) + "M"
	w.line("REFRESH-INTERVAL;VALUE=DURATION", minutes)
	w.line("X-PUBLISHED-TTL", minutes)
	for _, e := range c.Events {
		w.event(e)
	}
	w.line("END", "VCALENDAR")
	return []byte(w.String())
}

type writer struct{ strings.Builder }

func (w *writer) event(e Event) {
	w.line("BEGIN", "VEVENT")
	w.line("UID", text(e.UID))
	w.line("DTSTAMP", moment(e.Changed)) // of a published calendar it is when the event was last revised
	w.line("LAST-MODIFIED", moment(e.Changed))
	w.line("SEQUENCE", strconv.FormatInt(e.Moves, 10))
	w.line("DTSTART", moment(e.Starts))
	w.line("DTEND", moment(e.Ends))
	w.line("SUMMARY", text(e.Title))
	if e.Place != "" {
		w.line("LOCATION", text(e.Place))
	}
	if e.URL != "" {
		w.line("URL", e.URL)
	}
	state := "CONFIRMED"
	if e.Cancelled {
		state = "CANCELLED"
	}
	w.line("STATUS", state)
	w.line("END", "VEVENT")
}

// longest is how many bytes a line may have without its end.
const longest = 75

// line writes one line, cut into several where it is too long; no character is cut in two.
func (w *writer) line(name, value string) {
	rest, most := name+":"+value, longest
	for len(rest) > most {
		at := most
		for !utf8.RuneStart(rest[at]) {
			at--
		}
		w.WriteString(rest[:at] + "\r\n ")
		rest, most = rest[at:], longest-1 // the space counts
	}
	w.WriteString(rest + "\r\n")
}

func moment(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// text writes words so that nothing in them is read as a part of the calendar.
func text(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n':
			return r
		case r == '\u2028', r == '\u2029': // some readers take these for the end of a line
			return '\n'
		case r < ' ', r == 0x7f, r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
	return strings.NewReplacer(`\`, `\\`, `;`, `\;`, `,`, `\,`, "\n", `\n`).Replace(s)
}
