package figure

import (
	"cmp"
	"slices"

	"zhidian/internal/platform/errs"
)

// Rule is how small groups are hidden.
type Rule struct {
	// Least is the smallest group shown: figures from 0 to Least−1 are hidden, zero included, because a zero that is
	// told apart from 1 to 4 says of everybody in the place what they are not. The office's rule is 5 (§7.5).
	Least int64
}

// DefaultRule is the office's own.
func DefaultRule() Rule { return Rule{Least: 5} }

// Past is what earlier dates have released. It cannot be called back, so a new pattern takes it as given.
type Past map[figureKey]past

type past struct {
	hidden bool    // on one date at least
	shown  []int64 // the numbers shown on other dates
	last   int64   // the number of the latest date, shown or not
}

// Add takes a figure of an earlier date as it was released. Dates are added in their order.
func (p Past) Add(f Figure) {
	key := figureKey{f.Node, f.Kind, f.Column}
	old := p[key]
	old.last = f.N
	switch {
	case f.State == Hidden:
		old.hidden = true
	case f.State == Shown && !slices.Contains(old.shown, f.N):
		old.shown = append(old.shown, f.N)
	}
	p[key] = old
}

// Loss says what hiding cost, per kind.
type Loss struct {
	Kind    string
	Figures int
	Small   int // hidden because they are small
	With    int // hidden with them
	Kept    int // of With: hidden only because an earlier date hides them
	// Guessable are hidden figures that a reader could narrow down if he guessed, and were right, that certain figures
	// hidden now are what an earlier date showed. It happens when an import changes next to nothing else.
	Guessable []Figure
}

// Suppress decides once, for every reader without list rights, which figures of a family are hidden.
//
// Every figure of people under rule.Least is hidden, and with it as many others as it takes for this promise: whoever
// reads all that is shown, at every node, in every band and sum, still finds every hidden figure, small or not, able to
// be any number from 0 to Least−1; so nobody can tell which of the hidden ones are the small ones. The reader is taken
// to know that counts are whole and not negative, how they add up, which places report nothing, and the rule.
//
// Kinds are held to be independent counts, and so are dates, with two additions:
//
//   - a figure that an earlier date hides stays hidden, so that no two dates laid side by side show one part; and
//   - a figure that an earlier date shows with the same number may be guessed to be unchanged: it protects
//     little, and others lean on it only where anything else would cost readers far more.
//
// Give in past all earlier dates that can still be read. Where no number of a kind differs from the latest of them, its
// pattern stands: a search begun anew could find other proofs and hide more for nothing. Differences and ratios are shown only where every part is,
// so they tell nothing that the parts do not.
//
// The promise is kept by construction. For each hidden figure two shifts are found, whole counts moved in thought
// between places and bands until the figure is 0, and until it is Least−1 at least, while every shown figure stays as it
// is; what a shift changes is hidden and needs its own shifts. Each is a whole-numbered answer to all the reader knows, so
// nothing rests on fractions, and the numbers between lie on the way. Shifts are looked for within the township
// first, then the county, then the city, the least valuable figures first. At the end of the ladder nothing of the kind
// is released, which always holds.
func Suppress(tree *Tree, kinds []Kind, family Family, rule Rule, past Past) (Family, []Loss, error) {
	if rule.Least < 1 || rule.Least > 1000 {
		return Family{}, nil, errs.New(errs.Invalid, "figure.rule.least", errs.Args{"n": rule.Least})
	}
	decided := slices.Clone(family.figures)
	for i := range decided {
		decided[i].State = Shown
	}
	out := NewFamily(decided)
	var losses []Loss
	for _, kind := range kinds {
		if !kind.People {
			continue
		}
		t, err := readTable(tree, kind, family)
		if err != nil {
			return Family{}, nil, err
		}
		p := newPattern(t, rule)
		p.remember(past)
		if p.stands = p.unchanged(past); p.stands {
			p.hidden, p.kept = p.kept, p.hidden
		} else {
			p.weigh()
			p.protect()
			p.release()
		}
		losses = append(losses, p.mark(out))
	}
	return out, losses, nil
}

// remember applies what earlier dates tell: what they hide stays hidden, and what they show of an unchanged number is
// as good as known.
func (p *pattern) remember(before Past) {
	for i, n := range p.tree.nodes {
		for c := range p.mask {
			g := i*len(p.mask) + c
			if !p.exists[g] {
				continue
			}
			old := before[figureKey{n.ID, p.kind.Key, p.column(c)}]
			p.known[g] = slices.Contains(old.shown, p.value[g])
			p.kept[g] = old.hidden
		}
	}
}

// unchanged tells whether every figure of the kind is there and has the number of the latest date. What that date hid is
// then all that any date hid, since what was hidden once stays hidden.
func (p *pattern) unchanged(before Past) bool {
	there := 0
	for i, n := range p.tree.nodes {
		for c := range p.mask {
			g := i*len(p.mask) + c
			if !p.exists[g] {
				continue
			}
			old, ok := before[figureKey{n.ID, p.kind.Key, p.column(c)}]
			if !ok || old.last != p.value[g] {
				return false
			}
			there++
		}
	}
	for key := range before {
		if key.kind == p.kind.Key {
			there--
		}
	}
	return there == 0 // or places have gone, and what leaned on them has to be proved anew
}

// proof is why a hidden figure is safe in one direction: a shift that changes only figures that are hidden.
type proof struct {
	figure  int
	step    int64 // +1 towards Least−1, −1 towards 0
	units   int64
	terms   terms
	changes []int
}

// protect hides what is small or was hidden before, and finds proofs for every hidden figure, in both directions, the
// widest places first, until what the proofs hide has proofs of its own.
func (p *pattern) protect() {
	for g := range p.value {
		if p.exists[g] && (p.value[g] < p.least || p.kept[g]) {
			p.hide(g)
		}
	}
	for len(p.queue) > 0 {
		batch := p.queue
		p.queue = nil
		slices.SortStableFunc(batch, func(a, b int) int {
			return cmp.Or(cmp.Compare(p.weight[b], p.weight[a]), cmp.Compare(p.value[a], p.value[b]))
		})
		for _, g := range batch {
			if n := p.least - 1 - p.value[g]; n > 0 {
				p.proofs = append(p.proofs, p.prove(proof{figure: g, step: +1, units: n}))
			}
			if n := p.value[g]; n > 0 {
				p.proofs = append(p.proofs, p.prove(proof{figure: g, step: -1, units: n}))
			}
		}
	}
}

// hide hides a figure and what it is the sum of: nothing can be shown above 0 in a sum that may be 0.
func (p *pattern) hide(g int) {
	if p.hidden[g] || !p.exists[g] {
		return
	}
	p.hidden[g] = true
	p.queue = append(p.queue, g)
	p.parts(g, p.hide)
}

// prove goes down the ladder of terms until a shift is found; the last rung always has one.
func (p *pattern) prove(want proof) proof {
	for _, want.terms = range ladder {
		if changes, ok := p.shift(want); ok {
			want.changes = changes
			for _, g := range changes {
				p.hide(g)
			}
			return want
		}
	}
	panic("density: a hidden figure without any shift") // cannot be: the last rung allows everything
}

// release shows again what the search hid and later finds made needless, the most valuable first.
func (p *pattern) release() {
	uses := map[int][]int{}
	of := map[int][]int{}
	for i, proof := range p.proofs {
		of[proof.figure] = append(of[proof.figure], i)
		for _, g := range proof.changes {
			uses[g] = append(uses[g], i)
		}
	}
	var spare []int
	for g := range p.hidden {
		if p.hidden[g] && p.value[g] >= p.least && !p.kept[g] {
			spare = append(spare, g)
		}
	}
	slices.SortStableFunc(spare, func(a, b int) int {
		return cmp.Or(cmp.Compare(p.weight[b], p.weight[a]), cmp.Compare(p.value[b], p.value[a]))
	})
	for _, g := range spare {
		p.hidden[g] = false
		again := map[int][]int{}
		ok := true
		for _, i := range uses[g] {
			if p.proofs[i].figure == g || !p.hidden[p.proofs[i].figure] || !slices.Contains(p.proofs[i].changes, g) {
				continue
			}
			want := p.proofs[i]
			want.terms.hidden = true
			if again[i], ok = p.shift(want); !ok {
				break
			}
		}
		if !ok {
			p.hidden[g] = true
			continue
		}
		for _, i := range of[g] {
			p.proofs[i].changes = nil // what is shown needs no proof
		}
		for i, changes := range again {
			p.proofs[i].changes = changes
			for _, x := range changes {
				uses[x] = append(uses[x], i)
			}
		}
	}
}

// mark writes the decision into the family and says what it cost.
func (p *pattern) mark(f Family) Loss {
	loss := Loss{Kind: p.kind.Key}
	guessed, leaned := map[int]bool{}, map[int]bool{}
	for _, proof := range p.proofs {
		for _, g := range proof.changes {
			guessed[proof.figure] = guessed[proof.figure] || p.known[g]
			leaned[g] = leaned[g] || g != proof.figure
		}
	}
	guessable := false // without proofs, any hidden figure may lean on any other
	for g, hidden := range p.hidden {
		guessable = guessable || p.stands && hidden && p.known[g]
	}
	for i, n := range p.tree.nodes {
		for c := range p.mask {
			g := i*len(p.mask) + c
			if !p.exists[g] {
				continue
			}
			loss.Figures++
			if !p.hidden[g] {
				continue
			}
			at := f.at[figureKey{n.ID, p.kind.Key, p.column(c)}]
			f.figures[at].State = Hidden
			if guessed[g] || p.known[g] || guessable {
				loss.Guessable = append(loss.Guessable, f.figures[at])
			}
			switch {
			case p.value[g] < p.least:
				loss.Small++
			case p.kept[g] && !leaned[g]:
				loss.Kept++
				fallthrough
			default:
				loss.With++
			}
		}
	}
	return loss
}
