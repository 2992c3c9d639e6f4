// Package icaltest reads calendars as strictly as the grammar of RFC 5545 is written, for tests.
package icaltest

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// Event is one event as a strict reader sees it: values by the name of their property.
type Event map[string]string

var (
	nameOf  = regexp.MustCompile(`^[A-Z0-9-]+$`)
	paramOf = regexp.MustCompile(`^;[A-Z0-9-]+=[^";:,\x00-\x1f]+`)
	instant = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}Z$`)
	escaped = regexp.MustCompile(`^(?:[^\\;,\x00-\x08\x0a-\x1f\x7f]|\\[\\;,nN])*$`)
)

// Parse reads a calendar and fails the test at the first thing that the grammar does not allow.
func Parse(t testing.TB, body []byte) (head Event, all []Event) {
	t.Helper()
	raw := string(body)
	if !strings.HasSuffix(raw, "\r\n") || strings.Contains(strings.ReplaceAll(raw, "\r\n", ""), "\n") || strings.Contains(strings.ReplaceAll(raw, "\r\n", ""), "\r") {
		t.Fatal("a line does not end with CRLF")
	}
	var lines []string
	for _, l := range strings.Split(strings.TrimSuffix(raw, "\r\n"), "\r\n") {
		switch {
		case len(l) > 75:
			t.Fatalf("a line of %d bytes: %q", len(l), l)
		case l == "":
			t.Fatal("an empty line")
		case l[0] == ' ' && len(lines) == 0:
			t.Fatal("the first line continues nothing")
		case l[0] == ' ':
			lines[len(lines)-1] += l[1:]
			if strings.ToValidUTF8(l, "") != l {
				t.Fatalf("a character is cut in two: %q", l)
			}
		default:
			lines = append(lines, l)
		}
	}
	if lines[0] != "BEGIN:VCALENDAR" || lines[len(lines)-1] != "END:VCALENDAR" {
		t.Fatalf("it begins with %q and ends with %q", lines[0], lines[len(lines)-1])
	}
	head = Event{}
	at := head
	for _, l := range lines[1 : len(lines)-1] {
		name, value := split(t, l)
		switch {
		case l == "BEGIN:VEVENT":
			if len(at) > 0 && at["UID"] != "" {
				t.Fatal("an event within an event")
			}
			at = Event{}
			continue
		case l == "END:VEVENT":
			check(t, at)
			all = append(all, at)
			at = Event{}
			continue
		case name == "BEGIN" || name == "END":
			t.Fatalf("an unknown part: %q", l)
		case at[name] != "":
			t.Fatalf("%s stands twice", name)
		}
		at[name] = read(t, name, value)
	}
	if head["VERSION"] != "2.0" || head["PRODID"] == "" {
		t.Fatalf("the head lacks something: %v", head)
	}
	seen := map[string]bool{}
	for _, e := range all {
		if seen[e["UID"]] {
			t.Fatalf("the UID %s stands twice", e["UID"])
		}
		seen[e["UID"]] = true
	}
	return head, all
}

func split(t testing.TB, line string) (name, value string) {
	t.Helper()
	end := strings.IndexAny(line, ":;")
	if end < 0 || !nameOf.MatchString(line[:end]) {
		t.Fatalf("no property: %q", line)
	}
	name, rest := line[:end], line[end:]
	for strings.HasPrefix(rest, ";") {
		p := paramOf.FindString(rest)
		if p == "" {
			t.Fatalf("a parameter that is none: %q", line)
		}
		rest = rest[len(p):]
	}
	if !strings.HasPrefix(rest, ":") {
		t.Fatalf("no value: %q", line)
	}
	return name, rest[1:]
}

func read(t testing.TB, name, value string) string {
	t.Helper()
	switch name {
	case "DTSTAMP", "DTSTART", "DTEND", "LAST-MODIFIED":
		if _, err := time.Parse("20060102T150405Z", value); err != nil || !instant.MatchString(value) {
			t.Fatalf("%s is no moment: %q", name, value)
		}
		return value
	case "SEQUENCE":
		if !regexp.MustCompile(`^(0|[1-9][0-9]{0,8})$`).MatchString(value) {
			t.Fatalf("SEQUENCE is no number that readers hold: %q", value)
		}
		return value
	case "URL":
		return value
	}
	if !escaped.MatchString(value) {
		t.Fatalf("%s is not escaped: %q", name, value)
	}
	return strings.NewReplacer(`\\`, `\`, `\;`, `;`, `\,`, `,`, `\n`, "\n", `\N`, "\n").Replace(value)
}

func check(t testing.TB, e Event) {
	t.Helper()
	for _, must := range []string{"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "STATUS"} {
		if e[must] == "" {
			t.Fatalf("an event without %s: %v", must, e)
		}
	}
	if e["DTSTART"] >= e["DTEND"] {
		t.Fatalf("an event that ends before it starts: %v", e)
	}
	if !slices.Contains([]string{"CONFIRMED", "CANCELLED", "TENTATIVE"}, e["STATUS"]) {
		t.Fatalf("no state: %v", e)
	}
}
