package enrolment

import "embed"

// Messages are the texts of this package's errors and verbs.
//
//go:embed messages
var Messages embed.FS
