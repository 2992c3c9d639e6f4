package projectlibrary

import (
	"context"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Raising is with what a need is given to a desk.
type Raising struct {
	Need  venture.NeedID
	Title string
	Text  string
	Desk  org.ID
	Days  int // working days until it is due
}

// Raise makes a matter of what a venture lacks (转办). A bank is asked only while the founder agrees that her dossier be shown
// to it, since what it is told is hers.
func (s *Service) Raise(ctx context.Context, by authz.Actor, r Raising) (made casework.Matter, err error) {
	serial, err := s.Matters.Number(ctx, by.City, casework.Need)
	if err != nil {
		return made, err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		n, err := venture.FindNeed(tx, r.Need)
		if err != nil {
			return err
		}
		v, err := venture.Find(tx, n.Venture)
		if err != nil {
			return err
		}
		at, err := org.Find(tx, v.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Raise, at.Path); err != nil {
			return err
		}
		if v.State != venture.Known {
			return errs.New(errs.Conflict, "venture.not_known", nil)
		}
		if err := s.mayAsk(tx, v, r.Desk); err != nil {
			return err
		}
		if made, err = s.Matters.Add(tx, serial, casework.New{Kind: casework.Need, Title: r.Title, Subject: n.ID.String(), Org: at.ID, Desk: r.Desk, Days: r.Days, Text: r.Text}); err != nil {
			return err
		}
		if err := venture.Assign(tx, n.ID, made.ID.String()); err != nil {
			return err
		}
		if err := tx.Record(Raise, v.ID.String(), act.Change{"need": n.ID, "matter": made.ID, "serial": serial, "desk": r.Desk, "due": made.Due.String()}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

// mayAsk refuses a bank to which the founder does not show her dossier now.
func (s *Service) mayAsk(q sqldb.Q, v venture.Venture, to org.ID) error {
	desk, err := org.Find(q, to)
	if errs.KindOf(err) == errs.Absent {
		var p errs.Problems
		p.Add("desk", "field.choice", nil)
		return p.Err()
	}
	if err != nil {
		return err
	}
	bank, err := ofBank(q, desk)
	if err != nil || !bank {
		return err
	}
	may, err := s.Ventures.Allows(q, v.ID, desk)
	if err == nil && !may {
		var p errs.Problems
		p.Add("desk", "venture.not_shared", errs.Args{"name": desk.Name})
		err = p.Err()
	}
	return err
}

// ofBank tells whether an organisation is a bank, or a part of one.
func ofBank(q sqldb.Q, n org.Node) (bool, error) {
	up, err := org.Ancestry(q, n.Path)
	for _, o := range up {
		if o.Kind == org.Bank {
			return true, err
		}
	}
	return false, err
}

// Desk is one to which a need may be given.
type Desk struct {
	org.Node
	Over   org.Node
	Closed bool // a bank to which the founder does not show her dossier
}

// Desks finds desks for a need: the banks that see its dossier, and whatever answers to some words.
func (s *Service) Desks(ctx context.Context, by authz.Actor, which venture.NeedID, words string) (n venture.Need, all []Desk, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if n, err = venture.FindNeed(q, which); err != nil {
			return err
		}
		v, err := venture.Find(q, n.Venture)
		if err != nil {
			return err
		}
		at, err := org.Find(q, v.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Raise, at.Path); err != nil {
			return err
		}
		var found []org.Node
		if words == "" {
			found, err = venture.Receivers(q)
		} else {
			found, err = org.Search(q, authz.Scope{All: true}, words)
		}
		if err != nil {
			return err
		}
		var up []org.ID
		for _, o := range found {
			up = append(up, o.Parent)
		}
		over, err := org.Named(q, up)
		if err != nil {
			return err
		}
		for _, o := range found {
			err := s.mayAsk(q, v, o.ID)
			if err != nil && errs.KindOf(err) != errs.Invalid {
				return err
			}
			if o.IsOpen() && (words != "" || err == nil) {
				all = append(all, Desk{Node: o, Over: over[o.Parent], Closed: err != nil})
			}
		}
		return nil
	})
	return n, all, err
}

// Told lets founders know, within the act, what a desk did about what their venture lacks, and notes when a need is over. The
// text names the matter by its serial number only.
func Told(tx *sqldb.Tx, m casework.Matter, step authz.Verb) error {
	if m.Kind != casework.Need {
		return nil
	}
	which, err := id.Parse[venture.Need](m.Subject)
	if err != nil { // opened by hand
		return nil
	}
	n, err := venture.FindNeed(tx, which)
	if errs.KindOf(err) == errs.Absent {
		return nil
	}
	if err != nil {
		return err
	}
	key := ""
	switch step.Key {
	case casework.Raise.Key:
		key = "venture.notice_raised"
	case casework.Answer.Key:
		key = "venture.notice_answered"
	case casework.Close.Key, casework.Reopen.Key:
		if err := venture.Settle(tx, n.ID, step.Key == casework.Reopen.Key); err != nil {
			return err
		}
		if m.Answer == "" || step.Key == casework.Reopen.Key {
			key = "venture.notice_" + map[bool]string{true: "open", false: "closed"}[step.Key == casework.Reopen.Key]
		}
	}
	if key == "" {
		return nil
	}
	all, err := accounts(tx, n.Venture)
	if err != nil {
		return err
	}
	once := m.ID.String() + "/" + step.Key + "/" + tx.Now().UTC().Format("20060102150405.000000")
	for _, a := range all {
		if err := notice.Send(tx, a, once, key, map[string]any{"serial": m.Serial}, "/my/ventures/"+n.Venture.String()); err != nil {
			return err
		}
	}
	return nil
}

// OfMatter gives the venture whose need a matter answers, to who may read its dossier; Absent where there is none.
func (s *Service) OfMatter(ctx context.Context, by authz.Actor, m casework.Matter) (v venture.Venture, err error) {
	which, err := id.Parse[venture.Need](m.Subject)
	if err != nil {
		return v, errs.New(errs.Absent, "errs.absent", nil)
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		n, err := venture.FindNeed(q, which)
		if err != nil {
			return err
		}
		if v, err = venture.Find(q, n.Venture); err != nil {
			return err
		}
		at, err := org.Find(q, v.Org)
		if err != nil {
			return err
		}
		return by.Must(venture.Read, at.Path)
	})
	return v, err
}
