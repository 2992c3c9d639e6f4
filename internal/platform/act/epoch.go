package act

import (
	"strconv"

	"golang.org/x/mod/sumdb/tlog"
)

// Epoch is one tree of a city's log. The first is opened with the log; each restore from a backup opens another,
// because the acts between the backup and the restore are gone and the old tree must not be continued.
type Epoch struct {
	Opened int64  // microseconds UTC; also its name
	First  int64  // number of its first act
	Old    string // the signed head at which the epoch before ended; empty in the first
}

// Leaf is the text of the epoch's opening leaf, number 0 of its tree.
func (e Epoch) Leaf(city string) []byte {
	b := []byte("zhidian epoch 1\n")
	for _, f := range [...]string{city, strconv.FormatInt(e.Opened, 10), strconv.FormatInt(e.First, 10), e.Old} {
		b = strconv.AppendInt(b, int64(len(f)), 10)
		b = append(b, ':')
		b = append(b, f...)
		b = append(b, '\n')
	}
	return b
}

// LeafOf gives the place of an act in the epoch's tree.
func (e Epoch) LeafOf(seq int64) int64 { return seq - e.First + 1 }

// ActAt gives the number of the act at a place in the epoch's tree.
func (e Epoch) ActAt(leaf int64) int64 { return e.First + leaf - 1 }

// Open begins the epoch's tree.
func (e Epoch) Open(city string) (*Tree, []tlog.Hash) {
	t := &Tree{}
	return t, t.Add(LeafHash(e.Leaf(city)))
}
