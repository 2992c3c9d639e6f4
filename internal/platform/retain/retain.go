// Package retain knows how long the rows of each table are kept, and what must not be destroyed.
package retain

import (
	"time"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
)

// City is with what the rows of a table end that are kept as long as the city's system is, and the kind of a hold on all of
// it; Person is that of a hold on a human being.
const (
	City   = "city"
	Person = "person"
)

// Rule says of one table what it is for, how delicate its rows are, and when they end. Each table has one, declared by the
// package that owns it.
type Rule struct {
	Table   string
	Class   authz.Class // of the most delicate column
	Purpose string      // message key: what the rows are for
	Ends    []End       // by themselves, none where they do not
	With    string      // the table with whose rows they end, or City; empty where Ends says all
	Also    string      // further tables that ending rows writes, separated by spaces
}

// End is one way in which rows come to their end.
type End struct {
	Text string // message key: how long rows are kept and from when on; it is given the number as n
	N    int    // of Unit
	Unit Unit
	Find Find
}

// Unit is what a time is counted in.
type Unit int

// The units. A month or year ends on the same day of the calendar.
const (
	Days Unit = iota
	Months
	Years
)

// Find looks for rows whose time was over before a moment, at most so many, in a snapshot: nobody waits for the looking.
type Find func(q sqldb.Q, before Before, most int) (Found, error)

// Before is the moment before which the time of rows is over.
type Before struct {
	At  time.Time
	Day day.Day // the city's
}

// Micro is the moment as columns hold it: microseconds UTC.
func (b Before) Micro() int64 { return b.At.UnixMicro() }

// before is the moment that lies the kept time ago.
func (e End) before(now time.Time, zone *time.Location) Before {
	n := [3]int{}
	n[e.Unit] = -e.N
	at := now.In(zone).AddDate(n[Years], n[Months], n[Days])
	return Before{At: at.UTC(), Day: day.Of(at, zone)}
}

// Found is rows whose time is over. End destroys those from one on up to another within an act, and gives how many: it asks
// again for each whether its time is over and nobody holds it, since the looking was before.
type Found struct {
	N   int
	End func(tx *sqldb.Tx, from, to int) (int64, error)
}

// Rows finds rows by their keys; end destroys some of them.
func Rows[K any](q sqldb.Q, scan func(sqldb.Scan) (K, error), end func(tx *sqldb.Tx, keys []K) (int64, error), query string, args ...any) (Found, error) {
	keys, err := sqldb.All(q, scan, query, args...)
	return Found{N: len(keys), End: func(tx *sqldb.Tx, from, to int) (int64, error) { return end(tx, keys[from:to]) }}, err
}

// ByKey finds rows of a key of one column. In both statements $2 is the moment, in microseconds, before which the time of
// rows is over; find gives the keys, $3 at most, and end destroys the rows of the key $3 where their time is over.
func ByKey[K any](find, end string) Find {
	return func(q sqldb.Q, before Before, most int) (Found, error) {
		scan := func(s sqldb.Scan) (K, error) {
			var k K
			return k, s(&k)
		}
		return Rows(q, scan, Each(end, before, func(k K) []any { return []any{k} }), find, before.Micro(), most)
	}
}

// Each ends rows one by one, with a statement of the moment $2 and what key gives from $3 on.
func Each[K any](end string, before Before, key func(K) []any) func(tx *sqldb.Tx, keys []K) (int64, error) {
	return func(tx *sqldb.Tx, keys []K) (int64, error) {
		return tx.Bulk(end, len(keys), func(i int) []any { return append([]any{before.Micro()}, key(keys[i])...) })
	}
}

// First looks in one way after another and gives what is found first.
func First(ways ...Find) Find {
	return func(q sqldb.Q, before Before, most int) (Found, error) {
		for _, find := range ways {
			if found, err := find(q, before, most); err != nil || found.N > 0 {
				return found, err
			}
		}
		return Found{}, nil
	}
}

// Free is the condition that nothing holds what a column names. A hold counts for what it names and for what hangs directly
// on it: rules ask for each column by which their rows do. A hold on the city counts for all of them.
func Free(column string) string {
	return `(COALESCE(` + column + `, '') NOT IN (SELECT subject FROM legal_hold WHERE city = $1 AND lifted_at = 0) AND ` + None(City) + `)`
}

// None is the condition that no hold on a thing of a kind is in force.
func None(kind string) string {
	return `NOT EXISTS (SELECT 1 FROM legal_hold WHERE city = $1 AND kind = '` + kind + `' AND lifted_at = 0)`
}

// Retention declares the tables of this package, and those of packages below it.
var Retention = []Rule{
	{
		Table: "legal_hold", Class: authz.Personal, Purpose: "retention.of.legal_hold",
		Ends: []End{{
			Text: "retention.end.legal_hold", N: 5, Unit: Years,
			Find: ByKey[string](`SELECT id FROM legal_hold WHERE city = $1 AND lifted_at > 0 AND lifted_at < $2 ORDER BY id LIMIT $3`,
				`DELETE FROM legal_hold WHERE city = $1 AND id = $3 AND lifted_at > 0 AND lifted_at < $2`),
		}},
	},
	{Table: "retention_run", Purpose: "retention.of.retention_run", With: City},
	{Table: "serial", Purpose: "retention.of.serial", With: City},
}
