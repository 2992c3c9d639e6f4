package form

import (
	"context"
	"crypto/rand"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// AddLink makes an address under which a form is filled in without an account; what comes through it counts at an organisation.
func (s *Service) AddLink(ctx context.Context, by authz.Actor, which ID, at org.ID, name string, until day.Day) (Link, error) {
	made := Link{Slug: slug(), Form: which, Org: at, Name: name, Until: until}
	err := s.change(ctx, by, which, Share, &made, func(tx *sqldb.Tx, _ Form) (act.Change, error) {
		node, err := org.Find(tx, at)
		if err != nil {
			return nil, err
		}
		if err := by.Must(Share, node.Path); err != nil {
			return nil, err
		}
		if !until.IsZero() && until < s.today(tx) {
			return nil, errs.New(errs.Invalid, "form.closes_past", errs.Args{"day": until})
		}
		made.MadeAt = tx.Now().UnixMicro()
		if _, err := tx.Exec(`INSERT INTO form_link (city, slug, form, org, name, until, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			made.Slug, which, at, name, until, by.User, made.MadeAt); err != nil {
			return nil, err
		}
		return act.Change{"link": made.Slug, "org": at, "until": until.String()}, tx.Answer(made)
	})
	return made, err
}

// EndLink ends an address at once.
func (s *Service) EndLink(ctx context.Context, by authz.Actor, which ID, slug string) error {
	return s.change(ctx, by, which, Share, nil, func(tx *sqldb.Tx, _ Form) (act.Change, error) {
		n, err := tx.Exec(`UPDATE form_link SET ended_at = $4 WHERE city = $1 AND form = $2 AND slug = $3 AND ended_at = 0`, which, slug, tx.Now().UnixMicro())
		if err == nil && n == 0 {
			err = errs.New(errs.Conflict, "form.moved_on", nil)
		}
		return act.Change{"link": slug, "ended": true}, err
	})
}

// slug draws the end of an address: ten letters and digits that nobody mistakes for others.
func slug() string {
	const letters = "23456789abcdefghijkmnpqrstuvwxyz"
	raw := make([]byte, 10)
	rand.Read(raw)
	for i, c := range raw {
		raw[i] = letters[c%32]
	}
	return string(raw)
}

// Sought chooses forms: those of an organisation or below it, in a state where one is named.
type Sought struct {
	At    authz.Path
	State State
}

// Listed is a form in a list: with the name of whose it is, its draft if it has one, and how many answers there are.
type Listed struct {
	Form
	OrgName string
	Draft   int64 // the number of a version that waits to be published, 0 for none
	Answers int64 // in the viewer's scope; -1 where she may not read answers
}

// most is how many forms a list shows; a city has some dozens.
const most = 200

// Forms lists the forms that the viewer may see, those changed last first.
func (s *Service) Forms(ctx context.Context, by authz.Actor, f Sought) (all []Listed, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		in := by.Scope(Read)
		if f.At != "" {
			in = in.Narrow(f.At)
		}
		var w sqldb.Where
		w.And("f.city = $1")
		if f.State != "" {
			w.And("f.state = ?", f.State)
		}
		org.Inside(&w, in, "f.org")
		found, err := sqldb.All(q, scan, `SELECT `+columns+` FROM form f WHERE `+w.SQL()+` ORDER BY f.edited_at DESC, f.id LIMIT `+w.Arg(most), w.Args()...)
		if err != nil {
			return err
		}
		for _, one := range found {
			l := Listed{Form: one, Answers: -1}
			if err := s.complete(q, by, &l); err != nil {
				return err
			}
			all = append(all, l)
		}
		return nil
	})
	return all, err
}

// complete adds what a list shows beside a form.
func (s *Service) complete(q sqldb.Q, by authz.Actor, l *Listed) error {
	at, err := org.Find(q, l.Org)
	if err != nil {
		return err
	}
	l.OrgName = at.Name
	if err := q.Row(`SELECT COALESCE(MAX(seq), 0) FROM form_version WHERE city = $1 AND form = $2 AND published_at = 0`, l.ID).Scan(&l.Draft); err != nil {
		return err
	}
	if !by.May(Answers) {
		return nil
	}
	w := Filter{Form: l.ID}.where(by, Answers)
	return q.Row(`SELECT COUNT(*) FROM answer a WHERE `+w.SQL(), w.Args()...).Scan(&l.Answers)
}
