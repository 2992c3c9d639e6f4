package actlog

import (
	"os"
	"testing"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

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
