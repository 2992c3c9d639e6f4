package actlog

import (
	"slices"

	"zhidian/internal/platform/sqldb"
)

// Heads gives the newest signed heads of the city's log, at most so many, the oldest first: whoever keeps one of them
// can prove later that nothing before it was touched.
func Heads(q sqldb.Q, most int) ([]string, error) {
	heads, err := sqldb.All(q, func(scan sqldb.Scan) (head string, err error) {
		err = scan(&head)
		return head, err
	}, `SELECT note FROM act_head WHERE city = $1 ORDER BY epoch DESC, size DESC LIMIT $2`, most)
	slices.Reverse(heads)
	return heads, err
}
