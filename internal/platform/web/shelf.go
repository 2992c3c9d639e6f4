package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// shelf serves the built styles, scripts and pictures. Each file is read, hashed and compressed once, when first asked for.
type shelf struct {
	files  fs.FS
	prefix string
	mu     sync.Mutex
	known  map[string]*asset
}

type asset struct {
	mediaType, tag string
	plain, packed  []byte // packed is nil where it would not be smaller
	forever        bool
}

// named matches files whose name holds a hash of their content: such a name never means anything else.
var named = regexp.MustCompile(`-[0-9A-Za-z]{8,16}\.[a-z0-9]+$`)

func newShelf(files fs.FS, prefix string) *shelf {
	return &shelf{files: files, prefix: prefix, known: map[string]*asset{}}
}

// ServeHTTP answers with the file, or says that the browser has it already.
func (s *shelf) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	file, ok := s.find(strings.TrimPrefix(hr.URL.Path, s.prefix))
	h := w.Header()
	if !ok {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("404\n"))
		return
	}
	h.Set("Content-Type", file.mediaType)
	h.Set("ETag", file.tag)
	h.Set("Cache-Control", "no-cache")
	if file.forever {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body := file.plain
	if file.packed != nil && takesGzip(hr) {
		body = file.packed
		h.Set("Content-Encoding", "gzip")
		h.Add("Vary", "Accept-Encoding") // the writer adds it where nothing is encoded
	}
	if Known(hr, file.tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if hr.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// Known tells whether whoever asks has this version already (RFC 9110 §13.1.2); tags are compared weakly.
func Known(r *http.Request, tag string) bool {
	for one := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == strings.TrimPrefix(tag, "W/") || one == "*" {
			return true
		}
	}
	return false
}

func (s *shelf) find(name string) (*asset, bool) {
	if !fs.ValidPath(name) || strings.HasPrefix(path.Base(name), ".") {
		return nil, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, ok := s.known[name]; ok {
		return a, true
	}
	plain, err := fs.ReadFile(s.files, name)
	if err != nil {
		return nil, false
	}
	sum := sha256.Sum256(plain)
	a := &asset{
		mediaType: mime.TypeByExtension(path.Ext(name)),
		tag:       `W/"` + hex.EncodeToString(sum[:12]) + `"`,
		plain:     plain,
		forever:   named.MatchString(name),
	}
	if a.mediaType == "" {
		a.mediaType = "application/octet-stream"
	}
	if packable(a.mediaType) && len(plain) >= smallBody {
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		_, _ = z.Write(plain)
		_ = z.Close()
		if b.Len() < len(plain) {
			a.packed = b.Bytes()
		}
	}
	s.known[name] = a
	return a, true
}
