package enrolment_test

import "slices"

// book is what should stand on the rolls of one edition, told in the plainest way: lists that are gone through from end to
// end. It knows nothing of the package that it judges.
type book struct {
	mode                         string // "lottery", "first_come" or "score"
	most                         int
	opens, closes, paper, offers int64
	rolls                        []*leaf
	same                         map[string]string // who turned out to be whom
}

type leaf struct {
	places  int
	state   string // "open", "settled" or "cancelled"
	parties []*asked
}

type asked struct {
	people               []string
	state                string
	place, found, points int
	until                int64
}

func (b *book) root(who string) string {
	for b.same[who] != "" {
		who = b.same[who]
	}
	return who
}

var waits = map[bool]string{true: "waiting", false: "placed"}

func counts(state string) bool {
	return slices.Contains([]string{"entered", "waiting", "offered", "placed"}, state)
}

func (p *asked) holds() bool { return p.state == "offered" || p.state == "placed" }

func (l *leaf) left() int {
	n := l.places
	for _, p := range l.parties {
		n -= map[bool]int{true: len(p.people)}[p.holds()]
	}
	return n
}

func (b *book) on(l *leaf, who string) (found []*asked) {
	for _, p := range l.parties {
		if counts(p.state) && slices.ContainsFunc(p.people, func(x string) bool { return b.root(x) == b.root(who) }) {
			found = append(found, p)
		}
	}
	return found
}

// take gives the new party's state, or why not. People are named by who stands for them.
func (b *book) take(roll int, people []string, points int, now int64, byHand bool) string {
	l, until := b.rolls[roll], map[bool]int64{false: b.closes, true: b.paper}[byHand]
	if len(slices.Compact(slices.Sorted(slices.Values(people)))) < len(people) {
		return "twice"
	}
	for _, who := range people {
		n := 0
		for _, other := range b.rolls {
			n += len(b.on(other, who))
		}
		if len(b.on(l, who)) > 0 {
			return "already"
		}
		if n >= b.most {
			return "most"
		}
	}
	for _, no := range []struct {
		so  bool
		why string
	}{{l.state == "cancelled", "cancelled"}, {now < b.opens, "early"}, {now >= until || l.state != "open", "late"}} {
		if no.so {
			return no.why
		}
	}
	p := &asked{people: people, state: "entered", points: points, found: -1}
	if b.mode == "first_come" {
		p.place, p.found, p.state = len(l.parties)+1, l.left(), waits[len(people) > l.left()]
	}
	l.parties = append(l.parties, p)
	return p.state
}

// promote offers what is free to whoever comes first among those for whom it is enough.
func (b *book) promote(l *leaf, now int64) {
	for _, p := range slices.SortedStableFunc(slices.Values(l.parties), func(a, c *asked) int { return a.place - c.place }) {
		if p.state == "waiting" && len(p.people) <= l.left() {
			p.state, p.until = "offered", now+b.offers
		}
	}
}

func (b *book) remove(l *leaf, p *asked, who []string, as string, now int64) {
	p.people = slices.DeleteFunc(slices.Clone(p.people), func(x string) bool { return slices.Contains(who, x) })
	p.state = map[bool]string{true: as, false: p.state}[len(p.people) == 0]
	b.promote(l, now)
}

func (b *book) lapse(l *leaf, now int64) {
	for _, p := range l.parties {
		if p.state == "offered" && p.until <= now {
			p.state = "lapsed"
		}
	}
	b.promote(l, now)
}

// settle puts those who have entered in an order and gives places to whom there is room for; b.mode is "score".
func (b *book) settle(l *leaf, now int64) {
	place := 0
	for _, p := range slices.SortedStableFunc(slices.Values(l.parties), func(a, c *asked) int { return c.points - a.points }) {
		if p.state != "entered" {
			continue
		}
		place++
		p.place, p.found, p.state = place, l.left(), waits[len(p.people) > l.left()]
	}
	l.state = "settled"
	b.promote(l, now)
}

// merge says that one is another. Where both are on a roll, who has no place leaves, then who came later.
func (b *book) merge(from, into string, now int64) {
	b.same[b.root(from)] = b.root(into)
	for _, l := range b.rolls {
		all := b.on(l, into)
		if len(all) > 1 && (all[0].holds() || !all[1].holds()) {
			all[0], all[1] = all[1], all[0]
		}
		for i, p := range all {
			who := slices.DeleteFunc(slices.Clone(p.people), func(x string) bool { return b.root(x) != b.root(into) })
			if i == len(all)-1 {
				who = who[1:]
			}
			if len(who) > 0 {
				b.remove(l, p, who, "merged", now)
			}
		}
	}
}
