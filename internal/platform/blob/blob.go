// Package blob keeps files sealed under the fingerprint of their content, so that the same file is stored once, a changed one is noticed, and
// who steals the disk reads none.
package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"syscall"
	"time"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
)

// Messages are the texts of this package's errors.
//
//go:embed messages
var Messages embed.FS

// Hash is the SHA-256 of a file's content in 64 small hexadecimal digits.
type Hash string

// ParseHash reads a hash that came from outside; anything else names no file.
func ParseHash(s string) (Hash, error) {
	if len(s) == 2*sha256.Size {
		for _, c := range []byte(s) {
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return "", absent(nil)
			}
		}
		return Hash(s), nil
	}
	return "", absent(nil)
}

func absent(cause error) error { return errs.Wrap(cause, errs.Absent, "blob.absent", nil) }

// place is where the file lies: two levels of folders, so that none grows large.
func (h Hash) place() string { return path.Join(string(h[:2]), string(h[2:4]), string(h)) }

// Ref names a stored file.
type Ref struct {
	Hash Hash
	Size int64 // bytes
	Type Type
}

// Limits say what may be stored.
type Limits struct {
	Size  int64  // bytes, at most
	Types []Type // no others
	Is    Type   // what the caller has found it to be by reading it; empty: its first bytes tell
}

// Store is a folder of files. It is safe for all to share, also between processes.
type Store struct {
	root *os.Root // nothing outside the folder can be reached through it
	keys seal.Provider
	wrap func(io.Writer) io.Writer
}

const (
	temporary = "tmp"
	// leftover is the age at which a temporary file belongs to nobody: one being written changes all the time.
	leftover = time.Hour
)

// New opens the folder, makes it if need be, and removes what a crash left half written. Files are sealed under keys.
func New(dir string, keys seal.Provider) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, explain(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, explain(err)
	}
	s := &Store{root: root, keys: keys, wrap: func(w io.Writer) io.Writer { return w }}
	if err := errors.Join(root.MkdirAll(temporary, 0o700), s.sweep(time.Now().Add(-leftover))); err != nil {
		return nil, errors.Join(explain(err), root.Close())
	}
	return s, nil
}

func (s *Store) sweep(before time.Time) error {
	files, err := fs.ReadDir(s.root.FS(), temporary)
	if err != nil {
		return err
	}
	for _, f := range files {
		info, err := f.Info()
		if errors.Is(err, fs.ErrNotExist) || (err == nil && info.ModTime().After(before)) {
			continue
		}
		if err := s.root.RemoveAll(path.Join(temporary, f.Name())); err != nil {
			return err
		}
	}
	return nil
}

// Close lets go of the folder.
func (s *Store) Close() error { return s.root.Close() }

// Put stores what r gives. The file is on disk when Put returns; after an error nothing is left of it.
func (s *Store) Put(ctx context.Context, r io.Reader, limits Limits) (ref Ref, err error) {
	name := path.Join(temporary, rand.Text())
	f, err := s.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return Ref{}, explain(err)
	}
	stored := false
	defer func() {
		f.Close()
		if !stored {
			s.root.Remove(name)
		}
	}()
	sum := sha256.New()
	sealed, err := newSealer(s.keys, s.wrap(f))
	if err != nil {
		return Ref{}, explain(err)
	}
	size, err := io.Copy(io.MultiWriter(sealed, sum), io.LimitReader(hangUp{ctx, r}, limits.Size+1))
	switch {
	case err != nil:
		return Ref{}, explain(err)
	case size == 0:
		return Ref{}, errs.New(errs.Invalid, "blob.empty", nil)
	case size > limits.Size:
		return Ref{}, errs.New(errs.Invalid, "blob.too_large", errs.Args{"mib": (limits.Size + 1<<20 - 1) >> 20})
	}
	h := Hash(hex.EncodeToString(sum.Sum(nil)))
	if err := sealed.finish(h); err != nil {
		return Ref{}, explain(err)
	}
	kind := limits.Is
	if kind == "" {
		if kind, err = sniff(&File{keys: s.keys, file: f, serial: sealed.serial, size: size, chunk: -1}, size); err != nil {
			return Ref{}, err
		}
	}
	if kind == "" || !slices.Contains(limits.Types, kind) {
		return Ref{}, errs.New(errs.Invalid, "blob.type", errs.Args{"allowed": Names(limits.Types)})
	}
	if err := s.keepAs(f, name, h); err != nil {
		return Ref{}, explain(err)
	}
	stored = true
	return Ref{Hash: h, Size: size, Type: kind}, nil
}

// keepAs gives a temporary file that is whole its name. It is on disk, and found there, when keepAs returns.
func (s *Store) keepAs(f *os.File, name string, h Hash) error {
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	place := h.place()
	if err := s.root.MkdirAll(path.Dir(place), 0o700); err != nil {
		return err
	}
	if err := s.root.Rename(name, place); err != nil {
		return err
	}
	return s.syncFolders(path.Dir(place))
}

// Reseal writes a stored file anew under the sealing key in force, and tells whether it had to: after all files have been,
// an old key can be destroyed. Readers of the file as it was go on undisturbed.
func (s *Store) Reseal(ctx context.Context, h Hash) (bool, error) {
	old, err := s.Open(h)
	if err != nil {
		return false, err
	}
	defer old.Close()
	if fresh, err := old.current(); err != nil || fresh {
		return false, err
	}
	name := path.Join(temporary, rand.Text())
	f, err := s.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return false, explain(err)
	}
	stored := false
	defer func() {
		f.Close()
		if !stored {
			s.root.Remove(name)
		}
	}()
	sealed, err := newSealer(s.keys, s.wrap(f))
	if err != nil {
		return false, explain(err)
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(sealed, sum), hangUp{ctx, old}); err != nil {
		return false, explain(err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != string(h) {
		return false, damaged(h, nil)
	}
	if err := sealed.finish(h); err != nil {
		return false, explain(err)
	}
	if err := s.keepAs(f, name, h); err != nil {
		return false, explain(err)
	}
	stored = true
	return true, nil
}

// syncFolders makes the names last: the folder of the file and the two above it, which may be new.
func (s *Store) syncFolders(dir string) error {
	for ; ; dir = path.Dir(dir) {
		f, err := s.root.Open(dir)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil || dir == "." {
			return err
		}
	}
}

// hangUp stops reading when the caller has gone, and tells the sender's failure from our own.
type hangUp struct {
	ctx context.Context
	r   io.Reader
}

func (h hangUp) Read(b []byte) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, errs.Wrap(err, errs.Invalid, "blob.broken_off", nil)
	}
	n, err := h.r.Read(b)
	if err != nil && err != io.EOF {
		err = errs.Wrap(err, errs.Invalid, "blob.broken_off", nil)
	}
	return n, err
}

// explain puts a failure of the disk in words.
func explain(err error) error {
	switch _, ours := errors.AsType[*errs.Error](err); {
	case err == nil || ours:
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return errs.Wrap(err, errs.Busy, "blob.full", nil)
	case errors.Is(err, fs.ErrNotExist):
		return absent(err)
	}
	return errs.Wrap(err, errs.Internal, "blob.disk", nil)
}

// Open reads a stored file from its beginning, or anywhere in it; the caller closes it. Nothing is written in the clear.
func (s *Store) Open(h Hash) (*File, error) {
	h, err := ParseHash(string(h))
	if err != nil {
		return nil, err
	}
	f, err := s.root.Open(h.place())
	if err != nil {
		return nil, explain(err)
	}
	return opened(s.keys, f, h)
}

// Stat gives size and type of a stored file.
func (s *Store) Stat(h Hash) (Ref, error) {
	f, err := s.Open(h)
	if err != nil {
		return Ref{}, err
	}
	defer f.Close()
	kind, err := sniff(f, f.Size())
	return Ref{Hash: h, Size: f.Size(), Type: kind}, err
}

// Verify reads a whole file and tells whether it is still what its name says.
func (s *Store) Verify(h Hash) error {
	f, err := s.Open(h)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return explain(err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != string(h) {
		return damaged(h, nil)
	}
	return nil
}

// Walk visits every stored file in order of its hash, with the length of its content, for backup and for finding files that no row names.
// What does not lie in its proper place is passed over.
func (s *Store) Walk(ctx context.Context, visit func(h Hash, size int64) error) error {
	return fs.WalkDir(s.root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, fs.ErrNotExist):
			return nil // deleted meanwhile
		case err != nil:
			return explain(err)
		case d.IsDir() && p == temporary:
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		h, err := ParseHash(d.Name())
		if err != nil || h.place() != p {
			return nil
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return explain(err)
		}
		return visit(h, plainSize(info.Size()))
	})
}
