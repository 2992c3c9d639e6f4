package source_test

import (
	"fmt"
	"testing"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

const city = "xianning"

var move = authz.Verb{Key: "test.move", Writes: "delivery source delivery_step"}

// world is one source, as two processes see it.
type world struct {
	t    *testing.T
	both [2]*source.Service
	of   source.ID
}

func newWorld(t *testing.T, first, second *sqldb.DB) *world {
	w := &world{t: t}
	for i, db := range []*sqldb.DB{first, second} {
		w.both[i] = &source.Service{DB: db, Serials: &sqldb.Serials{DB: db}}
	}
	of, err := w.both[0].Register(t.Context(), authz.System(city), "", source.Source{Kind: "members", Name: "智慧团建", Fineness: source.Village, CRS: "wgs84"})
	if err != nil {
		t.Fatal(err)
	}
	w.of = of
	return w
}

func (w *world) open() int64 {
	w.t.Helper()
	seq, err := w.both[0].Open(w.t.Context(), authz.System(city), "", w.of, "hash", "团员.csv", day.Must("2026-06-30"))
	if err != nil {
		w.t.Fatal(err)
	}
	return seq
}

// do runs something in an act of one of the two processes.
func (w *world) do(i int, fn func(tx *sqldb.Tx) error) error {
	return w.both[i%2].DB.Write(w.t.Context(), authz.System(city), func(tx *sqldb.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return tx.Record(move, "", act.Change{"by": i})
	})
}

func (w *world) must(fn func(tx *sqldb.Tx) error) {
	w.t.Helper()
	if err := w.do(0, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) find(seq int64) (d source.Delivery) {
	w.t.Helper()
	err := w.both[0].DB.Read(w.t.Context(), city, func(q *sqldb.Rx) (err error) {
		d, err = source.FindDelivery(q, seq)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

// ready brings a delivery to where it can be shown.
func (w *world) ready() source.Delivery {
	w.t.Helper()
	seq := w.open()
	w.must(func(tx *sqldb.Tx) error {
		return source.Advance(tx, seq, source.Checking, source.Checked, nil, source.Counts{})
	})
	w.must(func(tx *sqldb.Tx) error {
		if _, err := source.Base(tx, source.Delivery{Seq: seq, Source: w.of}); err != nil {
			return err
		}
		return source.Advance(tx, seq, source.Checked, source.Applying, nil, source.Counts{})
	})
	return w.find(seq)
}

// one tells whether exactly one of a race has won.
func (w *world) one(what string, all []error) {
	w.t.Helper()
	if n := sqldbtest.Won(all); n != 1 {
		w.t.Errorf("%s: %d won: %v", what, n, all)
	}
}

func TestRacingDecisions(t *testing.T) {
	t.Parallel()
	sqldbtest.Pair(t, func(t *testing.T, first, second *sqldb.DB) {
		w := newWorld(t, first, second)
		seq := w.open()
		w.one("two clerks decide", sqldbtest.Race(6, func(i int) error {
			to := []source.State{source.Checked, source.Abandoned}[i%2]
			return w.do(i, func(tx *sqldb.Tx) error {
				return source.Advance(tx, seq, source.Checking, to, nil, source.Counts{Rows: int64(i)})
			})
		}))
		w.one("one name", sqldbtest.Race(4, func(i int) error {
			_, err := w.both[i%2].Register(t.Context(), authz.System(city), "", source.Source{Kind: "youth", Name: "摸底表", Fineness: source.Village, CRS: "wgs84"})
			return err
		}))
	})
}

// Of deliveries that were compared with the same one before, one is shown; and what is shown is taken back once, while it
// is the latest.
func TestRacingDeliveries(t *testing.T) {
	t.Parallel()
	sqldbtest.Pair(t, func(t *testing.T, first, second *sqldb.DB) {
		w := newWorld(t, first, second)
		rivals := []source.Delivery{w.ready(), w.ready(), w.ready(), w.ready()}
		all := sqldbtest.Race(len(rivals), func(i int) error {
			return w.do(i, func(tx *sqldb.Tx) error { return source.Shown(tx, rivals[i]) })
		})
		w.one("shown", all)
		var shown source.Delivery
		for i, err := range all {
			if d := w.find(rivals[i].Seq); err == nil {
				shown = d
			} else if d.State != source.Applying {
				t.Errorf("the loser %d is %s", d.Seq, d.State)
			}
		}
		next := w.ready()
		all = sqldbtest.Race(6, func(i int) error {
			return w.do(i, func(tx *sqldb.Tx) error {
				if i == 5 {
					return source.Shown(tx, next)
				}
				return source.Hide(tx, shown)
			})
		})
		w.one("taken back, or followed by the next", all)
	})
}

func TestRacingClaims(t *testing.T) {
	t.Parallel()
	sqldbtest.Pair(t, func(t *testing.T, first, second *sqldb.DB) {
		w := newWorld(t, first, second)
		w.one("one delivery writes", sqldbtest.Race(6, func(i int) error {
			return w.do(i, func(tx *sqldb.Tx) error { return source.Claim(tx, int64(100+i)) })
		}))
		var writing int64
		err := first.Read(t.Context(), city, func(q *sqldb.Rx) (err error) {
			writing, err = source.Writing(q)
			return err
		})
		if err != nil || writing < 100 {
			t.Fatal(writing, err)
		}
		// the step and what it did are of one act: a refused one leaves the step where it was
		failed := fmt.Errorf("refused")
		if err := w.do(1, func(tx *sqldb.Tx) error {
			if err := source.Reach(tx, writing, "write", 50, 100); err != nil {
				return err
			}
			return failed
		}); err == nil {
			t.Fatal("the refused act was committed")
		}
		err = second.Read(t.Context(), city, func(q *sqldb.Rx) error {
			done, _, err := source.Step(q, writing, "write")
			if done != 0 {
				t.Errorf("the step stands at %d", done)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
