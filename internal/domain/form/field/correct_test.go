package field_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// guest is somebody who answers through an address.
type guest struct {
	c    *town
	slug string
}

func (c *town) guest(v form.Version, at string) guest {
	c.t.Helper()
	l, err := c.forms.AddLink(c.t.Context(), c.office, v.Form, c.Nodes[at].ID, at, 0)
	if err != nil {
		c.t.Fatal(err)
	}
	return guest{c, l.Slug}
}

func (g guest) nobody() authz.Actor { return authz.Actor{City: g.c.City} }

func (g guest) hands(answers map[string]string) form.Receipt {
	g.c.t.Helper()
	b, err := json.Marshal(answers)
	if err != nil {
		g.c.t.Fatal(err)
	}
	got, err := g.c.forms.Submit(g.c.t.Context(), g.nobody(), form.Given{Slug: g.slug, Answers: b})
	if err != nil {
		g.c.t.Fatal(err)
	}
	return got
}

func (g guest) seen(r form.Receipt) int64 {
	g.c.t.Helper()
	own, err := g.c.forms.Mine(g.c.t.Context(), g.nobody(), r.Serial, r.Words)
	if err != nil {
		g.c.t.Fatal(err)
	}
	return own.EditedAt
}

func (g guest) corrects(r form.Receipt, answers map[string]string) {
	g.c.t.Helper()
	b, err := json.Marshal(answers)
	if err != nil {
		g.c.t.Fatal(err)
	}
	if err := g.c.forms.Replace(g.c.t.Context(), g.nobody(), r.Serial, r.Words, g.seen(r), b); err != nil {
		g.c.t.Fatal(err)
	}
}

func (g guest) takesBack(r form.Receipt) {
	g.c.t.Helper()
	if err := g.c.forms.Withdraw(g.c.t.Context(), g.nobody(), r.Serial, r.Words, g.seen(r)); err != nil {
		g.c.t.Fatal(err)
	}
}

// What is corrected in an answer is corrected in the record that it made; what somebody else has changed meanwhile is in dispute.
func TestARecordFollowsCorrections(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.give("咸安区甲镇")
		g := c.guest(c.newHome, "咸安区甲镇一村")
		r := g.hands(map[string]string{"head": "王小二", "people": "4"})
		g.corrects(r, map[string]string{"head": "王小二", "people": "5"})
		list := c.shelf().Chosen.ID
		v := c.record(list, r.ID.String())
		if v.Says["people"] != "5" || len(v.Claims) != 0 || len(v.Versions) != 2 {
			t.Fatalf("%+v", v)
		}

		// A phone that has seen it says 6; the answer is corrected to 7 without knowing; its words stay apart.
		p := c.phone("worker-a", "咸安区甲镇一村")
		p.refresh()
		one := p.fill(c.visit, map[string]any{"home": r.ID.String(), "people": "6", "words": "添丁"}, of(p.homes()[0]))
		p.must(one)
		g.corrects(r, map[string]string{"head": "王小二", "people": "7"})
		v = c.record(list, r.ID.String())
		if v.Says["people"] != "5" || v.Says["words"] != "添丁" || len(v.Claims["people"]) != 2 {
			t.Fatalf("%+v", v)
		}
		if err := c.s.Settle(t.Context(), c.office, list, r.ID.String(), v.Heads, map[string]string{"people": one.ID}); err != nil {
			t.Fatal(err)
		}
		if v = c.record(list, r.ID.String()); v.Says["people"] != "6" || len(v.Claims) != 0 {
			t.Errorf("%+v", v)
		}
	})
}

// What an answer that was taken back has said of a record waits for a supervisor, and stands until she has decided.
func TestWhatWasTakenBackIsDecided(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.give("咸安区甲镇")
		g := c.guest(c.newHome, "咸安区甲镇一村")
		kept, gone := g.hands(map[string]string{"head": "甲", "people": "4", "ill": "雀病"}), g.hands(map[string]string{"head": "乙", "people": "3"})
		g.takesBack(kept)
		g.takesBack(gone)
		shelf := c.shelf()
		if shelf.Count != 2 || len(shelf.Rows[0].Disputed) == 0 {
			t.Fatalf("%+v", shelf)
		}
		if waiting, err := c.s.Disputes(ctx, c.City); err != nil || len(waiting) != 2 {
			t.Fatal(waiting, err)
		}
		list := shelf.Chosen.ID
		for _, x := range []struct {
			of   form.Receipt
			pick func(name string) string
		}{{kept, func(string) string { return kept.ID.String() }}, {gone, func(string) string { return record.Before }}} {
			v := c.record(list, x.of.ID.String())
			if v.Says["people"] == "" || v.Versions[0].WithdrawnAt == 0 {
				t.Fatalf("%+v", v)
			}
			picks := map[string]string{}
			for name := range v.Claims {
				picks[name] = x.pick(name)
			}
			if err := c.s.Settle(ctx, c.office, list, x.of.ID.String(), v.Heads, picks); err != nil {
				t.Fatal(err)
			}
		}
		shelf = c.shelf()
		if shelf.Count != 1 || shelf.Rows[0].Label != "甲家" || len(shelf.Rows[0].Disputed) != 0 {
			t.Errorf("%+v", shelf)
		}
		if v := c.record(list, gone.ID.String()); v.Label != "" || len(v.Versions[0].Says) != 0 {
			t.Errorf("what nobody keeps is still there: %+v", v)
		}
		if v := c.record(list, kept.ID.String()); v.Says["ill"] != "雀病" || v.Versions[0].Says["head"] != "甲" {
			t.Errorf("%+v", v)
		}
		p := c.phone("worker-a", "咸安区甲镇一村")
		if p.refresh(); len(p.homes()) != 1 {
			t.Errorf("%+v", p.homes())
		}
	})
}

// Visits may be corrected to be of another household.
func TestAnAnswerMovesToAnotherRecord(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		g := c.guest(c.newHome, "咸安区甲镇一村")
		one, two := g.hands(map[string]string{"head": "甲", "people": "4"}).ID.String(), g.hands(map[string]string{"head": "乙", "people": "3"}).ID.String()
		visits := c.guest(c.publish("survey,,,,\n,type,name,label,save_to\n,text,home,编号,\n,integer,people,几口人,people\nsettings,,\n,form_title,form_id\n,补登,amend\nentities,,\n,list_name,entity_id\n,homes,${home}\n"), "咸安区甲镇一村")
		r := visits.hands(map[string]string{"home": one, "people": "5"})
		visits.corrects(r, map[string]string{"home": two, "people": "5"})
		list := c.shelf().Chosen.ID
		a, b := c.record(list, one), c.record(list, two)
		if len(a.Claims["people"]) != 2 || a.Claims["people"][1] != (record.Choice{Value: "4", Version: record.Before}) || b.Says["people"] != "5" || len(b.Claims) != 0 {
			t.Errorf("%+v\n%+v", a, b)
		}
	})
}

// Phones send in any order and any number of times while answers are corrected and taken back: the records are the same.
func TestTheOrderOfCorrectionsDoesNotMatter(t *testing.T) {
	t.Parallel()
	towns := [2]*town{newTown(t, sqldbtest.SQLite(t, sqldb.Options{})), newTown(t, sqldbtest.SQLite(t, sqldb.Options{}))}
	phones := [2][2]*phone{towns[0].pair(), towns[1].pair()}
	guests := [2]guest{towns[0].guest(towns[0].newHome, "咸安区甲镇一村"), towns[1].guest(towns[1].newHome, "咸安区甲镇一村")}
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		visits := rapid.SliceOfN(rapid.IntRange(3, 6), 0, 4).Draw(rt, "visits")
		corrections := rapid.SliceOfN(rapid.IntRange(3, 6), 0, 2).Draw(rt, "corrections")
		back := rapid.Bool().Draw(rt, "taken back")
		order := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "order"), 1))
		var said [2]string
		for turn, c := range towns {
			g := guests[turn]
			r := g.hands(map[string]string{"head": "户", "people": "4"})
			home := r.ID.String()
			var sending, own []func()
			known := [2][]string{{home}, {home}}
			for i, people := range visits {
				p := phones[turn][i%2]
				f := p.fill(c.visit, map[string]any{"home": home, "people": fmt.Sprint(people)}, of(record.Known{ID: home, Label: "户", Heads: known[i%2]}),
					func(f *field.Filled) { f.ID = fmt.Sprintf("VISIT%010dN%010d", round, i) })
				known[i%2] = []string{f.ID}
				sending = append(sending, func() { p.must(f) }, func() { p.must(f) })
			}
			for _, people := range corrections {
				own = append(own, func() { g.corrects(r, map[string]string{"head": "户", "people": fmt.Sprint(people)}) })
			}
			if back {
				own = append(own, func() { g.takesBack(r) })
			}
			if turn > 0 { // one's own corrections come one after another, everything else as it likes
				order.Shuffle(len(sending), func(i, j int) { sending[i], sending[j] = sending[j], sending[i] })
				at := 0
				for _, do := range own {
					at += order.IntN(len(sending) - at + 1)
					sending = slices.Insert(sending, at, do)
					at++
				}
			} else {
				sending = append(sending, own...)
			}
			for _, do := range sending {
				do()
			}
			said[turn] = strings.ReplaceAll(fmt.Sprintf("%v", c.says(c.shelf().Chosen.ID, []string{home})), home, "HOME")
		}
		if !reflect.DeepEqual(said[0], said[1]) {
			rt.Fatalf("%v\nin another order %v", said[0], said[1])
		}
	})
}
