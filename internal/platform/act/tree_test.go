package act

import (
	"encoding/binary"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

// numbered is a leaf hash that depends on a number.
func numbered(n int64) tlog.Hash { return LeafHash(binary.BigEndian.AppendUint64(nil, uint64(n))) }

// grow builds a tree with its stored hashes, packed by leaf.
func grow(n int64) (*Tree, map[int64][]byte) {
	t, packed := &Tree{}, map[int64][]byte{}
	for i := range n {
		packed[i] = Pack(t.Add(numbered(i)))
	}
	return t, packed
}

func from(packed map[int64][]byte) tlog.HashReader {
	return Hashes(func([]int64) (map[int64][]byte, error) { return packed, nil })
}

func TestTreeAgreesWithTheLibrary(t *testing.T) {
	t.Parallel()
	var stored []tlog.Hash
	flat := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, x := range at {
			out[i] = stored[x]
		}
		return out, nil
	})
	tree := &Tree{}
	for n := range int64(300) {
		want, err := tlog.StoredHashesForRecordHash(n, numbered(n), flat)
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.Add(numbered(n)); !slices.Equal(got, want) {
			t.Fatalf("leaf %d completes other hashes", n)
		}
		stored = append(stored, want...)
		root, err := tlog.TreeHash(n+1, flat)
		if err != nil || root != tree.Root() || tree.Size() != n+1 {
			t.Fatalf("root of %d leaves differs: %v", n+1, err)
		}
	}
	empty, _ := tlog.TreeHash(0, flat)
	if (&Tree{}).Root() != empty {
		t.Fatal("root of the empty tree")
	}
}

func TestTreeIsLoadedAndProofsHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 200).Draw(t, "n")
		m := rapid.Int64Range(1, n).Draw(t, "m")
		leaf := rapid.Int64Range(0, n-1).Draw(t, "leaf")
		tree, packed := grow(n)
		older, _ := grow(m)
		back, err := LoadTree(m, from(packed))
		if err != nil || back.Root() != older.Root() {
			t.Fatalf("loaded tree of %d: %v", m, err)
		}
		for i := m; i < n; i++ {
			back.Add(numbered(i))
		}
		if back.Root() != tree.Root() {
			t.Fatal("a loaded tree grows into another")
		}
		p, err := tlog.ProveRecord(n, leaf, from(packed))
		if err != nil || tlog.CheckRecord(p, n, tree.Root(), leaf, numbered(leaf)) != nil {
			t.Fatalf("inclusion: %v", err)
		}
		a, b := Head{Size: m, Root: older.Root()}, Head{Size: n, Root: tree.Root()}
		if err := CheckGrowth(a, b, from(packed)); err != nil {
			t.Fatalf("growth: %v", err)
		}
		a.Root[0] ^= 1
		if CheckGrowth(a, b, from(packed)) == nil {
			t.Fatal("another past is accepted")
		}
	})
}

func TestMissingHashIsAnError(t *testing.T) {
	t.Parallel()
	_, packed := grow(9)
	delete(packed, 7)
	if _, err := LoadTree(9, from(packed)); err == nil {
		t.Fatal("a tree without its hashes is loaded")
	}
}

func BenchmarkMillionLeaves(b *testing.B) {
	a := sample()
	for b.Loop() {
		tree := &Tree{}
		for i := range int64(1_000_000) {
			a.At = i
			tree.Add(LeafHash(a.Leaf()))
		}
	}
	b.ReportMetric(float64(b.N)*1e6/b.Elapsed().Seconds(), "leaves/s")
}
