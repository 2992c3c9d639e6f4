package document

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the table of this package. A document's file goes when nothing names it any more.
var Retention = []retain.Rule{{
	Table: "document", Class: authz.Sealed, Purpose: "retention.of.document",
	Ends: []retain.End{{Text: "retention.end.document", Find: findOver}},
}}

var over = `keep_until < $2 AND ` + retain.Free("id") + ` AND ` + retain.Free("org")

// findOver finds the documents whose last day has passed. The day is the city's, and so is not among the moments of rules.
func findOver(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	scan := func(s sqldb.Scan) (ID, error) {
		var x ID
		return x, s(&x)
	}
	return retain.Rows(q, scan, func(tx *sqldb.Tx, ids []ID) (int64, error) {
		return tx.Bulk(`DELETE FROM document WHERE city = $1 AND id = $3 AND `+over, len(ids), func(i int) []any { return []any{before.Day, ids[i]} })
	}, `SELECT id FROM document WHERE city = $1 AND `+over+` ORDER BY keep_until, id LIMIT $3`, before.Day, most)
}

// NamesFile tells whether a document has a stored file as its content.
func NamesFile(q sqldb.Q, hash string) (bool, error) {
	var n int64
	err := q.Row(`SELECT COUNT(*) FROM document WHERE city = $1 AND hash = $2`, hash).Scan(&n)
	return n > 0, err
}

// NamesOrg is the condition that a document belongs to the organisation that a column names.
func NamesOrg(column string) string {
	return `EXISTS (SELECT 1 FROM document WHERE document.city = $1 AND document.org = ` + column + `)`
}
