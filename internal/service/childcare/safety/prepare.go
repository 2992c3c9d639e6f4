package safety

import (
	"context"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
)

// Child is somebody of whom something may be told.
type Child struct {
	ID   person.ID
	Name string
}

// Prepared is what whoever is about to tell something of a class is asked.
type Prepared struct {
	Class    childcare.Class
	Children []Child
}

// Prepare gives a class with its children to whoever may tell something of it.
func (s *Service) Prepare(ctx context.Context, by authz.Actor, which childcare.ID) (got Prepared, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if got.Class, err = childcare.Find(q, by, Tell, which); err != nil {
			return err
		}
		at, err := org.Find(q, got.Class.Org)
		if err != nil {
			return err
		}
		children, err := childcare.Placed(q, got.Class)
		open := by.Sees(authz.Sensitive, Tell, at.Path)
		for _, p := range children {
			if !open {
				p.Name = cn.MaskName(p.Name)
			}
			got.Children = append(got.Children, Child{ID: p.ID, Name: p.Name})
		}
		return err
	})
	return got, err
}
