package act

import (
	"crypto/sha256"
	"errors"

	"golang.org/x/mod/sumdb/tlog"
)

// LeafHash is the hash of a leaf's text in the tree (RFC 6962, SHA-256).
func LeafHash(leaf []byte) tlog.Hash { return tlog.RecordHash(leaf) }

// Tree is the right edge of a log's tree: all that is needed to append to it. The zero value is an empty tree.
type Tree struct {
	size int64
	edge []tlog.Hash // roots of the complete subtrees, the largest first
}

// Size is the number of leaves.
func (t *Tree) Size() int64 { return t.size }

// Add appends a leaf. It gives the hashes to store for it: its own, then those of the subtrees it completes.
// The slice is valid until the next Add.
func (t *Tree) Add(leaf tlog.Hash) []tlog.Hash {
	done := append(make([]tlog.Hash, 0, 4), leaf)
	for n := t.size; n&1 == 1; n >>= 1 {
		leaf = tlog.NodeHash(t.edge[len(t.edge)-1], leaf)
		t.edge = t.edge[:len(t.edge)-1]
		done = append(done, leaf)
	}
	t.edge = append(t.edge, leaf)
	t.size++
	return done
}

// Root is the hash of the whole tree.
func (t *Tree) Root() tlog.Hash {
	if t.size == 0 {
		return sha256.Sum256(nil)
	}
	root := t.edge[len(t.edge)-1]
	for i := len(t.edge) - 2; i >= 0; i-- {
		root = tlog.NodeHash(t.edge[i], root)
	}
	return root
}

// LoadTree reads the right edge of a tree of n leaves.
func LoadTree(n int64, r tlog.HashReader) (*Tree, error) {
	var need []int64
	for level, rest := 62, n; level >= 0; level-- {
		if rest>>level&1 == 1 {
			need = append(need, tlog.StoredHashIndex(level, (n>>(level+1))<<1))
		}
	}
	edge, err := r.ReadHashes(need)
	if err != nil {
		return nil, err
	}
	return &Tree{size: n, edge: edge}, nil
}

// Pack is the stored form of the hashes that one leaf completes.
func Pack(hashes []tlog.Hash) []byte {
	b := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, h := range hashes {
		b = append(b, h[:]...)
	}
	return b
}

var errNoHash = errors.New("act: a stored hash is missing")

// Hashes reads stored hashes for proofs; get gives the packed hashes of the leaves asked for.
func Hashes(get func(leaves []int64) (map[int64][]byte, error)) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		leaves := make([]int64, len(indexes))
		levels := make([]int, len(indexes))
		for i, x := range indexes {
			level, n := tlog.SplitStoredHashIndex(x)
			leaves[i], levels[i] = (n+1)<<level-1, level // the last leaf below a node completes it
		}
		packed, err := get(leaves)
		if err != nil {
			return nil, err
		}
		out := make([]tlog.Hash, len(indexes))
		for i, leaf := range leaves {
			at := levels[i] * tlog.HashSize
			if len(packed[leaf]) < at+tlog.HashSize {
				return nil, errNoHash
			}
			copy(out[i][:], packed[leaf][at:])
		}
		return out, nil
	})
}

// CheckGrowth proves that a later head continues an earlier one of the same epoch: nothing before was touched.
func CheckGrowth(older, newer Head, r tlog.HashReader) error {
	p, err := tlog.ProveTree(newer.Size, older.Size, r)
	if err != nil {
		return err
	}
	return tlog.CheckTree(p, newer.Size, newer.Root, older.Size, older.Root)
}
