package outreach_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/outreach"
	"zhidian/internal/testworld"
)

var zone = time.FixedZone("CST", 8*3600)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, errs.ProblemsOf(err))
	}
}

// town is the small city with its events; the clock stands at noon of a Monday and is moved by tests.
type town struct {
	*testworld.World
	t    testing.TB
	now  time.Time
	mu   sync.Mutex
	s    *outreach.Service
	told []string // accounts that were told of a cancelled event
}

func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &town{t: t, now: time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)}
			db := open(t, sqldb.Options{Clock: func() time.Time {
				c.mu.Lock()
				defer c.mu.Unlock()
				c.now = c.now.Add(time.Millisecond)
				return c.now
			}})
			c.World, _ = testworld.Build(t, db)
			cursors := page.NewCursors([]byte("sixteen random bytes"))
			cases := &casework.Service{DB: db, Serials: c.Serials, Cursors: cursors, Zone: zone, Tell: outreach.Told}
			c.s = &outreach.Service{DB: db, Keys: c.Keys, Serials: c.Serials, Cursors: cursors, Matters: cases, Zone: zone, Tell: func(_ *sqldb.Tx, account string, _ outreach.Event) error {
				c.told = append(c.told, account)
				return nil
			}}
			test(t, c)
		})
	}
}

func (c *town) role(node string, verbs ...authz.Verb) authz.Actor {
	return c.Actor(c.t, authz.Role{Key: "r", Verbs: verbs, Sees: authz.Sensitive}, node)
}

func (c *town) at(hours int) int64 { return time.Date(2026, 3, 10, hours, 0, 0, 0, zone).UnixMicro() }

func (c *town) given(seats int64) outreach.Given {
	return outreach.Given{Org: c.Nodes["咸安区"].ID, Kind: "campus", Title: "青创贷进校园", Place: "湖北科技学院大礼堂", Starts: c.at(14), Ends: c.at(16), Closes: c.at(14), Seats: seats}
}

// open is a published event.
func (c *town) open(seats int64) outreach.ID {
	c.t.Helper()
	which, err := c.s.Draw(c.t.Context(), c.System(), c.given(seats))
	must(c.t, err)
	must(c.t, c.s.Publish(c.t.Context(), c.System(), which))
	return which
}

func (c *town) look(which outreach.ID) outreach.Page {
	c.t.Helper()
	v, err := c.s.Look(c.t.Context(), c.System(), which)
	must(c.t, err)
	return v
}

func (c *town) key(err error, want string) {
	c.t.Helper()
	all := errs.KeyOf(err)
	for _, p := range errs.ProblemsOf(err) {
		all += " " + p.Field + ":" + p.Key
	}
	if !strings.Contains(all, want) || err == nil {
		c.t.Errorf("got %q, want %q", all, want)
	}
}

func (c *town) stranger() authz.Actor { return authz.Actor{City: c.City} }

func phone(i int) string { return fmt.Sprintf("139%08d", i) }

// Places are limited, whoever asks at once; a number or an account is signed up once; what is given back is free again.
func TestPlaces(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, which := t.Context(), c.open(5)
		var wg sync.WaitGroup
		var got, full int
		var mu sync.Mutex
		for i := range 12 {
			wg.Go(func() {
				_, err := c.s.SignUp(ctx, c.stranger(), which, outreach.SigningUp{Name: "客人", Phone: phone(i)})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					got++
				case errs.KeyOf(err) == "outreach.full":
					full++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		v := c.look(which)
		if got != 5 || full != 7 || v.Taken != 5 || v.Signed != 5 || len(v.Guests) != 5 || len(v.Guests[0].Phone) != 4 {
			t.Errorf("%d got a place, %d did not: %+v", got, full, v)
		}
		which = c.open(2)
		first, err := c.s.SignUp(ctx, c.stranger(), which, outreach.SigningUp{Name: "甲", Phone: "+86 139 0000 0001"})
		must(t, err)
		_, err = c.s.SignUp(ctx, c.stranger(), which, outreach.SigningUp{Name: "乙", Phone: "13900000001"})
		c.key(err, "outreach.twice")
		by := authz.Actor{City: c.City, User: "account-1"}
		second, err := c.s.SignUp(ctx, by, which, outreach.SigningUp{Name: "丙"})
		must(t, err)
		_, err = c.s.SignUp(ctx, by, which, outreach.SigningUp{Name: "丙"})
		c.key(err, "outreach.full")
		if first.Words == "" || second.Words != "" || c.look(which).Taken != 2 {
			t.Errorf("%+v %+v", first, second)
		}
		must(t, c.s.Leave(ctx, c.stranger(), "", first.Words))
		c.key(c.s.Leave(ctx, c.stranger(), "", first.Words), "outreach.left_already")
		c.key(c.s.Leave(ctx, c.stranger(), "", "other words"), "errs.absent")
		c.key(c.s.Leave(ctx, authz.Actor{City: c.City, User: "account-2"}, which, ""), "errs.absent")
		_, err = c.s.SignUp(ctx, by, which, outreach.SigningUp{Name: "丙"})
		c.key(err, "outreach.twice")
		_, err = c.s.SignUp(ctx, c.stranger(), which, outreach.SigningUp{Name: "甲", Phone: "13900000001"}) // again, after she left
		must(t, err)
		if v := c.look(which); v.Taken != 2 || v.Signed != 3 || v.Left != 1 {
			t.Errorf("%+v", v)
		}
		for want, x := range map[string]outreach.SigningUp{"name:field.required": {Phone: phone(9)}, "phone:cn.phone_empty": {Name: "丁"}, "phone:cn.": {Name: "丁", Phone: "0715-8888888"}, "name:field.long": {Name: strings.Repeat("长", 41), Phone: phone(9)}} {
			_, err := c.s.SignUp(ctx, c.stranger(), which, x)
			c.key(err, want)
		}
		if mine, err := c.s.Mine(ctx, by); err != nil || len(mine) != 1 {
			t.Errorf("%+v %v", mine, err)
		}
		c.now = time.UnixMicro(c.at(14))
		_, err = c.s.SignUp(ctx, authz.Actor{City: c.City, User: "late"}, which, outreach.SigningUp{Name: "迟"})
		c.key(err, "outreach.closed")
		c.key(c.s.Leave(ctx, by, which, ""), "outreach.begun")
	})
}

// An event is a draft until it is published, is changed only forward, and is called off with a reason that reaches its guests.
func TestAnEventFromDraftToItsEnd(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.role("咸安区", outreach.Verbs...)
		which, err := c.s.Draw(ctx, by, c.given(3))
		must(t, err)
		if _, err := c.s.LookOpen(ctx, c.stranger(), which, ""); errs.KindOf(err) != errs.Absent {
			t.Errorf("a draft is read: %v", err)
		}
		_, err = c.s.SignUp(ctx, c.stranger(), which, outreach.SigningUp{Name: "早", Phone: phone(1)})
		c.key(err, "errs.absent")
		must(t, c.s.Publish(ctx, by, which))
		c.key(c.s.Publish(ctx, by, which), "outreach.no_draft")
		for want, change := range map[string]func(*outreach.Given){
			"kind:field.choice": func(g *outreach.Given) { g.Kind = "home" }, "title:field.required": func(g *outreach.Given) { g.Title = "" }, "starts:outreach.past": func(g *outreach.Given) { g.Starts = 1 },
			"ends:outreach.ends": func(g *outreach.Given) { g.Ends = g.Starts }, "closes:outreach.closes": func(g *outreach.Given) { g.Closes = g.Ends + 1 }, "seats:field.range": func(g *outreach.Given) { g.Seats = 2001 },
		} {
			g := c.given(3)
			change(&g)
			_, err := c.s.Draw(ctx, by, g)
			c.key(err, want)
		}
		ticket, err := c.s.SignUp(ctx, authz.Actor{City: c.City, User: "account-1"}, which, outreach.SigningUp{Name: "甲", Phone: phone(1)})
		must(t, err)
		_, err = c.s.SignUp(ctx, c.stranger(), which, outreach.SigningUp{Name: "乙", Phone: phone(2)})
		must(t, err)
		v := c.look(which)
		g := c.given(1)
		c.key(c.s.Edit(ctx, by, which, v.EditedAt, g), "seats:outreach.seats_taken")
		g.Seats, g.Place = 2, "图书馆报告厅"
		must(t, c.s.Edit(ctx, by, which, v.EditedAt, g))
		c.key(c.s.Edit(ctx, by, which, v.EditedAt, g), "errs.stale")
		for name, x := range map[string]struct {
			by   authz.Actor
			want errs.Kind
		}{
			"another county": {c.role("嘉鱼县", outreach.Verbs...), errs.Absent}, "a reader": {c.role("咸安区", outreach.Read), errs.Denied}, "a stranger": {c.stranger(), errs.Absent},
		} {
			for what, err := range map[string]error{
				"edits": c.s.Edit(ctx, x.by, which, v.EditedAt, g), "publishes": c.s.Publish(ctx, x.by, which), "cancels": c.s.Cancel(ctx, x.by, which, "x"), "stands at the door": c.s.Come(ctx, x.by, which, ticket.No, true),
				"counts in": c.s.WalkIn(ctx, x.by, which, ""), "hears": c.s.Heard(ctx, x.by, which, "问"),
			} {
				if errs.KindOf(err) != x.want {
					t.Errorf("%s %s: %v", name, what, err)
				}
			}
			if _, err := c.s.Draw(ctx, x.by, c.given(1)); errs.KindOf(err) != x.want {
				t.Errorf("%s draws: %v", name, err)
			}
		}
		if _, err := c.s.Look(ctx, c.stranger(), which); errs.KindOf(err) != errs.Absent {
			t.Errorf("a stranger looks: %v", err)
		}
		c.key(c.s.Cancel(ctx, by, which, ""), "reason:field.required")
		must(t, c.s.Cancel(ctx, by, which, "场地检修"))
		c.key(c.s.Cancel(ctx, by, which, "又一次"), "outreach.over_already")
		if v := c.look(which); len(c.told) != 1 || c.told[0] != "account-1" || v.Guests[1].Phone != "+86"+phone(2) && v.Guests[1].Phone != phone(2) {
			t.Errorf("told %v, %+v", c.told, v.Guests)
		}
		if low, err := c.s.Look(ctx, c.Actor(t, authz.Role{Key: "low", Verbs: []authz.Verb{outreach.Read}, Sees: authz.Open}, "咸安区"), which); err != nil || low.Guests[0].Name != "" || low.Guests[1].Phone != "" {
			t.Errorf("who sees no names sees %+v %v", low.Guests, err)
		}
		ahead, _, err := c.s.Open(ctx, c.City)
		if err != nil || len(ahead) != 1 || ahead[0].State != outreach.Cancelled {
			t.Errorf("everybody reads that it is off: %+v %v", ahead, err)
		}
		if _, err := c.s.Sheet(ctx, c.role("咸安区", outreach.Read), outreach.Filter{}); errs.KindOf(err) != errs.Denied {
			t.Errorf("a reader takes the list away: %v", err)
		}
	})
}

// At the door each is counted once, from two hours before; who came without is counted apart. What the list of an office says agrees.
func TestTheDoor(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by, which := t.Context(), c.role("咸安区", outreach.Read, outreach.Door), c.open(0)
		for i := range 3 {
			_, err := c.s.SignUp(ctx, c.stranger(), which, outreach.SigningUp{Name: "客人", Phone: phone(i)})
			must(t, err)
		}
		c.key(c.s.Come(ctx, by, which, 1, true), "outreach.not_yet")
		c.key(c.s.WalkIn(ctx, by, which, ""), "outreach.not_yet")
		c.now = time.UnixMicro(c.at(13))
		must(t, c.s.Come(ctx, by, which, 1, true))
		c.key(c.s.Come(ctx, by, which, 1, true), "outreach.door_done")
		must(t, c.s.Come(ctx, by, which, 2, true))
		must(t, c.s.Come(ctx, by, which, 2, false))
		must(t, c.s.WalkIn(ctx, by, which, ""))
		must(t, c.s.WalkIn(ctx, by, which, "路过的"))
		c.key(c.s.Come(ctx, by, which, 4, true), "outreach.door_done") // she walked in
		c.key(c.s.Come(ctx, by, which, 99, true), "outreach.door_done")
		v := c.look(which)
		if v.Came != 1 || v.Walked != 2 || v.Taken != 3 || v.Signed != 5 {
			t.Errorf("%+v", v.Event)
		}
		got, sums, err := c.s.List(ctx, by, outreach.Filter{Kind: "campus"}, "")
		if err != nil || len(got.Items) != 1 || sums != (outreach.Sums{Events: 1, Signed: 3, Came: 1, Walked: 2}) {
			t.Errorf("%+v %+v %v", got.Items, sums, err)
		}
		c.now = time.UnixMicro(c.at(17))
		if got, _, err := c.s.List(ctx, by, outreach.Filter{View: "past"}, ""); err != nil || len(got.Items) != 1 {
			t.Errorf("past: %+v %v", got.Items, err)
		}
		if got, _, err := c.s.List(ctx, c.role("嘉鱼县", outreach.Read), outreach.Filter{View: "all"}, ""); err != nil || len(got.Items) != 0 {
			t.Errorf("another county lists %+v %v", got.Items, err)
		}
	})
}

// A question becomes a matter at a desk, whose answer comes back; everybody reads it only once somebody has looked at both.
func TestQuestions(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by, which := t.Context(), c.role("咸安区", outreach.Verbs...), c.open(0)
		ticket, err := c.s.SignUp(ctx, c.stranger(), which, outreach.SigningUp{Name: "甲", Phone: phone(1)})
		must(t, err)
		must(t, c.s.Ask(ctx, c.stranger(), "", ticket.Words, "我是李四，13900000001，毕业三年还能贷吗"))
		must(t, c.s.Heard(ctx, by, which, "利率多少"))
		for i := range 4 {
			must(t, c.s.Ask(ctx, c.stranger(), "", ticket.Words, fmt.Sprintf("问题 %d", i)))
		}
		c.key(c.s.Ask(ctx, c.stranger(), "", ticket.Words, "第六个"), "outreach.asked_much")
		c.key(c.s.Ask(ctx, c.stranger(), "", ticket.Words, ""), "text:field.required")
		c.key(c.s.Ask(ctx, c.stranger(), which, "", "没有报名"), "errs.absent")
		first := c.look(which).Questions[0].Question.ID
		if v, err := c.s.LookOpen(ctx, c.stranger(), which, ""); err != nil || len(v.Shown) != 0 || len(v.Asked) != 0 {
			t.Errorf("before anybody looked: %+v %v", v, err)
		}
		desk := c.Nodes["咸安区"].ID
		m, err := c.s.Give(ctx, by, which, first, desk, 5)
		must(t, err)
		_, err = c.s.Give(ctx, by, which, first, desk, 5)
		c.key(err, "outreach.given_already")
		_, err = c.s.Give(ctx, by, which, c.look(which).Questions[1].Question.ID, org.ID("01J00000000000000000000000"), 5)
		c.key(err, "desk:field.choice")
		must(t, c.s.Matters.Answer(ctx, c.System(), m.ID, "可以，不限毕业年限。"))
		if x := c.look(which).Questions[0]; x.Answer != "可以，不限毕业年限。" || x.ShownAt != 0 {
			t.Errorf("the answer came back: %+v", x)
		}
		must(t, c.s.Show(ctx, by, which, first, "毕业三年还能贷吗？", "可以，不限毕业年限。"))
		c.key(c.s.Show(ctx, by, which, first, "", ""), "answer:field.required")
		all, err := c.s.Answers(ctx, c.City)
		if err != nil || len(all) != 1 || all[0].Shown != "毕业三年还能贷吗？" {
			t.Errorf("%+v %v", all, err)
		}
		if v, err := c.s.LookOpen(ctx, c.stranger(), "", ticket.Words); err != nil || len(v.Asked) != 5 || len(v.Shown) != 1 {
			t.Errorf("the guest reads %d of hers: %v", len(v.Asked), err)
		}
		must(t, c.s.Drop(ctx, by, which, first))
		if all, err := c.s.Answers(ctx, c.City); err != nil || len(all) != 0 {
			t.Errorf("what was put aside is read: %+v %v", all, err)
		}
		other := c.open(0)
		c.key(c.s.Show(ctx, by, other, first, "x", "y"), "errs.absent") // through another event
		for _, x := range []authz.Actor{c.role("嘉鱼县", outreach.Verbs...), c.stranger()} {
			if err := c.s.Show(ctx, x, which, first, "x", "y"); errs.KindOf(err) != errs.Absent {
				t.Errorf("elsewhere shows: %v", err)
			}
			if _, err := c.s.Give(ctx, x, which, first, desk, 5); errs.KindOf(err) != errs.Absent {
				t.Errorf("elsewhere gives: %v", err)
			}
		}
	})
}
