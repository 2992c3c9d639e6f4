package plane

import (
	"cmp"
	"math"
	"slices"
)

// box is an upright rectangle.
type box struct{ west, south, east, north float64 }

// apart is the squared distance of two boxes.
func (b box) apart(c box) float64 {
	return square(max(b.west-c.east, c.west-b.east, 0), max(b.south-c.north, c.south-b.north, 0))
}

// from is the squared distance of a point.
func (b box) from(x, y float64) float64 {
	return square(max(b.west-x, x-b.east, 0), max(b.south-y, y-b.north, 0))
}

func (b box) with(c box) box {
	return box{min(b.west, c.west), min(b.south, c.south), max(b.east, c.east), max(b.north, c.north)}
}

// cloud is points sorted into leaves: neighbours stand together, at most as many in a leaf as was asked.
type cloud struct {
	x, y  []float64
	order []int32 // the caller's number of each point
	first []int32 // per leaf, its first point; one more at the end
	boxes []box
	block []box // around every sixteen leaves
}

const blocked = 16

func newCloud(x, y []float64, most int) *cloud {
	c := &cloud{x: make([]float64, len(x)), y: make([]float64, len(x)), order: make([]int32, len(x))}
	for i := range c.order {
		c.order[i] = int32(i)
	}
	c.split(x, y, 0, len(x), most)
	c.first = append(c.first, int32(len(x)))
	for k, i := range c.order {
		c.x[k], c.y[k] = x[i], y[i]
	}
	for l := range c.leaves() {
		b := around(c.x[c.first[l]:c.first[l+1]], c.y[c.first[l]:c.first[l+1]])
		c.boxes = append(c.boxes, b)
		if l%blocked == 0 {
			c.block = append(c.block, b)
		}
		c.block[l/blocked] = c.block[l/blocked].with(b)
	}
	return c
}

// split halves a range where it is widest until it is small enough.
func (c *cloud) split(x, y []float64, from, to, most int) {
	if to-from <= most {
		c.first = append(c.first, int32(from))
		return
	}
	part := c.order[from:to]
	west, east, south, north := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, i := range part {
		west, east, south, north = min(west, x[i]), max(east, x[i]), min(south, y[i]), max(north, y[i])
	}
	along := x
	if north-south > east-west {
		along = y
	}
	slices.SortFunc(part, func(a, b int32) int { return cmp.Or(cmp.Compare(along[a], along[b]), cmp.Compare(a, b)) })
	middle := from + (to-from)/2
	c.split(x, y, from, middle, most)
	c.split(x, y, middle, to, most)
}

func around(x, y []float64) box {
	b := box{x[0], y[0], x[0], y[0]}
	for i := range x {
		b.west, b.east = min(b.west, x[i]), max(b.east, x[i])
		b.south, b.north = min(b.south, y[i]), max(b.north, y[i])
	}
	return b
}

func (c *cloud) leaves() int { return len(c.first) - 1 }

// reach is how far each leaf, and every sixteen of them, look for candidates, squared.
type reach struct{ leaf, block []float64 }

func (c *cloud) newReach() reach {
	return reach{make([]float64, c.leaves()), make([]float64, len(c.block))}
}

// set makes one leaf's reach a little more than a way.
func (r reach) set(leaf int, far float64) {
	r.leaf[leaf] = (far + 1) * (far + 1)
	b := leaf / blocked
	r.block[b] = slices.Max(r.leaf[b*blocked : min((b+1)*blocked, len(r.leaf))])
}

// reaching lists the leaves that reach a box.
func (c *cloud) reaching(b box, r reach, list []int32) []int32 {
	list = list[:0]
	for k, around := range c.block {
		if b.apart(around) >= r.block[k] {
			continue
		}
		for m := k * blocked; m < min((k+1)*blocked, len(c.boxes)); m++ {
			if b.apart(c.boxes[m]) < r.leaf[m] {
				list = append(list, int32(m))
			}
		}
	}
	return list
}

// within lists the leaves that a box reaches.
func (c *cloud) within(b box, square float64, list []int32) []int32 {
	list = list[:0]
	for k, around := range c.block {
		if b.apart(around) >= square {
			continue
		}
		for m := k * blocked; m < min((k+1)*blocked, len(c.boxes)); m++ {
			if b.apart(c.boxes[m]) < square {
				list = append(list, int32(m))
			}
		}
	}
	return list
}

func at(x, y float64) box { return box{x, y, x, y} }

// places gives, for each of the caller's numbers, where it stands.
func (c *cloud) places() []int32 {
	at := make([]int32, len(c.order))
	for k, i := range c.order {
		at[i] = int32(k)
	}
	return at
}

// nearest is the caller's number of the point with the shortest way, the lowest of equals.
func (c *cloud) nearest(x, y float64) int32 {
	best, least := int32(-1), math.Inf(1)
	for l, b := range c.boxes {
		if math.Sqrt(b.from(x, y)) > least+1 {
			continue
		}
		for k := c.first[l]; k < c.first[l+1]; k++ {
			if d := way(c.x[k]-x, c.y[k]-y); d < least || d == least && c.order[k] < best {
				best, least = c.order[k], d
			}
		}
	}
	return best
}

// smooth is the mean of the values at the four nearest points, the nearer the heavier.
func (c *cloud) smooth(x, y float64, values []float64) float64 {
	const most = 4
	var at [most]int32
	var away [most]float64
	n := 0
	for k, around := range c.block {
		if n == most && around.from(x, y) >= away[n-1] {
			continue
		}
		for l := k * blocked; l < min((k+1)*blocked, len(c.boxes)); l++ {
			if n == most && c.boxes[l].from(x, y) >= away[n-1] {
				continue
			}
			for i := c.first[l]; i < c.first[l+1]; i++ {
				d := square(c.x[i]-x, c.y[i]-y)
				if n == most && d >= away[n-1] {
					continue
				}
				n = min(n+1, most)
				j := n - 1
				for ; j > 0 && away[j-1] > d; j-- {
					at[j], away[j] = at[j-1], away[j-1]
				}
				at[j], away[j] = i, d
			}
		}
	}
	sum, weights := 0.0, 0.0
	for j := range n {
		w := 1 / (math.Sqrt(away[j]) + 1e-3*math.Sqrt(away[n-1]) + 1e-9)
		sum, weights = sum+w*values[at[j]], weights+w
	}
	return sum / weights
}
