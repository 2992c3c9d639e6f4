// Package claim keeps what banks claim of subsidies, quarter by quarter: lines worked out of stored loans with every input, the desks through
// which they go, and corrections. No day of a loan is ever claimed twice.
package claim

import (
	"embed"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/workflow"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/pack"
)

// Messages holds the texts of this package's problems, one file for each language.
//
//go:embed messages
var Messages embed.FS

// ID names a batch for ever.
type ID = id.Of[Batch]

// State is how far a batch has come.
type State string

// The states.
const (
	Draft     State = "draft"     // 银行已汇总，待报送
	Filed     State = "filed"     // 待审核
	Reviewed  State = "reviewed"  // 待财政复核
	Approved  State = "approved"  // 待拨付
	Paid      State = "paid"      // 已拨付，待到账登记
	Arrived   State = "arrived"   // 已到账
	Returned  State = "returned"  // 退回银行
	Withdrawn State = "withdrawn" // 已撤销，不占用天数
)

// States lists them in the order in which pages show them.
var States = []State{Draft, Filed, Reviewed, Approved, Paid, Arrived, Returned, Withdrawn}

// What people do with batches. The right counts at the bank, and for review and payment at the desk to which a batch was filed.
var (
	Read     = authz.Verb{Key: "claim.read"}
	Make     = authz.Verb{Key: "claim.make", Writes: "loan_batch loan_batch_basis loan_line loan_unclaimed loan_batch_step loan_claimed"}
	File     = authz.Verb{Key: "claim.file", Writes: moved}
	Withdraw = authz.Verb{Key: "claim.withdraw", Writes: moved + " loan_claimed"}
	Review   = authz.Verb{Key: "claim.review", Writes: moved}
	Approve  = authz.Verb{Key: "claim.approve", Writes: moved}
	Return   = authz.Verb{Key: "claim.return", Writes: moved}
	Pay      = authz.Verb{Key: "claim.pay", Writes: moved}
	Arrive   = authz.Verb{Key: "claim.arrive", Writes: moved}
	Take     = authz.Verb{Key: "claim.take"} // the audit pack
)

const moved = "loan_batch loan_batch_step"

// Verbs lists them; those of one desk are below.
var Verbs = []authz.Verb{Read, Make, File, Withdraw, Review, Approve, Return, Pay, Arrive, Take}

// Rights of each desk.
var (
	AtBank     = []authz.Verb{Read, Make, File, Withdraw, Arrive, Take}
	AtReviewer = []authz.Verb{Read, Review, Return, Take}
	AtFinance  = []authz.Verb{Read, Approve, Return, Pay, Take}
	AtLeague   = []authz.Verb{Read, Take} // it looks on, and decides on no money
)

// Process is the steps that a batch may take.
var Process = workflow.Table[State]{
	Moves: []workflow.Move[State]{
		{From: []State{""}, To: Draft, Verb: Make, Label: "claim.do_make"},
		{From: []State{Draft, Returned}, To: Filed, Verb: File, Label: "claim.do_file"},
		{From: []State{Filed}, To: Reviewed, Verb: Review, Label: "claim.do_review"},
		{From: []State{Reviewed}, To: Approved, Verb: Approve, Label: "claim.do_approve"},
		{From: []State{Filed, Reviewed}, To: Returned, Verb: Return, Label: "claim.do_return", Needs: workflow.Needs{Reason: true}},
		{From: []State{Approved}, To: Paid, Verb: Pay, Label: "claim.do_pay"},
		{From: []State{Paid}, To: Arrived, Verb: Arrive, Label: "claim.do_arrive"},
		{From: []State{Draft, Returned}, To: Withdrawn, Verb: Withdraw, Label: "claim.do_withdraw", Needs: workflow.Needs{Reason: true}},
	},
	Final: []State{Arrived, Withdrawn},
}

// Batch is what one bank claims for a quarter, or what a correction changes of that.
type Batch struct {
	ID       ID
	Serial   string // 贴息-2026-00017
	Bank     org.ID
	After    day.Day // the periods that end after it
	To       day.Day // up to and with it
	Corrects ID
	State    State
	Due      day.Day // until when the desk at hand is to act
	Reviewer org.ID  // where it is reviewed, since it was filed; zero: by whoever may at the bank
	Finance  org.ID  // where the finance bureau looks
	Unpaid   bool    // interest counts that was not paid on time

	Loans, Lines                       int
	Interest, Subsidy, Province, Local money.Fen
	Opening, Closing                   money.Fen // owed to the bank at both ends
	Lent                               money.Fen // 贷款发生额
	Lendings                           int       // 发生笔数

	PaidOn, ArrivedOn   day.Day
	PaidRef, ArrivedRef string // numbers of the vouchers
	MadeBy              string
	MadeAt              int64 // microseconds UTC
	ReviewedBy          string
	EditedAt            int64
}

// IsCorrection tells whether the batch corrects another.
func (b *Batch) IsCorrection() bool { return !b.Corrects.IsZero() }

// Desk gives the organisation that is to act next; the bank where no desk is named, zero where nobody is to.
func (b *Batch) Desk() org.ID {
	at := b.Bank
	switch b.State {
	case Arrived, Withdrawn:
		return ""
	case Filed:
		at = b.Reviewer
	case Reviewed, Approved:
		at = b.Finance
	}
	if at.IsZero() {
		return b.Bank
	}
	return at
}

// Line is a line of a batch as it is kept.
type Line struct {
	pack.Line
	No       int64
	Contract contract.ID
	Seen     int64 // number of the loan's last event that was known
	Sign     int   // 1 claims; -1 takes back the line of another batch
	OfBatch  ID
	OfNo     int64
}

// Amount is what the line asks for, or takes back.
func (l *Line) Amount() money.Fen { return money.Fen(l.Sign) * l.Subsidy }

// Reason is why nothing is claimed for some loans.
type Reason struct {
	Key     string
	Args    map[string]any
	N       int64    // how many there are
	Numbers []string // of the first MostNamed
}

// MostNamed is how many loans are named beside a reason.
const MostNamed = 10

// Unclaimed is a loan for which nothing could be claimed.
type Unclaimed struct {
	Contract contract.ID
	Number   string
	Key      string
	Args     map[string]any
}

// Step is one line of a batch's way through the desks.
type Step struct {
	Verb  string
	State State
	Note  string
	Due   day.Day
	By    string
	At    int64
}

// Service is the use cases of claims.
type Service struct {
	DB      *sqldb.DB
	Serials *sqldb.Serials
	Cursors *page.Cursors
	Zone    *time.Location // of the city: a day ends at its midnight
}

func (s *Service) today(q interface{ Now() time.Time }) day.Day { return day.Of(q.Now(), s.Zone) }
