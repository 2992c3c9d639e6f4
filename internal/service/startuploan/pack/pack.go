// Package pack writes the audit pack of a batch of subsidy claims: one workbook with every input of every line, so that anybody can
// recompute it.
package pack

import (
	"errors"
	"slices"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
)

// Batch is one bank's claim: the periods that end after From, up to and with To.
type Batch struct {
	Number   string
	Bank     string
	From, To day.Day
}

// Loan is one loan with what the rules ask of it. The borrower's name stays out of the pack.
type Loan struct {
	Number   string  // 借据号
	Signed   day.Day // whose LPR counts; none for the day on which it was paid out
	Area     string  // code of the county
	Borrower policy.Borrower
	schedule.Loan
	Excluded []schedule.Span // days that are not subsidised, with the reason
}

// Earlier is a stretch that an earlier batch has claimed.
type Earlier struct {
	Loan     string
	From, To day.Day
	Batch    string
}

// Pack is a batch with everything its lines stand on.
type Pack struct {
	Batch
	Loans   []Loan
	Book    rulebook.Book
	Quotes  rulebook.Quotes
	Earlier []Earlier

	lines []Line
	moves map[string][]schedule.Move
}

// Line is what is claimed for one slice of a loan in one period.
type Line struct {
	Loan, Version                      string
	From, To                           day.Day
	Days, Excluded, Slice              int
	Status                             schedule.Status
	Segments, Reason                   string
	Rate, LPR                          money.Rate
	LPRDay                             day.Day // from which that LPR holds
	Interest, Subsidy, Province, Local money.Fen
	Split                              bool // the policy says who pays
}

// Lines gives all lines of the batch, in the order of its loans.
func (p *Pack) Lines() []Line { return p.lines }

// Compute works the lines out. A loan whose version is not filled or rests on an unverified number fails, and names it.
func (p *Pack) Compute() error {
	p.lines, p.moves = nil, map[string][]schedule.Move{}
	r := Reckoner{Book: p.Book, Quotes: p.Quotes, From: p.From, To: p.To}
	var problems errs.Problems
	for i := range p.Loans {
		l := &p.Loans[i]
		lines, err := r.Lines(l, p.lines)
		p.lines = lines
		if err != nil {
			e, ours := errors.AsType[*errs.Error](err)
			if !ours {
				return err
			}
			for _, x := range e.Problems {
				problems.Add(l.Number, x.Key, x.Args)
			}
			if e.Problems == nil {
				problems.Add(l.Number, e.Key, e.Args)
			}
			continue
		}
		p.moves[l.Number] = moved(l, &r.plan, p.To)
	}
	return problems.Err()
}

// Keep takes lines that were worked out and kept before, in place of working them out; what was drawn and repaid follows from the loans.
func (p *Pack) Keep(lines []Line) error {
	p.lines, p.moves = lines, map[string][]schedule.Move{}
	var plan schedule.Schedule
	for i := range p.Loans {
		l := &p.Loans[i]
		if err := plan.Compute(&l.Loan, &schedule.Rule{}); err != nil {
			return err
		}
		p.moves[l.Number] = moved(l, &plan, p.To)
	}
	return nil
}

// moved gives everything that was drawn and repaid up to a day, what the schedule repays included, and what will be drawn by the
// contract.
func moved(l *Loan, s *schedule.Schedule, until day.Day) (all []schedule.Move) {
	drawn, at := l.AtFirst(), 0
	if drawn > 0 {
		all = append(all, schedule.Move{Day: l.From, Amount: drawn})
	}
	for i := range s.Periods {
		p := &s.Periods[i]
		scheduled := p.Principal
		for ; at < len(l.Moves) && (l.Moves[at].Day < p.To || l.Moves[at].Day == p.To && l.Moves[at].Amount < 0); at++ {
			all = append(all, l.Moves[at])
			scheduled += min(0, l.Moves[at].Amount)
		}
		if scheduled > 0 {
			all = append(all, schedule.Move{Day: p.To, Amount: -scheduled})
		}
	}
	return slices.DeleteFunc(all, func(m schedule.Move) bool { return m.Day > until && m.Amount < 0 })
}
