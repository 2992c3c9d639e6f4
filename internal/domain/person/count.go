package person

import (
	"strconv"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
)

// Band is an age band in complete years, both ends included; the birthday counts.
type Band struct {
	Key      string
	From, To int
}

// MemberCount is how many members of one branch live in one village and are of one band. Summed over villages it counts by
// branch, summed over branches by village; summed over all it is every member.
type MemberCount struct {
	Branch  org.ID // "" where the source's words named no branch
	Village org.ID // "" where it is not known
	Band    string // "" outside all bands, or born when is not known
	Members int64
}

// UnitCount is how many members work, learn or live at one organisation, or in a unit that only the source's words name.
type UnitCount struct {
	Kind    TieKind
	Org     org.ID // "" where Unit names it
	Unit    string
	Members int64
}

// counted is the condition, on alias p, that a person's row stands for a human being now.
var counted = Live + ` AND p.merged_into IS NULL`

// CountMembers counts members as of a day. A person who moved counts in the village last recorded.
func CountMembers(q sqldb.Q, on day.Day, bands []Band) ([]MemberCount, error) {
	var w sqldb.Where
	w.And("t.city = $1").And("t.kind = 'member'").And(source.Live("t")).And(counted)
	band := "-1"
	if len(bands) > 0 {
		band = "CASE"
		for i, b := range bands {
			from, to := b.births(on)
			band += " WHEN p.born >= " + w.Arg(from) + " AND p.born <= " + w.Arg(to) + " AND p.born <> '' THEN " + strconv.Itoa(i)
		}
		band += " ELSE -1 END"
	}
	return sqldb.All(q, func(s sqldb.Scan) (MemberCount, error) {
		var c MemberCount
		var at int
		err := s(&c.Branch, &c.Village, &at, &c.Members)
		if at >= 0 {
			c.Band = bands[at].Key
		}
		return c, err
	}, `SELECT x.branch, x.village, x.band, COUNT(*) FROM (
			SELECT COALESCE(t.org, '') AS branch, `+band+` AS band, COALESCE((
				SELECT r.org FROM tie r WHERE r.city = t.city AND r.person = t.person AND r.kind = 'resident' AND r.org IS NOT NULL
					AND `+source.Live("r")+` ORDER BY r.id DESC LIMIT 1), '') AS village
			FROM tie t JOIN person p ON p.city = t.city AND p.id = t.person WHERE `+w.SQL()+`
		) x GROUP BY x.branch, x.village, x.band ORDER BY x.branch, x.village, x.band`, w.Args()...)
}

// UnitsWithMembers counts the members at every workplace, school and village that a source has named for any of them.
func UnitsWithMembers(q sqldb.Q) ([]UnitCount, error) {
	return sqldb.All(q, func(s sqldb.Scan) (UnitCount, error) {
		var c UnitCount
		return c, s(&c.Kind, &c.Org, &c.Unit, &c.Members)
	}, `SELECT u.kind, COALESCE(u.org, ''), u.unit, COUNT(DISTINCT u.person) FROM tie u JOIN person p ON p.city = u.city AND p.id = u.person
		WHERE u.city = $1 AND u.kind IN ('employee', 'pupil', 'resident') AND `+source.Live("u")+` AND `+counted+`
			AND EXISTS (SELECT 1 FROM tie t WHERE t.city = u.city AND t.person = u.person AND t.kind = 'member' AND `+source.Live("t")+`)
		GROUP BY u.kind, u.org, u.unit ORDER BY u.kind, COALESCE(u.org, ''), u.unit`)
}
