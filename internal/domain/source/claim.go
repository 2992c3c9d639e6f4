package source

import (
	"errors"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// One delivery at a time writes in a city, so that what it compares itself with stays as it was. The guard is one
// row that holds the delivery's number; a delivery that a crash interrupted still holds it when it goes on.
const claimStep = "apply"

// Claim lets a delivery begin, or go on, to write. While another one writes it is a Conflict.
func Claim(tx *sqldb.Tx, seq int64) error {
	n, err := tx.Exec(`INSERT INTO delivery_step (city, delivery, step, done, total, at) VALUES ($1, 0, $2, $3, 0, $4)
		ON CONFLICT (city, delivery, step) DO UPDATE SET done = EXCLUDED.done, at = EXCLUDED.at
		WHERE delivery_step.done = 0 OR delivery_step.done = EXCLUDED.done`, claimStep, seq, tx.Now().UnixMicro())
	if err != nil {
		return err
	}
	if n == 0 {
		other, err := Writing(tx)
		if err != nil {
			return err
		}
		return errs.New(errs.Conflict, "source.other_writing", errs.Args{"delivery": other})
	}
	return nil
}

// Release ends what Claim began.
func Release(tx *sqldb.Tx, seq int64) error {
	_, err := tx.Exec(`UPDATE delivery_step SET done = 0 WHERE city = $1 AND delivery = 0 AND step = $2 AND done = $3`, claimStep, seq)
	return err
}

// Writing tells which delivery is being written, 0 for none.
func Writing(q sqldb.Q) (int64, error) {
	var seq int64
	err := q.Row(`SELECT done FROM delivery_step WHERE city = $1 AND delivery = 0 AND step = $2`, claimStep).Scan(&seq)
	if errors.Is(err, sqldb.ErrNone) {
		return 0, nil
	}
	return seq, err
}

// FindName gives the source of a name.
func FindName(q sqldb.Q, name string) (Source, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM source s WHERE s.city = $1 AND s.name = $2`, name)
}

// Of gives the deliveries that a source has made, whatever became of them: rows of any of them are the source's own.
func Of(q sqldb.Q, id ID) (map[int64]bool, error) {
	all, err := sqldb.All(q, func(s sqldb.Scan) (int64, error) {
		var seq int64
		return seq, s(&seq)
	}, `SELECT seq FROM delivery WHERE city = $1 AND source = $2`, id)
	if err != nil {
		return nil, err
	}
	own := make(map[int64]bool, len(all))
	for _, seq := range all {
		own[seq] = true
	}
	return own, nil
}

// Hidden gives the deliveries that do not count: under way, undone or abandoned.
func Hidden(q sqldb.Q) (map[int64]bool, error) {
	all, err := sqldb.All(q, func(s sqldb.Scan) (int64, error) {
		var seq int64
		return seq, s(&seq)
	}, hidden[1:len(hidden)-1])
	if err != nil {
		return nil, err
	}
	set := make(map[int64]bool, len(all))
	for _, seq := range all {
		set[seq] = true
	}
	return set, nil
}
