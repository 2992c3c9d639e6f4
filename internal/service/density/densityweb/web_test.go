package densityweb_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/density"
	"zhidian/internal/service/density/coverage"
	"zhidian/internal/service/density/densityweb"
	"zhidian/internal/testworld"
)

var (
	reader = authz.Role{Key: "reader", Verbs: []authz.Verb{org.Read, density.Read, density.Export}}
	clerk  = authz.Role{Key: "clerk", Verbs: append(append([]authz.Verb{org.Read, person.Read}, density.Verbs...), casework.Verbs...)}
	take   = authz.Verb{Key: "test.take", Writes: source.Written + " youth_count " + density.Written}
)

// site is the pages over a test city, with one viewer.
type site struct {
	*testworld.World
	s      *density.Service
	server *web.Server
	actor  authz.Actor
	source source.ID
	seqs   []int64
}

func (s *site) Find(context.Context, string, [32]byte, time.Time) (web.Session, error) {
	if s.actor.User == "" {
		return web.Session{}, errs.New(errs.Absent, "errs.absent", nil)
	}
	return web.Session{Actor: s.actor, Phase: web.Whole, Staff: true}, nil
}

func newSite(t *testing.T) *site {
	t.Helper()
	w, _ := testworld.Build(t, sqldbtest.SQLite(t, sqldb.Options{}))
	s := &site{World: w}
	s.s = &density.Service{DB: w.DB, Matters: &casework.Service{DB: w.DB, Serials: w.Serials, Cursors: page.NewCursors([]byte("0123456789abcdef")), Zone: time.UTC}}
	catalog, err := i18n.Load([]fs.FS{web.Messages, door.Messages, ui.Messages, geo.Messages, coverage.Messages, densityweb.Messages, sqldb.Messages, act.Messages}...)
	if err != nil {
		t.Fatal(err)
	}
	doors := &door.Doors{City: "咸宁", Menu: densityweb.Menu}
	s.server, err = web.New(web.Config{
		Routes: densityweb.Routes(s.s, &org.Service{DB: w.DB, Serials: w.Serials}, doors), Assets: web.Dist(), Messages: catalog, Sessions: s,
		City:   func(string) (string, *time.Location, bool) { return w.City, time.UTC, true },
		SignIn: "/sign-in", NewSecret: "/sign-in/new-password", SecondStep: "/sign-in/totp", Log: slog.New(slog.DiscardHandler), TempDir: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// canary stands in a village that nobody without list rights may see: it is shown nowhere else.
const canary = 3_777

// fill takes in the counts of one date; those of 二村 have few in every band but one.
func (s *site) fill(t *testing.T) { s.deliver(t, "2026-03-31", 0) }

// deliver takes in the counts of a date, with so many more young people of 14 to 17 in each 一村.
func (s *site) deliver(t *testing.T, asOf string, more int64) {
	t.Helper()
	ctx := context.Background()
	sources := &source.Service{DB: s.DB, Serials: s.Serials}
	if s.source.IsZero() {
		of, err := sources.Register(ctx, s.System(), s.Nodes["咸宁市"].Path, source.Source{Kind: "youth", Name: "摸底<b>表", Fineness: source.Village, CRS: "wgs84"})
		if err != nil {
			t.Fatal(err)
		}
		s.source = of
	}
	seq, err := sources.Open(ctx, s.System(), s.Nodes["咸宁市"].Path, s.source, "hash"+asOf, "f.xlsx", day.Must(asOf))
	if err != nil {
		t.Fatal(err)
	}
	s.seqs = append(s.seqs, seq)
	err = s.DB.Write(ctx, s.System(), func(tx *sqldb.Tx) error {
		if err := source.Advance(tx, seq, source.Checking, source.Checked, nil, source.Counts{}); err != nil {
			return err
		}
		d, err := source.FindDelivery(tx, seq)
		if err != nil {
			return err
		}
		if _, err := source.Base(tx, d); err != nil {
			return err
		}
		if err := source.Advance(tx, seq, source.Checked, source.Applying, nil, source.Counts{}); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE youth_count SET until = $2 WHERE city = $1 AND until = 0`, seq); err != nil {
			return err
		}
		for i, county := range testworld.Counties {
			for k, village := range []string{"甲镇一村", "甲镇二村", "乙镇一村", "乙镇二村"} {
				n := [4]int64{int64(51+10*i) + more, 62, 73, 84}
				if k%2 == 1 {
					n = [4]int64{1, 2, 0, canary + int64(10*i+k)}
				}
				for b, band := range density.YouthBands {
					if _, err := tx.Exec(`INSERT INTO youth_count (city, village, band, since, n) VALUES ($1, $2, $3, $4, $5)`, s.Nodes[county+village].ID, band, seq, n[b]); err != nil {
						return err
					}
				}
			}
		}
		if d, err = source.FindDelivery(tx, seq); err != nil {
			return err
		}
		if err := source.Shown(tx, d); err != nil {
			return err
		}
		if err := density.Refresh(tx); err != nil {
			return err
		}
		return tx.Record(take, s.source.String(), act.Change{})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (s *site) get(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://zhidian.test"+path, nil)
	r.Header.Set("Accept-Language", "zh-CN")
	token, _ := web.NewToken()
	r.AddCookie(&http.Cookie{Name: "session", Value: token})
	w := httptest.NewRecorder()
	s.server.ServeHTTP(w, r)
	return w
}

var paths = []string{
	"/office/density", "/office/density?side=0&level=township", "/office/density?layer=score&side=1000", "/office/density?layer=ratio&level=village",
	"/office/density/map.json", "/office/density/map.json?layer=per_1000", "/office/density/compare", "/office/density/coverage?within=1000",
	"/office/density/blind-spots", "/office/density/boundaries", "/office/density/units?all=1", "/figures",
}

func TestPagesStandEmptyAndFull(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.actor = s.Actor(t, clerk, "咸宁市")
	for _, path := range paths {
		if strings.Contains(path, "map.json") {
			continue
		}
		if w := s.get(t, path); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "⟦") {
			t.Errorf("empty %s: %d\n%s", path, w.Code, w.Body)
		}
	}
	s.fill(t)
	for _, path := range paths {
		w := s.get(t, path)
		if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "⟦") {
			t.Errorf("%s: %d\n%s", path, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "摸底<b>") {
			t.Errorf("%s: a name is taken for markup", path)
		}
	}
	for _, bad := range []string{"/office/density?place=x", "/office/density?delivery=99", "/office/density/cell?cell=9_9", "/office/density/cell?cell=x", "/office/density/blind-spots/x"} {
		if w := s.get(t, bad); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}

// TestReadersAreGivenReleasedFiguresOnly fetches every page, file and panel as a reader without list rights.
func TestReadersAreGivenReleasedFiguresOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.fill(t)
	all := append([]string{"/office/density/map.geojson?side=1000", "/office/density/table.xlsx?level=village"}, paths...)
	hidden := s.hiddenFigures(t)
	for _, role := range []authz.Role{clerk, reader} {
		s.actor = s.Actor(t, role, "咸宁市")
		var doc struct {
			Features []struct {
				Properties struct{ Href string }
			}
		}
		if err := json.Unmarshal(s.get(t, "/office/density/map.json?side=1000").Body.Bytes(), &doc); err != nil || len(doc.Features) == 0 {
			t.Fatalf("%v: %d features", err, len(doc.Features))
		}
		cells := all
		for _, f := range doc.Features {
			if strings.Contains(f.Properties.Href, "/cell") {
				cells = append(cells, f.Properties.Href)
			}
		}
		seen := 0
		for _, path := range cells {
			w := s.get(t, path)
			if w.Code == http.StatusForbidden && strings.Contains(path, "boundaries") {
				continue
			}
			body := w.Body.String()
			if w.Code != http.StatusOK {
				t.Errorf("%s: %d", path, w.Code)
			}
			if strings.Contains(path, ".xlsx") {
				body = unpacked(t, w.Body.Bytes())
			}
			for _, n := range hidden {
				if strings.Contains(body, plain(n)) || strings.Contains(body, grouped(n)) {
					seen++
					if role.Key == "reader" {
						t.Errorf("%s gives %d, which is hidden", path, n)
					}
				}
			}
			for name := range s.People {
				if strings.Contains(body, name) {
					t.Errorf("%s names a person", path)
				}
			}
		}
		if role.Key == "clerk" && seen == 0 {
			t.Error("nobody is given the hidden figures: the test proves nothing")
		}
	}
}

// hiddenFigures are the large figures of villages that a reader may not see; they are unlike any other number.
func (s *site) hiddenFigures(t *testing.T) (hidden []int64) {
	t.Helper()
	ctx := context.Background()
	want := density.Query{Level: org.Village}
	sees, err := s.s.See(ctx, s.Actor(t, clerk, "咸宁市"), want)
	if err != nil {
		t.Fatal(err)
	}
	not, err := s.s.See(ctx, s.Actor(t, reader, "咸宁市"), want)
	if err != nil {
		t.Fatal(err)
	}
	for i := range sees.Rows {
		for b, v := range sees.Rows[i].YouthBands {
			if not.Rows[i].YouthBands[b].Why != density.Shown && v.N > 1000 {
				hidden = append(hidden, v.N)
			}
		}
		if not.Rows[i].Youth.Why != density.Shown && sees.Rows[i].Youth.N > 1000 {
			hidden = append(hidden, sees.Rows[i].Youth.N)
		}
	}
	return hidden
}

func plain(n int64) string { return strconv.FormatInt(n, 10) }

func grouped(n int64) string { return plain(n/1000) + "," + plain(n%1000) }

// unpacked is the text of an xlsx file's parts.
func unpacked(t *testing.T, file []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		text += string(b)
	}
	return text
}
