package e2e

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// line is a wire to a site that can be cut, for pages and service workers alike: while it is, nothing comes through.
type line struct {
	site
	mu   sync.Mutex
	cut  bool
	ends map[net.Conn]bool
}

// line lays a wire to the site.
func (s *site) line(t *testing.T) *line {
	t.Helper()
	in, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{site: site{url: "http://" + in.Addr().String(), dir: s.dir}, ends: map[net.Conn]bool{}}
	t.Cleanup(func() {
		in.Close()
		l.set(false)
	})
	go func() {
		for {
			here, err := in.Accept()
			if err != nil {
				return
			}
			go l.carry(here, strings.TrimPrefix(s.url, "http://"))
		}
	}()
	return l
}

// set cuts the wire or mends it. What was under way breaks off.
func (l *line) set(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut = !on; l.cut {
		for c := range l.ends {
			c.Close()
		}
	}
}

func (l *line) carry(here net.Conn, to string) {
	defer here.Close()
	there, err := new(net.Dialer).Dial("tcp", to)
	if err != nil {
		return
	}
	defer there.Close()
	l.mu.Lock()
	if l.cut {
		l.mu.Unlock()
		return
	}
	l.ends[here], l.ends[there] = true, true
	l.mu.Unlock()
	go func() {
		_, _ = io.Copy(there, here)
		there.Close()
	}()
	_, _ = io.Copy(here, there)
	l.mu.Lock()
	delete(l.ends, here)
	delete(l.ends, there)
	l.mu.Unlock()
}
