// Package loanaudit recomputes an audit pack of subsidy claims from its inputs alone. It shares nothing with the program that wrote the pack
// but the days and the money of the platform, so that the two cannot be wrong in the same way.
package loanaudit

import (
	"embed"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
)

// Messages holds the texts of this package's problems, one file for each language.
//
//go:embed messages
var Messages embed.FS

// input is a pack as it was read.
type input struct {
	number, bank string
	from, to     day.Day // periods that end after from, up to to
	total        money.Fen
	loans        map[string]*loan
	fields       []field
	quotes       []quote
	lines        []line
	earlier      []claimed
}

type loan struct {
	row                               int
	number, area, kind, method, count string
	partners                          int
	poor                              bool
	from, to, extended, signed        day.Day
	principal                         money.Fen
	rate                              money.Rate
	basis, settle                     int
	penalty                           money.Fen // hundredths of the rate: 150
	moves                             []move
	excluded                          []span
	periods                           []period
	found                             *terms
}

type move struct {
	day    day.Day
	amount money.Fen // above zero drawn, below repaid
}

type span struct {
	from, to day.Day
	reason   string
}

// field is one row of the policies; without a name it says that the version has no text yet.
type field struct {
	version, area string
	from, until   day.Day
	name, value   string
	since         day.Day
	unverified    bool
}

type quote struct {
	from, until day.Day
	rate        money.Rate
	unverified  bool
}

type line struct {
	row                                int
	loan, status, version              string
	from, to                           day.Day
	days, slice, excluded              int
	segments                           []segment
	rate, lpr                          money.Rate
	interest, subsidy, province, local money.Fen
	split                              bool
}

type segment struct {
	amount money.Fen
	days   int
}

type claimed struct {
	loan     string
	from, to day.Day
	batch    string
}
