package condition

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
	"zhidian/internal/platform/errs"
)

var (
	kinds   = map[string]Kind{"age": Int, "kind": Text, "amount": Int, "staff": Int, "new_hires": Int, "open_loans": Int, "arrears": Bool, "local": Bool, "industry": Text}
	numbers = map[string]Number{"age_to": {45, "H-1"}, "limit": {30_000_000, "H-1"}, "hire_share": {100_000, "N-2"}, "hire_share_large": {50_000, "N-2"}, "large": {100, "N-2"}, "loans_most": {3, "H-1"}}
	written = []Rule{
		{"age", "申请人不超过规定年龄", "age <= age_to"},
		{"who", "个人或小微企业", `kind in ["individual", "firm"]`},
		{"amount", "金额不超过额度", "limit >= amount"},
		{"hires", "小微企业上一年新招用人数达到比例", `kind != "firm" or new_hires >= share_up(staff, staff > large ? hire_share_large : hire_share)`},
		{"loans", "没有其他未结清贷款，享受贴息不超过规定次数", "open_loans == 0 and not (loans_most < 1)"},
		{"honest", "没有欠薪，在本地经营", "not arrears and local"},
		{"trade", "不属于限制行业", `industry != "娱乐业"`},
	}
	good = Facts{"age": 30, "kind": "firm", "amount": 20_000_000, "staff": 18, "new_hires": 2, "open_loans": 0, "arrears": false, "local": true, "industry": "零售业"}
)

func compile(t testing.TB, rules []Rule) *Set {
	t.Helper()
	s, err := Compile(rules, kinds, numbers)
	if err != nil {
		t.Fatal(errs.ProblemsOf(err))
	}
	return s
}

func TestEveryRuleSaysWhatItLookedAt(t *testing.T) {
	t.Parallel()
	r := compile(t, written).Judge(good)
	if !r.Eligible || len(r.Rules) != len(written) {
		t.Fatalf("%+v", r)
	}
	if used := r.Rules[0].Used; !slices.Equal(used, []Used{{Name: "age", Value: 30}, {"age_to", 45, "H-1"}}) {
		t.Errorf("%+v", used)
	}
	if used := r.Rules[3].Used; len(used) != 6 || used[4].Version != "N-2" {
		t.Errorf("%+v", used)
	}
}

// TestWhatWouldHaveToChange breaks each rule, changes exactly what is told, and expects the case to be eligible.
func TestWhatWouldHaveToChange(t *testing.T) {
	t.Parallel()
	s := compile(t, written)
	for name, bad := range map[string]Facts{
		"age":    {"age": 46},
		"who":    {"kind": "club"},
		"amount": {"amount": 30_000_001},
		"hires":  {"new_hires": 1},
		"loans":  {"open_loans": 2},
		"honest": {"arrears": true, "local": false},
	} {
		facts := maps.Clone(good)
		maps.Copy(facts, bad)
		r := s.Judge(facts)
		failed := 0
		for _, v := range r.Rules {
			if v.Holds {
				continue
			}
			failed++
			if v.Key != name || len(v.Changes) == 0 {
				t.Errorf("%s: %+v", name, v)
			}
			for _, c := range v.Changes {
				facts[c.Fact] = c.To
			}
		}
		if failed != 1 || r.Eligible || !s.Judge(facts).Eligible {
			t.Errorf("%s: %d failed; changed to %v: %+v", name, failed, facts, s.Judge(facts))
		}
	}
	facts := maps.Clone(good)
	facts["industry"] = "娱乐业" // any other would do, and none is named
	if v := s.Judge(facts).Rules[6]; v.Holds || v.Changes != nil {
		t.Errorf("%+v", v)
	}
}

func TestChangesAreTriedOut(t *testing.T) {
	t.Parallel()
	s := compile(t, written)
	rapid.Check(t, func(t *rapid.T) {
		facts := Facts{
			"age": rapid.IntRange(16, 70).Draw(t, "age"), "kind": rapid.SampledFrom([]string{"individual", "firm", "x"}).Draw(t, "kind"),
			"amount": rapid.IntRange(0, 60_000_000).Draw(t, "amount"), "staff": rapid.IntRange(0, 300).Draw(t, "staff"),
			"new_hires": rapid.IntRange(0, 20).Draw(t, "hires"), "open_loans": rapid.IntRange(0, 2).Draw(t, "loans"),
			"arrears": rapid.Bool().Draw(t, "arrears"), "local": rapid.Bool().Draw(t, "local"), "industry": "零售业",
		}
		for i, v := range s.Judge(facts).Rules {
			if v.Holds {
				continue
			}
			changed := maps.Clone(facts)
			for _, c := range v.Changes {
				changed[c.Fact] = c.To
			}
			if len(v.Changes) == 0 || !s.Judge(changed).Rules[i].Holds {
				t.Fatalf("%+v with %v", v, facts)
			}
		}
	})
}

func TestAFactThatIsNotToldLetsItsRulesFail(t *testing.T) {
	t.Parallel()
	facts := maps.Clone(good)
	delete(facts, "age")
	facts["amount"] = "much"
	r := compile(t, written).Judge(facts)
	if r.Eligible || !slices.Equal(r.Rules[0].Missing, []string{"age"}) || !slices.Equal(r.Rules[2].Missing, []string{"amount"}) || !r.Rules[1].Holds {
		t.Errorf("%+v", r)
	}
}

func TestRulesThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"", "age <", "age + 1", "weight < 3", `age < "x"`, "len(kind) > 3", "filter([1], true)", "age.x", "let a = 1; a < 2 ? 3 : 4", "env()",
	} {
		_, err := Compile([]Rule{{"x", "试", bad}}, kinds, numbers)
		if p := errs.ProblemsOf(err); len(p) != 1 || p[0].Key != "condition.unreadable" {
			t.Errorf("%q: %v", bad, err)
		}
	}
	_, err := Compile([]Rule{{"x", "", "true"}, {"", "试", "true"}, {"y", "试", "true"}, {"y", "试", "true"}}, kinds, numbers)
	if len(errs.ProblemsOf(err)) != 3 {
		t.Error(errs.ProblemsOf(err))
	}
}

func FuzzRule(f *testing.F) {
	for _, r := range written {
		f.Add(r.Expr)
	}
	f.Add("1..100000000 == 1")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Compile([]Rule{{"x", "试", text}}, kinds, numbers)
		if err != nil {
			return
		}
		for _, v := range s.Judge(good).Rules {
			if !v.Holds && len(v.Changes) > 0 {
				changed := maps.Clone(good)
				for _, c := range v.Changes {
					changed[c.Fact] = c.To
				}
				if !s.Judge(changed).Eligible {
					t.Fatalf("%q: %+v", text, v)
				}
			}
		}
	})
}

// What is asked of firms alone holds for persons, whatever else is not told; and only what the answer rests on is named.
func TestWhatDoesNotMatterNeedNotBeTold(t *testing.T) {
	t.Parallel()
	s := compile(t, []Rule{
		{"hires", "招用", `kind != "firm" or new_hires >= share_up(staff, hire_share)`},
		{"limit", "额度", `kind == "firm" ? amount <= limit : amount <= age_to`},
		{"both", "都要", "age <= age_to and local"},
		{"either", "一样就行", "age > age_to or local"},
	})
	for _, c := range []struct {
		facts   Facts
		holds   [4]bool
		missing [4][]string
	}{
		{Facts{"kind": "individual", "amount": 45}, [4]bool{true, true}, [4][]string{nil, nil, {"age", "local"}, {"age", "local"}}},
		{Facts{"kind": "firm", "amount": 46}, [4]bool{false, true}, [4][]string{{"new_hires", "staff"}, nil, {"age", "local"}, {"age", "local"}}},
		{Facts{"age": 46, "new_hires": 3}, [4]bool{false, false, false, true}, [4][]string{{"kind"}, {"kind"}, nil, nil}},
		{Facts{"age": 40}, [4]bool{}, [4][]string{{"kind"}, {"kind"}, {"local"}, {"local"}}},
		{Facts{"local": true}, [4]bool{false, false, false, true}, [4][]string{{"kind"}, {"kind"}, {"age"}, nil}},
	} {
		r := s.Judge(c.facts)
		for i, v := range r.Rules {
			missing := slices.Sorted(slices.Values(v.Missing))
			if v.Holds != c.holds[i] || !slices.Equal(missing, c.missing[i]) && !(v.Key == "hires" && c.missing[i] != nil && slices.Contains(missing, c.missing[i][0])) {
				t.Errorf("%v %s: %+v", c.facts, v.Key, v)
			}
		}
	}
	if used := s.Judge(Facts{"kind": "firm", "amount": 46}).Rules[1].Used; len(used) != 3 || used[1].Name != "amount" || used[2].Name != "limit" {
		t.Errorf("%+v", used)
	}
}

func TestClassesOfCodes(t *testing.T) {
	t.Parallel()
	s, err := Compile([]Rule{{"out", "不在限制行业", "not within(industry, closed)"}, {"in", "在重点行业", "within(industry, open)"}, {"who", "重点群体", "kind in groups"}}, kinds,
		map[string]Number{"closed": {[]string{"E", "K70"}, "H-1"}, "open": {[]string{"C15"}, "H-1"}, "groups": {[]string{"01", "02"}, "N-1"}})
	if err != nil {
		t.Fatal(errs.ProblemsOf(err))
	}
	facts := Facts{"industry": "K7010", "kind": "x"}
	r := s.Judge(facts)
	if r.Rules[0].Changes[0].Op != "not within" || r.Rules[1].Changes[0].To != "C15" || r.Rules[2].Changes[0].To != "01" {
		t.Fatalf("%+v", r)
	}
	for _, v := range r.Rules {
		changed := maps.Clone(facts)
		for _, c := range v.Changes {
			changed[c.Fact] = c.To
		}
		for _, now := range s.Judge(changed).Rules {
			if now.Key == v.Key && !now.Holds {
				t.Errorf("%+v", now)
			}
		}
	}
	if r := s.Judge(Facts{"industry": "C1530", "kind": "02"}); !r.Eligible {
		t.Errorf("%+v", r)
	}
}
