package volunteering

import (
	"strings"

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
	return parties(q, groups)
}

// PartyBy gives a group that serves, as it is sent; false where it has ended.
func PartyBy(q sqldb.Q, which GroupID) (Party, bool, error) {
	g, err := findGroup(q, which)
	if err != nil || g.EndedAt != 0 {
		return Party{}, false, err
	}
	return partyOf(q, g)
}

// PartyOf gives the group in which a volunteer serves, as it is sent; false where she is in none.
func PartyOf(q sqldb.Q, v Volunteer) (Party, bool, error) {
	g, err := groupOf(q, v.ID)
	if err != nil || g.ID == "" || g.EndedAt != 0 {
		return Party{}, false, err
	}
	return partyOf(q, g)
}

func partyOf(q sqldb.Q, g Group) (Party, bool, error) {
	all, err := parties(q, []Group{g})
	if err != nil {
		return Party{}, false, err
	}
	return all[0], true, nil
}

// parties fills in, for all of some groups at once, what they can do and where they come from.
func parties(q sqldb.Q, groups []Group) ([]Party, error) {
	skills, err := skillsOf(q)
	if err != nil {
		return nil, err
	}
	desks, err := desksOfLeaders(q)
	if err != nil {
		return nil, err
	}
	var ids []org.ID
	for _, g := range groups {
		ids = append(ids, g.Org, desks[g.ID])
	}
	named, err := org.Named(q, ids)
	if err != nil {
		return nil, err
	}
	from := map[org.ID]*geo.Point{}
	all := make([]Party, len(groups))
	for i, g := range groups {
		p := Party{Group: g, Skills: skills[g.ID], Desk: named[desks[g.ID]].Path}
		at, seen := from[g.Org]
		if !seen {
			up, err := org.Ancestry(q, named[g.Org].Path)
			if err != nil {
				return nil, err
			}
			for _, n := range up { // the nearest of which a position is known
				if n.At != nil {
					at = n.At
				}
			}
			from[g.Org] = at
		}
		p.From = at
		all[i] = p
	}
	return all, nil
}

// skillsOf gives what at least one member of each group can do.
func skillsOf(q sqldb.Q) (map[GroupID]Set, error) {
	by := map[GroupID]Set{}
	_, err := sqldb.All(q, func(f sqldb.Scan) (struct{}, error) {
		var g GroupID
		var s Set
		err := f(&g, &s)
		by[g] |= s
		return struct{}{}, err
	}, `SELECT m.grp, v.skills FROM volunteer_member m JOIN volunteer v ON v.city = m.city AND v.id = m.volunteer WHERE m.city = $1 AND m.ended_at = 0`)
	return by, err
}

// desksOfLeaders gives where the leader of each group wishes to serve.
func desksOfLeaders(q sqldb.Q) (map[GroupID]org.ID, error) {
	by := map[GroupID]org.ID{}
	_, err := sqldb.All(q, func(f sqldb.Scan) (struct{}, error) {
		var g GroupID
		var at org.ID
		err := f(&g, &at)
		by[g] = at
		return struct{}{}, err
	}, `SELECT g.id, v.org FROM volunteer_group g JOIN volunteer v ON v.city = g.city AND v.id = g.leader WHERE g.city = $1 AND g.ended_at = 0`)
	return by, err
}

// Those gives groups by their ids, ended ones too.
func Those(q sqldb.Q, ids []GroupID) (map[GroupID]Group, error) {
	all := make(map[GroupID]Group, len(ids))
	if len(ids) == 0 {
		return all, nil
	}
	var w sqldb.Where
	w.And("g.city = $1")
	marks := make([]string, len(ids))
	for i, which := range ids {
		marks[i] = w.Arg(which)
	}
	w.And("g.id IN (" + strings.Join(marks, ", ") + ")")
	groups, err := sqldb.All(q, scanGroup, `SELECT `+groupColumns+` FROM volunteer_group g WHERE `+w.SQL(), w.Args()...)
	for _, g := range groups {
		all[g.ID] = g
	}
	return all, err
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
