// Package contract keeps the loans that were signed and what has happened under them, day by day: money paid out and back, extensions,
// arrears, compensation and what became of it. It is no ledger of a bank's: what banks say is held against what was to be expected.
package contract

import (
	"embed"
	"slices"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
)

// Messages holds the texts of this package's problems, one file for each language.
//
//go:embed messages
var Messages embed.FS

// ID names a loan for ever; the bank's number is an attribute.
type ID = id.Of[Contract]

// State is how far a loan has come.
type State string

// The states.
const (
	Signed      State = "signed"      // 已签约未放款
	Open        State = "open"        // 在贷
	Settled     State = "settled"     // 已结清
	Compensated State = "compensated" // 已代偿
	WrittenOff  State = "written_off" // 已核销
	Void        State = "void"        // 登记错误已作废
)

// States lists them in the order in which pages show them.
var States = []State{Open, Signed, Settled, Compensated, WrittenOff, Void}

// Classes are the five classes of risk (五级分类), the best first.
var Classes = []string{"normal", "mention", "substandard", "doubtful", "loss"}

// People are the codes of the ten national groups.
var People = []string{"01", "02", "03", "04", "05", "06", "07", "08", "09", "10"}

// What people do with loans.
var (
	Read     = authz.Verb{Key: "lending.read"}
	Sign     = authz.Verb{Key: "lending.sign", Writes: "loan_contract loan_borrower loan_part person"}
	Pay      = authz.Verb{Key: "lending.pay", Writes: written}     // 放款、还款、展期
	Mark     = authz.Verb{Key: "lending.mark", Writes: written}    // 逾期、分类、停贴
	Cover    = authz.Verb{Key: "lending.cover", Writes: written}   // 代偿、追偿、核销
	Reverse  = authz.Verb{Key: "lending.reverse", Writes: written} // 冲正、作废
	Export   = authz.Verb{Key: "lending.export"}
	SetTerms = authz.Verb{Key: "lending.terms", Writes: "loan_term"}
)

// AtBank are the rights of who keeps a bank's loans; the day counts are the city's.
var AtBank = []authz.Verb{Read, Sign, Pay, Mark, Cover, Reverse, Export}

const written = "loan_contract loan_event"

// Verbs lists them.
var Verbs = []authz.Verb{Read, Sign, Pay, Mark, Cover, Reverse, Export, SetTerms}

// Paper is what is signed.
type Paper struct {
	Number string // 借据号
	Deed   string // 合同号, may be empty
	Bank   org.ID
	Org    org.ID // where the borrower is at home: a county, or what is below it

	Borrower string // name of the person who signs, or of the firm
	Credit   string // of a firm
	Kind     policy.Kind
	Partners int
	Group    string // code of the national group, may be empty
	Female   bool

	Principal money.Fen // of a revolving loan the limit
	Rate      money.Rate
	Signed    day.Day
	From, To  day.Day // first and last day by the contract
	Method    schedule.Method
	Count     schedule.Count
	Basis     int
	Settle    int  // settlement day of the month, 0 for periods that run from the first day
	Shift     bool // what falls due on a holiday is paid on the next working day
	Penalty   int  // overdue interest, in hundredths of the rate
}

// Contract is a loan with what its events add up to.
type Contract struct {
	Paper
	ID          ID
	Area        string // code of the county
	Application string
	Venture     string
	Poor        bool
	LPR         money.Rate // in force on the day of signing; 0 where the table has none
	LPRDay      day.Day    // from which it holds
	Points      money.Rate // what the rate is above it
	Version     string     // of the policy in force on the first day; empty where there is none

	State       State
	Drawn       money.Fen
	Balance     money.Fen
	Compensated money.Fen
	Recovered   money.Fen
	WrittenOff  money.Fen
	Extended    day.Day // to which it was extended
	Ended       day.Day // when nothing was owed to the bank any more
	Overdue     day.Day // since when it is overdue, zero where it is not
	OverdueEver bool
	Class       string // as the bank has said last
	Events      int64  // number of the last event
	MadeBy      string
	MadeAt      int64 // microseconds UTC
	EditedAt    int64
}

// Who gives what the rules ask of who borrows.
func (c *Contract) Who() policy.Borrower {
	return policy.Borrower{Kind: c.Kind, Partners: c.Partners, Poor: c.Poor}
}

// Due gives the day on which everything is due, extensions included, whatever holidays do to it.
func (c *Contract) Due() day.Day {
	if !c.Extended.IsZero() {
		return c.Extended
	}
	return c.To
}

// Late is for how many days the loan is overdue on a day.
func (c *Contract) Late(on day.Day) int {
	if c.Overdue.IsZero() || on <= c.Overdue {
		return 0
	}
	return on.Sub(c.Overdue)
}

// isOver tells whether nothing can happen any more but recovery.
func (s State) isOver() bool { return s == Settled || s == WrittenOff || s == Void }

// Service is the use cases of loans that were signed.
type Service struct {
	DB      *sqldb.DB
	Keys    seal.Provider
	Cursors *page.Cursors
	Zone    *time.Location // of the city: a day ends at its midnight

	// Approved, where it is set, gives what was decided upon an application, and an error unless it was approved.
	Approved func(q sqldb.Q, application string) (Approval, error)
}

// Approval is what the decision upon an application says of the loan to be signed.
type Approval struct {
	Bank, Org org.ID
	Borrower  string
	Credit    string
	Kind      policy.Kind
	Partners  int
	Group     string
	Female    bool
	People    []person.ID // who borrow together, as far as they are known here
	Venture   string
	Amount    money.Fen // the most that may be lent
	Months    int       // the longest that it may run
}

func (s *Service) today(q interface{ Now() time.Time }) day.Day { return day.Of(q.Now(), s.Zone) }

// check gives everything that is wrong with a paper, as it was typed, at once.
func (p *Paper) check(parts []Part, problems *errs.Problems) {
	problems.Require(p.Number != "", "number", "field.required", nil)
	problems.Require(p.Borrower != "", "borrower", "field.required", nil)
	problems.Require(!p.Signed.IsZero() && (p.From.IsZero() || p.Signed <= p.From), "signed", "lending.signed_after", nil)
	if err := (policy.Borrower{Kind: p.Kind, Partners: p.Partners}).Check(); err != nil {
		field := "kind"
		if p.Kind == policy.Partnership {
			field = "partners"
		}
		problems.Add(field, errs.KeyOf(err), nil)
	}
	l := p.terms(nil)
	for _, x := range errs.ProblemsOf(l.Check()) {
		problems.Add(fields[x.Field], x.Key, x.Args)
	}
	if p.Method != schedule.Instalments {
		problems.Require(len(parts) == 0, "parts", "lending.parts_none", nil)
		return
	}
	left, before := p.Principal, p.From
	for _, x := range parts {
		left -= x.Amount
		problems.Require(x.Day > before && x.Day < p.To && x.Amount > 0, "parts", "lending.parts_day", errs.Args{"day": x.Day})
		before = x.Day
	}
	problems.Require(len(parts) > 0 && left > 0, "parts", "lending.parts_sum", nil)
}

// fields are the questions to which problems of a schedule belong.
var fields = map[string]string{
	"principal": "principal", "rate": "rate", "basis": "basis", "method": "method", "count": "count", "day": "settle", "penalty": "penalty", "to": "to",
}

// Counted gives how periods are counted: by the method where the contract is silent.
func (p *Paper) Counted() schedule.Count {
	l := p.terms(nil)
	if n := l.Counted(); n != "" {
		return n
	}
	return schedule.Actual
}

// terms are those of the contract as a schedule wants them, before anything has happened.
func (p *Paper) terms(cal *day.Calendar) schedule.Loan {
	l := schedule.Loan{
		Principal: p.Principal, Rate: p.Rate, From: p.From, To: p.To, Method: p.Method, Count: p.Count, Basis: p.Basis, Settle: p.Settle,
		Penalty: schedule.Ratio{Num: int64(p.Penalty), Den: 100},
	}
	if p.Shift {
		l.Shift = cal
	}
	return l
}

// Part is what is to be repaid on an agreed day.
type Part struct {
	Day    day.Day
	Amount money.Fen
}

// Over tells whether nothing can happen under the loan any more but recovery.
func (c *Contract) Over() bool { return c.State.isOver() }

// IsBad tells whether a class counts among those of bad loans (不良).
func IsBad(class string) bool { return slices.Index(Classes, class) >= 2 }
