package nightschool_test

import (
	"context"
	"testing"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/nightschool"
)

func TestWhichCoursesClash(t *testing.T) {
	t.Parallel()
	c := nightschool.Course{First: day.Must("2026-09-01"), Starts: 19 * 60, Ends: 20 * 60, Lessons: 8}
	later, other, after, before := c, c, c, c
	later.Starts, later.Ends = c.Ends, c.Ends+60
	other.First = day.Must("2026-09-02")
	after.First = day.Must("2026-10-27")
	before.First, before.Ends = day.Must("2026-10-20"), 19*60+1
	for _, x := range []struct {
		of   nightschool.Course
		want bool
	}{{c, true}, {later, false}, {other, false}, {after, false}, {before, true}} {
		if c.Clashes(x.of) != x.want || x.of.Clashes(c) != x.want {
			t.Errorf("%+v: want %v", x.of, x.want)
		}
	}
}

func (c *town) receipt(by authz.Actor, k enrolment.Key) string {
	return enrolment.Receipt(c.own(by, k).Course.Roll, k, 1, 1)
}

// evenings is a learner's own page of a seat.
func (c *town) evenings(by authz.Actor, k enrolment.Key) nightschool.Evenings {
	c.t.Helper()
	got, err := c.s.Evenings(c.t.Context(), by, k)
	c.must(err)
	return got
}

// Two exchange their seats: after a question that was taken back, one that lapsed, and one that is agreed to.
func TestTwoExchangeSeats(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		term := c.term(edition.FirstCome, 2)
		brush, dance, yoga := c.offered(term, "书法", 2), c.offered(term, "街舞", 1), c.offered(term, "瑜伽", 5)
		_, number := c.somebody("花艺老师", "1980-01-01")
		x := c.aCourse(term, "花艺", 5)
		x.Room, x.AgeTo, x.First = "花艺", 70, day.Must("2026-09-02")
		flowers, err := c.s.AddCourse(ctx, c.desk(), x, number, true)
		c.must(err)
		c.must(c.s.OfferCourse(ctx, c.desk(), flowers))
		c.now = opens
		one, _ := c.somebody("甲", "2000-01-01")
		two, _ := c.somebody("乙", "2000-01-01")
		three, _ := c.somebody("丙", "2000-01-01")
		old, _ := c.somebody("丁", "1970-01-01")
		atBrush, atDance := c.join(one, brush).Key, c.join(two, dance).Key
		third, atFlowers := c.join(three, brush).Key, c.join(old, flowers).Key
		c.join(three, yoga)
		waits := c.join(old, flowers2(c, term)).Key

		c.wantKey(c.s.AskSwap(ctx, two, atBrush, c.receipt(two, atDance)), "errs.absent")
		for _, no := range []string{"", "夜校", "夜校-2026-00001-x", "夜校-2026-99999-0001", c.receipt(one, atBrush), c.receipt(three, third)} {
			c.wantKey(c.s.AskSwap(ctx, one, atBrush, no), "night.no_receipt")
		}
		c.wantKey(c.s.AskSwap(ctx, three, third, c.receipt(two, atDance)), "night.clash")
		c.wantKey(c.s.AskSwap(ctx, old, atFlowers, c.receipt(two, atDance)), "night.age")
		c.must(c.s.AskSwap(ctx, one, atBrush, c.receipt(old, atFlowers)))
		_, err = c.s.AgreeSwap(ctx, old, atFlowers, atBrush)
		c.wantKey(err, "night.age")
		c.wantKey(c.s.EndSwap(ctx, old, waits, atBrush), "errs.absent")
		c.must(c.s.EndSwap(ctx, old, atFlowers, atBrush))

		c.must(c.s.AskSwap(ctx, one, atBrush, c.receipt(two, atDance)))
		c.wantKey(c.s.AskSwap(ctx, one, atBrush, c.receipt(old, atFlowers)), "night.asked_already")
		if got := c.evenings(two, atDance); len(got.Swaps) != 1 || got.Swaps[0].Own || got.Swaps[0].Course.ID != brush || !got.MaySwap {
			t.Errorf("%+v", got.Swaps)
		}
		if got := c.evenings(one, atBrush); len(got.Swaps) != 1 || !got.Swaps[0].Own || got.Swaps[0].Receipt != c.receipt(two, atDance) {
			t.Errorf("%+v", got.Swaps)
		}
		_, err = c.s.AgreeSwap(ctx, three, third, atBrush)
		c.wantKey(err, "errs.absent")
		c.must(c.s.EndSwap(ctx, one, atBrush, atBrush))
		_, err = c.s.AgreeSwap(ctx, two, atDance, atBrush)
		c.wantKey(err, "night.swap_over")

		c.must(c.s.AskSwap(ctx, one, atBrush, c.receipt(two, atDance)))
		c.now = c.now.Add(24 * time.Hour)
		_, err = c.s.AgreeSwap(ctx, two, atDance, atBrush)
		c.wantKey(err, "night.swap_over")
		if got := c.evenings(two, atDance); len(got.Swaps) != 0 {
			t.Errorf("%+v", got.Swaps)
		}
		c.must(c.s.AskSwap(ctx, one, atBrush, c.receipt(two, atDance)))
		got, err := c.s.AgreeSwap(ctx, two, atDance, atBrush)
		c.must(err)
		if seat := c.own(two, got.Key); seat.Course.ID != brush || seat.State != enrolment.Placed || seat.Course.Roll.Held != 2 {
			t.Errorf("%+v", seat)
		}
		all, err := c.s.Mine(ctx, one)
		c.must(err)
		if len(all) != 2 || all[0].Course.ID != dance || all[0].State != enrolment.Placed || all[0].Course.Roll.Held != 1 || all[1].State != enrolment.Withdrawn {
			t.Errorf("%+v", all)
		}
		c.now = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
		c.wantKey(c.s.AskSwap(ctx, two, got.Key, c.receipt(one, all[0].Key)), "night.not_here")
	})
}

// flowers2 is another course that the old may join, so that one has two seats.
func flowers2(c *town, term edition.ID) nightschool.ID {
	now := c.now
	c.now = votes.Add(time.Hour)
	defer func() { c.now = now }()
	_, number := c.somebody("茶艺老师", "1980-01-01")
	x := c.aCourse(term, "茶艺", 5)
	x.Room, x.AgeTo, x.First = "茶艺", 70, day.Must("2026-09-03")
	made, err := c.s.AddCourse(c.t.Context(), c.desk(), x, number, true)
	c.must(err)
	c.must(c.s.OfferCourse(c.t.Context(), c.desk(), made))
	return made
}

// Two ask one for her seat; she agrees to both at once, while one takes her question back and the other leaves her course: she changes at most
// once, and each roll holds whom it counts.
func TestExchangingRaces(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		term := c.term(edition.FirstCome, 9)
		for range 4 {
			c.now = votes.Add(time.Hour)
			name := []string{c.titleOf("书法"), c.titleOf("街舞")}
			brush, dance := c.offered(term, name[0], 2), c.offered(term, name[1], 1)
			c.now = opens
			one, _ := c.somebody("甲", "2000-01-01")
			two, _ := c.somebody("乙", "2000-01-01")
			three, _ := c.somebody("丙", "2000-01-01")
			a, b, d := c.join(one, brush).Key, c.join(two, dance).Key, c.join(three, brush).Key
			c.must(c.s.AskSwap(t.Context(), one, a, c.receipt(two, b)))
			c.must(c.s.AskSwap(t.Context(), three, d, c.receipt(two, b)))
			agreed := 0
			for i, err := range sqldbtest.Race(6, func(i int) (err error) {
				switch i {
				case 0, 1:
					_, err = c.s.AgreeSwap(context.Background(), two, b, a)
				case 2, 3:
					_, err = c.s.AgreeSwap(context.Background(), two, b, d)
				case 4:
					err = c.s.EndSwap(context.Background(), one, a, a)
				default:
					err = c.s.Leave(context.Background(), three, d)
				}
				return err
			}) {
				if err == nil && i < 4 {
					agreed++
				}
				if err != nil && errs.KindOf(err) != errs.Conflict {
					t.Fatalf("act %d: %v", i, err)
				}
			}
			if agreed > 1 {
				t.Fatalf("exchanged %d times", agreed)
			}
			c.must(c.DB.Read(t.Context(), c.City, func(q *sqldb.Rx) error {
				for _, k := range []enrolment.Key{a, b} {
					r, err := enrolment.FindRoll(q, k.Roll)
					if err != nil {
						return err
					}
					all, err := enrolment.Parties(q, k.Roll)
					if err != nil {
						return err
					}
					held := int64(0)
					for _, p := range all {
						if p.State.Holds() {
							held += p.Size
						}
					}
					if held != r.Held || held > r.Places || k == b && held != 1 {
						t.Errorf("%d held, the roll says %d of %d", held, r.Held, r.Places)
					}
				}
				return nil
			}))
		}
	})
}

// titleOf makes a title that no course has yet, since rooms are named by it.
func (c *town) titleOf(word string) string {
	c.papers++
	return word + string(rune('一'+c.papers))
}
