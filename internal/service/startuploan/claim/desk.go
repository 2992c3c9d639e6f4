package claim

import (
	"slices"

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
func (b *Batch) can(by authz.Actor, at seats, v authz.Verb) bool {
	if by.Can(v, at.bank.Path) {
		return true
	}
	return slices.ContainsFunc(b.desks(v), func(desk org.ID) bool {
		n := at.desks[desk]
		return !n.ID.IsZero() && by.Can(v, n.Path)
	})
}

// seats are the organisations at which rights over a batch count.
type seats struct {
	bank  org.Node
	desks map[org.ID]org.Node
}

func (b *Batch) seats(q sqldb.Q, bank org.Node) (at seats, err error) {
	at.bank = bank
	at.desks, err = org.Named(q, []org.ID{b.Reviewer, b.Finance})
	return at, err
}

// permit is can as an error: a batch that the actor may not read is not there for her.
func (b *Batch) permit(by authz.Actor, at seats, v authz.Verb) error {
	switch {
	case b.can(by, at, v):
		return nil
	case b.can(by, at, Read):
		return errs.New(errs.Denied, "errs.denied", nil)
	}
	return by.Must(v, at.bank.Path)
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
