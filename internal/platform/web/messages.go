package web

import "embed"

// Messages are the texts of this package, of the errors that every package uses, and of the form fields.
//
//go:embed messages
var Messages embed.FS
