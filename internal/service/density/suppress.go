package density

// Suppress decides, once for everybody without list rights, which figures of a family are released.
//
// The reader is assumed to know the tree, the rule and its threshold, and that people are whole numbers, and to
// read every released figure of the family together. Against that reader each figure below the threshold is
// hidden (a zero too: otherwise hidden would mean "one to four"), and enough others with it that each hidden small
// figure may still be anything from 0 to threshold−1.
//
// It proves this by construction. For each small figure it finds a shift: people moved, in thought, between two
// places and two bands such that no released figure changes while the small one takes any value from 0 to
// threshold−1. Every figure that the shift changes is hidden. Shifts of different figures need not be possible at
// once, because the promise is made for each figure by itself.
func Suppress(f *Family, threshold int64) Pattern {
	s := &suppressor{f: f, most: threshold - 1, hidden: make(Pattern, len(f.Parent)), leaf: f.leaves()}
	for n := range f.Parent {
		s.hidden[n] = make([]Why, f.Bands+1)
		for b := range f.Bands {
			if f.N[n][b] <= s.most {
				s.hidden[n][b] = Small
			}
		}
		if f.At(n, Total) <= s.most {
			s.hidden[n][f.Bands] = Small
		}
	}
	s.order()
	for n := range f.Parent {
		for b := range f.Bands {
			if f.N[n][b] <= s.most {
				s.protect(n, b)
			}
		}
		if f.At(n, Total) <= s.most {
			s.protectTotal(n)
		}
	}
	return s.hidden
}

type suppressor struct {
	f      *Family
	most   int64 // the largest small figure
	hidden Pattern
	leaf   []bool
	first  []int // leaves of a node are below[first[n]:last[n]]
	last   []int
	below  []int
}

// order lists the leaves so that those of one node stand together.
func (s *suppressor) order() {
	n := len(s.f.Parent)
	children := make([][]int, n)
	root := -1
	for i, p := range s.f.Parent {
		if p < 0 {
			root = i
			continue
		}
		children[p] = append(children[p], i)
	}
	s.first, s.last = make([]int, n), make([]int, n)
	var walk func(i int)
	walk = func(i int) {
		s.first[i] = len(s.below)
		if s.leaf[i] {
			s.below = append(s.below, i)
		}
		for _, c := range children[i] {
			walk(c)
		}
		s.last[i] = len(s.below)
	}
	if root >= 0 {
		walk(root)
	}
}

func (s *suppressor) leavesOf(n int) []int { return s.below[s.first[n]:s.last[n]] }

func (s *suppressor) inside(leaf, n int) bool {
	at := s.first[leaf]
	return s.first[n] <= at && at < s.last[n]
}

// protect hides what must be hidden so that the small figure of a node and band may be anything from 0 to most.
// Downwards every leaf that holds some of it gives its people away; upwards one leaf takes some in.
func (s *suppressor) protect(n, b int) {
	v := s.f.N[n][b]
	taken := false
	for _, c := range s.leavesOf(n) {
		if s.f.N[c][b] > 0 {
			s.shift(n, c, b, v, s.most-v) // v, not the leaf's part: all leaves may meet the same partner
			taken = true
		}
	}
	if !taken && s.most > v {
		s.shift(n, s.widest(n, b), b, 0, s.most-v)
	}
}

// widest is the leaf of a node with most people in other bands: the one that can best take some in from them.
func (s *suppressor) widest(n, b int) int {
	best, room := -1, int64(-1)
	for _, c := range s.leavesOf(n) {
		if r := s.f.At(c, Total) - s.f.N[c][b]; r > room {
			best, room = c, r
		}
	}
	return best
}

// shift hides the corners of one exchange: leaf c of node n gives up to down people of band b away and takes up to
// up people in. With another band of c that has enough people the totals of both places stay; else both totals
// are hidden too.
func (s *suppressor) shift(n, c, b int, down, up int64) {
	if other := s.otherBand(c, b, up); other >= 0 {
		if d := s.partner(n, c, func(d int) bool { return s.f.N[d][b] >= up && s.f.N[d][other] >= down }, b, other); d >= 0 {
			s.hideBetween(c, d, b, other)
			return
		}
	}
	if d := s.partner(n, c, func(d int) bool { return s.f.N[d][b] >= up }, b, Total); d >= 0 {
		s.hideBetween(c, d, b, Total)
		return
	}
	s.hideAll() // the whole city has almost nobody in this band
}

// otherBand is the band of a leaf with at least need people that costs least to hide, -1 without one.
func (s *suppressor) otherBand(c, b int, need int64) int {
	best := -1
	for o := range s.f.Bands {
		if o == b || s.f.N[c][o] < need {
			continue
		}
		if best < 0 || s.hidden[c][o] != Shown && s.hidden[c][best] == Shown ||
			(s.hidden[c][o] != Shown) == (s.hidden[c][best] != Shown) && s.f.N[c][o] > s.f.N[c][best] {
			best = o
		}
	}
	return best
}

// partner is the leaf outside node n, nearest in the tree to leaf c, that fits; among equals the one that is hidden
// already in both columns, then the one with most people. It gives -1 without one.
func (s *suppressor) partner(n, c int, fits func(int) bool, cols ...int) int {
	for up := s.f.Parent[n]; up >= 0; up = s.f.Parent[up] {
		best, rank := -1, int64(-1)
		for _, d := range s.leavesOf(up) {
			if s.inside(d, n) || d == c || !fits(d) {
				continue
			}
			r := s.f.At(d, Total)
			for _, col := range cols {
				if s.hidden.Of(d, col) != Shown {
					r += 1 << 40
				}
			}
			if r > rank {
				best, rank = d, r
			}
		}
		if best >= 0 {
			return best
		}
	}
	return -1
}

// hideBetween hides two columns along the way from c and from d up to where they meet: what an exchange between
// the two changes.
func (s *suppressor) hideBetween(c, d int, cols ...int) {
	meet := c
	for !s.inside(d, meet) {
		meet = s.f.Parent[meet]
	}
	for _, from := range []int{c, d} {
		for i := from; i != meet; i = s.f.Parent[i] {
			for _, col := range cols {
				s.hidden.hide(i, col)
			}
		}
	}
}

// protectTotal hides what must be hidden so that a node's small total may be anything from 0 to most: people of one
// band are exchanged with a place outside, totals included.
func (s *suppressor) protectTotal(n int) {
	v := s.f.At(n, Total)
	for _, c := range s.leavesOf(n) {
		for b := range s.f.Bands {
			if s.f.N[c][b] > 0 {
				s.shiftTotal(n, c, b, s.most-v)
			}
		}
	}
	if v < s.most {
		s.shiftTotal(n, s.leavesOf(n)[0], s.fullestBand(), s.most-v)
	}
}

func (s *suppressor) shiftTotal(n, c, b int, up int64) {
	if d := s.partner(n, c, func(d int) bool { return s.f.N[d][b] >= up }, b, Total); d >= 0 {
		s.hideBetween(c, d, b, Total)
		return
	}
	s.hideAll()
}

// fullestBand is the band with most people in the city.
func (s *suppressor) fullestBand() int {
	best := 0
	for b := range s.f.Bands {
		if s.f.N[0][b] > s.f.N[0][best] {
			best = b
		}
	}
	return best
}

// hideAll releases nothing at all.
func (s *suppressor) hideAll() {
	for n := range s.hidden {
		for b := range s.hidden[n] {
			s.hidden.hide(n, b)
		}
	}
}
