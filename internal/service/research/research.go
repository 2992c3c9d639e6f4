// Package research asks what young people need and sees to it that they are answered: studies, seminars and visits, and
// the voices that are raised from them (需求调研).
package research

import (
	"slices"
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// What people do with voices.
var (
	ReadVoices = authz.Verb{Key: "voice.read"}
	RaiseVoice = authz.Verb{Key: "voice.raise", Writes: "voice " + casework.Written}
	MergeVoice = authz.Verb{Key: "voice.merge", Writes: "voice " + casework.Written} // with one that says the same, and apart again
	SetTerms   = authz.Verb{Key: "voice.terms", Writes: "voice_term"}

	// Solved and Unsolved are said by whoever asked.
	Solved   = authz.Verb{Key: "voice.solved", Writes: "voice voice_verdict " + casework.Written}
	Unsolved = authz.Verb{Key: "voice.unsolved", Writes: "voice voice_verdict " + casework.Written}

	// LiftedLate, LiftedUnsolved and Lapsed are taken by rule; nobody holds them.
	LiftedLate     = authz.Verb{Key: "voice.lifted_late", Writes: casework.Written}
	LiftedUnsolved = authz.Verb{Key: "voice.lifted_unsolved", Writes: casework.Written}
	Lapsed         = authz.Verb{Key: "voice.lapsed", Writes: casework.Written}
)

// VoiceVerbs lists the verbs of voices that people at desks hold.
var VoiceVerbs = []authz.Verb{ReadVoices, RaiseVoice, MergeVoice, SetTerms}

// Verbs lists the verbs of this service that people at desks hold.
var Verbs = slices.Concat(VoiceVerbs, StudyVerbs, []authz.Verb{ReadMeetings, HoldMeeting})

// Service is the use cases of needs research.
type Service struct {
	DB      *sqldb.DB
	Matters *casework.Service
	Forms   *form.Service
	People  *person.Service // of whom some are drawn
	Keys    seal.Provider
	Cursors *page.Cursors
	Serials *sqldb.Serials
	Zone    *time.Location // of the city
}
