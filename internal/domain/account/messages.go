package account

import "embed"

// Messages holds the texts of this package's errors and the names of its verbs.
//
//go:embed messages
var Messages embed.FS
