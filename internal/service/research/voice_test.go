package research_test

import (
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/notice"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/research"
)

// A founder's need goes to the bank; two answers do not solve it, the county's does. Without an account she follows it by her receipt.
func TestAVoiceIsAnsweredUntilItIsSolved(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, nobody := t.Context(), authz.Actor{City: c.City}
		given := c.answer("", `{"who":"周晓岚","money":"30"}`)
		got, err := c.s.ByReceipt(ctx, nobody, given.Serial, given.Words)
		if err != nil || len(got.Voices) != 0 {
			t.Errorf("before it was raised: %+v, %v", got, err)
		}
		raised := c.raise(given, "缺流动资金")
		if raised.Words != "" || !strings.HasPrefix(raised.Serial, "心声-2026-") {
			t.Errorf("%+v", raised)
		}
		_, err = c.s.Raise(ctx, c.System(), research.Raising{Origin: research.FromAnswer, OriginID: given.ID.String(), Question: "money", Title: "再来", Desk: c.bank.ID, Days: 5})
		wantKey(t, err, "research.raised_already")

		bank := c.Actor(t, desk, "咸宁市")
		bank.Grants[0].At = c.bank.Path
		say := func(solved bool, words string) error {
			return c.s.Judge(ctx, nobody, given.Serial, given.Words, raised.Voice, solved, words)
		}
		wantKey(t, say(true, ""), "research.judged_already")
		must(t, c.cases.Answer(ctx, bank, raised.Matter, "请到柜台咨询"))
		if errs.KindOf(say(false, "")) != errs.Invalid {
			t.Error("not solved, and nothing said why")
		}
		must(t, say(false, "柜台说不办这一种"))
		if m := c.matter(raised.Matter); m.State != casework.Open || m.Desk != c.bank.ID {
			t.Errorf("after the first: %+v", m)
		}
		must(t, c.cases.Answer(ctx, bank, raised.Matter, "请再到柜台"))
		must(t, say(false, "还是不办"))
		m := c.matter(raised.Matter)
		if m.State != casework.Open || m.Desk != c.Nodes["咸安区"].ID || m.Due <= day.Of(c.now, zone) {
			t.Errorf("after the second it lies with %s, due %s", m.Desk, m.Due)
		}
		must(t, c.s.CatchUp(ctx, c.City)) // nothing is left to do
		wantKey(t, c.cases.Answer(ctx, bank, raised.Matter, "又来"), "errs.absent")
		must(t, c.cases.Answer(ctx, c.Actor(t, clerk, "咸安区"), raised.Matter, "已协调发放青创贷三十万元"))
		must(t, say(true, "办好了"))
		if m := c.matter(raised.Matter); m.State != casework.Closed {
			t.Errorf("solved, and %s", m.State)
		}
		want := []string{"matter.open", "matter.answer", "voice.unsolved", "matter.answer", "voice.unsolved", "voice.lifted_unsolved", "matter.answer", "voice.solved", "matter.close"}
		if kinds := c.history(raised.Matter); !slices.Equal(kinds, want) {
			t.Errorf("history %v", kinds)
		}
		got, err = c.s.ByReceipt(ctx, nobody, given.Serial, given.Words)
		if err != nil || len(got.Voices) != 1 || !got.Voices[0].MayAgain || got.Voices[0].MayJudge || got.Voices[0].Text != "茶厂扩产缺三十万元" {
			t.Errorf("her page: %+v, %v", got, err)
		}
		must(t, say(false, "利率和说的不一样"))
		must(t, c.cases.Answer(ctx, c.System(), raised.Matter, "已更正"))
		must(t, say(true, ""))
		c.now = c.now.AddDate(0, 3, 0)
		wantKey(t, say(false, "太晚了"), "research.judged_already")
		_, err = c.s.ByReceipt(ctx, nobody, given.Serial, "AAAA-BBBB-CCCC")
		wantKey(t, err, "errs.absent")
		wantKey(t, c.s.Judge(ctx, authz.Actor{City: "twin"}, given.Serial, given.Words, raised.Voice, true, ""), "errs.absent")
	})
}

// Who has an account is told without personal detail, and finds everything under her own.
func TestAnAccountIsTold(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, she, other := t.Context(), authz.Actor{City: c.City, User: "founder"}, authz.Actor{City: c.City, User: "other"}
		raised := c.raise(c.answer("founder", `{"who":"周晓岚","money":"30"}`), "缺流动资金")
		must(t, c.cases.Answer(ctx, c.System(), raised.Matter, "已办"))
		told, err := (&notice.Service{DB: c.DB, Cursors: c.s.Cursors}).List(ctx, she, "")
		if err != nil || len(told.Items) != 1 || told.Items[0].Key != "research.notice_answered" || told.Items[0].Link != "/my/voices/"+raised.Serial {
			t.Errorf("%+v, %v", told.Items, err)
		}
		mine, err := c.s.Mine(ctx, she)
		if err != nil || len(mine) != 1 || !mine[0].MayJudge {
			t.Errorf("%+v, %v", mine, err)
		}
		wantKey(t, c.s.Judge(ctx, other, "", "", raised.Voice, true, ""), "errs.absent")
		must(t, c.s.Judge(ctx, she, "", "", raised.Voice, true, ""))
	})
}

// Voices that say the same are answered once, and each who asked says for herself whether it is solved.
func TestVoicesAreMergedAndParted(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸宁市")
		first, second, third := c.raise(c.answer("a", `{"money":"30"}`), "缺钱"), c.raise(c.answer("b", `{"money":"20"}`), "缺资金"), c.raise(c.answer("d", `{"money":"9"}`), "贷款难")
		must(t, c.s.Merge(ctx, by, third.Voice, second.Voice, "同一件事"))
		must(t, c.s.Merge(ctx, by, second.Voice, first.Voice, "同一件事"))
		wantKey(t, c.s.Merge(ctx, by, third.Voice, first.Voice, "又来"), "research.merged_already")
		if m := c.matter(third.Matter); m.State != casework.Closed {
			t.Errorf("the merged one is %s", m.State)
		}
		err := c.cases.Reopen(ctx, c.System(), third.Matter, 3, "再办")
		if wantKey(t, err, "research.reopen_merged"); c.matter(third.Matter).State != casework.Closed {
			t.Error("a merged voice's own matter was taken up again")
		}
		must(t, c.cases.Answer(ctx, c.System(), first.Matter, "三家一起办"))
		for _, who := range []string{"a", "b", "d"} {
			mine, err := c.s.Mine(ctx, authz.Actor{City: c.City, User: who})
			if err != nil || len(mine) != 1 || mine[0].Matter.Answer != "三家一起办" || !mine[0].MayJudge || mine[0].Merged == (who == "a") {
				t.Errorf("%s: %+v, %v", who, mine, err)
			}
		}
		judge := func(who string, of research.Raised, solved bool) {
			t.Helper()
			must(t, c.s.Judge(ctx, authz.Actor{City: c.City, User: who}, "", "", of.Voice, solved, "如上"))
		}
		judge("a", first, true)
		judge("b", second, true)
		if m := c.matter(first.Matter); m.State != casework.Answered {
			t.Errorf("one has not spoken yet, and it is %s", m.State)
		}
		judge("d", third, false)
		must(t, c.s.Separate(ctx, by, third.Voice, "是另一回事"))
		wantKey(t, c.s.Separate(ctx, by, third.Voice, "又来"), "research.not_merged")
		if m := c.matter(third.Matter); m.State != casework.Open {
			t.Errorf("parted, and %s", m.State)
		}
		must(t, c.cases.Answer(ctx, c.System(), first.Matter, "办妥"))
		judge("a", first, true)
		judge("b", second, true)
		if m := c.matter(first.Matter); m.State != casework.Closed {
			t.Errorf("all are content, and it is %s", m.State)
		}
		seen, err := c.s.See(ctx, by, second.Voice)
		if err != nil || len(seen.Group) != 2 || len(seen.Verdicts) != 5 || seen.From == "" || !seen.May {
			t.Errorf("%+v, %v", seen, err)
		}
	})
}

// What nobody answers goes up by rule, once however many look; what nobody judges is closed.
func TestWhatIsLateGoesUpOnce(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		late, silent := c.raise(c.answer("", `{"money":"30"}`), "没人答"), c.raise(c.answer("", `{"money":"30"}`), "没人评")
		must(t, c.cases.Answer(ctx, c.System(), silent.Matter, "答"))
		must(t, c.s.CatchUp(ctx, c.City))
		if n := len(c.history(late.Matter)); n != 1 {
			t.Errorf("in time, and %d lines", n)
		}
		c.now = c.now.AddDate(0, 0, 20)
		for _, err := range sqldbtest.Race(4, func(int) error { return c.s.CatchUp(ctx, c.City) }) {
			must(t, err)
		}
		if m, h := c.matter(late.Matter), c.history(late.Matter); m.Desk != c.Nodes["咸安区"].ID || !slices.Equal(h, []string{"matter.open", "voice.lifted_late"}) {
			t.Errorf("%+v, %v", m, h)
		}
		c.now = c.now.AddDate(0, 0, 30)
		must(t, c.s.CatchUp(ctx, c.City))
		c.now = c.now.AddDate(0, 2, 0)
		must(t, c.s.CatchUp(ctx, c.City)) // the city is the top: it stays there and stays overdue
		if m, h := c.matter(late.Matter), c.history(late.Matter); m.Desk != c.Nodes["咸宁市"].ID || len(h) != 3 || m.State != casework.Open {
			t.Errorf("%+v, %v", m, h)
		}
		if h := c.history(silent.Matter); !slices.Equal(h, []string{"matter.open", "matter.answer", "voice.lapsed"}) {
			t.Errorf("what nobody judged: %v", h)
		}
	})
}

// Of two who say at once that it is not solved, one is told; the level changes once.
func TestRacingVerdicts(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, she := t.Context(), authz.Actor{City: c.City, User: "a"}
		raised := c.raise(c.answer("a", `{"money":"30"}`), "缺钱")
		for range 2 {
			must(t, c.cases.Answer(ctx, c.System(), raised.Matter, "答"))
			got := sqldbtest.Race(4, func(int) error { return c.s.Judge(ctx, she, "", "", raised.Voice, false, "没有解决") })
			if n := sqldbtest.Won(got); n != 1 {
				t.Errorf("%d were taken: %v", n, got)
			}
		}
		if m := c.matter(raised.Matter); m.Desk != c.Nodes["咸安区"].ID {
			t.Errorf("%+v", m)
		}
	})
}

// A remark on a matter is raised for somebody without an account; the words of its receipt find it.
func TestARemarkBecomesAVoice(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸宁市")
		problem, err := c.cases.Open(ctx, by, casework.New{Kind: casework.Problem, Title: "走访问题", Org: c.Nodes["咸安区"].ID, Desk: c.Nodes["咸安区"].ID, Days: 5, Text: "店主说缺人手"})
		must(t, err)
		from, err := c.s.Source(ctx, by, research.FromRemark, problem.ID.String())
		must(t, err)
		by.Once = "once"
		ask := research.Raising{Origin: research.FromRemark, OriginID: problem.ID.String(), Question: from.Remarks[0].ID, Title: "缺人手", Text: "店主说缺人手", Desk: c.Nodes["咸安区"].ID, Days: 5, Asker: "店主"}
		raised, err := c.s.Raise(ctx, by, ask)
		must(t, err)
		again, err := c.s.Raise(ctx, by, ask)
		if err != nil || again != raised {
			t.Errorf("asked again: %+v, %+v, %v", again, raised, err)
		}
		got, err := c.s.ByReceipt(ctx, authz.Actor{City: c.City}, raised.Serial, strings.ToLower(raised.Words))
		if err != nil || len(got.Voices) != 1 {
			t.Errorf("%+v, %v", got, err)
		}
		all, err := c.s.From(ctx, by, research.FromRemark, problem.ID.String())
		if err != nil || len(all) != 1 || all[0].Serial != raised.Serial {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

// Every use case asks for its own right, and what lies elsewhere looks absent.
func TestVoicesAskForRights(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		given := c.answer("", `{"who":"周晓岚","money":"30"}`)
		raised, other := c.raise(given, "缺钱"), c.raise(c.answer("", `{"money":"3"}`), "缺钱二")
		ask := research.Raising{Origin: research.FromAnswer, OriginID: given.ID.String(), Title: "x", Desk: c.bank.ID, Days: 5}
		terms := research.Delivered
		terms.From = day.Of(c.now, zone).AddDays(1)
		for name, c2 := range map[string]struct {
			verb authz.Verb
			do   func(authz.Actor) error
		}{
			"raise":    {research.RaiseVoice, func(by authz.Actor) error { _, err := c.s.Raise(ctx, by, ask); return err }},
			"merge":    {research.MergeVoice, func(by authz.Actor) error { return c.s.Merge(ctx, by, raised.Voice, other.Voice, "同") }},
			"separate": {research.MergeVoice, func(by authz.Actor) error { return c.s.Separate(ctx, by, raised.Voice, "异") }},
			"terms":    {research.SetTerms, func(by authz.Actor) error { return c.s.SetTerms(ctx, by, terms) }},
			"list":     {research.ReadVoices, func(by authz.Actor) error { _, _, err := c.s.Voices(ctx, by, casework.Filter{}); return err }},
			"see":      {research.ReadVoices, func(by authz.Actor) error { _, err := c.s.See(ctx, by, raised.Voice); return err }},
			"desks":    {research.RaiseVoice, func(by authz.Actor) error { _, err := c.s.Desks(ctx, by, "农商"); return err }},
		} {
			lesser := clerk
			lesser.Verbs = slices.DeleteFunc(slices.Clone(clerk.Verbs), func(v authz.Verb) bool { return v == c2.verb })
			if err := c2.do(c.Actor(t, lesser, "咸宁市")); !authz.Refused(err) {
				t.Errorf("%s without its right: %v", name, err)
			}
			if name != "list" && name != "desks" {
				if err := c2.do(c.Actor(t, clerk, "嘉鱼县")); errs.KindOf(err) != errs.Absent {
					t.Errorf("%s from the next county: %v", name, err)
				}
			}
		}
		must(t, c.s.SetTerms(ctx, c.System(), terms))
		bank := c.Actor(t, desk, "咸宁市")
		bank.Grants[0].At = c.bank.Path
		v, err := c.s.See(ctx, bank, raised.Voice)
		if err != nil || !v.Masked || v.From != "" || v.May {
			t.Errorf("the bank sees %+v, %v", v, err)
		}
		q, of, err := c.s.Voices(ctx, c.Actor(t, clerk, "咸安区"), casework.Filter{All: true})
		if err != nil || len(q.Items) != 2 || of[raised.Matter].ID != raised.Voice {
			t.Errorf("%+v, %v", of, err)
		}
	})
}
