package childcare

import (
	"context"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// DeskSeasons gives the seasons that a desk sees: those for its district or above it, drafts of its own only.
func (s *Service) DeskSeasons(ctx context.Context, by authz.Actor) (all []edition.Edition, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		seen := map[edition.ID]bool{}
		own, err := edition.Of(q, service, by.Scope(Read))
		if err != nil {
			return err
		}
		public, err := edition.PublishedOf(q, service)
		for _, e := range append(own, public...) {
			if !seen[e.ID] {
				seen[e.ID] = true
				all = append(all, e)
			}
		}
		return err
	})
	return all, err
}

// DeskSeason gives a season with the classes in the viewer's scope.
func (s *Service) DeskSeason(ctx context.Context, by authz.Actor, which edition.ID) (got OneSeason, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		e, err := edition.Find(q, which)
		if err != nil {
			return err
		}
		if e.State == edition.Draft {
			at, err := org.Find(q, e.Org)
			if err != nil {
				return err
			}
			if err := by.Must(Read, at.Path); err != nil {
				return err
			}
		} else if err := by.MustSomewhere(Read); err != nil {
			return err
		}
		got, err = listed(q, which, "", by.Scope(Read))
		return err
	})
	return got, err
}

// sitesAtOnce is how many sites a drop-down offers.
const sitesAtOnce = 50

// Sites gives the sites at which the actor may propose a class, with some words in name or address.
func (s *Service) Sites(ctx context.Context, by authz.Actor, words string) (all []place.Row, err error) {
	if err := by.MustSomewhere(Propose); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = place.Search(q, by.Scope(Propose), words, sitesAtOnce)
		return err
	})
	return all, err
}

// Districts gives the city and its counties for which the actor may write a season.
func (s *Service) Districts(ctx context.Context, by authz.Actor) (all []org.Node, err error) {
	if err := by.MustSomewhere(Plan); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = org.Subtree(q, by.Scope(Plan), org.City, org.County)
		return err
	})
	return all, err
}

// RollOf gives the roll of an offered class as it stands.
func (s *Service) RollOf(q sqldb.Q, which ID) (enrolment.Roll, error) {
	c, err := findClass(q, which)
	if err != nil {
		return enrolment.Roll{}, err
	}
	return enrolment.FindRoll(q, c.Roll)
}

// Roll gives the roll of a class to whoever may enter sign-ups for it.
func (s *Service) Roll(ctx context.Context, by authz.Actor, which ID) (roll enrolment.RollID, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		c, err := class(q, by, Enter, which)
		roll = c.Roll
		return err
	})
	return roll, err
}

// AtDesk is a class as its desk sees it.
type AtDesk struct {
	Shown
	Checks  []place.Check
	Parties []Entry
	Names   bool // the viewer sees whose children they are
}

// Entry is a party on the page of a desk.
type Entry struct {
	enrolment.Party
	Names    []string // of its members in order, masked where the viewer may not see them
	Receipts []string
	Signer   string
}

// AtDesk gives a class with its roll. Names of children are sensitive: whose role does not see those gets the first sign of each.
func (s *Service) AtDesk(ctx context.Context, by authz.Actor, which ID) (got AtDesk, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		c, err := class(q, by, Read, which)
		if err != nil {
			return err
		}
		if got.Shown, err = shown(q, c); err != nil {
			return err
		}
		if got.Checks, err = place.Checks(q, c.Place, ThreeHaves); err != nil || c.Roll == "" {
			return err
		}
		got.Names = by.Sees(authz.Sensitive, Names, got.At.Path)
		parties, err := enrolment.Parties(q, c.Roll)
		if err != nil {
			return err
		}
		for _, p := range parties {
			e := Entry{Party: p}
			if e.Signer, err = name(q, p.Signer, got.Names); err != nil {
				return err
			}
			for _, m := range p.Members {
				n, err := name(q, m.Person, got.Names)
				if err != nil {
					return err
				}
				e.Names = append(e.Names, n)
				e.Receipts = append(e.Receipts, enrolment.Receipt(got.Roll, p.Key, m.No, int64(len(p.Members))))
			}
			got.Parties = append(got.Parties, e)
		}
		return nil
	})
	return got, err
}

func name(q sqldb.Q, who person.ID, open bool) (string, error) {
	p, err := person.Find(q, who)
	if err != nil || open {
		return p.Name, err
	}
	return cn.MaskName(p.Name), nil
}

// ByPaper finds children and their guardian by their ID numbers, for a clerk who enters what came on paper or by telephone for a
// class. Whom nobody knows is named by the place in the form where the number stands.
func (s *Service) ByPaper(ctx context.Context, by authz.Actor, which ID, signer string, children []string) (adult person.ID, found []person.ID, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if _, err := class(q, by, Enter, which); err != nil {
			return err
		}
		var wrong errs.Problems
		find := func(field, number string) (person.ID, error) {
			paper, bad := person.ReadPaper(person.ResidentID, number)
			if !wrong.Require(bad == nil, field, "care.number", nil) {
				return "", nil
			}
			known, err := person.Match(q, s.Keys, paper.Kind, []string{paper.Number})
			if err != nil || !wrong.Require(known[paper.Number] != nil, field, "care.unknown", nil) {
				return "", err
			}
			return known[paper.Number].ID, nil
		}
		if adult, err = find("signer", signer); err != nil {
			return err
		}
		for _, number := range children {
			child, err := find("children", number)
			if err != nil {
				return err
			}
			found = append(found, child)
		}
		wrong.Require(len(children) > 0, "children", "field.required", nil)
		return wrong.Err()
	})
	return adult, found, err
}
