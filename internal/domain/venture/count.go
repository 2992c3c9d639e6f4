package venture

import "zhidian/internal/platform/sqldb"

// Business is what figures ask of a venture.
type Business struct {
	ID       ID
	Industry string
	Jobs     int64 // founders, and who works there beside them, as the dossier says
}

// Businesses gives them all, those that have left the library included: a loan to them was one.
func Businesses(q sqldb.Q) (map[ID]Business, error) {
	all, err := sqldb.All(q, func(s sqldb.Scan) (b Business, err error) { return b, s(&b.ID, &b.Industry, &b.Jobs) },
		`SELECT v.id, v.industry, v.staff + COALESCE(f.n, 0) FROM venture v
			LEFT JOIN (SELECT venture, COUNT(*) AS n FROM venture_founder WHERE city = $1 GROUP BY venture) f ON f.venture = v.id WHERE v.city = $1`)
	by := make(map[ID]Business, len(all))
	for _, b := range all {
		by[b.ID] = b
	}
	return by, err
}
