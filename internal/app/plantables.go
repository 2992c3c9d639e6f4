package app

import (
	"math"

	"zhidian/solver/density"
	"zhidian/solver/text"
)

// What may be wrong with a row of the tables that planners read, besides what is wrong with any table.
const (
	sameTwice text.Trouble = "is there twice"
	noTime    text.Trouble = "is no time, such as 2026-07-06 08:30"
	noSpan    text.Trouble = "is no span of time, such as 2026-07-06 08:00/2026-07-06 12:00"
	noPerson  text.Trouble = "is nobody of the list of people"
	noSex     text.Trouble = "is none of 女, 男, f, m"
	tooMany   text.Trouble = "is more than the session has"

	otherPlace text.Trouble = "is elsewhere than in the lines before"
	manySkills text.Trouble = "is one skill more than 64"
	manyTerms  text.Trouble = "is one term more than 16"
	noTerm     text.Trouble = "is no term of the table of places"
	noPlace    text.Trouble = "is none of the places"
)

// farthest is how many metres from the first a place may be, or from the origin of a plane.
const farthest = 1 << 24

// coordinates are those of all tables of a plan: metres on a plane, or longitude and latitude around the first that is read.
type coordinates struct {
	centre     *density.Projection
	lonLat, xy bool // which were met
}

// where reads where a row is: x and y in metres, or longitude and latitude on a plane around the first that is read.
// Where a table has neither, all are at one place.
func (c *coordinates) where(t text.Table, r text.Row) (x, y int32, err error) {
	switch {
	case t.Has("lon") && t.Has("lat"):
		c.lonLat = true
		at := density.LonLat{}
		if at.Lon, err = r.Float("lon", -180, 180); err == nil {
			at.Lat, err = r.Float("lat", -85, 85)
		}
		if err != nil {
			return 0, 0, err
		}
		if c.centre == nil {
			p, err := density.NewProjection(at)
			if err != nil {
				return 0, 0, err
			}
			c.centre = &p
		}
		p := c.centre.Plane(at)
		px, py := math.Round(float64(p.X)), math.Round(float64(p.Y))
		if !(max(px, -px, py, -py) <= farthest) {
			return 0, 0, r.Fault("lon", text.OutOfRange)
		}
		return int32(px), int32(py), nil
	case t.Has("x") && t.Has("y"):
		c.xy = true
		px, err := r.Float("x", -farthest, farthest)
		if err != nil {
			return 0, 0, err
		}
		py, err := r.Float("y", -farthest, farthest)
		return int32(math.Round(px)), int32(math.Round(py)), err
	}
	return 0, 0, nil
}

// one refuses tables with different coordinates.
func (c *coordinates) one() error {
	if c.lonLat && c.xy {
		return said{"两个文件的坐标不同：一个是经纬度，一个是平面米", "the two files differ: one has lon,lat and the other x,y"}
	}
	return nil
}

// skills are what people can and places ask for, numbered as they are met.
type skills map[string]int

// skillBits gives the bits of skills.
func skillBits[S ~uint64](known skills, r text.Row, column string, names []string) (all S, err error) {
	for _, name := range names {
		n, ok := known[name]
		if !ok {
			if n = len(known); n == 64 {
				return 0, &text.Error{Line: r.Line, Field: column, Have: name, Trouble: manySkills}
			}
			known[name] = n
		}
		all |= 1 << n
	}
	return all, nil
}

// newName is a row's id, which no row before it has.
func newName(seen map[string]bool, r text.Row) (string, error) {
	name := r.Text("id")
	switch {
	case name == "":
		return "", r.Fault("id", text.Empty)
	case seen[name]:
		return "", r.Fault("id", sameTwice)
	}
	seen[name] = true
	return name, nil
}
