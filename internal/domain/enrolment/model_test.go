package enrolment_test

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// play is one edition under test beside its reference, with some children by their names.
type play struct {
	*town
	b     *book
	rolls []enrolment.RollID
	kids  map[string]person.ID
	names map[person.ID]string
}

func (c *town) play(mode edition.Mode, most int64, places []int64, kids int) *play {
	x := &play{town: c, kids: map[string]person.ID{}, names: map[person.ID]string{}}
	x.b = &book{mode: string(mode), most: int(most), opens: start, closes: start + 60*minute, paper: start + 90*minute, offers: 24 * 60 * minute, same: map[string]string{}}
	_, x.rolls = c.open(mode, most, places...)
	for _, n := range places {
		x.b.rolls = append(x.b.rolls, &leaf{places: int(n), state: "open"})
	}
	for k := range kids {
		name := string(rune('a' + k))
		x.kids[name] = c.person("孩" + name)
		x.names[x.kids[name]] = name
	}
	return x
}

// doing is one act of somebody.
type doing struct {
	what   string
	roll   int
	who    []string
	turn   int64
	points int64
	hand   bool
}

// draw makes up an act.
func draw(t *rapid.T, rolls, kids int, whats []string) doing {
	d := doing{what: rapid.SampledFrom(whats).Draw(t, "what"), roll: rapid.IntRange(0, rolls-1).Draw(t, "roll")}
	names := make([]string, kids)
	for k := range names {
		names[k] = string(rune('a' + k))
	}
	d.who = rapid.Permutation(names).Draw(t, "who")[:rapid.SampledFrom([]int{1, 1, 2, 3}).Draw(t, "together")]
	d.turn = int64(rapid.IntRange(1, 12).Draw(t, "turn"))
	d.points, d.hand = int64(rapid.IntRange(0, 3).Draw(t, "points")), rapid.Bool().Draw(t, "hand")
	return d
}

// do carries an act out; it gives what came of it, and the roll's count of moves.
func (x *play) do(i int, d doing) (got string, moves int64) {
	key := enrolment.Key{Roll: x.rolls[d.roll], Turn: d.turn}
	var err error
	switch d.what {
	case "take":
		var kids []person.ID
		for _, name := range d.who {
			kids = append(kids, x.kids[name])
		}
		way := enrolment.Web
		if d.hand {
			way = enrolment.Paper
		}
		var p enrolment.Party
		if p, moves, err = x.take(i, key.Roll, kids, d.points, way); err == nil {
			return fmt.Sprintf("%s %d", p.State, p.Turn), moves
		}
		return strings.TrimPrefix(errs.KeyOf(err), "enrolment."), 0
	default:
		err = x.write(i, func(tx *sqldb.Tx) (err error) {
			switch d.what {
			case "accept":
				_, err = enrolment.Accept(tx, key)
			case "decline":
				_, _, err = enrolment.Decline(tx, key)
			case "withdraw":
				_, _, err = enrolment.Withdraw(tx, key)
			case "leave":
				_, _, err = enrolment.Withdraw(tx, key, x.kids[d.who[0]])
			case "lapse":
				_, _, err = enrolment.Lapse(tx, key.Roll)
			case "resize":
				_, _, err = enrolment.Resize(tx, key.Roll, d.turn)
			case "cancel":
				_, err = enrolment.Cancel(tx, key.Roll)
			case "close":
				_, err = enrolment.Fix(tx, key.Roll)
			}
			if err != nil {
				return err
			}
			r, err := enrolment.FindRoll(tx, key.Roll)
			moves = r.Moves
			return err
		})
	}
	if err != nil {
		moves = 0
	}
	return errs.KeyOf(err), moves
}

// told does the same on the reference, and gives what ought to come of it; "" stands for a success.
func (x *play) told(d doing, now int64) string {
	b, l := x.b, x.b.rolls[d.roll]
	var p *asked
	if int(d.turn) <= len(l.parties) {
		p = l.parties[d.turn-1]
	}
	switch d.what {
	case "take":
		who := make([]string, len(d.who))
		for i, name := range d.who {
			who[i] = b.root(name)
		}
		got := b.take(d.roll, who, int(d.points), now, d.hand)
		if counts(got) {
			return fmt.Sprintf("%s %d", got, len(l.parties))
		}
		return got
	case "lapse":
		b.lapse(l, now)
		return ""
	case "resize":
		if l.state == "cancelled" {
			return "enrolment.cancelled"
		}
		if int(d.turn) < l.places-l.left() {
			return "enrolment.held"
		}
		l.places = int(d.turn)
		b.promote(l, now)
		return ""
	case "cancel":
		if l.state == "cancelled" {
			return "enrolment.cancelled"
		}
		for _, p := range l.parties {
			if counts(p.state) {
				p.state = "cancelled"
			}
		}
		l.state = "cancelled"
		return ""
	case "close":
		if b.mode == "first_come" || l.state != "open" || now < b.paper {
			return "enrolment.not_closing"
		}
		b.settle(l, now)
		return ""
	}
	if p == nil {
		return "errs.absent"
	}
	switch d.what {
	case "accept":
		switch {
		case p.state == "placed":
			return "enrolment.placed_already"
		case p.state != "offered":
			return "enrolment.not_offered"
		case now >= p.until:
			return "enrolment.offer_over"
		}
		p.state = "placed"
	case "decline":
		if p.state != "offered" {
			return "enrolment.not_offered"
		}
		b.remove(l, p, p.people, "declined", now)
	case "withdraw", "leave":
		if !counts(p.state) {
			return "enrolment.over"
		}
		who := p.people
		if d.what == "leave" {
			if who = d.who[:1]; !slices.Contains(p.people, who[0]) {
				return "errs.absent"
			}
		}
		b.remove(l, p, who, "withdrawn", now)
	}
	return ""
}

// line is how one party stands, in a form that both sides can be written in.
type line struct {
	people       string
	state        string
	place, found int
	until        int64
}

func (x *play) expected(l *leaf) (all []line) {
	for _, p := range l.parties {
		one := line{state: p.state, place: p.place, found: p.found}
		if counts(p.state) {
			one.people = strings.Join(p.people, "")
		}
		if p.state == "offered" {
			one.until = p.until
		}
		all = append(all, one)
	}
	return all
}

func (x *play) actual(roll enrolment.RollID) (r enrolment.Roll, all []line) {
	r, parties := x.roll(roll)
	slices.SortFunc(parties, func(a, b enrolment.Party) int { return cmp.Compare(a.Turn, b.Turn) })
	held := int64(0)
	for i, p := range parties {
		one := line{state: string(p.State), place: int(p.Place), found: int(p.Found), until: p.Until}
		for _, m := range p.Members {
			if !m.Gone {
				one.people += x.names[m.Person]
			}
		}
		if p.State.Holds() {
			held += p.Size
		}
		if p.Turn != int64(i+1) || p.State.Counts() && int(p.Size) != len(one.people) {
			x.t.Errorf("party %d: %+v", i+1, p)
		}
		all = append(all, one)
	}
	if held != r.Held || r.Held > r.Places {
		x.t.Errorf("%d held of %d, counted %d", r.Held, r.Places, held)
	}
	return r, all
}

// same holds the rolls against the reference.
func (x *play) same(t interface{ Fatalf(string, ...any) }, after any) {
	for i, roll := range x.rolls {
		r, got := x.actual(roll)
		want := x.expected(x.b.rolls[i])
		if !reflect.DeepEqual(got, want) || string(r.Standing) != x.b.rolls[i].state || int(r.Places) != x.b.rolls[i].places {
			t.Fatalf("after %+v roll %d is %s\n%+v\nand ought to be %s\n%+v", after, i, r.Standing, got, x.b.rolls[i].state, want)
		}
	}
}

// TestActsAreAsInTheReference lets many do this and that, one after another, and holds every answer and every row against a
// reference that is written apart.
func TestActsAreAsInTheReference(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		people := &person.Service{DB: c.dbs[0], Keys: c.Keys}
		rapid.Check(t, func(rt *rapid.T) {
			c.now.Store(start - minute)
			mode := rapid.SampledFrom([]edition.Mode{edition.FirstCome, edition.FirstCome, edition.Score}).Draw(rt, "mode")
			x := c.play(mode, int64(rapid.IntRange(1, 2).Draw(rt, "most")), []int64{int64(rapid.IntRange(0, 5).Draw(rt, "places")), 2}, 7)
			people.After = func(tx *sqldb.Tx, rows []person.ID) error {
				if _, _, err := enrolment.Join(tx, rows); err != nil {
					return err
				}
				return tx.Record(every, "", nil)
			}
			whats := []string{"take", "take", "take", "take", "accept", "decline", "withdraw", "leave", "lapse", "resize", "cancel", "close", "merge", "wait"}
			for range rapid.IntRange(1, 40).Draw(rt, "acts") {
				d := draw(rt, 2, 7, whats)
				now := c.now.Load()
				switch d.what {
				case "wait":
					c.now.Add(rapid.SampledFrom([]int64{1, minute, 59 * minute, 24 * 60 * minute}).Draw(rt, "minutes"))
				case "cancel":
					if d.turn > 2 {
						continue // rarely, or nothing else would be seen
					}
					fallthrough
				default:
					if got, want := first(x.do(0, d)), x.told(d, now); got != want {
						rt.Fatalf("%+v gave %q and ought to give %q", d, got, want)
					}
				case "merge":
					from, into := d.who[0], string(rune('a'+d.turn%7))
					if x.b.root(from) != from || x.b.root(into) != into || from == into {
						continue
					}
					if err := people.Join(context.Background(), c.System(), x.kids[from], x.kids[into], "同一个人"); err != nil {
						rt.Fatal(err)
					}
					x.b.merge(from, into, now)
				}
				x.same(rt, d)
			}
		})
	})
}

func first(got string, _ int64) string { return got }

// TestInterleavedActsAreAsIfOneAfterAnother lets two processes change one roll at the same moment. Each act tells how many
// there were before it; done again in that order, on the reference, they give the same answers and the same rows.
func TestInterleavedActsAreAsIfOneAfterAnother(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		rapid.Check(t, func(rt *rapid.T) {
			c.now.Store(start)
			x := c.play(edition.FirstCome, 1, []int64{int64(rapid.IntRange(1, 5).Draw(rt, "places"))}, 9)
			for range rapid.IntRange(1, 4).Draw(rt, "rounds") {
				var mu sync.Mutex
				type done struct {
					doing
					got   string
					moves int64
				}
				var all []done
				var wg sync.WaitGroup
				now := c.now.Load()
				for i := range 4 {
					var mine []doing
					for range 4 {
						mine = append(mine, draw(rt, 1, 9, []string{"take", "take", "take", "accept", "decline", "withdraw", "leave", "lapse", "resize"}))
					}
					wg.Go(func() {
						for _, d := range mine {
							got, moves := x.do(i, d)
							if moves > 0 {
								mu.Lock()
								all = append(all, done{d, got, moves})
								mu.Unlock()
							}
						}
					})
				}
				wg.Wait()
				slices.SortFunc(all, func(a, b done) int { return cmp.Compare(a.moves, b.moves) })
				for i, d := range all {
					if i > 0 && all[i-1].moves == d.moves {
						rt.Fatalf("two acts are the %d. of the roll", d.moves)
					}
					if want := x.told(d.doing, now); d.got != want {
						rt.Fatalf("%+v ought to give %q", d, want)
					}
				}
				x.same(rt, all)
				c.now.Add(25 * 60 * minute)
				x.b.closes, x.b.paper = x.b.closes+25*60*minute, x.b.paper+25*60*minute
				c.must(c.write(0, func(tx *sqldb.Tx) error {
					return enrolment.Reschedule(tx, edition.Edition{ID: x.edition(tx), Opens: start, Closes: x.b.closes, Paper: 30})
				}))
			}
		})
	})
}

func (x *play) edition(q sqldb.Q) edition.ID {
	r, err := enrolment.FindRoll(q, x.rolls[0])
	x.must(err)
	return r.Edition
}
