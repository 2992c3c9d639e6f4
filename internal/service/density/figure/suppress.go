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
	// Tell lets pages say of a hidden figure that it is small ("少于 5") and not only hidden ("连带隐去"). It is the
	// stronger promise: the pattern then also holds against a reader who knows these figures to be under Least.
	Tell bool
}

// DefaultRule is the office's own.
func DefaultRule() Rule { return Rule{Least: 5, Tell: true} }

// Loss says what hiding cost, per kind.
type Loss struct {
	Kind    string
	Figures int
	Small   int // hidden because they are small
	With    int // hidden with them
	Kept    int // of With: hidden only because an earlier import hides the same number
	Untold  int // of Small: stored as With, because saying that they are small would narrow others
	// Strict says that the pattern even holds against a reader who takes every figure stored as With for a group of
	// Least or more. Without it some of these may be small for all he can know.
	Strict bool
	// Guessable are small figures that a reader could work out if he guessed, and were right, that certain figures
	// hidden now are what an earlier import showed. It happens when an import changes next to nothing else.
	Guessable []Figure
}

// Suppress decides once, for every reader without list rights, which figures of a family are hidden.
//
// Every figure of people under rule.Least is hidden, and with it as many others as it takes for this promise: whoever
// reads all that is shown, at every node, in every band and sum, still finds every small figure able to be any number
// from 0 to Least−1. The reader is taken to know that counts are whole and not negative, how they add up, which places
// report nothing, the rules by which this program hides, and that what is stored as Small is under Least.
// Kinds are held to be independent counts, and so are imports, with one addition: of a figure that one import shows
// and another hides, he may guess, truly, that it has not changed. Therefore
//
//   - a figure that an earlier import hides and that has the same number now stays hidden, and
//   - a figure that an earlier import shows with the same number protects nobody: no small figure leans on it.
//
// Give all earlier imports of the source that can still be read. Differences and ratios are shown only where every
// part is ([Compare], [Ratio]), so they tell nothing that the parts do not.
//
// The promise is kept by construction. For each small figure and each number it must still be able to be, a shift of
// whole counts between places and bands is found that leaves every shown figure as it is; what the shift changes is
// hidden. Each shift is a whole-numbered answer to all the reader knows, so nothing rests on fractions. Shifts are
// looked for within the township first, then the county, then the city, the least valuable figures first.
//
// Where no shift agrees with telling what is small (two villages of 4 under a township that shows 8), the small figures
// in its way are stored as With, which says nothing of their size.
func Suppress(tree *Tree, kinds []Kind, family Family, rule Rule, earlier ...Family) (Family, []Loss, error) {
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
		p.remember(earlier)
		p.protect()
		p.release()
		losses = append(losses, p.mark(out))
	}
	return out, losses, nil
}

// remember applies what earlier imports tell: what they hide stays hidden while its number stays, and what they show
// of an unchanged number is as good as known.
func (p *pattern) remember(earlier []Family) {
	for i, n := range p.tree.nodes {
		for c := range p.mask {
			g := i*len(p.mask) + c
			for _, e := range earlier {
				switch old := e.At(n.ID, p.kind.Key, p.column(c)); {
				case !p.exists[g] || old.State == Absent || old.N != p.value[g]:
				case old.State == Shown:
					p.known[g] = true
				default:
					p.hidden[g], p.kept[g] = true, true
				}
			}
		}
	}
}

// proof is why a small figure is safe in one direction: a shift that changes only figures that are hidden.
type proof struct {
	figure  int
	step    int64 // +1 towards Least−1, −1 towards 0
	units   int64
	terms   terms
	changes []int
}

// protect finds a proof for every small figure, in both directions, widest places first.
func (p *pattern) protect() {
	var small []int
	for g := range p.value {
		if p.small[g] {
			p.hidden[g] = true
			small = append(small, g)
		}
	}
	slices.SortStableFunc(small, func(a, b int) int { return cmp.Compare(p.weight[b], p.weight[a]) })
	for _, g := range small {
		for _, step := range []int64{+1, -1} {
			units := p.value[g]
			if step > 0 {
				units = p.least - 1 - p.value[g]
			}
			if units > 0 {
				p.proofs = append(p.proofs, p.prove(proof{figure: g, step: step, units: units}))
			}
		}
	}
}

// prove goes down the ladder of terms until a shift is found; the last rung always has one.
func (p *pattern) prove(want proof) proof {
	for _, want.terms = range ladder(p.tell) {
		if changes, ok := p.shift(want); ok {
			want.changes = changes
			for _, g := range changes {
				p.hidden[g] = true
			}
			p.accept(p.broken)
			return want
		}
	}
	panic("density: a hidden figure without any shift") // cannot be: the last rung allows everything
}

// accept notes what a shift took to the other side of Least: nobody may be told of which side these are.
func (p *pattern) accept(broken []int) {
	for _, g := range broken {
		p.untold[g] = p.untold[g] || p.small[g]
		p.strict = false
	}
}

// release shows again what the search hid and later finds made needless, the most valuable first.
func (p *pattern) release() {
	uses := map[int][]int{}
	for i, proof := range p.proofs {
		for _, g := range proof.changes {
			uses[g] = append(uses[g], i)
		}
	}
	var spare []int
	for g := range p.hidden {
		if p.hidden[g] && !p.small[g] && !p.kept[g] && !p.unseen[g] {
			spare = append(spare, g)
		}
	}
	slices.SortStableFunc(spare, func(a, b int) int { return cmp.Compare(p.weight[b], p.weight[a]) })
	for _, g := range spare {
		p.hidden[g] = false
		again := map[int][]int{}
		var broken []int
		ok := true
		for _, i := range uses[g] {
			if !slices.Contains(p.proofs[i].changes, g) {
				continue
			}
			want := p.proofs[i]
			want.terms.hidden = true
			if again[i], ok = p.shift(want); !ok {
				break
			}
			broken = append(broken, p.broken...)
		}
		if !ok {
			p.hidden[g] = true
			continue
		}
		p.accept(broken)
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
	loss := Loss{Kind: p.kind.Key, Strict: p.strict}
	guessed := map[int]bool{}
	for _, proof := range p.proofs {
		if !proof.terms.known && slices.ContainsFunc(proof.changes, func(g int) bool { return p.known[g] }) {
			guessed[proof.figure] = true
		}
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
			f.figures[at].State = With
			if p.small[g] {
				loss.Small++
				if p.tell && !p.untold[g] {
					f.figures[at].State = Small
				} else {
					loss.Untold++
				}
				if guessed[g] {
					loss.Guessable = append(loss.Guessable, f.figures[at])
				}
				continue
			}
			loss.With++
			if p.kept[g] && !p.leaned(g) {
				loss.Kept++
			}
		}
	}
	return loss
}

func (p *pattern) leaned(g int) bool {
	return slices.ContainsFunc(p.proofs, func(x proof) bool { return slices.Contains(x.changes, g) })
}
