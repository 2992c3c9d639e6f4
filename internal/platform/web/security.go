package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// contentPolicy lets a page load nothing but our own files, and a map its base tiles.
func contentPolicy(tiles []string) (string, error) {
	for _, t := range tiles {
		u, err := url.Parse(t)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.Path != "" || strings.ContainsAny(t, " ;,'\"") {
			return "", fmt.Errorf("web: %q is not an https origin", t)
		}
	}
	more := ""
	if len(tiles) > 0 {
		more = " " + strings.Join(tiles, " ")
	}
	return strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:" + more,
		"connect-src 'self'" + more, "media-src 'self'", "worker-src 'self'", "manifest-src 'self'", "form-action 'self'",
		"frame-ancestors 'none'", "base-uri 'none'", "font-src 'self'",
	}, "; "), nil
}

// secureHeaders go with every answer, errors and files too.
func (s *Server) secureHeaders(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", s.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), browsing-topics=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store") // offices share computers; what may be kept says so itself
	if s.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}
