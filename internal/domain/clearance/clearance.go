// Package clearance says which adults may be with children: whose record was checked, who was trained, who has signed, and until
// when each of these holds. Of a check it keeps the result and nothing else.
package clearance

import (
	"slices"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// What people do with clearances.
var (
	Read    = authz.Verb{Key: "clearance.read"}
	Enter   = authz.Verb{Key: "clearance.enter", Writes: "clearance person"} // a person is only held
	Revoke  = authz.Verb{Key: "clearance.revoke", Writes: "clearance person"}
	SetRule = authz.Verb{Key: "clearance.rule", Writes: "clearance_rule"} // for the whole city
)

// Verbs lists the verbs of this package.
var Verbs = []authz.Verb{Read, Enter, Revoke, SetRule}

// Service is the use cases of clearances.
type Service struct {
	DB      *sqldb.DB
	Keys    seal.Provider
	Cursors *page.Cursors
	Zone    *time.Location // of the city
}

// Kind is what a paper says of an adult.
type Kind string

// The kinds.
const (
	Check     Kind = "check"     // 从业查询（违法犯罪记录），only the result
	Training  Kind = "training"  // 岗前培训
	Agreement Kind = "agreement" // 服务协议
	Guardian  Kind = "guardian"  // 未成年志愿者：监护人同意
)

// Kinds lists the kinds in the order in which pages show them.
var Kinds = []Kind{Check, Training, Agreement, Guardian}

// Result is what came of it.
type Result string

// The results. Who has only been asked about is not cleared by that.
const (
	Asked  Result = "asked"
	Passed Result = "passed"
	Failed Result = "failed"
)

// Results lists the results.
var Results = []Result{Passed, Asked, Failed}

// Rule is what is asked of adults from a day on, for one kind.
type Rule struct {
	Kind   Kind
	From   day.Day
	Needed bool
	Months int64 // for which it holds at most; 0 where it says so itself
	Below  int64 // asked of who is younger than so many years; 0 for everybody
	Source string
}

// Shipped is what the law and its usual reading ask for, for a city to take in. That checks are repeated each year is the practice
// of most provinces; 未成年人保护法 art. 62 says "regularly".
var Shipped = []Rule{
	{Kind: Check, From: day.Must("2021-06-01"), Needed: true, Months: 12, Source: "未成年人保护法第六十二条；每年复查为各地通行做法"},
	{Kind: Training, From: day.Must("2021-06-01"), Needed: true, Months: 24, Source: "志愿服务条例第十六条；有效期为本市约定"},
	{Kind: Agreement, From: day.Must("2017-12-01"), Needed: true, Source: "志愿服务条例第十四条"},
	{Kind: Guardian, From: day.Must("2017-12-01"), Needed: true, Below: 18, Source: "志愿服务条例第七条；民法典第十七条"},
}

// Paper is one result of one adult.
type Paper struct {
	ID       id.Of[Paper]
	Person   person.ID
	Org      org.ID // where she serves, and whose desk keeps it
	Kind     Kind
	Result   Result
	On       day.Day
	Until    day.Day // the last day on which it holds; zero without one
	Issuer   string  // who checked, trained or agreed
	Reminder string  // the matter in which somebody is asked to renew it
	MadeBy   string
	MadeAt   int64
	EndedAt  int64 // 0 while it counts
	Reason   string
}

// holds tells whether it clears on a day.
func (p Paper) holds(on day.Day) bool {
	return p.Result == Passed && p.On <= on && (p.Until.IsZero() || on <= p.Until)
}

// Why says what is wanting.
type Why string

// What can be wanting of a paper that is needed.
const (
	Missing Why = "missing"
	Waits   Why = "asked"
	Bad     Why = "failed"
	Over    Why = "over" // it held, and does no more
	NotYet  Why = "not_yet"
)

// Gap is what an adult lacks on a day.
type Gap struct {
	Kind Kind
	Why  Why
}

// Gaps gives what an adult born on a day lacks on another, by the rules and her papers that count. Of two papers of a kind the later
// one says.
func Gaps(rules []Rule, papers []Paper, born, on day.Day) (all []Gap) {
	for _, kind := range Kinds {
		r, ok := inForce(rules, kind, on)
		if !ok || !r.asks(born, on) {
			continue
		}
		var last Paper
		asked := false
		for _, p := range papers {
			switch {
			case p.Kind != kind || p.EndedAt > 0:
			case p.Result == Asked:
				asked = true
			case last.ID == "" || p.On > last.On || p.On == last.On && p.ID > last.ID:
				last = p
			}
		}
		switch {
		case last.ID == "" && asked:
			all = append(all, Gap{kind, Waits})
		case last.ID == "":
			all = append(all, Gap{kind, Missing})
		case last.Result == Failed:
			all = append(all, Gap{kind, Bad})
		case last.On > on:
			all = append(all, Gap{kind, NotYet})
		case !last.holds(on) || last.On < r.since(on):
			all = append(all, Gap{kind, Over})
		}
	}
	return all
}

// asks tells whether a paper of the rule's kind is asked on a day of an adult who was born on another.
func (r Rule) asks(born, on day.Day) bool {
	return r.Needed && (r.Below == 0 || born.IsZero() || born.Reaches(int(r.Below), day.DayAfter) > on)
}

// since is the first day of a paper that is not too old on a day; zero where any is young enough.
func (r Rule) since(on day.Day) day.Day {
	if r.Months == 0 {
		return 0
	}
	from := on.AddMonths(-int(r.Months))
	for from.AddMonths(int(r.Months)) <= on { // months differ in length
		from = from.AddDays(1)
	}
	return from
}

// inForce gives the rule of a kind on a day.
func inForce(rules []Rule, kind Kind, on day.Day) (got Rule, ok bool) {
	for _, r := range rules {
		if r.Kind == kind && r.From <= on && (!ok || r.From > got.From) {
			got, ok = r, true
		}
	}
	return got, ok
}

// check says all that is wrong with a paper that is entered today.
func (p Paper) check(rules []Rule, today day.Day) error {
	var bad errs.Problems
	bad.Require(slices.Contains(Kinds, p.Kind), "kind", "field.choice", nil)
	bad.Require(slices.Contains(Results, p.Result), "result", "field.choice", nil)
	bad.Require(p.Issuer != "", "issuer", "field.required", nil)
	if bad.Require(!p.On.IsZero(), "on", "field.required", nil) {
		bad.Require(p.On <= today, "on", "clearance.later", nil)
	}
	bad.Require(p.Until.IsZero() || p.Until >= p.On, "until", "clearance.until_wrong", nil)
	if r, ok := inForce(rules, p.Kind, today); ok && r.Months > 0 && p.Result == Passed {
		last := p.On.AddMonths(int(r.Months)).AddDays(-1)
		if bad.Require(!p.Until.IsZero(), "until", "field.required", nil) {
			bad.Require(p.Until <= last, "until", "clearance.months_wrong", errs.Args{"months": r.Months, "last": last})
		}
	}
	return bad.Err()
}

func (r Rule) check() error {
	var bad errs.Problems
	bad.Require(slices.Contains(Kinds, r.Kind), "kind", "field.choice", nil)
	bad.Require(!r.From.IsZero(), "from", "field.required", nil)
	bad.Require(r.Months >= 0 && r.Months <= 120, "months", "field.range", errs.Args{"min": 0, "max": 120})
	bad.Require(r.Below >= 0 && r.Below <= 30, "below", "field.range", errs.Args{"min": 0, "max": 30})
	bad.Require(r.Source != "", "source", "field.required", nil)
	return bad.Err()
}
