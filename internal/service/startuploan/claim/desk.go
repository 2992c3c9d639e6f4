package claim

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan"
)

// desks are where a right over a batch counts beside the bank.
func (b *Batch) desks(v authz.Verb) []org.ID {
	switch v.Key {
	case Read.Key, Take.Key:
		return []org.ID{b.Reviewer, b.Finance}
	case Review.Key:
		return []org.ID{b.Reviewer}
	case Approve.Key, Pay.Key:
		return []org.ID{b.Finance}
	case Return.Key:
		if b.State == Filed {
			return []org.ID{b.Reviewer}
		}
		return []org.ID{b.Finance}
	}
	return nil
}

// can tells whether a right is held over a batch: at its bank, or at the desk whose turn it is.
func can(q sqldb.Q, by authz.Actor, b *Batch, bank org.Node, v authz.Verb) (bool, error) {
	if by.Can(v, bank.Path) {
		return true, nil
	}
	named, err := org.Named(q, b.desks(v))
	for _, n := range named {
		if !n.ID.IsZero() && by.Can(v, n.Path) {
			return true, err
		}
	}
	return false, err
}

// permit is can as an error: a batch that the actor may not read is not there for her.
func permit(q sqldb.Q, by authz.Actor, b *Batch, bank org.Node, v authz.Verb) error {
	ok, err := can(q, by, b, bank, v)
	if err != nil || ok {
		return err
	}
	if sees, err := can(q, by, b, bank, Read); err != nil || sees {
		if err == nil {
			err = errs.New(errs.Denied, "errs.denied", nil)
		}
		return err
	}
	return by.Must(v, bank.Path)
}

// placeDesks says where a batch that is filed goes: to the desks of human resources and of finance that the bank's county has named for
// applications. Where none is named, whoever may at the bank takes it on.
func (s *Service) placeDesks(q sqldb.Q, b *Batch, bank org.Node) error {
	county := org.ID("")
	above, err := org.Ancestry(q, bank.Path)
	if err != nil {
		return err
	}
	for _, n := range above {
		if n.Kind == org.County {
			county = n.ID
		}
	}
	way, err := startuploan.WayOn(q, county, "", s.today(q))
	if err != nil {
		return err
	}
	b.Reviewer, b.Finance = "", ""
	for _, stop := range way.Stops {
		switch stop.Desk {
		case startuploan.HR:
			b.Reviewer = stop.Org
		case startuploan.Finance:
			b.Finance = stop.Org
		}
	}
	return nil
}
