package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

const (
	// youngRows is the size below which what SQLite knows of a table is not believed.
	youngRows = 1000
	// supposedRows is how many rows a young table is planned for.
	supposedRows = 1_000_000
)

// suppose lets SQLite plan for tables that are not known yet, or were small when they last were, as for large ones of which
// every row is of one city. By itself it supposes that a city has ten rows, so that it takes the primary key, which begins with
// the city and holds all columns, for as good as any index, and reads whole tables from then on. A plan for a large table does
// no harm to a small one. It tells whether anything was written; connections that are open see that with their next schema.
func suppose(ctx context.Context, c sqlConn) (changed bool, err error) {
	if _, err := c.ExecContext(ctx, "ANALYZE sqlite_schema"); err != nil { // makes the table of statistics
		return false, err
	}
	rows, err := c.QueryContext(ctx, `WITH seen AS (
			SELECT t.name AS of_table, CASE WHEN i.origin = 'pk' AND t.wr = 1 THEN t.name ELSE i.name END AS name, i."unique" AS one, i.partial,
				(SELECT COUNT(*) FROM pragma_index_info(i.name)) AS columns, (SELECT x.name FROM pragma_index_info(i.name) x WHERE x.seqno = 0) AS leads
			FROM pragma_table_list t, pragma_index_list(t.name) i WHERE t.schema = 'main' AND t.type = 'table')
		SELECT seen.of_table, seen.name, seen.one, seen.partial, seen.columns FROM seen
		WHERE seen.leads = 'city' AND COALESCE((SELECT MAX(CAST(s.stat AS INTEGER)) FROM sqlite_stat1 s WHERE s.tbl = seen.of_table), 0) < `+strconv.Itoa(youngRows))
	if err != nil {
		return false, err
	}
	defer rows.Close()
	type index struct{ table, name, stat string }
	var young []index
	for rows.Next() {
		var x index
		var unique, partial bool
		var columns int
		if err := rows.Scan(&x.table, &x.name, &unique, &partial, &columns); err != nil {
			return false, err
		}
		x.stat = supposed(columns, unique, partial)
		young = append(young, x)
	}
	if err := rows.Err(); err != nil {
		return false, err
	}
	for _, x := range young {
		if _, err := c.ExecContext(ctx, `DELETE FROM sqlite_stat1 WHERE tbl = ? AND idx = ?`, x.table, x.name); err != nil {
			return false, err
		}
		if _, err := c.ExecContext(ctx, `INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)`, x.table, x.name, x.stat); err != nil {
			return false, err
		}
	}
	return len(young) > 0, nil
}

// supposed is what is said of an index that begins with the city: rows in all, of one city, and then, as SQLite supposes of
// indexes that it does not know, a few for each further column that is given.
func supposed(columns int, unique, partial bool) string {
	total := supposedRows
	if partial {
		total /= 2
	}
	said := []string{strconv.Itoa(total), strconv.Itoa(total)}
	for i := 1; i < columns; i++ {
		left := max(10-i, 5)
		if unique && i == columns-1 {
			left = 1
		}
		said = append(said, strconv.Itoa(left))
	}
	return strings.Join(said, " ")
}

// sqlConn is a connection, or the pool of one.
type sqlConn interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// refreshed lets all connections read the statistics anew: the others do so together with the schema, this one, which changes it, only
// when it is told.
func refreshed(ctx context.Context, c sqlConn) error {
	if _, err := c.ExecContext(ctx, "CREATE TABLE touched (x); DROP TABLE touched; ANALYZE sqlite_schema"); err != nil {
		return fmt.Errorf("sqldb: statistics: %w", err)
	}
	return nil
}
