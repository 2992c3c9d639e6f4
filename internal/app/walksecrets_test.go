package app

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"zhidian/internal/platform/authz"
	"zhidian/internal/testworld"
)

// secret is a text that some walkers must never be given.
type secret struct {
	what string // name, phone, number, person, org, orgName
	city string
	at   authz.Path
	text string
}

// secrets lists every canary of both cities. Equal names of organisations tell nothing about the twin, their ids do.
func (w *walkWorld) secrets() (all []secret) {
	for _, c := range []*testworld.World{w.city, w.twin} {
		for i, county := range testworld.Counties {
			for _, village := range mattersIn {
				all = append(all, secret{"matter", c.City, c.Nodes[county+village].Path, matterCanary(c.City, i, village)})
				all = append(all, secret{"voice", c.City, c.Nodes[county+village].Path, voiceCanary(c.City, i, village)})
				all = append(all, secret{"study", c.City, c.Nodes[county+village].Path, studyCanary(c.City, i, village)})
				all = append(all, secret{"meetingGuest", c.City, c.Nodes[county+village].Path, "人" + studyCanary(c.City, i, village)})
				all = append(all, secret{"voiceAsker", c.City, c.Nodes[county+village].Path, "称" + voiceCanary(c.City, i, village)})
				all = append(all, secret{"venture", c.City, c.Nodes[county+village].Path, ventureCanary(c.City, i, village)})
				all = append(all, secret{"loanBorrower", c.City, c.Nodes[county+village].Path, loanCanary(c.City, i, village)})
				all = append(all, secret{"ventureFounder", c.City, c.Nodes[county+village].Path, "创" + ventureCanary(c.City, i, village)})
				all = append(all, secret{"ventureFounder", c.City, c.Nodes[county+village].Path, "址" + ventureCanary(c.City, i, village)})
				all = append(all, secret{"ventureRevenue", c.City, c.Nodes[county+village].Path, ventureRevenue(c.City, i, village).String()})
				all = append(all, secret{"ventureRevenue", c.City, c.Nodes[county+village].Path, ventureRevenue(c.City, i, village).Plain()})
				all = append(all, secret{"answer", c.City, c.Nodes[county+village].Path, answerCanary(c.City, i, village)})
				all = append(all, secret{"answerSensitive", c.City, c.Nodes[county+village].Path, "敏" + answerCanary(c.City, i, village)})
				all = append(all, secret{"answerSealed", c.City, c.Nodes[county+village].Path, "密" + answerCanary(c.City, i, village)})
				all = append(all, secret{"form", c.City, c.Nodes[county+village].Path, formCanary(c.City, i, village)})
				all = append(all, secret{"report", c.City, c.Nodes[county+village].Path, reportCanary(c.City, county, village)})
				all = append(all, secret{"place", c.City, c.Nodes[county+village].Path, placeCanary(c.City, i, village)})
			}
			for k := range testworld.PerCounty {
				name := testworld.Canary(c.City, county, k)
				village := county + []string{"甲镇一村", "甲镇二村", "乙镇一村", "乙镇二村"}[k%4]
				at := c.Nodes[village].Path
				phone := testworld.CanaryPhone(c.City, i, k)
				all = append(all,
					secret{"name", c.City, at, name},
					secret{"phone", c.City, at, strings.TrimPrefix(phone, "+86")},
					secret{"number", c.City, at, testworld.CanaryID(c.City, i, k)},
					secret{"person", c.City, at, c.People[name].String()})
			}
		}
		for i, at := range deskPlaces {
			all = append(all, secret{"account", c.City, c.Nodes[at].Path, accountCanary(c.City, i)})
		}
		for name, n := range c.Nodes {
			all = append(all, secret{"org", c.City, n.Path, n.ID.String()})
			if c == w.city {
				all = append(all, secret{"orgName", c.City, n.Path, name})
			}
		}
	}
	return all
}

// lookout finds secrets in a text by reading it once: whoever looks for a thousand of them one by one reads every page a
// thousand times, which was half of what the walk cost.
type lookout struct {
	begins [1 << 16]bool // whether a secret begins with these two bytes
	by     map[string][]secret
}

const lookoutHead = 4 // bytes; no secret is shorter

func newLookout(t *testing.T, all []secret) *lookout {
	t.Helper()
	l := &lookout{by: map[string][]secret{}}
	for _, s := range all {
		if len(s.text) < lookoutHead {
			t.Fatalf("the %s %q is too short to be looked for", s.what, s.text)
		}
		l.begins[int(s.text[0])<<8|int(s.text[1])] = true
		l.by[s.text[:lookoutHead]] = append(l.by[s.text[:lookoutHead]], s)
	}
	return l
}

// in gives every secret that a text holds, once.
func (l *lookout) in(text string) (found []secret) {
	seen := map[secret]bool{}
	for i := range max(0, len(text)-lookoutHead+1) {
		if !l.begins[int(text[i])<<8|int(text[i+1])] {
			continue
		}
		for _, s := range l.by[text[i:i+lookoutHead]] {
			if strings.HasPrefix(text[i:], s.text) && !seen[s] {
				seen[s] = true
				found = append(found, s)
			}
		}
	}
	return found
}

// hidden tells why a walker must not be given a secret on a page, empty when it may.
func (w *walkWorld) hidden(v walker, s secret, public bool) string {
	home := w.city.City
	if v.twin { // a stranger here
		home = ""
	}
	sees := v.whole() && v.staff
	at := w.city.Nodes[v.at].Path
	covers := sees && v.at != "" && at.Covers(s.at)
	switch s.what {
	case "org", "orgName":
		switch {
		case s.city != w.city.City:
			return "it is the twin's"
		case public || covers || s.at.Covers(at) && sees:
			return ""
		}
		return "it lies outside the viewer's part of the tree"
	}
	switch {
	case s.city != home:
		return "it is the twin's"
	case !sees:
		return "nobody has let the viewer in"
	case !covers:
		return "it lies outside the viewer's part of the tree"
	case s.what == "matter" && !v.holds("matter.read"):
		return "matters are not for this role"
	case s.what == "voice" && !v.holds("matter.read"):
		return "voices are not for this role"
	case s.what == "loanBorrower" && (v.role.Sees < authz.Personal || !v.holds("lending.read") && !v.holds("loanvisit.read") && !v.holds("outreach.read")): // she borrows, is visited, or is a guest
		return "who borrows is personal"
	case strings.HasPrefix(s.what, "venture") && !v.holds("venture.read"):
		return "ventures are not for this role"
	case s.what == "ventureFounder" && v.role.Sees < authz.Personal:
		return "whose venture it is is personal"
	case s.what == "ventureRevenue" && v.role.Sees < authz.Sensitive:
		return "what it earns is sensitive"
	case s.what == "study" && !v.holds("study.read"):
		return "studies are not for this role"
	case s.what == "meetingGuest" && (v.role.Sees < authz.Personal || !v.holds("meeting.read")):
		return "who was there is personal"
	case s.what == "voiceAsker" && (v.role.Sees < authz.Personal || !v.holds("voice.read")):
		return "who asked is personal"
	case s.what == "answerSensitive" && v.role.Sees < authz.Sensitive:
		return "it is a sensitive answer"
	case s.what == "answerSealed" && v.role.Sees < authz.Sealed:
		return "it is a sealed answer"
	case strings.HasPrefix(s.what, "answer") && !v.holds("form.answers"):
		return "answers are not for this role"
	case s.what == "form" && !v.holds("form.read"):
		return "forms are not for this role"
	case s.what == "report" && !v.holds("care.protect"):
		return "reports are for those who act on them"
	case s.what == "place" && !v.holds("place.read") && !v.holds("care.read"): // who reads classes reads where they are held
		return "places are not for this role"
	case s.what == "account" && !v.holds("account.read") && !v.holds("log.read") && !v.holds("field.assign"): // an auditor must see who acted, and who gives work to whom
		return "accounts are not for this role"
	case s.what == "person" && !v.holds("person.read"), s.what == "name" && v.role.Sees < authz.Personal:
		return "persons are not for this role"
	case s.what == "phone" && v.role.Sees < authz.Sensitive:
		return "it is a sensitive field"
	case s.what == "number" && v.role.Sees < authz.Sealed:
		return "it is a sealed field"
	}
	return ""
}

// plain gives an answer's head and body as text that secrets can be looked for in: books unzipped, GBK decoded,
// escapes undone, and spaces within numbers taken out.
func plain(t *testing.T, got *http.Response, body []byte) string {
	t.Helper()
	var all strings.Builder
	for name, values := range got.Header {
		all.WriteString(name + ": " + strings.Join(values, "\n") + "\n")
	}
	if z, err := zip.NewReader(bytes.NewReader(body), int64(len(body))); err == nil {
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			all.WriteString(f.Name + "\n" + string(b) + "\n")
		}
	} else if b, err := simplifiedchinese.GBK.NewDecoder().Bytes(body); utf8.Valid(body) || err != nil {
		all.Write(body)
	} else {
		all.Write(b)
	}
	text := all.String()
	text += escaped.ReplaceAllStringFunc(text, func(s string) string {
		un, err := url.PathUnescape(s)
		if err != nil {
			return s
		}
		return un
	})
	return text + strings.NewReplacer(" ", "", "\u00a0", "", "-", "", "&nbsp;", "").Replace(text)
}

var escaped = regexp.MustCompile(`(%[0-9A-Fa-f]{2})+`)

// got is what a walker got.
type got struct {
	status int
	to     string // where it was sent
	text   string
}

func (w *walkWorld) ask(t *testing.T, v walker, method, target, contentType string, body io.Reader) got {
	t.Helper()
	hr := httptest.NewRequestWithContext(t.Context(), method, target, body)
	hr.Header.Set("Accept", "text/html")
	if contentType != "" {
		hr.Header.Set("Content-Type", contentType)
	}
	if v.token != "" {
		hr.AddCookie(&http.Cookie{Name: "session", Value: v.token})
		hr.Header.Set("Authorization", "Bearer "+v.token)
	}
	rec := httptest.NewRecorder()
	w.server.ServeHTTP(rec, hr)
	res := rec.Result()
	return got{rec.Code, res.Header.Get("Location"), plain(t, res, rec.Body.Bytes())}
}
