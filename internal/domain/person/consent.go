package person

import (
	"context"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Consent is that somebody agreed, for herself or for a child, to what a text of some version says.
type Consent struct {
	ID        id.Of[Consent]
	Person    ID
	GivenBy   ID
	Purpose   string
	Version   string
	Given     int64 // microseconds UTC
	Withdrawn int64 // 0 while it holds
}

const consentColumns = `c.id, c.person, c.given_by, c.purpose, c.version, c.given_at, c.withdrawn_at`

func scanConsent(s sqldb.Scan) (Consent, error) {
	var c Consent
	return c, s(&c.ID, &c.Person, &c.GivenBy, &c.Purpose, &c.Version, &c.Given, &c.Withdrawn)
}

func consents(q sqldb.Q, rows []ID) ([]Consent, error) {
	var w sqldb.Where
	w.And("c.city = $1")
	oneOf(&w, "c.person", rows)
	return sqldb.All(q, scanConsent, `SELECT `+consentColumns+` FROM consent c WHERE `+w.SQL()+` ORDER BY c.id DESC`, w.Args()...)
}

// Consented tells whether a person's consent to a purpose holds now.
func Consented(q sqldb.Q, person ID, purpose string) (bool, error) {
	p, err := Find(q, person)
	if err != nil {
		return false, err
	}
	rows, err := group(q, p.ID)
	if err != nil {
		return false, err
	}
	all, err := consents(q, rows)
	for _, c := range all {
		if c.Purpose == purpose && c.Withdrawn == 0 {
			return true, err
		}
	}
	return false, err
}

// speaks refuses an actor who may not agree for a person: she is neither she herself nor her guardian, and not a clerk who
// enters what was signed on paper.
func (s *Service) speaks(tx *sqldb.Tx, by authz.Actor, v authz.Verb, of ID) (Person, error) {
	p, err := Find(tx, of)
	if err != nil {
		return p, err
	}
	if by.Person != "" {
		may, err := MaySpeakFor(tx, ID(by.Person), p.ID, s.today(tx))
		if err != nil || may {
			return p, err
		}
	}
	_, _, err = s.permitted(tx, by, v, of)
	return p, err
}

// Consent notes that somebody agrees now.
func (s *Service) Consent(ctx context.Context, by authz.Actor, of, givenBy ID, purpose, version string) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		p, err := s.speaks(tx, by, Agree, of)
		if err != nil {
			return err
		}
		may, err := MaySpeakFor(tx, givenBy, p.ID, s.today(tx))
		if err != nil {
			return err
		}
		if !may {
			return errs.New(errs.Invalid, "person.may_not_speak", nil)
		}
		if _, err := tx.Exec(`INSERT INTO consent (city, id, person, given_by, purpose, version, given_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			id.New[Consent](tx.Now()), p.ID, givenBy, purpose, version, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(Agree, p.ID.String(), act.Change{"given_by": givenBy, "purpose": purpose, "version": version})
	})
	return sqldb.Done(err)
}

// Withdraw ends all consents of a person to a purpose at once.
func (s *Service) Withdraw(ctx context.Context, by authz.Actor, of ID, purpose string) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		p, err := s.speaks(tx, by, Agree, of)
		if err != nil {
			return err
		}
		rows, err := group(tx, p.ID)
		if err != nil {
			return err
		}
		ended, err := tx.Bulk(`UPDATE consent SET withdrawn_at = $4 WHERE city = $1 AND person = $2 AND purpose = $3 AND withdrawn_at = 0`, len(rows),
			func(i int) []any { return []any{rows[i], purpose, tx.Now().UnixMicro()} })
		if err != nil {
			return err
		}
		if ended == 0 {
			return errs.New(errs.Conflict, "person.no_consent", nil)
		}
		return tx.Record(Agree, p.ID.String(), act.Change{"withdrawn": purpose})
	})
	return sqldb.Done(err)
}
