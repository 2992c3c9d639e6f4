package person

import (
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Held is a paper and who brings it.
type Held struct {
	Person ID
	Paper  Paper
	Since  int64
}

// AddPapers gives persons further papers inside an act of the caller's, and tells how many were taken in. One that
// somebody holds already, or whose kind the person has already, is left out.
func AddPapers(tx *sqldb.Tx, keys seal.Provider, all []Held) (int64, error) {
	rows := make([][]any, len(all))
	for i, h := range all {
		row, err := paperRow(tx, keys, h.Person, h.Paper, h.Since)
		if err != nil {
			return 0, err
		}
		rows[i] = row
	}
	return tx.Bulk(insertPaper, len(rows), func(i int) []any { return rows[i] })
}

// Any tells whether the city knows anybody by a paper.
func Any(q sqldb.Q) (bool, error) {
	var n int64
	err := q.Row(`SELECT COUNT(*) FROM (SELECT 1 FROM paper WHERE city = $1 LIMIT 1) AS a`).Scan(&n)
	return n > 0, err
}
