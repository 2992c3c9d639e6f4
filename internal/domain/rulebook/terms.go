package rulebook

import (
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
)

// Terms are what holds for one case: the versions that speak to it, the nearest jurisdiction first.
type Terms struct {
	Product string
	On      day.Day
	lines   []*Version
	used    []Used
}

// Used is a field that was read, with the version that states it, so that a computed line can keep all of its inputs.
type Used struct {
	Version string
	Field
}

// Key gives the version that speaks first.
func (t *Terms) Key() string { return t.lines[0].Key }

// Versions gives the keys of all that speak, the nearest first.
func (t *Terms) Versions() []string {
	keys := make([]string, len(t.lines))
	for i, v := range t.lines {
		keys[i] = v.Key
	}
	return keys
}

// Apart gives the same terms with nothing read yet, so that of one question among several can be told what it looked at.
func (t *Terms) Apart() *Terms { return &Terms{Product: t.Product, On: t.On, lines: t.lines} }

// Used gives every field read so far, once, in the order of first reading.
func (t *Terms) Used() []Used { return t.used }

// Confirm fails, naming them all, when fields read so far are unverified: such a number never enters a claim.
func (t *Terms) Confirm() error {
	var p errs.Problems
	for _, u := range t.used {
		p.Require(u.Status != Unverified, u.Name, "rulebook.unverified", errs.Args{"key": u.Version, "field": u.Name})
	}
	return p.Err()
}

// Find gives a field by precedence, and false where nobody states it.
func (t *Terms) Find(name string) (Used, bool) {
	for _, v := range t.lines {
		if f, ok := v.Field(name, t.On); ok {
			u := Used{v.Key, f}
			if !slices.Contains(t.used, u) {
				t.used = append(t.used, u)
			}
			return u, true
		}
	}
	return Used{}, false
}

// Text gives a field that must be there: where nobody states it, the answer is "not filled".
func (t *Terms) Text(name string) (string, error) {
	u, ok := t.Find(name)
	if !ok {
		return "", notFilled(t.lines[0], name)
	}
	return u.Value, nil
}

// Money gives an amount.
func (t *Terms) Money(name string) (money.Fen, error) {
	return parsed(t, name, money.Parse)
}

// Rate gives a rate or a share, written with its unit.
func (t *Terms) Rate(name string) (money.Rate, error) {
	return parsed(t, name, money.ParseRate)
}

// Int gives a whole number.
func (t *Terms) Int(name string) (int, error) {
	return parsed(t, name, strconv.Atoi)
}

// Words gives a list of words.
func (t *Terms) Words(name string) ([]string, error) {
	s, err := t.Text(name)
	return strings.Fields(s), err
}

func parsed[T any](t *Terms, name string, parse func(string) (T, error)) (got T, err error) {
	s, err := t.Text(name)
	if err != nil {
		return got, err
	}
	if got, err = parse(s); err != nil {
		return got, errs.Wrap(err, errs.Invalid, "rulebook.value", errs.Args{"field": name, "value": s})
	}
	return got, nil
}
