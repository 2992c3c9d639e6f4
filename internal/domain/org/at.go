package org

import "strings"

// At is the join that brings to a row, as o, the organisation that its column such as "a.desk" names. What others may
// use of o is its name, and its path for the scope of a list.
func At(column string) string {
	alias, _, _ := strings.Cut(column, ".")
	return `JOIN org o ON o.city = ` + alias + `.city AND o.id = ` + column
}
