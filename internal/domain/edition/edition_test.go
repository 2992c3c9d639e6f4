package edition_test

import (
	"sync"
	"testing"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

var every = authz.Verb{Key: "test.edition", Writes: edition.Written}

const hour = int64(time.Hour / time.Microsecond)

// sound is an edition of which nothing is wrong, open in an hour and for two.
func sound(now int64) edition.Edition {
	return edition.Edition{
		Service: "test", Title: "暑期", Mode: edition.Lottery, Opens: now + hour, Closes: now + 3*hour,
		First: day.Must("2026-07-06"), Last: day.Must("2026-08-14"), Most: 1, OfferFor: 60,
	}
}

func TestWhatIsWrongIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	e := sound(1)
	if err := e.Check([]edition.Group{{No: 1, Label: "留守儿童"}}); err != nil {
		t.Fatal(err, errs.ProblemsOf(err))
	}
	e.Title, e.Mode, e.Closes, e.Last, e.Most, e.OfferFor, e.Paper = "", "else", e.Opens, day.Must("2026-07-05"), 0, edition.MostOffer+1, -1
	var fields []string
	for _, p := range errs.ProblemsOf(e.Check([]edition.Group{{No: 2, Label: "甲"}})) {
		fields = append(fields, p.Field)
	}
	want := []string{"title", "mode", "closes", "last", "paper", "most", "offer", "groups"}
	if len(fields) != len(want) {
		t.Fatalf("wrong are %v, want %v", fields, want)
	}
	for i := range want {
		if fields[i] != want[i] {
			t.Errorf("wrong are %v, want %v", fields, want)
		}
	}
}

func TestOpenFromItsFirstInstantAndNotAtItsLast(t *testing.T) {
	t.Parallel()
	e := sound(0)
	e.State = edition.Published
	for at, want := range map[int64]bool{e.Opens - 1: false, e.Opens: true, e.Closes - 1: true, e.Closes: false} {
		if e.IsOpen(at) != want {
			t.Errorf("%d µs from its opening: %v", at-e.Opens, !want)
		}
	}
	e.State = edition.Draft
	if e.IsOpen(e.Opens) {
		t.Error("a draft is open")
	}
}

// town is the small city with acts upon its editions.
type town struct {
	*testworld.World
	t *testing.T
}

func each(t *testing.T, test func(c *town)) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		c := &town{t: t}
		c.World, _ = testworld.Build(t, db)
		test(c)
	})
}

// act does something and gives the key of what was refused, or nothing.
func (c *town) act(do func(tx *sqldb.Tx) error) string {
	err := c.DB.Write(c.t.Context(), c.System(), func(tx *sqldb.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		return tx.Record(every, "", act.Change{})
	})
	for _, p := range errs.ProblemsOf(err) {
		return p.Key
	}
	return errs.KeyOf(err)
}

func (c *town) want(key string, do func(tx *sqldb.Tx) error) {
	c.t.Helper()
	if got := c.act(do); got != key {
		c.t.Errorf("got %q, want %q", got, key)
	}
}

func (c *town) add(quota int64) (e edition.Edition) {
	c.t.Helper()
	c.want("", func(tx *sqldb.Tx) (err error) {
		x := sound(tx.Now().UnixMicro())
		x.Org, x.Quota = c.Nodes["咸安区"].ID, quota
		e, err = edition.Add(tx, x, []edition.Group{{No: 1, Label: "留守儿童"}})
		return err
	})
	return e
}

// TestOncePublishedOnlyItsWindowMoves goes through the states of an edition.
func TestOncePublishedOnlyItsWindowMoves(t *testing.T) {
	each(t, func(c *town) {
		e := c.add(0)
		e.Title = "改过的"
		c.want("edition.not_draft", func(tx *sqldb.Tx) error { return edition.Edit(tx, e, e.EditedAt-1, nil) })
		c.want("", func(tx *sqldb.Tx) error { return edition.Edit(tx, e, e.EditedAt, nil) })
		c.want("edition.quota", func(tx *sqldb.Tx) error { return edition.Use(tx, e.ID, 1) })
		c.want("", func(tx *sqldb.Tx) error { return edition.Publish(tx, e.ID) })
		c.want("edition.not_draft", func(tx *sqldb.Tx) error { return edition.Publish(tx, e.ID) })
		find := func() (got edition.Edition) {
			c.want("", func(tx *sqldb.Tx) (err error) { got, err = edition.Find(tx, e.ID); return err })
			return got
		}
		got := find()
		if got.Title != "改过的" || got.State != edition.Published {
			c.t.Errorf("%+v", got)
		}
		c.want("edition.not_draft", func(tx *sqldb.Tx) error { return edition.Edit(tx, got, got.EditedAt, nil) })
		c.want("edition.in_the_past", func(tx *sqldb.Tx) error { return edition.Move(tx, got, got.EditedAt, got.Opens-2*hour, got.Closes) })
		c.want("edition.closes_before_opens", func(tx *sqldb.Tx) error { return edition.Move(tx, got, got.EditedAt, got.Closes, got.Closes) })
		c.want("", func(tx *sqldb.Tx) error { return edition.Move(tx, got, got.EditedAt, got.Opens+hour, got.Closes+hour) })
		c.want("errs.stale", func(tx *sqldb.Tx) error { return edition.Move(tx, got, got.EditedAt, got.Opens, got.Closes) })
		if moved := find(); moved.Opens != got.Opens+hour || moved.Closes != got.Closes+hour {
			c.t.Errorf("%+v", moved)
		}
		c.want("", func(tx *sqldb.Tx) error { return edition.Cancel(tx, e.ID) })
		c.want("edition.cancelled", func(tx *sqldb.Tx) error { return edition.Cancel(tx, e.ID) })
	})
}

// TestAQuotaIsNeverUsedTwice lets eight acts at once take three places each of twenty.
func TestAQuotaIsNeverUsedTwice(t *testing.T) {
	each(t, func(c *town) {
		e := c.add(20)
		c.want("", func(tx *sqldb.Tx) error { return edition.Publish(tx, e.ID) })
		var all sync.WaitGroup
		keys := make([]string, 8)
		for i := range keys {
			all.Go(func() { keys[i] = c.act(func(tx *sqldb.Tx) error { return edition.Use(tx, e.ID, 3) }) })
		}
		all.Wait()
		taken := 0
		for _, k := range keys {
			switch k {
			case "":
				taken++
			case "edition.quota":
			default:
				c.t.Errorf("refused with %q", k)
			}
		}
		if taken != 6 {
			c.t.Errorf("%d acts took three of twenty each", taken)
		}
		c.want("", func(tx *sqldb.Tx) error { return edition.Use(tx, e.ID, -3) })
		c.want("", func(tx *sqldb.Tx) error { return edition.Use(tx, e.ID, 5) })
		c.want("edition.quota", func(tx *sqldb.Tx) error { return edition.Use(tx, e.ID, 1) })
	})
}
