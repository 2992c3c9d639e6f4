package density

import "math"

// Unit is a township or a cell whose need for a visit is compared with the others'.
type Unit struct {
	Area      float64 // square kilometres
	Youth     int64
	Members   int64
	NewSector int64 // workers of new sectors, such as riders and couriers
	Orgs      int64
}

// Score is how far a unit lies from the mean of all, in standard deviations, term by term.
type Score struct {
	Youth     float64 // youth per square kilometre
	Members   float64 // members per square kilometre
	NewSector float64 // workers of new sectors
	Orgs      float64 // organisations per 1,000 youth; 0 where nobody young lives
	Total     float64 // Youth + Members + NewSector − Orgs: high means many young people and few organisations
}

// Scores computes the cluster score of every unit (the formula of the office's own proposal, domain rules §7.5). The
// deviation is that of the whole population. A term in which all units are alike is 0 for all. A unit without youth
// has no organisations per 1,000 youth: it is left out of that term's mean, and the term counts 0 for it.
func Scores(units []Unit) ([]Score, error) {
	n := len(units)
	youth, members, sector, orgs := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i, u := range units {
		if math.IsNaN(u.Area) || math.IsInf(u.Area, 0) || u.Area <= 0 {
			return nil, &MeasureError{Name: "area", Row: i, Problem: NotANumber}
		}
		for _, m := range []struct {
			name string
			n    int64
		}{{"youth", u.Youth}, {"members", u.Members}, {"new sector", u.NewSector}, {"orgs", u.Orgs}} {
			if m.n < 0 {
				return nil, &MeasureError{Name: m.name, Row: i, Problem: Negative}
			}
		}
		youth[i], members[i], sector[i] = float64(u.Youth)/u.Area, float64(u.Members)/u.Area, float64(u.NewSector)
		orgs[i] = math.NaN()
		if u.Youth > 0 {
			orgs[i] = 1000 * float64(u.Orgs) / float64(u.Youth)
		}
	}
	for _, values := range [][]float64{youth, members, sector, orgs} {
		standardise(values)
	}
	scores := make([]Score, n)
	for i := range scores {
		scores[i] = Score{youth[i], members[i], sector[i], orgs[i], youth[i] + members[i] + sector[i] - orgs[i]}
	}
	return scores, nil
}

// standardise replaces values by their distance from the mean in standard deviations; NaN becomes 0 and is not counted.
func standardise(values []float64) {
	n, sum := 0.0, 0.0
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) {
			n, sum, low, high = n+1, sum+v, min(low, v), max(high, v)
		}
	}
	mean, squares := sum/n, 0.0
	for _, v := range values {
		if !math.IsNaN(v) {
			squares += (v - mean) * (v - mean)
		}
	}
	deviation := math.Sqrt(squares / n)
	for i, v := range values {
		if math.IsNaN(v) || !(low < high) || deviation == 0 {
			values[i] = 0
			continue
		}
		values[i] = (v - mean) / deviation
	}
}
