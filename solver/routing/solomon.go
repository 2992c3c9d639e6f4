package routing

import (
	"io"
	"math"
	"slices"
	"strconv"

	"zhidian/solver/text"
)

// Rounding is how lengths between coordinates become whole numbers.
type Rounding int

const (
	// Double keeps seven decimals, rounded up, so that a plan in time by them is in time by exact lengths too.
	Double Rounding = iota
	// Trunc1 cuts each length to one decimal.
	Trunc1
)

// Scale is how many units of a rounding are one of the file.
func (r Rounding) Scale() int64 {
	if r == Trunc1 {
		return 10
	}
	return 10_000_000
}

// Wrong is what may be wrong with a file beyond its numbers.
const Wrong text.Trouble = "is not what stands there in a file of this kind"

// ReadSolomon reads a problem as Solomon (Operations Research 35, 1987), and after him Gehring and Homberger, wrote
// it. Errors are [text.Error]s that name the line.
func ReadSolomon(r io.Reader, rounding Rounding) (Problem, error) {
	in := text.NewReader(r)
	if _, err := in.Word(); err != nil {
		return Problem{}, in.Fault("name", text.Missing)
	}
	if err := expect(in, "VEHICLE", "NUMBER", "CAPACITY"); err != nil {
		return Problem{}, err
	}
	teams, err := in.Int("teams", 1, 1_000_000)
	if err != nil {
		return Problem{}, err
	}
	scale := rounding.Scale()
	var p Problem
	capacity, err := in.Int("capacity", 0, 1_000_000_000)
	if err != nil {
		return Problem{}, err
	}
	if err := expect(in, "CUSTOMER", "CUST", "NO.", "XCOORD.", "YCOORD.", "DEMAND", "READY", "TIME", "DUE", "DATE", "SERVICE", "TIME"); err != nil {
		return Problem{}, err
	}
	var x, y []float64
	for {
		word, err := in.Word()
		if err == io.EOF {
			break
		}
		if err != nil {
			return Problem{}, err
		}
		if len(x) > MaxVisits || string(word) != strconv.Itoa(len(x)) {
			return Problem{}, in.Fault("customer", Wrong)
		}
		var v [6]float64
		for k, field := range [...]string{"x", "y", "demand", "ready time", "due date", "service time"} {
			least, most := 0.0, 10_000.0
			if k < 2 {
				least = -most
			}
			if v[k], err = in.Float(field, least, most); err != nil {
				return Problem{}, err
			}
			if k >= 2 && v[k] != math.Trunc(v[k]) {
				return Problem{}, in.Fault(field, text.NotWhole)
			}
		}
		x, y = append(x, v[0]), append(y, v[1])
		p.Visits = append(p.Visits, Visit{Demand: int64(v[2]), Open: int64(v[3]) * scale, Close: int64(v[4]) * scale, Service: int64(v[5]) * scale})
	}
	if len(x) == 0 {
		return Problem{}, in.Fault("customer", text.Missing)
	}
	depot := &p.Visits[0]
	if depot.Demand != 0 || depot.Open+depot.Service > depot.Close {
		return Problem{}, in.Fault("depot", Wrong)
	}
	p.Shifts = slices.Repeat([]Shift{{Open: depot.Open + depot.Service, Close: depot.Close, Capacity: capacity}}, min(int(teams), max(1, len(x)-1)))
	for i := range x {
		for j := range x {
			d := math.Hypot(x[i]-x[j], y[i]-y[j]) * float64(scale)
			if rounding == Trunc1 {
				d = math.Floor(d + 1e-9)
			}
			p.Length = append(p.Length, int64(math.Ceil(d-1e-6)))
		}
	}
	return p, nil
}

func expect(in *text.Reader, words ...string) error {
	for _, want := range words {
		have, err := in.Word()
		if err == io.EOF {
			return in.Fault("heading", text.Missing)
		}
		if err != nil {
			return err
		}
		if string(have) != want {
			return in.Fault("heading", Wrong)
		}
	}
	return nil
}
