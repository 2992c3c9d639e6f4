package product_test

import (
	"maps"
	"testing"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/product"
)

// open puts a bank's product on offer, and takes in the rules that come with the program; those of until end that day.
func (c *town) open(until string) {
	c.t.Helper()
	ctx, by := c.t.Context(), c.System()
	c.criteria()
	must(c.t, c.review(c.banks[0], product.Entry, "2026-11-26", "2028-11-25", true))
	which := c.draw(by, given(c.banks[0]))
	must(c.t, c.publish(which))
	rules := &rulebook.Service{DB: c.DB, Products: []rulebook.Product{{Key: policy.Product, Facts: policy.Facts}}}
	book, quotes, err := policy.Shipped()
	must(c.t, err)
	if until != "" { // the city's new rules are those of the guide, under their own name
		v, err := book.Find(policy.Product, "HB-QCD-2023/24")
		must(c.t, err)
		mine := *v
		mine.Key, mine.Area, mine.From, mine.Until = "XN-2026", "4212", day.Must("2026-01-01"), day.Must(until)
		kept := rulebook.Book{mine}
		for _, v := range book {
			if v.Key != "HB-2025" {
				kept = append(kept, v)
			}
		}
		book = kept
	}
	must(c.t, rules.TakeIn(ctx, by, book, quotes))
}

func (c *town) check(facts condition.Facts) product.Checked {
	c.t.Helper()
	got, err := c.s.Check(c.t.Context(), c.City, product.Asked{County: c.Nodes["咸安区"].ID, Facts: facts})
	must(c.t, err)
	return got
}

var asked = condition.Facts{
	"kind": "individual", "age": 28, "group": "05", "local": true, "industry": "C1530", "amount": 20_000_000, "months": 36,
	"open_loans": 0, "earlier_loans": 0, "overdue_before": false, "good_credit": true, "dishonest": false,
}

// What stands in the way is changed, exactly that, and then she qualifies.
func TestWhatWouldHaveToChangeIsEnough(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.open("2099-12-31")
		got := c.check(asked)
		if got.Policy.None != nil || got.Policy.Version != "XN-2026" || got.Policy.Result.Answer() != rulebook.Yes || len(got.Offers) != 1 || got.Answer(got.Offers[0]) != rulebook.Yes || got.LPR.Rate != 30_000 {
			t.Fatalf("%+v", got)
		}
		for name, bad := range map[string]condition.Facts{
			"age": {"age": 46}, "amount": {"amount": 30_000_001}, "months": {"months": 37}, "group": {"group": "00"}, "place": {"local": false}, "loans": {"open_loans": 2}, "many": {"age": 50, "months": 48, "group": "00"},
			"partners": {"kind": "partnership", "partners": 2, "amount": 70_000_000}, "bank's least": {"amount": 99}, "bank's shortest": {"months": 1},
		} {
			facts := maps.Clone(asked)
			maps.Copy(facts, bad)
			got := c.check(facts)
			if a := got.Answer(got.Offers[0]); a != rulebook.No {
				t.Errorf("%s: %s", name, a)
			}
			for _, r := range append(got.Policy.Result.Rules, got.Offers[0].Own.Rules...) {
				if r.Holds || r.Condition.Prefers {
					continue
				}
				if len(r.Changes) == 0 || len(r.Used) == 0 || r.Version == "" {
					t.Errorf("%s: %+v", name, r)
				}
				for _, x := range r.Changes {
					if old, done := facts[x.Fact].(int); !done || x.Op != "<=" || old > x.To.(int) { // of two limits the lower one counts
						facts[x.Fact] = x.To
					}
				}
			}
			got = c.check(facts)
			if a := got.Answer(got.Offers[0]); a != rulebook.Yes {
				t.Errorf("%s, changed to %v: %s %+v", name, facts, a, got.Policy.Result)
			}
		}
		got = c.check(condition.Facts{"kind": "individual"})
		if a := got.Answer(got.Offers[0]); a != rulebook.Untold {
			t.Error(a)
		}
		doubt := maps.Clone(asked)
		doubt["industry"] = "K7010"
		if got := c.check(doubt); got.Answer(got.Offers[0]) != rulebook.Doubt {
			t.Errorf("%+v", got.Policy.Result)
		}
	})
}

// A version whose text nobody has answers "not filled"; what was in force before is told as that, and lets nobody in.
func TestAPolicyWithoutTextIsNotFilled(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.open("")
		got := c.check(asked)
		if errs.KeyOf(got.Policy.None) != "rulebook.not_filled" || got.Last == nil || got.Last.Version != "HB-QCD-2023/24" || got.Last.Result.Answer() != rulebook.Yes || got.Answer(got.Offers[0]) != rulebook.Doubt {
			t.Errorf("%+v", got)
		}
		facts := maps.Clone(asked)
		facts["kind"] = "firm"
		if got := c.check(facts); got.Answer(got.Offers[0]) != rulebook.No {
			t.Errorf("%+v", got.Offers[0].Own)
		}
		v, err := c.s.LookSurvey(t.Context(), c.City)
		must(t, err)
		if len(v.Counties) < 2 || len(v.Industries) == 0 || len(v.Closed) != 5 || len(v.Offers) != 1 {
			t.Errorf("%+v", v)
		}
	})
}

// A policy that has run out is not asked any more, and a product goes with its bank.
func TestPoliciesExpire(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.open("2026-11-25")
		got := c.check(asked) // the nation's is in force still
		if got.Policy.None != nil || got.Policy.Version != "N-2023" || got.Last != nil {
			t.Errorf("%+v", got.Policy)
		}
		must(t, c.review(c.banks[0], product.Exit, "2026-11-26", "", false))
		if got := c.check(asked); len(got.Offers) != 0 {
			t.Errorf("%+v", got.Offers)
		}
		twin, err := c.s.Check(t.Context(), c.twin.City, product.Asked{Facts: asked})
		if err != nil || errs.KeyOf(twin.Policy.None) != "rulebook.none" || len(twin.Offers) != 0 {
			t.Errorf("%+v %v", twin, err)
		}
	})
}
