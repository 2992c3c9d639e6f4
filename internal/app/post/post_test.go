package post

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"zhidian/internal/domain/notice"
)

// server is a mail server that takes one message, or refuses its receiver.
func server(t *testing.T, refuse bool) (addr string, got <-chan string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	all := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		r := bufio.NewReader(c)
		say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
		say("220 here")
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			switch verb := strings.ToUpper(strings.Fields(line + " x")[0]); {
			case verb == "RCPT" && refuse:
				say("550 5.1.1 <a@x.example> is unknown")
			case verb == "DATA":
				say("354 go on")
				text := ""
				for {
					line, err := r.ReadString('\n')
					if err != nil || line == ".\r\n" {
						break
					}
					text += line
				}
				all <- text
				say("250 taken")
			case verb == "QUIT":
				say("221 bye")
				return
			default:
				say("250 ok")
			}
		}
	}()
	return l.Addr().String(), all
}

func TestMailIsHandedOver(t *testing.T) {
	t.Parallel()
	addr, got := server(t, false)
	s := &Server{Addr: addr, From: "zhidian@x.example", Plain: true}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	if err := s.Mail(t.Context(), notice.Mail{To: "a@x.example", Subject: "支点通知", Text: "有新的通知", Off: "https://x.example/notices/off/y"}); err != nil {
		t.Fatal(err)
	}
	text := <-got
	for _, must := range []string{"List-Unsubscribe: <https://x.example/notices/off/y>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "Subject: =?UTF-8?", "Message-ID: <"} {
		if !strings.Contains(text, must) {
			t.Errorf("%q lacks %q", text, must)
		}
	}
}

func TestWhatAMailServerSaysIsNotQuoted(t *testing.T) {
	t.Parallel()
	addr, _ := server(t, true)
	s := &Server{Addr: addr, From: "zhidian@x.example", Plain: true}
	err := s.Mail(t.Context(), notice.Mail{To: "a@x.example", Subject: "x", Text: "y"})
	if err == nil || strings.Contains(err.Error(), "a@") || !strings.Contains(err.Error(), "550") {
		t.Error(err)
	}
	s.Plain = false // nothing goes over an open line where TLS is asked for
	addr, got := server(t, false)
	s.Addr = addr
	if err := s.Mail(t.Context(), notice.Mail{To: "a@x.example", Subject: "x", Text: "y"}); err == nil || len(got) > 0 {
		t.Error("sent without TLS", err)
	}
	for _, bad := range []*Server{{Addr: "nowhere", From: "a@b.c"}, {Addr: "h:99999", From: "a@b.c"}, {Addr: "h:25", From: "nobody"}} {
		if bad.Check() == nil {
			t.Errorf("%+v", bad)
		}
	}
}

func TestARobotSpeaks(t *testing.T) {
	t.Parallel()
	answer, status, body := `{"errcode":0}`, 200, ""
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		body = string(b)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	defer h.Close()
	r := &Robot{URL: h.URL + "/send?key=secret"}
	if err := r.Say(t.Context(), "有新的事项"); err != nil || body != `{"msgtype":"text","text":{"content":"有新的事项"}}` {
		t.Error(err, body)
	}
	for _, c := range []struct {
		answer string
		status int
	}{{`{"errcode":93000,"errmsg":"invalid webhook url"}`, 200}, {`<html>`, 200}, {`{}`, 200}, {``, 500}} {
		answer, status = c.answer, c.status
		if err := r.Say(t.Context(), "x"); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v: %v", c, err)
		}
	}
	h.Close()
	if err := r.Say(context.Background(), "x"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}
