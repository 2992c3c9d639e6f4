package blob

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
)

// A file on disk is sealed: a head of magic and a random number of its own, then the content in chunks, each sealed for
// its position in this file, then a trailer that seals the content's length for the file's name. So a chunk that was
// changed, left out, put elsewhere or taken from another file does not open, nor does a file under another's name.
const (
	magic       = "zdblob1\n"
	serialSize  = 16
	headSizeOf  = len(magic) + serialSize
	chunkSize   = 64 << 10
	sealedChunk = chunkSize + seal.Overhead
	trailerSize = 8 + seal.Overhead
)

// sealedFor is where a part of a file belongs.
func sealedFor(serial []byte, part string) seal.Place {
	return seal.Place{Table: "blob", Column: hex.EncodeToString(serial), Row: part}
}

// sealer writes content sealed as it comes.
type sealer struct {
	keys   seal.Provider
	to     io.Writer
	serial []byte
	room   []byte // content of the chunk under way
	chunks int64
	size   int64
}

func newSealer(keys seal.Provider, to io.Writer) (*sealer, error) {
	s := &sealer{keys: keys, to: to, serial: make([]byte, serialSize), room: make([]byte, 0, chunkSize)}
	if _, err := rand.Read(s.serial); err != nil {
		return nil, err
	}
	_, err := to.Write(append([]byte(magic), s.serial...))
	return s, err
}

// Write takes content; it reaches the disk a chunk at a time.
func (s *sealer) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		k := min(len(b), chunkSize-len(s.room))
		s.room, b = append(s.room, b[:k]...), b[k:]
		if len(s.room) == chunkSize {
			if err := s.flush(); err != nil {
				return 0, err
			}
		}
	}
	s.size += int64(n)
	return n, nil
}

func (s *sealer) flush() error {
	sealed, err := s.keys.Seal(sealedFor(s.serial, strconv.FormatInt(s.chunks, 10)), s.room)
	if err != nil {
		return err
	}
	s.chunks, s.room = s.chunks+1, s.room[:0]
	_, err = s.to.Write(sealed)
	return err
}

// finish writes what is left, and the trailer that ties the file to its name.
func (s *sealer) finish(h Hash) error {
	if len(s.room) > 0 {
		if err := s.flush(); err != nil {
			return err
		}
	}
	trailer, err := s.keys.Seal(sealedFor(s.serial, string(h)), binary.BigEndian.AppendUint64(nil, uint64(s.size)))
	if err != nil {
		return err
	}
	_, err = s.to.Write(trailer)
	return err
}

// plainSize is how long the content of a file on disk is, below 0 where no file is so long.
func plainSize(onDisk int64) int64 {
	body := onDisk - int64(headSizeOf) - trailerSize
	if body <= 0 {
		return -1
	}
	return body - (body+sealedChunk-1)/sealedChunk*seal.Overhead
}

// File is the content of a stored file, opened a chunk at a time as it is read. It is for one reader at a time.
type File struct {
	keys   seal.Provider
	file   *os.File
	serial []byte
	size   int64
	at     int64  // where Read goes on
	chunk  int64  // which chunk room holds, -1 for none
	room   []byte // its content
}

// opened takes a file of the disk over, and closes it where it is not what its name says.
func opened(keys seal.Provider, f *os.File, h Hash) (*File, error) {
	o := &File{keys: keys, file: f, chunk: -1}
	if err := o.begin(h); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return o, nil
}

func (f *File) begin(h Hash) error {
	info, err := f.file.Stat()
	if err != nil {
		return explain(err)
	}
	onDisk := info.Size()
	if f.size = plainSize(onDisk); f.size < 0 {
		return damaged(h, nil)
	}
	head, trailer := make([]byte, headSizeOf), make([]byte, trailerSize)
	if _, err := f.file.ReadAt(head, 0); err != nil {
		return explain(err)
	}
	if _, err := f.file.ReadAt(trailer, onDisk-trailerSize); err != nil {
		return explain(err)
	}
	serial, ours := bytes.CutPrefix(head, []byte(magic))
	if !ours {
		return damaged(h, nil)
	}
	f.serial = serial
	said, err := f.keys.Open(sealedFor(serial, string(h)), trailer)
	if err != nil {
		if errs.KeyOf(err) == "seal.unknown_key" {
			return err
		}
		return damaged(h, err)
	}
	if binary.BigEndian.Uint64(said) != uint64(f.size) {
		return damaged(h, nil)
	}
	return nil
}

func damaged(h Hash, cause error) error {
	return errs.Wrap(cause, errs.Internal, "blob.damaged", errs.Args{"hash": string(h[:12])})
}

// Size is the length of the content in bytes.
func (f *File) Size() int64 { return f.size }

// load opens one chunk.
func (f *File) load(n int64) error {
	if f.chunk == n {
		return nil
	}
	sealed := make([]byte, min(chunkSize, f.size-n*chunkSize)+seal.Overhead)
	if _, err := f.file.ReadAt(sealed, int64(headSizeOf)+n*sealedChunk); err != nil {
		return explain(err)
	}
	plain, err := f.keys.Open(sealedFor(f.serial, strconv.FormatInt(n, 10)), sealed)
	if err != nil {
		return err
	}
	f.chunk, f.room = n, plain
	return nil
}

// ReadAt reads from a place in the content.
func (f *File) ReadAt(b []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("blob: read before the beginning")
	}
	n := 0
	for n < len(b) {
		if off >= f.size {
			return n, io.EOF
		}
		if err := f.load(off / chunkSize); err != nil {
			return n, err
		}
		k := copy(b[n:], f.room[off%chunkSize:])
		n, off = n+k, off+int64(k)
	}
	return n, nil
}

// Read goes on reading.
func (f *File) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	b = b[:min(int64(len(b)), max(1, f.size-f.at))]
	n, err := f.ReadAt(b, f.at)
	f.at += int64(n)
	return n, err
}

// Seek sets where Read goes on.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += f.size
	}
	if offset < 0 {
		return 0, errors.New("blob: seek before the beginning")
	}
	f.at = offset
	return offset, nil
}

// Close lets go of the file.
func (f *File) Close() error { return f.file.Close() }

// current tells whether every part of the file is under the sealing key in force.
func (f *File) current() (bool, error) {
	head := make([]byte, seal.Overhead)
	for off := int64(headSizeOf); ; off += sealedChunk {
		if _, err := f.file.ReadAt(head, off); err != nil && err != io.EOF {
			return false, explain(err)
		}
		id, err := seal.KeyOf(head)
		if err != nil {
			return false, err
		}
		if !strings.HasPrefix(f.keys.Fingerprints().Sealing, hex.EncodeToString(id[:])) {
			return false, nil
		}
		if off-int64(headSizeOf) >= (f.size-1)/chunkSize*sealedChunk {
			return true, nil
		}
	}
}
