package coverage

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
)

var all = map[Kind]bool{Workplace: true, School: true, Village: true}

func TestDueByMembers(t *testing.T) {
	t.Parallel()
	rule := DefaultRules()[0]
	for members, want := range map[int]Class{0: None, 2: None, 3: Branch, 29: Branch, 30: GeneralBranch, 99: GeneralBranch, 100: Committee, 5000: Committee} {
		if got := rule.Due(members); got != want {
			t.Errorf("%d members should have %s, got %s", members, want.Key(), got.Key())
		}
	}
}

func TestTheRuleOfTheDay(t *testing.T) {
	t.Parallel()
	old := Rule{From: day.Must("2003-07-01"), Until: day.Must("2020-01-01"), Branch: 3, General: 30, Large: 100, Source: "old"}
	now := Rule{From: day.Must("2020-01-01"), Branch: 3, General: 50, Large: 100, Source: "now"}
	trial := Rule{From: day.Must("2026-01-01"), Until: day.Must("2026-07-01"), Branch: 5, General: 50, Large: 100, Source: "trial"}
	rules := []Rule{trial, old, now}
	for on, want := range map[string]string{
		"2003-07-01": "old", "2019-12-31": "old", "2020-01-01": "now", "2026-01-01": "trial", "2026-06-30": "trial", "2026-07-01": "now",
	} {
		if r, err := RuleOn(rules, day.Must(on)); err != nil || r.Source != want {
			t.Errorf("%s: %s, %v; want %s", on, r.Source, err, want)
		}
	}
	if _, err := RuleOn(rules, day.Must("2003-06-30")); errs.KeyOf(err) != "coverage.rule.none" {
		t.Errorf("before all rules: %v", err)
	}
	if _, err := RuleOn([]Rule{{Branch: 3, General: 2, Large: 100}}, day.Must("2026-01-01")); errs.KeyOf(err) != "coverage.rule.order" {
		t.Errorf("thresholds out of order: %v", err)
	}
	if r, err := RuleOn(DefaultRules(), day.Must("2026-03-31")); err != nil || r.Source == "" {
		t.Errorf("the default rule: %v", err)
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	r := Judge([]Unit{
		{"w1", Workplace, 12, None},
		{"w2", Workplace, 2, None},
		{"w3", Workplace, 40, Branch},
		{"w4", Workplace, 40, Committee},
		{"s1", School, 300, Committee},
		{"s2", School, 45, None},
		{"v1", Village, 9, None},
	}, DefaultRules()[0], map[Kind]bool{Workplace: true, School: true})

	var got []string
	for _, f := range r.Findings {
		got = append(got, f.ID+" "+f.Key+" "+f.Due.Key())
	}
	want := []string{
		"s2 coverage.blind coverage.class.general",
		"w1 coverage.blind coverage.class.branch",
		"w3 coverage.raise coverage.class.general",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	shares := []Share{
		{Kind: Workplace, Due: 3, Built: 2, Small: 1, Below: 1},
		{Kind: School, Due: 2, Built: 1},
		{Kind: Village, Missing: "coverage.missing.village"},
	}
	if !slices.Equal(r.Shares, shares) {
		t.Errorf("%+v, want %+v", r.Shares, shares)
	}
	if m, known := r.Shares[0].Millionths(); m != 666_667 || !known {
		t.Errorf("two of three are %d, %v", m, known)
	}
	if _, known := r.Shares[2].Millionths(); known {
		t.Error("a kind without its source has a share")
	}
	if _, known := (Share{Kind: School, Below: 4}).Millionths(); known {
		t.Error("no unit is due, and yet there is a share")
	}
}

func TestEveryDueUnitIsBuiltOrFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		units := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Unit {
			return Unit{
				ID: rapid.StringMatching(`[a-z]{3}`).Draw(t, "id"), Kind: rapid.SampledFrom(Kinds()).Draw(t, "kind"),
				Members: rapid.IntRange(0, 200).Draw(t, "members"), Has: Class(rapid.IntRange(0, 3).Draw(t, "has")),
			}
		})).Draw(t, "units")
		r := Judge(units, DefaultRules()[0], all)
		due, built, small, below := 0, 0, 0, 0
		for _, s := range r.Shares {
			due, built, small, below = due+s.Due, built+s.Built, small+s.Small, below+s.Below
			if m, known := s.Millionths(); known && (m < 0 || m > 1_000_000) {
				t.Fatalf("a share of %d", m)
			}
		}
		if due+below != len(units) || len(r.Findings) != due-built+small {
			t.Fatalf("%d units, %d due, %d built, %d small, %d below, %d findings", len(units), due, built, small, below, len(r.Findings))
		}
		shuffled := slices.Clone(units)
		slices.Reverse(shuffled)
		again := Judge(shuffled, DefaultRules()[0], all)
		if !slices.Equal(again.Shares, r.Shares) {
			t.Fatal("the order of units changes shares")
		}
	})
}

func TestEveryKeyHasItsText(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.Load(Messages)
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"coverage.blind", "coverage.raise", "coverage.rule.none", "coverage.rule.order"}
	for c := None; c <= Committee; c++ {
		keys = append(keys, c.Key())
	}
	for _, k := range Kinds() {
		keys = append(keys, "coverage.missing."+string(k))
	}
	for _, k := range keys {
		if !slices.Contains(catalog.Keys(), k) {
			t.Errorf("%s has no text", k)
		}
	}
}
