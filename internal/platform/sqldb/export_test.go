package sqldb

import "context"

// Raw runs a statement outside every rule, to set tests up.
func (db *DB) Raw(ctx context.Context, query string) error {
	if db.engine == PostgreSQL {
		_, err := db.reads.ExecContext(ctx, query)
		return err
	}
	j := &job{ctx: ctx, keep: true, fn: func(*Tx) error { return db.writer.plain(query) }}
	j.by.City = "-"
	return db.writer.do(j)
}

// Turns is how many acts are under way at once on PostgreSQL.
func (db *DB) Turns() int { return cap(db.turns) }
