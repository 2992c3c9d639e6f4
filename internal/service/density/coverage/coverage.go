// Package coverage tells which workplaces, schools and villages have members enough for a branch of their own, and which lack it.
package coverage

import (
	"cmp"
	"embed"
	"slices"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
)

// Messages are the texts of this package's faults, findings and missing sources.
//
//go:embed messages
var Messages embed.FS

// Kind is what sort of unit a member belongs to by the member's own columns. The branch does not say it: units known
// by their branches all have one, and coverage would be full by definition (domain rules §7.5).
type Kind string

// The kinds of unit.
const (
	Workplace Kind = "workplace"
	School    Kind = "school"
	Village   Kind = "village"
)

// Kinds lists the kinds in the order of pages.
func Kinds() []Kind { return []Kind{Workplace, School, Village} }

// Class is what sort of organisation a unit has or should have, the smaller first.
type Class uint8

// The classes: 团支部, 团总支, 基层团委.
const (
	None Class = iota
	Branch
	GeneralBranch
	Committee
)

// Key names the class's text.
func (c Class) Key() string {
	return [...]string{"coverage.class.none", "coverage.class.branch", "coverage.class.general", "coverage.class.committee"}[c]
}

// Rule is from how many members a unit has which organisation, as in force between two days.
type Rule struct {
	From, Until            day.Day // Until is the first day on which it no longer holds; zero while it holds
	Branch, General, Large int     // members for a branch, a general branch, a committee
	Source                 string  // where this is written
}

// DefaultRules is the row to seed the settings with: 3, 30 and 100 members (domain rules §7.2). Its source is an older text
// of the charter, so the office should confirm it against the present one.
func DefaultRules() []Rule {
	return []Rule{{Branch: 3, General: 30, Large: 100, Source: "团章（旧文本，uianet.net/dictionary/b4013587.html），待核"}}
}

// RuleOn gives the rule in force on a day. Of several the one that began last holds.
func RuleOn(rules []Rule, on day.Day) (Rule, error) {
	best := -1
	for i, r := range rules {
		if r.From <= on && (r.Until.IsZero() || on < r.Until) && (best < 0 || r.From > rules[best].From) {
			best = i
		}
	}
	if best < 0 {
		return Rule{}, errs.New(errs.Absent, "coverage.rule.none", errs.Args{"day": on})
	}
	if r := rules[best]; r.Branch < 1 || r.General < r.Branch || r.Large < r.General {
		return Rule{}, errs.New(errs.Invalid, "coverage.rule.order", errs.Args{"branch": r.Branch, "general": r.General, "committee": r.Large})
	}
	return rules[best], nil
}

// Due is the organisation that so many members should have; None for fewer than a branch needs: they join others'.
func (r Rule) Due(members int) Class {
	switch {
	case members >= r.Large:
		return Committee
	case members >= r.General:
		return GeneralBranch
	case members >= r.Branch:
		return Branch
	default:
		return None
	}
}

// Unit is one workplace, school or village with the members whose own columns name it.
type Unit struct {
	ID      string
	Kind    Kind
	Members int
	Has     Class // the largest organisation of its own
}

// Finding is a unit that has not the organisation it should.
type Finding struct {
	Unit
	Due Class
	Key string // "coverage.blind" without any organisation, "coverage.raise" with too small a one
}

// Share is how many units of a kind have an organisation, of those with members enough: 应建已建率.
type Share struct {
	Kind    Kind
	Due     int // units with members enough for a branch
	Built   int // of them, those with an organisation
	Small   int // of Built, those whose organisation is smaller than it should be
	Below   int // units with too few members, counted nowhere else
	Missing string
}

// Millionths is Built ÷ Due, rounded half up; known is false where no unit has members enough or the source is missing.
func (s Share) Millionths() (share int64, known bool) {
	if s.Missing != "" || s.Due == 0 {
		return 0, false
	}
	return (int64(s.Built)*2_000_000 + int64(s.Due)) / (2 * int64(s.Due)), true
}

// Result is the coverage of a city.
type Result struct {
	Shares   []Share   // by kind, in the order of Kinds
	Findings []Finding // blind spots first, then units to raise, each by members, most first
}

// Judge judges units by a rule. have says which sources were delivered; a kind without its source gets no figures, only
// the message that says which file is missing: nought would be taken for the truth.
func Judge(units []Unit, rule Rule, have map[Kind]bool) Result {
	var r Result
	for _, k := range Kinds() {
		s := Share{Kind: k}
		if !have[k] {
			s.Missing = "coverage.missing." + string(k)
			r.Shares = append(r.Shares, s)
			continue
		}
		for _, u := range units {
			if u.Kind != k {
				continue
			}
			due := rule.Due(u.Members)
			switch {
			case due == None:
				s.Below++
				continue
			case u.Has == None:
				r.Findings = append(r.Findings, Finding{u, due, "coverage.blind"})
			case u.Has < due:
				s.Small++
				r.Findings = append(r.Findings, Finding{u, due, "coverage.raise"})
			}
			s.Due++
			if u.Has != None {
				s.Built++
			}
		}
		r.Shares = append(r.Shares, s)
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(b.Members, a.Members), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	return r
}
