package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"path"
	"time"
)

// DeleteOrphans removes the files that were stored before a moment and that nothing names, and tells how many. A file that
// is stored again meanwhile stays: it is moved aside first, and back when it turns out to be new, or named by now.
func (s *Store) DeleteOrphans(ctx context.Context, before time.Time, named func(Hash) (bool, error)) (n int, err error) {
	var failed error
	err = s.Walk(ctx, func(h Hash, _ int64) error {
		gone, err := s.deleteOrphan(h, before, named)
		if gone {
			n++
		}
		failed = errors.Join(failed, err) // one that cannot be removed must not keep the others
		return nil
	})
	return n, errors.Join(failed, err)
}

func (s *Store) deleteOrphan(h Hash, before time.Time, named func(Hash) (bool, error)) (bool, error) {
	kept := func(name string) (bool, error) {
		info, err := s.root.Stat(name)
		if err != nil || !info.ModTime().Before(before) {
			return true, err
		}
		return named(h)
	}
	place, aside := h.place(), path.Join(temporary, rand.Text())
	keep, err := kept(place)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // deleted meanwhile
	}
	if err != nil || keep {
		return false, err
	}
	if err := s.root.Rename(place, aside); err != nil {
		return false, explain(err)
	}
	if keep, err = kept(aside); err != nil || keep {
		return false, errors.Join(err, s.root.Rename(aside, place))
	}
	return true, explain(s.root.Remove(aside))
}
