package person_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/testworld"
)

// without is a clerk of the whole city but for one right.
func (c *town) without(verb authz.Verb) authz.Actor {
	role := clerk
	role.Verbs = slices.DeleteFunc(slices.Clone(role.Verbs), func(v authz.Verb) bool { return v.Key == verb.Key })
	return c.Actor(c.t, role, "咸宁市")
}

var sheetWords = person.Words{Sheet: "人员", Columns: [8]string{"姓名", "性别", "出生", "单位", "面貌", "电话", "身份证号", "编号"}, Lang: "zh-CN"}

// Every use case asks for its own right: who holds all but that one is refused, who holds it in the other county finds
// nobody, and nothing has changed.
func TestEachUseCaseAsksForItsRight(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s, ctx := c.service(), t.Context()
		child := c.add(person.New{Home: c.home("咸安区甲镇一村"), Name: "小雀", Born: day.Must("2018-05-01")})[0]
		all := c.Actor(t, clerk, "咸宁市")
		if err := s.Join(ctx, all, c.first(2), c.first(3), "同一人"); err != nil {
			t.Fatal(err)
		}
		guard, err := s.Entrust(ctx, all, person.Guardianship{Child: child, Adult: c.first(0), Relation: "5", From: day.Must("2025-01-01")})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Consent(ctx, all, c.first(1), c.first(1), "density", "2026-1"); err != nil {
			t.Fatal(err)
		}
		version, before := c.view(s, all, c.first(0)).Version, c.rows(c.City)
		for name, u := range map[string]struct {
			verb  authz.Verb
			lists bool // asks for the right anywhere: the neighbour holds it
			do    func(by authz.Actor) error
		}{
			"list":         {person.Read, true, func(by authz.Actor) error { _, err := s.List(ctx, by, person.Filter{}, ""); return err }},
			"list counted": {person.Read, true, func(by authz.Actor) error { _, _, err := s.ListCounted(ctx, by, person.Filter{}, ""); return err }},
			"view":         {person.Read, false, func(by authz.Actor) error { _, err := s.View(ctx, by, c.first(0)); return err }},
			"sheet": {person.Export, true, func(by authz.Actor) error {
				_, err := s.Sheet(ctx, by, person.Filter{}, &bytes.Buffer{}, sheetWords)
				return err
			}},
			"unmask": {person.Reveal, false, func(by authz.Actor) error {
				_, err := s.Unmask(ctx, by, c.first(0), person.ResidentID, "核对入团材料")
				return err
			}},
			"enter": {person.Create, false, func(by authz.Actor) error {
				_, err := s.Enter(ctx, by, c.home("咸安区甲镇一村"), person.Facts{Name: "张三"}, nil)
				return err
			}},
			"change": {person.Edit, false, func(by authz.Actor) error {
				return s.Change(ctx, by, c.first(0), version, person.Facts{Name: "改名"})
			}},
			"paper": {person.Edit, false, func(by authz.Actor) error {
				return s.AddPaper(ctx, by, c.first(0), person.Paper{Kind: person.LeagueNumber, Number: "201800000009"})
			}},
			"rehome": {person.Edit, false, func(by authz.Actor) error {
				return s.Rehome(ctx, by, c.first(0), c.home("咸安区乙镇一村"), "搬家")
			}},
			"join":    {person.Merge, false, func(by authz.Actor) error { return s.Join(ctx, by, c.first(0), c.first(1), "同一人") }},
			"part":    {person.Merge, false, func(by authz.Actor) error { return s.Part(ctx, by, c.first(2), "认错了") }},
			"alike":   {person.Merge, false, func(by authz.Actor) error { _, err := s.Alike(ctx, by, c.first(0)); return err }},
			"doubles": {person.Merge, true, func(by authz.Actor) error { _, err := s.Doubles(ctx, by, 5); return err }},
			"entrust": {person.Guard, false, func(by authz.Actor) error {
				_, err := s.Entrust(ctx, by, person.Guardianship{Child: child, Adult: c.first(1), Relation: "5", From: day.Must("2025-01-01")})
				return err
			}},
			"relieve":  {person.Guard, false, func(by authz.Actor) error { return s.Relieve(ctx, by, guard, day.Must("2026-01-01"), false, "变更") }},
			"consent":  {person.Agree, false, func(by authz.Actor) error { return s.Consent(ctx, by, c.first(0), c.first(0), "density", "2026-1") }},
			"withdraw": {person.Agree, false, func(by authz.Actor) error { return s.Withdraw(ctx, by, c.first(1), "density") }},
		} {
			wantKind(t, name+" without "+u.verb.Key, u.do(c.without(u.verb)), errs.Denied)
			if !u.lists {
				wantKind(t, name+" by the neighbour", u.do(c.Actor(t, clerk, "嘉鱼县")), errs.Absent)
			}
		}
		for table, n := range c.rows(c.City) {
			if before[table] != n {
				t.Errorf("%s was %s, is %s", table, before[table], n)
			}
		}
	})
}

// What touches two persons, or a person and another home, asks at both.
func TestBothSidesAreAsked(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s, ctx := c.service(), t.Context()
		own, other := c.first(0), c.People[testworld.Canary(c.City, "嘉鱼县", 0)]
		for _, at := range testworld.Counties {
			by := c.Actor(t, clerk, at)
			wantKind(t, at+" joins", s.Join(ctx, by, own, other, "同一人"), errs.Absent)
			wantKind(t, at+" joins the other way", s.Join(ctx, by, other, own, "同一人"), errs.Absent)
			wantKind(t, at+" hands over", s.Rehome(ctx, by, own, c.home("嘉鱼县甲镇一村"), "搬家"), errs.Absent)
		}
	})
}

// Lists hold nobody of a sibling's, however they are chosen.
func TestListsKeepToTheScope(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s, ctx, born := c.service(), t.Context(), day.Must("1999-01-01")
		for range 2 {
			c.add(person.New{Home: c.home("咸安区甲镇一村"), Name: "张三", Born: born})
		}
		for at, want := range map[string]int{"咸安区": 1, "嘉鱼县": 0, "咸宁市": 1} {
			by := c.Actor(t, clerk, at)
			pairs, err := s.Doubles(ctx, by, 50)
			if err != nil || len(pairs) != want {
				t.Errorf("%s: doubles %+v: %v", at, pairs, err)
			}
			_, n, err := s.ListCounted(ctx, by, person.Filter{Words: "张三"}, "")
			if err != nil || n.N != 2*want {
				t.Errorf("%s: %d counted: %v", at, n.N, err)
			}
			var file bytes.Buffer
			got, err := s.Sheet(ctx, by, person.Filter{Words: "张三"}, &file, sheetWords)
			if err != nil || got != 2*want {
				t.Errorf("%s: %d exported: %v", at, got, err)
			}
		}
	})
}

// An export holds of each field what its reader's role sees, and of numbers not even the masked form where she sees no names.
func TestSheetMasksAsTheRoleSees(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s := c.service()
		name, number, phone := testworld.Canary(c.City, "咸安区", 3), testworld.CanaryID(c.City, 0, 3), testworld.CanaryPhone(c.City, 0, 3)
		for sees, want := range map[authz.Class]struct{ name, masked, clear, tail bool }{
			authz.Open: {}, authz.Personal: {name: true, masked: true}, authz.Sensitive: {name: true, masked: true, tail: true}, authz.Sealed: {name: true, clear: true, tail: true},
		} {
			var file bytes.Buffer
			by := c.Actor(t, authz.Role{Key: "taker", Verbs: []authz.Verb{person.Export}, Sees: sees}, "咸安区")
			if _, err := s.Sheet(t.Context(), by, person.Filter{}, &file, sheetWords); err != nil {
				t.Fatal(err)
			}
			text := unzip(t, file.Bytes())
			for what, x := range map[string]struct {
				text string
				want bool
			}{
				"name": {name, want.name}, "masked number": {cn.MaskID(number), want.masked}, "number": {number, want.clear}, "end of phone": {">" + phone[len(phone)-4:] + "<", want.tail},
			} {
				if strings.Contains(text, x.text) != x.want {
					t.Errorf("who sees %s: %s is not %v", sees, what, x.want)
				}
			}
		}
	})
}
