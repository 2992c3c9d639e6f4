package routing

import (
	"io"
	"math"
	"slices"

	"zhidian/solver/text"
)

// ChaoScore is what a point of score counts in a problem of ReadChao: more than all ways together, so that scores come
// before ways.
const ChaoScore = 100_000_000

// chaoUnits are how many units of length one of the file has; of time there are as many as [Double] has.
const chaoUnits = 1_000

// ReadChao reads a team orienteering problem as Chao, Golden and Wasil (European Journal of Operational Research 88, 1996)
// wrote it: so many points, teams and a time limit, then a line for each point with its coordinates and score, the first one
// where teams begin and the last one where they end. Points are numbered from 0. Errors are [text.Error]s that name the line.
func ReadChao(r io.Reader) (Problem, error) {
	in := text.NewReader(r)
	if err := expect(in, "n"); err != nil {
		return Problem{}, err
	}
	n, err := in.Int("points", 3, 1002)
	if err != nil {
		return Problem{}, err
	}
	if err := expect(in, "m"); err != nil {
		return Problem{}, err
	}
	teams, err := in.Int("teams", 1, 99)
	if err != nil {
		return Problem{}, err
	}
	if err := expect(in, "tmax"); err != nil {
		return Problem{}, err
	}
	limit, err := in.Float("time limit", 0, 1000)
	if err != nil {
		return Problem{}, err
	}
	scale := float64(Double.Scale())
	shift := Shift{To: int32(n) - 1, Close: int64(math.Round(limit * scale))}
	p := Problem{Visits: make([]Visit, n), Shifts: slices.Repeat([]Shift{shift}, int(teams))}
	x, y := make([]float64, n), make([]float64, n)
	for i := range p.Visits {
		if x[i], err = in.Float("x", -10_000, 10_000); err != nil {
			return Problem{}, err
		}
		if y[i], err = in.Float("y", -10_000, 10_000); err != nil {
			return Problem{}, err
		}
		score, err := in.Int("score", 0, 10_000)
		if err != nil {
			return Problem{}, err
		}
		p.Visits[i] = Visit{Close: shift.Close, Optional: true, Prize: score * ChaoScore}
	}
	for i := range x {
		for j := range x {
			d := math.Hypot(x[i]-x[j], y[i]-y[j])
			p.Length = append(p.Length, int64(math.Ceil(d*chaoUnits)))
			p.Time = append(p.Time, int64(math.Ceil(d*scale-1e-6)))
		}
	}
	return p, in.End()
}

// ChaoScores is the score of a plan, and what no plan can exceed, of a problem of ReadChao.
func ChaoScores(p Problem, s Solution) (score, bound int64) {
	var all int64
	for i, is := range p.depots() {
		if !is {
			all += p.Visits[i].Prize / ChaoScore
		}
	}
	score = all
	for _, v := range s.Left {
		score -= p.Visits[v].Prize / ChaoScore
	}
	return score, all - s.Bound/ChaoScore
}
