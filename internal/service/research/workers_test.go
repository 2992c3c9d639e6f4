package research_test

import (
	"testing"

	"zhidian/internal/domain/form/field"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
	"zhidian/internal/service/research"
)

// A fieldworker has the questionnaire on her phone while the study goes on and she is in its plan, and what she brings is
// counted as hers.
func TestFieldworkersCarryTheQuestionnaire(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸宁市")
		fields := &field.Service{DB: c.DB, Keys: c.Keys, Forms: c.forms, Zone: zone, Temp: t.TempDir()}
		her := authz.Actor{City: c.City, User: c.worker}
		jobs := func() []field.Packed {
			t.Helper()
			p, err := fields.Pack(ctx, her, "0123456789ABCDEF", c.now.UnixMicro())
			must(t, err)
			return p.Jobs
		}
		which := c.study(by)
		set := func(workers string) {
			t.Helper()
			must(t, c.s.SetPlan(ctx, by, which, c.seen(by, which).EditedAt, research.PlanText{Workers: workers}))
		}
		turn := func(verb authz.Verb) {
			t.Helper()
			must(t, c.s.Turn(ctx, by, which, c.seen(by, which).EditedAt, verb))
		}
		set("周予安, 咸安区甲镇一村, 3\nzhou, 咸安区甲镇二村")
		if got := jobs(); len(got) != 0 {
			t.Fatalf("she has %+v before the study goes on", got)
		}
		turn(research.OpenStudy)
		got := jobs()
		if len(got) != 2 || got[0].Task.Form != c.form || got[0].Note != "创业需求调研" || got[0].Target+got[1].Target != 3 {
			t.Fatalf("%+v", got)
		}
		for i, j := range got[:1] {
			f := field.Filled{Protocol: 1, ID: id.New[field.Filled](c.now).String(), Form: c.form, Version: 1, Org: j.At.ID, Answers: []byte(`{"age":"20","stage":"idea"}`), MadeAt: c.now.UnixMilli(), SentAt: c.now.UnixMilli()}
			if _, err := fields.Receive(ctx, her, "0123456789ABCDEF", f); err != nil {
				t.Fatal(i, err)
			}
		}
		c.answerAt(c.address(got[0].At.Name), "", `{"age":"30"}`) // at the same place, and not hers
		v := c.seen(by, which)
		brought := map[string]int64{}
		for _, b := range v.Brought {
			if b.Task.IsZero() {
				t.Errorf("%+v", b)
			}
			brought[b.OrgName] = b.Got
		}
		if len(v.Brought) != 2 || brought[got[0].At.Name] != 1 || brought[got[1].At.Name] != 0 {
			t.Errorf("%+v", v.Brought)
		}

		kept := v.Plan.Workers[0].Task
		set("周予安, 咸安区甲镇一村, 3")
		if v = c.seen(by, which); len(jobs()) != 1 || v.Plan.Workers[0].Task != kept {
			t.Errorf("%+v", v.Plan.Workers)
		}
		turn(research.CloseStudy)
		if got := jobs(); len(got) != 0 {
			t.Errorf("%+v", got)
		}
		turn(research.ReopenStudy)
		if got := jobs(); len(got) != 1 {
			t.Errorf("%+v", got)
		}
		set("")
		if got := jobs(); len(got) != 0 {
			t.Errorf("%+v", got)
		}
	})
}
