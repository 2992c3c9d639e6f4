package app

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"zhidian/solver/density"
)

// benchDensity measures how long the solver takes to bin points that are already in memory.
func benchDensity(ctx context.Context, c *call) (measured, error) {
	fs := c.flags()
	points := fs.Int("points", 10_000_000, "点数 points")
	side := fs.Float64("hex", 100, "六边形边长（米） side of a hexagon in metres")
	sites := fs.Int("sites", 0, "服务点数，0 为不算覆盖 sites; 0: no coverage")
	within := fs.Float64("within", 500, "覆盖半径（米） reach of a site in metres")
	runs := fs.Int("runs", 7, "次数 runs")
	if code, ok := c.parse(fs); !ok {
		return measured{}, usageError(code)
	}
	r := rand.New(rand.NewPCG(seedOfBench, 1)) //nolint:gosec // the same points at every run
	p := density.Problem{
		Grid: density.Grid{Side: density.Metres(*side)},
		X:    make([]density.Metres, *points), Y: make([]density.Metres, *points),
	}
	for i := range p.X { // a hundred towns over a hundred kilometres
		town := rand.New(rand.NewPCG(seedOfBench, uint64(i%100))) //nolint:gosec // as above
		p.X[i] = density.Metres(town.Float64()*100_000 + r.NormFloat64()*2_000)
		p.Y[i] = density.Metres(town.Float64()*100_000 + r.NormFloat64()*2_000)
	}
	if *sites > 0 {
		p.Within = density.Metres(*within)
		for range *sites {
			p.Sites = append(p.Sites, density.Point{X: density.Metres(r.Float64() * 100_000), Y: density.Metres(r.Float64() * 100_000)})
		}
	}
	var took []time.Duration
	var cells int
	for range *runs {
		began := time.Now()
		s, err := density.Solve(ctx, p, density.Options{})
		if err != nil {
			return measured{}, err
		}
		took, cells = append(took, time.Since(began)), len(s.Cells)
	}
	slices.Sort(took)
	return measured{Figures: map[string]any{
		"points": *points, "hex_m": *side, "sites": *sites, "cells": cells, "runs": *runs,
		"min_ms": milli(took[0]), "median_ms": milli(took[len(took)/2]), "max_ms": milli(took[len(took)-1]),
	}}, nil
}

const seedOfBench = 20261123
