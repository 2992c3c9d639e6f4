package plane

import (
	"io"
	"math"
	"strconv"
	"strings"

	"zhidian/solver/text"
)

// What may be wrong in a file of TSPLIB, beside numbers.
const (
	NotPlane text.Trouble = "is not EUC_2D: only points on a plane are read"
	Twice    text.Trouble = "is the number of a second point"
	NotAll   text.Trouble = "is not how many points there are"
)

// ReadTSPLIB reads points on a plane as TSPLIB writes them, with headings, with a bare count, or with neither: each line a
// number and two coordinates, up to a line EOF or the end. Every point is a demand and a candidate, K is left open; numbers
// are the file's own. Errors are [text.Error]s that name the line.
func ReadTSPLIB(r io.Reader) (p Problem, numbers []int64, err error) {
	t := tsplib{in: text.NewReader(r), seen: map[int64]bool{}}
	for {
		word, err := t.in.Word()
		if err == io.EOF || err == nil && string(word) == "EOF" {
			break
		}
		if err != nil {
			return p, nil, err
		}
		if c := word[0]; c < '0' || c > '9' {
			err = t.heading(strings.TrimSuffix(string(word), ":"))
		} else {
			err = t.point(word)
		}
		if err != nil {
			return p, nil, err
		}
	}
	switch n := len(t.numbers); {
	case n == 0:
		return p, nil, &text.Error{Line: t.in.Line(), Field: "points", Trouble: text.Missing}
	case t.count != nil && t.count.count != n:
		return p, nil, &text.Error{Line: t.count.line, Field: "points", Have: strconv.Itoa(t.count.count), Trouble: NotAll}
	}
	return Problem{X: t.x, Y: t.y}, t.numbers, nil
}

// tsplib is a file half read.
type tsplib struct {
	in      *text.Reader
	seen    map[int64]bool
	numbers []int64
	x, y    []float64
	count   *stated
}

// stated is how many points a file says it has, and where.
type stated struct{ count, line int }

func (t *tsplib) heading(name string) error {
	switch name {
	case "EDGE_WEIGHT_TYPE", "DIMENSION":
		word, err := t.in.Word()
		for err == nil && string(word) == ":" {
			word, err = t.in.Word()
		}
		if err != nil {
			return t.in.Fault(name, text.Missing)
		}
		if name == "DIMENSION" {
			return t.total(word)
		}
		if string(word) != "EUC_2D" {
			return t.in.Fault("", NotPlane)
		}
		return nil
	case "NODE_COORD_SECTION":
		return nil
	case "NAME", "COMMENT", "TYPE", "NODE_COORD_TYPE", "DISPLAY_DATA_TYPE":
		return t.in.Skip()
	}
	return t.in.Fault("heading", text.Unexpected)
}

func (t *tsplib) total(word []byte) error {
	n, err := strconv.Atoi(string(word))
	if err != nil || n < 1 {
		return t.in.Fault("points", text.NotWhole)
	}
	t.count = &stated{n, t.in.Line()}
	return nil
}

// point reads a line of a number and two coordinates. The first may be a count alone.
func (t *tsplib) point(word []byte) error {
	number, err := strconv.ParseInt(string(word), 10, 64)
	if err != nil {
		return t.in.Fault("node", text.NotWhole)
	}
	twice, line := t.in.Fault("node", Twice), t.in.Line()
	x, err := t.in.Float("x", math.Inf(-1), math.Inf(1))
	if len(t.numbers) == 0 && t.count == nil && t.in.Line() > line {
		t.count = &stated{int(number), line}
		if number, line, twice = int64(x), t.in.Line(), nil; float64(number) != x {
			return t.in.Fault("node", text.NotWhole)
		}
		x, err = t.in.Float("x", -MaxCoordinate, MaxCoordinate)
	}
	if err == nil && !(math.Abs(x) <= MaxCoordinate) {
		err = t.in.Fault("x", text.OutOfRange)
	}
	if err != nil {
		return err
	}
	y, err := t.in.Float("y", -MaxCoordinate, MaxCoordinate)
	switch {
	case err != nil:
		return err
	case t.in.Line() > line:
		return &text.Error{Line: line, Field: "y", Trouble: text.Missing}
	case t.seen[number]:
		return twice
	case len(t.numbers) == MaxDemand:
		return t.in.Fault("points", text.Unexpected)
	}
	t.seen[number] = true
	t.numbers, t.x, t.y = append(t.numbers, number), append(t.x, x), append(t.y, y)
	return nil
}
