package volunteering_test

import (
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/volunteering"
)

// Somebody applies, is refused with a reason that she reads, applies again, is admitted, and is told what is wanting until it is there.
func TestFromApplicationToClearance(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		by := c.somebody("乔以恒", "2004-05-06")
		_, err := c.s.Apply(ctx, by, c.asking("homework"), false)
		c.wantKey(err, "volunteer.agree")
		none := c.asking()
		none.Free = 0
		_, err = c.s.Apply(ctx, by, none, true)
		c.wantKey(err, "field.required")
		_, err = c.s.Apply(ctx, c.somebody("小满", "2013-01-01"), c.asking(), true)
		c.wantKey(err, "volunteer.too_young")
		_, err = c.s.Apply(ctx, authz.Actor{City: c.City, User: "nobody"}, c.asking(), true)
		c.wantKey(err, "volunteer.not_linked")

		made := c.apply(by, "homework", "dialect")
		got := c.mine(by)
		if got.State != volunteering.Applied || len(got.Gaps) != 1 || got.Skills.Words(volunteering.Skills)[1] != "dialect" || got.Serial == "" {
			t.Errorf("%+v", got)
		}
		c.wantKey(c.s.Decide(ctx, c.desk(), made, got.EditedAt, volunteering.Refused, ""), "field.required")
		other := c.Actor(t, clerk, "嘉鱼县")
		c.wantKey(c.s.Decide(ctx, other, made, got.EditedAt, volunteering.Admitted, ""), "errs.absent")
		reader := c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{volunteering.Read}}, county)
		if err := c.s.Decide(ctx, reader, made, got.EditedAt, volunteering.Admitted, ""); !authz.Refused(err) {
			t.Error(err)
		}
		c.must(c.s.Decide(ctx, c.desk(), made, got.EditedAt, volunteering.Refused, "本期已满"))
		c.wantKey(c.s.Decide(ctx, c.desk(), made, got.EditedAt, volunteering.Admitted, ""), "errs.stale")
		if got = c.mine(by); got.State != volunteering.Refused || got.Note != "本期已满" {
			t.Errorf("%+v", got)
		}
		if again := c.apply(by, "homework"); again != made {
			t.Error("applies anew as another volunteer")
		}
		c.must(c.s.Decide(ctx, c.desk(), made, c.version(by), volunteering.Admitted, ""))
		if c.apply(by, "homework", "art"); c.mine(by).State != volunteering.Admitted {
			t.Error("who says what else she can do serves on")
		}
		c.checked(by, 30)
		if got = c.mine(by); len(got.Gaps) != 0 {
			t.Errorf("%+v", got.Gaps)
		}
		one, err := c.s.One(ctx, reader, made)
		c.must(err)
		if one.Name == "乔以恒" || one.May {
			t.Errorf("%+v", one)
		}
		page, err := c.s.List(ctx, c.desk(), volunteering.Filter{State: volunteering.Admitted, Skill: "art"}, "")
		c.must(err)
		if len(page.Items) != 1 || page.Items[0].Name != "乔以恒" || page.Items[0].Gaps != 0 {
			t.Errorf("%+v", page.Items)
		}
		if none, err := c.s.List(ctx, other, volunteering.Filter{}, ""); err != nil || len(none.Items) != 0 {
			t.Errorf("%v %+v", err, none.Items)
		}
		c.must(c.s.Leave(ctx, by))
		c.wantKey(c.s.Leave(ctx, by), "errs.stale")
		n, err := c.s.Tally(ctx, c.desk())
		c.must(err)
		if n[volunteering.Left] != 1 || n[volunteering.Admitted] != 0 {
			t.Errorf("%v", n)
		}
	})
}

// A group has never more members than it may, somebody is in one at a time, and who leads it cannot just go.
func TestGroups(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		lead := c.somebody("队长", "2004-05-06")
		g := volunteering.Group{Name: "小学教育 1 班", Kind: "class", Org: c.Nodes[county].ID, Most: 4}
		_, err := c.s.Found(ctx, lead, g)
		c.wantKey(err, "volunteer.apply_first")
		c.apply(lead)
		_, err = c.s.Found(ctx, lead, volunteering.Group{Name: "独", Kind: "class", Org: c.Nodes[county].ID, Most: 1})
		c.wantKey(err, "field.range")
		_, err = c.s.Found(ctx, lead, g)
		c.must(err)
		_, err = c.s.Found(ctx, lead, g)
		c.wantKey(err, "volunteer.in_group")
		code := c.mine(lead).Group.Code

		var all []authz.Actor
		for _, name := range []string{"甲", "乙", "丙", "丁", "戊", "己"} {
			by := c.somebody(name, "2004-05-06")
			c.apply(by)
			all = append(all, by)
		}
		_, err = c.s.JoinGroup(ctx, all[0], "NO")
		c.wantKey(err, "volunteer.no_code")
		errors := sqldbtest.Race(12, func(i int) error { // each of six twice
			_, err := c.s.JoinGroup(ctx, all[i/2], code)
			return err
		})
		if n := sqldbtest.Won(errors); n != 3 {
			t.Errorf("%d joined: %v", n, errors)
		}
		got := c.mine(lead)
		if got.Group.Members != 4 || len(got.Members) != 4 || !got.Leads || got.Members[0].Name != "队长" {
			t.Errorf("%+v", got.Members)
		}
		member := got.Members[1]
		var self authz.Actor
		for _, by := range all {
			if c.mine(by).ID == member.ID {
				self = by
			}
		}
		if seen := c.mine(self); seen.Leads || seen.Members[0].Name == "队长" {
			t.Errorf("who does not lead reads whole names: %+v", seen.Members)
		}
		c.wantKey(c.s.PartGroup(ctx, self, got.Members[2].ID), "errs.absent")
		c.wantKey(c.s.PartGroup(ctx, lead, got.ID), "volunteer.leads")
		c.wantKey(c.s.EndGroup(ctx, self), "errs.absent")
		c.must(c.s.PartGroup(ctx, lead, got.Members[2].ID))
		c.must(c.s.Leave(ctx, self))
		if got := c.mine(lead); got.Group.Members != 2 || len(got.Members) != 2 {
			t.Errorf("%+v", got.Members)
		}
		c.wantKey(c.s.Leave(ctx, lead), "volunteer.leads")
		c.must(c.s.EndGroup(ctx, lead))
		if got := c.mine(lead); got.Group.ID != "" || got.State != volunteering.Applied {
			t.Errorf("%+v", got)
		}
	})
}

// Two rows of persons that turn out to be one human being are one volunteer, who came first, in one group once.
func TestMergingPersonsJoinsVolunteers(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		first, second := c.somebody("乔以恒", "2004-05-06"), c.somebody("乔以衡", "2004-05-06")
		kept, lost := c.apply(first), c.apply(second)
		_, err := c.s.Found(ctx, second, volunteering.Group{Name: "一班", Kind: "club", Org: c.Nodes[county].ID, Most: 4})
		c.must(err)
		role := authz.Role{Key: "merger", Sees: authz.Sealed, Verbs: append([]authz.Verb{org.Read}, person.Verbs...)}
		c.must(c.people.Join(ctx, c.Actor(t, role, "咸宁市"), person.ID(second.Person), person.ID(first.Person), "同一人"))
		for _, by := range []authz.Actor{first, second} {
			got := c.mine(by)
			if got.ID != kept || !got.Leads || len(got.Members) != 1 || got.Group.Members != 1 {
				t.Errorf("%+v", got)
			}
		}
		if _, err := c.s.One(ctx, c.desk(), lost); err != nil {
			t.Error(err)
		}
	})
}
