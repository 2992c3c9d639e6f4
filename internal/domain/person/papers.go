package person

import (
	"zhidian/internal/domain/source"
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
// somebody holds already, or whose kind the person has already, is left out; what deliveries brought that do not count
// gives way.
func AddPapers(tx *sqldb.Tx, keys seal.Provider, all []Held) (int64, error) {
	_, err := tx.Bulk(`DELETE FROM paper WHERE city = $1 AND person = $2 AND kind = $3 AND since <> $4 AND NOT (`+source.Since("paper")+`)`,
		len(all), func(i int) []any { return []any{all[i].Person, string(all[i].Paper.Kind), all[i].Since} })
	if err != nil {
		return 0, err
	}
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

// TakeBackPapers destroys what a delivery that is being undone had added to persons of other origin.
func TakeBackPapers(tx *sqldb.Tx, delivery int64) error {
	_, err := tx.Exec(`DELETE FROM paper WHERE city = $1 AND since = $2
		AND person IN (SELECT id FROM person WHERE city = $1 AND since <> $2)`, delivery)
	return err
}

// Any tells whether the city knows anybody by a paper.
func Any(q sqldb.Q) (bool, error) {
	var n int64
	err := q.Row(`SELECT COUNT(*) FROM (SELECT 1 FROM paper WHERE city = $1 LIMIT 1) AS a`).Scan(&n)
	return n > 0, err
}
