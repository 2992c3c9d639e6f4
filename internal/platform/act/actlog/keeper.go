package actlog

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Keeper takes signed heads into custody outside the installation. What it holds, nobody inside can undo.
type Keeper interface {
	Keep(ctx context.Context, head string) error
}

// HandOver gives the city's last head to the keeper; once a day is enough. Without acts there is nothing to hand over.
func HandOver(ctx context.Context, db *sqldb.DB, city string, k Keeper) error {
	var head string
	err := db.Read(ctx, city, func(q *sqldb.Rx) error {
		return q.Row(`SELECT note FROM act_head WHERE city = $1 ORDER BY epoch DESC, size DESC LIMIT 1`).Scan(&head)
	})
	if errors.Is(err, sqldb.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	return k.Keep(ctx, head)
}

// File keeps heads in a file, one after another; it belongs on another machine's disk or a medium that is taken away.
type File struct{ Path string }

// Keep appends the head, unless the file has it, and waits for the disk.
func (f File) Keep(_ context.Context, head string) (err error) {
	defer func() {
		if err != nil {
			err = errs.Wrap(err, errs.Busy, "act.no_keeper", nil)
		}
	}()
	file, err := os.OpenFile(f.Path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644) //nolint:gosec // heads are public
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	kept, err := act.ReadHeads(file)
	if err != nil {
		return err
	}
	if slices.Contains(kept, head) {
		return nil
	}
	if _, err := io.WriteString(file, head+"\n"); err != nil {
		return err
	}
	return file.Sync()
}

// headsOf picks a city's heads from a file that may hold several cities'. What cannot be read at all stays in,
// so that verification names it.
func headsOf(city string, r io.Reader) ([]string, error) {
	all, err := act.ReadHeads(r)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(head string) bool {
		h, err := act.PeekHead(head)
		return err == nil && h.City != city
	}), nil
}
