// Package ui draws the pages and their parts, the same for every service, from plain values and without knowing any of them.
package ui

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

// Messages are the words of the parts themselves, in both languages; a page brings its own.
//
//go:embed messages
var Messages embed.FS

// AssetsPath is where Assets must be served.
const AssetsPath = "/assets/"

// spriteURL is not named by content, so that an icon needs nothing but its name; the browser asks again in the background.
const spriteURL = AssetsPath + "sprite.svg"

// Assets are the built styles, scripts and icons, named by their content so that a browser may keep them for ever.
type Assets struct {
	files fs.FS
	names map[string]string // "app.css" → "app-0123456789ab.css"

	mu     sync.Mutex
	packed map[string][]byte // gzip, made at the first request
}

// ReadAssets reads manifest.json of the built folder. Without it (assets not built) Built is false and pages stand unstyled.
func ReadAssets(files fs.FS) (*Assets, error) {
	a := &Assets{files: files, names: map[string]string{}, packed: map[string][]byte{}}
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

const (
	keptForEver = "public, max-age=31536000, immutable"
	keptAWhile  = "public, max-age=600, stale-while-revalidate=86400"
)

// ServeHTTP answers below AssetsPath: built files for ever, the icons for a while.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	file, keep := path.Base(r.URL.Path), keptForEver
	if r.URL.Path == spriteURL {
		file, keep = a.names["sprite.svg"], keptAWhile
	}
	if !a.listed(file) {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType(file))
	h.Set("Cache-Control", keep)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", `"`+file+`"`)
	h.Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == `"`+file+`"` {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		packed, err := a.pack(file)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		h.Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed) // the visitor may have gone
		return
	}
	http.ServeFileFS(w, r, a.files, file)
}

func (a *Assets) listed(file string) bool {
	for _, known := range a.names {
		if known == file && file != "" {
			return true
		}
	}
	return false
}

func contentType(file string) string {
	switch path.Ext(file) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(path.Ext(file))
}

func (a *Assets) pack(file string) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if done, ok := a.packed[file]; ok {
		return done, nil
	}
	raw, err := fs.ReadFile(a.files, file)
	if err != nil {
		return nil, fmt.Errorf("read asset: %w", err)
	}
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	if _, err := zip.Write(raw); err != nil {
		return nil, fmt.Errorf("pack asset: %w", err)
	}
	if err := zip.Close(); err != nil {
		return nil, fmt.Errorf("pack asset: %w", err)
	}
	a.packed[file] = out.Bytes()
	return out.Bytes(), nil
}
