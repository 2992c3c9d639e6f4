package door

import "embed"

// Messages are the words of the frames.
//
//go:embed messages
var Messages embed.FS
