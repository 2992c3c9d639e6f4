package web_test

import (
	"bufio"
	"bytes"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"zhidian/internal/platform/web"
)

func echo(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	return r.Page(w, 200, page("name="+f.Text("name")+" key="+r.Key+" once="+r.Actor.Once))
}

func TestBody(t *testing.T) {
	t.Parallel()
	x := serve(t, nil,
		route("POST /x", web.Public, echo), route("GET /x", web.Public, echo),
		web.Route{Pattern: "POST /short", Door: web.Public, Body: 10, Handle: echo})
	kind := func(k string) edit { return header("Content-Type", k) }
	name := url.Values{"name": {"张三"}, "_key": {"ABCDEFGH"}}
	for label, c := range map[string]struct {
		target string
		edits  []edit
		status int
		text   string
	}{
		"form":           {"/x", []edit{form(name)}, 200, "name=张三 key=ABCDEFGH once=ABCDEFGH"},
		"query ignored":  {"/x?name=李四", []edit{form(url.Values{})}, 200, "name= "},
		"key in header":  {"/x", []edit{form(url.Values{}), header("Idempotency-Key", "k_1-2345678")}, 200, "key=k_1-2345678"},
		"bad key":        {"/x", []edit{form(url.Values{"_key": {"a b c d e f g"}})}, 422, "防重复编号"},
		"short key":      {"/x", []edit{form(url.Values{"_key": {"abc"}})}, 422, "防重复编号"},
		"other charset":  {"/x", []edit{form(name), kind("application/x-www-form-urlencoded; charset=gbk")}, 415, "UTF-8"},
		"utf-8":          {"/x", []edit{form(name), kind("application/x-www-form-urlencoded; charset=UTF-8")}, 200, "张三"},
		"no media type":  {"/x", []edit{form(name), kind("///")}, 415, "格式不对"},
		"too long":       {"/short", []edit{form(name)}, 413, "最多 10 B"},
		"long, not said": {"/short", []edit{form(name), func(r *http.Request) { r.ContentLength = -1 }}, 413, "最多 10 B"},
		"broken escapes": {"/x", []edit{func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader("name=%zz")), 8
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}}, 422, "不完整"},
	} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			want(t, x.ask("POST", c.target, c.edits...), c.status, c.text)
		})
	}
	want(t, x.ask("GET", "/x?name=李四"), 200, "name=李四")
	if first, second := web.NewKey(), web.NewKey(); first == second || len(first) != 26 {
		t.Error("keys repeat")
	}
}

func multi(t *testing.T, build func(*multipart.Writer)) edit {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	build(m)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b.Bytes())), int64(b.Len())
		r.Header.Set("Content-Type", m.FormDataContentType())
	}
}

func TestUpload(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	x := serve(t, func(c *web.Config) { c.TempDir = temp },
		web.Route{Pattern: "POST /up", Door: web.Public, Body: 2 << 20, Handle: func(w http.ResponseWriter, r *web.Request) error {
			var seen int64
			u, err := r.Upload(func(n int64) { seen = n })
			if err != nil {
				return err
			}
			f, _ := u.File("sheet")
			body, err := os.ReadFile(f.Path)
			if err != nil {
				return err
			}
			text := web.Read(r).Text("source") + "|" + f.Name + "|" + string(body[:min(5, len(body))]) + "|" + r.L.Int(f.Size) + "|" + r.L.Int(seen) + "|" + r.Key
			if err := u.Remove(); err != nil {
				return err
			}
			return r.Page(w, 200, page(text))
		}})
	send := func(name, content string) edit {
		return multi(t, func(m *multipart.Writer) {
			_ = m.WriteField("source", "registry")
			_ = m.WriteField("_key", "ABCDEFGH")
			w, _ := m.CreateFormFile("sheet", name)
			_, _ = io.WriteString(w, content)
		})
	}
	want(t, x.ask("POST", "/up", send("C:\\桌面\\..\\团员.xlsx", "hello")), 200, "registry|团员.xlsx|hello|5|21|ABCDEFGH")
	want(t, x.ask("POST", "/up", send("a\u202eb.xls", "hello")), 200, "|ab.xls|")
	want(t, x.ask("POST", "/up", send("big.xlsx", strings.Repeat("x", 3<<20))), 413, "最多 2 MB")
	want(t, x.ask("POST", "/up", send("big.xlsx", strings.Repeat("x", 3<<20)), func(r *http.Request) { r.ContentLength = -1 }), 413)
	want(t, x.ask("POST", "/up", form(url.Values{"a": {"b"}})), 415)
	want(t, x.ask("POST", "/up", send("a", "hello"), func(r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b[:len(b)-40])), -1
	}), 422, "不完整")
	want(t, x.ask("POST", "/up", multi(t, func(m *multipart.Writer) {
		for range 10_001 {
			_ = m.WriteField("a", "b")
		}
	})), 422, "不完整")
	want(t, x.ask("POST", "/up", multi(t, func(m *multipart.Writer) { _ = m.WriteField("a", strings.Repeat("b", 3<<19)) })), 422)
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("%d uploads are left over", len(left))
	}
}

// A sender who stops in mid-form is told so when the patience for bodies is over; the test waits for the answer, not for a time.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	x := serve(t, func(c *web.Config) { c.BodyTime = 20 * time.Millisecond }, route("POST /x", web.Public, echo))
	server := httptest.NewServer(x)
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nname=")
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusRequestTimeout {
		t.Errorf("status %d", answer.StatusCode)
	}
}
