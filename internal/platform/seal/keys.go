package seal

import (
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
	"golang.org/x/mod/sumdb/note"

	"zhidian/internal/platform/errs"
)

// Keys is the provider in software. Its keys lie in one file, or nowhere for a demo.
type Keys struct {
	name string // whose keys: the name in the signatures of log heads
	path string // empty for Ephemeral

	change sync.Mutex // one change of keys at a time
	ring   atomic.Pointer[ring]
}

var _ Provider = (*Keys)(nil)

// ring is all keys at one moment; it is replaced, never changed.
type ring struct {
	sealing []sealingKey // the current one first
	lookup  lookupKey
	next    *lookupKey
	sign    ed25519.PrivateKey
	signer  note.Signer
	vkey    string
}

type sealingKey struct {
	secret []byte // 16 bytes
	made   int64  // Unix seconds
	id     KeyID
	aead   cipher.AEAD
}

type lookupKey struct {
	secret []byte // 32 bytes
	made   int64
	macs   *sync.Pool
}

// Ephemeral makes keys that live only as long as the program, for the demo and for tests.
func Ephemeral(name string) *Keys {
	k, err := fresh(name, time.Unix(0, 0))
	if err != nil {
		panic("seal: " + err.Error()) // only a name that cannot stand in a signature, which is written in the code that calls
	}
	return k
}

func fresh(name string, at time.Time) (*Keys, error) {
	r := &ring{
		sealing: []sealingKey{newSealing(random(sm4.BlockSize), at.Unix())},
		lookup:  newLookup(random(sm3.Size), at.Unix()),
	}
	if err := r.signWith(name, random(ed25519.SeedSize)); err != nil {
		return nil, err
	}
	k := &Keys{name: name}
	k.ring.Store(r)
	return k, nil
}

func random(n int) []byte {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		panic("seal: no randomness: " + err.Error()) // crypto/rand does not fail on supported systems
	}
	return b
}

func newSealing(secret []byte, made int64) sealingKey {
	block, err := sm4.NewCipher(secret)
	if err != nil {
		panic("seal: " + err.Error()) // only a key that is not 16 bytes long
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("seal: " + err.Error()) // only a block that is not 16 bytes long
	}
	return sealingKey{secret: secret, made: made, id: KeyID(fingerprint("sealing", secret)), aead: aead}
}

func newLookup(secret []byte, made int64) lookupKey {
	return lookupKey{secret: secret, made: made, macs: &sync.Pool{New: func() any { return hmac.New(sm3.New, secret) }}}
}

func (r *ring) signWith(name string, seed []byte) error {
	r.sign = ed25519.NewKeyFromSeed(seed)
	vkey, err := note.NewEd25519VerifierKey(name, r.sign.Public().(ed25519.PublicKey))
	if err != nil {
		return fmt.Errorf("name %q cannot stand in a signature: %w", name, err)
	}
	const ed25519Note = 1 // the algorithm's number in signed notes
	rest := strings.TrimPrefix(vkey, name+"+")
	hash, _, _ := strings.Cut(rest, "+")
	skey := "PRIVATE+KEY+" + name + "+" + hash + "+" + base64.StdEncoding.EncodeToString(append([]byte{ed25519Note}, seed...))
	if r.signer, err = note.NewSigner(skey); err != nil {
		return fmt.Errorf("name %q cannot stand in a signature: %w", name, err)
	}
	r.vkey = vkey
	return nil
}

// fingerprint is 16 bytes of SM3 over the use and the key.
func fingerprint(use string, secret []byte) []byte {
	h := sm3.New()
	h.Write([]byte("zhidian key " + use + "\x00"))
	h.Write(secret)
	return h.Sum(nil)[:16]
}

// Seal implements Provider. Up to four thousand million values may be sealed under one key (random nonces of 96 bits).
func (k *Keys) Seal(at Place, plain []byte) ([]byte, error) {
	key := &k.ring.Load().sealing[0]
	out := make([]byte, headerSize+nonceSize, Overhead+len(plain))
	out[0] = format
	copy(out[1:], key.id[:])
	if _, err := rand.Read(out[headerSize:]); err != nil {
		return nil, fmt.Errorf("seal: no randomness: %w", err)
	}
	var room [128]byte
	return key.aead.Seal(out, out[headerSize:], plain, appendBound(room[:0], out[:headerSize], at)), nil
}

// Open implements Provider. A value that was changed, or moved from another place, is an error of ours.
func (k *Keys) Open(at Place, sealed []byte) ([]byte, error) {
	id, err := KeyOf(sealed)
	if err != nil {
		return nil, err
	}
	for _, key := range k.ring.Load().sealing {
		if key.id != id {
			continue
		}
		var room [128]byte
		bound := appendBound(room[:0], sealed[:headerSize], at)
		plain, err := key.aead.Open(nil, sealed[headerSize:headerSize+nonceSize], sealed[headerSize+nonceSize:], bound)
		if err != nil {
			return nil, errs.Wrap(err, errs.Internal, "seal.damaged", nil)
		}
		return plain, nil
	}
	return nil, errs.New(errs.Internal, "seal.unknown_key", errs.Args{"key": hex.EncodeToString(id[:])})
}

// Lookup implements Provider.
func (k *Keys) Lookup(kind, value string) []byte { return k.ring.Load().lookup.mac(kind, value) }

// NextLookup implements Provider.
func (k *Keys) NextLookup(kind, value string) ([]byte, bool) {
	next := k.ring.Load().next
	if next == nil {
		return nil, false
	}
	return next.mac(kind, value), true
}

func (l lookupKey) mac(kind, value string) []byte {
	h := l.macs.Get().(hash.Hash)
	defer l.macs.Put(h)
	h.Reset()
	var room [96]byte
	b := binary.AppendUvarint(room[:0], uint64(len(kind)))
	b = append(append(b, kind...), value...)
	h.Write(b)
	return h.Sum(make([]byte, 0, sm3.Size))
}

// Fingerprints implements Provider.
func (k *Keys) Fingerprints() Fingerprints {
	r := k.ring.Load()
	f := Fingerprints{
		Sealing: hex.EncodeToString(fingerprint("sealing", r.sealing[0].secret)),
		Lookup:  hex.EncodeToString(fingerprint("lookup", r.lookup.secret)),
		Sign:    hex.EncodeToString(fingerprint("sign", r.sign.Seed())),
	}
	for _, old := range r.sealing[1:] {
		f.Old = append(f.Old, hex.EncodeToString(fingerprint("sealing", old.secret)))
	}
	if r.next != nil {
		f.NextLookup = hex.EncodeToString(fingerprint("lookup", r.next.secret))
	}
	return f
}

// Signer implements Provider.
func (k *Keys) Signer() note.Signer { return k.ring.Load().signer }

// Verifier implements Provider.
func (k *Keys) Verifier() string { return k.ring.Load().vkey }

// Name is whose keys these are.
func (k *Keys) Name() string { return k.name }
