package field_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// says is what records of a kind of id say and what is in dispute, without what follows from when it came.
func (c *town) says(list record.ListID, ids []string) (all []any) {
	c.t.Helper()
	for _, id := range ids {
		v := c.record(list, id)
		all = append(all, v.Label, v.Heads, v.Says, v.Claims, len(v.Versions))
	}
	return all
}

// pair is two phones in one village.
func (c *town) pair() [2]*phone {
	c.give("咸安区甲镇")
	return [2]*phone{c.phone("worker-a", "咸安区甲镇一村"), c.phone("worker-b", "咸安区甲镇一村")}
}

// Phones that make and change the same records send in any order, each form any number of times: the records are the same.
func TestTheOrderOfSendingDoesNotMatter(t *testing.T) {
	t.Parallel()
	towns := [2]*town{newTown(t, sqldbtest.SQLite(t, sqldb.Options{})), newTown(t, sqldbtest.SQLite(t, sqldb.Options{}))}
	phones := [2][2]*phone{towns[0].pair(), towns[1].pair()}
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		homes, visits := rapid.IntRange(1, 3).Draw(rt, "homes"), rapid.IntRange(1, 6).Draw(rt, "visits")
		ids := make([]string, homes)
		for h := range ids {
			ids[h] = fmt.Sprintf("HOME%010dN%011d", round, h)
		}
		plan := make([][3]int, visits) // which home, which phone, what is said
		for i := range plan {
			plan[i] = [3]int{rapid.IntRange(0, homes-1).Draw(rt, "home"), rapid.IntRange(0, 1).Draw(rt, "phone"), rapid.IntRange(1, 3).Draw(rt, "people")}
		}
		order := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "order"), 1))
		var said [2][]any
		for turn, c := range towns {
			at := phones[turn]
			var known [2]map[int][]string // by home: what each phone has seen last
			var all []func()
			for p := range known {
				known[p] = map[int][]string{}
			}
			for h, id := range ids {
				f := at[0].fill(c.newHome, map[string]any{"head": fmt.Sprintf("户%d", h), "people": "4"}, func(f *field.Filled) { f.ID = id })
				known[0][h], known[1][h] = []string{id}, []string{id}
				all = append(all, func() { at[0].must(f) })
			}
			for i, v := range plan {
				f := at[v[1]].fill(c.visit, map[string]any{"home": ids[v[0]], "people": fmt.Sprint(v[2])}, of(record.Known{ID: ids[v[0]], Label: "户", Heads: known[v[1]][v[0]]}),
					func(f *field.Filled) { f.ID = fmt.Sprintf("VISIT%010dN%010d", round, i) })
				known[v[1]][v[0]] = []string{f.ID}
				all = append(all, func() { at[v[1]].must(f) })
			}
			all = append(all, all...)
			if turn > 0 {
				order.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			}
			for _, send := range all {
				send()
			}
			said[turn] = c.says(c.shelf().Chosen.ID, ids)
		}
		if !reflect.DeepEqual(said[0], said[1]) {
			rt.Fatalf("%v\nin another order %v", said[0], said[1])
		}
	})
}

// line is a link that drops: what is sent over it arrives or not, and the sender does not always learn of it.
type line struct {
	mu   sync.Mutex
	luck *rand.Rand
}

func (l *line) drops() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.luck.IntN(4) == 0
}

// Many phones send forms with photographs over a line that drops: nothing is lost and nothing doubled.
func TestManyPhonesOverALineThatDrops(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		const phones, each = 8, 6
		c.give("咸安区")
		var wg sync.WaitGroup
		var mu sync.Mutex
		serials := map[string]string{}
		for n := range phones {
			wg.Go(func() {
				p := c.phone(fmt.Sprintf("worker-%d", n), "咸安区甲镇一村")
				p.refresh()
				l := &line{luck: rand.New(rand.NewPCG(uint64(n), 1))}
				for i := range each {
					content := photo(n*each + i + 1)
					f := p.fill(c.newHome, map[string]any{"head": fmt.Sprintf("户%d-%d", n, i)}, with("door", len(content)))
					serial := p.stubborn(f, content, l)
					mu.Lock()
					serials[f.ID] = serial
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		list, err := c.forms.Tally(t.Context(), c.office, form.Filter{Form: c.newHome.Form})
		if err != nil || list.N != phones*each || len(serials) != phones*each {
			t.Fatalf("%d answers, %d receipts, want %d: %v", list.N, len(serials), phones*each, err)
		}
		if n := c.shelf().Count; n != phones*each {
			t.Errorf("%d records", n)
		}
		var all []string
		for _, s := range serials {
			all = append(all, s)
		}
		slices.Sort(all)
		if len(slices.Compact(all)) != phones*each {
			t.Error("two forms have one number")
		}
	})
}

// stubborn sends a form with its photograph until its receipt is there.
func (p *phone) stubborn(f field.Filled, content []byte, l *line) string {
	x := f.Files[0]
	u := field.Upload{ID: x.ID, Form: f.Form, Version: f.Version, Question: x.Question, Name: x.Name, Bytes: int64(len(content))}
	for range 200 {
		if l.drops() {
			continue // nothing arrived
		}
		have, err := p.c.s.Have(p.c.t.Context(), p.by, x.ID)
		if err != nil {
			p.c.t.Error(err)
			return ""
		}
		if have.Value == "" {
			at := have.Have
			if _, err = p.c.s.Piece(p.c.t.Context(), p.by, u, at, content[at:min(at+700, u.Bytes)]); err != nil && errs.KindOf(err) != errs.Busy {
				p.c.t.Error(err)
				return ""
			}
			continue
		}
		got, err := p.send(f)
		if l.drops() {
			continue // it arrived, and the receipt did not
		}
		if err == nil {
			return got.Serial
		}
	}
	p.c.t.Error("it was never taken")
	return ""
}
