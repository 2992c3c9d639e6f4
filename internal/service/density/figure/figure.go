// Package figure adds up who and what is counted at every place, and decides which of the numbers everybody may read.
package figure

import (
	"embed"
	"math"
	"slices"

	"zhidian/internal/platform/errs"
)

// Messages are the texts of this package's faults and words.
//
//go:embed messages
var Messages embed.FS

// Band is an age band, both years included.
type Band struct {
	Key      string
	From, To int
}

// Sum is a named total over bands, such as the 14–28 that 团青比 divides by. Worth is how much a reader loses with it,
// compared with 1 for a band; it steers what is hidden beside a small group.
type Sum struct {
	Key   string
	Bands []string
	Worth int
}

// Kind is one thing counted at every node. Groups of people are hidden when small; organisations never are.
type Kind struct {
	Key    string
	People bool
	Bands  []Band
	Sums   []Sum
}

// The kinds and columns that this package's own ratios and layers name.
const (
	Youth     = "youth"
	Members   = "member"
	Orgs      = "org"
	NewSector = "new_sector"
	Y14to28   = "14-28"
	Y14to35   = "14-35"
	AllAges   = "all"
)

// Count is what a source says of one place. A place that the source does not mention is not reported, which differs
// from 0. A count at a place that has places below it belongs to that place alone, as a township's own 团工委 does.
type Count struct {
	Node NodeID
	Kind string
	Band string
	N    int64
}

// State says whether readers without list rights see a figure.
type State uint8

// The states. Absent is a figure that the source does not report: a structural zero, never shown as 0. Hidden does not say
// whether the figure is small itself or would give a small one away: that would be a number told.
const (
	Absent State = iota
	Shown
	Hidden
)

// Figure is one number of a family. Column is a band's or a sum's key.
type Figure struct {
	Node   NodeID
	Kind   string
	Column string
	N      int64
	State  State
}

type figureKey struct{ node, kind, column string }

// Family is all figures of one import. It does not change once made.
type Family struct {
	figures []Figure
	at      map[figureKey]int
}

// NewFamily takes figures back from where they were stored, in any order; of two with one name the later counts.
func NewFamily(figures []Figure) Family {
	f := Family{at: make(map[figureKey]int, len(figures))}
	for _, x := range figures {
		key := figureKey{x.Node, x.Kind, x.Column}
		if i, known := f.at[key]; known {
			f.figures[i] = x
			continue
		}
		f.at[key] = len(f.figures)
		f.figures = append(f.figures, x)
	}
	return f
}

// Figures lists the family for storing.
func (f Family) Figures() []Figure { return slices.Clone(f.figures) }

// At gives a figure; its State is Absent when the source reports nothing there.
func (f Family) At(node NodeID, kind, column string) Figure {
	if i, ok := f.at[figureKey{node, kind, column}]; ok {
		return f.figures[i]
	}
	return Figure{Node: node, Kind: kind, Column: column}
}

// SumUp makes the whole family from a source's counts, everything shown: every node that has a count in it or below,
// every band, every named sum. Several counts of one place and band add up. [Suppress] then decides what is hidden.
func SumUp(tree *Tree, kinds []Kind, counts []Count) (Family, error) {
	var p errs.Problems
	shapes := map[string]*table{}
	for _, k := range kinds {
		s, err := newTable(tree, k)
		if err != nil {
			return Family{}, err
		}
		shapes[k.Key] = s
	}
	for _, c := range counts {
		s := shapes[c.Kind]
		node, known := tree.at[c.Node]
		band := -1
		if s != nil {
			band = s.band(c.Band)
		}
		switch {
		case s == nil || band < 0:
			p.Add(c.Node, "figure.count.band", errs.Args{"kind": c.Kind, "band": c.Band})
		case !known:
			p.Add(c.Node, "figure.count.place", errs.Args{"node": c.Node})
		case c.N < 0 || c.N > math.MaxInt32:
			p.Add(c.Node, "figure.count.number", errs.Args{"node": c.Node, "n": c.N})
		default:
			s.add(node, band, c.N)
		}
	}
	if err := p.Err(); err != nil {
		return Family{}, err
	}
	var all []Figure
	for _, k := range kinds {
		all = append(all, shapes[k.Key].figures()...)
	}
	return NewFamily(all), nil
}
