package startuploan_test

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/product"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/internal/testworld"
)

var zone = time.FixedZone("CST", 8*3600)

// town is the small city with a bank, departments, rules, and its twin.
type town struct {
	*testworld.World
	t    testing.TB
	s    *startuploan.Service
	v    *venture.Service
	bank org.Node
	now  time.Time
	told []startuploan.Told
}

// each runs a test on both engines, with a clock that the test turns. It begins on a Monday.
func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, found(t, open))
		})
	}
}

func found(t testing.TB, open func(testing.TB, sqldb.Options) *sqldb.DB) *town {
	c := &town{t: t, now: time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)}
	db := open(t, sqldb.Options{Clock: func() time.Time { c.now = c.now.Add(time.Millisecond); return c.now }})
	c.World, _ = testworld.Build(t, db)
	files, err := blob.New(t.TempDir(), c.Keys)
	must(t, err)
	t.Cleanup(func() { _ = files.Close() })
	cursors := page.NewCursors([]byte("sixteen random bytes"))
	c.v = &venture.Service{DB: db, Keys: c.Keys, Serials: c.Serials, Cursors: cursors, Zone: zone}
	c.s = &startuploan.Service{
		DB: db, Keys: c.Keys, Serials: c.Serials, Cursors: cursors, Files: files, Zone: zone, Ventures: c.v,
		Tell: func(_ *sqldb.Tx, to startuploan.Told) error { c.told = append(c.told, to); return nil },
	}
	orgs := &org.Service{DB: db, Serials: c.Serials}
	for _, n := range []org.New{{Kind: org.Bank, Name: "咸安农商行"}, {Kind: org.Department, Name: "咸安区人社局"}, {Kind: org.Department, Name: "咸安区财政局"}, {Kind: org.Company, Name: "咸安担保"}} {
		n.Parent = c.Nodes["咸安区"].ID
		made, err := orgs.Create(t.Context(), c.System(), n)
		must(t, err)
		c.Nodes[n.Name] = made
	}
	c.bank = c.Nodes["咸安农商行"]
	c.rules("45")
	return c
}

// conditions are those that ship with the program for the province, and two of the nation's, as if somebody had confirmed them.
func conditions(t testing.TB) (all []rulebook.Condition) {
	book, _, err := policy.Shipped()
	must(t, err)
	for key, only := range map[string][]string{"HB-QCD-2023/24": nil, "N-2023": {"industry", "small"}} {
		v, err := book.Find(policy.Product, key)
		must(t, err)
		for _, x := range v.Conditions {
			if x.Status = rulebook.Confirmed; only != nil && !slices.Contains(only, x.Key) {
				continue
			}
			if x.Key == "small" {
				x.Expr = `kind == "firm" ? staff < small_staff or revenue < 1000000 : true`
			}
			all = append(all, x)
		}
	}
	return all
}

// rules puts a version into force that is filled.
func (c *town) rules(age string) {
	c.t.Helper()
	field := func(name, value string) rulebook.Field {
		return rulebook.Field{Name: name, Value: value, Source: "市里的文件", Status: rulebook.Confirmed}
	}
	book := rulebook.Book{{Key: "XN-2026", Product: policy.Product, Area: "4212", Title: "试行", From: day.Must("2026-01-01"), Source: "市里的文件", Fields: []rulebook.Field{
		field("person_limit", "30万元"), field("person_months", "36"), field("partner_uplift", "10%"), field("firm_limit", "500万元"), field("firm_months", "24"),
		field("hire_share", "10%"), field("hire_share_large", "5%"), field("hire_large_above", "100"), field("rate_points", "150bp"), field("rate_points_poor", "250bp"),
		field("person_subsidy", "share 1/2"), field("firm_subsidy", "share 1/2"), field("age_to", age), field("loans_most", "3"), field("debt_exempt", "student poverty housing car"),
		field("debt_small", "5万元"), field("waive_to", "10万元"), field("overdue_bars", "yes"), field("industries_closed", "P1 K70"), field("small_staff", "100"),
	}, Conditions: conditions(c.t)}}
	rate, err := money.ParseRate("3.00%")
	must(c.t, err)
	s := &rulebook.Service{DB: c.DB, Products: []rulebook.Product{{Key: policy.Product, Facts: policy.Facts}}}
	must(c.t, s.TakeIn(c.t.Context(), c.System(), book, rulebook.Quotes{{Series: policy.LPR, From: day.Must("2025-05-20"), Rate: rate, Source: "公告", Status: rulebook.Confirmed}}))
}

// role makes an actor who holds verbs at a node, with an account of its own.
func (c *town) role(user, node string, verbs ...authz.Verb) authz.Actor {
	n, ok := c.Nodes[node]
	if !ok {
		c.t.Fatalf("no %s", node)
	}
	return authz.Actor{City: c.City, User: user, DeskID: n.ID.String(), Grants: []authz.Held{{Role: authz.Role{Key: user, Verbs: verbs, Sees: authz.Sensitive}, At: n.Path}}}
}

func (c *town) founder(account string) authz.Actor { return authz.Actor{City: c.City, User: account} }

// desk is somebody who sits at a desk.
func (c *town) desk(d startuploan.Desk) authz.Actor {
	at := map[startuploan.Desk]string{
		startuploan.Intake: "咸安区甲镇", startuploan.League: "咸安区", startuploan.HR: "咸安区人社局", startuploan.Finance: "咸安区财政局", startuploan.Guarantor: "咸安担保",
		startuploan.Bank: "咸安农商行", startuploan.Survey: "咸安农商行", startuploan.Notice: "咸安区", startuploan.Recheck: "咸安区",
	}[d]
	return c.role("at-"+string(d), at, d.Verb())
}

// way is the usual one, with departments at their desks.
func (c *town) way(change func(*startuploan.Way)) {
	c.t.Helper()
	w := startuploan.Usual
	w.From, w.Source, w.SurveyBy = day.Of(c.now, zone), "市里的会议纪要", startuploan.ByIntake
	w.Stops = slices.Clone(w.Stops)
	for i := range w.Stops {
		if n, ok := map[startuploan.Desk]string{startuploan.HR: "咸安区人社局", startuploan.Finance: "咸安区财政局", startuploan.Guarantor: "咸安担保"}[w.Stops[i].Desk]; ok {
			w.Stops[i].Org = c.Nodes[n].ID
		}
	}
	w.Stops = slices.DeleteFunc(w.Stops, func(s startuploan.Stop) bool { return s.Desk == startuploan.Survey })
	if change != nil {
		change(&w)
	}
	must(c.t, c.s.PutWay(c.t.Context(), c.System(), w))
}

// offer lets the bank be let in, and offers what it has: up to 20万元, interest each quarter.
func (c *town) offer() string {
	c.t.Helper()
	ctx, s, today := c.t.Context(), &product.Service{DB: c.DB, Zone: zone}, day.Of(c.now, zone)
	must(c.t, s.SetReviewCriteria(ctx, c.System(), product.Criteria{Kind: product.Entry, From: today, Items: []string{"有网点"}, Source: "纪要"}))
	must(c.t, s.ReviewABank(ctx, c.System(), product.Review{Bank: c.bank.ID, Kind: product.Entry, On: today, Until: today.AddMonths(12), Passed: true, Reviewer: "联席会议", Findings: []product.Finding{{Item: "有网点", Met: true}}}))
	which, err := s.Draw(ctx, c.System(), product.Given{
		Bank: c.bank.ID, Code: "QCD-P", Name: "青创贷（个人）", NameEn: "Loan", Area: "4212", Kinds: []policy.Kind{policy.Individual}, Least: 1_000_000, Most: 20_000_000, MonthsFrom: 6, MonthsTo: 36, Points: 150 * money.BasisPoint,
		Methods: []schedule.Method{schedule.QuarterlyInterest}, Basis: 360, Settle: 20, Guarantees: []product.Guarantee{"company"}, Papers: []string{"执照"}, PapersEn: []string{"Licence"}, ApplyAt: "网点", ApplyAtEn: "Outlet",
		From: today, Source: "协议", Shares: []product.Share{{Bearer: "bank", Share: 100 * money.Percent}},
	})
	must(c.t, err)
	p, err := s.Look(ctx, c.System(), which)
	must(c.t, err)
	must(c.t, s.Publish(ctx, c.System(), which, p.EditedAt))
	return which.String()
}

func id(born string) string {
	n, err := cn.SyntheticID("421002", day.Must(born))
	if err != nil {
		panic(err)
	}
	return string(n)
}

// venture is a tea workshop in a village of 咸安区, its founder's own.
func (c *town) venture(by authz.Actor, name string) venture.ID {
	c.t.Helper()
	made, err := c.v.Propose(c.t.Context(), by, venture.Given{Org: c.Nodes["咸安区甲镇一村"].ID, Founder: "周知夏", Facts: venture.Facts{
		Name: name, Entity: "individual", Industry: "C1530", Category: "returnee", Stage: "growing", Address: "羊楼洞一号", Staff: 2,
	}})
	must(c.t, err)
	var v venture.Venture
	must(c.t, c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) (err error) { v, err = venture.Find(q, made); return err }))
	must(c.t, c.v.Take(c.t.Context(), c.System(), made, v.EditedAt))
	return made
}

func (c *town) find(which startuploan.ID) (a startuploan.Application) {
	c.t.Helper()
	must(c.t, c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) (err error) { a, err = startuploan.Find(q, which); return err }))
	return a
}

// draft is an application that can be handed in: 20万元 for two years.
func (c *town) draft(by authz.Actor, change func(*startuploan.Asks, *startuploan.Business)) startuploan.ID {
	c.t.Helper()
	ctx := c.t.Context()
	which, err := c.s.Begin(ctx, by, c.venture(by, "洞天茶坊"), policy.Individual)
	must(c.t, err)
	v := func() int64 { return c.find(which).Edited }
	asks := startuploan.Asks{Kind: policy.Individual, Amount: 20_000_000, Months: 24, Purpose: "买制茶机", Method: "quarterly-interest", Guarantee: "guarantor", Bank: c.bank.ID}
	code, err := cn.SyntheticCreditCode("92", "421202", 17)
	must(c.t, err)
	b := startuploan.Business{Name: "洞天茶坊", Entity: "individual", Credit: string(code), Industry: "C1530", Address: "羊楼洞一号", Staff: 2}
	if change != nil {
		change(&asks, &b)
	}
	must(c.t, c.s.SaveAsks(ctx, by, which, v(), asks))
	must(c.t, c.s.SaveBusiness(ctx, by, which, v(), b))
	must(c.t, c.s.SaveParty(ctx, by, which, v(), 0, startuploan.Saying{Role: startuploan.Applicant, Name: "周知夏", Number: id("1990-05-06"), Sex: "2", Marital: "married", Group: "07", Debtless: true, Agreed: true}))
	must(c.t, c.s.SaveParty(ctx, by, which, v(), 0, startuploan.Saying{Role: startuploan.Spouse, Of: 1, Name: "余大成", Number: id("1989-03-04"), Sex: "1", Debtless: true, Agreed: true}))
	must(c.t, c.s.SaveParty(ctx, by, which, v(), 0, startuploan.Saying{Role: startuploan.Surety, Name: "雷文", Number: id("1985-01-02"), Sex: "1", Employer: "甲镇中学", Agreed: true}))
	for _, kind := range []string{"id_card", "household", "marriage", "license", "group_proof"} {
		must(c.t, c.s.AddPaper(ctx, by, which, v(), kind, kind+".png", bytes.NewReader(picture())))
	}
	return which
}

func picture() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 2, 2))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// submitted is a draft that was handed in.
func (c *town) submitted(by authz.Actor) startuploan.ID {
	c.t.Helper()
	which := c.draft(by, nil)
	must(c.t, c.s.Submit(c.t.Context(), by, which, c.find(which).Edited, true))
	return which
}

// at gives the number of a desk's latest part.
func (c *town) at(which startuploan.ID, d startuploan.Desk) (no int64) {
	c.t.Helper()
	for _, s := range c.sittings(which) {
		if s.Desk == d {
			no = s.No
		}
	}
	if no == 0 {
		c.t.Fatalf("no desk %s", d)
	}
	return no
}

func (c *town) sittings(which startuploan.ID) (all []startuploan.Sitting) {
	c.t.Helper()
	must(c.t, c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) (err error) { all, err = startuploan.Sittings(q, which); return err }))
	return all
}

// pass lets desks pass it one after another, with the opinion that is usual.
func (c *town) pass(which startuploan.ID, desks ...startuploan.Desk) {
	c.t.Helper()
	for _, d := range desks {
		if err := c.s.Allow(c.t.Context(), c.desk(d), which, c.at(which, d), usual(d)); err != nil {
			c.t.Fatalf("%s: %v", d, err)
		}
	}
}

func usual(d startuploan.Desk) startuploan.Decision {
	rate, _ := money.ParseRate("4.35%")
	return map[startuploan.Desk]startuploan.Decision{
		startuploan.League: {Opinion: startuploan.Opinion{Flag: true, Priority: []string{"prize"}}}, startuploan.HR: {Opinion: startuploan.Opinion{Group: "07"}},
		startuploan.Guarantor: {Opinion: startuploan.Opinion{Guarantee: "guarantor"}}, startuploan.Finance: {Opinion: startuploan.Opinion{Amount: 20_000_000}},
		startuploan.Bank: {Opinion: startuploan.Opinion{Amount: 18_000_000, Months: 24, Rate: rate}},
	}[d]
}

// states gives how far each desk is.
func (c *town) states(which startuploan.ID) map[startuploan.Desk]startuploan.DeskState {
	all := map[startuploan.Desk]startuploan.DeskState{}
	for _, s := range c.sittings(which) {
		all[s.Desk] = s.State
	}
	return all
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
	rule, ofRules := strings.CutPrefix(key, "rule ")
	for _, p := range errs.ProblemsOf(err) {
		if p.Key == key || ofRules && p.Key == "loan.rule.condition.stops" && p.Args["condition"] == rule {
			return
		}
	}
	t.Errorf("got %v, want %q", err, key)
}
