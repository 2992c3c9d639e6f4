package flow

import (
	"errors"
	"io"

	"zhidian/solver/text"
)

// What may be wrong with a file beyond its numbers.
const (
	NoHeading  text.Trouble = "stands where the line p min NODES ARCS is expected, which comes first and once"
	NotMin     text.Trouble = "must be min"
	Twice      text.Trouble = "is the supply of a node that has one already"
	NoSuchLine text.Trouble = "begins a line; c, p, n and a may"
	Crossed    text.Trouble = "ends an arc whose lower limit is above its upper one"
	NotAllArcs text.Trouble = "are not as many as the heading says"
)

// ReadDIMACS reads a minimum-cost flow problem as the first DIMACS challenge (1991) writes it: lines that begin with c are
// comments; p min NODES ARCS; n NODE SUPPLY; a FROM TO LOWER UPPER COST, with nodes counted from 1. An upper limit below 0
// means none. Errors are [text.Error]s that name the line.
func ReadDIMACS(r io.Reader) (Problem, error) {
	in := text.NewReader(r)
	var p Problem
	var nodes, arcs int64
	var seen []bool
	for {
		word, err := in.Word()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Problem{}, err
		}
		if kind := string(word); kind != "c" && (kind == "p") != (nodes == 0) {
			return Problem{}, in.Fault("", NoHeading)
		}
		switch string(word) {
		case "c":
			err = in.Skip()
		case "p":
			if word, err = in.Word(); err == nil && string(word) != "min" {
				return Problem{}, in.Fault("", NotMin)
			}
			if nodes, err = in.Int("nodes", 1, MaxNodes); err == nil {
				arcs, err = in.Int("arcs", 0, MaxArcs)
			}
			p.Supply, seen = make([]int64, nodes), make([]bool, nodes)
		case "n":
			var i, s int64
			if i, err = in.Int("node", 1, nodes); err == nil {
				if seen[i-1] {
					return Problem{}, in.Fault("", Twice)
				}
				seen[i-1] = true
				s, err = in.Int("supply", -MaxFlow, MaxFlow)
				p.Supply[i-1] = s
			}
		case "a":
			var a Arc
			if a, err = readArc(in, nodes); err == nil {
				p.Arcs = append(p.Arcs, a)
			}
		default:
			return Problem{}, in.Fault("", NoSuchLine)
		}
		if err != nil {
			return Problem{}, err
		}
	}
	if nodes == 0 {
		return Problem{}, in.Fault("heading", text.Missing)
	}
	if int64(len(p.Arcs)) != arcs {
		return Problem{}, in.Fault("arcs", NotAllArcs)
	}
	return p, nil
}

func readArc(in *text.Reader, nodes int64) (a Arc, err error) {
	var v [5]int64
	for i, f := range []struct {
		field       string
		least, most int64
	}{
		{"node", 1, nodes},
		{"node", 1, nodes},
		{"lower limit", 0, MaxFlow},
		{"upper limit", -1 << 62, MaxFlow},
		{"cost", -MaxCost, MaxCost},
	} {
		if v[i], err = in.Int(f.field, f.least, f.most); err != nil {
			return a, err
		}
	}
	a = Arc{From: int32(v[0] - 1), To: int32(v[1] - 1), Lower: v[2], Upper: v[3], Cost: v[4]}
	if a.Upper < 0 {
		a.Upper = Unlimited
	}
	if a.Lower > a.Upper {
		return a, in.Fault("", Crossed)
	}
	return a, nil
}
