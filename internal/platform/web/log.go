package web

import (
	"context"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"zhidian/internal/platform/errs"
)

// log writes the one line of a request. It names the route, never the address that was typed, so that no search word
// and no number of a person gets into the log.
func (s *Server) log(a *answer, took time.Duration) {
	level := slog.LevelInfo
	if a.status >= http.StatusInternalServerError && errs.KindOf(a.fault) != errs.Busy {
		level = slog.LevelError
	}
	attrs := []slog.Attr{
		slog.String("id", a.id),
		slog.String("method", methodName(a.hr.Method)),
		slog.String("route", a.route),
		slog.Int("status", a.status),
		slog.Float64("ms", float64(took.Microseconds())/1000),
		slog.Int64("bytes", a.bytes),
	}
	for _, x := range [...]struct{ name, value string }{
		{"city", a.city}, {"verb", a.verb}, {"session", a.session}, {"number", a.number}, {"stack", string(a.stack)},
	} {
		if x.value != "" {
			attrs = append(attrs, slog.String(x.name, x.value))
		}
	}
	if a.fault != nil {
		attrs = append(attrs, slog.String("err", scrub(a.fault.Error())))
	}
	if a.aborted {
		attrs = append(attrs, slog.Bool("cut", true))
	}
	s.Log.LogAttrs(context.Background(), level, "request", attrs...)
}

// methodName keeps invented methods out of log and metrics.
func methodName(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

var longNumber = regexp.MustCompile(`[0-9]{7,}[0-9Xx]?`)

// scrub takes phone, ID and account numbers out of a technical error, which may quote what a database was given.
func scrub(s string) string {
	if len(s) > 2000 {
		s = strings.ToValidUTF8(s[:2000], "")
	}
	return longNumber.ReplaceAllString(s, "#")
}
