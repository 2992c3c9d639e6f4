package projectlibrary_test

import (
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/projectlibrary"
	"zhidian/internal/testworld"
)

var (
	zone   = time.FixedZone("CST", 8*3600)
	teller = authz.Role{Key: "handler", Verbs: []authz.Verb{casework.Read, casework.Answer, venture.Shared}}
	clerk  = authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: append(append(append([]authz.Verb{}, venture.Verbs...), projectlibrary.Verbs...), casework.Verbs...)}
)

type town struct {
	*testworld.World
	t       testing.TB
	s       *projectlibrary.Service
	cases   *casework.Service
	notices *notice.Service
	bank    org.Node
	now     time.Time
}

func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &town{t: t, now: time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)}
			db := open(t, sqldb.Options{Clock: func() time.Time { c.now = c.now.Add(time.Millisecond); return c.now }})
			c.World, _ = testworld.Build(t, db)
			cursors := page.NewCursors([]byte("sixteen random bytes"))
			c.cases = &casework.Service{DB: db, Serials: c.Serials, Cursors: cursors, Zone: zone, Tell: projectlibrary.Told}
			c.notices = &notice.Service{DB: db, Cursors: cursors}
			c.s = &projectlibrary.Service{
				DB: db, Matters: c.cases, Zone: zone, Ventures: &venture.Service{DB: db, Keys: c.Keys, Serials: c.Serials, Cursors: cursors, Zone: zone},
				Accounts: &account.Service{DB: db, Keys: c.Keys, Zone: zone, Roles: map[string]authz.Role{"clerk": clerk}},
			}
			var err error
			c.bank, err = (&org.Service{DB: db, Serials: c.Serials}).Create(t.Context(), c.System(), org.New{Kind: org.Bank, Name: "咸安农商行", Parent: c.Nodes["咸安区"].ID})
			must(t, err)
			test(t, c)
		})
	}
}

func (c *town) founder() authz.Actor { return authz.Actor{City: c.City, User: "founder"} }

func (c *town) teller() authz.Actor {
	return authz.Actor{City: c.City, User: "teller", DeskID: c.bank.ID.String(), Grants: []authz.Held{{Role: teller, At: c.bank.Path}}}
}

// venture is one in the library that its founder has entered, with a need of money.
func (c *town) venture() (venture.ID, venture.NeedID) {
	c.t.Helper()
	ctx := c.t.Context()
	which, err := c.s.Ventures.Propose(ctx, c.founder(), venture.Given{Org: c.Nodes["咸安区甲镇"].ID, Founder: "周知夏", Facts: venture.Facts{
		Name: "青砖茶坊", Entity: "individual", Industry: "C1530", Category: "returnee", Stage: "growing",
	}})
	must(c.t, err)
	must(c.t, c.s.Ventures.Take(ctx, c.System(), which, c.look(which).EditedAt))
	must(c.t, c.s.Ventures.Ask(ctx, c.founder(), venture.Need{Venture: which, Kind: "money", Text: "缺周转八万元", Amount: 80_000_00}))
	return which, c.look(which).Needs[0].ID
}

func (c *town) look(which venture.ID) projectlibrary.Page {
	c.t.Helper()
	p, err := c.s.Look(c.t.Context(), c.System(), which)
	must(c.t, err)
	return p
}

// told are the keys of the founder's notices, the newest first.
func (c *town) told(who authz.Actor) (keys []string) {
	c.t.Helper()
	p, err := c.notices.List(c.t.Context(), who, "")
	must(c.t, err)
	for _, n := range p.Items {
		keys = append(keys, n.Key)
	}
	return keys
}

func (c *town) raise(n venture.NeedID, desk org.ID) (casework.Matter, error) {
	return c.s.Raise(c.t.Context(), c.Actor(c.t, clerk, "咸安区"), projectlibrary.Raising{Need: n, Title: "茶坊的资金需求", Text: "周转八万元，能否信用放款", Desk: desk, Days: 10})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKey(t testing.TB, err error, key string) {
	t.Helper()
	if errs.KeyOf(err) == key {
		return
	}
	for _, p := range errs.ProblemsOf(err) {
		if p.Key == key {
			return
		}
	}
	t.Errorf("got %v, want %q", err, key)
}

func TestANeedIsAnsweredByABank(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		which, need := c.venture()
		_, err := c.raise(need, c.bank.ID)
		wantKey(t, err, "venture.not_shared")
		if _, all, err := c.s.Desks(ctx, c.System(), need, ""); err != nil || len(all) != 0 {
			t.Errorf("banks offered: %v, %v", all, err)
		}
		must(t, c.s.Ventures.Agree(ctx, c.founder(), which, c.bank.ID, venture.Offer, 12))
		m, err := c.raise(need, c.bank.ID)
		must(t, err)
		_, err = c.raise(need, c.bank.ID)
		wantKey(t, err, "venture.need_assigned")
		if !strings.HasPrefix(m.Serial, "需求-2026-") || m.Kind != casework.Need {
			t.Errorf("%+v", m)
		}
		must(t, c.cases.Answer(ctx, c.teller(), m.ID, "十万元以内可信用放款"))
		if a := c.look(which).Asked[0]; a.Is.Answer == "" || a.Desk.ID != c.bank.ID || a.ClosedAt != 0 {
			t.Errorf("%+v", a)
		}
		must(t, c.cases.Close(ctx, c.Actor(t, clerk, "咸安区"), m.ID, ""))
		if a := c.look(which).Asked[0]; a.ClosedAt == 0 {
			t.Errorf("closed, and the need is open: %+v", a)
		}
		must(t, c.cases.Reopen(ctx, c.Actor(t, clerk, "咸安区"), m.ID, 5, "还不够"))
		if a := c.look(which).Asked[0]; a.ClosedAt != 0 {
			t.Errorf("taken up again, and the need is over: %+v", a)
		}
		if got := strings.Join(c.told(c.founder()), " "); got != "venture.notice_open venture.notice_answered venture.notice_raised" {
			t.Errorf("the founder is told %s", got)
		}
	})
}

// Consent withdrawn while the bank is at work: its matter goes back, nobody there finds matter or dossier, and the founder keeps
// an answer coming.
func TestWithdrawnConsentTakesTheMatterBack(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		which, need := c.venture()
		for _, p := range venture.Purposes {
			must(t, c.s.Ventures.Agree(ctx, c.founder(), which, c.bank.ID, p, 12))
		}
		m, err := c.raise(need, c.bank.ID)
		must(t, err)
		must(t, c.s.Withdraw(ctx, c.founder(), which, c.bank.ID, venture.Offer))
		if _, err := c.cases.View(ctx, c.teller(), m.ID); err != nil {
			t.Errorf("under the other consent: %v", err)
		}
		wantKey(t, c.s.Withdraw(ctx, authz.Actor{City: c.City, User: "stranger"}, which, c.bank.ID, venture.Loan), "errs.absent")
		must(t, c.s.Withdraw(ctx, c.founder(), which, c.bank.ID, venture.Loan))
		_, err = c.cases.View(ctx, c.teller(), m.ID)
		wantKey(t, err, "errs.absent")
		wantKey(t, c.cases.Answer(ctx, c.teller(), m.ID, "晚了"), "errs.absent")
		_, err = c.s.Ventures.ViewShared(ctx, c.teller(), which)
		wantKey(t, err, "errs.absent")
		a := c.look(which).Asked[0]
		if a.Is.State != casework.Open || a.Is.Desk == c.bank.ID {
			t.Errorf("%+v", a.Is)
		}
		wantKey(t, c.s.Withdraw(ctx, c.founder(), which, c.bank.ID, venture.Loan), "venture.no_consent")
	})
}

func TestStaleDossiersAreRemindedOfOnce(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		which, _ := c.venture()
		_, err := c.s.Ventures.Create(ctx, c.System(), venture.Given{Org: c.Nodes["咸安区"].ID, Founder: "无账号", Facts: venture.Facts{Name: "无人可告", Entity: "none", Industry: "H", Category: "other", Stage: "idea"}})
		must(t, err)
		officer, _, err := c.s.Accounts.CreateFirst(ctx, c.City, account.First{Newcomer: account.Newcomer{Login: "clerk", Name: "岗", Desk: c.Nodes["咸安区"].ID}, Role: "clerk", Org: c.Nodes["咸安区"].ID, Password: "Zhidian-demo-2026"})
		must(t, err)
		must(t, c.s.Remind(ctx, c.City))
		if got := c.told(c.founder()); len(got) != 0 {
			t.Fatalf("told of a fresh dossier: %v", got)
		}
		c.now = c.now.AddDate(0, 0, 181)
		for range 2 {
			must(t, c.s.Remind(ctx, c.City))
		}
		by := authz.Actor{City: c.City, User: officer.String()}
		if f, o := c.told(c.founder()), c.told(by); len(f) != 1 || f[0] != "venture.notice_stale" || len(o) != 1 || o[0] != "venture.notice_stale_office" {
			t.Errorf("founder %v, officer %v", f, o)
		}
		c.now = c.now.AddDate(0, 0, 31)
		must(t, c.s.Ventures.Reassure(ctx, c.founder(), which, c.look(which).EditedAt))
		must(t, c.s.Remind(ctx, c.City))
		if f, o := c.told(c.founder()), c.told(by); len(f) != 1 || len(o) != 2 {
			t.Errorf("a month later: founder %v, officer %v", f, o)
		}
	})
}

// A need is given to a desk by who may, where the venture belongs.
func TestRaisingAsksForItsRight(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		_, need := c.venture()
		in := projectlibrary.Raising{Need: need, Title: "茶坊", Text: "缺钱", Desk: c.Nodes["咸安区"].ID, Days: 5}
		lesser := authz.Role{Key: "lesser", Verbs: venture.Verbs}
		_, err := c.s.Raise(t.Context(), c.Actor(t, lesser, "咸安区"), in)
		wantKey(t, err, "errs.denied")
		_, _, err = c.s.Desks(t.Context(), c.Actor(t, lesser, "咸安区"), need, "咸安")
		wantKey(t, err, "errs.denied")
		_, err = c.s.Raise(t.Context(), c.Actor(t, clerk, "嘉鱼县"), in)
		wantKey(t, err, "errs.absent")
		_, err = c.s.Raise(t.Context(), c.Actor(t, clerk, "咸安区"), in)
		must(t, err)
	})
}

// A founder who was not helped says so: the same desk has it again with a new day, once for each answer, while the bank may see
// her dossier and the answer is not too old.
func TestAFounderSaysThatANeedIsNotSolved(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		which, need := c.venture()
		must(t, c.s.Ventures.Agree(ctx, c.founder(), which, c.bank.ID, venture.Offer, 12))
		m, err := c.raise(need, c.bank.ID)
		must(t, err)
		wantKey(t, c.s.NotSolved(ctx, c.founder(), need, "还差"), "venture.need_judged")
		must(t, c.cases.Answer(ctx, c.teller(), m.ID, "请到柜台"))
		wantKey(t, c.s.NotSolved(ctx, c.founder(), need, ""), "field.required")
		wantKey(t, c.s.NotSolved(ctx, authz.Actor{City: c.City, User: "stranger"}, need, "还差"), "errs.absent")
		must(t, c.s.NotSolved(ctx, c.founder(), need, "柜台说办不了"))
		if a := c.look(which).Asked[0]; a.Is.State != casework.Open || a.Desk.ID != c.bank.ID || a.MayAgain || a.ClosedAt != 0 {
			t.Errorf("%+v", a)
		}
		wantKey(t, c.s.NotSolved(ctx, c.founder(), need, "再说一次"), "venture.need_judged")
		must(t, c.cases.Answer(ctx, c.teller(), m.ID, "已办妥"))
		must(t, c.cases.Close(ctx, c.Actor(t, clerk, "咸安区"), m.ID, ""))
		if a := c.look(which).Asked[0]; !a.MayAgain || a.ClosedAt == 0 {
			t.Errorf("just closed: %+v", a)
		}
		now := c.now
		c.now = now.AddDate(0, 3, 0)
		wantKey(t, c.s.NotSolved(ctx, c.founder(), need, "太晚了"), "venture.need_judged")
		c.now = now
		must(t, c.s.Withdraw(ctx, c.founder(), which, c.bank.ID, venture.Offer))
		wantKey(t, c.s.NotSolved(ctx, c.founder(), need, "还差"), "venture.need_bank_gone")
		must(t, c.s.Ventures.Agree(ctx, c.founder(), which, c.bank.ID, venture.Offer, 12))
		must(t, c.s.NotSolved(ctx, c.founder(), need, "还差"))
		if a := c.look(which).Asked[0]; a.ClosedAt != 0 || a.Is.State != casework.Open {
			t.Errorf("%+v", a)
		}
	})
}

// An officer takes back for a founder what she has asked to be taken back, where the venture belongs.
func TestAnOfficerWithdrawsForAFounder(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		which, _ := c.venture()
		must(t, c.s.Ventures.Agree(ctx, c.founder(), which, c.bank.ID, venture.Loan, 12))
		by := c.Actor(t, clerk, "咸安区")
		wantKey(t, c.s.WithdrawFor(ctx, by, which, c.bank.ID, venture.Loan, ""), "field.required")
		wantKey(t, c.s.WithdrawFor(ctx, c.Actor(t, clerk, "嘉鱼县"), which, c.bank.ID, venture.Loan, "来电"), "errs.absent")
		wantKey(t, c.s.WithdrawFor(ctx, c.Actor(t, authz.Role{Key: "lesser", Verbs: []authz.Verb{venture.Read}}, "咸安区"), which, c.bank.ID, venture.Loan, "来电"), "errs.denied")
		must(t, c.s.WithdrawFor(ctx, by, which, c.bank.ID, venture.Loan, "11 月 2 日来电"))
		_, err := c.s.Ventures.ViewShared(ctx, c.teller(), which)
		wantKey(t, err, "errs.absent")
	})
}
