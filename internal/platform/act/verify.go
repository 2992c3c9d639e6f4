package act

import (
	"bytes"
	"cmp"
	"errors"
	"iter"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// errOrder says that the caller broke the order that Log asks for.
var errOrder = errors.New("act: the acts to verify do not come in order")

// Verify reads a whole log once, in constant memory, and names the first act that differs from what was sealed
// and the kind of damage. The error is only for a log that could not be read.
//
// Stored hashes say what each leaf was, heads say what all leaves together were, kept heads say it even where
// everything in the database was made anew. Where only a head contradicts, the damage is a range of acts.
func Verify(l Log) (Report, error) {
	v := &verifier{
		log: l, report: Report{City: l.City, Unsealed: l.Unsealed},
		acts: pull(l.Acts), hashes: pull(l.Hashes), heads: pull(opened(l)),
	}
	defer v.acts.stop()
	defer v.hashes.stop()
	defer v.heads.stop()
	v.readKept()
	for i := range l.Epochs {
		v.epoch(i)
		if v.report.Damage != nil {
			break
		}
	}
	if v.report.Damage == nil {
		v.afterAll()
	}
	if v.report.Damage == nil {
		v.report.Damage = v.minor
	}
	return v.report, errors.Join(v.acts.err, v.hashes.err, v.heads.err, v.err)
}

// keptHead is a head with its source.
type keptHead struct {
	Head
	kept bool
}

// openedHead is a head of the database, its signature checked once.
type openedHead struct {
	Head
	forged bool
}

func opened(l Log) iter.Seq2[openedHead, error] {
	if l.Heads == nil {
		return nil
	}
	return func(yield func(openedHead, error) bool) {
		for text, err := range l.Heads {
			h, bad := OpenHead(text, l.Keys)
			if !yield(openedHead{h, bad != nil || h.City != l.City}, err) {
				return
			}
		}
	}
}

type verifier struct {
	log    Log
	report Report
	acts   *source[Row]
	hashes *source[Stored]
	heads  *source[openedHead]
	kept   []keptHead // still to be met, in order
	minor  *Damage    // damage that names no act, reported when nothing worse is found
	err    error

	e       Epoch // the epoch under way
	tree    *Tree
	fitted  int64     // leaves up to the last head that fits
	fixed   int64     // leaves up to the last kept head that fits
	signed  int64     // leaves up to the largest head of the database
	pending *mismatch // the first leaf that is not what was stored
}

// mismatch is a leaf whose hash differs from the stored one. Whether the two turn up elsewhere tells what happened.
type mismatch struct {
	leaf     int64
	id       string
	have     tlog.Hash
	want     tlog.Hash
	noWant   bool
	haveThen bool // have was stored for a later leaf
	wantThen bool // want is the hash of a later act
}

func (v *verifier) damage(d Damage) {
	if v.report.Damage == nil {
		d.Epoch = v.e.Opened
		v.report.Damage = &d
	}
}

func (v *verifier) setMinor(d Damage) {
	if v.minor == nil {
		d.Epoch = v.e.Opened
		v.minor = &d
	}
}

func (v *verifier) readKept() {
	for _, text := range v.log.Kept {
		h, err := OpenHead(text, v.log.Keys)
		if err != nil || h.City != v.log.City {
			v.setMinor(Damage{Kind: Forged, Kept: true})
			continue
		}
		v.kept = append(v.kept, keptHead{h, true})
	}
	slices.SortStableFunc(v.kept, func(a, b keptHead) int {
		return cmp.Or(cmp.Compare(a.Epoch, b.Epoch), cmp.Compare(a.Size, b.Size))
	})
}

// epoch verifies one tree.
func (v *verifier) epoch(i int) {
	old, oldTree := v.e, v.tree
	v.e = v.log.Epochs[i]
	v.fitted, v.fixed, v.signed, v.pending = 0, 0, 0, nil
	if !v.follows(i, old, oldTree) {
		v.damage(Damage{Kind: Misopened, Seq: v.e.First})
		return
	}
	last := i == len(v.log.Epochs)-1
	if !last && v.log.Epochs[i+1].First < v.e.First {
		v.damage(Damage{Kind: Misopened, Seq: v.log.Epochs[i+1].First})
		return
	}
	v.skipKept()
	v.tree = &Tree{}
	v.leaf(LeafHash(v.e.Leaf(v.log.City)), "")
	for seq := v.e.First; v.report.Damage == nil; seq++ {
		if !last && seq == v.log.Epochs[i+1].First {
			break
		}
		row, ok := v.acts.peek()
		if !ok && last {
			break
		}
		if !ok {
			v.damage(Damage{Kind: Truncated, Seq: seq})
			return
		}
		if row.Seq < seq {
			v.err = errOrder
			return
		}
		if row.Seq > seq {
			if v.pending == nil {
				v.damage(Damage{Kind: Dropped, Seq: seq})
			}
			break
		}
		v.acts.next()
		v.act(row)
	}
	if v.report.Damage == nil {
		v.endEpoch(last)
	}
}

// follows checks that the epoch's first leaf is the head at which the one before ended.
func (v *verifier) follows(i int, old Epoch, oldTree *Tree) bool {
	if i == 0 {
		return v.e.First == 1 && v.e.Old == ""
	}
	h, err := OpenHead(v.e.Old, v.log.Keys)
	return err == nil && h.City == v.log.City && h.Epoch == old.Opened && v.e.Opened > old.Opened &&
		v.e.First == old.ActAt(oldTree.Size()) && h.Size == oldTree.Size() && h.Root == oldTree.Root()
}

// act verifies one sealed act.
func (v *verifier) act(row Row) {
	v.report.Acts++
	if row.City != v.log.City {
		v.err = errOrder
		return
	}
	v.leaf(LeafHash(row.Leaf()), row.ID)
	if row.Content == nil {
		v.report.Withheld++
	} else if v.pending == nil && v.report.Damage == nil && !row.Content.matches(row.Act) {
		v.damage(Damage{Kind: ContentChanged, Seq: row.Seq, ID: row.ID})
	}
}

// leaf adds a leaf to the tree and holds it against the stored hashes and against the heads of that size.
func (v *verifier) leaf(have tlog.Hash, id string) {
	n := v.tree.Size()
	packed := Pack(v.tree.Add(have))
	stored, ok := v.storedAt(n)
	switch {
	case v.pending != nil:
		v.pending.wantThen = v.pending.wantThen || have == v.pending.want
		v.pending.sawStored(stored)
	case !ok || len(stored.Hashes) < tlog.HashSize:
		v.pending = &mismatch{leaf: n, id: id, have: have, noWant: true}
	case !bytes.Equal(stored.Hashes[:tlog.HashSize], have[:]):
		v.pending = &mismatch{leaf: n, id: id, have: have, want: tlog.Hash(stored.Hashes[:tlog.HashSize])}
	case !bytes.Equal(stored.Hashes, packed):
		v.setMinor(Damage{Kind: HashesDamaged, Seq: max(v.e.ActAt(n), v.e.First), ID: id})
	}
	v.headsAt(n + 1)
}

func (m *mismatch) sawStored(s Stored) {
	m.haveThen = m.haveThen || (len(s.Hashes) >= tlog.HashSize && bytes.Equal(s.Hashes[:tlog.HashSize], m.have[:]))
}

// storedAt takes the stored hashes of a leaf of this epoch, if they are there.
func (v *verifier) storedAt(leaf int64) (Stored, bool) {
	for {
		s, ok := v.hashes.peek()
		if !ok || s.Epoch > v.e.Opened || (s.Epoch == v.e.Opened && s.Leaf > leaf) {
			return Stored{}, false
		}
		v.hashes.next()
		if s.Epoch == v.e.Opened && s.Leaf == leaf {
			return s, true
		}
		v.setMinor(Damage{Kind: HashesDamaged})
	}
}

// headsAt holds the tree, now of a size, against every head of that size.
func (v *verifier) headsAt(size int64) {
	for {
		h, ok := v.nextHead(size, size)
		if !ok {
			return
		}
		if h.Root == v.tree.Root() {
			v.fits(h)
		} else if v.pending == nil {
			since := v.fitted
			if h.kept {
				since = v.fixed // where a kept head contradicts, the database's own heads were made anew too
			}
			v.damage(Damage{Kind: Rewritten, Seq: max(v.e.ActAt(since), v.e.First), Until: v.e.ActAt(size - 1), Head: h.At, Kept: h.kept})
			return
		}
	}
}

// fits notes a head that agrees with the acts.
func (v *verifier) fits(h keptHead) {
	if v.pending != nil { // acts and head agree, so it is the stored hash that was damaged
		v.setMinor(Damage{Kind: HashesDamaged, Seq: max(v.e.ActAt(v.pending.leaf), v.e.First), ID: v.pending.id})
		v.pending = nil
	}
	v.fitted = h.Size
	if h.kept {
		v.fixed = h.Size
		v.report.Kept++
		v.report.Witnessed = max(v.report.Witnessed, v.e.ActAt(h.Size-1))
	}
}

// nextHead takes the next head of this epoch with a size in the range, of the database or kept.
func (v *verifier) nextHead(from, to int64) (keptHead, bool) {
	for {
		h, ok := v.heads.peek()
		if !ok {
			break
		}
		if h.forged {
			v.heads.next()
			v.setMinor(Damage{Kind: Forged})
			continue
		}
		if h.Epoch > v.e.Opened || (h.Epoch == v.e.Opened && h.Size > to) {
			break
		}
		v.heads.next()
		if h.Epoch == v.e.Opened && h.Size >= from {
			v.signed = max(v.signed, h.Size)
			return keptHead{h.Head, false}, true
		}
		v.setMinor(Damage{Kind: Forged, Head: h.At}) // a true signature in a false place
	}
	if len(v.kept) > 0 && v.kept[0].Epoch == v.e.Opened && v.kept[0].Size <= to {
		h := v.kept[0]
		v.kept = v.kept[1:]
		return h, true
	}
	return keptHead{}, false
}

// source is an iterator with a look ahead.
type source[T any] struct {
	pull func() (T, error, bool)
	stop func()
	cur  T
	has  bool
	done bool
	err  error
}

func pull[T any](seq iter.Seq2[T, error]) *source[T] {
	if seq == nil {
		return &source[T]{done: true, stop: func() {}}
	}
	next, stop := iter.Pull2(seq)
	return &source[T]{pull: next, stop: stop}
}

func (s *source[T]) peek() (T, bool) {
	if !s.has && !s.done {
		cur, err, ok := s.pull()
		if !ok || err != nil {
			s.done, s.err = true, err
		} else {
			s.cur, s.has = cur, true
		}
	}
	return s.cur, s.has
}

func (s *source[T]) next() { s.has = false }
