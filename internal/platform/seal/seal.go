// Package seal locks away what nobody may read in passing, such as ID numbers, and keeps the keys.
package seal

import (
	"embed"
	"encoding/binary"

	"golang.org/x/mod/sumdb/note"

	"zhidian/internal/platform/errs"
)

// Messages are the texts of this package's errors and of the key sheet.
//
//go:embed messages
var Messages embed.FS

// Provider does the work of the keys without giving them away: in software now (Keys), later in a certified
// module behind the interface of GM/T 0018, as the cryptography assessment (密评, GB/T 39786) asks.
// A provider is safe for all to share.
type Provider interface {
	// Seal locks plain for one place: SM4-GCM with a random nonce under the current sealing key.
	Seal(at Place, plain []byte) ([]byte, error)
	// Open unlocks what was sealed for the same place, under any key still held.
	Open(at Place, sealed []byte) ([]byte, error)
	// Lookup is the SM3-HMAC of a normalised value, 32 bytes, to find equal values without unlocking any.
	// Kind keeps unlike papers apart; where one installation serves several cities it begins with the city.
	Lookup(kind, value string) []byte
	// NextLookup is Lookup under the coming key, for the second hash column; false while no change of keys is under way.
	NextLookup(kind, value string) ([]byte, bool)
	// Fingerprints names the keys in use without showing them.
	Fingerprints() Fingerprints
	// Signer signs heads of the log of acts with Ed25519.
	Signer() note.Signer
	// Verifier is the text by which others check the signatures.
	Verifier() string
}

// Place is where a sealed value belongs. A value moved to another row, column, table or city does not open there.
type Place struct{ City, Table, Column, Row string }

// Fingerprints are the names of keys: 32 hexadecimal digits each, from which no key can be found.
// Backups and the key sheet state them.
type Fingerprints struct {
	Sealing    string   `json:"sealing"`               // the current sealing key
	Old        []string `json:"old,omitempty"`         // sealing keys under which older values still open
	Lookup     string   `json:"lookup"`                // the current look-up key
	NextLookup string   `json:"next_lookup,omitempty"` // the coming look-up key, during a change
	Sign       string   `json:"sign"`                  // the key of the log heads
}

// All lists every fingerprint.
func (f Fingerprints) All() []string {
	all := append([]string{f.Sealing}, f.Old...)
	all = append(all, f.Lookup)
	if f.NextLookup != "" {
		all = append(all, f.NextLookup)
	}
	return append(all, f.Sign)
}

// A sealed value is: format (1 byte), key id (4), nonce (12), then the ciphertext with its tag (16 more than the plain text).
const (
	format     = 1
	keyIDSize  = 4
	nonceSize  = 12
	tagSize    = 16
	headerSize = 1 + keyIDSize
	// Overhead is by how many bytes a sealed value is longer than the plain one.
	Overhead = headerSize + nonceSize + tagSize
)

// KeyID names a sealing key inside a sealed value: the first bytes of its fingerprint.
type KeyID [keyIDSize]byte

// KeyOf reads which sealing key a value was sealed under, so that rows still under an old one can be found.
func KeyOf(sealed []byte) (KeyID, error) {
	if len(sealed) < Overhead || sealed[0] != format {
		return KeyID{}, errs.New(errs.Internal, "seal.damaged", nil)
	}
	return KeyID(sealed[1:headerSize]), nil
}

// appendBound appends the header and the place, every part with its length, so that no two places look alike.
func appendBound(b, header []byte, at Place) []byte {
	b = append(b, header...)
	for _, part := range [...]string{at.City, at.Table, at.Column, at.Row} {
		b = binary.AppendUvarint(b, uint64(len(part)))
		b = append(b, part...)
	}
	return b
}
