package volunteering

import (
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

const columns = `v.id, v.serial, v.person, v.org, v.skills, v.free, v.says, v.state, v.note, v.made_at, v.edited_at`

func (v *Volunteer) fields() []any {
	return []any{&v.ID, &v.Serial, &v.Person, &v.Org, &v.Skills, &v.Free, &v.Says, &v.State, &v.Note, &v.MadeAt, &v.EditedAt}
}

func scan(f sqldb.Scan) (Volunteer, error) {
	var v Volunteer
	return v, f(v.fields()...)
}

func find(q sqldb.Q, which ID) (Volunteer, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM volunteer v WHERE v.city = $1 AND v.id = $2`, which)
}

// ofPerson gives the volunteer that somebody is by any of her rows, as long as she is not joined to another; zero where she is none.
func ofPerson(q sqldb.Q, who person.ID) (Volunteer, error) {
	rows, err := person.Same(q, who)
	if err != nil {
		return Volunteer{}, err
	}
	return ofRows(q, rows)
}

func ofRows(q sqldb.Q, rows []person.ID) (Volunteer, error) {
	for _, row := range rows {
		v, err := sqldb.One(q, scan, `SELECT `+columns+` FROM volunteer v WHERE v.city = $1 AND v.person = $2 AND v.state <> 'merged'`, row)
		if errs.KindOf(err) != errs.Absent || err == nil {
			return v, err
		}
	}
	return Volunteer{}, nil
}

const groupColumns = `g.id, g.serial, g.name, g.kind, g.org, g.leader, g.code, g.most, g.members, g.ended_at, g.made_at, g.edited_at`

func scanGroup(f sqldb.Scan) (Group, error) {
	var g Group
	return g, f(&g.ID, &g.Serial, &g.Name, &g.Kind, &g.Org, &g.Leader, &g.Code, &g.Most, &g.Members, &g.EndedAt, &g.MadeAt, &g.EditedAt)
}

func findGroup(q sqldb.Q, which GroupID) (Group, error) {
	return sqldb.One(q, scanGroup, `SELECT `+groupColumns+` FROM volunteer_group g WHERE g.city = $1 AND g.id = $2`, which)
}

// groupOf gives the group that a volunteer is in; zero where she is in none.
func groupOf(q sqldb.Q, who ID) (Group, error) {
	g, err := sqldb.One(q, scanGroup, `SELECT `+groupColumns+` FROM volunteer_member m JOIN volunteer_group g ON g.city = m.city AND g.id = m.grp
		WHERE m.city = $1 AND m.volunteer = $2 AND m.ended_at = 0`, who)
	if err != nil && errs.KindOf(err) == errs.Absent {
		return Group{}, nil
	}
	return g, err
}

// members gives who is in a group, the leader first, then in the order in which they joined.
func members(q sqldb.Q, of Group) ([]Volunteer, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM volunteer_member m JOIN volunteer v ON v.city = m.city AND v.id = m.volunteer
		WHERE m.city = $1 AND m.grp = $2 AND m.ended_at = 0 ORDER BY CASE WHEN v.id = $3 THEN 0 ELSE 1 END, m.joined_at, v.id`, of.ID, of.Leader)
}
