package app

import (
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// A change of keys leaves everybody to be found by the same numbers, under new keys alone; stopped in the middle it is
// finished by the same command, and until then nobody is served.
func TestKeysAreChanged(t *testing.T) {
	t.Parallel()
	from := small(t)
	c, err := demo.Make(0.01)
	if err != nil {
		t.Fatal(err)
	}
	table := c.Members(0.01, demoNow, 1)
	ids := make([]string, len(table.Rows))
	for i, r := range table.Rows {
		ids[i] = r[slices.Index(table.Head, "身份证号码")]
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			dir, dsn := from, ""
			if engine == "postgres" {
				dsn = sqldbtest.PostgresDSN(t)
				dir = small(t, "--db", dsn)
			}
			withDB := func(args ...string) []string {
				if dsn != "" {
					args = append(args, "--db", dsn)
				}
				return args
			}
			before := foundBy(t, dir, dsn, ids)
			if len(before) < len(ids)*9/10 {
				t.Fatalf("%d of %d are found to begin with", len(before), len(ids))
			}
			in, err := open(t.Context(), dir, dsn)
			if err != nil {
				t.Fatal(err)
			}
			old := in.keys.Fingerprints()
			if _, err := in.ownTemp(); err != nil {
				t.Fatal(err)
			}
			if code, _, e := told(t, withDB("keys", "rotate", "--data", dir)...); code == exitOK {
				t.Fatalf("keys were changed under a running server: %s", e)
			}
			if err := in.temp.Close(); err != nil {
				t.Fatal(err)
			}
			// as far as a killed run may have come: new keys, and some persons under them
			if err := in.keys.RotateSealing(time.Now()); err != nil {
				t.Fatal(err)
			}
			if err := in.keys.BeginLookup(time.Now()); err != nil {
				t.Fatal(err)
			}
			err = in.db.Write(t.Context(), authz.System(in.city.Slug), func(tx *sqldb.Tx) error {
				if _, err := person.NewKeys(tx, in.keys, func(at seal.Place, b []byte) ([]byte, bool, error) { return in.keys.Reseal(at, b) }, "", 50); err != nil {
					return err
				}
				return tx.Record(person.Rekey, "", act.Change{})
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := (&serving{}).assemble(in, slog.Default()); errs.KeyOf(err) != "app.keys_half_changed" {
				t.Fatalf("served with half the keys changed: %v", err)
			}
			if err := in.db.Close(); err != nil {
				t.Fatal(err)
			}
			code, out, e := told(t, withDB("keys", "rotate", "--data", dir)...)
			if code != exitOK {
				t.Fatalf("keys rotate: %d %s", code, e)
			}
			if strings.Contains(out, old.Sealing) || strings.Contains(out, old.Lookup) || !strings.Contains(out, old.Sign) {
				t.Errorf("the keys after the change:\n%s", out)
			}
			filesOpen(t, dir)
			if after := foundBy(t, dir, dsn, ids); !slices.Equal(after, before) {
				t.Errorf("%d were found, %d are", len(before), len(after))
			}
		})
	}
}

// filesOpen reads every stored file under the keys that there are.
func filesOpen(t *testing.T, dir string) {
	t.Helper()
	keys, err := seal.Open(filepath.Join(dir, keyFile))
	if err != nil {
		t.Fatal(err)
	}
	files, err := blob.New(filepath.Join(dir, blobDir), keys)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	n := 0
	err = files.Walk(t.Context(), func(h blob.Hash, _ int64) error {
		n++
		return files.Verify(h)
	})
	if err != nil || n == 0 {
		t.Errorf("%d files open after the change of keys: %v", n, err)
	}
}

// foundBy gives the ids of the persons who hold some numbers, whose papers open.
func foundBy(t *testing.T, dir, dsn string, numbers []string) (found []string) {
	t.Helper()
	in, err := migrated(t.Context(), dir, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer in.db.Close()
	err = in.db.Read(t.Context(), in.city.Slug, func(q *sqldb.Rx) error {
		known, err := person.Match(q, in.keys, person.ResidentID, numbers)
		for number, k := range known {
			found = append(found, k.ID.String()+number)
		}
		if err != nil {
			return err
		}
		sealed, err := sqldb.All(q, func(s sqldb.Scan) ([2]string, error) {
			var of, kind string
			var number []byte
			if err := s(&of, &kind, &number); err != nil {
				return [2]string{}, err
			}
			plain, err := in.keys.Open(seal.Place{City: q.City(), Table: "paper", Column: "number", Row: of + "/" + kind}, number)
			return [2]string{of, string(plain)}, err
		}, `SELECT person, kind, number FROM paper WHERE city = $1`)
		if len(sealed) < len(found) {
			t.Errorf("%d papers open", len(sealed))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return found
}
