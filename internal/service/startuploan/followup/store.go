package followup

import (
	"cmp"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
)

const columns = `f.contract, f.org, f.bank, f.unit, f.first_day, f.due_day, f.last_day, f.state, f.told, f.terms, f.edited_at`

func scan(s sqldb.Scan) (f Followed, err error) {
	return f, s(&f.Contract, &f.Org, &f.Bank, &f.Unit, &f.First, &f.Due, &f.Last, &f.State, &f.Told, &f.Terms, &f.EditedAt)
}

// Find gives one loan that is followed up.
func Find(q sqldb.Q, of contract.ID) (Followed, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM loan_follow f WHERE f.city = $1 AND f.contract = $2`, of)
}

const snapshotColumns = `x.no, x.on_day, x.source, x.state, x.since_day, x.moved_to, x.founders, x.staff, x.contracted, x.need, x.need_kind, x.wish, x.note, x.visit, x.answer,
	x.withdrawn_at, x.reason, x.made_by, x.made_at`

func (s *Snapshot) fields() []any {
	return []any{
		&s.No, &s.On, &s.Source, &s.State, &s.Since, &s.MovedTo, &s.Founders, &s.Staff, &s.Contracted, &s.NeedID, &s.NeedKind, &s.Wish, &s.Note, &s.Visit, &s.Answer,
		&s.Withdrawn, &s.Reason, &s.By, &s.At,
	}
}

// Snapshots gives what was told of a loan's business, by days; of one day, in the order of entering.
func Snapshots(q sqldb.Q, of contract.ID) ([]Snapshot, error) {
	return sqldb.All(q, func(s sqldb.Scan) (x Snapshot, err error) { return x, s(x.fields()...) },
		`SELECT `+snapshotColumns+` FROM loan_snapshot x WHERE x.city = $1 AND x.contract = $2 ORDER BY x.on_day, x.no`, of)
}

// Told gives what counts of what was told by the end of a day, by loans, each in the order of days.
func Told(q sqldb.Q, on day.Day) (map[contract.ID][]Snapshot, error) {
	by := map[contract.ID][]Snapshot{}
	_, err := sqldb.All(q, func(s sqldb.Scan) (struct{}, error) {
		var of contract.ID
		var x Snapshot
		err := s(append([]any{&of}, x.fields()...)...)
		by[of] = append(by[of], x)
		return struct{}{}, err
	}, `SELECT x.contract, `+snapshotColumns+` FROM loan_snapshot x WHERE x.city = $1 AND x.on_day <= $2 AND x.withdrawn_at = 0 ORDER BY x.contract, x.on_day, x.no`, on)
	return by, err
}

// Sorted puts what was told of several loans of one borrower into the order of days.
func Sorted(told []Snapshot) []Snapshot {
	slices.SortStableFunc(told, func(a, b Snapshot) int { return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.At, b.At)) })
	return told
}

func scanVisit(s sqldb.Scan) (v Visit, err error) {
	return v, s(&v.ID, &v.Contract, &v.Unit, &v.Task, &v.Due, &v.Answer, &v.Fault, &v.AskedBy, &v.AskedAt, &v.EndedAt)
}

const visitColumns = `v.id, v.contract, v.unit, v.task, v.due_day, v.answer, v.fault, v.asked_by, v.asked_at, v.ended_at`

// Visits gives when a loan was given to phones, the latest first.
func Visits(q sqldb.Q, of contract.ID) ([]Visit, error) {
	return sqldb.All(q, scanVisit, `SELECT `+visitColumns+` FROM loan_visit v WHERE v.city = $1 AND v.contract = $2 ORDER BY v.id DESC`, of)
}

// places are the organisations that a loan concerns.
type places struct{ home, bank, unit org.Node }

func placesOf(q sqldb.Q, f Followed) (p places, err error) {
	named, err := org.Named(q, []org.ID{f.Org, f.Bank, f.Unit})
	return places{named[f.Org], named[f.Bank], named[f.Unit]}, err
}

func (p places) can(by authz.Actor, v authz.Verb) bool {
	return by.Can(v, p.home.Path) || by.Can(v, p.bank.Path) || by.Can(v, p.unit.Path)
}

// sees tells whether the viewer knows who borrows.
func (p places) sees(by authz.Actor) bool {
	return by.Sees(authz.Personal, Read, p.home.Path) || by.Sees(authz.Personal, Read, p.bank.Path) || by.Sees(authz.Personal, Read, p.unit.Path)
}

// must permits at any of the three.
func (p places) must(by authz.Actor, v authz.Verb) error {
	if p.can(by, v) {
		return nil
	}
	err := by.Must(v, p.home.Path)
	if err != nil && p.can(by, Read) {
		return errs.New(errs.Denied, "errs.denied", nil)
	}
	return err
}
