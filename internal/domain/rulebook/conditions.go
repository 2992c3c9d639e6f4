package rulebook

import (
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/platform/money"
)

// Condition is a rule of a version, with its source. One that only prefers puts a case first and keeps nobody out.
type Condition struct {
	condition.Rule
	En      string `json:"en,omitempty"` // the sentence in English
	Source  string `json:"source,omitempty"`
	Status  Status `json:"status,omitempty"` // nothing said is unverified
	Prefers bool   `json:"prefers,omitempty"`
}

// Sure tells whether a source is named for it.
func (c *Condition) Sure() bool { return c.Status == Stated || c.Status == Confirmed }

// Ruled is what one condition says of a case. Doubtful: it, or a number that it rests on, is from hearsay, so that it turns nobody away.
type Ruled struct {
	condition.Verdict
	Condition Condition
	Version   string            // that states it
	Numbers   map[string]string // the numbers that it looked at, as they are written
	Doubtful  bool
}

// Judgement is what all conditions say of a case.
type Judgement struct {
	Rules    []Ruled
	Eligible bool // every condition holds, but for those that only prefer
}

// Answer is a judgement in a word.
type Answer string

// Untold: nobody can say before more is told. Doubt: all that fails is from hearsay, and somebody must look into the papers.
const (
	Yes    Answer = "yes"
	No     Answer = "no"
	Untold Answer = "untold"
	Doubt  Answer = "doubt"
)

// Answer gives the judgement in a word. What surely fails weighs more than what is not told.
func (j *Judgement) Answer() Answer {
	got := Yes
	for _, r := range j.Rules {
		switch {
		case r.Holds || r.Condition.Prefers:
		case r.Missing != nil && got != No:
			got = Untold
		case r.Missing != nil:
		case !r.Doubtful:
			got = No
		case got == Yes:
			got = Doubt
		}
	}
	return got
}

// Lacks gives the facts that were not told and on which something rests, once each.
func (j *Judgement) Lacks() (all []string) {
	for _, r := range j.Rules {
		for _, name := range r.Missing {
			if !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// stated is a condition with the version that states it.
type stated struct {
	Condition
	version string
}

// conditions gives the conditions that hold: those of the nearest jurisdiction first, and of each key only the nearest.
func (t *Terms) conditions() (all []stated) {
	for _, v := range t.lines {
		for _, c := range v.Conditions {
			if !slices.ContainsFunc(all, func(s stated) bool { return s.Key == c.Key }) {
				all = append(all, stated{c, v.Key})
			}
		}
	}
	return all
}

// Conditioned tells whether any condition is written.
func (t *Terms) Conditioned() bool { return len(t.conditions()) > 0 }

// Judging is the conditions of some terms, ready to be asked of many cases.
type Judging struct {
	of       []stated
	set      *condition.Set
	doubtful map[string]bool // numbers from hearsay
	written  map[string]string
}

// Judging makes the conditions that hold ready, each by the nearest jurisdiction that states it, with numbers field by field.
func (t *Terms) Judging(facts map[string]condition.Kind) (*Judging, error) {
	j := &Judging{of: t.conditions(), doubtful: map[string]bool{}, written: map[string]string{}}
	rules := make([]condition.Rule, len(j.of))
	for i, c := range j.of {
		rules[i] = c.Rule
	}
	numbers := map[string]condition.Number{}
	apart := &Terms{Product: t.Product, On: t.On, lines: t.lines} // what is looked at here is told by each rule
	for _, v := range t.lines {
		for _, f := range v.Fields {
			if _, known := numbers[f.Name]; known {
				continue
			}
			if u, ok := apart.Find(f.Name); ok {
				numbers[f.Name] = condition.Number{Value: numeric(u.Value), Version: u.Version}
				j.doubtful[f.Name], j.written[f.Name] = u.Status == Unverified, u.Value
			}
		}
	}
	var err error
	j.set, err = condition.Compile(rules, facts, numbers)
	return j, err
}

// Judge asks the conditions about a case.
func (j *Judging) Judge(facts condition.Facts) (out Judgement) {
	out.Eligible = true
	for i, v := range j.set.Judge(facts).Rules {
		r := Ruled{Verdict: v, Condition: j.of[i].Condition, Version: j.of[i].version, Numbers: map[string]string{}, Doubtful: !j.of[i].Sure()}
		for _, u := range v.Used {
			if u.Version != "" {
				r.Doubtful = r.Doubtful || j.doubtful[u.Name]
				r.Numbers[u.Name] = j.written[u.Name]
			}
		}
		out.Eligible = out.Eligible && (v.Holds || r.Condition.Prefers)
		out.Rules = append(out.Rules, r)
	}
	return out
}

// numeric gives a field as conditions see it: amounts in fen, rates and shares in millionths, whole numbers as they stand, and anything
// else as a list of words.
func numeric(s string) any {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	if r, err := money.ParseRate(s); err == nil {
		return int(r)
	}
	if a, err := money.Parse(s); err == nil {
		return int(a)
	}
	return strings.Fields(s)
}
