package nightschool

import (
	"context"

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Signed is what whoever signed up is told.
type Signed struct {
	Key   enrolment.Key
	State enrolment.State
}

// SignUp signs whoever is signed in up for a course.
func (s *Service) SignUp(ctx context.Context, by authz.Actor, which ID, agreed bool) (Signed, error) {
	if by.Person == "" {
		return Signed{}, errs.New(errs.Denied, "night.not_linked", nil)
	}
	return s.join(ctx, by, which, enrolment.Web, agreed, func(sqldb.Q) (person.ID, error) { return person.ID(by.Person), nil })
}

// EnterSignUp enters a sign-up that came on paper or by telephone, for somebody who is named by her ID number and has agreed. The rules are the
// same as for whoever signs up by herself.
func (s *Service) EnterSignUp(ctx context.Context, by authz.Actor, which ID, way enrolment.Way, number string, agreed bool) (Signed, error) {
	if way != enrolment.Paper && way != enrolment.Phone {
		return Signed{}, errs.New(errs.Invalid, "field.choice", nil)
	}
	return s.join(ctx, by, which, way, agreed, func(q sqldb.Q) (person.ID, error) {
		var p errs.Problems
		paper, bad := person.ReadPaper(person.ResidentID, number)
		if !p.Require(bad == nil, "number", "night.number", nil) {
			return "", p.Err()
		}
		known, err := person.Match(q, s.Keys, paper.Kind, []string{paper.Number})
		if err != nil {
			return "", err
		}
		if !p.Require(known[paper.Number] != nil, "number", "night.unknown", nil) {
			return "", p.Err()
		}
		return known[paper.Number].ID, nil
	})
}

func (s *Service) join(ctx context.Context, by authz.Actor, which ID, way enrolment.Way, agreed bool, learner func(sqldb.Q) (person.ID, error)) (got Signed, err error) {
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		verb := Join
		c, err := findCourse(tx, which)
		if err == nil && way != enrolment.Web {
			verb = Enter
			c, err = course(tx, by, Enter, which)
		}
		if err != nil {
			return err
		}
		if c.Roll == "" {
			return absent()
		}
		who, err := learner(tx)
		if err != nil {
			return err
		}
		self, err := person.Gather(tx, who, []person.ID{who}, s.today(tx), ConsentLearn, ConsentVersion)
		if err != nil {
			return err
		}
		var p errs.Problems
		p.Require(self.Speaks[0], "", "night.too_young", nil)
		p.Require(c.Admits(self.Adult.Born), "", "night.age", errs.Args{"from": c.AgeFrom, "to": c.AgeTo})
		p.Require(agreed || self.Agreed[0], "agreed", "night.agree", nil)
		if err := p.Err(); err != nil {
			return err
		}
		t, err := findTerm(tx, c.Term)
		if err != nil {
			return err
		}
		if err := blocked(tx, t, self.Rows[0]); err != nil {
			return err
		}
		_, party, err := enrolment.Take(tx, enrolment.Ask{Roll: c.Roll, People: self, Group: enrolment.LastGroup, Way: way})
		if err != nil {
			return err
		}
		if !self.Agreed[0] {
			if err := person.Agreeing(tx, self.Adult.ID, []person.ID{self.Adult.ID}, []string{ConsentLearn}, ConsentVersion); err != nil {
				return err
			}
		}
		got = Signed{party.Key, party.State}
		if err := tx.Record(verb, party.Subject(), act.Change{"course": c.Serial, "state": string(party.State), "way": string(way)}); err != nil {
			return err
		}
		return tx.Answer(got)
	})
	if sqldb.Again(err, &got) {
		err = nil
	}
	return got, err
}

// AcceptPlace takes an offered place: by the learner, or by a clerk for her.
func (s *Service) AcceptPlace(ctx context.Context, by authz.Actor, k enrolment.Key) error {
	return s.move(ctx, by, k, Accept, func(tx *sqldb.Tx) (enrolment.Party, []enrolment.Party, error) {
		p, err := enrolment.Accept(tx, k)
		return p, nil, err
	})
}

// DeclinePlace gives an offered place to the next: by the learner, or by a clerk for her.
func (s *Service) DeclinePlace(ctx context.Context, by authz.Actor, k enrolment.Key) error {
	return s.move(ctx, by, k, Decline, func(tx *sqldb.Tx) (enrolment.Party, []enrolment.Party, error) { return enrolment.Decline(tx, k) })
}

// Leave takes a learner off a roll, by herself or by a clerk. Her place is offered to the next at once.
func (s *Service) Leave(ctx context.Context, by authz.Actor, k enrolment.Key) error {
	return s.move(ctx, by, k, Withdraw, func(tx *sqldb.Tx) (enrolment.Party, []enrolment.Party, error) { return enrolment.Withdraw(tx, k) })
}

// move changes how a learner stands, and tells whoever is offered what she leaves.
func (s *Service) move(ctx context.Context, by authz.Actor, k enrolment.Key, v authz.Verb, do func(*sqldb.Tx) (enrolment.Party, []enrolment.Party, error)) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, before, err := s.seat(tx, by, k)
		if err != nil {
			return err
		}
		p, offered, err := do(tx)
		if err != nil {
			return err
		}
		if err := tell(tx, c, offered, "night.notice.offered"); err != nil {
			return err
		}
		return tx.Record(v, k.Subject(), act.Change{"course": c.Serial, "was": string(before.State), "is": string(p.State)})
	}))
}

// seat finds a party of a course for the learner herself, or for a clerk of its site.
func (s *Service) seat(q sqldb.Q, by authz.Actor, k enrolment.Key) (Course, enrolment.Party, error) {
	c, err := ofRoll(q, k.Roll)
	if err != nil {
		return c, enrolment.Party{}, err
	}
	p, err := enrolment.Find(q, k)
	if err != nil {
		return c, p, err
	}
	own, err := hers(q, by, p)
	if err != nil || own {
		return c, p, err
	}
	at, err := org.Find(q, c.Org)
	if err != nil {
		return c, p, err
	}
	return c, p, by.Must(Enter, at.Path)
}

// hers tells whether a party is whoever is signed in.
func hers(q sqldb.Q, by authz.Actor, p enrolment.Party) (bool, error) {
	if by.Person == "" {
		return false, nil
	}
	self, err := person.Find(q, person.ID(by.Person))
	if err != nil {
		return false, err
	}
	for _, m := range p.Members {
		one, err := person.Find(q, m.Person)
		if err != nil {
			return false, err
		}
		if one.ID == self.ID {
			return true, nil
		}
	}
	return false, nil
}
