package org

import (
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// holdTree is the guard of the tree's shape: moves and merges of a city, which are rare, wait for each other here, so
// that no two of them can make a circle that neither sees. It is taken before anything is read.
func holdTree(tx *sqldb.Tx) error {
	_, err := tx.Exec(`UPDATE org SET short = short WHERE city = $1 AND parent IS NULL`)
	return err
}

// hold keeps an organisation open and in its place until the act ends: whoever would hang something below it and
// whoever moves or closes it cannot both go on.
func hold(tx *sqldb.Tx, n Node) error {
	held, err := tx.Exec(`UPDATE org SET short = short WHERE city = $1 AND id = $2 AND path = $3 AND closed = ''`, n.ID, string(n.Path))
	if err != nil {
		return err
	}
	if held == 0 {
		return errs.New(errs.Conflict, "org.moved_meanwhile", errs.Args{"name": n.Name})
	}
	return nil
}

// rehang moves a subtree. It first holds every row of it, so that what is just being founded inside is either seen
// by the second statement or finds its parent gone.
func rehang(tx *sqldb.Tx, n, to Node) error {
	if _, err := tx.Exec(`UPDATE org SET short = short WHERE city = $1 AND path >= $2 AND path < $3`, string(n.Path), string(n.Path.End())); err != nil {
		return err
	}
	moved, err := tx.Exec(`UPDATE org SET parent = $3 WHERE city = $1 AND id = $2 AND path = $4`, n.ID, to.ID, string(n.Path))
	if err != nil {
		return err
	}
	if moved == 0 {
		return errs.New(errs.Conflict, "org.moved_meanwhile", errs.Args{"name": n.Name})
	}
	_, err = tx.Exec(`UPDATE org SET path = $2 || SUBSTR(path, $3), depth = depth + $4 WHERE city = $1 AND path >= $5 AND path < $6`,
		string(to.Path)+segment(n.No), len(n.Path)+1, to.Depth+1-n.Depth, string(n.Path), string(n.Path.End()))
	return err
}
