package app

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare/term"
	"zhidian/internal/service/volunteering"
)

// author gives the desk of whoever may write lesson plans: staff who plan or give lessons, and volunteers who were admitted.
func author(q sqldb.Q, by authz.Actor) (org.ID, error) {
	if by.May(term.Plan) || by.May(term.Attend) {
		return org.ID(by.DeskID), nil
	}
	if by.Person == "" {
		return "", nil
	}
	v, err := volunteering.Of(q, person.ID(by.Person))
	if err != nil || v.State != volunteering.Admitted {
		return "", err
	}
	return v.Org, nil
}
