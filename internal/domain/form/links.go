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

// LimitLink says how many answers one phone may give in a day through an address; 0 lets it give any number.
func (s *Service) LimitLink(ctx context.Context, by authz.Actor, which ID, slug string, perPhone int64) error {
	return s.change(ctx, by, which, Share, nil, func(tx *sqldb.Tx, _ Form) (act.Change, error) {
		n, err := tx.Exec(`UPDATE form_link SET per_phone = $4 WHERE city = $1 AND form = $2 AND slug = $3 AND ended_at = 0`, which, slug, perPhone)
		if err == nil && n == 0 {
			err = errs.New(errs.Conflict, "form.moved_on", nil)
		}
		return act.Change{"link": slug, "per_phone": perPhone}, err
	})
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
