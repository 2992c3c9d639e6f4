package actlog

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

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
			"verb":           {Filter{Verb: "org.move"}, 1},
			"subject":        {Filter{Subject: "夜校-2026-00017"}, 1},
			"actor":          {Filter{Actor: "system"}, 6},
			"other actor":    {Filter{Actor: "nobody"}, 0},
			"since":          {Filter{From: began}, 6},
			"until":          {Filter{Until: began}, 0},
			"later":          {Filter{From: db.Now().Add(time.Second)}, 0},
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
		if err := read(t, db, func(q *sqldb.Rx) error { _, err := Export(q, victim, d.vkey, true); return err }); errs.KeyOf(err) != "act.not_sealed" {
			t.Fatal(err)
		}
		if err := read(t, db, func(q *sqldb.Rx) error { _, err := Export(q, "nothing", d.vkey, true); return err }); errs.KindOf(err) != errs.Absent {
			t.Fatal(err)
		}
		d.seal()
		err := db.Write(t.Context(), authz.System("xn"), func(tx *sqldb.Tx) error {
			n, err := tx.Exec(`DELETE FROM act_content WHERE city = $1 AND act = $2`, victim)
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
			file, err := Export(q, victim, d.vkey, true)
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
	})
}
