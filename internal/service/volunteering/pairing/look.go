package pairing

import (
	"context"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/volunteering"
)

// Terms gives the terms of the viewer's districts, the latest first.
func (s *Service) Terms(ctx context.Context, by authz.Actor) (all []Term, at map[org.ID]org.Node, err error) {
	if err := by.MustSomewhere(volunteering.Read); err != nil {
		return nil, nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var w sqldb.Where
		w.And("t.city = $1")
		org.Inside(&w, by.Scope(volunteering.Read), "t.org")
		if all, err = sqldb.All(q, scan, `SELECT `+columns+` FROM volunteer_term t WHERE `+w.SQL()+` ORDER BY t.first_day DESC, t.id DESC LIMIT 200`, w.Args()...); err != nil {
			return err
		}
		ids := make([]org.ID, len(all))
		for i, t := range all {
			ids[i] = t.Org
		}
		at, err = org.Named(q, ids)
		return err
	})
	return all, at, err
}

// Districts gives the divisions for which the actor may begin a term: the city, its counties and townships.
func (s *Service) Districts(ctx context.Context, by authz.Actor) (all []org.Node, err error) {
	if err := by.MustSomewhere(Plan); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = org.Subtree(q, by.Scope(Plan), org.City, org.County, org.Township, org.Village)
		all = all[:min(len(all), districtsAtOnce)]
		return err
	})
	return all, err
}

const districtsAtOnce = 120

// Line is a site with what it wants and who goes there.
type Line struct {
	Need
	Site    place.Place
	At      org.Node
	Pairs   []Visit
	Coming  int64 // people
	Lacking int64
}

// Visit is a pair with its group as it is now.
type Visit struct {
	Pair
	With  volunteering.Party
	Unfit string // why the pair could not be made today, as the end of a message key; empty where it could
}

// Home is a group that goes nowhere yet, and why.
type Home struct {
	volunteering.Party
	Why    string     // as the end of a message key
	Choice []place.ID // sites where it could go by what it can do and the way, the nearest first
}

// View is the pairs of a term.
type View struct {
	Term
	At    org.Node
	Lines []Line
	Homes []Home
	Names map[place.ID]string
	Bans  map[volunteering.GroupID]int // sites to which a group never goes
	May   bool                         // the viewer plans here
	Seal  bool                         // the viewer approves here
}

// View gives the pairs of a term to whoever reads volunteers there.
func (s *Service) View(ctx context.Context, by authz.Actor, which ID) (got View, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if got.Term, got.At, err = Find(q, by, volunteering.Read, which); err != nil {
			return err
		}
		got.May, got.Seal = got.State == Draft && by.Can(Plan, got.At.Path), got.State == Draft && by.Can(Approve, got.At.Path)
		now, err := situated(q, got.Term)
		if err != nil {
			return err
		}
		got.Names, got.Bans = map[place.ID]string{}, map[volunteering.GroupID]int{}
		for _, b := range now.bans {
			got.Bans[b.Group]++
		}
		return got.fill(q, now)
	})
	return got, err
}

func (v *View) fill(q sqldb.Q, now situation) error {
	var orgs []org.ID
	for _, n := range now.needs {
		orgs = append(orgs, now.sites[n.Place].Org)
	}
	at, err := org.Named(q, orgs)
	if err != nil {
		return err
	}
	ids := make([]volunteering.GroupID, len(now.pairs))
	for i, p := range now.pairs {
		ids[i] = p.Group
	}
	past, err := volunteering.Those(q, ids)
	if err != nil {
		return err
	}
	away := map[volunteering.GroupID]bool{}
	for _, n := range now.needs {
		site := now.sites[n.Place]
		l := Line{Need: n, Site: site, At: at[site.Org]}
		v.Names[n.Place] = site.Name
		for _, p := range now.pairs {
			if p.Place != n.Place {
				continue
			}
			away[p.Group] = true
			x := Visit{Pair: p, With: volunteering.Party{Group: past[p.Group]}, Unfit: "ended"}
			if i := slices.IndexFunc(now.groups, func(g volunteering.Party) bool { return g.ID == p.Group }); i >= 0 {
				x.With, x.Unfit = now.groups[i], now.fits(now.groups[i], n.Place)
			}
			l.Pairs = append(l.Pairs, x)
			l.Coming += p.Size
		}
		l.Lacking = max(0, n.People-l.Coming)
		v.Lines = append(v.Lines, l)
	}
	slices.SortStableFunc(v.Lines, func(a, b Line) int { return int(b.Lacking - a.Lacking) })
	for _, g := range now.groups {
		if away[g.ID] {
			continue
		}
		h := Home{Party: g, Why: now.why(g)}
		for _, n := range now.needs {
			if now.fits(g, n.Place) == "" {
				h.Choice = append(h.Choice, n.Place)
			}
		}
		slices.SortStableFunc(h.Choice, func(a, b place.ID) int { return int(now.way(g, a) - now.way(g, b)) })
		v.Homes = append(v.Homes, h)
	}
	return nil
}

// Sites gives open sites of the term's district with some words in name or address, for who says what they want.
func (s *Service) Sites(ctx context.Context, by authz.Actor, which ID, words string) (all []place.Row, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		_, at, err := Find(q, by, Plan, which)
		if err != nil {
			return err
		}
		all, err = place.Search(q, authz.Scope{Paths: []authz.Path{at.Path}}, words, sitesAtOnce)
		return err
	})
	return all, err
}

const sitesAtOnce = 50

// Outlines gives the outlines around a term's district, for its map.
func (s *Service) Outlines(ctx context.Context, by authz.Actor, which ID) (all []org.Outline, at org.Node, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if _, at, err = Find(q, by, volunteering.Read, which); err != nil {
			return err
		}
		up, err := org.Ancestry(q, at.Path)
		if err != nil {
			return err
		}
		around := up[min(1, len(up)-1)] // the county, or the city where it is for the whole of it
		all, err = org.Boundaries(q, authz.Scope{Paths: []authz.Path{around.Path}}, org.County, org.Township)
		return err
	})
	return all, at, err
}
