package app

import (
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/person/personweb"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
)

// correctionDays is in how many working days whoever asks for a correction is answered: GB/T 35273-2020 8.7 allows 30 days.
const correctionDays = 15

// corrections joins what residents say is wrong with the matters that desks answer.
func (s *services) corrections() personweb.Corrections {
	return personweb.Corrections{Ask: s.askCorrection, Asked: s.askedCorrections}
}

// askCorrection makes a matter of what is wrong, on the desk nearest to the record at which somebody may both answer and
// correct. Its title names nobody: lists of matters are read by more people than records are.
func (s *services) askCorrection(r *web.Request, of person.ID, text string) error {
	var p person.Person
	err := s.db.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		p, err = s.people.Own(q, r.Actor, of)
		return err
	})
	if err != nil {
		return err
	}
	_, err = s.cases.Ask(r.Context(), r.Actor, casework.New{
		Kind: casework.Correction, Title: r.L.T("app.correction"), Subject: p.ID.String(), Org: p.Home, Days: correctionDays, Text: text,
	}, func(tx *sqldb.Tx) (org.ID, error) {
		if _, err := s.people.Own(tx, r.Actor, of); err != nil {
			return "", err
		}
		home, err := org.Find(tx, p.Home)
		if err != nil {
			return "", err
		}
		return s.account.Nearest(tx, home.Path, casework.Answer, person.Edit)
	})
	return err
}

// askedCorrections tells the viewer what became of the corrections that she asked for.
func (s *services) askedCorrections(r *web.Request, of person.ID) (all []personweb.Asked, err error) {
	err = s.db.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
		matters, err := casework.About(q, of.String())
		for _, m := range matters {
			if m.Kind != casework.Correction || m.OpenedBy != r.Actor.User {
				continue
			}
			a := personweb.Asked{Serial: m.Serial, State: r.L.T("casework.state." + string(m.State)), Answer: m.Answer, At: time.UnixMicro(m.OpenedAt)}
			if m.State == casework.Open || m.State == casework.Paused {
				a.Due = m.Due
			}
			all = append(all, a)
		}
		return err
	})
	return all, err
}
