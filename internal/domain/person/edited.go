package person

import "zhidian/internal/platform/sqldb"

// EditedSince names the persons of whom a delivery corrected something that somebody has changed again since: an undoing
// leaves that as it is.
func EditedSince(q sqldb.Q, delivery int64) ([]ID, error) {
	return sqldb.All(q, func(s sqldb.Scan) (ID, error) {
		var id ID
		return id, s(&id)
	}, `SELECT DISTINCT c.person FROM person_change c JOIN person p ON p.city = c.city AND p.id = c.person
		WHERE c.city = $1 AND c.delivery = $2 AND c.new <> CASE c.field WHEN 'name' THEN p.name WHEN 'home' THEN p.home WHEN 'sex' THEN p.sex
			WHEN 'ethnicity' THEN p.ethnicity WHEN 'education' THEN p.education WHEN 'standing' THEN p.standing ELSE c.new END
		ORDER BY c.person`, delivery)
}
