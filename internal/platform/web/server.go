package web

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
)

// Config is what the server is told at the start.
type Config struct {
	Routes   []Route
	Messages *i18n.Catalog

	// City names the city that a host name belongs to, and its time zone; a host it does not know is answered with 404.
	City     func(host string) (slug string, zone *time.Location, ok bool)
	Sessions Sessions // of browsers
	Tokens   Sessions // of programs at the API door; nil: nobody enters there

	// Render draws an error page. Without it, or when it fails, the page is plain text.
	Render func(ctx context.Context, w io.Writer, r *Request, f Fault) error
	// GiveBack is the page that shows a form again that was sent when its session had ended; nil: none is shown.
	GiveBack func(r *Request, k Kept) Component
	Assets   fs.FS                           // what lies under /assets/
	Ready    func(ctx context.Context) error // nil: ready at once

	// Refused notes that somebody signed in was refused: the route's verb, empty where it has none, and its pattern, which
	// holds no id. It is called a few times per session and hour, so that a probing client does not flood the log.
	Refused func(ctx context.Context, by authz.Actor, verb, pattern string) error

	Secure         bool           // viewers come by https, to us or to a proxy before us
	TLS            *tls.Config    // nil: a proxy speaks TLS, or nobody does
	TrustedProxies []netip.Prefix // whose word about the viewer's address counts
	Tiles          []string       // https origins of a map's base tiles
	MetricsToken   string         // lets others than this machine read /metrics; empty: nobody
	FlashKey       []byte         // signs messages for the next page; empty: a new one at each start
	TempDir        string         // where uploads wait; empty: the system's

	Rates      *Rates // nil: DefaultRates
	BodyTime   time.Duration
	SignIn     string // the sign-in page; others follow
	NewSecret  string // where a password must be changed
	SecondStep string // where the second factor is asked

	Log *slog.Logger
	Now func() time.Time // nil: the clock
}

// Server is the one handler of everything.
type Server struct {
	Config
	mux      *http.ServeMux
	crossing *http.CrossOriginProtection
	policy   string
	limiter  *Limiter
	meters   *meters
	closing  atomic.Bool
}

// New builds the server and refuses routes that lack a door, a method, a handler, or that exist twice.
func New(c Config) (s *Server, err error) {
	defer func() {
		if p := recover(); p != nil { // the mux panics on patterns that contradict each other
			s, err = nil, fmt.Errorf("web: %v", p)
		}
	}()
	if c.Messages == nil || c.City == nil {
		return nil, errors.New("web: messages and city are needed")
	}
	s = &Server{Config: c, mux: http.NewServeMux(), crossing: http.NewCrossOriginProtection()}
	if err := s.fillIn(); err != nil {
		return nil, err
	}
	if s.policy, err = contentPolicy(c.Tiles); err != nil {
		return nil, err
	}
	for _, route := range s.Routes {
		if err := route.check(); err != nil {
			return nil, err
		}
		s.mux.HandleFunc(route.Pattern, s.adapt(route))
	}
	s.mux.HandleFunc("/", s.adapt(Route{Pattern: "/", Door: Open, Limit: Reading, Handle: s.nothingHere}))
	s.mux.HandleFunc(keptPattern, s.adapt(Route{Pattern: keptPattern, Door: Public, Body: largeBody, Handle: s.giveBack}))
	s.mux.HandleFunc("GET /healthz", s.raw(healthy))
	s.mux.HandleFunc("GET /readyz", s.raw(s.readiness))
	s.mux.HandleFunc("GET /metrics", s.raw(s.metrics))
	if c.Assets != nil {
		s.mux.Handle("GET /assets/", s.raw(newShelf(c.Assets, "/assets/").ServeHTTP))
	}
	return s, nil
}

func (s *Server) fillIn() error {
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.BodyTime == 0 {
		s.BodyTime = 30 * time.Second
	}
	if s.Rates == nil {
		s.Rates = DefaultRates()
	}
	if s.SignIn == "" {
		s.SignIn = "/sign-in"
	}
	if s.NewSecret == "" {
		s.NewSecret = s.SignIn
	}
	if s.SecondStep == "" {
		s.SecondStep = s.SignIn
	}
	if len(s.FlashKey) == 0 {
		s.FlashKey = make([]byte, 32)
		if _, err := rand.Read(s.FlashKey); err != nil {
			return err
		}
	}
	s.limiter = NewLimiter(maxBuckets)
	s.meters = newMeters()
	return nil
}

func (route Route) check() error {
	method, _, _ := strings.Cut(route.Pattern, " ")
	switch {
	case route.Door == 0 || route.Door > API:
		return fmt.Errorf("web: %s has no door", route.Pattern)
	case route.Handle == nil:
		return fmt.Errorf("web: %s has no handler", route.Pattern)
	case method == "" || strings.ContainsAny(method, "/{"):
		return fmt.Errorf("web: %s names no method", route.Pattern)
	case route.Door == Open && !route.Verb.IsZero():
		return fmt.Errorf("web: %s asks for a verb at a door where nobody is known", route.Pattern)
	}
	return nil
}

// ServeHTTP answers one request: it is the whole way from the first byte to the line in the log.
func (s *Server) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	a := s.newAnswer(w, hr)
	defer a.finish()
	err := guarded(a, func() error {
		s.secureHeaders(a)
		slug, zone, ok := s.City(hr.Host)
		if !ok {
			a.zone = time.UTC
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		a.city, a.zone = slug, zone
		if err := s.crossing.Check(hr); err != nil {
			return errs.Wrap(err, errs.Denied, "web.crossing", nil)
		}
		s.mux.ServeHTTP(a, hr)
		return nil
	})
	if err != nil {
		s.fail(a, s.newRequest(a, hr), err)
	}
}

// raw is for handlers that look after themselves and need neither viewer nor limits.
func (s *Server) raw(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, hr *http.Request) {
		if a, ok := w.(*answer); ok {
			a.route = hr.Pattern
		}
		h(w, hr)
	}
}

// Serve listens until ctx ends, then says that it is not ready, lets the requests under way finish for at most 20 s, and returns.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		TLSConfig:         s.TLS,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	done := make(chan error, 1)
	go func() {
		if s.TLS != nil {
			done <- server.ServeTLS(l, "", "")
			return
		}
		done <- server.Serve(l)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	s.closing.Store(true)
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	if err := server.Shutdown(late); err != nil {
		return errors.Join(err, server.Close())
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n")
}

func (s *Server) readiness(w http.ResponseWriter, hr *http.Request) {
	ctx, cancel := context.WithTimeout(hr.Context(), 5*time.Second)
	defer cancel()
	var err error
	switch {
	case s.closing.Load():
		err = errors.New("closing")
	case s.Ready != nil:
		err = s.Ready(ctx)
	}
	if err != nil {
		s.Log.Warn("not ready", "err", scrub(err.Error()))
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "not ready\n")
		return
	}
	healthy(w, hr)
}

// nothingHere answers where no route leads: with 405 where another method would, else 404.
func (s *Server) nothingHere(w http.ResponseWriter, r *Request) error {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := s.mux.Handler(other); pattern != "/" && pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	return errs.New(errs.Invalid, "web.method", nil)
}

// Limiter is the server's own, for whoever must count by something else than session and address.
func (s *Server) Limiter() *Limiter { return s.limiter }
