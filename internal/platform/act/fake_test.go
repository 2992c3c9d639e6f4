package act

import (
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"zhidian/internal/platform/id"
)

// fake is a log as a database would hold it, small enough to be tampered with by hand.
type fake struct {
	city   string
	signer note.Signer
	keys   note.Verifiers
	vkey   string
	now    int64
	epochs []Epoch
	rows   []Row
	stored []Stored
	heads  []string // the database's
	kept   []string
	tree   *Tree
}

type fataler interface {
	Fatal(args ...any)
	Helper()
}

func newFake(t fataler) *fake {
	t.Helper()
	skey, vkey, err := NewKey("xn")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := Keys(vkey)
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{city: "xn", signer: signer, keys: keys, vkey: vkey, now: 1767225600000000}
	f.open(t, "")
	return f
}

func (f *fake) epoch() Epoch { return f.epochs[len(f.epochs)-1] }

// open begins an epoch.
func (f *fake) open(t fataler, old string) {
	f.now += 1_000_000
	f.epochs = append(f.epochs, Epoch{Opened: f.now, First: int64(len(f.rows)) + 1, Old: old})
	tree, hashes := f.epoch().Open(f.city)
	f.tree = tree
	f.stored = append(f.stored, Stored{Epoch: f.now, Leaf: 0, Hashes: Pack(hashes)})
	f.seal(t, 0)
}

// seal adds n acts and signs a head.
func (f *fake) seal(t fataler, n int) {
	t.Helper()
	for range n {
		f.now += 1000
		content, err := NewContent(Change{"n": len(f.rows)})
		if err != nil {
			t.Fatal(err)
		}
		a := Act{
			City: f.city, ID: string(id.New[Act](time.UnixMicro(f.now))), At: f.now, Actor: "system", Verb: "org.move",
			Subject: "org", ContentHash: content.Hash(),
		}
		f.rows = append(f.rows, Row{Act: a, Seq: int64(len(f.rows)) + 1, Content: &content})
		leaf := f.tree.Size()
		f.stored = append(f.stored, Stored{f.epoch().Opened, leaf, Pack(f.tree.Add(LeafHash(a.Leaf())))})
	}
	head, err := Head{City: f.city, Size: f.tree.Size(), Root: f.tree.Root(), Epoch: f.epoch().Opened, At: f.now}.Sign(f.signer)
	if err != nil {
		t.Fatal(err)
	}
	f.heads = append(f.heads, head)
}

// keep hands the last head to the keeper.
func (f *fake) keep() { f.kept = append(f.kept, f.last()) }

func (f *fake) last() string { return f.heads[len(f.heads)-1] }

// copy is a backup: it shares nothing that tampering touches.
func (f *fake) copy() *fake {
	g := *f
	g.epochs, g.rows, g.heads, g.kept = slices.Clone(f.epochs), slices.Clone(f.rows), slices.Clone(f.heads), slices.Clone(f.kept)
	g.stored = slices.Clone(f.stored)
	for i := range g.stored {
		g.stored[i].Hashes = slices.Clone(g.stored[i].Hashes)
	}
	tree := *f.tree
	tree.edge = slices.Clone(tree.edge)
	g.tree = &tree
	return &g
}

// rebuild makes hashes (and, with the city's key, heads) anew from the rows, as one would who rewrites the log.
func (f *fake) rebuild(t fataler, signer note.Signer) {
	g := &fake{city: f.city, signer: f.signer, epochs: f.epochs[:1]}
	var sizes []int64
	for _, text := range f.heads {
		h, err := OpenHead(text, f.keys)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, h.Size)
	}
	tree, hashes := f.epochs[0].Open(f.city)
	f.stored = []Stored{{f.epochs[0].Opened, 0, Pack(hashes)}}
	sign := func() {
		if signer == nil || !slices.Contains(sizes, tree.Size()) {
			return
		}
		head, err := Head{City: f.city, Size: tree.Size(), Root: tree.Root(), Epoch: f.epochs[0].Opened, At: f.now}.Sign(signer)
		if err != nil {
			t.Fatal(err)
		}
		g.heads = append(g.heads, head)
	}
	sign()
	for _, r := range f.rows {
		leaf := tree.Size()
		f.stored = append(f.stored, Stored{f.epochs[0].Opened, leaf, Pack(tree.Add(LeafHash(r.Leaf())))})
		sign()
	}
	if signer != nil {
		f.heads = g.heads
	}
}

func (f *fake) renumber() {
	for i := range f.rows {
		f.rows[i].Seq = int64(i) + 1
	}
}

func each[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, x := range list {
			if !yield(x, nil) {
				return
			}
		}
	}
}

func (f *fake) log() Log {
	return Log{
		City: f.city, Epochs: f.epochs, Acts: each(f.rows), Hashes: each(f.stored), Heads: each(f.heads), Kept: f.kept, Keys: f.keys,
	}
}

func (f *fake) verify(t fataler) Report {
	t.Helper()
	r, err := Verify(f.log())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// small is a log of 20 acts in four seals, of which the first 15 are witnessed.
func small(t *testing.T) *fake {
	t.Helper()
	f := newFake(t)
	f.seal(t, 5)
	f.keep()
	f.seal(t, 5)
	f.seal(t, 5)
	f.keep()
	f.seal(t, 5)
	return f
}

func shuffled[T any](list []T, seed uint64) {
	rand.New(rand.NewPCG(seed, 1)).Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}
