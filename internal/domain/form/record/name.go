package record

import (
	"maps"
	"slices"

	"zhidian/internal/platform/sqldb"
)

// Named is what a form that is published calls a list and what its questions save.
type Named struct {
	Title  string // empty of a form that only changes records, which others make
	Labels map[string]string
}

// Name lets a list and its properties be called as a form calls them, within an act of the caller's. Of two forms that save the
// same the one that was published last is heard.
func Name(tx *sqldb.Tx, list ListID, n Named) error {
	if n.Title != "" {
		if _, err := tx.Exec(`UPDATE record_list SET title = $3 WHERE city = $1 AND id = $2`, list, n.Title); err != nil {
			return err
		}
	}
	names := slices.Sorted(maps.Keys(n.Labels))
	_, err := tx.Bulk(`INSERT INTO record_property (city, list, name, label) VALUES ($1, $2, $3, $4) ON CONFLICT (city, list, name) DO UPDATE SET label = excluded.label`,
		len(names), func(i int) []any { return []any{list, names[i], n.Labels[names[i]]} })
	return err
}

// Labels tells what people call the properties of a list, by name. One that no form calls anything is not among them.
func Labels(q sqldb.Q, list ListID) (map[string]string, error) {
	all, err := sqldb.All(q, func(s sqldb.Scan) (p [2]string, err error) { return p, s(&p[0], &p[1]) },
		`SELECT p.name, p.label FROM record_property p WHERE p.city = $1 AND p.list = $2`, list)
	labels := make(map[string]string, len(all))
	for _, p := range all {
		labels[p[0]] = p[1]
	}
	return labels, err
}
