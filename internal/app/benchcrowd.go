package app

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// crowd is people who all want the same at the same time. Requests are written by hand: a client that costs as much as the
// server would measure itself.
type crowd struct {
	host     string
	url      string
	span     time.Duration      // over which they arrive; 0: all at once
	page     func(i int) string // what is looked at beside
	requests [][]byte
	answers  []crowdAnswer
	pages    []time.Duration // that looking took
}

type crowdAnswer struct {
	status int
	to     string        // where the answer leads
	sent   time.Time     // when the request was written
	took   time.Duration // since it was due
	failed error
}

// callers is how many connections the crowd comes through, as from a few proxies.
const callers = 512

func newCrowd(at string, span time.Duration, page func(i int) string) *crowd {
	return &crowd{url: at, host: strings.TrimPrefix(at, "http://"), span: span, page: page}
}

// wants adds somebody who sends a form, from an address of her own, with a session or, where that is empty, without.
func (c *crowd) wants(path, session string, form url.Values) {
	i, body, cookie := len(c.requests), form.Encode(), ""
	if session != "" {
		cookie = "Cookie: session=" + session + "\r\n"
	}
	c.requests = append(c.requests, fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\n%sX-Forwarded-For: 10.%d.%d.%d\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
		path, c.host, cookie, i>>16, i>>8&255, i&255, len(body), body))
}

// run lets them come and gives the figures of the answers.
func (c *crowd) run(ctx context.Context) (map[string]any, error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	watched, unwatch := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { c.watch(watched) })
	c.answers = make([]crowdAnswer, len(c.requests))
	began := time.Now().Add(100 * time.Millisecond)
	due := func(i int) time.Time {
		return began.Add(time.Duration(float64(c.span) * float64(i) / float64(len(c.requests))))
	}
	for range callers {
		wg.Go(func() {
			var line *crowdLine
			for i := int(next.Add(1)) - 1; i < len(c.requests) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				time.Sleep(time.Until(due(i)))
				line = c.send(line, i, due(i))
			}
			line.close()
		})
	}
	wg.Wait()
	spent := time.Since(began)
	unwatch()
	watching.Wait()
	var took []time.Duration
	failed, placedPages := 0, 0
	for _, a := range c.answers {
		if a.failed != nil || a.status != http.StatusSeeOther {
			failed++
			continue
		}
		took = append(took, a.took)
		placedPages++
	}
	if len(took) == 0 {
		return nil, fmt.Errorf("nobody was answered: %+v", c.answers[0])
	}
	slices.Sort(took)
	slices.Sort(c.pages)
	f := map[string]any{
		"attempts": len(c.requests), "answered": placedPages, "errors": failed, "seconds": spent.Seconds(),
		"per_second": float64(len(took)) / spent.Seconds(), "p50_ms": milli(took[len(took)/2]), "p99_ms": milli(took[len(took)*99/100]), "max_ms": milli(took[len(took)-1]),
	}
	if len(c.pages) > 0 {
		f["page_p95_ms"] = milli(c.pages[len(c.pages)*95/100])
	}
	if failed > 0 {
		i := slices.IndexFunc(c.answers, func(a crowdAnswer) bool { return a.failed != nil || a.status != http.StatusSeeOther })
		f["first_error"] = fmt.Sprintf("%d %v", c.answers[i].status, c.answers[i].failed)
	}
	return f, nil
}

// watch asks for the public pages beside, ten times a second.
func (c *crowd) watch(ctx context.Context) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+c.page(i), nil)
		if err != nil {
			return
		}
		req.Header.Set("X-Forwarded-For", "10.255.0."+strconv.Itoa(i%256))
		at := time.Now()
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			continue
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if res.StatusCode == http.StatusOK {
			c.pages = append(c.pages, time.Since(at))
		}
	}
}

// crowdLine is a connection that is used again and again.
type crowdLine struct {
	net.Conn
	in *bufio.Reader
}

func (l *crowdLine) close() {
	if l != nil {
		_ = l.Close()
	}
}

// send sends one request and reads its answer; it gives the connection for the next, nil where it is of no more use.
func (c *crowd) send(line *crowdLine, i int, due time.Time) *crowdLine {
	a := &c.answers[i]
	if line == nil {
		conn, err := net.Dial("tcp", c.host)
		if err != nil {
			a.failed = err
			return nil
		}
		line = &crowdLine{conn, bufio.NewReaderSize(conn, 4096)}
	}
	_, a.failed = line.Write(c.requests[i])
	a.sent = time.Now()
	if a.failed == nil {
		a.failed = line.read(a)
	}
	a.took = time.Since(due)
	if a.failed != nil {
		line.close()
		return nil
	}
	return line
}

func (l *crowdLine) read(a *crowdAnswer) error {
	head, err := l.in.ReadSlice('\n')
	if err != nil {
		return err
	}
	if a.status, err = strconv.Atoi(string(bytes.Fields(head)[1])); err != nil {
		return err
	}
	length := 0
	for {
		head, err = l.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(bytes.TrimSpace(head)) == 0 {
			break
		}
		name, value, _ := strings.Cut(string(head), ":")
		switch strings.ToLower(name) {
		case "location":
			a.to = strings.TrimSpace(value)
		case "content-length":
			length, err = strconv.Atoi(strings.TrimSpace(value))
		case "transfer-encoding":
			return errors.New("an answer of unknown length")
		}
		if err != nil {
			return err
		}
	}
	_, err = l.in.Discard(length)
	return err
}
