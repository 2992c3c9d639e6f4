// Package density shows where young people are, where organisations of the league are missing, and where to go first.
package density

import (
	"sync"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// What people do with density.
var (
	Read    = authz.Verb{Key: "density.read"}
	Count   = authz.Verb{Key: "density.count", Writes: Written}
	Export  = authz.Verb{Key: "density.export"}
	Assign  = authz.Verb{Key: "density.assign", Writes: "blind_spot " + casework.Written}
	Visit   = authz.Verb{Key: "density.visit", Writes: "blind_spot"}
	Dismiss = authz.Verb{Key: "density.dismiss", Writes: "blind_spot"}
	Reopen  = authz.Verb{Key: "density.reopen", Writes: "blind_spot"}
	Outline = authz.Verb{Key: "density.outline", Writes: "boundary"}
)

// Written names the tables that counting anew touches, for the verbs of imports that call it in their own act.
const Written = "figure unit_count blind_spot"

// Verbs lists the verbs of this package.
var Verbs = []authz.Verb{Read, Count, Export, Assign, Visit, Dismiss, Reopen, Outline}

// Threshold is the size below which a group of people is not shown to readers without list rights (issue of the city's
// statistics rule: groups under 5).
const Threshold = 5

// YouthBands are the age bands in which villages report their young people.
var YouthBands = []string{"14-17", "18-22", "23-28", "29-35"}

// MemberBands are the age bands of members. Everybody has one: those older than 28, and those whose birth nobody
// recorded, are in the last.
var MemberBands = []person.Band{{Key: "0-17", From: 0, To: 17}, {Key: "18-22", From: 18, To: 22}, {Key: "23-", From: 23, To: 200}}

// Service is the use cases of density.
type Service struct {
	DB      *sqldb.DB
	Matters *casework.Service // where blind spots are assigned

	mu   sync.Mutex
	kept []kept // snapshots read lately, the newest first
}
