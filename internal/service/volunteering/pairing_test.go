package volunteering_test

import (
	"testing"

	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/pairing"
)

// at opens a site in a village of the county.
func (c *town) at(village string) place.ID {
	c.t.Helper()
	places := &place.Service{DB: c.DB, Cursors: c.s.Cursors}
	n := c.Nodes[county+village]
	made, err := places.Create(c.t.Context(), c.System(), place.Given{Org: n.ID, Kind: "青年之家", Name: village + "点", At: *n.At, CRS: "wgs84", Fineness: "point", Capacity: 40})
	c.must(err)
	return made
}

func (c *town) term(title string) pairing.ID {
	c.t.Helper()
	made, err := c.pairs.Begin(c.t.Context(), c.desk(), pairing.Term{Org: c.Nodes[county].ID, Title: title, First: today, Last: today.AddDays(30)})
	c.must(err)
	return made
}

func (c *town) view(of pairing.ID) pairing.View {
	c.t.Helper()
	got, err := c.pairs.View(c.t.Context(), c.desk(), of)
	c.must(err)
	return got
}

// where gives the site to which a group goes in a term, empty for none.
func (c *town) where(of pairing.ID, g volunteering.GroupID) place.ID {
	for _, l := range c.view(of).Lines {
		for _, p := range l.Pairs {
			if p.Group == g {
				return l.Place
			}
		}
	}
	return ""
}

// Villages get who can do what they ask for; what is decided by hand stays, and the rest changes no more than it must.
func TestPairsFromNeedsToApproval(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.desk()
		readers, artists := first(c.group("读", 2, "reading")), first(c.group("画", 2, "art"))
		plain := first(c.group("队", 2))
		one, two := c.site, c.at("甲镇二村")
		_, err := c.pairs.Begin(ctx, by, pairing.Term{Org: c.Nodes[county].ID, Title: "倒", First: today, Last: today.AddDays(-1)})
		c.wantKey(err, "pairing.days")
		_, err = c.pairs.Begin(ctx, by, pairing.Term{Org: c.Nodes["嘉鱼县"].ID, Title: "别处", First: today, Last: today})
		c.wantKey(err, "errs.absent")
		term := c.term("暑期")
		c.wantKey(c.pairs.Propose(ctx, by, term), "pairing.nothing")
		want := func(at place.ID, people, room int64, asks ...string) {
			t.Helper()
			c.must(c.pairs.Want(ctx, by, term, pairing.Need{Place: at, People: people, Room: room, Asks: volunteering.SetOf(volunteering.Skills, asks)}))
		}
		c.wantKey(c.pairs.Want(ctx, by, term, pairing.Need{Place: one, People: 5, Room: 4}), "pairing.room_small")
		want(one, 2, 2, "reading")
		want(two, 2, 2, "art")
		c.wantKey(c.pairs.Approved(ctx, by, term, c.view(term).EditedAt), "pairing.none_yet")
		c.must(c.pairs.Propose(ctx, by, term))
		if c.where(term, readers) != one || c.where(term, artists) != two {
			t.Errorf("%+v", c.view(term).Lines)
		}
		got := c.view(term)
		if len(got.Homes) != 1 || got.Homes[0].ID != plain || got.Homes[0].Why != "skills" || got.Lines[0].Lacking != 0 {
			t.Errorf("%+v", got.Homes)
		}
		c.wantKey(c.pairs.Settle(ctx, by, term, plain, one), "pairing.not.skills")

		want(one, 4, 4) // a second group finds room; who is there stays
		c.must(c.pairs.Propose(ctx, by, term))
		if c.where(term, readers) != one || c.where(term, artists) != two || c.where(term, plain) != one {
			t.Errorf("%+v", c.view(term).Lines)
		}
		want(two, 2, 4)
		c.must(c.pairs.Settle(ctx, by, term, artists, one)) // by hand against the proposal
		want(one, 2, 2)
		c.must(c.pairs.Propose(ctx, by, term))
		if c.where(term, artists) != one || c.where(term, readers) == one || c.where(term, plain) == one {
			t.Errorf("a locked pair was moved: %+v", c.view(term).Lines)
		}
		c.wantKey(c.pairs.Settle(ctx, by, term, readers, one), "pairing.not.full")
		want(one, 2, 4)
		c.must(c.pairs.Free(ctx, by, term, artists))
		c.must(c.pairs.Forbid(ctx, by, term, artists, one))
		c.must(c.pairs.Propose(ctx, by, term))
		if c.where(term, artists) != two {
			t.Errorf("goes where it never goes: %+v", c.view(term).Lines)
		}
		c.must(c.pairs.Drop(ctx, by, term, one))
		if c.where(term, readers) == one || len(c.view(term).Lines) != 1 {
			t.Error("a dropped site is still visited")
		}

		reader := c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{volunteering.Read}}, county)
		if err := c.pairs.Propose(ctx, reader, term); !authz.Refused(err) {
			t.Error(err)
		}
		other := c.Actor(t, clerk, "嘉鱼县")
		_, err = c.pairs.View(ctx, other, term)
		c.wantKey(err, "errs.absent")
		version := c.view(term).EditedAt
		c.wantKey(c.pairs.Approved(ctx, by, term, version-1), "errs.stale")
		c.must(c.pairs.Approved(ctx, by, term, version))
		c.wantKey(c.pairs.Propose(ctx, by, term), "pairing.approved_already")
		c.wantKey(c.pairs.Free(ctx, by, term, artists), "pairing.approved_already")

		next := c.term("寒假") // the same faces come again
		term = next
		want(two, 2, 2)
		c.must(c.pairs.Propose(ctx, by, next))
		for _, p := range c.view(next).Lines[0].Pairs {
			if p.Group == artists && !p.Known {
				t.Errorf("%+v", p)
			}
		}
		all, _, err := c.pairs.Terms(ctx, by)
		c.must(err)
		if len(all) != 2 {
			t.Errorf("%+v", all)
		}
		if none, _, err := c.pairs.Terms(ctx, other); err != nil || len(none) != 0 {
			t.Errorf("%v %+v", err, none)
		}
	})
}

func first[A, B any](a A, _ B) A { return a }
