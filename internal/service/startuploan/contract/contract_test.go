package contract_test

import (
	"errors"
	"testing"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/internal/testworld"
)

const wan = 10_000 * money.Yuan

var (
	zone   = time.FixedZone("CST", 8*3600)
	clerk  = authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: append([]authz.Verb{person.Read}, contract.Verbs...)}
	teller = authz.Role{Key: "teller", Sees: authz.Personal, Verbs: []authz.Verb{contract.Read, contract.Sign, contract.Pay}}
	reader = authz.Role{Key: "reader", Sees: authz.Open, Verbs: []authz.Verb{contract.Read}}
)

// town is the small city with two banks and the rules that come with the program.
type town struct {
	*testworld.World
	t           testing.TB
	s           *contract.Service
	rules       *rulebook.Service
	bank, other org.Node
	now         time.Time
}

func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &town{t: t, now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}
			db := open(t, sqldb.Options{Clock: func() time.Time { c.now = c.now.Add(time.Millisecond); return c.now }})
			c.World, _ = testworld.Build(t, db)
			c.s = &contract.Service{DB: db, Keys: c.Keys, Cursors: page.NewCursors([]byte("sixteen random bytes")), Zone: zone}
			c.rules = &rulebook.Service{DB: db, Products: []rulebook.Product{{Key: policy.Product, Facts: policy.Facts}}}
			book, quotes, err := policy.Shipped()
			must(t, err)
			must(t, c.rules.TakeIn(t.Context(), c.System(), book, quotes))
			orgs := &org.Service{DB: db, Serials: c.Serials}
			c.bank, err = orgs.Create(t.Context(), c.System(), org.New{Kind: org.Bank, Name: "咸安农商行", Parent: c.Nodes["咸安区"].ID})
			must(t, err)
			c.other, err = orgs.Create(t.Context(), c.System(), org.New{Kind: org.Bank, Name: "嘉鱼农商行", Parent: c.Nodes["嘉鱼县"].ID})
			must(t, err)
			test(t, c)
		})
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, errs.ProblemsOf(err))
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
	t.Errorf("got %v %v, want %q", err, errs.ProblemsOf(err), key)
}

// paper is a loan of 300,000 for three years, as in example B of the rules but a year and a half earlier.
func (c *town) paper(number string) contract.New {
	return contract.New{Paper: contract.Paper{
		Number: number, Bank: c.bank.ID, Org: c.Nodes["咸安区"].ID, Borrower: "周知夏", Kind: policy.Individual, Group: "05", Female: true,
		Principal: 30 * wan, Rate: 45_000, Signed: day.Must("2025-01-10"), From: day.Must("2025-01-15"), To: day.Must("2028-01-15"),
		Method: schedule.QuarterlyInterest, Count: schedule.Actual, Basis: 360, Settle: 20, Penalty: 150,
	}}
}

func (c *town) signed(n contract.New) contract.ID {
	c.t.Helper()
	made, err := c.s.Sign(c.t.Context(), c.System(), n)
	must(c.t, err)
	return made
}

func (c *town) look(which contract.ID) contract.Page {
	c.t.Helper()
	p, err := c.s.Look(c.t.Context(), c.System(), which)
	must(c.t, err)
	return p
}

func (c *town) enter(which contract.ID, e contract.Event) error {
	return c.s.Enter(c.t.Context(), c.System(), which, c.look(which).EditedAt, e)
}

func on(iso string) day.Day { return day.Must(iso) }

func TestALoanFromSigningToSettlement(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		which := c.signed(c.paper("J001"))
		p := c.look(which)
		if p.State != contract.Signed || p.LPR != 31_000 || p.Points != 14_000 || p.Version != "HB-QCD-2023/24" || len(p.Lines) != 13 {
			t.Fatalf("%+v %d lines", p.Contract, len(p.Lines))
		}
		wantKey(t, c.enter(which, contract.Event{Kind: contract.Repay, Day: on("2025-03-21"), Interest: 100}), "lending.not_drawn")
		wantKey(t, c.enter(which, contract.Event{Kind: contract.Draw, Day: on("2025-01-16"), Amount: 30 * wan}), "lending.first_draw")
		wantKey(t, c.enter(which, contract.Event{Kind: contract.Draw, Day: on("2025-01-15"), Amount: 31 * wan}), "lending.draw_more")
		wantKey(t, c.enter(which, contract.Event{Kind: contract.Draw, Day: on("2026-04-01"), Amount: 1}), "lending.day_to_come")
		must(t, c.enter(which, contract.Event{Kind: contract.Draw, Day: on("2025-01-15"), Amount: 30 * wan}))
		must(t, c.enter(which, contract.Event{Kind: contract.Repay, Day: on("2025-03-21"), Interest: 2_437_50}))
		must(t, c.enter(which, contract.Event{Kind: contract.Prepay, Day: on("2025-05-10"), Amount: 10 * wan}))
		p = c.look(which)
		if p.Balance != 20*wan || p.Lines[0].Interest != 2_437_50 || p.Lines[0].PaidMore != 2_437_50 || p.Lines[1].Interest != 2_925_00 || p.Lines[1].Paid != 10*wan {
			t.Errorf("%+v %+v", p.Lines[0], p.Lines[1]) // example C, a year earlier
		}
		wantKey(t, c.enter(which, contract.Event{Kind: contract.Prepay, Day: on("2025-05-11"), Amount: 21 * wan}), "lending.more_than_owed")
		wantKey(t, c.s.Reverse(t.Context(), c.System(), which, p.EditedAt, 1, "登错"), "lending.not_drawn")
		must(t, c.s.Reverse(t.Context(), c.System(), which, p.EditedAt, 3, "登错"))
		wantKey(t, c.s.Reverse(t.Context(), c.System(), which, c.look(which).EditedAt, 3, "再来"), "lending.reversed_already")
		wantKey(t, c.s.Reverse(t.Context(), c.System(), which, p.EditedAt, 2, "旧页面"), "lending.changed")
		p = c.look(which)
		if p.Balance != 30*wan || len(p.Events) != 4 || !p.Events[2].Reversed || p.Events[2].Amount != 10*wan || p.Lines[1].Interest != 3_450_00 {
			t.Errorf("%+v", p.Contract)
		}
		wantKey(t, c.enter(which, contract.Event{Kind: contract.Settle, Day: on("2026-02-01"), Amount: 29 * wan}), "lending.settle_rest")
		must(t, c.enter(which, contract.Event{Kind: contract.Settle, Day: on("2026-02-01"), Amount: 30 * wan}))
		p = c.look(which)
		if p.State != contract.Settled || p.Ended != on("2026-02-01") || p.Total.Principal != 30*wan || p.Lines[len(p.Lines)-1].To != on("2026-02-01") {
			t.Errorf("%+v %+v", p.Contract, p.Total)
		}
		wantKey(t, c.enter(which, contract.Event{Kind: contract.Repay, Day: on("2026-02-02"), Amount: 1}), "lending.over")
	})
}

// A loan that falls overdue, is compensated, recovered in part and written off.
func TestALoanGoesBad(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		n := c.paper("J002")
		n.Signed, n.From, n.To = on("2024-01-10"), on("2024-01-15"), on("2025-01-15")
		n.Rate = 44_500
		which := c.signed(n)
		must(t, c.enter(which, contract.Event{Kind: contract.Draw, Day: n.From, Amount: 30 * wan}))
		wantKey(t, c.enter(which, contract.Event{Kind: contract.WriteOff, Day: on("2025-03-01"), Amount: 1}), "lending.write_off_early")
		must(t, c.enter(which, contract.Event{Kind: contract.Arrears, Day: on("2025-01-15")}))
		wantKey(t, c.enter(which, contract.Event{Kind: contract.Arrears, Day: on("2025-02-15")}), "lending.overdue_already")
		p := c.look(which)
		last := p.Lines[len(p.Lines)-1]
		if p.Late != 411 || p.Class != "loss" || last.Status != schedule.Overdue || last.Subsidy != 0 || last.From != n.To {
			t.Errorf("%d days, %s, %+v", p.Late, p.Class, last)
		}
		wantKey(t, c.enter(which, contract.Event{Kind: contract.Compensate, Day: on("2025-02-15"), Amount: 24 * wan}), "lending.compensate_early")
		wantKey(t, c.enter(which, contract.Event{Kind: contract.Compensate, Day: on("2025-04-15"), Amount: 31 * wan}), "lending.more_than_owed")
		must(t, c.enter(which, contract.Event{Kind: contract.Compensate, Day: on("2025-04-15"), Amount: 24 * wan}))
		wantKey(t, c.enter(which, contract.Event{Kind: contract.Recover, Day: on("2025-05-15"), Amount: 25 * wan}), "lending.recover_more")
		must(t, c.enter(which, contract.Event{Kind: contract.Recover, Day: on("2025-05-15"), Amount: 4 * wan}))
		must(t, c.enter(which, contract.Event{Kind: contract.WriteOff, Day: on("2026-01-15"), Amount: 26 * wan}))
		p = c.look(which)
		if p.State != contract.WrittenOff || p.Balance != 0 || p.Compensated != 24*wan || p.Recovered != 4*wan || p.WrittenOff != 26*wan || !p.OverdueEver {
			t.Errorf("%+v", p.Contract)
		}
	})
}

// Example H: all interest from the old last day on is the borrower's.
func TestAnExtendedLoanIsNotSubsidisedAnyMore(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		n := c.paper("J003")
		n.Signed, n.From, n.To, n.Rate = on("2024-01-10"), on("2024-01-15"), on("2025-01-15"), 44_500
		which := c.signed(n)
		must(t, c.enter(which, contract.Event{Kind: contract.Draw, Day: n.From, Amount: 30 * wan}))
		wantKey(t, c.enter(which, contract.Event{Kind: contract.Extend, Day: on("2024-12-15"), Until: on("2026-02-15")}), "lending.extend_days")
		wantKey(t, c.enter(which, contract.Event{Kind: contract.Extend, Day: on("2025-02-15"), Until: on("2025-12-15")}), "lending.extend_days")
		must(t, c.enter(which, contract.Event{Kind: contract.Extend, Day: on("2024-12-15"), Until: on("2026-01-15")}))
		wantKey(t, c.enter(which, contract.Event{Kind: contract.Extend, Day: on("2024-12-16"), Until: on("2026-01-15")}), "lending.extended_already")
		for _, l := range c.look(which).Lines {
			if (l.From >= n.To) != (l.Subsidy == 0) || l.From < n.To && l.To > n.To {
				t.Errorf("%+v", l)
			}
		}
	})
}

func TestWhatCannotBeSigned(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.System()
		for key, spoil := range map[string]func(n *contract.New){
			"lending.signed_after": func(n *contract.New) { n.Signed = on("2025-01-16") },
			"schedule.term":        func(n *contract.New) { n.To = n.From },
			"loanpolicy.term":      func(n *contract.New) { n.To = on("2028-01-16") },
			"loanpolicy.partners":  func(n *contract.New) { n.Kind = policy.Partnership },
			"schedule.basis":       func(n *contract.New) { n.Basis = 366 },
			"field.required":       func(n *contract.New) { n.Borrower = "" },
			"field.choice":         func(n *contract.New) { n.Bank = c.Nodes["咸安区"].ID },
			"lending.parts_none":   func(n *contract.New) { n.Parts = []contract.Part{{Day: on("2026-01-15"), Amount: wan}} },
			"lending.parts_sum": func(n *contract.New) {
				n.Method, n.Parts = schedule.Instalments, []contract.Part{{Day: on("2026-01-15"), Amount: 30 * wan}}
			},
			"lending.nobody": func(n *contract.New) { n.IDNumbers = []string{"11010519491231002X"} },
		} {
			n := c.paper("X")
			spoil(&n)
			_, err := c.s.Sign(ctx, by, n)
			wantKey(t, err, key)
		}
		c.signed(c.paper("J004"))
		_, err := c.s.Sign(ctx, by, c.paper("J004"))
		wantKey(t, err, "lending.number_taken")
	})
}

// A rate above the cap is refused by an LPR that somebody has confirmed, and by no other.
func TestTheCapIsThatOfAConfirmedLPR(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.System()
		n := c.paper("J005")
		n.Rate = 46_100 // 3.10 % and 150 points are 4.60 %
		if p := c.look(c.signed(n)); !p.Unsure {
			t.Error("nobody has confirmed this LPR, and the page does not say so")
		}
		must(t, c.rules.ConfirmRate(ctx, by, policy.LPR, on("2024-10-21"), "全国银行间同业拆借中心公告"))
		n.Number = "J006"
		_, err := c.s.Sign(ctx, by, n)
		wantKey(t, err, "loanpolicy.rate")
		n.Rate = 46_000
		if p := c.look(c.signed(n)); p.Unsure {
			t.Error("confirmed, and the page says it is not")
		}
		n.Number, n.Rate = "J007", 56_000
		_, err = c.s.Sign(ctx, by, n)
		wantKey(t, err, "loanpolicy.rate")
	})
}

// A loan of 2026 falls under a version whose text nobody has: it is entered, and nothing is guessed.
func TestAVersionWithoutText(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		n := c.paper("J008")
		n.Signed, n.From, n.To = on("2026-01-10"), on("2026-01-15"), on("2029-01-15")
		p := c.look(c.signed(n))
		if p.Version != "HB-2025" || errs.KeyOf(p.NoSubsidy) != "rulebook.not_filled" || p.Total.Interest != 41_100_00 || p.Total.Subsidy != 0 {
			t.Errorf("%s %v %+v", p.Version, p.NoSubsidy, p.Total) // example B but for its subsidy
		}
	})
}

func TestWhoSeesAndEntersLoans(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		which := c.signed(c.paper("J009"))
		version := c.look(which).EditedAt
		at := func(role authz.Role, n org.Node) authz.Actor {
			return authz.Actor{City: c.City, User: role.Key, Grants: []authz.Held{{Role: role, At: n.Path}}}
		}
		draw := contract.Event{Kind: contract.Draw, Day: on("2025-01-15"), Amount: 30 * wan}
		for _, x := range []struct {
			name        string
			by          authz.Actor
			look, draw  string
			name1, rows int
		}{
			{"another county's clerk", at(clerk, c.Nodes["嘉鱼县"]), "errs.absent", "errs.absent", 0, 0},
			{"another bank's teller", at(teller, c.other), "errs.absent", "errs.absent", 0, 0},
			{"a reader", at(reader, c.Nodes["咸安区"]), "", "errs.denied", 0, 1},
			{"nobody", authz.Actor{City: c.City, User: "nobody"}, "errs.absent", "errs.absent", 0, -1},
			{"the bank's teller", at(teller, c.bank), "", "", 1, 1},
		} {
			p, err := c.s.Look(ctx, x.by, which)
			if errs.KeyOf(err) != x.look {
				t.Errorf("%s looks: %v", x.name, err)
			}
			if err == nil && (p.Borrower != "") != (x.name1 == 1) {
				t.Errorf("%s reads the name %q", x.name, p.Borrower)
			}
			if p.Group != "" {
				t.Errorf("%s reads the group", x.name)
			}
			list, err := c.s.List(ctx, x.by, contract.Filter{}, "")
			if x.rows < 0 {
				wantKey(t, err, "errs.denied")
			} else if err != nil || len(list.Items) != x.rows {
				t.Errorf("%s lists %d, %v", x.name, len(list.Items), err)
			}
			if err := c.s.Enter(ctx, x.by, which, version, draw); errs.KeyOf(err) != x.draw {
				t.Errorf("%s draws: %v", x.name, err)
			}
		}
		_, err := c.s.Sign(ctx, at(reader, c.Nodes["咸安区"]), c.paper("J010"))
		wantKey(t, err, "errs.denied")
		_, err = c.s.Sign(ctx, at(teller, c.other), c.paper("J010"))
		wantKey(t, err, "errs.absent")
		wantKey(t, c.s.SetTerms(ctx, at(clerk, c.Nodes["咸安区"]), contract.DeliveredTerms), "errs.absent")
		_, err = c.s.Sheet(ctx, at(teller, c.bank), contract.Filter{})
		wantKey(t, err, "errs.denied")
		p := c.look(which)
		wantKey(t, c.s.Reverse(ctx, at(teller, c.bank), which, p.EditedAt, 1, "错"), "errs.denied")
		wantKey(t, c.s.Enter(ctx, at(teller, c.bank), which, p.EditedAt, contract.Event{Kind: contract.Classify, Day: on("2025-02-01"), Class: "mention"}), "errs.denied")
	})
}

// Of two who enter something at once, one is told.
func TestTwoEnterAtOnce(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		which := c.signed(c.paper("J011"))
		version := c.look(which).EditedAt
		won := sqldbtest.Won(sqldbtest.Race(4, func(i int) error {
			return c.s.Enter(t.Context(), c.System(), which, version, contract.Event{Kind: contract.Draw, Day: on("2025-01-15"), Amount: 10 * wan})
		}))
		if p := c.look(which); won != 1 || p.Drawn != 10*wan || len(p.Events) != 1 {
			t.Errorf("%d won, %s paid out", won, p.Drawn)
		}
	})
}

func TestWhatPeopleHaveBorrowedBefore(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		n := c.paper("J012")
		n.IDNumbers = []string{testworld.CanaryID(c.City, 0, 1)}
		which := c.signed(n)
		who := c.People[testworld.Canary(c.City, "咸安区", 1)]
		past := func() (p contract.Past) {
			must(t, c.DB.Read(t.Context(), c.City, func(q *sqldb.Rx) (err error) {
				p, err = contract.PastOf(q, []person.ID{who})
				return err
			}))
			return p
		}
		if p := past(); len(p.Open) != 1 || p.Times != 0 {
			t.Errorf("signed: %+v", p)
		}
		must(t, c.enter(which, contract.Event{Kind: contract.Draw, Day: on("2025-01-15"), Amount: 30 * wan}))
		must(t, c.enter(which, contract.Event{Kind: contract.Arrears, Day: on("2025-06-21")}))
		must(t, c.enter(which, contract.Event{Kind: contract.Cure, Day: on("2025-06-25")}))
		if p := past(); len(p.Open) != 1 || p.Times != 1 || !p.Overdue || p.Open[0].Balance != 30*wan {
			t.Errorf("drawn: %+v", p)
		}
		must(t, c.enter(which, contract.Event{Kind: contract.Settle, Day: on("2025-12-25"), Amount: 30 * wan}))
		if p := past(); len(p.Open) != 0 || p.Times != 1 {
			t.Errorf("settled: %+v", p)
		}
	})
}

// What an approved application says counts, and no more is lent than was approved.
func TestALoanOutOfAnApplication(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.s.Approved = func(_ sqldb.Q, application string) (contract.Approval, error) {
			if application != "A1" {
				return contract.Approval{}, errors.New("no such application")
			}
			return contract.Approval{Bank: c.other.ID, Org: c.Nodes["嘉鱼县"].ID, Borrower: "申请人", Kind: policy.Individual, Group: "08", Amount: 20 * wan, Months: 24}, nil
		}
		n := c.paper("J013")
		n.Application = "A1"
		_, err := c.s.Sign(t.Context(), c.System(), n)
		wantKey(t, err, "lending.above_approved")
		wantKey(t, err, "lending.longer_than_approved")
		n.Principal, n.To = 20*wan, on("2027-01-15")
		if p := c.look(c.signed(n)); p.Borrower != "申请人" || p.Contract.Bank != c.other.ID || p.Area != "421221" {
			t.Errorf("%+v", p.Contract)
		}
		n.Number = "J014"
		_, err = c.s.Sign(t.Context(), c.System(), n)
		wantKey(t, err, "lending.number_taken") // one loan of an application
	})
}

func TestTermsOfTheCity(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.System()
		own := contract.DeliveredTerms
		own.From, own.Source, own.Compensate, own.Poor = on("2026-03-02"), "市财政局通知", 90, []string{"421202"}
		must(t, c.s.SetTerms(ctx, by, own))
		bad := own
		bad.From, bad.Loss, bad.Poor, bad.Source = on("2026-03-01"), 200, []string{"4212"}, ""
		err := c.s.SetTerms(ctx, by, bad)
		for _, key := range []string{"lending.from_past", "field.range", "lending.poor", "field.required"} {
			wantKey(t, err, key)
		}
		all, err := c.s.ListTerms(ctx, by)
		if err != nil || len(all) != 2 || all[1].Compensate != 90 || all[1].Poor[0] != "421202" {
			t.Errorf("%+v %v", all, err)
		}
	})
}

func TestRiskClassesFollowTheDays(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		said string
		late int
		want string
	}{{"normal", 0, "normal"}, {"normal", 1, "mention"}, {"normal", 90, "mention"}, {"normal", 91, "substandard"}, {"doubtful", 91, "doubtful"}, {"normal", 271, "doubtful"}, {"mention", 361, "loss"}, {"loss", 0, "loss"}} {
		if got := contract.DeliveredTerms.Class(x.said, x.late); got != x.want {
			t.Errorf("%s, %d days: %s", x.said, x.late, got)
		}
	}
}
