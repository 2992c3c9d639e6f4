package childcare_test

import (
	"testing"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
)

// A draft is changed until it is published, and of two who change it the second is told.
func TestADraftIsChangedUntilItIsPublished(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.System()
		x := childcare.Season{Kind: "summer", Largest: 40, PerAdult: 10}
		x.Edition = edition.Edition{
			Org: c.Nodes["咸安区"].ID, Title: "暑期", Mode: edition.FirstCome, Opens: opens.UnixMicro(), Closes: opens.Add(48 * time.Hour).UnixMicro(),
			First: day.Must("2026-07-06"), Last: day.Must("2026-08-14"), Most: 1, OfferFor: 60,
		}
		made, err := c.s.AddSeason(ctx, by, x)
		must(t, err)
		read, err := c.s.DeskSeason(ctx, by, made)
		must(t, err)
		x.ID, x.Title, x.Kind, x.Largest = made, "寒假", "winter", 30
		x.Groups = []edition.Group{{No: 1, Label: "留守儿童"}}
		must(t, c.s.EditSeason(ctx, by, x, read.EditedAt))
		wantKey(t, c.s.EditSeason(ctx, by, x, read.EditedAt), "edition.not_draft")
		x.Largest = 99
		wantKey(t, c.s.EditSeason(ctx, by, x, read.EditedAt), "field.range")
		wantKey(t, c.s.EditSeason(ctx, c.Actor(t, clerk, "嘉鱼县"), x, read.EditedAt), "errs.absent")
		got, err := c.s.DeskSeason(ctx, by, made)
		must(t, err)
		if got.Title != "寒假" || got.Kind != "winter" || got.Season.Largest != 30 || len(got.Groups) != 1 {
			t.Errorf("%+v", got.Season)
		}
		must(t, c.s.PublishSeason(ctx, by, made, ""))
		x.Largest = 30
		wantKey(t, c.s.EditSeason(ctx, by, x, got.EditedAt), "edition.not_draft")
	})
}

// A season that is cancelled takes its classes with it, full queues and all, and tells every family once.
func TestASeasonIsCancelledWithItsQueues(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, season := t.Context(), c.season(edition.FirstCome)
		full, other, proposed := c.class(season, 1), c.class(season, 20), c.propose(season, 5)
		c.now = opens
		a, kidA := c.family("甲", "2017-03-01")
		b, kidB := c.family("乙", "2017-03-02", "2018-04-04")
		placed, waits, elsewhere := c.join(a, full, kidA...), c.join(b, full, kidB...), c.join(b, other, kidB[0])
		wantKey(t, c.s.CancelSeason(ctx, c.System(), season, ""), "field.required")
		wantKey(t, c.s.CancelSeason(ctx, c.Actor(t, clerk, "嘉鱼县"), season, "汛情"), "errs.absent")
		must(t, c.s.CancelSeason(ctx, c.System(), season, "汛情"))
		wantKey(t, c.s.OfferClass(ctx, c.clerk(), proposed), "care.season_shut")
		must(t, c.s.CatchUp(ctx, c.City))
		must(t, c.s.CatchUp(ctx, c.City))
		for _, k := range []struct {
			by authz.Actor
			at enrolment.Key
		}{{a, placed.Key}, {b, waits.Key}, {b, elsewhere.Key}} {
			if got := c.state(k.by, k.at); got != enrolment.Dropped {
				t.Errorf("%v: %s", k.at, got)
			}
		}
		for _, which := range []childcare.ID{full, other, proposed} {
			got, err := c.s.AtDesk(ctx, c.clerk(), which)
			must(t, err)
			if got.State != childcare.Cancelled || got.Roll.Held != 0 {
				t.Errorf("%+v", got.Class)
			}
		}
		_, err := c.s.SignUp(ctx, a, childcare.Joining{Class: other, Children: kidA, Agreed: true})
		wantKey(t, err, "enrolment.cancelled")
		must(t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) error {
			var n int
			err := q.Row(`SELECT COUNT(*) FROM notice WHERE city = $1 AND key = 'care.notice.cancelled'`).Scan(&n)
			if n != 3 {
				t.Errorf("%d notices, want 3", n)
			}
			return err
		}))
	})
}

// A claim counts as it is made until a clerk finds that it is not so; then the family is drawn behind all groups, and may come
// back to its group as long as the list is not fixed.
func TestAClaimToAGroupIsChecked(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		class := c.class(c.season(edition.Lottery), 1)
		c.now = opens
		a, kidA := c.family("甲", "2017-03-01")
		b, kidB := c.family("乙", "2017-03-02")
		claims, err := c.s.SignUp(ctx, a, childcare.Joining{Class: class, Children: kidA, Group: 1, Agreed: true})
		must(t, err)
		plain := c.join(b, class, kidB...)
		wantKey(t, c.s.Judge(ctx, c.clerk(), class, claims.Key.Turn, false, ""), "care.claim_why")
		wantKey(t, c.s.Judge(ctx, c.Actor(t, clerk, "嘉鱼县"), class, claims.Key.Turn, true, ""), "errs.absent")
		wantKey(t, c.s.Judge(ctx, c.clerk(), class, plain.Key.Turn, true, ""), "errs.absent")
		must(t, c.s.Judge(ctx, c.clerk(), class, claims.Key.Turn, false, "户籍不在名册"))
		f, err := c.s.One(ctx, a, claims.Key)
		must(t, err)
		if f.Group != enrolment.LastGroup || !f.Claim.Judged || f.Claim.So || f.Claim.Note != "户籍不在名册" {
			t.Errorf("%+v", f)
		}
		must(t, c.s.Judge(ctx, c.clerk(), class, claims.Key.Turn, true, "已补证明"))
		_, all, err := c.s.Claims(ctx, c.clerk(), class)
		must(t, err)
		if len(all) != 1 || !all[0].Judged || !all[0].So || all[0].Party.Group != 1 || all[0].Group.Label == "" {
			t.Errorf("%+v", all)
		}
		c.now = opens.Add(51 * time.Hour)
		must(t, c.s.CatchUp(ctx, c.City))
		wantKey(t, c.s.Judge(ctx, c.clerk(), class, claims.Key.Turn, false, "晚了"), "enrolment.grouped")
	})
}

// Families without the web are called: an answer on the telephone is the answer, and who was not reached stays on the list.
func TestFamiliesOnPaperAreCalled(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		class := c.class(c.season(edition.FirstCome), 1)
		c.now = opens
		web, kid := c.family("网", "2017-03-01")
		first, kidA := c.family("纸", "2017-03-02")
		second, kidB := c.family("话", "2017-03-03")
		placed := c.join(web, class, kid...)
		enter := func(way enrolment.Way, signer authz.Actor, kids []person.ID) enrolment.Key {
			got, err := c.s.EnterSignUp(ctx, c.clerk(), childcare.Joining{Class: class, Children: kids, Agreed: true}, way, person.ID(signer.Person))
			must(t, err)
			return got.Key
		}
		a, b := enter(enrolment.Paper, first, kidA), enter(enrolment.Phone, second, kidB)
		due := func(want ...int64) {
			t.Helper()
			_, all, err := c.s.Calls(ctx, c.clerk(), class)
			must(t, err)
			var got []int64
			for _, d := range all {
				got = append(got, d.Turn)
			}
			if len(got) != len(want) || len(got) > 0 && got[0] != want[0] {
				t.Errorf("to be called %v, want %v", got, want)
			}
		}
		due()
		must(t, c.s.Leave(ctx, web, placed.Key))
		due(a.Turn)
		wantKey(t, c.s.NoteCall(ctx, c.clerk(), class, placed.Key.Turn, childcare.Yes, ""), "errs.absent")
		wantKey(t, c.s.NoteCall(ctx, c.Actor(t, clerk, "嘉鱼县"), class, a.Turn, childcare.Yes, ""), "errs.absent")
		wantKey(t, c.s.NoteCall(ctx, c.clerk(), class, b.Turn, childcare.No, ""), "enrolment.not_offered")
		must(t, c.s.NoteCall(ctx, c.clerk(), class, a.Turn, childcare.Silent, ""))
		due(a.Turn)
		must(t, c.s.NoteCall(ctx, c.clerk(), class, a.Turn, childcare.No, "去外婆家"))
		due(b.Turn)
		must(t, c.s.NoteCall(ctx, c.clerk(), class, b.Turn, childcare.Yes, ""))
		due()
		if got := c.state(second, b); got != enrolment.Placed {
			t.Error(got)
		}
	})
}
