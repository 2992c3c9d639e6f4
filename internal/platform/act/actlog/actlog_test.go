package actlog

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

func TestTamperingInTheDatabaseIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		kind act.Kind
		seq  int64
		harm func(d *desk)
	}{
		{"changed", act.Changed, 4, func(d *desk) { d.tamper(`UPDATE act SET actor = 'nobody' WHERE city = $1 AND seq = 4`) }},
		{"hash cut short", act.Changed, 4, func(d *desk) { d.tamper(`UPDATE act SET content_hash = $2 WHERE city = $1 AND seq = 4`, []byte("x")) }},
		{"dropped", act.Dropped, 4, func(d *desk) { d.tamper(`DELETE FROM act WHERE city = $1 AND seq = 4`) }},
		{"set back to unsealed", act.Dropped, 4, func(d *desk) { d.tamper(`UPDATE act SET seq = NULL WHERE city = $1 AND seq = 4`) }},
		{"truncated", act.Truncated, 7, func(d *desk) { d.tamper(`DELETE FROM act WHERE city = $1 AND seq > 6`) }},
		{"truncated with its traces", act.Truncated, 6, func(d *desk) {
			d.tamper(`DELETE FROM act WHERE city = $1 AND seq > 5`)
			d.tamper(`DELETE FROM act_hash WHERE city = $1 AND leaf > 5`)
			d.tamper(`DELETE FROM act_head WHERE city = $1 AND size > 6`)
		}},
		{"reordered", act.Reordered, 2, func(d *desk) {
			d.tamper(`UPDATE act SET seq = 99 WHERE city = $1 AND seq = 2`)
			d.tamper(`UPDATE act SET seq = 2 WHERE city = $1 AND seq = 8`)
			d.tamper(`UPDATE act SET seq = 8 WHERE city = $1 AND seq = 99`)
		}},
		{"rewritten", act.Rewritten, 1, func(d *desk) { // everything made anew, with the city's own key
			d.tamper(`UPDATE act SET actor = 'nobody' WHERE city = $1 AND seq = 3`)
			d.tamper(`UPDATE act SET seq = NULL WHERE city = $1`)
			d.tamper(`DELETE FROM act_hash WHERE city = $1 AND leaf > 0`)
			d.tamper(`DELETE FROM act_head WHERE city = $1 AND size > 1`)
			d.seal()
		}},
		{"hashes", act.HashesDamaged, 3, func(d *desk) {
			d.tamper(`UPDATE act_hash SET hashes = $2 WHERE city = $1 AND leaf = 3`, make([]byte, 32))
		}},
		{"forged", act.Forged, 0, func(d *desk) {
			d.tamper(`UPDATE act_head SET note = $2 WHERE city = $1 AND size = 6`, "xn.zhidian\n\n— x\n")
		}},
		{"kept file scribbled on", act.Forged, 0, func(d *desk) {
			if err := os.WriteFile(d.file.Path, []byte("xn.zhidian\n5\n"), 0o600); err != nil {
				d.t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				d := newDesk(t, db)
				d.acts(5)
				d.seal()
				d.keep()
				d.acts(5)
				d.seal()
				d.keep()
				c.harm(d)
				r := d.verify()
				if r.Damage == nil || r.Damage.Kind != c.kind || r.Damage.Seq != c.seq {
					t.Fatalf("got %+v", r.Damage)
				}
			})
		})
	}
}

func TestTheSealerDoesNotSignOnTopOfDamage(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]string{
		"hash changed": `UPDATE act_hash SET hashes = (SELECT h.hashes FROM act_hash h WHERE h.city = $1 AND h.leaf = 2) WHERE city = $1 AND leaf = 3`,
		"hash dropped": `DELETE FROM act_hash WHERE city = $1 AND leaf = 5`,
		"head dropped": `DELETE FROM act_head WHERE city = $1 AND size > 1`,
		"all hashes":   `DELETE FROM act_hash WHERE city = $1`,
		"no head":      `DELETE FROM act_head WHERE city = $1`,
		"head garbled": `UPDATE act_head SET note = 'x' WHERE city = $1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, sqldbtest.SQLite(t, sqldb.Options{}))
			d.acts(5)
			d.seal()
			d.tamper(harm)
			d.acts(1)
			if n, err := Seal(t.Context(), d.db, "xn", d.signer); errs.KeyOf(err) != "act.seal_refused" || n != 0 {
				t.Fatalf("%d, %v", n, err)
			}
			if err := OpenEpoch(t.Context(), d.db, "xn", d.signer); errs.KeyOf(err) != "act.seal_refused" {
				t.Fatal(err)
			}
		})
	}
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
				file, err := Export(q, l.ID, d.vkey)
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

func TestListPagesAndFilters(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		began := db.Now()
		d.acts(5)
		d.note("xn", move, "夜校-2026-00017")
		d.note("twin", move, "夜校-2026-00017")
		all := d.lines(Filter{})
		if len(all) != 6 || all[0].Seq != 0 || string(all[5].Content.Change) != `{"why":"test"}` {
			t.Fatalf("%d lines", len(all))
		}
		var paged []string
		for before := ""; ; {
			p := d.lines(Filter{Before: before, Limit: 4})
			if len(p) == 0 {
				break
			}
			for _, l := range p {
				paged = append(paged, l.ID)
			}
			before = p[len(p)-1].ID
		}
		if len(paged) != 6 || paged[0] != all[0].ID {
			t.Fatalf("paged %d", len(paged))
		}
		for name, c := range map[string]struct {
			f    Filter
			want int
		}{
			"verb":          {Filter{Verb: "org.move"}, 1},
			"subject":       {Filter{Subject: "夜校-2026-00017"}, 1},
			"actor":         {Filter{Actor: "system"}, 6},
			"other actor":   {Filter{Actor: "nobody"}, 0},
			"since":         {Filter{From: began}, 6},
			"until":         {Filter{Until: began}, 0},
			"later":         {Filter{From: db.Now().Add(time.Second)}, 0},
			"until tomorrow": {Filter{Until: db.Now().Add(24 * time.Hour)}, 6},
		} {
			if got := d.lines(c.f); len(got) != c.want {
				t.Errorf("%s: %d lines, want %d", name, len(got), c.want)
			}
		}
		err := db.Read(t.Context(), "xn", func(q *sqldb.Rx) error {
			verbs, err := Verbs(q)
			if err == nil && strings.Join(verbs, " ") != "org.look org.move" {
				t.Errorf("verbs %v", verbs)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestDestroyedContentIsWithheld(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		d.acts(3)
		victim := d.lines(Filter{})[1].ID
		if err := read(t, db, func(q *sqldb.Rx) error { _, err := Export(q, victim, d.vkey); return err }); errs.KeyOf(err) != "act.not_sealed" {
			t.Fatal(err)
		}
		if err := read(t, db, func(q *sqldb.Rx) error { _, err := Export(q, "nothing", d.vkey); return err }); errs.KindOf(err) != errs.Absent {
			t.Fatal(err)
		}
		d.seal()
		err := db.Write(t.Context(), authz.System("xn"), func(tx *sqldb.Tx) error {
			n, err := Withhold(tx, []string{victim})
			if err != nil || n != 1 {
				return fmt.Errorf("%d withheld, %w", n, err)
			}
			return tx.Record(destroy, "", act.Change{"n": n})
		})
		if err != nil {
			t.Fatal(err)
		}
		d.seal()
		d.keep()
		if r := d.verify(); !r.Sound() || r.Withheld != 1 || r.Witnessed != 4 {
			t.Fatalf("%+v", r)
		}
		err = read(t, db, func(q *sqldb.Rx) error {
			file, err := Export(q, victim, d.vkey)
			if err != nil {
				return err
			}
			got, err := act.VerifyProof(file, d.vkey)
			if err == nil && got.Content != nil {
				t.Error("destroyed content came back")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Write(t.Context(), authz.System("xn"), func(tx *sqldb.Tx) error { _, err := Withhold(tx, nil); return err }); err == nil {
			t.Fatal("nothing withheld is a mistake")
		}
	})
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

func TestKeeperFile(t *testing.T) {
	t.Parallel()
	f := File{filepath.Join(t.TempDir(), "no", "heads")}
	if err := f.Keep(t.Context(), "x"); errs.KeyOf(err) != "act.no_keeper" {
		t.Fatal(err)
	}
	d := newDesk(t, sqldbtest.SQLite(t, sqldb.Options{}))
	d.acts(1)
	d.seal()
	d.keep()
	b, err := os.ReadFile(d.file.Path)
	if err != nil {
		t.Fatal(err)
	}
	d.keep()
	if again, _ := os.ReadFile(d.file.Path); !bytes.Equal(again, b) {
		t.Fatal("the same head was kept twice")
	}
	if mine, err := headsOf("xn", bytes.NewReader(b)); err != nil || len(mine) != 1 {
		t.Fatal(mine, err)
	}
	if others, err := headsOf("twin", bytes.NewReader(b)); err != nil || len(others) != 0 {
		t.Fatal("a twin city takes this city's heads", others, err)
	}
	if _, err := VerifyData(t.Context(), d.db, "xn", d.keys, strings.NewReader(strings.Repeat("x", 9999))); err == nil {
		t.Fatal("a heads file that is none")
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
