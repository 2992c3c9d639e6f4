package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"zhidian/internal/platform/errs"
)

// meters are the server's figures for operations.
type meters struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	faults   *prometheus.CounterVec
	limited  *prometheus.CounterVec
	inFlight prometheus.Gauge
	show     http.Handler
}

func newMeters() *meters {
	m := &meters{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "zhidian_http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "zhidian_http_duration_seconds", Help: "Time from the first byte of a request to the last of its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .02, .04, .08, .15, .3, .6, 1.2, 2.5, 5, 10, 30, 120},
		}, []string{"route"}),
		faults: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "zhidian_http_errors_total", Help: "Requests answered with an error, by kind.",
		}, []string{"kind"}),
		limited: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "zhidian_http_limited_total", Help: "Requests refused because they came too often, by route.",
		}, []string{"route"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "zhidian_http_in_flight", Help: "Requests being answered now.",
		}),
	}
	m.registry.MustRegister(m.requests, m.duration, m.faults, m.limited, m.inFlight,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.show = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{DisableCompression: true})
	return m
}

func (m *meters) done(a *answer, took time.Duration) {
	m.inFlight.Dec()
	m.requests.WithLabelValues(methodName(a.hr.Method), a.route, strconv.Itoa(a.status)).Inc()
	m.duration.WithLabelValues(a.route).Observe(took.Seconds())
	if a.fault == nil {
		return
	}
	if errs.KeyOf(a.fault) == "web.limited" {
		m.limited.WithLabelValues(a.route).Inc()
		return
	}
	m.faults.WithLabelValues(errs.KindOf(a.fault).String()).Inc()
}

// Meters is where other parts of the program register their figures.
func (s *Server) Meters() prometheus.Registerer { return s.meters.registry }

// metrics shows the figures to this machine and to who holds the token; to all others there is nothing here.
func (s *Server) metrics(w http.ResponseWriter, hr *http.Request) {
	if s.onThisMachine(hr) || s.holdsMetricsToken(hr) {
		s.meters.show.ServeHTTP(w, hr)
		return
	}
	a := w.(*answer)
	s.fail(a, s.newRequest(a, hr), errs.New(errs.Absent, "errs.absent", nil))
}

// onThisMachine is strict: a request that a proxy on this machine hands on came from elsewhere.
func (s *Server) onThisMachine(hr *http.Request) bool {
	peer, err := netip.ParseAddrPort(hr.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() {
		return false
	}
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if len(hr.Header.Values(name)) > 0 {
			return false
		}
	}
	return true
}

func (s *Server) holdsMetricsToken(hr *http.Request) bool {
	token, ok := strings.CutPrefix(hr.Header.Get("Authorization"), "Bearer ")
	given, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(s.MetricsToken))
	return ok && s.MetricsToken != "" && subtle.ConstantTimeCompare(given[:], want[:]) == 1
}
