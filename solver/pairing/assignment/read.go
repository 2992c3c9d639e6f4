package assignment

import (
	"io"

	"zhidian/solver/text"
)

// MaxReadSide bounds what Read takes: 20,000 rows are 1.6 GB of costs.
const MaxReadSide = 20_000

// Read reads a square table as the OR-Library writes it: the number of rows, then the costs row by row, spaces and lines
// between them as they come. Errors are [text.Error]s that name the line.
func Read(r io.Reader) (Problem, error) {
	in := text.NewReader(r)
	n, err := in.Int("rows", 1, MaxReadSide)
	if err != nil {
		return Problem{}, err
	}
	p := Problem{Rows: int(n), Cols: int(n)}
	for range n * n { // grows as it is read, so that a short file with a large number costs nothing
		c, err := in.Int("cost", -1<<30, 1<<30)
		if err != nil {
			return Problem{}, err
		}
		p.Cost = append(p.Cost, int32(c))
	}
	return p, in.End()
}
