package density

import (
	"strconv"
	"strings"

	solver "zhidian/solver/density"
)

// cellID names a hexagon in addresses: its row and column.
func cellID(c solver.Cell) string {
	return strconv.Itoa(int(c.Q)) + "_" + strconv.Itoa(int(c.R))
}

func parseCell(text string) (solver.Cell, bool) {
	q, r, ok := strings.Cut(text, "_")
	x, err1 := strconv.ParseInt(q, 10, 32)
	y, err2 := strconv.ParseInt(r, 10, 32)
	return solver.Cell{Q: int32(x), R: int32(y)}, ok && err1 == nil && err2 == nil
}
