package app

import (
	"zhidian/internal/domain/account"
	"zhidian/internal/domain/form/field/fieldweb"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
)

// fieldRoles are those whose holders take forms along.
var fieldRoles = []fieldweb.Role{{Key: "secretary", Label: "role.secretary"}, {Key: "clerk", Label: "role.clerk"}}

// maxWorkers is how many accounts a drop-down offers; a role stands for more.
const maxWorkers = 300

// workers are the accounts to whom a form may be given at an organisation.
func (s *services) workers(r *web.Request, at org.Node) (all []fieldweb.Worker, err error) {
	err = s.db.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
		found, err := account.Working(q, at.Path, maxWorkers)
		for _, a := range found {
			all = append(all, fieldweb.Worker{ID: a.ID.String(), Name: a.Name, Desk: a.DeskName})
		}
		return err
	})
	return all, err
}
