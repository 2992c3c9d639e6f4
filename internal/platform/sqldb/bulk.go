package sqldb

import (
	"context"
	"database/sql/driver"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// insertion is a statement that inserts the values of one row, each given once and in order.
type insertion struct {
	head, tail string // around the values: INSERT INTO … VALUES, and ON CONFLICT …
	columns    int
}

var oneRow = regexp.MustCompile(`(?is)^(\s*INSERT\s+INTO\s[^$]*)VALUES\s*\((\$\d+(?:,\s*\$\d+)*)\)([^$]*)$`)

// insertionOf takes a statement apart. A row that meets another of the same statement in DO UPDATE is an error on
// PostgreSQL, so such statements, like all that are no plain insertion, are run row by row.
func insertionOf(query string) (insertion, bool) {
	m := oneRow.FindStringSubmatch(query)
	if m == nil {
		return insertion{}, false
	}
	if tail := strings.ToUpper(m[3]); strings.Contains(tail, "DO UPDATE") || strings.Contains(tail, "RETURNING") {
		return insertion{}, false
	}
	marks := strings.Split(m[2], ",")
	for i, mark := range marks {
		if strings.TrimSpace(mark) != "$"+strconv.Itoa(i+1) {
			return insertion{}, false
		}
	}
	return insertion{m[1], m[3], len(marks)}, true
}

// many is the text that inserts so many rows, for SQLite.
func (s insertion) many(rows int) string {
	row := "(" + strings.Repeat("?, ", s.columns-1) + "?)"
	return s.head + "VALUES " + strings.Repeat(row+", ", rows-1) + row + s.tail
}

// arrays is the text that inserts any number of rows given as one array a column, for PostgreSQL.
func (s insertion) arrays(types []string) string {
	marks := make([]string, len(types))
	for i, t := range types {
		marks[i] = "$" + strconv.Itoa(i+1) + "::" + t + "[]"
	}
	return s.head + "SELECT * FROM unnest(" + strings.Join(marks, ", ") + ")" + s.tail
}

// plain gives an argument in one of the few types that drivers know.
func plain(v any) (driver.Value, error) {
	switch v := v.(type) {
	case nil, string, int64, []byte:
		return v, nil
	}
	return driver.DefaultParameterConverter.ConvertValue(v)
}

// insertArrays inserts n rows by one statement a thousand rows, on PostgreSQL.
func insertArrays(ctx context.Context, c *pgx.Conn, query string, s insertion, n int, row func(int) []any) (int64, error) {
	d, err := c.Prepare(ctx, query, query) // tells the columns' types; pgx keeps it
	if err != nil {
		return 0, err
	}
	types := make([]string, s.columns)
	for i, oid := range d.ParamOIDs {
		switch oid {
		case pgtype.TextOID:
			types[i] = "text"
		case pgtype.Int8OID:
			types[i] = "bigint"
		case pgtype.ByteaOID:
			types[i] = "bytea"
		default:
			return 0, fmt.Errorf("sqldb: column %d is none of text, bigint, bytea", i+1)
		}
	}
	text := s.arrays(types)
	var changed int64
	for from := 0; from < n; from += arrayRows {
		columns := make([]any, s.columns)
		for i := range columns {
			switch types[i] {
			case "text":
				columns[i] = make([]*string, 0, arrayRows)
			case "bigint":
				columns[i] = make([]*int64, 0, arrayRows)
			default:
				columns[i] = make([][]byte, 0, arrayRows)
			}
		}
		for i := from; i < min(n, from+arrayRows); i++ {
			for k, v := range row(i) {
				v, err := plain(v)
				if err != nil {
					return changed, err
				}
				if columns[k], err = appended(columns[k], v); err != nil {
					return changed, fmt.Errorf("sqldb: column %d: %w", k+1, err)
				}
			}
		}
		tag, err := c.Exec(ctx, text, columns...)
		if err != nil {
			return changed, err
		}
		changed += tag.RowsAffected()
	}
	return changed, nil
}

const arrayRows = 1000

// appended adds a value, or NULL, to a column.
func appended(column any, v driver.Value) (any, error) {
	switch column := column.(type) {
	case []*string:
		if v == nil {
			return append(column, nil), nil
		}
		if v, ok := v.(string); ok {
			return append(column, &v), nil
		}
	case []*int64:
		if v == nil {
			return append(column, nil), nil
		}
		if v, ok := v.(int64); ok {
			return append(column, &v), nil
		}
	case [][]byte:
		if v == nil {
			return append(column, nil), nil
		}
		if v, ok := v.([]byte); ok {
			return append(column, v), nil
		}
	}
	return nil, fmt.Errorf("a %T does not fit", v)
}
