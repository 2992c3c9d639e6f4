package childcare

import (
	"context"
	"slices"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/solver/lottery"
)

// Line is a class in a list.
type Line struct {
	Class
	Roll     enrolment.Roll // zero before the class is offered
	Site     place.Place
	At       org.Node // where the site stands
	District org.Node // the county that it lies in
}

// OneSeason is one season with its classes.
type OneSeason struct {
	Season
	District org.Node // that it is for
	Lines    []Line
}

// Seasons gives the published seasons, those that open last first.
func (s *Service) Seasons(ctx context.Context, city string) (all []edition.Edition, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		all, err = edition.PublishedOf(q, service)
		return err
	})
	return all, err
}

// Classes gives the classes of a published season that are offered, for everybody to see.
func (s *Service) Classes(ctx context.Context, city string, which edition.ID) (got OneSeason, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		if got, err = listed(q, which, Offered, authz.Scope{All: true}); err != nil {
			return err
		}
		if got.State == edition.Draft {
			return absent()
		}
		return nil
	})
	return got, err
}

// listed reads a season with its classes.
func listed(q sqldb.Q, which edition.ID, state State, in authz.Scope) (got OneSeason, err error) {
	if got.Season, err = findSeason(q, which); err != nil {
		return got, err
	}
	if got.District, err = org.Find(q, got.Org); err != nil {
		return got, err
	}
	classes, err := classesOf(q, which, state, in)
	if err != nil {
		return got, err
	}
	got.Lines, err = lines(q, which, classes)
	return got, err
}

func lines(q sqldb.Q, season edition.ID, classes []Class) ([]Line, error) {
	rolls, err := enrolment.Rolls(q, season)
	if err != nil {
		return nil, err
	}
	var sites []place.ID
	var orgs []org.ID
	for _, c := range classes {
		sites, orgs = append(sites, c.Place), append(orgs, c.Org)
	}
	at, err := place.Those(q, sites)
	if err != nil {
		return nil, err
	}
	where, err := org.Named(q, orgs)
	if err != nil {
		return nil, err
	}
	counties, err := org.Subtree(q, authz.Scope{All: true}, org.County)
	if err != nil {
		return nil, err
	}
	all := make([]Line, len(classes))
	for i, c := range classes {
		all[i] = Line{Class: c, Roll: rolls[c.Roll], Site: at[c.Place], At: where[c.Org]}
		for _, county := range counties {
			if county.Path.Covers(all[i].At.Path) {
				all[i].District = county
			}
		}
	}
	return all, nil
}

// Shown is one class as everybody may see it.
type Shown struct {
	Line
	Season Season
	Tally  map[enrolment.State]int64 // children by how they stand
	Check  place.Check               // the latest of its site; zero without one
	Listed bool                      // there is a file of the list or of the draw
}

// View gives an offered or cancelled class to everybody.
func (s *Service) View(ctx context.Context, city string, which ID) (got Shown, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		c, err := findClass(q, which)
		if err != nil {
			return err
		}
		if c.Roll == "" {
			return absent()
		}
		got, err = shown(q, c)
		return err
	})
	return got, err
}

func shown(q sqldb.Q, c Class) (got Shown, err error) {
	all, err := lines(q, c.Edition, []Class{c})
	if err != nil {
		return got, err
	}
	got.Line = all[0]
	if got.Season, err = findSeason(q, c.Edition); err != nil {
		return got, err
	}
	checks, err := place.Checks(q, c.Place, ThreeHaves)
	if err != nil {
		return got, err
	}
	if len(checks) > 0 {
		got.Check = checks[0]
	}
	if c.Roll == "" {
		return got, nil
	}
	got.Listed = got.Roll.Listed()
	got.Tally, err = enrolment.Tally(q, c.Roll)
	return got, err
}

// File gives what is published of a class's draw: the list from when it is fixed on, and the outcome once it is drawn.
func (s *Service) File(ctx context.Context, city string, which ID) (f lottery.Published, c Class, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		if c, err = findClass(q, which); err != nil {
			return err
		}
		f, err = enrolment.Published(q, c.Roll)
		return err
	})
	return f, c, err
}

// Family is a party as one of its guardians sees it, or a clerk.
type Family struct {
	enrolment.Party
	Class  Class
	Roll   enrolment.Roll
	Why    enrolment.Why
	Names  []string // of its members, in their order; empty for who is not the reader's to see
	Claim  Claim    // what was found of the group that it says it belongs to
	Signed bool     // the reader signed, or may act as if
	Offer  bool     // there is an offer to be answered now
}

// Mine gives the sign-ups of the children for whom the actor speaks, those that count first.
func (s *Service) Mine(ctx context.Context, by authz.Actor) (all []Family, err error) {
	if by.Person == "" {
		return nil, nil
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		rows, err := s.wards(q, by)
		if err != nil {
			return err
		}
		parties, err := enrolment.OfPeople(q, rows)
		if err != nil {
			return err
		}
		for _, p := range parties {
			c, err := ofRoll(q, p.Roll)
			if errs.KindOf(err) == errs.Absent { // another service's
				continue
			}
			if err != nil {
				return err
			}
			f, err := s.family(q, by, c, p)
			if err != nil {
				return err
			}
			all = append(all, f)
		}
		return nil
	})
	slices.SortStableFunc(all, func(a, b Family) int { return enrolment.Latest(a.Party, b.Party) })
	return all, err
}

// wards gives all rows of the children for whom the actor speaks.
func (s *Service) wards(q sqldb.Q, by authz.Actor) (rows []person.ID, err error) {
	all, err := person.Wards(q, person.ID(by.Person), s.today(q))
	if err != nil {
		return nil, err
	}
	for _, w := range all {
		same, err := person.Same(q, w.ID)
		if err != nil {
			return nil, err
		}
		rows = append(rows, same...)
	}
	return rows, nil
}

// Attended gives the classes in which a child for whom the actor speaks has a place.
func (s *Service) Attended(q sqldb.Q, by authz.Actor) (all []Class, err error) {
	rows, err := s.wards(q, by)
	if err != nil {
		return nil, err
	}
	parties, err := enrolment.OfPeople(q, rows)
	if err != nil {
		return nil, err
	}
	for _, p := range parties {
		hers := func(m enrolment.Member) bool { return !m.Gone && slices.Contains(rows, m.Person) }
		if p.State != enrolment.Placed || !slices.ContainsFunc(p.Members, hers) {
			continue
		}
		c, err := ofRoll(q, p.Roll)
		if errs.KindOf(err) == errs.Absent { // another service's
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// One gives one sign-up to whoever speaks for one of its children; to everybody else it is absent.
func (s *Service) One(ctx context.Context, by authz.Actor, k enrolment.Key) (f Family, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		c, err := ofRoll(q, k.Roll)
		if err != nil {
			return err
		}
		p, err := enrolment.Find(q, k)
		if err != nil {
			return err
		}
		own, err := s.speaks(q, by, p)
		if err != nil {
			return err
		}
		if !own {
			return absent()
		}
		f, err = s.family(q, by, c, p)
		return err
	})
	return f, err
}

func (s *Service) family(q sqldb.Q, by authz.Actor, c Class, p enrolment.Party) (f Family, err error) {
	f = Family{Party: p, Class: c}
	if f.Roll, err = enrolment.FindRoll(q, p.Roll); err != nil {
		return f, err
	}
	if f.Why, err = enrolment.Explain(q, f.Roll, p); err != nil {
		return f, err
	}
	if f.Claim, err = findClaim(q, p.Key); err != nil {
		return f, err
	}
	for _, m := range p.Members {
		child, err := person.Find(q, m.Person)
		if err != nil {
			return f, err
		}
		may, err := person.MaySpeakFor(q, person.ID(by.Person), child.ID, s.today(q))
		if err != nil {
			return f, err
		}
		if !may {
			child.Name = ""
		}
		f.Names = append(f.Names, child.Name)
	}
	self, err := person.Find(q, person.ID(by.Person))
	if err != nil {
		return f, err
	}
	signer, err := person.Find(q, p.Signer)
	if err != nil {
		return f, err
	}
	f.Signed = self.ID == signer.ID
	f.Offer = p.State == enrolment.Offered && q.Now().UnixMicro() < p.Until
	return f, nil
}

// Prepared is what whoever is about to sign up for a class is asked.
type Prepared struct {
	Shown
	Children []person.Person // for whom she speaks
	OnRoll   map[person.ID]enrolment.Key
}

// Prepare gives what a sign-up for a class needs, to whoever is signed in.
func (s *Service) Prepare(ctx context.Context, by authz.Actor, which ID) (got Prepared, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		c, err := findClass(q, which)
		if err != nil {
			return err
		}
		if c.Roll == "" {
			return absent()
		}
		if got.Shown, err = shown(q, c); err != nil || by.Person == "" {
			return err
		}
		if got.Children, err = person.Wards(q, person.ID(by.Person), s.today(q)); err != nil {
			return err
		}
		got.OnRoll = map[person.ID]enrolment.Key{}
		for _, child := range got.Children {
			rows, err := person.Same(q, child.ID)
			if err != nil {
				return err
			}
			parties, err := enrolment.OfPeople(q, rows)
			if err != nil {
				return err
			}
			for _, p := range parties {
				if p.Roll == c.Roll && p.State.Counts() {
					got.OnRoll[child.ID] = p.Key
				}
			}
		}
		return nil
	})
	return got, err
}

func absent() error { return errs.New(errs.Absent, "errs.absent", nil) }
