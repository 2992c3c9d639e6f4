package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"
)

// answer is the one writer that every handler writes to. It compresses what is worth it, frees the connection of a
// browser that has stopped reading, and remembers what the line in the log will say.
type answer struct {
	http.ResponseWriter
	server  *Server
	hr      *http.Request
	request *Request // once it is known
	began   time.Time
	zone    *time.Location

	status  int // zero until the answer has begun
	bytes   int64
	packed  *gzip.Writer
	aborted bool
	patient time.Time // when the deadline for writing was last moved

	id, route, verb, city, session, number string
	fault                                  error
	stack                                  []byte
}

const (
	writePatience = time.Minute // how long a browser may take for what it was sent
	smallBody     = 1 << 10     // not worth compressing
)

func (s *Server) newAnswer(w http.ResponseWriter, hr *http.Request) *answer {
	a := &answer{ResponseWriter: w, server: s, hr: hr, began: s.Now(), id: readable(12), route: "none"}
	w.Header().Set("X-Request-Id", a.id)
	s.meters.inFlight.Inc()
	return a
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// WriteHeader begins the answer.
func (a *answer) WriteHeader(status int) {
	if status < 200 {
		a.ResponseWriter.WriteHeader(status)
		return
	}
	if a.status != 0 {
		return
	}
	a.status = status
	a.wait()
	if a.worthPacking() {
		h := a.Header()
		h.Del("Content-Length")
		h.Set("Content-Encoding", "gzip")
		a.packed = takePacker(countedWriter{a})
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) worthPacking() bool {
	h := a.Header()
	if !packable(h.Get("Content-Type")) || h.Get("Content-Encoding") != "" {
		return false
	}
	h.Add("Vary", "Accept-Encoding")
	if n, err := strconv.Atoi(h.Get("Content-Length")); err == nil && n < smallBody {
		return false
	}
	switch a.status {
	case http.StatusNoContent, http.StatusPartialContent, http.StatusNotModified:
		return false
	}
	return a.hr.Method != http.MethodHead && takesGzip(a.hr)
}

// Write sends body bytes, beginning the answer with 200 if nobody has.
func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		if a.Header().Get("Content-Type") == "" {
			a.Header().Set("Content-Type", http.DetectContentType(p))
		}
		a.WriteHeader(http.StatusOK)
	}
	a.wait()
	if a.packed != nil {
		return a.packed.Write(p)
	}
	return countedWriter{a}.Write(p)
}

// FlushError sends what has been written so far, for progress.
func (a *answer) FlushError() error {
	if a.packed != nil {
		if err := a.packed.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(a.ResponseWriter).Flush()
}

func (a *answer) wait() {
	if now := time.Now(); now.Sub(a.patient) > writePatience/12 {
		a.patient = now
		_ = http.NewResponseController(a.ResponseWriter).SetWriteDeadline(now.Add(writePatience))
	}
}

// countedWriter counts what goes over the wire.
type countedWriter struct{ a *answer }

func (c countedWriter) Write(p []byte) (int, error) {
	n, err := c.a.ResponseWriter.Write(p)
	c.a.bytes += int64(n)
	return n, err
}

// abort ends an answer that has begun and cannot be finished, so that nobody takes the half for the whole.
func (a *answer) abort() {
	a.aborted = true
	panic(http.ErrAbortHandler)
}

// finish ends the answer, however it went, and writes its line.
func (a *answer) finish() {
	if a.packed != nil {
		if !a.aborted {
			_ = a.packed.Close()
		}
		givePacker(a.packed)
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	took := a.server.Now().Sub(a.began)
	a.server.meters.done(a, took)
	a.server.log(a, took)
}

// guarded runs a handler and makes an error of its panic.
func guarded(a *answer, run func() error) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			a.abort()
		default:
			a.stack = debug.Stack()
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return run()
}

func packable(contentType string) bool {
	t, _, _ := strings.Cut(contentType, ";")
	switch t = strings.TrimSpace(t); t {
	case "text/event-stream":
		return false
	case "application/json", "application/geo+json", "application/problem+json", "application/manifest+json",
		"application/javascript", "image/svg+xml":
		return true
	}
	return strings.HasPrefix(t, "text/")
}

func takesGzip(hr *http.Request) bool {
	for _, one := range strings.Split(hr.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(one), ";")
		if name == "gzip" {
			return strings.Trim(quality, " q=0.") != "" || quality == ""
		}
	}
	return false
}

var (
	packers = sync.Pool{New: func() any { // the fastest way: pages pack nearly as well, for a third of the time
		z, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
		if err != nil {
			panic(err) // cannot be: the level is one of the package's own
		}
		return z
	}}
	buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
)

func takePacker(to countedWriter) *gzip.Writer {
	z := packers.Get().(*gzip.Writer)
	z.Reset(to)
	return z
}

func givePacker(z *gzip.Writer) {
	z.Reset(nil)
	packers.Put(z)
}

func takeBuffer() *bytes.Buffer { return buffers.Get().(*bytes.Buffer) }

func giveBuffer(b *bytes.Buffer) {
	if b.Cap() <= 1<<20 {
		b.Reset()
		buffers.Put(b)
	}
}
