package org

import (
	"strconv"
	"strings"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Table names the organisations, as alias o, in statements of other nouns that list their rows in the order of the tree
// or show where each belongs. Its columns city, id, no, path and name are promised; no never changes.
const Table = `org o`

// numbersWidth is how many organisations one statement looks up; the text stays the same for every batch.
const numbersWidth = 100

var numbersOf = func() string {
	marks := make([]string, numbersWidth)
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(i+2)
	}
	return `SELECT o.id, o.no FROM org o WHERE o.city = $1 AND o.id IN (` + strings.Join(marks, ", ") + `)`
}()

// Numbers gives the numbers (Node.No) of organisations, shown or not, in the order of their ids; Absent where there is not one.
func Numbers(q sqldb.Q, ids []ID) ([]int64, error) {
	known := make(map[ID]int64, len(ids))
	for from := 0; from < len(ids); from += numbersWidth {
		args := make([]any, numbersWidth)
		for i := range args {
			args[i] = ids[min(from+i, len(ids)-1)]
		}
		found, err := sqldb.All(q, func(s sqldb.Scan) (Node, error) {
			var n Node
			return n, s(&n.ID, &n.No)
		}, numbersOf, args...)
		if err != nil {
			return nil, err
		}
		for _, n := range found {
			known[n.ID] = n.No
		}
	}
	all := make([]int64, len(ids))
	for i, id := range ids {
		if all[i] = known[id]; all[i] == 0 {
			return nil, errs.New(errs.Absent, "errs.absent", nil)
		}
	}
	return all, nil
}
