package week

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhidian/solver/routing"
	"zhidian/solver/text"
)

const (
	visitTable = "\ufeff编号,经度,纬度,分钟,最早,最晚,技能,双人,日子,优先级,同一队\na,113.1,28.2,30,8:30,9：05,急救；英语,是,周一;周二,,\nb,113.2,28.2,15,,,,,,3,a\n"
	teamTable  = "id,lon,lat,day,from,until,skill,persons,lunch\nt,113.1,28.2,周一;周二,7:30,16:00,急救 英语,2,45\n"
)

func read(t testing.TB) ([]Visit, []Team) {
	visits, err := ReadVisits(strings.NewReader(visitTable))
	if err != nil {
		t.Fatal(err)
	}
	teams, err := ReadTeams(strings.NewReader(teamTable))
	if err != nil {
		t.Fatal(err)
	}
	return visits, teams
}

func TestTablesAreRead(t *testing.T) {
	t.Parallel()
	visits, teams := read(t)
	a, b := visits[0], visits[1]
	if a.ID != "a" || a.Place.Kind != Degree || a.Takes != 1800 || a.From != 8*hour+30*minute || a.Until != 9*hour+5*minute || a.Persons != 2 || len(a.Skills) != 2 || len(a.Days) != 2 || a.Priority != 0 {
		t.Errorf("%+v", a)
	}
	if b.From != 0 || b.Until != dayEnd || b.Persons != 1 || b.Priority != 3 || b.Same != "a" {
		t.Errorf("%+v", b)
	}
	if x := teams[0]; x.From != 7*hour+30*minute || x.LunchTakes != 2700 || x.LunchFrom != 11*hour+30*minute || x.LunchUntil != 13*hour || x.Most != routing.MaxVisits {
		t.Errorf("%+v", x)
	}
	w, err := New(visits, teams, Straight{Detour: 1.35, Speed: 30}, Rates{Priority: 3600, Move: 60}, map[string]Given{"a": {"t", "周二"}})
	if err != nil {
		t.Fatal(err)
	}
	x := w.Problem.Visits
	if len(w.Shifts) != 2 || x[0].Was != 2 || x[1].Prize != 3*3600 || !x[1].Optional || x[0].Same == 0 || x[0].Same != x[1].Same || x[0].Days != 3 || x[0].Skills != w.Shifts[0].Skills {
		t.Errorf("%+v %+v", w.Shifts, x)
	}
	if d := w.Length[1]; d < 1580 || d > 1592 { // 9.8 km as the crow flies
		t.Errorf("%d seconds", d)
	}
	s, err := routing.Solve(context.Background(), w.Problem, routing.Options{Effort: 200})
	if err != nil || routing.Check(w.Problem, s) != nil || s.Shifts[0] != 1 {
		t.Error(s, err)
	}
}

func TestFaultsNameLineAndColumn(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]text.Error{
		"id\n1":                               {Line: 1, Field: "minutes", Trouble: text.NoColumn},
		"id,minutes\n":                        {Line: 2, Field: "visit", Trouble: text.Missing},
		"id,minutes\n,5":                      {Line: 2, Field: "id", Trouble: text.Empty},
		"id,minutes\na,5\na,5":                {Line: 3, Field: "id", Have: "a", Trouble: Twice},
		"id,minutes,from\na,5,24:01":          {Line: 2, Field: "from", Have: "24:01", Trouble: NotATime},
		"id,minutes,from\na,5,8:60":           {Line: 2, Field: "from", Have: "8:60", Trouble: NotATime},
		"id,minutes,from,until\na,5,9:00,8:0": {Line: 2, Field: "until", Have: "8:0", Trouble: NotATime},
		"id,minutes,same\na,5,b":              {Line: 2, Field: "same", Have: "b", Trouble: Unknown},
		"id,minutes,lon\na,5,1":               {Line: 2, Field: "lat", Trouble: text.Empty},
	} {
		_, err := ReadVisits(strings.NewReader(file))
		var have *text.Error
		if !errors.As(err, &have) || *have != want {
			t.Errorf("%q: %v", file, err)
		}
	}
}

// TestRoadsAreTheFastest holds them against every way tried out (Floyd and Warshall).
func TestRoadsAreTheFastest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 7).Draw(t, "places")
		const none = 1 << 40
		best := make([][]int64, n)
		names := []Place{}
		for i := range n {
			best[i] = slices.Repeat([]int64{none}, n)
			best[i][i] = 0
			names = append(names, Place{Name: string(rune('a' + i))})
		}
		table := "from,to,seconds\n"
		for i := range n { // every place is named
			table += names[i].Name + "," + names[i].Name + ",9\n"
		}
		for range rapid.IntRange(0, 20).Draw(t, "arcs") {
			i, j, d := rapid.IntRange(0, n-1).Draw(t, "from"), rapid.IntRange(0, n-1).Draw(t, "to"), rapid.IntRange(0, 9).Draw(t, "seconds")
			best[i][j] = min(best[i][j], int64(d))
			table += names[i].Name + "," + names[j].Name + "," + string(rune('0'+d)) + "\n"
		}
		for k := range n {
			for i := range n {
				for j := range n {
					best[i][j] = min(best[i][j], best[i][k]+best[k][j])
				}
			}
		}
		g, err := ReadRoads(strings.NewReader(table))
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			row, err := g.Seconds(names[i], names)
			var way *WayError
			if errors.As(err, &way) {
				if !slices.Contains(best[i], none) {
					t.Fatal(err)
				}
				continue
			}
			if !slices.Equal(row, best[i]) {
				t.Fatalf("from %d: %v, not %v", i, row, best[i])
			}
		}
	})
}

func FuzzTables(f *testing.F) {
	f.Add(visitTable, teamTable, "from,to,seconds\na,b,1\nb,t,1\nt,a,2\n")
	f.Fuzz(func(t *testing.T, v, m, g string) {
		visits, err := ReadVisits(strings.NewReader(v))
		if err != nil || len(visits) > 50 {
			return
		}
		teams, err := ReadTeams(strings.NewReader(m))
		if err != nil || len(teams) > 50 {
			return
		}
		for _, ways := range []func() (Ways, error){
			func() (Ways, error) { return Straight{1.3, 30}, nil },
			func() (Ways, error) { return ReadRoads(strings.NewReader(g)) },
			func() (Ways, error) { return ReadMatrix(strings.NewReader(g)) },
		} {
			x, err := ways()
			if err != nil {
				continue
			}
			w, err := New(visits, teams, x, Rates{Priority: 600, Move: 60}, nil)
			if err != nil || len(w.Shifts) > 200 {
				continue
			}
			s, err := routing.Solve(context.Background(), w.Problem, routing.Options{Effort: 20})
			if err == nil && routing.Check(w.Problem, s) != nil {
				t.Fatal(routing.Check(w.Problem, s))
			}
		}
	})
}
