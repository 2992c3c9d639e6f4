package figure

import (
	"slices"

	solver "zhidian/solver/density"
)

// SmallestArea is the least area, in square kilometres, whose density is compared with others': 50 people in a
// compound of one hectare would lead any ranking.
const SmallestArea = 0.05

// Place is a township or cell with the four figures that its cluster score (聚集评分) is made of, as the reader may see them.
type Place struct {
	ID                              string
	Area                            float64 // square kilometres
	Youth, Members, NewSector, Orgs Figure
}

// Score is a place's cluster score. Left is the message that says why a place has none, empty for one that has.
type Score struct {
	ID   string
	Left string
	solver.Score
}

// Ranking is the cluster scores of all places, in the order given. Missing lists the kinds that no place reports, which
// therefore do not count; Alike those that are equal everywhere, which therefore distinguish nothing.
type Ranking struct {
	Scores  []Score
	Missing []string
	Alike   []string
}

// Cluster computes z(youth per km²) + z(members per km²) + z(workers of new sectors) − z(organisations per 1,000
// youth) (domain rules §7.5), high where many young people have few organisations. A place that hides or lacks a
// figure which others have is left out, and so are tiny areas: a mean over the rest is honest, a nought is not.
func Cluster(places []Place) (Ranking, error) {
	terms := []struct {
		kind string
		of   func(*Place) *Figure
	}{
		{Youth, func(p *Place) *Figure { return &p.Youth }},
		{Members, func(p *Place) *Figure { return &p.Members }},
		{NewSector, func(p *Place) *Figure { return &p.NewSector }},
		{Orgs, func(p *Place) *Figure { return &p.Orgs }},
	}
	r := Ranking{Scores: make([]Score, len(places))}
	for _, t := range terms {
		if !slices.ContainsFunc(places, func(p Place) bool { return t.of(&p).State != Absent }) {
			r.Missing = append(r.Missing, t.kind)
		}
	}
	var units []solver.Unit
	var at []int
	for i := range places {
		p := &places[i]
		r.Scores[i].ID = p.ID
		why := ""
		if !(p.Area >= SmallestArea) {
			why = "figure.score.area"
		}
		for _, t := range terms {
			switch x := t.of(p); {
			case why != "" || slices.Contains(r.Missing, t.kind):
			case x.State.Hidden():
				why = "figure.score.hidden"
			case x.State == Absent:
				why = "figure.score.absent"
			}
		}
		if r.Scores[i].Left = why; why == "" {
			units = append(units, solver.Unit{Area: p.Area, Youth: p.Youth.N, Members: p.Members.N, NewSector: p.NewSector.N, Orgs: p.Orgs.N})
			at = append(at, i)
		}
	}
	scores, err := solver.Scores(units)
	if err != nil {
		return Ranking{}, err
	}
	for k, i := range at {
		r.Scores[i].Score = scores[k]
	}
	for k, z := range []func(solver.Score) float64{
		func(s solver.Score) float64 { return s.Youth },
		func(s solver.Score) float64 { return s.Members },
		func(s solver.Score) float64 { return s.NewSector },
		func(s solver.Score) float64 { return s.Orgs },
	} {
		flat := !slices.ContainsFunc(scores, func(s solver.Score) bool { return z(s) != 0 })
		if flat && !slices.Contains(r.Missing, terms[k].kind) {
			r.Alike = append(r.Alike, terms[k].kind)
		}
	}
	return r, nil
}
