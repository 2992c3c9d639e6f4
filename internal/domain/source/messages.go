package source

import "embed"

// Messages holds the texts of this package's errors.
//
//go:embed messages
var Messages embed.FS
