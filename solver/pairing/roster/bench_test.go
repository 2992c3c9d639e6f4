package roster

import (
	"context"
	"slices"
	"testing"
	"time"

	"zhidian/solver/cpu"
	"zhidian/solver/solvertest"
)

// lots are numbers that are the same everywhere.
type lots uint64

func (x *lots) under(n int) int {
	*x = *x*6364136223846793005 + 1442695040888963407
	return int(uint64(*x) >> 33 % uint64(n))
}

// county draws people and sessions of a summer: sites in a square of forty kilometres, three sessions a day.
func county(people, slots, sites, days int, reach int64, most int32) Problem {
	x := lots(7)
	p := Problem{Weights: Weights{Reach: reach, Stranger: 2000, Even: 500, Empty: 1_000_000, Stay: 0}}
	for range sites {
		p.Sites = append(p.Sites, Site{int32(x.under(40_000)), int32(x.under(40_000))})
	}
	for range slots {
		day, part := int64(x.under(days)), int64(x.under(3))
		s := Slot{Site: int32(x.under(sites)), Span: Span{day*1440 + 480 + part*240, day*1440 + 660 + part*240}}
		s.Seats = append(s.Seats, Seat{Count: 1, Needs: 1 << x.under(6)})
		if x.under(3) == 0 {
			s.Seats = append(s.Seats, Seat{Count: 1, For: Woman})
		}
		p.Slots = append(p.Slots, s)
	}
	for range people {
		who := Person{X: int32(x.under(40_000)), Y: int32(x.under(40_000)), Sex: Sex(1 + x.under(2)), Most: most}
		for range 3 {
			who.Skills |= 1 << x.under(6)
		}
		for day := range int64(days) {
			if x.under(2) == 0 {
				who.Free = append(who.Free, Span{day * 1440, day*1440 + 1440})
			}
		}
		if len(who.Free) == 0 {
			who.Most = 0
		}
		who.Knows = []int32{int32(x.under(sites))}
		p.People = append(p.People, who)
	}
	return p
}

// BenchmarkRoster makes the rosters that the planner is measured by.
func BenchmarkRoster(b *testing.B) {
	p := county(2000, 10_000, 300, 30, 0, 12)
	for b.Loop() {
		s, err := Solve(context.Background(), p, Options{})
		if err != nil || Check(p, s) != nil {
			b.Fatal(err, Check(p, s))
		}
		b.ReportMetric(float64(len(s.Empty)), "empty")
		b.ReportMetric(100*float64(s.Objective-s.Bound)/float64(s.Bound), "gap%")
	}
}

// BenchmarkRepair takes one person out of a roster at a time.
func BenchmarkRepair(b *testing.B) {
	for _, kind := range []struct {
		name string
		p    Problem
		stay int64
	}{
		{"one of 20000", county(20_000, 2000, 300, 30, 4250, 1), 0},
		{"one of 2000 with the fewest changes", county(2000, 10_000, 300, 30, 0, 12), 100_000},
	} {
		b.Run(kind.name, func(b *testing.B) {
			kind.p.Stay = kind.stay
			before := cpu.Spent()
			r, err := Begin(context.Background(), kind.p, Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.Logf("%d pairs, %v of a processor from nothing", len(r.all), cpu.Spent()-before)
			duties := r.Solution().Duties
			moved, k := 0, 0
			var each []float64
			solvertest.Each(b, func() {
				began := time.Now()
				c, err := r.Withdraw(context.Background(), duties[k*37%len(duties)].Person)
				if err != nil {
					b.Fatal(err)
				}
				k++
				moved += len(c.Taken)
				each = append(each, time.Since(began).Seconds()*1000)
			})
			slices.Sort(each)
			b.ReportMetric(each[len(each)/2], "median-ms")
			b.ReportMetric(each[len(each)*95/100], "p95-ms")
			b.ReportMetric(float64(moved)/float64(k), "moved")
		})
	}
}
