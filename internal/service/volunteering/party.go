package volunteering

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sqldb"
)

// Party is a group as it is sent somewhere.
type Party struct {
	Group
	Skills Set        // what at least one of its members can do
	From   *geo.Point // where it sets out; nil where nobody knows
	Desk   authz.Path // where its leader wishes to serve
}

// Parties gives the groups that serve, in the order in which they were registered.
func Parties(q sqldb.Q) ([]Party, error) {
	groups, err := sqldb.All(q, scanGroup, `SELECT `+groupColumns+` FROM volunteer_group g WHERE g.city = $1 AND g.ended_at = 0 ORDER BY g.id`)
	if err != nil {
		return nil, err
	}
	all := make([]Party, len(groups))
	for i, g := range groups {
		if all[i], err = party(q, g); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func party(q sqldb.Q, g Group) (p Party, err error) {
	p.Group = g
	rows, err := members(q, g)
	if err != nil {
		return p, err
	}
	for _, v := range rows {
		p.Skills |= v.Skills
	}
	lead, err := find(q, g.Leader)
	if err != nil {
		return p, err
	}
	desk, err := org.Find(q, lead.Org)
	if err != nil {
		return p, err
	}
	p.Desk = desk.Path
	at, err := org.Find(q, g.Org)
	if err != nil {
		return p, err
	}
	up, err := org.Ancestry(q, at.Path)
	for _, n := range up { // the nearest of which a position is known
		if n.At != nil {
			p.From = n.At
		}
	}
	return p, err
}

// Those gives groups by their ids, ended ones too.
func Those(q sqldb.Q, ids []GroupID) (map[GroupID]Group, error) {
	all := make(map[GroupID]Group, len(ids))
	for _, which := range ids {
		if _, twice := all[which]; twice {
			continue
		}
		g, err := findGroup(q, which)
		if err != nil {
			return nil, err
		}
		all[which] = g
	}
	return all, nil
}

// Members gives who is in a group now, the leader first.
func Members(q sqldb.Q, of Group) ([]Volunteer, error) { return members(q, of) }

// Known gives a volunteer to a rule, whoever acts.
func Known(q sqldb.Q, which ID) (Volunteer, error) { return find(q, which) }

// Of gives the volunteer that somebody is; zero where she is none.
func Of(q sqldb.Q, who person.ID) (Volunteer, error) { return ofPerson(q, who) }

// In gives the volunteers of desks in a scope, in the order in which they first applied.
func In(q sqldb.Q, in authz.Scope) ([]Volunteer, error) {
	var w sqldb.Where
	w.And("v.city = $1").And("v.state <> 'merged'")
	org.Inside(&w, in, "v.org")
	return sqldb.All(q, scan, `SELECT `+columns+` FROM volunteer v WHERE `+w.SQL()+` ORDER BY v.id`, w.Args()...)
}
