// Package form is what the city asks and what is answered: forms with their versions, and answers that keep the version
// to which they were given.
package form

import "embed"

// Messages holds the texts of what is wrong with a form or an answer.
//
//go:embed messages
var Messages embed.FS
