// Package demo makes the demo city: the real divisions of Xianning, and around them people and figures that nobody is.
package demo

import (
	"cmp"
	"embed"
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/platform/geo"
)

//go:embed data/*.csv
var data embed.FS

// Division is one row of the division table with its made-up position and weights.
type Division struct {
	Code   string // 12 digits
	Name   string
	Level  string // city, county, township or village
	Kind   string // street, town, township, other; committee kinds for villages
	Parent string
	At     geo.Point // a county's seat is real, everything else is made up
	Weight float64   // share of the parent's young people
	Farm   bool      // farm, forest station or development zone
}

// Divisions reads the table and lays the divisions out, parents before children.
func Divisions() ([]Division, error) {
	rows, err := table("data/xianning-divisions.csv")
	if err != nil {
		return nil, err
	}
	seats, err := table("data/xianning-seats.csv")
	if err != nil {
		return nil, err
	}
	at := map[string]geo.Point{}
	for _, s := range seats {
		lon, err1 := strconv.ParseFloat(s[2], 64)
		lat, err2 := strconv.ParseFloat(s[3], 64)
		if err1 != nil || err2 != nil {
			return nil, fmt.Errorf("demo: seat %s has no position", s[1])
		}
		at[s[0]] = geo.Point{Lon: lon, Lat: lat}
	}
	all := make([]Division, len(rows))
	for i, r := range rows {
		level := r[2]
		if level == "town" {
			level = "township" // the table's word for streets, towns, townships and farms alike
		}
		all[i] = Division{Code: r[0], Name: r[1], Level: level, Kind: r[3], Parent: r[4], At: at[r[0]], Farm: level == "township" && r[3] == "other"}
	}
	rank := map[string]int{"city": 0, "county": 1, "township": 2, "village": 3}
	slices.SortStableFunc(all, func(a, b Division) int {
		return cmp.Or(rank[a.Level]-rank[b.Level], strings.Compare(a.Code, b.Code))
	})
	layOut(all)
	return all, nil
}

func table(name string) ([][]string, error) {
	f, err := data.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("demo: %s: %w", name, err)
	}
	return rows[1:], nil
}

// middle and reach are where a county's townships lie in the demo, and how far from there in kilometres. They are made up
// so that neighbours do not overlap; the seat itself stays where it is.
var (
	middle = map[string]geo.Point{
		"421202000000": {Lon: 114.34, Lat: 29.88}, "421221000000": {Lon: 113.97, Lat: 30.06}, "421222000000": {Lon: 113.84, Lat: 29.24},
		"421223000000": {Lon: 114.16, Lat: 29.46}, "421224000000": {Lon: 114.70, Lat: 29.60}, "421281000000": {Lon: 113.77, Lat: 29.76},
	}
	reach = map[string]float64{
		"421202000000": 19, "421221000000": 13, "421222000000": 15, "421223000000": 18, "421224000000": 21, "421281000000": 17,
	}
)

// layOut places townships around their county's seat and villages around their township along a sunflower spiral:
// even, free of overlaps, and the same at every run.
func layOut(all []Division) {
	byCode := map[string]*Division{}
	below := map[string][]*Division{}
	for i := range all {
		byCode[all[i].Code] = &all[i]
		below[all[i].Parent] = append(below[all[i].Parent], &all[i])
	}
	for i := range all {
		d := &all[i]
		switch d.Level {
		case "city":
			d.At = geo.Point{Lon: 114.3225, Lat: 29.8413}
		case "county":
			spread(middle[d.Code], below[d.Code], reach[d.Code], i)
		case "township":
			spread(d.At, below[d.Code], 3.1, i)
		}
	}
	for _, children := range below {
		weigh(children)
	}
}

func spread(centre geo.Point, children []*Division, km float64, turn int) {
	const golden = 2.399963229728653 // the angle between neighbours on a sunflower, in radians
	for k, c := range children {
		r := km * math.Sqrt((float64(k)+0.35)/float64(len(children)))
		a := float64(k)*golden + float64(turn)*0.7
		c.At = geo.Point{
			Lon: centre.Lon + r*math.Cos(a)/(111.32*math.Cos(centre.Lat*math.Pi/180)),
			Lat: centre.Lat + r*math.Sin(a)/110.57,
		}
	}
}

// weigh gives each child its share: streets and seats of a county are crowded, farms almost empty.
func weigh(children []*Division) {
	sum := 0.0
	for k, c := range children {
		w := 1.0
		switch {
		case c.Level == "county":
			w = youthOf[c.Code]
		case c.Farm:
			w = 0.05
		case c.Level == "township" && (c.Kind == "street" || k == 0):
			w = 3.2
		case c.Kind == "residents_committee":
			w = 2.4
		}
		w *= 0.65 + 0.7*chance(c.Code, 1)
		c.Weight = w
		sum += w
	}
	for _, c := range children {
		c.Weight /= sum
	}
}

// youthOf is the number of residents from 14 to 35 per county assumed for the demo: 24 % of residents.
var youthOf = map[string]float64{
	"421202000000": 158_000, "421281000000": 113_000, "421223000000": 102_000,
	"421222000000": 102_000, "421224000000": 94_000, "421221000000": 69_000,
}
