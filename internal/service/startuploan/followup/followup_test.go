package followup_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/followup"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/internal/testworld"
)

var zone = time.FixedZone("CST", 8*3600)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, errs.ProblemsOf(err))
	}
}

// town is the small city with a bank and loans of two counties, today 2026-03-02.
type town struct {
	*testworld.World
	t     testing.TB
	now   time.Time
	s     *followup.Service
	v     *venture.Service
	bank  org.Node
	shop  venture.ID
	loans map[string]contract.ID // by number
}

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
	c := &town{t: t, now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC), loans: map[string]contract.ID{}}
	db := open(t, sqldb.Options{Clock: func() time.Time { c.now = c.now.Add(time.Millisecond); return c.now }})
	c.World, _ = testworld.Build(t, db)
	ctx, cursors := t.Context(), page.NewCursors([]byte("sixteen random bytes"))
	files, err := blob.New(t.TempDir(), c.Keys)
	must(t, err)
	t.Cleanup(func() { _ = files.Close() })
	book, quotes, err := policy.Shipped()
	must(t, err)
	must(t, (&rulebook.Service{DB: db, Products: []rulebook.Product{{Key: policy.Product, Facts: policy.Facts}}}).TakeIn(ctx, c.System(), book, quotes))
	c.bank, err = (&org.Service{DB: db, Serials: c.Serials}).Create(ctx, c.System(), org.New{Kind: org.Bank, Name: "咸安农商行", Parent: c.Nodes["咸安区"].ID})
	must(t, err)
	c.v = &venture.Service{DB: db, Keys: c.Keys, Serials: c.Serials, Cursors: cursors, Zone: zone, Files: files}
	c.shop, err = c.v.Propose(ctx, c.founder(), venture.Given{Org: c.Nodes["咸安区甲镇"].ID, Founder: "周知夏", Facts: venture.Facts{
		Name: "茶坊", Entity: "none", Industry: "C1530", Category: "returnee", Stage: "growing", Address: "温泉路 3 号", Staff: 4,
	}})
	must(t, err)
	c.s = &followup.Service{
		DB: db, Keys: c.Keys, Cursors: cursors, Zone: zone, Forms: &form.Service{DB: db, Keys: c.Keys, Files: files, Serials: c.Serials, Cursors: cursors, Zone: zone},
	}
	signed := &contract.Service{DB: db, Keys: c.Keys, Cursors: cursors, Zone: zone}
	var all []contract.Loaded
	for _, x := range []struct{ number, at, from string }{
		{"tea", "咸安区甲镇", "2024-12-20"}, {"old", "咸安区", "2021-05-01"}, {"far", "嘉鱼县", "2025-12-15"}, {"late", "咸安区", "2023-06-10"},
	} {
		from := day.Must(x.from)
		l := contract.Loaded{Paper: contract.Paper{
			Number: x.number, Bank: c.bank.ID, Org: c.Nodes[x.at].ID, Borrower: "借款人" + x.number, Kind: policy.Individual, Group: "05", Principal: 200_000 * money.Yuan, Rate: 450 * money.Percent / 100,
			Signed: from, From: from, To: from.AddMonths(36), Method: schedule.QuarterlyInterest, Basis: 360, Settle: 20, Penalty: 150,
		}, Events: []contract.Event{{Kind: contract.Draw, Day: from, Amount: 200_000 * money.Yuan}}}
		if x.number == "tea" {
			l.Venture = c.shop.String()
		}
		all = append(all, l)
	}
	must(t, signed.Load(ctx, c.System(), all))
	got, err := signed.List(ctx, c.System(), contract.Filter{}, "")
	must(t, err)
	for _, r := range got.Items {
		c.loans[r.Number] = r.ID
	}
	must(t, c.s.Begin(ctx, c.City))
	must(t, c.s.Begin(ctx, c.City)) // again, and nothing more
	return c
}

func (c *town) founder() authz.Actor { return authz.Actor{City: c.City, User: "founder-1"} }

func (c *town) role(user, node string, verbs ...authz.Verb) authz.Actor {
	at, ok := c.Nodes[node]
	if node == "bank" {
		at, ok = c.bank, true
	}
	if !ok {
		c.t.Fatalf("no %s", node)
	}
	return authz.Actor{City: c.City, User: user, Grants: []authz.Held{{Role: authz.Role{Key: user, Verbs: verbs, Sees: authz.Personal}, At: at.Path}}}
}

func (c *town) look(number string) followup.Page {
	c.t.Helper()
	v, err := c.s.Look(c.t.Context(), c.System(), c.loans[number])
	must(c.t, err)
	return v
}

func (c *town) list(by authz.Actor, view string) (numbers string) {
	c.t.Helper()
	got, _, err := c.s.List(c.t.Context(), by, followup.Filter{View: view}, "")
	must(c.t, err)
	for _, r := range got.Items {
		numbers += r.Number + " "
	}
	return numbers
}

func (c *town) key(err error, want string) {
	c.t.Helper()
	all := errs.KeyOf(err)
	for _, p := range errs.ProblemsOf(err) {
		all += " " + p.Field + ":" + p.Key
	}
	if want == "" && err != nil || want != "" && all != want && all != "errs.invalid "+want && !strings.Contains(all, want) {
		c.t.Errorf("got %q, want %q", all, want)
	}
}

// Whoever is due stands in the list from a month before: the first look three months after the money, then each year; what was never
// visited and is long past is asked of nobody.
func TestWhoIsDue(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		for number, due := range map[string]string{"tea": "2025-12-20", "old": "", "far": "2026-03-15", "late": "2025-06-10"} {
			if got := c.look(number).Due.String(); got != due && !(due == "" && c.look(number).Due.IsZero()) {
				t.Errorf("%s is due on %q, want %q", number, got, due)
			}
		}
		if got := c.list(c.System(), "due"); got != "late tea far " {
			t.Errorf("due: %s", got)
		}
		if got := c.list(c.role("jia", "嘉鱼县", followup.Read), "due"); got != "far " {
			t.Errorf("due to another county: %s", got)
		}
		if got := c.list(c.System(), "silent"); got != "old late tea far " {
			t.Errorf("of whom nothing was told: %s", got)
		}
		must(t, c.s.SetTerms(t.Context(), c.System(), followup.Terms{From: day.Must("2026-03-02"), First: 6, Every: 6, Until: 60, Source: "市里的通知"}))
		must(t, c.s.Begin(t.Context(), c.City))
		if d := c.look("far").Due.String(); d != "2026-06-15" {
			t.Errorf("by other terms due on %s", d)
		}
		c.key(c.s.SetTerms(t.Context(), c.System(), followup.Terms{From: day.Must("2026-03-01"), First: 0, Every: 6, Until: 60}), "from:loanvisit.from_past first:field.range source:field.required")
		if err := c.s.SetTerms(t.Context(), c.role("clerk", "咸安区", followup.SetTerms), followup.Terms{}); errs.KindOf(err) != errs.Absent {
			t.Errorf("a county sets the terms of the city: %v", err)
		}
	})
}

// What is entered at a desk is a dated snapshot; what was wrong is withdrawn; what a venture lacks stands on its dossier.
func TestAtADesk(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, tea := t.Context(), c.loans["tea"]
		by := c.role("clerk", "咸安区", followup.Read, followup.Enter, followup.Withdraw)
		good := followup.Given{On: day.Must("2026-02-20"), State: followup.Trading, Founders: 2, Staff: 5, Contracted: 3, NeedKind: "market", Wish: "想进景区卖茶"}
		must(t, c.s.Enter(ctx, by, tea, 0, good))
		v := c.look("tea")
		if len(v.Snapshots) != 1 || v.Snapshots[0].Jobs() != 5 || v.Due.String() != "2026-12-20" || v.Fates != [3]followup.Fate{followup.Lives, followup.NotYet, followup.NotYet} {
			t.Errorf("%+v due %s %v", v.Snapshots, v.Due, v.Fates)
		}
		must(t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) error {
			needs, err := venture.Needs(q, c.shop)
			if len(needs) != 1 || needs[0].Text != "想进景区卖茶" || needs[0].ID != v.Snapshots[0].NeedID {
				t.Errorf("needs: %+v", needs)
			}
			return err
		}))
		must(t, c.s.Enter(ctx, by, c.loans["late"], 0, followup.Given{On: day.Must("2026-02-20"), State: followup.Closed, Since: day.Must("2024-08-01"), Founders: 9, NeedKind: "money", Wish: "想换个行当"}))
		v = c.look("late")
		if v.Snapshots[0].Jobs() != 0 || v.Snapshots[0].Wish == "" || !v.Due.IsZero() || v.Fates != [3]followup.Fate{followup.Lives, followup.Gone, followup.NotYet} {
			t.Errorf("closed: %+v %v", v.Snapshots[0], v.Fates)
		}
		must(t, c.s.Withdraw(ctx, by, c.loans["late"], 1, "记错了户"))
		if v = c.look("late"); v.State != "" || v.Due.IsZero() || v.Fates[0] != followup.Unknown || v.Snapshots[0].Withdrawn == 0 {
			t.Errorf("withdrawn: %+v", v)
		}
		c.key(c.s.Withdraw(ctx, by, c.loans["late"], 1, "又一次"), "loanvisit.withdrawn_already")
		for want, g := range map[string]followup.Given{
			"on:loanvisit.to_come":            {On: day.Must("2026-03-03"), State: followup.Trading, Founders: 1},
			"on:loanvisit.before_loan":        {On: day.Must("2024-12-01"), State: followup.Trading, Founders: 1},
			"state:field.choice":              {On: day.Must("2026-03-01"), State: "sold", Founders: 1},
			"since:field.required":            {On: day.Must("2026-03-01"), State: followup.Moved, Founders: 1},
			"since:loanvisit.since":           {On: day.Must("2026-03-01"), State: followup.Closed, Since: day.Must("2026-03-02")},
			"founders:field.range":            {On: day.Must("2026-03-01"), State: followup.Paused},
			"contracted:loanvisit.contracted": {On: day.Must("2026-03-01"), State: followup.Trading, Founders: 1, Staff: 1, Contracted: 2},
			"wish:loanvisit.need_both":        {On: day.Must("2026-03-01"), State: followup.Trading, Founders: 1, NeedKind: "money"},
		} {
			c.key(c.s.Enter(ctx, by, tea, 0, g), want)
		}
		c.key(c.s.Enter(ctx, by, tea, 17, good), "errs.stale")
		for name, x := range map[string]struct {
			by   authz.Actor
			want errs.Kind
		}{
			"another county": {c.role("jia", "嘉鱼县", followup.Verbs...), errs.Absent},
			"a reader":       {c.role("reader", "咸安区", followup.Read), errs.Denied},
			"a founder":      {c.founder(), errs.Absent},
			"a stranger":     {authz.Actor{City: c.City}, errs.Absent},
		} {
			if err := c.s.Enter(ctx, x.by, tea, 0, good); errs.KindOf(err) != x.want {
				t.Errorf("%s enters: %v", name, err)
			}
			if err := c.s.Withdraw(ctx, x.by, tea, 1, "x"); errs.KindOf(err) != x.want {
				t.Errorf("%s withdraws: %v", name, err)
			}
			if _, err := c.s.Send(ctx, x.by, followup.Sending{Loans: []contract.ID{tea}, Unit: c.bank.ID, Due: day.Must("2026-04-01")}); errs.KeyOf(err) != "loanvisit.no_form" && errs.KindOf(err) != x.want {
				t.Errorf("%s sends: %v", name, err)
			}
		}
		sheet := func(by authz.Actor) string {
			rows, err := c.s.Sheet(ctx, by, followup.Filter{View: "all"})
			if err != nil {
				return errs.KindOf(err).String()
			}
			return strconv.Itoa(len(rows))
		}
		whole, err := c.s.Sheet(ctx, c.role("clerk", "咸安区", followup.Verbs...), followup.Filter{View: "all"})
		must(t, err)
		if len(whole) == 0 || whole[0].Number == "" || sheet(c.role("jia", "嘉鱼县", followup.Verbs...)) == strconv.Itoa(len(whole)) || sheet(c.role("reader", "咸安区", followup.Read)) != errs.Denied.String() {
			t.Errorf("%d rows are taken away, elsewhere %s, by a reader %s", len(whole), sheet(c.role("jia", "嘉鱼县", followup.Verbs...)), sheet(c.role("reader", "咸安区", followup.Read)))
		}
		must(t, c.s.Enter(ctx, c.role("officer", "bank", followup.Read, followup.Enter), tea, 0, good)) // the bank's own
	})
}

const visitForm = `
| survey |
|  | type | name | label | required |
|  | select_one_from_file loan_visits.csv | loan | 贷款 | yes |
|  | date | visited | 哪天 | yes |
|  | text | state | 情况 | yes |
|  | integer | founders | 创业者 | |
|  | integer | staff | 员工 | |
|  | integer | contracted | 合同 | |
| entities |
|  | list_name | entity_id |
|  | loan_visits | ${loan} |
| settings |
|  | form_title | form_id |
|  | 走访 | loan-visit |
`

// A loan that is due goes to the phones of a named unit, and comes back as a snapshot; what cannot be read waits for a desk.
func TestOnPhones(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, tea, late := t.Context(), c.loans["tea"], c.loans["late"]
		by := c.role("clerk", "咸安区", followup.Verbs...)
		x := followup.Sending{Loans: []contract.ID{tea, late}, Unit: c.Nodes["咸安区甲镇"].ID, Due: day.Must("2026-03-20")}
		_, err := c.s.Send(ctx, by, x)
		c.key(err, "loanvisit.no_form")
		f := c.publish()
		n, err := c.s.Send(ctx, by, x)
		must(t, err)
		if n != 2 || c.list(by, "out") != "late tea " || c.list(by, "due") != "far " || c.look("late").Unit != x.Unit {
			t.Errorf("%d sent, out are %s", n, c.list(by, "out"))
		}
		_, err = c.s.Send(ctx, by, x)
		c.key(err, "loanvisit.all_out")
		if got := c.list(c.role("jia", "咸安区甲镇", followup.Read), "out"); got != "late tea " { // a loan of the county that was given to the town
			t.Errorf("the town has %s", got)
		}
		must(t, c.s.TakeIn(ctx, c.City)) // nothing has come
		c.answer(f, c.look("tea").Visits[0].ID, `"visited":"2026-03-01","state":"trading","founders":"1","staff":"4","contracted":"4"`)
		c.answer(f, c.look("late").Visits[0].ID, `"visited":"2026-03-01","state":"trading","staff":"4"`)
		must(t, c.s.TakeIn(ctx, c.City))
		must(t, c.s.TakeIn(ctx, c.City)) // once is enough
		if v := c.look("tea"); len(v.Snapshots) != 1 || v.Snapshots[0].Jobs() != 5 || v.Snapshots[0].Source != followup.ByVisit || !v.Out.IsZero() {
			t.Errorf("came: %+v", v)
		}
		v := c.look("late")
		if len(v.Snapshots) != 0 || v.Visits[0].Fault != "founders" || v.Out.IsZero() {
			t.Errorf("what cannot be read: %+v", v.Visits)
		}
		if _, err := c.s.Answered(ctx, by, late, v.Visits[0].Answer); err != nil {
			t.Error(err)
		}
		if _, err := c.s.Answered(ctx, by, tea, v.Visits[0].Answer); errs.KindOf(err) != errs.Absent {
			t.Errorf("the answer of another: %v", err)
		}
		must(t, c.s.Enter(ctx, by, late, 0, followup.Given{On: day.Must("2026-03-01"), State: followup.Trading, Founders: 1, Staff: 4}))
		if got := c.list(by, "out"); got != "" {
			t.Errorf("still out: %s", got)
		}
	})
}

func (c *town) publish() form.Version {
	c.t.Helper()
	path := c.t.TempDir() + "/form.md"
	must(c.t, os.WriteFile(path, []byte(visitForm), 0o600))
	v, faults, err := c.s.Forms.Upload(c.t.Context(), c.System(), c.Nodes["咸宁市"].ID, path, "form.md")
	must(c.t, err)
	if survey.Failed(faults) {
		c.t.Fatal(faults)
	}
	must(c.t, c.s.Forms.Release(c.t.Context(), c.System(), v.Form, v.Seq, v.MadeAt))
	return v
}

func (c *town) answer(f form.Version, of followup.VisitID, rest string) {
	c.t.Helper()
	_, err := c.s.Forms.Copy(c.t.Context(), c.System(), form.Given{Form: f.Form, Org: c.Nodes["咸安区甲镇"].ID, Version: f.Seq, Answers: json.RawMessage(fmt.Sprintf(`{"loan":"%s",%s}`, of, rest)), From: &form.Away{
		Client: id.New[form.Answer](c.now).String(), At: c.now.UnixMicro(), Rows: func(string) []record.Known { return []record.Known{{ID: of.String(), Label: "一户"}} },
	}})
	must(c.t, err)
}

// A founder tells of her own business once a month at most; it counts, and spares no visit.
func TestAFounderTells(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, tea := t.Context(), c.loans["tea"]
		mine, err := c.s.Mine(ctx, c.founder())
		must(t, err)
		if len(mine) != 1 || mine[0].Number != "tea" || !mine[0].Asked || mine[0].Name != "茶坊" {
			t.Fatalf("hers: %+v", mine)
		}
		g := followup.Given{State: followup.Trading, Founders: 1, Staff: 2, Contracted: 2}
		must(t, c.s.Check(ctx, c.founder(), tea, g))
		v := c.look("tea")
		if v.Snapshots[0].Source != followup.BySelf || v.Last.String() != "2026-03-02" || v.Due.String() != "2025-12-20" || v.Fates[0] != followup.Lives {
			t.Errorf("told: %+v", v)
		}
		c.key(c.s.Check(ctx, c.founder(), tea, g), "loanvisit.told_lately")
		if o, err := c.s.LookOwn(ctx, c.founder(), tea); err != nil || o.Asked || o.Latest.Jobs() != 3 {
			t.Errorf("%+v %v", o, err)
		}
		c.key(c.s.Check(ctx, c.founder(), c.loans["far"], g), "errs.absent")
		c.key(c.s.Check(ctx, authz.Actor{City: c.City, User: "another"}, tea, g), "errs.absent")
		c.key(c.s.Check(ctx, authz.Actor{City: c.City}, tea, g), "errs.absent")
		if all, err := c.s.Mine(ctx, authz.Actor{City: c.City, User: "another"}); err != nil || len(all) != 0 {
			t.Errorf("another's: %+v %v", all, err)
		}
		must(t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) error {
			lines, err := c.s.OfVenture(q, c.founder(), venture.Venture{ID: c.shop}, nil, true)
			if len(lines) != 1 || lines[0].Key != "loanvisit.history.trading" {
				t.Errorf("history: %+v", lines)
			}
			hers, err2 := (&contract.Service{Zone: zone}).OfVenture(q, c.founder(), venture.Venture{ID: c.shop}, nil, true)
			for who, n := range map[string]int{"咸安区甲镇": 1, "嘉鱼县": 0} {
				got, err := (&contract.Service{Zone: zone}).OfVenture(q, c.role("r", who, contract.Read), venture.Venture{ID: c.shop}, nil, false)
				if err != nil || len(got) != n {
					t.Errorf("%s reads of loans: %+v %v", who, got, err)
				}
			}
			if len(hers) != 1 || hers[0].Key != "lending.history.from" {
				t.Errorf("her loans: %+v %v", hers, err2)
			}
			return err
		}))
	})
}

// Each way of knowing, and of not knowing, whether a business lives after a year.
func TestFates(t *testing.T) {
	t.Parallel()
	first, on := day.Must("2024-01-31"), day.Must("2026-01-01")
	at := func(d string, state followup.State, since string) followup.Snapshot {
		x := followup.Snapshot{Given: followup.Given{On: day.Must(d), State: state}}
		if since != "" {
			x.Since = day.Must(since)
		}
		return x
	}
	withdrawn := at("2025-03-01", followup.Trading, "")
	withdrawn.Withdrawn = 1
	for name, c := range map[string]struct {
		told []followup.Snapshot
		want followup.Fate
	}{
		"nothing":                          {nil, followup.Unknown},
		"on the mark":                      {[]followup.Snapshot{at("2025-01-31", followup.Trading, "")}, followup.Lives},
		"a day before":                     {[]followup.Snapshot{at("2025-01-30", followup.Trading, "")}, followup.Unknown},
		"later":                            {[]followup.Snapshot{at("2025-12-31", followup.Paused, "")}, followup.Lives},
		"moved":                            {[]followup.Snapshot{at("2025-12-31", followup.Moved, "2024-05-01")}, followup.Lives},
		"closed before":                    {[]followup.Snapshot{at("2025-12-31", followup.Closed, "2025-01-30")}, followup.Gone},
		"closed on the mark":               {[]followup.Snapshot{at("2025-12-31", followup.Closed, "2025-01-31")}, followup.Lives},
		"known closed before":              {[]followup.Snapshot{at("2024-09-01", followup.Closed, "2024-08-01")}, followup.Gone},
		"closed and begun anew":            {[]followup.Snapshot{at("2024-09-01", followup.Closed, "2024-08-01"), at("2025-02-01", followup.Trading, "")}, followup.Lives},
		"begun anew before, then nothing":  {[]followup.Snapshot{at("2024-09-01", followup.Closed, "2024-08-01"), at("2024-12-01", followup.Trading, "")}, followup.Unknown},
		"nobody met":                       {[]followup.Snapshot{at("2025-02-01", followup.Unmet, "")}, followup.Unknown},
		"withdrawn":                        {[]followup.Snapshot{withdrawn}, followup.Unknown},
		"told after the day of the figure": {[]followup.Snapshot{at("2026-01-02", followup.Trading, "")}, followup.Unknown},
		"alive, closed much later":         {[]followup.Snapshot{at("2025-02-01", followup.Trading, ""), at("2025-11-01", followup.Closed, "2025-10-01")}, followup.Lives},
	} {
		if got := followup.FateAt(first, 12, c.told, on); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got := followup.FateAt(first, 24, nil, on); got != followup.NotYet {
		t.Errorf("a mark ahead: %v", got)
	}
}

// Each unit whose visits fall due is reminded once a week, whoever enters visits there; nobody is of what is far off.
func TestUnitsAreReminded(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.s.Holders = func(_ sqldb.Q, verb authz.Verb, desk org.ID) ([]account.ID, error) {
			if verb != followup.Enter {
				t.Errorf("asked for %s", verb.Key)
			}
			return []account.ID{account.ID(desk)}, nil
		}
		due := func(days int) (units []string, once string) {
			must(t, c.DB.Read(t.Context(), c.City, func(q *sqldb.Rx) error {
				now := q.Now()
				all, err := c.s.Due(q, now.UnixMicro(), now.AddDate(0, 0, days).UnixMicro())
				for _, d := range all {
					if len(d.Accounts) != 1 || d.Until <= now.UnixMicro() || d.Until > now.AddDate(0, 0, 7).UnixMicro() {
						t.Errorf("%+v", d)
					}
					units, once = append(units, d.Accounts[0]), d.Once
				}
				return err
			}))
			return units, once
		}
		soon, monday := due(7)
		if len(soon) == 0 || slices.Contains(soon, c.Nodes["嘉鱼县"].ID.String()) {
			t.Errorf("%v are reminded", soon)
		}
		if far, _ := due(400); !slices.Contains(far, c.Nodes["嘉鱼县"].ID.String()) {
			t.Errorf("%v are to go within a year", far)
		}
		c.now = c.now.AddDate(0, 0, 3)
		if _, same := due(7); same != monday {
			t.Errorf("%s and %s in one week", same, monday)
		}
		c.now = c.now.AddDate(0, 0, 7)
		if _, next := due(7); next == monday {
			t.Error("the same week for ever")
		}
	})
}
