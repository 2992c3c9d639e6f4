package web

import (
	"embed"
	"io/fs"
)

// The folder is empty but for .keep until "make assets" has run; pages then stand without style.
//
//go:embed all:dist
var dist embed.FS

// Dist is the folder of built styles, scripts and icons, for ui.ReadAssets.
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the name is a constant: this cannot happen
	}
	return sub
}
