// Package pack writes the audit pack of a batch of subsidy claims: one workbook with every input of every line, so that anybody can
// recompute it.
package pack

import (
	"errors"
	"slices"
	"strconv"
	"strings"

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
	Number   string // 借据号
	Area     string // code of the county
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
	Interest, Subsidy, Province, Local money.Fen
	split                              bool
}

// Lines gives all lines of the batch, in the order of its loans.
func (p *Pack) Lines() []Line { return p.lines }

// Compute works the lines out. A loan whose version is not filled or rests on an unverified number fails, and names it.
func (p *Pack) Compute() error {
	p.lines, p.moves = nil, map[string][]schedule.Move{}
	var problems errs.Problems
	var s schedule.Schedule
	for i := range p.Loans {
		l := &p.Loans[i]
		if err := p.compute(l, &s); err != nil {
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
		}
	}
	return problems.Err()
}

func (p *Pack) compute(l *Loan, s *schedule.Schedule) error {
	terms, err := p.Book.At(policy.Product, l.Area, l.From)
	if err != nil {
		return err
	}
	lpr, err := p.Quotes.At(policy.LPR, l.From)
	if err != nil {
		return err
	}
	rule, err := policy.Rule(terms, l.Borrower, lpr.Rate)
	if err != nil {
		return err
	}
	if _, capped := terms.Find("rate_points"); capped {
		if err := policy.CheckRate(terms, l.Borrower, l.Rate, lpr.Rate); err != nil {
			return err
		}
	}
	if err := policy.CheckTerm(terms, l.Borrower, l.From, l.To); err != nil {
		return err
	}
	if err := terms.Confirm(); err != nil {
		return err
	}
	if lpr.Status == rulebook.Unverified {
		return errs.New(errs.Invalid, "rulebook.unverified", errs.Args{"key": policy.LPR, "field": lpr.From.String()})
	}
	rule.Excluded = l.Excluded
	if err := s.Compute(&l.Loan, &rule); err != nil {
		return err
	}
	p.moves[l.Number] = moved(l, s, p.To)
	for i := range s.Periods {
		if per := &s.Periods[i]; per.To > p.From && per.To <= p.To && per.Interest > 0 {
			p.add(l, s, per, &rule, Line{Version: terms.Key(), LPR: lpr.Rate, split: rule.Split()})
		}
	}
	return nil
}

// add adds the lines of one period, a slice each.
func (p *Pack) add(l *Loan, s *schedule.Schedule, per *schedule.Period, rule *schedule.Rule, line Line) {
	line.Loan, line.From, line.To, line.Days, line.Status, line.Rate = l.Number, per.From, per.To, per.Days(), per.Status, l.Rate
	for i, part := range per.Parts {
		if i > 0 && part == (schedule.Part{}) {
			break
		}
		line.Slice, line.Excluded, line.Reason = i+1, 0, ""
		line.Interest, line.Subsidy, line.Province, line.Local = part.Interest, part.Subsidy, part.Province, part.Local
		var segments []string
		for _, c := range s.Segments(per) {
			segments = append(segments, rule.Width(i, c.Balance).Plain()+"×"+strconv.Itoa(c.Days()))
			if c.Reason != "" {
				line.Excluded += c.Days()
				if !strings.Contains(line.Reason, c.Reason) {
					line.Reason = strings.TrimPrefix(line.Reason+" "+c.Reason, " ")
				}
			}
		}
		line.Segments = strings.Join(segments, " ")
		p.lines = append(p.lines, line)
	}
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
