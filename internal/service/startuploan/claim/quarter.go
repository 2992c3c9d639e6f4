package claim

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
)

// Quarter is what was claimed of one quarter, how far it has come, and who pays it. Corrections count with what they change.
type Quarter struct {
	To                      day.Day // the day up to which it was claimed
	Claimed, Approved, Paid money.Fen
	Province, Local         money.Fen // of what was claimed
}

// Quarters gives them as far as somebody may read of claims, the latest first.
func Quarters(q sqldb.Q, by authz.Actor) ([]Quarter, error) {
	var w sqldb.Where
	w.And("b.city = $1").And("b.state NOT IN ('draft', 'returned', 'withdrawn')")
	org.Inside(&w, by.Scope(Read), "b.bank")
	return sqldb.All(q, func(s sqldb.Scan) (x Quarter, err error) {
		return x, s(&x.To, &x.Claimed, &x.Approved, &x.Paid, &x.Province, &x.Local)
	}, `SELECT b.to_day, SUM(b.subsidy), SUM(CASE WHEN b.state IN ('approved', 'paid', 'arrived') THEN b.subsidy ELSE 0 END),
		SUM(CASE WHEN b.state IN ('paid', 'arrived') THEN b.subsidy ELSE 0 END), SUM(b.province), SUM(b.local)
		FROM loan_batch b WHERE `+w.SQL()+` GROUP BY b.to_day ORDER BY b.to_day DESC`, w.Args()...)
}
