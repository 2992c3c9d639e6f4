package followup

import (
	"context"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
)

// Apart is how many days lie between two tellings of a founder's.
const Apart = 30

// asked is after how many months without any news a founder is asked to tell.
const asked = 11

// Own is a founder's loan, with what she has told of her business last.
type Own struct {
	Followed
	Number   string
	BankName string
	Name     string // of the business
	Latest   Snapshot
	Asked    bool // it is time to tell again
	Closed   bool // nothing is asked any more
}

// Mine gives the loans of the actor's own ventures, and those that she has signed.
func (s *Service) Mine(ctx context.Context, by authz.Actor) (all []Own, err error) {
	if by.User == "" {
		return nil, nil
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all = nil
		loans, err := contract.OfOwner(q, by)
		if err != nil {
			return err
		}
		for _, c := range loans {
			o, err := s.own(q, c)
			if errs.KindOf(err) == errs.Absent && err != nil { // not paid out, or not planned yet
				continue
			}
			if err != nil {
				return err
			}
			all = append(all, o)
		}
		return nil
	})
	return all, err
}

func (s *Service) own(q sqldb.Q, c contract.Contract) (o Own, err error) {
	if o.Followed, err = Find(q, c.ID); err != nil {
		return o, err
	}
	bank, err := org.Named(q, []org.ID{c.Bank})
	if err != nil {
		return o, err
	}
	o.Number, o.BankName, o.Name = c.Number, bank[c.Bank].Name, c.Borrower
	if c.Venture != "" {
		if v, err := venture.Find(q, venture.ID(c.Venture)); err == nil {
			o.Name = v.Name
		} else if errs.KindOf(err) != errs.Absent {
			return o, err
		}
	}
	told, err := Snapshots(q, c.ID)
	for _, x := range told {
		if x.Withdrawn == 0 && x.State != Unmet {
			o.Latest = x
		}
	}
	last := o.Latest.On
	if last.IsZero() {
		last = o.First
	}
	o.Closed = o.Latest.State == Closed
	o.Asked = !o.Closed && last.AddMonths(asked) <= s.today(q)
	return o, err
}

// LookOwn gives one loan of the actor's.
func (s *Service) LookOwn(ctx context.Context, by authz.Actor, of contract.ID) (o Own, err error) {
	all, err := s.Mine(ctx, by)
	for _, x := range all {
		if x.Contract == of {
			return x, nil
		}
	}
	if err == nil {
		err = errs.New(errs.Absent, "errs.absent", nil)
	}
	return o, err
}

// Check takes what a founder tells of her own business today. It counts like a visit, and spares none.
func (s *Service) Check(ctx context.Context, by authz.Actor, of contract.ID, g Given) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, err := contract.Find(tx, of)
		if err != nil {
			return err
		}
		own, err := contract.Owns(tx, by, c)
		if err != nil {
			return err
		}
		if !own {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		f, err := s.hold(tx, of, 0)
		if err != nil {
			return err
		}
		g.On = s.today(tx)
		var lately day.Day
		all, err := Snapshots(tx, of)
		if err != nil {
			return err
		}
		for _, x := range all {
			if x.Source == BySelf && x.Withdrawn == 0 {
				lately = x.On
			}
		}
		if !lately.IsZero() && lately.AddDays(Apart) > g.On {
			return errs.New(errs.Conflict, "loanvisit.told_lately", errs.Args{"day": lately, "days": Apart})
		}
		if g.State == Unmet {
			g.State = ""
		}
		return s.tell(tx, f, Check, Snapshot{Given: g, Source: BySelf})
	}))
}
