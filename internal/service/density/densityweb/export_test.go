package densityweb_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/density"
)

// shown reads a table of a page: the number behind a cell where there is one, else its words.
func shown(a *webtest.Answer, table string) (rows [][]string) {
	a.Find(table + " tbody tr").Each(func(_ int, tr *goquery.Selection) {
		var row []string
		tr.Find("td").Each(func(_ int, td *goquery.Selection) {
			words := td.Clone()
			words.Find(".zd-k, .zd-muted").Remove()
			row = append(row, td.AttrOr("data-value", strings.TrimSpace(words.Text())))
		})
		rows = append(rows, row)
	})
	return rows
}

// employ adds members whose own column names a unit that nobody has registered.
func (s *site) employ(t *testing.T, unit string, n int) {
	t.Helper()
	branch := s.Nodes["咸安区甲镇一村团支部"].ID
	var all []person.New
	for range n {
		all = append(all, person.New{Home: branch, Name: "余桂花", Sex: "2", Born: day.Must("2004-05-06"), Ties: []person.Tie{{Kind: person.Member, Org: branch}, {Kind: person.Employee, Unit: unit}}})
	}
	err := s.DB.Write(context.Background(), s.System(), func(tx *sqldb.Tx) error {
		if _, err := person.Add(tx, s.Keys, all); err != nil {
			return err
		}
		return tx.Record(person.Create, "", act.Change{})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheFileOfUnitsIsTheListOfThePage(t *testing.T) {
	t.Parallel()
	b, s := browse(t, clerk, "咸宁市")
	s.employ(t, webtest.Hostile, 4)
	s.employ(t, "=1+1", 3)
	if err := (&density.Service{DB: s.DB}).Refresh(t.Context(), s.System()); err != nil {
		t.Fatal(err)
	}
	for _, ask := range []string{"", "?all=1", "?kind=workplace", "?kind=village&all=1", "?all=1&place=" + s.Nodes["嘉鱼县"].ID.String()} {
		for _, lang := range []string{"zh-CN", "en"} {
			page := b.In(lang).Get("/office/density/units" + ask).Want(http.StatusOK)
			page.Lacks("⟦")
			want := shown(page, "table#units")
			href := page.Find("a[href*='/office/density/units.xlsx']").AttrOr("href", "")
			if len(want) == 0 {
				if href != "" {
					t.Errorf("%q: a file of nothing is offered", ask)
				}
				continue
			}
			file := b.In(lang).Get(href)
			if file.Status != http.StatusOK || !strings.Contains(file.Header.Get("Content-Disposition"), ".xlsx") {
				t.Fatalf("%q leads to %q: %d", ask, href, file.Status)
			}
			got := file.Lines()
			if len(got) != len(want)+1 || len(got[0]) != 6 {
				t.Fatalf("%q: %d lines, the page has %d: %v", ask, len(got), len(want), got)
			}
			for i, row := range got[1:] {
				if row = slices.Delete(slices.Clone(row), 1, 2); !slices.Equal(row, want[i]) { // the page writes where it is beside the name
					t.Errorf("%q: the file has %q, the page %q", ask, row, want[i])
				}
			}
		}
	}
	all := b.Get("/office/density/units.xlsx?all=1").Lines()
	if all[1][0] != webtest.Hostile || all[1][3] != "4" || all[2][0] != "=1+1" {
		t.Errorf("names are not kept as they are: %q", all[1:3])
	}
	if n := len(all); n != 1+2+8 { // two workplaces, and each village has three members
		t.Errorf("%d lines", n)
	}
	b.Get("/office/density/units.xlsx?kind=x").Want(http.StatusNotFound)
	b.Get("/office/density/units.xlsx?delivery=99").Want(http.StatusNotFound)
}

func TestTheFileOfUnitsIsForThoseWhoMaySeeLists(t *testing.T) {
	t.Parallel()
	b, s := browse(t, clerk, "咸安区")
	own := b.Get("/office/density/units.xlsx?all=1").Lines()
	if len(own) != 1+4 {
		t.Errorf("a county's clerk is given %d lines", len(own))
	}
	for _, row := range own[1:] {
		if !strings.HasPrefix(row[1], "咸安区") {
			t.Errorf("%q lies outside", row)
		}
	}
	b.Get("/office/density/units.xlsx?all=1&place=" + s.Nodes["嘉鱼县"].ID.String()).Want(http.StatusNotFound)
	reads := b.As(s.Actor(t, reader, "咸宁市"))
	reads.Get("/office/density/units").Want(http.StatusOK).Lacks("units.xlsx")
	if a := reads.Get("/office/density/units.xlsx"); a.Status == http.StatusOK {
		t.Errorf("a reader without lists is given %d lines", len(a.Lines()))
	}
	without := clerk
	without.Verbs = slices.DeleteFunc(slices.Clone(clerk.Verbs), func(v authz.Verb) bool { return v.Key == density.Export.Key })
	keeps := b.As(s.Actor(t, without, "咸宁市"))
	keeps.Get("/office/density/units?all=1").Want(http.StatusOK, "table#units tbody tr").Lacks("units.xlsx")
	keeps.Get("/office/density/units.xlsx?all=1").Want(http.StatusForbidden)
}

// The table as a file says what the page says, number by number, to a clerk and to a reader alike.
func TestTheTableAsAFileIsTheTableOfThePage(t *testing.T) {
	t.Parallel()
	b, s := browse(t, clerk, "咸宁市")
	reads := b.As(s.Actor(t, reader, "咸宁市"))
	hidden := 0
	for _, b := range []*webtest.Site{b, reads} {
		for _, level := range []string{"county", "township", "village"} {
			for _, lang := range []string{"zh-CN", "en"} {
				page := b.In(lang).Get("/office/density?level="+level).Want(http.StatusOK, "a[href*='table.xlsx']")
				want := shown(page, "table#density-table")
				got := b.In(lang).Get(page.Find("a[href*='table.xlsx']").AttrOr("href", "")).Lines()
				if len(got) != len(want)+1 {
					t.Fatalf("%s: %d lines, the page has %d rows", level, len(got), len(want))
				}
				for i, row := range got[1:] {
					for k := range 4 { // name, youth, members, organisations
						if row[k] != want[i][k] {
							t.Errorf("%s: the file says %q, the page %q: %q", level, row[k], want[i][k], want[i])
						}
					}
					if row[1] == "不显示" {
						hidden++
						if slices.ContainsFunc(row[min(len(row), 7):min(len(row), 11)], func(x string) bool { return len(x) > 3 && x != "不显示" }) {
							t.Errorf("a village whose total is hidden shows %q", row)
						}
					}
				}
			}
		}
	}
	if hidden == 0 {
		t.Error("nothing was hidden: the fixture proves nothing")
	}
}

// The map as a file has the cells of the map on the page, each with the figures of its panel.
func TestTheMapAsAFileIsTheMapOfThePage(t *testing.T) {
	t.Parallel()
	b, s := browse(t, clerk, "咸宁市")
	type doc struct {
		Source   string
		Features []struct {
			Properties struct {
				Kind, ID, Name, Class, Href string
				Youth, Members, Orgs        *int64
				Ratio                       *float64 `json:"member_ratio"`
				Score                       *float64 `json:"cluster_score"`
			}
			Geometry struct {
				Type        string
				Coordinates [][][2]float64
			}
		}
	}
	read := func(a *webtest.Answer) (d doc) {
		if err := json.Unmarshal([]byte(a.Body), &struct {
			Source   *string
			Features any
		}{&d.Source, &[]any{}}); err != nil {
			t.Fatal(err)
		}
		var raw struct{ Features []json.RawMessage }
		if err := json.Unmarshal([]byte(a.Body), &raw); err != nil {
			t.Fatal(err)
		}
		for _, r := range raw.Features {
			var one doc
			if err := json.Unmarshal([]byte(`{"features":[`+string(r)+`]}`), &one); err == nil { // points have other coordinates
				d.Features = append(d.Features, one.Features...)
			}
		}
		return d
	}
	null := 0
	for _, role := range []*webtest.Site{b, b.As(s.Actor(t, reader, "咸宁市"))} {
		for _, layer := range density.Layers {
			ask := "?side=1000&layer=" + string(layer)
			page := read(role.Get("/office/density/map.json" + ask))
			file := read(role.Get("/office/density/map.geojson" + ask))
			if !strings.Contains(file.Source, "摸底<b>表") {
				t.Errorf("the file does not say its source: %q", file.Source)
			}
			var cells []string
			for _, f := range page.Features {
				if f.Properties.Kind == "cell" {
					cells = append(cells, f.Properties.ID)
				}
			}
			if len(cells) == 0 || len(cells) != len(file.Features) {
				t.Fatalf("%s: %d cells on the page, %d in the file", layer, len(cells), len(file.Features))
			}
			for i, f := range file.Features {
				p := f.Properties
				ring := f.Geometry.Coordinates[0]
				if p.ID != cells[i] || f.Geometry.Type != "Polygon" || len(ring) != 7 || ring[0] != ring[6] {
					t.Errorf("%s: cell %s is %s, %+v", layer, cells[i], p.ID, f.Geometry)
				}
				if (p.Score != nil) && layer != density.LayerScore {
					t.Errorf("%s: a score of %v", layer, *p.Score)
				}
				panel := role.Get("/office/density/cell?side=1000&cell="+url.QueryEscape(p.ID)).Want(http.StatusOK, "main h3")
				facts := panel.Find("main dd").First().Text()
				if p.Youth == nil {
					null++
					if p.Ratio != nil || !strings.Contains(facts, "不显示") && !strings.Contains(facts, "未报") {
						t.Errorf("cell %s without a figure: %v, panel %q", p.ID, p.Ratio, facts)
					}
				} else if strings.TrimSpace(facts) != plain(*p.Youth) && strings.TrimSpace(facts) != grouped(*p.Youth) {
					t.Errorf("cell %s: the file says %d, the panel %q", p.ID, *p.Youth, facts)
				}
			}
		}
	}
	if null == 0 {
		t.Error("no cell is hidden from anybody: the fixture proves nothing")
	}
}
