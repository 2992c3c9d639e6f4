package certificate

import (
	"context"
	"io"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/volunteering"
)

// Words are what an export is headed with, and how it names codes and skills.
type Words struct {
	Sheet   string
	Columns [16]string // as write gives them
	Lang    string
	IDType  string
	Skills  func([]string) string
	Hours   func(minutes int64) string
}

// Sheet writes what volunteers of the viewer's desks have served between two days, one line for each service, in the columns of the
// national register: who, then what. Numbers are masked but for who sees sealed fields. The log then says how many lines went out.
func (s *Service) Sheet(ctx context.Context, by authz.Actor, from, to day.Day, w io.Writer, format sheet.Format, words Words) (n int, err error) {
	if err := by.MustSomewhere(Export); err != nil {
		return 0, err
	}
	columns := make([]sheet.OutColumn, len(words.Columns))
	for i, t := range words.Columns {
		columns[i] = sheet.OutColumn{Title: t, Text: true}
	}
	out, err := sheet.NewWriter(w, format, words.Sheet, columns)
	if err != nil {
		return 0, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err := volunteering.In(q, by.Scope(Export))
		if err != nil {
			return err
		}
		for _, v := range all {
			k, err := s.lines(q, by, v, from, to, out, words)
			if err != nil {
				return err
			}
			n += k
		}
		return nil
	})
	if err != nil {
		return n, err
	}
	if err := s.DB.Note(ctx, by, Export, "", act.Change{"rows": n, "from": from.String(), "to": to.String()}); err != nil {
		return n, err
	}
	return n, out.Close()
}

func (s *Service) lines(q sqldb.Q, by authz.Actor, v volunteering.Volunteer, from, to day.Day, out *sheet.Writer, words Words) (n int, err error) {
	p, err := person.Find(q, v.Person)
	if err != nil {
		return 0, err
	}
	rows, err := person.Same(q, p.ID)
	if err != nil {
		return 0, err
	}
	served, err := s.Duties.Told(q, rows, from, to)
	if err != nil || len(served) == 0 {
		return 0, err
	}
	at, err := org.Find(q, v.Org)
	if err != nil {
		return 0, err
	}
	number, err := person.Number(q, s.Keys, p.ID, person.ResidentID)
	if err != nil {
		return 0, err
	}
	born, name, phone := p.Born.String(), p.Name, p.PhoneTail
	if !by.Sees(authz.Sealed, Export, at.Path) {
		number = cn.MaskID(number)
	}
	if !by.Sees(authz.Sensitive, Export, at.Path) {
		phone = ""
	}
	if !by.Sees(authz.Personal, Export, at.Path) {
		name, number, born = cn.MaskName(name), "", ""
	}
	for _, t := range served {
		if t.Minutes == 0 {
			continue
		}
		if err := out.Write(name, cn.Sex.Name(p.Sex, words.Lang), born, words.IDType, number, v.Serial, at.Name, phone, words.Skills(v.Skills.Words(volunteering.Skills)),
			t.Title, t.Day.String(), t.Site, t.Group, words.Hours(t.Minutes), t.Children, t.Leader); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
