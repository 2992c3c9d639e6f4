package account

import (
	"context"
	"time"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

const (
	// LinkLockFor is how long nobody tries papers after MaxFailures wrong ones: so many guesses a day.
	LinkLockFor = 24 * time.Hour
	// LinkRest is how long an account may go without a sign-in and stay tied to its person. A number that was given up is
	// given to somebody else some 90 days later at the earliest; until then nobody gets a code there. So whoever has it next
	// comes after this rest, and must prove herself.
	LinkRest = 60 * 24 * time.Hour
)

// Link ties the actor's public account to the person who holds both its phone number and a paper. A phone alone proves
// nothing, since numbers are given to others. The account's row is the guard: tries count one after another. Whether nobody
// holds the paper, somebody with another phone does, or a child who is too young, answer, record and work are the same.
func (s *Service) Link(ctx context.Context, by authz.Actor, kind person.PaperKind, number string) error {
	paper, err := person.ReadPaper(kind, number)
	if err != nil {
		return err
	}
	by.Once = "" // each try counts
	var refused error
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		refused = nil
		if err := take(tx, ID(by.User)); err != nil {
			return err
		}
		a, err := Find(tx, ID(by.User))
		if err != nil {
			return err
		}
		if a.Kind != Public || a.State != Active {
			return errs.New(errs.Denied, "account.not_public", nil)
		}
		if a.Locked(tx.Now()) {
			refused = errs.New(errs.Busy, "account.link_tries", errs.Args{"most": MaxFailures})
			return tx.Record(FailLink, a.ID.String(), act.Change{"locked": true})
		}
		phone, err := s.Keys.Open(phonePlace(tx.City(), a.ID), a.phone)
		if err != nil {
			return err
		}
		row, err := person.Holder(tx, s.Keys, string(phone), paper, day.Of(tx.Now(), s.zone()))
		if err != nil {
			return err
		}
		if row.IsZero() {
			var p errs.Problems
			p.Add("number", "account.link_none", nil)
			refused = p.Err()
			if _, _, err := strike(tx, a.ID, LinkLockFor); err != nil {
				return err
			}
			return tx.Record(FailLink, a.ID.String(), act.Change{"paper": string(kind)})
		}
		if _, err := tx.Exec(`UPDATE account SET person = $3, person_paper = $4, person_at = $5 WHERE city = $1 AND id = $2`,
			a.ID, row, string(kind), tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(Link, a.ID.String(), act.Change{"person": row, "paper": string(kind)})
	})
	s.seen.drop(by.City, ID(by.User))
	if err != nil {
		return err
	}
	return refused
}

// Unlink parts the actor's account from its person again.
func (s *Service) Unlink(ctx context.Context, by authz.Actor) error {
	defer s.seen.drop(by.City, ID(by.User))
	return settled(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		n, err := part(tx, ID(by.User))
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "account.not_linked", nil)
		}
		return tx.Record(Unlink, by.User, nil)
	}))
}

func part(tx *sqldb.Tx, a ID) (int64, error) {
	return tx.Exec(`UPDATE account SET person = NULL, person_paper = '', person_at = 0 WHERE city = $1 AND id = $2 AND person IS NOT NULL`, a)
}

// rest parts an account from its person at a sign-in after a long rest, and else notes that the phone is still hers.
func rest(tx *sqldb.Tx, a Account) (parted bool, err error) {
	switch {
	case a.Person == "":
		return false, nil
	case tx.Now().Sub(a.personAt) > LinkRest:
		_, err = part(tx, a.ID)
		return true, err
	}
	_, err = tx.Exec(`UPDATE account SET person_at = $3 WHERE city = $1 AND id = $2 AND person IS NOT NULL`, a.ID, tx.Now().UnixMicro())
	return false, err
}

// linked gives the person behind a public account as far as that still holds: the tie is not kept in order by whoever
// changes a phone number, joins or parts rows, or takes an import back, but asked anew whenever a session is read.
func (s *Service) linked(q sqldb.Q, a Account) (string, error) {
	if a.Person == "" || len(a.phone) == 0 {
		return "", nil
	}
	phone, err := s.Keys.Open(phonePlace(q.City(), a.ID), a.phone)
	if err != nil {
		return "", err
	}
	who, err := person.Proven(q, s.Keys, person.ID(a.Person), a.paper, string(phone), day.Of(q.Now(), s.zone()))
	return who.String(), err
}
