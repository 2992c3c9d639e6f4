package startuploan_test

import (
	"errors"
	"testing"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/policy"
)

const (
	intake, league, hr, guarantor, finance, bank, notice = startuploan.Intake, startuploan.League, startuploan.HR, startuploan.Guarantor, startuploan.Finance, startuploan.Bank, startuploan.Notice
)

func TestProcessesHold(t *testing.T) {
	t.Parallel()
	if err := startuploan.Process.Check(); err != nil {
		t.Error(err)
	}
	if err := startuploan.Review.Check(); err != nil {
		t.Error(err)
	}
}

func TestFromDraftToApproval(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, her := t.Context(), c.founder("her")
		c.way(nil)
		which := c.submitted(her)
		if s := c.states(which); s[intake] != startuploan.AtWork || s[league] != startuploan.Waiting || s[bank] != startuploan.Waiting {
			t.Fatalf("%v", s)
		}
		wantKey(t, c.s.Allow(ctx, c.desk(bank), which, c.at(which, bank), usual(bank)), "loan.not_now")
		c.pass(which, intake, league)
		if s := c.states(which); s[hr] != startuploan.AtWork || s[guarantor] != startuploan.AtWork || s[finance] != startuploan.AtWork || s[bank] != startuploan.AtWork || s[notice] != startuploan.Waiting {
			t.Fatalf("%v", s)
		}
		c.pass(which, bank, hr, finance)
		if s := c.states(which); s[notice] != startuploan.Waiting {
			t.Fatal("notice before the last desk of the turn before has passed")
		}
		c.pass(which, guarantor)
		must(t, c.s.CatchUp(ctx, c.City))
		if a := c.find(which); a.State != startuploan.InReview {
			t.Fatal("approved while its notice hangs")
		}
		c.now = c.now.AddDate(0, 0, 4)
		must(t, c.s.CatchUp(ctx, c.City))
		a := c.find(which)
		if a.State != startuploan.Approved || !a.Flag || a.GroupCode != "07" || !a.Female || a.Granted.Amount != 18_000_000 || a.Version != "XN-2026" || len(a.Priority) != 1 {
			t.Fatalf("%+v", a)
		}
		must(t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) error {
			g, err := c.s.FindApproved(q, which)
			if err != nil {
				return err
			}
			past, err := c.s.Decided(q, 10)
			if err != nil || len(past) != 1 || !past[0].Eligible || past[0].Name != a.Serial || past[0].Facts["prize"] != true || past[0].Facts["group"] != "07" || past[0].Facts["partners"] != 1 || past[0].Facts["open_loans"] != 0 {
				t.Errorf("%+v %v", past, err)
			}
			if len(g.Borrowers) != 1 || g.Lead != "周知夏" || g.Bank != c.bank.ID || g.County != c.Nodes["咸安区"].ID {
				t.Errorf("%+v", g)
			}
			return nil
		}))
	})
}

func TestPartiesBecomePersonsAndTheirNumbersGo(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		her := c.founder("her")
		c.way(nil)
		which := c.submitted(her)
		must(t, c.DB.Read(t.Context(), c.City, func(q *sqldb.Rx) error {
			all, err := startuploan.Parties(q, which)
			if err != nil {
				return err
			}
			held, err := person.HeldBy(q, c.Keys, person.ResidentID, []string{id("1990-05-06")})
			if err != nil {
				return err
			}
			if len(all) != 3 || all[0].Person.IsZero() || held[id("1990-05-06")] != all[0].Person || all[0].Born.String() != "1990-05-06" {
				t.Errorf("%+v", all)
			}
			var left int
			if err := q.Row(`SELECT COUNT(*) FROM loan_party WHERE city = $1 AND number IS NOT NULL`).Scan(&left); err != nil {
				return err
			}
			if left != 0 {
				t.Errorf("%d numbers stay in the draft", left)
			}
			return nil
		}))
	})
}

// Of two officers who decide at once the first wins, and the second is told who was first and what was decided.
func TestTwoDecideAtOnce(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.way(nil)
		for range 4 {
			which := c.submitted(c.founder("her"))
			c.pass(which, intake, league)
			no := c.at(which, hr)
			one, other := c.role("one", "咸安区人社局", startuploan.AtHR), c.role("two", "咸安区人社局", startuploan.AtHR)
			got := make(chan error, 2)
			go func() { got <- c.s.Allow(ctx, one, which, no, usual(hr)) }()
			go func() {
				got <- c.s.Deny(ctx, other, which, no, startuploan.Decision{Code: "group", Says: "类别不符"})
			}()
			a, b := <-got, <-got
			if (a == nil) == (b == nil) {
				t.Fatalf("%v and %v", a, b)
			}
			lost := a
			if a == nil {
				lost = b
			}
			d := c.sittings(which)
			var done startuploan.Sitting
			for _, s := range d {
				if s.No == no {
					done = s
				}
			}
			if key := errs.KeyOf(lost); key != "loan.decided."+string(done.State) {
				t.Errorf("%v", lost)
			}
			if e, ok := lost.(*errs.Error); ok && e.Args["by"] != done.DoneBy {
				t.Errorf("told of %v, was %s", e.Args["by"], done.DoneBy)
			}
			if c.find(which).State == startuploan.InReview {
				must(t, c.s.Retract(ctx, c.founder("her"), which, c.find(which).Edited, "重来"))
			}
		}
	})
}

// Two processes serve the city, and four officers decide the same step at once: one wins, and every other is told who was first and what was decided.
func TestTwoProcessesDecideAtOnce(t *testing.T) {
	t.Parallel()
	var both []*sqldb.DB
	c := found(t, func(t testing.TB, opt sqldb.Options) *sqldb.DB {
		both = sqldbtest.PostgresPair(t, opt)
		return both[0]
	})
	other := *c.s
	other.DB = both[1]
	c.way(nil)
	which := c.submitted(c.founder("her"))
	c.pass(which, intake, league)
	no := c.at(which, hr)
	raced := sqldbtest.Race(4, func(i int) error {
		s, who := []*startuploan.Service{c.s, &other}[i%2], c.role([]string{"one", "two", "three", "four"}[i], "咸安区人社局", startuploan.AtHR)
		if i < 2 {
			return s.Allow(t.Context(), who, which, no, usual(hr))
		}
		return s.Deny(t.Context(), who, which, no, startuploan.Decision{Code: "group", Says: "类别不符"})
	})
	var done startuploan.Sitting
	for _, s := range c.sittings(which) {
		if s.No == no {
			done = s
		}
	}
	if won := sqldbtest.Won(raced); won != 1 {
		t.Fatalf("%d won: %v", won, raced)
	}
	for _, err := range raced {
		if e, told := errors.AsType[*errs.Error](err); err != nil && (!told || e.Key != "loan.decided."+string(done.State) || e.Args["by"] != done.DoneBy) {
			t.Errorf("%v, was %s by %s", err, done.State, done.DoneBy)
		}
	}
}

// The last two desks of a turn pass at once: the next turn begins, whoever is second.
func TestTheLastTwoOfATurnAtOnce(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.way(nil)
		which := c.submitted(c.founder("her"))
		c.pass(which, intake, league, hr, guarantor)
		got := make(chan error, 2)
		go func() { got <- c.s.Allow(ctx, c.desk(finance), which, c.at(which, finance), usual(finance)) }()
		go func() { got <- c.s.Allow(ctx, c.desk(bank), which, c.at(which, bank), usual(bank)) }()
		must(t, <-got)
		must(t, <-got)
		if s := c.states(which); s[notice] != startuploan.AtWork {
			t.Fatalf("%v", s)
		}
	})
}

func TestSentBackAndHandedInAnew(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, her := t.Context(), c.founder("her")
		c.way(nil)
		which := c.submitted(her)
		c.pass(which, intake, league, finance)
		wantKey(t, c.s.SendBack(ctx, c.desk(hr), which, c.at(which, hr), ""), "field.required")
		must(t, c.s.SendBack(ctx, c.desk(hr), which, c.at(which, hr), "请补身份证反面"))
		a := c.find(which)
		if a.State != startuploan.Returned || a.ReplyDue.IsZero() {
			t.Fatalf("%+v", a)
		}
		wantKey(t, c.s.Allow(ctx, c.desk(bank), which, c.at(which, bank), usual(bank)), "loan.not_now")
		c.now = c.now.AddDate(0, 0, 2)
		must(t, c.s.Answer(ctx, her, which, c.find(which).Edited, true)) // nothing has changed
		if s := c.states(which); s[hr] != startuploan.AtWork || s[finance] != startuploan.Passed || s[bank] != startuploan.AtWork {
			t.Fatalf("%v", s)
		}
		must(t, c.s.SendBack(ctx, c.desk(bank), which, c.at(which, bank), "金额请再想"))
		asks := a.Asks
		asks.Amount = 15_000_000
		must(t, c.s.SaveAsks(ctx, her, which, c.find(which).Edited, asks))
		must(t, c.s.Answer(ctx, her, which, c.find(which).Edited, true)) // what was decided upon is another now
		if s := c.states(which); s[intake] != startuploan.AtWork || s[finance] != startuploan.Waiting || s[bank] != startuploan.Waiting || s[hr] != startuploan.Waiting {
			t.Fatalf("%v", s)
		}
		must(t, c.s.SendBack(ctx, c.desk(intake), which, c.at(which, intake), "再补"))
		c.now = c.now.AddDate(0, 1, 0)
		must(t, c.s.CatchUp(ctx, c.City))
		if a := c.find(which); a.State != startuploan.Lapsed {
			t.Fatal(a.State)
		}
	})
}

func TestRefusedAndAppealed(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, her := t.Context(), c.founder("her")
		c.way(nil)
		which := c.submitted(her)
		c.pass(which, intake)
		wantKey(t, c.s.Deny(ctx, c.desk(league), which, c.at(which, league), startuploan.Decision{Code: "other", Says: "不推荐"}), "loan.not_now") // it recommends, and decides nothing
		c.pass(which, league)
		wantKey(t, c.s.Deny(ctx, c.desk(hr), which, c.at(which, hr), startuploan.Decision{Says: "没有理由代码"}), "field.required")
		must(t, c.s.Deny(ctx, c.desk(hr), which, c.at(which, hr), startuploan.Decision{Code: "group", Says: "证明已过期"}))
		a := c.find(which)
		if a.State != startuploan.Refused || a.Code != "group" || c.states(which)[bank] != startuploan.Over {
			t.Fatalf("%+v %v", a, c.states(which))
		}
		must(t, c.s.Complain(ctx, her, which, a.Edited, "证明没有过期"))
		recheck := startuploan.Recheck
		must(t, c.s.Allow(ctx, c.desk(recheck), which, c.at(which, recheck), startuploan.Decision{Says: "证明在有效期内"}))
		if s := c.states(which); c.find(which).State != startuploan.InReview || s[hr] != startuploan.AtWork || s[bank] != startuploan.AtWork || s[league] != startuploan.Passed {
			t.Fatalf("%v", s)
		}
		must(t, c.s.Deny(ctx, c.desk(hr), which, c.at(which, hr), startuploan.Decision{Code: "age", Says: "超龄"}))
		must(t, c.s.Complain(ctx, her, which, c.find(which).Edited, "没有"))
		must(t, c.s.Deny(ctx, c.desk(recheck), which, c.at(which, recheck), startuploan.Decision{Code: "age", Says: "确已超龄"}))
		a = c.find(which)
		if a.State != startuploan.Refused {
			t.Fatal(a.State)
		}
		wantKey(t, c.s.Complain(ctx, her, which, a.Edited, "再来"), "loan.appeal_over")
	})
}

func TestFourEyes(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.way(func(w *startuploan.Way) {
			for i := range w.Stops {
				w.Stops[i].FourEyes = w.Stops[i].Desk == bank
			}
		})
		which := c.submitted(c.founder("her"))
		c.pass(which, intake, league, hr, finance, guarantor)
		no := c.at(which, bank)
		first, second := c.role("one", "咸安农商行", startuploan.AtBank), c.role("two", "咸安农商行", startuploan.AtBank)
		must(t, c.s.Allow(ctx, first, which, no, usual(bank)))
		wantKey(t, c.s.Allow(ctx, second, which, no, usual(bank)), "loan.decided.second")
		wantKey(t, c.s.Agree(ctx, first, which, no), "loan.same_eyes")
		must(t, c.s.Disagree(ctx, second, which, no, "额度再议"))
		must(t, c.s.Allow(ctx, second, which, no, usual(bank)))
		must(t, c.s.Agree(ctx, first, which, no))
		if s := c.states(which); s[bank] != startuploan.Passed || s[notice] != startuploan.AtWork {
			t.Fatalf("%v", s)
		}
	})
}

func TestWhoStepsAsideCannotAct(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.way(nil)
		which := c.submitted(c.founder("her"))
		c.pass(which, intake, league)
		must(t, c.s.StepAside(ctx, c.desk(hr), which, c.at(which, hr), "申请人是表妹"))
		wantKey(t, c.s.Allow(ctx, c.desk(hr), which, c.at(which, hr), usual(hr)), "loan.recused")
		must(t, c.s.Allow(ctx, c.role("another", "咸安区人社局", startuploan.AtHR), which, c.at(which, hr), usual(hr)))
		clerk := c.role("clerk", "咸安区", startuploan.Bar)
		must(t, c.s.BarFrom(ctx, clerk, which, "at-finance", "与申请人合伙"))
		wantKey(t, c.s.Allow(ctx, c.desk(finance), which, c.at(which, finance), usual(finance)), "loan.recused")
		wantKey(t, c.s.BarFrom(ctx, c.role("other", "嘉鱼县", startuploan.Bar), which, "x", "y"), "errs.absent")
	})
}

// A part that lies with somebody by name waits for her alone, and for nobody who does not sit there.
func TestHandedOverByName(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.way(nil)
		c.s.Holders = func(sqldb.Q, authz.Verb, authz.Path) ([]string, error) { return []string{"at-hr", "one", "two"}, nil }
		which := c.submitted(c.founder("her"))
		c.pass(which, intake, league)
		no, one, two := c.at(which, hr), c.role("one", "咸安区人社局", startuploan.AtHR), c.role("two", "咸安区人社局", startuploan.AtHR)
		wantKey(t, c.s.HandOver(ctx, one, which, no, "", "", "转办"), "loan.no_desk")
		wantKey(t, c.s.HandOver(ctx, one, which, no, "", "a-stranger", "转办"), "loan.no_colleague")
		wantKey(t, c.s.HandOver(ctx, one, which, no, "", "one", "转办"), "loan.no_colleague")
		must(t, c.s.HandOver(ctx, one, which, no, "", "two", "两人分工"))
		if told := c.told[len(c.told)-1]; told.Account != "two" || told.Verb != startuploan.AtHR {
			t.Errorf("%+v", told)
		}
		wantKey(t, c.s.Allow(ctx, one, which, no, usual(hr)), "loan.others")
		if q, err := c.s.Queue(ctx, one, startuploan.QueueFilter{}); err != nil || len(q.Items) != 0 {
			t.Errorf("%+v %v", q.Items, err)
		}
		must(t, c.s.Allow(ctx, two, which, no, usual(hr)))
	})
}

// A bank's product that was chosen brings its bank and its terms, which bind; one that is not offered cannot be chosen.
func TestAProductIsChosen(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, her := t.Context(), c.founder("her")
		c.way(nil)
		offer := c.offer()
		which := c.draft(her, func(a *startuploan.Asks, _ *startuploan.Business) { a.Product, a.Bank = offer, "" })
		if a := c.find(which); a.Bank != c.bank.ID || a.Product != offer {
			t.Fatalf("%+v", a.Asks)
		}
		asks := c.find(which).Asks
		asks.Amount, asks.Method = 25_000_000, "annuity"
		must(t, c.s.SaveAsks(ctx, her, which, c.find(which).Edited, asks))
		err := c.s.Submit(ctx, her, which, c.find(which).Edited, true)
		wantKey(t, err, "loan.rule.offer_amount.stops")
		wantKey(t, err, "loan.rule.offer_method.stops")
		_, all, err := c.s.Try(ctx, her, which, func(a *startuploan.Application) { a.Amount, a.Method = 15_000_000, "quarterly-interest" })
		must(t, err)
		if startuploan.Has(all, startuploan.Stops) || c.find(which).Amount != asks.Amount {
			t.Errorf("%+v", all)
		}
		asks.Product = which.String()
		wantKey(t, c.s.SaveAsks(ctx, her, which, c.find(which).Edited, asks), "loan.offer_gone")
	})
}

func TestPassedOnAndCountersigned(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.way(nil)
		which := c.submitted(c.founder("her"))
		c.pass(which, intake, league)
		branch, err := (&org.Service{DB: c.DB, Serials: c.Serials}).Create(ctx, c.System(), org.New{Kind: org.Bank, Name: "城区支行", Parent: c.bank.ID})
		must(t, err)
		c.Nodes["城区支行"] = branch
		no := c.at(which, bank)
		wantKey(t, c.s.HandOver(ctx, c.desk(bank), which, no, c.Nodes["咸安区人社局"].ID, "", "转办"), "loan.no_desk")
		must(t, c.s.HandOver(ctx, c.desk(bank), which, no, branch.ID, "", "由支行办理"))
		at := c.role("branch", "城区支行", startuploan.AtBank)
		must(t, c.s.AskCosign(ctx, at, which, no, c.Nodes["咸安区"].ID, "经营场所是否属实"))
		wantKey(t, c.s.Allow(ctx, at, which, no, usual(bank)), "loan.cosign_waits")
		sign := c.role("cosigner", "咸安区", startuploan.AtCosign)
		must(t, c.s.Allow(ctx, sign, which, c.at(which, startuploan.Cosigning), startuploan.Decision{Says: "属实"}))
		must(t, c.s.Allow(ctx, at, which, no, usual(bank)))
	})
}

// A consent that is withdrawn in mid-review hides the application from the bank with its commit.
func TestRevokedConsent(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, her := t.Context(), c.founder("her")
		c.way(nil)
		which := c.submitted(her)
		c.pass(which, intake, league)
		revoke := func() error {
			return c.DB.Write(ctx, her, func(tx *sqldb.Tx) error {
				if err := venture.Retract(tx, c.find(which).Venture, c.bank.ID, venture.Loan); err != nil {
					return err
				}
				return tx.Record(venture.Agree, which.String(), nil)
			})
		}
		must(t, revoke())
		wantKey(t, c.s.Allow(ctx, c.desk(bank), which, c.at(which, bank), usual(bank)), "errs.absent")
		wantKey(t, c.s.SendBack(ctx, c.desk(bank), which, c.at(which, bank), "x"), "errs.absent")
		c.pass(which, hr, finance, guarantor)
		must(t, c.v.Agree(ctx, her, c.find(which).Venture, c.bank.ID, venture.Loan, 6))
		c.pass(which, bank)
		must(t, revoke()) // after the bank has passed: nothing is approved
		c.now = c.now.AddDate(0, 0, 4)
		must(t, c.s.CatchUp(ctx, c.City))
		if a := c.find(which); a.State != startuploan.InReview || c.states(which)[bank] != startuploan.AtWork {
			t.Fatalf("%s %v", a.State, c.states(which))
		}
	})
}

// A spouse's open loan that comes to light late goes back to those who decided without it.
func TestALoanFoundLate(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.way(nil)
		which := c.submitted(c.founder("her"))
		c.pass(which, intake, league, hr, finance, guarantor)
		must(t, c.s.FindDebt(ctx, c.desk(bank), which, c.at(which, bank), startuploan.Debt{Party: 2, Kind: "business", Lender: "某行", Amount: 8_000_000}))
		if s := c.states(which); s[hr] != startuploan.AtWork {
			t.Fatalf("%v", s)
		}
		wantKey(t, c.s.Allow(ctx, c.desk(bank), which, c.at(which, bank), usual(bank)), "loan.rule.debt.stops")
		wantKey(t, c.s.Allow(ctx, c.desk(hr), which, c.at(which, hr), usual(hr)), "loan.rule.debt.stops")
	})
}

// What the book of contracts knows of a spouse stops it too, and when it is known after the last desk has passed it goes back.
func TestAnOpenLoanOfTheSpouse(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.way(nil)
		which := c.submitted(c.founder("her"))
		c.pass(which, intake, league, hr, finance, guarantor, bank)
		var spouse person.ID
		must(t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) error {
			all, err := startuploan.Parties(q, which)
			if err == nil {
				spouse = all[1].Person
			}
			return err
		}))
		c.s.Past = func(sqldb.Q, []person.ID) (startuploan.Past, error) {
			return startuploan.Past{Open: []startuploan.OpenLoan{{Person: spouse, Serial: "借-1", Bank: "某行", Owed: 5_000_000}}}, nil
		}
		c.now = c.now.AddDate(0, 0, 4)
		must(t, c.s.CatchUp(ctx, c.City))
		if a, s := c.find(which), c.states(which); a.State != startuploan.InReview || s[hr] == startuploan.Passed && s[notice] == startuploan.Passed {
			t.Fatalf("%s %v", a.State, s)
		}
	})
}

func TestARateAboveTheCap(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.way(nil)
		which := c.submitted(c.founder("her"))
		c.pass(which, intake, league)
		g := usual(bank)
		g.Rate, _ = money.ParseRate("4.51%")
		wantKey(t, c.s.Allow(t.Context(), c.desk(bank), which, c.at(which, bank), g), "loanpolicy.rate")
		g.Rate, _ = money.ParseRate("4.50%")
		must(t, c.s.Allow(t.Context(), c.desk(bank), which, c.at(which, bank), g))
	})
}

func TestBadInputIsRefused(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, her := t.Context(), c.founder("her")
		c.way(nil)
		for name, x := range map[string]struct {
			change func(*startuploan.Asks, *startuploan.Business)
			key    string
		}{
			"above the limit": {func(a *startuploan.Asks, _ *startuploan.Business) { a.Amount = 30_000_001 }, "rule limit"},
			"too long":        {func(a *startuploan.Asks, _ *startuploan.Business) { a.Months = 37 }, "rule months"},
			"no bank":         {func(a *startuploan.Asks, _ *startuploan.Business) { a.Bank = "" }, "loan.rule.bank.missing"},
			"overdue before":  {func(_ *startuploan.Asks, b *startuploan.Business) { b.OverdueBefore = true }, "rule overdue"},
			"closed industry": {func(_ *startuploan.Asks, b *startuploan.Business) { b.Industry = "K7010" }, "rule industry"},
			"fourth time":     {func(_ *startuploan.Asks, b *startuploan.Business) { b.Earlier = 3 }, "rule repeat"},
		} {
			which := c.draft(her, x.change)
			err := c.s.Submit(ctx, her, which, c.find(which).Edited, true)
			if errs.KindOf(err) != errs.Invalid {
				t.Errorf("%s: %v", name, err)
			}
			wantKey(t, err, x.key)
			must(t, c.s.Retract(ctx, her, which, c.find(which).Edited, ""))
		}
		which := c.draft(her, nil)
		v := c.find(which).Edited
		wantKey(t, c.s.SaveBusiness(ctx, her, which, v, startuploan.Business{Name: "x", Entity: "individual", Industry: "C1530", Credit: "91421202MA4900001X"}), "cn.credit_check")
		wantKey(t, c.s.SaveParty(ctx, her, which, v, 2, startuploan.Saying{Role: startuploan.Spouse, Of: 1, Name: "余大成", Number: "421002198903040017", Sex: "1"}), "cn.id_check")
		wantKey(t, c.s.Submit(ctx, her, which, v, false), "loan.promise_needed")
		wantKey(t, c.s.SaveAsks(ctx, her, which, v-1, startuploan.Asks{Kind: policy.Individual}), "errs.stale")
		wantKey(t, c.s.SaveAsks(ctx, c.founder("him"), which, v, startuploan.Asks{Kind: policy.Individual}), "errs.absent")
	})
}

// Somebody who turns 46 between the application and its decision: by the day of the application she is of age, and the desks are told.
func TestTurning46InBetween(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, her := t.Context(), c.founder("her")
		c.way(nil)
		which := c.draft(her, nil)
		must(t, c.s.SaveParty(ctx, her, which, c.find(which).Edited, 1, startuploan.Saying{Role: startuploan.Applicant, Name: "周知夏", Number: id("1980-11-04"), Sex: "2", Marital: "married", Group: "07", Debtless: true, Agreed: true}))
		must(t, c.s.Submit(ctx, her, which, c.find(which).Edited, true))
		c.pass(which, intake, league)
		c.now = c.now.Add(72 * time.Hour)
		look, err := c.s.Look(ctx, c.desk(hr), which)
		must(t, err)
		told := false
		for _, f := range look.Findings {
			told = told || f.Rule == "since" && f.Args["condition"] == "age" && f.Weight == startuploan.Warns
		}
		if !told {
			t.Errorf("%+v", look.Findings)
		}
		c.pass(which, hr)
		late := c.draft(her, nil)
		must(t, c.s.SaveParty(ctx, her, late, c.find(late).Edited, 1, startuploan.Saying{Role: startuploan.Applicant, Name: "周知夏", Number: id("1980-11-04"), Sex: "2", Marital: "married", Group: "07", Debtless: true, Agreed: true}))
		wantKey(t, c.s.Submit(ctx, her, late, c.find(late).Edited, true), "rule age")
	})
}

func TestEnteredAtTheCounter(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.way(nil)
		v := c.venture(c.founder("her"), "柜台茶坊")
		clerk := c.role("counter", "咸安区甲镇", startuploan.Enter)
		which, err := c.s.BeginFor(ctx, clerk, v, policy.Individual)
		must(t, err)
		wantKey(t, c.s.SaveAsks(ctx, c.role("elsewhere", "嘉鱼县", startuploan.Enter), which, c.find(which).Edited, startuploan.Asks{Kind: policy.Individual}), "errs.absent")
		must(t, c.s.SaveAsks(ctx, clerk, which, c.find(which).Edited, startuploan.Asks{Kind: policy.Individual, Amount: 5_000_000, Months: 12, Purpose: "进货", Method: "quarterly-interest", Guarantee: "waived", Bank: c.bank.ID}))
		wantKey(t, c.s.Submit(ctx, clerk, which, c.find(which).Edited, true), "loan.rule.paper.missing") // what she signs on paper
		hers := c.draft(c.founder("her"), nil)
		wantKey(t, c.s.SaveAsks(ctx, clerk, hers, c.find(hers).Edited, startuploan.Asks{Kind: policy.Individual}), "loan.hers")
	})
}
