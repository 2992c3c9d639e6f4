package pairing

import (
	"testing"

	"zhidian/internal/domain/place"
	"zhidian/internal/platform/geo"
	"zhidian/internal/service/volunteering"
)

func TestChangesAreGroupsThatGoElsewhereOrNowhere(t *testing.T) {
	t.Parallel()
	before := []Pair{{Group: "a", Place: "1"}, {Group: "b", Place: "2"}, {Group: "c", Place: "3"}}
	for name, c := range map[string]struct {
		after []Pair
		want  int
	}{
		"the same, in another order": {[]Pair{before[2], before[0], before[1]}, 0},
		"locked meanwhile":           {[]Pair{{Group: "a", Place: "1", Locked: true}, before[1], before[2]}, 0},
		"two change places":          {[]Pair{{Group: "a", Place: "2"}, {Group: "b", Place: "1"}, before[2]}, 2},
		"one stays at home":          {before[:2], 1},
		"one more goes":              {append(before[:3:3], Pair{Group: "d", Place: "1"}), 0},
		"nobody goes":                {nil, 3},
	} {
		if got := changes(before, c.after); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// Why a group goes nowhere is what stands nearest to its going: a site that is full before one that is too far.
func TestWhyAGroupGoesNowhere(t *testing.T) {
	t.Parallel()
	skills := volunteering.SetOf([]string{"x", "y"}, []string{"y"})
	near, far := geo.Point{Lon: 114.30, Lat: 29.80}, geo.Point{Lon: 114.90, Lat: 29.80}
	s := situation{
		term:  Term{Reach: 20_000},
		needs: []Need{{Place: "near", Room: 5}, {Place: "far", Room: 50}, {Place: "asks", Room: 50, Asks: skills}},
		sites: map[place.ID]place.Place{"near": {At: near}, "far": {At: far}, "asks": {At: near}},
	}
	g := volunteering.Party{Group: volunteering.Group{ID: "g", Members: 5}, From: &near}
	many := g
	many.Members = 6
	for name, c := range map[string]struct {
		g    volunteering.Party
		at   place.ID
		want string
	}{
		"it fits":                {g, "near", ""},
		"nobody asked there":     {g, "none", "no_need"},
		"too many":               {many, "near", "room"},
		"too far":                {g, "far", "far"},
		"what it cannot do":      {g, "asks", "skills"},
		"what it cannot, nor so": {many, "asks", "skills"},
	} {
		if got := s.fits(c.g, c.at); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	s.bans = []Ban{{"g", "near"}}
	for name, c := range map[string]struct {
		s    situation
		g    volunteering.Party
		want string
	}{
		"it could":        {situation{term: s.term, needs: s.needs, sites: s.sites}, g, "full"},
		"banned":          {s, g, "banned"},
		"too many":        {situation{term: s.term, needs: s.needs, sites: s.sites}, many, "room"},
		"nobody asks":     {situation{term: s.term}, g, "no_need"},
		"all are too far": {situation{term: s.term, needs: s.needs[1:2], sites: s.sites}, g, "far"},
	} {
		if got := c.s.why(c.g); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
