package loanaudit

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sheet"
)

// Kind is what is wrong with a line.
type Kind string

// The kinds of findings.
const (
	Day        Kind = "day"        // days, or a period that the contract does not have
	Rate       Kind = "rate"       // not the contract's
	Slice      Kind = "slice"      // principal in the wrong slice, or another balance than the money moved says
	Split      Kind = "split"      // between province and locality
	Version    Kind = "version"    // not the version in force on the day of disbursement
	Duplicate  Kind = "duplicate"  // a day claimed twice, here or in an earlier batch
	Extension  Kind = "extension"  // days after the original maturity
	Overdue    Kind = "overdue"    // days on which it should have been paid
	Cap        Kind = "cap"        // principal above the limit, or a rate above the cap
	Rounding   Kind = "rounding"   // a fen off
	Interest   Kind = "interest"   // more than that
	Subsidy    Kind = "subsidy"    // the same of the subsidy
	LPR        Kind = "lpr"        // not the table's
	Unverified Kind = "unverified" // a number that nobody has confirmed
	NotFilled  Kind = "not_filled" // no rules to claim by
	Unknown    Kind = "unknown"    // a line of no loan
	Window     Kind = "window"     // outside the batch's quarter
	Total      Kind = "total"      // the batch's sum
)

// Finding is one thing wrong, at the row of the sheet of lines; row 0 is the batch.
type Finding struct {
	Kind Kind   `json:"kind"`
	Row  int    `json:"row"`
	Loan string `json:"loan"`
	Want string `json:"want"`
	Have string `json:"have"`
}

// Problem gives the finding as a sentence.
func (f Finding) Problem() errs.Problem {
	return errs.Problem{Key: "loanaudit.found_" + string(f.Kind), Args: errs.Args{"row": f.Row, "loan": f.Loan, "want": f.Want, "have": f.Have}}
}

// Report is what an audit says.
type Report struct {
	Batch    string    `json:"batch"`
	Loans    int       `json:"loans"`
	Lines    int       `json:"lines"`
	Claimed  money.Fen `json:"claimed"`    // what the lines ask for
	Right    money.Fen `json:"recomputed"` // what the lines that can be recomputed should ask for
	Findings []Finding `json:"findings"`
}

// OK tells whether every line is right.
func (r *Report) OK() bool { return len(r.Findings) == 0 }

// Audit recomputes a pack. What cannot be read is an error with a problem for each cell.
func Audit(book *sheet.Book) (*Report, error) {
	in, err := read(book)
	if err != nil {
		return nil, err
	}
	a := &audit{input: in, Report: &Report{Batch: in.number, Loans: len(in.loans), Lines: len(in.lines), Findings: []Finding{}}}
	for _, number := range slices.Sorted(maps.Keys(in.loans)) {
		a.loan(in.loans[number])
	}
	for i := range in.lines {
		a.line(&in.lines[i])
	}
	a.twice()
	if a.Claimed != in.total {
		a.add(Total, &line{}, a.Claimed.String(), in.total.String())
	}
	slices.SortStableFunc(a.Findings, func(x, y Finding) int { return cmp.Compare(x.Row, y.Row) })
	return a.Report, nil
}

type audit struct {
	*input
	*Report
}

func (a *audit) add(kind Kind, l *line, want, have string) {
	a.Findings = append(a.Findings, Finding{kind, l.row, l.loan, want, have})
}

// loan finds the terms and periods of a loan.
func (a *audit) loan(l *loan) {
	of := &line{loan: l.number}
	for i := range a.lines {
		if a.lines[i].loan == l.number {
			of.row = a.lines[i].row
			break
		}
	}
	if of.row == 0 {
		return // nothing is claimed for it
	}
	found, wrong := a.termsFor(l)
	if wrong != nil {
		a.add(NotFilled, of, "", wrong.have)
		return
	}
	l.found = found
	for _, u := range found.unverified {
		a.add(Unverified, of, "", u)
	}
	if found.cap > 0 && l.rate > found.cap {
		a.add(Cap, of, found.cap.String(), l.rate.String())
	}
	l.lay(a.to)
}

// line holds one line against what the inputs say. What follows from a fault already told is not told again.
func (a *audit) line(l *line) {
	a.Claimed += l.subsidy
	of := a.loans[l.loan]
	if of == nil {
		a.add(Unknown, l, "", l.loan)
		return
	}
	if of.found == nil {
		return // told at the loan
	}
	before := len(a.Findings)
	if l.to <= a.from || l.to > a.to {
		a.add(Window, l, a.from.String()+"–"+a.to.String(), l.to.String())
	}
	if l.version != of.found.version {
		a.add(Version, l, of.found.version, l.version)
	}
	if l.rate != of.rate {
		a.add(Rate, l, of.rate.String(), l.rate.String())
	}
	if l.lpr != 0 && l.lpr != of.found.lpr {
		a.add(LPR, l, of.found.lpr.String(), l.lpr.String())
	}
	p, ok := a.period(l, of)
	if ok {
		e := of.recompute(of.found, p, l.slice-1)
		a.Right += e.subsidy
		a.principal(l, of, e)
		if len(a.Findings) == before {
			a.amounts(l, of.found, e)
		}
	}
}

// period finds the contract's period of a line.
func (a *audit) period(l *line, of *loan) (period, bool) {
	if l.to > of.to && l.subsidy > 0 {
		kind := Overdue
		if of.extended > of.to && max(l.from, of.to) < of.extended {
			kind = Extension
		}
		a.add(kind, l, of.to.String(), l.to.String())
		return period{}, false
	}
	i := slices.IndexFunc(of.periods, func(p period) bool { return p.from == l.from && p.to == l.to })
	if i < 0 {
		near := "–"
		for _, p := range of.periods {
			if p.from < l.to && l.from < p.to {
				near = p.from.String() + "–" + p.to.String()
				break
			}
		}
		a.add(Day, l, near, l.from.String()+"–"+l.to.String())
		return period{}, false
	}
	if n := l.to.Sub(l.from); l.days != n {
		a.add(Day, l, strconv.Itoa(n), strconv.Itoa(l.days))
	}
	return of.periods[i], true
}

// principal holds the segments against the balances, and what is subsidised against the limit.
func (a *audit) principal(l *line, of *loan, e expected) {
	i, bounds := l.slice-1, of.found.bounds
	if i >= len(bounds) && l.subsidy > 0 {
		a.add(Cap, l, bounds[len(bounds)-1].String(), l.subsidy.String())
		return
	}
	var claimed []money.Fen
	most := money.Fen(0)
	for _, s := range l.segments {
		most = max(most, s.amount)
		for range s.days {
			claimed = append(claimed, s.amount)
		}
	}
	room := money.Fen(0)
	if i < len(bounds) {
		room = of.found.slice(i, bounds[i])
	}
	switch {
	case i == len(bounds)-1 && most > room:
		a.add(Cap, l, room.String(), most.String())
	case len(claimed) != len(e.balances):
		a.add(Day, l, strconv.Itoa(len(e.balances)), strconv.Itoa(len(claimed)))
	case !slices.Equal(claimed, e.balances):
		at := 0
		for claimed[at] == e.balances[at] {
			at++
		}
		a.add(Slice, l, e.balances[at].String(), claimed[at].String())
	}
	if l.excluded != e.excluded {
		a.add(Day, l, strconv.Itoa(e.excluded), strconv.Itoa(l.excluded))
	}
}

// amounts holds the money of a line against its recomputation.
func (a *audit) amounts(l *line, t *terms, e expected) {
	off := func(kind Kind, want, have money.Fen) {
		switch d := want - have; {
		case d == 1 || d == -1:
			a.add(Rounding, l, want.String(), have.String())
		case d != 0:
			a.add(kind, l, want.String(), have.String())
		}
	}
	off(Interest, e.interest, l.interest)
	off(Subsidy, e.subsidy, l.subsidy)
	if l.split != t.split {
		a.add(Split, l, e.province.String()+" + "+e.local.String(), l.province.String()+" + "+l.local.String())
	} else if e.subsidy == l.subsidy && (e.province != l.province || e.local != l.local) {
		a.add(Split, l, e.province.String()+" + "+e.local.String(), l.province.String()+" + "+l.local.String())
	}
}

// twice finds days of a loan that are claimed more than once, in the same slice or by an earlier batch.
func (a *audit) twice() {
	earlier := map[string][]claimed{}
	for _, e := range a.earlier {
		earlier[e.loan] = append(earlier[e.loan], e)
	}
	type key struct {
		loan  string
		slice int
	}
	seen := map[key][]*line{}
	overlap := func(from, to, from2, to2 day.Day) bool { return from < to2 && from2 < to }
	for i := range a.lines {
		l := &a.lines[i]
		for _, e := range earlier[l.loan] {
			if overlap(l.from, l.to, e.from, e.to) {
				a.add(Duplicate, l, e.batch, l.from.String()+"–"+l.to.String())
			}
		}
		k := key{l.loan, l.slice}
		for _, o := range seen[k] {
			if overlap(l.from, l.to, o.from, o.to) {
				a.add(Duplicate, l, strconv.Itoa(o.row), l.from.String()+"–"+l.to.String())
			}
		}
		seen[k] = append(seen[k], l)
	}
}
