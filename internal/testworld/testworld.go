// Package testworld is a small city for tests, and its twin with equal data that no test may touch.
package testworld

import (
	"context"
	"fmt"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// The two cities of one database.
const (
	City = "xianning"
	Twin = "twin"
)

// PerCounty is how many people each county has.
const PerCounty = 12

// World is one city: two counties that mirror each other, so that what is seen of the one can be held against the other.
type World struct {
	City    string
	DB      *sqldb.DB
	Keys    seal.Provider
	Serials *sqldb.Serials
	Nodes   map[string]org.Node // by name: 咸安区, 咸安区甲镇, 咸安区甲镇一村, …
	People  map[string]person.ID
}

// Counties are the two mirrored counties.
var Counties = []string{"咸安区", "嘉鱼县"}

// Build makes the city and its twin.
func Build(t testing.TB, db *sqldb.DB) (city, twin *World) {
	t.Helper()
	return BuildUnder(t, db, seal.Ephemeral("testworld"))
}

// BuildUnder is Build with the keys of an installation.
func BuildUnder(t testing.TB, db *sqldb.DB, keys seal.Provider) (city, twin *World) {
	t.Helper()
	return build(t, db, keys, City), build(t, db, keys, Twin)
}

func build(t testing.TB, db *sqldb.DB, keys seal.Provider, slug string) *World {
	t.Helper()
	w := &World{
		City: slug, DB: db, Keys: keys, Serials: &sqldb.Serials{DB: db},
		Nodes: map[string]org.Node{}, People: map[string]person.ID{},
	}
	w.found(t, "", org.New{Kind: org.City, Name: "咸宁市", At: &geo.Point{Lon: 114.32, Lat: 29.84}, Codes: stat("421200000000")})
	for i, county := range Counties {
		area := []string{"421202", "421221"}[i]
		w.found(t, "咸宁市", org.New{Kind: org.County, Name: county, At: at(i, 0), Codes: stat(area + "000000")})
		w.found(t, county, org.New{Kind: org.LeagueBody, Name: "共青团" + county + "委员会"})
		w.found(t, county, org.New{Kind: org.School, Name: county + "一中", At: at(i, 1)})
		w.found(t, county, org.New{Kind: org.Company, Name: county + "砖茶厂", At: at(i, 2)})
		w.found(t, county+"一中", org.New{Kind: org.LeagueBranch, Name: county + "一中2024级1班团支部"})
		for k, town := range []string{"甲镇", "乙镇"} {
			town = county + town
			w.found(t, county, org.New{Kind: org.Township, Name: town, At: at(i, 3+k), Codes: stat(fmt.Sprintf("%s10%d000", area, k))})
			for v, village := range []string{"一村", "二村"} {
				village = town + village
				w.found(t, town, org.New{Kind: org.Village, Name: village, At: at(i, 5+2*k+v), Codes: stat(fmt.Sprintf("%s10%d20%d", area, k, v))})
				w.found(t, village, org.New{Kind: org.LeagueBranch, Name: village + "团支部"})
			}
		}
		for k := range PerCounty {
			w.person(t, county, i, k)
		}
	}
	return w
}

func stat(code string) []org.Code {
	return []org.Code{{Scheme: "stat", Code: code, From: day.Must("2023-06-30")}}
}

func at(county, k int) *geo.Point {
	return &geo.Point{Lon: 114.0 + 0.4*float64(county) + 0.01*float64(k), Lat: 29.7 + 0.02*float64(k)}
}

// System acts for the loops of this city.
func (w *World) System() authz.Actor { return authz.System(w.City) }

// Actor is somebody who holds a role at a node, given by name.
func (w *World) Actor(t testing.TB, role authz.Role, node string) authz.Actor {
	t.Helper()
	n, ok := w.Nodes[node]
	if !ok {
		t.Fatalf("testworld has no %s", node)
	}
	return authz.Actor{City: w.City, User: "u-" + role.Key, Name: "测试员", Grants: []authz.Held{{Role: role, At: n.Path}}}
}

func (w *World) found(t testing.TB, parent string, n org.New) {
	t.Helper()
	n.Parent = w.Nodes[parent].ID
	n.CRS, n.Fineness = "wgs84", "village"
	s := org.Service{DB: w.DB, Serials: w.Serials}
	made, err := s.Create(context.Background(), w.System(), n)
	if err != nil {
		t.Fatalf("testworld: %s: %v", n.Name, err)
	}
	w.Nodes[n.Name] = made
}

// Canary is text that stands in a person's name here and must not reach anybody who may not read it.
func Canary(city, county string, k int) string {
	return fmt.Sprintf("雀%s%s%d", map[string]string{City: "本", Twin: "孪"}[city], county[:len("咸")], k)
}

// CanaryPhone is the phone number of the k-th person of a county, in E.164.
func CanaryPhone(city string, county, k int) string {
	first := map[string]string{City: "8", Twin: "9"}[city]
	return fmt.Sprintf("+8613%s%d77%05d", first, county, 11000+k)
}

// CanaryID is the resident ID of the k-th person of a county.
func CanaryID(city string, county, k int) string {
	area := []string{"421202", "421221"}[county]
	year := map[string]int{City: 2004, Twin: 2006}[city]
	id, err := cn.SyntheticID(area, day.Must(fmt.Sprintf("%d-03-%02d", year, 1+k)))
	if err != nil {
		panic(err)
	}
	return string(id)
}

func (w *World) person(t testing.TB, county string, i, k int) {
	t.Helper()
	village := county + []string{"甲镇一村", "甲镇二村", "乙镇一村", "乙镇二村"}[k%4]
	branch := village + "团支部"
	name := Canary(w.City, county, k)
	n := person.New{
		Home: w.Nodes[branch].ID, Name: name, Sex: "1", Born: day.Must(CanaryID(w.City, i, k)[6:14][:4] + "-03-" + fmt.Sprintf("%02d", 1+k)),
		Phone: CanaryPhone(w.City, i, k), Papers: []person.Paper{{Kind: person.ResidentID, Number: CanaryID(w.City, i, k)}},
		Ties: []person.Tie{{Kind: person.Member, Org: w.Nodes[branch].ID}, {Kind: person.Resident, Org: w.Nodes[village].ID}},
	}
	err := w.DB.Write(context.Background(), w.System(), func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, w.Keys, []person.New{n})
		if err != nil {
			return err
		}
		w.People[name] = ids[0]
		return tx.Record(person.Create, ids[0].String(), act.Change{})
	})
	if err != nil {
		t.Fatalf("testworld: %s: %v", name, err)
	}
}
