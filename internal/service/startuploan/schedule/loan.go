// Package schedule works out what a loan costs: its periods, what is repaid, the interest and who pays it, to the fen.
package schedule

import (
	"embed"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
)

// Messages holds the texts of this package's problems, one file for each language.
//
//go:embed messages
var Messages embed.FS

// Method is how principal and interest are repaid.
type Method string

// The methods of the contracts in use.
const (
	MonthlyInterest   Method = "monthly-interest"   // 按月付息到期还本
	QuarterlyInterest Method = "quarterly-interest" // 按季付息到期还本
	Annuity           Method = "annuity"            // 等额本息
	EqualPrincipal    Method = "equal-principal"    // 等额本金
	Instalments       Method = "instalments"        // 分期还本: parts on agreed days, given as Moves
	Revolving         Method = "revolving"          // 随借随还: drawn and repaid at will below a limit
)

// Methods are all of them, in the order in which they are offered.
var Methods = []Method{MonthlyInterest, QuarterlyInterest, Annuity, EqualPrincipal, Instalments, Revolving}

// Count is how the length of a period is told.
type Count string

const (
	// Actual days over the basis.
	Actual Count = "actual"
	// Calendar is 对年对月对日: a whole period is its months out of twelve; a broken one is counted in days.
	Calendar Count = "calendar"
)

// Ratio is an exact share, as 2/3.
type Ratio struct{ Num, Den int64 }

// Move is money that goes out (a drawing, above zero) or comes back (a repayment beside the schedule, below zero) on a day. What is
// repaid on a day bears no interest for it, what is drawn does (算头不算尾).
type Move struct {
	Day    day.Day
	Amount money.Fen
}

// Loan is what a contract says and what has happened under it. What is not drawn by Moves is paid out on From; of a revolving loan with
// drawings nothing is, for there Principal is the limit.
type Loan struct {
	Principal money.Fen
	Rate      money.Rate
	From, To  day.Day // paid out; due, by the contract as it was first signed
	Method    Method
	Count     Count
	Basis     int           // days of the year: 360 or 365
	Settle    int           // settlement day of the month, 0 for periods that run from the disbursement day
	Shift     *day.Calendar // moves what falls due on a holiday to the next working day; nil leaves it
	Moves     []Move        // in order of days
	Extended  day.Day       // the day to which it was extended (展期), or none
	Paid      day.Day       // when what was left was paid, or none for the day on which it is due
	Penalty   Ratio         // overdue interest as a multiple of the rate; zero is 3/2
}

// Most are the limits within which sums are exact.
const (
	mostPrincipal = money.Fen(1_000_000_000_000) // ten thousand million yuan
	mostYears     = 50
)

var firstDay, lastDay = day.Must("1949-10-01"), day.Must("2199-12-31")

// every gives the months of a period.
func (l *Loan) every() int {
	switch l.Method {
	case MonthlyInterest, Annuity, EqualPrincipal:
		return 1
	}
	return 3
}

// byInstalments tells whether principal comes back in every period.
func (l *Loan) byInstalments() bool { return l.Method == Annuity || l.Method == EqualPrincipal }

// Counted gives the counting, by the method where the contract is silent: instalments go by months, interest alone by days.
func (l *Loan) Counted() Count {
	if l.Count == "" && l.byInstalments() {
		return Calendar
	}
	return l.Count
}

func (l *Loan) penalty() Ratio {
	if l.Penalty == (Ratio{}) {
		return Ratio{3, 2}
	}
	return l.Penalty
}

// End gives the day on which everything is due.
func (l *Loan) End() day.Day {
	last := l.To
	if !l.Extended.IsZero() {
		last = l.Extended
	}
	if l.Shift != nil {
		last, _ = l.Shift.AddWorkdays(last, 0)
	}
	return last
}

// AtFirst gives what is paid out on the first day.
func (l *Loan) AtFirst() money.Fen {
	left, drawn := l.Principal, false
	for _, m := range l.Moves {
		if m.Amount > 0 {
			left, drawn = left-m.Amount, true
		}
	}
	if l.Method == Revolving && drawn {
		return 0
	}
	return left
}

// Check gives everything that is wrong with the contract at once. Whether a repayment is more than what is owed shows only on the way.
func (l *Loan) Check() error {
	var p errs.Problems
	p.Require(l.Principal > 0 && l.Principal <= mostPrincipal, "principal", "schedule.principal", nil)
	p.Require(l.Rate >= 0 && l.Rate <= money.One, "rate", "schedule.rate", nil)
	p.Require(l.Basis == 360 || l.Basis == 365, "basis", "schedule.basis", nil)
	p.Require(known(l.Method), "method", "schedule.method", nil)
	p.Require(l.Count == "" || l.Count == Actual || l.Count == Calendar, "count", "schedule.count", nil)
	p.Require(l.Settle >= 0 && l.Settle <= 31, "day", "schedule.settle", nil)
	penalty := l.penalty()
	p.Require(penalty.Den > 0 && penalty.Den <= 10_000 && penalty.Num >= penalty.Den && penalty.Num <= 3*penalty.Den, "penalty", "schedule.penalty", nil)
	if p.Require(l.From >= firstDay && l.From <= lastDay && l.To > l.From && l.To <= l.From.AddMonths(12*mostYears), "to", "schedule.term", nil) {
		p.Require(l.Extended.IsZero() || l.Extended > l.To && l.Extended <= l.To.AddMonths(12*mostYears), "extend", "schedule.extend", nil)
		p.Require(l.Paid.IsZero() || l.Paid > l.From && l.Paid <= l.End().AddMonths(12*mostYears), "paid", "schedule.paid", nil)
		l.checkMoves(&p)
	}
	return p.Err()
}

func known(m Method) bool {
	for _, k := range Methods {
		if m == k {
			return true
		}
	}
	return false
}

func (l *Loan) checkMoves(p *errs.Problems) {
	end := l.End()
	if !l.Paid.IsZero() {
		end = min(end, l.Paid)
	}
	total, before := money.Fen(0), l.From
	for _, m := range l.Moves {
		args := errs.Args{"day": m.Day}
		if m.Amount > 0 {
			total += min(m.Amount, mostPrincipal)
			p.Require(m.Day >= l.From && m.Day < end, "draw", "schedule.draw_day", args)
		} else {
			p.Require(m.Day > l.From && m.Day <= end, "prepay", "schedule.repay_day", args)
		}
		p.Require(m.Amount != 0 && m.Amount <= mostPrincipal && m.Amount >= -mostPrincipal, "amount", "schedule.amount", args)
		p.Require(m.Day >= before, "move", "schedule.order", args)
		before = m.Day
	}
	p.Require(l.Method == Revolving || total <= l.Principal, "draw", "schedule.drawn_more", nil)
}
