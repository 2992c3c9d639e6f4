package density

import (
	"math"
	"math/big"
)

// Shape is the form of a grid's cells.
type Shape uint8

const (
	Hexagon Shape = iota // pointy-top: a corner in the north
	Square
)

// Grid divides the plane into equal cells, one of which (0, 0) is fixed at the origin: a hexagon has its centre
// there, a square its south-western corner. Side is the length of one edge.
type Grid struct {
	Shape Shape
	Side  Metres
}

// Cell names a cell of a grid. R counts rows to the north; Q counts to the east along a row, and for hexagons
// the rows' zeros lean to the north-east (axial coordinates).
type Cell struct{ Q, R int32 }

func (g Grid) validate() error {
	if g.Shape > Square {
		return &LimitError{What: "shape", Value: float64(g.Shape), Min: float64(Hexagon), Max: float64(Square)}
	}
	if !(g.Side >= MinSide && g.Side <= MaxSide) {
		return &LimitError{What: "side", Value: float64(g.Side), Min: float64(MinSide), Max: float64(MaxSide)}
	}
	return nil
}

// Area is the area of one cell in square kilometres.
func (g Grid) Area() float64 {
	side := float64(g.Side) / 1000
	if g.Shape == Square {
		return side * side
	}
	return 1.5 * math.Sqrt(3) * side * side
}

// Centre is the middle of a cell.
func (g Grid) Centre(c Cell) Point {
	q, r, side := float64(c.Q), float64(c.R), float64(g.Side)
	if g.Shape == Square {
		return Point{Metres((q + 0.5) * side), Metres((r + 0.5) * side)}
	}
	return Point{Metres(math.Sqrt(3) * side * (q + r/2)), Metres(1.5 * side * r)}
}

// Corners are the corners of a cell against the clock, from the eastern one in the lower half. Neighbouring cells
// compute the corner they share bit by bit alike, so that a drawn map has no seams.
func (g Grid) Corners(c Cell) []Point {
	q, r, side := int64(c.Q), int64(c.R), float64(g.Side)
	if g.Shape == Square {
		west, east := Metres(float64(q)*side), Metres(float64(q+1)*side)
		south, north := Metres(float64(r)*side), Metres(float64(r+1)*side)
		return []Point{{east, south}, {east, north}, {west, north}, {west, south}}
	}
	halfWidth, halfSide := math.Sqrt(3)*side/2, side/2
	at := func(dx, dy int64) Point {
		return Point{Metres(halfWidth * float64(2*q+r+dx)), Metres(halfSide * float64(3*r+dy))}
	}
	return []Point{at(1, -1), at(1, 1), at(0, 2), at(-1, 1), at(-1, -1), at(0, -2)}
}

// Neighbours are the cells that share an edge with c, against the clock from the east.
func (g Grid) Neighbours(c Cell) []Cell {
	q, r := c.Q, c.R
	if g.Shape == Square {
		return []Cell{{q + 1, r}, {q, r + 1}, {q - 1, r}, {q, r - 1}}
	}
	return []Cell{{q + 1, r}, {q, r + 1}, {q - 1, r + 1}, {q - 1, r}, {q, r - 1}, {q + 1, r - 1}}
}

// CellAt names the cell that holds a point, by the rule of [Solve].
func (g Grid) CellAt(p Point) (Cell, error) {
	if err := g.validate(); err != nil {
		return Cell{}, err
	}
	if why := p.problem(); why != "" {
		return Cell{}, &PointError{Problem: why, At: p}
	}
	return g.cellAt(float64(p.X), float64(p.Y)), nil
}

// Positions are scaled to fixed-point numbers with 32 bits behind the point, in units in which the lines that bound
// the cells are whole numbers. Whatever lies within nearLine of a whole number is decided by exact arithmetic.
// Scaling, truncation and doubling together err by fewer than 16 of these units up to MaxCoordinate.
const (
	fixedBits = 32
	nearLine  = 64
)

// scale gives the factors from metres to fixed-point units.
func (g Grid) scale() (kx, ky float64) {
	side := float64(g.Side)
	if g.Shape == Square {
		return (1 << fixedBits) / side, (1 << fixedBits) / side
	}
	return (1 << fixedBits) / (math.Sqrt(3) * side), (1 << fixedBits) / side
}

// cellAt is CellAt for a point known to be sound.
//
// The edges of hexagons, prolonged, cut the plane into equal triangles: one family of lines runs north, two run at 30
// degrees to the east. Three whole numbers say between which lines a point lies; thirds of their sums name the cell.
func (g Grid) cellAt(x, y float64) Cell {
	kx, ky := g.scale()
	side := float64(g.Side)
	a, b := int64(x*kx), int64(y*ky)
	if g.Shape == Square {
		return Cell{
			Q: int32(floorLine(a, func(n float64) int { return sign(math.FMA(-n, side, x)) })),
			R: int32(floorLine(b, func(n float64) int { return sign(math.FMA(-n, side, y)) })),
		}
	}
	if c := hexagonOf(2*a>>fixedBits, (b+a)>>fixedBits, (b-a)>>fixedBits); g.wellInside(c, x, y) {
		return c
	}
	return hexagonOf(
		floorLine(2*a, func(n float64) int { return signRoot(2*x, 0, n, side) }),
		floorLine(b+a, func(n float64) int { return signRoot(x, y, n, side) }),
		floorLine(b-a, func(n float64) int { return signRoot(-x, y, n, side) }),
	)
}

// hexagonOf names the hexagon of the triangle behind these three lines.
func hexagonOf(north, east, west int64) Cell {
	r := floorThird(east + west + 2)
	return Cell{Q: int32(floorThird(north+east+2) - r), R: int32(r)}
}

// wellInside says that a point lies in the circle drawn into a hexagon, less a millionth: no border is near.
func (g Grid) wellInside(c Cell, x, y float64) bool {
	centre, side := g.Centre(c), float64(g.Side)
	dx, dy := x-float64(centre.X), y-float64(centre.Y)
	return dx*dx+dy*dy < 0.749999*side*side
}

// floorLine is the number of the last line at or before a fixed-point position. side says on which side of line n the
// true position lies; it is asked only when the position is too close to tell.
func floorLine(at int64, side func(n float64) int) int64 {
	n := (at + 1<<(fixedBits-1)) >> fixedBits
	if off := at - n<<fixedBits; off >= nearLine || off < -nearLine {
		return at >> fixedBits
	}
	if side(float64(n)) < 0 {
		return n - 1
	}
	return n
}

func floorThird(n int64) int64 {
	third := n / 3
	if n%3 < 0 {
		third--
	}
	return third
}

func sign(v float64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// signRoot is the exact sign of x + √3·(y − n·side).
func signRoot(x, y, n, side float64) int {
	d := math.FMA(-n, side, y) // rounded once, so its sign is true
	if x == 0 || d == 0 || (x > 0) == (d > 0) {
		return sign(x + d)
	}
	exact := new(big.Rat).SetFloat64(side)
	exact.Mul(exact, new(big.Rat).SetFloat64(n))
	exact.Sub(new(big.Rat).SetFloat64(y), exact)
	exact.Mul(exact, exact).Mul(exact, big.NewRat(3, 1))
	square := new(big.Rat).SetFloat64(x)
	if square.Mul(square, square).Cmp(exact) > 0 { // never equal: √3 is no fraction
		return sign(x)
	}
	return sign(d)
}
