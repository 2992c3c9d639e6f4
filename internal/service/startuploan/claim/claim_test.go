package claim_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/loanaudit"
	"zhidian/internal/service/startuploan/claim"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/internal/testworld"
)

const wan = 10_000 * money.Yuan

var zone = time.FixedZone("CST", 8*3600)

// town is the small city with a bank whose loans are claimed for.
type town struct {
	*testworld.World
	t     testing.TB
	s     *claim.Service
	loans *contract.Service
	bank  org.Node
	now   *time.Time
}

// at gives a day's noon.
func at(iso string) time.Time { return day.Must(iso).Start(zone).Add(12 * time.Hour) }

func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := at("2025-07-01")
			test(t, newTown(t, open(t, sqldb.Options{Clock: func() time.Time { now = now.Add(time.Millisecond); return now }}), &now))
		})
	}
}

func newTown(t testing.TB, db *sqldb.DB, now *time.Time) *town {
	t.Helper()
	c := &town{t: t, now: now}
	c.World, _ = testworld.Build(t, db)
	c.serve(db)
	rules := &rulebook.Service{DB: db, Products: []rulebook.Product{{Key: policy.Product, Facts: policy.Facts}}}
	book, quotes, err := policy.Shipped()
	must(t, err)
	for i := range quotes {
		quotes[i].Status, quotes[i].Source = rulebook.Confirmed, "公告"
	}
	must(t, rules.TakeIn(t.Context(), c.System(), book, quotes))
	c.bank, err = (&org.Service{DB: db, Serials: c.Serials}).Create(t.Context(), c.System(), org.New{Kind: org.Bank, Name: "咸安农商行", Parent: c.Nodes["咸安区"].ID})
	must(t, err)
	return c
}

func (c *town) serve(db *sqldb.DB) {
	cursors := page.NewCursors([]byte("sixteen random bytes"))
	c.s = &claim.Service{DB: db, Serials: c.Serials, Cursors: cursors, Zone: zone}
	c.loans = &contract.Service{DB: db, Keys: c.Keys, Cursors: cursors, Zone: zone}
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

// loan is one that was paid out whole on its first day.
func (c *town) loan(number string, kind policy.Kind, principal money.Fen, from string, months int, method schedule.Method) contract.ID {
	c.t.Helper()
	return c.lend(c.paper(number, kind, principal, from, months, method))
}

func (c *town) paper(number string, kind policy.Kind, principal money.Fen, from string, months int, method schedule.Method) contract.New {
	first := day.Must(from)
	n := contract.New{Paper: contract.Paper{
		Number: number, Bank: c.bank.ID, Org: c.Nodes["咸安区"].ID, Borrower: "借款人" + number, Kind: kind, Principal: principal, Rate: 44_500, Signed: first, From: first, To: first.AddMonths(months),
		Method: method, Count: schedule.Actual, Basis: 360, Settle: 20, Penalty: 150,
	}}
	if method == schedule.Annuity || method == schedule.EqualPrincipal {
		n.Count = schedule.Calendar
	}
	if kind == policy.Partnership {
		n.Partners = 3
	}
	return n
}

func (c *town) lend(n contract.New) contract.ID {
	c.t.Helper()
	made, err := c.loans.Sign(c.t.Context(), c.System(), n)
	must(c.t, err)
	c.enter(made, contract.Event{Kind: contract.Draw, Day: n.From, Amount: n.Principal})
	return made
}

func (c *town) enter(which contract.ID, e contract.Event) {
	c.t.Helper()
	p, err := c.loans.Look(c.t.Context(), c.System(), which)
	must(c.t, err)
	must(c.t, c.loans.Enter(c.t.Context(), c.System(), which, p.EditedAt, e))
}

func (c *town) make(to string) claim.ID {
	c.t.Helper()
	made, err := c.s.Make(c.t.Context(), c.System(), c.bank.ID, day.Must(to))
	must(c.t, err)
	return made
}

func (c *town) look(which claim.ID) claim.Page {
	c.t.Helper()
	p, err := c.s.Look(c.t.Context(), c.System(), which, "")
	must(c.t, err)
	return p
}

func (c *town) user(name string) authz.Actor {
	return authz.Actor{City: c.City, User: name, Grants: []authz.Held{{Role: authz.Role{Key: name, Verbs: claim.Verbs}, At: c.Nodes["咸安区"].Path}}}
}

func (c *town) do(who string, which claim.ID, verb authz.Verb, w claim.Word) error {
	return c.s.Do(c.t.Context(), c.user(who), which, c.look(which).EditedAt, verb, w)
}

// filed takes a batch to its reviewer, so that it can be corrected.
func (c *town) filed(which claim.ID) {
	c.t.Helper()
	must(c.t, c.do("bank", which, claim.File, claim.Word{}))
}

// audited recomputes a batch's pack from the file alone.
func (c *town) audited(which claim.ID) *loanaudit.Report {
	c.t.Helper()
	p, _, err := c.s.Pack(c.t.Context(), c.System(), which)
	must(c.t, err)
	var b bytes.Buffer
	must(c.t, p.Write(&b))
	file := filepath.Join(c.t.TempDir(), "pack.xlsx")
	must(c.t, os.WriteFile(file, b.Bytes(), 0o600))
	book, err := sheet.Open(file, sheet.Limits{})
	must(c.t, err)
	defer book.Close()
	r, err := loanaudit.Audit(book)
	must(c.t, err)
	return r
}

// quarter is loans of every sort, with what has happened under them by the summer of 2025.
func (c *town) quarter() (prepaid, late contract.ID) {
	prepaid = c.loan("J001", policy.Individual, 30*wan, "2024-01-15", 36, schedule.QuarterlyInterest)
	c.enter(prepaid, contract.Event{Kind: contract.Prepay, Day: day.Must("2025-05-10"), Amount: 10 * wan})
	c.loan("J002", policy.Individual, 20*wan, "2024-03-05", 36, schedule.Annuity)
	c.loan("J003", policy.Firm, 480*wan, "2024-03-21", 24, schedule.QuarterlyInterest)
	c.loan("J004", policy.Partnership, 99*wan, "2024-06-03", 36, schedule.MonthlyInterest)
	late = c.loan("J005", policy.Individual, 30*wan, "2024-07-01", 12, schedule.QuarterlyInterest)
	c.enter(late, contract.Event{Kind: contract.Arrears, Day: day.Must("2025-05-01")})
	c.enter(late, contract.Event{Kind: contract.Cure, Day: day.Must("2025-05-11")})
	misused := c.loan("J006", policy.Individual, 30*wan, "2024-05-20", 36, schedule.MonthlyInterest)
	c.enter(misused, contract.Event{Kind: contract.Exclude, Day: day.Must("2025-05-01"), Until: day.Must("2025-05-16"), Reason: "misuse"})
	revolving := c.loan("J007", policy.Individual, 10*wan, "2024-09-02", 36, schedule.Revolving)
	c.enter(revolving, contract.Event{Kind: contract.Repay, Day: day.Must("2025-04-15"), Amount: 4 * wan})
	settled := c.loan("J008", policy.Individual, 10*wan, "2024-09-02", 36, schedule.QuarterlyInterest)
	c.enter(settled, contract.Event{Kind: contract.Settle, Day: day.Must("2025-06-02"), Amount: 10 * wan})
	extended := c.loan("J009", policy.Individual, 10*wan, "2024-05-13", 12, schedule.QuarterlyInterest)
	c.enter(extended, contract.Event{Kind: contract.Extend, Day: day.Must("2025-04-02"), Until: day.Must("2026-01-13")})
	return prepaid, late
}

func TestAQuarterIsClaimedAndAudited(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		prepaid, late := c.quarter()
		which := c.make("2025-06-21")
		p := c.look(which)
		if p.Loans != 9 || p.After != day.Must("2025-03-21") || p.State != claim.Draft || len(p.Unclaimed) != 0 || p.Lent != 0 {
			t.Fatalf("%+v %v", p.Batch, p.Unclaimed)
		}
		found := map[string]int{}
		for _, l := range p.Lines.Items {
			switch {
			case l.Contract == prepaid:
				found["prepaid"]++
				if l.Segments != "300000.00×50 200000.00×42" {
					t.Errorf("%+v", l)
				}
			case l.Contract == late:
				found["late"]++
				if l.Excluded != 10 || l.Reason != "overdue" || l.Days != 92 {
					t.Errorf("%+v", l)
				}
			case l.Loan == "J003":
				found["slices"] += l.Slice
			case l.Loan == "J009" && l.Status == schedule.Extended:
				found["extended"]++
				if l.Subsidy != 0 {
					t.Errorf("%+v", l)
				}
			}
			if l.Province+l.Local != l.Subsidy || l.LPR == 0 || l.LPRDay.IsZero() || l.Version != "HB-QCD-2023/24" || l.Sign != 1 {
				t.Errorf("%+v", l)
			}
		}
		if found["prepaid"] != 1 || found["late"] != 1 || found["slices"] != 3 || found["extended"] != 1 {
			t.Errorf("%v", found)
		}
		if r := c.audited(which); !r.OK() || r.Claimed != p.Subsidy || r.Lines != p.Batch.Lines {
			t.Errorf("%+v", r)
		}
		_, err := c.s.Make(t.Context(), c.System(), c.bank.ID, day.Must("2025-06-21"))
		wantKey(t, err, "claim.quarter_taken")
		_, err = c.s.Make(t.Context(), c.System(), c.bank.ID, day.Must("2025-09-21"))
		wantKey(t, err, "claim.to_come")
	})
}

// What happens after a claim is known changes no batch, and not its pack: a correction takes lines back and claims them anew.
func TestACorrectionTakesBackAndClaimsAnew(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		prepaid, _ := c.quarter()
		which := c.make("2025-06-21")
		_, err := c.s.Correct(t.Context(), c.System(), which)
		wantKey(t, err, "claim.not_corrected")
		c.filed(which)
		_, err = c.s.Correct(t.Context(), c.System(), which)
		wantKey(t, err, "claim.nothing_to_correct")
		before := c.look(which)
		p, err := c.loans.Look(t.Context(), c.System(), prepaid)
		must(t, err)
		must(t, c.loans.Reverse(t.Context(), c.System(), prepaid, p.EditedAt, 2, "没有提前还"))
		forgotten := c.loan("J010", policy.Individual, 30*wan, "2025-04-15", 36, schedule.QuarterlyInterest)
		if r := c.audited(which); !r.OK() { // as it was known
			t.Errorf("%+v", r)
		}
		fix, err := c.s.Correct(t.Context(), c.System(), which)
		must(t, err)
		k := c.look(fix)
		if k.Batch.Lines != 3 || k.Loans != 2 || k.Corrects != which {
			t.Fatalf("%+v", k.Batch)
		}
		sum := money.Fen(0)
		for _, l := range k.Lines.Items {
			sum += l.Amount()
			if l.Sign < 0 && (l.OfBatch != which || l.Contract != prepaid) || l.Sign > 0 && l.Contract != prepaid && l.Contract != forgotten {
				t.Errorf("%+v", l)
			}
		}
		if sum != k.Subsidy {
			t.Errorf("%s of lines in a batch of %s", sum, k.Subsidy)
		}
		if after := c.look(which); after.Subsidy != before.Subsidy || len(after.Corrections) != 1 {
			t.Errorf("%+v", after.Batch)
		}
		if r := c.audited(fix); !r.OK() || r.Lines != 2 {
			t.Errorf("%+v", r)
		}
		_, err = c.s.Correct(t.Context(), c.System(), which)
		wantKey(t, err, "claim.nothing_to_correct")
		wantKey(t, c.do("bank", fix, claim.Withdraw, claim.Word{}), "field.required")
		must(t, c.do("bank", fix, claim.Withdraw, claim.Word{Note: "再核"}))
		again, err := c.s.Correct(t.Context(), c.System(), which)
		must(t, err)
		if k := c.look(again); k.Batch.Lines != 3 {
			t.Errorf("%+v", k.Batch)
		}
	})
}

// What rests on a number that nobody has confirmed, or on a version without text, is left out and named.
func TestWhatIsNotClaimedIsNamed(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.loan("J001", policy.Individual, 30*wan, "2024-01-15", 36, schedule.QuarterlyInterest)
		*c.now = at("2025-12-25")
		c.loan("J002", policy.Individual, 30*wan, "2025-10-15", 36, schedule.QuarterlyInterest) // under HB-2025
		p := c.look(c.make("2025-12-21"))
		if p.Loans != 1 || len(p.Unclaimed) != 1 || p.Unclaimed[0].N != 1 || p.Unclaimed[0].Numbers[0] != "J002" || p.Unclaimed[0].Key != "rulebook.not_filled" || p.Unclaimed[0].Args["key"] != "HB-2025" {
			t.Errorf("%+v %+v", p.Batch, p.Unclaimed)
		}
	})
}

func TestTheDesksActInTurn(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.quarter()
		made, err := c.s.Make(t.Context(), c.user("bank"), c.bank.ID, day.Must("2025-06-21"))
		must(t, err)
		if p := c.look(made); p.Due != day.Must("2025-06-27") { // five working days after the 21st, a Saturday
			t.Errorf("due %s", p.Due)
		}
		wantKey(t, c.do("reviewer", made, claim.Review, claim.Word{}), "claim.not_now")
		must(t, c.do("bank", made, claim.File, claim.Word{}))
		wantKey(t, c.do("bank", made, claim.Review, claim.Word{}), "claim.own_hand")
		wantKey(t, c.do("reviewer", made, claim.Return, claim.Word{}), "field.required")
		must(t, c.do("reviewer", made, claim.Return, claim.Word{Note: "缺凭证"}))
		must(t, c.do("bank", made, claim.File, claim.Word{Note: "已补"}))
		must(t, c.do("reviewer", made, claim.Review, claim.Word{}))
		wantKey(t, c.do("reviewer", made, claim.Approve, claim.Word{}), "claim.own_hand")
		must(t, c.do("finance", made, claim.Approve, claim.Word{}))
		wantKey(t, c.do("finance", made, claim.Pay, claim.Word{On: day.Must("2025-07-02")}), "field.required")
		wantKey(t, c.do("finance", made, claim.Pay, claim.Word{On: day.Must("2025-07-02"), Ref: "P1"}), "claim.on")
		must(t, c.do("finance", made, claim.Pay, claim.Word{On: day.Must("2025-07-01"), Ref: "P1"}))
		wantKey(t, c.do("bank", made, claim.Arrive, claim.Word{On: day.Must("2025-06-30"), Ref: "A1"}), "claim.on")
		must(t, c.do("bank", made, claim.Arrive, claim.Word{On: day.Must("2025-07-01"), Ref: "A1"}))
		p := c.look(made)
		if p.State != claim.Arrived || p.PaidRef != "P1" || p.ArrivedOn != day.Must("2025-07-01") || len(p.Steps) != 8 || !p.Due.IsZero() {
			t.Errorf("%+v", p)
		}
		wantKey(t, c.s.Do(t.Context(), c.user("bank"), made, 1, claim.File, claim.Word{}), "claim.moved")
	})
}

// Each use case is refused to whoever lacks its right, and absent to another county.
func TestWhoMayClaim(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.quarter()
		which := c.make("2025-06-21")
		version := c.look(which).EditedAt
		for _, v := range claim.Verbs {
			var rest []authz.Verb
			for _, o := range claim.Verbs {
				if o.Key != v.Key {
					rest = append(rest, o)
				}
			}
			as := func(node authz.Path, verbs []authz.Verb) authz.Actor {
				return authz.Actor{City: c.City, User: "u", Grants: []authz.Held{{Role: authz.Role{Key: "r", Verbs: verbs}, At: node}}}
			}
			for by, want := range map[*authz.Actor]string{
				ptr(as(c.bank.Path, rest)): "errs.denied", ptr(as(c.Nodes["嘉鱼县"].Path, claim.Verbs)): "errs.absent",
			} {
				var err error
				switch v.Key {
				case claim.Read.Key:
					_, err = c.s.Look(ctx, *by, which, "")
				case claim.Make.Key:
					_, err = c.s.Correct(ctx, *by, which)
					wantKey(t, err, want)
					_, err = c.s.Make(ctx, *by, c.bank.ID, day.Must("2025-06-30"))
				case claim.Take.Key:
					_, _, err = c.s.Pack(ctx, *by, which)
				default:
					err = c.s.Do(ctx, *by, which, version, v, claim.Word{})
				}
				wantKey(t, err, want)
			}
		}
	})
}

func ptr[T any](v T) *T { return &v }

// Two processes draw up the same quarter, and correct it, at once: one wins, and no day is claimed twice.
func TestTwoProcessesClaimAtOnce(t *testing.T) {
	t.Parallel()
	now := at("2025-07-01")
	all := sqldbtest.PostgresPair(t, sqldb.Options{Clock: func() time.Time { return now }})
	c := newTown(t, all[0], &now)
	c.quarter()
	other := *c
	other.serve(all[1])
	towns := []*town{c, &other}
	for round, to := range []string{"2025-06-21", "2025-06-21"} {
		made := make([]claim.ID, 6)
		raced := sqldbtest.Race(6, func(i int) (err error) {
			made[i], err = towns[i%2].s.Make(t.Context(), c.System(), c.bank.ID, day.Must(to))
			return err
		})
		if won := sqldbtest.Won(raced); won != 1-round {
			t.Fatalf("round %d: %d won: %v", round, won, raced)
		}
		if round > 0 {
			continue
		}
		for _, which := range made {
			if !which.IsZero() {
				c.filed(which)
				c.loan("J011", policy.Individual, 30*wan, "2025-04-15", 36, schedule.QuarterlyInterest)
				raced := sqldbtest.Race(6, func(i int) error {
					_, err := towns[i%2].s.Correct(t.Context(), c.System(), which)
					return err
				})
				if won := sqldbtest.Won(raced); won != 1 {
					t.Errorf("%d corrections of the same won: %v", won, raced)
				}
			}
		}
	}
	c.once()
}

// once fails where a day of a slice of a loan is claimed by more than one line that stands. It reads the tables by itself.
func (c *town) once() {
	c.t.Helper()
	type line struct {
		batch, contract, of   string
		no, sign, slice, ofNo int64
		from, to              day.Day
	}
	must(c.t, c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) error {
		all, err := sqldb.All(q, func(s sqldb.Scan) (l line, err error) {
			return l, s(&l.batch, &l.no, &l.contract, &l.sign, &l.slice, &l.from, &l.to, &l.of, &l.ofNo)
		}, `SELECT l.batch, l.no, l.contract, l.sign, l.slice, l.from_day, l.to_day, l.of_batch, l.of_no FROM loan_line l JOIN loan_batch b ON b.city = l.city AND b.id = l.batch WHERE l.city = $1 AND b.state <> 'withdrawn'`)
		days := map[string]int{}
		for _, l := range all {
			for d := l.from; d < l.to; d = d.AddDays(1) {
				days[l.contract+"/"+strconv.FormatInt(l.slice, 10)+"/"+d.String()] += int(l.sign)
			}
		}
		for k, n := range days {
			if n != 0 && n != 1 {
				c.t.Errorf("%s is claimed %d times", k, n)
			}
		}
		return err
	}))
}

// Whatever is claimed, changed, corrected and withdrawn, in whatever order, no day is claimed twice, and every batch's pack is right.
func TestNoDayIsEverClaimedTwice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		now := at("2025-07-01")
		c := newTown(t, sqldbtest.SQLite(t, sqldb.Options{Clock: func() time.Time { now = now.Add(time.Millisecond); return now }}), &now)
		var loans []contract.ID
		for i := range 3 {
			loans = append(loans, c.loan("J"+strconv.Itoa(i), policy.Individual, 30*wan, "2024-01-15", 36, schedule.Methods[rapid.IntRange(0, 3).Draw(r, "method")]))
		}
		var batches []claim.ID
		ends := []string{"2025-06-21", "2025-09-21", "2025-12-21"}
		for range rapid.IntRange(3, 10).Draw(r, "steps") {
			switch rapid.IntRange(0, 4).Draw(r, "step") {
			case 0:
				if len(ends) > 0 {
					now = max2(now, at(ends[0]).AddDate(0, 0, 3))
					batches = append(batches, c.make(ends[0]))
					c.filed(batches[len(batches)-1])
					ends = ends[1:]
				}
			case 1:
				one := loans[rapid.IntRange(0, 2).Draw(r, "loan")]
				p, err := c.loans.Look(t.Context(), c.System(), one)
				must(t, err)
				_ = c.loans.Enter(t.Context(), c.System(), one, p.EditedAt, contract.Event{
					Kind: contract.Prepay, Day: day.Must("2025-01-01").AddDays(rapid.IntRange(0, 170).Draw(r, "day")), Amount: money.Fen(rapid.IntRange(1, 5).Draw(r, "amount")) * wan,
				})
			case 2, 3:
				if len(batches) > 0 {
					made, err := c.s.Correct(t.Context(), c.System(), batches[rapid.IntRange(0, len(batches)-1).Draw(r, "batch")])
					if err == nil {
						if rapid.Bool().Draw(r, "withdrawn") {
							must(t, c.do("bank", made, claim.Withdraw, claim.Word{Note: "撤"}))
						} else if a := c.audited(made); !a.OK() {
							t.Fatalf("%+v", a)
						}
					} else if k := errs.KeyOf(err); k != "claim.nothing_to_correct" && k != "claim.not_corrected" {
						t.Fatal(err)
					}
				}
			case 4:
				loans = append(loans[:2], c.loan("N"+strconv.FormatInt(now.UnixMicro(), 10), policy.Individual, 10*wan, "2025-02-05", 24, schedule.Annuity))
			}
			c.once()
		}
		for _, b := range batches {
			if a := c.audited(b); !a.OK() {
				t.Fatalf("%+v", a)
			}
		}
	})
}

func max2(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
