package figure

import (
	"slices"

	"zhidian/internal/domain/source"
)

// Heap is what a reader sees in one cell of a map.
type Heap struct {
	N      int64
	State  State // Absent when no place in it reports
	Places []NodeID
}

// Gather sums the figures of places in cells, from what the reader may see alone. A cell with a hidden place has no
// number and is hatched, never 0: its number less those of its other places would be the hidden one. Places that
// report nothing add nothing. A count that belongs to a township as a whole lies in no cell.
func Gather[C comparable](f Family, kind, column string, places []NodeID, cellOf func(NodeID) (C, bool)) map[C]*Heap {
	heaps := map[C]*Heap{}
	for _, id := range places {
		cell, ok := cellOf(id)
		if !ok {
			continue
		}
		h := heaps[cell]
		if h == nil {
			h = &Heap{}
			heaps[cell] = h
		}
		h.Places = append(h.Places, id)
		switch x := f.At(id, kind, column); {
		case x.State == Absent || h.State.Hidden():
		case x.State.Hidden():
			h.N, h.State = 0, With
		default:
			h.N, h.State = h.N+x.N, Shown
		}
	}
	return heaps
}

// sides are the edges of hexagons in metres.
var sides = []int{250, 500, 1000, 2000}

// Sides lists the edges, in metres, that a source's precision allows. A village of the reference city covers 9 km² on
// average, a hexagon of 2 km edge 10.4 km² and one of 1 km 2.6 km²; below that a village's single position would pass
// for the homes of its people. A source that knows townships only is shown by divisions.
func Sides(known source.Fineness) []int {
	switch known {
	case source.Point:
		return slices.Clone(sides)
	case source.Village:
		return []int{1000, 2000}
	default:
		return nil
	}
}

// IsEstimate tells whether a hexagon of this edge shows more than the source knows, so that it may only be shown with
// counts spread by a named method and the word estimate.
func IsEstimate(known source.Fineness, side int) bool {
	return !slices.Contains(Sides(known), side)
}
