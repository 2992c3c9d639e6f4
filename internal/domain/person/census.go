package person

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"

	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Census knows which papers somebody held when it was taken, shown or not: a register whose persons are mostly new need not
// ask the database for each. It holds the beginnings of look-ups, eight bytes a paper, in their order.
type Census map[PaperKind][]uint64

// TakeCensus reads the look-up of every paper of the city, half a microsecond to one each.
func TakeCensus(q sqldb.Q) (Census, error) {
	c := Census{}
	for _, kind := range paperKinds {
		rows, err := q.Query(`SELECT look FROM paper_look WHERE city = $1 AND kind = $2 ORDER BY look`, string(kind))
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var look sql.RawBytes
			if err := rows.Scan(&look); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			c[kind] = append(c[kind], binary.BigEndian.Uint64(look))
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// MayHold tells whether somebody may have held a number; false is certain. A nil Census knows nobody's papers, so that
// everybody may.
func (c Census) MayHold(keys seal.Provider, kind PaperKind, number string) bool {
	if c == nil {
		return true
	}
	if len(c[kind]) == 0 {
		return false
	}
	_, held := slices.BinarySearch(c[kind], binary.BigEndian.Uint64(keys.Lookup(string(kind), number)))
	return held
}
