package contract

import (
	"cmp"
	"slices"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/schedule"
)

// Kind is what happened under a loan.
type Kind string

// The kinds of events.
const (
	Draw       Kind = "draw"       // 放款
	Repay      Kind = "repay"      // 按计划还款
	Prepay     Kind = "prepay"     // 提前还款
	Settle     Kind = "settle"     // 全部结清
	Extend     Kind = "extend"     // 展期
	Arrears    Kind = "arrears"    // 逾期
	Cure       Kind = "cure"       // 逾期已还清
	Classify   Kind = "class"      // 五级分类
	Exclude    Kind = "exclude"    // 停止贴息
	Compensate Kind = "compensate" // 代偿
	Recover    Kind = "recover"    // 追偿收回
	WriteOff   Kind = "write_off"  // 核销
	Reversal   Kind = "reverse"    // 冲正
	Voided     Kind = "void"       // 作废
)

// verbs are the rights that the kinds ask for.
var verbs = map[Kind]authz.Verb{
	Draw: Pay, Repay: Pay, Prepay: Pay, Settle: Pay, Extend: Pay, Arrears: Mark, Cure: Mark, Classify: Mark, Exclude: Mark,
	Compensate: Cover, Recover: Cover, WriteOff: Cover, Reversal: Reverse, Voided: Reverse,
}

// Verb gives the right that an event of a kind asks for; none for what nobody can enter.
func (k Kind) Verb() authz.Verb { return verbs[k] }

// Kinds are what may be entered, in the order in which it is offered.
var Kinds = []Kind{Draw, Repay, Prepay, Settle, Extend, Arrears, Cure, Classify, Exclude, Compensate, Recover, WriteOff, Voided}

// Reasons are why days are not subsidised.
var Reasons = []string{"misuse", "unfit", "other"}

// Event is one thing that happened. Events are only ever added.
type Event struct {
	No       int64
	Kind     Kind
	Day      day.Day
	Until    day.Day   // of an extension the new last day; of days not subsidised the first that is again, or none
	Amount   money.Fen // principal
	Interest money.Fen // paid beside it
	Class    string
	Reason   string
	Reverses int64
	Source   string // the bank file that told it
	By       string
	At       int64 // microseconds UTC

	Reversed bool // another one has taken it back
}

// Standing gives the events that nobody has taken back up to a number, in the order of their days.
func Standing(all []Event, upTo int64) []Event {
	back := map[int64]bool{}
	for _, e := range all {
		if e.Reverses > 0 && e.No <= upTo {
			back[e.Reverses] = true
		}
	}
	var got []Event
	for _, e := range all {
		if e.No <= upTo && !back[e.No] && e.Kind != Reversal {
			got = append(got, e)
		}
	}
	slices.SortStableFunc(got, func(a, b Event) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.No, b.No)) })
	return got
}

// check gives what is wrong with an event by itself.
func (e *Event) check(today day.Day) error {
	var p errs.Problems
	if p.Require(!e.Day.IsZero(), "on", "field.required", nil) {
		p.Require(e.Day <= today, "on", "lending.day_to_come", nil)
	}
	switch e.Kind {
	case Draw, Prepay, Compensate, Recover, WriteOff:
		p.Require(e.Amount > 0, "amount", "lending.amount", nil)
	case Repay:
		p.Require(e.Amount > 0 || e.Interest > 0, "amount", "lending.amount", nil)
	case Classify:
		p.Require(slices.Contains(Classes, e.Class), "class", "field.choice", nil)
	case Exclude:
		p.Require(slices.Contains(Reasons, e.Reason), "reason", "field.choice", nil)
		p.Require(e.Until.IsZero() || e.Until > e.Day, "until", "lending.until", nil)
	case Extend:
		p.Require(!e.Until.IsZero(), "until", "field.required", nil)
	case Voided:
		p.Require(e.Reason != "", "reason", "field.required", nil)
	}
	p.Require(e.Amount >= 0, "amount", "lending.amount", nil)
	p.Require(e.Interest >= 0, "interest", "lending.amount", nil)
	p.Require(len([]rune(e.Reason)) <= 200, "reason", "field.long", errs.Args{"max": 200})
	return p.Err()
}

// replay gives the loan as events leave it. They are told in the order of days; the first that cannot have been is the error.
func (c Contract) replay(standing []Event, t Terms) (Contract, error) {
	c.State, c.Drawn, c.Balance, c.Compensated, c.Recovered, c.WrittenOff = Signed, 0, 0, 0, 0, 0
	c.Extended, c.Ended, c.Overdue, c.OverdueEver, c.Class = 0, 0, 0, false, Classes[0]
	for i := range standing {
		if key := c.apply(&standing[i], t); key != "" {
			e := &standing[i]
			return c, errs.New(errs.Conflict, key, errs.Args{"day": e.Day, "balance": c.Balance.String(), "limit": c.Principal.String(), "days": t.Compensate, "months": t.Extend})
		}
	}
	return c, nil
}

// apply takes one event; the answer is the key of why it cannot have been.
func (c *Contract) apply(e *Event, t Terms) string {
	switch {
	case c.State.isOver() && e.Kind != Recover:
		return "lending.over"
	case c.State == Signed && e.Kind != Draw && e.Kind != Voided:
		return "lending.not_drawn"
	case e.Day < c.From:
		return "lending.before"
	}
	switch e.Kind {
	case Draw:
		return c.draw(e)
	case Repay, Prepay, Settle:
		return c.repay(e)
	case Extend:
		switch {
		case !c.Extended.IsZero():
			return "lending.extended_already"
		case e.Day > c.To || e.Until <= c.To || e.Until > c.To.AddMonths(t.Extend):
			return "lending.extend_days"
		}
		c.Extended = e.Until
	case Arrears:
		if !c.Overdue.IsZero() {
			return "lending.overdue_already"
		}
		c.Overdue, c.OverdueEver = e.Day, true
	case Cure:
		if c.Overdue.IsZero() || e.Day < c.Overdue {
			return "lending.not_overdue"
		}
		c.Overdue = 0
	case Classify:
		c.Class = e.Class
	case Compensate:
		switch {
		case c.Late(e.Day) < t.Compensate:
			return "lending.compensate_early"
		case e.Amount > c.Balance:
			return "lending.more_than_owed"
		}
		c.Compensated += e.Amount
		c.State = Compensated
		c.less(e)
	case Recover:
		if e.Amount > c.Compensated-c.Recovered {
			return "lending.recover_more"
		}
		c.Recovered += e.Amount
	case WriteOff:
		return c.writeOff(e)
	case Voided:
		if c.State != Signed {
			return "lending.void_late"
		}
		c.State = Void
	}
	return ""
}

func (c *Contract) draw(e *Event) string {
	switch {
	case c.State == Compensated:
		return "lending.over"
	case e.Day >= c.Due():
		return "lending.draw_late"
	case c.Drawn == 0 && c.Method != schedule.Revolving && e.Day != c.From:
		return "lending.first_draw"
	}
	c.Drawn, c.Balance, c.State = c.Drawn+e.Amount, c.Balance+e.Amount, Open
	if c.Method == schedule.Revolving && c.Balance > c.Principal || c.Method != schedule.Revolving && c.Drawn > c.Principal {
		return "lending.draw_more"
	}
	return ""
}

func (c *Contract) repay(e *Event) string {
	if e.Amount > c.Balance {
		return "lending.more_than_owed"
	}
	if e.Kind == Settle && e.Amount != c.Balance {
		return "lending.settle_rest"
	}
	c.less(e)
	return ""
}

// less takes money off what is owed to the bank, and ends the loan where that was all.
func (c *Contract) less(e *Event) {
	c.Balance -= e.Amount
	if c.Balance > 0 || c.Method == schedule.Revolving && e.Kind != Settle && e.Kind != Compensate && e.Kind != WriteOff && e.Day < c.Due() {
		return
	}
	c.Ended, c.Overdue = e.Day, 0
	if c.State == Open {
		c.State = Settled
	}
}

func (c *Contract) writeOff(e *Event) string {
	owed := c.Balance + c.Compensated - c.Recovered
	switch {
	case e.Amount > owed:
		return "lending.more_than_owed"
	case c.Overdue.IsZero() && c.State != Compensated:
		return "lending.write_off_early"
	}
	c.WrittenOff += e.Amount
	off := min(c.Balance, e.Amount)
	c.less(&Event{Kind: WriteOff, Day: e.Day, Amount: off})
	if owed == e.Amount {
		c.State = WrittenOff
	} else if c.State == Settled {
		c.State = WrittenOff
	}
	return ""
}
