package seal

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"zhidian/internal/platform/errs"
)

// fileFormat heads the key file.
const fileFormat = "zhidian-keys-1"

// maxFile is more than a hundred rotations need.
const maxFile = 1 << 20

// keyFile is the key file as it lies on disk: JSON that only its owner may read.
type keyFile struct {
	Format  string    `json:"format"`
	Name    string    `json:"name"`
	Sealing []fileKey `json:"sealing"` // the current one first
	Lookup  fileKey   `json:"lookup"`
	Next    *fileKey  `json:"next_lookup,omitempty"`
	Sign    fileKey   `json:"sign"`
}

type fileKey struct {
	Fingerprint string `json:"fingerprint"`
	Made        int64  `json:"made,omitempty"` // Unix seconds
	Secret      []byte `json:"secret"`         // base64
}

// Create makes a key file with new keys. Name is the installation's, such as "zhidian/xianning"; it stands in the signatures
// of log heads. A file that is there already is never overwritten.
func Create(path, name string, at time.Time) (*Keys, error) {
	k, err := fresh(name, at)
	if err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "seal.name", errs.Args{"name": name})
	}
	return k, k.SaveNew(path)
}

// SaveNew writes the keys to a file that does not yet exist, as after Restore, and keeps later changes there.
func (k *Keys) SaveNew(path string) error {
	k.change.Lock()
	defer k.change.Unlock()
	if err := save(path, k.name, k.ring.Load(), false); err != nil {
		return err
	}
	k.path = path
	return nil
}

// Open reads a key file. Needed are the fingerprints that the data name; a file that lacks one is refused, so that
// nobody works for a day with keys that do not fit.
func Open(path string, needed ...string) (*Keys, error) {
	raw, err := readPrivate(path)
	if err != nil {
		return nil, err
	}
	k, err := parseFile(raw)
	if err != nil {
		return nil, errs.Wrap(err, errs.Internal, "seal.malformed", errs.Args{"file": path})
	}
	held := k.Fingerprints().All()
	for _, f := range needed {
		if !slices.Contains(held, f) {
			return nil, errs.New(errs.Internal, "seal.wrong_key", errs.Args{"file": path, "fingerprint": f})
		}
	}
	k.path = path
	return k, nil
}

func readPrivate(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errs.Wrap(err, errs.Internal, "seal.missing", errs.Args{"file": path})
	}
	if err != nil {
		return nil, errs.Wrap(err, errs.Internal, "seal.unreadable", errs.Args{"file": path})
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, errs.Wrap(err, errs.Internal, "seal.unreadable", errs.Args{"file": path})
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, errs.New(errs.Internal, "seal.readable_by_others", errs.Args{"file": path, "mode": fmt.Sprintf("%04o", info.Mode().Perm())})
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, errs.Wrap(err, errs.Internal, "seal.unreadable", errs.Args{"file": path})
	}
	return raw, nil
}

// parseFile gives technical errors that never contain what the file says.
func parseFile(raw []byte) (*Keys, error) {
	if len(raw) > maxFile {
		return nil, errors.New("key file too long")
	}
	var f keyFile
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if d.Decode(&f) != nil || d.More() || f.Format != fileFormat {
		return nil, errors.New("not a key file of format " + fileFormat)
	}
	if len(f.Sealing) == 0 {
		return nil, errors.New("no sealing key")
	}
	r := new(ring)
	for i, key := range f.Sealing {
		if err := key.check("sealing", 16); err != nil {
			return nil, err
		}
		s := newSealing(key.Secret, key.Made)
		if slices.ContainsFunc(r.sealing, func(other sealingKey) bool { return other.id == s.id }) {
			return nil, fmt.Errorf("sealing key %d is there twice", i)
		}
		r.sealing = append(r.sealing, s)
	}
	if err := f.Lookup.check("lookup", 32); err != nil {
		return nil, err
	}
	r.lookup = newLookup(f.Lookup.Secret, f.Lookup.Made)
	if f.Next != nil {
		if err := f.Next.check("lookup", 32); err != nil {
			return nil, err
		}
		next := newLookup(f.Next.Secret, f.Next.Made)
		r.next = &next
	}
	if err := f.Sign.check("sign", 32); err != nil {
		return nil, err
	}
	if r.signWith(f.Name, f.Sign.Secret) != nil {
		return nil, errors.New("name of the keys")
	}
	k := &Keys{name: f.Name}
	k.ring.Store(r)
	return k, nil
}

func (key fileKey) check(use string, size int) error {
	if len(key.Secret) != size {
		return fmt.Errorf("%s key of %d bytes", use, len(key.Secret))
	}
	if hex.EncodeToString(fingerprint(use, key.Secret)) != key.Fingerprint {
		return fmt.Errorf("%s key differs from its fingerprint", use)
	}
	return nil
}

func (r *ring) file(name string) keyFile {
	entry := func(use string, secret []byte, made int64) fileKey {
		return fileKey{Fingerprint: hex.EncodeToString(fingerprint(use, secret)), Made: made, Secret: secret}
	}
	f := keyFile{
		Format: fileFormat, Name: name,
		Lookup: entry("lookup", r.lookup.secret, r.lookup.made),
		Sign:   entry("sign", r.sign.Seed(), 0),
	}
	for _, key := range r.sealing {
		f.Sealing = append(f.Sealing, entry("sealing", key.secret, key.made))
	}
	if r.next != nil {
		next := entry("lookup", r.next.secret, r.next.made)
		f.Next = &next
	}
	return f
}

// save writes a whole new file beside the old one and then puts it in its place, so that a crash leaves one or the other.
func save(path, name string, r *ring, replace bool) (err error) {
	defer func() {
		if errors.Is(err, fs.ErrExist) {
			err = errs.Wrap(err, errs.Conflict, "seal.exists", errs.Args{"file": path})
		} else if err != nil {
			err = errs.Wrap(err, errs.Internal, "seal.not_saved", errs.Args{"file": path})
		}
	}()
	raw, err := json.MarshalIndent(r.file(name), "", "  ")
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".keys-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(raw, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if replace {
		err = os.Rename(f.Name(), path)
	} else {
		err = os.Link(f.Name(), path) // fails where a file is, unlike Rename
	}
	if err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
