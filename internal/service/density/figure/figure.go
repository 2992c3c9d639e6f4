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

// DefaultKinds is what the office counts unless its settings say otherwise: the bands are those of the village count,
// the sums those of the youth plan (14–35) and of 团青比 (14–28).
func DefaultKinds() []Kind {
	bands := []Band{{"14-17", 14, 17}, {"18-22", 18, 22}, {"23-28", 23, 28}, {"29-35", 29, 35}}
	upTo28, upTo35 := []string{"14-17", "18-22", "23-28"}, []string{"14-17", "18-22", "23-28", "29-35"}
	return []Kind{
		{Key: Youth, People: true, Bands: bands, Sums: []Sum{{Y14to28, upTo28, 4}, {Y14to35, upTo35, 6}}},
		{Key: Members, People: true, Bands: bands, Sums: []Sum{{Y14to28, upTo28, 6}, {Y14to35, upTo35, 2}}},
		{Key: NewSector, People: true, Bands: []Band{{AllAges, 14, 35}}},
		{Key: Orgs, Bands: []Band{{Key: AllAges}}},
	}
}

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

// The states. Absent is a figure that the source does not report: a structural zero, never shown as 0.
const (
	Absent State = iota
	Shown
	Small // hidden: fewer people than the least group shown, zero included
	With  // hidden with a small group, which it would give away
)

// Why is the word stored beside a hidden figure, empty for one that is shown.
func (s State) Why() string { return [...]string{"", "", "small", "with"}[s] }

// Hidden tells whether the figure exists and is kept back.
func (s State) Hidden() bool { return s == Small || s == With }

// StateOf reads the stored word.
func StateOf(shown bool, why string) State {
	switch {
	case shown:
		return Shown
	case why == "small":
		return Small
	default:
		return With
	}
}

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

// For is the family as a reader may see it: with list rights everything is shown; without them the number of a hidden
// figure is not in the copy at all, so that no page, export or sum can let it slip.
func (f Family) For(listRights bool) Family {
	seen := slices.Clone(f.figures)
	for i := range seen {
		if listRights {
			seen[i].State = Shown
		} else if seen[i].State != Shown {
			seen[i].N = 0
		}
	}
	return NewFamily(seen)
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
