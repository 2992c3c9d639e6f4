// Package startuploanweb is the pages of applications for loans: for founders on their phones, for the counter, and for the desks.
package startuploanweb

import "embed"

// Messages are the texts of these pages and of the errors of the service.
//
//go:embed messages
var Messages embed.FS
