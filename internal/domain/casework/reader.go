package casework

import (
	"zhidian/internal/platform/sqldb"
)

// Admit lets an account know of a limited matter. The caller permits and records.
func Admit(tx *sqldb.Tx, m ID, account string) error {
	_, err := tx.Exec(`INSERT INTO matter_reader (city, matter, account, added_by, added_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (city, matter, account) DO NOTHING`,
		m, account, tx.By().User, tx.Now().UnixMicro())
	return err
}

// Readers gives the accounts that know of a limited matter, in the order in which they came to.
func Readers(q sqldb.Q, m ID) ([]string, error) {
	return sqldb.All(q, func(s sqldb.Scan) (string, error) {
		var account string
		return account, s(&account)
	}, `SELECT account FROM matter_reader WHERE city = $1 AND matter = $2 ORDER BY added_at, account`, m)
}

// Reads is the condition that the account $2 knows of the limited matter that a column names.
func Reads(column string) string {
	return `EXISTS (SELECT 1 FROM matter_reader WHERE matter_reader.city = $1 AND matter_reader.matter = ` + column + ` AND matter_reader.account = $2)`
}

// Knows tells whether an account knows of a limited matter.
func Knows(q sqldb.Q, m ID, account string) (bool, error) {
	var n int
	err := q.Row(`SELECT COUNT(*) FROM matter_reader WHERE city = $1 AND matter = $2 AND account = $3`, m, account).Scan(&n)
	return n == 1, err
}
