package source

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// In conditions and statements of retention, $2 is the moment, in microseconds, before which the time of rows is over.

// Ended is the condition that a column names a delivery that was undone or given up before $2.
func Ended(column string) string {
	return column + ` IN (SELECT seq FROM delivery WHERE city = $1 AND state IN ('undone', 'abandoned') AND ended_at < $2)`
}

// Past is the condition that a column names a delivery that counts and was shown before $2.
func Past(column string) string {
	return column + ` IN (SELECT seq FROM delivery WHERE city = $1 AND hidden = 0 AND shown_at < $2)`
}

// EndedRows is the end of rows that a delivery brought which was then undone or given up: they never count again. What such
// a delivery had ended counts, and must be told so.
func EndedRows(find retain.Find) retain.End {
	return retain.End{Text: "retention.end.undone", N: 42, Unit: retain.Days, Find: find}
}

// Still holds that no delivery is written until the act ends, and tells whether that is so: a delivery under way may be
// bringing back rows of one that was undone.
func Still(tx *sqldb.Tx) (bool, error) {
	n, err := tx.Exec(`INSERT INTO delivery_step (city, delivery, step, done, total, at) VALUES ($1, 0, $2, 0, 0, $3)
		ON CONFLICT (city, delivery, step) DO UPDATE SET at = EXCLUDED.at WHERE delivery_step.done = 0`, claimStep, tx.Now().UnixMicro())
	return n == 1, err
}

// fileOver is the condition that a delivery's file has served its purpose: the rows were checked, and what was wrong with
// them was mended, months ago. A delivery on which nobody has decided by then is given up. Whom a file names is known from
// nothing but the file: who stands in it unchanged has no row of the delivery's. So while anybody is held, or the city, all
// files are.
var fileOver = `file_gone = 0 AND (state = 'visible' AND shown_at < $2 OR state IN ('undone', 'abandoned') AND ended_at < $2
	OR state IN ('checking', 'checked') AND made_at < $2) AND ` + retain.None(retain.Person) + ` AND ` + retain.None(retain.City)

// Retention declares the tables of this package.
var Retention = []retain.Rule{
	{Table: "source", Purpose: "retention.of.source", With: retain.City},
	{
		Table: "delivery", Class: authz.Sealed, Purpose: "retention.of.delivery", With: retain.City,
		Ends: []retain.End{{Text: "retention.end.file", N: 6, Unit: retain.Months, Find: findFiles}},
	},
	{
		Table: "delivery_step", Purpose: "retention.of.delivery_step",
		Ends: []retain.End{{
			Text: "retention.end.delivery_step", N: 30, Unit: retain.Days,
			Find: retain.ByKey[int64](`SELECT seq FROM delivery WHERE city = $1 AND (`+Past("seq")+` OR `+Ended("seq")+`)
				AND seq IN (SELECT delivery FROM delivery_step WHERE city = $1) ORDER BY seq LIMIT $3`,
				`DELETE FROM delivery_step WHERE city = $1 AND delivery = $3 AND at < $2`),
		}},
	},
}

func findFiles(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	scan := func(s sqldb.Scan) (int64, error) {
		var seq int64
		return seq, s(&seq)
	}
	return retain.Rows(q, scan, func(tx *sqldb.Tx, seqs []int64) (int64, error) {
		return tx.Bulk(`UPDATE delivery SET file_gone = $4,
			ended_at = CASE WHEN state IN ('checking', 'checked') THEN $4 ELSE ended_at END,
			state = CASE WHEN state IN ('checking', 'checked') THEN 'abandoned' ELSE state END
			WHERE city = $1 AND seq = $3 AND `+fileOver, len(seqs), func(i int) []any {
			return []any{before.Micro(), seqs[i], tx.Now().UnixMicro()}
		})
	}, `SELECT seq FROM delivery WHERE city = $1 AND `+fileOver+` ORDER BY seq LIMIT $3`, before.Micro(), most)
}

// NamesFile tells whether a delivery still needs a stored file.
func NamesFile(q sqldb.Q, hash string) (bool, error) {
	var n int64
	err := q.Row(`SELECT COUNT(*) FROM delivery WHERE city = $1 AND file = $2 AND file_gone = 0`, hash).Scan(&n)
	return n > 0, err
}
