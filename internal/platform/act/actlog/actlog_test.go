package actlog

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

var (
	look    = authz.Verb{Key: "org.look"}
	move    = authz.Verb{Key: "org.move"}
	destroy = authz.Verb{Key: "retention.destroy", Writes: "act_content"}
)

// desk is a city's log with its keys and a keeper's file.
type desk struct {
	t      testing.TB
	db     *sqldb.DB
	signer note.Signer
	vkey   string
	keys   note.Verifiers
	file   File
}

func newDesk(t testing.TB, db *sqldb.DB) *desk {
	t.Helper()
	skey, vkey, err := act.NewKey("xn")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := act.Keys(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return &desk{t, db, signer, vkey, keys, File{filepath.Join(t.TempDir(), "heads")}}
}

// acts records n acts.
func (d *desk) acts(n int) {
	d.t.Helper()
	for i := range n {
		d.note("xn", look, fmt.Sprintf("org.%d", i))
	}
}

func (d *desk) note(city string, v authz.Verb, subject string) {
	d.t.Helper()
	by := authz.Actor{City: city, User: "system", Session: "9f86"}
	if err := d.db.Note(context.Background(), by, v, subject, act.Change{"why": "test"}); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) seal() int {
	d.t.Helper()
	n, err := Seal(context.Background(), d.db, "xn", d.signer)
	if err != nil {
		d.t.Fatal(err)
	}
	return n
}

func (d *desk) keep() {
	d.t.Helper()
	if err := HandOver(context.Background(), d.db, "xn", d.file); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) verify() act.Report {
	d.t.Helper()
	b, err := os.ReadFile(d.file.Path)
	if err != nil && !os.IsNotExist(err) {
		d.t.Fatal(err)
	}
	r, err := VerifyData(context.Background(), d.db, "xn", d.keys, bytes.NewReader(b))
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

// tamper runs a statement that nobody has a right to.
func (d *desk) tamper(query string, args ...any) {
	d.t.Helper()
	err := d.db.Keep(context.Background(), "xn", func(tx *sqldb.Tx) error {
		n, err := tx.Exec(query, args...)
		if err == nil && n == 0 {
			err = fmt.Errorf("nothing was tampered with")
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) lines(f Filter) []Line {
	d.t.Helper()
	var got []Line
	err := d.db.Read(context.Background(), "xn", func(q *sqldb.Rx) (err error) {
		got, err = List(q, f)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return got
}

func TestSealedLogVerifies(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		if d.seal() != 0 || !d.verify().Sound() {
			t.Fatal("an empty log")
		}
		d.keep() // nothing to hand over
		d.acts(7)
		d.note("twin", look, "org")
		if r := d.verify(); !r.Sound() || r.Unsealed != 7 || r.Acts != 0 {
			t.Fatalf("before sealing: %+v", r)
		}
		if n := d.seal(); n != 7 || d.seal() != 0 {
			t.Fatalf("%d sealed", n)
		}
		d.keep()
		d.keep()
		d.acts(3)
		d.seal()
		d.acts(2)
		r := d.verify()
		if !r.Sound() || r.Acts != 10 || r.Witnessed != 7 || r.NotWitnessed() != 3 || r.Unsealed != 2 || r.Kept != 1 {
			t.Fatalf("%+v", r)
		}
		r, err := VerifyData(t.Context(), db, "xn", d.keys, nil)
		if err != nil || !r.Sound() || r.Witnessed != 0 {
			t.Fatalf("without a heads file: %+v, %v", r, err)
		}
		if r, err := VerifyData(t.Context(), db, "twin", d.keys, nil); err != nil || r.Unsealed != 1 || r.Acts != 0 {
			t.Fatalf("the twin city: %+v, %v", r, err)
		}
	})
}

func TestALateActIsSealedLateButNotLost(t *testing.T) {
	t.Parallel()
	clock := time.UnixMicro(1767225600000000)
	var mu sync.Mutex
	db := sqldbtest.SQLite(t, sqldb.Options{Clock: func() time.Time { mu.Lock(); defer mu.Unlock(); return clock }})
	d := newDesk(t, db)
	d.acts(2)
	d.seal()
	mu.Lock()
	clock = clock.Add(-time.Hour) // as from a process whose act began an hour before it committed
	mu.Unlock()
	d.acts(1)
	if d.seal() != 1 {
		t.Fatal("an act older than the last head was passed over")
	}
	if r := d.verify(); !r.Sound() || r.Acts != 3 {
		t.Fatalf("%+v", r)
	}
}

func TestARestoreOpensAnEpoch(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		if err := OpenEpoch(t.Context(), db, "xn", d.signer); err != nil {
			t.Fatal("a city without acts:", err)
		}
		d.acts(4)
		d.seal()
		d.acts(1) // not sealed when the backup was made
		for range 2 {
			if err := OpenEpoch(t.Context(), db, "xn", d.signer); err != nil {
				t.Fatal(err)
			}
		}
		d.keep()
		d.acts(2)
		d.seal()
		d.keep()
		r := d.verify()
		if !r.Sound() || r.Acts != 7 || r.Witnessed != 7 || r.Kept != 2 {
			t.Fatalf("%+v %+v", r, r.Damage)
		}
		err := db.Read(t.Context(), "xn", func(q *sqldb.Rx) error {
			for _, l := range mustList(q) {
				file, err := Export(q, l.ID, d.vkey, true)
				if err != nil {
					return err
				}
				if _, err := act.VerifyProof(file, d.vkey); err != nil {
					return fmt.Errorf("act %d: %w", l.Seq, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		d.tamper(`UPDATE act_epoch SET head = 'x' WHERE city = $1 AND first > 1 AND head <> (SELECT MIN(e.head) FROM act_epoch e WHERE e.city = $1 AND e.first > 1)`)
		if r := d.verify(); r.Damage == nil || r.Damage.Kind != act.Misopened {
			t.Fatalf("%+v", r)
		}
	})
}

func mustList(q sqldb.Q) []Line {
	l, err := List(q, Filter{Limit: 100})
	if err != nil {
		panic(err)
	}
	return l
}

func read(t testing.TB, db *sqldb.DB, fn func(q *sqldb.Rx) error) error {
	t.Helper()
	return db.Read(context.Background(), "xn", fn)
}

func TestSealersTakeTurnsWhileActsGoOn(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		var writers, sealers sync.WaitGroup
		stop := make(chan struct{})
		for range 3 {
			sealers.Go(func() {
				for {
					if _, err := Seal(context.Background(), db, "xn", d.signer); err != nil && errs.KindOf(err) != errs.Busy {
						t.Error(err)
						return
					}
					select {
					case <-stop:
						return
					default:
					}
				}
			})
		}
		for range 4 {
			writers.Go(func() { d.acts(25) })
		}
		writers.Wait()
		close(stop)
		sealers.Wait()
		d.seal()
		if r := d.verify(); !r.Sound() || r.Acts != 100 || r.Unsealed != 0 {
			t.Fatalf("%+v %+v", r, r.Damage)
		}
	})
}

func TestVerifyReadsInPages(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sqldbtest.SQLite(t, sqldb.Options{}))
	err := d.db.Write(t.Context(), authz.System("xn"), func(tx *sqldb.Tx) error {
		for range page + Batch {
			if err := tx.Record(look, "", nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for d.seal() == Batch {
		d.keep()
	}
	if r := d.verify(); !r.Sound() || r.Acts != page+Batch || r.Witnessed != page+Batch || r.Kept != 3 {
		t.Fatalf("%+v", r)
	}
}

func BenchmarkSeal(b *testing.B) {
	d := newDesk(b, sqldbtest.SQLite(b, sqldb.Options{}))
	n := 0
	for b.Loop() {
		b.StopTimer()
		err := d.db.Write(b.Context(), authz.System("xn"), func(tx *sqldb.Tx) error {
			for range Batch {
				if err := tx.Record(look, "", nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		n += d.seal()
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "acts/s")
}

func BenchmarkVerifyData(b *testing.B) {
	d := newDesk(b, sqldbtest.SQLite(b, sqldb.Options{}))
	const acts = 100 * Batch
	for range acts / Batch {
		err := d.db.Write(b.Context(), authz.System("xn"), func(tx *sqldb.Tx) error {
			for range Batch {
				if err := tx.Record(look, "", nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		d.seal()
	}
	for b.Loop() {
		if r := d.verify(); !r.Sound() || r.Acts != acts {
			b.Fatalf("%+v", r)
		}
	}
	b.ReportMetric(float64(b.N)*acts/b.Elapsed().Seconds(), "acts/s")
}
