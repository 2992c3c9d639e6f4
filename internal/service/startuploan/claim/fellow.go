package claim

import (
	"maps"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/pack"
)

// paid is a time for which a subsidy of a loan is claimed.
type paid struct {
	from, to day.Day // to is the first day that is not
	batch    ID
	serial   string
}

// fellows are the loans that share a borrower with others. The subsidy is for one loan at a time: of such loans no two lines that ask for money
// and stand have a day in common, whichever banks claim them.
type fellows struct {
	of   map[contract.ID]*contract.Tied
	held map[org.ID]bool // the banks that are held
	paid map[contract.ID][]paid
}

// holdWith holds some banks and those that have lent to the same borrowers: of two banks that claim for one borrower the second reads what the
// first has claimed.
func holdWith(tx *sqldb.Tx, banks []org.ID) (f *fellows, err error) {
	f = &fellows{held: map[org.ID]bool{}}
	if f.of, err = contract.AllTied(tx); err != nil {
		return nil, err
	}
	for _, b := range banks {
		f.held[b] = true
	}
	own := maps.Clone(f.held)
	for _, t := range f.of {
		if own[t.Bank] {
			for _, o := range t.Others {
				f.held[f.of[o].Bank] = true
			}
		}
	}
	return f, hold(tx, slices.Collect(maps.Keys(f.held)))
}

// still looks, when an act has read all its loans, whether those of some banks are tied as they were when the banks were held. A loan that was
// entered since may be claimed by a bank that does not wait.
func (f *fellows) still(tx *sqldb.Tx, own map[org.ID]bool) error {
	now, err := contract.AllTied(tx)
	for one, t := range now {
		if before := f.of[one]; own[t.Bank] && (before == nil || !slices.Equal(before.Others, t.Others)) {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
	}
	return err
}

// read reads what is claimed of loans that are tied to those of some banks, and of those themselves.
func (f *fellows) read(q sqldb.Q, own map[org.ID]bool) (err error) {
	wanted := map[contract.ID]bool{}
	for one, t := range f.of {
		if own[t.Bank] {
			wanted[one] = true
			for _, o := range t.Others {
				wanted[o] = true
			}
		}
	}
	f.paid, err = paidFor(q, slices.Sorted(maps.Keys(wanted)))
	return err
}

func paidFor(q sqldb.Q, loans []contract.ID) (map[contract.ID][]paid, error) {
	found := map[contract.ID][]paid{}
	for some := range slices.Chunk(loans, 500) {
		var w sqldb.Where
		sqldb.In(w.And("l.city = $1").And("l.subsidy > 0"), "l.contract", some)
		_, err := sqldb.All(q, func(s sqldb.Scan) (x struct{}, err error) {
			var c contract.ID
			var p paid
			err = s(&c, &p.from, &p.to, &p.batch, &p.serial)
			found[c] = append(found[c], p)
			return x, err
		}, `SELECT l.contract, l.from_day, l.to_day, l.batch, x.serial FROM loan_line l JOIN loan_batch x ON x.city = l.city AND x.id = l.batch
			WHERE `+w.SQL()+` AND `+standing("l", "x")+` ORDER BY l.contract, l.from_day, l.batch`, w.Args()...)
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// forget leaves out what stands of a batch and of its corrections, which a correction works out anew.
func (f *fellows) forget(now map[place]*stood) {
	for _, old := range now {
		f.paid[old.Contract] = slices.DeleteFunc(f.paid[old.Contract], func(p paid) bool { return p.batch == old.batch && p.from == old.From && p.to == old.To })
	}
}

// clash gives what another loan of the borrower has been claimed for within a time.
func (f *fellows) clash(which contract.ID, from, to day.Day) (p paid, found bool) {
	for _, o := range f.of[which].Others {
		for _, p := range f.paid[o] {
			if p.from < to && from < p.to {
				return p, true
			}
		}
	}
	return p, false
}

// cede leaves out of what is claimed for some loans the days for which another loan of the borrower is, and names those loans.
func (w *work) cede(x *share) {
	for i := range x.loans {
		r := &x.loans[i]
		if w.fellows.of[r.id] == nil {
			continue
		}
		var kept []pack.Line
		u := Unclaimed{Contract: r.id}
		for _, l := range r.lines {
			if p, taken := w.fellows.clash(r.id, l.From, l.To); taken && l.Subsidy > 0 {
				if u.Key == "" {
					u.Number, u.Key, u.Args = l.Loan, "claim.other_loan", map[string]any{"from": l.From.String(), "batch": p.serial}
				}
				u.Args["to"] = l.To.String()
				continue
			}
			kept = append(kept, l)
		}
		for _, l := range kept {
			if l.Subsidy > 0 {
				w.fellows.paid[r.id] = append(w.fellows.paid[r.id], paid{l.From, l.To, w.batch.ID, w.batch.Serial})
			}
		}
		if r.lines = kept; u.Key != "" {
			x.left = append(x.left, u)
		}
	}
}

// backAgain looks, when lines that a batch had taken back stand again, whether another loan of the borrower was claimed for their days meanwhile.
func (f *fellows) backAgain(tx *sqldb.Tx, which ID, own map[org.ID]bool) error {
	if err := f.still(tx, own); err != nil {
		return err
	}
	if err := f.read(tx, own); err != nil {
		return err
	}
	type line struct {
		contract contract.ID
		number   string
		from, to day.Day
	}
	again, err := sqldb.All(tx, func(s sqldb.Scan) (l line, err error) { return l, s(&l.contract, &l.number, &l.from, &l.to) },
		`SELECT a.contract, a.number, a.from_day, a.to_day FROM `+begunBack+` a WHERE a.subsidy > 0 ORDER BY a.number, a.from_day`, which)
	for _, l := range again {
		if f.of[l.contract] == nil {
			continue
		}
		if p, taken := f.clash(l.contract, l.from, l.to); taken {
			return errs.New(errs.Conflict, "claim.other_stands", errs.Args{"number": l.number, "from": l.from, "to": l.to, "batch": p.serial})
		}
	}
	return err
}
