package intake

import (
	"context"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Undone is what the undoing of a delivery left in place, because others refer to it.
type Undone struct {
	Persons []person.ID `json:"persons,omitempty"`
	Orgs    []org.ID    `json:"orgs,omitempty"`
	Places  []place.ID  `json:"places,omitempty"` // changed by hand since
	Fields  int64       `json:"fields"`           // corrected fields that were set back

	EditedPersons []person.ID `json:"edited_persons,omitempty"` // corrected by the delivery and edited since: they keep the edit
	EditedOrgs    []org.ID    `json:"edited_orgs,omitempty"`
}

// TakeBack undoes a source's latest delivery: its rows count no more, and what they had ended or corrected is as
// before, but for fields that were edited since. Persons and organisations to whom others refer meanwhile stay, and
// are listed.
func (s *Service) TakeBack(ctx context.Context, by authz.Actor, seq int64) (Undone, error) {
	var left Undone
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := atCity(tx, by, Undo); err != nil {
			return err
		}
		d, err := source.FindDelivery(tx, seq)
		if err != nil {
			return err
		}
		if d.State != source.Visible {
			return errs.New(errs.Conflict, "source.moved_on", errs.Args{"delivery": seq})
		}
		if writing, err := source.Writing(tx); err != nil || writing != 0 {
			if err == nil {
				err = errs.New(errs.Conflict, "source.other_writing", errs.Args{"delivery": writing})
			}
			return err
		}
		if left, err = s.referred(tx, seq); err != nil {
			return err
		}
		if left.EditedPersons, err = person.EditedSince(tx, seq); err != nil {
			return err
		}
		if left.EditedOrgs, err = org.EditedSince(tx, seq); err != nil {
			return err
		}
		if err := s.takeBack(tx, d, &left); err != nil {
			return err
		}
		if s.After != nil {
			if err := s.After(tx, d, ReportOf(d).Kind); err != nil {
				return err
			}
		}
		if err := tx.Record(Undo, d.Source.String(), act.Change{"delivery": seq, "persons_kept": len(left.Persons), "orgs_kept": len(left.Orgs), "places_kept": len(left.Places)}); err != nil {
			return err
		}
		return tx.Answer(left)
	})
	if sqldb.Again(err, &left) {
		return left, nil
	}
	return left, err
}

func (s *Service) takeBack(tx *sqldb.Tx, d source.Delivery, left *Undone) error {
	if err := source.Hide(tx, d); err != nil {
		return err
	}
	people, err := person.TakeBack(tx, d.Seq)
	if err != nil {
		return err
	}
	units, err := org.TakeBack(tx, d.Seq)
	if err != nil {
		return err
	}
	left.Fields = people + units
	if err := person.TakeBackPapers(tx, s.Keys, d.Seq); err != nil {
		return err
	}
	if err := person.Keep(tx, d.Seq, left.Persons); err != nil {
		return err
	}
	if err := org.Keep(tx, left.Orgs); err != nil {
		return err
	}
	if left.Places, err = place.KeepEdited(tx, d.Seq); err != nil {
		return err
	}
	report := ReportOf(d)
	report.Undone = left
	return advance(tx, d.Seq, source.Undone, source.Undone, report)
}

// referred finds what of a delivery others refer to.
func (s *Service) referred(q sqldb.Q, seq int64) (Undone, error) {
	var u Undone
	var err error
	if u.Persons, err = person.Referred(q, seq); err != nil {
		return u, err
	}
	all, err := org.Register(q)
	if err != nil {
		return u, err
	}
	brought := map[org.ID]bool{}
	var ids []org.ID
	for _, r := range all {
		if r.Since == seq {
			brought[r.ID] = true
			ids = append(ids, r.ID)
		}
	}
	used, err := person.UsedOrgs(q, seq, ids)
	if err != nil {
		return u, err
	}
	for _, r := range all {
		if r.Live && r.Since != seq && brought[r.Parent] {
			used[r.Parent] = true
		}
	}
	sites, err := place.UsedOrgs(q, seq)
	if err != nil {
		return u, err
	}
	for _, id := range sites {
		used[id] = true
	}
	if s.Referred != nil {
		people, units, err := s.Referred(q)
		if err != nil {
			return u, err
		}
		if people, err = person.Brought(q, seq, people); err != nil {
			return u, err
		}
		u.Persons = append(u.Persons, people...)
		slices.Sort(u.Persons)
		u.Persons = slices.Compact(u.Persons)
		for _, id := range units {
			used[id] = true
		}
	}
	for _, id := range ids {
		if used[id] {
			u.Orgs = append(u.Orgs, id)
		}
	}
	return u, nil
}
