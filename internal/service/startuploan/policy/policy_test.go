package policy

import (
	"maps"
	"slices"
	"testing"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/schedule"
)

func book(t *testing.T) (rulebook.Book, rulebook.Quotes) {
	t.Helper()
	b, q, err := Shipped()
	if err != nil {
		t.Fatal(err, errs.ProblemsOf(err))
	}
	return b, q
}

func named(t *testing.T, key, on string) *rulebook.Terms {
	t.Helper()
	b, _ := book(t)
	terms, err := b.Named(Product, key, day.Must(on))
	if err != nil {
		t.Fatal(err)
	}
	return terms
}

// TestEveryVersionReads takes each version that comes with the program through every reading that its fields allow.
func TestEveryVersionReads(t *testing.T) {
	t.Parallel()
	b, q := book(t)
	for _, v := range b {
		terms, err := b.Named(Product, v.Key, v.From)
		if v.Key == "HB-2025" {
			if errs.KeyOf(err) != "rulebook.not_filled" {
				t.Error(v.Key, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(v.Key, err)
		}
		for _, kind := range []Kind{Individual, Firm} {
			who := Borrower{Kind: kind}
			limit, err := Limit(terms, who)
			if err != nil || limit < 100_000*money.Yuan || limit > 5_000_000*money.Yuan {
				t.Error(v.Key, kind, limit, err)
			}
			rule, err := Rule(terms, who, 36_500)
			switch {
			case kind == Firm && slices.Contains([]string{"N-2016", "N-2018", "N-2020"}, v.Key): // on its first day N-2020 still went by the old way
				if errs.KeyOf(err) != "loanpolicy.benchmark" {
					t.Error(v.Key, err)
				}
			case err != nil || rule.Slices[len(rule.Slices)-1].UpTo != limit || rule.Split() != (v.Key == "HB-QCD-2023/24"):
				t.Errorf("%s %s: %+v %v", v.Key, kind, rule, err)
			}
		}
	}
	for _, at := range []string{"2020-04-20", "2023-01-15", "2026-11-26"} {
		if _, err := q.At(LPR, day.Must(at)); err != nil {
			t.Error(err)
		}
	}
}

func TestRegimes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		key, on string
		kind    Kind
		regime  schedule.Regime
	}{
		{"N-2016", "2017-01-01", Individual, schedule.ByYear},
		{"N-2020", "2020-12-31", Individual, schedule.ByYear},
		{"N-2020", "2021-01-01", Individual, schedule.AboveLine},
		{"HB-2020", "2022-01-01", Firm, schedule.AboveLine},
		{"N-2023", "2023-10-01", Firm, schedule.ShareOfRate},
		{"HB-QCD-2023/24", "2024-01-01", Individual, schedule.ShareOfRate},
	} {
		r, err := Rule(named(t, c.key, c.on), Borrower{Kind: c.kind}, 38_500)
		if err != nil || r.Regime != c.regime || c.regime == schedule.AboveLine && r.Line != 23_500 {
			t.Errorf("%s on %s: %+v %v", c.key, c.on, r, err)
		}
	}
}

func TestPartnersHaveATenthMore(t *testing.T) {
	t.Parallel()
	got, err := Limit(named(t, "HB-QCD-2023/24", "2024-01-01"), Borrower{Kind: Partnership, Partners: 3})
	if err != nil || got != 990_000*money.Yuan {
		t.Error(got, err)
	}
}

func TestHiresAreRoundedUp(t *testing.T) {
	t.Parallel()
	judging, err := named(t, "HB-QCD-2023/24", "2024-01-01").Judging(Facts)
	if err != nil {
		t.Fatal(err)
	}
	for staff, want := range map[int]int{1: 1, 10: 1, 11: 2, 18: 2, 100: 10, 101: 6, 120: 6} {
		for hires := range want + 2 {
			for _, r := range judging.Judge(condition.Facts{"kind": string(Firm), "staff": staff, "new_hires": hires}).Rules {
				if r.Key == "hires" && r.Holds != (hires >= want) {
					t.Errorf("%d staff, %d hired: %v, want %d", staff, hires, r.Holds, want)
				}
			}
		}
	}
}

func TestCaps(t *testing.T) {
	t.Parallel()
	terms := named(t, "HB-QCD-2023/24", "2025-06-01")
	who := Borrower{Kind: Individual}
	if err := CheckRate(terms, who, 45_000, 30_000); err != nil {
		t.Error(err)
	}
	if err := CheckRate(terms, who, 45_001, 30_000); errs.KeyOf(err) != "loanpolicy.rate" {
		t.Error(err)
	}
	who.Poor = true
	if err := CheckRate(terms, who, 55_000, 30_000); err != nil {
		t.Error(err)
	}
	from := day.Must("2025-06-01")
	if err := CheckTerm(terms, who, from, from.AddMonths(36)); err != nil {
		t.Error(err)
	}
	if err := CheckTerm(terms, who, from, from.AddMonths(36).AddDays(1)); errs.KeyOf(err) != "loanpolicy.term" {
		t.Error(err)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, words := range []string{"share", "share 3/2", "share -1", "share x", "above 150", "years 1 2/0", "gift 1"} {
		b := rulebook.Book{{Key: "X", Product: Product, From: 1, Fields: []rulebook.Field{
			{Name: "person_subsidy", Value: words, Status: rulebook.Stated}, {Name: "person_limit", Value: "1万元", Status: rulebook.Stated},
		}}}
		terms, err := b.Named(Product, "X", 1)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := Rule(terms, Borrower{Kind: Individual}, 0); errs.KeyOf(err) != "rulebook.value" {
			t.Errorf("%s: %+v %v", words, r, err)
		}
	}
}

// TestShippedConditions asks the conditions that come with each version about the cases that come with it, the nation's where a
// province is silent.
func TestShippedConditions(t *testing.T) {
	t.Parallel()
	b, _ := book(t)
	for _, v := range b {
		if len(v.Conditions) == 0 {
			continue
		}
		judging, err := named(t, v.Key, v.From.String()).Judging(Facts)
		if err != nil {
			t.Fatal(v.Key, errs.ProblemsOf(err))
		}
		yes := 0
		for _, c := range v.Cases {
			j := judging.Judge(c.Facts)
			if j.Eligible != c.Eligible {
				t.Errorf("%s %s: %+v", v.Key, c.Name, j)
			}
			if c.Eligible {
				yes++
				continue
			}
			flip(t, v.Key+" "+c.Name, judging, c.Facts)
		}
		if yes == 0 || yes == len(v.Cases) {
			t.Errorf("%s: %d of %d cases are eligible", v.Key, yes, len(v.Cases))
		}
	}
}

// flip changes exactly what is said to stand in the way, and expects that nothing does any more.
func flip(t *testing.T, name string, judging *rulebook.Judging, facts condition.Facts) {
	t.Helper()
	changed := maps.Clone(facts)
	for _, r := range judging.Judge(facts).Rules {
		if r.Holds || r.Condition.Prefers {
			continue
		}
		if len(r.Changes) == 0 {
			t.Errorf("%s: %s does not say what would have to change", name, r.Key)
		}
		for _, c := range r.Changes {
			changed[c.Fact] = c.To
		}
	}
	if j := judging.Judge(changed); !j.Eligible {
		t.Errorf("%s, changed to %v: %+v", name, changed, j)
	}
}

// What surely fails says no, what rests on hearsay asks for a look into the papers, and what nobody told is asked for.
func TestAnswersByHowFarARuleIsTrusted(t *testing.T) {
	t.Parallel()
	judging, err := named(t, "HB-QCD-2023/24", "2024-01-01").Judging(Facts)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := book(t)
	v, err := b.Find(Product, "HB-QCD-2023/24")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		fact  string
		value any
		want  rulebook.Answer
	}{
		{"age", 45, rulebook.Yes}, {"age", 46, rulebook.No}, {"earlier_loans", 3, rulebook.Doubt}, {"industry", "K7010", rulebook.Doubt}, {"good_credit", nil, rulebook.Untold}, {"prize", true, rulebook.Yes},
	} {
		facts := maps.Clone(v.Cases[0].Facts)
		if facts[c.fact] = c.value; c.value == nil {
			delete(facts, c.fact)
		}
		j := judging.Judge(facts)
		if got := j.Answer(); got != c.want {
			t.Errorf("%s %v: %s, want %s", c.fact, c.value, got, c.want)
		}
	}
	facts := condition.Facts{"age": 60, "kind": "individual"}
	if j := judging.Judge(facts); j.Answer() != rulebook.No || !slices.Contains(j.Lacks(), "amount") || slices.Contains(j.Lacks(), "new_hires") {
		t.Errorf("%+v", j)
	}
	if len(Facts) != len(FactOrder) || slices.ContainsFunc(FactOrder, func(f string) bool { return Facts[f] == "" }) {
		t.Error("facts and their order differ")
	}
}
