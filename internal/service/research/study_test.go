package research_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/form"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/service/research"
	"zhidian/internal/service/research/result"
)

func TestStudyProcess(t *testing.T) {
	t.Parallel()
	if err := research.StudyProcess.Check(); err != nil {
		t.Fatal(err)
	}
}

var plan = research.PlanText{
	KindBy: "做到哪一步", AgeBy: "age",
	Cells:   "咸安区, idea, 18-35, 10\n咸安区，open，18-35，10\n\n嘉鱼县\t\t\t5\n",
	Workers: "周予安, 甲镇一村", Desks: "缺什么, 资金, 咸安农商行, 5", Bank: "stage, 创业阶段", Groups: "words, 融资, 贷款, 利息",
}

func (c *town) study(by authz.Actor) research.StudyID {
	c.t.Helper()
	which, err := c.s.Begin(c.t.Context(), by, research.NewStudy{Form: c.form, Title: "创业需求调研", Purpose: "弄清缺什么"})
	must(c.t, err)
	return which
}

func (c *town) seen(by authz.Actor, which research.StudyID) research.StudySeen {
	c.t.Helper()
	v, err := c.s.LookAt(c.t.Context(), by, which)
	must(c.t, err)
	return v
}

// What is delicate is counted once, when the study is published: nobody sees it before, and nobody but the office after. Rows
// of a repeat are counted by themselves, and a small number of people hides them however many rows they have.
func TestDelicateAnswersAndRows(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸宁市")
		which := c.study(by)
		v := c.seen(by, which)
		if v.Delicate != 2 || v.Plan.Text().Bank != "stage, 创业阶段\n" {
			t.Errorf("%d are delicate, and the bank is %q", v.Delicate, v.Plan.Text().Bank)
		}
		if items, err := c.s.Bank(ctx, by); err != nil || len(items) != 1 || items[0].Key != "创业阶段" {
			t.Errorf("the bank holds %+v, %v", items, err)
		}
		must(t, c.s.Turn(ctx, by, which, v.EditedAt, research.OpenStudy))
		for i := range 24 {
			debt, staff := "no", `{"needs":"fast"},{"needs":"cheap"}`
			if i < 9 {
				debt, staff = "yes", `{"needs":"fast"},{}`
			}
			if i == 23 {
				debt, staff = "part", strings.Repeat(`{"needs":"near"},`, 19)+`{"needs":"near"}`
			}
			c.answer("", fmt.Sprintf(`{"stage":"idea","debt":"%s","owes":"%d","staff":[%s]}`, debt, 12345+i, staff))
		}
		find := func(r research.Results, path string) (result.Table, bool) {
			for _, table := range r.Tables {
				if table.Path == path {
					return table, true
				}
			}
			return result.Table{}, false
		}
		live := c.seen(by, which).Results
		for _, path := range []string{"debt", "owes"} {
			if _, there := find(live, path); there {
				t.Errorf("%s is counted before the study is published", path)
			}
		}
		rows, there := find(live, "staff/needs")
		if !there || rows.Within != "员工" || rows.Asked != 46+20 || rows.Unanswered != 9 || rows.People != 24 {
			t.Fatalf("rows are %+v", rows)
		}
		if r := rows.Rows; r[0].Count != 23 || r[0].People != 23 || r[1].Count != 14 || r[2].Count != 20 || r[2].People != 1 {
			t.Errorf("rows are %+v", r)
		}
		if _, err := c.s.Crossed(ctx, by, which, "stage", "debt"); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a delicate question is crossed: %v", err)
		}
		taken, err := c.s.Take(ctx, by, which, "csv")
		if err != nil || slices.ContainsFunc(taken.Questions, func(q result.Question) bool { return q.Path == "debt" || q.Path == "owes" }) || taken.Given[0].Values["owes"] != "" {
			t.Errorf("an export holds %+v, %v", taken.Given[0].Values, err)
		}

		must(t, c.s.Turn(ctx, by, which, c.seen(by, which).EditedAt, research.CloseStudy))
		must(t, c.s.Turn(ctx, by, which, c.seen(by, which).EditedAt, research.PublishStudy))
		published := c.seen(by, which).Results
		debt, there := find(published, "debt")
		if !there || !debt.Rows[2].Hidden || !debt.Rows[0].Hidden || debt.Rows[1].Hidden || debt.Rows[1].Count != 14 || debt.Rows[0].Count != 0 {
			t.Errorf("debts are published as %+v", debt)
		}
		owes, there := find(published, "owes")
		if !there || owes.Figures == nil || *owes.Figures != (result.Figures{Mean: 12000, Q1: 12000, Median: 12000, Q3: 12000}) {
			t.Errorf("sums are published as %+v", owes.Figures)
		}
		_, outside, err := c.s.Publication(ctx, c.City, which)
		if _, there := find(outside, "debt"); there || err != nil {
			t.Errorf("everybody sees debts: %v", err)
		}
		rows, there = find(outside, "staff/needs")
		if !there || !rows.Rows[2].Hidden || rows.Rows[2].Count != 0 || !slices.ContainsFunc(rows.Rows[:2], func(r result.Row) bool { return r.Hidden }) && !rows.NoneHidden {
			t.Errorf("rows are published as %+v", rows)
		}
	})
}

// A study goes from its plan to its publication; what was published stays as it was.
func TestAStudyFromPlanToPublication(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸宁市")
		which := c.study(by)
		v := c.seen(by, which)
		if v.State != research.Drafted || len(v.Moves) != 1 || len(v.DrawHash) != 64 {
			t.Errorf("%+v", v.Study)
		}
		wrong := plan
		wrong.KindBy, wrong.AgeBy, wrong.Cells = "", "没有这题", "火星, x, 9-1, -3\n少"
		if got := errs.ProblemsOf(c.s.SetPlan(ctx, by, which, v.EditedAt, wrong)); len(got) < 6 {
			t.Errorf("%d faults are told: %v", len(got), got)
		}
		wantKey(t, c.s.SetPlan(ctx, by, which, v.EditedAt+1, plan), "errs.stale")
		must(t, c.s.SetPlan(ctx, by, which, v.EditedAt, withPlace(plan)))
		v = c.seen(by, which)
		if text := v.Plan.Text(); !strings.Contains(text.Cells, "咸安区, idea, 18-35, 10") || text.KindBy != "stage" || text.Desks != "kinds, money, 咸安农商行, 5\n" {
			t.Errorf("%+v", text)
		}
		must(t, c.s.SetPlan(ctx, by, which, v.EditedAt, v.Plan.Text())) // what is written is read again
		v = c.seen(by, which)

		wantKey(t, c.s.Turn(ctx, by, which, v.EditedAt, research.PublishStudy), "research.study.not_now")
		must(t, c.s.Turn(ctx, by, which, v.EditedAt, research.OpenStudy))
		for i := range 12 {
			c.answer("", fmt.Sprintf(`{"who":"甲%d","age":"%d","stage":"idea","kinds":"money room","money":"%d","words":"贷款手续复杂"}`, i, 20+i, 10+i))
		}
		for i := range 6 {
			c.answer("", fmt.Sprintf(`{"who":"乙%d","age":"30","stage":"open","kinds":"room","money":"5","words":"招人"}`, i))
		}
		c.answerAt(c.address("嘉鱼县乙镇"), "", `{"who":"丙","age":"50","stage":"open","kinds":"money","money":"100"}`)
		v = c.seen(by, which)
		got := map[string]int64{}
		for _, p := range v.Progress {
			got[p.OrgName+p.Kind] = p.Got
		}
		if v.Results.Answers != 19 || got["咸安区idea"] != 12 || got["咸安区open"] != 6 || got["嘉鱼县"] != 1 || v.Results.Effective >= 19 || v.Results.Heaviest > 5 {
			t.Errorf("%v of %d, %v", got, v.Results.Answers, v.Results.Effective)
		}
		if v.Proposals != 13 {
			t.Errorf("%d are proposed", v.Proposals)
		}
		if words := v.Frequent["words"]; len(words) == 0 || slices.ContainsFunc(words, func(f result.Frequent) bool { return f.Word == "贷款" }) {
			t.Errorf("words: %v", words)
		}
		_, err := c.s.Crossed(ctx, by, which, "stage", "kinds")
		if errs.KindOf(err) != errs.Invalid {
			t.Errorf("several choices are crossed: %v", err)
		}
		reader := authz.Role{Key: "reader", Verbs: []authz.Verb{research.ReadStudies}}
		if r := c.seen(c.Actor(t, reader, "咸宁市"), which).Results; r.Tables != nil || r.Answers != 0 {
			t.Errorf("before the publication a reader of figures sees %d", r.Answers)
		}
		must(t, c.s.Turn(ctx, by, which, v.EditedAt, research.CloseStudy))
		must(t, c.s.Turn(ctx, by, which, c.seen(by, which).EditedAt, research.PublishStudy))

		x, r, err := c.s.Publication(ctx, c.City, which)
		if err != nil || x.OrgName != "咸宁市" || !r.Released || r.Answers != 19 || len(x.Plan.Workers) != 0 {
			t.Errorf("%s, %d, %v", x.OrgName, r.Answers, err)
		}
		for _, table := range r.Tables {
			for _, row := range table.Rows {
				if !row.Hidden && row.Count < result.Threshold {
					t.Errorf("%s: %+v", table.Path, row)
				}
			}
		}
		c.answer("", `{"stage":"open"}`)
		if _, after, err := c.s.Publication(ctx, c.City, which); err != nil || after.Answers != 19 {
			t.Errorf("an answer afterwards changed it: %d, %v", after.Answers, err)
		}
		if r := c.seen(c.Actor(t, reader, "咸宁市"), which).Results; !r.Released || r.Answers != 19 {
			t.Errorf("a reader of figures sees %d", r.Answers)
		}
		rounds, err := c.s.Rounds(ctx, by, "创业阶段")
		if err != nil || len(rounds) != 1 || rounds[0].Table.Path != "stage" {
			t.Errorf("%+v, %v", rounds, err)
		}
		bank, err := c.s.Bank(ctx, by)
		if err != nil || len(bank) != 1 || len(bank[0].Choices) != 2 {
			t.Errorf("%+v, %v", bank, err)
		}
		wantKey(t, c.s.SetPlan(ctx, by, which, c.seen(by, which).EditedAt, research.PlanText{}), "research.study.not_now")
		taken, err := c.s.Take(ctx, by, which, "csv")
		if err != nil || len(taken.Given) != 20 || len(taken.Serials) != 20 || taken.Given[0].Values["phone"] != "" {
			t.Errorf("%d taken, %v", len(taken.Given), err)
		}
	})
}

// withPlace names a fieldworker's place as the small city has it.
func withPlace(p research.PlanText) research.PlanText {
	p.Workers = "周予安, 咸安区甲镇一村"
	return p
}

// What a study proposes is raised when an officer says so, and not proposed again.
func TestProposalsAreConfirmed(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸宁市")
		which := c.study(by)
		must(t, c.s.SetPlan(ctx, by, which, c.seen(by, which).EditedAt, withPlace(plan)))
		c.answer("", `{"who":"甲","kinds":"money room"}`)
		c.answer("", `{"who":"乙","kinds":"room"}`)
		_, all, err := c.s.Proposals(ctx, by, which)
		if err != nil || len(all) != 1 || all[0].Value != "资金" || all[0].Desk != c.bank.ID || all[0].Days != 5 {
			t.Fatalf("%+v, %v", all, err)
		}
		p := all[0]
		made, err := c.s.Raise(ctx, by, research.Raising{Origin: research.FromAnswer, OriginID: p.Answer.String(), Question: p.Question, Title: "缺资金", Text: "缺资金", Desk: p.Desk, Days: p.Days})
		must(t, err)
		if _, all, err = c.s.Proposals(ctx, by, which); err != nil || len(all) != 0 {
			t.Errorf("%+v, %v", all, err)
		}
		if m := c.matter(made.Matter); m.Desk != c.bank.ID {
			t.Errorf("%+v", m)
		}
	})
}

// People are drawn once, from a seed whose hash stood before; the same list and seed draw the same.
func TestPeopleAreDrawnByLot(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸宁市")
		which := c.study(by)
		seen := c.seen(by, which)
		if errs.KindOf(c.s.Draw(ctx, by, which, seen.EditedAt, 25)) != errs.Invalid {
			t.Error("more are drawn than there are")
		}
		must(t, c.s.Draw(ctx, by, which, seen.EditedAt, 5))
		ids, err := c.s.Drawn(ctx, by, which)
		if err != nil || len(ids) != 5 || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != 5 {
			t.Errorf("%v, %v", ids, err)
		}
		after := c.seen(by, which)
		if after.DrawHash != seen.DrawHash || len(after.DrawSeed) != 64 || after.Drawn != 5 {
			t.Errorf("%+v", after.Study)
		}
		wantKey(t, c.s.Draw(ctx, by, which, after.EditedAt, 5), "research.study.drawn")
	})
}

// What is said at a meeting becomes a voice, and the meeting shows how far it has come.
func TestItemsOfAMeetingBecomeVoices(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸宁市")
		m := research.Meeting{Org: c.Nodes["咸安区"].ID, Kind: research.Seminar, Title: "创业青年座谈会", Place: "青创园", On: day.Must("2026-10-30"), Guests: "周晓岚，茶饮店", Minutes: "谈融资"}
		bad := m
		bad.Kind, bad.Title, bad.On = "x", "", 0
		_, err := c.s.Hold(ctx, by, bad)
		if got := errs.ProblemsOf(err); len(got) != 3 {
			t.Errorf("%v", got)
		}
		which, err := c.s.Hold(ctx, by, m)
		must(t, err)
		must(t, c.s.AddItem(ctx, by, which, "周晓岚", "青创贷要抵押，办不下来"))
		seen, err := c.s.Met(ctx, by, which)
		if err != nil || len(seen.Items) != 1 || seen.Items[0].Voice != nil {
			t.Fatalf("%+v, %v", seen, err)
		}
		by.Once = "k"
		made, err := c.s.Raise(ctx, by, research.Raising{Origin: research.FromItem, OriginID: seen.Items[0].ID, Title: "青创贷", Text: "青创贷要抵押", Desk: c.bank.ID, Days: 5})
		must(t, err)
		if made.Words == "" {
			t.Error("she gets no receipt")
		}
		by.Once = ""
		must(t, c.cases.Answer(ctx, c.System(), made.Matter, "可信用放款"))
		seen, err = c.s.Met(ctx, by, which)
		if err != nil || seen.Items[0].Voice == nil || seen.Items[0].State != casework.Answered {
			t.Errorf("%+v, %v", seen, err)
		}
		voice, err := c.s.See(ctx, by, made.Voice)
		if err != nil || voice.Asker != "周晓岚" {
			t.Errorf("%+v, %v", voice, err)
		}
		m.ID, m.EditedAt, m.Title = which, seen.EditedAt, "座谈会"
		must(t, c.s.Amend(ctx, by, m))
		wantKey(t, c.s.Amend(ctx, by, m), "errs.stale")
		all, err := c.s.Meetings(ctx, by)
		if err != nil || len(all) != 1 || all[0].Items != 1 || all[0].Title != "座谈会" {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

// Every use case of studies and meetings asks for its own right, and what lies elsewhere looks absent.
func TestStudiesAskForRights(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸宁市")
		which := c.study(by)
		held, err := c.s.Hold(ctx, by, research.Meeting{Org: c.Nodes["咸安区"].ID, Kind: research.Visit, Title: "走访", Place: "村", On: day.Must("2026-10-30")})
		must(t, err)
		must(t, c.s.AddItem(ctx, by, held, "甲", "缺路灯"))
		at := c.seen(by, which).EditedAt
		turn := func(v authz.Verb) func(authz.Actor) error {
			return func(by authz.Actor) error { return c.s.Turn(ctx, by, which, at, v) }
		}
		for name, x := range map[string]struct {
			verb authz.Verb
			do   func(authz.Actor) error
		}{
			"begin": {research.DesignStudy, func(by authz.Actor) error {
				_, err := c.s.Begin(ctx, by, research.NewStudy{Form: c.form, Title: "x", Purpose: "y"})
				return err
			}},
			"plan": {research.DesignStudy, func(by authz.Actor) error { return c.s.SetPlan(ctx, by, which, at, research.PlanText{}) }},
			"open": {research.OpenStudy, turn(research.OpenStudy)}, "close": {research.CloseStudy, turn(research.CloseStudy)},
			"reopen": {research.ReopenStudy, turn(research.ReopenStudy)}, "publish": {research.PublishStudy, turn(research.PublishStudy)},
			"draw":      {research.DrawPeople, func(by authz.Actor) error { return c.s.Draw(ctx, by, which, at, 1) }},
			"drawn":     {research.DrawPeople, func(by authz.Actor) error { _, err := c.s.Drawn(ctx, by, which); return err }},
			"look":      {research.ReadStudies, func(by authz.Actor) error { _, err := c.s.LookAt(ctx, by, which); return err }},
			"cross":     {form.Answers, func(by authz.Actor) error { _, err := c.s.Crossed(ctx, by, which, "stage", "x"); return err }},
			"take":      {research.ExportStudy, func(by authz.Actor) error { _, err := c.s.Take(ctx, by, which, "csv"); return err }},
			"take raw":  {form.Answers, func(by authz.Actor) error { _, err := c.s.Take(ctx, by, which, "csv"); return err }},
			"proposals": {research.RaiseVoice, func(by authz.Actor) error { _, _, err := c.s.Proposals(ctx, by, which); return err }},
			"met":       {research.ReadMeetings, func(by authz.Actor) error { _, err := c.s.Met(ctx, by, held); return err }},
			"item":      {research.HoldMeeting, func(by authz.Actor) error { return c.s.AddItem(ctx, by, held, "x", "y") }},
		} {
			lesser := clerk
			lesser.Verbs = slices.DeleteFunc(slices.Clone(clerk.Verbs), func(v authz.Verb) bool { return v == x.verb })
			if err := x.do(c.Actor(t, lesser, "咸宁市")); !authz.Refused(err) {
				t.Errorf("%s without its right: %v", name, err)
			}
			if err := x.do(c.Actor(t, clerk, "嘉鱼县")); errs.KindOf(err) != errs.Absent {
				t.Errorf("%s from a county: %v", name, err)
			}
		}
		_, _, err = c.s.Publication(ctx, c.City, which)
		wantKey(t, err, "errs.absent")
		_, _, err = c.s.Publication(ctx, "twin", which)
		wantKey(t, err, "errs.absent")
	})
}
