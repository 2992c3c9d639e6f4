package volunteering

import (
	"context"
	"fmt"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
)

// Mine is what whoever is signed in reads of her own service.
type Mine struct {
	Volunteer          // zero before she has applied
	At        org.Node // where she would serve
	Gaps      []clearance.Gap
	Unsettled bool  // the city has not said what it asks for
	Group     Group // zero where she is in none
	GroupAt   org.Node
	Members   []Member // of her group; what it lacks only for whoever leads it
	Leads     bool
	Counties  []org.Node // where one can serve
	Homes     []org.Node // where groups set out from: counties and schools
}

// Member is somebody of a group as its leader sees her.
type Member struct {
	Volunteer
	Name  string
	Lacks bool // may not serve today
}

// homesAtOnce is how many places of origin a drop-down offers.
const homesAtOnce = 300

// Mine gives whoever is signed in her own service.
func (s *Service) Mine(ctx context.Context, by authz.Actor) (got Mine, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if got.Counties, err = org.Subtree(q, authz.Scope{All: true}, org.City, org.County); err != nil {
			return err
		}
		if got.Homes, err = org.Subtree(q, authz.Scope{All: true}, org.City, org.County, org.School); err != nil {
			return err
		}
		got.Homes = got.Homes[:min(len(got.Homes), homesAtOnce)]
		if by.Person == "" {
			return nil
		}
		if got.Volunteer, err = ofPerson(q, person.ID(by.Person)); err != nil || got.ID == "" {
			return err
		}
		if got.At, err = org.Find(q, got.Org); err != nil {
			return err
		}
		if got.Gaps, got.Unsettled, err = s.gaps(q, got.Person); err != nil {
			return err
		}
		if got.Group, err = groupOf(q, got.ID); err != nil || got.Group.ID == "" {
			return err
		}
		if got.GroupAt, err = org.Find(q, got.Group.Org); err != nil {
			return err
		}
		got.Leads = got.Group.Leader == got.ID
		got.Members, err = s.members(q, got.Group, got.Leads)
		return err
	})
	return got, err
}

// members gives who is in a group; open with their names and with whether they may serve today.
func (s *Service) members(q sqldb.Q, g Group, open bool) (all []Member, err error) {
	rows, err := members(q, g)
	if err != nil {
		return nil, err
	}
	for _, v := range rows {
		m := Member{Volunteer: v}
		p, err := person.Find(q, v.Person)
		if err != nil {
			return nil, err
		}
		if m.Name = p.Name; !open {
			m.Name = cn.MaskName(p.Name)
		}
		if open {
			gaps, unsettled, err := s.gaps(q, v.Person)
			if err != nil {
				return nil, err
			}
			m.Lacks = unsettled || len(gaps) > 0 || v.State != Admitted
		}
		all = append(all, m)
	}
	return all, nil
}

// Filter chooses volunteers. The zero filter is all in the viewer's scope that count.
type Filter struct {
	State State
	Skill string
	Size  int // rows on a page, 50 where it is 0
}

// Row is a volunteer in a list. The name is masked where the viewer may not see it.
type Row struct {
	Volunteer
	Name    string
	OrgName string
	Group   string
	Gaps    int // of papers today
}

// List gives one page of the volunteers of the viewer's desks: who has waited longest comes first.
func (s *Service) List(ctx context.Context, by authz.Actor, f Filter, cursor string) (got page.Page[Row], err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return got, err
	}
	if f.Size <= 0 {
		f.Size = 50
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		p, err := s.Cursors.Read(page.List{Name: "volunteer.title", Columns: []string{"v.made_at", "v.id"}, Filter: fmt.Sprintf("%q %v %q %q", q.City(), by.Scope(Read), f.State, f.Skill)}, cursor)
		if err != nil {
			return err
		}
		var w sqldb.Where
		w.And("v.city = $1").And("v.state <> 'merged'")
		org.Inside(&w, by.Scope(Read), "v.org")
		if f.State != "" {
			w.And("v.state = ?", string(f.State))
		}
		if f.Skill != "" {
			w.And("v.skills & CAST(? AS BIGINT) <> 0", int64(SetOf(Skills, []string{f.Skill})))
		}
		cond, keys := p.Where(len(w.Args()) + 2)
		for _, k := range keys {
			w.Arg(k)
		}
		w.And(cond)
		all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM volunteer v WHERE `+w.SQL()+` ORDER BY `+p.Order()+` LIMIT `+w.Arg(page.Limit(f.Size)), w.Args()...)
		if err != nil {
			return err
		}
		rows := make([]Row, len(all))
		for i, v := range all {
			if rows[i], err = s.row(q, by, v); err != nil {
				return err
			}
		}
		got = page.Cut(s.Cursors, p, rows, f.Size, func(r Row) []any { return []any{r.MadeAt, r.ID.String()} })
		return nil
	})
	return got, err
}

func (s *Service) row(q sqldb.Q, by authz.Actor, v Volunteer) (r Row, err error) {
	r.Volunteer = v
	at, err := org.Find(q, v.Org)
	if err != nil {
		return r, err
	}
	p, err := person.Find(q, v.Person)
	if err != nil {
		return r, err
	}
	r.OrgName, r.Name = at.Name, p.Name
	if !by.Sees(authz.Personal, Read, at.Path) {
		r.Name = cn.MaskName(p.Name)
	}
	g, err := groupOf(q, v.ID)
	if err != nil {
		return r, err
	}
	r.Group = g.Name
	gaps, unsettled, err := s.gaps(q, v.Person)
	if r.Gaps = len(gaps); unsettled {
		r.Gaps = len(clearance.Kinds)
	}
	return r, err
}

// Tally counts the volunteers of the viewer's desks by state.
func (s *Service) Tally(ctx context.Context, by authz.Actor) (n map[State]int64, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, err
	}
	type count struct {
		state State
		n     int64
	}
	n = map[State]int64{}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var w sqldb.Where
		w.And("v.city = $1")
		org.Inside(&w, by.Scope(Read), "v.org")
		all, err := sqldb.All(q, func(f sqldb.Scan) (count, error) {
			var c count
			return c, f(&c.state, &c.n)
		}, `SELECT v.state, COUNT(*) FROM volunteer v WHERE `+w.SQL()+` GROUP BY v.state`, w.Args()...)
		for _, c := range all {
			n[c.state] = c.n
		}
		return err
	})
	return n, err
}

// One is a volunteer as her desk sees her.
type One struct {
	Row
	At        org.Node
	Lacks     []clearance.Gap // of what came of a check only whom it concerns reads more than that it is wanting
	Unsettled bool
	May       bool // the viewer decides here
}

// One gives a volunteer to her desk.
func (s *Service) One(ctx context.Context, by authz.Actor, which ID) (got One, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		v, at, err := At(q, by, Read, which)
		if err != nil {
			return err
		}
		got.At, got.May = at, by.Can(Admit, at.Path)
		if got.Row, err = s.row(q, by, v); err != nil {
			return err
		}
		if got.Lacks, got.Unsettled, err = s.gaps(q, v.Person); err != nil {
			return err
		}
		for i := range got.Lacks {
			if !by.Sees(authz.Sensitive, Read, at.Path) {
				got.Lacks[i].Why = clearance.Missing
			}
		}
		return nil
	})
	return got, err
}
