// Package followup looks after businesses once their loans are paid out: who is to visit them by when, what was seen or told on which
// day, and how many of them live after one, two and three years (贷后跟踪).
package followup

import (
	"embed"
	"slices"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
)

// Messages holds the texts of this package's problems, one file for each language.
//
//go:embed messages
var Messages embed.FS

// State is what was found of a business.
type State string

// The states. Whoever was not met tells nothing.
const (
	Trading State = "trading" // 正常经营
	Paused  State = "paused"  // 暂停营业
	Moved   State = "moved"   // 已搬迁
	Closed  State = "closed"  // 已停业
	Unmet   State = "unmet"   // 未见到人
)

// States lists them in the order in which pages show them.
var States = []State{Trading, Paused, Moved, Closed, Unmet}

// OwnStates are those that a founder can tell of herself.
var OwnStates = []State{Trading, Paused, Moved, Closed}

// Where a snapshot comes from.
const (
	ByVisit = "visit" // 手机走访
	AtDesk  = "desk"  // 登记
	BySelf  = "self"  // 本人填报
)

// What people do.
var (
	Read     = authz.Verb{Key: "loanvisit.read"}
	Enter    = authz.Verb{Key: "loanvisit.enter", Writes: written}
	Send     = authz.Verb{Key: "loanvisit.send", Writes: "loan_follow loan_visit " + field.Assigned + " " + record.Written}
	Withdraw = authz.Verb{Key: "loanvisit.withdraw", Writes: written}
	SetTerms = authz.Verb{Key: "loanvisit.terms", Writes: "loan_visit_term"}
	Export   = authz.Verb{Key: "loanvisit.export"}

	// Check is the founder's own; Take and Plan are taken by rule, and nobody holds them.
	Check = authz.Verb{Key: "loanvisit.check", Writes: written}
	Take  = authz.Verb{Key: "loanvisit.take", Writes: written}
	Plan  = authz.Verb{Key: "loanvisit.plan", Writes: "loan_follow"}
)

const written = "loan_follow loan_snapshot loan_visit " + field.Assigned + " " + venture.Answered

// Verbs lists those that officers hold.
var Verbs = []authz.Verb{Read, Enter, Send, Withdraw, SetTerms, Export}

// VisitID names a visit that was given to phones.
type VisitID = id.Of[Visit]

// Followed is a loan with when somebody is next to look after it.
type Followed struct {
	Contract  contract.ID
	Org, Bank org.ID
	Unit      org.ID  // who visits
	First     day.Day // when money was first paid out
	Due       day.Day // zero when nobody is to go any more
	Last      day.Day // of the latest that was told, zero while nothing was
	State     State
	Told      int64
	Terms     day.Day
	EditedAt  int64
}

// Snapshot is what was seen or told of a business on a day.
type Snapshot struct {
	Given
	No        int64
	Source    string
	NeedID    venture.NeedID
	Visit     VisitID
	Answer    form.AnswerID
	Withdrawn int64 // microseconds UTC; 0 while it counts
	Reason    string
	By        string
	At        int64
}

// Jobs is how many people the business gave work on that day: founders, and staff with contracts of a year or more.
func (s Snapshot) Jobs() int64 {
	if s.State == Closed {
		return 0
	}
	return s.Founders + s.Contracted
}

// Given is what somebody enters.
type Given struct {
	On         day.Day
	State      State
	Since      day.Day // of what is closed or moved
	MovedTo    string
	Founders   int64
	Staff      int64 // who work there beside the founders
	Contracted int64 // of them, with contracts of a year or more
	NeedKind   string
	Wish       string // what the venture lacks besides
	Note       string
}

// check gives everything that is wrong with what was entered.
func (g *Given) check(first, today day.Day) error {
	var p errs.Problems
	if p.Require(!g.On.IsZero(), "on", "field.required", nil) {
		p.Require(g.On <= today, "on", "loanvisit.to_come", nil)
		p.Require(g.On >= first, "on", "loanvisit.before_loan", errs.Args{"day": first})
	}
	p.Require(slices.Contains(States, g.State), "state", "field.choice", nil)
	switch g.State {
	case Closed, Moved:
		if p.Require(!g.Since.IsZero(), "since", "field.required", nil) {
			p.Require(g.Since >= first && (g.On.IsZero() || g.Since <= g.On), "since", "loanvisit.since", errs.Args{"day": first})
		}
	default:
		g.Since, g.MovedTo = 0, ""
	}
	if g.State == Closed || g.State == Unmet {
		g.Founders, g.Staff, g.Contracted = 0, 0, 0
	} else {
		p.Require(g.Founders >= 1 && g.Founders <= 99, "founders", "field.range", errs.Args{"min": 1, "max": 99})
		p.Require(g.Staff >= 0 && g.Staff <= 100_000, "staff", "field.range", errs.Args{"min": 0, "max": 100_000})
		p.Require(g.Contracted >= 0 && g.Contracted <= g.Staff, "contracted", "loanvisit.contracted", nil)
	}
	p.Require(g.NeedKind == "" || slices.Contains(venture.NeedKinds, g.NeedKind), "need", "field.choice", nil)
	p.Require((g.NeedKind == "") == (g.Wish == ""), "wish", "loanvisit.need_both", nil)
	for _, x := range []struct{ name, text string }{{"wish", g.Wish}, {"note", g.Note}, {"moved_to", g.MovedTo}} {
		p.Require(len([]rune(x.text)) <= 500, x.name, "field.long", errs.Args{"max": 500})
	}
	return p.Err()
}

// Service is the use cases of following loans up.
type Service struct {
	DB      *sqldb.DB
	Keys    seal.Provider
	Forms   *form.Service
	Cursors *page.Cursors
	Zone    *time.Location                                                      // of the city
	Holders func(q sqldb.Q, verb authz.Verb, desk org.ID) ([]account.ID, error) // the people of a desk who hold a right
}

func (s *Service) today(q sqldb.Q) day.Day { return day.Of(q.Now(), s.Zone) }
