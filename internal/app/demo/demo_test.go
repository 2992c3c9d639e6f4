package demo

import (
	"strconv"
	"testing"

	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
)

func whole(t *testing.T) *City {
	t.Helper()
	c, err := Make(1)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDivisionsAreTheRealOnes(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	farms := 0
	for _, d := range whole(t).Divisions {
		count[d.Level]++
		if d.Farm {
			farms++
		}
		if d.At.Lon < 113 || d.At.Lon > 116 || d.At.Lat < 28.5 || d.At.Lat > 31 {
			t.Errorf("%s lies at %v", d.Name, d.At)
		}
	}
	if count["city"] != 1 || count["county"] != 6 || count["township"] != 89 || count["village"] != 1096 || farms != 19 {
		t.Fatalf("%v, %d farms and zones", count, farms)
	}
}

func TestTheWholeCityHasTheFiguresOfItsSources(t *testing.T) {
	t.Parallel()
	c, on := whole(t), day.Must("2026-03-31")
	youth := 0
	for _, r := range c.Youth(1, on, 1).Rows {
		for _, cell := range r[4:] {
			n, err := strconv.Atoi(cell)
			if err != nil {
				t.Fatal(err)
			}
			youth += n
		}
	}
	near(t, "young people", youth, youthTotal)
	near(t, "members", len(c.Members(1, on, 1).Rows), memberTotal)
	near(t, "league organisations", len(c.branches), 8_100)
}

func near(t *testing.T, what string, got, want int) {
	t.Helper()
	if got < want*95/100 || got > want*105/100 {
		t.Errorf("%d %s, want about %d", got, what, want)
	}
}

func TestEverybodyIsMadeUpAndOneOfAKind(t *testing.T) {
	t.Parallel()
	c := whole(t)
	seen := map[string]bool{}
	for _, r := range c.Members(1, day.Must("2026-03-31"), 1).Rows {
		id := r[4]
		if seen[id] {
			t.Fatalf("ID %s twice", id)
		}
		seen[id] = true
		if id[14:17] != "000" {
			t.Fatalf("ID %s could belong to somebody", id)
		}
		if _, err := cn.ParseResidentID(id); err != nil {
			t.Fatalf("ID %s: %v", id, err)
		}
	}
}

func TestTwoRunsAreTheSameCity(t *testing.T) {
	t.Parallel()
	a, err := Make(0.02)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Make(0.02)
	if err != nil {
		t.Fatal(err)
	}
	on := day.Must("2026-03-31")
	x, y := a.Members(0.02, on, 1).Rows, b.Members(0.02, on, 1).Rows
	if len(x) == 0 || len(x) != len(y) {
		t.Fatalf("%d and %d rows", len(x), len(y))
	}
	for i := range x {
		for k := range x[i] {
			if x[i][k] != y[i][k] {
				t.Fatalf("row %d differs: %v and %v", i, x[i], y[i])
			}
		}
	}
}

func TestEveryDivisionHasAnOutlineAroundItsVillages(t *testing.T) {
	t.Parallel()
	c := whole(t)
	all := c.Outlines()
	villages := map[string]bool{}
	for _, v := range c.villages {
		villages[v.Parent] = true
	}
	for _, d := range c.Divisions {
		if d.Level == "village" || d.Level == "township" && !villages[d.Code] {
			continue // two development zones have no villages of their own
		}
		rings := all[d.Code]
		if len(rings) == 0 {
			t.Errorf("%s has no outline", d.Name)
			continue
		}
		for _, r := range rings {
			if len(r) < 5 || r[0] != r[len(r)-1] {
				t.Errorf("%s: a ring of %d points is not closed", d.Name, len(r))
			}
		}
	}
}

// Every course of applications is gone by somebody, each step in its time, and nobody is there twice.
func TestApplicationsGoEveryCourse(t *testing.T) {
	t.Parallel()
	gone, codes, born := map[string]bool{}, map[string]bool{}, map[day.Day]bool{}
	for _, a := range whole(t).Applications(1) {
		for i, s := range a.Course {
			gone[s.Do] = true
			if i > 0 && s.Ago > a.Course[i-1].Ago {
				t.Errorf("application %d: %v", a.Serial, a.Course)
			}
		}
		if codes[a.Credit] || born[a.Born] {
			t.Errorf("application %d is another's twin", a.Serial)
		}
		codes[a.Credit], born[a.Born] = true, true
		if (a.Area[:6] == wholeCounty) != a.Homeward {
			t.Errorf("application %d belongs to %s", a.Serial, a.Area)
		}
	}
	for _, do := range []string{"draft", "hand", "survey", "adopt", "complete", "second", "return-hr", "refuse-hr", "appeal", "uphold", "dismiss", "withdraw", "cosign-hr"} {
		if !gone[do] {
			t.Errorf("nobody goes %s", do)
		}
	}
}
