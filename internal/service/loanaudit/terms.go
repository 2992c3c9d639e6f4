package loanaudit

import (
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
)

// terms are what holds for one loan, read out of the pack's policies.
type terms struct {
	version    string
	regime     string
	share      [2]int64   // of the rate
	years      [][2]int64 // by year
	line       money.Rate // the borrower's part
	bounds     []money.Fen
	province   []money.Rate
	split      bool
	cap        money.Rate // highest rate, 0 where the rules name none
	lpr        money.Rate
	unverified []string // numbers used that nobody has verified
}

// wrong is why no terms are found: a message's key and what it names.
type wrong struct {
	kind string
	have string
}

// lookup reads the fields that hold for one loan, the nearest jurisdiction's first.
type lookup struct {
	fields []field
	on     day.Day
	t      *terms
	fault  *wrong
}

func (k *lookup) find(name string) (string, bool) {
	var best *field
	for i := range k.fields {
		f := &k.fields[i]
		if f.name != name || f.since > k.on {
			continue
		}
		if best == nil || len(f.area) > len(best.area) || f.version == best.version && f.since > best.since {
			best = f
		}
	}
	if best == nil {
		return "", false
	}
	if used := best.version + " " + name; best.unverified && !slices.Contains(k.t.unverified, used) {
		k.t.unverified = append(k.t.unverified, used)
	}
	return best.value, true
}

// need reads a field that must be there.
func need[T any](k *lookup, name string, read func(string) (T, error)) (got T) {
	s, ok := k.find(name)
	got, err := read(s)
	if (!ok || err != nil) && k.fault == nil {
		k.fault = &wrong{"not_filled", name}
	}
	return got
}

// termsFor finds what holds for a loan by the day on which it was paid out, and the LPR by the day on which it was signed.
func (in *input) termsFor(l *loan) (*terms, *wrong) {
	k := &lookup{on: l.from, t: &terms{}}
	area := -1
	for _, f := range in.fields {
		if f.from > l.from || !f.until.IsZero() && f.until < l.from || !strings.HasPrefix(l.area, f.area) {
			continue
		}
		if f.name == "" {
			return nil, &wrong{"not_filled", f.version}
		}
		k.fields = append(k.fields, f)
		if len(f.area) > area {
			area, k.t.version = len(f.area), f.version
		}
	}
	if area < 0 {
		return nil, &wrong{"not_filled", l.from.String()}
	}
	at := slices.IndexFunc(in.quotes, func(q quote) bool { return q.from <= l.signed && (q.until.IsZero() || l.signed <= q.until) })
	if at < 0 {
		return nil, &wrong{"not_filled", "LPR1Y " + l.signed.String()}
	}
	k.t.lpr = in.quotes[at].rate
	if in.quotes[at].unverified {
		k.t.unverified = append(k.t.unverified, "LPR1Y "+in.quotes[at].from.String())
	}
	k.caps(l)
	k.regime(l)
	if k.fault != nil {
		return nil, k.fault
	}
	return k.t, nil
}

// caps reads the highest rate, the limit and the payers of its slices.
func (k *lookup) caps(l *loan) {
	points := "rate_points"
	if l.poor {
		points = "rate_points_poor"
	}
	if _, capped := k.find("rate_points"); capped {
		k.t.cap = k.t.lpr + need(k, points, money.ParseRate)
	}
	name := "person_limit"
	if l.kind == "firm" {
		name = "firm_limit"
	}
	limit := need(k, name, money.Parse)
	if l.kind == "partnership" {
		uplift := need(k, "partner_uplift", money.ParseRate)
		limit = halfUp(product(int64(limit), int64(l.partners), int64(money.One+uplift)), whole(int64(money.One)))
	}
	k.t.bounds = []money.Fen{limit}
	if _, k.t.split = k.find("split_small"); !k.t.split {
		k.t.province = []money.Rate{0}
		return
	}
	k.t.province = []money.Rate{need(k, "split_small", money.ParseRate)}
	if l.kind == "firm" {
		if small := need(k, "firm_small", money.Parse); small < limit {
			k.t.bounds = []money.Fen{small, limit}
			k.t.province = append(k.t.province, need(k, "split_large", money.ParseRate))
		}
	}
}

func (k *lookup) regime(l *loan) {
	name := "person_subsidy"
	if l.kind == "firm" {
		name = "firm_subsidy"
	}
	words := need(k, name, func(s string) ([]string, error) {
		w := strings.Fields(s)
		if len(w) < 2 {
			return []string{"", ""}, errs.New(errs.Invalid, "loanaudit.cell", nil)
		}
		return w, nil
	})
	t := k.t
	t.regime = words[0]
	var err error
	switch t.regime {
	case "share":
		t.share, err = fraction(words[1])
	case "above":
		var points money.Rate
		points, err = money.ParseRate(words[1])
		t.line = max(0, t.lpr+points)
	case "years":
		for _, w := range words[1:] {
			var f [2]int64
			if f, err = fraction(w); err != nil {
				break
			}
			t.years = append(t.years, f)
		}
	default:
		err = errs.New(errs.Invalid, "loanaudit.cell", nil)
	}
	if err != nil && k.fault == nil {
		k.fault = &wrong{"not_filled", name}
	}
}

// fraction reads 1/2 or 1.
func fraction(s string) (f [2]int64, err error) {
	over, under, found := strings.Cut(s, "/")
	if f[1] = 1; found {
		if f[1], err = strconv.ParseInt(under, 10, 32); err != nil {
			return f, err
		}
	}
	f[0], err = strconv.ParseInt(over, 10, 32)
	if err == nil && (f[1] < 1 || f[0] < 0 || f[0] > f[1]) {
		err = errs.New(errs.Invalid, "loanaudit.cell", nil)
	}
	return f, err
}
