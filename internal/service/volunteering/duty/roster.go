package duty

import (
	"cmp"
	"context"
	"slices"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/pairing"
	"zhidian/solver/pairing/roster"
)

// Plan puts a duty of a group into the timetable of its site, and again so many weeks after; all of them or none. The pairs of the term
// are approved before.
func (s *Service) Plan(ctx context.Context, by authz.Actor, of pairing.ID, g Given, weeks int) error {
	if err := g.check(); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		t, _, err := pairing.Find(tx, by, Roster, of)
		if err != nil {
			return err
		}
		if t.State != pairing.Approved {
			return errs.New(errs.Conflict, "duty.not_approved", nil)
		}
		pair, group, err := paired(tx, of, g.Group)
		if err != nil {
			return err
		}
		for n := range max(weeks, 0) + 1 {
			shift := int64(n) * week
			x := timetable.Session{Series: series(of, g.Group), Place: pair.Place, Room: post(g, group.Name), Starts: g.Starts + shift, Ends: g.Ends + shift, Title: g.Title, Children: true}
			if on := s.day(x.Starts); on < t.First || on > t.Last {
				return errs.New(errs.Conflict, "duty.outside_term", errs.Args{"first": t.First, "last": t.Last})
			}
			if x, err = timetable.Plan(tx, s.Zone, x); err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO volunteer_duty (city, session, term, grp, needed, title, place) VALUES ($1, $2, $3, $4, $5, $6, $7)`, x.ID, of, g.Group, g.Needed, x.Title, x.Place); err != nil {
				return err
			}
			if err := tx.Record(Roster, x.ID.String(), act.Change{"group": g.Group, "site": pair.Place, "starts": x.Starts, "ends": x.Ends, "needed": g.Needed}); err != nil {
				return err
			}
		}
		return nil
	}))
}

const week = int64(7 * 24 * 3600 * 1e6)

// paired finds the site of a group in a term.
func paired(q sqldb.Q, of pairing.ID, g volunteering.GroupID) (pairing.Pair, volunteering.Group, error) {
	all, err := pairing.Pairs(q, of)
	if err != nil {
		return pairing.Pair{}, volunteering.Group{}, err
	}
	i := slices.IndexFunc(all, func(p pairing.Pair) bool { return p.Group == g })
	if i < 0 {
		return pairing.Pair{}, volunteering.Group{}, errs.New(errs.Invalid, "duty.not_paired", nil)
	}
	groups, err := volunteering.Those(q, []volunteering.GroupID{g})
	return all[i], groups[g], err
}

// Candidate is somebody who could take a duty, and what speaks for her.
type Candidate struct {
	volunteering.Volunteer
	Rows    []person.ID
	Name    string
	Own     bool  // of the group whose duty it is
	Free    bool  // at that time, as she has said
	Minutes int64 // that she has served
}

// candidates gives who could step in, in the order in which they are asked: who said that she has time, of the group itself, who has
// served least. Everybody else is not admitted, not cleared on that day, or busy.
func (s *Service) candidates(q sqldb.Q, d Duty) (all []Candidate, err error) {
	parties, err := volunteering.Parties(q)
	if err != nil {
		return nil, err
	}
	own := slices.IndexFunc(parties, func(p volunteering.Party) bool { return p.ID == d.Group })
	for i, p := range parties {
		if own >= 0 && !p.Desk.Covers(parties[own].Desk) && !parties[own].Desk.Covers(p.Desk) {
			continue
		}
		people, err := volunteering.Members(q, p.Group)
		if err != nil {
			return nil, err
		}
		for _, v := range people {
			c, ok, err := s.candidate(q, d, v)
			if err != nil {
				return nil, err
			}
			if c.Own = i == own; ok {
				all = append(all, c)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(sqldb.Bit(b.Free), sqldb.Bit(a.Free)), cmp.Compare(sqldb.Bit(b.Own), sqldb.Bit(a.Own)), cmp.Compare(a.Minutes, b.Minutes), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

// candidate tells whether somebody could take a duty now.
func (s *Service) candidate(q sqldb.Q, d Duty, v volunteering.Volunteer) (c Candidate, ok bool, err error) {
	c.Volunteer, c.Free = v, v.Free.Has(wants(d.Session, s.Zone))
	if v.State != volunteering.Admitted {
		return c, false, nil
	}
	if c.Rows, err = person.Same(q, v.Person); err != nil {
		return c, false, err
	}
	if may, err := clearance.May(q, v.Person, d.Day); err != nil || !may {
		return c, false, err
	}
	busy, err := timetable.LedBy(q, c.Rows, d.Starts, d.Ends)
	if err != nil || len(busy) > 0 {
		return c, false, err
	}
	p, err := person.Find(q, v.Person)
	if err != nil {
		return c, false, err
	}
	served, err := Served(q, c.Rows, 0, 0)
	for _, h := range served {
		c.Minutes += h.Minutes
	}
	c.Name = p.Name
	return c, err == nil, err
}

// Fill gives the members of a group its duties that are still to come and lack people: nobody who is not cleared that day, has no time
// or is busy, as evenly as can be, and nobody is taken off what she has. It is the best roster of that kind (package roster).
func (s *Service) Fill(ctx context.Context, by authz.Actor, of pairing.ID, g volunteering.GroupID) error {
	all, added, err := s.filled(ctx, by, of, g)
	if err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if _, _, err := pairing.Find(tx, by, Roster, of); err != nil {
			return err
		}
		n := 0
		for i, d := range all {
			if len(added[i]) == 0 {
				continue
			}
			to := d.Session
			to.Leaders = append(slices.Clone(d.Leaders), added[i]...)
			if _, err := timetable.Move(tx, s.Zone, d.ID, d.EditedAt, to); err != nil {
				return err
			}
			if err := tx.Record(Roster, d.ID.String(), act.Change{"leaders": to.Leaders}); err != nil {
				return err
			}
			n += len(added[i])
		}
		if n == 0 {
			return errs.New(errs.Conflict, "duty.nobody_free", nil)
		}
		return nil
	}))
}

// filled reads the duties of a group that are still to come and works out, outside of any act, who is to take them besides those who
// have them. What changes meanwhile is found when they are moved, by their versions.
func (s *Service) filled(ctx context.Context, by authz.Actor, of pairing.ID, g volunteering.GroupID) (all []Duty, added [][]person.ID, err error) {
	var p roster.Problem
	var slots []int
	var people []volunteering.Volunteer
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if _, _, err := pairing.Find(q, by, Roster, of); err != nil {
			return err
		}
		_, group, err := paired(q, of, g)
		if err != nil {
			return err
		}
		if all, err = ofTerm(q, of, s.day(q.Now().UnixMicro()), 0); err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(d Duty) bool { return d.Group != g || d.State != timetable.Planned })
		if people, err = volunteering.Members(q, group); err != nil {
			return err
		}
		p, slots, err = s.problem(q, all, people)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	got, err := roster.Solve(ctx, p, roster.Options{})
	if err != nil {
		return nil, nil, err
	}
	added = make([][]person.ID, len(all))
	for _, x := range got.Duties {
		i := slots[x.Slot]
		added[i] = append(added[i], people[x.Person].Person)
	}
	return all, added, nil
}

// problem is the duties that lack people as slots, with whom could take each; slots are their places among the duties.
func (s *Service) problem(q sqldb.Q, all []Duty, people []volunteering.Volunteer) (p roster.Problem, slots []int, err error) {
	p = roster.Problem{Sites: []roster.Site{{}}, Weights: roster.Weights{Even: 100, Empty: 1 << 20}}
	for i, d := range all {
		if lack := d.Needed - int64(len(d.Leaders)); lack > 0 {
			slots = append(slots, i)
			p.Slots = append(p.Slots, roster.Slot{Span: roster.Span{From: d.Starts, Until: d.Ends}, Seats: []roster.Seat{{Count: int32(lack)}}})
		}
	}
	for _, v := range people {
		one := roster.Person{Most: roster.MaxDuties, Free: []roster.Span{{From: -1, Until: 0}}} // free at no time but those below
		for _, i := range slots {
			if !v.Free.Has(wants(all[i].Session, s.Zone)) {
				continue
			}
			_, ok, err := s.candidate(q, all[i], v)
			if err != nil {
				return p, nil, err
			}
			if ok {
				one.Free = append(one.Free, roster.Span{From: all[i].Starts, Until: all[i].Ends})
			}
		}
		p.People = append(p.People, one)
	}
	return p, slots, nil
}

// Substitute puts somebody in another's place in a duty, or takes her out where nobody comes; out is zero where somebody is added. Who
// comes in is one of the candidates.
func (s *Service) Substitute(ctx context.Context, by authz.Actor, which timetable.ID, version int64, out person.ID, in volunteering.ID) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		d, _, err := at(tx, by, Roster, which)
		if err != nil {
			return err
		}
		to := d.Session
		if out != "" {
			rows, err := person.Same(tx, out)
			if err != nil {
				return err
			}
			to.Leaders = slices.DeleteFunc(slices.Clone(d.Leaders), func(l person.ID) bool { return slices.Contains(rows, l) })
			if len(to.Leaders) == len(d.Leaders) {
				return errs.New(errs.Absent, "errs.absent", nil)
			}
		}
		if in != "" {
			one, err := s.stepsIn(tx, d, in)
			if err != nil {
				return err
			}
			to.Leaders = append(slices.Clone(to.Leaders), one.Person)
		}
		if _, err := timetable.Move(tx, s.Zone, which, version, to); err != nil {
			return err
		}
		return tx.Record(Roster, which.String(), act.Change{"out": out, "in": in, "leaders": to.Leaders})
	}))
}

// stepsIn asks of one candidate alone what candidates asks of all.
func (s *Service) stepsIn(q sqldb.Q, d Duty, in volunteering.ID) (c Candidate, err error) {
	refused := errs.New(errs.Conflict, "duty.not_free", nil)
	v, err := volunteering.Known(q, in)
	if err != nil {
		return c, err
	}
	hers, serves, err := volunteering.PartyOf(q, v)
	if err != nil {
		return c, err
	}
	own, there, err := volunteering.PartyBy(q, d.Group)
	if err != nil {
		return c, err
	}
	if !serves || there && !hers.Desk.Covers(own.Desk) && !own.Desk.Covers(hers.Desk) {
		return c, refused
	}
	c, ok, err := s.candidate(q, d, v)
	if err == nil && !ok {
		err = refused
	}
	return c, err
}

// Cancel takes a duty that has not begun out of the timetable.
func (s *Service) Cancel(ctx context.Context, by authz.Actor, which timetable.ID) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if _, _, err := at(tx, by, Roster, which); err != nil {
			return err
		}
		if _, err := timetable.Cancel(tx, which); err != nil {
			return err
		}
		return tx.Record(Roster, which.String(), act.Change{"cancelled": true})
	}))
}
