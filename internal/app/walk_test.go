package app

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/platform/web"
)

// TestEveryRouteIsListed keeps the table of routes and the program's routes the same.
func TestEveryRouteIsListed(t *testing.T) {
	t.Parallel()
	w := newWalkWorld(t)
	have := map[string]bool{}
	for _, r := range w.server.Routes {
		have[r.Pattern] = true
		v, ok := expected[r.Pattern]
		if !ok {
			t.Errorf("%s is in no table of expectations: say in walkroutes_test.go who may ask for it", r.Pattern)
			continue
		}
		if n := strings.Count(r.Pattern, "{") - strings.Count(r.Pattern, "{$}"); (n > 0) != (v.of != "") {
			t.Errorf("%s: its braces and the subject %q do not fit", r.Pattern, v.of)
		}
		if !r.Verb.IsZero() && v.who != r.Verb.Key {
			t.Errorf("%s asks for %s, expected is %s", r.Pattern, r.Verb.Key, v.who)
		}
		if doors, ok := doorsOf[v.who]; ok != (v.who == public || v.who == entry || v.who == staff || v.who == signed) || ok && !slices.Contains(doors, r.Door) {
			t.Errorf("%s lies behind the door %s, expected is %s", r.Pattern, r.Door, v.who)
		}
	}
	for pattern := range expected {
		if !have[pattern] {
			t.Errorf("%s is expected and is no route", pattern)
		}
	}
}

// doorsOf are the doors behind which a page for such people lies.
var doorsOf = map[string][]web.Door{
	public: {web.Open, web.Public}, entry: {web.Entry, web.Public}, staff: {web.Office, web.Public}, signed: {web.Public, web.Field},
}

// subjectsOf gives the words of a visit's path: one subject per brace, or one for all.
func (w *walkWorld) subjectsOf(t *testing.T, of string, pick func(subject) string) []string {
	t.Helper()
	if of == "" {
		return nil
	}
	var words []string
	for _, name := range strings.Fields(of) {
		if literal, ok := strings.CutPrefix(name, "="); ok {
			words = append(words, literal)
			continue
		}
		s, ok := w.subjects[name]
		if !ok {
			t.Fatalf("the world has no subject %q", name)
		}
		words = append(words, pick(s))
	}
	return words
}

var brace = regexp.MustCompile(`\{[^{}$]+\}`)

// fill puts words in the place of a pattern's braces, the last for all that remain.
func fill(path string, words []string) string {
	i := -1
	path = brace.ReplaceAllStringFunc(path, func(string) string {
		i = min(i+1, len(words)-1)
		return url.PathEscape(words[i])
	})
	return strings.TrimSuffix(path, "{$}")
}

// TestWalkReading sends every walker to every page with ids of every part of the world, and reads what comes back.
func TestWalkReading(t *testing.T) {
	t.Parallel()
	w := newWalkWorld(t)
	met := map[string]map[string]bool{}
	picks := map[string]func(subject) string{
		"in the village": func(s subject) string { return s.a }, "above it": func(s subject) string { return s.above },
		"in county B": func(s subject) string { return s.b }, "of the twin": func(s subject) string { return s.twin },
		"of nobody": func(s subject) string { return s.none },
	}
	for _, pattern := range slices.Sorted(maps.Keys(expected)) {
		method, path, _ := strings.Cut(pattern, " ")
		if method != http.MethodGet {
			continue
		}
		for _, v := range expected[pattern].all() {
			wheres := slices.Sorted(maps.Keys(picks))
			if v.of == "" {
				wheres = append([]string{""}, wheres...)
			}
			for _, where := range wheres {
				var words []string
				if where != "" {
					words = w.subjectsOf(t, v.of, picks[where])
				}
				for _, query := range append([]string{""}, v.ask...) {
					filled := brace.ReplaceAllStringFunc(query, func(name string) string {
						if where == "" {
							return ""
						}
						return w.subjectsOf(t, strings.Trim(name, "{}"), picks[where])[0]
					})
					if v.of == "" && where != "" && filled == query {
						continue // there is nothing of anywhere in it
					}
					for _, by := range w.walkers {
						target := fill(path, words) + filled
						g := w.ask(t, by, method, target, "", nil)
						name := fmt.Sprintf("%s%s %s as %s", pattern, query, where, by.name)
						w.checkStatus(t, name, v, by, where, g)
						w.checkSecrets(t, name, v, by, target, g, met)
					}
				}
			}
		}
	}
	for _, s := range w.sight.in(w.log.String()) {
		if s.what != "orgName" && s.what != "org" {
			t.Errorf("the request log holds the %s %s", s.what, s.text)
		}
	}
	for who, whats := range mustMeet {
		for _, what := range whats {
			if !met[who][what] {
				t.Errorf("%s met no %s on any page: the walk would not notice if pages were empty", who, what)
			}
		}
	}
}

// checkSecrets looks for everything in an answer that the walker must not be given, and notes what it may.
func (w *walkWorld) checkSecrets(t *testing.T, name string, v visit, by walker, target string, g got, met map[string]map[string]bool) {
	t.Helper()
	if i := strings.Index(g.text, "⟦"); i >= 0 {
		t.Errorf("%s: a text is missing: %.60s", name, g.text[i:])
	}
	for _, s := range w.sight.in(g.text) {
		if v.ids && (s.what == "org" || s.what == "person") && s.city == w.city.City || strings.Contains(target, url.QueryEscape(s.text)) || v.open && (s.what == "orgName" || s.what == "org" || (s.what == "form" || s.what == "place") && v.who == public) && s.city == w.city.City {
			continue
		}
		if met[by.name] == nil {
			met[by.name] = map[string]bool{}
		}
		met[by.name][s.what] = true
		if why := w.hidden(by, s, v.who == public); why != "" {
			t.Errorf("%s: answer %d holds the %s %s: %s", name, g.status, s.what, s.text, why)
		}
	}
}

// checkStatus holds an answer's status against who asked for what.
func (w *walkWorld) checkStatus(t *testing.T, name string, v visit, by walker, where string, g got) {
	t.Helper()
	sent := g.status == http.StatusSeeOther && strings.HasPrefix(g.to, "/sign-in")
	refused := g.status == http.StatusForbidden || g.status == http.StatusNotFound || g.status == http.StatusUnauthorized
	switch {
	case g.status >= 500:
		t.Errorf("%s: %d\n%s", name, g.status, w.lastErrors())
	case v.who == public:
		if g.status == http.StatusForbidden || g.status == http.StatusUnauthorized {
			t.Errorf("%s: %d for a page that anybody may read", name, g.status)
		}
	case v.who == entry:
	case !by.whole():
		if !sent && g.status != http.StatusUnauthorized && !(refused && where != "") {
			t.Errorf("%s: %d %s for somebody who is not signed in", name, g.status, g.to)
		}
	case v.who == signed:
		if g.status == http.StatusUnauthorized {
			t.Errorf("%s: %d for somebody who is signed in", name, g.status)
		}
	case !by.staff:
		if !refused {
			t.Errorf("%s: %d for the public", name, g.status)
		}
	case v.own && v.of != "":
		if g.status != http.StatusNotFound {
			t.Errorf("%s: %d for what is somebody else's", name, g.status)
		}
	case v.who == staff:
		if where == "" && v.of == "" && refused {
			t.Errorf("%s: %d for staff", name, g.status)
		}
	case !by.holds(v.who):
		if !refused {
			t.Errorf("%s: %d without %s", name, g.status, v.who)
		}
	}
	if where == "" || v.of == "" || v.who == public || v.who == entry || !by.whole() || !by.holds(v.who) {
		return
	}
	at := w.city.Nodes[by.at].Path
	if v.top && strings.Count(string(at), "/") > 1 {
		if g.status != http.StatusNotFound {
			t.Errorf("%s: %d for somebody who holds %s in a part of the tree only", name, g.status, v.who)
		}
		return
	}
	inScope := map[string]bool{
		"in the village": true, "above it": w.city.Nodes[countyA].Path != "" && at.Covers(w.city.Nodes[countyA].Path),
		"in county B": at.Covers(w.city.Nodes[countyB].Path),
	}[where]
	switch {
	case inScope && refused && !v.narrow:
		t.Errorf("%s: %d though the viewer holds %s there", name, g.status, v.who)
	case !inScope && g.status != http.StatusNotFound:
		t.Errorf("%s: %d %s, but what lies out of scope looks absent", name, g.status, g.to)
	}
}

// lastErrors gives the last lines of the log that are errors.
func (w *walkWorld) lastErrors() string {
	var last string
	for line := range strings.Lines(w.log.String()) {
		if strings.Contains(line, `"level":"ERROR"`) {
			last = line
		}
	}
	return last
}

// TestWalkWriting sends every form as everybody who must not, and looks whether any table has changed.
func TestWalkWriting(t *testing.T) {
	t.Parallel()
	w := newWalkWorld(t)
	before := w.tables.sum(t)
	for _, pattern := range slices.Sorted(maps.Keys(expected)) {
		if strings.HasPrefix(pattern, "GET ") {
			continue
		}
		if who := expected[pattern].who; who == public || who == entry {
			continue
		}
		for _, v := range expected[pattern].all() {
			for _, by := range w.walkers {
				for where, pick := range placesOfForms {
					if !w.mayWrite(v, by, where) {
						before = w.refused(t, fmt.Sprintf("%s %s %s as %s", pattern, v.of, where, by.name), pattern, v, by, pick, before)
					}
				}
			}
		}
	}
}

var placesOfForms = map[string]func(subject) string{
	"in the village": func(s subject) string { return s.a }, "above it": func(s subject) string { return s.above },
	"in county B": func(s subject) string { return s.b }, "of the twin": func(s subject) string { return s.twin },
}

// refused sends a form that must have no effect, and gives what the tables hold afterwards.
func (w *walkWorld) refused(t *testing.T, name, pattern string, v visit, by walker, pick func(subject) string, before map[string][32]byte) map[string][32]byte {
	t.Helper()
	version := w.tables.version(t)
	g := w.send(t, by, pattern, v, pick)
	switch {
	case g.status >= 500:
		t.Errorf("%s: %d\n%s", name, g.status, w.lastErrors())
	case g.status < 300 && !v.leads, g.status == http.StatusSeeOther && !strings.HasPrefix(g.to, "/sign-in") && !v.leads:
		t.Errorf("%s: answered %d %s", name, g.status, g.to)
	case g.status == http.StatusUnprocessableEntity && !v.loose:
		t.Errorf("%s: the form was refused before the right was asked for", name)
	}
	for _, s := range w.sight.in(g.text) {
		if why := w.hidden(by, s, false); why != "" && !slices.Contains([]string{"org", "orgName", "person"}, s.what) { // ids come back with the address
			t.Errorf("%s: answer %d holds the %s %s: %s", name, g.status, s.what, s.text, why)
		}
	}
	if w.tables.version(t) == version {
		return before
	}
	after := w.tables.sum(t)
	if c := changed(before, after); len(c) > 0 {
		t.Errorf("%s: answered %d and changed %v", name, g.status, c)
	}
	return after
}

// mayWrite tells whether a form may have an effect, so that it proves nothing here.
func (w *walkWorld) mayWrite(v visit, by walker, where string) bool {
	switch {
	case !by.whole():
		return false
	case v.who == signed || v.who == staff:
		return v.of == "" && v.bare() || v.own
	case !by.staff || !by.holds(v.who) || v.needs != "" && !by.holds(v.needs):
		return false
	case v.cross:
		return where != "of the twin" && (where != "in county B" || w.city.Nodes[by.at].Path.Covers(w.city.Nodes[countyB].Path))
	}
	at := w.city.Nodes[by.at].Path
	switch where {
	case "in the village":
		return true
	case "above it":
		return at.Covers(w.city.Nodes[countyA].Path) || v.of == "" && v.bare()
	case "in county B":
		return at.Covers(w.city.Nodes[countyB].Path) || v.of == "" && v.bare()
	}
	return v.of == "" && v.bare()
}

// bare tells whether nothing is sent along.
func (v visit) bare() bool { return v.form == nil && v.json == "" }

// send sends a route's form, filled for one part of the world.
func (w *walkWorld) send(t *testing.T, by walker, pattern string, v visit, pick func(subject) string) got {
	t.Helper()
	method, path, _ := strings.Cut(pattern, " ")
	values := url.Values{}
	if v.form != nil {
		values = v.form(func(name string) string {
			s, ok := w.subjects[name]
			if !ok {
				t.Fatalf("the world has no subject %q", name)
			}
			return pick(s)
		})
	}
	values.Set("_key", web.NewKey())
	if v.cross {
		pick = placesOfForms["in the village"]
	}
	target := fill(path, w.subjectsOf(t, v.of, pick))
	if v.json != "" {
		body := brace.ReplaceAllStringFunc(v.json, func(name string) string {
			s, ok := w.subjects[strings.Trim(name, "{}")]
			if !ok {
				return name
			}
			return pick(s)
		})
		return w.ask(t, by, method, target, "application/json", strings.NewReader(body))
	}
	if v.file == "" {
		return w.ask(t, by, method, target, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
	}
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, all := range values {
		for _, one := range all {
			if err := m.WriteField(name, one); err != nil {
				t.Fatal(err)
			}
		}
	}
	f, err := m.CreateFormFile("file", "走查.csv")
	if err == nil {
		_, err = io.WriteString(f, strings.ReplaceAll(v.file, "{code}", pick(w.subjects["code"])))
	}
	if err != nil || m.Close() != nil {
		t.Fatal(err)
	}
	return w.ask(t, by, method, target, m.FormDataContentType(), &body)
}
