package page

import (
	"slices"
	"strconv"
	"strings"
)

// Page is one page of a list.
type Page[T any] struct {
	Items []T
	Next  string // cursor of the page after this one, empty on the last
	Prev  string // cursor of the page before, empty on the first
	More  bool   // there is a page after this one
}

// Where is the condition that the rows of the page satisfy, as a row comparison that SQLite and PostgreSQL both answer from an index.
// Its parameters are numbered from first on. On the first page it is "1=1" without arguments.
func (p Position) Where(first int) (sql string, args []any) {
	if p.keys == nil {
		return "1=1", nil
	}
	marks := make([]string, len(p.keys))
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(first+i)
	}
	sign := ">"
	if p.list.Desc != p.before {
		sign = "<"
	}
	return "(" + strings.Join(p.list.Columns, ",") + ") " + sign + " (" + strings.Join(marks, ",") + ")", slices.Clone(p.keys)
}

// Order is the list of columns for ORDER BY. Before a cursor it runs backwards, and Cut turns the rows round again.
func (p Position) Order() string {
	if p.list.Desc == p.before {
		return strings.Join(p.list.Columns, ", ")
	}
	return strings.Join(p.list.Columns, " DESC, ") + " DESC"
}

// Limit is how many rows to ask for to fill a page of a size: one more, which only tells whether there are others.
func Limit(size int) int { return size + 1 }

// Cut makes the page from the rows that Where, Order and Limit(size) gave. Keys gives a row's values of the list's columns, in order.
func Cut[T any](c *Cursors, p Position, rows []T, size int, keys func(T) []any) Page[T] {
	others := len(rows) > size
	rows = rows[:min(len(rows), size)]
	if p.before {
		rows = slices.Clone(rows)
		slices.Reverse(rows)
	}
	page := Page[T]{Items: rows}
	if len(rows) == 0 {
		return page
	}
	// Where we came from there are rows; whether there are on the far side, the row too many tells.
	if page.More = others || p.before; page.More {
		page.Next = c.write(p.list, keys(rows[len(rows)-1]), false)
	}
	if (p.before && others) || (!p.before && p.keys != nil) {
		page.Prev = c.write(p.list, keys(rows[0]), true)
	}
	return page
}

// Count is a number of rows counted only up to a limit, because an exact count of a large list costs more than it tells.
type Count struct {
	N      int
	Capped bool // there are more than N
}

// CountSQL wraps a query so that it counts no further than one past the limit. Its one column goes to Counted.
func CountSQL(query string, limit int) string {
	return "SELECT count(*) FROM (" + query + " LIMIT " + strconv.Itoa(limit+1) + ") AS counted"
}

// Counted reads the answer of CountSQL.
func Counted(n, limit int) Count {
	if n > limit {
		return Count{N: limit, Capped: true}
	}
	return Count{N: n}
}

// Key is the message that shows the count ("1,000+"); its value is n.
func (c Count) Key() string {
	if c.Capped {
		return "page.count_more"
	}
	return "page.count"
}
