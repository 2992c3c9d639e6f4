package account

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// Working gives the active staff whose desk lies at a node or below it, by name, at most so many: those to whom somebody
// who answers for that part of the tree may give work there.
func Working(q sqldb.Q, at authz.Path, most int) ([]Account, error) {
	var w sqldb.Where
	w.And("a.city = $1").And("a.kind = 'staff' AND a.state = 'active'").Scope(authz.Scope{Paths: []authz.Path{at}}, "o.path")
	return sqldb.All(q, func(s sqldb.Scan) (a Account, err error) {
		return a, s(&a.ID, &a.Login, &a.Name, &a.DeskName)
	}, `SELECT a.id, a.login, a.name, o.name FROM account a JOIN `+org.Table+` ON o.city = a.city AND o.id = a.desk WHERE `+w.SQL()+` ORDER BY a.name, a.id LIMIT `+w.Arg(most), w.Args()...)
}
