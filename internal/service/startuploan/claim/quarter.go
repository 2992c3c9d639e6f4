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
	org.Inside(&w, by.Scope(Read), "b.bank", "b.reviewer", "b.finance")
	return sqldb.All(q, func(s sqldb.Scan) (x Quarter, err error) {
		return x, s(&x.To, &x.Claimed, &x.Approved, &x.Paid, &x.Province, &x.Local)
	}, `SELECT b.to_day, SUM(b.subsidy), SUM(CASE WHEN b.state IN ('approved', 'paid', 'arrived') THEN b.subsidy ELSE 0 END),
		SUM(CASE WHEN b.state IN ('paid', 'arrived') THEN b.subsidy ELSE 0 END), SUM(b.province), SUM(b.local)
		FROM loan_batch b WHERE `+w.SQL()+` GROUP BY b.to_day ORDER BY b.to_day DESC`, w.Args()...)
}

// Asked gives what each bank has claimed of the quarters that ended from a day on and before another, corrections with what they change.
func Asked(q sqldb.Q, by authz.Actor, from, to day.Day) (map[org.ID]money.Fen, error) {
	var w sqldb.Where
	w.And("b.city = $1").And("b.state NOT IN ('draft', 'returned', 'withdrawn')").And("b.to_day >= ? AND b.to_day < ?", from, to)
	org.Inside(&w, by.Scope(Read), "b.bank", "b.reviewer", "b.finance")
	type sum struct {
		bank org.ID
		of   money.Fen
	}
	all, err := sqldb.All(q, func(s sqldb.Scan) (x sum, err error) { return x, s(&x.bank, &x.of) }, `SELECT b.bank, SUM(b.subsidy) FROM loan_batch b WHERE `+w.SQL()+` GROUP BY b.bank`, w.Args()...)
	got := make(map[org.ID]money.Fen, len(all))
	for _, x := range all {
		got[x.bank] = x.of
	}
	return got, err
}

// LastQuarter is the last day, up to and with one, on which a quarter's interest was settled: the 21st of March, June, September or December.
func LastQuarter(on day.Day) day.Day {
	at := day.Must(on.String()[:8] + "21")
	for m := at.String()[5:7]; at > on || m != "03" && m != "06" && m != "09" && m != "12"; m = at.String()[5:7] {
		at = at.AddMonths(-1)
	}
	return at
}
