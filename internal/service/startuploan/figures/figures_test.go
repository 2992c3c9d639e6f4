package figures_test

import (
	"testing"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/startuploan/claim"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/figures"
	"zhidian/internal/service/startuploan/followup"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/internal/testworld"
)

const wan = 10_000 * money.Yuan

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// of gives a figure of the catalogue by its key.
func of(t testing.TB, key string, s *figures.Sum) (int64, bool) {
	t.Helper()
	for _, f := range figures.All() {
		if f.Key == key {
			return f.Of(s)
		}
	}
	t.Fatalf("no figure %s", key)
	return 0, false
}

func TestEachFigureHasItsFormula(t *testing.T) {
	t.Parallel()
	var s figures.Sum
	if _, ok := of(t, "bad", &s); ok {
		t.Error("a share of nothing")
	}
	s.Add(figures.Item{Borrower: "a", Venture: "v", Dossier: 3, Told: true, Jobs: 4, Fates: [3]followup.Fate{followup.Lives, followup.Gone, followup.NotYet}, Female: true, Group: "05", Drawn: 30 * wan, Balance: 20 * wan, Overdue: 20 * wan, OverduePart: 5 * wan, Bad: true, Priority: true})
	s.Add(figures.Item{Borrower: "a", Venture: "v", Dossier: 3, Told: true, Jobs: 4, Fates: [3]followup.Fate{followup.Lives, followup.Gone, followup.NotYet}, Drawn: 10 * wan, Released: true})
	s.Add(figures.Item{Borrower: "b", Fates: [3]followup.Fate{followup.Unknown}, Drawn: 60 * wan, Compensated: 40 * wan, Recovered: 10 * wan, Released: true})
	s.Add(figures.Item{Borrower: "c", Drawn: 50 * wan, Balance: 40 * wan})
	for key, want := range map[string]int64{
		"drawn": int64(150 * wan), "loans": 4, "borrowers": 3, "balance": int64(60 * wan), "overdue_whole": 333_333, "overdue_part": 83_333, "bad": 333_333,
		"compensated_released": 571_429, "compensated_balance": 500_000, "recovered": 250_000, "jobs_dossier": 3, "jobs": 4, "jobs_million": 1000, "told": 333_333, "survival_12": 1_000_000, "survival_24": 0, "alive_12": 1, "gone_24": 1, "unknown_12": 1, "unknown_24": 0, "key_count": 250_000, "key_amount": 200_000,
		"women_count": 250_000, "women_amount": 200_000, "priority_count": 250_000, "priority_amount": 200_000,
	} {
		if got, ok := of(t, key, &s); !ok || got != want {
			t.Errorf("%s: %d, %v, want %d", key, got, ok, want)
		}
	}
}

func TestPeriodsOfReports(t *testing.T) {
	t.Parallel()
	for span, want := range map[string][2]string{"week": {"2026-02-23", "2026-03-02"}, "month": {"2026-03-01", "2026-04-01"}, "quarter": {"2026-01-01", "2026-04-01"}} {
		on := day.Must("2026-03-01") // a Sunday
		if from, to := figures.SpanOf(span, on); from.String() != want[0] || to.String() != want[1] {
			t.Errorf("%s: %s to %s", span, from, to)
		}
	}
	if q := figures.QuarterOf(day.Must("2026-12-31")); q != "2026Q4" {
		t.Error(q)
	}
}

// Loans are summed up as they stood at the end of a day, by county, bank, quarter and group, as far as somebody may read of them;
// lines of few are told to nobody outside.
func TestLoansAreSummedUpAsTheyStood(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, zone, now := t.Context(), time.FixedZone("CST", 8*3600), time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
			db := open(t, sqldb.Options{Clock: func() time.Time { now = now.Add(time.Millisecond); return now }})
			w, _ := testworld.Build(t, db)
			book, quotes, err := policy.Shipped()
			must(t, err)
			for i := range quotes {
				quotes[i].Status, quotes[i].Source = rulebook.Confirmed, "公告"
			}
			must(t, (&rulebook.Service{DB: db, Products: []rulebook.Product{{Key: policy.Product, Facts: policy.Facts}}}).TakeIn(ctx, w.System(), book, quotes))
			bank, err := (&org.Service{DB: db, Serials: w.Serials}).Create(ctx, w.System(), org.New{Kind: org.Bank, Name: "咸安农商行", Parent: w.Nodes["咸宁市"].ID})
			must(t, err)
			which, err := (&venture.Service{DB: db, Keys: w.Keys, Serials: w.Serials, Zone: zone}).Create(ctx, w.System(), venture.Given{Org: w.Nodes["咸安区"].ID, Founder: "周知夏", Facts: venture.Facts{
				Name: "茶坊", Entity: "none", Industry: "C1530", Category: "returnee", Stage: "growing", Staff: 4,
			}})
			must(t, err)
			loans := &contract.Service{DB: db, Keys: w.Keys, Cursors: page.NewCursors([]byte("sixteen random bytes")), Zone: zone}
			loan := func(number, at, from string, events ...contract.Event) contract.Loaded {
				first := day.Must(from)
				x := contract.Loaded{Paper: contract.Paper{
					Number: number, Bank: bank.ID, Org: w.Nodes[at].ID, Borrower: "人" + number, Kind: policy.Individual, Group: "05", Female: number == "1", Principal: 20 * wan, Rate: 450 * money.Percent / 100,
					Signed: first, From: first, To: first.AddMonths(12), Method: schedule.QuarterlyInterest, Basis: 360, Settle: 20, Penalty: 150,
				}}
				x.Events = append([]contract.Event{{Kind: contract.Draw, Day: first, Amount: 20 * wan}}, events...)
				return x
			}
			on := day.Must
			lost := loan("2", "咸安区乙镇", "2024-02-01", contract.Event{Kind: contract.Arrears, Day: on("2025-02-01")}, contract.Event{Kind: contract.Compensate, Day: on("2025-06-01"), Amount: 20 * wan},
				contract.Event{Kind: contract.Recover, Day: on("2025-12-01"), Amount: 5 * wan})
			one := loan("1", "咸安区甲镇", "2024-01-10", contract.Event{Kind: contract.Settle, Day: on("2025-01-10"), Amount: 20 * wan})
			one.Venture = which.String()
			must(t, loans.Load(ctx, w.System(), []contract.Loaded{one, lost, loan("3", "嘉鱼县", "2025-05-01"), loan("4", "咸安区", "2025-05-02"), loan("5", "咸安区", "2025-06-02"), loan("6", "咸安区", "2025-07-02")}))
			s := &figures.Service{DB: db, Zone: zone}
			reader := authz.Role{Key: "reader", Verbs: []authz.Verb{contract.Read}}
			check := func(by authz.Actor, a figures.Asked, line string, want map[string]int64) {
				t.Helper()
				got, err := s.Sums(ctx, by, a)
				must(t, err)
				sum := &got.All
				for i, l := range got.Lines {
					if l.Name == line || l.Key == line {
						sum = &got.Lines[i].Sum
					}
				}
				for key, n := range want {
					if v, ok := of(t, key, sum); !ok || v != n {
						t.Errorf("%+v %s %s: %d, %v, want %d", a, line, key, v, ok, n)
					}
				}
			}
			check(w.System(), figures.Asked{By: "county"}, "", map[string]int64{"loans": 6, "drawn": int64(120 * wan), "balance": int64(80 * wan), "recovered": 250_000, "jobs_dossier": 5, "women_count": 166_667, "compensated_released": 500_000})
			check(w.System(), figures.Asked{By: "county"}, "咸安区", map[string]int64{"loans": 5, "balance": int64(60 * wan)})
			check(w.System(), figures.Asked{By: "county", On: on("2025-04-30")}, "", map[string]int64{"loans": 2, "balance": int64(20 * wan), "overdue_whole": 1_000_000, "overdue_part": 1_000_000, "bad": 0})
			check(w.System(), figures.Asked{By: "county", On: on("2025-05-15")}, "", map[string]int64{"bad": 333_333, "overdue_whole": 333_333})
			check(w.System(), figures.Asked{By: "quarter"}, "2025Q2", map[string]int64{"loans": 3})
			check(w.System(), figures.Asked{By: "industry"}, "C", map[string]int64{"loans": 1, "jobs_dossier": 5})
			check(w.System(), figures.Asked{By: "bank", At: w.Nodes["嘉鱼县"].Path}, "咸安农商行", map[string]int64{"loans": 1})
			sees := reader
			sees.Sees = authz.Sensitive
			check(w.Actor(t, sees, "嘉鱼县"), figures.Asked{By: "group"}, "all", map[string]int64{"loans": 1})
			check(w.System(), figures.Asked{By: "group"}, "05", map[string]int64{"loans": 6})
			if few, err := s.Sums(ctx, w.Actor(t, sees, "嘉鱼县"), figures.Asked{By: "group"}); err != nil || len(few.Lines) != 1 || !few.Lines[0].Hidden || few.Lines[0].Sum.Loans != 0 {
				t.Errorf("a group of one is told: %+v %v", few.Lines, err)
			}
			if _, err := s.Sums(ctx, w.Actor(t, reader, "嘉鱼县"), figures.Asked{By: "group"}); errs.KindOf(err) != errs.Denied {
				t.Errorf("groups are told to who sees none: %v", err)
			}
			after := &followup.Service{DB: db, Keys: w.Keys, Zone: zone}
			must(t, after.Begin(ctx, w.City))
			told := func(number string, g followup.Given) {
				t.Helper()
				got, err := loans.List(ctx, w.System(), contract.Filter{Words: number}, "")
				must(t, err)
				must(t, after.Enter(ctx, w.System(), got.Items[0].ID, 0, g))
			}
			told("1", followup.Given{On: on("2026-02-01"), State: followup.Trading, Founders: 1, Staff: 9, Contracted: 3})
			told("2", followup.Given{On: on("2026-02-01"), State: followup.Closed, Since: on("2025-06-01")})
			now = now.Add(time.Hour) // tables are kept for a while
			check(w.System(), figures.Asked{By: "county"}, "", map[string]int64{"jobs": 4, "told": 333_333, "survival_12": 1_000_000, "survival_24": 500_000, "unknown_12": 0, "unknown_24": 0, "alive_12": 2, "gone_24": 1})
			check(w.System(), figures.Asked{By: "county", On: on("2026-01-31")}, "", map[string]int64{"jobs": 0, "told": 0, "unknown_12": 2, "unknown_24": 1})
			check(w.System(), figures.Asked{By: "quarter"}, "2024Q1", map[string]int64{"jobs": 4, "survival_24": 500_000})
			check(w.System(), figures.Asked{By: "group"}, "05", map[string]int64{"alive_24": 1})
			if _, err := s.Sums(ctx, w.Actor(t, authz.Role{Key: "none"}, "咸宁市"), figures.Asked{}); errs.KindOf(err) != errs.Denied {
				t.Errorf("without the right: %v", err)
			}
			r, err := s.Make(ctx, w.System(), loans, "quarter", on("2025-06-30"))
			must(t, err)
			claims := &claim.Service{DB: db, Serials: w.Serials, Cursors: loans.Cursors, Zone: zone}
			batch, err := claims.Make(ctx, w.System(), bank.ID, on("2025-06-21"))
			must(t, err)
			drawnUp, err := claims.Look(ctx, w.System(), batch, "")
			must(t, err)
			must(t, claims.Do(ctx, w.System(), batch, drawnUp.EditedAt, claim.File, claim.Word{}))
			if again, err := s.Make(ctx, w.System(), loans, "quarter", on("2025-06-30")); err != nil || r.All.Claimed != 0 || drawnUp.Subsidy == 0 || again.All.Claimed != drawnUp.Subsidy || again.Banks[0].Claimed != drawnUp.Subsidy {
				t.Errorf("claimed %s before and %s after it was filed, want %s: %v", r.All.Claimed, again.All.Claimed, drawnUp.Subsidy, err)
			}
			if b := r.Banks[0]; len(r.Banks) != 1 || b.Count != 3 || b.Lent != 60*wan || b.Opening != 20*wan || b.Closing != 60*wan || len(r.Loans) != 3 {
				t.Errorf("%+v, %d loans", r.Banks, len(r.Loans))
			}
			if _, err := s.Make(ctx, w.Actor(t, reader, "咸宁市"), loans, "week", on("2025-06-30")); errs.KindOf(err) != errs.Denied {
				t.Errorf("a reader took a report away: %v", err)
			}
			fund := func(by authz.Actor, at, from string, balance money.Fen) error {
				return s.TellFund(ctx, by, figures.Fund{Org: w.Nodes[at].ID, On: on(from), Balance: balance, Source: "对账单"})
			}
			finance := w.Actor(t, authz.Role{Key: "finance", Verbs: []authz.Verb{figures.TellFund}}, "咸安区")
			if got, err := s.Sums(ctx, w.System(), figures.Asked{By: "county"}); err != nil || got.All.Fund != 0 {
				t.Errorf("%+v %v", got.All, err)
			} else if _, known := of(t, "leverage", &got.All); known {
				t.Error("leverage of no fund")
			}
			must(t, fund(finance, "咸安区", "2025-12-31", 10*wan))
			must(t, fund(finance, "咸安区", "2025-12-31", 20*wan)) // told again, since it was wrong
			must(t, fund(w.System(), "嘉鱼县", "2026-03-01", 40*wan))
			check(w.System(), figures.Asked{By: "county"}, "咸安区", map[string]int64{"leverage": 300})
			check(w.System(), figures.Asked{By: "county"}, "嘉鱼县", map[string]int64{"leverage": 50})
			check(w.System(), figures.Asked{By: "county"}, "", map[string]int64{"leverage": 133})
			check(w.System(), figures.Asked{By: "quarter", On: on("2026-02-28")}, "all", map[string]int64{"leverage": 300})
			if got, err := s.Sums(ctx, w.System(), figures.Asked{By: "county", Bank: bank.Path}); err != nil || got.All.Fund != 0 {
				t.Errorf("one bank's loans against the whole fund: %+v %v", got.All, err)
			}
			if got, err := s.Sums(ctx, w.Actor(t, reader, "咸安区甲镇"), figures.Asked{By: "county"}); err != nil || got.All.Fund != 0 {
				t.Errorf("a township's loans against the whole fund: %+v %v", got.All, err)
			}
			for what, err := range map[string]error{
				"another county": fund(finance, "嘉鱼县", "2026-03-01", wan), "no right": fund(w.Actor(t, reader, "咸宁市"), "咸安区", "2026-03-01", wan),
			} {
				if errs.KindOf(err) != errs.Denied {
					t.Errorf("%s: %v", what, err)
				}
			}
			for what, err := range map[string]error{
				"tomorrow": fund(finance, "咸安区", "2026-03-03", wan), "less than nothing": fund(finance, "咸安区", "2026-03-01", -1), "a township": fund(w.System(), "咸安区甲镇", "2026-03-01", wan),
			} {
				if errs.KindOf(err) != errs.Invalid {
					t.Errorf("%s: %v", what, err)
				}
			}
			if told, counties, err := s.Funds(ctx, finance); err != nil || len(told) != 2 || len(counties) != 1 || told[0].Balance != 20*wan {
				t.Errorf("%+v %+v %v", told, counties, err)
			}
			p, err := s.Open(ctx, w.City)
			must(t, err)
			if len(p.Counties) != 2 || !p.Counties[0].Hidden || !p.Counties[1].Hidden || p.Counties[0].Loans+p.Counties[1].Loans != 0 {
				t.Errorf("a county of one loan, and the other that would tell it: %+v", p.Counties)
			}
		})
	}
}
