// Package lottery draws places so that nobody, its operator included, can choose who gets them, and so that anybody can
// draw again from what was published and find the same.
//
// It goes in three steps. Before sign-up closes, the operator draws a secret of 32 bytes, publishes its hash ([Commit]) and
// names a public value that does not exist yet and that he cannot bend, such as a number of the state lottery on a later
// day. When sign-up has closed, the hash of the list is published ([List.Hash]). When the public value is known, the secret
// is told, and all follows ([Solve]). The secret keeps others from knowing the outcome before the operator does; the list
// and the public value, both fixed after the secret, keep the operator from trying one secret after another.
//
// Lines carry numbers of receipts, never names.
package lottery

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Limits of a list.
const (
	MaxEntries = 1_000_000
	MaxText    = 200 // bytes of a receipt, a name or a public value
	MaxGroup   = 99
)

// Secret is what the operator draws before sign-up closes, by a generator that nobody can foresee.
type Secret [32]byte

// Hash is a SHA-256 sum. It is written in hexadecimal.
type Hash [sha256.Size]byte

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes the sum in hexadecimal.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads 64 hexadecimal digits.
func (h *Hash) UnmarshalText(b []byte) error {
	if len(b) != 2*len(h) {
		return fmt.Errorf("lottery: a hash has %d digits, not %d", 2*len(h), len(b))
	}
	_, err := hex.Decode(h[:], bytes.ToLower(b))
	return err
}

// Commit is what is published of a secret before sign-up closes.
func Commit(s Secret) Hash { return sha256.Sum256(s[:]) }

// Entry is one sign-up.
type Entry struct {
	Receipt string `json:"receipt"`
	Group   int    `json:"group"` // 1 is drawn first; from 1 to 99
	// Family joins entries that get places together or not at all: the receipt of the first of them, and of that one
	// too. Empty for one alone.
	Family string `json:"family,omitempty"`
}

// List is what is drawn from, fixed when sign-up closes.
type List struct {
	Edition string  `json:"edition"` // what places are drawn in
	Places  int     `json:"places"`
	Commit  Hash    `json:"seed_hash"` // of the secret, as published before
	Source  string  `json:"source"`    // which public value will be taken, as named before
	Entries []Entry `json:"entries"`   // in any order: the outcome does not depend on it
}

// Problem is a list with what was not known when it was closed.
type Problem struct {
	List   List
	Secret Secret
	Public string // the public value, written as List.Source says
}

// Options are the same for every solver. What is drawn depends on neither.
type Options struct {
	Seed   uint64
	Effort int64
}

// Solution is the outcome.
type Solution struct {
	Key     Hash     // SHA-256(secret ‖ hash of the list ‖ public value)
	Placed  []string // receipts that have a place, in the order drawn
	Waiting []string // receipts that wait, in the order drawn
}

// Solve draws. Families, and entries that are alone, come in the order of their group, the lowest of its members' for a
// family, and within a group of SHA-256(key ‖ receipt of the first). Each takes its places while there are enough; a family
// that finds too few waits, in its order, and whoever comes behind may take them. Where everybody is alone, each entry
// of a group has the same chance; a family has the chance of one, not of several.
//
// The errors are [ListError], [SecretError] and the context's.
func Solve(ctx context.Context, p Problem, _ Options) (Solution, error) {
	if err := ctx.Err(); err != nil {
		return Solution{}, err
	}
	if err := p.List.validate(); err != nil {
		return Solution{}, err
	}
	if p.Public == "" || !plain(p.Public) {
		return Solution{}, &ListError{Entry: -1, Trouble: NoPublic, Text: p.Public}
	}
	if Commit(p.Secret) != p.List.Commit {
		return Solution{}, &SecretError{Have: Commit(p.Secret), Want: p.List.Commit}
	}
	s := Solution{Key: key(p)}
	left := p.List.Places
	for _, f := range families(p.List.Entries, s.Key) {
		if len(f.receipts) <= left {
			left -= len(f.receipts)
			s.Placed = append(s.Placed, f.receipts...)
		} else {
			s.Waiting = append(s.Waiting, f.receipts...)
		}
	}
	return s, nil
}

func key(p Problem) Hash {
	list := p.List.Hash()
	return sha256.Sum256(slices.Concat(p.Secret[:], list[:], []byte(p.Public)))
}

// family is who is drawn together, with what decides the order.
type family struct {
	first    string
	group    int
	rank     Hash
	receipts []string // in the order of their bytes
}

func families(entries []Entry, key Hash) []*family {
	at := make(map[string]*family, len(entries))
	var all []*family
	for _, e := range entries {
		first := e.first()
		f := at[first]
		if f == nil {
			f = &family{first: first, group: e.Group, rank: sha256.Sum256(append(key[:], first...))}
			at[first] = f
			all = append(all, f)
		}
		f.group = min(f.group, e.Group)
		f.receipts = append(f.receipts, e.Receipt)
	}
	for _, f := range all {
		slices.Sort(f.receipts)
	}
	slices.SortFunc(all, func(a, b *family) int {
		if a.group != b.group {
			return a.group - b.group
		}
		return bytes.Compare(a.rank[:], b.rank[:])
	})
	return all
}

func (e Entry) first() string {
	if e.Family == "" {
		return e.Receipt
	}
	return e.Family
}

// Hash is the hash of the list as it was closed. It does not depend on the order of entries: each text is preceded by its
// length (eight bytes, the highest first), each number is written like a length, and entries come in the order of receipts.
func (l List) Hash() Hash {
	var b []byte
	number := func(n int) { b = binary.BigEndian.AppendUint64(b, uint64(n)) }
	write := func(s string) {
		number(len(s))
		b = append(b, s...)
	}
	write("zhidian lottery 1")
	write(l.Edition)
	number(l.Places)
	b = append(b, l.Commit[:]...)
	write(l.Source)
	number(len(l.Entries))
	sorted := slices.Clone(l.Entries)
	slices.SortFunc(sorted, func(a, b Entry) int { return strings.Compare(a.Receipt, b.Receipt) })
	for _, e := range sorted {
		write(e.Receipt)
		number(e.Group)
		write(e.Family)
	}
	return sha256.Sum256(b)
}
