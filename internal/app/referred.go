package app

import (
	"slices"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/document"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
)

// referred names the persons and organisations to whom matters, accounts, grants, ventures, loans and documents refer: undoing the import
// that brought them must leave them. What refers within the reach of imports (ties, guardianship, consents, merges,
// places) they know themselves.
func referred(q sqldb.Q) (people []person.ID, units []org.ID, err error) {
	about, at, err := casework.Refers(q)
	if err != nil {
		return nil, nil, err
	}
	for _, subject := range about {
		if p, err := id.Parse[person.Person](subject); err == nil {
			people = append(people, p)
		}
		if o, err := id.Parse[org.Node](subject); err == nil {
			units = append(units, o)
		}
	}
	holders, desks, err := account.Refers(q)
	if err != nil {
		return nil, nil, err
	}
	founders, areas, err := venture.Refers(q)
	if err != nil {
		return nil, nil, err
	}
	borrowers, lending, err := contract.Refers(q)
	if err != nil {
		return nil, nil, err
	}
	papers, err := document.UsedOrgs(q)
	return slices.Concat(people, holders, founders, borrowers), slices.Concat(units, at, desks, areas, lending, papers), err
}
