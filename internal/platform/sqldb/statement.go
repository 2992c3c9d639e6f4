package sqldb

import (
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
)

// counter is a number that many goroutines raise.
type counter struct{ n atomic.Int64 }

func (c *counter) add(n int64) int64 { return c.n.Add(n) }

// Load gives the number.
func (c *counter) Load() int64 { return c.n.Load() }

// statement is what sqldb knows of a statement's text.
type statement struct {
	tables []string // the tables it writes, none when it only reads
	name   string   // its first words, for errors: never its arguments
}

var (
	writes     = regexp.MustCompile(`(?is)\b(?:insert\s+into|update|delete\s+from)\s+([a-z_][a-z0-9_]*)`)
	cityFilter = regexp.MustCompile(`\$1\b`)
)

// statement inspects a text once. A statement that does not bind the city is refused: that rule is what keeps
// two cities in one database apart.
func (db *DB) statement(query string) (*statement, error) {
	if st, ok := db.known.Load(query); ok {
		return st.(*statement), nil
	}
	st := &statement{name: strings.Join(strings.Fields(query[:min(len(query), 60)]), " ")}
	if !cityFilter.MatchString(query) || !strings.Contains(query, "city") {
		return nil, fmt.Errorf("sqldb: a statement without its city: %s", st.name)
	}
	for _, m := range writes.FindAllStringSubmatch(query, -1) {
		if table := strings.ToLower(m[1]); table != "set" { // ON CONFLICT … DO UPDATE SET
			st.tables = append(st.tables, table)
		}
	}
	db.known.Store(query, st)
	return st, nil
}
