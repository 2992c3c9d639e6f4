package act

// endEpoch draws the conclusions that only the end of a tree allows.
func (v *verifier) endEpoch(last bool) {
	if v.pending != nil {
		v.classify(last)
		return
	}
	size := v.tree.Size()
	missing := v.e.ActAt(size) // the number that the next act of this epoch would have
	if s, ok := v.hashes.peek(); ok && s.Epoch == v.e.Opened {
		v.damage(Damage{Kind: Truncated, Seq: missing})
		return
	}
	for v.report.Damage == nil {
		h, ok := v.nextHead(size+1, maxSize)
		if !ok {
			break
		}
		v.beyond(h, last)
	}
	if v.report.Damage == nil && v.log.Heads != nil && v.signed < size {
		v.damage(Damage{Kind: Unsigned, Seq: max(v.e.ActAt(v.signed), v.e.First), Until: v.e.ActAt(size - 1)})
	}
}

// beyond judges a head that covers more acts than the epoch has. The database's own cannot, not even after a restore.
func (v *verifier) beyond(h keptHead, last bool) {
	missing, until := v.e.ActAt(v.tree.Size()), v.e.ActAt(h.Size-1)
	if last || !h.kept {
		v.damage(Damage{Kind: Truncated, Seq: missing, Until: until, Head: h.At, Kept: h.kept})
		return
	}
	v.lose(Loss{Epoch: v.e.Opened, From: missing, Until: until, Head: h.At})
}

// lose notes a loss; a later head of the same epoch only lengthens it.
func (v *verifier) lose(l Loss) {
	if n := len(v.report.Losses); n > 0 && v.report.Losses[n-1].Epoch == l.Epoch {
		one := &v.report.Losses[n-1]
		one.Until, one.Head = max(one.Until, l.Until), max(one.Head, l.Head)
		return
	}
	v.report.Losses = append(v.report.Losses, l)
}

// classify reads the rest of the epoch to see whether the act that does not fit was stored elsewhere, and whether
// the act that should stand there still exists.
func (v *verifier) classify(last bool) {
	m := v.pending
	until := int64(0)
	if !last {
		until = v.nextFirst()
	}
	for row, ok := v.acts.peek(); ok && (last || row.Seq < until); row, ok = v.acts.peek() {
		m.wantThen = m.wantThen || LeafHash(row.Leaf()) == m.want
		v.acts.next()
	}
	for s, ok := v.hashes.peek(); ok && s.Epoch <= v.e.Opened; s, ok = v.hashes.peek() {
		m.sawStored(s)
		v.hashes.next()
	}
	d := Damage{Kind: Changed, Seq: v.e.ActAt(m.leaf), ID: m.id}
	switch {
	case m.leaf == 0:
		d = Damage{Kind: Misopened, Seq: v.e.First}
	case m.noWant && !m.haveThen, m.wantThen && !m.haveThen && !m.noWant:
		d.Kind = Added
	case m.haveThen && !m.wantThen && !m.noWant:
		d.Kind, d.ID = Dropped, "" // those behind it have moved up
	case m.haveThen:
		d.Kind = Reordered
	}
	v.damage(d)
}

func (v *verifier) nextFirst() int64 {
	for _, e := range v.log.Epochs {
		if e.Opened > v.e.Opened {
			return e.First
		}
	}
	return 0
}

// skipKept passes over kept heads of epochs that are not there, before the one that begins now: a restore from a
// backup made before such an epoch lost the whole of it.
func (v *verifier) skipKept() {
	for len(v.kept) > 0 && v.kept[0].Epoch < v.e.Opened {
		h := v.kept[0]
		v.kept = v.kept[1:]
		v.lose(Loss{Epoch: h.Epoch, From: 1, Until: h.Size - 1, Head: h.At})
	}
}

// afterAll judges what is left when every epoch has been read.
func (v *verifier) afterAll() {
	next := int64(1)
	if v.tree != nil {
		next = v.e.ActAt(v.tree.Size())
	}
	if len(v.kept) > 0 {
		v.damage(Damage{Kind: Truncated, Seq: next, Head: v.kept[len(v.kept)-1].At, Kept: true})
		return
	}
	if _, ok := v.hashes.peek(); ok {
		v.damage(Damage{Kind: Truncated, Seq: next})
		return
	}
	if row, ok := v.acts.peek(); ok { // only without any epoch
		v.damage(Damage{Kind: Unsigned, Seq: row.Seq, ID: row.ID})
		return
	}
	for { // heads of the database for epochs that it does not have
		h, ok := v.heads.peek()
		if !ok {
			return
		}
		v.heads.next()
		if h.forged {
			v.setMinor(Damage{Kind: Forged})
			continue
		}
		v.damage(Damage{Kind: Truncated, Seq: next, Until: next, Head: h.At})
		return
	}
}
