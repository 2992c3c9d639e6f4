package contract

import (
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
)

// Known is a loan with its events as far as they are known, and its parts.
type Known struct {
	Contract
	All   []Event // in the order of entering
	Parts []Part
}

// atATime is how many loans are read at once.
const atATime = 2000

// EachOf goes through the loans of a bank and of what is below it under which money was owed between two days, in the order of their ids, some
// at a time. What is seen must not be kept.
func EachOf(q sqldb.Q, bank authz.Path, from, to day.Day, see func([]Known) error) error {
	after := ID("")
	for {
		var w sqldb.Where
		w.And("c.city = $1").And("c.id > ?", after.String()).And("c.state <> 'void'").And("c.drawn > 0").And("c.from_day < ?", to).And("(c.ended_day = '' OR c.ended_day > ?)", from)
		org.Inside(&w, authz.Scope{Paths: []authz.Path{bank}}, "c.bank")
		all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM loan_contract c WHERE `+w.SQL()+` ORDER BY c.id LIMIT `+w.Arg(atATime), w.Args()...)
		if err != nil || len(all) == 0 {
			return err
		}
		known := make([]Known, len(all))
		at := make(map[ID]int, len(all))
		for i, c := range all {
			known[i].Contract, at[c.ID] = c, i
		}
		after = all[len(all)-1].ID
		if err := fill(q, all[0].ID, after, at, known); err != nil {
			return err
		}
		if err := see(known); err != nil {
			return err
		}
		if len(all) < atATime {
			return nil
		}
	}
}

// Lenders gives the banks that have lent, of one and of what is below it.
func Lenders(q sqldb.Q, bank authz.Path) ([]org.ID, error) {
	var w sqldb.Where
	w.And("c.city = $1")
	org.Inside(&w, authz.Scope{Paths: []authz.Path{bank}}, "c.bank")
	return sqldb.All(q, func(s sqldb.Scan) (b org.ID, err error) { return b, s(&b) }, `SELECT DISTINCT c.bank FROM loan_contract c WHERE `+w.SQL(), w.Args()...)
}

// BanksOf gives the banks of loans; one may be named more than once.
func BanksOf(q sqldb.Q, ids []ID) (banks []org.ID, err error) {
	for some := range slices.Chunk(ids, atOnce) {
		var w sqldb.Where
		sqldb.In(w.And("c.city = $1"), "c.id", some)
		found, err := sqldb.All(q, func(s sqldb.Scan) (b org.ID, err error) { return b, s(&b) },
			`SELECT DISTINCT c.bank FROM loan_contract c WHERE `+w.SQL(), w.Args()...)
		if err != nil {
			return nil, err
		}
		banks = append(banks, found...)
	}
	return banks, nil
}

// Some gives loans by their ids.
func Some(q sqldb.Q, ids []ID) (known []Known, err error) {
	for _, which := range ids {
		c, err := Find(q, which)
		if err != nil {
			return nil, err
		}
		k := Known{Contract: c}
		if k.All, err = Events(q, which); err != nil {
			return nil, err
		}
		if k.Parts, err = Parts(q, which); err != nil {
			return nil, err
		}
		known = append(known, k)
	}
	return known, nil
}

// fill reads events and parts of loans between two ids.
func fill(q sqldb.Q, first, last ID, at map[ID]int, known []Known) error {
	type told struct {
		of ID
		Event
	}
	events, err := sqldb.All(q, func(s sqldb.Scan) (t told, err error) { return t, s(append([]any{&t.of}, t.Event.fields()...)...) },
		`SELECT e.contract, `+eventColumns+` FROM loan_event e WHERE e.city = $1 AND e.contract >= $2 AND e.contract <= $3 ORDER BY e.contract, e.no`, first, last)
	if err != nil {
		return err
	}
	for _, e := range events {
		if i, ours := at[e.of]; ours {
			known[i].All = append(known[i].All, e.Event)
		}
	}
	type agreed struct {
		of ID
		Part
	}
	parts, err := sqldb.All(q, func(s sqldb.Scan) (p agreed, err error) { return p, s(&p.of, &p.Day, &p.Amount) },
		`SELECT contract, on_day, amount FROM loan_part WHERE city = $1 AND contract >= $2 AND contract <= $3 ORDER BY contract, on_day`, first, last)
	for _, p := range parts {
		if i, ours := at[p.of]; ours {
			known[i].Parts = append(known[i].Parts, p.Part)
		}
	}
	return err
}

// As gives the loan as it was known when its last event was the one of a number.
func (k *Known) As(upTo int64) Known {
	old := *k
	standing := Standing(k.All, upTo)
	c, err := k.replay(standing, Terms{Compensate: 0, Extend: 12 * 50})
	if err == nil {
		old.Contract = c
	}
	old.Contract.Events = upTo
	return old
}
