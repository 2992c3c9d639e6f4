package childcare

import (
	"context"
	"slices"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Joining is a sign-up of children for a class, who get places together or not at all.
type Joining struct {
	Class    ID
	Children []person.ID
	Group    int64 // of the season's groups; 0 for none
	Photo    bool  // photographs of the children may be shown
	Agreed   bool  // the text of ConsentData was agreed to
}

// Joined is what whoever signed up is told.
type Joined struct {
	Key   enrolment.Key
	State enrolment.State
}

// SignUp signs children up by whoever speaks for them and is signed in.
func (s *Service) SignUp(ctx context.Context, by authz.Actor, j Joining) (Joined, error) {
	if by.Person == "" {
		return Joined{}, errs.New(errs.Denied, "care.not_linked", nil)
	}
	return s.join(ctx, by, j, enrolment.Web, person.ID(by.Person))
}

// EnterSignUp enters a sign-up that came on paper or by telephone. The rules are the same as for whoever signs up by herself: the
// signer speaks for the children and has agreed.
func (s *Service) EnterSignUp(ctx context.Context, by authz.Actor, j Joining, way enrolment.Way, signer person.ID) (Joined, error) {
	if way != enrolment.Paper && way != enrolment.Phone {
		return Joined{}, errs.New(errs.Invalid, "field.choice", nil)
	}
	return s.join(ctx, by, j, way, signer)
}

func (s *Service) join(ctx context.Context, by authz.Actor, j Joining, way enrolment.Way, signer person.ID) (got Joined, err error) {
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		verb := Join
		c, err := findClass(tx, j.Class)
		if err == nil && way != enrolment.Web {
			verb = Enter
			c, err = class(tx, by, Enter, j.Class)
		}
		if err != nil {
			return err
		}
		if c.Roll == "" {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		family, err := person.Gather(tx, signer, j.Children, s.today(tx), ConsentData, ConsentVersion)
		if err != nil {
			return err
		}
		if err := mayJoin(c, j, family); err != nil {
			return err
		}
		g, err := group(tx, c, j.Group)
		if err != nil {
			return err
		}
		_, p, err := enrolment.Take(tx, enrolment.Ask{Roll: c.Roll, People: family, Group: g.No, Points: g.Points, Way: way})
		if err != nil {
			return err
		}
		if err := agree(tx, j, family); err != nil {
			return err
		}
		got = Joined{p.Key, p.State}
		if err := tx.Record(verb, p.Subject(), act.Change{"class": c.Serial, "children": len(p.Members), "state": string(p.State), "way": string(way)}); err != nil {
			return err
		}
		return tx.Answer(got)
	})
	if sqldb.Again(err, &got) {
		err = nil
	}
	return got, err
}

// group finds the group of the season to which a family says that it belongs. Who belongs to none comes after all of them.
func group(q sqldb.Q, c Class, no int64) (edition.Group, error) {
	if no == 0 {
		return edition.Group{No: enrolment.LastGroup}, nil
	}
	all, err := edition.Groups(q, c.Edition)
	if err != nil {
		return edition.Group{}, err
	}
	i := slices.IndexFunc(all, func(g edition.Group) bool { return g.No == no })
	if i < 0 {
		return edition.Group{}, errs.New(errs.Invalid, "field.choice", nil)
	}
	return all[i], nil
}

// mayJoin refuses children for whom the signer does not speak, and those who are too young or too old.
func mayJoin(c Class, j Joining, family person.Party) error {
	var p errs.Problems
	for i, child := range family.People {
		if !p.Require(family.Speaks[i], "child", "care.may_not_speak", errs.Args{"name": child.Name}) {
			continue
		}
		if !p.Require(!child.Born.IsZero(), "child", "care.no_birth", errs.Args{"name": child.Name}) {
			continue
		}
		age := int64(child.Born.Age(c.First, day.BirthdayCounts))
		p.Require(c.AgeFrom <= age && age <= c.AgeTo, "child", "care.age", errs.Args{"name": child.Name, "from": c.AgeFrom, "to": c.AgeTo})
		p.Require(j.Agreed || family.Agreed[i], "agreed", "care.agree", nil)
	}
	return p.Err()
}

// agree notes to what the signer agrees, as far as that is not noted.
func agree(tx *sqldb.Tx, j Joining, family person.Party) error {
	if j.Photo {
		var all []person.ID
		for _, child := range family.People {
			all = append(all, child.ID)
		}
		if err := person.Agreeing(tx, family.Adult.ID, all, []string{ConsentPhoto}, ConsentVersion); err != nil {
			return err
		}
	}
	var fresh []person.ID
	for i, child := range family.People {
		if !family.Agreed[i] {
			fresh = append(fresh, child.ID)
		}
	}
	return person.Agreeing(tx, family.Adult.ID, fresh, []string{ConsentData}, ConsentVersion)
}

func (s *Service) today(q sqldb.Q) day.Day { return day.Of(q.Now(), s.Zone) }

// AcceptPlace takes an offered place: by whoever signed, or by a clerk for her.
func (s *Service) AcceptPlace(ctx context.Context, by authz.Actor, k enrolment.Key) error {
	return s.move(ctx, by, k, Accept, true, func(tx *sqldb.Tx) (enrolment.Party, []enrolment.Party, error) {
		p, err := enrolment.Accept(tx, k)
		return p, nil, err
	})
}

// DeclinePlace gives an offered place to the next: by whoever signed, or by a clerk for her.
func (s *Service) DeclinePlace(ctx context.Context, by authz.Actor, k enrolment.Key) error {
	return s.move(ctx, by, k, Decline, true, func(tx *sqldb.Tx) (enrolment.Party, []enrolment.Party, error) {
		return enrolment.Decline(tx, k)
	})
}

// Leave takes children off a roll, all of the family where none is named: by anybody who speaks for them, or by a clerk.
// Their places are offered to the next at once.
func (s *Service) Leave(ctx context.Context, by authz.Actor, k enrolment.Key, who ...person.ID) error {
	return s.move(ctx, by, k, Withdraw, false, func(tx *sqldb.Tx) (enrolment.Party, []enrolment.Party, error) {
		return enrolment.Withdraw(tx, k, who...)
	})
}

// move changes how a family stands, and tells whoever is offered what it leaves.
func (s *Service) move(ctx context.Context, by authz.Actor, k enrolment.Key, v authz.Verb, signerOnly bool, do func(*sqldb.Tx) (enrolment.Party, []enrolment.Party, error)) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, err := ofRoll(tx, k.Roll)
		if err != nil {
			return err
		}
		before, err := enrolment.Find(tx, k)
		if err != nil {
			return err
		}
		if err := s.mayMove(tx, by, c, before, signerOnly); err != nil {
			return err
		}
		p, offered, err := do(tx)
		if err != nil {
			return err
		}
		if err := s.tellOffered(tx, c, offered); err != nil {
			return err
		}
		return tx.Record(v, k.Subject(), act.Change{"class": c.Serial, "was": string(before.State), "is": string(p.State), "size": p.Size})
	}))
}

// mayMove refuses who may not act for a family: she must have signed, or where that is not asked speak for one of its children;
// a clerk acts for anybody at her sites.
func (s *Service) mayMove(q sqldb.Q, by authz.Actor, c Class, p enrolment.Party, signerOnly bool) error {
	own, err := s.speaks(q, by, p)
	if err != nil {
		return err
	}
	if own {
		self, err := person.Find(q, person.ID(by.Person))
		if err != nil {
			return err
		}
		signer, err := person.Find(q, p.Signer)
		if err != nil {
			return err
		}
		if !signerOnly || self.ID == signer.ID {
			return nil
		}
		return errs.New(errs.Denied, "care.signer_only", nil)
	}
	at, err := org.Find(q, c.Org)
	if err != nil {
		return err
	}
	return by.Must(Enter, at.Path)
}

// speaks tells whether the actor speaks for one of a family's children today.
func (s *Service) speaks(q sqldb.Q, by authz.Actor, p enrolment.Party) (bool, error) {
	if by.Person == "" {
		return false, nil
	}
	for _, m := range p.Members {
		may, err := person.MaySpeakFor(q, person.ID(by.Person), m.Person, s.today(q))
		if err != nil || may {
			return may, err
		}
	}
	return false, nil
}
