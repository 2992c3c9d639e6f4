package web

import (
	"container/list"
	"crypto/sha256"
	"math"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"zhidian/internal/platform/errs"
)

// Limit is the class of what a request costs.
type Limit uint8

// The classes.
const (
	byMethod Limit = iota
	Reading
	Writing
	Searching
	Exporting
	SigningIn
	SendingCode // a one-time code by SMS
	Uploading   // a file from somebody who needs no account
)

// String names the class for metrics.
func (l Limit) String() string {
	return [...]string{"by-method", "read", "write", "search", "export", "login", "code", "upload"}[l]
}

// Rate is how often something may happen: so often at once, and so often in the long run. The zero rate is without limit.
type Rate struct {
	Burst     int
	PerSecond float64
}

// Rates are the limits for one session, for one address (behind which a whole office or a mobile network may sit),
// and for any other subject, such as a phone number.
type Rates struct{ Session, Address, Subject map[Limit]Rate }

const hour = 3600.0

// DefaultRates are generous to people and to offices behind one address, and hard on machines.
func DefaultRates() *Rates {
	return &Rates{
		Session: map[Limit]Rate{
			Reading: {60, 20}, Writing: {30, 5}, Searching: {30, 5}, Exporting: {10, 20 / hour}, SigningIn: {10, 120 / hour}, SendingCode: {3, 3 / hour},
		},
		Address: map[Limit]Rate{
			Reading: {1000, 300}, Writing: {300, 100}, Searching: {200, 60}, Exporting: {60, 200 / hour}, SigningIn: {60, 0.5}, SendingCode: {60, 200 / hour},
		},
		Subject: map[Limit]Rate{
			Reading: {60, 20}, Writing: {30, 5}, Searching: {30, 5}, Exporting: {10, 20 / hour}, SigningIn: {10, 60 / hour}, SendingCode: {3, 3 / hour},
			Uploading: {200, 0.3},
		},
	}
}

// NoRates are no limits, for benchmarks.
func NoRates() *Rates { return &Rates{} }

// maxBuckets bounds the limiter's memory to some 20 MB.
const maxBuckets = 50_000

// Limiter counts what each subject has asked for lately. It holds a bounded number of subjects, the latest.
type Limiter struct {
	mu      sync.Mutex
	buckets map[bucketKey]*list.Element
	order   *list.List // front: used last
	most    int
}

type bucketKey struct {
	sort    string
	limit   Limit
	subject [16]byte // hashed, so that no phone number lies about
}

type bucket struct {
	key bucketKey
	*rate.Limiter
}

// NewLimiter makes a limiter that remembers at most so many subjects.
func NewLimiter(most int) *Limiter {
	return &Limiter{buckets: map[bucketKey]*list.Element{}, order: list.New(), most: most}
}

// Len is how many subjects are remembered now.
func (l *Limiter) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.order.Len()
}

// Take counts one request of a subject of some sort; over the rate it is the error that the adapter answers with 429.
func (l *Limiter) Take(sort string, limit Limit, subject string, at Rate, now time.Time) error {
	if at == (Rate{}) {
		return nil
	}
	sum := sha256.Sum256([]byte(subject))
	key := bucketKey{sort: sort, limit: limit, subject: [16]byte(sum[:16])}
	l.mu.Lock()
	e, ok := l.buckets[key]
	if ok {
		l.order.MoveToFront(e)
	} else {
		if l.order.Len() >= l.most {
			oldest := l.order.Back()
			delete(l.buckets, oldest.Value.(bucket).key)
			l.order.Remove(oldest)
		}
		e = l.order.PushFront(bucket{key, rate.NewLimiter(rate.Limit(at.PerSecond), at.Burst)})
		l.buckets[key] = e
	}
	b := e.Value.(bucket)
	l.mu.Unlock()

	wait := b.ReserveN(now, 1)
	if d := wait.DelayFrom(now); d > 0 {
		wait.CancelAt(now)
		return tooOften(d)
	}
	return nil
}

// tooOften is the answer to who asks too often, with the seconds after which it is worth asking again.
func tooOften(wait time.Duration) error {
	seconds := int64(math.Ceil(wait.Seconds()))
	if wait > 24*time.Hour {
		seconds = 24 * hour
	}
	return errs.New(errs.Busy, "web.limited", errs.Args{"n": max(seconds, 1)})
}

// Take counts something else than the request itself, such as a code to a phone number.
// The subject is hashed before it is kept.
func (r *Request) Take(limit Limit, subject string) error {
	return r.server.limiter.Take("subject", limit, subject, r.server.Rates.Subject[limit], r.Now)
}

// Address is the viewer's address as far as it can be trusted, for the list of sessions that the viewer sees.
func (r *Request) Address() string { return r.server.address(r.Request) }

// address is the last address in the chain of proxies that we have no reason to trust. An IPv6 address counts by its /64,
// which is what one household gets.
func (s *Server) address(hr *http.Request) string {
	peer, err := netip.ParseAddrPort(hr.RemoteAddr)
	if err != nil {
		return "unknown"
	}
	addr := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(hr.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.trusts(addr); i-- {
		before, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = before.Unmap()
	}
	if addr.Is6() {
		if p, err := addr.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}

func (s *Server) trusts(addr netip.Addr) bool {
	for _, p := range s.TrustedProxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}
