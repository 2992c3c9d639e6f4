package person_test

import (
	"strings"
	"testing"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/testworld"
)

func (c *town) match(kind person.PaperKind, numbers ...string) (found map[string]*person.Known) {
	c.t.Helper()
	c.read(c.City, func(q *sqldb.Rx) (err error) {
		found, err = person.Match(q, c.Keys, kind, numbers)
		return err
	})
	return found
}

func TestAddAndMatch(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		home := c.home("咸安区甲镇一村团支部")
		ids := c.add(
			person.New{Home: home, Name: "单于欣", Phone: "+8613800001234", Papers: []person.Paper{
				{Kind: person.ResidentID, Number: "421202199901010009"}, {Kind: person.LeagueNumber, Number: "201800000001"},
			}, Ties: []person.Tie{{Kind: person.Member, Org: home, Began: day.Must("2018-05-04")}, {Kind: person.Employee, Unit: "砖茶厂", Role: "工人"}}},
			person.New{Home: home, Name: "无名", Sex: "2"},
			person.New{Home: home, Name: "·"},
		)
		numbers := []string{"421202199901010009", "000000000000000000"}
		for k := range 12 { // more than one statement's worth
			numbers = append(numbers, testworld.CanaryID(c.City, 0, k), testworld.CanaryID(c.City, 1, k), testworld.CanaryID(c.twin.City, 0, k))
		}
		numbers = append(append(numbers, numbers...), numbers...)
		found := c.match(person.ResidentID, numbers...)
		if len(found) != 25 {
			t.Fatalf("%d found, want 25: none of the twin's, none unknown", len(found))
		}
		k := found["421202199901010009"]
		if k == nil || k.ID != ids[0] || k.PhoneTail != "1234" || len(k.Ties) != 2 || k.Sex != "0" {
			t.Fatalf("%+v", k)
		}
		for _, tie := range k.Ties {
			if tie.Person != ids[0] || tie.Kind == person.Member && (tie.Org != home || tie.Began != day.Must("2018-05-04")) || tie.Kind == person.Employee && tie.Unit != "砖茶厂" {
				t.Errorf("%+v", tie)
			}
		}
		if len(c.match(person.Passport, "421202199901010009")) != 0 || len(c.match(person.LeagueNumber, "201800000001")) != 1 || len(c.match(person.ResidentID)) != 0 {
			t.Error("kinds of paper are mixed up")
		}
		if p := c.find(ids[1]); p.Name != "无名" || p.Sex != "2" || p.Home != home || p.PhoneTail != "" {
			t.Errorf("%+v", p)
		}
	})
}

func TestAPaperBelongsToOne(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		home := c.home("咸安区甲镇一村团支部")
		before := c.rows(c.City)
		taken := person.Paper{Kind: person.ResidentID, Number: testworld.CanaryID(c.City, 0, 0)}
		other := person.Paper{Kind: person.ResidentID, Number: "421202199901010009"}
		for name, all := range map[string][]person.New{
			"another's":      {{Home: home, Name: "甲", Papers: []person.Paper{taken}}},
			"twice in one":   {{Home: home, Name: "甲", Papers: []person.Paper{other}}, {Home: home, Name: "乙", Papers: []person.Paper{other}}},
			"two of a kind":  {{Home: home, Name: "甲", Papers: []person.Paper{other, {Kind: person.ResidentID, Number: "421202199901020004"}}}},
			"among good one": {{Home: home, Name: "好", Papers: []person.Paper{other}}, {Home: home, Name: "甲", Papers: []person.Paper{taken}}},
		} {
			err := c.try(func(tx *sqldb.Tx) error {
				_, err := person.Add(tx, c.Keys, all)
				return err
			})
			if errs.KindOf(err) != errs.Conflict {
				t.Errorf("%s: %v", name, err)
			}
		}
		for table, rows := range c.rows(c.City) {
			if rows != before[table] {
				t.Errorf("%s changed", table)
			}
		}
	})
}

func TestCorrectionsOfADelivery(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		a, b := c.first(0), c.first(1)
		was := c.find(a)
		d := c.deliver()
		all := []person.Correction{
			{Person: a, Field: person.FieldName, Old: was.Name, New: "单晓重"},
			{Person: a, Field: person.FieldSex, Old: "1", New: "2"},
			{Person: a, Field: person.FieldHome, Old: was.Home.String(), New: c.home("嘉鱼县甲镇一村团支部").String()},
			{Person: a, Field: person.FieldEthnicity, Old: "", New: "08"},
			{Person: a, Field: person.FieldEducation, Old: "", New: "20"},
			{Person: b, Field: person.FieldStanding, Old: "", New: "03"},
		}
		c.write(func(tx *sqldb.Tx) error { return person.Stage(tx, d.Seq, all) })
		c.write(func(tx *sqldb.Tx) error { return person.Stage(tx, d.Seq, all) }) // again after a crash
		if c.find(a) != was {
			t.Fatal("staged corrections are seen")
		}
		before := c.rows(c.City)
		apply := func(fn func(*sqldb.Tx, int64) (int64, error)) (n int64) {
			c.write(func(tx *sqldb.Tx) (err error) {
				n, err = fn(tx, d.Seq)
				return err
			})
			return n
		}
		if n := apply(person.Show); n != 6 {
			t.Fatalf("%d applied, want 6", n)
		}
		p := c.find(a)
		if p.Name != "单晓重" || p.Sex != "2" || p.Ethnicity != "08" || p.Education != "20" || p.Home == was.Home || c.find(b).Standing != "03" {
			t.Fatalf("%+v", p)
		}
		if rows := c.rows(c.City)["person_word"]; !strings.Contains(rows, "=晓重 "+a.String()) || strings.Contains(rows, "="+was.Name[:6]+" "+a.String()) ||
			!strings.Contains(rows, "@sxc shanxiaochong "+a.String()) || !strings.Contains(rows, "~sxz "+a.String()) {
			t.Errorf("the new name is not found, or the old one is:\n%s", rows)
		}
		c.write(func(tx *sqldb.Tx) error { // a clerk's later edit stays
			return person.Stage(tx, 99, []person.Correction{{Person: a, Field: person.FieldEducation, Old: "20", New: "30"}})
		})
		c.write(func(tx *sqldb.Tx) error { _, err := person.Show(tx, 99); return err })
		if n := apply(person.TakeBack); n != 5 {
			t.Fatalf("%d taken back, want 5", n)
		}
		now := c.find(a)
		was.Education = "30"
		if now != was {
			t.Errorf("after undo %+v, want %+v", now, was)
		}
		after := c.rows(c.City)
		if after["person_word"] != before["person_word"] {
			t.Errorf("words are not as before:\n%s", after["person_word"])
		}
	})
}

func TestTiesOfDeliveries(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		home := c.home("咸安区甲镇一村团支部")
		ties := func() (all []person.Tie) {
			c.read(c.City, func(q *sqldb.Rx) (err error) {
				for after := person.ID(""); ; {
					page, err := person.Delivered(q, person.Member, after, 1)
					if err != nil || len(page) == 0 {
						return err
					}
					all, after = append(all, page...), page[0].Person
				}
			})
			return all
		}
		one := c.deliver()
		ids := c.add(
			person.New{Home: home, Name: "甲", Since: one.Seq, Ties: []person.Tie{{Kind: person.Member, Org: home}}},
			person.New{Home: home, Name: "乙", Since: one.Seq, Ties: []person.Tie{{Kind: person.Member, Org: home}, {Kind: person.Pupil, Unit: "一中"}}},
		)
		if len(ties()) != 0 {
			t.Fatal("ties of an unseen delivery count")
		}
		if err := c.db.Read(t.Context(), c.City, func(q *sqldb.Rx) error { _, err := person.Find(q, ids[0]); return err }); errs.KindOf(err) != errs.Absent {
			t.Fatalf("a person of an unseen delivery: %v", err)
		}
		c.show(one)
		if all := ties(); len(all) != 2 || all[0].Person >= all[1].Person || all[0].Since != one.Seq {
			t.Fatalf("%+v", all)
		}
		two := c.deliver()
		c.write(func(tx *sqldb.Tx) error {
			gone, err := person.Delivered(tx, person.Member, "", 1)
			if err != nil {
				return err
			}
			if err := person.EndTies(tx, two.Seq, gone); err != nil {
				return err
			}
			return person.AddTies(tx, []person.Tie{{Person: c.first(0), Kind: person.Member, Org: home, Since: two.Seq}})
		})
		if len(ties()) != 2 {
			t.Error("an unseen delivery ends ties")
		}
		c.show(two)
		if all := ties(); len(all) != 2 || all[0].Person != c.first(0) {
			t.Errorf("%+v", all)
		}
		c.hide(two)
		if len(ties()) != 2 {
			t.Error("undo does not bring the ended tie back")
		}
		c.hide(one)
		c.write(func(tx *sqldb.Tx) error { return person.Revive(tx, 0, ids[:1]) })
		if p := c.find(ids[0]); p.Since != 0 || len(ties()) != 0 {
			t.Errorf("%+v, ties %+v", p, ties())
		}
	})
}
