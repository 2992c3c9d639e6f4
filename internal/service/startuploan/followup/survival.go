package followup

import "zhidian/internal/platform/day"

// Marks are after how many months it is counted whether a business lives.
var Marks = [3]int{12, 24, 36}

// Fate is what is known of a business at a mark.
type Fate int

// The fates.
const (
	NotYet  Fate = iota // the mark lies ahead
	Unknown             // it has passed, and nothing was told that would say
	Lives               // it was there on the mark or later
	Gone                // it had closed before
)

// FateAt tells whether a business lived so many months after money was first paid out, as far as was known by the end of a day. What was
// told must be in the order of days; what was withdrawn, or told nothing, is passed over.
//
// A business lives at the mark if the first that was told of it on the mark or later says that it trades, pauses or has moved, or that it
// closed only after the mark. It is gone if that, or without any such the last that was told before, says that it closed before. Else
// nobody knows: what traded a month before the mark may have closed since.
func FateAt(first day.Day, months int, told []Snapshot, on day.Day) Fate {
	mark := first.AddMonths(months)
	if mark > on {
		return NotYet
	}
	fate := Unknown
	for _, s := range told {
		if s.Withdrawn > 0 || s.State == Unmet || s.On > on {
			continue
		}
		switch {
		case s.State == Closed && s.Since < mark:
			fate = Gone
		case s.On >= mark || s.State == Closed:
			fate = Lives
		default:
			fate = Unknown
		}
		if s.On >= mark {
			return fate
		}
	}
	return fate
}

// JobsOn gives the jobs at the latest that was told by the end of a day; false where nothing was.
func JobsOn(told []Snapshot, on day.Day) (jobs int64, known bool) {
	for _, s := range told {
		if s.Withdrawn == 0 && s.State != Unmet && s.On <= on {
			jobs, known = s.Jobs(), true
		}
	}
	return jobs, known
}
