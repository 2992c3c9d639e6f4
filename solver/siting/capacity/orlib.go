package capacity

import (
	"io"
	"math"

	"zhidian/solver/text"
)

// mostRead bounds the points of a file, so that the table of distances stays below 400 MB.
const mostRead = 10_000

// ReadORLIB reads a capacitated p-median as the OR-Library writes it: the problem's number and the best value known, points,
// sites to open and the capacity of each, then each point with its number, two coordinates and its load. Every point is a
// demand and a candidate; distances are straight, their fractions cut off. Errors are [text.Error]s that name the line.
func ReadORLIB(r io.Reader) (p Problem, known int64, err error) {
	in := text.NewReader(r)
	var head [5]int64
	for k, field := range []string{"problem", "best known", "points", "sites", "capacity"} {
		least, most := int64(1), int64(math.MaxInt32)
		switch field {
		case "problem", "best known":
			least = 0
		case "points":
			most = mostRead
		case "sites":
			most = head[2]
		case "capacity":
			least, most = 0, MaxLoad
		}
		if head[k], err = in.Int(field, least, most); err != nil {
			return p, 0, err
		}
	}
	n := int(head[2])
	x, y, load := make([]float64, n), make([]float64, n), make([]int64, n)
	seen := make([]bool, n)
	for range n {
		number, err := in.Int("point", 1, int64(n))
		if err != nil {
			return p, 0, err
		}
		i := number - 1
		if seen[i] {
			return p, 0, in.Fault("point", Twice)
		}
		seen[i] = true
		const far = 1 << 28
		if x[i], err = in.Float("x", -far, far); err != nil {
			return p, 0, err
		}
		if y[i], err = in.Float("y", -far, far); err != nil {
			return p, 0, err
		}
		if load[i], err = in.Int("load", 0, MaxLoad); err != nil {
			return p, 0, err
		}
	}
	if err := in.End(); err != nil {
		return p, 0, err
	}
	p = Problem{Demand: n, Sites: n, Distance: make([]int32, n*n), Load: load, Capacity: make([]int64, n), K: int(head[3])}
	for i := range n {
		p.Capacity[i] = head[4]
		for j := range n {
			p.Distance[i*n+j] = int32(math.Sqrt(float64((x[i]-x[j])*(x[i]-x[j])) + float64((y[i]-y[j])*(y[i]-y[j]))))
		}
	}
	return p, head[1], nil
}

// Twice says that a point's number was there before.
const Twice text.Trouble = "is the number of a second point"
