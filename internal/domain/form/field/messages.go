package field

import "embed"

// Messages are the texts of this package's errors, and of records.
//
//go:embed messages
var Messages embed.FS
