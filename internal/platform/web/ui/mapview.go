package ui

import (
	"strconv"
	"strings"
)

// Map is a map panel. Src answers GeoJSON in WGS-84 whose features carry "kind": cell (with class q0…q5 or hidden, id,
// name, href), land, edge, rim, seat (name), site (name, href) and blind (no, name, href); href of a cell or a blind spot
// answers the small panel alone when asked with the header Zd-Fragment.
type Map struct {
	ID        string
	Label     string // what it shows, read aloud: "咸宁市青年人数六边形图，数字见下表"
	Title     string // on the saved picture
	Src       string
	Legend    Legend
	Source    string // the data's source, date and rules, under the map
	Schematic bool   // outlines are schematic, not surveyed
	Cell      string // id of the element that shows a picked cell; CellPanel makes it
	Assets    *Assets
}

// Legend explains the classes and counts them.
type Legend struct {
	Title   string
	Entries []LegendEntry
}

// LegendEntry is a line of a legend. Class is q0 … q5, hidden, blind or site.
type LegendEntry struct{ Class, Label, Count string }

// PNGButton saves the map of a page as a picture.
type PNGButton struct{ Map, Label, File string }

// Chart draws the figures of the table with id Table; Columns are its columns of numbers, from 1.
type Chart struct {
	Kind    string // bar (also "") or line
	Table   string
	Columns []int
	Label   string
}

func (c Chart) kind() string {
	if c.Kind == "line" {
		return "line"
	}
	return "bar"
}

func (c Chart) columns() string {
	parts := make([]string, len(c.Columns))
	for i, n := range c.Columns {
		parts[i] = strconv.Itoa(n)
	}
	if len(parts) == 0 {
		return "1"
	}
	return strings.Join(parts, ",")
}
