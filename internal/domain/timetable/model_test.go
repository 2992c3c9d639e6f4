package timetable_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// play is a timetable under test beside its reference.
type play struct {
	*town
	d     *diary
	made  []timetable.ID // the sessions by their place in the reference
	who   map[string]person.ID
	names map[person.ID]string
}

func (c *town) play() *play {
	x := &play{town: c, d: &diary{same: map[string]string{}}, who: map[string]person.ID{}, names: map[person.ID]string{}}
	x.site = id.New[place.Place](c.dbs[0].Now())
	for _, name := range []string{"a", "b", "c", "d"} {
		x.who[name] = c.person("带" + name)
		x.names[x.who[name]] = name
	}
	return x
}

// doing is one act of somebody.
type doing struct {
	what     string
	room     string
	from, to int
	who      []string
	children bool
	nth      int // of the sessions
	days     int
}

func draw(t *rapid.T, whats []string) doing {
	d := doing{what: rapid.SampledFrom(whats).Draw(t, "what"), room: rapid.SampledFrom([]string{"", "二楼"}).Draw(t, "room")}
	d.from = rapid.IntRange(8, 14).Draw(t, "from") + 24*rapid.IntRange(0, 1).Draw(t, "day")
	d.to = d.from + rapid.SampledFrom([]int{0, 1, 2, 3, 3, 13}).Draw(t, "hours")
	d.who = rapid.Permutation([]string{"a", "b", "c", "d"}).Draw(t, "who")[:rapid.SampledFrom([]int{0, 1, 1, 1, 2}).Draw(t, "leaders")]
	d.children, d.nth, d.days = rapid.Bool().Draw(t, "children"), rapid.IntRange(0, 9).Draw(t, "nth"), rapid.IntRange(-1, 1).Draw(t, "days")
	return d
}

func (d doing) entry() *entry {
	return &entry{room: d.room, from: d.from, to: d.to, who: d.who, children: d.children}
}

// do carries an act out on the session which; it gives the session made or changed, what came of it, and the guards that it took with
// how often each was taken by then.
func (x *play) do(i int, d doing, which timetable.ID) (s timetable.Session, got string, moves map[string]int64) {
	var people []person.ID
	for _, name := range d.who {
		people = append(people, x.who[name])
	}
	want := x.session(d.room, d.from, d.to, d.children, people...)
	err := x.write(i, func(tx *sqldb.Tx) (err error) {
		var before timetable.Session
		if d.what != "plan" {
			if before, err = timetable.Find(tx, which); err != nil {
				return err
			}
		}
		switch d.what {
		case "plan":
			s, err = timetable.Plan(tx, zone, want)
		case "move":
			s, err = timetable.Move(tx, zone, which, before.EditedAt, want)
		case "cancel":
			s, err = timetable.Cancel(tx, which)
		case "begin":
			s, err = timetable.Begin(tx, which)
		}
		if err != nil {
			return err
		}
		moves, err = x.moves(tx, before, s)
		return err
	})
	key := errs.KeyOf(err)
	for _, p := range errs.ProblemsOf(err) {
		key = p.Key
	}
	switch key {
	case "timetable.ends", "timetable.one_day":
		key = "shape"
	case "errs.stale":
		key = "stale"
	}
	return s, strings.TrimPrefix(key, "timetable."), moves
}

func (x *play) moves(q sqldb.Q, all ...timetable.Session) (map[string]int64, error) {
	got := map[string]int64{}
	for _, s := range all {
		if s.ID.IsZero() {
			continue
		}
		guards := []string{"room/" + s.Place.String() + "/" + s.Room}
		for _, l := range s.Leaders {
			guards = append(guards, "leader/"+l.String())
		}
		for _, g := range guards {
			var n int64
			if err := q.Row(`SELECT COALESCE(MAX(moves), 0) FROM timetable_guard WHERE city = $1 AND guard = $2`, g).Scan(&n); err != nil {
				return nil, err
			}
			got[g] = n
		}
	}
	return got, nil
}

// told does the same on the reference; nth is the session's place there.
func (x *play) told(d doing, nth int) string {
	switch d.what {
	case "plan":
		return x.d.plan(d.entry())
	case "move":
		return x.d.move(nth, d.entry())
	case "cancel":
		return x.d.turn(nth, "cancelled")
	}
	return x.d.turn(nth, "begun")
}

// line writes how a session stands, in a form that both sides can be written in.
func (x *play) line(room string, from, to int, state string, who []string) string {
	var roots []string
	for _, name := range who {
		roots = append(roots, x.d.root(name))
	}
	slices.Sort(roots)
	return fmt.Sprintf("%q %d–%d %s %s", room, from, to, state, strings.Join(slices.Compact(roots), ""))
}

// same holds the timetable against the reference.
func (x *play) same(t interface{ Fatalf(string, ...any) }, after any) {
	for n, which := range x.made {
		var s timetable.Session
		x.must(x.dbs[0].Read(context.Background(), x.City, func(q *sqldb.Rx) (err error) {
			s, err = timetable.Find(q, which)
			return err
		}))
		var who []string
		for _, l := range s.Leaders {
			who = append(who, x.names[l])
		}
		e := x.d.all[n]
		got := x.line(s.Room, int((s.Starts-midnight)/hour), int((s.Ends-midnight)/hour), string(s.State), who)
		if want := x.line(e.room, e.from, e.to, e.state, e.who); got != want {
			t.Fatalf("after %+v session %d is %s and ought to be %s", after, n, got, want)
		}
	}
}

// TestActsAreAsInTheReference lets many do this and that, one after another, and holds every answer and every row against a
// reference that is written apart.
func TestActsAreAsInTheReference(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		people := &person.Service{DB: c.dbs[0], Keys: c.Keys, After: func(tx *sqldb.Tx, rows []person.ID) error {
			if _, err := timetable.Join(tx, rows); err != nil {
				return err
			}
			return tx.Record(every, "", nil)
		}}
		rapid.Check(t, func(rt *rapid.T) {
			x := c.play()
			for range rapid.IntRange(1, 30).Draw(rt, "acts") {
				d := draw(rt, []string{"plan", "plan", "plan", "plan", "move", "move", "cancel", "begin", "check", "check", "merge"})
				switch d.what {
				case "check":
					if len(d.who) == 0 {
						continue
					}
					x.checked(x.who[d.who[0]], d.days)
					x.d.papers = append(x.d.papers, paper{d.who[0], d.days})
				case "merge":
					if len(d.who) < 2 || x.d.root(d.who[0]) != d.who[0] || x.d.root(d.who[1]) != d.who[1] || d.nth > 3 {
						continue // rarely, or soon all would be one
					}
					x.must(people.Join(context.Background(), x.System(), x.who[d.who[0]], x.who[d.who[1]], "同一个人"))
					x.d.merge(d.who[0], d.who[1])
				default:
					nth := 0
					var which timetable.ID
					if d.what != "plan" {
						if len(x.made) == 0 {
							continue
						}
						nth = d.nth % len(x.made)
						which = x.made[nth]
					}
					s, got, _ := x.do(0, d, which)
					if want := x.told(d, nth); got != want {
						rt.Fatalf("%+v gave %q and ought to give %q", d, got, want)
					}
					if d.what == "plan" && got == "" {
						x.made = append(x.made, s.ID)
					}
				}
				x.same(rt, d)
			}
		})
	})
}

// done is an act that was carried out, with the guards that it took.
type done struct {
	doing
	which timetable.ID
	moves map[string]int64
}

// inOrder puts acts into an order in which each guard's moves go up: one in which they may have happened.
func inOrder(t interface{ Fatalf(string, ...any) }, all []done) (ordered []done) {
	for len(all) > 0 {
		i := slices.IndexFunc(all, func(a done) bool {
			return !slices.ContainsFunc(all, func(b done) bool {
				for g, n := range a.moves {
					if m, ok := b.moves[g]; ok && m < n {
						return true
					}
				}
				return false
			})
		})
		if i < 0 {
			t.Fatalf("no order: %+v", all)
		}
		ordered = append(ordered, all[i])
		all = slices.Delete(all, i, i+1)
	}
	return ordered
}

// TestInterleavedActsAreAsIfOneAfterAnother lets two processes fill one timetable at the same moment. Each act tells how many took its
// guards before it; done again in that order, on the reference, all that was done can be done.
func TestInterleavedActsAreAsIfOneAfterAnother(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		rapid.Check(t, func(rt *rapid.T) {
			x := c.play()
			for _, name := range slices.Sorted(maps.Keys(x.who)) {
				x.checked(x.who[name], 9)
				x.d.papers = append(x.d.papers, paper{name, 9})
			}
			for range rapid.IntRange(1, 3).Draw(rt, "rounds") {
				var mu sync.Mutex
				var all []done
				var wg sync.WaitGroup
				known := slices.Clone(x.made)
				for i := range 4 {
					var mine []doing
					for range 3 {
						mine = append(mine, draw(rt, []string{"plan", "plan", "plan", "move", "cancel"}))
					}
					wg.Go(func() {
						for _, d := range mine {
							var which timetable.ID
							if d.what != "plan" {
								if len(known) == 0 {
									continue
								}
								which = known[d.nth%len(known)]
							}
							s, got, moves := x.do(i, d, which)
							if got == "" {
								mu.Lock()
								all = append(all, done{d, s.ID, moves})
								mu.Unlock()
							}
						}
					})
				}
				wg.Wait()
				for _, a := range inOrder(rt, all) {
					if want := x.told(a.doing, slices.Index(x.made, a.which)); want != "" {
						rt.Fatalf("%+v was done and ought to be refused: %q", a, want)
					}
					if a.what == "plan" {
						x.made = append(x.made, a.which)
					}
				}
				x.same(rt, all)
			}
		})
	})
}
