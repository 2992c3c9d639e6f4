package person_test

import (
	"testing"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/testworld"
)

// What a delivery brought proves somebody while the delivery counts.
func TestProofCountsWithItsDelivery(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		paper, phone := person.Paper{Kind: person.LeagueNumber, Number: "202000000077"}, testworld.CanaryPhone(c.City, 0, 0)
		holder := func() (row person.ID) {
			c.read(c.City, func(q *sqldb.Rx) (err error) {
				row, err = person.Holder(q, c.Keys, phone, paper, day.Must("2026-11-01"))
				return err
			})
			return row
		}
		d := c.deliver()
		c.write(func(tx *sqldb.Tx) error {
			_, err := person.AddPapers(tx, c.Keys, []person.Held{{Person: c.first(0), Paper: paper, Since: d.Seq}})
			return err
		})
		if row := holder(); row != "" {
			t.Errorf("before it is shown: %s", row)
		}
		c.show(d)
		if row := holder(); row != c.first(0) {
			t.Errorf("shown: %q", row)
		}
		c.hide(d)
		if row := holder(); row != "" {
			t.Errorf("taken back: %s", row)
		}
	})
}

// Nobody under 14 is proved by a paper, to the day: on the 14th birthday one is under 14 still.
func TestAChildDoesNotProveHerself(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		paper := person.Paper{Kind: person.StudentID, Number: "G421202201211020005"}
		ids := c.add(person.New{Home: c.home("咸安区甲镇一村"), Name: "小雀", Born: day.Must("2012-11-02"), Phone: "+8613800001111", Papers: []person.Paper{paper}})
		for on, want := range map[string]person.ID{"2026-11-01": "", "2026-11-02": "", "2026-11-03": ids[0]} {
			c.read(c.City, func(q *sqldb.Rx) error {
				row, err := person.Holder(q, c.Keys, "+8613800001111", paper, day.Must(on))
				if row != want {
					t.Errorf("on %s: %q", on, row)
				}
				return err
			})
		}
	})
}

// A guardian sees what is kept of a child until the child is 14; nobody else does, nor a guardian whom a court has restricted.
func TestGuardiansSeeTheirChildren(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s, ctx, clerk := c.service(), t.Context(), c.Actor(t, clerk, "咸安区")
		child := c.add(person.New{Home: c.home("咸安区甲镇一村"), Name: "小雀", Born: day.Must("2018-05-01")})[0]
		teen := c.add(person.New{Home: c.home("咸安区甲镇一村"), Name: "中雀", Born: day.Must("2010-05-01")})[0]
		old := c.add(person.New{Home: c.home("咸安区甲镇一村"), Name: "雀母", Born: day.Must("1990-05-01")})[0]
		me := authz.Actor{City: c.City, User: "u", Person: old.String()}
		_, err := s.OfMine(ctx, me, child, false)
		wantKind(t, "no guardian", err, errs.Absent)
		var guard [2]id.Of[person.Guardianship]
		for i, of := range []person.ID{child, teen} {
			made, err := s.Entrust(ctx, clerk, person.Guardianship{Child: of, Adult: old, Relation: "5", From: day.Must("2020-01-01")})
			if err != nil {
				t.Fatal(err)
			}
			guard[i] = made
		}
		m, err := s.OfMine(ctx, me, "", false)
		if err != nil || m.Ward || len(m.Wards) != 2 || len(m.Children) != 1 || m.Children[0].Child != child {
			t.Fatalf("%+v, %v", m.Children, err)
		}
		m, err = s.OfMine(ctx, me, child, true)
		if err != nil || !m.Ward || m.Name != "小雀" || len(m.Children) != 0 {
			t.Errorf("%+v, %v", m, err)
		}
		_, err = s.OfMine(ctx, me, teen, false)
		wantKind(t, "of 16 years", err, errs.Absent)
		_, err = s.OfMine(ctx, me, c.first(0), false)
		wantKind(t, "a stranger", err, errs.Absent)
		_, err = s.OfMine(ctx, me, c.twin.People[testworld.Canary(c.twin.City, "咸安区", 0)], false)
		wantKind(t, "of the twin city", err, errs.Absent)
		if err := s.Relieve(ctx, clerk, guard[0], 0, true, "法院裁定"); err != nil {
			t.Fatal(err)
		}
		_, err = s.OfMine(ctx, me, child, false)
		wantKind(t, "restricted by a court", err, errs.Absent)
	})
}

// She is told where everything came from and what was done with it, on every row that is she.
func TestMineTellsWhereFromAndWhatWasDone(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s, ctx := c.service(), t.Context()
		d := c.deliver()
		c.write(func(tx *sqldb.Tx) error {
			_, err := person.AddPapers(tx, c.Keys, []person.Held{{Person: c.first(0), Paper: person.Paper{Kind: person.LeagueNumber, Number: "202000000077"}, Since: d.Seq}})
			return err
		})
		c.show(d)
		if _, err := s.Unmask(ctx, c.Actor(t, clerk, "咸安区"), c.first(1), person.ResidentID, "核对入团材料"); err != nil {
			t.Fatal(err)
		}
		if err := s.Join(ctx, c.System(), c.first(1), c.first(0), "同一人"); err != nil {
			t.Fatal(err)
		}
		m, err := s.OfMine(ctx, authz.Actor{City: c.City, User: "u", Person: c.first(1).String()}, "", false)
		if err != nil || m.ID != c.first(0) {
			t.Fatalf("%s, %v", m.ID, err)
		}
		if o := m.Origins[d.Seq]; len(m.Origins) != 1 || o.Name != "团员花名册" || o.AsOf != day.Must("2026-06-30") {
			t.Errorf("%+v", m.Origins)
		}
		seen := map[string]int{}
		for _, a := range m.Acts {
			seen[a.Verb]++
		}
		if seen[person.Reveal.Key] != 1 || seen[person.Merge.Key] != 1 || seen[person.Create.Key] != 2 {
			t.Errorf("%v", seen)
		}
	})
}
