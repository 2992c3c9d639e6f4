package volunteering

import (
	"context"
	"fmt"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// ConsentData is the purpose to which a volunteer agrees when she applies, and ConsentVersion the version of its text.
const (
	ConsentData    = "volunteering"
	ConsentVersion = "2026-1"
)

// Apply writes down that whoever is signed in wants to serve, or changes what she has said before. Who was refused, or has left, applies
// anew by it. From 14 on the young apply for themselves; that their guardians agree is one of the papers without which nobody serves.
func (s *Service) Apply(ctx context.Context, by authz.Actor, v Volunteer, agreed bool) (made ID, err error) {
	if by.Person == "" {
		return "", errs.New(errs.Denied, "volunteer.not_linked", nil)
	}
	if err := v.check(); err != nil {
		return "", err
	}
	serial, err := s.number(ctx, by.City, "volunteer", "志愿")
	if err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := org.Find(tx, v.Org)
		if err != nil {
			return err
		}
		if !at.Kind.IsDivision() {
			return errs.New(errs.Invalid, "field.choice", nil)
		}
		self, err := person.Gather(tx, person.ID(by.Person), []person.ID{person.ID(by.Person)}, s.today(tx), ConsentData, ConsentVersion)
		if err != nil {
			return err
		}
		var p errs.Problems
		p.Require(self.Speaks[0], "", "volunteer.too_young", nil)
		p.Require(agreed || self.Agreed[0], "agreed", "volunteer.agree", nil)
		if err := p.Err(); err != nil {
			return err
		}
		old, err := ofRows(tx, self.Rows[0])
		if err != nil {
			return err
		}
		now := tx.Now().UnixMicro()
		v.State = Applied
		if old.State == Admitted && old.Org == v.Org { // who serves and says what else she can do goes on serving
			v.State = Admitted
		}
		if made = old.ID; made == "" {
			made = id.New[Volunteer](tx.Now())
			_, err = tx.Exec(`INSERT INTO volunteer (city, id, serial, person, org, skills, free, says, state, made_at, edited_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)`,
				made, serial, self.Adult.ID, v.Org, int64(v.Skills), int64(v.Free), v.Says, string(v.State), now)
		} else {
			_, err = tx.Exec(`UPDATE volunteer SET org = $3, skills = $4, free = $5, says = $6, state = $7, note = '', edited_at = $8 WHERE city = $1 AND id = $2`,
				made, v.Org, int64(v.Skills), int64(v.Free), v.Says, string(v.State), max(now, old.EditedAt+1))
		}
		if err != nil {
			return err
		}
		if !self.Agreed[0] {
			if err := person.Agreeing(tx, self.Adult.ID, []person.ID{self.Adult.ID}, []string{ConsentData}, ConsentVersion); err != nil {
				return err
			}
		}
		if err := tx.Record(Apply, made.String(), act.Change{"org": v.Org, "skills": v.Skills.Words(Skills), "free": v.Free.Words(Times), "state": string(v.State)}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		err = nil
	}
	return made, err
}

// number draws a serial number of the year.
func (s *Service) number(ctx context.Context, city, kind, prefix string) (string, error) {
	year := s.DB.Now().In(s.Zone).Year()
	n, err := s.Serials.Next(ctx, city, fmt.Sprintf("%s.%d", kind, year), 1)
	return fmt.Sprintf("%s-%d-%05d", prefix, year, n), err
}

// own finds the volunteer that whoever is signed in is.
func (s *Service) own(q sqldb.Q, by authz.Actor) (Volunteer, error) {
	if by.Person == "" {
		return Volunteer{}, errs.New(errs.Denied, "volunteer.not_linked", nil)
	}
	v, err := ofPerson(q, person.ID(by.Person))
	if err == nil && v.ID == "" {
		err = absent()
	}
	return v, err
}

// hold finds the volunteer that whoever is signed in is, and takes her row: what she does at once comes one after the other.
func (s *Service) hold(tx *sqldb.Tx, by authz.Actor) (Volunteer, error) {
	v, err := s.own(tx, by)
	if err != nil {
		return v, err
	}
	if err := sqldb.Hold(tx, "volunteer", []ID{v.ID}); err != nil {
		return v, err
	}
	return find(tx, v.ID)
}

// Leave ends somebody's service by her own wish; she leaves her group too. Who leads a group ends it first.
func (s *Service) Leave(ctx context.Context, by authz.Actor) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		v, err := s.hold(tx, by)
		if err != nil {
			return err
		}
		if err := leaveGroup(tx, v); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE volunteer SET state = 'left', edited_at = $3 WHERE city = $1 AND id = $2 AND state IN ('applied', 'admitted')`, v.ID, max(tx.Now().UnixMicro(), v.EditedAt+1))
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		return tx.Record(Gather, v.ID.String(), act.Change{"state": string(Left)})
	}))
}

// Decide admits or refuses somebody who has applied. Version is EditedAt as it was read. A refusal says why.
func (s *Service) Decide(ctx context.Context, by authz.Actor, which ID, version int64, to State, note string) error {
	var p errs.Problems
	p.Require(to == Admitted || to == Refused, "to", "field.choice", nil)
	p.Require(to != Refused || note != "", "note", "field.required", nil)
	p.Require(len([]rune(note)) <= 200, "note", "field.long", errs.Args{"max": 200})
	if err := p.Err(); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		v, _, err := At(tx, by, Admit, which)
		if err != nil {
			return err
		}
		if by.Person != "" {
			if self, err := ofPerson(tx, person.ID(by.Person)); err != nil || self.ID == v.ID {
				return errs.New(errs.Conflict, "volunteer.own", nil)
			}
		}
		n, err := tx.Exec(`UPDATE volunteer SET state = $3, note = $4, edited_at = $5 WHERE city = $1 AND id = $2 AND state IN ('applied', 'admitted') AND state <> $3 AND edited_at = $6`,
			which, string(to), note, max(tx.Now().UnixMicro(), version+1), version)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		return tx.Record(Admit, which.String(), act.Change{"was": string(v.State), "state": string(to), "note": note})
	}))
}

// At gives a volunteer for whose desk the actor holds a verb, with that desk.
func At(q sqldb.Q, by authz.Actor, verb authz.Verb, which ID) (Volunteer, org.Node, error) {
	v, err := find(q, which)
	if err != nil {
		return v, org.Node{}, err
	}
	at, err := org.Find(q, v.Org)
	if err != nil {
		return v, at, err
	}
	return v, at, by.Must(verb, at.Path)
}

// gaps gives what somebody lacks today; unsettled where the city has not said what it asks for, in which case nobody serves.
func (s *Service) gaps(q sqldb.Q, who person.ID) (gaps []clearance.Gap, unsettled bool, err error) {
	gaps, err = clearance.On(q, who, s.today(q))
	if errs.KeyOf(err) == "clearance.no_rules" {
		return nil, true, nil
	}
	return gaps, false, err
}

// After does what is to be done when rows of persons turn out to be one human being, in the act that joins them: of two volunteers the
// one who came first stays.
func (s *Service) After(tx *sqldb.Tx, rows []person.ID) error {
	var kept Volunteer
	for _, row := range rows {
		v, err := ofRows(tx, []person.ID{row})
		if err != nil {
			return err
		}
		switch {
		case v.ID == "" || v.ID == kept.ID:
			continue
		case kept.ID == "":
			kept = v
			continue
		case v.ID < kept.ID:
			v, kept = kept, v
		}
		if err := s.join(tx, v, kept); err != nil {
			return err
		}
	}
	return nil
}

// join lets one volunteer count as another from now on, in groups too.
func (s *Service) join(tx *sqldb.Tx, v, kept Volunteer) error {
	now := tx.Now().UnixMicro()
	g, err := groupOf(tx, v.ID)
	if err != nil {
		return err
	}
	if g.ID != "" {
		if _, err := tx.Exec(`UPDATE volunteer_member SET ended_at = $3 WHERE city = $1 AND volunteer = $2 AND ended_at = 0`, v.ID, now); err != nil {
			return err
		}
		into, err := groupOf(tx, kept.ID)
		if err != nil {
			return err
		}
		one := int64(1)
		if into.ID == "" { // she takes the other row's place in its group
			if err := enter(tx, g, kept.ID); err != nil {
				return err
			}
			one = 0
		}
		leader := g.Leader
		if leader == v.ID {
			leader = kept.ID
		}
		if _, err := tx.Exec(`UPDATE volunteer_group SET members = members - $3, leader = $4, edited_at = $5 WHERE city = $1 AND id = $2`, g.ID, one, leader, max(now, g.EditedAt+1)); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`UPDATE volunteer SET state = 'merged', edited_at = $3 WHERE city = $1 AND id = $2`, v.ID, max(now, v.EditedAt+1)); err != nil {
		return err
	}
	return tx.Record(Merged, v.ID.String(), act.Change{"into": kept.ID})
}
