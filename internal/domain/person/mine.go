package person

import (
	"context"
	"slices"
	"strings"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/act/actlog"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Mine is all that is kept of the person who is signed in, or of a child of hers, to be looked at or taken along.
type Mine struct {
	Dossier
	Numbers  []Paper // in the clear: they are her own
	Tel      string
	Ward     bool           // of a child, for whom she speaks
	Children []Guardianship // of whose data she may ask
	Origins  map[int64]Origin
	Acts     []actlog.Line // what was done with it, the latest first
}

// Origin is where a delivery brought something from.
type Origin struct {
	Name string // of the source
	AsOf day.Day
}

// mostActs is how many acts somebody is told of.
const mostActs = 500

// OfMine gives the signed-in person what is kept of her or, where of names one, of a child under 14 for whom she speaks
// (个人信息保护法 art. 31, 45). Where take is true she carries it away, which is noted.
func (s *Service) OfMine(ctx context.Context, by authz.Actor, of ID, take bool) (Mine, error) {
	var m Mine
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		p, err := s.Own(q, by, of)
		if err != nil {
			return err
		}
		if m.Dossier, err = s.view(q, authz.System(by.City), p.ID); err != nil {
			return err
		}
		rows, err := group(q, p.ID)
		if err != nil {
			return err
		}
		open, err := s.openPapers(q, rows)
		if err != nil {
			return err
		}
		for _, h := range open {
			m.Numbers = append(m.Numbers, h.Paper)
		}
		if m.Tel, err = s.phone(q, p.ID); err != nil {
			return err
		}
		if err := s.children(q, by, &m); err != nil {
			return err
		}
		if err := origins(q, &m); err != nil {
			return err
		}
		m.Acts, err = acts(q, rows)
		return err
	})
	if err == nil && take {
		own := by
		own.Grants = nil
		err = s.DB.Note(ctx, own, Copy, m.ID.String(), act.Change{"papers": len(m.Numbers)})
	}
	return m, err
}

// Own finds whom the actor may ask about as of her own: she herself, where of is zero too, or a child under 14 for whom she
// speaks. Everybody else is Absent.
func (s *Service) Own(q sqldb.Q, by authz.Actor, of ID) (Person, error) {
	if by.Person == "" {
		return Person{}, errs.New(errs.Absent, "person.not_linked", nil)
	}
	self, err := Find(q, ID(by.Person))
	if err != nil || of.IsZero() {
		return self, err
	}
	p, err := Find(q, of)
	if err != nil || p.ID == self.ID {
		return p, err
	}
	on := s.today(q)
	may, err := MaySpeakFor(q, self.ID, p.ID, on)
	if err == nil && (!may || p.Born.IsZero() || on >= Speaks(p.Born)) {
		err = errs.New(errs.Absent, "errs.absent", nil)
	}
	return p, err
}

// children fills in of whom else the reader may ask.
func (s *Service) children(q sqldb.Q, by authz.Actor, m *Mine) error {
	self, err := Find(q, ID(by.Person))
	if err != nil {
		return err
	}
	if m.Ward = self.ID != m.ID; m.Ward {
		return nil
	}
	for _, g := range m.Wards {
		child, err := s.Own(q, by, g.Child)
		switch {
		case absent(err):
		case err != nil:
			return err
		case !slices.ContainsFunc(m.Children, func(o Guardianship) bool { return o.Child == child.ID }):
			g.Child, g.Name = child.ID, child.Name
			m.Children = append(m.Children, g)
		}
	}
	return nil
}

// origins looks up the deliveries that brought what is kept.
func origins(q sqldb.Q, m *Mine) error {
	m.Origins = map[int64]Origin{}
	all := []int64{m.Since}
	for _, p := range m.Papers {
		all = append(all, p.Since)
	}
	for _, t := range m.Ties {
		all = append(all, t.Since)
	}
	for _, seq := range all {
		if _, known := m.Origins[seq]; known || seq == 0 {
			continue
		}
		d, err := source.FindDelivery(q, seq)
		if err != nil {
			return err
		}
		from, err := source.Find(q, d.Source)
		if err != nil {
			return err
		}
		m.Origins[seq] = Origin{Name: from.Name, AsOf: d.AsOf}
	}
	return nil
}

// acts gives what was done with any of the rows that are one human being.
func acts(q sqldb.Q, rows []ID) (all []actlog.Line, err error) {
	for _, r := range rows {
		some, err := actlog.List(q, actlog.Filter{Subject: r.String(), Limit: mostActs})
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b actlog.Line) int { return strings.Compare(b.ID, a.ID) })
	return all[:min(len(all), mostActs)], nil
}
