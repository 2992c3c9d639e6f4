package density

import (
	"context"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/density/coverage"
)

// smallCity is a city with a county, a village, a school with a general branch, a company with a branch and one without.
func smallCity() (*facts, map[string]org.Node) {
	nodes := map[string]org.Node{}
	add := func(name string, kind org.Kind, path authz.Path) org.Node {
		n := org.Node{ID: org.ID(name), Name: name, Kind: kind, Path: path}
		nodes[name] = n
		return n
	}
	f := &facts{}
	city := add("city", org.City, "1/")
	county := add("county", org.County, "1/2/")
	village := add("village", org.Village, "1/2/3/")
	county.Parent, village.Parent = city.ID, county.ID
	f.divisions = []org.Node{city, county, village}
	f.hosts = []org.Node{add("school", org.School, "1/2/4/"), add("built", org.Company, "1/2/3/5/"), add("bare", org.Company, "1/2/6/")}
	f.league = []org.Node{add("school branch", org.LeagueGeneralBranch, "1/2/4/7/"), add("company branch", org.LeagueBranch, "1/2/3/5/8/")}
	count := func(kind person.TieKind, at, unit string, n int64) {
		u := person.UnitCount{Kind: kind, Unit: unit, Members: n}
		if at != "" {
			u.Org = nodes[at].ID
		}
		f.units = append(f.units, u)
	}
	count(person.Pupil, "school", "", 98)
	count(person.Employee, "school", "", 2)
	count(person.Employee, "built", "", 3)
	count(person.Employee, "bare", "", 7)
	count(person.Employee, "", "某快递站", 5)
	count(person.Employee, "", "", 50) // nobody wrote where
	count(person.Resident, "village", "", 2)
	f.rule = coverage.DefaultRules()[0]
	return f, nodes
}

func TestAUnitIsJudgedByItsMembersOwnColumns(t *testing.T) {
	t.Parallel()
	f, nodes := smallCity()
	s := skeleton(f.divisions)
	p := newPlacer(s, f)
	units := s.units(f, p)
	got := map[string]judged{}
	for _, u := range units {
		got[u.node.Name+u.name] = u
	}
	for name, want := range map[string]coverage.Unit{
		"school":   {Kind: coverage.School, Members: 100, Has: coverage.GeneralBranch}, // pupils and staff are one unit
		"built":    {Kind: coverage.Workplace, Members: 3, Has: coverage.Branch},
		"bare":     {Kind: coverage.Workplace, Members: 7},
		"city某快递站": {Kind: coverage.Workplace, Members: 5}, // stands at the city, which is all that is known
		"village":  {Kind: coverage.Village, Members: 2, Has: coverage.Branch},
	} {
		if u := got[name]; u.Kind != want.Kind || u.Members != want.Members || u.Has != want.Has {
			t.Errorf("%s: %+v, want %+v", name, u.Unit, want)
		}
	}
	if len(units) != 5 {
		t.Errorf("%d units", len(units))
	}
	s.countUnits(units, f.rule)
	if c := s.Units[0]; c.Due != 4 || c.Built != 2 {
		t.Errorf("the city has %d due, %d built", c.Due, c.Built)
	}
	if c := s.Units[1]; c.Due != 3 || c.Built != 2 {
		t.Errorf("the county has %d due, %d built", c.Due, c.Built)
	}
	spots := s.dueUnits(f, p)
	if len(spots) != 2 || spots[0].At == spots[1].At {
		t.Errorf("%+v", spots)
	}
	// The list behind the rate says the same.
	var u Units
	u.take(s, units, f.rule, map[coverage.Kind]bool{coverage.Workplace: true, coverage.School: true}, "", false, Part{N: 10})
	if u.Total != 4 || u.Rows[0].Name != "bare" || u.Rows[1].Name != "某快递站" || u.Rows[2].Name != "school" || u.Rows[2].Due != coverage.Committee {
		t.Errorf("%+v", u.Rows)
	}
	due, built := 0, 0
	for _, x := range u.Shares {
		due, built = due+x.Due, built+x.Built
		if (x.Missing != "") != (x.Kind == coverage.Village) {
			t.Errorf("%s: %q", x.Kind, x.Missing)
		}
	}
	if due != 4 || built != 2 {
		t.Errorf("by kind %d due, %d built", due, built)
	}
	u.Rows = nil
	u.take(s, s.units(f, p), f.rule, nil, coverage.Workplace, true, Part{N: 1})
	if u.Total != 2 || len(u.Rows) != 1 || u.Rows[0].Path[0].ID != nodes["county"].ID {
		t.Errorf("%d of %d: %+v", len(u.Rows), u.Total, u.Rows)
	}
}

func TestTheListBehindTheRateIsForThoseWhoMaySeeLists(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		all, err := b.s.DueUnits(ctx, b.Actor(t, clerk, "咸宁市"), Query{}, "", false, Part{N: 50})
		if err != nil || !all.Lists {
			t.Fatalf("%+v, %v", all, err)
		}
		for _, x := range all.Shares {
			if x.Kind == coverage.Workplace && x.Missing == "" {
				t.Error("nobody's workplace is known, and no file is said to be missing")
			}
		}
		none, err := b.s.DueUnits(ctx, b.Actor(t, reader, "咸宁市"), Query{}, "", false, Part{N: 50})
		if err != nil || none.Lists || len(none.Rows) > 0 || len(none.Shares) > 0 {
			t.Errorf("a reader without list rights: %+v, %v", none, err)
		}
		other, err := b.s.DueUnits(ctx, b.Actor(t, clerk, "咸安区"), Query{Place: b.Nodes["嘉鱼县"].ID}, "", false, Part{N: 50})
		if err != nil || other.Lists {
			t.Errorf("another county: %+v, %v", other, err)
		}
		if _, err := b.s.DueUnits(ctx, authz.Actor{City: b.City}, Query{}, "", false, Part{N: 50}); err == nil {
			t.Error("a stranger is given units")
		}
		if _, err := KindOfUnit("x"); errs.KindOf(err) != errs.Absent {
			t.Errorf("an unknown kind: %v", err)
		}
	})
}

// The list is counted with the figures: what has come since shows with the next counting, and goes when its delivery does.
func TestUnitsAreThoseOfTheLastCounting(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		by := b.Actor(t, clerk, "咸宁市")
		total := func() int {
			t.Helper()
			u, err := b.s.DueUnits(ctx, by, Query{}, coverage.Workplace, false, Part{N: 50})
			if err != nil {
				t.Fatal(err)
			}
			return u.Total
		}
		branch := b.Nodes["咸安区甲镇一村团支部"].ID
		employ := func(unit string) {
			t.Helper()
			all := make([]person.New, 3)
			for i := range all {
				all[i] = person.New{Home: branch, Name: "余桂花", Ties: []person.Tie{{Kind: person.Member, Org: branch}, {Kind: person.Employee, Unit: unit}}}
			}
			err := b.DB.Write(ctx, b.System(), func(tx *sqldb.Tx) error {
				if _, err := person.Add(tx, b.Keys, all); err != nil {
					return err
				}
				return tx.Record(person.Create, "", act.Change{})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		employ("茶厂")
		if n := total(); n != 0 {
			t.Errorf("%d units before they were counted", n)
		}
		if err := b.s.Refresh(ctx, b.System()); err != nil {
			t.Fatal(err)
		}
		employ("砖厂")
		for range 2 { // the second time from memory, in whatever order it was cut before
			if n := total(); n != 1 {
				t.Errorf("%d units, want the one that was counted", n)
			}
		}
		err := b.DB.Write(ctx, b.System(), func(tx *sqldb.Tx) error {
			if err := Forget(tx, b.seqs[1]); err != nil {
				return err
			}
			return tx.Record(take, "", act.Change{})
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := total(); n != 0 {
			t.Errorf("%d units after their delivery was undone", n)
		}
		if err := b.s.Refresh(ctx, b.System()); err != nil {
			t.Fatal(err)
		}
		if n := total(); n != 2 {
			t.Errorf("%d units counted anew, want 2", n)
		}
	})
}
