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

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
)

// crowd is the families at the opening minute. Requests are written by hand: a client that costs as much as the server would
// measure itself.
type crowd struct {
	b        *openingBench
	host     string
	url      string
	span     time.Duration // over which they arrive; 0: all at once
	requests [][]byte
	answers  []crowdAnswer
	pages    []time.Duration // of the public page of a class, asked for beside
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

func newCrowd(b *openingBench, at string, span time.Duration) *crowd {
	c := &crowd{b: b, url: at, host: strings.TrimPrefix(at, "http://"), span: span, answers: make([]crowdAnswer, len(b.families))}
	for i, f := range b.families {
		form := url.Values{"agreed": {"1"}, "_key": {web.NewKey()}}
		for _, child := range f.children {
			form.Add("child", child.String())
		}
		body := form.Encode()
		c.requests = append(c.requests, fmt.Appendf(nil, "POST /care/%s/join HTTP/1.1\r\nHost: %s\r\nCookie: session=%s\r\nX-Forwarded-For: 10.%d.%d.%d\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
			b.classes[f.class], c.host, f.token, i>>16, i>>8&255, i&255, len(body), body))
	}
	return c
}

// run lets them come and gives the figures of the answers.
func (c *crowd) run(ctx context.Context) (map[string]any, error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	watched, unwatch := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { c.watch(watched) })
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

// watch asks for the public page of one class after another, ten times a second.
func (c *crowd) watch(ctx context.Context) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+"/care/"+c.b.classes[i%len(c.b.classes)].String(), nil)
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

// check reads what came of it from the database, not from what the crowd remembers.
func (b *openingBench) check(ctx context.Context, dir, dsn string, c *crowd, figures map[string]any) error {
	in, err := open(ctx, dir, dsn)
	if err != nil {
		return err
	}
	defer in.db.Close()
	placed, queued, oversold, doubled, parted, lost, late := 0, 0, 0, 0, 0, 0, 0
	sent := map[string]time.Time{}
	for _, a := range c.answers {
		if a.status == http.StatusSeeOther {
			sent[a.to] = a.sent
		}
	}
	err = in.db.Read(ctx, b.by.City, func(q *sqldb.Rx) error {
		for _, class := range b.classes {
			roll, err := b.s.care.RollOf(q, class)
			if err != nil {
				return err
			}
			parties, err := enrolment.Parties(q, roll.ID)
			if err != nil {
				return err
			}
			held, seen := int64(0), map[person.ID]bool{}
			byTurn := map[int64]time.Time{}
			for _, p := range parties {
				for _, m := range p.Members {
					if seen[m.Person] {
						doubled++
					}
					seen[m.Person] = true
				}
				if int(p.Size) != len(p.Members) {
					parted++
				}
				switch {
				case p.State.Holds():
					placed += int(p.Size)
					held += p.Size
				case p.State == enrolment.Waiting:
					queued += int(p.Size)
					if p.Size <= roll.Left() {
						parted++ // it would fit
					}
				}
				to := "/my/care/" + p.Subject()
				if at, told := sent[to]; told {
					byTurn[p.Turn] = at
					delete(sent, to)
				}
			}
			if held > roll.Places || held != roll.Held {
				oversold++
			}
			late += inversions(byTurn, roll.Turn)
		}
		return nil
	})
	lost = len(sent) // answered, and not there
	figures["placed"], figures["queued"], figures["oversold"], figures["doubled"], figures["parted"], figures["lost"], figures["late_turns"] = placed, queued, oversold, doubled, parted, lost, late
	return err
}

// inversions counts the turns that are later than one whose request was written 250 ms or more after theirs.
func inversions(sent map[int64]time.Time, turns int64) (n int) {
	var earliest time.Time // of all later turns
	for t := turns; t > 0; t-- {
		at, ok := sent[t]
		if !ok {
			continue
		}
		if !earliest.IsZero() && at.Sub(earliest) >= 250*time.Millisecond {
			n++
		}
		if earliest.IsZero() || at.Before(earliest) {
			earliest = at
		}
	}
	return n
}
