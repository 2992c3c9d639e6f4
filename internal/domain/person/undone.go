package person

import (
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/sqldb"
)

// Referred names the persons of a delivery to whom something else refers: ties of other origin, guardianship, consent
// or a merge. Undoing the delivery leaves them.
func Referred(q sqldb.Q, delivery int64) ([]ID, error) {
	return sqldb.All(q, func(s sqldb.Scan) (ID, error) {
		var id ID
		return id, s(&id)
	}, `SELECT p.id FROM person p WHERE p.city = $1 AND p.since = $2 AND (p.merged_into IS NOT NULL
		OR EXISTS (SELECT 1 FROM tie t WHERE t.city = $1 AND t.person = p.id AND t.since <> $2 AND `+source.Live("t")+`)
		OR EXISTS (SELECT 1 FROM guardianship g WHERE g.city = $1 AND (g.child = p.id OR g.adult = p.id))
		OR EXISTS (SELECT 1 FROM consent c WHERE c.city = $1 AND c.person = p.id)
		OR EXISTS (SELECT 1 FROM person m WHERE m.city = $1 AND m.merged_into = p.id)) ORDER BY p.id`, delivery)
}

// Brought tells which of some persons a delivery brought, in order.
func Brought(q sqldb.Q, delivery int64, ids []ID) ([]ID, error) {
	var all []ID
	for from := 0; from < len(ids); from += matchWidth {
		args := []any{delivery}
		for i := range matchWidth {
			args = append(args, ids[min(from+i, len(ids)-1)])
		}
		found, err := sqldb.All(q, scanID, `SELECT p.id FROM person p WHERE p.city = $1 AND p.since = $2 AND p.id IN (`+matchMarks+`)`, args...)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// Keep makes persons of a delivery the city's own, so that its undoing leaves them.
func Keep(tx *sqldb.Tx, delivery int64, ids []ID) error {
	for _, query := range []string{
		`UPDATE person SET since = 0 WHERE city = $1 AND id = $2 AND since = $3`,
		`UPDATE paper SET since = 0 WHERE city = $1 AND person = $2 AND since = $3`,
	} {
		if _, err := tx.Bulk(query, len(ids), func(i int) []any { return []any{ids[i], delivery} }); err != nil {
			return err
		}
	}
	return nil
}

// UsedOrgs tells which of some organisations keep the record of a person, or bind one, who does not come from a delivery.
func UsedOrgs(q sqldb.Q, delivery int64, all []org.ID) (map[org.ID]bool, error) {
	used := map[org.ID]bool{}
	for from := 0; from < len(all); from += matchWidth {
		part := all[from:min(len(all), from+matchWidth)]
		args := make([]any, 0, matchWidth+1)
		args = append(args, delivery)
		for _, o := range part {
			args = append(args, o)
		}
		for len(args) < matchWidth+1 {
			args = append(args, part[0])
		}
		for _, query := range []string{
			`SELECT DISTINCT t.org FROM tie t WHERE t.city = $1 AND t.since <> $2 AND t.org IN (` + matchMarks + `) AND ` + source.Live("t"),
			`SELECT DISTINCT p.home FROM person p WHERE p.city = $1 AND p.since <> $2 AND p.home IN (` + matchMarks + `) AND ` + Live,
		} {
			found, err := sqldb.All(q, func(s sqldb.Scan) (org.ID, error) {
				var id org.ID
				return id, s(&id)
			}, query, args...)
			if err != nil {
				return nil, err
			}
			for _, o := range found {
				used[o] = true
			}
		}
	}
	return used, nil
}
