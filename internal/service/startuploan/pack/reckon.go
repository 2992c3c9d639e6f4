package pack

import (
	"strconv"
	"strings"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
)

// Reckoner works out the lines of many loans by one book of rules. Loans of the same sort and days share what was found for the first.
type Reckoner struct {
	Book     rulebook.Book
	Quotes   rulebook.Quotes
	From, To day.Day // the periods that end after From, up to and with To

	found map[sort]*found
	plan  schedule.Schedule
}

// sort is all that rules ask of a loan but its rate and its last day.
type sort struct {
	area         string
	who          policy.Borrower
	from, signed day.Day
}

// found is what holds for a sort of loans.
type found struct {
	rule    schedule.Rule
	terms   *rulebook.Terms
	version string
	lpr     rulebook.Quote
	capped  bool
	err     error
}

// Lines adds a loan's lines to others. A loan whose version is not filled, that rests on an unverified number or breaks the rules adds none.
func (r *Reckoner) Lines(l *Loan, to []Line) ([]Line, error) {
	f := r.find(l)
	if f.err != nil {
		return to, f.err
	}
	if f.capped {
		if err := policy.CheckRate(f.terms, l.Borrower, l.Rate, f.lpr.Rate); err != nil {
			return to, err
		}
	}
	if err := policy.CheckTerm(f.terms, l.Borrower, l.From, l.To); err != nil {
		return to, err
	}
	rule := f.rule
	rule.Excluded = l.Excluded
	if err := r.plan.Compute(&l.Loan, &rule); err != nil {
		return to, err
	}
	line := Line{Loan: l.Number, Rate: l.Rate, Version: f.version, LPR: f.lpr.Rate, LPRDay: f.lpr.From, Split: rule.Split()}
	for i := range r.plan.Periods {
		if p := &r.plan.Periods[i]; p.To > r.From && p.To <= r.To && p.Interest > 0 {
			to = r.add(to, p, &rule, line)
		}
	}
	return to, nil
}

// find gives what holds for a loan's sort.
func (r *Reckoner) find(l *Loan) *found {
	k := sort{l.Area, l.Borrower, l.From, l.Signed}
	if k.signed.IsZero() {
		k.signed = l.From
	}
	if f, ok := r.found[k]; ok {
		return f
	}
	if r.found == nil {
		r.found = map[sort]*found{}
	}
	f := &found{}
	f.err = r.read(k, l, f)
	r.found[k] = f
	return f
}

func (r *Reckoner) read(k sort, l *Loan, f *found) (err error) {
	if f.terms, err = r.Book.At(policy.Product, k.area, k.from); err != nil {
		return err
	}
	f.version = f.terms.Key()
	if f.lpr, err = r.Quotes.At(policy.LPR, k.signed); err != nil {
		return err
	}
	if f.rule, err = policy.Rule(f.terms, k.who, f.lpr.Rate); err != nil {
		return err
	}
	if _, f.capped = f.terms.Find("rate_points"); f.capped {
		if _, err := policy.RateCap(f.terms, k.who, f.lpr.Rate); err != nil {
			return err
		}
	}
	if err := policy.CheckTerm(f.terms, k.who, l.From, l.From); err != nil {
		return err
	}
	if err := f.terms.Confirm(); err != nil {
		return err
	}
	if f.lpr.Status == rulebook.Unverified {
		return errs.New(errs.Invalid, "rulebook.unverified", errs.Args{"key": policy.LPR, "field": f.lpr.From.String()})
	}
	return nil
}

// add adds the lines of one period, a slice each.
func (r *Reckoner) add(to []Line, p *schedule.Period, rule *schedule.Rule, line Line) []Line {
	line.From, line.To, line.Days, line.Status = p.From, p.To, p.Days(), p.Status
	for i, part := range p.Parts {
		if i > 0 && part == (schedule.Part{}) {
			break
		}
		line.Slice, line.Excluded, line.Reason = i+1, 0, ""
		line.Interest, line.Subsidy, line.Province, line.Local = part.Interest, part.Subsidy, part.Province, part.Local
		var segments []byte
		for _, c := range r.plan.Segments(p) {
			if segments != nil {
				segments = append(segments, ' ')
			}
			segments = append(append(segments, rule.Width(i, c.Balance).Plain()...), "×"...)
			segments = strconv.AppendInt(segments, int64(c.Days()), 10)
			if c.Reason != "" {
				line.Excluded += c.Days()
				if !strings.Contains(line.Reason, c.Reason) {
					line.Reason = strings.TrimPrefix(line.Reason+" "+c.Reason, " ")
				}
			}
		}
		line.Segments = string(segments)
		to = append(to, line)
	}
	return to
}
