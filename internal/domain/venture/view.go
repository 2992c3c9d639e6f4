package venture

import (
	"context"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Dossier is all that a viewer may see of a venture on one page.
type Dossier struct {
	Venture
	At        org.Node
	Over      org.Node // what At hangs below
	Site      place.Place
	Founders  []Founder // none where the viewer may not know names
	Honours   []Honour
	Needs     []Need
	Consents  []Consent
	Receivers map[org.ID]org.Node // of the consents
	Slot      Slot                // of the priority industries in force; its No is 0 where it is none
	Branches  Industries
	Stale     bool
	Purposes  []string // under which a bank looks; none for officers and founders
	Own       bool     // whose own it is looks
	SeesNames bool
	SeesMoney bool
}

// View gives a dossier to an officer as far as she may see.
func (s *Service) View(ctx context.Context, by authz.Actor, which ID) (d Dossier, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		v, at, err := placed(q, which)
		if err != nil {
			return err
		}
		if err := by.Must(Read, at.Path); err != nil {
			return err
		}
		d.SeesNames, d.SeesMoney = by.Sees(authz.Personal, Read, at.Path), by.Sees(authz.Sensitive, Read, at.Path)
		return s.fill(q, v, at, &d)
	})
	return d, err
}

// ViewOwn gives a founder her dossier.
func (s *Service) ViewOwn(ctx context.Context, by authz.Actor, which ID) (d Dossier, lookers []Looker, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		v, err := Own(q, by, which)
		if err != nil {
			return err
		}
		at, err := org.Find(q, v.Org)
		if err != nil {
			return err
		}
		d.Own, d.SeesNames, d.SeesMoney = true, true, true
		if err := s.fill(q, v, at, &d); err != nil {
			return err
		}
		lookers, err = s.Lookers(q, which)
		return err
	})
	return d, lookers, err
}

// ViewShared gives staff of a bank a dossier as far as its founder's standing consents reach, and notes that they looked.
func (s *Service) ViewShared(ctx context.Context, by authz.Actor, which ID) (d Dossier, err error) {
	if err := by.MustSomewhere(Shared); err != nil {
		return d, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		of, err := desk(q, by)
		if err != nil {
			return err
		}
		if len(of) == 0 {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		var w sqldb.Where
		s.under(q, w.And("v.city = $1").And("v.id = ?", which).And("v.state = 'known'"), of)
		v, err := sqldb.One(q, scan, `SELECT `+columns+` FROM venture v WHERE `+w.SQL(), w.Args()...)
		if err != nil {
			return err
		}
		all, err := Consents(q, which)
		if err != nil {
			return err
		}
		for _, c := range all {
			if c.Stands(s.today(q)) && slices.Contains(of, c.Receiver) && !slices.Contains(d.Purposes, c.Purpose) {
				d.Purposes = append(d.Purposes, c.Purpose)
			}
		}
		d.SeesNames = slices.Contains(d.Purposes, Loan)
		d.SeesMoney = d.SeesNames
		at, err := org.Find(q, v.Org)
		if err != nil {
			return err
		}
		return s.fill(q, v, at, &d)
	})
	if err != nil {
		return d, err
	}
	d.Consents, d.Receivers = nil, nil // to whom else she shows it is not the bank's business
	if !d.SeesNames {
		d.Credit, d.Staff, d.Honours = "", 0, nil
	}
	return d, s.DB.Note(ctx, by, Look, which.String(), act.Change{"purposes": d.Purposes})
}

// fill reads all that belongs to a dossier, and leaves out what the viewer may not see.
func (s *Service) fill(q sqldb.Q, v Venture, at org.Node, d *Dossier) (err error) {
	d.Venture, d.At = v, at
	up, err := org.Named(q, []org.ID{at.Parent})
	if err != nil {
		return err
	}
	d.Over = up[at.Parent]
	if !v.Place.IsZero() {
		if d.Site, err = place.Find(q, v.Place); err != nil && errs.KindOf(err) != errs.Absent {
			return err
		}
	}
	if d.SeesNames {
		if d.Founders, err = Founders(q, v.ID); err != nil {
			return err
		}
	} else {
		d.Address, d.ConfirmedBy = "", ""
	}
	if !d.SeesMoney {
		d.Revenue, d.RevenueYear = 0, 0
	}
	if d.Honours, err = Honours(q, v.ID); err != nil {
		return err
	}
	if d.Needs, err = Needs(q, v.ID); err != nil {
		return err
	}
	if d.Consents, err = Consents(q, v.ID); err != nil {
		return err
	}
	var ids []org.ID
	for _, c := range d.Consents {
		ids = append(ids, c.Receiver)
	}
	if d.Receivers, err = org.Named(q, ids); err != nil {
		return err
	}
	if d.Branches, err = LoadIndustries(q); err != nil {
		return err
	}
	n, err := s.now(q)
	if err != nil {
		return err
	}
	if no := n.priority.Holds(v.Industry); no > 0 {
		d.Slot = n.priority.Slots[no-1]
	}
	d.Stale = v.State == Known && v.ConfirmedAt < n.cut
	return nil
}
