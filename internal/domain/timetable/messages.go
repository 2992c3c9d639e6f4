package timetable

import "embed"

// Messages are the texts of this package's errors.
//
//go:embed messages
var Messages embed.FS
