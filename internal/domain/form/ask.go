package form

import (
	"context"
	"encoding/json"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Asked is a form as whoever fills it in gets it: one version, and where the answers will count.
type Asked struct {
	Form     Form
	Seq      int64 // the version
	Survey   *survey.Form
	Files    []Attached // what lies beside the version
	Slug     string     // the address, empty for staff
	PerPhone int64      // how many answers one phone may give in a day through it, 0 any number
	At       org.Node   // zero where staff has not chosen yet
}

// Ask gives the form behind an address: the version that is filled in now, or with seq the published one that was begun.
// An address that is used no more, and a form that takes no answers, are told with the form's title.
func (s *Service) Ask(ctx context.Context, by authz.Actor, slug string, seq int64) (a Asked, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		l, err := FindLink(q, slug)
		if err != nil {
			return err
		}
		if a, err = s.asked(q, l.Form, seq); err != nil {
			return err
		}
		a.Slug, a.PerPhone = slug, l.PerPhone
		if a.At, err = org.Find(q, l.Org); err != nil {
			return err
		}
		if !l.Takes(s.today(q)) {
			return errs.New(errs.Conflict, "form.link_ended", nil)
		}
		return s.takes(q, a.Form)
	})
	return a, err
}

// AskAt gives a form to staff who fill it in for somebody. Without an organisation it is the form alone, for who may enter
// answers anywhere in its area.
func (s *Service) AskAt(ctx context.Context, by authz.Actor, which ID, at org.ID, seq int64) (a Asked, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var whose org.Node
		f, err := Find(q, which)
		if err == nil {
			whose, err = org.Find(q, f.Org)
		}
		if err != nil {
			return err
		}
		if by.Scope(Enter).Narrow(whose.Path).IsEmpty() {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		if a, err = s.asked(q, which, seq); err != nil {
			return err
		}
		if at != "" {
			if a.At, err = enters(q, by, whose.Path, at); err != nil {
				return err
			}
		}
		return s.takes(q, a.Form)
	})
	return a, err
}

// enters finds the organisation for which staff fills a form in: it lies in the form's area, and she may enter answers there.
func enters(q sqldb.Q, by authz.Actor, area authz.Path, at org.ID) (org.Node, error) {
	n, err := org.Find(q, at)
	if err != nil {
		return n, err
	}
	if !area.Covers(n.Path) {
		return n, errs.New(errs.Absent, "errs.absent", nil)
	}
	return n, by.Must(Enter, n.Path)
}

func (s *Service) asked(q sqldb.Q, which ID, seq int64) (a Asked, err error) {
	if a.Form, err = Find(q, which); err != nil {
		return a, err
	}
	if a.Seq = seq; seq == 0 {
		a.Seq = a.Form.Version
	}
	if a.Seq == 0 { // it was never published
		return a, nil
	}
	v, err := FindVersion(q, which, a.Seq)
	if err != nil {
		return a, err
	}
	if v.IsDraft() {
		return a, errs.New(errs.Absent, "errs.absent", nil)
	}
	if a.Survey, err = s.Definition(q, which, a.Seq); err != nil {
		return a, err
	}
	a.Files, err = Attachments(q, which, a.Seq)
	return a, err
}

// takes tells who fills in that a form takes no answers now.
func (s *Service) takes(q sqldb.Q, f Form) error {
	if !f.Takes(s.today(q)) {
		return errs.New(errs.Conflict, "form.closed", nil)
	}
	return nil
}

// Sent gives a published version as a browser gets it, as JSON. It never changes, and is made once.
func (s *Service) Sent(city string, a Asked) ([]byte, error) {
	key := sentKey{city, a.Form.ID, a.Seq}
	if b, ok := s.sent.Load(key); ok {
		return b.([]byte), nil
	}
	b, err := s.SentAnew(city, a)
	if err == nil {
		s.sent.Store(key, b)
	}
	return b, err
}

// SentAnew is Sent for a version that may still change.
func (s *Service) SentAnew(city string, a Asked) ([]byte, error) {
	return json.Marshal(survey.Send(a.Survey, s.sentTables(city, a)))
}

type sentKey definitionKey
