// Package ui draws the pages and their parts, the same for every service, from plain values and without knowing any of them.
package ui

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

// Messages are the words of the parts themselves, in both languages; a page brings its own.
//
//go:embed messages
var Messages embed.FS

// AssetsPath is where the built folder is served.
const AssetsPath = "/assets/"

// spriteURL is not named by content, so that an icon needs nothing but its name; the browser asks whether it has changed.
const spriteURL = AssetsPath + "sprite.svg"

// Assets are the built styles, scripts and icons, named by their content so that a browser may keep them for ever.
type Assets struct {
	names map[string]string // "app.css" → "app-0123456789ab.css"
}

// ReadAssets reads manifest.json of the built folder. Without it (assets not built) Built is false and pages stand unstyled.
func ReadAssets(files fs.FS) (*Assets, error) {
	a := &Assets{names: map[string]string{}}
	raw, err := fs.ReadFile(files, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the list of assets: %w", err)
	}
	if err := json.Unmarshal(raw, &a.names); err != nil {
		return nil, fmt.Errorf("read the list of assets: %w", err)
	}
	for name, file := range a.names {
		if _, err := fs.Stat(files, file); err != nil {
			return nil, fmt.Errorf("asset %s is listed but missing: %w", name, err)
		}
	}
	return a, nil
}

// Built tells whether styles and scripts are there; when not, say "make assets" in the log at start.
func (a *Assets) Built() bool { return a != nil && len(a.names) > 0 }

// URL gives the address of a built file by its plain name, "" when it was not built.
func (a *Assets) URL(name string) string {
	if a == nil || a.names[name] == "" {
		return ""
	}
	return AssetsPath + a.names[name]
}
