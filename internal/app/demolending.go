package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/account"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/service/startuploan/bankfile"
	"zhidian/internal/service/startuploan/claim"
	"zhidian/internal/service/startuploan/contract"
	loanfigures "zhidian/internal/service/startuploan/figures"
	"zhidian/internal/service/startuploan/lendingweb"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
)

// demoLending lets banks and desks of the demo do with its loans what they do every month and quarter.
type demoLending struct {
	*services
	city     string
	today    day.Day
	loans    []contract.Loaded
	banks    []org.Node // in the order of the tree
	nodes    map[string]org.Node
	accounts map[string]account.ID
}

// at is one of the demo's accounts at work.
func (d *demoLending) at(login, role string, where org.Node) authz.Actor {
	return authz.Actor{City: d.city, User: d.accounts[login].String(), Grants: []authz.Held{{Role: Roles()[role], At: where.Path}}}
}

func (d *demoLending) make(ctx context.Context) error {
	if err := d.confirmRates(ctx); err != nil {
		return err
	}
	if err := d.claim(ctx); err != nil {
		return err
	}
	if err := d.funds(ctx); err != nil {
		return err
	}
	own := d.nodes[demoBank]
	if err := d.file(ctx, own, true); err != nil {
		return err
	}
	for _, bank := range d.banks {
		if bank.ID != own.ID {
			return d.file(ctx, bank, false)
		}
	}
	return nil
}

// funds tells what stands in the counties' guarantee funds at the end of the last quarter and a year before. The amounts are invented:
// no source names those of these counties.
func (d *demoLending) funds(ctx context.Context) error {
	clerk := d.at("clerk", "clerk", d.nodes["421200000000"])
	for i, code := range []string{"421202000000", "421221000000", "421222000000", "421223000000", "421224000000", "421281000000"} {
		by := clerk
		if i == 0 {
			by = d.at("finance", "loan_finance", d.nodes[demoFinance])
		}
		end := claim.LastQuarter(d.today)
		for k, on := range []day.Day{end.AddMonths(-12), end} {
			f := loanfigures.Fund{Org: d.nodes[code].ID, On: on, Balance: money.Fen(1800+450*i+300*k) * 10_000 * money.Yuan, Source: "演示：担保基金专户对账单"}
			if err := d.sums.TellFund(ctx, by, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// confirmRates lets an officer have seen the rates: nothing is claimed that rests on one that nobody has seen.
func (d *demoLending) confirmRates(ctx context.Context) error {
	_, quotes, err := policy.Shipped()
	if err != nil {
		return err
	}
	by := authz.System(d.city)
	for _, q := range quotes {
		if q.Status == rulebook.Unverified {
			if err := d.rules.ConfirmRate(ctx, by, policy.LPR, q.From, "演示：假定已与全国银行间同业拆借中心公告核对"); err != nil {
				return err
			}
		}
	}
	return nil
}

// knownTo is the last quarter whose rules are known: in which a version begins of which nobody has the text yet.
func (d *demoLending) knownTo() (day.Day, error) {
	to := claim.LastQuarter(d.today)
	book, _, err := policy.Shipped()
	for _, v := range book {
		if len(v.Fields) == 0 {
			to = min(to, claim.LastQuarter(v.From.AddMonths(1)))
		}
	}
	return to, err
}

// claim claims the quarters of the county's bank whose rules are known: two are through, one is paid, one is with the finance bureau. The
// first was wrong in one loan, and is corrected. What came after is a draft that lacks the loans under the new rules. Another bank has drawn
// up the last quarter.
func (d *demoLending) claim(ctx context.Context) error {
	known, err := d.knownTo()
	if err != nil {
		return err
	}
	own := d.nodes[demoBank]
	bank, hr, finance := d.at("bank", "loan_bank", own), d.at("hr", "loan_hr", d.nodes[demoHR]), d.at("finance", "loan_finance", d.nodes[demoFinance])
	type step struct {
		by authz.Actor
		v  authz.Verb
	}
	way := []step{{bank, claim.File}, {hr, claim.Review}, {finance, claim.Approve}, {finance, claim.Pay}, {bank, claim.Arrive}}
	through := func(which claim.ID, to day.Day, steps int) error {
		for _, s := range way[:steps] {
			p, err := d.lending.Claims.Look(ctx, bank, which, "")
			if err != nil {
				return err
			}
			w := claim.Word{}
			switch s.v.Key {
			case claim.Pay.Key:
				w.On, w.Ref = to.AddDays(22), "财社拨"+p.Serial[len(p.Serial)-5:]
			case claim.Arrive.Key:
				w.On, w.Ref = to.AddDays(24), "回单"+p.Serial[len(p.Serial)-5:]
			}
			if err := d.lending.Claims.Do(ctx, s.by, which, p.EditedAt, s.v, w); err != nil {
				return err
			}
		}
		return nil
	}
	for i, steps := range []int{5, 5, 4, 2, 0} {
		to := known.AddMonths(3 * (i - 3))
		if to > d.today {
			break
		}
		which, err := d.lending.Claims.Make(ctx, bank, own.ID, to)
		if err != nil {
			return err
		}
		if err := through(which, to, steps); err != nil {
			return err
		}
		if i > 0 {
			continue
		}
		wrong, err := d.stopSubsidy(ctx, bank, to)
		if err != nil {
			return err
		}
		if wrong {
			fix, err := d.lending.Claims.Correct(ctx, bank, which)
			if err != nil {
				return err
			}
			if err := through(fix, to, 1); err != nil {
				return err
			}
		}
	}
	for _, other := range d.banks {
		if other.ID != own.ID {
			_, err := d.lending.Claims.Make(ctx, authz.System(d.city), other.ID, known)
			return err
		}
	}
	return nil
}

// stopSubsidy lets it come out that a loan was not used for its business during a quarter that was claimed already.
func (d *demoLending) stopSubsidy(ctx context.Context, bank authz.Actor, to day.Day) (found bool, err error) {
	for _, l := range d.loans {
		if l.Bank != d.nodes[demoBank].ID || l.Method != schedule.QuarterlyInterest || l.From < day.Must("2023-11-01") || l.From > to.AddMonths(-6) || l.To < to.AddMonths(3) || len(l.Events) == 0 || last(l.Events).Kind != contract.Repay {
			continue
		}
		p, err := d.findLoan(ctx, bank, l.Number)
		if err != nil {
			return false, err
		}
		return true, d.lending.Loans.Enter(ctx, bank, p.ID, p.EditedAt, contract.Event{Kind: contract.Exclude, Day: to.AddDays(-50), Until: to.AddDays(-20), Reason: "misuse"})
	}
	return false, nil
}

func last[T any](all []T) T { return all[len(all)-1] }

func (d *demoLending) findLoan(ctx context.Context, by authz.Actor, number string) (p contract.Page, err error) {
	all, err := d.lending.Loans.List(ctx, by, contract.Filter{Words: number}, "")
	if err != nil {
		return p, err
	}
	if len(all.Items) != 1 {
		return p, fmt.Errorf("demo: %d loans %s", len(all.Items), number)
	}
	return d.lending.Loans.Look(ctx, by, all.Items[0].ID)
}

// file lets a bank send what it knows of the last day of the month before: as the register has it, but for a few lines. With use it counts,
// and every difference becomes a matter of the bank's.
func (d *demoLending) file(ctx context.Context, bank org.Node, use bool) error {
	on := day.Must(d.today.String()[:8] + "01").AddDays(-1)
	t := demo.Table{Name: "余额", Head: []string{"借据号", "贷款余额", "逾期天数", "五级分类", "执行利率"}}
	n := 0
	for _, l := range d.loans {
		owed := contract.BalanceOn(contract.Standing(l.Events, int64(len(l.Events))), on)
		if l.Bank != bank.ID || owed == 0 {
			continue
		}
		row := []string{l.Number, owed.Plain(), strconv.Itoa(demoLate(l.Events, on)), "", l.Rate.String()}
		if n++; n%23 == 0 && n <= 23*6 && row[2] == "0" {
			switch n / 23 {
			case 1:
				row[1] = (owed - owed/10).Plain()
			case 2:
				row[2] = "26"
			case 3:
				row[4] = (l.Rate + 20*money.BasisPoint).String()
			case 4:
				continue
			case 5:
				row[3] = "次级"
			case 6:
				row[2] = "12"
			}
		}
		t.Rows = append(t.Rows, row)
	}
	t.Rows = append(t.Rows, []string{"2019WLD000318", "50000.00", "0", "", "4.35%"})
	dir, err := os.MkdirTemp("", "zhidian-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	name := bank.Name + on.String() + ".csv"
	path := filepath.Join(dir, "余额.csv")
	if err := writeTable(path, sheet.CSV, t); err != nil {
		return err
	}
	by := d.at("bank", "loan_bank", bank)
	which, err := d.lending.Files.Check(ctx, by, bank.ID, on, path, name)
	if err != nil || !use {
		return err
	}
	cat, err := catalog()
	if err != nil {
		return err
	}
	var f bankfile.Page
	if f, err = d.lending.Files.Look(ctx, by, which); err != nil {
		return err
	}
	return d.lending.Files.Apply(ctx, by, which, f.EditedAt, lendingweb.Say(cat.Printer(i18n.ZhCN), bank.Name, on))
}

// demoLate is for how many days a loan is overdue on a day.
func demoLate(events []contract.Event, on day.Day) (late int) {
	for _, e := range events {
		switch {
		case e.Day > on:
			return late
		case e.Kind == contract.Arrears:
			late = on.Sub(e.Day)
		case e.Kind == contract.Cure, e.Kind == contract.Settle, e.Kind == contract.Compensate:
			late = 0
		}
	}
	return late
}
