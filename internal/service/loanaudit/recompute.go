package loanaudit

import (
	"math/big"
	"slices"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
)

// period is one stretch after which interest is collected, found by looking at every day.
type period struct {
	from, to day.Day
	whole    int // months of a whole period, 0 of a broken one
	length   int // days that a whole period would have had
	overdue  bool
}

// owed gives the balance on a day: what was drawn on it or before, without what was repaid on it or before.
func (l *loan) owed(d day.Day) (balance money.Fen) {
	for _, m := range l.moves {
		if m.day <= d {
			balance += m.amount
		}
	}
	return balance
}

// drawsAfter tells whether anything is drawn after a day.
func (l *loan) drawsAfter(d day.Day) bool {
	return slices.ContainsFunc(l.moves, func(m move) bool { return m.amount > 0 && m.day > d })
}

// begins tells whether a period begins on a day by the contract: behind a settlement day, or so many months after the day that counts.
func (l *loan) begins(d day.Day) bool {
	months := methods[l.method]
	if l.settle > 0 {
		before := d.AddDays(-1)
		_, m, dom := before.Date()
		_, next, _ := d.Date()
		return int(m)%months == 0 && (dom == l.settle || dom < l.settle && next != m)
	}
	origin := l.from
	if d > l.to {
		origin = l.to
	}
	y, m, _ := origin.Date()
	y2, m2, _ := d.Date()
	n := (y2-y)*12 + int(m2) - int(m)
	return n%months == 0 && origin.AddMonths(n) == d
}

// lay finds the periods of a loan that end up to a day, by going through its days.
func (l *loan) lay(until day.Day) {
	end := l.to
	if !l.extended.IsZero() {
		end = l.extended
	}
	start, regular := l.from, l.begins(l.from)
	for d := l.from.AddDays(1); d <= end && start <= until; d = d.AddDays(1) {
		begins := l.begins(d)
		if !begins && d != l.to && d != end {
			continue
		}
		p := period{from: start, to: d, length: d.Sub(start)}
		if regular && begins {
			p.whole = methods[l.method]
		}
		start, regular = d, begins || d == l.to && l.settle == 0
		for e := p.from; e <= p.to; e = e.AddDays(1) { // everything paid back: it ends there
			if l.method != "revolving" && l.owed(e) == 0 && !l.drawsAfter(e) {
				if e > p.from {
					p.to = e
					l.periods = append(l.periods, p)
				}
				return
			}
		}
		l.periods = append(l.periods, p)
	}
	for d := end.AddDays(1); d <= until && l.owed(end) > 0; d = d.AddDays(1) {
		if l.owed(d) == 0 {
			l.periods = append(l.periods, period{from: end, to: d, length: d.Sub(end), overdue: true})
			return
		}
	}
}

// why gives the reason for which a day is not subsidised, or nothing.
func (l *loan) why(d day.Day) string {
	switch {
	case !l.extended.IsZero() && d >= l.extended:
		return "overdue"
	case d >= l.to && !l.extended.IsZero():
		return "extended"
	case d >= l.to:
		return "overdue"
	}
	for _, x := range l.excluded {
		if x.from <= d && d < x.to {
			return x.reason
		}
	}
	return ""
}

// expected is what one slice of a period should say.
type expected struct {
	balances                           []money.Fen // day by day
	excluded                           int
	interest, subsidy, province, local money.Fen
}

// slice gives the part of a balance that lies in slice i, counted from 0.
func (t *terms) slice(i int, balance money.Fen) money.Fen {
	low := money.Fen(0)
	if i > 0 {
		low = t.bounds[min(i, len(t.bounds))-1]
	}
	if i > len(t.bounds) {
		return 0
	}
	if i < len(t.bounds) {
		balance = min(balance, t.bounds[i])
	}
	return max(0, balance-low)
}

// recompute works out a slice of a period day by day.
func (l *loan) recompute(t *terms, p period, slice int) (e expected) {
	all, counted, line, years := new(big.Int), new(big.Int), new(big.Int), new(big.Rat)
	under := product(int64(money.One), int64(l.basis)) // actual days over the basis
	weight := int64(1)
	switch {
	case p.overdue:
		weight, under = int64(l.penalty), product(int64(money.One), int64(l.basis), 100)
	case l.count == "calendar" && p.whole > 0:
		weight, under = int64(p.whole), product(int64(money.One), 12, int64(p.length))
	}
	for d := p.from; d < p.to; d = d.AddDays(1) {
		balance := t.slice(slice, l.owed(d))
		e.balances = append(e.balances, balance)
		today := product(int64(balance), int64(l.rate), weight)
		all.Add(all, today)
		if l.why(d) != "" {
			e.excluded++
			continue
		}
		if slice >= len(t.bounds) {
			continue
		}
		counted.Add(counted, today)
		line.Add(line, product(int64(balance), int64(t.line), weight))
		if year := l.year(d); year < len(t.years) {
			share := new(big.Rat).SetFrac64(t.years[year][0], t.years[year][1])
			years.Add(years, share.Mul(share, new(big.Rat).SetInt(today)))
		}
	}
	e.interest = halfUp(all, under)
	subsidised := halfUp(counted, under)
	switch t.regime {
	case "share":
		e.subsidy = halfUp(product(int64(subsidised), t.share[0]), whole(t.share[1]))
	case "above":
		e.subsidy = max(0, subsidised-halfUp(line, under))
	case "years":
		e.subsidy = halfUp(years.Num(), new(big.Int).Mul(years.Denom(), under))
	}
	if t.split && slice < len(t.province) {
		e.province = halfUp(product(int64(e.subsidy), int64(t.province[slice])), whole(int64(money.One)))
		e.local = e.subsidy - e.province
	}
	return e
}

// year gives the loan's year of a day, from 0.
func (l *loan) year(d day.Day) (n int) {
	for l.from.AddMonths(12*(n+1)) <= d {
		n++
	}
	return n
}

func whole(n int64) *big.Int { return big.NewInt(n) }

func product(factors ...int64) *big.Int {
	p := big.NewInt(1)
	for _, f := range factors {
		p.Mul(p, big.NewInt(f))
	}
	return p
}

// halfUp divides what is not below zero and rounds to the nearest, halves up.
func halfUp(over, under *big.Int) money.Fen {
	q, r := new(big.Int).QuoRem(over, under, new(big.Int))
	if r.Lsh(r, 1).Cmp(under) >= 0 {
		q.Add(q, whole(1))
	}
	return money.Fen(q.Int64())
}
