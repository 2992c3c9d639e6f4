package safety_test

import (
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/childcare/safety"
)

// What is told comes once, before those who are to know and nobody else; its words lie nowhere in the clear, and each reading is noted.
func TestAReportIsKnownToThoseOnItsList(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, words := t.Context(), "孩子说昨晚没有吃饭，手臂有淤青"
		x := c.told(safety.Seen, "body", 0, words)
		r := c.report(x)
		again, err := c.s.Report(ctx, c.as("teacher"), "phone", x)
		if err != nil || !again.Again || again.Serial != r.Serial {
			t.Errorf("%+v, %v", again, err)
		}
		if n := len(c.listed("county2")); n != 1 {
			t.Errorf("the second of the county finds %d", n)
		}
		for _, name := range []string{"city", "neighbour"} {
			if n := len(c.listed(name)); n != 0 {
				t.Errorf("%s finds %d", name, n)
			}
			_, err := c.s.Open(ctx, c.as(name), r.ID)
			wantKey(t, err, "errs.absent")
			wantKey(t, c.do(name, r.ID, safety.Taken, safety.Said{}), "errs.absent")
			_, err = c.s.Told(ctx, c.as(name), r.ID, "需要联系报告人")
			wantKey(t, err, "errs.absent")
			_, err = c.s.Matters.View(ctx, c.as(name), r.Matter)
			wantKey(t, err, "errs.absent")
			q, err := c.s.Matters.Queue(ctx, c.as(name), casework.Filter{All: true})
			if err != nil || q.Total != 0 || len(q.Kinds) != 0 {
				t.Errorf("%s counts %+v, %v", name, q, err)
			}
		}
		v, err := c.s.Open(ctx, c.as("county1"), r.ID)
		must(t, err)
		if v.Words != words || v.Name != "周小一" || v.Account != "" || v.Desk.Name != "咸安区" || len(v.Readers) != 2 || len(v.Others) != 1 {
			t.Errorf("%+v", v)
		}
		v, err = c.s.Open(ctx, c.as("county2"), r.ID)
		must(t, err)
		if len(v.Reads) != 1 || v.Reads[0].Actor != c.staff["county1"].String() {
			t.Errorf("reads: %+v", v.Reads)
		}
		_, err = c.s.Told(ctx, c.as("county1"), r.ID, "查")
		wantKey(t, err, "safety.reason_short")
		who, err := c.s.Told(ctx, c.as("county1"), r.ID, "需要联系报告人核实时间")
		if err != nil || who != c.staff["teacher"].String() {
			t.Errorf("%s, %v", who, err)
		}
		must(t, c.do("county1", r.ID, safety.Noted, safety.Said{Words: "已到家中走访某某"}))
		if all := c.stored(); strings.Contains(all, "淤青") || strings.Contains(all, "走访某某") || strings.Contains(all, "周小一") {
			t.Error("words or names stand in the clear")
		}
		wantKey(t, c.s.Matters.Close(ctx, c.as("county1"), r.Matter, "随手办结"), "casework.limited")
		wantKey(t, c.s.Matters.Note(ctx, c.as("county1"), r.Matter, "随手备注"), "casework.limited")
		wantKey(t, c.s.Admit(ctx, c.as("county1"), r.ID, c.staff["neighbour"]), "safety.not_to_know")
		must(t, c.s.Admit(ctx, c.as("county1"), r.ID, c.staff["city"]))
		if n := len(c.listed("city")); n != 1 {
			t.Errorf("who was put on the list finds %d", n)
		}
	})
}

// The duty to report asks for a kind and nothing else, comes however late and of whomever, goes up within minutes until the police were
// told, and is closed only then.
func TestTheDutyToReport(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		x := c.told(safety.Duty, "injuries", 0, "")
		x.Child = c.mum // whoever is not on the roll
		x.MadeAt -= 40 * 24 * 3600_000
		r := c.report(x)
		if r.Child != "" || r.Severity != 3 || r.Kind != safety.Duty {
			t.Errorf("%+v", r)
		}
		must(t, c.s.CatchUp(ctx, c.City))
		if n := len(c.listed("city")); n != 0 {
			t.Fatalf("the city finds %d at once", n)
		}
		c.now = c.now.Add(15 * time.Minute)
		for range 3 {
			must(t, c.s.CatchUp(ctx, c.City))
		}
		if n := len(c.listed("city")); n != 1 {
			t.Fatalf("the city finds %d after a quarter of an hour", n)
		}
		c.now = c.now.Add(16 * time.Minute)
		must(t, c.s.CatchUp(ctx, c.City)) // there is nobody above: it stays, and late
		all := c.listed("city")
		if !all[0].Top || !all[0].Late(c.now.UnixMicro()) {
			t.Errorf("%+v", all[0])
		}
		wantKey(t, c.do("city", r.ID, safety.Taken, safety.Said{}), "safety.not_now")
		wantKey(t, c.do("city", r.ID, safety.Closed, safety.Said{Words: "无事"}), "safety.police_first")
		wantKey(t, c.do("city", r.ID, safety.Police, safety.Said{}), "field.required")
		must(t, c.do("county1", r.ID, safety.Police, safety.Said{Who: "永安派出所", Receipt: "110-7"}))
		wantKey(t, c.do("city", r.ID, safety.Police, safety.Said{Who: "永安派出所"}), "safety.not_now")
		wantKey(t, c.do("city", r.ID, safety.Family, safety.Said{Who: "父亲"}), "safety.not_now") // it may be the family
		must(t, c.do("city", r.ID, safety.Informed, safety.Said{Who: "区检察院"}))
		must(t, c.do("city", r.ID, safety.Closed, safety.Said{Words: "公安机关已立案"}))
		wantKey(t, c.do("city", r.ID, safety.Noted, safety.Said{Words: "再记"}), "safety.not_now")
		v, err := c.s.Open(ctx, c.as("city"), r.ID)
		must(t, err)
		if v.ClosedAt == 0 || len(v.Done) != 4 || v.Done[2].Said.Receipt != "110-7" || v.Done[3].Kind != safety.Passed {
			t.Errorf("%+v", v.Done)
		}
	})
}

// An incident waits in office hours by how grave it is, and a grave one is closed only after the family was told; the family reads that
// it happened, and neither observations nor what the duty covers.
func TestIncidentsHaveAClock(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.now = today.AddDays(4).Start(zone).Add(16*time.Hour + 30*time.Minute) // a Friday, an hour before the office shuts
		minor, grave := c.report(c.told(safety.Incident, "fall", 1, "跌倒")), c.report(c.told(safety.Incident, "ill", 2, "发烧到四十度"))
		at := func(micro int64) string { return time.UnixMicro(micro).In(zone).Format("2006-01-02 15:04") }
		if got := at(grave.DueAt); got != "2026-07-13 11:30" {
			t.Errorf("four working hours end at %s", got)
		}
		if got := at(minor.DueAt); got != "2026-07-13 16:30" {
			t.Errorf("a working day ends at %s", got)
		}
		c.report(c.told(safety.Seen, "mood", 0, "一直哭"))
		must(t, c.do("county1", grave.ID, safety.Taken, safety.Said{}))
		wantKey(t, c.do("county1", grave.ID, safety.Closed, safety.Said{Words: "已退烧"}), "safety.family_first")
		wantKey(t, c.s.Do(ctx, c.as("county1"), grave.ID, safety.Step{Kind: safety.Family, At: c.now.Add(time.Hour).UnixMicro(), Said: safety.Said{Who: "母亲"}}), "safety.when")
		must(t, c.do("county1", grave.ID, safety.Family, safety.Said{Who: "母亲", Words: "半小时内到"}))
		must(t, c.do("county1", grave.ID, safety.Closed, safety.Said{Words: "家长接走，次日回访"}))
		c.now = today.AddDays(7).Start(zone).Add(17 * time.Hour)
		must(t, c.s.CatchUp(ctx, c.City))
		if all := c.listed("city"); len(all) != 1 || all[0].ID != minor.ID {
			t.Errorf("the city finds %+v", all)
		}
		must(t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) error {
			all, err := safety.Incidents(q, c.class, c.kid, 0, c.now.UnixMicro())
			if len(all) != 2 || all[1].FamilyAt+all[0].FamilyAt == 0 || all[0].Account != "" {
				t.Errorf("the family reads %+v", all)
			}
			return err
		}))
	})
}

// Several tell, take and close at once: one of each counts.
func TestStepsAreTakenByManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		x := c.told(safety.Incident, "lost", 3, "找不到")
		all := sqldbtest.Race(4, func(int) error { _, err := c.s.Report(t.Context(), c.as("teacher"), "phone", x); return err })
		if sqldbtest.Won(all) < 1 || len(c.listed("county1")) != 1 {
			t.Errorf("%v", all)
		}
		r := c.listed("county1")[0]
		all = sqldbtest.Race(4, func(i int) error {
			return c.do([]string{"county1", "county2"}[i%2], r.ID, safety.Taken, safety.Said{})
		})
		if sqldbtest.Won(all) != 1 {
			t.Errorf("%v", all)
		}
	})
}

// Each use case asks for its own right; reports go under a new key with all that was done about them.
func TestEachUseCaseAsksForItsRight(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		r := c.report(c.told(safety.Seen, "mood", 0, "一直哭"))
		less := c.as("county1")
		less.Grants = []authz.Held{{Role: authz.Role{Key: "lesser", Verbs: []authz.Verb{casework.Read}}, At: c.Nodes["咸安区"].Path}}
		for name, do := range map[string]func() error{
			"tell":    func() error { _, err := c.s.Report(ctx, less, "p", c.told(safety.Duty, "missing", 0, "")); return err },
			"prepare": func() error { _, err := c.s.Prepare(ctx, less, c.class); return err },
			"list":    func() error { _, _, err := c.s.List(ctx, less); return err },
			"open":    func() error { _, err := c.s.Open(ctx, less, r.ID); return err },
			"do":      func() error { return c.s.Do(ctx, less, r.ID, safety.Step{Kind: safety.Taken}) },
			"admit":   func() error { return c.s.Admit(ctx, less, r.ID, account.ID(c.staff["city"])) },
			"told":    func() error { _, err := c.s.Told(ctx, less, r.ID, "需要联系他"); return err },
		} {
			if err := do(); err == nil || !authz.Refused(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := c.s.Report(ctx, c.as("neighbour"), "p", c.told(safety.Duty, "missing", 0, ""))
		if errs.KindOf(err) != errs.Absent {
			t.Errorf("the neighbour tells: %v", err)
		}
		for key, change := range map[string]func(*safety.Sent){
			"safety.shape":   func(x *safety.Sent) { x.ID = "<script>" },
			"field.choice":   func(x *safety.Sent) { x.Code = "fall" },
			"field.required": func(x *safety.Sent) { x.Words = "" },
			"field.long":     func(x *safety.Sent) { x.Words = strings.Repeat("长", 2001) },
		} {
			x := c.told(safety.Seen, "mood", 0, "一直哭")
			change(&x)
			_, err := c.s.Report(ctx, c.as("teacher"), "phone", x)
			wantKey(t, err, key)
		}
		must(t, c.do("county1", r.ID, safety.Noted, safety.Said{Words: "走访"}))
		places := map[seal.Place]bool{}
		must(t, c.DB.Write(ctx, c.System(), func(tx *sqldb.Tx) error {
			reseal := func(at seal.Place, sealed []byte) ([]byte, bool, error) {
				places[at] = true
				plain, err := c.Keys.Open(at, sealed)
				if err != nil {
					return nil, false, err
				}
				again, err := c.Keys.Seal(at, plain)
				return again, true, err
			}
			for after := ""; ; {
				next, err := safety.NewKeys(tx, reseal, after)
				if err != nil || next == "" {
					return tx.Record(safety.Rekey, "", nil)
				}
				after = next
			}
		}))
		v, err := c.s.Open(ctx, c.as("county1"), r.ID)
		if err != nil || len(places) != 2 || v.Words != "一直哭" || v.Done[0].Said.Words != "走访" {
			t.Errorf("%d places, %+v, %v", len(places), v, err)
		}
	})
}
