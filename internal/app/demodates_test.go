package app

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/density"
	"zhidian/internal/service/density/coverage"
	"zhidian/internal/service/density/densityweb"
	"zhidian/internal/service/density/figure"
)

// The demo has figures of both dates of its exports, and the page that compares them shows what has changed.
func TestTheDemoHasTwoDatesToCompare(t *testing.T) {
	t.Parallel()
	s := smallServices(t)
	in := s.in
	by := authz.System(in.city.Slug)
	v, err := s.density.See(t.Context(), by, density.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Stamps) != 2 || v.Stamps[0].AsOf != demoNow || v.Stamps[1].AsOf != demoEarlier {
		t.Fatalf("figures of %+v", v.Stamps)
	}
	b := webtest.Open(t, in.city.Slug, func(doors *door.Doors) []web.Route {
		return densityweb.Routes(s.density, &org.Service{DB: in.db, Serials: s.serials}, doors)
	}, geo.Messages, coverage.Messages, figure.Messages, densityweb.Messages)
	role := authz.Role{Key: "reader", Verbs: []authz.Verb{org.Read, density.Read}}
	b = b.As(authz.Actor{City: in.city.Slug, User: "u", Grants: []authz.Held{{Role: role, At: v.Place().Path}}})
	page := b.Get("/office/density/compare").Want(http.StatusOK, "table#density-compare tbody tr", "select[name=compare] option[selected]")
	page.Holds(demoEarlier.String() + " → " + demoNow.String())
	changed := 0
	page.Find("table#density-compare tbody tr").Each(func(_ int, row *goquery.Selection) {
		n := func(cell int) int {
			n, err := strconv.Atoi(row.Find("td").Eq(cell).AttrOr("data-value", ""))
			if err != nil {
				t.Errorf("%s: column %d is %q", row.Find("td").First().Text(), cell, row.Find("td").Eq(cell).Text())
			}
			return n
		}
		if n(3) != n(2)-n(1) {
			t.Errorf("%s: %d to %d is said to differ by %d", strings.TrimSpace(row.Find("td").First().Text()), n(1), n(2), n(3))
		}
		if n(3) != 0 {
			changed++
		}
	})
	if changed < 2 {
		t.Errorf("%d rows have changed", changed)
	}
}
