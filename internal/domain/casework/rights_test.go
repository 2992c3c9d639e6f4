package casework_test

import (
	"slices"
	"testing"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// holds is somebody of 咸宁市 who does everything at a node but for some rights.
func (w *world) holds(at string, but ...authz.Verb) authz.Held {
	verbs := slices.Concat(casework.Verbs, []authz.Verb{casework.SetYear, casework.Export})
	return authz.Held{At: w.orgs[at].Path, Role: authz.Role{Key: "lesser", Verbs: slices.DeleteFunc(verbs, func(v authz.Verb) bool {
		return slices.Contains(but, v)
	})}}
}

func (w *world) who(grants ...authz.Held) authz.Actor {
	return authz.Actor{City: w.city, User: w.orgs["咸宁市"].ID.String(), Grants: grants}
}

// Every use case asks for its own right: who holds all but that one is refused, and nothing has changed.
func TestEachUseCaseAsksForItsRight(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w, ctx := newWorld(t, db, "xianning"), t.Context()
		open, paused, answered := w.open("开", "咸安区", "咸安团委", 5), w.open("停", "咸安区", "咸安团委", 5), w.open("答", "咸安区", "咸安团委", 5)
		must(t, w.s.Pause(ctx, authz.System(w.city), paused.ID, "等补正"))
		must(t, w.s.Answer(ctx, authz.System(w.city), answered.ID, "已答"))
		before := []casework.Matter{w.find(open.ID), w.find(paused.ID), w.find(answered.ID)}
		for name, c := range map[string]struct {
			verb authz.Verb
			do   func(by authz.Actor) error
		}{
			"open": {casework.Raise, func(by authz.Actor) error {
				_, err := w.s.Open(ctx, by, casework.New{
					Kind: casework.BlindSpot, Title: "新", Subject: "x", Org: w.orgs["咸安区"].ID, Desk: w.orgs["咸安团委"].ID, Days: 5, Text: "走访",
				})
				return err
			}},
			"queue": {casework.Read, func(by authz.Actor) error { _, err := w.s.Queue(ctx, by, casework.Filter{All: true}); return err }},
			"each": {casework.Read, func(by authz.Actor) error {
				return w.s.Each(ctx, by, casework.Filter{All: true}, func(casework.Matter, map[org.ID]org.Node) error { return nil })
			}},
			"view":   {casework.Read, func(by authz.Actor) error { _, err := w.s.View(ctx, by, open.ID); return err }},
			"step":   {casework.Read, func(by authz.Actor) error { return w.s.Answer(ctx, by, open.ID, "答复") }},
			"answer": {casework.Answer, func(by authz.Actor) error { return w.s.Answer(ctx, by, open.ID, "答复") }},
			"pass": {casework.PassOn, func(by authz.Actor) error {
				return w.s.PassOn(ctx, by, open.ID, w.orgs["嘉鱼团委"].ID, "属嘉鱼")
			}},
			"pause":  {casework.Pause, func(by authz.Actor) error { return w.s.Pause(ctx, by, open.ID, "等材料") }},
			"resume": {casework.Resume, func(by authz.Actor) error { return w.s.Resume(ctx, by, paused.ID) }},
			"extend": {casework.Extend, func(by authz.Actor) error { return w.s.Extend(ctx, by, open.ID, open.Due.AddDays(7), "等材料") }},
			"close":  {casework.Close, func(by authz.Actor) error { return w.s.Close(ctx, by, open.ID, "无需办理") }},
			"reopen": {casework.Reopen, func(by authz.Actor) error { return w.s.Reopen(ctx, by, answered.ID, 3, "新情况") }},
			"note":   {casework.Remark, func(by authz.Actor) error { return w.s.Note(ctx, by, open.ID, "已联系") }},
			"unread": {casework.Read, func(by authz.Actor) error { return w.s.Note(ctx, by, open.ID, "已联系") }},
			"year":   {casework.SetYear, func(by authz.Actor) error { return w.s.SetYear(ctx, by, casework.Year{Year: 2027, Origin: "通知"}) }},
		} {
			if err := c.do(w.who(w.holds("咸宁市", c.verb))); errs.KindOf(err) != errs.Denied || err == nil {
				t.Errorf("%s without %s: %v", name, c.verb.Key, err)
			}
		}
		for i, m := range before {
			if got := w.find(m.ID); got != m {
				t.Errorf("matter %d changed: %+v", i, got)
			}
		}
	})
}

// A matter is seen from its desk and from where it belongs, and no step is offered or taken elsewhere than at the desk;
// remarks are made at either.
func TestRightsCountAtTheDeskAndWhereTheMatterBelongs(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w, ctx := newWorld(t, db, "xianning"), t.Context()
		m := w.open("盲点", "咸安区", "嘉鱼团委", 5) // belongs to 咸安, lies at 嘉鱼
		desk, home := w.holds("嘉鱼县"), w.holds("咸安区")
		quietDesk, quietHome := w.holds("嘉鱼县", casework.Remark), w.holds("咸安区", casework.Remark)
		for name, c := range map[string]struct {
			by         authz.Actor
			sees, note bool
			moves      bool
		}{
			"at the desk":           {w.who(desk, quietHome), true, true, true},
			"where it belongs":      {w.who(home), true, true, false},
			"without a word":        {w.who(quietDesk, quietHome), true, false, true},
			"reads at neither":      {w.who(w.holds("嘉鱼县", casework.Read), w.holds("咸安区", casework.Read)), false, false, false},
			"of another body there": {w.who(w.holds("咸安团委")), false, false, false},
		} {
			v, err := w.s.View(ctx, c.by, m.ID)
			if (err == nil) != c.sees || v.Note != c.note || (len(v.Moves) > 0) != c.moves {
				t.Errorf("%s: %v, remark %v, moves %v", name, err, v.Note, v.Moves)
			}
			if err := w.s.Note(ctx, c.by, m.ID, "已电话联系"); (err == nil) != c.note {
				t.Errorf("%s: remark: %v", name, err)
			}
			if err := w.s.Extend(ctx, c.by, m.ID, w.find(m.ID).Due.AddDays(7), "等材料"); (err == nil) != c.moves {
				t.Errorf("%s: later: %v", name, err)
			}
		}
	})
}

// A list holds what its reader may see: nothing of a sibling's.
func TestQueueKeepsToTheScope(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w, ctx := newWorld(t, db, "xianning"), t.Context()
		w.open("咸安的", "咸安区", "咸安团委", 5)
		for at, want := range map[string]int64{"咸安区": 1, "嘉鱼县": 0, "咸宁市": 1} {
			by := w.who(w.holds(at))
			got, err := w.s.Queue(ctx, by, casework.Filter{All: true})
			if err != nil || got.Total != want || int64(len(got.Items)) != want || got.Kinds[casework.BlindSpot] != want {
				t.Errorf("%s: %d in all, %d on the page, %v: %v", at, got.Total, len(got.Items), got.Kinds, err)
			}
			n := int64(0)
			err = w.s.Each(ctx, by, casework.Filter{All: true}, func(casework.Matter, map[org.ID]org.Node) error { n++; return nil })
			if err != nil || n != want {
				t.Errorf("%s: %d exported: %v", at, n, err)
			}
		}
	})
}
