package childcare

import (
	"context"

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Collector is somebody who may fetch a child: who speaks for her, or whom her family has named.
type Collector struct {
	ID       string
	Name     string
	Relation string // in the family's own word; "" of who speaks for her
	Guardian bool
}

// MostCollectors is how many beside its guardians may fetch a child.
const MostCollectors = 6

// MayCollect gives who may fetch a child on a day: those who speak for her, whom no court has restricted, then whom they have named.
func MayCollect(q sqldb.Q, child person.ID, on day.Day) (all []Collector, err error) {
	adults, err := person.Guardians(q, child, on)
	if err != nil {
		return nil, err
	}
	for _, a := range adults {
		all = append(all, Collector{ID: a.ID.String(), Name: a.Name, Guardian: true})
	}
	rows, err := person.Same(q, child)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		named, err := sqldb.All(q, func(s sqldb.Scan) (Collector, error) {
			var c Collector
			return c, s(&c.ID, &c.Name, &c.Relation)
		}, `SELECT id, name, relation FROM care_collector WHERE city = $1 AND child = $2 AND ended_at = 0 ORDER BY id`, row)
		if err != nil {
			return nil, err
		}
		all = append(all, named...)
	}
	return all, nil
}

// LetCollect names somebody who may fetch a child: by whoever speaks for her, or by a clerk of the class for which she is on a roll.
func (s *Service) LetCollect(ctx context.Context, by authz.Actor, k enrolment.Key, child person.ID, name, relation string) (made string, err error) {
	var p errs.Problems
	p.Require(name != "" && len([]rune(name)) <= 30, "name", "field.required", nil)
	p.Require(relation != "" && len([]rune(relation)) <= 12, "relation", "field.required", nil)
	if err := p.Err(); err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := s.maySayWho(tx, by, k, child); err != nil {
			return err
		}
		held, err := person.Gather(tx, child, nil, 0, "", "")
		if err != nil {
			return err
		}
		now, err := MayCollect(tx, child, s.today(tx))
		if err != nil {
			return err
		}
		n := 0
		for _, c := range now {
			if !c.Guardian {
				n++
			}
		}
		if n >= MostCollectors {
			return errs.New(errs.Conflict, "care.collectors_most", errs.Args{"n": MostCollectors})
		}
		made = id.New[Collector](tx.Now()).String()
		if _, err := tx.Exec(`INSERT INTO care_collector (city, id, child, name, relation, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			made, held.Adult.ID, name, relation, by.User, tx.Now().UnixMicro()); err != nil {
			return err
		}
		if err := tx.Record(Collect, made, act.Change{"child": held.Adult.ID, "relation": relation}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		err = nil
	}
	return made, err
}

// EndCollect takes somebody off the list of who may fetch a child, by whoever may put her there.
func (s *Service) EndCollect(ctx context.Context, by authz.Actor, k enrolment.Key, child person.ID, which string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := s.maySayWho(tx, by, k, child); err != nil {
			return err
		}
		rows, err := person.Same(tx, child)
		if err != nil {
			return err
		}
		var ended int64
		for _, row := range rows {
			n, err := tx.Exec(`UPDATE care_collector SET ended_at = $4, ended_by = $5 WHERE city = $1 AND id = $2 AND child = $3 AND ended_at = 0`, which, row, tx.Now().UnixMicro(), by.User)
			if err != nil {
				return err
			}
			ended += n
		}
		if ended == 0 {
			return absent()
		}
		return tx.Record(Collect, which, act.Change{"ended": true})
	}))
}

// maySayWho refuses who may not say who fetches a child of a family: she must speak for this child, or be a clerk of the class.
func (s *Service) maySayWho(q sqldb.Q, by authz.Actor, k enrolment.Key, child person.ID) error {
	c, err := ofRoll(q, k.Roll)
	if err != nil {
		return err
	}
	p, err := enrolment.Find(q, k)
	if err != nil {
		return err
	}
	for _, m := range p.Members {
		if m.Person != child {
			continue
		}
		if by.Person != "" {
			if may, err := person.MaySpeakFor(q, person.ID(by.Person), child, s.today(q)); may || err != nil {
				return err
			}
		}
		_, err := class(q, by, Enter, c.ID)
		return err
	}
	return absent()
}
