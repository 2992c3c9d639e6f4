// Package blob keeps files under the fingerprint of their content, so that the same file is stored once and a changed one is noticed.
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
	wrap func(io.Writer) io.Writer
}

const (
	temporary = "tmp"
	// leftover is the age at which a temporary file belongs to nobody: one being written changes all the time.
	leftover = time.Hour
)

// New opens the folder, makes it if need be, and removes what a crash left half written.
func New(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, explain(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, explain(err)
	}
	s := &Store{root: root, wrap: func(w io.Writer) io.Writer { return w }}
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
	size, err := io.Copy(io.MultiWriter(s.wrap(f), sum), io.LimitReader(hangUp{ctx, r}, limits.Size+1))
	switch {
	case err != nil:
		return Ref{}, explain(err)
	case size == 0:
		return Ref{}, errs.New(errs.Invalid, "blob.empty", nil)
	case size > limits.Size:
		return Ref{}, errs.New(errs.Invalid, "blob.too_large", errs.Args{"mib": (limits.Size + 1<<20 - 1) >> 20})
	}
	kind := limits.Is
	if kind == "" {
		if kind, err = sniff(f, size); err != nil {
			return Ref{}, err
		}
	}
	if kind == "" || !slices.Contains(limits.Types, kind) {
		return Ref{}, errs.New(errs.Invalid, "blob.type", errs.Args{"allowed": names(limits.Types)})
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return Ref{}, explain(err)
	}
	ref = Ref{Hash: Hash(hex.EncodeToString(sum.Sum(nil))), Size: size, Type: kind}
	place := ref.Hash.place()
	if err := s.root.MkdirAll(path.Dir(place), 0o700); err != nil {
		return Ref{}, explain(err)
	}
	if err := s.root.Rename(name, place); err != nil {
		return Ref{}, explain(err)
	}
	stored = true
	return ref, explain(s.syncFolders(path.Dir(place)))
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

// Open reads a stored file from its beginning; the caller closes it.
func (s *Store) Open(h Hash) (io.ReadSeekCloser, error) { return s.open(h) }

// Path gives where a stored file lies, for readers that need a file of the disk. Nobody writes there.
func (s *Store) Path(h Hash) (string, error) {
	f, err := s.open(h)
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

func (s *Store) open(h Hash) (*os.File, error) {
	h, err := ParseHash(string(h))
	if err != nil {
		return nil, err
	}
	f, err := s.root.Open(h.place())
	return f, explain(err)
}

// Stat gives size and type of a stored file.
func (s *Store) Stat(h Hash) (Ref, error) {
	f, err := s.open(h)
	if err != nil {
		return Ref{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Ref{}, explain(err)
	}
	kind, err := sniff(f, info.Size())
	return Ref{Hash: h, Size: info.Size(), Type: kind}, err
}

// Verify reads a whole file and tells whether it is still what its name says.
func (s *Store) Verify(h Hash) error {
	f, err := s.open(h)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return explain(err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != string(h) {
		return errs.New(errs.Internal, "blob.damaged", errs.Args{"hash": string(h[:12])})
	}
	return nil
}

// Delete removes a file; one that is not there is no error. The caller has made sure that no row names it.
func (s *Store) Delete(h Hash) error {
	h, err := ParseHash(string(h))
	if err != nil {
		return err
	}
	if err := s.root.Remove(h.place()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return explain(err)
	}
	return nil
}

// Walk visits every stored file in order of its hash, for backup and for finding files that no row names.
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
		return visit(h, info.Size())
	})
}
