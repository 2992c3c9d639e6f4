// Package actlog keeps the log of acts in the database: it seals, hands heads to a keeper, lists, proves and verifies.
package actlog

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Batch is the number of acts that Seal takes at most: few enough that other writers hardly wait.
const Batch = 1000

// Seal gives waiting acts their places in the city's log, in order of time, and signs a new head. It takes what is
// not yet sealed, never what lies behind a mark: an act that commits late is sealed late, but not lost. It gives
// the number of acts sealed; when that is Batch, more may wait.
//
// It refuses to sign on top of stored hashes that do not agree with the last head.
func Seal(ctx context.Context, db *sqldb.DB, city string, signer note.Signer) (int, error) {
	waiting, err := anyWaiting(ctx, db, city)
	if err != nil || !waiting {
		return 0, err
	}
	var sealed int
	err = db.Keep(ctx, city, func(tx *sqldb.Tx) error {
		sealed = 0
		e, err := lockEpoch(tx)
		if errors.Is(err, sqldb.ErrNone) {
			e = act.Epoch{Opened: tx.Now().UnixMicro(), First: 1}
			err = open(tx, e, signer)
		}
		if err != nil {
			return err
		}
		sealed, err = seal(tx, e, signer)
		return err
	})
	return sealed, err
}

func anyWaiting(ctx context.Context, db *sqldb.DB, city string) (waiting bool, err error) {
	err = db.Read(ctx, city, func(q *sqldb.Rx) error {
		var one int
		err := q.Row(`SELECT 1 FROM act WHERE city = $1 AND seq IS NULL LIMIT 1`).Scan(&one)
		if errors.Is(err, sqldb.ErrNone) {
			return nil
		}
		waiting = err == nil
		return err
	})
	return waiting, err
}

// lockEpoch finds the epoch in force and holds its row, so that two sealers take turns. ErrNone in a new city.
func lockEpoch(tx *sqldb.Tx) (act.Epoch, error) {
	var e act.Epoch
	err := tx.Row(`UPDATE act_epoch SET first = first
		WHERE city = $1 AND epoch = (SELECT MAX(epoch) FROM act_epoch WHERE city = $1)
		RETURNING epoch, first, head`).Scan(&e.Opened, &e.First, &e.Old)
	return e, err
}

// open writes an epoch with its first leaf and a head over that leaf.
func open(tx *sqldb.Tx, e act.Epoch, signer note.Signer) error {
	n, err := tx.Exec(`INSERT INTO act_epoch (city, epoch, first, head) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		e.Opened, e.First, e.Old)
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Busy, "act.seal_again", nil) // another process has just opened it
	}
	tree, hashes := e.Open(tx.City())
	if _, err := tx.Exec(`INSERT INTO act_hash (city, epoch, leaf, hashes) VALUES ($1, $2, 0, $3)`, e.Opened, act.Pack(hashes)); err != nil {
		return err
	}
	return sign(tx, e, tree, signer)
}

// seal appends waiting acts to the epoch's tree.
func seal(tx *sqldb.Tx, e act.Epoch, signer note.Signer) (int, error) {
	tree, err := load(tx, e)
	if err != nil {
		return 0, err
	}
	acts, err := sqldb.All(tx, scanAct, `SELECT id, at, actor, verb, subject, key_id, session, content_hash
		FROM act WHERE city = $1 AND seq IS NULL ORDER BY at, id LIMIT $2`, Batch)
	if err != nil || len(acts) == 0 {
		return 0, err
	}
	first := tree.Size()
	packed := make([][]byte, len(acts))
	for i, a := range acts {
		a.City = tx.City()
		packed[i] = act.Pack(tree.Add(act.LeafHash(a.Leaf())))
	}
	n, err := tx.Bulk(`UPDATE act SET seq = $2 WHERE city = $1 AND id = $3 AND seq IS NULL`, len(acts), func(i int) []any {
		return []any{e.ActAt(first + int64(i)), acts[i].ID}
	})
	if err != nil {
		return 0, err
	}
	if n != int64(len(acts)) {
		return 0, fmt.Errorf("actlog: %d of %d acts could be numbered", n, len(acts))
	}
	_, err = tx.Bulk(`INSERT INTO act_hash (city, epoch, leaf, hashes) VALUES ($1, $2, $3, $4)`, len(acts), func(i int) []any {
		return []any{e.Opened, first + int64(i), packed[i]}
	})
	if err != nil {
		return 0, err
	}
	return len(acts), sign(tx, e, tree, signer)
}

// load reads the right edge of the epoch's tree and holds it against the last head.
func load(q sqldb.Q, e act.Epoch) (*act.Tree, error) {
	var size int64
	err := q.Row(`SELECT leaf + 1 FROM act_hash WHERE city = $1 AND epoch = $2 ORDER BY leaf DESC LIMIT 1`, e.Opened).Scan(&size)
	if err != nil {
		return nil, refuse(err)
	}
	signed, err := lastHead(q, e.Opened)
	if err != nil {
		return nil, refuse(err)
	}
	head, err := act.PeekHead(signed)
	if err != nil {
		return nil, refuse(err)
	}
	tree, err := act.LoadTree(size, hashes(q, e.Opened))
	if err != nil {
		return nil, refuse(err)
	}
	if head.Size != size || head.Root != tree.Root() || head.City != q.City() || head.Epoch != e.Opened {
		return nil, refuse(nil)
	}
	return tree, nil
}

func refuse(cause error) error { return errs.Wrap(cause, errs.Internal, "act.seal_refused", nil) }

func lastHead(q sqldb.Q, epoch int64) (signed string, err error) {
	err = q.Row(`SELECT note FROM act_head WHERE city = $1 AND epoch = $2 ORDER BY size DESC LIMIT 1`, epoch).Scan(&signed)
	return signed, err
}

func sign(tx *sqldb.Tx, e act.Epoch, tree *act.Tree, signer note.Signer) error {
	at := tx.Now().UnixMicro()
	signed, err := act.Head{City: tx.City(), Size: tree.Size(), Root: tree.Root(), Epoch: e.Opened, At: at}.Sign(signer)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO act_head (city, epoch, size, at, note) VALUES ($1, $2, $3, $4, $5)`,
		e.Opened, tree.Size(), at, signed)
	return err
}

// OpenEpoch ends the tree of a restored database and begins another, whose first leaf is the old head: what was
// done between the backup and the restore is gone, and a tree that went on would contradict the heads kept of it.
// Call it once after every restore, before anything is written. A city without acts needs none.
func OpenEpoch(ctx context.Context, db *sqldb.DB, city string, signer note.Signer) error {
	return db.Keep(ctx, city, func(tx *sqldb.Tx) error {
		e, err := lockEpoch(tx)
		if errors.Is(err, sqldb.ErrNone) {
			return nil
		}
		if err != nil {
			return err
		}
		tree, err := load(tx, e)
		if err != nil {
			return err
		}
		old, err := lastHead(tx, e.Opened)
		if err != nil {
			return err
		}
		return open(tx, act.Epoch{Opened: max(tx.Now().UnixMicro(), e.Opened+1), First: e.ActAt(tree.Size()), Old: old}, signer)
	})
}

// hashes reads the stored hashes of an epoch's tree.
func hashes(q sqldb.Q, epoch int64) tlog.HashReader {
	return act.Hashes(func(leaves []int64) (map[int64][]byte, error) {
		packed := make(map[int64][]byte, len(leaves))
		for _, leaf := range leaves {
			if packed[leaf] != nil {
				continue
			}
			var b []byte
			err := q.Row(`SELECT hashes FROM act_hash WHERE city = $1 AND epoch = $2 AND leaf = $3`, epoch, leaf).Scan(&b)
			if err != nil && !errors.Is(err, sqldb.ErrNone) {
				return nil, err
			}
			packed[leaf] = b
		}
		return packed, nil
	})
}

// scanAct reads the columns that make a leaf, without the city.
func scanAct(scan sqldb.Scan) (act.Act, error) {
	var a act.Act
	var sum []byte
	if err := scan(&a.ID, &a.At, &a.Actor, &a.Verb, &a.Subject, &a.KeyID, &a.Session, &sum); err != nil {
		return a, err
	}
	copy(a.ContentHash[:], sum) // a sum of another length makes another leaf, which verification names
	return a, nil
}
