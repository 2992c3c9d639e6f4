package actlog

import (
	"context"
	"io"
	"iter"

	"golang.org/x/mod/sumdb/note"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/sqldb"
)

// VerifyData verifies a city's whole log, as of one moment, against the heads in a file kept outside. Without a file
// (heads nil) nothing is witnessed, and the report says so. The error is only for a log that could not be read.
func VerifyData(ctx context.Context, db *sqldb.DB, city string, keys note.Verifiers, heads io.Reader) (act.Report, error) {
	var report act.Report
	var kept []string
	if heads != nil {
		var err error
		if kept, err = headsOf(city, heads); err != nil {
			return report, err
		}
	}
	err := db.Read(ctx, city, func(q *sqldb.Rx) error {
		l, err := gather(q, keys, kept)
		if err != nil {
			return err
		}
		report, err = act.Verify(l)
		return err
	})
	return report, err
}

func gather(q sqldb.Q, keys note.Verifiers, kept []string) (act.Log, error) {
	l := act.Log{City: q.City(), Keys: keys, Kept: kept, Acts: sealed(q), Hashes: stored(q), Heads: signed(q)}
	err := q.Row(`SELECT COUNT(*) FROM act WHERE city = $1 AND seq IS NULL`).Scan(&l.Unsealed)
	if err != nil {
		return l, err
	}
	l.Epochs, err = sqldb.All(q, func(scan sqldb.Scan) (e act.Epoch, err error) {
		err = scan(&e.Opened, &e.First, &e.Old)
		return e, err
	}, `SELECT epoch, first, head FROM act_epoch WHERE city = $1 ORDER BY epoch`)
	return l, err
}

// page is the number of rows read at a time: several lists are read side by side on one connection, which
// cannot keep more than one of them open.
const page = 2000

// pages walks a list; next gives the page behind the last row of the one before, nil at the start.
func pages[T any](next func(last *T) ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var last *T
		for {
			list, err := next(last)
			if err != nil {
				yield(*new(T), err)
				return
			}
			for _, x := range list {
				if !yield(x, nil) {
					return
				}
			}
			if len(list) < page {
				return
			}
			last = &list[len(list)-1]
		}
	}
}

func sealed(q sqldb.Q) iter.Seq2[act.Row, error] {
	scan := scanLine(q.City())
	return pages(func(last *act.Row) ([]act.Row, error) {
		var after int64
		if last != nil {
			after = last.Seq
		}
		return sqldb.All(q, func(s sqldb.Scan) (act.Row, error) {
			l, err := scan(s)
			return act.Row(l), err
		}, selectLine+` WHERE a.city = $1 AND a.seq > $2 ORDER BY a.seq LIMIT $3`, after, page)
	})
}

func stored(q sqldb.Q) iter.Seq2[act.Stored, error] {
	return pages(func(last *act.Stored) ([]act.Stored, error) {
		after := act.Stored{Leaf: -1}
		if last != nil {
			after = *last
		}
		return sqldb.All(q, func(scan sqldb.Scan) (s act.Stored, err error) {
			err = scan(&s.Epoch, &s.Leaf, &s.Hashes)
			return s, err
		}, `SELECT epoch, leaf, hashes FROM act_hash WHERE city = $1 AND (epoch, leaf) > ($2, $3) ORDER BY epoch, leaf LIMIT $4`,
			after.Epoch, after.Leaf, page)
	})
}

// headRow is a head with the columns it is ordered by.
type headRow struct {
	epoch, size int64
	note        string
}

func signed(q sqldb.Q) iter.Seq2[string, error] {
	rows := pages(func(last *headRow) ([]headRow, error) {
		var after headRow
		if last != nil {
			after = *last
		}
		return sqldb.All(q, func(scan sqldb.Scan) (h headRow, err error) {
			err = scan(&h.epoch, &h.size, &h.note)
			return h, err
		}, `SELECT epoch, size, note FROM act_head WHERE city = $1 AND (epoch, size) > ($2, $3) ORDER BY epoch, size LIMIT $4`,
			after.epoch, after.size, page)
	})
	return func(yield func(string, error) bool) {
		for h, err := range rows {
			if !yield(h.note, err) {
				return
			}
		}
	}
}
