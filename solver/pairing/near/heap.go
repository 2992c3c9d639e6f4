// Package near keeps what a search along shortest ways has reached and not yet looked at, the nearest first.
package near

// Step is a node at a distance and, among equal distances, after a number of arcs. Who does not count arcs leaves them 0.
type Step struct {
	Dist int64
	Arcs int32
	Node int32
}

// Before tells whether a step is nearer than another.
func (a Step) Before(b Step) bool {
	return a.Dist < b.Dist || a.Dist == b.Dist && a.Arcs < b.Arcs
}

// Heap has its nearest step first.
type Heap []Step

// Push adds a step.
func (h *Heap) Push(a Step) {
	s := append(*h, a)
	k := len(s) - 1
	for k > 0 {
		up := (k - 1) / 2
		if !a.Before(s[up]) {
			break
		}
		s[k] = s[up]
		k = up
	}
	s[k] = a
	*h = s
}

// Pop takes the nearest step out. There has to be one.
func (h *Heap) Pop() Step {
	s := *h
	first, last := s[0], s[len(s)-1]
	*h = s[:len(s)-1]
	if len(*h) > 0 {
		h.Replace(last)
	}
	return first
}

// Replace puts a step in the place of the nearest.
func (h Heap) Replace(a Step) {
	k := 0
	for {
		down := 2*k + 1
		if down >= len(h) {
			break
		}
		if down+1 < len(h) && h[down+1].Before(h[down]) {
			down++
		}
		if !h[down].Before(a) {
			break
		}
		h[k] = h[down]
		k = down
	}
	h[k] = a
}
