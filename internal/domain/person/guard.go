package person

import (
	"context"
	"slices"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Guardianship says that an adult speaks for a child for a time.
type Guardianship struct {
	ID         id.Of[Guardianship]
	Child      ID
	Adult      ID
	Name       string  // of the other one, as read from either side
	Relation   string  // GB/T 4761: what the adult is to the child
	Proof      string  // the document's id
	From       day.Day // from this day
	Until      day.Day // the first day on which it no longer holds; zero for still
	Restricted bool    // a court has restricted it: she does not speak for the child
}

// On tells whether the adult speaks for the child on a day as far as this goes.
func (g Guardianship) On(on day.Day) bool {
	return !g.Restricted && on >= g.From && (g.Until.IsZero() || on < g.Until)
}

// Years of age in law. Below 14 personal information is sensitive and a guardian agrees (个人信息保护法 art. 31, 28); adults are
// 18 (民法典 art. 17). A year of age is complete on the day after the birthday, so on the 14th birthday one is still under 14.
const (
	speaksAt = 14
	adultAt  = 18
)

// Speaks is the day from which a young person speaks for herself.
func Speaks(born day.Day) day.Day { return born.Reaches(speaksAt, day.DayAfter) }

// Adult is the day from which nobody else speaks for a person.
func Adult(born day.Day) day.Day { return born.Reaches(adultAt, day.DayAfter) }

// MaySpeakFor tells whether somebody may agree and apply for a person on a day: she for herself from 14 on, a guardian
// until she is 18. Rows that were merged count as one.
func MaySpeakFor(q sqldb.Q, adult, child ID, on day.Day) (bool, error) {
	a, err := Find(q, adult)
	if err != nil {
		return false, err
	}
	c, err := Find(q, child)
	if err != nil {
		return false, err
	}
	if a.ID == c.ID {
		return c.Born.IsZero() || on >= Speaks(c.Born), nil
	}
	if !c.Born.IsZero() && on >= Adult(c.Born) {
		return false, nil
	}
	children, err := group(q, c.ID)
	if err != nil {
		return false, err
	}
	adults, err := group(q, a.ID)
	if err != nil {
		return false, err
	}
	var w sqldb.Where
	w.And("g.city = $1")
	oneOf(&w, "g.child", children)
	oneOf(&w, "g.adult", adults)
	all, err := sqldb.All(q, scanGuardianship, `SELECT `+guardianColumns+`, '' FROM guardianship g WHERE `+w.SQL()+` ORDER BY g.id`, w.Args()...)
	may := false
	for _, g := range all {
		if g.Restricted { // what a court has said holds against every other paper
			return false, err
		}
		may = may || g.On(on)
	}
	return may, err
}

const guardianColumns = `g.id, g.child, g.adult, g.relation, g.proof, g.from_day, g.until_day, g.restricted`

func scanGuardianship(s sqldb.Scan) (Guardianship, error) {
	var g Guardianship
	return g, s(&g.ID, &g.Child, &g.Adult, &g.Relation, &g.Proof, &g.From, &g.Until, &g.Restricted, &g.Name)
}

// guardians gives who speaks for some rows (of one child), or for whom they speak.
func guardians(q sqldb.Q, rows []ID, ofChild bool) ([]Guardianship, error) {
	side, other := "g.child", "g.adult"
	if !ofChild {
		side, other = other, side
	}
	var w sqldb.Where
	w.And("g.city = $1")
	oneOf(&w, side, rows)
	return sqldb.All(q, scanGuardianship, `SELECT `+guardianColumns+`, p.name FROM guardianship g JOIN person p ON p.city = g.city AND p.id = `+other+`
		WHERE `+w.SQL()+` ORDER BY g.from_day, g.id`, w.Args()...)
}

// Guardians gives the adults who speak for a child on a day, each once, by the rows that stand for them.
func Guardians(q sqldb.Q, child ID, on day.Day) (all []Person, err error) {
	rows, err := Same(q, child)
	if err != nil {
		return nil, err
	}
	ties, err := guardians(q, rows, true)
	if err != nil {
		return nil, err
	}
	for _, g := range ties {
		adult, err := Find(q, g.Adult)
		if absent(err) || slices.ContainsFunc(all, func(p Person) bool { return p.ID == adult.ID }) {
			continue
		}
		if err != nil {
			return nil, err
		}
		may, err := MaySpeakFor(q, adult.ID, child, on)
		if err != nil {
			return nil, err
		}
		if may {
			all = append(all, adult)
		}
	}
	return all, nil
}

// Entrust enters that an adult speaks for a child, with the document that proves it.
func (s *Service) Entrust(ctx context.Context, by authz.Actor, g Guardianship) (id.Of[Guardianship], error) {
	var made id.Of[Guardianship]
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		child, _, err := s.permitted(tx, by, Guard, g.Child)
		if err != nil {
			return err
		}
		adult, _, err := s.permitted(tx, by, Guard, g.Adult)
		if err != nil {
			return err
		}
		var p errs.Problems
		p.Require(child.ID != adult.ID, "adult", "person.guard_itself", nil)
		_, known := cn.Relation.ByCode(g.Relation)
		p.Require(known, "relation", "field.choice", nil)
		p.Require(!g.From.IsZero(), "from", "field.required", nil)
		p.Require(g.Until.IsZero() || g.Until > g.From, "until", "person.guard_until", nil)
		p.Require(child.Born.IsZero() || g.From < Adult(child.Born), "child", "person.guard_grown", nil)
		p.Require(adult.Born.IsZero() || g.From >= Adult(adult.Born), "adult", "person.guard_young", nil)
		if err := p.Err(); err != nil {
			return err
		}
		made = id.New[Guardianship](tx.Now())
		n, err := tx.Exec(`INSERT INTO guardianship (city, id, child, adult, relation, proof, from_day, until_day, restricted)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`, made, child.ID, adult.ID, g.Relation, g.Proof, g.From, g.Until, sqldb.Bit(g.Restricted))
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "person.guard_twice", nil)
		}
		if err := tx.Record(Guard, child.ID.String(), act.Change{"adult": adult.ID, "relation": g.Relation, "from": g.From.String()}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

// Relieve ends a guardianship on a day, or notes that a court has restricted it, or lifted the restriction.
func (s *Service) Relieve(ctx context.Context, by authz.Actor, which id.Of[Guardianship], until day.Day, restricted bool, reason string) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		g, err := sqldb.One(tx, scanGuardianship, `SELECT `+guardianColumns+`, '' FROM guardianship g WHERE g.city = $1 AND g.id = $2`, which)
		if err != nil {
			return err
		}
		if _, _, err := s.permitted(tx, by, Guard, g.Child); err != nil {
			return err
		}
		if !until.IsZero() && until <= g.From {
			var p errs.Problems
			p.Add("until", "person.guard_until", nil)
			return p.Err()
		}
		if _, err := tx.Exec(`UPDATE guardianship SET until_day = $3, restricted = $4 WHERE city = $1 AND id = $2`, which, until, sqldb.Bit(restricted)); err != nil {
			return err
		}
		return tx.Record(Guard, g.Child.String(), act.Change{"guardianship": which, "until": until.String(), "restricted": restricted, "reason": reason})
	})
	return sqldb.Done(err)
}
