package web_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"zhidian/internal/platform/web"
)

// BenchmarkPage is the way of one signed-in request through the counter, with limits and log, without network and database.
func BenchmarkPage(b *testing.B) {
	body := strings.Repeat("<p>团支部</p>", 500)
	x := serve(b, func(c *web.Config) { c.Rates = web.DefaultRates(); c.Rates.Session, c.Rates.Address = nil, nil },
		web.Route{Pattern: "GET /office", Door: web.Office, Verb: look, Handle: say(body)})
	token := x.sessions.add(staff(web.Whole))
	for _, accept := range []string{"", "gzip"} {
		b.Run("accept="+accept, func(b *testing.B) {
			for b.Loop() {
				r := httptest.NewRequest("GET", "/office", nil)
				cookie("session", token)(r)
				header("Accept-Encoding", accept)(r)
				x.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
