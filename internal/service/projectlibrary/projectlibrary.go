// Package projectlibrary is the city's library of youth ventures: what they need reaches a desk that answers, dossiers are kept
// fresh, and banks see them as far as founders agree (青创贷项目库).
package projectlibrary

import (
	"cmp"
	"context"
	"slices"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// What people do here beside keeping dossiers.
var (
	Raise    = authz.Verb{Key: "venture.raise", Writes: venture.Answered + " " + casework.Written} // a need becomes a matter
	Withdraw = authz.Verb{Key: "venture.withdraw", Writes: "venture_consent " + casework.Written}  // the founder's own
	Unsolved = authz.Verb{Key: "venture.unsolved", Writes: venture.Answered + " " + casework.Written}
)

// Verbs lists the verbs that officers hold.
var Verbs = []authz.Verb{Raise}

// Service is the use cases of the library.
type Service struct {
	DB       *sqldb.DB
	Ventures *venture.Service
	Matters  *casework.Service
	Accounts *account.Service
	Places   *place.Service
	Rules    *rulebook.Service // with the products that ventures are held against
	Zone     *time.Location
	History  []venture.History // what other services know
}

// Asked is a need with the matter that answers it.
type Asked struct {
	venture.Need
	Is       casework.Matter // its ID is zero while there is none
	Desk     org.Node
	MayAgain bool // its founder may say that it is not solved
}

// Page is a dossier with what other parts of the house know of it.
type Page struct {
	venture.Dossier
	Asked   []Asked
	History []venture.Line
	Lookers []venture.Looker // of a founder's own
}

// Look gives a dossier to an officer.
func (s *Service) Look(ctx context.Context, by authz.Actor, which venture.ID) (p Page, err error) {
	if p.Dossier, err = s.Ventures.View(ctx, by, which); err != nil {
		return p, err
	}
	return p, s.beside(ctx, by, &p)
}

// LookOwn gives a founder her dossier.
func (s *Service) LookOwn(ctx context.Context, by authz.Actor, which venture.ID) (p Page, err error) {
	if p.Dossier, p.Lookers, err = s.Ventures.ViewOwn(ctx, by, which); err != nil {
		return p, err
	}
	return p, s.beside(ctx, by, &p)
}

// beside adds matters and history.
func (s *Service) beside(ctx context.Context, by authz.Actor, p *Page) error {
	return s.DB.Read(ctx, by.City, func(q *sqldb.Rx) (err error) {
		if p.Asked, err = s.asked(q, p.Needs); err != nil {
			return err
		}
		of, err := venture.Founders(q, p.ID)
		if err != nil {
			return err
		}
		for _, h := range s.History {
			some, err := h(q, by, p.Venture, of, p.Own)
			if err != nil {
				return err
			}
			p.History = append(p.History, some...)
		}
		slices.SortStableFunc(p.History, func(a, b venture.Line) int { return cmp.Compare(b.At, a.At) })
		return nil
	})
}

func (s *Service) asked(q sqldb.Q, needs []venture.Need) ([]Asked, error) {
	all := make([]Asked, len(needs))
	var desks []org.ID
	for i, n := range needs {
		all[i].Need = n
		if n.Matter == "" {
			continue
		}
		m, err := casework.Find(q, casework.ID(n.Matter))
		if errs.KindOf(err) == errs.Absent { // ten years later
			continue
		}
		if err != nil {
			return nil, err
		}
		all[i].Is = m
		if all[i].MayAgain, err = s.mayAgain(q, m); err != nil {
			return nil, err
		}
		desks = append(desks, m.Desk)
	}
	named, err := org.Named(q, desks)
	for i := range all {
		all[i].Desk = named[all[i].Is.Desk]
	}
	return all, err
}

// accounts gives those by which founders are told something: with which they entered their venture, or which are tied to the
// persons who they are.
func accounts(q sqldb.Q, of venture.ID) (all []string, err error) {
	founders, err := venture.Founders(q, of)
	if err != nil {
		return nil, err
	}
	var people []person.ID
	for _, f := range founders {
		if f.Account != "" {
			all = append(all, f.Account)
		}
		if f.Person.IsZero() {
			continue
		}
		same, err := person.Same(q, f.Person)
		if err != nil && errs.KindOf(err) != errs.Absent {
			return nil, err
		}
		people = append(people, same...)
	}
	behind, err := account.Behind(q, people)
	for _, a := range behind {
		all = append(all, a.String())
	}
	slices.Sort(all)
	return slices.Compact(all), err
}

func (s *Service) today(q sqldb.Q) day.Day { return day.Of(q.Now(), s.Zone) }
