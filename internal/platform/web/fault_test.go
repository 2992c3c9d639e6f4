package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
)

func TestEveryKind(t *testing.T) {
	t.Parallel()
	var p errs.Problems
	p.Add("born", "field.required", nil)
	p.Add("name", "field.long", errs.Args{"max": 60})
	for name, c := range map[string]struct {
		err    error
		status int
		text   string
	}{
		"invalid":   {errs.New(errs.Invalid, "field.required", nil), 422, "此项必填"},
		"problems":  {p.Err(), 422, "有 2 处需要改正"},
		"denied":    {errs.New(errs.Denied, "errs.denied", nil), 403, "没有办理此事的权限"},
		"absent":    {errs.New(errs.Absent, "errs.absent", nil), 404, "没有找到您要的内容"},
		"conflict":  {errs.New(errs.Conflict, "t.full", errs.Args{"course": "书法"}), 409, "书法已满"},
		"busy":      {errs.New(errs.Busy, "errs.busy", nil), 503, "系统正忙"},
		"internal":  {errs.Wrap(errors.New("secret 42"), errs.Internal, "t.open", nil), 500, "错误编号 E-"},
		"foreign":   {errors.New("pq: secret"), 500, "错误编号 E-"},
		"wrapped":   {fmt.Errorf("secret: %w", errs.New(errs.Conflict, "errs.stale", nil)), 409, "别人已经作了修改"},
		"forgotten": {errs.New(errs.Conflict, "t.secret", nil), 409, "请稍后再试"},
		"deadline":  {fmt.Errorf("secret: %w", context.DeadlineExceeded), 503, "系统正忙"},
		"large":     {&http.MaxBytesError{Limit: 2 << 20}, 413, "最多 2 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := serve(t, nil, route("GET /x", web.Public, failing(c.err)), route("GET /api/v1/x", web.Open, failing(c.err)))
			w := x.ask("GET", "/x?q=canary")
			want(t, w, c.status, c.text)
			number := regexp.MustCompile(`E-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}`).FindString(w.Body.String())
			if number == "" || strings.Count(x.log.String(), `"number":"`+number+`"`) != 1 {
				t.Errorf("number %q in page and log: %s", number, x.log)
			}
			if strings.Contains(w.Body.String(), "secret") || strings.Contains(x.log.String(), "canary") {
				t.Errorf("raw text gets out: %s %s", w.Body, x.log)
			}
			if (c.status == 503) != (w.Header().Get("Retry-After") != "") {
				t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
			}
			if w.Header().Get("Content-Security-Policy") == "" {
				t.Error("an error page without policy")
			}
			j := x.ask("GET", "/api/v1/x")
			var got struct {
				Status         int
				Detail, Number string
				Errors         []struct{ Field, Key, Detail string }
			}
			if err := json.Unmarshal(j.Body.Bytes(), &got); err != nil || j.Header().Get("Content-Type") != "application/problem+json" {
				t.Fatalf("%v: %s", err, j.Body)
			}
			if got.Status != c.status || j.Code != c.status || !strings.Contains(got.Detail, strings.TrimSuffix(c.text, " E-")) || got.Number == "" {
				t.Errorf("problem %+v", got)
			}
			if name == "problems" && (len(got.Errors) != 2 || got.Errors[1].Detail != "最多 60 个字") {
				t.Errorf("problems %+v", got.Errors)
			}
		})
	}
}

func TestPanic(t *testing.T) {
	t.Parallel()
	x := serve(t, nil,
		route("GET /x", web.Public, func(http.ResponseWriter, *web.Request) error { panic("secret 13800000000") }),
		route("GET /y", web.Public, say("broken")))
	want(t, x.ask("GET", "/x"), 500, "错误编号")
	if l := x.log.String(); !strings.Contains(l, `"stack"`) || !strings.Contains(l, "panic: secret #") || strings.Contains(l, "13800000000") {
		t.Errorf("log %s", l)
	}
	w := x.ask("GET", "/y")
	want(t, w, 500, "错误编号")
	if strings.Contains(w.Body.String(), "secret") {
		t.Error("a template's fault is shown")
	}
}

func TestErrorPageThatFails(t *testing.T) {
	t.Parallel()
	for name, render := range map[string]func(context.Context, io.Writer, *web.Request, web.Fault) error{
		"error": func(context.Context, io.Writer, *web.Request, web.Fault) error { return errors.New("no") },
		"panic": func(context.Context, io.Writer, *web.Request, web.Fault) error { panic("no") },
		"none":  nil,
	} {
		x := serve(t, func(c *web.Config) { c.Render = render })
		w := x.ask("GET", "/nothing")
		want(t, w, 404, "没有找到", "E-")
		if got := w.Header().Get("Content-Type"); got != "text/plain; charset=utf-8" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestBegunAnswerIsCut(t *testing.T) {
	t.Parallel()
	x := serve(t, nil, route("GET /export", web.Public, func(w http.ResponseWriter, r *web.Request) error {
		w.Header().Set("Content-Type", "text/csv")
		_, _ = io.WriteString(w, "half")
		return errors.New("disk")
	}))
	defer func() {
		if p := recover(); p != http.ErrAbortHandler {
			t.Errorf("the connection is not cut: %v", p)
		}
		if !strings.Contains(x.log.String(), `"cut":true`) {
			t.Errorf("log %s", x.log)
		}
	}()
	x.ask("GET", "/export", header("Accept-Encoding", "gzip"))
}

func TestHeadersOfARefusedFileAreGone(t *testing.T) {
	t.Parallel()
	x := serve(t, nil, route("GET /export", web.Public, func(w http.ResponseWriter, _ *web.Request) error {
		web.Download(w, "团员 名册.xlsx", "application/vnd.ms-excel")
		w.Header().Set("Content-Length", "99999")
		return errs.New(errs.Denied, "errs.denied", nil)
	}))
	w := x.ask("GET", "/export")
	want(t, w, 403)
	if h := w.Header(); h.Get("Content-Disposition") != "" || h.Get("Content-Length") == "99999" {
		t.Errorf("%v", h)
	}
}

func TestGoneViewer(t *testing.T) {
	t.Parallel()
	x := serve(t, nil, route("GET /x", web.Public, func(_ http.ResponseWriter, r *web.Request) error { return r.Context().Err() }))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := x.ask("GET", "/x", func(r *http.Request) { *r = *r.WithContext(ctx) })
	if w.Body.Len() > 0 || !strings.Contains(x.log.String(), `"status":499`) {
		t.Errorf("%s %s", w.Body, x.log)
	}
}

func TestLogLine(t *testing.T) {
	t.Parallel()
	x := serve(t, nil, web.Route{Pattern: "GET /person/{id}", Door: web.Office, Verb: look, Handle: say("hello")})
	token := x.sessions.add(staff(web.Whole))
	x.ask("GET", "/person/canary?q=canary", cookie("session", token))
	var line map[string]any
	if err := json.Unmarshal(bytes.TrimSpace([]byte(x.log.String())), &line); err != nil {
		t.Fatalf("%v: %s", err, x.log)
	}
	for k, v := range map[string]any{
		"msg": "request", "method": "GET", "route": "GET /person/{id}", "status": 200.0, "bytes": 5.0, "city": "xianning", "verb": "test.look",
	} {
		if line[k] != v {
			t.Errorf("%s is %v, want %v", k, line[k], v)
		}
	}
	if s, _ := line["session"].(string); len(s) != 12 || strings.Contains(x.log.String(), "canary") || strings.Contains(x.log.String(), token) {
		t.Errorf("log %s", x.log)
	}
}
