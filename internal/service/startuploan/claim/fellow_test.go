package claim_test

import (
	"fmt"
	"testing"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/startuploan/claim"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/internal/testworld"
)

// other is a second bank of the city.
func (c *town) other() org.Node {
	c.t.Helper()
	n, err := (&org.Service{DB: c.DB, Serials: c.Serials}).Create(c.t.Context(), c.System(), org.New{Kind: org.Bank, Name: "湖北银行", Parent: c.Nodes["咸安区"].ID})
	must(c.t, err)
	return n
}

// lentTo is a loan of 2024-01-15 to one of the persons of the county, by a bank.
func (c *town) lentTo(k int, number string, bank org.Node, change ...func(*contract.New)) contract.ID {
	c.t.Helper()
	n := c.paper(number, policy.Individual, 10*wan, "2024-01-15", 36, schedule.QuarterlyInterest)
	n.Bank, n.IDNumbers = bank.ID, []string{testworld.CanaryID(c.City, 0, k)}
	for _, f := range change {
		f(&n)
	}
	return c.lend(n)
}

func (c *town) makeOf(bank org.Node, to string) claim.Page {
	c.t.Helper()
	made, err := c.s.Make(c.t.Context(), c.System(), bank.ID, day.Must(to))
	must(c.t, err)
	return c.look(made)
}

func ceded(t *testing.T, p claim.Page, number, batch string) {
	t.Helper()
	if len(p.Unclaimed) != 1 || p.Unclaimed[0].Key != "claim.other_loan" || p.Unclaimed[0].Numbers[0] != number || p.Unclaimed[0].Args["batch"] != batch {
		t.Errorf("%+v, want %s for %s", p.Unclaimed, number, batch)
	}
}

// Of two loans that somebody has at two banks one is subsidised: the second is named, and takes its turn when the first is given up.
func TestOneLoanOfABorrowerIsClaimed(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, there := t.Context(), c.other()
		here := c.lentTo(1, "J001", c.bank)
		c.lentTo(1, "K001", there)
		c.lentTo(2, "K002", there)
		first := c.makeOf(c.bank, "2025-06-21")
		second := c.makeOf(there, "2025-06-21")
		if first.Batch.Lines != 1 || len(first.Unclaimed) != 0 || second.Batch.Lines != 1 {
			t.Fatalf("%+v %v %+v", first.Batch, first.Unclaimed, second.Batch)
		}
		ceded(t, second, "K001", first.Serial)
		c.filed(first.ID)
		c.filed(second.ID)

		p, err := c.loans.Look(ctx, c.System(), here) // it turns out that nothing was paid out under the first
		must(t, err)
		must(t, c.loans.Reverse(ctx, c.System(), here, p.EditedAt, 1, "没有放款"))
		fix, err := c.s.Correct(ctx, c.System(), first.ID)
		must(t, err)
		claimed, err := c.s.Correct(ctx, c.System(), second.ID)
		must(t, err)
		if k := c.look(claimed); k.Batch.Lines != 1 || k.Lines.Items[0].Loan != "K001" || len(k.Unclaimed) != 0 {
			t.Errorf("%+v %v", k.Batch, k.Unclaimed)
		}
		wantKey(t, c.do("bank", fix, claim.Withdraw, claim.Word{Note: "撤"}), "claim.other_stands")
		must(t, c.do("bank", claimed, claim.Withdraw, claim.Word{Note: "撤"}))
		must(t, c.do("bank", fix, claim.Withdraw, claim.Word{Note: "撤"}))
		_, err = c.s.Correct(ctx, c.System(), second.ID)
		wantKey(t, err, "claim.nothing_to_correct")
	})
}

// A batch that is withdrawn holds nobody's days, and the other bank's quarter finds them free.
func TestAWithdrawnBatchLeavesTheDaysToTheOtherBank(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		there := c.other()
		c.lentTo(1, "J001", c.bank)
		c.lentTo(1, "K001", there)
		first := c.makeOf(c.bank, "2025-06-21")
		must(t, c.do("bank", first.ID, claim.Withdraw, claim.Word{Note: "撤"}))
		if p := c.makeOf(there, "2025-06-21"); p.Batch.Lines != 1 || len(p.Unclaimed) != 0 {
			t.Errorf("%+v %v", p.Batch, p.Unclaimed)
		}
		again := c.makeOf(c.bank, "2025-06-21")
		if again.Batch.Lines != 0 {
			t.Errorf("%+v", again.Batch)
		}
	})
}

// What counts as one borrower: a firm by its credit code, a person under any of her rows; and what does not: notes of one contract, and a loan after the other.
func TestWhoIsOneBorrower(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, there := t.Context(), c.other()
		firm := func(n *contract.New) {
			n.IDNumbers, n.Kind, n.Credit, n.To = nil, policy.Firm, "91421200MA4EXAMP0X", day.Must("2026-01-15")
		}
		c.lentTo(0, "J001", c.bank, firm)
		c.lentTo(0, "K001", there, firm)
		deed := func(n *contract.New) { n.Deed = "HT-1" }
		c.lentTo(1, "J002", c.bank, deed)
		c.lentTo(1, "J003", c.bank, deed)
		c.lentTo(2, "J004", c.bank)
		c.lentTo(3, "K004", there)
		c.lentTo(0, "J005", c.bank, func(n *contract.New) { n.Principal = 5 * wan })
		settled := c.lentTo(0, "J006", c.bank) // the same person twice at one bank
		p, err := c.loans.Look(ctx, c.System(), settled)
		must(t, err)
		must(t, c.loans.Enter(ctx, c.System(), settled, p.EditedAt, contract.Event{Kind: contract.Settle, Day: day.Must("2025-03-21"), Amount: 10 * wan}))
		c.lentTo(0, "K006", there, func(n *contract.New) {
			n.From, n.To, n.Signed = day.Must("2025-06-21"), day.Must("2026-06-21"), day.Must("2025-06-21")
		})
		first := c.makeOf(c.bank, "2025-06-21")
		if len(first.Unclaimed) != 0 || first.Batch.Lines != 5 {
			t.Errorf("%+v %+v", first.Batch, first.Unclaimed)
		}
		second := c.makeOf(there, "2025-06-21")
		ceded(t, second, "K001", first.Serial)

		// two rows turn out to be one person: what both have claimed is found by the next correction
		people := &person.Service{DB: c.DB, Keys: c.Keys, Zone: zone}
		must(t, people.Join(ctx, c.System(), c.People[testworld.Canary(c.City, "咸安区", 3)], c.People[testworld.Canary(c.City, "咸安区", 2)], "同一人"))
		c.filed(second.ID)
		fix, err := c.s.Correct(ctx, c.System(), second.ID)
		must(t, err)
		k := c.look(fix)
		if len(k.Lines.Items) != 1 || k.Lines.Items[0].Loan != "K004" || k.Lines.Items[0].Sign != -1 || len(k.Unclaimed) != 2-1 || k.Unclaimed[0].N != 2 {
			t.Errorf("%+v %+v", k.Lines.Items, k.Unclaimed)
		}
	})
}

// Two processes claim for two banks at once, quarter after quarter, while loans of the same borrowers are entered at both: no borrower is
// paid for twice, and neither when both are corrected.
func TestTwoBanksClaimForOneBorrowerAtOnce(t *testing.T) {
	t.Parallel()
	now := at("2025-07-01")
	all := sqldbtest.PostgresPair(t, sqldb.Options{Clock: func() time.Time { return now }})
	c := newTown(t, all[0], &now)
	twin := *c
	twin.serve(all[1])
	towns, banks := []*town{c, &twin}, []org.Node{c.bank, c.other()}
	both := func(k int, mark string) {
		for i, b := range banks {
			c.lentTo(k, fmt.Sprintf("%s%d-%d", mark, k, i), b)
		}
	}
	both(0, "J")
	both(1, "J")
	for round, to := range []string{"2024-06-21", "2024-09-21", "2024-12-21", "2025-03-21", "2025-06-21"} {
		claims := func(i int) error {
			_, err := towns[i].s.Make(t.Context(), c.System(), banks[i].ID, day.Must(to))
			return err
		}
		raced := sqldbtest.Race(4, func(i int) error {
			if i < 2 {
				return claims(i)
			}
			if round == 1 { // of another person, at both
				towns[i-2].lentTo(2, fmt.Sprintf("L%d", i), banks[i-2])
			}
			return nil
		})
		for i, err := range raced {
			if errs.KeyOf(err) == "errs.stale" {
				err = claims(i)
			}
			must(t, err)
		}
		c.oneAtATime()
	}
	batches, err := c.s.List(t.Context(), c.System(), claim.Filter{}, "")
	must(t, err)
	for _, b := range batches.Items {
		c.filed(b.ID)
	}
	for _, err := range sqldbtest.Race(len(batches.Items), func(i int) error {
		_, err := towns[i%2].s.Correct(t.Context(), c.System(), batches.Items[i].ID)
		return err
	}) {
		if k := errs.KeyOf(err); err != nil && k != "claim.nothing_to_correct" && k != "errs.stale" {
			t.Error(err)
		}
	}
	c.oneAtATime()
}

// oneAtATime fails where a day is claimed for two loans of one person, or for none of one who has some. It reads the tables by itself.
func (c *town) oneAtATime() {
	c.t.Helper()
	c.once()
	type line struct {
		who      string
		from, to day.Day
		sign     int
	}
	must(c.t, c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) error {
		all, err := sqldb.All(q, func(s sqldb.Scan) (l line, err error) { return l, s(&l.who, &l.from, &l.to, &l.sign) },
			`SELECT p.person, l.from_day, l.to_day, l.sign FROM loan_line l JOIN loan_batch b ON b.city = l.city AND b.id = l.batch
			JOIN loan_borrower p ON p.city = l.city AND p.contract = l.contract WHERE l.city = $1 AND b.state <> 'withdrawn'`)
		days := map[string]int{}
		for _, l := range all {
			for d := l.from; d < l.to; d = d.AddDays(1) {
				days[l.who+" "+d.String()] += l.sign
			}
		}
		for k, n := range days {
			if n != 1 {
				c.t.Fatalf("%s is claimed %d times", k, n)
			}
		}
		return err
	}))
}
