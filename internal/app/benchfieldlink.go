package app

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// poorLink is a way to a server that is narrow and drops: whatever is under way breaks off, and nothing comes through for a
// while.
type poorLink struct {
	in    net.Listener
	to    string
	rate  int // bytes a second each way
	mu    sync.Mutex
	down  bool
	ends  map[net.Conn]bool
	broke atomic.Int64 // connections that were cut while they were open
	drops atomic.Int64
	stop  chan struct{}
}

// newPoorLink lays a link that drops every so often, the first time after a part of that.
func newPoorLink(to string, rate int, every, first, out time.Duration) (*poorLink, error) {
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &poorLink{in: in, to: to, rate: rate, ends: map[net.Conn]bool{}, stop: make(chan struct{})}
	go l.drop(every, first, out)
	go func() {
		for {
			here, err := in.Accept()
			if err != nil {
				return
			}
			go l.carry(here)
		}
	}()
	return l, nil
}

func (l *poorLink) url() string { return "http://" + l.in.Addr().String() }

func (l *poorLink) close() {
	close(l.stop)
	_ = l.in.Close()
	l.set(true)
}

func (l *poorLink) drop(every, first, out time.Duration) {
	next := time.NewTimer(first)
	defer next.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-next.C:
		}
		l.set(true)
		l.drops.Add(1)
		select {
		case <-l.stop:
			return
		case <-time.After(out):
		}
		l.set(false)
		next.Reset(every - out)
	}
}

func (l *poorLink) set(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down = down; !down {
		return
	}
	for c := range l.ends {
		_ = c.Close()
	}
	l.broke.Add(int64(len(l.ends) / 2))
	clear(l.ends)
}

func (l *poorLink) carry(here net.Conn) {
	defer here.Close()
	there, err := net.Dial("tcp", l.to)
	if err != nil {
		return
	}
	defer there.Close()
	l.mu.Lock()
	if l.down {
		l.mu.Unlock()
		return
	}
	l.ends[here], l.ends[there] = true, true
	l.mu.Unlock()
	go func() {
		_, _ = io.Copy(there, narrow{here, l.rate})
		_ = there.Close()
	}()
	_, _ = io.Copy(here, narrow{there, l.rate})
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.ends, here)
	delete(l.ends, there)
}

// narrow lets through so many bytes a second.
type narrow struct {
	from io.Reader
	rate int
}

func (n narrow) Read(b []byte) (int, error) {
	got, err := n.from.Read(b[:min(len(b), max(1, n.rate/50))])
	time.Sleep(time.Duration(got) * time.Second / time.Duration(n.rate))
	return got, err
}
