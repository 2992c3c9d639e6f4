package childcare_test

import (
	"testing"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
)

// A class is offered at a site that has passed, for the whole season, and not by whoever proposed it.
func TestASiteIsCheckedBeforeItsClassIsOffered(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, season := t.Context(), c.season(edition.FirstCome)
		made := c.propose(season, 20)
		wantKey(t, c.s.OfferClass(ctx, c.clerk(), made), "care.not_checked")
		wantKey(t, c.s.CheckSite(ctx, c.clerk(), made, passing()), "care.own_class")
		failing := passing()
		failing.Items[3] = place.CheckItem{Item: "fire"}
		wantKey(t, c.s.CheckSite(ctx, c.System(), made, failing), "place.check_why")
		failing.Items[3].Note = "楼梯口堆物"
		must(t, c.s.CheckSite(ctx, c.System(), made, failing))
		wantKey(t, c.s.OfferClass(ctx, c.clerk(), made), "care.not_checked")
		short := passing()
		short.Until = day.Must("2026-08-13") // a day before the season ends
		must(t, c.s.CheckSite(ctx, c.System(), made, short))
		wantKey(t, c.s.OfferClass(ctx, c.clerk(), made), "care.not_checked")
		must(t, c.s.CheckSite(ctx, c.System(), made, passing()))
		must(t, c.s.OfferClass(ctx, c.clerk(), made))
		wantKey(t, c.s.OfferClass(ctx, c.clerk(), made), "care.offered_already")

		big := c.propose(season, 30)
		must(t, c.s.OfferClass(ctx, c.clerk(), big))
		over := c.propose(season, 40)
		must(t, c.s.OfferClass(ctx, c.clerk(), over)) // 90 of a quota of 100
		wantKey(t, c.s.OfferClass(ctx, c.clerk(), c.propose(season, 11)), "edition.quota")
		_, err := c.s.ProposeClass(ctx, c.clerk(), childcare.Class{Edition: season, Place: c.site, Title: "大班", Hours: "8–17", AgeFrom: 6, AgeTo: 12, Places: 41, Adults: 4, Lead: "乔"})
		wantKey(t, err, "field.range")
		_, err = c.s.ProposeClass(ctx, c.clerk(), childcare.Class{Edition: season, Place: c.site, Title: "少人", Hours: "8–17", AgeFrom: 6, AgeTo: 12, Places: 31, Adults: 3, Lead: "乔"})
		wantKey(t, err, "care.adults")
	})
}

// Two siblings find one place too few, wait, are offered two when another family withdraws, and accept.
func TestSiblingsWaitAndAreOfferedPlacesTogether(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		class := c.class(c.season(edition.FirstCome), 3)
		first, one := c.family("周", "2017-03-01", "2018-03-01")
		second, two := c.family("许", "2017-05-05", "2017-05-06")
		third, three := c.family("单", "2019-01-01")

		_, err := c.s.SignUp(ctx, first, childcare.Joining{Class: class, Children: one, Agreed: true})
		wantKey(t, err, "enrolment.early")
		c.now = opens
		if got := c.join(first, class, one...); got.State != enrolment.Placed {
			t.Fatalf("%+v", got)
		}
		waits := c.join(second, class, two...)
		if waits.State != enrolment.Waiting {
			t.Fatalf("%+v", waits)
		}
		if got := c.join(third, class, three...); got.State != enrolment.Placed { // one place is enough for one
			t.Fatalf("%+v", got)
		}
		f, err := c.s.One(ctx, second, waits.Key)
		must(t, err)
		if f.Why.Found != 1 || f.Why.Size != 2 || f.Why.Wait != 0 || !f.Signed {
			t.Errorf("%+v", f)
		}
		_, err = c.s.SignUp(ctx, second, childcare.Joining{Class: class, Children: two[:1], Agreed: true})
		wantKey(t, err, "enrolment.already")
		wantKey(t, c.s.AcceptPlace(ctx, second, waits.Key), "enrolment.not_offered")

		must(t, c.s.Leave(ctx, first, enrolment.Key{Roll: waits.Key.Roll, Turn: 1}))
		f, err = c.s.One(ctx, second, waits.Key)
		must(t, err)
		if f.State != enrolment.Offered || !f.Offer || time.UnixMicro(f.Until).Sub(c.now).Round(time.Hour) != 24*time.Hour {
			t.Errorf("%+v", f)
		}
		wantKey(t, c.s.AcceptPlace(ctx, third, waits.Key), "errs.absent")
		must(t, c.s.AcceptPlace(ctx, second, waits.Key))
		if got := c.state(second, waits.Key); got != enrolment.Placed {
			t.Error(got)
		}
	})
}

// Who does not answer in time loses the place to the next, and is told so when she comes after.
func TestAnOfferThatNobodyAnswersGoesToTheNext(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		class := c.class(c.season(edition.FirstCome), 1)
		c.now = opens
		has, kid := c.family("甲", "2017-03-01")
		a, kidA := c.family("乙", "2017-03-02")
		b, kidB := c.family("丙", "2017-03-03")
		placed, first, second := c.join(has, class, kid...), c.join(a, class, kidA...), c.join(b, class, kidB...)
		must(t, c.s.Leave(ctx, has, placed.Key))
		must(t, c.s.CatchUp(ctx, c.City))
		if c.state(a, first.Key) != enrolment.Offered {
			t.Fatal("not offered")
		}
		offers := func(ahead time.Duration) (due []notice.Due) {
			must(t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) (err error) {
				due, err = c.s.Due(q, q.Now().Add(ahead).UnixMicro(), q.Now().Add(ahead+12*time.Hour).UnixMicro())
				return err
			}))
			return due
		}
		if got := offers(0); len(got) != 0 {
			t.Errorf("reminded at once: %+v", got)
		}
		if got := offers(13 * time.Hour); len(got) != 1 || got[0].Accounts[0] != a.User || got[0].Link != childcare.MyURL(first.Key) {
			t.Errorf("the offer that ends: %+v", got)
		}
		c.now = c.now.Add(25 * time.Hour)
		wantKey(t, c.s.AcceptPlace(ctx, a, first.Key), "enrolment.offer_over")
		must(t, c.s.CatchUp(ctx, c.City))
		if c.state(a, first.Key) != enrolment.Lapsed || c.state(b, second.Key) != enrolment.Offered {
			t.Errorf("%s, %s", c.state(a, first.Key), c.state(b, second.Key))
		}
		must(t, c.s.DeclinePlace(ctx, b, second.Key))
		must(t, c.s.CatchUp(ctx, c.City))
		c.join(a, class, kidA...) // signs up anew, with a new turn
		var notices int
		must(t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) error {
			return q.Row(`SELECT COUNT(*) FROM notice WHERE city = $1 AND account = $2`, a.User).Scan(&notices)
		}))
		if notices != 2 { // offered, lapsed
			t.Errorf("%d notices", notices)
		}
	})
}

// A guardian who did not sign may withdraw, and not accept; one whom a court has restricted may do nothing.
func TestWhoMayActForAChild(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		class := c.class(c.season(edition.FirstCome), 1)
		c.now = opens
		other, filler := c.family("满", "2017-03-01")
		mum, kids := c.family("妈", "2017-03-01")
		dad, _ := c.family("爸")
		aunt, _ := c.family("姨")
		_, err := c.people.Entrust(ctx, c.System(), person.Guardianship{Child: kids[0], Adult: person.ID(dad.Person), Relation: "5", From: day.Must("2020-01-01")})
		must(t, err)
		_, err = c.people.Entrust(ctx, c.System(), person.Guardianship{Child: kids[0], Adult: person.ID(aunt.Person), Relation: "5", From: day.Must("2020-01-01"), Restricted: true})
		must(t, err)
		full := c.join(other, class, filler...)
		waits := c.join(mum, class, kids...)
		_, err = c.s.SignUp(ctx, aunt, childcare.Joining{Class: class, Children: kids, Agreed: true})
		wantKey(t, err, "care.may_not_speak")
		must(t, c.s.Leave(ctx, other, full.Key))
		wantKey(t, c.s.AcceptPlace(ctx, dad, waits.Key), "care.signer_only")
		wantKey(t, c.s.AcceptPlace(ctx, aunt, waits.Key), "errs.absent")
		wantKey(t, c.s.Leave(ctx, aunt, waits.Key), "errs.absent")
		must(t, c.s.AcceptPlace(ctx, c.clerk(), waits.Key)) // for who called by telephone
		must(t, c.s.Leave(ctx, dad, waits.Key))
		wantKey(t, c.s.Leave(ctx, mum, waits.Key), "enrolment.over")
	})
}

// What came on paper is entered under the same rules, a while after sign-up closed too; age and consent are asked of everybody.
func TestPaperIsEnteredByTheSameRules(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		class := c.class(c.season(edition.Lottery), 5)
		gran, kids := c.family("奶奶", "2017-03-01", "2020-07-07")
		enter := func(kids []person.ID, agreed bool) error {
			_, err := c.s.EnterSignUp(ctx, c.clerk(), childcare.Joining{Class: class, Children: kids, Agreed: agreed}, enrolment.Paper, person.ID(gran.Person))
			return err
		}
		wantKey(t, enter(kids[:1], true), "enrolment.early")
		c.now = opens.Add(49 * time.Hour) // an hour after it closed
		_, err := c.s.SignUp(ctx, gran, childcare.Joining{Class: class, Children: kids[:1], Agreed: true})
		wantKey(t, err, "enrolment.late")
		wantKey(t, enter(kids[:1], false), "care.agree")
		wantKey(t, enter(kids, true), "care.age") // six on the day after the season begins
		must(t, enter(kids[:1], true))
		_, err = c.s.EnterSignUp(ctx, c.Actor(t, clerk, "嘉鱼县"), childcare.Joining{Class: class, Children: kids[:1], Agreed: true}, enrolment.Phone, person.ID(gran.Person))
		wantKey(t, err, "errs.absent")
		c.now = opens.Add(50*time.Hour + time.Minute)
		wantKey(t, enter(kids[:1], true), "enrolment.already")
		must(t, c.s.CatchUp(ctx, c.City))
		f, _, err := c.s.File(ctx, c.City, class)
		must(t, err)
		if len(f.Entries) != 1 || f.Seed != "" || f.Entries[0].Group != enrolment.LastGroup {
			t.Errorf("%+v", f)
		}
	})
}

// A season's places are drawn from a list that was fixed, and what is published draws the same again.
func TestADrawFromSignUpToPlaces(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		season := c.season(edition.Lottery)
		class := c.class(season, 4)
		c.now = opens
		var joined []childcare.Joined
		var parents []authz.Actor
		for i, kids := range [][]string{{"2017-01-01"}, {"2017-01-01", "2018-01-01"}, {"2017-01-01"}, {"2016-02-29", "2018-01-01"}, {"2017-01-01"}, {"2017-01-01"}} {
			by, ids := c.family("家"+string(rune('A'+i)), kids...)
			got, err := c.s.SignUp(ctx, by, childcare.Joining{Class: class, Children: ids, Agreed: true, Group: int64(i % 2)})
			must(t, err)
			if got.State != enrolment.Entered {
				t.Fatalf("%+v", got)
			}
			joined, parents = append(joined, got), append(parents, by)
		}
		_, err := c.s.SignUp(ctx, parents[0], childcare.Joining{Class: class, Agreed: true, Group: 7})
		wantKey(t, err, "field.choice")
		wantKey(t, c.s.TellPublic(ctx, c.System(), season, "123"), "care.not_closed")
		c.now = opens.Add(51 * time.Hour)
		must(t, c.s.CatchUp(ctx, c.City))
		wantKey(t, c.s.Resize(ctx, c.clerk(), class, 5, 4), "enrolment.listed")
		must(t, c.s.Leave(ctx, parents[0], joined[0].Key)) // after the list was fixed
		must(t, c.s.TellPublic(ctx, c.System(), season, "2 7 5"))
		wantKey(t, c.s.TellPublic(ctx, c.System(), season, "9 9 9"), "enrolment.told_already")
		must(t, c.s.CatchUp(ctx, c.City))
		f, _, err := c.s.File(ctx, c.City, class)
		must(t, err)
		must(t, f.Verify())
		if len(f.Placed)+len(f.Waiting) != 8 {
			t.Errorf("%v and %v", f.Placed, f.Waiting)
		}
		v, err := c.s.AtDesk(ctx, c.clerk(), class)
		must(t, err)
		held := int64(0)
		for _, p := range v.Parties {
			if p.State.Holds() {
				held += p.Size
			}
			if p.State == enrolment.Waiting && p.Size <= v.Roll.Left() {
				t.Errorf("%+v waits beside %d free places", p, v.Roll.Left())
			}
		}
		if held != v.Roll.Held || held > 4 {
			t.Errorf("%d held, %+v", held, v.Roll)
		}
		must(t, c.s.CancelClass(ctx, c.clerk(), class, "房屋漏水"))
		if got := c.state(parents[1], joined[1].Key); got != enrolment.Dropped {
			t.Error(got)
		}
	})
}

// Two rows of one child, each on the roll: when they are joined one place is given back, and the next is offered it.
func TestOneChildTwiceOnARollIsCountedOnce(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		class := c.class(c.season(edition.FirstCome), 2)
		c.now = opens
		mum, a := c.family("妈", "2017-03-01")
		dad, b := c.family("爸", "2017-03-01") // the same child by the other parent, under another row
		next, kid := c.family("候", "2018-03-01")
		first, second, waits := c.join(mum, class, a...), c.join(dad, class, b...), c.join(next, class, kid...)
		must(t, c.people.Join(ctx, c.System(), b[0], a[0], "同一个孩子"))
		if x, y, z := c.state(mum, first.Key), c.state(mum, second.Key), c.state(next, waits.Key); x != enrolment.Placed || y != enrolment.Merged || z != enrolment.Offered {
			t.Errorf("%s, %s, %s", x, y, z)
		}
		_, err := c.s.SignUp(ctx, dad, childcare.Joining{Class: class, Children: b, Agreed: true})
		wantKey(t, err, "enrolment.already")
	})
}

// Every use case of a desk asks for its own right: who holds all but that one is refused, who holds it in the other county
// finds nothing.
func TestEachUseCaseAsksForItsRight(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		season := c.season(edition.FirstCome)
		class, draft := c.class(season, 2), c.propose(season, 2)
		c.now = opens
		mum, kids := c.family("妈", "2017-03-01")
		joined := c.join(mum, class, kids...)
		_, more := c.family("姑", "2017-03-01")
		for name, u := range map[string]struct {
			verb authz.Verb
			do   func(by authz.Actor) error
		}{
			"season": {childcare.Plan, func(by authz.Actor) error {
				_, err := c.s.AddSeason(ctx, by, childcare.Season{Edition: edition.Edition{Org: c.Nodes["咸安区"].ID}})
				return err
			}},
			"publish": {childcare.Plan, func(by authz.Actor) error { return c.s.PublishSeason(ctx, by, season, "x") }},
			"move":    {childcare.Plan, func(by authz.Actor) error { return c.s.MoveSeason(ctx, by, season, 0, 1, 2) }},
			"public":  {childcare.Plan, func(by authz.Actor) error { return c.s.TellPublic(ctx, by, season, "1") }},
			"propose": {childcare.Propose, func(by authz.Actor) error {
				_, err := c.s.ProposeClass(ctx, by, childcare.Class{Edition: season, Place: c.site})
				return err
			}},
			"check":  {childcare.Inspect, func(by authz.Actor) error { return c.s.CheckSite(ctx, by, draft, passing()) }},
			"offer":  {childcare.Offer, func(by authz.Actor) error { return c.s.OfferClass(ctx, by, draft) }},
			"resize": {childcare.Offer, func(by authz.Actor) error { return c.s.Resize(ctx, by, class, 3, 4) }},
			"cancel": {childcare.Offer, func(by authz.Actor) error { return c.s.CancelClass(ctx, by, class, "停办") }},
			"enter": {childcare.Enter, func(by authz.Actor) error {
				_, err := c.s.EnterSignUp(ctx, by, childcare.Joining{Class: class, Children: more, Agreed: true}, enrolment.Phone, person.ID(mum.Person))
				return err
			}},
			"by paper": {childcare.Enter, func(by authz.Actor) error { _, _, err := c.s.ByPaper(ctx, by, class, "x", []string{"y"}); return err }},
			"accept":   {childcare.Enter, func(by authz.Actor) error { return c.s.AcceptPlace(ctx, by, joined.Key) }},
			"decline":  {childcare.Enter, func(by authz.Actor) error { return c.s.DeclinePlace(ctx, by, joined.Key) }},
			"leave":    {childcare.Enter, func(by authz.Actor) error { return c.s.Leave(ctx, by, joined.Key) }},
			"at desk":  {childcare.Read, func(by authz.Actor) error { _, err := c.s.AtDesk(ctx, by, class); return err }},
			"seasons": {childcare.Read, func(by authz.Actor) error {
				_, err := c.s.DeskSeasons(ctx, by)
				return err
			}},
		} {
			role := authz.Role{Key: "lesser", Sees: authz.Sensitive}
			for _, v := range childcare.Verbs {
				if v != u.verb {
					role.Verbs = append(role.Verbs, v)
				}
			}
			if err := u.do(c.Actor(t, role, "咸宁市")); err == nil || errs.KindOf(err) != errs.Denied {
				t.Errorf("%s without %s: %v", name, u.verb.Key, err)
			}
			if name == "seasons" {
				continue
			}
			if err := u.do(c.Actor(t, clerk, "嘉鱼县")); err == nil || errs.KindOf(err) != errs.Absent {
				t.Errorf("%s by the neighbour: %v", name, err)
			}
		}
		if got := c.state(mum, joined.Key); got != enrolment.Placed {
			t.Error(got)
		}
	})
}
