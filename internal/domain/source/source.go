// Package source knows where imported rows come from, and which deliveries of a source count.
package source

import "strings"

// hidden lists the deliveries that do not count: those under way, undone or abandoned. It is almost always empty.
const hidden = `(SELECT seq FROM delivery WHERE city = $1 AND hidden = 1)`

// Live is the condition that a row with columns since and until counts now: the delivery that brought it is shown,
// and no shown delivery has ended it. A row entered by hand has since = 0.
func Live(alias string) string {
	return strings.ReplaceAll(`(a.since NOT IN `+hidden+` AND (a.until = 0 OR a.until IN `+hidden+`))`, "a.", alias+".")
}

// Since is Live for rows that no delivery ends.
func Since(alias string) string {
	return alias + `.since NOT IN ` + hidden
}
