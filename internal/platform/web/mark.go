package web

import (
	"net/http"
	"time"
)

const (
	markCookie = "mark"
	markFor    = 24 * time.Hour
)

// Mark tells one browser from another for a day: by a random text that it keeps, and by nothing about it. The first time it is
// given to the browser and comes back as empty, since a browser that keeps none would have another each time.
func (r *Request) Mark(w http.ResponseWriter) string {
	if c, err := r.Cookie(r.server.cookieName(markCookie)); err == nil {
		if _, ok := hashToken(c.Value); ok {
			return c.Value
		}
	}
	mark, _ := NewToken()
	r.server.setCookie(w, markCookie, mark, markFor)
	return ""
}
