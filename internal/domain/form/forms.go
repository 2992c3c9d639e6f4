package form

import (
	"context"
	"strings"

	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// Sought chooses forms: those of an organisation or below it, in a state where one is named.
type Sought struct {
	At    authz.Path
	State State
	Words string // part of title or code
}

// Listed is a form in a list: with the name of whose it is, its draft if it has one, and how many answers there are.
type Listed struct {
	Form
	OrgName string
	Draft   int64 // the number of a version that waits to be published, 0 for none
	Answers int64 // in the viewer's scope; -1 where she may not read answers
}

// literal lets signs that LIKE takes for wildcards stand for themselves.
var literal = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

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
		if f.Words != "" {
			part := "%" + literal.Replace(f.Words) + "%"
			w.And("(f.title LIKE ? ESCAPE '!' OR f.code LIKE ? ESCAPE '!')", part, part)
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

// Look is a form with everything that its page shows.
type Look struct {
	Form
	At       org.Node
	Versions []Version // the newest first; a draft stands first
	Links    []Link
	Orgs     map[org.ID]org.Node    // where the links' answers count
	Now      *survey.Form           // the version that is filled in; nil before the first
	Waiting  *survey.Form           // the draft; nil without one
	Changes  []survey.Change        // between the two
	Needs    []survey.Need          // files that the draft names, or the version in use where there is none
	Files    []Attached             // those that it has
	Lists    map[string]record.List // those that stand in for files, by the files' names
	Answers  int64                  // in the viewer's scope; -1 where she may not read answers
}

// Draft is the version that waits, nil without one.
func (l Look) Draft() *Version {
	if len(l.Versions) > 0 && l.Versions[0].IsDraft() {
		return &l.Versions[0]
	}
	return nil
}

// Look gives one form.
func (s *Service) Look(ctx context.Context, by authz.Actor, which ID) (l Look, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if l.Form, err = Find(q, which); err != nil {
			return err
		}
		if l.At, err = org.Find(q, l.Org); err != nil {
			return err
		}
		if err := by.Must(Read, l.At.Path); err != nil {
			return err
		}
		if l.Versions, err = Versions(q, which); err != nil {
			return err
		}
		if l.Links, err = Links(q, which); err != nil {
			return err
		}
		orgs := make([]org.ID, len(l.Links))
		for i, one := range l.Links {
			orgs[i] = one.Org
		}
		if l.Orgs, err = org.Named(q, orgs); err != nil {
			return err
		}
		if err := s.compare(q, &l); err != nil {
			return err
		}
		if l.Answers = -1; by.May(Answers) {
			w := Filter{Form: which}.where(by, Answers)
			return q.Row(`SELECT COUNT(*) FROM answer a WHERE `+w.SQL(), w.Args()...).Scan(&l.Answers)
		}
		return nil
	})
	return l, err
}

// compare reads the version in use and the one that waits, and how they differ.
func (s *Service) compare(q sqldb.Q, l *Look) (err error) {
	if l.Version > 0 {
		if l.Now, err = s.Definition(q, l.ID, l.Version); err != nil {
			return err
		}
	}
	if d := l.Draft(); d != nil {
		if l.Waiting, err = s.Definition(q, l.ID, d.Seq); err != nil {
			return err
		}
	}
	if l.Now != nil && l.Waiting != nil {
		l.Changes = survey.Diff(l.Now, l.Waiting)
	}
	last := l.Waiting
	if last == nil {
		last = l.Now
	}
	if last != nil {
		l.Needs = survey.Needs(last)
	}
	if l.Lists, err = standIns(q, l.Org, l.Needs); err != nil {
		return err
	}
	l.Files, err = Attachments(q, l.ID, l.Versions[0].Seq)
	return err
}

// Workbook gives a version of a form, to be written out.
func (s *Service) Workbook(ctx context.Context, by authz.Actor, which ID, seq int64) (read *survey.Form, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		f, err := Find(q, which)
		if err != nil {
			return err
		}
		at, err := org.Find(q, f.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Read, at.Path); err != nil {
			return err
		}
		v, err := FindVersion(q, which, seq)
		if err != nil {
			return err
		}
		read, err = s.Definition(q, which, v.Seq)
		return err
	})
	return read, err
}
