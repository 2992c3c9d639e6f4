package assignment

// near is a column at a distance.
type near struct {
	dist int64
	col  int32
}

// heap has its nearest column first.
type heap []near

func (h *heap) push(n near) {
	s := append(*h, n)
	k := len(s) - 1
	for k > 0 {
		up := (k - 1) / 2
		if s[up].dist <= n.dist {
			break
		}
		s[k] = s[up]
		k = up
	}
	s[k] = n
	*h = s
}

func (h *heap) pop() near {
	s := *h
	first, last := s[0], s[len(s)-1]
	*h = s[:len(s)-1]
	if len(*h) > 0 {
		h.replace(last)
	}
	return first
}

// replace puts a column in the place of the first.
func (h heap) replace(n near) {
	k := 0
	for {
		down := 2*k + 1
		if down >= len(h) {
			break
		}
		if down+1 < len(h) && h[down+1].dist < h[down].dist {
			down++
		}
		if h[down].dist >= n.dist {
			break
		}
		h[k] = h[down]
		k = down
	}
	h[k] = n
}
