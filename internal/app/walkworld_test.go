package app

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/testworld"
)

// The walkers' places. A is the first county, B its mirror.
const (
	countyA  = "咸安区"
	countyB  = "嘉鱼县"
	villageA = countyA + "甲镇一村"
	villageB = countyB + "甲镇一村"
)

// walkWorld is an installation with a city and its twin, and the real routes before it.
type walkWorld struct {
	in         *installation
	svc        *services
	city, twin *testworld.World
	server     *web.Server

	noteRefusal func(ctx context.Context, by authz.Actor, verb, pattern string) error
	sessions    signedIn
	log         *lockedLog
	tables      *tableWatch
	subjects    map[string]subject
	walkers     []walker
	sight       *lookout
}

// signedIn is the store of sessions that are there because the test says so; like the real one it knows sessions by city.
type signedIn map[[32]byte]web.Session

// Find implements web.Sessions.
func (s signedIn) Find(_ context.Context, city string, hash [32]byte, _ time.Time) (web.Session, error) {
	got, ok := s[hash]
	if !ok || got.Actor.City != city {
		return web.Session{}, errs.New(errs.Absent, "errs.absent", nil)
	}
	return got, nil
}

// walker is somebody who stands at the doors.
type walker struct {
	name  string
	role  authz.Role
	at    string // the node of the role by name, empty without one
	staff bool
	token string // empty: nobody is signed in
	twin  bool   // belongs to the twin city
}

// holds tells whether the walker holds a verb anywhere.
func (v walker) holds(verb string) bool {
	for _, x := range v.role.Verbs {
		if x.Key == verb {
			return true
		}
	}
	return false
}

// lockedLog keeps what the server logs.
type lockedLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newWalkWorld(t *testing.T) *walkWorld {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "walk")
	if err := found(dir, City{Slug: testworld.City, Name: "咸宁", Zone: "Asia/Shanghai"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	in, err := migrated(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.db.Close() })
	w := &walkWorld{in: in, log: &lockedLog{}, sessions: signedIn{}}
	w.city, w.twin = testworld.BuildUnder(t, in.db, in.keys)
	srv, _, err := (&serving{}).assemble(in, slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	srv.Sessions, srv.Tokens, srv.Rates = w.sessions, w.sessions, web.NoRates()
	w.noteRefusal, srv.Refused = srv.Refused, nil // notes beside the walk would look like changes; see TestRefusalsAreNoted
	w.server = srv
	w.tables = watchTables(t, filepath.Join(dir, dbFile))
	w.furnish(t)
	w.sight = newLookout(t, w.secrets())
	w.gather(t)
	return w
}

// gather lets every role stand at the city, at county A and in a village of it, and with them those who hold nothing.
func (w *walkWorld) gather(t *testing.T) {
	t.Helper()
	w.walkers = append(w.walkers, walker{name: "stranger"})
	w.sign(t, walker{name: "public"}, w.city, web.Whole)
	w.sign(t, walker{name: "staff without a role", staff: true}, w.city, web.Whole)
	w.sign(t, walker{name: "clerk before TOTP", role: Roles()["clerk"], at: "咸宁市", staff: true}, w.city, web.NeedsTOTP)
	for _, at := range []string{"咸宁市", countyA, villageA} {
		for _, r := range Roles() {
			w.sign(t, walker{name: r.Key + " at " + at, role: r, at: at, staff: true}, w.city, web.Whole)
		}
	}
	w.sign(t, walker{name: "clerk of the twin city", role: Roles()["clerk"], at: "咸宁市", staff: true, twin: true}, w.twin, web.Whole)
}

func (w *walkWorld) sign(t *testing.T, v walker, at *testworld.World, phase web.Phase) {
	t.Helper()
	token, hash := web.NewToken()
	v.token = token
	a := authz.Actor{City: at.City, User: w.account(t, v, at), Name: "走查员"}
	if v.at != "" {
		n := at.Nodes[v.at]
		a.Desk, a.DeskID = n.Name, n.ID.String()
		a.Grants = []authz.Held{{Role: v.role, At: n.Path}}
	}
	w.sessions[hash] = web.Session{Actor: a, Phase: phase, Staff: v.staff}
	w.walkers = append(w.walkers, v)
}

// whole tells whether the walker is signed in to the city, with both factors.
func (v walker) whole() bool {
	return v.token != "" && !v.twin && !strings.Contains(v.name, "before TOTP")
}

// subject is what stands in the braces of a route: one in the village of county A, the one above it, its mirror in B,
// the twin's, and one that never was.
type subject struct{ a, above, b, twin, none string }

func noID() string { return id.New[walkWorld](time.Now()).String() }
