package web_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
)

func TestHeadersEverywhere(t *testing.T) {
	t.Parallel()
	x := serve(t, func(c *web.Config) { c.Tiles = []string{"https://t0.tianditu.gov.cn"} },
		route("GET /ok", web.Public, say("x")), route("GET /office", web.Office, say("x")),
		route("GET /panic", web.Public, func(http.ResponseWriter, *web.Request) error { panic("x") }),
		route("POST /ok", web.Public, say("x")))
	for _, target := range []string{"/ok", "/office", "/panic", "/nothing", "/healthz", "/readyz", "/metrics", "/assets/small.txt", "/assets/none", "//ok"} {
		h := x.ask("GET", target).Header()
		csp := h.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https://t0.tianditu.gov.cn;") ||
			strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", target, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "same-origin" || h.Get("X-Request-Id") == "" ||
			h.Get("Cross-Origin-Opener-Policy") != "same-origin" {
			t.Errorf("%s: %v", target, h)
		}
	}
}

func TestCrossSite(t *testing.T) {
	t.Parallel()
	x := serve(t, nil, route("POST /x", web.Public, say("done")), route("GET /x", web.Public, say("seen")))
	want(t, x.ask("POST", "/x", header("Sec-Fetch-Site", "cross-site")), 403, "别的网站")
	want(t, x.ask("POST", "/x", header("Origin", "https://evil.example")), 403)
	want(t, x.ask("POST", "/x", header("Sec-Fetch-Site", "same-origin")), 200, "done")
	want(t, x.ask("POST", "/x"), 200, "done")
	want(t, x.ask("GET", "/x", header("Sec-Fetch-Site", "cross-site")), 200, "seen")
}

func TestGzip(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("青年", 2000)
	x := serve(t, nil, route("GET /long", web.Public, say(long)), route("GET /short", web.Public, say("青年")),
		route("GET /png", web.Public, func(w http.ResponseWriter, _ *web.Request) error {
			w.Header().Set("Content-Type", "image/png")
			_, err := io.WriteString(w, long)
			return err
		}),
		route("GET /csv", web.Public, func(w http.ResponseWriter, _ *web.Request) error {
			w.Header().Set("Content-Type", "text/csv; charset=utf-8")
			for range 3 {
				if _, err := io.WriteString(w, long); err != nil {
					return err
				}
				if err := http.NewResponseController(w).Flush(); err != nil {
					return err
				}
			}
			return nil
		}))
	for _, c := range []struct {
		target, accept string
		packed         bool
		body           string
	}{
		{"/long", "gzip, br", true, long},
		{"/long", "br, gzip;q=0.5", true, long},
		{"/long", "gzip;q=0", false, long},
		{"/long", "", false, long},
		{"/short", "gzip", false, "青年"},
		{"/png", "gzip", false, long},
		{"/csv", "gzip", true, long + long + long},
	} {
		w := x.ask("GET", c.target, header("Accept-Encoding", c.accept))
		body := io.Reader(w.Body)
		if packed := w.Header().Get("Content-Encoding") == "gzip"; packed != c.packed {
			t.Errorf("%s %q: packed %v", c.target, c.accept, packed)
			continue
		} else if packed {
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			body = z
		}
		got, err := io.ReadAll(body)
		if err != nil || string(got) != c.body {
			t.Errorf("%s %q: %d bytes %v", c.target, c.accept, len(got), err)
		}
	}
	if h := x.ask("HEAD", "/long", header("Accept-Encoding", "gzip")); h.Body.Len() != 0 || h.Code != 200 {
		t.Errorf("HEAD %d %d", h.Code, h.Body.Len())
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	x := serve(t, nil)
	w := x.ask("GET", "/assets/app-84d41c2382c1.js", header("Accept-Encoding", "gzip"))
	want(t, w, 200)
	h := w.Header()
	if h.Get("Cache-Control") != "public, max-age=31536000, immutable" || h.Get("Content-Encoding") != "gzip" || !strings.Contains(h.Get("Content-Type"), "javascript") {
		t.Errorf("%v", h)
	}
	if n, _ := strconv.Atoi(h.Get("Content-Length")); n != w.Body.Len() || n > 1000 {
		t.Errorf("%d bytes, said %d", w.Body.Len(), n)
	}
	again := x.ask("GET", "/assets/app-84d41c2382c1.js", header("If-None-Match", `"x", `+h.Get("ETag")))
	want(t, again, 304)
	if again.Body.Len() > 0 {
		t.Error("an unchanged file is sent again")
	}
	want(t, x.ask("GET", "/assets/app-84d41c2382c1.js"), 200, "let a=1;")
	if c := x.ask("GET", "/assets/small.txt").Header().Get("Cache-Control"); c != "no-cache" {
		t.Errorf("a file without hash is kept: %q", c)
	}
	for _, hostile := range []string{"/assets/", "/assets/none.js", "/assets/%2e%2e/web.go", "/assets/.keep", "/assets/a%00b"} {
		if w := x.ask("GET", hostile); w.Code == 200 {
			t.Errorf("%s: %d", hostile, w.Code)
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	var ready error
	x := serve(t, func(c *web.Config) { c.Ready = func(context.Context) error { return ready } })
	want(t, x.ask("GET", "/healthz"), 200, "ok")
	want(t, x.ask("GET", "/readyz"), 200, "ok")
	ready = errors.New("secret: database gone")
	w := x.ask("GET", "/readyz")
	want(t, w, 503, "not ready")
	if strings.Contains(w.Body.String(), "secret") {
		t.Error("the reason is shown to everybody")
	}
	want(t, x.ask("GET", "/healthz"), 200, "ok")
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	x := serve(t, func(c *web.Config) { c.MetricsToken = "token" },
		route("GET /x/{id}", web.Public, say("x")), route("GET /full", web.Public, failing(errs.New(errs.Conflict, "t.full", errs.Args{"course": "x"}))))
	x.ask("GET", "/x/canary")
	x.ask("GET", "/full")
	x.ask("BREW", "/x/1")
	local := from("127.0.0.1:9")
	w := x.ask("GET", "/metrics", local)
	want(t, w, 200, `zhidian_http_requests_total{method="GET",route="GET /x/{id}",status="200"} 1`, `zhidian_http_errors_total{kind="conflict"} 1`,
		`zhidian_http_in_flight 1`, `zhidian_http_duration_seconds_bucket`, `method="other"`)
	if strings.Contains(w.Body.String(), "canary") || strings.Contains(w.Body.String(), "BREW") {
		t.Error("an address became a label")
	}
	want(t, x.ask("GET", "/metrics", from("[::1]:9")), 200)
	want(t, x.ask("GET", "/metrics", from("1.2.3.4:9")), 404)
	want(t, x.ask("GET", "/metrics", local, header("X-Forwarded-For", "127.0.0.1")), 404)
	want(t, x.ask("GET", "/metrics", from("1.2.3.4:9"), header("Authorization", "Bearer token")), 200)
	want(t, x.ask("GET", "/metrics", from("1.2.3.4:9"), header("Authorization", "Bearer tokem")), 404)
	none := serve(t, nil)
	want(t, none.ask("GET", "/metrics", from("1.2.3.4:9"), header("Authorization", "Bearer ")), 404)
}

func TestServeStops(t *testing.T) {
	t.Parallel()
	started, release := make(chan struct{}), make(chan struct{})
	x := serve(t, nil, route("GET /long", web.Public, func(w http.ResponseWriter, r *web.Request) error {
		close(started)
		<-release
		return r.Page(w, 200, page("finished"))
	}))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- x.Serve(ctx, l) }()
	got := make(chan string, 1)
	go func() {
		r, err := http.Get("http://" + l.Addr().String() + "/long")
		if err != nil {
			got <- err.Error()
			return
		}
		defer r.Body.Close()
		b, _ := io.ReadAll(r.Body)
		got <- string(b)
	}()
	<-started
	stop()
	close(release)
	if s := <-got; s != "finished" {
		t.Errorf("a request under way got %q", s)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	want(t, x.ask("GET", "/readyz"), 503)
}

func TestWrapAndDownload(t *testing.T) {
	t.Parallel()
	x := serve(t, nil, route("GET /x", web.Public, web.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "city="+web.From(r.Context()).City)
	}))), route("GET /file", web.Public, func(w http.ResponseWriter, r *web.Request) error {
		web.Download(w, "咸宁\"\r\n名册.csv", "text/csv")
		_, err := io.WriteString(w, "x")
		return err
	}), route("GET /json", web.Public, func(w http.ResponseWriter, r *web.Request) error {
		return r.JSON(w, 200, map[string]int{"n": 1})
	}))
	want(t, x.ask("GET", "/x"), 200, "city=xianning")
	want(t, x.ask("GET", "/json"), 200, `{"n":1}`)
	disposition := x.ask("GET", "/file").Header().Get("Content-Disposition")
	if disposition != `attachment; filename="_____.csv"; filename*=UTF-8''%E5%92%B8%E5%AE%81%22%E5%90%8D%E5%86%8C.csv` {
		t.Errorf("%q", disposition)
	}
	if web.From(context.Background()) != nil {
		t.Error("a request out of nothing")
	}
}
