package person_test

import (
	"testing"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
)

var bands = []person.Band{{"14-17", 14, 17}, {"18-22", 18, 22}, {"23-28", 23, 28}}

func (c *town) counts() (all []person.MemberCount) {
	c.t.Helper()
	c.read(c.City, func(q *sqldb.Rx) (err error) {
		all, err = person.CountMembers(q, day.Must("2026-06-30"), bands)
		return err
	})
	return all
}

func members(all []person.MemberCount, pick func(person.MemberCount) bool) (n int64) {
	for _, x := range all {
		if pick(x) {
			n += x.Members
		}
	}
	return n
}

func TestCountMembers(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		all := c.counts()
		village, branch := c.home("咸安区甲镇一村"), c.home("咸安区甲镇一村团支部")
		everybody := func(person.MemberCount) bool { return true }
		here := func(x person.MemberCount) bool { return x.Village == village && x.Band == "18-22" }
		if n := members(all, everybody); n != 24 {
			t.Fatalf("%d members, want 24", n)
		}
		if n := members(all, here); n != 3 {
			t.Fatalf("%d in the village, want 3", n)
		}
		added := c.add(
			person.New{Home: branch, Name: "张三", Born: day.Must("2012-06-30"), Ties: []person.Tie{{Kind: person.Member, Org: branch}}},
			person.New{Home: branch, Name: "李四", Ties: []person.Tie{{Kind: person.Member, Unit: "某支部"}, {Kind: person.Resident, Org: village}}},
			person.New{Home: branch, Name: "王五", Born: day.Must("1997-07-01"), Ties: []person.Tie{
				{Kind: person.Member, Org: branch}, {Kind: person.Resident, Org: village},
			}},
			person.New{Home: branch, Name: "赵六", Born: day.Must("2012-07-01"), Ties: []person.Tie{{Kind: person.Resident, Org: village}}},
		)
		made := c.find(added[2]).MadeAt / 1000
		for c.db.Now().UnixMilli() <= made { // ids of one millisecond are in no order
		}
		c.write(func(tx *sqldb.Tx) error {
			return person.AddTies(tx, []person.Tie{{Person: added[2], Kind: person.Resident, Org: c.home("嘉鱼县甲镇一村")}})
		})
		all = c.counts()
		for name, test := range map[string]struct {
			pick func(person.MemberCount) bool
			want int64
		}{
			"all":                      {everybody, 27},
			"on the birthday":          {func(x person.MemberCount) bool { return x.Band == "14-17" && x.Village == "" && x.Branch == branch }, 1},
			"the branch only in words": {func(x person.MemberCount) bool { return x.Branch == "" && x.Village == village && x.Band == "" }, 1},
			"moved: the village last told": {func(x person.MemberCount) bool {
				return x.Village == c.home("嘉鱼县甲镇一村") && x.Branch == branch
			}, 1},
			"29 the day after is still 28":    {func(x person.MemberCount) bool { return x.Band == "23-28" }, 1},
			"by branch":                       {func(x person.MemberCount) bool { return x.Branch == branch }, 5},
			"a resident is not a member":      {func(x person.MemberCount) bool { return x.Village == village }, 4},
			"nobody outside the bands is new": {func(x person.MemberCount) bool { return x.Band == "" }, 1},
		} {
			if n := members(all, test.pick); n != test.want {
				t.Errorf("%s: %d, want %d", name, n, test.want)
			}
		}

		d := c.deliver()
		c.add(person.New{Home: branch, Name: "孙七", Born: day.Must("2005-01-01"), Since: d.Seq, Ties: []person.Tie{{Kind: person.Member, Org: branch}}})
		if n := members(c.counts(), everybody); n != 27 {
			t.Errorf("%d with an unseen delivery, want 27", n)
		}
		c.show(d)
		if n := members(c.counts(), everybody); n != 28 {
			t.Errorf("%d with a shown delivery, want 28", n)
		}
		c.hide(d)
		if n := members(c.counts(), everybody); n != 27 {
			t.Errorf("%d after undo, want 27", n)
		}
	})
}

func TestUnitsWithMembers(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		branch, school := c.home("咸安区甲镇一村团支部"), c.home("咸安区一中")
		d := c.deliver()
		c.add(
			person.New{Home: branch, Name: "张三", Ties: []person.Tie{{Kind: person.Member, Org: branch}, {Kind: person.Pupil, Org: school}}},
			person.New{Home: branch, Name: "李四", Ties: []person.Tie{{Kind: person.Member, Org: branch}, {Kind: person.Pupil, Org: school}, {Kind: person.Employee, Unit: "茶厂"}}},
			person.New{Home: branch, Name: "王五", Ties: []person.Tie{{Kind: person.Member, Org: branch}, {Kind: person.Employee, Unit: "茶厂"}, {Kind: person.Employee, Unit: "茶厂"}}},
			person.New{Home: branch, Name: "赵六", Ties: []person.Tie{{Kind: person.Employee, Unit: "茶厂"}}},
			person.New{Home: branch, Name: "孙七", Since: d.Seq, Ties: []person.Tie{{Kind: person.Member, Org: branch}, {Kind: person.Employee, Unit: "茶厂"}}},
		)
		var all []person.UnitCount
		c.read(c.City, func(q *sqldb.Rx) (err error) {
			all, err = person.UnitsWithMembers(q)
			return err
		})
		got := map[person.UnitCount]bool{}
		villages := 0
		for _, u := range all {
			got[u] = true
			if u.Kind == person.Resident {
				villages++
			}
		}
		if villages != 8 {
			t.Errorf("%d villages, want 8", villages)
		}
		for _, want := range []person.UnitCount{
			{Kind: person.Pupil, Org: school, Members: 2},
			{Kind: person.Employee, Unit: "茶厂", Members: 2},
			{Kind: person.Resident, Org: c.home("咸安区甲镇一村"), Members: 3},
		} {
			if !got[want] {
				t.Errorf("no %+v in %+v", want, all)
			}
		}
	})
}
